//! Queries of the change log. Rows are added here and nowhere else, and never altered.

use super::{
    Action, By, Change, Entity, EntryChange, LogRow, NewChange, SheetLog,
    table::{change as table, change_cell},
};
use crate::{
    Fault,
    db::Write,
    entry::{CellKey, Placed, table as entry},
    snapshot::table as snapshot,
};
use renkei_domain::{AccountId, ChangeId, EntryId, Facet, FiscalYear, ItemId, RegionId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityName, EntityTrait, ExprTrait, FromJsonQueryResult,
    FromQueryResult, JoinType, JsonValue, QueryFilter, QueryOrder, QuerySelect, Select, Set,
    sea_query::{Alias, Expr, Func, Order, Query, SelectStatement, UnionType, ValueTuple},
};
use serde::{Deserialize, Serialize};
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

/// A region's rows after a number, in order, at most `rows`.
pub async fn after(
    db: &impl ConnectionTrait,
    region: RegionId,
    seq: i64,
    rows: u64,
) -> Result<Vec<LogRow>, Fault> {
    let rows = table::Entity::find()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Seq.gt(seq))
        .order_by_asc(table::Column::Seq)
        .limit(rows)
        .all(db)
        .await?;
    let logged = |row: table::Model| {
        let unknown = || Fault::new(format!("unknown entity {}", row.entity));
        Ok(LogRow {
            change: Change::try_from(&row)?,
            entity: Entity::from_code(&row.entity).ok_or_else(unknown)?,
            entity_id: row.entity_id,
            before: row.before,
            after: row.after,
        })
    };
    rows.into_iter().map(logged).collect()
}

/// The number of a region's last change; 0 if there is none.
pub async fn newest_seq(db: &impl ConnectionTrait, region: RegionId) -> Result<i64, Fault> {
    let newest: Option<Option<i64>> = table::Entity::find()
        .select_only()
        .column_as(table::Column::Seq.max(), "seq")
        .filter(table::Column::RegionId.eq(region.0))
        .into_tuple()
        .one(db)
        .await?;
    Ok(newest.flatten().unwrap_or_default())
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
    let row = made().filter(table::Column::Id.eq(id.0)).into_model::<Made>().one(db).await?;
    row.map(EntryChange::try_from).transpose()
}

/// What made an entry's version what it is.
pub async fn of_version(
    db: &impl ConnectionTrait,
    entry: EntryId,
    version: i32,
) -> Result<Option<EntryChange>, Fault> {
    let row = made()
        .filter(table::Column::EntityId.eq(entry.0))
        .filter(table::Column::Version.eq(version))
        .into_model::<Made>()
        .one(db)
        .await?;
    row.map(EntryChange::try_from).transpose()
}

/// People's changes of a region's entries, oldest first; tags alone included.
pub async fn of_people(db: &impl ConnectionTrait, region: RegionId) -> Result<Vec<EntryChange>, Fault> {
    let rows = made()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::ById.is_not_null())
        .order_by_asc(table::Column::Seq)
        .into_model::<Made>()
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

/// As many rows as there are, in a statement: a number that both databases take.
const EVERY: usize = u32::MAX as usize;

/// Which changes of each of several places are asked for, the newest first.
#[derive(Clone, Copy, Debug)]
pub struct Newest {
    /// Only those before this number.
    pub before: Option<i64>,
    pub of_each: usize,
    /// Of all of them together; the older ones are left out.
    pub most: usize,
}

/// The newest changes of each of these entries of a region, newest first, in one statement.
pub async fn newest_of_entries(
    db: &impl ConnectionTrait,
    region: RegionId,
    entries: &[EntryId],
    newest: Newest,
) -> Result<HashMap<EntryId, Vec<Change>>, Fault> {
    let places = entries.iter().map(|id| ValueTuple::One(id.0.into()));
    let index = (table::Entity.table_name(), ["entity_id"].as_slice());
    let mut changes: HashMap<EntryId, Vec<Change>> = HashMap::new();
    let Some(statement) = newest.of(index, region, places)? else { return Ok(changes) };
    for row in Listed::find_by_statement(db.get_database_backend().build(&statement)).all(db).await? {
        changes.entry(EntryId(row.entity_id)).or_default().push(row.try_into()?);
    }
    Ok(changes)
}

/// The newest changes of each of these cells, newest first, in one statement.
pub async fn newest_of_cells(
    db: &impl ConnectionTrait,
    region: RegionId,
    cells: &[CellKey],
    newest: Newest,
) -> Result<HashMap<CellKey, Vec<Change>>, Fault> {
    let place = |cell: &CellKey| {
        let (year, facet) = (cell.fiscal_year.0.into(), cell.facet.code().into());
        ValueTuple::Many(vec![region.0.into(), year, facet, cell.item.0.into()])
    };
    let columns = ["region_id", "fiscal_year", "facet", "item_id"];
    let index = (change_cell::Entity.table_name(), columns.as_slice());
    let mut changes: HashMap<CellKey, Vec<Change>> = HashMap::new();
    let Some(statement) = newest.of(index, region, cells.iter().map(place))? else { return Ok(changes) };
    for row in db.query_all(&statement).await? {
        let facet: String = row.try_get("", "place3")?;
        let cell = CellKey {
            fiscal_year: FiscalYear(row.try_get("", "place2")?),
            facet: Facet::from_code(&facet).ok_or_else(|| Fault::new(format!("unknown facet {facet}")))?,
            item: ItemId(row.try_get("", "place4")?),
        };
        changes.entry(cell).or_default().push(Listed::from_query_result(&row, "")?.try_into()?);
    }
    Ok(changes)
}

impl Newest {
    /// The newest changes of each of these places of a region, newest first, each with its place as `place1` and so on;
    /// nothing for no places. `index`: the table that has an index from places to numbers, and its columns. It is read
    /// as far as changes are asked for, however long the log is, and no more are looked up in the log than are listed.
    fn of(
        self,
        (index, columns): (&'static str, &[&'static str]),
        region: RegionId,
        places: impl Iterator<Item = ValueTuple>,
    ) -> Result<Option<SelectStatement>, Fault> {
        let places: Vec<ValueTuple> = places.collect();
        let Some(last) = u64::try_from(self.of_each)?.checked_sub(1).filter(|_| !places.is_empty()) else {
            return Ok(None);
        };
        let seen = |place: &'static str, names: fn(usize) -> String| {
            let mut seen = Condition::all();
            for (nth, column) in (1..).zip(columns) {
                seen = seen.add(Expr::col(("seen", *column)).equals((place, Alias::new(names(nth)))));
            }
            seen.add_option(self.before.map(|before| Expr::col(("seen", "seq")).lt(before)))
        };
        let names = |prefix: &'static str| (1..=columns.len()).map(move |nth| format!("{prefix}{nth}"));
        // So both databases call the columns of VALUES.
        let mut oldest = Query::select();
        oldest.column(("seen", "seq")).from_as(index, "seen");
        oldest.cond_where(seen("asked", |nth| format!("column{nth}")));
        oldest.order_by(("seen", "seq"), Order::Desc).limit(1).offset(last);
        let mut starts = Query::select();
        for (column, place) in names("column").zip(names("place")) {
            starts.expr_as(Expr::col(("asked", Alias::new(column))), Alias::new(place));
        }
        starts
            .expr_as(Func::coalesce([oldest.take().into(), Expr::value(0)]), "oldest")
            .from_values(places, "asked");
        let mut among = Query::select();
        among.column(("seen", "seq")).columns(names("place").map(|place| ("start", Alias::new(place))));
        among.from_subquery(starts.take(), "start").join_as(
            JoinType::InnerJoin,
            index,
            "seen",
            seen("start", |nth| format!("place{nth}"))
                .add(Expr::col(("seen", "seq")).gte(Expr::col(("start", "oldest")))),
        );
        among.order_by(("seen", "seq"), Order::Desc).limit(u64::try_from(self.most.min(EVERY))?);
        let mut listed = Query::select();
        listed
            .columns(LISTED.map(|column| (table::Entity, column)))
            .columns(names("place").map(|place| ("among", Alias::new(place))))
            .from(table::Entity)
            .join_subquery(
                JoinType::InnerJoin,
                among.take(),
                "among",
                Condition::all()
                    .add(Expr::col((table::Entity, table::Column::RegionId)).eq(region.0))
                    .add(Expr::col((table::Entity, table::Column::Seq)).equals(("among", "seq"))),
            )
            .order_by((table::Entity, table::Column::Seq), Order::Desc);
        Ok(Some(listed))
    }
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
        // All of it is the region's. If that were asked for, SQLite would read the region's whole log instead.
        seen.column(table::Column::Seq).from(table::Entity).cond_where(own);
        seen
    });
    let seen = in_columns.chain(of_sheet).map(newest).reduce(|mut all, seen| {
        all.union(UnionType::Distinct, seen);
        all
    });
    let Some(seen) = seen else { return Ok(Vec::new()) };
    // The page's own, before they are looked up: each column may have as many.
    let seen = newest(seen);
    let mut page = Query::select();
    page.columns(LISTED)
        .from(table::Entity)
        .and_where(table::Column::RegionId.eq(log.region.0))
        .and_where(Expr::col(Alias::new("seq")).in_subquery(seen))
        .order_by(Alias::new("seq"), Order::Desc);
    if let Some(from) = log.from {
        // Times go up with numbers, so that the newest rows hold all that are new enough.
        page.and_where(table::Column::At.gte(from));
    }
    let listed = Listed::find_by_statement(db.get_database_backend().build(&page)).all(db).await?;
    listed.into_iter().map(Change::try_from).collect()
}

/// What has to be known of a region's changes after number `after`, up to number `until`, to tell what became of the
/// entries that are `standing` and of those that came, went or moved between them: each one's first and last change, and
/// all that may have moved something, oldest first and at most so many. How often entries were edited in their
/// places does not matter.
pub async fn telling_between(
    db: &impl ConnectionTrait,
    region: RegionId,
    standing: impl Iterator<Item = EntryId>,
    after: i64,
    until: i64,
    most: usize,
) -> Result<Vec<EntryChange>, Fault> {
    let between = || Condition::all().add(table::Column::Seq.gt(after)).add(table::Column::Seq.lte(until));
    let placing = |column| {
        let mut placing = Query::select();
        placing.column(column).from(table::Entity).and_where(table::Column::RegionId.eq(region.0));
        placing.cond_where(between()).and_where(Expr::cust(PLACING)).take()
    };
    let mut touched = Query::select();
    touched
        .expr_as(Expr::col(entry::Column::Id), "entry")
        .from(entry::Entity)
        .and_where(entry::Column::Id.is_in(standing.map(|id| id.0)))
        .union(UnionType::Distinct, placing(table::Column::EntityId));
    // Looked up one by one: to group their changes would be to read all of them.
    let end = |order| {
        let mut own = Query::select();
        own.column(("own", "seq"))
            .from_as(table::Entity, "own")
            .and_where(Expr::col(("own", "entity_id")).equals(("touched", "entry")))
            .and_where(Expr::col(("own", "seq")).gt(after))
            .and_where(Expr::col(("own", "seq")).lte(until))
            .order_by(("own", "seq"), order)
            .limit(1);
        Query::select().expr(own).from_subquery(touched.clone(), "touched").take()
    };
    let mut telling = placing(table::Column::Seq);
    telling.union(UnionType::Distinct, end(Order::Asc)).union(UnionType::Distinct, end(Order::Desc));
    let rows = made()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Seq.in_subquery(telling))
        .order_by_asc(table::Column::Seq)
        .limit(u64::try_from(most)?)
        .into_model::<Made>()
        .all(db)
        .await?;
    rows.into_iter().map(EntryChange::try_from).collect()
}

/// What these changes did to entries; those of something else are left out.
pub async fn of_entries(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = ChangeId>,
) -> Result<Vec<EntryChange>, Fault> {
    let rows =
        made().filter(table::Column::Id.is_in(ids.map(|id| id.0))).into_model::<Made>().all(db).await?;
    rows.into_iter().map(EntryChange::try_from).collect()
}

fn in_column((facet, year): (Facet, FiscalYear)) -> Condition {
    Condition::all()
        .add(change_cell::Column::Facet.eq(facet.code()))
        .add(change_cell::Column::FiscalYear.eq(year.0))
}

/// The columns of [`Listed`].
const LISTED: [table::Column; 11] = [
    table::Column::Id,
    table::Column::RegionId,
    table::Column::Seq,
    table::Column::At,
    table::Column::ById,
    table::Column::ByName,
    table::Column::ByOrganization,
    table::Column::ViaToken,
    table::Column::EntityId,
    table::Column::Action,
    table::Column::Summary,
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

/// A change of an entry.
#[derive(FromQueryResult)]
struct Made {
    #[sea_orm(nested)]
    listed: Listed,
    before: Option<Kept>,
    after: Kept,
}

/// An entry as it stands in the log, read without a detour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
struct Kept(Placed);

/// The rows of [`Made`].
fn made() -> Select<table::Entity> {
    table::Entity::find()
        .select_only()
        .columns(LISTED)
        .columns([table::Column::Before, table::Column::After])
        .filter(table::Column::Entity.eq(Entity::Entry.code()))
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

impl TryFrom<Made> for EntryChange {
    type Error = Fault;

    fn try_from(row: Made) -> Result<Self, Fault> {
        Ok(EntryChange {
            change: row.listed.try_into()?,
            before: row.before.map(|kept| kept.0),
            after: row.after.0,
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
