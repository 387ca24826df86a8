//! Snapshots (提出版): a sheet frozen as it was laid before a council's meeting. What stood on it is kept by the change
//! that made the snapshot.

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;

/// Of a sheet, for its readers.
pub(crate) use store::of_sheet;

use crate::{
    entry::Placed,
    sheet::{Column, Row},
};
use renkei_domain::{AccountId, RegionId, SheetId, SnapshotId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub id: SnapshotId,
    pub region: RegionId,
    pub sheet: SheetId,
    pub label: String,
    pub taken_at: i64,
    /// Of its own change: all changes up to it are in the snapshot.
    pub seq: i64,
    pub by: AccountId,
    /// As it was then.
    pub by_name: String,
}

/// All that stood on the sheet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frozen {
    pub label: String,
    pub sheet: SheetId,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Each cell's in order.
    pub entries: Vec<Placed>,
}
