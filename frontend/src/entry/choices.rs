//! What a person chooses where two texts overlap, and the text that follows from it.

use renkei_domain::{
    EntryText,
    diff::{Fate, diff},
    merge::{Passage, Whose, merge},
};

/// What is taken of an overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    Theirs,
    Yours,
    Both,
}

impl Pick {
    pub const ALL: [Pick; 3] = [Pick::Theirs, Pick::Yours, Pick::Both];

    pub fn of(self, passage: &Passage) -> &str {
        match self {
            Pick::Theirs => &passage.theirs,
            Pick::Yours => &passage.yours,
            Pick::Both => &passage.both,
        }
    }
}

/// The passages of a merge, and what is taken of those that overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    passages: Vec<Passage>,
    picks: Vec<Pick>,
}

impl Choices {
    /// Of each overlap both, until somebody chooses.
    pub fn of(passages: Vec<Passage>) -> Self {
        let overlaps = passages.iter().filter(|passage| passage.whose == Whose::Overlap).count();
        Self { passages, picks: vec![Pick::Both; overlaps] }
    }

    /// The outline that is chosen.
    pub fn text(&self) -> String {
        self.text_of(&self.picks)
    }

    fn text_of(&self, picks: &[Pick]) -> String {
        let mut picks = picks.iter();
        let chosen = |passage: &Passage| {
            let pick = if passage.whose == Whose::Overlap { picks.next().copied() } else { None };
            pick.unwrap_or(Pick::Both).of(passage).to_owned()
        };
        self.passages.iter().map(chosen).collect()
    }

    pub fn picks(&self) -> &[Pick] {
        &self.picks
    }

    /// An overlap, and what stands before and after it.
    pub fn overlap(&self, at: usize) -> Option<(&str, &Passage, &str)> {
        let mut overlaps = (0..self.passages.len()).filter(|n| self.passages[*n].whose == Whose::Overlap);
        let n = overlaps.nth(at)?;
        let text = |n: Option<usize>| {
            n.and_then(|n| self.passages.get(n)).map_or("", |passage| passage.both.as_str())
        };
        Some((text(n.checked_sub(1)), &self.passages[n], text(Some(n + 1))))
    }

    /// Takes something else of an overlap: the text with it, in which what was typed stays.
    pub fn pick(&mut self, at: usize, pick: Pick, typed: &str) -> String {
        let before = self.text();
        if let Some(old) = self.picks.get_mut(at) {
            *old = pick;
        }
        carried(&before, &self.text(), typed)
    }

    /// Takes one side everywhere.
    pub fn pick_all(&mut self, pick: Pick) {
        self.picks.fill(pick);
    }

    /// Finds what was chosen for a text that was kept, or typed in another tab: of each overlap what leaves the least that
    /// was typed. That stays typed.
    pub fn recall(&mut self, text: &str) {
        for at in 0..self.picks.len() {
            let typed = |pick: &Pick| {
                let mut picks = self.picks.clone();
                picks[at] = *pick;
                let pieces = diff(&self.text_of(&picks), text).into_iter();
                let typed = pieces.filter(|piece| piece.fate != Fate::Same);
                typed.map(|piece| piece.text.chars().count()).sum::<usize>()
            };
            // Of those that are as good, the one that stands.
            let now = self.picks[at];
            if let Some(pick) = [now].into_iter().chain(Pick::ALL).min_by_key(typed) {
                self.picks[at] = pick;
            }
        }
    }

    /// One side has changed once more: what was chosen of an overlap that is still there stays chosen.
    pub fn renew(&mut self, passages: Vec<Passage>) {
        let mut old: Vec<(Passage, Pick)> = self
            .passages
            .iter()
            .filter(|passage| passage.whose == Whose::Overlap)
            .cloned()
            .zip(self.picks.iter().copied())
            .collect();
        *self = Self::of(passages);
        let overlaps = self.passages.iter().filter(|passage| passage.whose == Whose::Overlap);
        for (passage, pick) in overlaps.zip(&mut self.picks) {
            let same = |(known, _): &(Passage, Pick)| {
                known.base == passage.base && (known.yours == passage.yours || known.theirs == passage.theirs)
            };
            if let Some(at) = old.iter().position(same) {
                *pick = old.remove(at).1;
            }
        }
    }
}

/// What was typed over a proposal, carried to the next one.
pub fn carried(before: &str, now: &str, typed: &str) -> String {
    if typed == before {
        return now.to_owned();
    }
    // As one text: an outline in the middle of being typed need not be one.
    let text = |body: &str| EntryText { body: body.to_owned(), ..EntryText::default() };
    merge(&text(before), &text(now), &text(typed)).text.body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passages(base: &str, theirs: &str, yours: &str) -> Vec<Passage> {
        let text = |body: &str| EntryText { body: body.to_owned(), ..EntryText::default() };
        merge(&text(base), &text(theirs), &text(yours)).passages
    }

    const BASE: &str = "研修会を年2回開催し、住民に周知する。";
    const THEIRS: &str = "研修会を年3回開催し、住民に広く周知する。";
    const YOURS: &str = "研修会を年4回開催し、住民に周知する。";

    #[test]
    fn each_choice_makes_its_text() {
        let mut choices = Choices::of(passages(BASE, THEIRS, YOURS));
        assert_eq!(choices.picks(), [Pick::Both]);
        let both = choices.text();
        let text = choices.pick(0, Pick::Yours, &both);
        assert_eq!(text, "○研修会を年4回開催し、住民に広く周知する。");
        assert_eq!(choices.pick(0, Pick::Theirs, &text), "○研修会を年3回開催し、住民に広く周知する。");
        let (before, overlap, after) = choices.overlap(0).unwrap();
        assert!(before.ends_with('年') && after.starts_with('回'), "{before} {overlap:?} {after}");
        assert_eq!(choices.overlap(1), None);
    }

    #[test]
    fn what_was_typed_stays_whatever_is_chosen() {
        let mut choices = Choices::of(passages(BASE, THEIRS, YOURS));
        let typed = choices.text().replace("周知する。", "周知を図る。");
        let text = choices.pick(0, Pick::Yours, &typed);
        assert_eq!(text, "○研修会を年4回開催し、住民に広く周知を図る。");
    }

    #[test]
    fn a_further_change_leaves_what_was_chosen_and_typed() {
        let mut choices = Choices::of(passages(BASE, THEIRS, YOURS));
        let both = choices.text();
        let typed = choices.pick(0, Pick::Yours, &both) + "随時見直す。";
        let before = choices.text();
        choices.renew(passages(BASE, &THEIRS.replace("研修会", "多職種研修会"), YOURS));
        let text = carried(&before, &choices.text(), &typed);
        assert_eq!(text, "○多職種研修会を年4回開催し、住民に広く周知する。随時見直す。");
        assert_eq!(choices.picks(), [Pick::Yours]);
    }

    #[test]
    fn what_was_chosen_is_found_in_what_was_kept() {
        let mut choices = Choices::of(passages(BASE, THEIRS, YOURS));
        let both = choices.text();
        let kept = choices.pick(0, Pick::Theirs, &both);
        let mut again = Choices::of(passages(BASE, THEIRS, YOURS));
        again.recall(&kept);
        assert_eq!(again.picks(), [Pick::Theirs]);
        again.recall("○別の文");
        assert_eq!(again.picks(), [Pick::Theirs]);
        let typed = choices.pick(0, Pick::Yours, &kept).replace("研修会", "多職種の研修会") + "随時見直す。";
        again.recall(&typed);
        assert_eq!(again.picks(), [Pick::Yours]);
    }
}
