//! Renkei's server: `http → graphql → noun::api → noun::service → noun::store`, cut by noun, then by layer.
//!
//! Only `store` modules and [`db`] name sea-orm; only `api` modules, [`graphql`] and [`http`] name async-graphql.

pub mod account;
pub mod api;
pub mod caller;
pub mod change;
pub mod cli;
pub mod clock;
pub mod comment;
pub mod db;
pub mod demo;
pub mod draft;
pub mod entry;
pub mod export;
mod fault;
pub mod graphql;
pub mod handout;
pub mod http;
pub mod import;
pub mod live;
pub mod notice;
pub mod refusal;
pub mod region;
pub mod request;
pub mod search;
pub mod session;
pub mod sheet;
pub mod snapshot;
pub mod suggestion;
pub mod text;
pub mod token;
pub mod visit;

pub use db::{Db, OpenError};
pub use fault::Fault;
use std::{ops::Deref, sync::Arc};

/// The product, ready to answer. Cheap to clone: every part of it is there once.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub db: Db,
    pub config: Arc<Config>,
    pub executor: graphql::Executor,
    pub live: Arc<live::Live>,
    pub admission: http::Admission,
    pub rate_limits: http::RateLimits,
    pub answers: http::Answers,
}

/// What an installation may set.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Cookies go over TLS alone: for a server behind a proxy that speaks it.
    pub secure_cookies: bool,
    /// Proxies in front of the server, whose word on a client's address (`X-Forwarded-For`) is believed.
    pub proxies: Vec<std::net::IpAddr>,
    /// What people's browsers show, `https://renkei.example`: needed where a proxy passes on another `Host`.
    pub origin: Option<String>,
    /// How much the server takes on.
    pub limits: http::Limits,
    /// Who may ask for the schema.
    pub introspection: graphql::Introspection,
    /// How long a query may take; not set: as long as the API's limits say.
    pub query_time: Option<std::time::Duration>,
    /// Bytes of finished answers that are kept, 0: none; not set: [`http::ANSWER_BYTES`].
    pub answer_bytes: Option<u64>,
}

/// Opens the database (it is created if missing and brought up to date) with the settings of an installation that
/// has none.
pub async fn open(database_url: &str) -> Result<App, OpenError> {
    Ok(App::new(Db::open(database_url).await?, Config::default()))
}

impl App {
    pub fn new(db: Db, config: Config) -> Self {
        let live = live::Live::new(db.clone());
        let admission = http::Admission::new(&config.limits);
        let rate_limits = http::RateLimits::new(&config.limits);
        let answers = http::Answers::new(config.answer_bytes.unwrap_or(http::ANSWER_BYTES));
        let config = Arc::new(config);
        let executor = graphql::Executor::new(db.clone(), config.clone(), live.clone());
        App(Arc::new(Parts { db, config, executor, live, admission, rate_limits, answers }))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// All that the server serves.
pub fn app(app: App) -> axum::Router {
    http::router(app)
}
