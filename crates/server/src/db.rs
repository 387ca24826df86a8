//! The connection: opening either database, and the two kinds of transaction.

use crate::{Fault, live::hub::Hub};
use parking_lot::Mutex;
use renkei_domain::{RegionId, search::SearchTerms};
use renkei_migrations::{Migrator, MigratorTrait};
use sea_orm::{
    AccessMode, ActiveModelTrait, ColIdx, ColumnType, Condition, ConnectOptions, ConnectionTrait, Database,
    DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IdenStatic, IsolationLevel,
    Iterable, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{
        Alias, ArrayType, Expr, ExprTrait, IntoColumnRef, LikeExpr, Nullable, OnConflict, Query,
        SelectStatement, UnionType, ValueType, ValueTypeErr,
    },
    sqlx,
};
use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer, value},
};
use std::{
    ops::Deref,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

/// How long a statement waits for another process's lock. Writers of this process queue by themselves.
const BUSY: Duration = Duration::from_secs(10);
/// How long a writer of this process waits for those before it.
const WRITER_QUEUE: Duration = Duration::from_secs(60);
/// A connection to PostgreSQL that was idle for so long is asked whether it still lives before it is used again. SQLite's
/// file does not hang up, so its connections are never asked.
const SURELY_ALIVE: Duration = Duration::from_secs(1);
/// Any number that no other program uses: the lock under which one process at a time migrates.
const MIGRATION_LOCK: i64 = 0x7265_6e6b_6569;

/// What PostgreSQL tells the other servers: `<region> <seq>`, a region and the number of its last change.
pub const CHANGE_CHANNEL: &str = "renkei_change";
/// What PostgreSQL tells the other servers when a session or a right has ended; without content.
pub const SESSION_CHANNEL: &str = "renkei_session";

/// Values that one statement binds at most: SQLite takes 32,766, PostgreSQL 65,535.
const VALUES: usize = 30_000;
/// Values in one list of a statement, whatever else it binds.
pub const LIST: usize = 10_000;

/// A database of the product, open and on the newest schema. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    connection: DatabaseConnection,
    /// SQLite has one writer: all writing transactions of this process share one connection, for which they wait in
    /// order instead of polling the file's lock. On PostgreSQL the same as `connection`.
    writer: DatabaseConnection,
    /// How often the writer's connection was opened.
    writers: Arc<AtomicU64>,
    statements: Arc<Statements>,
    hub: Arc<Hub>,
}

/// What is told of the statements that are run.
#[derive(Default)]
struct Statements {
    count: AtomicU64,
    listener: OnceLock<Listener>,
}

type Listener = Box<dyn Fn(&Statement) + Send + Sync>;

/// A transaction that reads. One that writes can be read from, too.
pub type Read = DatabaseTransaction;

/// A transaction that writes.
pub struct Write {
    transaction: DatabaseTransaction,
    news: Mutex<News>,
    hub: Arc<Hub>,
}

/// What others hear of when a transaction is committed.
#[derive(Default)]
struct News {
    /// Regions to whose logs something was appended.
    regions: Vec<RegionId>,
    sessions: bool,
}

impl Write {
    /// Something is appended to a region's log. The other servers hear of it by the statement that takes the number.
    pub fn note_changes(&self, region: RegionId) {
        self.news.lock().regions.push(region);
    }

    /// A session has ended, or somebody has another right than before.
    pub fn note_sessions(&self) {
        self.news.lock().sessions = true;
    }

    pub async fn insert<A: ActiveModelTrait>(&self, row: A) -> Result<(), Fault> {
        A::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Inserts rows, however many, in as few statements as their values allow.
    pub async fn insert_many<A: ActiveModelTrait>(&self, rows: Vec<A>) -> Result<(), Fault> {
        self.insert_or(rows, None).await
    }

    /// The same, where it is said what becomes of rows that are there.
    pub async fn insert_or<A: ActiveModelTrait>(
        &self,
        rows: Vec<A>,
        there: Option<OnConflict>,
    ) -> Result<(), Fault> {
        let columns = <A::Entity as EntityTrait>::Column::iter().count();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<A> = rows.by_ref().take(VALUES / columns).collect();
            let mut insert = A::Entity::insert_many(some);
            if let Some(there) = &there {
                insert = insert.on_conflict(there.clone());
            }
            insert.exec_without_returning(&self.transaction).await?;
        }
        Ok(())
    }

    /// Makes it last, and tells whoever watches. PostgreSQL tells the other servers.
    pub async fn commit(self) -> Result<(), Fault> {
        let news = self.news.into_inner();
        if news.sessions && self.transaction.get_database_backend() == DbBackend::Postgres {
            notify(&self.transaction, SESSION_CHANNEL, String::new()).await?;
        }
        self.transaction.commit().await?;
        for region in news.regions {
            self.hub.notify_region(region);
        }
        if news.sessions {
            self.hub.notify_sessions();
        }
        Ok(())
    }
}

/// Tells the other servers on a PostgreSQL database, when the transaction is committed.
pub async fn notify(db: &impl ConnectionTrait, channel: &str, content: String) -> Result<(), Fault> {
    let told = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_notify($1, $2)",
        [channel.into(), content.into()],
    );
    db.execute_raw(told).await?;
    Ok(())
}

impl Deref for Write {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.transaction
    }
}

/// Which region something belongs to, to be asked within another statement.
#[derive(Clone, Debug)]
pub struct RegionOf(pub SelectStatement);

/// Where all of these words are found in a column of folded texts. Neither database has an index for two characters
/// within a text: whoever asks names the region too, and reads its texts.
pub fn found_in(column: impl IntoColumnRef + Copy, words: &SearchTerms) -> Condition {
    let found = words.iter().map(|word| {
        let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        Expr::col(column).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
    });
    found.fold(Condition::all(), Condition::add)
}

/// Adds all columns of a table to a statement, each with a prefix before its name, by which
/// [`FromQueryResult`](sea_orm::FromQueryResult) finds them.
pub fn add_columns<E: EntityTrait>(statement: &mut SelectStatement, prefix: &str) {
    for column in E::Column::iter() {
        let alias = Alias::new(format!("{prefix}{}", column.as_str()));
        statement.expr_as(Expr::col((E::default(), column)), alias);
    }
}

/// A text column with the code of an enumeration that knows no database: the word that serde writes for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code<T>(pub T);

impl<T: Serialize> From<Code<T>> for Value {
    fn from(code: Code<T>) -> Self {
        let code = serde_json::to_value(code.0).unwrap_or_default();
        code.as_str().map(str::to_owned).into()
    }
}

impl<T: DeserializeOwned> TryGetable for Code<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let code = String::try_get_by(row, index)?;
        let code = T::deserialize(code.into_deserializer());
        code.map(Code).map_err(|error: value::Error| DbErr::Type(error.to_string()).into())
    }
}

impl<T: DeserializeOwned> ValueType for Code<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let code = <String as ValueType>::try_from(value)?;
        T::deserialize(code.into_deserializer()).map(Code).map_err(|_: value::Error| ValueTypeErr)
    }

    fn type_name() -> String {
        String::type_name()
    }

    fn array_type() -> ArrayType {
        String::array_type()
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

/// A code is no number: asked of every part of a primary key.
impl<T> TryFromU64 for Code<T> {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("Code"))
    }
}

impl<T> Nullable for Code<T> {
    fn null() -> Value {
        String::null()
    }
}

/// Why `--database` cannot be used, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "データベースの指定「{0}」が正しくありません。sqlite://ファイル名 または postgres://利用者:パスワード@ホスト/データベース名 の形で指定してください。"
    )]
    Address(String),
    #[error(
        "データベースを開けません（{address}）。ファイルの場所と権限、またはデータベースサーバーの動作と接続先を確かめてください。\n  {cause}"
    )]
    Connect { address: String, cause: String },
    #[error(
        "データベースを新しい形に直せません（{address}）。このデータベースより古いプログラムではありませんか。\n  {cause}"
    )]
    Migrate { address: String, cause: String },
}

impl Db {
    /// Opens `sqlite://…` (the file is created if missing) or `postgres://…` and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let address = without_password(url);
        let sqlite = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => true,
            Some("postgres" | "postgresql") => false,
            _ => return Err(OpenError::Address(address)),
        };
        let connect =
            |cause: DbErr| OpenError::Connect { address: address.clone(), cause: cause.to_string() };
        let (statements, writers) = (Arc::<Statements>::default(), Arc::new(AtomicU64::new(0)));
        let mut connection = connected(readers(url, sqlite)).await.map_err(connect)?;
        count_statements(&mut connection, &statements);
        let writer = match sqlite {
            true => {
                let mut writer = connected(writer(url, &writers)).await.map_err(connect)?;
                count_statements(&mut writer, &statements);
                writer
            }
            false => connection.clone(),
        };
        let db = Db { connection, writer, writers, statements, hub: Arc::default() };
        db.migrate().await.map_err(|cause| OpenError::Migrate { address, cause: cause.with_causes() })?;
        Ok(db)
    }

    /// SQL statements run so far, beginnings and ends of transactions included. A sheet takes the same number of them
    /// whatever its size, and a save few; tests count.
    pub fn statements(&self) -> u64 {
        self.statements.count.load(Ordering::Relaxed)
    }

    /// From now on each statement is handed to this listener as well, with its values; tests have them explained. Only the
    /// first listener is heeded.
    pub fn listen_to_statements(&self, listener: impl Fn(&Statement) + Send + Sync + 'static) {
        // There is one already.
        let _ = self.statements.listener.set(Box::new(listener));
    }

    /// Where those who wait for changes hear of them.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// For single reads.
    pub fn direct(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Which of these tables has a row of this id, in one statement.
    pub async fn table_of(&self, id: Uuid, tables: &[&'static str]) -> Result<Option<&'static str>, Fault> {
        let found = (0_i32..).zip(tables).map(|(nth, table)| {
            let mut found = Query::select();
            found.expr_as(Expr::value(nth), "nth").from(*table).and_where(Expr::col("id").eq(id)).take()
        });
        let found = found.reduce(|mut all, found| all.union(UnionType::All, found).take());
        let Some(found) = found else { return Ok(None) };
        let Some(row) = self.connection.query_one(&found).await? else { return Ok(None) };
        let nth: i32 = row.try_get("", "nth")?;
        Ok(usize::try_from(nth).ok().and_then(|nth| tables.get(nth)).copied())
    }

    /// Gives back all connections; a file is whole by itself afterwards.
    pub async fn close(&self) -> Result<(), Fault> {
        self.writer.close_by_ref().await?;
        Ok(self.connection.close_by_ref().await?)
    }

    /// Several reads that see the same moment.
    pub async fn read(&self) -> Result<Read, Fault> {
        let options = match self.connection.get_database_backend() {
            // A deferred transaction of WAL mode is a snapshot from its first read on.
            DbBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        self.count_transaction();
        Ok(self.connection.begin_with_options(options).await?)
    }

    fn count_transaction(&self) {
        self.statements.count.fetch_add(2, Ordering::Relaxed);
    }

    /// Writes that happen together or not at all. On SQLite it waits for its turn *before* it begins, so that no
    /// write fails half-way because somebody else is writing. Dropped without [`Write::commit`], nothing happened.
    pub async fn write(&self) -> Result<Write, Fault> {
        let options = match self.writer.get_database_backend() {
            DbBackend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            _ => TransactionOptions::default(),
        };
        self.count_transaction();
        let transaction = self.writer.begin_with_options(options).await?;
        Ok(Write { transaction, news: Mutex::default(), hub: self.hub.clone() })
    }

    /// Differs from the last one if another process has committed to SQLite's file since. `PRAGMA data_version` tells a
    /// connection of all commits but its own, and this process commits by the writer's connection alone. Where that was
    /// opened anew, nothing is known of the time between.
    pub async fn data_version(&self) -> Result<(u64, i64), Fault> {
        let mut connection = self.writer.get_sqlite_connection_pool().acquire().await?;
        let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *connection).await?;
        Ok((self.writers.load(Ordering::Relaxed), version))
    }

    /// One process at a time: SQLite by its write lock, PostgreSQL by a lock of the transaction's.
    async fn migrate(&self) -> Result<(), Fault> {
        let write = self.write().await?;
        if write.get_database_backend() == DbBackend::Postgres {
            let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
            write.transaction.execute_unprepared(&lock).await?;
        }
        Migrator::up(&write.transaction, None).await?;
        write.commit().await
    }
}

fn count_statements(connection: &mut DatabaseConnection, statements: &Arc<Statements>) {
    let statements = statements.clone();
    connection.set_metric_callback(move |run| {
        statements.count.fetch_add(1, Ordering::Relaxed);
        if let Some(listener) = statements.listener.get() {
            listener(run.statement);
        }
    });
}

/// For all that reads; on PostgreSQL for all that writes as well.
fn readers(url: &str, sqlite: bool) -> ConnectOptions {
    let mut options = options(url);
    options.max_connections(if sqlite { 7 } else { 16 }).acquire_timeout(Duration::from_secs(10));
    options
}

/// SQLite's one connection that writes. `opened` counts how often it is opened.
fn writer(url: &str, opened: &Arc<AtomicU64>) -> ConnectOptions {
    let (mut options, opened) = (options(url), opened.clone());
    options
        .max_connections(1)
        .acquire_timeout(WRITER_QUEUE)
        .idle_timeout(None)
        .max_lifetime(None)
        .map_sqlx_sqlite_pool_opts(move |pool| {
            let opened = opened.clone();
            pool.after_connect(move |_, _| {
                opened.fetch_add(1, Ordering::Relaxed);
                Box::pin(async { Ok(()) })
            })
        });
    options
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.connect_timeout(Duration::from_secs(10)).test_before_acquire_if_idle_for(SURELY_ALIVE);
    options.sqlx_logging(false).map_sqlx_sqlite_opts(|sqlite| {
        // The driver sets busy_timeout first: switching to WAL may have to wait as well.
        sqlite
            .create_if_missing(true)
            // Rows that wait to be taken: where there is room for few, two threads wake each other for every row.
            .row_buffer_size(1_000)
            .busy_timeout(BUSY)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .foreign_keys(true)
    });
    options
}

/// Two processes that both create the file can meet in the switch to WAL, for which SQLite does not wait by itself.
async fn connected(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let mut tries = 20;
    loop {
        match Database::connect(options.clone()).await {
            Err(cause) if tries > 0 && cause.to_string().contains("database is locked") => {
                tries -= 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            done => return done,
        }
    }
}

/// The address as it may be shown.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        assert_eq!(without_password("postgres://me:secret@db/renkei"), "postgres://…@db/renkei");
        assert_eq!(without_password("sqlite://renkei.db"), "sqlite://renkei.db");
    }
}
