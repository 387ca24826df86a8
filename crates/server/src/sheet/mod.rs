//! Sheets (計画・評価表): a region's matrix as one fiscal year prints it, with its columns and items.

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::{
    code, columns, columns_of_sheets, heads, insert, insert_items, items, region_of, rows, surroundings,
    surroundings_of_years,
};

use crate::{
    account::Viewer,
    entry::{CellKey, Entry},
    refusal::{Refusal, RefusalCode},
    region::{Organization, Region, RegionView},
};
use renkei_domain::{
    AccountId, Act, Facet, FiscalYear, ItemId, OrganizationId, Owner, Phase, RegionId, SceneSet, SheetId,
    permission,
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// A sheet without what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetHead {
    pub id: SheetId,
    pub region: RegionId,
    pub fiscal_year: FiscalYear,
    pub title: String,
    /// Of the first column, as written.
    pub item_heading: String,
    pub item_footnote: Option<String>,
    pub phase: Phase,
    pub secretariat: OrganizationId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
    pub heading: String,
    /// ISO 8601.
    pub as_of: Option<String>,
    /// Without its mark.
    pub footnote: Option<String>,
}

impl Column {
    pub fn key(&self) -> (Facet, FiscalYear) {
        (self.facet, self.fiscal_year)
    }

    pub fn cell(&self, item: ItemId) -> CellKey {
        CellKey { item, facet: self.facet, fiscal_year: self.fiscal_year }
    }
}

/// An item as a sheet has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub item: ItemId,
    pub code: String,
    pub title: String,
    pub scenes: SceneSet,
    pub position: usize,
}

/// A sheet's columns and rows in their region, without entries.
#[derive(Clone, Debug)]
pub struct Frame {
    pub region: Arc<RegionView>,
    pub head: SheetHead,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// Which sheet.
#[derive(Clone, Copy, Debug)]
pub enum SheetKey {
    Id(SheetId),
    OfYear(RegionId, FiscalYear),
}

/// What an entry stands in: the sheet that governs its cell, the sheet's row, and whose entry it is.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub region: Region,
    pub head: SheetHead,
    pub columns: Vec<Column>,
    /// `None`: the sheet has no such item.
    pub row: Option<Row>,
    /// `None`: joint, or no organisation of the region.
    pub owner: Option<Organization>,
}

/// A whole sheet, read at one moment.
#[derive(Clone, Debug)]
pub struct SheetView {
    pub frame: Arc<Frame>,
    /// Living entries, each cell's in order.
    pub cells: HashMap<CellKey, Vec<Arc<Entry>>>,
    /// Who edited them last.
    pub people: HashMap<AccountId, Arc<Viewer>>,
}

impl SheetView {
    /// What stands in a cell.
    pub fn cell(&self, key: &CellKey) -> &[Arc<Entry>] {
        self.cells.get(key).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The items of a region as each of its sheets has them: for what the log tells of years gone by.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Newest year first.
    sheets: Vec<(FiscalYear, Vec<Row>)>,
}

impl Catalogue {
    /// A cell's item as the sheet has it that governs the cell, or else as the newest that has it.
    pub fn row(&self, cell: CellKey) -> Option<&Row> {
        let governing = cell.governing_year();
        let own = self.sheets.iter().filter(|(year, _)| *year == governing);
        own.chain(&self.sheets).flat_map(|(_, rows)| rows).find(|row| row.item == cell.item)
    }
}

impl Surroundings {
    pub fn shows(&self, cell: CellKey) -> bool {
        self.columns.iter().any(|column| column.key() == cell.column())
    }
}

impl Frame {
    pub fn row(&self, item: ItemId) -> Option<&Row> {
        self.rows.iter().find(|row| row.item == item)
    }

    /// All cells that it prints.
    pub fn cells(&self) -> impl Iterator<Item = CellKey> {
        self.rows.iter().flat_map(|row| self.columns.iter().map(|column| column.cell(row.item)))
    }

    pub fn shows(&self, cell: CellKey) -> bool {
        self.columns.iter().any(|column| column.key() == cell.column())
    }
}

/// Whether somebody may edit what `owner` has in a cell: decided by the one sheet that governs it, wherever it is shown.
pub fn may_edit(
    region: &RegionView,
    viewer: Option<&Viewer>,
    cell: CellKey,
    owner: Owner,
) -> Result<(), Refusal> {
    let viewer = viewer.ok_or_else(Refusal::signed_out)?;
    may(governing(region, cell)?, viewer, Act::Edit(owner))
}

/// Whether somebody may comment on a cell and what stands in it.
pub fn may_comment(region: &RegionView, viewer: &Viewer, cell: CellKey) -> Result<(), Refusal> {
    may(governing(region, cell)?, viewer, Act::Comment)
}

fn governing(region: &RegionView, cell: CellKey) -> Result<&SheetHead, Refusal> {
    region.sheet_of(cell.governing_year()).ok_or_else(|| governed_by_none(cell))
}

/// No sheet governs the cell.
pub fn governed_by_none(cell: CellKey) -> Refusal {
    let message = format!("この欄を受け持つ{}の表がまだないため、編集できません。", cell.governing_year());
    Refusal::new(RefusalCode::Forbidden, message)
}

/// The table of rights, asked about somebody and the sheet that governs. A matter of right comes before one of phase.
pub fn may(head: &SheetHead, viewer: &Viewer, act: Act) -> Result<(), Refusal> {
    let actor = viewer.actor(head.region, head.secretariat);
    permission::check(&actor, act, head.phase).map_err(|denied| {
        let code = if denied.by_phase() { RefusalCode::Phase } else { RefusalCode::Forbidden };
        Refusal::new(code, denied.to_string())
    })
}

/// A sheet shows the cell, another one governs it.
pub fn governed_elsewhere(governing: FiscalYear) -> Refusal {
    let message = format!("この欄は{governing}の計画・評価表で編集します。ここでは見るだけです。");
    Refusal::new(RefusalCode::Forbidden, message)
}
