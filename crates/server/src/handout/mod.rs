//! Handouts (資料): documents laid before the council, which entries refer to by number.

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::of_regions;

use renkei_domain::{FiscalYear, HandoutId, RegionId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handout {
    pub id: HandoutId,
    pub region: RegionId,
    pub fiscal_year: FiscalYear,
    pub number: u32,
    pub title: String,
}
