//! A server in this process, listening on a port of its own.

use crate::{Client, Database};
use renkei_server::{App, Config, Db, http};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, TransactionTrait, TryGetable};
use std::sync::{Arc, Mutex, OnceLock};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server and its database; both end with it.
pub struct TestApp {
    pub url: String,
    app: App,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
    /// Statements, once somebody has asked for them.
    heard: OnceLock<Arc<Mutex<Vec<Statement>>>>,
    // After the server: fields are dropped in order.
    pub database: Database,
}

/// The one in which all servers of this process run.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

impl TestApp {
    /// With the sample region and the demo accounts.
    pub fn demo() -> Self {
        Self::with(Database::demo(), Config::default())
    }

    /// Believes a proxy at the client's end, so that a test can be in several places ([`Client::at`]).
    pub fn demo_behind_proxy() -> Self {
        let config = Config { proxies: vec!["127.0.0.1".parse().expect("an address")], ..Config::default() };
        Self::with(Database::demo(), config)
    }

    /// With nobody and nothing in it.
    pub fn empty() -> Self {
        Self::with(Database::empty(), Config::default())
    }

    pub fn with(database: Database, config: Config) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (app, url, served) = runtime().block_on(async {
            let app = App::new(Db::open(database.url()).await.expect("the database opens"), config);
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let url = format!("http://{}", listener.local_addr().expect("it listens"));
            let stopped = async { drop(stopped.await) };
            (app.clone(), url, tokio::spawn(http::serve(listener, app, stopped)))
        });
        Self { url, app, stop: Some(stop), served: Some(served), heard: OnceLock::new(), database }
    }

    /// Somebody who has not signed in.
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    pub fn sign_in(&self, login: &str) -> Client {
        self.client().sign_in(login, crate::PASSWORD)
    }

    /// SQL statements that the server has run so far.
    pub fn statements(&self) -> u64 {
        self.app.db.statements()
    }

    /// The fewest statements of five times the same reading: which of several statements at the same time answers first
    /// decides a little how many follow.
    pub fn fewest_statements(&self, read: impl Fn()) -> u64 {
        let taken = |_| {
            // What was answered before would take no more than who asks.
            self.app.answers.clear();
            let before = self.statements();
            read();
            self.statements() - before
        };
        (0..5).map(taken).min().unwrap_or_default()
    }

    /// Brings about what no mutation does yet, or what only time does.
    pub fn execute(&self, sql: &str) -> u64 {
        let done = runtime().block_on(self.app.db.direct().execute_unprepared(sql));
        // No number tells the server of it.
        self.app.answers.clear();
        done.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
    }

    pub fn backend(&self) -> DbBackend {
        self.app.db.direct().get_database_backend()
    }

    /// What a reading or writing of the server runs on the database, with its values.
    pub fn statements_of(&self, run: impl FnOnce()) -> Vec<Statement> {
        let heard = self.heard.get_or_init(|| {
            let heard = Arc::<Mutex<Vec<Statement>>>::default();
            let listening = heard.clone();
            self.app.db.listen_to_statements(move |statement| {
                listening.lock().expect("no listener panics").push(statement.clone());
            });
            heard
        });
        self.app.answers.clear();
        heard.lock().expect("no listener panics").clear();
        run();
        std::mem::take(&mut *heard.lock().expect("no listener panics"))
    }

    /// All rows of a statement, in a transaction that is not kept. PostgreSQL reads small tables by their indexes too, as it
    /// does large ones.
    pub fn rows(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        runtime().block_on(async {
            let transaction = self.app.db.direct().begin().await?;
            if self.backend() == DbBackend::Postgres {
                transaction.execute_unprepared("SET LOCAL enable_seqscan = off").await?;
            }
            let rows = transaction.query_all_raw(statement).await;
            transaction.rollback().await?;
            rows
        })
    }

    /// The first column of what is stored.
    pub fn select<T: TryGetable>(&self, sql: &str) -> Vec<T> {
        let connection = self.app.db.direct();
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = runtime().block_on(connection.query_all_raw(statement));
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.iter().map(|row| row.try_get_by_index(0).expect("a column of this type")).collect()
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> i64 {
        self.select(&format!("SELECT COUNT(*) FROM {table}"))[0]
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.stop.take());
        runtime().block_on(async {
            if let Some(served) = self.served.take() {
                // A server that panicked has already failed its test.
                let _ = served.await;
            }
            let _ = self.app.db.close().await;
        });
    }
}
