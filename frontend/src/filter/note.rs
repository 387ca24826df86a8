//! The line below the filter bar that explains what the filter does: why nothing is found, or why ticking changes
//! nothing.

use super::{FilterState, OwnerFilter, bar::over_years};
use crate::{
    routes::Step,
    sheet::{page::Page, store::Head},
    text::sheet as text,
};
use leptos::{either::EitherOf3, prelude::*};
use renkei_domain::{EntryId, SceneSet};
use std::{collections::HashSet, sync::Arc};

/// What is shown though the filter does not admit it, until the filter changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptInSight {
    /// Entries that were saved here.
    pub entries: HashSet<EntryId>,
    /// Cells whose hidden entries somebody wants to see, by number.
    pub cells: HashSet<usize>,
    /// Rows that somebody has opened.
    pub rows: HashSet<usize>,
}

impl KeptInSight {
    pub fn keeps(&self, entry: EntryId, cell: usize) -> bool {
        self.cells.contains(&cell) || self.entries.contains(&entry)
    }
}

/// A part of a filter in words, and the filter without it.
fn parts(state: &FilterState, head: &Head) -> Vec<(String, FilterState)> {
    let mut parts = Vec::new();
    let mut part = |words: String, without: FilterState| parts.push((words, without));
    for scene in state.scenes.iter() {
        part(text::scene_part(scene), FilterState { scenes: state.scenes.toggled(scene), ..state.clone() });
    }
    if state.explicit_only {
        part(text::EXPLICIT_ONLY.to_owned(), FilterState { explicit_only: false, ..state.clone() });
    }
    let owner = match state.owner {
        OwnerFilter::All => None,
        OwnerFilter::Joint => Some(text::JOINT),
        OwnerFilter::Of(id) => {
            Some(head.organization(id).map_or("", |organization| organization.name.as_str()))
        }
    };
    if let Some(owner) = owner {
        part(text::owner_part(owner), FilterState { owner: OwnerFilter::All, ..state.clone() });
    }
    if !state.text.trim().is_empty() {
        let words = text::search_part(state.text.trim());
        part(words, FilterState { text: String::new(), ..state.clone() });
    }
    if !state.hidden.is_empty() {
        part(text::HIDDEN_PART.to_owned(), FilterState { hidden: Vec::new(), ..state.clone() });
    }
    parts
}

#[derive(Clone, Copy, PartialEq)]
enum Said {
    Nothing,
    NoneFound,
    /// So many of so many have no scene of their own.
    Inheriting(usize, usize),
}

#[component]
pub fn FilterNote(page: Page, head: Arc<Head>) -> impl IntoView {
    let said = Memo::new(move |_| {
        let (tally, state) = (page.tally.get(), page.filter.get());
        if state.narrows() && tally.shown == 0 && tally.total > 0 {
            Said::NoneFound
        } else if state.scenes != SceneSet::EMPTY
            && !state.explicit_only
            && tally.inheriting > 0
            && tally.shown == tally.others
        {
            Said::Inheriting(tally.inheriting, tally.others)
        } else {
            Said::Nothing
        }
    });
    let part = move |(words, without): (String, FilterState)| {
        let label = text::without(&words);
        let take = move |_| page.address.set_query(&without.query(), Step::Push);
        view! {
            <button type="button" class="button small" aria-label=label on:click=take>
                {words}
                <span aria-hidden="true">" ×"</span>
            </button>
        }
    };
    let clear = move |_| {
        page.address.set_query(&page.filter.with_untracked(FilterState::cleared).query(), Step::Push);
    };
    let none_found = move || {
        let parts = page.filter.with(|state| parts(state, &head));
        let words = parts.iter().map(|(words, _)| words.as_str()).collect::<Vec<_>>().join("・");
        view! {
            <div class="filter-note none">
                <p role="status">{text::none_found(&words)}</p>
                <p class="parts">
                    {parts.into_iter().map(part).collect_view()}
                    <button type="button" class="link-button" on:click=clear>
                        {text::CLEAR_ALL}
                    </button>
                    {page.filter.with(over_years(page.region, page.year))}
                </p>
            </div>
        }
    };
    move || match said.get() {
        Said::Nothing => EitherOf3::A(()),
        Said::NoneFound => EitherOf3::B(none_found()),
        Said::Inheriting(inheriting, of) => EitherOf3::C(view! {
            <div class="filter-note">
                <p role="status">{text::inheriting(inheriting, of)}</p>
                {page.snapshot.is_none().then(|| view! {
                    <button type="button" class="link-button" on:click=move |_| page.suggesting.set(true)>
                        {text::SEE_SUGGESTIONS}
                    </button>
                })}
            </div>
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::model::Region;
    use renkei_domain::{CareScene, FiscalYear, Phase};
    use uuid::Uuid;

    #[test]
    fn each_part_of_a_filter_is_told_and_can_be_taken_away() {
        let id = Uuid::from_u128;
        let region = Region {
            id: id(1).into(),
            name: String::new(),
            organizations: Vec::new(),
            handouts: Vec::new(),
            sheets: Vec::new(),
        };
        let head = Head {
            id: id(2).into(),
            region,
            year: FiscalYear(2026),
            title: String::new(),
            item_heading: String::new(),
            item_footnote: None,
            phase: Phase::Draft,
            secretariat: id(3).into(),
            columns: Vec::new(),
            items: Vec::new(),
            editable: Vec::new(),
            frozen: false,
        };
        let state = FilterState {
            scenes: SceneSet::EMPTY.with(CareScene::EndOfLife).with(CareScene::Emergency),
            explicit_only: true,
            owner: OwnerFilter::Joint,
            text: " 研修 ".to_owned(),
            ..FilterState::default()
        };
        let parts = parts(&state, &head);
        let words: Vec<&str> = parts.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(words, ["場面：急変時の対応", "場面：看取り", "明示のみ", "主体：共同", "検索「研修」"]);
        assert!(parts.iter().all(|(_, without)| *without != state));
        assert_eq!(parts[1].1.scenes, SceneSet::EMPTY.with(CareScene::Emergency));
        assert!(super::parts(&FilterState::default(), &head).is_empty());
    }
}
