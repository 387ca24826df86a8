//! Applying a file: the first one makes the year's sheet, later ones change what only imports have written. People's
//! edits are never overwritten: a file that would do that is refused whole, naming them.

use super::{
    difference::{self, Step},
    file::{FileCell, columns, file_cells, unknown_codes, unknown_items},
    people::{People, would_overwrite},
    reader,
};
use crate::{
    Db, Fault,
    change::{self, Action, By, NewChange},
    clock,
    db::Write,
    entry::{self, CellKey, Entry, Placed, place, place::Standing},
    refusal::{Refusal, Stop},
    region::{self, RegionView},
    sheet::{self, Column, Row, SheetHead},
    text,
};
use renkei_domain::{
    EntryId, EntryText, FiscalYear, ItemId, OrganizationId, Phase, RequestId, RowReading, SheetReading,
    sheet::default_title,
};
use serde_json::json;
use std::collections::HashMap;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The year's sheet was not there before.
    pub sheet: bool,
    pub created: usize,
    pub updated: usize,
    pub deleted: usize,
}

/// Imports a file as the sheet of a region's fiscal year: all of it or nothing.
pub async fn import(
    db: &Db,
    region: &str,
    year: FiscalYear,
    file_name: &str,
    file: &[u8],
) -> Result<Imported, Stop> {
    let reading = reader::read(file, year).map_err(|fault| Refusal::invalid("file", fault.to_string()))?;
    let columns = columns(&reading, year)?;
    let write = db.write().await?;
    let region = region::service::hold_named(&write, region).await?;
    let existing = region.sheet_of(year).cloned();
    let secretariat = existing.as_ref().map(|head| head.secretariat).or(region.hub().map(|hub| hub.id));
    let secretariat = secretariat.and_then(|id| region.organization(id));
    let secretariat = secretariat
        .ok_or_else(|| Refusal::invalid("region", "事務局になる在宅医療連携拠点が、圏域にありません。"))?;
    let by = By {
        account: None,
        name: format!("取り込み（{file_name}）"),
        organization: secretariat.name.clone(),
        via_token: None,
    };
    let mut import = Import {
        write: &write,
        region: &region,
        request: clock::fresh(),
        now: clock::now(),
        changes: Vec::new(),
        done: Imported::default(),
    };
    match existing {
        None => import.first(year, secretariat.id, columns, reading).await?,
        Some(head) => import.again(&head, &columns, reading).await?,
    }
    let Import { changes, done, .. } = import;
    if !changes.is_empty() {
        change::service::append_all(&write, region.region.id, &by, changes).await?;
    }
    write.commit().await?;
    Ok(done)
}

/// An import under way, with its region held.
struct Import<'a> {
    write: &'a Write,
    region: &'a RegionView,
    /// One for the whole.
    request: RequestId,
    now: i64,
    changes: Vec<NewChange>,
    done: Imported,
}

impl Import<'_> {
    /// The year has no sheet: the file makes it.
    async fn first(
        &mut self,
        year: FiscalYear,
        secretariat: OrganizationId,
        columns: Vec<Column>,
        reading: SheetReading,
    ) -> Result<(), Stop> {
        let items = self.items(&reading).await?;
        let head = SheetHead {
            id: clock::fresh(),
            region: self.region.region.id,
            fiscal_year: year,
            title: default_title(year),
            item_heading: reading.item_heading.clone(),
            item_footnote: reading.item_footnote.clone(),
            phase: Phase::Draft,
            secretariat,
        };
        let row = |(position, row): (usize, &RowReading)| Row {
            item: items[&text::key(&row.code)],
            code: row.code.clone(),
            title: row.title.clone(),
            scenes: row.scenes,
            position,
        };
        let rows: Vec<Row> = reading.rows.iter().enumerate().map(row).collect();
        sheet::insert(self.write, &head, &columns, &rows).await?;
        let summary = format!("{year}の計画・評価表を作成");
        let after = json!({
            "fiscalYear": year, "title": head.title, "itemHeading": head.item_heading,
            "itemFootnote": head.item_footnote, "columns": columns, "rows": rows,
        });
        let opened = NewChange::sheet(head.id, summary, after);
        self.changes.push(NewChange { request: Some(self.request), ..opened });
        self.done.sheet = true;
        let mut created = Vec::new();
        for cell in file_cells(reading, &columns, &items) {
            let mut standing = Vec::new();
            for text in cell.want {
                let after = standing.last().map(|last: &Standing| last.id);
                let entry = self.entry(cell.key, text, place::behind(&standing, after).unwrap_or_default());
                standing.push(Standing { id: entry.id, rank: entry.rank, living: true });
                let placed = Placed { position: standing.len() - 1, entry };
                self.log(Action::Create, None, &placed, &cell.code)?;
                created.push(placed.entry);
            }
        }
        self.done.created = created.len();
        entry::insert(self.write, &created).await?;
        Ok(())
    }

    /// The items of the file's rows by their codes. A region without items gets them from the file; any other must
    /// know all of them, since a new code is more often a typing error than a new item.
    async fn items(&self, reading: &SheetReading) -> Result<HashMap<String, ItemId>, Stop> {
        let region = self.region.region.id;
        let mut known = sheet::items(&**self.write, region).await?;
        if known.is_empty() {
            known = reading.rows.iter().map(|row| (clock::fresh(), row.code.clone())).collect();
            sheet::insert_items(self.write, region, &known).await?;
        }
        let items: HashMap<String, ItemId> =
            known.into_iter().map(|(id, code)| (text::key(&code), id)).collect();
        let unknown = unknown_codes(reading, |code| items.contains_key(code));
        if unknown.is_empty() { Ok(items) } else { Err(unknown_items(&unknown, "圏域").into()) }
    }

    /// The year has its sheet: what the file says otherwise is changed, cell by cell.
    async fn again(
        &mut self,
        head: &SheetHead,
        columns: &[Column],
        reading: SheetReading,
    ) -> Result<(), Stop> {
        if head.phase != Phase::Draft {
            let message = format!("{}は「{}」のため、取り込めません。", head.title, head.phase.name());
            return Err(Refusal::invalid("fiscalYear", message).into());
        }
        let shown = sheet::columns(&**self.write, head).await?;
        for column in columns {
            if !shown
                .iter()
                .any(|shown| (shown.facet, shown.fiscal_year) == (column.facet, column.fiscal_year))
            {
                let message = format!("{}に「{}」の欄はありません。", head.title, column.heading);
                return Err(Refusal::invalid("file", message).into());
            }
        }
        let rows = sheet::rows(&**self.write, head.id).await?;
        let items: HashMap<String, ItemId> =
            rows.iter().map(|row| (text::key(&row.code), row.item)).collect();
        let unknown = unknown_codes(&reading, |code| items.contains_key(code));
        if !unknown.is_empty() {
            return Err(unknown_items(&unknown, &head.title).into());
        }
        let cells = file_cells(reading, columns, &items);
        let mut there: HashMap<CellKey, Vec<Entry>> = HashMap::new();
        for entry in entry::living(&**self.write, head.region, columns).await? {
            there.entry(entry.cell).or_default().push(entry);
        }
        let people = People::read(self.write, self.region).await?;
        let mut differing = Vec::new();
        for cell in cells {
            let mut have = there.remove(&cell.key).unwrap_or_default();
            have.retain(|entry| !people.own_layer(entry));
            let same = have.len() == cell.want.len()
                && have.iter().zip(&cell.want).all(|(have, want)| difference::same(&have.text, want));
            if !same {
                differing.push((cell, have));
            }
        }
        let edits = |(cell, have): &(FileCell, Vec<Entry>)| {
            people
                .edits_in(cell.key, have)
                .into_iter()
                .map(|edit| (cell.code.clone(), edit))
                .collect::<Vec<_>>()
        };
        let edited: Vec<_> = differing.iter().flat_map(edits).collect();
        if !edited.is_empty() {
            return Err(would_overwrite(&edited).into());
        }
        for (cell, have) in differing {
            self.change(cell, have).await?;
        }
        Ok(())
    }

    /// Leads a cell from what imports have written to what the file says.
    async fn change(&mut self, cell: FileCell, have: Vec<Entry>) -> Result<(), Stop> {
        let mut standing = entry::standing(&**self.write, cell.key).await?;
        let texts: Vec<&EntryText> = have.iter().map(|entry| &entry.text).collect();
        let mut before = None;
        for step in difference::steps(&texts, &cell.want) {
            match step {
                Step::Keep { have: kept } => before = Some(have[kept].id),
                Step::Update { have: old, want } => {
                    let scenes = have[old].text.explicit_scenes;
                    let text = EntryText { explicit_scenes: scenes, ..cell.want[want].clone() };
                    let entry = Entry { text, ..have[old].clone() };
                    before = Some(entry.id);
                    self.done.updated += 1;
                    self.replace(Action::Update, &have[old], entry, &standing, &standing, &cell.code).await?;
                }
                Step::Delete { have: old } => {
                    let old_standing = standing.clone();
                    standing.retain(|other| other.id != have[old].id);
                    let entry = Entry { deleted_at: Some(self.now), ..have[old].clone() };
                    self.done.deleted += 1;
                    self.replace(Action::Delete, &have[old], entry, &old_standing, &standing, &cell.code)
                        .await?;
                }
                Step::Create { want } => {
                    let rank = self.make_place(&mut standing, before).await?;
                    let entry = self.entry(cell.key, cell.want[want].clone(), rank);
                    standing.push(Standing { id: entry.id, rank, living: true });
                    standing.sort_by_key(|other| (other.rank, other.id));
                    before = Some(entry.id);
                    self.done.created += 1;
                    entry::insert(self.write, std::slice::from_ref(&entry)).await?;
                    let position = place::position(&standing, entry.id, rank);
                    self.log(Action::Create, None, &Placed { position, entry }, &cell.code)?;
                }
            }
        }
        Ok(())
    }

    /// Stores an entry's next version with its change.
    async fn replace(
        &mut self,
        action: Action,
        before: &Entry,
        after: Entry,
        stood: &[Standing],
        stands: &[Standing],
        code: &str,
    ) -> Result<(), Fault> {
        let after = Entry { version: after.version + 1, updated_at: self.now, updated_by: None, ..after };
        entry::update(self.write, &after).await?;
        let before =
            Placed { position: place::position(stood, before.id, before.rank), entry: before.clone() };
        let after = Placed { position: place::position(stands, after.id, after.rank), entry: after };
        self.log(action, Some(&before), &after, code)
    }

    async fn make_place(&self, standing: &mut [Standing], before: Option<EntryId>) -> Result<i64, Fault> {
        if let Some(rank) = place::behind(standing, before) {
            return Ok(rank);
        }
        entry::service::spread(self.write, standing).await?;
        place::behind(standing, before).ok_or_else(|| Fault::new("no room between fresh ranks"))
    }

    fn entry(&self, cell: CellKey, text: EntryText, rank: i64) -> Entry {
        Entry {
            id: clock::fresh(),
            region: self.region.region.id,
            cell,
            text,
            owner: None,
            rank,
            version: 1,
            updated_at: self.now,
            updated_by: None,
            deleted_at: None,
        }
    }

    fn log(
        &mut self,
        action: Action,
        before: Option<&Placed>,
        after: &Placed,
        code: &str,
    ) -> Result<(), Fault> {
        let summary = entry::service::summary(code, after.entry.cell, action);
        self.changes.push(NewChange::entry(action, before, after, summary, Some(self.request))?);
        Ok(())
    }
}
