//! Three-way merge of an entry's text: what two people made of the same base, in one.
//!
//! Scenes are merged one by one, notes line by line, body and changed lines by grapheme, a number as one. Edits that
//! don't touch are both kept, whoever came first; only where they touch must a person decide.

use crate::diff::{Hunk, fine_hunks, hunks, text_hunks, units};
use crate::{EntryText, Note, NoteKind, SceneSet, limits, outline};
use std::ops::Range;

/// Both edits in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The merged text. Where edits overlap it holds both, theirs first: a proposal for a person to put right.
    pub text: EntryText,
    /// Places in which the edits overlap; none: the text can be saved as it is.
    pub overlaps: usize,
    /// Body and notes as an outline, passage by passage, for a screen on which a person chooses. The `base`s in order
    /// are an outline of the base's body and notes; likewise `theirs`, `yours` and `both`, which is the merged text.
    /// Whatever is chosen for each, all chosen in order are an outline ([`outline::parse`]), unless that leaves the body
    /// or a note without a word.
    pub passages: Vec<Passage>,
}

/// A stretch of the outline, and what was made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    pub whose: Whose,
    pub base: String,
    pub theirs: String,
    pub yours: String,
    /// What the merged text has here: what was changed, and of an overlap both.
    pub both: String,
}

/// Who changed a passage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    #[default]
    Nobody,
    Theirs,
    Yours,
    /// Both, and alike.
    Alike,
    /// Both, and not alike: a person decides.
    Overlap,
}

/// What `theirs` and `yours` made of `base`.
pub fn merge(base: &EntryText, theirs: &EntryText, yours: &EntryText) -> Merge {
    let mut made = Made::default();
    made.put(Passage::same("○".to_owned()));
    let body = merge_line(&base.body, &theirs.body, &yours.body);
    made.text.body = body.iter().map(|passage| passage.both.as_str()).collect();
    body.into_iter().for_each(|passage| made.put(passage));
    made.notes(&base.notes, &theirs.notes, &yours.notes);
    made.text.explicit_scenes =
        merge_scenes(base.explicit_scenes, theirs.explicit_scenes, yours.explicit_scenes);
    let overlaps = made.passages.iter().filter(|passage| passage.whose == Whose::Overlap).count();
    Merge { text: made.text, overlaps, passages: made.passages }
}

/// A scene is in or out, so two changes of one scene can't differ.
fn merge_scenes(base: SceneSet, theirs: SceneSet, yours: SceneSet) -> SceneSet {
    let changed = |side: SceneSet| base.bits() ^ side.bits();
    SceneSet::from_bits(base.bits() ^ (changed(theirs) | changed(yours)))
}

impl Passage {
    fn same(text: String) -> Self {
        Passage {
            whose: Whose::Nobody,
            base: text.clone(),
            theirs: text.clone(),
            yours: text.clone(),
            both: text,
        }
    }

    /// What each has here. `both` is what an overlap proposes.
    fn of(base: String, theirs: String, yours: String, both: impl FnOnce() -> String) -> Self {
        let (whose, both) = match (theirs == base, yours == base) {
            (true, true) => (Whose::Nobody, base.clone()),
            (false, true) => (Whose::Theirs, theirs.clone()),
            (true, false) => (Whose::Yours, yours.clone()),
            _ if theirs == yours => (Whose::Alike, yours.clone()),
            _ => (Whose::Overlap, both()),
        };
        Passage { whose, base, theirs, yours, both }
    }
}

/// The passages of one line, without its mark.
fn merge_line(base: &str, theirs: &str, yours: &str) -> Vec<Passage> {
    let (base, theirs, yours) = (units(base), units(theirs), units(yours));
    let (left, right) = (text_hunks(&base, &theirs), text_hunks(&base, &yours));
    let passage = |region: Region| {
        let text = |side: &[&str], range: &Range<usize>| side[range.clone()].concat();
        Passage::of(
            text(&base, &region.base),
            text(&theirs, &region.theirs),
            text(&yours, &region.yours),
            || proposal(&region, &base, &theirs, &yours),
        )
    };
    regions(base.len(), left, right, touch).into_iter().map(passage).collect()
}

/// Both edits of an overlap. Where they only touch (an insertion at the edge of a replacement), or only add to what stood
/// there, one after the other; where they share letters of the base, what each made of all of it.
fn proposal(region: &Region, base: &[&str], theirs: &[&str], yours: &[&str]) -> String {
    let share_letters = region.their_hunks.iter().any(|a| region.your_hunks.iter().any(|b| share(a, b)));
    if !share_letters {
        return in_order(base, &region.base, (&region.their_hunks, theirs), (&region.your_hunks, yours));
    }
    let (base, theirs, yours) =
        (&base[region.base.clone()], &theirs[region.theirs.clone()], &yours[region.yours.clone()]);
    let (left, right) = (fine_hunks(base, theirs), fine_hunks(base, yours));
    if left.iter().chain(&right).all(|hunk| hunk.base.is_empty()) {
        return in_order(base, &(0..base.len()), (&left, theirs), (&right, yours));
    }
    theirs.concat() + &yours.concat()
}

/// The edits of both, which share no letters of the base: theirs first at one point, and what the other has gone on
/// from there not twice.
fn in_order(
    base: &[&str],
    range: &Range<usize>,
    theirs: (&[Hunk], &[&str]),
    yours: (&[Hunk], &[&str]),
) -> String {
    let of = |(hunks, side): (&[Hunk], &[&str])| -> Vec<(Range<usize>, String)> {
        hunks.iter().map(|hunk| (hunk.base.clone(), side[hunk.side.clone()].concat())).collect()
    };
    let mut edits = of(theirs);
    edits.extend(of(yours));
    // Stable; an insertion goes before what is replaced from there on.
    edits.sort_by_key(|(base, _)| (base.start, base.end));
    edits.dedup_by(|(next_base, next), (last_base, last)| {
        let at_once = next_base == last_base && next_base.start == next_base.end;
        if at_once && next.starts_with(last.as_str()) {
            std::mem::swap(last, next);
        }
        at_once && last.starts_with(next.as_str())
    });
    let mut line = String::new();
    let mut at = range.start;
    for (replaced, text) in edits {
        line.extend(base[at..replaced.start].iter().copied());
        line.push_str(&text);
        at = replaced.end;
    }
    line.extend(base[at..range.end].iter().copied());
    line
}

/// What has been merged so far.
#[derive(Default)]
struct Made {
    text: EntryText,
    passages: Vec<Passage>,
    /// Numbered notes so far.
    number: usize,
    /// An asterisk may stand above, whatever is chosen: a dot that is not to stand under it needs a blank line.
    under_asterisk: bool,
}

impl Made {
    fn put(&mut self, passage: Passage) {
        match self.passages.last_mut() {
            Some(last) if (last.whose, passage.whose) == (Whose::Nobody, Whose::Nobody) => {
                for text in [&mut last.base, &mut last.theirs, &mut last.yours, &mut last.both] {
                    text.push_str(&passage.base);
                }
            }
            // Nothing changed, and nothing there.
            _ if passage.whose == Whose::Nobody && passage.base.is_empty() => {}
            _ => self.passages.push(passage),
        }
    }

    fn notes(&mut self, base: &[Note], theirs: &[Note], yours: &[Note]) {
        let (left, right) = (paired(base, theirs), paired(base, yours));
        let their_moves = moved(base, theirs, &right);
        let your_moves = moved(base, yours, &left);
        // Notes are lines of their own: what is added beside a changed line does not touch it.
        let meet = |a: &Hunk, b: &Hunk| {
            share(a, b)
                || (a.base.is_empty() && a.base == b.base)
                || orphaned(base, a, b, yours)
                || orphaned(base, b, a, theirs)
        };
        for region in regions(base.len(), left, right, meet) {
            let was = &base[region.base.clone()];
            let (others, ours) = (&theirs[region.theirs.clone()], &yours[region.yours.clone()]);
            let added = was.is_empty();
            if added && !others.is_empty() && !ours.is_empty() {
                self.additions(others, ours);
            } else if !added && was.len() == others.len() && was.len() == ours.len() {
                for ((was, other), our) in was.iter().zip(others).zip(ours) {
                    self.note(was, other, our);
                }
            } else {
                let contested = others.iter().any(|note| !was.contains(note) && their_moves.contains(&note))
                    || ours.iter().any(|note| !was.contains(note) && your_moves.contains(&note));
                self.lines(was, others, ours, contested);
            }
        }
    }

    /// One line of all three.
    fn note(&mut self, base: &Note, theirs: &Note, yours: &Note) {
        let form = |note: &Note| (note.kind, note.depth);
        let Some((kind, depth)) = three_way(form(base), form(theirs), form(yours)) else {
            return self.lines(
                std::slice::from_ref(base),
                std::slice::from_ref(theirs),
                std::slice::from_ref(yours),
                false,
            );
        };
        let mark = |note: &Note| mark(note.kind, note.depth, self.number, self.under_asterisk);
        let marks = Passage::of(mark(base), mark(theirs), mark(yours), String::new);
        let mut text = String::new();
        self.put(marks);
        for passage in merge_line(&base.text, &theirs.text, &yours.text) {
            text.push_str(&passage.both);
            self.put(passage);
        }
        self.text.notes.push(Note { kind, text, depth });
        self.number += usize::from(kind == NoteKind::Numbered);
        self.under_asterisk = [base, theirs, yours].into_iter().any(holds_dots);
    }

    /// What both added at the same place: the lines of both, theirs first where they differ, none twice.
    fn additions(&mut self, theirs: &[Note], yours: &[Note]) {
        let mut at = 0;
        for hunk in hunks(theirs, yours) {
            let alike = &theirs[at..hunk.base.start];
            self.lines(&[], alike, alike, false);
            at = hunk.base.end;
            self.lines(&[], &theirs[hunk.base], &[], false);
            self.lines(&[], &[], &yours[hunk.side], false);
        }
        self.lines(&[], &theirs[at..], &theirs[at..], false);
    }

    /// Whole lines. `contested`: though only one side changed something here, the other changed the same elsewhere.
    fn lines(&mut self, base: &[Note], theirs: &[Note], yours: &[Note], contested: bool) {
        if base.is_empty() && theirs.is_empty() && yours.is_empty() {
            return;
        }
        let both = match three_way(base, theirs, yours) {
            Some(side) => side.to_vec(),
            None => both(theirs, yours),
        };
        let print = |notes: &[Note]| lines(notes, self.number, self.under_asterisk);
        let mut passage = Passage::of(print(base), print(theirs), print(yours), || print(&both));
        if contested && passage.whose != Whose::Alike {
            passage.whose = Whose::Overlap;
        }
        self.put(passage);
        self.number += both.iter().filter(|note| note.kind == NoteKind::Numbered).count();
        let under = self.under_asterisk;
        self.under_asterisk =
            [base, theirs, yours, &both].into_iter().any(|notes| notes.last().map_or(under, holds_dots));
        self.text.notes.extend(both);
    }
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

/// A dot right below it may stand under an asterisk.
fn holds_dots(note: &Note) -> bool {
    note.kind == NoteKind::Asterisk || note.depth == 1
}

/// What goes before a note's text in an outline, after `number` numbered notes.
fn mark(kind: NoteKind, depth: u8, number: usize, under_asterisk: bool) -> String {
    let apart = kind == NoteKind::Dot && depth == 0 && under_asterisk;
    // Numbers are counted, whatever is typed; there is no mark for one more than the last.
    let number = (number + 1).min(limits::NOTES);
    String::from(if apart { "\n\n" } else { "\n" }) + &outline::mark(kind, number)
}

/// Notes as lines of an outline.
fn lines(notes: &[Note], mut number: usize, mut under_asterisk: bool) -> String {
    let mut lines = String::new();
    for note in notes {
        lines.push_str(&mark(note.kind, note.depth, number, under_asterisk));
        lines.push_str(&note.text);
        number += usize::from(note.kind == NoteKind::Numbered);
        under_asterisk = holds_dots(note);
    }
    lines
}

/// The changed stretches of notes. Within one, a line that was only rewritten in part is a stretch of its own.
fn paired(base: &[Note], side: &[Note]) -> Vec<Hunk> {
    let mut split = Vec::new();
    for hunk in hunks(base, side) {
        let (mut was, mut now) = (hunk.base.start, hunk.side.start);
        for (old, new) in pairs(&base[hunk.base.clone()], &side[hunk.side.clone()]) {
            let (old, new) = (hunk.base.start + old, hunk.side.start + new);
            split.push(Hunk { base: was..old, side: now..new });
            split.push(Hunk { base: old..old + 1, side: new..new + 1 });
            (was, now) = (old + 1, new + 1);
        }
        split.push(Hunk { base: was..hunk.base.end, side: now..hunk.side.end });
    }
    split.retain(|hunk| hunk.size() > 0);
    split
}

/// The lines of which one was made of the other, by their places: those that have most in common, in order.
fn pairs(old: &[Note], new: &[Note]) -> Vec<(usize, usize)> {
    let common: Vec<Vec<usize>> =
        old.iter().map(|old| new.iter().map(|new| common(&old.text, &new.text)).collect()).collect();
    // most[i][j]: what the pairs from old line i and new line j on have in common.
    let mut most = vec![vec![0; new.len() + 1]; old.len() + 1];
    let paired = |most: &[Vec<usize>], i: usize, j: usize| match common[i][j] {
        0 => 0,
        common => most[i + 1][j + 1] + common,
    };
    for (i, j) in (0..old.len()).rev().flat_map(|i| (0..new.len()).rev().map(move |j| (i, j))) {
        most[i][j] = paired(&most, i, j).max(most[i + 1][j]).max(most[i][j + 1]);
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while most[i][j] > 0 {
        if paired(&most, i, j) == most[i][j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if most[i + 1][j] == most[i][j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Bytes of the beginning and the end that two lines share, if these make up half of the shorter one.
fn common(old: &str, new: &str) -> usize {
    let same = |(old, new): &(char, char)| old == new;
    let start: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let end: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let shorter = old.len().min(new.len());
    let common = (start + end).min(shorter);
    if common * 2 >= shorter { common } else { 0 }
}

/// Notes that one side has and the other took away from where they were, or rewrote there.
fn moved<'n>(base: &[Note], side: &'n [Note], others: &[Hunk]) -> Vec<&'n Note> {
    let gone = |note: &&Note| others.iter().any(|hunk| base[hunk.base.clone()].contains(note));
    side.iter().filter(gone).collect()
}

/// A dot was added under an asterisk that the other side took away.
fn orphaned(base: &[Note], taken: &Hunk, added: &Hunk, side: &[Note]) -> bool {
    taken.side.is_empty()
        && added.base.is_empty()
        && added.base.start == taken.base.end
        && side.get(added.side.start).is_some_and(|note| note.depth == 1)
        && base[taken.base.clone()].iter().any(|note| note.kind == NoteKind::Asterisk)
}

/// Both changed an element of the base.
fn share(a: &Hunk, b: &Hunk) -> bool {
    let inside = |point: &Hunk, range: &Hunk| {
        point.base.is_empty() && range.base.start < point.base.start && point.base.start < range.base.end
    };
    a.base.start.max(b.base.start) < a.base.end.min(b.base.end) || inside(a, b) || inside(b, a)
}

/// Nothing lies between the two: what comes first, or whether they mean the same word, only a person can say.
fn touch(a: &Hunk, b: &Hunk) -> bool {
    a.base.start <= b.base.end && b.base.start <= a.base.end
}

/// A stretch of the base, and what each side has in its place. The regions in order cover all three texts.
#[derive(Debug)]
struct Region {
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
        (self.region(next, Vec::new(), Vec::new()), next)
    }

    fn region(self, end: Place, their_hunks: Vec<Hunk>, your_hunks: Vec<Hunk>) -> Region {
        Region {
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
        regions.push(at.region(next, left, right));
        at = next;
    }
    if at.base < base_len {
        regions.push(at.same(base_len - at.base).0);
    }
    regions
}
