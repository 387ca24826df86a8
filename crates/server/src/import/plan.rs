//! What a file changes in a region, found out before anything is locked: the log and all texts are read here.

use super::{
    difference,
    file::{FileCell, check_codes, file_cells},
    people::{People, would_overwrite},
};
use crate::{
    clock,
    db::Read,
    entry::{self, CellKey, Entry},
    refusal::{Refusal, Stop},
    region::{self, Organization, RegionView},
    sheet::{self, Column, Row, SheetHead},
    text,
};
use itertools::Itertools;
use renkei_domain::{EntryText, FiscalYear, ItemId, Phase, RowReading, SheetReading, sheet::default_title};
use std::collections::HashMap;

/// What is to be stored, if the region has not changed since.
pub struct Plan {
    pub region: RegionView,
    pub secretariat: Organization,
    /// Items that the region gets from the file.
    pub items: Vec<(ItemId, String)>,
    /// The sheet, if the year has none yet.
    pub sheet: Option<(SheetHead, Vec<Column>, Vec<Row>)>,
    /// Cells of which the file says something else, with what imports have written there.
    pub cells: Vec<(FileCell, Vec<Entry>)>,
}

impl Plan {
    pub async fn make(
        read: &Read,
        region: &str,
        year: FiscalYear,
        columns: &[Column],
        reading: SheetReading,
    ) -> Result<Self, Stop> {
        let region = region::service::named(read, region).await?;
        let head = region.sheet_of(year).cloned();
        let secretariat = head.as_ref().map(|head| head.secretariat).or(region.hub().map(|hub| hub.id));
        let secretariat = secretariat.and_then(|id| region.organization(id)).cloned().ok_or_else(|| {
            Refusal::invalid("region", "事務局になる在宅医療連携拠点が、圏域にありません。")
        })?;
        let plan = Plan { region, secretariat, items: Vec::new(), sheet: None, cells: Vec::new() };
        match head {
            None => plan.first(read, year, columns, reading).await,
            Some(head) => plan.again(read, &head, columns, reading).await,
        }
    }

    /// The year has no sheet: the file makes it.
    async fn first(
        mut self,
        read: &Read,
        year: FiscalYear,
        columns: &[Column],
        reading: SheetReading,
    ) -> Result<Self, Stop> {
        let items = self.items(read, &reading).await?;
        let head = SheetHead {
            id: clock::fresh(),
            region: self.region.region.id,
            fiscal_year: year,
            title: default_title(year),
            item_heading: reading.item_heading.clone(),
            item_footnote: reading.item_footnote.clone(),
            phase: Phase::Draft,
            secretariat: self.secretariat.id,
        };
        let row = |(position, row): (usize, &RowReading)| Row {
            item: items[&text::key(&row.code)],
            code: row.code.clone(),
            title: row.title.clone(),
            scenes: row.scenes,
            position,
        };
        let rows = reading.rows.iter().enumerate().map(row).collect();
        self.sheet = Some((head, columns.to_vec(), rows));
        self.cells =
            file_cells(reading, columns, &items).into_iter().map(|cell| (cell, Vec::new())).collect();
        self.check_size(&HashMap::new())?;
        Ok(self)
    }

    /// The items of the file's rows by their codes. A region without items gets them from the file; any other must
    /// know all of them, since a new code is more often a typing error than a new item.
    async fn items(&mut self, read: &Read, reading: &SheetReading) -> Result<HashMap<String, ItemId>, Stop> {
        let mut known = sheet::items(read, self.region.region.id).await?;
        if known.is_empty() {
            known = reading.rows.iter().map(|row| (clock::fresh(), row.code.clone())).collect();
            self.items.clone_from(&known);
        }
        let items: HashMap<String, ItemId> =
            known.into_iter().map(|(id, code)| (text::key(&code), id)).collect();
        check_codes(reading, &items, "圏域")?;
        Ok(items)
    }

    /// The year has its sheet: what the file says otherwise is changed, cell by cell.
    async fn again(
        mut self,
        read: &Read,
        head: &SheetHead,
        columns: &[Column],
        reading: SheetReading,
    ) -> Result<Self, Stop> {
        if head.phase != Phase::Draft {
            let message = format!("{}は「{}」のため、取り込めません。", head.title, head.phase.name());
            return Err(Refusal::invalid("fiscalYear", message).into());
        }
        let shown = sheet::columns(read, head).await?;
        if let Some(column) =
            columns.iter().find(|column| shown.iter().all(|shown| shown.key() != column.key()))
        {
            let message = format!("{}に「{}」の欄はありません。", head.title, column.heading);
            return Err(Refusal::invalid("file", message).into());
        }
        let rows = sheet::rows(read, head.id).await?;
        let items: HashMap<String, ItemId> =
            rows.iter().map(|row| (text::key(&row.code), row.item)).collect();
        check_codes(&reading, &items, &head.title)?;
        let governed = entry::governed_columns(head.fiscal_year);
        let there = entry::living(read, head.region, governed).await?.into_iter();
        let mut there = there.into_group_map_by(|entry| entry.cell);
        let sizes = there.iter().map(|(cell, entries)| (*cell, chars(entries))).collect();
        let people = People::read(read, head.region).await?;
        for cell in file_cells(reading, columns, &items) {
            let mut have = there.remove(&cell.key).unwrap_or_default();
            have.retain(|entry| !people.own_layer(entry));
            let same = have.len() == cell.want.len()
                && have.iter().zip(&cell.want).all(|(have, want)| difference::same(&have.text, want));
            if !same {
                self.cells.push((cell, have));
            }
        }
        self.check_people(read, &people, columns).await?;
        self.check_size(&sizes)?;
        Ok(self)
    }

    /// Nothing is overwritten that people have written since the last import.
    async fn check_people(&self, read: &Read, people: &People, columns: &[Column]) -> Result<(), Stop> {
        if self.cells.is_empty() {
            return Ok(());
        }
        let edits = people.edits(read, self.region.region.id, columns).await?;
        let of_cell = |(cell, have): &(FileCell, Vec<Entry>)| {
            let edits = people.edits_in(&edits, cell.key, have).into_iter();
            edits.map(|edit| (cell.code.clone(), edit)).collect::<Vec<_>>()
        };
        let edited: Vec<_> = self.cells.iter().flat_map(of_cell).collect();
        if edited.is_empty() { Ok(()) } else { Err(would_overwrite(&edited).into()) }
    }

    /// Cells and sheet hold what the file says. `sizes`: what the sheet's cells hold now.
    fn check_size(&self, sizes: &HashMap<CellKey, usize>) -> Result<(), Refusal> {
        let before: usize = sizes.values().sum();
        let (mut added, mut removed) = (0, 0);
        for (cell, have) in &self.cells {
            let (new, old) = (cell.want.iter().map(EntryText::chars).sum::<usize>(), chars(have));
            if new > old {
                entry::service::cell_holds(sizes.get(&cell.key).copied().unwrap_or_default() - old + new)?;
            }
            (added, removed) = (added + new, removed + old);
        }
        if added > removed { entry::service::sheet_holds(before - removed + added) } else { Ok(()) }
    }
}

fn chars(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| entry.text.chars()).sum()
}
