//! Reading sheets: a whole one takes seven statements, however many entries stand in it.

use super::{Frame, SheetView, store};
use crate::{
    Db, Fault,
    entry::{self, CellKey, Entry},
    region,
};
use renkei_domain::{Facet, FiscalYear, RegionId};
use std::{collections::HashMap, sync::Arc};

/// The sheet of a region's year, whole, all of it as of one moment.
pub async fn view(db: &Db, region: RegionId, year: FiscalYear) -> Result<Option<SheetView>, Fault> {
    let read = db.read().await?;
    let Some(region) = region::store::view(&read, region).await? else { return Ok(None) };
    let Some(head) = region.sheet_of(year).cloned() else { return Ok(None) };
    let frame = Frame {
        columns: store::columns(&read, &head).await?,
        rows: store::rows(&read, head.id).await?,
        region: Arc::new(region),
        head,
    };
    let entries = entry::store::living(&read, frame.head.region, &frame.columns).await?;
    Ok(Some(SheetView { frame: Arc::new(frame), cells: by_cell(entries) }))
}

/// Columns and rows of the sheet of a region's year.
pub async fn frame(db: &Db, region: RegionId, year: FiscalYear) -> Result<Option<Frame>, Fault> {
    let read = db.read().await?;
    let Some(region) = region::store::view(&read, region).await? else { return Ok(None) };
    let Some(head) = region.sheet_of(year).cloned() else { return Ok(None) };
    let columns = store::columns(&read, &head).await?;
    let rows = store::rows(&read, head.id).await?;
    Ok(Some(Frame { region: Arc::new(region), head, columns, rows }))
}

/// The sheet that governs a facet of a year, with its columns and rows.
pub async fn governing(
    db: &Db,
    region: RegionId,
    facet: Facet,
    year: FiscalYear,
) -> Result<Option<Frame>, Fault> {
    frame(db, region, facet.governing_year(year)).await
}

fn by_cell(entries: Vec<Entry>) -> HashMap<CellKey, Vec<Entry>> {
    let mut cells: HashMap<CellKey, Vec<Entry>> = HashMap::new();
    for entry in entries {
        cells.entry(entry.cell).or_default().push(entry);
    }
    cells
}
