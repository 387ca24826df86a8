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

/// Whether a file says the same of an entry. It knows nothing of scenes: those are people's.
pub fn same(have: &EntryText, want: &EntryText) -> bool {
    have.body == want.body && have.notes == want.notes
}

/// The steps, in the order of the cell that comes of them. What both have in the same order stays; between those,
/// entries are rewritten in order, and what is left over is added or removed.
pub fn steps(have: &[&EntryText], want: &[EntryText]) -> Vec<Step> {
    let kept = common(have, want);
    let mut steps = Vec::new();
    let (mut from, mut to) = (0, 0);
    for (have_kept, want_kept) in kept.into_iter().chain([(have.len(), want.len())]) {
        while from < have_kept && to < want_kept {
            steps.push(Step::Update { have: from, want: to });
            (from, to) = (from + 1, to + 1);
        }
        steps.extend((from..have_kept).map(|have| Step::Delete { have }));
        steps.extend((to..want_kept).map(|want| Step::Create { want }));
        if have_kept < have.len() {
            steps.push(Step::Keep { have: have_kept });
        }
        (from, to) = (have_kept + 1, want_kept + 1);
    }
    steps
}

/// The longest common subsequence, as pairs of places.
fn common(have: &[&EntryText], want: &[EntryText]) -> Vec<(usize, usize)> {
    let width = want.len() + 1;
    let mut longest = vec![0_u32; (have.len() + 1) * width];
    for from in (0..have.len()).rev() {
        for to in (0..want.len()).rev() {
            longest[from * width + to] = if same(have[from], &want[to]) {
                longest[(from + 1) * width + to + 1] + 1
            } else {
                longest[(from + 1) * width + to].max(longest[from * width + to + 1])
            };
        }
    }
    let (mut from, mut to) = (0, 0);
    let mut pairs = Vec::new();
    while from < have.len() && to < want.len() {
        if same(have[from], &want[to]) {
            pairs.push((from, to));
            (from, to) = (from + 1, to + 1);
        } else if longest[(from + 1) * width + to] >= longest[from * width + to + 1] {
            from += 1;
        } else {
            to += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(bodies: &str) -> Vec<EntryText> {
        bodies.chars().map(|body| EntryText { body: body.to_string(), ..EntryText::default() }).collect()
    }

    fn steps_of(have: &str, want: &str) -> Vec<Step> {
        let have = texts(have);
        steps(&have.iter().collect::<Vec<_>>(), &texts(want))
    }

    #[test]
    fn the_same_is_kept() {
        assert_eq!(steps_of("ab", "ab"), [Step::Keep { have: 0 }, Step::Keep { have: 1 }]);
        assert_eq!(steps_of("", ""), []);
    }

    #[test]
    fn a_new_text_in_an_old_place_is_an_update() {
        let expected = [Step::Keep { have: 0 }, Step::Update { have: 1, want: 1 }, Step::Keep { have: 2 }];
        assert_eq!(steps_of("abc", "axc"), expected);
    }

    #[test]
    fn what_is_left_over_is_added_or_removed() {
        assert_eq!(steps_of("ab", "b"), [Step::Delete { have: 0 }, Step::Keep { have: 1 }]);
        assert_eq!(steps_of("a", "xa"), [Step::Create { want: 0 }, Step::Keep { have: 0 }]);
    }

    proptest! {
        #[test]
        fn the_steps_lead_from_one_to_the_other(have in "[a-d]{0,8}", want in "[a-d]{0,8}") {
            let (mut result, mut used) = (String::new(), 0);
            for step in steps_of(&have, &want) {
                match step {
                    Step::Keep { have: index } => {
                        result.extend(have.chars().nth(index));
                        used += 1;
                    }
                    Step::Update { want: index, .. } => {
                        result.extend(want.chars().nth(index));
                        used += 1;
                    }
                    Step::Create { want: index } => result.extend(want.chars().nth(index)),
                    Step::Delete { .. } => used += 1,
                }
            }
            prop_assert_eq!(result, want);
            prop_assert_eq!(used, have.len());
        }
    }
}
