//! The sheet as this page knows it.

use crate::session::Organization;
use renkei_domain::{
    AccountId, EntryId, Facet, FiscalYear, ItemId, Note, OrganizationId, Phase, RegionId, SceneSet, SheetId,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub id: SheetId,
    pub fiscal_year: FiscalYear,
    pub title: String,
    pub item_heading: String,
    pub item_footnote: Option<String>,
    pub phase: Phase,
    pub seq: i64,
    pub secretariat: OrganizationId,
    pub columns: Vec<Column>,
    pub region: Region,
    pub rows: Vec<Row>,
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
pub struct Year {
    pub fiscal_year: FiscalYear,
    pub title: String,
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
pub struct Row {
    pub item: Item,
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub id: ItemId,
    pub code: String,
    pub title: String,
    pub scenes: SceneSet,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
    pub viewer_can_edit: bool,
    pub entries: Vec<Entry>,
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
