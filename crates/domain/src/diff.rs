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
    fn size(&self) -> usize {
        self.base.len().max(self.side.len())
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
    let (old, new) = (graphemes(old), graphemes(new));
    let mut pieces = Vec::new();
    let mut push = |fate, part: &[&str]| {
        if !part.is_empty() {
            pieces.push(Piece { fate, text: part.concat() });
        }
    };
    let mut at = 0;
    for hunk in readable(hunks(&old, &new)) {
        push(Fate::Same, &old[at..hunk.base.start]);
        at = hunk.base.end;
        push(Fate::Deleted, &old[hunk.base]);
        push(Fate::Inserted, &new[hunk.side]);
    }
    push(Fate::Same, &old[at..]);
    pieces
}

pub(crate) fn graphemes(text: &str) -> Vec<&str> {
    text.graphemes(true).collect()
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
pub(crate) fn readable(hunks: Vec<Hunk>) -> Vec<Hunk> {
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
