//! A database for each test: a file, or one of a PostgreSQL cluster's. The sample is loaded once and copied.

use crate::app::runtime;
use renkei_server::{Db, demo};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// A database that lives as long as its test.
pub struct Database {
    url: String,
    place: Place,
}

enum Place {
    File(TempDir),
    Cluster { name: String },
    Elsewhere,
}

impl Database {
    /// Without so much as a table.
    pub fn empty() -> Self {
        match cluster() {
            None => Self::file(|_| {}),
            Some(cluster) => Self::of_cluster(cluster, "template0"),
        }
    }

    /// With what `renkei serve --demo` starts with.
    pub fn demo() -> Self {
        static DEMO: OnceLock<Template> = OnceLock::new();
        match DEMO.get_or_init(Template::demo) {
            Template::File(bytes) => Self::file(|file| {
                std::fs::write(file, bytes).expect("the sample's file can be written");
            }),
            Template::Cluster { cluster, name, .. } => Self::of_cluster(cluster, name),
        }
    }

    /// One that somebody else has made, and keeps.
    pub fn at(url: String) -> Self {
        Self { url, place: Place::Elsewhere }
    }

    /// What `--database` takes.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A transaction of somebody else's, which keeps writers of the server waiting until it is committed: SQLite by its
    /// write lock, PostgreSQL by the rows that `lock` selects.
    pub fn hold(&self, lock: &str) -> Held {
        let mut options = sea_orm::ConnectOptions::new(&self.url);
        options.min_connections(1).max_connections(1);
        let connection = runtime().block_on(sea_orm::Database::connect(options)).expect("the database opens");
        let held = Held { connection };
        match cluster() {
            None => held.execute("BEGIN IMMEDIATE"),
            Some(_) => held.execute(&format!("BEGIN; {lock}")),
        };
        held
    }

    fn file(prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::Builder::new().prefix("renkei-test-").tempdir().expect("a temporary folder");
        let file = folder.path().join(FILE);
        prepare(&file);
        Self { url: format!("sqlite://{}", file.display()), place: Place::File(folder) }
    }

    fn of_cluster(cluster: &str, template: &str) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("renkei_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        administer(cluster, &format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'"));
        let (server, _) = cluster.rsplit_once('/').expect("postgres://…/postgres");
        Self { url: format!("{server}/{name}"), place: Place::Cluster { name } }
    }
}

/// An open transaction, on a connection of its own.
pub struct Held {
    connection: DatabaseConnection,
}

impl Held {
    pub fn execute(&self, sql: &str) -> u64 {
        let done = runtime().block_on(self.connection.execute_unprepared(sql));
        done.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
    }

    /// How many rows a table has, asked on this connection: the server's own may all be waiting.
    pub fn count(&self, table: &str) -> i64 {
        let statement = Statement::from_string(
            self.connection.get_database_backend(),
            format!("SELECT COUNT(*) FROM {table}"),
        );
        let row = runtime().block_on(self.connection.query_one_raw(statement));
        let row = row.unwrap_or_else(|error| panic!("{table}: {error}")).expect("a count");
        row.try_get_by_index(0).expect("a number")
    }

    pub fn commit(self) {
        self.execute("COMMIT");
        runtime().block_on(self.connection.close()).expect("the connection closes");
    }
}

/// A loaded database, of which each test gets a copy.
enum Template {
    File(Vec<u8>),
    /// Lasts as long as its cluster: nothing drops what is static.
    Cluster {
        cluster: &'static str,
        name: String,
        _database: Database,
    },
}

impl Template {
    fn demo() -> Self {
        let database = Database::empty();
        runtime().block_on(load_demo(&database.url));
        match (&database.place, cluster()) {
            (Place::Cluster { name }, Some(cluster)) => {
                Self::Cluster { cluster, name: name.clone(), _database: database }
            }
            (Place::File(folder), _) => {
                Self::File(std::fs::read(folder.path().join(FILE)).expect("the sample's file can be read"))
            }
            _ => unreachable!("a database that is made is a file or a cluster's"),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let (Place::Cluster { name }, Some(cluster)) = (&self.place, cluster()) {
            administer(cluster, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

const FILE: &str = "renkei.db";

/// The cluster's address, if the tests are to run on PostgreSQL.
fn cluster() -> Option<&'static str> {
    static CLUSTER: OnceLock<Option<String>> = OnceLock::new();
    let chosen =
        || std::env::var("RENKEI_TEST_DATABASE").ok().filter(|url| url != "sqlite" && !url.is_empty());
    CLUSTER.get_or_init(chosen).as_deref()
}

fn administer(cluster: &str, statement: &str) {
    static ADMIN: OnceLock<DatabaseConnection> = OnceLock::new();
    let admin = ADMIN.get_or_init(|| {
        runtime()
            .block_on(sea_orm::Database::connect(cluster))
            .expect("RENKEI_TEST_DATABASE is the address of a cluster")
    });
    runtime()
        .block_on(admin.execute_unprepared(statement))
        .expect("the cluster's databases can be made and dropped");
}

async fn load_demo(url: &str) {
    let db = Db::open(url).await.expect("the database opens");
    if let Err(stop) = demo::load(&db).await {
        panic!("the sample does not load: {stop:?}");
    }
    // A file is copied whole, and a template has no visitors.
    db.close().await.expect("the database closes");
}
