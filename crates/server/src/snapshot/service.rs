//! Taking snapshots, and reading what they keep.

use super::{Frozen, Snapshot, store};
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{AuthorizedWrite, Identity},
    change::{self, By, NewChange},
    clock,
    db::Write,
    entry::{self, CellKey, Placed},
    notice,
    refusal::{Refusal, Stop},
    region, request,
    sheet::{self, Column, Frame, SheetHead, SheetView},
    text,
};
use itertools::Itertools;
use renkei_domain::{Act, RequestId, SheetId, SnapshotId, limits};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// The spelling of SQL: a request id is good for one kind.
const KIND: &str = "CREATE_SNAPSHOT";

/// What came of it, as it is kept for the same request sent again.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename = "created")]
struct Created {
    snapshot: SnapshotId,
}

/// Freezes a sheet under a label. `request` is `None` if what was sent is no UUID.
pub async fn create(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    sheet: SheetId,
    label: String,
) -> Result<SnapshotId, Stop> {
    let region = sheet::region_of(sheet);
    let freeze =
        async move |write: &AuthorizedWrite<'_>| Ok((freeze(write, request, sheet, &label).await?, ()));
    Ok(request::service::once(db, identity, request, KIND, Some(&region), freeze).await?.0.snapshot)
}

/// A snapshot of a region that somebody reads.
pub async fn find(db: &Db, viewer: &Viewer, id: SnapshotId) -> Result<Option<Snapshot>, Fault> {
    Ok(store::find(db.direct(), id).await?.filter(|snapshot| viewer.reads(snapshot.region)))
}

/// The sheet as it stood then; its head and its region are today's.
pub async fn view(db: &Db, snapshot: &Snapshot) -> Result<SheetView, Fault> {
    let gone = |what: &str| Fault::new(format!("{what} of the snapshot {} is not there", snapshot.id));
    let read = db.read().await?;
    let kept = change::after_of(&read, snapshot.region, snapshot.seq).await?;
    let frozen: Frozen = serde_json::from_value(kept.ok_or_else(|| gone("the change"))?)?;
    let region = region::service::view(&read, snapshot.region).await?.ok_or_else(|| gone("the region"))?;
    let head = region.sheet(snapshot.sheet).cloned().ok_or_else(|| gone("the sheet"))?;
    let entries = frozen.entries.into_iter().map(|placed| Arc::new(placed.entry));
    let cells = entries.into_group_map_by(|entry| entry.cell);
    let frame = Frame { region: Arc::new(region), head, columns: frozen.columns, rows: frozen.rows };
    Ok(SheetView { frame: Arc::new(frame), cells, people: HashMap::new() })
}

async fn freeze(
    write: &AuthorizedWrite<'_>,
    request: Option<RequestId>,
    sheet: SheetId,
    label: &str,
) -> Result<Created, Stop> {
    let what = "計画・評価表";
    let (region, viewer) = write.lock_region(what).await?;
    let gone = || Fault::new("a locked region is gone");
    let region = region::service::view(write, region.id).await?.ok_or_else(gone)?;
    let head = region.sheet(sheet).ok_or_else(|| Refusal::not_found(what))?;
    sheet::may(head, &viewer, Act::Snapshot)?;
    let request = request::service::valid(request)?;
    let label = text::name("label", "提出版の名前", label)?;
    if store::count(&***write, sheet).await? >= limits::SNAPSHOTS as u64 {
        let message = format!("提出版は1つの表に{}件までです。", limits::SNAPSHOTS);
        return Err(Refusal::invalid("sheetId", message).into());
    }
    let id: SnapshotId = clock::fresh();
    let frozen = stand(write, head, label.clone()).await?;
    let summary = format!("提出版「{label}」を作成");
    let after = serde_json::to_value(&frozen).map_err(Fault::from)?;
    let change = NewChange::snapshot(id, summary, after, request);
    let change = change::service::append(write, head.region, &By::viewer(&viewer), change).await?;
    let snapshot = Snapshot {
        id,
        region: head.region,
        sheet,
        label,
        taken_at: clock::now(),
        seq: change.seq,
        by: viewer.account.id,
        by_name: viewer.account.name,
    };
    store::insert(write, &snapshot).await?;
    store::keep(write, id, &frozen.rows, &frozen.entries).await?;
    notice::service::tell_snapshot(write, &region, sheet, id, snapshot.by, change.id).await?;
    Ok(Created { snapshot: id })
}

/// All that stands on a sheet at this moment.
async fn stand(write: &Write, head: &SheetHead, label: String) -> Result<Frozen, Fault> {
    let columns = sheet::columns(&**write, head).await?;
    let rows = sheet::rows(&**write, head.id).await?;
    let mut positions: HashMap<CellKey, usize> = HashMap::new();
    let entries = entry::living(&**write, head.region, columns.iter().map(Column::key)).await?;
    // What the region has under an item that the sheet has not is on no paper.
    let on_sheet = entries.into_iter().filter(|entry| rows.iter().any(|row| row.item == entry.cell.item));
    let entries = on_sheet.map(|entry| {
        let next = positions.entry(entry.cell).or_default();
        let position = *next;
        *next += 1;
        Placed { entry, position }
    });
    Ok(Frozen { label, sheet: head.id, entries: entries.collect(), columns, rows })
}
