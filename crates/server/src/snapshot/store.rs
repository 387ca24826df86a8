//! Queries of snapshots.

use super::{Snapshot, table};
use crate::{Fault, db::Write};
use renkei_domain::{AccountId, RegionId, SheetId, SnapshotId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

pub async fn find(db: &impl ConnectionTrait, id: SnapshotId) -> Result<Option<Snapshot>, Fault> {
    Ok(table::Entity::find_by_id(id.0).one(db).await?.map(Snapshot::from))
}

/// Newest first.
pub async fn of_sheet(db: &impl ConnectionTrait, sheet: SheetId) -> Result<Vec<Snapshot>, Fault> {
    let rows = table::Entity::find()
        .filter(table::Column::SheetId.eq(sheet.0))
        .order_by_desc(table::Column::Seq)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Snapshot::from).collect())
}

pub async fn count(db: &impl ConnectionTrait, sheet: SheetId) -> Result<u64, Fault> {
    Ok(table::Entity::find().filter(table::Column::SheetId.eq(sheet.0)).count(db).await?)
}

pub async fn insert(write: &Write, snapshot: &Snapshot) -> Result<(), Fault> {
    let row = table::ActiveModel {
        id: Set(snapshot.id.0),
        region_id: Set(snapshot.region.0),
        sheet_id: Set(snapshot.sheet.0),
        label: Set(snapshot.label.clone()),
        at: Set(snapshot.taken_at),
        seq: Set(snapshot.seq),
        by_id: Set(snapshot.by.0),
        by_name: Set(snapshot.by_name.clone()),
    };
    write.insert(row).await
}

impl From<table::Model> for Snapshot {
    fn from(row: table::Model) -> Self {
        Snapshot {
            id: SnapshotId(row.id),
            region: RegionId(row.region_id),
            sheet: SheetId(row.sheet_id),
            label: row.label,
            taken_at: row.at,
            seq: row.seq,
            by: AccountId(row.by_id),
            by_name: row.by_name,
        }
    }
}
