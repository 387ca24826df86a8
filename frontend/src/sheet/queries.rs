//! The sheet as the server tells it, and the entry as every operation asks for it.

use super::{
    model,
    store::{CellKey, Head},
};
use crate::{
    api::{EnumValue, Id, NoteFields, scene_set},
    cached_query::answers,
    schema,
    session::{self, ViewerId},
};
use renkei_domain::{
    AccountId, CareScene, EntryId, Facet, FiscalYear, ItemId, OrganizationId, Phase, RegionId, SheetId,
    SnapshotId,
};

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SheetVariables")]
pub struct Sheet {
    /// None: nobody is signed in.
    pub viewer: Option<Somebody>,
    #[arguments(regionId: $region_id, fiscalYear: $fiscal_year)]
    pub sheet: Option<WholeSheet>,
}

/// Whoever is signed in, and not who it is: the answer is the same for all who may do the same.
#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Account")]
pub struct Somebody {
    #[cynic(rename = "__typename")]
    pub _typename: String,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SheetVariables {
    pub region_id: Id<RegionId>,
    pub fiscal_year: i32,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet", variables = "SheetVariables")]
pub struct WholeSheet {
    pub id: Id<SheetId>,
    pub fiscal_year: i32,
    pub title: String,
    pub item_heading: String,
    pub item_footnote: Option<String>,
    pub phase: EnumValue<Phase>,
    pub seq: i32,
    pub secretariat: Owner,
    pub columns: Vec<Column>,
    pub region: Region,
    pub rows: Vec<Row>,
}

#[derive(cynic::QueryFragment)]
#[cynic(variables = "SheetVariables")]
pub struct Region {
    pub id: Id<RegionId>,
    pub name: String,
    pub organizations: Vec<session::queries::Organization>,
    #[arguments(fiscalYear: $fiscal_year)]
    pub handouts: Vec<Handout>,
    pub sheets: Vec<Year>,
}

#[derive(cynic::QueryFragment)]
pub struct Handout {
    pub number: i32,
}

/// A year's sheet among those of its region.
#[derive(Clone, Debug, PartialEq, Eq, cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet")]
pub struct Year {
    pub fiscal_year: i32,
    pub title: String,
}

#[derive(cynic::QueryFragment)]
pub struct Column {
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub heading: String,
    pub as_of: Option<String>,
    pub footnote: Option<String>,
}

#[derive(cynic::QueryFragment)]
pub struct Row {
    pub item: Item,
    pub cells: Vec<Cell>,
}

#[derive(cynic::QueryFragment)]
pub struct Item {
    pub id: Id<ItemId>,
    pub code: String,
    pub title: String,
    pub scenes: Vec<EnumValue<CareScene>>,
}

#[derive(cynic::QueryFragment)]
pub struct Cell {
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub viewer_can_edit: bool,
    pub entries: Vec<Entry>,
}

/// An entry: in a sheet, as a mutation answers it, and as an event tells it.
#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Entry {
    pub id: Id<EntryId>,
    pub item: ItemRef,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub body: String,
    pub notes: Vec<NoteFields>,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
    pub owner: Option<Owner>,
    pub position: i32,
    pub version: i32,
    pub deleted_at: Option<String>,
    pub updated_at: String,
    pub updated_by: Option<Author>,
    pub viewer_can_edit: bool,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Item")]
pub struct ItemRef {
    pub id: Id<ItemId>,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Organization")]
pub struct Owner {
    pub id: Id<OrganizationId>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Account")]
pub struct Author {
    pub id: Id<AccountId>,
    pub name: String,
    pub organization: AuthorsOrganization,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Organization")]
pub struct AuthorsOrganization {
    pub short_name: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SnapshotVariables")]
pub struct SheetSnapshot {
    pub viewer: Option<ViewerId>,
    #[arguments(id: $id)]
    pub node: Option<SnapshotNode>,
    #[arguments(regionId: $region_id, fiscalYear: $fiscal_year)]
    pub sheet: Option<SnapshotsOfSheet>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SnapshotVariables {
    pub id: Id<SnapshotId>,
    pub region_id: Id<RegionId>,
    pub fiscal_year: i32,
}

#[derive(cynic::InlineFragments)]
#[cynic(graphql_type = "Node")]
pub enum SnapshotNode {
    Snapshot(Snapshot),
    #[cynic(fallback)]
    Unknown,
}

/// The sheet as it stood.
#[derive(cynic::QueryFragment)]
pub struct Snapshot {
    pub label: String,
    pub taken_at: String,
    pub seq: i32,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet")]
pub struct SnapshotsOfSheet {
    pub snapshots: Vec<SnapshotRef>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Snapshot")]
pub struct SnapshotRef {
    pub id: Id<SnapshotId>,
}

impl WholeSheet {
    /// The sheet with the columns, rows and entries of a snapshot of it, which nobody edits.
    pub fn as_in(self, snapshot: Snapshot) -> model::Sheet {
        let Snapshot { columns, rows, .. } = snapshot;
        let mut sheet = model::Sheet::from(Self { columns, rows, ..self });
        sheet.head.frozen = true;
        sheet.head.editable.fill(false);
        for entry in sheet.cells.iter_mut().flat_map(|(_, entries)| entries) {
            entry.viewer_can_edit = false;
        }
        sheet
    }
}

answers!(Sheet, SheetSnapshot);

/// In a phase that is newer than this page, nothing can be written; columns of a facet that is newer are left out.
impl From<WholeSheet> for model::Sheet {
    fn from(sheet: WholeSheet) -> Self {
        let (mut items, mut editable, mut cells) = (Vec::new(), Vec::new(), Vec::new());
        for row in sheet.rows {
            let Item { id, code, title, scenes } = row.item;
            items.push(model::Item { id: id.0, code, title, scenes: scene_set(&scenes) });
            for Cell { facet, fiscal_year, viewer_can_edit, entries } in row.cells {
                let Some(facet) = facet.0 else { continue };
                editable.push(viewer_can_edit);
                let key = CellKey { item: id.0, facet, year: FiscalYear(fiscal_year) };
                cells.push((key, entries.into_iter().map(model::Entry::from).collect()));
            }
        }
        let head = Head {
            id: sheet.id.0,
            region: sheet.region.into(),
            year: FiscalYear(sheet.fiscal_year),
            title: sheet.title,
            item_heading: sheet.item_heading,
            item_footnote: sheet.item_footnote,
            phase: sheet.phase.0.unwrap_or(Phase::Fixed),
            secretariat: sheet.secretariat.id.0,
            columns: sheet.columns.into_iter().filter_map(Column::known).collect(),
            items,
            editable,
            frozen: false,
        };
        Self { head, seq: sheet.seq.into(), cells }
    }
}

impl From<Region> for model::Region {
    fn from(region: Region) -> Self {
        Self {
            id: region.id.0,
            name: region.name,
            organizations: region.organizations.into_iter().map(session::Organization::from).collect(),
            handouts: region.handouts.into_iter().filter_map(|one| one.number.try_into().ok()).collect(),
            sheets: region.sheets,
        }
    }
}

impl Column {
    fn known(self) -> Option<model::Column> {
        let Self { facet, fiscal_year, heading, as_of, footnote } = self;
        let fiscal_year = FiscalYear(fiscal_year);
        Some(model::Column { facet: facet.0?, fiscal_year, heading, as_of, footnote })
    }
}

/// What holds something that is newer than this page cannot be edited here: it would be lost.
impl From<Entry> for model::Entry {
    fn from(entry: Entry) -> Self {
        let is_whole = entry.explicit_scenes.iter().all(|scene| scene.0.is_some())
            && entry.notes.iter().all(|note| note.kind.0.is_some());
        Self {
            id: entry.id.0,
            item: entry.item.id.0,
            facet: entry.facet.0,
            fiscal_year: FiscalYear(entry.fiscal_year),
            body: entry.body,
            notes: entry.notes.into_iter().map(Into::into).collect(),
            explicit_scenes: scene_set(&entry.explicit_scenes),
            owner: entry.owner.map(|owner| owner.id.0),
            position: entry.position.try_into().unwrap_or_default(),
            version: entry.version,
            deleted_at: entry.deleted_at,
            updated_at: entry.updated_at,
            updated_by: entry.updated_by.map(Into::into),
            viewer_can_edit: entry.viewer_can_edit && is_whole,
        }
    }
}

impl From<Author> for model::Author {
    fn from(Author { id, name, organization }: Author) -> Self {
        Self { id: id.0, name, organization: organization.short_name }
    }
}
