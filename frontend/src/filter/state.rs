//! What the filter bar is set to, and how that stands in the address.
//!
//! The parameters are called as in GraphQL's `EntryFilter`, so that an address can be read: `?scenes=END_OF_LIFE&joint=true`.
//! Whoever opens the address sees the same; 'mine' is therefore written as the organisation that it is.

use percent_encoding::percent_decode_str;
use renkei_domain::{CareScene, EntryFilter, Facet, OrganizationId, SceneMatch, SceneSet, limits};

/// Characters of what stands in the address about changes: the largest change's number has 19.
const SINCE_CHARS: usize = 20;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterState {
    pub scenes: SceneSet,
    pub scene_match: SceneMatch,
    pub explicit_only: bool,
    pub owner: OwnerFilter,
    /// As typed.
    pub text: String,
    /// Columns of these facets are not shown.
    pub hidden: Vec<Facet>,
    /// Since when changes are marked: `visit`, or a change's number; empty: they are not. Narrows nothing.
    pub since: String,
}

/// Whose entries are shown (主体).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnerFilter {
    #[default]
    All,
    Joint,
    Of(OrganizationId),
}

impl FilterState {
    /// Reads an address's query; what cannot be read is left out.
    pub fn parse(query: &str) -> Self {
        let mut state = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(value);
            match name {
                "scenes" => state.scenes = value.split(',').filter_map(CareScene::from_code).collect(),
                "sceneMatch" if value == "ALL" => state.scene_match = SceneMatch::All,
                "explicitScenesOnly" => state.explicit_only = value == "true",
                "joint" if value == "true" => state.owner = OwnerFilter::Joint,
                "ownerIds" => state.owner = value.parse().map_or(state.owner, OwnerFilter::Of),
                "text" => state.text = value.chars().take(limits::SEARCH_CHARS).collect(),
                "since" => state.since = value.chars().take(SINCE_CHARS).collect(),
                "hiddenFacets" => state.hide(value.split(',').filter_map(Facet::from_code)),
                _ => {}
            }
        }
        state
    }

    /// The address's query; empty when nothing is narrowed.
    pub fn query(&self) -> String {
        let mut query = String::new();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                let separator = if query.is_empty() { "" } else { "&" };
                query.extend([separator, name, "=", value]);
            }
        };
        add("scenes", &listed(self.scenes.iter().map(CareScene::code)));
        add("sceneMatch", if self.scene_match == SceneMatch::All { "ALL" } else { "" });
        add("explicitScenesOnly", if self.explicit_only { "true" } else { "" });
        match self.owner {
            OwnerFilter::All => {}
            OwnerFilter::Joint => add("joint", "true"),
            OwnerFilter::Of(owner) => add("ownerIds", &owner.to_string()),
        }
        add("text", &encoded(&self.text));
        add("hiddenFacets", &listed(self.hidden.iter().map(|facet| facet.code())));
        add("since", &encoded(&self.since));
        query
    }

    /// The domain's filter; hidden columns are a matter of the page.
    pub fn filter(&self) -> EntryFilter {
        let owner = match self.owner {
            OwnerFilter::Of(owner) => Some(owner),
            OwnerFilter::All | OwnerFilter::Joint => None,
        };
        EntryFilter {
            scenes: self.scenes,
            scene_match: self.scene_match,
            explicit_scenes_only: self.explicit_only,
            joint: (self.owner == OwnerFilter::Joint).then_some(true),
            owners: owner.into_iter().collect(),
            ..EntryFilter::default()
        }
        .with_text(&self.text)
    }

    /// Something is narrowed, so that there is something to clear.
    pub fn narrows(&self) -> bool {
        !self.hidden.is_empty() || self.filter().narrows()
    }

    /// Some entries may be hidden in columns that are shown.
    pub fn narrows_entries(&self) -> bool {
        self.filter().narrows()
    }

    /// Nothing narrowed; what is marked as changed stays.
    pub fn cleared(&self) -> Self {
        Self { since: self.since.clone(), ..Self::default() }
    }

    /// What a search over all years takes over: all but what is a matter of one sheet.
    #[must_use]
    pub fn over_years(self) -> Self {
        Self { hidden: Vec::new(), since: String::new(), ..self }
    }

    pub fn shows(&self, facet: Facet) -> bool {
        !self.hidden.contains(&facet)
    }

    #[must_use]
    pub fn with_facet_toggled(mut self, facet: Facet) -> Self {
        if self.shows(facet) {
            self.hide([facet]);
        } else {
            self.hidden.retain(|hidden| *hidden != facet);
        }
        self
    }

    /// It is the only column that is shown, and stays.
    pub fn is_last(&self, facet: Facet) -> bool {
        self.shows(facet) && self.hidden.len() + 1 == Facet::ALL.len()
    }

    /// In the sheet's order, so that one state has one address. Never all of them: there would be nothing to look at.
    pub fn hide(&mut self, facets: impl IntoIterator<Item = Facet>) {
        let mut hidden = self.hidden.clone();
        hidden.extend(facets);
        let hidden: Vec<_> = Facet::ALL.into_iter().filter(|facet| hidden.contains(facet)).collect();
        if hidden.len() < Facet::ALL.len() {
            self.hidden = hidden;
        }
    }
}

fn listed<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    codes.collect::<Vec<_>>().join(",")
}

/// Only what has a meaning in a query is escaped: the rest the browser shows as it is.
fn encoded(text: &str) -> String {
    let mut query = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '&' | '#' | '+' | '=' | ' ' | '"' | '<' | '>' | '\'') || c.is_ascii_control() {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            let byte = c as usize;
            query.extend(['%', HEX[byte >> 4] as char, HEX[byte & 15] as char]);
        } else {
            query.push(c);
        }
    }
    query
}

fn decoded(value: &str) -> String {
    percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_from_its_address() {
        let town = "018f3a52-0000-7000-8000-000000000002".parse().unwrap();
        for owner in [OwnerFilter::All, OwnerFilter::Joint, OwnerFilter::Of(town)] {
            for text in ["", "看取り", "100% & 計5回+#=", " a "] {
                let state = FilterState {
                    scenes: [CareScene::Emergency, CareScene::EndOfLife].into_iter().collect(),
                    scene_match: SceneMatch::All,
                    explicit_only: true,
                    owner,
                    text: text.to_owned(),
                    hidden: vec![Facet::Status, Facet::Goal],
                    since: "visit".to_owned(),
                };
                assert_eq!(FilterState::parse(&state.query()), state);
            }
        }
        assert_eq!(FilterState::default().query(), "");
        assert!(!FilterState::parse("since=12").narrows());
        assert_eq!(FilterState::parse(""), FilterState::default());
    }

    #[test]
    fn addresses_read_well_and_forgive() {
        let state = FilterState::parse(
            "scenes=END_OF_LIFE,NONE&text=%E7%9C%8B%E5%8F%96%E3%82%8A&x&joint=no&ownerIds=me",
        );
        assert_eq!(state.query(), "scenes=END_OF_LIFE&text=看取り");
        assert_eq!(
            FilterState::parse("text=50%&hiddenFacets=PLAN,STATUS,PLAN").query(),
            "text=50%25&hiddenFacets=STATUS,PLAN"
        );
    }

    #[test]
    fn a_search_over_all_years_takes_over_words_scenes_and_owner() {
        let state = FilterState::parse("scenes=EMERGENCY&joint=true&text=研修&hiddenFacets=PLAN&since=visit");
        assert_eq!(state.over_years().query(), "scenes=EMERGENCY&joint=true&text=研修");
    }

    #[test]
    fn what_narrows_can_be_cleared() {
        let narrows = |query| FilterState::parse(query).narrows();
        assert!(!narrows("hiddenFacets=STATUS,EVALUATION,GOAL,PLAN"), "no column would be left");
        assert!(narrows("joint=true") && narrows("hiddenFacets=PLAN") && narrows("explicitScenesOnly=true"));
        assert!(!narrows("") && !narrows("sceneMatch=ALL") && !narrows("text=%20"));
    }

    #[test]
    fn a_facet_is_toggled_there_and_back() {
        let state = FilterState::default().with_facet_toggled(Facet::Plan);
        assert!(!state.shows(Facet::Plan));
        assert_eq!(state.with_facet_toggled(Facet::Plan), FilterState::default());
    }
}
