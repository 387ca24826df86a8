//! Handouts (資料): documents laid before the council, which entries refer to by number.

pub mod api;
pub mod service;
pub mod store;
pub(crate) mod table;

use renkei_domain::{FiscalYear, HandoutId, RegionId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handout {
    pub id: HandoutId,
    pub region: RegionId,
    pub fiscal_year: FiscalYear,
    pub number: u32,
    pub title: String,
}
