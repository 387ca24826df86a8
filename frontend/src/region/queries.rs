//! The regions that one may read, with their sheets.

use crate::{
    api::{EnumValue, Id},
    cached_query::answers,
    schema,
    session::ViewerId,
};
use renkei_domain::{Phase, RegionId};

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
pub struct Start {
    pub viewer: Option<ViewerId>,
    pub regions: Vec<Region>,
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
}

answers!(Start);
