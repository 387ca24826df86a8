//! The sheet as the server tells it, and as the browser keeps it for when the server is away.

use crate::session::Organization;
use renkei_domain::{
    AccountId, EntryId, Facet, FiscalYear, ItemId, Note, OrganizationId, Phase, RegionId, SceneSet, SheetId,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Answer {
    /// None: nobody is signed in.
    pub viewer: Option<Somebody>,
    pub sheet: Option<Sheet>,
}

#[derive(Deserialize)]
pub struct Somebody {}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sheet {
    pub id: SheetId,
    pub fiscal_year: FiscalYear,
    pub title: String,
    pub item_heading: String,
    pub item_footnote: Option<String>,
    pub phase: Phase,
    pub seq: i64,
    pub secretariat: Owner,
    pub columns: Vec<Column>,
    pub region: Region,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Region {
    pub id: RegionId,
    pub name: String,
    pub organizations: Vec<Organization>,
    pub handouts: Vec<Handout>,
    pub sheets: Vec<Year>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Handout {
    pub number: u32,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Year {
    pub fiscal_year: FiscalYear,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
    pub heading: String,
    pub as_of: Option<String>,
    pub footnote: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Row {
    pub item: Item,
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Item {
    pub id: ItemId,
    pub code: String,
    pub title: String,
    pub scenes: SceneSet,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
    pub viewer_can_edit: bool,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub id: EntryId,
    pub body: String,
    pub notes: Vec<Note>,
    pub explicit_scenes: SceneSet,
    pub owner: Option<Owner>,
    pub position: usize,
    pub version: i32,
    pub updated_at: String,
    pub updated_by: Option<Author>,
    pub viewer_can_edit: bool,
    /// Asked for, with the two below, where an entry comes alone; in a sheet its cell says it.
    #[serde(default)]
    pub item: Option<ItemRef>,
    #[serde(default)]
    pub facet: Option<Facet>,
    #[serde(default)]
    pub fiscal_year: Option<FiscalYear>,
    #[serde(default)]
    pub deleted_at: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct ItemRef {
    pub id: ItemId,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Owner {
    pub id: OrganizationId,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Author {
    pub id: AccountId,
    pub name: String,
    pub organization: AuthorsOrganization,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorsOrganization {
    pub short_name: String,
}

impl Entry {
    pub fn owner_id(&self) -> Option<OrganizationId> {
        self.owner.map(|owner| owner.id)
    }
}
