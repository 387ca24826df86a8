//! A filter at work on many entries: whether each is shown, and the numbers on the bar.

use super::FilterState;
use renkei_domain::{CareScene, EntryFacts, EntryFilter, Facet};

/// The numbers on the filter bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All entries of the sheet.
    pub total: usize,
    pub shown: usize,
    /// What ticking a scene's box alone would show, under the other parts of the filter; in the sheet's order.
    pub scenes: [usize; 4],
    /// What everything but the scenes admits, and how many of it have no scene of their own.
    pub others: usize,
    pub inheriting: usize,
}

/// The parts of a filter, each made once for all entries. All of them are the domain's, and all must admit.
pub struct FilterCounter<'a> {
    state: &'a FilterState,
    /// Everything but the scenes.
    others: EntryFilter,
    chosen: EntryFilter,
    /// One box alone.
    alone: [EntryFilter; 4],
    pub tally: Tally,
}

impl<'a> FilterCounter<'a> {
    pub fn new(state: &'a FilterState) -> Self {
        let others = FilterState { text: state.text.clone(), owner: state.owner, ..FilterState::default() };
        let scenes = FilterState { text: String::new(), owner: super::OwnerFilter::All, ..state.clone() };
        let chosen = scenes.filter();
        let alone = CareScene::ALL.map(|scene| chosen.only_scene(scene));
        Self { state, others: others.filter(), chosen, alone, tally: Tally::default() }
    }

    /// The filter looks into the text, so that [`EntryFacts::folded`] must be there.
    pub fn reads_text(&self) -> bool {
        !self.state.text.trim().is_empty()
    }

    /// Whether an entry in a column of this facet is shown; counts it.
    pub fn admits(&mut self, facet: Facet, entry: &EntryFacts<'_>) -> bool {
        self.tally.total += 1;
        if !self.state.shows(facet) || !self.others.admits(entry) {
            return false;
        }
        self.tally.others += 1;
        self.tally.inheriting += usize::from(entry.explicit_scenes.is_empty());
        for (count, alone) in self.tally.scenes.iter_mut().zip(&self.alone) {
            *count += usize::from(alone.admits(entry));
        }
        let shown = self.chosen.admits(entry);
        self.tally.shown += usize::from(shown);
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::OwnerFilter;
    use renkei_domain::{OrganizationId, SceneMatch, SceneSet};

    fn town(n: u128) -> OrganizationId {
        uuid_from(n).into()
    }

    fn uuid_from(n: u128) -> uuid::Uuid {
        uuid::Uuid::from_u128(n)
    }

    /// Every combination of the filter's parts over every kind of entry: cut into parts it says what it says whole.
    #[test]
    fn the_parts_say_what_the_whole_says() {
        let owners = [OwnerFilter::All, OwnerFilter::Joint, OwnerFilter::Of(town(1))];
        for scenes in (0..16).map(SceneSet::from_bits) {
            for (n, owner) in
                owners.into_iter().enumerate().flat_map(|(n, owner)| [(n, owner), (n + 4, owner)])
            {
                let state = FilterState {
                    scenes,
                    scene_match: if n % 2 == 0 { SceneMatch::Any } else { SceneMatch::All },
                    explicit_only: n >= 4,
                    owner,
                    text: if n % 3 == 0 { "看取り".to_owned() } else { String::new() },
                    hidden: Vec::new(),
                    since: String::new(),
                };
                compare(&state);
            }
        }
    }

    fn compare(state: &FilterState) {
        let mut counter = FilterCounter::new(state);
        let whole = state.filter();
        let mut expected = Tally::default();
        for explicit in (0..16).map(SceneSet::from_bits) {
            for owner in [None, Some(town(1)), Some(town(2))] {
                for folded in ["看取りの研修", "研修"] {
                    let item_scenes = SceneSet::ALL.toggled(CareScene::Emergency);
                    let entry = EntryFacts { explicit_scenes: explicit, item_scenes, owner, folded };
                    assert_eq!(
                        counter.admits(Facet::Plan, &entry),
                        whole.admits(&entry),
                        "{state:?} {entry:?}"
                    );
                    expected.total += 1;
                    expected.shown += usize::from(whole.admits(&entry));
                    let others = FilterState {
                        text: state.text.clone(),
                        owner: state.owner,
                        ..FilterState::default()
                    };
                    if others.filter().admits(&entry) {
                        expected.others += 1;
                        expected.inheriting += usize::from(explicit.is_empty());
                    }
                    for (count, scene) in expected.scenes.iter_mut().zip(CareScene::ALL) {
                        *count += usize::from(whole.only_scene(scene).admits(&entry));
                    }
                }
            }
        }
        assert_eq!(counter.tally, expected);
    }

    #[test]
    fn hidden_columns_show_nothing_and_count_in_the_total_alone() {
        let state = FilterState { hidden: vec![Facet::Goal], ..FilterState::default() };
        let mut counter = FilterCounter::new(&state);
        let entry = EntryFacts {
            explicit_scenes: SceneSet::EMPTY,
            item_scenes: SceneSet::ALL,
            owner: None,
            folded: "",
        };
        assert!(!counter.admits(Facet::Goal, &entry));
        assert!(counter.admits(Facet::Plan, &entry));
        assert_eq!(counter.tally, Tally { total: 2, shown: 1, scenes: [1; 4], others: 1, inheriting: 1 });
    }
}
