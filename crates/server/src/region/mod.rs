//! Regions (圏域) and their organisations (機関).

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::{itself, lock_of, take_seq};

use crate::{handout::Handout, sheet::SheetHead};
use renkei_domain::{FiscalYear, OrganizationId, OrganizationKind, RegionId, SheetId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    pub id: RegionId,
    pub name: String,
    /// The number of its last change.
    pub seq: i64,
    /// When it was made; in milliseconds. With it the number is unmistakable, also where a backup was put back.
    pub changed_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub kind: OrganizationKind,
    pub name: String,
    /// For badges: 本庄.
    pub short_name: String,
}

/// A region with all that is few in it, read at one moment.
#[derive(Clone, Debug)]
pub struct RegionView {
    pub region: Region,
    /// In the order in which they joined.
    pub organizations: Vec<Organization>,
    /// Newest year first.
    pub sheets: Vec<SheetHead>,
    /// By year and number.
    pub handouts: Vec<Handout>,
}

impl RegionView {
    pub fn organization(&self, id: OrganizationId) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.id == id)
    }

    pub fn sheet(&self, id: SheetId) -> Option<&SheetHead> {
        self.sheets.iter().find(|sheet| sheet.id == id)
    }

    pub fn sheet_of(&self, year: FiscalYear) -> Option<&SheetHead> {
        self.sheets.iter().find(|sheet| sheet.fiscal_year == year)
    }

    /// Secretariat of a new sheet, until the sheet names another.
    pub fn hub(&self) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.kind == OrganizationKind::Hub)
    }

    pub fn handouts_of(&self, year: FiscalYear) -> impl Iterator<Item = &Handout> {
        self.handouts.iter().filter(move |handout| handout.fiscal_year == year)
    }
}
