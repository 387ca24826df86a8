//! The documents of a sheet's year.

use crate::{
    api::{EnumValue, Id},
    cached_query::answers,
    schema,
    session::ViewerId,
    sheet::queries::Year,
};
use renkei_domain::{Phase, RegionId};

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "HandoutsVariables")]
pub struct Handouts {
    pub viewer: Option<ViewerId>,
    #[arguments(regionId: $region_id, fiscalYear: $fiscal_year)]
    pub sheet: Option<Sheet>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct HandoutsVariables {
    pub region_id: Id<RegionId>,
    pub fiscal_year: i32,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(variables = "HandoutsVariables")]
pub struct Sheet {
    pub title: String,
    pub phase: EnumValue<Phase>,
    pub region: Region,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(variables = "HandoutsVariables")]
pub struct Region {
    pub name: String,
    #[arguments(fiscalYear: $fiscal_year)]
    pub handouts: Vec<Handout>,
    pub sheets: Vec<Year>,
}

#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Handout {
    pub number: i32,
    pub title: String,
}

answers!(Handouts);
