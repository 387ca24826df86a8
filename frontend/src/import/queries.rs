//! The region into which a file is taken, with its years.

use crate::{
    api::{EnumValue, Id},
    cached_query::answers,
    schema,
    session::ViewerId,
};
use renkei_domain::{Phase, RegionId};

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "ImportPlaceVariables")]
pub struct ImportPlace {
    pub viewer: Option<ViewerId>,
    #[arguments(id: $region_id)]
    pub region: Option<Region>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct ImportPlaceVariables {
    pub region_id: Id<RegionId>,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Region {
    pub name: String,
    pub sheets: Vec<Sheet>,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Sheet {
    pub fiscal_year: i32,
    pub title: String,
    pub phase: EnumValue<Phase>,
}

answers!(ImportPlace);
