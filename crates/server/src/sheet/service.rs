//! Reading sheets: a whole one takes six statements, however many entries stand in it.

use super::{Catalogue, Column, Frame, Row, SheetHead, SheetKey, SheetView, Surroundings, store};
use crate::{
    Db, Fault,
    account::{self, Viewer},
    db::Read,
    entry::{self, CellKey, Entry},
    region::{self, RegionView},
};
use itertools::Itertools;
use renkei_domain::{AccountId, FiscalYear, ItemId, RegionId, SheetId};
use std::{collections::HashSet, sync::Arc};

/// The sheet of a region's year, whole, all of it as of one moment.
pub async fn view(db: &Db, region: RegionId, year: FiscalYear) -> Result<Option<SheetView>, Fault> {
    view_in(&db.read().await?, region, year).await
}

/// The same, in a transaction.
pub async fn view_in(read: &Read, region: RegionId, year: FiscalYear) -> Result<Option<SheetView>, Fault> {
    let Some(frame) = frame(read, region, year).await? else { return Ok(None) };
    let entries = entry::living(read, region, frame.columns.iter().map(Column::key)).await?;
    let people: HashSet<AccountId> = entries.iter().filter_map(|entry| entry.updated_by).collect();
    let people = account::viewers(read, people).await?;
    let people = people.into_iter().map(|(id, person)| (id, Arc::new(person))).collect();
    let cells = entries.into_iter().map(Arc::new).into_group_map_by(|entry| entry.cell);
    Ok(Some(SheetView { frame: Arc::new(frame), cells, people }))
}

/// The sheet that governs a cell, with its columns and rows.
pub async fn governing(db: &Db, region: RegionId, cell: CellKey) -> Result<Option<Frame>, Fault> {
    frame(&db.read().await?, region, cell.governing_year()).await
}

/// What stands round an entry, on the sheet that governs its cell.
pub async fn surroundings(db: &Db, entry: &Entry) -> Result<Option<Surroundings>, Fault> {
    let key = SheetKey::OfYear(entry.region, entry.cell.governing_year());
    store::surroundings(db.direct(), key, entry.cell.item, entry.owner).await
}

/// A sheet of a region that somebody reads.
pub async fn find(read: &Read, viewer: &Viewer, id: SheetId) -> Result<Option<SheetHead>, Fault> {
    Ok(store::find(read, id).await?.filter(|head| viewer.reads(head.region)))
}

/// An item of a region that somebody reads, as the newest sheet has it.
pub async fn find_item(db: &Db, viewer: &Viewer, id: ItemId) -> Result<Option<(RegionId, Row)>, Fault> {
    let read = db.read().await?;
    let region = store::region_of_item(&read, id).await?.filter(|region| viewer.reads(*region));
    let Some(region) = region else { return Ok(None) };
    for head in store::heads(&read, &[region]).await? {
        let row = store::rows(&read, head.id).await?.into_iter().find(|row| row.item == id);
        if let Some(row) = row {
            return Ok(Some((region, row)));
        }
    }
    Ok(None)
}

/// All items of a region, as each of its sheets has them: one statement.
pub async fn catalogue(db: &Db, region: &RegionView) -> Result<Catalogue, Fault> {
    let mut rows = store::rows_of_region(db.direct(), region.region.id).await?;
    let sheets = region.sheets.iter();
    Ok(Catalogue {
        sheets: sheets.map(|head| (head.fiscal_year, rows.remove(&head.id).unwrap_or_default())).collect(),
    })
}

/// All sheets of a region, each with its columns and rows.
pub async fn frames(db: &Db, region: RegionId) -> Result<Vec<Arc<Frame>>, Fault> {
    frames_in(&db.read().await?, region).await
}

/// The same in a transaction: five statements, however many sheets.
pub async fn frames_in(read: &Read, region: RegionId) -> Result<Vec<Arc<Frame>>, Fault> {
    let Some(region) = region::service::view(read, region).await?.map(Arc::new) else {
        return Ok(Vec::new());
    };
    let years: Vec<_> = region.sheets.iter().map(|head| (head.id, head.fiscal_year)).collect();
    let mut columns = store::columns_of_sheets(read, &years).await?;
    let mut rows = store::rows_of_region(read, region.region.id).await?;
    let frame = |head: &SheetHead| Frame {
        region: region.clone(),
        head: head.clone(),
        columns: columns.remove(&head.id).unwrap_or_default(),
        rows: rows.remove(&head.id).unwrap_or_default(),
    };
    Ok(region.sheets.iter().map(frame).map(Arc::new).collect())
}

/// Columns and rows of the sheet of a region's year.
async fn frame(read: &Read, region: RegionId, year: FiscalYear) -> Result<Option<Frame>, Fault> {
    let (heads, columns) = store::heads_with_columns(read, region, year).await?;
    let Some(head) = heads.iter().find(|head| head.fiscal_year == year).cloned() else { return Ok(None) };
    let rows = store::rows(read, head.id).await?;
    let region = region::service::view_with(read, region, heads).await?;
    Ok(region.map(|region| Frame { region: Arc::new(region), head, columns, rows }))
}
