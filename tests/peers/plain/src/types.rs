//! What the client's document asks for, as plain structures.

use async_graphql::{Enum, ID, InputObject, SimpleObject};
use serde::Deserialize;

#[derive(Clone, SimpleObject)]
#[graphql(name = "Viewer")]
pub struct ViewerId {
    pub id: ID,
}

#[derive(SimpleObject)]
pub struct Sheet {
    pub id: ID,
    pub fiscal_year: i32,
    pub title: String,
    pub item_heading: String,
    pub item_footnote: Option<String>,
    pub phase: String,
    pub seq: i64,
    pub secretariat: OrganizationId,
    pub columns: Vec<Column>,
    pub region: Region,
    pub rows: Vec<Row>,
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Region {
    pub id: ID,
    pub name: String,
    pub organizations: Vec<Organization>,
    #[graphql(skip)]
    pub numbers: Vec<i32>,
    pub sheets: Vec<Year>,
}

#[async_graphql::ComplexObject]
impl Region {
    /// Those of the sheet's year have been read.
    async fn handouts(&self, #[graphql(name = "fiscalYear")] _fiscal_year: i32) -> Vec<Handout> {
        self.numbers.iter().map(|number| Handout { number: *number }).collect()
    }
}

#[derive(SimpleObject)]
pub struct Handout {
    pub number: i32,
}

#[derive(SimpleObject)]
pub struct Year {
    pub fiscal_year: i32,
    pub title: String,
}

#[derive(Clone, SimpleObject)]
pub struct OrganizationId {
    pub id: ID,
}

#[derive(SimpleObject)]
pub struct Organization {
    pub id: ID,
    pub kind: String,
    pub name: String,
    pub short_name: String,
}

#[derive(Clone, SimpleObject)]
pub struct Column {
    pub facet: String,
    pub fiscal_year: i32,
    pub heading: String,
    pub as_of: Option<String>,
    pub footnote: Option<String>,
}

#[derive(SimpleObject)]
pub struct Row {
    pub item: Item,
    pub cells: Vec<Cell>,
}

#[derive(SimpleObject)]
pub struct Item {
    pub id: ID,
    pub code: String,
    pub title: String,
    pub scenes: Vec<Scene>,
}

#[derive(SimpleObject)]
pub struct Cell {
    pub facet: String,
    pub fiscal_year: i32,
    pub viewer_can_edit: bool,
    pub entries: Vec<Entry>,
}

#[derive(SimpleObject)]
pub struct Entry {
    pub id: ID,
    pub item: ItemId,
    pub facet: String,
    pub fiscal_year: i32,
    pub body: String,
    pub notes: Vec<Note>,
    pub explicit_scenes: Vec<Scene>,
    pub owner: Option<OrganizationId>,
    pub position: usize,
    pub version: i32,
    pub deleted_at: Option<String>,
    pub updated_at: String,
    pub updated_by: Option<Account>,
    pub viewer_can_edit: bool,
}

#[derive(SimpleObject)]
pub struct ItemId {
    pub id: ID,
}

#[derive(Clone, SimpleObject)]
pub struct Account {
    pub id: ID,
    pub name: String,
    pub organization: ShortName,
}

#[derive(Clone, SimpleObject)]
pub struct ShortName {
    pub short_name: String,
}

#[derive(SimpleObject, Deserialize)]
pub struct Note {
    pub kind: String,
    pub text: String,
    pub depth: i32,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum Scene {
    DailyCare,
    HospitalTransition,
    Emergency,
    EndOfLife,
}

impl Scene {
    /// One bit each.
    pub fn of(bits: i32) -> Vec<Scene> {
        let all = [Scene::DailyCare, Scene::HospitalTransition, Scene::Emergency, Scene::EndOfLife];
        (0..).zip(all).filter(|(bit, _)| bits & (1 << bit) != 0).map(|(_, scene)| scene).collect()
    }
}

#[derive(InputObject)]
pub struct UpdateEntryInput {
    pub id: ID,
    pub version: i32,
    pub body: String,
}

#[derive(SimpleObject)]
pub struct EntrySaved {
    pub entry: Saved,
    pub change: Change,
}

#[derive(SimpleObject)]
pub struct Saved {
    pub id: ID,
    pub version: i32,
    pub body: String,
}

#[derive(SimpleObject)]
pub struct Change {
    pub seq: i64,
}
