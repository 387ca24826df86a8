//! The log is read here, and appended to: whatever others can see goes through here, in the transaction that does it.

use super::{
    By, Change, EntryChange, LogRow, NewChange, Newest, SheetLog,
    store::{self, Numbered},
};
use crate::{
    Db, Fault,
    account::Viewer,
    clock,
    db::{Connection, Write},
    entry::CellKey,
    region,
};
use renkei_domain::{ChangeId, EntryId, Facet, FiscalYear, RegionId};
use serde_json::Value;
use std::collections::HashMap;

/// A change in a region that somebody reads.
pub async fn find(db: &Db, viewer: &Viewer, id: ChangeId) -> Result<Option<Change>, Fault> {
    Ok(store::find(db.direct(), id).await?.filter(|change| viewer.reads(change.region)))
}

/// A region's changes after a number, in order, at most `rows`.
pub async fn after(db: &Db, region: RegionId, seq: i64, rows: u64) -> Result<Vec<LogRow>, Fault> {
    store::after(db.direct(), region, seq, rows).await
}

/// The number of a region's last change; 0 if there is none.
pub async fn newest_seq(db: &Db, region: RegionId) -> Result<i64, Fault> {
    store::newest_seq(db.direct(), region).await
}

/// Appends one change, under its region's lock.
pub async fn append(write: &Write, region: RegionId, by: &By, change: NewChange) -> Result<ChangeId, Fault> {
    let appended = append_all(write, region, by, vec![change]).await?;
    appended.first().copied().ok_or_else(|| Fault::new("a change was not appended"))
}

/// Appends changes in order, each with the next number of the region, under the region's lock.
pub async fn append_all(
    write: &Write,
    region: RegionId,
    by: &By,
    changes: Vec<NewChange>,
) -> Result<Vec<ChangeId>, Fault> {
    let first = region::take_seq(write, region, changes.len()).await?;
    let at = clock::now();
    let rows: Vec<_> = (first..)
        .zip(changes)
        .map(|(seq, change)| Numbered { id: clock::fresh(), region, seq, at, by, change })
        .collect();
    let ids = rows.iter().map(|row| row.id).collect();
    let last = rows.last().map(|row| row.seq);
    store::insert(write, rows).await?;
    if let Some(last) = last {
        write.note_changes(region, last);
    }
    Ok(ids)
}

/// What a change left behind, as the log keeps it.
pub async fn after_of(db: &impl Connection, region: RegionId, seq: i64) -> Result<Option<Value>, Fault> {
    store::after_of(db, region, seq).await
}

pub async fn find_of_entry(db: &impl Connection, id: ChangeId) -> Result<Option<EntryChange>, Fault> {
    store::find_of_entry(db, id).await
}

/// For each entry that an import has touched: the number of its last change by an import.
pub async fn last_imports(db: &impl Connection, region: RegionId) -> Result<HashMap<EntryId, i64>, Fault> {
    store::last_imports(db, region).await
}

/// The entries of a region that people made.
pub async fn made_by_people(db: &impl Connection, region: RegionId) -> Result<Vec<EntryId>, Fault> {
    store::made_by_people(db, region).await
}

/// The newest changes of each of these cells, newest first, in one statement for some thousand cells.
pub async fn newest_of_cells(
    db: &impl Connection,
    region: RegionId,
    cells: &[CellKey],
    newest: Newest,
) -> Result<HashMap<CellKey, Vec<Change>>, Fault> {
    store::newest_of_cells(db, region, cells, newest).await
}

/// The newest changes of each of these entries of a region, newest first, in one statement for [`LIST`] entries.
pub async fn newest_of_entries(
    db: &impl Connection,
    region: RegionId,
    entries: &[EntryId],
    newest: Newest,
) -> Result<HashMap<EntryId, Vec<Change>>, Fault> {
    store::newest_of_entries(db, region, entries, newest).await
}

/// What these changes did to entries; those of something else are left out.
pub async fn of_entries(
    db: &impl Connection,
    ids: impl Iterator<Item = ChangeId>,
) -> Result<Vec<EntryChange>, Fault> {
    store::of_entries(db, ids).await
}

/// People's changes of entries in these columns, oldest first; tags alone included.
pub async fn of_people(
    db: &impl Connection,
    region: RegionId,
    columns: impl Iterator<Item = (Facet, FiscalYear)>,
) -> Result<Vec<EntryChange>, Fault> {
    store::of_people(db, region, columns).await
}

/// What made an entry's version what it is.
pub async fn of_version(
    db: &impl Connection,
    entry: EntryId,
    version: i32,
) -> Result<Option<EntryChange>, Fault> {
    store::of_version(db, entry, version).await
}

/// The newest `rows` changes of a sheet's log (before number `before`, if given), newest first: one statement, which
/// reads no more of each column's log than the page has rows.
pub async fn page(
    db: &impl Connection,
    log: &SheetLog,
    rows: u64,
    before: Option<i64>,
) -> Result<Vec<Change>, Fault> {
    store::page(db, log, rows, before).await
}

/// What has to be known of a region's changes after number `after`, up to number `until`, to tell what became of the
/// entries in these columns and of those that came, went or moved between them: each one's first and last change, and
/// all that may have moved something, oldest first and at most so many. How often entries were edited in their
/// places does not matter.
pub async fn telling_between(
    db: &impl Connection,
    region: RegionId,
    columns: impl Iterator<Item = (Facet, FiscalYear)>,
    after: i64,
    until: i64,
    most: usize,
) -> Result<Vec<EntryChange>, Fault> {
    store::telling_between(db, region, columns, after, until, most).await
}
