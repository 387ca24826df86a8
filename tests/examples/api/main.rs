//! The load of `cargo xtask bench api`: the client's own document and a save, beside plain async-graphql with sqlx and
//! Mercurius with graphql-jit (`tests/peers`), each on a copy of the same made nation. Measured is the processor's time of
//! server and database for each request, in rounds, so that what else the machine does falls on all of them.
//!
//! `RENKEI_BIN` is the server, `RENKEI_PEERS` the folder of the peers, `RENKEI_PEER_PLAIN` the plain one's program,
//! `RENKEI_TEST_DATABASE` where databases are made. What it prints is Markdown.

#[path = "../http/connection.rs"]
mod connection;
mod processor;
mod server;

use connection::{Answer, Connection};
use processor::Processor;
use renkei_tests::{Client, Database, Nation, PASSWORD, Serving, client_operation, request_id};
use serde_json::{Value, json};
use server::Server;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// Of the comparison; the sheet that is read has 640 entries.
const NATION: Nation = Nation { regions: 33, years: 3, entries: 20, changes: 1 };
const LOGIN: &str = "p1-0";
const YEAR: i32 = 2026;
const ROUNDS: usize = 5;
/// Saves in a round, each with a reading behind it.
const REQUESTS: usize = 10;
/// Readings of the unchanged sheet in a round: what each takes is little, and the first ones find nothing in the
/// processor's caches.
const READINGS: usize = 100;
/// Regions beside the sample's, in which the same is measured.
const REGIONS: [u32; 3] = [1, 33, 339];
const REREADERS: usize = 250;
const REREADING: Duration = Duration::from_secs(5);
const SAVE: &str = "mutation Save($input: UpdateEntryInput!) { updateEntry(input: $input) { __typename
    ... on EntrySaved { entry { id version body } change { seq } } } }";

/// Its parts, each by its name; all of them where none is named.
fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let parts: [(&str, fn()); 3] = [("compare", compare), ("grow", grow), ("start", start)];
    for (name, part) in parts {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            part();
        }
    }
}

/// What the bench knows of the sheet that it reads and writes.
struct Sheet {
    region: Value,
    viewer: String,
    cookie: String,
    entry: Value,
}

impl Sheet {
    fn read(url: &str) -> Self {
        let client = Client::new(url).sign_in(LOGIN, PASSWORD);
        let viewer =
            client.data("{ viewer { id memberships { region { id } } } }", json!({}))["viewer"].take();
        let region = viewer["memberships"][0]["region"]["id"].clone();
        let variables = json!({ "regionId": region, "fiscalYear": YEAR });
        let read = client.data(&client_operation("Sheet"), variables);
        let entry = read["sheet"]["rows"][0]["cells"][0]["entries"][0].clone();
        Sheet {
            region,
            viewer: viewer["id"].as_str().expect("an id").to_owned(),
            cookie: format!("renkei_session={}", client.token().expect("signed in")),
            entry,
        }
    }

    fn request(&self) -> Value {
        let variables = json!({ "regionId": self.region, "fiscalYear": YEAR });
        json!({ "query": client_operation("Sheet"), "variables": variables, "operationName": "Sheet" })
    }
}

fn compare() {
    let ours_database = made(NATION);
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Those who reread come from an address each, as through a proxy.
    let arguments = ["--database", ours_database.url(), "--proxy", "127.0.0.1"];
    let serving = Serving::start(folder.path(), &arguments);
    let sheet = Sheet::read(&serving.url);
    let peer_databases = [made(NATION), made(NATION)];
    let plain = best("plain", ["threads", "thread", "connection"], &peer_databases[0], &sheet);
    let mercurius = best("mercurius", ["loaders", "loaders-jit", "jit"], &peer_databases[1], &sheet);
    let ours = Server::ours(&serving, ours_database.url(), &sheet.cookie);
    let mut servers = [ours, plain, mercurius];
    same_facts(&servers, &sheet);
    let mut measured: BTreeMap<(&str, usize), Vec<f64>> = BTreeMap::new();
    for round in 0..=ROUNDS {
        for (nth, server) in servers.iter_mut().enumerate() {
            for (kind, cost) in server.round(&sheet) {
                // The first one warms up.
                if round > 0 {
                    measured.entry((kind, nth)).or_default().push(cost);
                }
            }
        }
    }
    let of = |kind, nth| measured.get(&(kind, nth)).map(|costs| median(costs.clone()));
    println!(
        "Milliseconds of the processor for each request, of server and database; the median of {ROUNDS} rounds:\n"
    );
    println!(
        "| work | Renkei | plain async-graphql + sqlx | Mercurius + graphql-jit | plain to ours | Mercurius to ours |"
    );
    println!("|---|---|---|---|---|---|");
    for (kind, peers) in [
        ("unchanged sheet of 640 entries, POST", "unchanged sheet of 640 entries, POST"),
        ("the same by GET without a tag", "unchanged sheet of 640 entries, POST"),
        ("the same by GET with its tag (304)", "unchanged sheet of 640 entries, POST"),
        ("sheet that has changed since the last reading", "sheet that has changed since the last reading"),
        ("save of an entry", "save of an entry"),
    ] {
        let costs = [of(kind, 0), of(peers, 1), of(peers, 2)].map(Option::unwrap_or_default);
        let [ours, plain, mercurius] = costs;
        println!(
            "| {kind} | {ours:.2} | {plain:.2} | {mercurius:.2} | {:.1} × | {:.1} × |",
            plain / ours,
            mercurius / ours
        );
    }
    println!();
    for server in &mut servers {
        server.reread(&sheet);
    }
    println!();
    for server in &servers {
        println!("- {}: {:.0} MiB after all this", server.name, server.memory());
    }
    println!();
}

fn made(nation: Nation) -> Database {
    let database = Database::demo();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(nation.found_at(database.url()));
    database
}

/// The configuration that reads the sheet with the least.
fn best(name: &str, configurations: [&'static str; 3], database: &Database, sheet: &Sheet) -> Server {
    let mut tried: Vec<(f64, &str)> = Vec::new();
    for configuration in configurations {
        let mut server = Server::peer(name, configuration, database.url(), &sheet.viewer);
        let costs = (0..4).map(|_| server.cost(&sheet.request(), REQUESTS)).skip(1);
        tried.push((median(costs.collect()), configuration));
    }
    let told: Vec<String> = tried.iter().map(|(cost, name)| format!("`{name}` {cost:.2} ms")).collect();
    tried.sort_by(|one, other| one.0.total_cmp(&other.0));
    println!("- {name}, the sheet in each configuration: {}\n", told.join(", "));
    Server::peer(name, tried[0].1, database.url(), &sheet.viewer)
}

/// All of them answer the same, but for how a moment is written.
fn same_facts(servers: &[Server], sheet: &Sheet) {
    let answers = servers.iter().map(|server| {
        let answer = server.client.post(&sheet.request()).text();
        let answer: Value = serde_json::from_str(&answer.replace(".000Z\"", "Z\"")).expect("JSON");
        assert!(answer["data"]["sheet"].is_object(), "{}: {answer}", server.name);
        answer["data"].clone()
    });
    let answers: Vec<Value> = answers.collect();
    let entries = answers[0].to_string().matches("\"explicitScenes\"").count();
    assert_eq!(entries, 640);
    for (server, answer) in servers.iter().zip(&answers) {
        for (name, value) in answers[0]["sheet"].as_object().expect("a sheet") {
            assert_eq!(&answer["sheet"][name], value, "{} {name}", server.name);
        }
        assert!(answer["viewer"].is_object(), "{}", server.name);
    }
}

impl Server {
    /// What each kind of request has cost in this round, in milliseconds.
    fn round(&mut self, sheet: &Sheet) -> Vec<(&'static str, f64)> {
        let request = sheet.request();
        let mut costs = vec![("unchanged sheet of 640 entries, POST", self.cost(&request, READINGS))];
        if self.is_ours {
            let tag = self.tag(&request);
            costs.push(("the same by GET without a tag", self.cost_of_getting(&request, None, READINGS)));
            costs.push((
                "the same by GET with its tag (304)",
                self.cost_of_getting(&request, Some(&tag), READINGS),
            ));
        }
        let (mut saves, mut reads) = (Vec::new(), Vec::new());
        for _ in 0..REQUESTS {
            saves.push(self.save(sheet));
            reads.push(self.cost(&request, 1));
        }
        costs.push(("save of an entry", mean(&saves)));
        costs.push(("sheet that has changed since the last reading", mean(&reads)));
        costs
    }

    /// Milliseconds of one save.
    fn save(&mut self, sheet: &Sheet) -> f64 {
        let before = self.processor.now();
        let (status, answer) = self.try_to_save(sheet);
        assert!(status == 200 && answer.contains("\"EntrySaved\""), "{}: {answer}", self.name);
        self.processor.since(&before)
    }

    fn try_to_save(&mut self, sheet: &Sheet) -> (u16, String) {
        let version = self.version + 1;
        let body = format!("在宅医療と介護の連携についての、ふつうの長さの取組の文。{version}");
        let mut input = json!({ "id": sheet.entry["id"], "version": version, "body": body });
        if self.is_ours {
            input["requestId"] = json!(request_id());
            input["notes"] = json!([]);
            input["explicitScenes"] = json!([]);
        }
        let request = json!({ "query": SAVE, "variables": { "input": input }, "operationName": "Save" });
        let (status, answer) = self.post(&request);
        self.version += i32::from(status == 200);
        (status, answer)
    }

    /// Many who read again and again while somebody saves four times a second.
    fn reread(&mut self, sheet: &Sheet) {
        let request = sheet.request();
        let (address, done, refused) = (self.address.clone(), Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let until = Instant::now() + REREADING;
        let set = LocalSet::new();
        for nth in 0..REREADERS {
            let person = format!("x-forwarded-for: 192.0.2.{nth}\r\n");
            let (address, request) = (address.clone(), self.bytes_with(&person, &request));
            let (done, refused) = (done.clone(), refused.clone());
            set.spawn_local(async move {
                while Instant::now() < until {
                    let Ok(mut connection) = Connection::open(&address).await else { continue };
                    while Instant::now() < until {
                        let answer = connection.send(&request).await;
                        let count = if matches!(answer, Ok(Answer::Ok)) { &done } else { &refused };
                        count.set(count.get() + 1);
                        if answer.is_err() {
                            break;
                        }
                    }
                }
            });
        }
        let saves = std::thread::scope(|scope| {
            let saver = scope.spawn(|| {
                let mut saves = 0;
                while Instant::now() < until {
                    saves += u32::from(self.try_to_save(sheet).0 == 200);
                    std::thread::sleep(Duration::from_millis(250));
                }
                saves
            });
            runtime.block_on(set);
            saver.join().expect("the saver does not panic")
        });
        println!(
            "- {}: {REREADERS} people reread the sheet while {saves} saves are made: {:.0} a second, {} refused",
            self.name,
            f64::from(done.get()) / REREADING.as_secs_f64(),
            refused.get()
        );
    }
}

/// The same in a town, a prefecture and a nation.
fn grow() {
    println!(
        "The same in more regions (milliseconds of the processor for each request, two years of 640 entries each):\n"
    );
    println!(
        "| regions | changed sheet | save | page of the sheet's history | what is different since 100 changes |"
    );
    println!("|---|---|---|---|---|");
    for regions in REGIONS {
        let database = made(Nation { regions, years: 2, entries: 20, changes: 1 });
        let folder = tempfile::tempdir().expect("a temporary folder");
        let serving = Serving::start(folder.path(), &["--database", database.url()]);
        let sheet = Sheet::read(&serving.url);
        let mut server = Server::ours(&serving, database.url(), &sheet.cookie);
        let variables = json!({ "regionId": sheet.region, "fiscalYear": YEAR });
        let history = json!({ "query": client_operation("SheetHistory"), "variables": variables });
        let (mut changed, mut saves, mut pages, mut since) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for round in 0..=3 * REQUESTS {
            let save = server.save(&sheet);
            let seq = server.client.data(
                "query($region: ID!, $year: Int!) { sheet(regionId: $region, fiscalYear: $year) { seq } }",
                json!({ "region": sheet.region, "year": YEAR }),
            )["sheet"]["seq"]
                .as_i64()
                .expect("a number");
            let mut variables = variables.clone();
            variables["seq"] = json!(seq - 100);
            let difference = json!({ "query": client_operation("Since"), "variables": variables });
            let costs =
                [server.cost(&sheet.request(), 1), server.cost(&history, 1), server.cost(&difference, 1)];
            if round >= REQUESTS {
                saves.push(save);
                changed.push(costs[0]);
                pages.push(costs[1]);
                since.push(costs[2]);
            }
        }
        println!(
            "| {} | {:.2} | {:.2} | {:.2} | {:.2} |",
            regions + 1,
            median(changed),
            median(saves),
            median(pages),
            median(since)
        );
    }
    println!();
}

fn start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = Database::empty();
    let begun = Instant::now();
    let serving = Serving::start(folder.path(), &["--database", database.url()]);
    let took = begun.elapsed().as_secs_f64() * 1_000.0;
    let program = std::env::var("RENKEI_BIN").expect("RENKEI_BIN is the server");
    let size = std::fs::metadata(program).map_or(0.0, |file| file.len() as f64 / f64::from(1 << 20));
    println!("- First start, with an empty database, until it answers: {took:.0} ms");
    println!("- Memory after it: {:.0} MiB", Processor::memory(serving.pid()));
    println!("- The program with client and playground in it: {size:.0} MiB\n");
}

fn mean(costs: &[f64]) -> f64 {
    costs.iter().sum::<f64>() / costs.len() as f64
}

fn median(mut costs: Vec<f64>) -> f64 {
    costs.sort_by(f64::total_cmp);
    costs.get(costs.len() / 2).copied().unwrap_or_default()
}

impl Server {
    /// Milliseconds for each of so many requests by POST.
    fn cost(&mut self, request: &Value, requests: usize) -> f64 {
        let bytes = self.bytes(request);
        self.cost_of(&bytes, 200, requests)
    }

    fn cost_of_getting(&mut self, request: &Value, tag: Option<&str>, requests: usize) -> f64 {
        let bytes = self.getting(request, tag);
        self.cost_of(&bytes, if tag.is_some() { 304 } else { 200 }, requests)
    }

    fn cost_of(&mut self, bytes: &[u8], status: u16, requests: usize) -> f64 {
        let before = self.processor.now();
        for _ in 0..requests {
            let answered = self.line.send(bytes);
            let told: String = answered.body().chars().take(300).collect();
            assert_eq!(answered.status, status, "{}: {told}", self.name);
        }
        self.processor.since(&before) / requests as f64
    }

    fn tag(&mut self, request: &Value) -> String {
        let bytes = self.getting(request, None);
        self.line.send(&bytes).header("etag").expect("a tag")
    }

    fn post(&mut self, request: &Value) -> (u16, String) {
        let bytes = self.bytes(request);
        let answered = self.line.send(&bytes);
        (answered.status, answered.body())
    }

    fn bytes(&self, request: &Value) -> Vec<u8> {
        self.bytes_with("", request)
    }

    /// `more`: further lines of the head.
    fn bytes_with(&self, more: &str, request: &Value) -> Vec<u8> {
        let body = request.to_string();
        let cookie = &self.cookie;
        format!(
            "POST /graphql HTTP/1.1\r\nhost: renkei\r\ncontent-type: application/json\r\naccept: application/json\r\ncookie: {cookie}\r\n{more}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    fn getting(&self, request: &Value, tag: Option<&str>) -> Vec<u8> {
        let part = |name: &str, value: &Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!(
                "{name}={}",
                percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC)
            )
        };
        let names = ["query", "variables", "operationName"];
        let parts: Vec<String> = names.into_iter().map(|name| part(name, &request[name])).collect();
        let tag = tag.map(|tag| format!("if-none-match: {tag}\r\n")).unwrap_or_default();
        format!(
            "GET /graphql?{} HTTP/1.1\r\nhost: renkei\r\naccept: application/json\r\ncookie: {}\r\n{tag}\r\n",
            parts.join("&"),
            self.cookie
        )
        .into_bytes()
    }
}
