//! The sheet as this page knows it.

use super::{
    queries::Year,
    store::{CellKey, Head},
};
use crate::session::Organization;
use renkei_domain::{
    AccountId, EntryId, Facet, FiscalYear, ItemId, Note, OrganizationId, RegionId, SceneSet,
};
use serde::{Deserialize, Serialize};

/// A reading of the sheet: all but its entries, and these by cell, row by row in the order of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub head: Head,
    pub seq: i64,
    pub cells: Vec<(CellKey, Vec<Entry>)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub id: RegionId,
    pub name: String,
    pub organizations: Vec<Organization>,
    /// The numbers of the year's handouts.
    pub handouts: Vec<u32>,
    pub sheets: Vec<Year>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
    pub heading: String,
    pub as_of: Option<String>,
    pub footnote: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub id: ItemId,
    pub code: String,
    pub title: String,
    pub scenes: SceneSet,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: EntryId,
    pub item: ItemId,
    /// None: one that is newer than this page.
    pub facet: Option<Facet>,
    pub fiscal_year: FiscalYear,
    pub body: String,
    pub notes: Vec<Note>,
    pub explicit_scenes: SceneSet,
    /// None: joint.
    pub owner: Option<OrganizationId>,
    pub position: usize,
    pub version: i32,
    pub deleted_at: Option<String>,
    pub updated_at: String,
    pub updated_by: Option<Author>,
    pub viewer_can_edit: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Author {
    pub id: AccountId,
    pub name: String,
    /// The short name of their organisation.
    pub organization: String,
}
