//! The regions that one may read, with their sheets.

use crate::{
    api::{EnumValue, Id},
    cached_query::answers,
    history::queries::{LastVisit, PageInfo},
    schema,
    session::ViewerId,
};
use renkei_domain::{Phase, RegionId};

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "StartVariables")]
pub struct Start {
    pub viewer: Option<ViewerId>,
    #[arguments(text: $text, first: 20, after: $after)]
    pub region_page: RegionConnection,
}

#[derive(Default, cynic::QueryVariables)]
pub struct StartVariables {
    pub text: Option<String>,
    pub after: Option<String>,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct RegionConnection {
    pub edges: Vec<RegionEdge>,
    pub page_info: PageInfo,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct RegionEdge {
    pub node: Region,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Region {
    pub id: Id<RegionId>,
    pub name: String,
    pub organizations: Vec<Organization>,
    pub sheets: Vec<Sheet>,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Organization {
    pub name: String,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Sheet {
    pub fiscal_year: i32,
    pub title: String,
    pub phase: EnumValue<Phase>,
    pub news: SheetNews,
}

/// What is new to the viewer, and waits for them.
#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct SheetNews {
    pub last_visit: Option<LastVisit>,
    pub drafts: i32,
    pub notices: i32,
    pub changes: i32,
}

answers!(Start);
