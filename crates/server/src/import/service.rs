//! Applying a file: the first one makes the year's sheet, later ones change what only imports have written. People's
//! edits are never overwritten: a file that would do that is refused whole, naming them.

use super::{
    difference::{self, Step},
    file::{FileCell, columns},
    plan::Plan,
    reader,
};
use crate::{
    Db, Fault,
    change::{self, Action, By, NewChange},
    clock,
    db::Write,
    entry::{self, CellKey, Entry, Placed, place, place::RankedEntry},
    refusal::{Refusal, Stop},
    region,
    sheet::{self, Column, Row, SheetHead},
};
use renkei_domain::{EntryId, EntryText, FiscalYear, RegionId, RequestId};
use serde_json::json;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The year's sheet was not there before.
    pub sheet: bool,
    pub created: usize,
    pub updated: usize,
    pub deleted: usize,
}

/// How often an import is prepared anew because somebody has changed the region meanwhile.
const ATTEMPTS: usize = 5;

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
    for _ in 0..ATTEMPTS {
        let read = db.read().await?;
        let plan = Plan::make(&read, region, year, &columns, reading.clone()).await?;
        drop(read);
        let write = db.write().await?;
        let now = region::service::hold(&write, plan.region.region.id).await?;
        if now.is_none_or(|now| now.region.seq != plan.region.region.seq) {
            continue;
        }
        let by = By {
            account: None,
            name: format!("取り込み（{file_name}）"),
            organization: plan.secretariat.name.clone(),
            via_token: None,
        };
        let done = apply(&write, plan, &by).await?;
        write.commit().await?;
        return Ok(done);
    }
    let message =
        "取り込みの間に、圏域の表が続けて変更されました。しばらくしてから、もう一度取り込んでください。";
    Err(Refusal::invalid("region", message).into())
}

async fn apply(write: &Write, plan: Plan, by: &By) -> Result<Imported, Fault> {
    let region = plan.region.region.id;
    let mut import = Import {
        write,
        region,
        request: clock::fresh(),
        now: clock::now(),
        created: Vec::new(),
        changes: Vec::new(),
        done: Imported::default(),
    };
    if !plan.items.is_empty() {
        sheet::insert_items(write, region, &plan.items).await?;
    }
    if let Some((head, columns, rows)) = &plan.sheet {
        import.sheet(head, columns, rows).await?;
    }
    for (cell, have) in &plan.cells {
        import.change(cell, have).await?;
    }
    import.insert_created().await?;
    let Import { changes, done, .. } = import;
    if !changes.is_empty() {
        change::service::append_all(write, region, by, changes).await?;
    }
    Ok(done)
}

/// An import under way, with its region locked.
struct Import<'a> {
    write: &'a Write,
    region: RegionId,
    /// One for the whole.
    request: RequestId,
    now: i64,
    /// Entries that are not inserted yet.
    created: Vec<Entry>,
    changes: Vec<NewChange>,
    done: Imported,
}

impl Import<'_> {
    async fn sheet(&mut self, head: &SheetHead, columns: &[Column], rows: &[Row]) -> Result<(), Fault> {
        sheet::insert(self.write, head, columns, rows).await?;
        let year = head.fiscal_year;
        let summary = format!("{year}の計画・評価表を作成");
        let after = json!({
            "fiscalYear": year, "title": head.title, "itemHeading": head.item_heading,
            "itemFootnote": head.item_footnote, "columns": columns, "rows": rows,
        });
        let opened = NewChange::sheet(head.id, summary, after);
        self.changes.push(NewChange { request: Some(self.request), ..opened });
        self.done.sheet = true;
        Ok(())
    }

    /// Leads a cell from what imports have written to what the file says.
    async fn change(&mut self, cell: &FileCell, have: &[Entry]) -> Result<(), Fault> {
        let mut entries = entry::ranked(&**self.write, self.region, cell.key).await?;
        let texts: Vec<&EntryText> = have.iter().map(|entry| &entry.text).collect();
        let mut before = None;
        for step in difference::steps(&texts, &cell.want) {
            match step {
                Step::Keep { have: kept } => before = Some(have[kept].id),
                Step::Update { have: old, want } => {
                    let old = with_rank(&have[old], &entries);
                    let scenes = old.text.explicit_scenes;
                    let text = EntryText { explicit_scenes: scenes, ..cell.want[want].clone() };
                    before = Some(old.id);
                    self.done.updated += 1;
                    let entry = Entry { text, ..old.clone() };
                    self.replace(Action::Update, old, entry, &entries, &entries, &cell.code).await?;
                }
                Step::Delete { have: old } => {
                    let old = with_rank(&have[old], &entries);
                    let entries_before = entries.clone();
                    entries.retain(|other| other.id != old.id);
                    self.done.deleted += 1;
                    let entry = Entry { deleted_at: Some(self.now), ..old.clone() };
                    self.replace(Action::Delete, old, entry, &entries_before, &entries, &cell.code).await?;
                }
                Step::Create { want } => {
                    let rank = self.rank_after(cell.key, &mut entries, before).await?;
                    let entry = self.entry(cell.key, cell.want[want].clone(), rank);
                    entries.push(RankedEntry { id: entry.id, rank, chars: entry.text.chars() });
                    entries.sort_by_key(|other| (other.rank, other.id));
                    before = Some(entry.id);
                    self.done.created += 1;
                    let position = place::position(&entries, entry.id, rank);
                    let placed = Placed { position, entry };
                    self.log(Action::Create, None, &placed, &cell.code)?;
                    self.created.push(placed.entry);
                }
            }
        }
        Ok(())
    }

    /// Stores an entry's next version with its change.
    async fn replace(
        &mut self,
        action: Action,
        before: Entry,
        after: Entry,
        entries_before: &[RankedEntry],
        entries_after: &[RankedEntry],
        code: &str,
    ) -> Result<(), Fault> {
        let after = Entry { version: after.version + 1, updated_at: self.now, updated_by: None, ..after };
        entry::update(self.write, &after).await?;
        let placed = |entry: Entry, entries: &[RankedEntry]| Placed {
            position: place::position(entries, entry.id, entry.rank),
            entry,
        };
        self.log(action, Some(&placed(before, entries_before)), &placed(after, entries_after), code)
    }

    async fn rank_after(
        &mut self,
        cell: CellKey,
        entries: &mut Vec<RankedEntry>,
        before: Option<EntryId>,
    ) -> Result<i64, Fault> {
        if let Some(rank) = place::rank_after(entries, before) {
            return Ok(rank);
        }
        self.insert_created().await?;
        entry::renumber(self.write, cell).await?;
        *entries = entry::ranked(&**self.write, self.region, cell).await?;
        place::rank_after(entries, before).ok_or_else(|| Fault::new("no rank between fresh ones"))
    }

    async fn insert_created(&mut self) -> Result<(), Fault> {
        entry::insert(self.write, &std::mem::take(&mut self.created)).await
    }

    fn entry(&self, cell: CellKey, text: EntryText, rank: i64) -> Entry {
        Entry {
            id: clock::fresh(),
            region: self.region,
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
        let summary = action.summary(code, after.entry.cell, true);
        self.changes.push(NewChange::entry(action, before, after, summary, Some(self.request))?);
        Ok(())
    }
}

/// An entry with the rank that it has in its cell now: the cell may have got fresh ones.
fn with_rank(entry: &Entry, entries: &[RankedEntry]) -> Entry {
    let there = entries.iter().find(|other| other.id == entry.id);
    Entry { rank: there.map_or(entry.rank, |there| there.rank), ..entry.clone() }
}
