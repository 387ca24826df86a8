//! Queries of the change log. Rows are added here and nowhere else, and never altered.

use super::{
    Action, By, Change, Entity, EntryChange, LogRow, NewChange, Newest, SheetLog, Unseen,
    table::{change as table, change_cell, snapshot},
};
use crate::{
    Fault,
    db::{Code, LIST, Write},
    entry::{self, CellKey, Placed},
};
use itertools::Itertools;
use renkei_domain::{AccountId, ChangeId, EntryId, Facet, FiscalYear, ItemId, RegionId, SheetId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DerivePartialModel, EntityName, EntityTrait, ExprTrait,
    FromJsonQueryResult, FromQueryResult, JoinType, JsonValue, PartialModelTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set,
    sea_query::{Alias, Expr, Func, Order, Query, SelectStatement, SimpleExpr, UnionType, ValueTuple},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Of an entry, and none of [`Action::IN_PLACE`]: in the words of the index `change_places`, without which SQLite would
/// not use it.
const PLACING: &str = "entity = 'ENTRY' AND action NOT IN ('UPDATE', 'ASSIGN')";

/// Adds rows; their numbers are taken already.
pub async fn insert(write: &Write, rows: Vec<Numbered<'_>>) -> Result<(), Fault> {
    let cells: Vec<change_cell::ActiveModel> = rows.iter().flat_map(Numbered::cells).collect();
    write.insert_many(rows.into_iter().map(table::ActiveModel::from).collect()).await?;
    write.insert_many(cells).await
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
    let row = table::Entity::find_by_id(id.0).into_partial_model::<Listed>().one(db).await?;
    Ok(row.map(Change::from))
}

/// Changes by their ids, without their texts.
pub async fn listed(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = ChangeId>,
) -> Result<HashMap<ChangeId, Change>, Fault> {
    let ids: Vec<Uuid> = ids.map(|id| id.0).unique().collect();
    let mut changes = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LIST) {
        let rows = table::Entity::find().filter(table::Column::Id.is_in(ids.iter().copied()));
        for row in rows.into_partial_model::<Listed>().all(db).await? {
            changes.insert(ChangeId(row.id), Change::from(row));
        }
    }
    Ok(changes)
}

/// How many changes of others are new on each of these sheets, each column's newest `most` looked at: one statement for
/// some thousand sheets.
pub async fn count_new(
    db: &impl ConnectionTrait,
    unseen: &[Unseen],
    author: AccountId,
    most: usize,
) -> Result<HashMap<SheetId, i64>, Fault> {
    /// Of each row of VALUES.
    const VALUES: usize = 5;
    let columns = |one: &Unseen| {
        let (sheet, region, after) = (one.sheet.0, one.region.0, one.after);
        let value = move |(facet, year): &(Facet, FiscalYear)| {
            let (year, facet) = (year.0.into(), Code(*facet).into());
            ValueTuple::Many(vec![sheet.into(), region.into(), year, facet, after.into()])
        };
        one.columns.iter().map(value).collect::<Vec<_>>()
    };
    let columns: Vec<ValueTuple> = unseen.iter().flat_map(columns).collect();
    let mut counts: HashMap<SheetId, i64> = HashMap::new();
    for columns in columns.chunks(LIST / VALUES) {
        // So both databases call the columns of VALUES.
        let asked = |column| Expr::col(("asked", column));
        let mut newest = Query::select();
        newest
            .columns([("seen", "region_id"), ("seen", "seq")])
            .from_as(change_cell::Entity, "seen")
            .and_where(Expr::col(("seen", "region_id")).equals(("asked", "column2")))
            .and_where(Expr::col(("seen", "fiscal_year")).equals(("asked", "column3")))
            .and_where(Expr::col(("seen", "facet")).equals(("asked", "column4")))
            .and_where(Expr::col(("seen", "seq")).gt(asked("column5")))
            .order_by(("seen", "seq"), Order::Desc)
            .limit(u64::try_from(most)?);
        let mut of_others = Query::select();
        of_others
            .expr(Expr::col(("made", "id")).count())
            .from_subquery(newest.take(), "newest")
            .join_as(
                JoinType::InnerJoin,
                table::Entity,
                "made",
                Expr::col(("made", "region_id"))
                    .equals(("newest", "region_id"))
                    .and(Expr::col(("made", "seq")).equals(("newest", "seq"))),
            )
            .cond_where(
                Condition::any()
                    .add(Expr::col(("made", "by_id")).is_null())
                    .add(Expr::col(("made", "by_id")).ne(author.0)),
            );
        let mut counted = Query::select();
        counted
            .expr_as(asked("column1"), "sheet_id")
            .expr_as(of_others.take(), "new")
            .from_values(columns.iter().cloned(), "asked");
        for row in db.query_all(&counted).await? {
            let sheet = SheetId(row.try_get("", "sheet_id")?);
            *counts.entry(sheet).or_default() += row.try_get::<i64>("", "new")?;
        }
    }
    Ok(counts)
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
        .into_partial_model::<Stored>()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(LogRow::from).collect())
}

/// The entries' changes among a region's `rows` changes after a number, in order.
pub async fn of_entries_after(
    db: &impl ConnectionTrait,
    region: RegionId,
    seq: i64,
    rows: usize,
) -> Result<Vec<EntryChange>, Fault> {
    let rows = made()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Seq.gt(seq))
        .filter(table::Column::Seq.lte(seq + i64::try_from(rows)?))
        .order_by_asc(table::Column::Seq)
        .into_partial_model()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Made::into).collect())
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
    Ok(made().filter(table::Column::Id.eq(id.0)).into_partial_model().one(db).await?.map(Made::into))
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
        .into_partial_model()
        .one(db)
        .await?;
    Ok(row.map(Made::into))
}

/// What made each of these versions of entries what it is, in one statement for some thousand.
pub async fn of_versions(
    db: &impl ConnectionTrait,
    versions: &[(EntryId, i32)],
) -> Result<HashMap<(EntryId, i32), EntryChange>, Fault> {
    let mut found = HashMap::with_capacity(versions.len());
    for versions in versions.chunks(LIST) {
        // Grouped, because SQLite nests each further alternative one level deeper.
        let by_number = versions.iter().map(|(entry, number)| (*number, entry.0)).into_group_map();
        let wanted = by_number.into_iter().fold(Condition::any(), |wanted, (number, entries)| {
            let of_number = table::Column::Version.eq(number).and(table::Column::EntityId.is_in(entries));
            wanted.add(of_number)
        });
        for row in made().filter(wanted).into_partial_model().all(db).await? {
            let change: EntryChange = Made::into(row);
            found.insert((change.after.entry.id, change.after.entry.version), change);
        }
    }
    Ok(found)
}

/// What may have put any of these entries into another place after a version: moves and restorations.
pub async fn placings_after(
    db: &impl ConnectionTrait,
    entries: &[EntryId],
    version: i32,
) -> Result<Vec<EntryChange>, Fault> {
    let mut placings = Vec::new();
    for entries in entries.chunks(LIST) {
        let rows = made()
            .filter(table::Column::EntityId.is_in(entries.iter().map(|id| id.0)))
            .filter(table::Column::Version.gt(version))
            .filter(table::Column::Action.is_in([Action::Move, Action::Restore]))
            .into_partial_model()
            .all(db)
            .await?;
        placings.extend(rows.into_iter().map(Made::into));
    }
    Ok(placings)
}

/// People's changes of entries in these columns, oldest first; tags alone included.
pub async fn of_people(
    db: &impl ConnectionTrait,
    region: RegionId,
    columns: impl Iterator<Item = (Facet, FiscalYear)>,
) -> Result<Vec<EntryChange>, Fault> {
    let seen = change_cell::Entity::find()
        .select_only()
        .column(change_cell::Column::Seq)
        .filter(change_cell::Column::RegionId.eq(region.0))
        .filter(columns.map(in_column).fold(Condition::any(), Condition::add));
    let rows = made()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Seq.in_subquery(seen.into_query()))
        .filter(table::Column::ById.is_not_null())
        .order_by_asc(table::Column::Seq)
        .into_partial_model()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Made::into).collect())
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
        .filter(table::Column::Entity.eq(Entity::Entry))
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
        .filter(table::Column::Entity.eq(Entity::Entry))
        .filter(table::Column::Action.eq(Action::Create))
        .filter(table::Column::ById.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(EntryId).collect())
}

/// As many rows as there are, in a statement: a number that both databases take.
const EVERY: usize = u32::MAX as usize;

/// The newest changes of each of these entries, newest first, in one statement for [`LIST`] entries.
pub async fn newest_of_entries(
    db: &impl ConnectionTrait,
    entries: &[EntryId],
    newest: Newest,
) -> Result<HashMap<EntryId, Vec<Change>>, Fault> {
    let index = (table::Entity.table_name(), ["entity_id"].as_slice());
    let mut changes: HashMap<EntryId, Vec<Change>> = HashMap::new();
    for entries in entries.chunks(LIST) {
        let places = entries.iter().map(|id| ValueTuple::One(id.0.into()));
        let Some(listed) = newest.of(index, places)? else { break };
        for row in listed.into_partial_model::<Listed>().all(db).await? {
            changes.entry(EntryId(row.entity_id)).or_default().push(row.into());
        }
    }
    changes.values_mut().for_each(|changes| newest_first(changes));
    Ok(changes)
}

/// The newest changes of each of these cells, newest first, in one statement for some thousand cells.
pub async fn newest_of_cells(
    db: &impl ConnectionTrait,
    region: RegionId,
    cells: &[CellKey],
    newest: Newest,
) -> Result<HashMap<CellKey, Vec<Change>>, Fault> {
    let place = |cell: &CellKey| {
        let (year, facet) = (cell.fiscal_year.0.into(), Code(cell.facet).into());
        ValueTuple::Many(vec![region.0.into(), year, facet, cell.item.0.into()])
    };
    let columns = ["region_id", "fiscal_year", "facet", "item_id"];
    let index = (change_cell::Entity.table_name(), columns.as_slice());
    let mut changes: HashMap<CellKey, Vec<Change>> = HashMap::new();
    for cells in cells.chunks(LIST / columns.len()) {
        let Some(listed) = newest.of(index, cells.iter().map(place))? else { break };
        let mut listed = Listed::select_cols(listed.select_only()).into_query();
        listed.columns(PLACE.map(|place| ("among", place)));
        for row in db.query_all(&listed).await? {
            let Code(facet): Code<Facet> = row.try_get("", "place3")?;
            let fiscal_year = FiscalYear(row.try_get("", "place2")?);
            let cell = CellKey { fiscal_year, facet, item: ItemId(row.try_get("", "place4")?) };
            changes.entry(cell).or_default().push(Listed::from_query_result(&row, "")?.into());
        }
    }
    changes.values_mut().for_each(|changes| newest_first(changes));
    Ok(changes)
}

fn newest_first(changes: &mut [Change]) {
    changes.sort_by_key(|change| std::cmp::Reverse(change.seq));
}

/// What [`Newest::of`] calls the columns of a cell.
const PLACE: [&str; 4] = ["place1", "place2", "place3", "place4"];

impl Newest {
    /// The newest changes of each of these places, in no order, each joined to its place, `place1` and so on of `among`;
    /// nothing for no places. `index`: the table that has an index from places to numbers, and its columns. It is read
    /// as far as changes are asked for, however long the log is, and no more are looked up in the log than are listed.
    fn of(
        self,
        (index, columns): (&'static str, &[&'static str]),
        places: impl Iterator<Item = ValueTuple>,
    ) -> Result<Option<Select<table::Entity>>, Fault> {
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
        among
            .columns([("seen", "region_id"), ("seen", "seq")])
            .columns(names("place").map(|place| ("start", Alias::new(place))));
        among.from_subquery(starts.take(), "start").join_as(
            JoinType::InnerJoin,
            index,
            "seen",
            seen("start", |nth| format!("place{nth}"))
                .add(Expr::col(("seen", "seq")).gte(Expr::col(("start", "oldest")))),
        );
        among.order_by(("seen", "seq"), Order::Desc).limit(u64::try_from(self.most.min(EVERY))?);
        // The region is told by what is listed: where it is told beforehand, SQLite reads all of its log.
        let own = |column: table::Column| Expr::col((table::Entity, column)).equals(("among", column));
        let mut listed = table::Entity::find();
        QueryTrait::query(&mut listed).join_subquery(
            JoinType::InnerJoin,
            among.take(),
            "among",
            own(table::Column::RegionId).and(own(table::Column::Seq)),
        );
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
            seen.and_where(Expr::col("seq").lt(before));
        }
        seen.order_by("seq", Order::Desc).limit(rows);
        Query::select().column("seq").from_subquery(seen, "seen").take()
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
    // All of it is the region's. If that were asked for, SQLite would read the region's whole log instead.
    let of_sheet = log.sheet.into_iter().flat_map(|sheet| {
        let own = table::Entity::find().select_only().column(table::Column::Seq);
        let snapshots = snapshot::Entity::find().select_only().column(snapshot::Column::Seq);
        [
            own.filter(table::Column::EntityId.eq(sheet.0)).into_query(),
            snapshots.filter(snapshot::Column::SheetId.eq(sheet.0)).into_query(),
        ]
    });
    let seen = in_columns.chain(of_sheet).map(newest).reduce(|mut all, seen| {
        all.union(UnionType::Distinct, seen);
        all
    });
    let Some(seen) = seen else { return Ok(Vec::new()) };
    // The page's own, before they are looked up: each column may have as many.
    let seen = newest(seen);
    let page = table::Entity::find()
        .filter(table::Column::RegionId.eq(log.region.0))
        .filter(table::Column::Seq.in_subquery(seen))
        // Times go up with numbers, so that the newest rows hold all that are new enough.
        .apply_if(log.from, |page, from| page.filter(table::Column::At.gte(from)))
        .order_by_desc(table::Column::Seq);
    let listed = page.into_partial_model::<Listed>().all(db).await?;
    Ok(listed.into_iter().map(Change::from).collect())
}

/// What has to be known of a region's changes after number `after`, up to number `until`, to tell what became of the
/// entries in these columns and of those that came, went or moved between them: each one's first and last change, and
/// all that may have moved something, oldest first and at most so many. How often entries were edited in their
/// places does not matter.
pub async fn telling_between(
    db: &impl ConnectionTrait,
    region: RegionId,
    columns: impl Iterator<Item = (Facet, FiscalYear)>,
    after: i64,
    until: i64,
    most: usize,
) -> Result<Vec<EntryChange>, Fault> {
    let placed_after = || table::Column::Seq.gt(after);
    let placing = |column, seq: Condition| {
        let changes = table::Entity::find().select_only().column(column).filter(seq);
        let changes = changes.filter(table::Column::RegionId.eq(region.0)).filter(Expr::cust(PLACING));
        changes.into_query()
    };
    // What is there now, and what came or went since, also after `until`: so nothing is missed that was there then.
    let mut touched = entry::living_ids(region, columns);
    touched
        .union(UnionType::Distinct, placing(table::Column::EntityId, Condition::all().add(placed_after())));
    // Looked up one by one: to group their changes would be to read all of them.
    let end = |order| {
        let mut own = Query::select();
        own.column(("own", "seq"))
            .from_as(table::Entity, "own")
            .and_where(Expr::col(("own", "entity_id")).equals(("touched", "id")))
            .and_where(Expr::col(("own", "seq")).gt(after))
            .and_where(Expr::col(("own", "seq")).lte(until))
            .order_by(("own", "seq"), order)
            .limit(1);
        Query::select().expr(own).from_subquery(touched.clone(), "touched").take()
    };
    let between = Condition::all().add(placed_after()).add(table::Column::Seq.lte(until));
    let mut telling = placing(table::Column::Seq, between);
    telling.union(UnionType::Distinct, end(Order::Asc)).union(UnionType::Distinct, end(Order::Desc));
    let rows = made()
        .filter(table::Column::RegionId.eq(region.0))
        .filter(table::Column::Seq.in_subquery(telling))
        .order_by_asc(table::Column::Seq)
        .limit(u64::try_from(most)?)
        .into_partial_model()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Made::into).collect())
}

/// What these changes did to entries; those of something else are left out.
pub async fn of_entries(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = ChangeId>,
) -> Result<Vec<EntryChange>, Fault> {
    let ids = ids.map(|id| id.0);
    let rows = made().filter(table::Column::Id.is_in(ids)).into_partial_model().all(db).await?;
    Ok(rows.into_iter().map(Made::into).collect())
}

fn in_column((facet, year): (Facet, FiscalYear)) -> Condition {
    Condition::all()
        .add(change_cell::Column::Facet.eq(Code(facet)))
        .add(change_cell::Column::FiscalYear.eq(year.0))
}

/// A change without the texts before and after it.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "table::Entity")]
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
    action: Action,
    summary: String,
}

/// What is told of a change, as the row keeps it.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "table::Entity")]
struct Stored {
    #[sea_orm(nested)]
    listed: Listed,
    entity: Entity,
    before: Option<JsonValue>,
    after: JsonValue,
}

/// A change of an entry.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "table::Entity")]
struct Made {
    #[sea_orm(nested)]
    listed: Listed,
    #[sea_orm(from_expr = "before()")]
    before: Option<Kept>,
    after: Kept,
}

/// An entry as it stands in the log, read without a detour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
struct Kept(Placed);

/// What a row keeps of before; of an entry that was edited in its place, what its previous change left.
fn before() -> SimpleExpr {
    let own = |column: table::Column| Expr::col((table::Entity, column));
    let previous = |column: table::Column| Expr::col(("previous", column));
    let left = Query::select()
        .expr(previous(table::Column::After))
        .from_as(table::Entity, "previous")
        .and_where(previous(table::Column::EntityId).eq(own(table::Column::EntityId)))
        .and_where(previous(table::Column::Seq).lt(own(table::Column::Seq)))
        .order_by(("previous", table::Column::Seq), Order::Desc)
        .limit(1)
        .take();
    let omitted = Condition::all()
        .add(own(table::Column::Before).is_null())
        .add(own(table::Column::Entity).eq(Entity::Entry))
        .add(own(table::Column::Action).is_in(Action::IN_PLACE));
    Expr::case(omitted, left).finally(own(table::Column::Before)).into()
}

/// The rows of [`Made`].
fn made() -> Select<table::Entity> {
    table::Entity::find().filter(table::Column::Entity.eq(Entity::Entry))
}

impl Numbered<'_> {
    /// The change as it will be read.
    pub fn appended(&self) -> Change {
        Change {
            id: self.id,
            region: self.region,
            seq: self.seq,
            at: self.at,
            by: self.by.clone(),
            action: self.change.action,
            summary: self.change.summary.clone(),
        }
    }

    fn cells(&self) -> impl Iterator<Item = change_cell::ActiveModel> {
        self.change.cells.iter().map(|cell| change_cell::ActiveModel {
            region_id: Set(self.region.0),
            fiscal_year: Set(cell.fiscal_year.0),
            facet: Set(Code(cell.facet)),
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
            entity: Set(row.change.entity),
            entity_id: Set(row.change.entity_id),
            version: Set(row.change.version),
            action: Set(row.change.action),
            summary: Set(row.change.summary),
            before: Set(row.change.before),
            after: Set(row.change.after),
            request_id: Set(row.change.request.map(|request| request.0)),
            via_token: Set(row.by.via_token.clone()),
        }
    }
}

impl From<Stored> for LogRow {
    fn from(row: Stored) -> Self {
        let Stored { listed, entity, before, after } = row;
        LogRow { entity, entity_id: listed.entity_id, before, after, change: listed.into() }
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
                via_token: row.via_token,
            },
            action: row.action,
            summary: row.summary,
        }
    }
}

impl From<Made> for EntryChange {
    fn from(row: Made) -> Self {
        let (change, after) = (Change::from(row.listed), row.after.0);
        let mut before = row.before.map(|kept| kept.0);
        // What stands beside it may have changed since its previous change, and then its place among them has.
        if let Some(before) = before.as_mut().filter(|_| Action::IN_PLACE.contains(&change.action)) {
            (before.entry.rank, before.position) = (after.entry.rank, after.position);
        }
        EntryChange { change, before, after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::ActiveEnum;

    #[test]
    fn what_places_is_what_is_not_done_in_place() {
        let in_place = Action::IN_PLACE.map(|action| format!("'{}'", action.to_value())).join(", ");
        assert_eq!(
            PLACING,
            format!("entity = '{}' AND action NOT IN ({in_place})", Entity::Entry.to_value())
        );
    }
}
