//! Differences between two texts, by grapheme (what a person calls a character), joined to runs that can be read.

use similar::algorithms::{DiffHook, myers};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A stretch that was changed: these elements of the base became those of the side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub base: Range<usize>,
    pub side: Range<usize>,
}

impl Hunk {
    pub fn size(&self) -> usize {
        self.base.len().max(self.side.len())
    }

    fn shift(&mut self, base: usize, side: usize) {
        self.base = self.base.start + base..self.base.end + base;
        self.side = self.side.start + side..self.side.end + side;
    }
}

/// What became of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    Same,
    Deleted,
    Inserted,
}

/// A piece of text and its fate; in order, the pieces that were not inserted are the old text, those not deleted the new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub fate: Fate,
    pub text: String,
}

/// From the old text to the new one, for a person to read.
pub fn diff(old: &str, new: &str) -> Vec<Piece> {
    let (old, new) = (units(old), units(new));
    let mut pieces = Vec::new();
    let mut push = |fate, part: &[&str]| {
        if !part.is_empty() {
            pieces.push(Piece { fate, text: part.concat() });
        }
    };
    let mut at = 0;
    for hunk in text_hunks(&old, &new) {
        push(Fate::Same, &old[at..hunk.base.start]);
        at = hunk.base.end;
        push(Fate::Deleted, &old[hunk.base]);
        push(Fate::Inserted, &new[hunk.side]);
    }
    push(Fate::Same, &old[at..]);
    pieces
}

/// What is compared: graphemes, and numbers as a whole, with the marks within them (1,200 and R8/2/6), since half of one
/// number and half of another would be a third.
pub(crate) fn units(text: &str) -> Vec<&str> {
    let mut units = Vec::new();
    let mut from = 0;
    let mut rest = text.grapheme_indices(true).peekable();
    while let Some((at, grapheme)) = rest.next() {
        let end = at + grapheme.len();
        let joined = match rest.peek() {
            Some((_, next)) if is_digit(grapheme) => is_digit(next) || is_within(text, end, next),
            // A mark that the number before it holds on to.
            Some(_) => from < at,
            None => false,
        };
        if !joined {
            units.push(&text[from..end]);
            from = end;
        }
    }
    units
}

fn is_digit(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    matches!((chars.next(), chars.next()), (Some('0'..='9' | '０'..='９'), None))
}

/// The mark that begins at this place joins the digits beside it.
fn is_within(text: &str, at: usize, mark: &str) -> bool {
    let after = text[at + mark.len()..].chars().next();
    matches!(mark, "," | "." | "/" | ":" | "，" | "．" | "／" | "：")
        && matches!(after, Some('0'..='9' | '０'..='９'))
}

/// Units of both sides together that are compared one by one. What takes longer is compared by clauses first, so that
/// even the longest texts, with nothing in common, take milliseconds.
const COMPARED: usize = 1_024;
/// Units of a clause at least.
const CLAUSE: usize = 8;

/// The changed stretches of a text, as a person sees them.
pub(crate) fn text_hunks(base: &[&str], side: &[&str]) -> Vec<Hunk> {
    readable(fine_hunks(base, side))
}

/// The changed stretches of a text, however few units lie between them.
pub(crate) fn fine_hunks(base: &[&str], side: &[&str]) -> Vec<Hunk> {
    let (whole_base, whole_side) = (base, side);
    let start = base.iter().zip(side).take_while(|(was, now)| was == now).count();
    let (base, side) = (&base[start..], &side[start..]);
    let end = base.iter().rev().zip(side.iter().rev()).take_while(|(was, now)| was == now).count();
    let (base, side) = (&base[..base.len() - end], &side[..side.len() - end]);
    let mut found = if base.len() + side.len() <= COMPARED { hunks(base, side) } else { coarse(base, side) };
    for hunk in &mut found {
        hunk.shift(start, start);
    }
    slide(&mut found, whole_base, whole_side);
    found
}

/// What was only inserted or only deleted beside units like its own could begin at several places (〔二〕 after 〔一〕, or
/// 二〕〔 within it). It begins at the last of these, so that the same edit is found at the same place whatever else was
/// edited.
fn slide(hunks: &mut [Hunk], base: &[&str], side: &[&str]) {
    let mut room = base.len();
    for hunk in hunks.iter_mut().rev() {
        let changed = match (hunk.base.is_empty(), hunk.side.is_empty()) {
            (true, false) => &side[hunk.side.clone()],
            (false, true) => &base[hunk.base.clone()],
            _ => &[],
        };
        let mut turned = changed.iter().cycle();
        while hunk.base.end < room && turned.next() == Some(&base[hunk.base.end]) {
            hunk.shift(1, 1);
        }
        // Between two of them at least one unit is the same.
        room = hunk.base.start.saturating_sub(1);
    }
}

/// Clause by clause, and within changed clauses unit by unit, if they are not too long for that.
fn coarse(base: &[&str], side: &[&str]) -> Vec<Hunk> {
    let length = CLAUSE.max((base.len() + side.len()) / COMPARED);
    let (base_ends, side_ends) = (clauses(base, length), clauses(side, length));
    let text = |units: &[&str], ends: &[usize]| -> Vec<String> {
        ends.windows(2).map(|clause| units[clause[0]..clause[1]].concat()).collect()
    };
    let mut found = Vec::new();
    for hunk in hunks(&text(base, &base_ends), &text(side, &side_ends)) {
        let was = base_ends[hunk.base.start]..base_ends[hunk.base.end];
        let now = side_ends[hunk.side.start]..side_ends[hunk.side.end];
        if was.len() + now.len() > COMPARED {
            found.push(Hunk { base: was, side: now });
            continue;
        }
        for mut hunk in hunks(&base[was.clone()], &side[now.clone()]) {
            hunk.shift(was.start, now.start);
            found.push(hunk);
        }
    }
    found
}

/// Where clauses of at least this length begin, and where the last one ends.
fn clauses(units: &[&str], length: usize) -> Vec<usize> {
    let mut ends = vec![0];
    let mut last = 0;
    for (at, unit) in units.iter().enumerate() {
        if at + 1 == units.len()
            || (at + 1 - last >= length && matches!(*unit, "。" | "、" | "，" | " " | "　" | "\n"))
        {
            last = at + 1;
            ends.push(last);
        }
    }
    ends
}

/// The changed stretches in order; between two of them at least one element is the same.
pub(crate) fn hunks<T: Ord>(base: &[T], side: &[T]) -> Vec<Hunk> {
    // Compared as numbers, so that the browser loads the algorithm once and not once for each kind of element.
    let mut numbers = BTreeMap::new();
    let mut number = |element| {
        let next = numbers.len();
        *numbers.entry(element).or_insert(next)
    };
    let base: Vec<usize> = base.iter().map(&mut number).collect();
    let side: Vec<usize> = side.iter().map(&mut number).collect();
    let mut changed = Changed(Vec::new());
    let Ok(()) = myers::diff_deadline_raw(
        &mut changed,
        base.as_slice(),
        0..base.len(),
        side.as_slice(),
        0..side.len(),
        None,
    );
    changed.0
}

struct Changed(Vec<Hunk>);

impl Changed {
    fn push(&mut self, next: Hunk) {
        match self.0.last_mut() {
            Some(last) if last.base.end == next.base.start && last.side.end == next.side.start => {
                (last.base.end, last.side.end) = (next.base.end, next.side.end);
            }
            _ => self.0.push(next),
        }
    }
}

impl DiffHook for Changed {
    type Error = Infallible;

    fn delete(&mut self, base: usize, length: usize, side: usize) -> Result<(), Infallible> {
        self.push(Hunk { base: base..base + length, side: side..side });
        Ok(())
    }

    fn insert(&mut self, base: usize, side: usize, length: usize) -> Result<(), Infallible> {
        self.push(Hunk { base: base..base, side: side..side + length });
        Ok(())
    }
}

/// Joins changes that only chance letters hold apart: where what stayed the same is no longer than the changes on both
/// of its sides, a person sees one change (と and の occur in every sentence).
fn readable(hunks: Vec<Hunk>) -> Vec<Hunk> {
    let mut joined: Vec<Hunk> = Vec::with_capacity(hunks.len());
    for mut hunk in hunks {
        while let Some(last) = joined.pop() {
            if hunk.base.start - last.base.end <= last.size().min(hunk.size()) {
                hunk = Hunk { base: last.base.start..hunk.base.end, side: last.side.start..hunk.side.end };
            } else {
                joined.push(last);
                break;
            }
        }
        joined.push(hunk);
    }
    joined
}
