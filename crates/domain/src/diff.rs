//! Differences between two texts, by grapheme (what a person calls a character), joined to runs that can be read.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::hash::Hash;
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
pub(crate) fn hunks<T: Eq + Hash>(base: &[T], side: &[T]) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, base, side) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let next = Hunk { base: op.old_range(), side: op.new_range() };
        match hunks.last_mut() {
            Some(last) if last.base.end == next.base.start && last.side.end == next.side.start => {
                (last.base.end, last.side.end) = (next.base.end, next.side.end);
            }
            _ => hunks.push(next),
        }
    }
    hunks
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
