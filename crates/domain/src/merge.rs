//! Three-way merge of an entry's text: what two people made of the same base, in one.
//!
//! Scenes are merged one by one, notes line by line, body and changed lines by grapheme. Edits that don't touch are
//! both kept, whoever came first; only where they touch must a person decide.

use crate::diff::{Hunk, graphemes, hunks, readable};
use crate::{EntryText, Note, SceneSet};
use std::ops::Range;

/// Both edits in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The merged text. Where edits overlap it holds both, theirs first: a proposal for a person to put right.
    pub text: EntryText,
    /// Places in which the edits overlap; none: the text can be saved as it is.
    pub overlaps: usize,
}

/// What `theirs` and `yours` made of `base`.
pub fn merge(base: &EntryText, theirs: &EntryText, yours: &EntryText) -> Merge {
    let mut overlaps = 0;
    let body = merge_line(&base.body, &theirs.body, &yours.body, &mut overlaps);
    let notes = merge_notes(&base.notes, &theirs.notes, &yours.notes, &mut overlaps);
    let explicit_scenes = merge_scenes(base.explicit_scenes, theirs.explicit_scenes, yours.explicit_scenes);
    Merge { text: EntryText { body, notes, explicit_scenes }, overlaps }
}

/// A scene is in or out, so two changes of one scene can't differ.
fn merge_scenes(base: SceneSet, theirs: SceneSet, yours: SceneSet) -> SceneSet {
    let changed = |side: SceneSet| base.bits() ^ side.bits();
    SceneSet::from_bits(base.bits() ^ (changed(theirs) | changed(yours)))
}

/// The value that one of the two changed, if not both did so differently.
fn three_way<T: PartialEq>(base: T, theirs: T, yours: T) -> Option<T> {
    if theirs == yours || yours == base {
        Some(theirs)
    } else if theirs == base {
        Some(yours)
    } else {
        None
    }
}

fn merge_line(base: &str, theirs: &str, yours: &str, overlaps: &mut usize) -> String {
    if let Some(line) = three_way(base, theirs, yours) {
        return line.to_owned();
    }
    let (base, theirs, yours) = (graphemes(base), graphemes(theirs), graphemes(yours));
    let (left, right) = (readable(hunks(&base, &theirs)), readable(hunks(&base, &yours)));
    let mut line = String::new();
    for region in regions(base.len(), left, right, |a, b| share(a, b) || touch(a, b)) {
        let (others, ours) = (&theirs[region.theirs.clone()], &yours[region.yours.clone()]);
        match region.changed {
            Changed::Nothing | Changed::Theirs => line.extend(others.iter().copied()),
            Changed::Yours => line.extend(ours.iter().copied()),
            Changed::Both if ours == others => line.extend(ours.iter().copied()),
            Changed::Both => {
                *overlaps += 1;
                propose(&mut line, &region, &base, &theirs, &yours);
            }
        }
    }
    line
}

/// Both edits of an overlap. Where they only touch (an insertion at the edge of a replacement), one after the other;
/// where they share letters of the base, what each made of all of it.
fn propose(line: &mut String, region: &Region, base: &[&str], theirs: &[&str], yours: &[&str]) {
    let mut edits: Vec<(&Hunk, &[&str])> = (region.their_hunks.iter().map(|hunk| (hunk, theirs)))
        .chain(region.your_hunks.iter().map(|hunk| (hunk, yours)))
        .collect();
    // Stable: at one point theirs stay first; an insertion goes before what is replaced from there on.
    edits.sort_by_key(|(hunk, _)| (hunk.base.start, hunk.base.end));
    if edits.windows(2).any(|pair| share(pair[0].0, pair[1].0)) {
        line.extend(theirs[region.theirs.clone()].iter().copied());
        line.extend(yours[region.yours.clone()].iter().copied());
        return;
    }
    let mut at = region.base.start;
    for (hunk, side) in edits {
        line.extend(base[at..hunk.base.start].iter().copied());
        line.extend(side[hunk.side.clone()].iter().copied());
        at = hunk.base.end;
    }
    line.extend(base[at..region.base.end].iter().copied());
}

fn merge_notes(base: &[Note], theirs: &[Note], yours: &[Note], overlaps: &mut usize) -> Vec<Note> {
    // Notes are lines of their own: what is added beside a changed line does not touch it.
    let meet = |a: &Hunk, b: &Hunk| share(a, b) || (a.base.is_empty() && a.base == b.base);
    let mut notes = Vec::new();
    for region in regions(base.len(), hunks(base, theirs), hunks(base, yours), meet) {
        let was = &base[region.base.clone()];
        let (others, ours) = (&theirs[region.theirs.clone()], &yours[region.yours.clone()]);
        match region.changed {
            Changed::Nothing | Changed::Theirs => notes.extend_from_slice(others),
            Changed::Yours => notes.extend_from_slice(ours),
            Changed::Both if was.is_empty() => notes.extend(both(others, ours)),
            Changed::Both if was.len() == others.len() && was.len() == ours.len() => {
                for ((was, other), our) in was.iter().zip(others).zip(ours) {
                    merge_note(was, other, our, overlaps, &mut notes);
                }
            }
            Changed::Both => {
                *overlaps += usize::from(others != ours);
                notes.extend(both(others, ours));
            }
        }
    }
    notes
}

fn merge_note(base: &Note, theirs: &Note, yours: &Note, overlaps: &mut usize, notes: &mut Vec<Note>) {
    let form = |note: &Note| (note.kind, note.depth);
    match three_way(form(base), form(theirs), form(yours)) {
        Some((kind, depth)) => {
            let text = merge_line(&base.text, &theirs.text, &yours.text, overlaps);
            notes.push(Note { kind, text, depth });
        }
        None => {
            *overlaps += 1;
            notes.extend([theirs.clone(), yours.clone()]);
        }
    }
}

/// The lines of both, theirs first where they differ, none twice.
fn both(theirs: &[Note], yours: &[Note]) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut at = 0;
    for hunk in hunks(theirs, yours) {
        notes.extend_from_slice(&theirs[at..hunk.base.end]);
        notes.extend_from_slice(&yours[hunk.side]);
        at = hunk.base.end;
    }
    notes.extend_from_slice(&theirs[at..]);
    notes
}

/// Both changed an element of the base.
fn share(a: &Hunk, b: &Hunk) -> bool {
    let inside = |point: &Hunk, range: &Hunk| {
        point.base.is_empty() && range.base.start < point.base.start && point.base.start < range.base.end
    };
    a.base.start.max(b.base.start) < a.base.end.min(b.base.end) || inside(a, b) || inside(b, a)
}

/// One inserts at the edge of what the other changed: which comes first, only a person can say.
fn touch(a: &Hunk, b: &Hunk) -> bool {
    (a.base.is_empty() || b.base.is_empty()) && a.base.start <= b.base.end && b.base.start <= a.base.end
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Changed {
    Nothing,
    Theirs,
    Yours,
    Both,
}

/// A stretch of the base, and what each side has in its place. The regions in order cover all three texts.
#[derive(Debug)]
struct Region {
    changed: Changed,
    base: Range<usize>,
    theirs: Range<usize>,
    yours: Range<usize>,
    their_hunks: Vec<Hunk>,
    your_hunks: Vec<Hunk>,
}

/// Where in the three texts a region starts.
#[derive(Clone, Copy)]
struct Place {
    base: usize,
    theirs: usize,
    yours: usize,
}

impl Place {
    /// The region of `length` elements from here that nobody changed, and where it ends.
    fn same(self, length: usize) -> (Region, Place) {
        let next =
            Place { base: self.base + length, theirs: self.theirs + length, yours: self.yours + length };
        (self.region(Changed::Nothing, next, Vec::new(), Vec::new()), next)
    }

    fn region(self, changed: Changed, end: Place, their_hunks: Vec<Hunk>, your_hunks: Vec<Hunk>) -> Region {
        Region {
            changed,
            base: self.base..end.base,
            theirs: self.theirs..end.theirs,
            yours: self.yours..end.yours,
            their_hunks,
            your_hunks,
        }
    }
}

fn regions(
    base_len: usize,
    theirs: Vec<Hunk>,
    yours: Vec<Hunk>,
    meet: impl Fn(&Hunk, &Hunk) -> bool,
) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let (mut theirs, mut yours) = (theirs.into_iter().peekable(), yours.into_iter().peekable());
    let mut at = Place { base: 0, theirs: 0, yours: 0 };
    loop {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let order = |hunk: &Hunk| (hunk.base.start, hunk.base.end);
        match (theirs.peek(), yours.peek()) {
            (None, None) => break,
            (Some(a), Some(b)) if order(a) > order(b) => right.extend(yours.next()),
            (None, Some(_)) => right.extend(yours.next()),
            (Some(_), _) => left.extend(theirs.next()),
        }
        // Gather everything that meets what is gathered already.
        loop {
            if let Some(hunk) = theirs.next_if(|hunk| right.iter().any(|other| meet(hunk, other))) {
                left.push(hunk);
            } else if let Some(hunk) = yours.next_if(|hunk| left.iter().any(|other| meet(other, hunk))) {
                right.push(hunk);
            } else {
                break;
            }
        }
        let all = || left.iter().chain(&right);
        let start = all().map(|hunk| hunk.base.start).min().unwrap_or(at.base);
        let end = all().map(|hunk| hunk.base.end).max().unwrap_or(at.base);
        if start > at.base {
            let (region, next) = at.same(start - at.base);
            regions.push(region);
            at = next;
        }
        let length = |hunks: &[Hunk]| {
            hunks.iter().fold(end - start, |length, hunk| length + hunk.side.len() - hunk.base.len())
        };
        let next = Place { base: end, theirs: at.theirs + length(&left), yours: at.yours + length(&right) };
        let changed = match (left.is_empty(), right.is_empty()) {
            (true, _) => Changed::Yours,
            (_, true) => Changed::Theirs,
            _ => Changed::Both,
        };
        regions.push(at.region(changed, next, left, right));
        at = next;
    }
    if at.base < base_len {
        regions.push(at.same(base_len - at.base).0);
    }
    regions
}
