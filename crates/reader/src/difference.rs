//! What turns a cell's entries into those of a file, with as few changes as can be.

use renkei_domain::EntryText;

/// One step; `have` counts the cell's entries, `want` the file's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Keep { have: usize },
    Update { have: usize, want: usize },
    Create { want: usize },
    Delete { have: usize },
}

/// Two texts that have less in common (in thousandths) are not the same entry rewritten: the old one's scenes would
/// be invented for the new one.
const ALIKE: u32 = 300;
/// What keeping an entry saves is two changes, a deletion and a creation; rewriting it saves one.
const CHANGE: u32 = 10_000;

/// Pairs of texts that are compared letter by letter; of more, only those that are the same are paired.
const COMPARED: usize = 250_000;

/// Whether a file says the same of an entry. It knows nothing of scenes: those are people's.
pub fn same(have: &EntryText, want: &EntryText) -> bool {
    have.body == want.body && have.notes == want.notes
}

/// The fewest steps, in the order of the cell that comes of them; of as few, those that rewrite what is most alike.
pub fn steps(have: &[&EntryText], want: &[EntryText]) -> Vec<Step> {
    let saved = Saved::by_pairing(have, want);
    let (mut from, mut to) = (0, 0);
    let mut steps = Vec::new();
    while from < have.len() || to < want.len() {
        let pair = from < have.len() && to < want.len() && saved.pairs(from, to);
        let (step, next) = if pair && same(have[from], &want[to]) {
            (Step::Keep { have: from }, (from + 1, to + 1))
        } else if pair {
            (Step::Update { have: from, want: to }, (from + 1, to + 1))
        } else if to == want.len() || (from < have.len() && saved.skips(from, to)) {
            (Step::Delete { have: from }, (from + 1, to))
        } else {
            (Step::Create { want: to }, (from, to + 1))
        };
        steps.push(step);
        (from, to) = next;
    }
    steps
}

/// What pairing old entries with new ones saves at best, from each pair of places on.
struct Saved {
    best: Vec<u32>,
    gains: Vec<Option<u32>>,
    width: usize,
}

impl Saved {
    fn by_pairing(have: &[&EntryText], want: &[EntryText]) -> Self {
        let width = want.len() + 1;
        let cells = (have.len() + 1) * width;
        let mut saved = Saved { best: vec![0; cells], gains: vec![None; cells], width };
        let old: Vec<_> = have.iter().map(|text| pairs_of_letters(text)).collect();
        let new: Vec<_> = want.iter().map(pairs_of_letters).collect();
        for from in (0..have.len()).rev() {
            for to in (0..want.len()).rev() {
                let gain = if same(have[from], &want[to]) {
                    Some(2 * CHANGE)
                } else if cells > COMPARED {
                    None
                } else {
                    Some(likeness(&old[from], &new[to]))
                        .filter(|alike| *alike >= ALIKE)
                        .map(|alike| CHANGE + alike)
                };
                let paired = gain.map_or(0, |gain| gain + saved.best(from + 1, to + 1));
                let best = paired.max(saved.best(from + 1, to)).max(saved.best(from, to + 1));
                saved.gains[from * width + to] = gain;
                saved.best[from * width + to] = best;
            }
        }
        saved
    }

    fn best(&self, from: usize, to: usize) -> u32 {
        self.best[from * self.width + to]
    }

    fn pairs(&self, from: usize, to: usize) -> bool {
        let gain = self.gains[from * self.width + to];
        gain.is_some_and(|gain| gain + self.best(from + 1, to + 1) == self.best(from, to))
    }

    fn skips(&self, from: usize, to: usize) -> bool {
        self.best(from + 1, to) == self.best(from, to)
    }
}

/// The body's neighbouring letters, its ends included, in order.
fn pairs_of_letters(text: &EntryText) -> Vec<(char, char)> {
    let letters = text.body.chars();
    let mut pairs: Vec<_> = std::iter::once('\n').chain(letters.clone()).zip(letters.chain(['\n'])).collect();
    pairs.sort_unstable();
    pairs
}

/// How much of two texts is common to both, in thousandths (the Sørensen–Dice coefficient).
fn likeness(one: &[(char, char)], other: &[(char, char)]) -> u32 {
    let (mut left, mut right, mut common) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        match one[left].cmp(&other[right]) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => (left, right, common) = (left + 1, right + 1, common + 1),
        }
    }
    2_000 * common / u32::try_from(one.len() + other.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(bodies: &[&str]) -> Vec<EntryText> {
        bodies.iter().map(|body| EntryText { body: (*body).to_owned(), ..EntryText::default() }).collect()
    }

    fn steps_of(have: &[&str], want: &[&str]) -> Vec<Step> {
        let have = texts(have);
        steps(&have.iter().collect::<Vec<_>>(), &texts(want))
    }

    #[test]
    fn the_same_is_kept() {
        let kept = [Step::Keep { have: 0 }, Step::Keep { have: 1 }];
        assert_eq!(steps_of(&["研修会を開いた。", "周知した。"], &["研修会を開いた。", "周知した。"]), kept);
        assert_eq!(steps_of(&[], &[]), []);
    }

    #[test]
    fn a_rewritten_text_is_the_same_entry_wherever_others_come_in() {
        let steps = steps_of(&["協議会を2回開催した。"], &["チラシを配った。", "協議会を3回開催した。"]);
        assert_eq!(steps, [Step::Create { want: 0 }, Step::Update { have: 0, want: 1 }]);
    }

    #[test]
    fn another_text_is_another_entry() {
        let steps = steps_of(&["協議会を開催した。"], &["チラシを配った。"]);
        assert_eq!(steps, [Step::Delete { have: 0 }, Step::Create { want: 0 }]);
    }

    #[test]
    fn what_is_left_over_is_added_or_removed() {
        assert_eq!(steps_of(&["甲", "乙"], &["乙"]), [Step::Delete { have: 0 }, Step::Keep { have: 1 }]);
        assert_eq!(steps_of(&["甲"], &["乙", "甲"]), [Step::Create { want: 0 }, Step::Keep { have: 0 }]);
    }

    #[test]
    fn cells_with_very_many_entries_take_no_minutes() {
        let body = |nth: usize, end: &str| format!("{nth}番目の{}{end}", "長い本文。".repeat(40));
        let have: Vec<EntryText> =
            (0..2_000).map(|nth| EntryText { body: body(nth, ""), ..EntryText::default() }).collect();
        let want: Vec<EntryText> = (0..2_000)
            .map(|nth| EntryText {
                body: body(nth, if nth % 2 == 0 { "" } else { "変更" }),
                ..EntryText::default()
            })
            .collect();
        let start = std::time::Instant::now();
        let steps = steps(&have.iter().collect::<Vec<_>>(), &want);
        assert_eq!(steps.iter().filter(|step| matches!(step, Step::Keep { .. })).count(), 1_000);
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }

    proptest! {
        #[test]
        fn the_steps_lead_from_one_to_the_other(
            have in prop::collection::vec("[あい]{1,4}", 0..8),
            want in prop::collection::vec("[あい]{1,4}", 0..8),
        ) {
            let borrowed = |texts: &[String]| -> Vec<EntryText> {
                self::texts(&texts.iter().map(String::as_str).collect::<Vec<_>>())
            };
            let (old, new) = (borrowed(&have), borrowed(&want));
            let (mut result, mut used) = (Vec::new(), Vec::new());
            for step in steps(&old.iter().collect::<Vec<_>>(), &new) {
                match step {
                    Step::Keep { have: index } => {
                        result.push(have[index].clone());
                        used.push(index);
                    }
                    Step::Update { have: index, want: to } => {
                        result.push(want[to].clone());
                        used.push(index);
                    }
                    Step::Create { want: index } => result.push(want[index].clone()),
                    Step::Delete { have: index } => used.push(index),
                }
            }
            prop_assert_eq!(result, want);
            prop_assert_eq!(used, (0..have.len()).collect::<Vec<_>>());
        }
    }
}
