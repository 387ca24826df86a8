//! Snapshots (提出版): a sheet frozen as it was laid before a council's meeting. What stood on it is kept by the change
//! that made the snapshot.

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;

/// Of a sheet, for its readers; and what stood in a region's snapshots, for who searches.
pub(crate) use store::{by_ids, hits, kept, of_sheet, with_rows};

use crate::{
    entry::{Hit, Placed},
    sheet::{Column, Row},
};
use renkei_domain::{AccountId, EntryId, RegionId, SceneSet, SheetId, SnapshotId};
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

/// A version of an entry that stands in a snapshot.
pub type KeptKey = (EntryId, i32);

/// A version of an entry in a snapshot in which something was found, and which does not stand there today as it was.
#[derive(Clone, Debug)]
pub struct KeptHit {
    pub hit: Hit,
    pub key: KeptKey,
    /// The newest that has it.
    pub snapshot: SnapshotId,
    /// Its text as it is compared.
    pub folded: String,
    /// Its item's, as the snapshot has it.
    pub item_scenes: SceneSet,
    pub item_position: usize,
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
