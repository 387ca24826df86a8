//! The load of `cargo xtask bench search`: words in all years of a region, in a nation of 2.2 million entries, beside plain
//! SQL that finds the first twenty in the same table, and counts them, without rights, filter, order or snapshots.
//!
//! `RENKEI_BIN` is the server, `RENKEI_TEST_DATABASE` where the database is made. What it prints is Markdown.

use renkei_tests::{Client, Database, Nation, PASSWORD, Serving, client_operation};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// With the sample's region 340, each with ten sheets of 640 entries.
const NATION: Nation = Nation { regions: 339, years: 10, entries: 20, changes: 1 };
/// Regions that are searched, spread over all.
const SEARCHED: u32 = 50;
/// How often each of the words is looked for in each of them.
const TIMES: usize = 4;
/// What is looked for, and how much of a region it finds.
const WORDS: [(&str, &str); 4] = [
    ("在宅", "every entry"),
    ("連携 その19", "one of twenty"),
    ("\"介護の連携\" 取組", "every entry"),
    ("看取り", "nothing"),
];
/// The bound, on PostgreSQL.
const P99: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    let is_postgres =
        std::env::var("RENKEI_TEST_DATABASE").is_ok_and(|address| address.starts_with("postgres"));
    let database = Database::demo();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let start = Instant::now();
    runtime.block_on(NATION.entries_at(database.url()));
    let filled = start.elapsed().as_secs();
    let plain = runtime.block_on(connected(database.url()));
    let count = "SELECT COUNT(*) FROM entry";
    let entries = runtime.block_on(numbers(&plain, count, Vec::new())).first().copied().unwrap_or_default();
    println!("## {}\n", if is_postgres { "PostgreSQL" } else { "SQLite" });
    println!(
        "{entries} entries in 340 regions, written in {filled} s. Milliseconds for each search, one after the other, of {SEARCHED} regions {TIMES} times each:\n"
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let serving = Serving::start(folder.path(), &["--database", database.url()]);
    let people: Vec<Person> = (0..SEARCHED).map(|nth| Person::new(&serving, 1 + nth * 6)).collect();
    let document = client_operation("Search");
    println!(
        "| words | found of a region | Renkei, median | Renkei, 99th percentile | plain SQL, median | plain SQL, 99th percentile |"
    );
    println!("|---|---|---|---|---|---|");
    let mut all = Vec::new();
    for (words, of) in WORDS {
        let (mut ours, mut peers, mut found) = (Vec::new(), Vec::new(), 0);
        for round in 0..=TIMES {
            for person in &people {
                let start = Instant::now();
                found = person.search(&document, words);
                let took = start.elapsed();
                let start = Instant::now();
                runtime.block_on(person.plain(&plain, is_postgres, words));
                // The first round warms up.
                if round > 0 {
                    ours.push(took);
                    peers.push(start.elapsed());
                }
            }
        }
        all.extend(ours.iter().copied());
        let [(median, last), (peer_median, peer_last)] =
            [ours, peers].map(|times| (of_all(&times, 50), of_all(&times, 99)));
        println!("| {words} | {found} ({of}) | {median} | {last} | {peer_median} | {peer_last} |");
    }
    println!("\nAll together: median {} ms, 99th percentile {} ms.\n", of_all(&all, 50), of_all(&all, 99));
    let missed = is_postgres && percentile(&all, 99) > P99;
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len() - 1)).copied().unwrap_or_default()
}

fn of_all(times: &[Duration], percent: usize) -> String {
    format!("{:.1}", percentile(times, percent).as_secs_f64() * 1000.0)
}

/// Somebody of a made region.
struct Person {
    client: Client,
    region: Value,
}

impl Person {
    fn new(serving: &Serving, region: u32) -> Self {
        let client = Client::new(&serving.url).sign_in(&format!("p{region}-0"), PASSWORD);
        let viewer = client.data("{ viewer { memberships { region { id } } } }", json!({}));
        Self { region: viewer["viewer"]["memberships"][0]["region"]["id"].clone(), client }
    }

    /// How many are found.
    fn search(&self, document: &str, words: &str) -> i64 {
        let found = self.client.data(document, json!({ "regionId": self.region, "text": words }));
        found["search"]["totalCount"].as_i64().expect("a number")
    }

    async fn plain(&self, database: &DatabaseConnection, is_postgres: bool, words: &str) {
        let region: uuid::Uuid = self.region.as_str().expect("an id").parse().expect("an id");
        let words = words.replace('"', "");
        let mut values: Vec<sea_orm::Value> = vec![region.into()];
        values.extend(words.split(' ').map(|word| format!("%{word}%").into()));
        let found = |nth: usize| match is_postgres {
            true => format!("body ILIKE ${}", nth + 2),
            false => format!("body LIKE ?{}", nth + 2),
        };
        let found: Vec<String> = (0..values.len() - 1).map(found).collect();
        let first = if is_postgres { "$1" } else { "?1" };
        let of = format!(
            "FROM entry WHERE region_id = {first} AND deleted_at IS NULL AND {}",
            found.join(" AND ")
        );
        numbers(database, &format!("SELECT COUNT(*) {of}"), values.clone()).await;
        let page = format!("SELECT id, body {of} ORDER BY fiscal_year DESC, id LIMIT 20");
        let statement = Statement::from_sql_and_values(database.get_database_backend(), page, values);
        database.query_all_raw(statement).await.expect("a page");
    }
}

async fn connected(address: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(address);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("the database opens")
}

async fn numbers(database: &DatabaseConnection, sql: &str, values: Vec<sea_orm::Value>) -> Vec<i64> {
    let statement = Statement::from_sql_and_values(database.get_database_backend(), sql, values);
    let rows = database.query_all_raw(statement).await.expect("numbers");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a number")).collect()
}
