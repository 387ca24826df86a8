//! Queries of entries.

use super::{CellKey, Entry, place::Standing, table};
use crate::{Fault, db::Write, sheet::Column};
use renkei_domain::{
    AccountId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RegionId, SceneSet,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use uuid::Uuid;

/// Rows in one INSERT: SQLite takes 32,766 values in a statement.
const CHUNK: usize = 500;

/// The living entries of these columns' cells, each cell's in order.
pub async fn living(
    db: &impl ConnectionTrait,
    region: RegionId,
    columns: &[Column],
) -> Result<Vec<Entry>, Fault> {
    let shown = columns.iter().fold(Condition::any(), |shown, column| {
        let facet = table::Column::Facet.eq(column.facet.code());
        shown.add(facet.and(table::Column::FiscalYear.eq(column.fiscal_year.0)))
    });
    let rows = table::Entity::find()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::DeletedAt.is_null())
        .filter(shown)
        .order_by_asc(table::Column::Rank)
        .order_by_asc(table::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// Living or deleted.
pub async fn find(db: &impl ConnectionTrait, id: EntryId) -> Result<Option<Entry>, Fault> {
    table::Entity::find_by_id(id.0).one(db).await?.map(Entry::try_from).transpose()
}

/// Who stands in a cell, in order, deleted ones too: they keep their places.
pub async fn standing(db: &impl ConnectionTrait, cell: CellKey) -> Result<Vec<Standing>, Fault> {
    let rows: Vec<(Uuid, i64, Option<i64>)> = table::Entity::find()
        .select_only()
        .columns([table::Column::Id, table::Column::Rank, table::Column::DeletedAt])
        .filter(in_cell(cell))
        .order_by_asc(table::Column::Rank)
        .order_by_asc(table::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let standing = |(id, rank, deleted_at): (Uuid, i64, Option<i64>)| Standing {
        id: EntryId(id),
        rank,
        living: deleted_at.is_none(),
    };
    Ok(rows.into_iter().map(standing).collect())
}

pub async fn insert(write: &Write, entries: &[Entry]) -> Result<(), Fault> {
    for chunk in entries.chunks(CHUNK) {
        let rows: Vec<table::ActiveModel> = chunk.iter().map(row).collect::<Result<_, _>>()?;
        table::Entity::insert_many(rows).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Stores all of an entry that is there.
pub async fn update(write: &Write, entry: &Entry) -> Result<(), Fault> {
    table::Entity::update(row(entry)?).exec_without_returning(&**write).await?;
    Ok(())
}

/// Gives an entry another rank: its place among the same neighbours.
pub async fn set_rank(write: &Write, id: EntryId, rank: i64) -> Result<(), Fault> {
    table::Entity::update_many()
        .col_expr(table::Column::Rank, rank.into())
        .filter(table::Column::Id.eq(id.0))
        .exec(&**write)
        .await?;
    Ok(())
}

fn in_cell(cell: CellKey) -> Condition {
    Condition::all()
        .add(table::Column::ItemId.eq(cell.item.0))
        .add(table::Column::Facet.eq(cell.facet.code()))
        .add(table::Column::FiscalYear.eq(cell.fiscal_year.0))
}

fn row(entry: &Entry) -> Result<table::ActiveModel, Fault> {
    Ok(table::ActiveModel {
        id: Set(entry.id.0),
        region_id: Set(entry.region.0),
        item_id: Set(entry.cell.item.0),
        facet: Set(entry.cell.facet.code().to_owned()),
        fiscal_year: Set(entry.cell.fiscal_year.0),
        rank: Set(entry.rank),
        body: Set(entry.text.body.clone()),
        notes: Set(serde_json::to_value(&entry.text.notes)?),
        scenes: Set(i32::from(entry.text.explicit_scenes.bits())),
        owner_id: Set(entry.owner.map(|owner| owner.0)),
        version: Set(entry.version),
        updated_at: Set(entry.updated_at),
        updated_by: Set(entry.updated_by.map(|account| account.0)),
        deleted_at: Set(entry.deleted_at),
    })
}

impl TryFrom<table::Model> for Entry {
    type Error = Fault;

    fn try_from(row: table::Model) -> Result<Self, Fault> {
        let facet =
            Facet::from_code(&row.facet).ok_or_else(|| Fault::new(format!("unknown facet {}", row.facet)))?;
        Ok(Entry {
            id: EntryId(row.id),
            region: RegionId(row.region_id),
            cell: CellKey { item: ItemId(row.item_id), facet, fiscal_year: FiscalYear(row.fiscal_year) },
            text: EntryText {
                body: row.body,
                notes: serde_json::from_value(row.notes)?,
                explicit_scenes: SceneSet::from_bits(u8::try_from(row.scenes)?),
            },
            owner: row.owner_id.map(OrganizationId),
            rank: row.rank,
            version: row.version,
            updated_at: row.updated_at,
            updated_by: row.updated_by.map(AccountId),
            deleted_at: row.deleted_at,
        })
    }
}
