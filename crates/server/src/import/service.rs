//! Applying a file: the first one makes the year's sheet, later ones change what only imports have written. People's
//! edits are never overwritten: a file that would do that is refused whole, naming them.

use super::{
    file::{FileCell, columns},
    plan::{NewSheet, Plan},
    preview::{CellPlan, Difference, Placing, Wanted},
    reader::{
        self, Choices, Report,
        difference::{self, Step},
    },
};
use crate::{
    Db, Fault,
    change::{self, Action, By, NewChange},
    clock,
    db::Write,
    entry::{self, CellKey, Entry, Placed, place, place::RankedEntry},
    refusal::{Refusal, Stop},
    region, sheet, text,
};
use renkei_domain::{AccountId, EntryId, EntryText, FiscalYear, OrganizationId, RegionId, RequestId};
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

/// How often an import is prepared anew because somebody has changed the region meanwhile.
const ATTEMPTS: usize = 5;

/// Imports a file as the sheet of a region's fiscal year: all of it or nothing. `dry`: it is only told what would be done.
/// Beside that stands what was made of the file.
pub async fn import(
    db: &Db,
    region: &str,
    year: FiscalYear,
    file_name: &str,
    file: &[u8],
    dry: bool,
) -> Result<(Imported, Report), Stop> {
    let reading = reader::read_as(file, year, &Choices::default());
    let reading = reading.map_err(|fault| Refusal::invalid("file", fault.to_string()))?;
    let columns = columns(&reading.sheet, year)?;
    let report = reading.report.clone();
    for _ in 0..ATTEMPTS {
        let read = db.read().await?;
        let plan = Plan::make(&read, region, year, &columns, reading.clone()).await?;
        drop(read);
        if dry {
            return Ok((plan.counts(), report));
        }
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
        return Ok((done, report));
    }
    let message =
        "取り込みの間に、圏域の表が続けて変更されました。しばらくしてから、もう一度取り込んでください。";
    Err(Refusal::invalid("region", message).into())
}

async fn apply(write: &Write, plan: Plan, by: &By) -> Result<Imported, Fault> {
    let region = plan.region.region.id;
    let mut import = Import::begin(write, region, clock::fresh(), None);
    let organizations = plan.region.organizations.iter();
    import.owners =
        organizations.map(|organization| (text::key(&organization.name), organization.id)).collect();
    if let Some(made) = &plan.sheet {
        import.sheet(made).await?;
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
pub(super) struct Import<'a> {
    write: &'a Write,
    region: RegionId,
    /// One for the whole.
    request: RequestId,
    /// Whose changes they are; nobody's, if no person imports.
    account: Option<AccountId>,
    /// Organisations by their names as they are compared.
    owners: HashMap<String, OrganizationId>,
    pub now: i64,
    /// Entries that are not inserted yet.
    created: Vec<Entry>,
    pub changes: Vec<NewChange>,
    pub done: Imported,
}

impl<'a> Import<'a> {
    pub fn begin(write: &'a Write, region: RegionId, request: RequestId, account: Option<AccountId>) -> Self {
        let (created, changes) = (Vec::new(), Vec::new());
        let owners = HashMap::new();
        Import {
            owners,
            write,
            region,
            request,
            account,
            now: clock::now(),
            created,
            changes,
            done: Imported::default(),
        }
    }

    pub async fn sheet(&mut self, made: &NewSheet) -> Result<(), Fault> {
        let NewSheet { head, columns, rows, items } = made;
        if !items.is_empty() {
            sheet::insert_items(self.write, self.region, items).await?;
        }
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

    /// What is changed of a cell by a person, in the file's order.
    pub async fn apply(
        &mut self,
        plan: &CellPlan,
        chosen: impl Fn(usize) -> Option<Difference>,
    ) -> Result<(), Fault> {
        let mut entries = entry::ranked(&**self.write, self.region, plan.cell).await?;
        let mut before = None;
        for placing in &plan.order {
            let difference = match placing {
                Placing::Stays(entry) => {
                    before = Some(*entry);
                    continue;
                }
                Placing::Differs(index) => chosen(*index),
            };
            let Some(difference) = difference else { continue };
            match (&difference.have, difference.want) {
                (None, Some(wanted)) => {
                    before = Some(self.create(plan.cell, wanted, &mut entries, before, &plan.code).await?);
                }
                (Some(have), Some(wanted)) => {
                    before = Some(have.id);
                    let old = with_rank(have, &entries);
                    let action = if old.text == wanted.text { Action::Assign } else { Action::Update };
                    let entry = Entry { text: wanted.text, owner: wanted.owner, ..old.clone() };
                    self.done.updated += 1;
                    self.replace(action, old, entry, &entries, &entries, &plan.code).await?;
                }
                (Some(have), None) => self.delete(have, &mut entries, &plan.code).await?,
                (None, None) => {}
            }
        }
        Ok(())
    }

    async fn create(
        &mut self,
        cell: CellKey,
        wanted: Wanted,
        entries: &mut Vec<RankedEntry>,
        before: Option<EntryId>,
        code: &str,
    ) -> Result<EntryId, Fault> {
        let rank = self.rank_after(cell, entries, before).await?;
        let Wanted { text, owner } = wanted;
        let entry = Entry { owner, ..self.entry(cell, text, rank) };
        entries.push(RankedEntry { id: entry.id, rank, chars: entry.text.chars() });
        entries.sort_by_key(|other| (other.rank, other.id));
        self.done.created += 1;
        let position = place::position(entries, entry.id, rank);
        let placed = Placed { position, entry };
        self.log(Action::Create, None, &placed, code)?;
        let id = placed.entry.id;
        self.created.push(placed.entry);
        Ok(id)
    }

    pub async fn delete(
        &mut self,
        have: &Entry,
        entries: &mut Vec<RankedEntry>,
        code: &str,
    ) -> Result<(), Fault> {
        let old = with_rank(have, entries);
        let entries_before = entries.clone();
        entries.retain(|other| other.id != old.id);
        self.done.deleted += 1;
        let entry = Entry { deleted_at: Some(self.now), ..old.clone() };
        self.replace(Action::Delete, old, entry, &entries_before, entries, code).await
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
                    self.delete(&have[old], &mut entries, &cell.code).await?;
                }
                Step::Create { want } => {
                    let owner = cell.owners[want].as_ref().and_then(|name| self.owners.get(&text::key(name)));
                    let wanted = Wanted { text: cell.want[want].clone(), owner: owner.copied() };
                    before = Some(self.create(cell.key, wanted, &mut entries, before, &cell.code).await?);
                }
            }
        }
        Ok(())
    }

    /// Stores an entry's next version with its change.
    pub async fn replace(
        &mut self,
        action: Action,
        before: Entry,
        after: Entry,
        entries_before: &[RankedEntry],
        entries_after: &[RankedEntry],
        code: &str,
    ) -> Result<(), Fault> {
        let after =
            Entry { version: after.version + 1, updated_at: self.now, updated_by: self.account, ..after };
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

    pub async fn insert_created(&mut self) -> Result<(), Fault> {
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
            updated_by: self.account,
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
