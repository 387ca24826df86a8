//! Queries of the change log. Rows are added here and nowhere else, and never altered.

use super::{
    Action, By, Change, Entity, EntryChange, NewChange, SheetLog,
    table::{change as table, change_cell},
};
use crate::{
    Fault,
    db::Write,
    entry::{CellKey, Placed},
    snapshot::table as snapshot,
};
use renkei_domain::{AccountId, ChangeId, EntryId, Facet, FiscalYear, ItemId, RegionId, limits};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, JsonValue,
    QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Alias, Asterisk, Expr, IntoCondition, Order, Query, SelectStatement, UnionType},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Of an entry, and none of [`Action::IN_PLACE`]: in the words of the index `change_places`, without which SQLite would
/// not use it.
const PLACING: &str = "entity = 'ENTRY' AND action NOT IN ('UPDATE', 'ASSIGN')";
/// Rows in one INSERT: SQLite takes 32,766 values in a statement.
const CHUNK: usize = 500;

/// Adds rows; their numbers are taken already.
pub async fn insert(write: &Write, rows: Vec<Numbered<'_>>) -> Result<(), Fault> {
    let cells: Vec<change_cell::ActiveModel> = rows.iter().flat_map(Numbered::cells).collect();
    let rows: Vec<table::ActiveModel> = rows.into_iter().map(Numbered::into).collect();
    for chunk in rows.chunks(CHUNK) {
        table::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(&**write).await?;
    }
    for chunk in cells.chunks(CHUNK) {
        change_cell::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(&**write).await?;
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
    table::Entity::find_by_id(id.0).one(db).await?.map(|row| Change::try_from(&row)).transpose()
}

/// What a change left behind, as the log keeps it.
pub async fn after_of(
    db: &impl ConnectionTrait,
    region: RegionId,
    seq: i64,
) -> Result<Option<JsonValue>, Fault> {
    let row = table::Entity::find()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Seq.eq(seq))
        .one(db)
        .await?;
    Ok(row.map(|row| row.after))
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

/// Which changes of each of several places are asked for, the newest first.
#[derive(Clone, Copy, Debug)]
pub struct Newest {
    /// Only those before this number.
    pub before: Option<i64>,
    pub of_each: usize,
    /// Of all of them together; the older ones are left out.
    pub most: usize,
}

/// The newest changes of each of these entries, newest first, in one statement.
pub async fn newest_of_entries(
    db: &impl ConnectionTrait,
    entries: &[EntryId],
    newest: Newest,
) -> Result<HashMap<EntryId, Vec<Change>>, Fault> {
    let mut ranked = Query::select();
    ranked
        .columns([table::Column::Id, table::Column::Seq])
        .expr_as(
            Expr::cust("ROW_NUMBER() OVER (PARTITION BY entity_id ORDER BY seq DESC)"),
            Alias::new("place"),
        )
        .from(table::Entity)
        .and_where(table::Column::EntityId.is_in(entries.iter().map(|id| id.0)));
    if let Some(before) = newest.before {
        ranked.and_where(table::Column::Seq.lt(before));
    }
    let statement =
        listed_of(ranked, Expr::col((table::Entity, table::Column::Id)).equals(in_newest("id")), newest)?;
    let mut changes: HashMap<EntryId, Vec<Change>> = HashMap::new();
    for row in Listed::find_by_statement(db.get_database_backend().build(&statement)).all(db).await? {
        changes.entry(EntryId(row.entity_id)).or_default().push(row.try_into()?);
    }
    Ok(changes)
}

/// The newest changes of each of these cells, newest first, in one statement over the index of cells.
pub async fn newest_of_cells(
    db: &impl ConnectionTrait,
    region: RegionId,
    cells: &[CellKey],
    newest: Newest,
) -> Result<HashMap<CellKey, Vec<Change>>, Fault> {
    let of_cell = |cell: &CellKey| {
        in_column((cell.facet, cell.fiscal_year)).add(change_cell::Column::ItemId.eq(cell.item.0))
    };
    let mut ranked = Query::select();
    ranked
        .columns([change_cell::Column::ItemId, change_cell::Column::Facet, change_cell::Column::FiscalYear])
        .column(change_cell::Column::Seq)
        .expr_as(
            Expr::cust("ROW_NUMBER() OVER (PARTITION BY fiscal_year, facet, item_id ORDER BY seq DESC)"),
            Alias::new("place"),
        )
        .from(change_cell::Entity)
        .and_where(change_cell::Column::RegionId.eq(region.0))
        .cond_where(cells.iter().fold(Condition::any(), |any, cell| any.add(of_cell(cell))));
    if let Some(before) = newest.before {
        ranked.and_where(change_cell::Column::Seq.lt(before));
    }
    let same = Expr::col((table::Entity, table::Column::Seq)).equals(in_newest("seq"));
    let mut statement = listed_of(
        ranked,
        same.and(Expr::col((table::Entity, table::Column::RegionId)).eq(region.0)),
        newest,
    )?;
    statement
        .expr_as(Expr::col(in_newest("item_id")), Alias::new("cell_item"))
        .expr_as(Expr::col(in_newest("facet")), Alias::new("cell_facet"))
        .expr_as(Expr::col(in_newest("fiscal_year")), Alias::new("cell_year"));
    let mut changes: HashMap<CellKey, Vec<Change>> = HashMap::new();
    for row in db.query_all(&statement).await? {
        let facet: String = row.try_get("", "cell_facet")?;
        let cell = CellKey {
            item: ItemId(row.try_get("", "cell_item")?),
            facet: Facet::from_code(&facet).ok_or_else(|| Fault::new(format!("unknown facet {facet}")))?,
            fiscal_year: FiscalYear(row.try_get("", "cell_year")?),
        };
        changes.entry(cell).or_default().push(Listed::from_query_result(&row, "")?.try_into()?);
    }
    Ok(changes)
}

fn in_newest(column: &'static str) -> (Alias, Alias) {
    (Alias::new("newest"), Alias::new(column))
}

/// The changes that are among the newest, by rows that tell their `seq` and their `place` among those of one place. No
/// more are looked up in the log than are listed.
fn listed_of(
    ranked: SelectStatement,
    same: impl IntoCondition,
    newest: Newest,
) -> Result<SelectStatement, Fault> {
    let mut among = Query::select();
    among
        .column(Asterisk)
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(Alias::new("place")).lte(u64::try_from(newest.of_each)?))
        .order_by(Alias::new("seq"), Order::Desc)
        .limit(u64::try_from(newest.most)?);
    let mut listed = Query::select();
    listed
        .columns(LISTED.map(|column| (table::Entity, Alias::new(column))))
        .from(table::Entity)
        .join_subquery(JoinType::InnerJoin, among, Alias::new("newest"), same)
        .order_by((table::Entity, table::Column::Seq), Order::Desc);
    Ok(listed)
}

/// The newest `rows` changes of a sheet's log (before number `before`, if given), newest first: one statement, which
/// reads no more of each column's log than the page has rows.
pub async fn page(
    db: &impl ConnectionTrait,
    log: &SheetLog,
    rows: u64,
    before: Option<i64>,
) -> Result<Vec<Change>, Fault> {
    let newest = |mut seen: SelectStatement| {
        if let Some(before) = before {
            seen.and_where(Expr::col(Alias::new("seq")).lt(before));
        }
        seen.order_by(Alias::new("seq"), Order::Desc).limit(rows);
        Query::select().column(Alias::new("seq")).from_subquery(seen, Alias::new("seen")).take()
    };
    let in_columns = log.columns.iter().map(|column| {
        let mut seen = Query::select();
        seen.column(change_cell::Column::Seq)
            .from(change_cell::Entity)
            .and_where(change_cell::Column::RegionId.eq(log.region.0))
            .cond_where(in_column(*column));
        if let Some(item) = log.item {
            seen.and_where(change_cell::Column::ItemId.eq(item.0));
        }
        seen
    });
    let of_sheet = log.sheet.into_iter().map(|sheet| {
        let mut seen = Query::select();
        let snapshots = Query::select()
            .column(snapshot::Column::Id)
            .from(snapshot::Entity)
            .and_where(snapshot::Column::SheetId.eq(sheet.0))
            .take();
        let own = Condition::any()
            .add(table::Column::EntityId.eq(sheet.0))
            .add(table::Column::EntityId.in_subquery(snapshots));
        seen.column(table::Column::Seq)
            .from(table::Entity)
            .and_where(table::Column::RegionId.eq(log.region.0))
            .cond_where(own);
        seen
    });
    let seen = in_columns.chain(of_sheet).map(newest).reduce(|mut all, seen| {
        all.union(UnionType::Distinct, seen);
        all
    });
    let Some(seen) = seen else { return Ok(Vec::new()) };
    let mut page = Query::select();
    page.columns(LISTED.map(Alias::new))
        .from(table::Entity)
        .and_where(table::Column::RegionId.eq(log.region.0))
        .and_where(Expr::col(Alias::new("seq")).in_subquery(seen))
        .order_by(Alias::new("seq"), Order::Desc)
        .limit(rows);
    if let Some(from) = log.from {
        // Times go up with numbers, so that the newest rows hold all that are new enough.
        page.and_where(table::Column::At.gte(from));
    }
    let listed = Listed::find_by_statement(db.get_database_backend().build(&page)).all(db).await?;
    listed.into_iter().map(Change::try_from).collect()
}

/// What has to be known of a region's changes after number `after`, up to number `until`, to tell what became of the
/// entries that are `standing` and of those that came, went or moved between them: each one's first and last change, and
/// all that may have moved something, oldest first; `None` if that is more than [`limits::CHANGES_SINCE`]. How often
/// entries were edited in their places does not matter.
pub async fn telling_between(
    db: &impl ConnectionTrait,
    region: RegionId,
    standing: impl Iterator<Item = EntryId>,
    after: i64,
    until: i64,
) -> Result<Option<Vec<EntryChange>>, Fault> {
    let between = || Condition::all().add(table::Column::Seq.gt(after)).add(table::Column::Seq.lte(until));
    let placing = |column| {
        let mut placing = Query::select();
        placing.column(column).from(table::Entity).and_where(table::Column::RegionId.eq(region.0));
        placing.cond_where(between()).and_where(Expr::cust(PLACING)).take()
    };
    let entries = [
        table::Column::EntityId.is_in(standing.map(|id| id.0)),
        table::Column::EntityId.in_subquery(placing(table::Column::EntityId)),
    ];
    // All of them are the region's. If it were asked for, SQLite would read its whole log instead of theirs.
    let ends = |entries: Expr, end: Expr| {
        let mut ends = Query::select();
        ends.expr(end).from(table::Entity).cond_where(between()).and_where(entries);
        ends.group_by_col(table::Column::EntityId).take()
    };
    let mut telling = placing(table::Column::Seq);
    for entries in entries {
        telling.union(UnionType::Distinct, ends(entries.clone(), table::Column::Seq.min()));
        telling.union(UnionType::Distinct, ends(entries, table::Column::Seq.max()));
    }
    let max = limits::CHANGES_SINCE;
    let rows = table::Entity::find()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Seq.in_subquery(telling))
        .order_by_asc(table::Column::Seq)
        .limit(u64::try_from(max)? + 1)
        .all(db)
        .await?;
    if rows.len() > max {
        return Ok(None);
    }
    rows.into_iter().map(EntryChange::try_from).collect::<Result<_, _>>().map(Some)
}

/// What these changes did to entries; those of something else are left out.
pub async fn of_entries(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = ChangeId>,
) -> Result<Vec<EntryChange>, Fault> {
    let rows = table::Entity::find()
        .filter(table::Column::Id.is_in(ids.map(|id| id.0)))
        .filter(table::Column::Entity.eq(Entity::Entry.code()))
        .all(db)
        .await?;
    rows.into_iter().map(EntryChange::try_from).collect()
}

fn in_column((facet, year): (Facet, FiscalYear)) -> Condition {
    Condition::all()
        .add(change_cell::Column::Facet.eq(facet.code()))
        .add(change_cell::Column::FiscalYear.eq(year.0))
}

/// The columns of [`Listed`].
const LISTED: [&str; 11] = [
    "id",
    "region_id",
    "seq",
    "at",
    "by_id",
    "by_name",
    "by_organization",
    "via_token",
    "entity_id",
    "action",
    "summary",
];

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
    via_token: Option<String>,
    entity_id: Uuid,
    action: String,
    summary: String,
}

impl Numbered<'_> {
    fn cells(&self) -> impl Iterator<Item = change_cell::ActiveModel> {
        self.change.cells.iter().map(|cell| change_cell::ActiveModel {
            region_id: Set(self.region.0),
            fiscal_year: Set(cell.fiscal_year.0),
            facet: Set(cell.facet.code().to_owned()),
            item_id: Set(cell.item.0),
            seq: Set(self.seq),
        })
    }
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
            via_token: Set(row.by.via_token.clone()),
        }
    }
}

impl TryFrom<&table::Model> for Change {
    type Error = Fault;

    fn try_from(row: &table::Model) -> Result<Self, Fault> {
        Ok(Change {
            id: ChangeId(row.id),
            region: RegionId(row.region_id),
            seq: row.seq,
            at: row.at,
            by: By {
                account: row.by_id.map(AccountId),
                name: row.by_name.clone(),
                organization: row.by_organization.clone(),
                via_token: row.via_token.clone(),
            },
            action: action(&row.action)?,
            summary: row.summary.clone(),
        })
    }
}

impl TryFrom<Listed> for Change {
    type Error = Fault;

    fn try_from(row: Listed) -> Result<Self, Fault> {
        Ok(Change {
            id: ChangeId(row.id),
            region: RegionId(row.region_id),
            seq: row.seq,
            at: row.at,
            by: By {
                account: row.by_id.map(AccountId),
                name: row.by_name,
                organization: row.by_organization,
                via_token: row.via_token,
            },
            action: action(&row.action)?,
            summary: row.summary,
        })
    }
}

fn action(code: &str) -> Result<Action, Fault> {
    Action::from_code(code).ok_or_else(|| Fault::new(format!("unknown action {code}")))
}

impl TryFrom<table::Model> for EntryChange {
    type Error = Fault;

    fn try_from(row: table::Model) -> Result<Self, Fault> {
        let placed = |json: JsonValue| serde_json::from_value::<Placed>(json);
        Ok(EntryChange {
            change: Change::try_from(&row)?,
            before: row.before.map(placed).transpose()?,
            after: placed(row.after)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_places_is_what_is_not_done_in_place() {
        let in_place = Action::IN_PLACE.map(|action| format!("'{}'", action.code())).join(", ");
        assert_eq!(PLACING, format!("entity = '{}' AND action NOT IN ({in_place})", Entity::Entry.code()));
    }
}
