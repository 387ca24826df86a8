//! What a file changes in a region, found out before anything is locked: the log and all texts are read here.

use super::{
    file::{FileCell, check_codes, file_cells},
    people::{People, would_overwrite},
    reader::{
        Reading,
        difference::{self, Step},
    },
    service::Imported,
};
use crate::{
    Fault, clock,
    db::Read,
    entry::{self, CellKey, Entry},
    refusal::{Refusal, Stop},
    region::{self, Organization, RegionView},
    sheet::{self, Column, Frame, Row, SheetHead, SheetView},
    text,
};
use itertools::Itertools;
use renkei_domain::{
    EntryText, FiscalYear, ItemId, OrganizationId, Phase, RowReading, SheetReading, sheet::default_title,
};
use std::{collections::HashMap, sync::Arc};

/// What is to be stored, if the region has not changed since.
pub struct Plan {
    pub region: RegionView,
    pub secretariat: Organization,
    /// The sheet, if the year has none yet.
    pub sheet: Option<NewSheet>,
    /// Cells of which the file says something else, with what imports have written there.
    pub cells: Vec<(FileCell, Vec<Entry>)>,
}

/// A sheet cannot be without one.
pub fn no_secretariat() -> Refusal {
    Refusal::invalid("region", "事務局になる在宅医療連携拠点が、圏域にありません。")
}

/// The sheet that a file makes.
#[derive(Clone, Debug)]
pub struct NewSheet {
    pub head: SheetHead,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Items that the region gets from the file.
    pub items: Vec<(ItemId, String)>,
}

/// The items of a region by their codes as they are compared, and those that it gets from a file.
pub struct Items {
    pub known: HashMap<String, ItemId>,
    new: Vec<(ItemId, String)>,
}

/// A region without items gets them from the file. Any other knows its own, since a new code is more often a typing error
/// than a new item.
pub async fn items(read: &Read, region: &RegionView, reading: &SheetReading) -> Result<Items, Fault> {
    let mut known = sheet::items(read, region.region.id).await?;
    let mut new = Vec::new();
    if known.is_empty() {
        new = reading.rows.iter().map(|row| (clock::fresh(), row.code.clone())).collect();
        known.clone_from(&new);
    }
    Ok(Items { known: known.into_iter().map(|(id, code)| (text::key(&code), id)).collect(), new })
}

impl NewSheet {
    /// With the rows whose items are known.
    pub fn of(
        region: &RegionView,
        secretariat: OrganizationId,
        year: FiscalYear,
        columns: &[Column],
        reading: &SheetReading,
        items: Items,
    ) -> Self {
        let head = SheetHead {
            id: clock::fresh(),
            region: region.region.id,
            fiscal_year: year,
            title: default_title(year),
            item_heading: reading.item_heading.clone(),
            item_footnote: reading.item_footnote.clone(),
            phase: Phase::Draft,
            secretariat,
        };
        let known =
            reading.rows.iter().filter_map(|row| Some((items.known.get(&text::key(&row.code))?, row)));
        let row = |(position, (item, row)): (usize, (&ItemId, &RowReading))| Row {
            item: *item,
            code: row.code.clone(),
            title: row.title.clone(),
            scenes: row.scenes,
            position,
        };
        let rows = known.enumerate().map(row).collect();
        NewSheet { head, columns: columns.to_vec(), rows, items: items.new }
    }

    fn item_ids(&self) -> HashMap<String, ItemId> {
        self.rows.iter().map(|row| (text::key(&row.code), row.item)).collect()
    }

    /// The sheet with nothing in it, as it would stand in its region.
    pub fn view(&self, mut region: RegionView) -> SheetView {
        region.sheets.push(self.head.clone());
        let frame = Frame {
            region: Arc::new(region),
            head: self.head.clone(),
            columns: self.columns.clone(),
            rows: self.rows.clone(),
        };
        SheetView { frame: Arc::new(frame), cells: HashMap::new(), people: HashMap::new() }
    }
}

impl Plan {
    pub async fn make(
        read: &Read,
        region: &str,
        year: FiscalYear,
        columns: &[Column],
        reading: Reading,
    ) -> Result<Self, Stop> {
        let region = region::service::named(read, region).await?;
        let head = region.sheet_of(year).cloned();
        let secretariat = head.as_ref().map(|head| head.secretariat).or(region.hub().map(|hub| hub.id));
        let secretariat =
            secretariat.and_then(|id| region.organization(id)).cloned().ok_or_else(no_secretariat)?;
        let plan = Plan { region, secretariat, sheet: None, cells: Vec::new() };
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
        reading: Reading,
    ) -> Result<Self, Stop> {
        let items = items(read, &self.region, &reading.sheet).await?;
        check_codes(&reading.sheet, &items.known, "圏域")?;
        let made = NewSheet::of(&self.region, self.secretariat.id, year, columns, &reading.sheet, items);
        let items = made.item_ids();
        self.sheet = Some(made);
        self.cells =
            file_cells(reading, columns, &items).into_iter().map(|cell| (cell, Vec::new())).collect();
        self.check_size(&HashMap::new())?;
        Ok(self)
    }

    /// The year has its sheet: what the file says otherwise is changed, cell by cell.
    async fn again(
        mut self,
        read: &Read,
        head: &SheetHead,
        columns: &[Column],
        reading: Reading,
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
        check_codes(&reading.sheet, &items, &head.title)?;
        let governed = entry::governed_columns(head.fiscal_year);
        let there = entry::living(read, head.region, governed).await?.into_iter();
        let mut there = there.into_group_map_by(|entry| entry.cell);
        let sizes = there.iter().map(|(cell, entries)| (*cell, chars(entries))).collect();
        let people = People::read(read, head.region).await?;
        // What organisations have added for themselves lies beneath: here a file speaks of the joint entries alone.
        for cell in file_cells(reading, columns, &items).into_iter().map(FileCell::joint) {
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

impl Plan {
    /// What it would do.
    pub fn counts(&self) -> Imported {
        let mut counts = Imported { sheet: self.sheet.is_some(), ..Imported::default() };
        for (cell, have) in &self.cells {
            let texts: Vec<&EntryText> = have.iter().map(|entry| &entry.text).collect();
            for step in difference::steps(&texts, &cell.want) {
                match step {
                    Step::Keep { .. } => {}
                    Step::Update { .. } => counts.updated += 1,
                    Step::Create { .. } => counts.created += 1,
                    Step::Delete { .. } => counts.deleted += 1,
                }
            }
        }
        counts
    }
}

fn chars(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| entry.text.chars()).sum()
}
