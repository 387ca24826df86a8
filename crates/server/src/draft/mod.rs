//! Drafts (下書き): what somebody has typed and not saved yet, kept for when they come back, on whatever PC. Nobody else
//! ever sees them, and the change log does not know of them.

pub mod api;
pub mod service;
mod store;
mod table;

/// What others read of them.
pub(crate) use store::count_of_sheets;

use crate::entry::EntryOrCell;
use renkei_domain::{DraftId, EntryId, OrganizationId, RegionId, SceneSet, SheetId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub id: DraftId,
    pub region: RegionId,
    pub spot: Spot,
    pub typed: Typed,
}

/// Where somebody types. An account has one draft for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub sheet: SheetId,
    pub place: EntryOrCell,
    /// The name that a browser gave itself.
    pub device: String,
}

/// What was typed, to the character. Whether it is an entry's text is asked when it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    pub outline: String,
    pub explicit_scenes: SceneSet,
    pub owner: Option<OrganizationId>,
    /// Behind which entry a new one is to stand.
    pub after: Option<EntryId>,
    /// The version that the text began with; 0 for a new entry.
    pub version: i32,
    /// What was typed to combine it with somebody else's.
    pub merged: Option<String>,
    /// By the device's clock: it tells which of two drafts of a spot is the newer one.
    pub typed_at: i64,
}

impl Typed {
    fn chars(&self) -> usize {
        self.outline.chars().count() + self.merged.as_ref().map_or(0, |merged| merged.chars().count())
    }
}

impl Spot {
    /// The spelling of SQL.
    fn place_code(&self) -> String {
        match self.place {
            EntryOrCell::Entry(entry) => entry.to_string(),
            EntryOrCell::Cell(cell) => format!("{}/{}/{}", cell.item, cell.facet.code(), cell.fiscal_year.0),
        }
    }
}
