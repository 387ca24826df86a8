//! The entry filter: one pure function, for the server's answer and the browser's screen alike.

use crate::{CareScene, OrganizationId, SceneSet, search::SearchTerms, text};
use serde::{Deserialize, Serialize};

/// Whether one of the chosen scenes is enough, or all are needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SceneMatch {
    #[default]
    Any,
    All,
}

/// What to show. The default shows everything; each part narrows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// None chosen: all.
    pub scenes: SceneSet,
    pub scene_match: SceneMatch,
    /// Inherited scenes don't count; with no scene chosen: entries that have an explicit one.
    pub explicit_scenes_only: bool,
    /// Entries without a scene of their own alone.
    pub inherited_scenes_only: bool,
    /// `true`: joint entries alone; `false`: organisations' own alone.
    pub joint: Option<bool>,
    /// Entries that belong to one of these; none: all.
    pub owners: Vec<OrganizationId>,
    /// Each of them found in the body or in a note; none: all.
    pub text: SearchTerms,
}

/// What the filter needs to know of an entry.
#[derive(Clone, Copy, Debug)]
pub struct EntryFacts<'a> {
    pub explicit_scenes: SceneSet,
    /// Those of its item on this sheet.
    pub item_scenes: SceneSet,
    pub owner: Option<OrganizationId>,
    /// [`text::fold`] of the body and of each note, one a line.
    pub folded: &'a str,
}

impl EntryFacts<'_> {
    /// Explicit ones, or the item's.
    pub fn effective_scenes(&self) -> SceneSet {
        effective_scenes(self.explicit_scenes, self.item_scenes)
    }
}

/// An entry without scenes of its own inherits its item's.
pub fn effective_scenes(explicit: SceneSet, item: SceneSet) -> SceneSet {
    if explicit.is_empty() { item } else { explicit }
}

/// Body and notes as the filter reads them: folded, one a line, so that nothing is found across two of them.
pub fn folded<'a>(body: &'a str, notes: impl Iterator<Item = &'a str>) -> String {
    notes.fold(text::fold(body), |mut all, note| {
        all.push('\n');
        all.push_str(&text::fold(note));
        all
    })
}

impl EntryFilter {
    /// Narrows to entries in which all of this text's words and phrases are found ([`SearchTerms::parse`]).
    #[must_use]
    pub fn with_text(self, text: &str) -> Self {
        Self { text: SearchTerms::parse(text), ..self }
    }

    pub fn narrows(&self) -> bool {
        *self != Self { scene_match: self.scene_match, ..Self::default() }
    }

    /// Whether an entry is shown.
    pub fn admits(&self, entry: &EntryFacts<'_>) -> bool {
        self.admits_scenes(entry)
            && self.joint.is_none_or(|joint| joint == entry.owner.is_none())
            && (self.owners.is_empty() || entry.owner.is_some_and(|owner| self.owners.contains(&owner)))
            && self.text.all_found_in(entry.folded)
    }

    fn admits_scenes(&self, entry: &EntryFacts<'_>) -> bool {
        if self.inherited_scenes_only && !entry.explicit_scenes.is_empty() {
            return false;
        }
        let scenes = if self.explicit_scenes_only { entry.explicit_scenes } else { entry.effective_scenes() };
        match self.scene_match {
            _ if self.scenes.is_empty() => !self.explicit_scenes_only || !scenes.is_empty(),
            SceneMatch::Any => scenes.intersects(self.scenes),
            SceneMatch::All => scenes.is_superset(self.scenes),
        }
    }

    /// What ticking one box alone would show, under the other parts of the filter: the number beside a scene's box.
    #[must_use]
    pub fn only_scene(&self, scene: CareScene) -> Self {
        Self { scenes: SceneSet::EMPTY.with(scene), ..self.clone() }
    }
}
