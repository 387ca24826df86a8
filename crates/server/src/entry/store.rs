//! Queries of entries.

use super::{
    CellKey, Entry, Hit, Placed, governed_columns,
    place::{GAP, Others, RankedEntry},
    table::{self, Notes},
};
use crate::{
    Fault,
    db::{Code, LIST, RegionOf, Write, found_in},
};
use renkei_domain::{
    AccountId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RegionId, SceneSet,
    search::SearchTerms,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, Iterable, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, QueryTrait, Select, Set,
    sea_query::{Asterisk, Expr, IntoIden, OnConflict, Order, Query, SelectStatement, TableRef, UnionType},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// All that is read of entries: what only a search compares is left where it is.
fn whole() -> Select<table::Entity> {
    let read = table::Column::iter().filter(|column| !matches!(column, table::Column::Folded));
    table::Entity::find().select_only().columns(read)
}

/// The living entries of a region in whose texts all of these words are found.
pub async fn hits(
    db: &impl ConnectionTrait,
    region: RegionId,
    words: &SearchTerms,
) -> Result<Vec<Hit>, Fault> {
    type Row = (Uuid, Uuid, Code<Facet>, i32, i32, Option<Uuid>, i64);
    let rows: Vec<Row> = table::Entity::find()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::DeletedAt.is_null())
        .filter(found_in(table::Column::Folded, words))
        .select_only()
        .columns([table::Column::Id, table::Column::ItemId, table::Column::Facet, table::Column::FiscalYear])
        .columns([table::Column::Scenes, table::Column::OwnerId, table::Column::Rank])
        .into_tuple()
        .all(db)
        .await?;
    let hit = |(id, item, Code(facet), year, scenes, owner, rank): Row| {
        Ok(Hit {
            id: EntryId(id),
            cell: CellKey { item: ItemId(item), facet, fiscal_year: FiscalYear(year) },
            explicit_scenes: SceneSet::from_bits(u8::try_from(scenes)?),
            owner: owner.map(OrganizationId),
            rank,
        })
    };
    rows.into_iter().map(hit).collect()
}

/// The living entries of these columns' cells, each cell's in order.
pub async fn living(
    db: &impl ConnectionTrait,
    region: RegionId,
    columns: impl IntoIterator<Item = (Facet, FiscalYear)>,
) -> Result<Vec<Entry>, Fault> {
    let rows = in_order(in_columns(region, columns)).all(db).await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// The ids of the living entries of these columns' cells, to be asked for in another statement.
pub fn living_ids(
    region: RegionId,
    columns: impl IntoIterator<Item = (Facet, FiscalYear)>,
) -> SelectStatement {
    in_columns(region, columns).select_only().column(table::Column::Id).into_query()
}

/// The same with those that stood there when they were deleted.
pub fn ids(region: RegionId, columns: &[(Facet, FiscalYear)]) -> SelectStatement {
    let deleted = of_columns(region, columns.iter().copied()).filter(table::Column::DeletedAt.is_not_null());
    let deleted = deleted.select_only().column(table::Column::Id).into_query();
    living_ids(region, columns.iter().copied()).union(UnionType::All, deleted).take()
}

/// Living or deleted.
pub async fn find(db: &impl ConnectionTrait, id: EntryId) -> Result<Option<Entry>, Fault> {
    whole().filter(table::Column::Id.eq(id.0)).one(db).await?.map(Entry::try_from).transpose()
}

/// Those of these that are in a region, living or deleted, in one statement for [`LIST`].
pub async fn find_all(
    db: &impl ConnectionTrait,
    region: RegionId,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, Entry>, Fault> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LIST) {
        let rows = whole()
            .filter(table::Column::RegionId.eq(region.0))
            .filter(table::Column::Id.is_in(ids.iter().map(|id| id.0)))
            .all(db)
            .await?;
        for row in rows {
            let entry = Entry::try_from(row)?;
            found.insert(entry.id, entry);
        }
    }
    Ok(found)
}

/// The region that most of these entries are of, among those that are `read`; `None` of them: among all.
pub fn region_of_most(ids: &[EntryId], read: Option<&[RegionId]>) -> RegionOf {
    let mut region = table::Entity::find()
        .select_only()
        .column(table::Column::RegionId)
        .filter(table::Column::Id.is_in(ids.iter().take(LIST).map(|id| id.0)))
        .apply_if(read, |of, read| of.filter(table::Column::RegionId.is_in(read.iter().map(|id| id.0))))
        .group_by(table::Column::RegionId)
        .into_query();
    region
        .order_by_expr(Expr::col(Asterisk).count(), Order::Desc)
        .order_by(table::Column::RegionId, Order::Asc)
        .limit(1);
    RegionOf(region)
}

/// The region of an entry.
pub fn region_of(id: EntryId) -> RegionOf {
    RegionOf(table::Entity::find_by_id(id.0).select_only().column(table::Column::RegionId).into_query())
}

/// An entry, living or deleted, with its place among the living ones of its cell, which are counted and not read.
pub async fn placed(db: &impl ConnectionTrait, id: EntryId) -> Result<Option<Placed>, Fault> {
    Ok(placed_all(db, &[id]).await?.pop())
}

/// The same of a page of entries, in no order.
pub async fn placed_all(db: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<Placed>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let own = |column| Expr::col((table::Entity, column));
    let other = |column| Expr::col(("other", column));
    let order = [table::Column::Rank, table::Column::Id];
    let mut before = Query::select();
    before.expr(Expr::col(Asterisk).count()).from_as(table::Entity, "other");
    let cell =
        [table::Column::RegionId, table::Column::FiscalYear, table::Column::Facet, table::Column::ItemId];
    for column in cell {
        before.and_where(other(column).eq(own(column)));
    }
    before
        .and_where(other(table::Column::DeletedAt).is_null())
        .and_where(Expr::tuple(order.map(other)).lt(Expr::tuple(order.map(own))));
    let found = whole().filter(table::Column::Id.is_in(ids.iter().map(|id| id.0)));
    let rows = db.query_all(&found.expr_as(before, "position").into_query()).await?;
    let placed = |row: &QueryResult| {
        let position: i64 = row.try_get("", "position")?;
        let entry = table::Model::from_query_result(row, "")?.try_into()?;
        Ok(Placed { entry, position: position.try_into()? })
    };
    rows.iter().map(placed).collect()
}

/// The living entries of a cell with their ranks, in order.
pub async fn ranked(
    db: &impl ConnectionTrait,
    region: RegionId,
    cell: CellKey,
) -> Result<Vec<RankedEntry>, Fault> {
    let rows: Vec<(Uuid, i64, i32)> = ranks(region, cell).into_tuple().all(db).await?;
    let ranked = |(id, rank, chars): (Uuid, i64, i32)| {
        Ok(RankedEntry { id: EntryId(id), rank, chars: chars.try_into()? })
    };
    rows.into_iter().map(ranked).collect()
}

/// The same of all cells that the sheet of a year governs.
pub async fn ranked_sheet(
    db: &impl ConnectionTrait,
    region: RegionId,
    year: FiscalYear,
) -> Result<HashMap<CellKey, Vec<RankedEntry>>, Fault> {
    ranked_cells(db, region, governed_columns(year)).await
}

/// The living entries of all cells of these columns with their ranks, each cell's in order.
pub async fn ranked_cells(
    db: &impl ConnectionTrait,
    region: RegionId,
    columns: impl IntoIterator<Item = (Facet, FiscalYear)>,
) -> Result<HashMap<CellKey, Vec<RankedEntry>>, Fault> {
    let rows: Vec<(Uuid, Code<Facet>, i32, Uuid, i64, i32)> = in_order(in_columns(region, columns))
        .select_only()
        .columns([table::Column::ItemId, table::Column::Facet, table::Column::FiscalYear])
        .columns([table::Column::Id, table::Column::Rank, table::Column::Chars])
        .into_tuple()
        .all(db)
        .await?;
    let mut cells: HashMap<CellKey, Vec<RankedEntry>> = HashMap::new();
    for (item, Code(facet), year, id, rank, chars) in rows {
        let cell = CellKey { item: ItemId(item), facet, fiscal_year: FiscalYear(year) };
        let ranked = RankedEntry { id: EntryId(id), rank, chars: chars.try_into()? };
        cells.entry(cell).or_default().push(ranked);
    }
    Ok(cells)
}

/// What stands in a cell besides one entry, which need not be there, and on the sheet that governs it.
pub async fn others(
    db: &impl ConnectionTrait,
    region: RegionId,
    cell: CellKey,
    without: EntryId,
) -> Result<Others, Fault> {
    type Row = (Option<i64>, Option<i64>, i64, Option<i64>);
    let row: Option<Row> = beside(region, cell, without).into_tuple().one(db).await?;
    let (of_cell, of_sheet, entries, last) = row.unwrap_or_default();
    let chars = |sum: Option<i64>| usize::try_from(sum.unwrap_or_default());
    Ok(Others {
        entries: entries.try_into()?,
        last,
        chars_of_cell: chars(of_cell)?,
        chars_of_sheet: chars(of_sheet)?,
    })
}

pub async fn insert(write: &Write, entries: &[Entry]) -> Result<(), Fault> {
    write.insert_many(entries.iter().map(row).collect::<Result<Vec<_>, _>>()?).await
}

/// Stores all of an entry that is there.
pub async fn update(write: &Write, entry: &Entry) -> Result<(), Fault> {
    table::Entity::update(row(entry)?).exec_without_returning(&**write).await?;
    Ok(())
}

/// Stores all of entries that are there, in one statement for some thousand.
pub async fn update_all(write: &Write, entries: &[Entry]) -> Result<(), Fault> {
    let changed = table::Column::iter().filter(|column| !matches!(column, table::Column::Id));
    let there = OnConflict::column(table::Column::Id).update_columns(changed).to_owned();
    for entries in entries.chunks(LIST / table::Column::iter().count()) {
        let rows = entries.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        table::Entity::insert_many(rows).on_conflict(there.clone()).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Gives all entries of a cell fresh ranks in the same order, deleted ones too, without touching their versions.
pub async fn renumber(write: &Write, cell: CellKey) -> Result<(), Fault> {
    let mut fresh = Query::select();
    fresh
        .column(table::Column::Id)
        .expr_as(Expr::cust(format!("(ROW_NUMBER() OVER (ORDER BY rank, id) - 1) * {GAP}")), "rank")
        .from(table::Entity)
        .cond_where(in_cell(cell));
    let mut update = Query::update();
    update
        .table(table::Entity)
        .value(table::Column::Rank, Expr::col(("fresh", "rank")))
        .from(TableRef::SubQuery(fresh.into(), "fresh".into_iden()))
        .and_where(Expr::col((table::Entity, table::Column::Id)).equals(("fresh", "id")));
    write.execute(&update).await?;
    Ok(())
}

/// What is read of a cell or a sheet is found in the index `entry_living`, which holds no deleted entries.
fn in_columns(
    region: RegionId,
    columns: impl IntoIterator<Item = (Facet, FiscalYear)>,
) -> Select<table::Entity> {
    of_columns(region, columns).filter(table::Column::DeletedAt.is_null())
}

/// Living or deleted. Years and facets are named by themselves too: of either column SQLite would look for the region
/// alone, and read all its years.
fn of_columns(
    region: RegionId,
    columns: impl IntoIterator<Item = (Facet, FiscalYear)>,
) -> Select<table::Entity> {
    let (mut shown, mut years, mut facets) = (Condition::any(), BTreeSet::new(), BTreeSet::new());
    for (facet, year) in columns {
        shown = shown.add(table::Column::Facet.eq(Code(facet)).and(table::Column::FiscalYear.eq(year.0)));
        years.insert(year.0);
        facets.insert(facet);
    }
    whole()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::FiscalYear.is_in(years))
        .filter(table::Column::Facet.is_in(facets.into_iter().map(Code)))
        .filter(shown)
}

fn ranks(region: RegionId, cell: CellKey) -> Select<table::Entity> {
    let there = in_columns(region, [cell.column()]).filter(table::Column::ItemId.eq(cell.item.0));
    in_order(there).select_only().columns([table::Column::Id, table::Column::Rank, table::Column::Chars])
}

fn beside(region: RegionId, cell: CellKey, without: EntryId) -> Select<table::Entity> {
    let in_cell = |column| Expr::expr(Expr::case(in_cell(cell), Expr::col(column)));
    in_columns(region, governed_columns(cell.governing_year()))
        .filter(table::Column::Id.ne(without.0))
        .select_only()
        .expr_as(in_cell(table::Column::Chars).sum(), "of_cell")
        .column_as(table::Column::Chars.sum(), "of_sheet")
        .expr_as(in_cell(table::Column::Rank).count(), "entries")
        .expr_as(in_cell(table::Column::Rank).max(), "last")
}

/// Each cell's in order; the cells as the index has them, so that nothing is sorted.
fn in_order(entries: Select<table::Entity>) -> Select<table::Entity> {
    entries
        .order_by_asc(table::Column::FiscalYear)
        .order_by_asc(table::Column::Facet)
        .order_by_asc(table::Column::ItemId)
        .order_by_asc(table::Column::Rank)
        .order_by_asc(table::Column::Id)
}

fn in_cell(cell: CellKey) -> Condition {
    Condition::all()
        .add(table::Column::ItemId.eq(cell.item.0))
        .add(table::Column::Facet.eq(Code(cell.facet)))
        .add(table::Column::FiscalYear.eq(cell.fiscal_year.0))
}

fn row(entry: &Entry) -> Result<table::ActiveModel, Fault> {
    Ok(table::ActiveModel {
        id: Set(entry.id.0),
        region_id: Set(entry.region.0),
        item_id: Set(entry.cell.item.0),
        facet: Set(Code(entry.cell.facet)),
        fiscal_year: Set(entry.cell.fiscal_year.0),
        rank: Set(entry.rank),
        body: Set(entry.text.body.clone()),
        notes: Set(Notes(entry.text.notes.clone())),
        scenes: Set(i32::from(entry.text.explicit_scenes.bits())),
        owner_id: Set(entry.owner.map(|owner| owner.0)),
        version: Set(entry.version),
        updated_at: Set(entry.updated_at),
        updated_by: Set(entry.updated_by.map(|account| account.0)),
        deleted_at: Set(entry.deleted_at),
        chars: Set(entry.text.chars().try_into()?),
        folded: Set(Some(entry.folded())),
    })
}

impl TryFrom<table::Model> for Entry {
    type Error = Fault;

    fn try_from(row: table::Model) -> Result<Self, Fault> {
        Ok(Entry {
            id: EntryId(row.id),
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
            deleted_at: row.deleted_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, clock, region, sheet};
    use sea_orm::{DbBackend, Statement};

    /// What a database says of how it answers a statement, having run it.
    async fn plan(db: &Db, select: Select<table::Entity>) -> String {
        let backend = db.direct().get_database_backend();
        let (explain, column) = match backend {
            DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
            _ => ("EXPLAIN ANALYZE", "QUERY PLAN"),
        };
        let Statement { sql, values, .. } = select.build(backend);
        let explain = Statement { sql: format!("{explain} {sql}"), values, db_backend: backend };
        let rows = db.direct().query_all_raw(explain).await.unwrap();
        let lines: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
        lines.join("\n")
    }

    /// A cell of three entries from which 5,000 were deleted.
    async fn much_deleted(db: &Db) -> (RegionId, CellKey) {
        let region = region::service::add(db, "圏域", region::service::HUB).await.unwrap().region.id;
        let cell = CellKey { item: clock::fresh(), facet: Facet::Plan, fiscal_year: FiscalYear(2026) };
        let write = db.write().await.unwrap();
        sheet::insert_items(&write, region, &[(cell.item, "ア".to_owned())]).await.unwrap();
        let entry = |n: i64| Entry {
            id: clock::fresh(),
            region,
            cell,
            text: EntryText { body: "文".to_owned(), ..EntryText::default() },
            owner: None,
            rank: n,
            version: 1,
            updated_at: 0,
            updated_by: None,
            deleted_at: (n > 2).then_some(1),
        };
        let entries: Vec<Entry> = (0..5_003).map(entry).collect();
        insert(&write, &entries).await.unwrap();
        write.commit().await.unwrap();
        db.direct().execute_unprepared("ANALYZE").await.unwrap();
        (region, cell)
    }

    async fn reading_meets_no_deleted_entry(url: &str) {
        let db = Db::open(url).await.unwrap();
        let (region, cell) = much_deleted(&db).await;
        let sheet = in_order(in_columns(region, governed_columns(cell.governing_year())));
        let beside = beside(region, cell, EntryId(clock::fresh()));
        for (what, select) in [("cell", ranks(region, cell)), ("sheet", sheet), ("characters", beside)] {
            let plan = plan(&db, select).await;
            assert!(plan.contains("entry_living"), "{what}: {plan}");
            assert!(!plan.contains("Removed by Filter"), "{what}: {plan}");
        }
        assert_eq!(ranked(db.direct(), region, cell).await.unwrap().len(), 3);
        let write = db.write().await.unwrap();
        renumber(&write, cell).await.unwrap();
        let ranks: Vec<i64> =
            ranked(&*write, region, cell).await.unwrap().iter().map(|one| one.rank).collect();
        assert_eq!(ranks, [0, GAP, 2 * GAP]);
        drop(write);
        db.close().await.unwrap();
    }

    #[test]
    fn reading_a_cell_or_a_sheet_meets_no_deleted_entry() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite://{}", folder.path().join("plan.db").display());
        runtime.block_on(reading_meets_no_deleted_entry(&file));
        // The same on PostgreSQL, where `cargo xtask test` has one: postgres://…/postgres.
        let Ok(cluster) = std::env::var("RENKEI_TEST_DATABASE") else { return };
        let Some((server, _)) = cluster.strip_prefix("postgres").and_then(|_| cluster.rsplit_once('/'))
        else {
            return;
        };
        let name = format!("renkei_plan_{}", std::process::id());
        runtime.block_on(async {
            let admin = sea_orm::Database::connect(&cluster).await.unwrap();
            admin
                .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
                .await
                .unwrap();
            reading_meets_no_deleted_entry(&format!("{server}/{name}")).await;
            admin.execute_unprepared(&format!("DROP DATABASE {name}")).await.unwrap();
        });
    }
}
