//! A mutation of an entry as this browser keeps it until it is answered, and what becomes of it.

use crate::sheet::{model::Entry, store::CellKey};
use renkei_domain::{
    ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, Note, OrganizationId, SceneSet, SheetId,
};
use serde::{Deserialize, Serialize};

/// Which mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    Create,
    Update,
    Move,
    Assign,
    Delete,
    Restore,
    CreateMany,
    TagMany,
    AssignMany,
    MoveMany,
    DeleteMany,
    RestoreMany,
    /// Scenes that are proposed for entries are proposed to nobody any more.
    DeclineScenes,
    /// The same, proposed again.
    RestoreScenes,
}

impl Operation {
    /// It is about several entries, which stand in the input's `entries`.
    pub fn is_many(self) -> bool {
        matches!(
            self,
            Self::CreateMany
                | Self::TagMany
                | Self::AssignMany
                | Self::MoveMany
                | Self::DeleteMany
                | Self::RestoreMany
                | Self::DeclineScenes
                | Self::RestoreScenes
        )
    }

    /// It changes no entry: what stands in the input's `entries` is proposed for them.
    pub fn is_of_suggestions(self) -> bool {
        matches!(self, Self::DeclineScenes | Self::RestoreScenes)
    }
}

/// The input of any of the mutations: each sets the fields of its own input type, the rest is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Input {
    pub request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<EntryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<EntryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_id: Option<ChangeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet_id: Option<SheetId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<ItemId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<FiscalYear>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<Note>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit_scenes: Option<SceneSet>,
    /// Absent means null here and below: joint; to the front or, for a new entry, at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<OrganizationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_entry_id: Option<EntryId>,
    /// Of what is asked for many entries: each one's own part, without a request id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Input>,
    /// Scenes that many get and lose.
    #[serde(skip_serializing_if = "is_none")]
    pub add: SceneSet,
    #[serde(skip_serializing_if = "is_none")]
    pub remove: SceneSet,
}

fn is_none(scenes: &SceneSet) -> bool {
    scenes.is_empty()
}

impl Input {
    #[must_use]
    pub fn with_cell(self, cell: CellKey) -> Self {
        let CellKey { item, facet, year } = cell;
        Self { item_id: Some(item), facet: Some(facet), fiscal_year: Some(year), ..self }
    }

    /// The cell of a new entry, or that an entry moves to.
    pub fn cell(&self) -> Option<CellKey> {
        Some(CellKey { item: self.item_id?, facet: self.facet?, year: self.fiscal_year? })
    }

    /// A text alone, and the version of its entry that has it or that it is made of.
    pub fn known(version: i32, text: EntryText) -> Self {
        Self { version: Some(version), ..Self::default() }.with_text(text)
    }

    /// The text that it writes, if it writes one.
    pub fn text(&self) -> Option<EntryText> {
        let (body, notes) = (self.body.clone()?, self.notes.clone()?);
        Some(EntryText { body, notes, explicit_scenes: self.explicit_scenes.unwrap_or_default() })
    }

    #[must_use]
    pub fn with_text(mut self, text: EntryText) -> Self {
        self.body = Some(text.body);
        self.notes = Some(text.notes);
        self.explicit_scenes = Some(text.explicit_scenes);
        self
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    pub id: ChangeId,
    pub seq: i64,
}

/// What became of a mutation.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// `merged`: somebody else had changed it since, and the entry holds both edits.
    Saved {
        entry: Entry,
        change: Change,
        merged: bool,
    },
    Deleted {
        id: EntryId,
        version: i32,
        change: Change,
    },
    Conflict {
        base: EntryText,
        theirs: Entry,
    },
    Refused {
        message: String,
        field: Option<String>,
    },
    /// What became of each of many, in the order in which they were asked for.
    Many(Vec<Reply>),
    /// It is done, and is nothing of an entry's.
    Done,
}
