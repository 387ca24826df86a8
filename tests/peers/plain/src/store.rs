//! The same statements on either database: eight for a sheet however many entries it has, two in a transaction for a save.

use crate::types::*;
use async_graphql::ID;
use jiff::Timestamp;
use sqlx::{
    postgres::{PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
    types::Json,
};
use std::{collections::HashMap, time::Duration};
use uuid::Uuid;

pub enum Store {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres(PgPool),
}

type Head = (Uuid, i32, String, String, Option<String>, String, Uuid, String, i64);
type ColumnRow = (String, i32, String, Option<String>, Option<String>);
type ItemRow = (Uuid, String, String, i32);
type EntryRow =
    (Uuid, Uuid, String, i32, String, Json<Vec<Note>>, i32, Option<Uuid>, i32, i64, Option<Uuid>);
type OrganizationRow = (Uuid, String, String, String);

const HEAD: &str = "SELECT s.id, s.fiscal_year, s.title, s.item_heading, s.item_footnote, s.phase, s.secretariat_id, r.name, r.seq
    FROM sheet s JOIN region r ON r.id = s.region_id WHERE s.region_id = $1 AND s.fiscal_year = $2";
const COLUMNS: &str =
    "SELECT facet, year_offset, heading, as_of, footnote FROM sheet_column WHERE sheet_id = $1 ORDER BY position";
const ITEMS: &str = "SELECT i.id, i.code, s.title, s.scenes FROM sheet_item s JOIN item i ON i.id = s.item_id
    WHERE s.sheet_id = $1 ORDER BY s.position";
const ENTRIES: &str = "SELECT id, item_id, facet, fiscal_year, body, notes, scenes, owner_id, version, updated_at, updated_by
    FROM entry WHERE region_id = $1 AND deleted_at IS NULL AND ((facet IN ('GOAL', 'PLAN') AND fiscal_year = $2)
    OR (facet IN ('STATUS', 'EVALUATION') AND fiscal_year = $2 - 1)) ORDER BY rank, id";
const ORGANIZATIONS: &str = "SELECT o.id, o.kind, o.name, o.short_name FROM region_organization r
    JOIN organization o ON o.id = r.organization_id WHERE r.region_id = $1 ORDER BY r.position";
const PEOPLE: &str = "SELECT a.id, a.name, o.short_name FROM membership m JOIN account a ON a.id = m.account_id
    JOIN organization o ON o.id = a.organization_id WHERE m.region_id = $1";
const HANDOUTS: &str = "SELECT number FROM handout WHERE region_id = $1 AND fiscal_year = $2 ORDER BY number";
const YEARS: &str = "SELECT fiscal_year, title FROM sheet WHERE region_id = $1 ORDER BY fiscal_year DESC";
const SAVE: &str = "UPDATE entry SET body = $1, version = version + 1, updated_at = $2 WHERE id = $3 AND version = $4
    RETURNING region_id, version";
const NUMBER: &str = "UPDATE region SET seq = seq + 1 WHERE id = $1 RETURNING seq";

macro_rules! read {
    ($pool:expr, $region:expr, $year:expr) => {{
        let mut read = $pool.begin().await?;
        let head: Option<Head> =
            sqlx::query_as(HEAD).bind($region).bind($year).fetch_optional(&mut *read).await?;
        let Some(head) = head else { return Ok(None) };
        let columns: Vec<ColumnRow> = sqlx::query_as(COLUMNS).bind(head.0).fetch_all(&mut *read).await?;
        let items: Vec<ItemRow> = sqlx::query_as(ITEMS).bind(head.0).fetch_all(&mut *read).await?;
        let entries: Vec<EntryRow> =
            sqlx::query_as(ENTRIES).bind($region).bind($year).fetch_all(&mut *read).await?;
        let organizations: Vec<OrganizationRow> =
            sqlx::query_as(ORGANIZATIONS).bind($region).fetch_all(&mut *read).await?;
        let people: Vec<(Uuid, String, String)> =
            sqlx::query_as(PEOPLE).bind($region).fetch_all(&mut *read).await?;
        let handouts: Vec<(i32,)> =
            sqlx::query_as(HANDOUTS).bind($region).bind($year).fetch_all(&mut *read).await?;
        let years: Vec<(i32, String)> = sqlx::query_as(YEARS).bind($region).fetch_all(&mut *read).await?;
        read.commit().await?;
        Rows { head, columns, items, entries, organizations, people, handouts, years }
    }};
}

macro_rules! save {
    ($write:expr, $id:expr, $version:expr, $body:expr) => {{
        let mut write = $write;
        let now = Timestamp::now().as_millisecond();
        let saved: Option<(Uuid, i32)> = sqlx::query_as(SAVE)
            .bind($body)
            .bind(now)
            .bind($id)
            .bind($version)
            .fetch_optional(&mut *write)
            .await?;
        let Some((region, version)) = saved else { return Ok(None) };
        let (seq,): (i64,) = sqlx::query_as(NUMBER).bind(region).fetch_one(&mut *write).await?;
        write.commit().await?;
        (version, seq)
    }};
}

impl Store {
    pub async fn open(url: &str, connections: u32) -> Result<Self, sqlx::Error> {
        // As the server has it: a connection that was used just now is not tested before it is used again.
        if url.starts_with("postgres") {
            let pool = PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
            return Ok(Store::Postgres(pool.connect(url).await?));
        }
        let options = url
            .parse::<SqliteConnectOptions>()?
            .busy_timeout(Duration::from_secs(10))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .row_buffer_size(1_000)
            .pragma("cache_size", "-16000")
            .foreign_keys(true);
        let pool = |connections| SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false);
        let readers = pool(connections).connect_with(options.clone()).await?;
        let writer = pool(1).connect_with(options).await?;
        Ok(Store::Sqlite { readers, writer })
    }

    pub async fn sheet(&self, region: Uuid, year: i32) -> Result<Option<Sheet>, sqlx::Error> {
        let rows = match self {
            Store::Sqlite { readers, .. } => read!(readers, region, year),
            Store::Postgres(pool) => read!(pool, region, year),
        };
        Ok(Some(rows.sheet(region, year)))
    }

    /// `None`: it has another version.
    pub async fn update(&self, id: Uuid, version: i32, body: String) -> Result<Option<EntrySaved>, sqlx::Error> {
        let (version, seq) = match self {
            Store::Sqlite { writer, .. } => save!(writer.begin_with("BEGIN IMMEDIATE").await?, id, version, &body),
            Store::Postgres(pool) => save!(pool.begin().await?, id, version, &body),
        };
        Ok(Some(EntrySaved { entry: Saved { id: ID(id.to_string()), version, body }, change: Change { seq } }))
    }
}

struct Rows {
    head: Head,
    columns: Vec<ColumnRow>,
    items: Vec<ItemRow>,
    entries: Vec<EntryRow>,
    organizations: Vec<OrganizationRow>,
    people: Vec<(Uuid, String, String)>,
    handouts: Vec<(i32,)>,
    years: Vec<(i32, String)>,
}

impl Rows {
    fn sheet(self, region: Uuid, year: i32) -> Sheet {
        let (id, fiscal_year, title, item_heading, item_footnote, phase, secretariat, name, seq) = self.head;
        // Whoever asks is the secretariat's, who edits everything until the sheet is fixed.
        let editable = phase != "FIXED";
        let column = |(facet, offset, heading, as_of, footnote): ColumnRow| Column {
            facet,
            fiscal_year: year + offset,
            heading,
            as_of,
            footnote,
        };
        let columns: Vec<Column> = self.columns.into_iter().map(column).collect();
        let person = |(id, name, short_name): (Uuid, String, String)| {
            (id, Account { id: text(id), name, organization: ShortName { short_name } })
        };
        let people: HashMap<Uuid, Account> = self.people.into_iter().map(person).collect();
        let mut cells: HashMap<(Uuid, String, i32), Vec<Entry>> = HashMap::new();
        for (id, item, facet, year, body, notes, scenes, owner, version, updated_at, updated_by) in self.entries {
            let cell = cells.entry((item, facet.clone(), year)).or_default();
            cell.push(Entry {
                id: text(id),
                item: ItemId { id: text(item) },
                facet,
                fiscal_year: year,
                body,
                notes: notes.0,
                explicit_scenes: Scene::of(scenes),
                owner: owner.map(|id| OrganizationId { id: text(id) }),
                position: cell.len(),
                version,
                deleted_at: None,
                updated_at: Timestamp::from_millisecond(updated_at).unwrap_or_default().to_string(),
                updated_by: updated_by.and_then(|id| people.get(&id).cloned()),
                viewer_can_edit: editable,
            });
        }
        let row = |(item, code, title, scenes): ItemRow| {
            let cell = |column: &Column| Cell {
                facet: column.facet.clone(),
                fiscal_year: column.fiscal_year,
                viewer_can_edit: editable,
                entries: cells.remove(&(item, column.facet.clone(), column.fiscal_year)).unwrap_or_default(),
            };
            let cells = columns.iter().map(cell).collect();
            Row { item: Item { id: text(item), code, title, scenes: Scene::of(scenes) }, cells }
        };
        let rows = self.items.into_iter().map(row).collect();
        let organization = |(id, kind, name, short_name)| Organization { id: text(id), kind, name, short_name };
        let region = Region {
            id: text(region),
            name,
            organizations: self.organizations.into_iter().map(organization).collect(),
            numbers: self.handouts.into_iter().map(|(number,)| number).collect(),
            sheets: self.years.into_iter().map(|(fiscal_year, title)| Year { fiscal_year, title }).collect(),
        };
        Sheet {
            id: text(id),
            fiscal_year,
            title,
            item_heading,
            item_footnote,
            phase,
            seq,
            secretariat: OrganizationId { id: text(secretariat) },
            columns,
            region,
            rows,
        }
    }
}

fn text(id: Uuid) -> ID {
    ID(id.to_string())
}
