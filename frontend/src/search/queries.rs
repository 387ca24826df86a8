//! What is found, and what the page says of its sheet.

use crate::{
    api::{EnumValue, Id, NoteFields},
    cached_query::answers,
    history::queries::PageInfo,
    schema,
    session::{self, ViewerId},
    sheet::queries::Year,
};
use renkei_domain::{
    CareScene, EntryFilter, EntryId, Facet, OrganizationId, Phase, RegionId, SceneMatch, SnapshotId,
};

#[derive(Clone, cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SearchPlaceVariables")]
pub struct SearchPlace {
    pub viewer: Option<ViewerId>,
    #[arguments(regionId: $region_id, fiscalYear: $fiscal_year)]
    pub sheet: Option<Sheet>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SearchPlaceVariables {
    pub region_id: Id<RegionId>,
    pub fiscal_year: i32,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct Sheet {
    pub title: String,
    pub phase: EnumValue<Phase>,
    pub region: Region,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct Region {
    pub name: String,
    pub organizations: Vec<session::queries::Organization>,
    pub sheets: Vec<Year>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SearchVariables")]
pub struct Search {
    pub viewer: Option<ViewerId>,
    #[arguments(regionId: $region_id, text: $text, filter: $filter, first: 20, after: $after)]
    pub search: EntryConnection,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SearchVariables {
    pub region_id: Id<RegionId>,
    pub text: String,
    pub filter: Option<FilterInput>,
    pub after: Option<String>,
}

#[derive(Clone, Default, cynic::InputObject)]
#[cynic(graphql_type = "EntryFilter")]
pub struct FilterInput {
    pub scenes: Vec<EnumValue<CareScene>>,
    pub scene_match: EnumValue<SceneMatch>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub joint: Option<bool>,
    pub owner_ids: Vec<Id<OrganizationId>>,
}

impl From<EntryFilter> for FilterInput {
    fn from(filter: EntryFilter) -> Self {
        Self {
            scenes: crate::api::scene_values(filter.scenes),
            scene_match: EnumValue(Some(filter.scene_match)),
            joint: filter.joint,
            owner_ids: filter.owners.into_iter().map(Id).collect(),
        }
    }
}

#[derive(cynic::QueryFragment)]
pub struct EntryConnection {
    pub total_count: i32,
    pub edges: Vec<EntryEdge>,
    pub page_info: PageInfo,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct EntryEdge {
    pub snapshot: Option<Snapshot>,
    pub node: Entry,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct Snapshot {
    pub id: Id<SnapshotId>,
    pub label: String,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct Entry {
    pub id: Id<EntryId>,
    pub item: Item,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub body: String,
    pub notes: Vec<NoteFields>,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
    pub owner: Option<Owner>,
}

#[derive(Clone, cynic::QueryFragment)]
pub struct Item {
    pub code: String,
    pub title: String,
}

#[derive(Clone, cynic::QueryFragment)]
#[cynic(graphql_type = "Organization")]
pub struct Owner {
    pub name: String,
}

answers!(SearchPlace, Search);
