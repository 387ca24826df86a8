//! Queries of snapshots.

use super::{
    KeptHit, KeptKey, Snapshot,
    table::{
        entry::{self, Notes},
        kept, sheet_item, snapshot, snapshot_item,
    },
};
use crate::{
    Fault,
    db::{Code, Write, found_in},
    entry::{CellKey, Entry, Hit, Placed},
    sheet::Row,
};
use renkei_domain::{
    AccountId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RegionId, SceneSet, SheetId,
    SnapshotId, search::SearchTerms,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};
use std::collections::HashMap;
use uuid::Uuid;

pub async fn find(db: &impl ConnectionTrait, id: SnapshotId) -> Result<Option<Snapshot>, Fault> {
    Ok(snapshot::Entity::find_by_id(id.0).one(db).await?.map(Snapshot::from))
}

/// In no order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[SnapshotId]) -> Result<Vec<Snapshot>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = snapshot::Entity::find().filter(snapshot::Column::Id.is_in(ids.iter().map(|id| id.0)));
    Ok(rows.all(db).await?.into_iter().map(Snapshot::from).collect())
}

/// Snapshots with their rows, in order; one without any is left out.
pub async fn with_rows(
    db: &impl ConnectionTrait,
    ids: &[SnapshotId],
) -> Result<HashMap<SnapshotId, (Snapshot, Vec<Row>)>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = snapshot_item::Entity::find()
        .find_also_related(snapshot::Entity)
        .filter(snapshot_item::Column::SnapshotId.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(snapshot_item::Column::Position)
        .all(db)
        .await?;
    let mut snapshots = HashMap::new();
    for (row, snapshot) in rows {
        let snapshot = snapshot.ok_or_else(|| Fault::new("an item without its snapshot"))?;
        let (_, rows) = snapshots
            .entry(SnapshotId(row.snapshot_id))
            .or_insert_with(|| (Snapshot::from(snapshot), Vec::new()));
        rows.push(Row::try_from(row)?);
    }
    Ok(snapshots)
}

/// Newest first.
pub async fn of_sheet(db: &impl ConnectionTrait, sheet: SheetId) -> Result<Vec<Snapshot>, Fault> {
    let rows = snapshot::Entity::find()
        .filter(snapshot::Column::SheetId.eq(sheet.0))
        .order_by_desc(snapshot::Column::Seq)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Snapshot::from).collect())
}

pub async fn count(db: &impl ConnectionTrait, sheet: SheetId) -> Result<u64, Fault> {
    Ok(snapshot::Entity::find().filter(snapshot::Column::SheetId.eq(sheet.0)).count(db).await?)
}

/// What stood in a region's snapshots with all of these words in its text, and does not stand there today as it was:
/// it was changed since, or deleted, or the sheet has its item no more.
pub async fn hits(
    db: &impl ConnectionTrait,
    region: RegionId,
    words: &SearchTerms,
) -> Result<Vec<KeptHit>, Fault> {
    type Found = (Uuid, i32, Uuid, String, i32, i32, Uuid, Code<Facet>, i32, i32, Option<Uuid>, i64);
    let text = (kept::Entity, kept::Column::Folded);
    let item_of_today = (sheet_item::Entity, sheet_item::Column::ItemId);
    let is_other = Condition::any()
        .add(Expr::col((entry::Entity, entry::Column::DeletedAt)).is_not_null())
        .add(Expr::col((entry::Entity, entry::Column::Folded)).not_equals(text))
        .add(Expr::col(item_of_today).is_null());
    let of_sheet = Expr::col((sheet_item::Entity, sheet_item::Column::SheetId))
        .equals((snapshot::Entity, snapshot::Column::SheetId))
        .and(Expr::col(item_of_today).equals((entry::Entity, entry::Column::ItemId)));
    let mut found = kept::Entity::find()
        .inner_join(entry::Entity)
        .inner_join(snapshot::Entity)
        .inner_join(snapshot_item::Entity);
    QuerySelect::query(&mut found).left_join(sheet_item::Entity, of_sheet);
    let rows: Vec<Found> = found
        .filter(kept::Column::RegionId.eq(region.0))
        .filter(found_in(text, words))
        .filter(is_other)
        .select_only()
        .columns([
            kept::Column::EntryId,
            kept::Column::Version,
            kept::Column::SnapshotId,
            kept::Column::Folded,
        ])
        .columns([snapshot_item::Column::Scenes, snapshot_item::Column::Position])
        .columns([kept::Column::ItemId, kept::Column::Facet, kept::Column::FiscalYear])
        .columns([kept::Column::Scenes, kept::Column::OwnerId, kept::Column::Rank])
        .into_tuple()
        .all(db)
        .await?;
    let hit = |found: Found| {
        let (
            id,
            version,
            snapshot,
            folded,
            item_scenes,
            position,
            item,
            Code(facet),
            year,
            scenes,
            owner,
            rank,
        ) = found;
        let hit = Hit {
            id: EntryId(id),
            cell: CellKey { item: ItemId(item), facet, fiscal_year: FiscalYear(year) },
            explicit_scenes: SceneSet::from_bits(u8::try_from(scenes)?),
            owner: owner.map(OrganizationId),
            rank,
        };
        Ok(KeptHit {
            hit,
            key: (EntryId(id), version),
            snapshot: SnapshotId(snapshot),
            folded,
            item_scenes: SceneSet::from_bits(u8::try_from(item_scenes)?),
            item_position: position.try_into()?,
        })
    };
    rows.into_iter().map(hit).collect()
}

/// Entries as they stand in snapshots.
pub async fn kept(
    db: &impl ConnectionTrait,
    region: RegionId,
    keys: &[KeptKey],
) -> Result<HashMap<KeptKey, Placed>, Fault> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let mut these = Condition::any();
    for (entry, version) in keys {
        these = these.add(kept::Column::EntryId.eq(entry.0).and(kept::Column::Version.eq(*version)));
    }
    let rows = kept::Entity::find().filter(kept::Column::RegionId.eq(region.0)).filter(these).all(db).await?;
    let placed = |row: kept::Model| Ok(((EntryId(row.entry_id), row.version), Placed::try_from(row)?));
    rows.into_iter().map(placed).collect()
}

/// What stands in a snapshot can be searched. A version that stands in an older one too is now the newer one's.
pub async fn keep(
    write: &Write,
    snapshot: SnapshotId,
    rows: &[Row],
    entries: &[Placed],
) -> Result<(), Fault> {
    let items = rows.iter().map(|row| kept_item(snapshot, row)).collect::<Result<Vec<_>, _>>()?;
    write.insert_many(items).await?;
    let key = [kept::Column::RegionId, kept::Column::EntryId, kept::Column::Version];
    let newer = OnConflict::columns(key).update_column(kept::Column::SnapshotId).to_owned();
    let rows = entries.iter().map(|placed| kept_row(snapshot, placed)).collect::<Result<Vec<_>, _>>()?;
    write.insert_or(rows, Some(newer)).await
}

fn kept_item(snapshot: SnapshotId, row: &Row) -> Result<snapshot_item::ActiveModel, Fault> {
    Ok(snapshot_item::ActiveModel {
        snapshot_id: Set(snapshot.0),
        item_id: Set(row.item.0),
        code: Set(row.code.clone()),
        title: Set(row.title.clone()),
        position: Set(row.position.try_into()?),
        scenes: Set(i32::from(row.scenes.bits())),
    })
}

fn kept_row(snapshot: SnapshotId, placed: &Placed) -> Result<kept::ActiveModel, Fault> {
    let Placed { entry, position } = placed;
    Ok(kept::ActiveModel {
        region_id: Set(entry.region.0),
        entry_id: Set(entry.id.0),
        version: Set(entry.version),
        snapshot_id: Set(snapshot.0),
        item_id: Set(entry.cell.item.0),
        facet: Set(Code(entry.cell.facet)),
        fiscal_year: Set(entry.cell.fiscal_year.0),
        rank: Set(entry.rank),
        position: Set((*position).try_into()?),
        body: Set(entry.text.body.clone()),
        notes: Set(Notes(entry.text.notes.clone())),
        scenes: Set(i32::from(entry.text.explicit_scenes.bits())),
        owner_id: Set(entry.owner.map(|owner| owner.0)),
        updated_at: Set(entry.updated_at),
        updated_by: Set(entry.updated_by.map(|account| account.0)),
        folded: Set(entry.folded()),
    })
}

impl TryFrom<snapshot_item::Model> for Row {
    type Error = Fault;

    fn try_from(row: snapshot_item::Model) -> Result<Self, Fault> {
        Ok(Row {
            item: ItemId(row.item_id),
            code: row.code,
            title: row.title,
            scenes: SceneSet::from_bits(u8::try_from(row.scenes)?),
            position: row.position.try_into()?,
        })
    }
}

impl TryFrom<kept::Model> for Placed {
    type Error = Fault;

    fn try_from(row: kept::Model) -> Result<Self, Fault> {
        let entry = Entry {
            id: EntryId(row.entry_id),
            region: RegionId(row.region_id),
            cell: CellKey {
                item: ItemId(row.item_id),
                facet: row.facet.0,
                fiscal_year: FiscalYear(row.fiscal_year),
            },
            text: EntryText {
                body: row.body,
                notes: row.notes.0,
                explicit_scenes: SceneSet::from_bits(u8::try_from(row.scenes)?),
            },
            owner: row.owner_id.map(OrganizationId),
            rank: row.rank,
            version: row.version,
            updated_at: row.updated_at,
            updated_by: row.updated_by.map(AccountId),
            deleted_at: None,
        };
        Ok(Placed { entry, position: row.position.try_into()? })
    }
}

pub async fn insert(write: &Write, snapshot: &Snapshot) -> Result<(), Fault> {
    let row = snapshot::ActiveModel {
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

impl From<snapshot::Model> for Snapshot {
    fn from(row: snapshot::Model) -> Self {
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
