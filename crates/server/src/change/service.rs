//! The log is appended to here: whatever others can see goes through here, in the transaction that does it.

use super::{
    By, Change, NewChange,
    store::{self, Numbered},
};
use crate::{Db, Fault, account::Viewer, clock, db::Write, region};
use renkei_domain::{ChangeId, RegionId};

/// A change in a region that somebody reads.
pub async fn find(db: &Db, viewer: &Viewer, id: ChangeId) -> Result<Option<Change>, Fault> {
    Ok(store::find(db.direct(), id).await?.filter(|change| viewer.reads(change.region)))
}

/// Appends one change, under its region's lock.
pub async fn append(write: &Write, region: RegionId, by: &By, change: NewChange) -> Result<Change, Fault> {
    let appended = append_all(write, region, by, vec![change]).await?;
    appended.into_iter().next().ok_or_else(|| Fault::new("a change was not appended"))
}

/// Appends changes in order, each with the next number of the region, under the region's lock.
pub async fn append_all(
    write: &Write,
    region: RegionId,
    by: &By,
    changes: Vec<NewChange>,
) -> Result<Vec<Change>, Fault> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let first = region::take_seq(write, region, changes.len()).await?;
    let at = clock::now();
    let rows: Vec<_> = (first..)
        .zip(changes)
        .map(|(seq, change)| Numbered { id: clock::fresh(), region, seq, at, by, change })
        .collect();
    let appended = rows.iter().map(Numbered::appended).collect();
    store::insert(write, rows).await?;
    write.note_changes(region);
    Ok(appended)
}
