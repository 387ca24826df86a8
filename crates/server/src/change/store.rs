//! Queries of the change log. Rows are added here and nowhere else, and never altered.

use super::{Action, By, Change, Entity, EntryChange, NewChange, table};
use crate::{Fault, db::Write, entry::Placed};
use renkei_domain::{AccountId, ChangeId, EntryId, RegionId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JsonValue, QueryFilter,
    QueryOrder, QuerySelect, Set,
    sea_query::{Alias, Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows in one INSERT: SQLite takes 32,766 values in a statement.
const CHUNK: usize = 500;

/// Adds rows; their numbers are taken already.
pub async fn insert(write: &Write, rows: Vec<Numbered<'_>>) -> Result<(), Fault> {
    let rows: Vec<table::ActiveModel> = rows.into_iter().map(Numbered::into).collect();
    for chunk in rows.chunks(CHUNK) {
        table::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// A change with its number.
pub struct Numbered<'a> {
    pub id: ChangeId,
    pub region: RegionId,
    pub seq: i64,
    pub at: i64,
    pub by: &'a By,
    pub change: NewChange,
}

pub async fn find(db: &impl ConnectionTrait, id: ChangeId) -> Result<Option<Change>, Fault> {
    Ok(table::Entity::find_by_id(id.0).one(db).await?.map(|row| Change::from(&row)))
}

pub async fn find_of_entry(db: &impl ConnectionTrait, id: ChangeId) -> Result<Option<EntryChange>, Fault> {
    let row = table::Entity::find_by_id(id.0)
        .filter(table::Column::Entity.eq(Entity::Entry.code()))
        .one(db)
        .await?;
    row.map(EntryChange::try_from).transpose()
}

/// What made an entry's version what it is.
pub async fn of_version(
    db: &impl ConnectionTrait,
    entry: EntryId,
    version: i32,
) -> Result<Option<EntryChange>, Fault> {
    let row = table::Entity::find()
        .filter(table::Column::EntityId.eq(entry.0))
        .filter(table::Column::Version.eq(version))
        .one(db)
        .await?;
    row.map(EntryChange::try_from).transpose()
}

/// People's changes of a region's entries, oldest first; tags alone included.
pub async fn of_people(db: &impl ConnectionTrait, region: RegionId) -> Result<Vec<EntryChange>, Fault> {
    let rows = table::Entity::find()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Entity.eq(Entity::Entry.code()))
        .filter(table::Column::ById.is_not_null())
        .order_by_asc(table::Column::Seq)
        .all(db)
        .await?;
    rows.into_iter().map(EntryChange::try_from).collect()
}

/// For each entry that an import has touched: the number of its last change by an import.
pub async fn last_imports(
    db: &impl ConnectionTrait,
    region: RegionId,
) -> Result<HashMap<EntryId, i64>, Fault> {
    let rows: Vec<(Uuid, i64)> = table::Entity::find()
        .select_only()
        .column(table::Column::EntityId)
        .column_as(table::Column::Seq.max(), "seq")
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Entity.eq(Entity::Entry.code()))
        .filter(table::Column::ById.is_null())
        .group_by(table::Column::EntityId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(entry, seq)| (EntryId(entry), seq)).collect())
}

/// The entries of a region that people made.
pub async fn made_by_people(db: &impl ConnectionTrait, region: RegionId) -> Result<Vec<EntryId>, Fault> {
    let rows: Vec<Uuid> = table::Entity::find()
        .select_only()
        .column(table::Column::EntityId)
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Entity.eq(Entity::Entry.code()))
        .filter(table::Column::Action.eq(Action::Create.code()))
        .filter(table::Column::ById.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(EntryId).collect())
}

/// The newest `rows` changes of each of these entries (before number `before`, if given), newest first, in one
/// statement.
pub async fn newest_of_entries(
    db: &impl ConnectionTrait,
    entries: &[EntryId],
    rows: u64,
    before: Option<i64>,
) -> Result<HashMap<EntryId, Vec<Change>>, Fault> {
    let columns =
        ["id", "region_id", "seq", "at", "by_id", "by_name", "by_organization", "entity_id", "summary"];
    let mut ranked = Query::select();
    ranked.columns(columns.map(Alias::new)).expr_as(
        Expr::cust("ROW_NUMBER() OVER (PARTITION BY entity_id ORDER BY seq DESC)"),
        Alias::new("place"),
    );
    ranked.from(table::Entity).and_where(table::Column::EntityId.is_in(entries.iter().map(|id| id.0)));
    if let Some(before) = before {
        ranked.and_where(table::Column::Seq.lt(before));
    }
    let mut newest = Query::select();
    newest
        .columns(columns.map(Alias::new))
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(Alias::new("place")).lte(rows))
        .order_by(Alias::new("seq"), sea_orm::Order::Desc);
    let mut changes: HashMap<EntryId, Vec<Change>> = HashMap::new();
    for row in Listed::find_by_statement(db.get_database_backend().build(&newest)).all(db).await? {
        changes.entry(EntryId(row.entity_id)).or_default().push(row.into());
    }
    Ok(changes)
}

/// A change without the texts before and after it.
#[derive(FromQueryResult)]
struct Listed {
    id: Uuid,
    region_id: Uuid,
    seq: i64,
    at: i64,
    by_id: Option<Uuid>,
    by_name: String,
    by_organization: String,
    entity_id: Uuid,
    summary: String,
}

impl From<Numbered<'_>> for table::ActiveModel {
    fn from(row: Numbered<'_>) -> Self {
        table::ActiveModel {
            id: Set(row.id.0),
            region_id: Set(row.region.0),
            seq: Set(row.seq),
            at: Set(row.at),
            by_id: Set(row.by.account.map(|account| account.0)),
            by_name: Set(row.by.name.clone()),
            by_organization: Set(row.by.organization.clone()),
            entity: Set(row.change.entity.code().to_owned()),
            entity_id: Set(row.change.entity_id),
            version: Set(row.change.version),
            action: Set(row.change.action.code().to_owned()),
            summary: Set(row.change.summary),
            before: Set(row.change.before),
            after: Set(row.change.after),
            request_id: Set(row.change.request.map(|request| request.0)),
        }
    }
}

impl From<&table::Model> for Change {
    fn from(row: &table::Model) -> Self {
        Change {
            id: ChangeId(row.id),
            region: RegionId(row.region_id),
            seq: row.seq,
            at: row.at,
            by: By {
                account: row.by_id.map(AccountId),
                name: row.by_name.clone(),
                organization: row.by_organization.clone(),
            },
            summary: row.summary.clone(),
        }
    }
}

impl From<Listed> for Change {
    fn from(row: Listed) -> Self {
        Change {
            id: ChangeId(row.id),
            region: RegionId(row.region_id),
            seq: row.seq,
            at: row.at,
            by: By {
                account: row.by_id.map(AccountId),
                name: row.by_name,
                organization: row.by_organization,
            },
            summary: row.summary,
        }
    }
}

impl TryFrom<table::Model> for EntryChange {
    type Error = Fault;

    fn try_from(row: table::Model) -> Result<Self, Fault> {
        let placed = |json: JsonValue| serde_json::from_value::<Placed>(json);
        Ok(EntryChange {
            change: Change::from(&row),
            before: row.before.map(placed).transpose()?,
            after: placed(row.after)?,
        })
    }
}
