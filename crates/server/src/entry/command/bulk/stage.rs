//! What stands on the sheets that a request is about, in memory, as it becomes edit by edit.

use crate::{
    Fault,
    db::Write,
    entry::{
        CellKey, Entry, Placed,
        command::storage::takes_one_more,
        governed_columns,
        place::{self, RankedEntry},
        service::{cell_holds, sheet_holds},
        store,
    },
    refusal::Refusal,
    sheet::Frame,
};
use renkei_domain::{EntryId, FiscalYear, RegionId};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

pub(super) struct Stage {
    pub frames: Vec<Arc<Frame>>,
    /// The entries that the request is about, living or deleted.
    pub entries: HashMap<EntryId, Entry>,
    /// The living entries of the cells of these years' sheets, each cell's in order.
    cells: HashMap<CellKey, Vec<RankedEntry>>,
    years: BTreeSet<FiscalYear>,
    /// How many entries and characters there will be, as far as has been judged.
    cell_totals: HashMap<CellKey, (usize, usize)>,
    sheet_totals: HashMap<FiscalYear, usize>,
}

/// An order of a cell's entries, in which some have no rank yet.
pub(super) type Order = Vec<(EntryId, Option<i64>)>;

impl Stage {
    pub async fn read(
        write: &Write,
        region: RegionId,
        frames: Vec<Arc<Frame>>,
        entries: HashMap<EntryId, Entry>,
        years: BTreeSet<FiscalYear>,
    ) -> Result<Self, Fault> {
        let columns = years.iter().copied().flat_map(governed_columns);
        let cells = store::ranked_cells(&**write, region, columns).await?;
        let (mut cell_totals, mut sheet_totals) = (HashMap::new(), HashMap::new());
        for (cell, entries) in &cells {
            let chars = entries.iter().map(|other| other.chars).sum::<usize>();
            cell_totals.insert(*cell, (entries.len(), chars));
            *sheet_totals.entry(cell.governing_year()).or_insert(0) += chars;
        }
        Ok(Stage { frames, entries, cells, years, cell_totals, sheet_totals })
    }

    /// The sheet that governs a cell.
    pub fn frame(&self, cell: CellKey) -> Option<&Arc<Frame>> {
        self.frames.iter().find(|frame| frame.head.fiscal_year == cell.governing_year())
    }

    /// The code of a cell's item on the sheet that governs it, or else on the newest that has it.
    pub fn code(&self, cell: CellKey) -> Option<&str> {
        let frames = self.frame(cell).into_iter().chain(&self.frames);
        let row = frames.filter_map(|frame| frame.row(cell.item)).next();
        row.map(|row| row.code.as_str())
    }

    pub fn cell(&self, cell: CellKey) -> &[RankedEntry] {
        self.cells.get(&cell).map(Vec::as_slice).unwrap_or_default()
    }

    /// An entry that the request is about in its place.
    pub fn placed(&self, id: EntryId) -> Option<Placed> {
        let entry = self.entries.get(&id)?.clone();
        let position = place::position(self.cell(entry.cell), entry.id, entry.rank);
        Some(Placed { entry, position })
    }

    /// There is room for an entry in the cell and on the sheet where it is to stand; then it counts as standing there.
    /// What makes neither longer is always accepted. `before`: the entry as it is, unless it is new.
    pub fn take(&mut self, before: Option<&Entry>, next: &Entry) -> Result<(), Refusal> {
        let living = |entry: &&Entry| entry.deleted_at.is_none();
        let before = before.filter(living).map(|entry| (entry.cell, entry.text.chars()));
        let after = Some(next).filter(living).map(|entry| (entry.cell, entry.text.chars()));
        if let Some((cell, chars)) = after {
            let year = cell.governing_year();
            let left = before.filter(|(left, _)| *left == cell).map(|(_, chars)| chars);
            let left_on_sheet =
                before.filter(|(left, _)| left.governing_year() == year).map(|(_, chars)| chars);
            let (entries, in_cell) = self.cell_totals.get(&cell).copied().unwrap_or_default();
            if left.is_none() {
                takes_one_more(entries)?;
            }
            if chars > left.unwrap_or(0) {
                cell_holds(in_cell + chars - left.unwrap_or(0))?;
            }
            if chars > left_on_sheet.unwrap_or(0) {
                let on_sheet = self.sheet_totals.get(&year).copied().unwrap_or(0);
                sheet_holds(on_sheet + chars - left_on_sheet.unwrap_or(0))?;
            }
        }
        if let Some((cell, chars)) = before {
            let (entries, in_cell) = self.cell_totals.entry(cell).or_default();
            (*entries, *in_cell) = (entries.saturating_sub(1), in_cell.saturating_sub(chars));
            let on_sheet = self.sheet_totals.entry(cell.governing_year()).or_default();
            *on_sheet = on_sheet.saturating_sub(chars);
        }
        if let Some((cell, chars)) = after {
            let (entries, in_cell) = self.cell_totals.entry(cell).or_default();
            (*entries, *in_cell) = (*entries + 1, *in_cell + chars);
            *self.sheet_totals.entry(cell.governing_year()).or_default() += chars;
        }
        Ok(())
    }

    /// The order of a cell's living entries without these.
    pub fn order_without(&self, cell: CellKey, without: &HashSet<EntryId>) -> Order {
        let others = self.cell(cell).iter().filter(|other| !without.contains(&other.id));
        others.map(|other| (other.id, Some(other.rank))).collect()
    }

    /// The ranks of those in this order that have none. The cell gets fresh ranks if there is not room enough.
    pub async fn rank(
        &mut self,
        write: &Write,
        region: RegionId,
        cell: CellKey,
        mut order: Order,
    ) -> Result<HashMap<EntryId, i64>, Fault> {
        let given = |order: &Order| place::ranks_of(&order.iter().map(|(_, rank)| *rank).collect::<Vec<_>>());
        let ranks = match given(&order) {
            Some(ranks) => ranks,
            None => {
                store::renumber(write, cell).await?;
                let columns = self.years.iter().copied().flat_map(governed_columns);
                self.cells = store::ranked_cells(&**write, region, columns).await?;
                let ids: Vec<EntryId> = self.entries.keys().copied().collect();
                for (id, entry) in store::find_all(&**write, region, &ids).await? {
                    self.entries.insert(id, entry);
                }
                for (id, rank) in order.iter_mut().filter(|(_, rank)| rank.is_some()) {
                    let living = self.cell(cell).iter().find(|other| other.id == *id).map(|other| other.rank);
                    *rank = living.or(self.entries.get(id).map(|entry| entry.rank));
                }
                given(&order).ok_or_else(|| Fault::new("no rank between fresh ones"))?
            }
        };
        Ok(order.into_iter().zip(ranks).map(|((id, _), rank)| (id, rank)).collect())
    }

    /// An entry becomes this one, which is told with its place.
    pub fn put(&mut self, entry: Entry) -> Placed {
        if let Some(before) = self.entries.get(&entry.id)
            && let Some(entries) = self.cells.get_mut(&before.cell)
        {
            entries.retain(|other| other.id != entry.id);
        }
        let entries = self.cells.entry(entry.cell).or_default();
        let position = place::position(entries, entry.id, entry.rank);
        if entry.deleted_at.is_none() {
            let ranked = RankedEntry { id: entry.id, rank: entry.rank, chars: entry.text.chars() };
            entries.insert(position, ranked);
        }
        self.entries.insert(entry.id, entry.clone());
        Placed { entry, position }
    }
}
