//! Changes: of a sheet, a cell or an entry, and since a moment; what stands beside a sheet; visits and snapshots.

use super::log::Listed;
use crate::{
    api::{EnumValue, Id, payload},
    cached_query::answers,
    comment::Thread,
    notice::queries::UnreadCount,
    schema,
    session::ViewerId,
    sheet::queries::{Author, Year},
};
use renkei_domain::{
    CareScene, ChangeId, EntryId, Facet, ItemId, OrganizationId, Phase, RegionId, SheetId, SnapshotId,
};

#[derive(cynic::QueryFragment)]
pub struct ChangeConnection {
    pub edges: Vec<ChangeEdge>,
    pub page_info: PageInfo,
}

#[derive(cynic::QueryFragment)]
pub struct ChangeEdge {
    pub node: Change,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct Change {
    pub id: Id<ChangeId>,
    pub at: String,
    pub by_name: String,
    pub by_organization: String,
    pub via_token: Option<String>,
    pub action: ChangeAction,
    pub summary: String,
    pub entry: Option<EntryChange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, cynic::Enum)]
pub enum ChangeAction {
    Create,
    Update,
    Move,
    Assign,
    Delete,
    Restore,
    Resolve,
    Reopen,
    Comment,
    Withdraw,
    #[cynic(fallback)]
    Unknown,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct EntryChange {
    pub entry_id: Id<EntryId>,
    pub item: Item,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub before: Option<EntryState>,
    pub after: EntryState,
    pub difference: Vec<Difference>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Item {
    pub id: Id<ItemId>,
    pub code: String,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct EntryState {
    pub version: i32,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
    pub owner: Option<Owner>,
    pub item: Item,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Organization")]
pub struct Owner {
    pub id: Id<OrganizationId>,
    pub short_name: String,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Difference {
    pub fate: Fate,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, cynic::Enum)]
pub enum Fate {
    Same,
    Inserted,
    Deleted,
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "EntryHistoryVariables")]
pub struct EntryHistory {
    pub viewer: Option<ViewerId>,
    #[arguments(id: $id)]
    pub node: Option<Node>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct EntryHistoryVariables {
    pub id: Id<EntryId>,
    pub after: Option<String>,
}

#[derive(cynic::InlineFragments)]
#[cynic(variables = "EntryHistoryVariables")]
pub enum Node {
    Entry(EntryChanges),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Entry", variables = "EntryHistoryVariables")]
pub struct EntryChanges {
    #[arguments(first: 20, after: $after)]
    pub changes: ChangeConnection,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SheetHistoryVariables")]
pub struct SheetHistory {
    pub viewer: Option<ViewerId>,
    #[arguments(regionId: $region_id, fiscalYear: $fiscal_year)]
    pub sheet: Option<SheetChanges>,
}

/// The changes of one cell, if an item, a facet and a year are given.
#[derive(Clone, Default, cynic::QueryVariables)]
pub struct SheetHistoryVariables {
    pub region_id: Id<RegionId>,
    pub fiscal_year: i32,
    pub after: Option<String>,
    pub item_id: Option<Id<ItemId>>,
    pub facet: Option<EnumValue<Facet>>,
    pub year: Option<i32>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet", variables = "SheetHistoryVariables")]
pub struct SheetChanges {
    pub title: String,
    pub phase: EnumValue<Phase>,
    pub region: RegionYears,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    #[arguments(first: 20, after: $after, itemId: $item_id, facet: $facet, fiscalYear: $year)]
    pub changes: ChangeConnection,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Region")]
pub struct RegionYears {
    pub name: String,
    pub sheets: Vec<Year>,
}

#[derive(cynic::QueryFragment)]
pub struct Column {
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
}

#[derive(cynic::QueryFragment)]
pub struct Row {
    pub item: Item,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SinceVariables")]
pub struct Since {
    pub viewer: Option<ViewerId>,
    #[arguments(regionId: $region_id, fiscalYear: $fiscal_year)]
    pub sheet: Option<SheetSince>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SinceVariables {
    pub region_id: Id<RegionId>,
    pub fiscal_year: i32,
    pub seq: i32,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet", variables = "SinceVariables")]
pub struct SheetSince {
    #[arguments(seq: $seq)]
    pub since: Vec<EntryDifference>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct EntryDifference {
    pub kind: DifferenceKind,
    pub entry_id: Id<EntryId>,
    pub entry: EntryNow,
    pub before: Option<EntryState>,
    pub difference: Vec<Difference>,
    pub last_change: LastChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, cynic::Enum)]
pub enum DifferenceKind {
    Added,
    Changed,
    Moved,
    Deleted,
    #[cynic(fallback)]
    Unknown,
}

impl DifferenceKind {
    /// As the stylesheet knows it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Moved => "MOVED",
            Self::Deleted => "DELETED",
            Self::Changed | Self::Unknown => "CHANGED",
        }
    }
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Entry")]
pub struct EntryNow {
    pub version: i32,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
    pub owner: Option<Owner>,
    pub item: Item,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
}

impl From<EntryNow> for EntryState {
    fn from(now: EntryNow) -> Self {
        let EntryNow { version, explicit_scenes, owner, item, facet, fiscal_year } = now;
        Self { version, explicit_scenes, owner, item, facet, fiscal_year }
    }
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Change")]
pub struct LastChange {
    pub at: String,
    pub by_name: String,
    pub by_organization: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "BesideVariables")]
pub struct Beside {
    pub viewer: Option<ViewerId>,
    #[arguments(first: 0)]
    pub notices: UnreadCount,
    #[arguments(regionId: $region_id, fiscalYear: $fiscal_year)]
    pub sheet: Option<BesideSheet>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct BesideVariables {
    pub region_id: Id<RegionId>,
    pub fiscal_year: i32,
    pub resolved: Option<bool>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet", variables = "BesideVariables")]
pub struct BesideSheet {
    pub last_visit: Option<LastVisit>,
    pub snapshots: Vec<Snapshot>,
    pub region: RegionPeople,
    #[arguments(resolved: $resolved)]
    pub threads: Vec<Thread>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct LastVisit {
    pub seq: i32,
    pub at: String,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Snapshot {
    pub id: Id<SnapshotId>,
    pub label: String,
    pub seq: i32,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Region")]
pub struct RegionPeople {
    pub organizations: Vec<OrganizationName>,
    pub accounts: Vec<Author>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Organization")]
pub struct OrganizationName {
    pub id: Id<OrganizationId>,
    pub name: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "NoteVisitVariables")]
pub struct NoteVisit {
    #[arguments(input: $input)]
    pub note_visit: bool,
}

#[derive(Default, cynic::QueryVariables)]
pub struct NoteVisitVariables {
    pub input: NoteVisitInput,
}

#[derive(Default, cynic::InputObject)]
pub struct NoteVisitInput {
    pub sheet_id: Id<SheetId>,
    pub seq: i32,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateSnapshotVariables")]
pub struct CreateSnapshot {
    #[arguments(input: $input)]
    #[cynic(rename = "createSnapshot", alias)]
    pub answer: CreateSnapshotPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct CreateSnapshotVariables {
    pub input: CreateSnapshotInput,
}

#[derive(Default, cynic::InputObject)]
pub struct CreateSnapshotInput {
    pub request_id: Id<String>,
    pub sheet_id: Id<SheetId>,
    pub label: String,
}

payload!(CreateSnapshotPayload: SnapshotCreated);

#[derive(cynic::QueryFragment)]
pub struct SnapshotCreated {
    pub snapshot: Snapshot,
}

impl From<Option<ChangeConnection>> for Listed<Change> {
    fn from(changes: Option<ChangeConnection>) -> Self {
        let Some(ChangeConnection { edges, page_info }) = changes else {
            return Self { nodes: Vec::new(), next: None };
        };
        Self { nodes: edges.into_iter().map(|edge| edge.node).collect(), next: page_info.next() }
    }
}

impl PageInfo {
    /// Where the next page begins, if there is one.
    pub fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

answers!(EntryHistory, SheetHistory, Since, Beside);
