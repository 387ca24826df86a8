//! Entries (取組): the ○ bullets of the matrix, each in its cell, in its place, with its version.

pub mod api;
mod desk;
pub(crate) mod place;
pub mod service;
mod store;
pub(crate) mod table;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::{find, insert, living, standing, update};

use renkei_domain::{
    AccountId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, Owner, RegionId,
};
use serde::{Deserialize, Serialize};

/// Which cell: item × facet × fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CellKey {
    pub item: ItemId,
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
}

/// An entry as it is stored, and as the change log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub id: EntryId,
    pub region: RegionId,
    #[serde(flatten)]
    pub cell: CellKey,
    #[serde(flatten)]
    pub text: EntryText,
    /// `None`: joint.
    pub owner: Option<OrganizationId>,
    /// Orders the cell's entries (then the id does). Not part of the version: neighbours may be renumbered.
    pub rank: i64,
    /// From 1; every change of the entry adds 1.
    pub version: i32,
    pub updated_at: i64,
    pub updated_by: Option<AccountId>,
    pub deleted_at: Option<i64>,
}

/// An entry with its place among the living ones of its cell; for a deleted one, where it would stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placed {
    #[serde(flatten)]
    pub entry: Entry,
    pub position: usize,
}

impl Entry {
    pub fn owned_by(&self) -> Owner {
        self.owner.into()
    }

    /// The order of a cell's entries.
    pub fn order(&self) -> (i64, EntryId) {
        (self.rank, self.id)
    }
}
