//! The server killed with SIGKILL at random moments under writing clients, and started again: what was acknowledged is
//! there, once, and the log has no gap. A client whose request was not answered sends it again, as it is.
//!
//! `RENKEI_KILL_ROUNDS` says how often (15), `RENKEI_KILL_SEED` at which moments.

use crate::cluster::Cluster;
use crate::random::Random;
use renkei_server::Config;
use renkei_tests::{Client, Database, Matrix, PASSWORD, Serving, TestApp, edit, note, request, request_id};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

const WRITERS: [&str; 5] = ["hub", "honjo", "misato", "kamikawa", "kamisato"];
/// For all that a test does; none comes near it.
const PATIENCE: Duration = Duration::from_secs(600);

#[test]
fn what_was_acknowledged_outlives_a_killed_server() {
    let trial = Trial::new(Database::demo());
    let folder = tempfile::tempdir().unwrap();
    let start = || Serving::start(folder.path(), &["--database", trial.database.url()]);
    let story = trial.run(start(), |serving| {
        serving.kill();
        start()
    });
    trial.check(&story);
}

/// The database's own server is stopped as a power cut does, while ours goes on: it says that it cannot, or has not,
/// and is asked again.
#[test]
fn what_was_acknowledged_outlives_a_killed_postgresql() {
    let cluster = Cluster::start();
    let trial = Trial { rounds: 5, ..Trial::new(Database::at(cluster.address())) };
    let folder = tempfile::tempdir().unwrap();
    let start = || Serving::start(folder.path(), &["--demo", "--database", trial.database.url()]);
    let story = trial.run(start(), |serving| {
        cluster.control(&["stop", "--mode=immediate"]);
        cluster.control(&["start", "--wait"]);
        serving
    });
    trial.check(&story);
}

#[test]
fn sqlite_waits_for_the_disk_before_it_acknowledges() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::at(format!("sqlite://{}", folder.path().join("renkei.db").display()));
    let app = TestApp::with(database, Config::default());
    assert_eq!(app.select::<i32>("PRAGMA synchronous"), [2], "FULL");
    assert_eq!(app.select::<String>("PRAGMA journal_mode"), ["wal"]);
}

/// A database and the dice.
struct Trial {
    database: Database,
    seed: u64,
    rounds: u64,
}

/// What the server said that it has done.
#[derive(Clone, Debug)]
struct Ack {
    request: Uuid,
    seq: i64,
    entry: Value,
    version: i64,
    /// Stands in the text that was saved.
    word: String,
}

/// What a writer knows in the end.
#[derive(Default)]
struct Record {
    acks: Vec<Ack>,
    /// The newest draft that the server said it keeps.
    draft: Option<String>,
}

/// What came of a trial.
struct Story {
    records: Vec<Record>,
    /// The last change of which somebody was told who asked for news all the time.
    seen: i64,
}

impl Trial {
    fn new(database: Database) -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
        let (seed, rounds) = (number("RENKEI_KILL_SEED"), number("RENKEI_KILL_ROUNDS"));
        Self { database, seed: seed.unwrap_or(3), rounds: rounds.unwrap_or(15) }
    }

    /// Strikes again and again while all write, until the rounds are over and every request is answered.
    fn run(&self, mut serving: Serving, strike: impl Fn(Serving) -> Serving) -> Story {
        let server = Server::default();
        let clients = WRITERS.map(|login| Client::new(&serving.url).sign_in(login, PASSWORD));
        let matrix = Matrix::read(&clients[0]);
        let mut shared = matrix.new_entry("ア", "GOAL", "みなで書く取組");
        shared["notes"] = WRITERS.iter().map(|login| note("ASTERISK", &line(login, 0), 0)).collect();
        let shared = clients[0].change("createEntry", &shared)["entry"].take();
        server.is_at(&serving.url);
        std::thread::scope(|scope| {
            let writers: Vec<_> = WRITERS
                .iter()
                .zip(&clients)
                .zip(1..)
                .map(|((login, client), nth)| {
                    let writer = Writer {
                        server: &server,
                        login,
                        client,
                        matrix: &matrix,
                        random: Random(self.seed * 1_000 + nth),
                        shared: shared.clone(),
                        own: Vec::new(),
                        count: 0,
                        record: Record::default(),
                    };
                    scope.spawn(move || writer.write())
                })
                .collect();
            let watcher = scope.spawn(|| watch(&server, &clients[0], &matrix));
            let mut random = Random(self.seed);
            for _ in 0..self.rounds {
                server.wait_for(1 + random.below(25));
                // Anywhere within what the writers do next.
                std::thread::sleep(Duration::from_micros(random.below(20_000)));
                serving = strike(serving);
                server.is_at(&serving.url);
            }
            server.over.store(true, Ordering::Release);
            let records = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
            server.silent.store(true, Ordering::Release);
            Story { records, seen: watcher.join().unwrap() }
        })
    }

    fn check(self, Story { records, seen }: &Story) {
        let Trial { database, seed, rounds } = self;
        println!("seed {seed}");
        let app = TestApp::with(database, Config::default());
        check_numbers(&app, *seen);
        let versions = versions(&app);
        let acks: Vec<&Ack> = records.iter().flat_map(|record| &record.acks).collect();
        check_acks(&app, &acks, &versions);
        assert!(acks.len() as u64 > rounds, "all wrote between two strikes");
        check_sheet(&app, &versions);
        for (login, record) in WRITERS.iter().zip(records) {
            let kept = app.sign_in(login).data("{ drafts { outline } }", json!({}))["drafts"].take();
            assert_eq!(kept[0]["outline"].as_str(), record.draft.as_deref(), "the draft of {login}");
        }
    }
}

/// The log counts from 1 on without a gap, the region knows how far, and so does whoever was told.
fn check_numbers(app: &TestApp, seen: i64) {
    let numbers: Vec<i64> = app.select("SELECT seq FROM change ORDER BY seq");
    assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<i64>>(), "no gap, no repeat");
    assert_eq!(app.select::<i64>("SELECT seq FROM region"), [numbers.len() as i64]);
    assert_eq!(seen, numbers.len() as i64);
}

/// All entries by their ids, each with what the log says of its versions.
type Versions = BTreeMap<String, Vec<Value>>;

fn versions(app: &TestApp) -> Versions {
    let afters: Vec<Value> = app.select("SELECT after FROM change WHERE entity = 'ENTRY' ORDER BY seq");
    let mut all = Versions::new();
    for after in afters {
        let versions = all.entry(after["id"].as_str().unwrap().to_owned()).or_default();
        versions.push(after);
        assert_eq!(versions.last().unwrap()["version"], versions.len(), "without a gap");
    }
    all
}

/// Every acknowledged change is there once, with its text, and no other.
fn check_acks(app: &TestApp, acks: &[&Ack], versions: &Versions) {
    // An import names all its rows alike, and is no person.
    let of_people = "FROM change WHERE by_id IS NOT NULL ORDER BY seq";
    let requests: Vec<Uuid> = app.select(&format!("SELECT request_id {of_people}"));
    let numbers: Vec<i64> = app.select(&format!("SELECT seq {of_people}"));
    let made: HashMap<Uuid, i64> = requests.iter().copied().zip(numbers).collect();
    assert_eq!(made.len(), requests.len(), "a request made two changes");
    let mut acknowledged = HashSet::new();
    for ack in acks {
        assert!(acknowledged.insert(ack.request), "{ack:?} twice");
        assert_eq!(made.get(&ack.request), Some(&ack.seq), "{ack:?}");
        let then = &versions[ack.entry.as_str().unwrap()][usize::try_from(ack.version).unwrap() - 1];
        assert!(then.to_string().contains(&ack.word), "{ack:?} {then}");
    }
    // All requests were answered in the end. One entry was there before.
    assert_eq!(made.len(), acknowledged.len() + 1, "a change that nobody asked for");
}

/// The sheet is what its log says.
fn check_sheet(app: &TestApp, versions: &Versions) {
    let sheet = Matrix::read(&app.sign_in("hub")).entries().into_iter();
    let sheet: HashMap<String, Value> =
        sheet.map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry)).collect();
    for (id, versions) in versions {
        let last = versions.last().unwrap();
        match sheet.get(id) {
            Some(entry) => {
                assert_eq!((&entry["version"], &entry["body"]), (&last["version"], &last["body"]), "{id}");
                assert_eq!(last["deletedAt"], Value::Null, "{id}");
            }
            None => assert!(last["deletedAt"].is_i64(), "{id} is not on the sheet"),
        }
    }
}

/// Where the server is, as far as the writers know.
#[derive(Default)]
struct Server {
    url: Mutex<(u64, String)>,
    moved: Condvar,
    acks: AtomicU64,
    /// Nothing new is to be begun.
    over: AtomicBool,
    /// Everything was answered.
    silent: AtomicBool,
}

impl Server {
    fn is_at(&self, url: &str) {
        let mut place = self.url.lock().unwrap();
        *place = (place.0 + 1, url.to_owned());
        self.moved.notify_all();
    }

    /// Where it is, once it is somewhere else than where it did not answer; or there, if it is said to be there still.
    fn after(&self, left: u64) -> (u64, String) {
        let place = self.url.lock().unwrap();
        let again = Duration::from_secs(5);
        self.moved.wait_timeout_while(place, again, |place| place.0 <= left).unwrap().0.clone()
    }

    /// Until so many more requests have been answered.
    fn wait_for(&self, answers: u64) {
        let until = self.acks.load(Ordering::Acquire) + answers;
        let deadline = Instant::now() + PATIENCE;
        while self.acks.load(Ordering::Acquire) < until {
            assert!(Instant::now() < deadline, "nobody is answered");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Asks for news, one answer after the other, whatever happens to the server: each change is told in its turn, once.
/// All are on this sheet. The number of the last one.
fn watch(server: &Server, client: &Client, matrix: &Matrix) -> i64 {
    let query =
        "query($sheet: ID!, $after: Int!) { sheetEvents(sheetId: $sheet, afterSeq: $after) { __typename
        ... on EntrySaved { change { seq } } ... on EntryDeleted { change { seq } } } }";
    let (mut seen, mut left) = (matrix.seq(), 0);
    loop {
        let last_time = server.silent.load(Ordering::Acquire);
        let (place, url) = server.after(left);
        let request = json!({ "query": query, "variables": { "sheet": matrix.sheet["id"], "after": seen } });
        let answer = client.try_post(&url, &request).filter(|answer| answer.get("errors").is_none());
        let Some(answer) = answer else {
            left = place;
            continue;
        };
        let events = answer["data"]["sheetEvents"].as_array().unwrap();
        for event in events.iter().filter(|event| event["__typename"] != "PresenceChanged") {
            seen += 1;
            assert_eq!(event["change"]["seq"], seen, "{event}");
        }
        if last_time {
            return seen;
        }
    }
}

/// Somebody who writes as fast as they are answered, on entries of their own and on one that all share.
struct Writer<'a> {
    server: &'a Server,
    login: &'a str,
    client: &'a Client,
    matrix: &'a Matrix,
    random: Random,
    shared: Value,
    own: Vec<Value>,
    count: u64,
    record: Record,
}

impl Writer<'_> {
    fn write(mut self) -> Record {
        while !self.server.over.load(Ordering::Acquire) {
            self.count += 1;
            match self.random.below(8) {
                0 => self.create(),
                1 | 2 if !self.own.is_empty() => self.update(),
                3 if !self.own.is_empty() => self.shift(),
                4 if self.own.len() > 3 => self.delete(),
                5 => self.draft(),
                _ => self.share(),
            }
        }
        self.record
    }

    fn create(&mut self) {
        let word = self.word();
        let saved =
            self.ask("createEntry", &self.matrix.new_entry("イ", "GOAL", &format!("加えた{word}")), &word);
        self.own.push(saved["entry"].clone());
    }

    fn update(&mut self) {
        let (nth, word) = (self.any_own(), self.word());
        let input = edit(&self.own[nth], &format!("直した{word}"));
        self.own[nth] = self.ask("updateEntry", &input, &word)["entry"].take();
    }

    fn shift(&mut self) {
        let nth = self.any_own();
        let entry = &self.own[nth];
        let input = json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
        let word = entry["body"].as_str().unwrap().to_owned();
        self.own[nth] = self.ask("moveEntry", &input, &word)["entry"].take();
    }

    fn delete(&mut self) {
        let nth = self.any_own();
        let entry = self.own.swap_remove(nth);
        let input = json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
        self.ask("deleteEntry", &input, entry["body"].as_str().unwrap());
    }

    /// Their own line of the entry that all write, from the version that they saw last.
    fn share(&mut self) {
        let word = line(self.login, self.count);
        let mut input = edit(&self.shared, self.shared["body"].as_str().unwrap());
        let own = line(self.login, 0);
        let (name, _) = own.split_once("：").unwrap();
        for note in input["notes"].as_array_mut().unwrap() {
            if note["text"].as_str().unwrap().starts_with(name) {
                note["text"] = json!(word);
            }
        }
        self.shared = self.ask("updateEntry", &input, &word)["entry"].take();
    }

    fn draft(&mut self) {
        let outline = format!("○{}", self.word());
        // Later than the one before.
        let (hour, minute, second) = (self.count / 3_600, self.count / 60 % 60, self.count % 60);
        let input = json!({
            "sheetId": self.matrix.sheet["id"], "deviceId": self.login, "entryId": self.shared["id"], "version": 1,
            "outline": outline, "typedAt": format!("2026-02-06T{hour:02}:{minute:02}:{second:02}Z"),
        });
        let document = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename
            ... on DraftKept { draft { outline } } } }";
        let kept = self.until_answered(&json!({ "query": document, "variables": { "input": input } }));
        assert_eq!(kept["saveDraft"]["draft"]["outline"], outline, "{kept}");
        self.record.draft = Some(outline);
    }

    /// Asks until it is answered, and keeps what was acknowledged.
    fn ask(&mut self, mutation: &str, input: &Value, word: &str) -> Value {
        let payload = self.until_answered(&request(mutation, input))[mutation].take();
        let (entry, version) = match payload["__typename"].as_str() {
            Some("EntrySaved") => (&payload["entry"]["id"], &payload["entry"]["version"]),
            Some("EntryDeleted") => (&payload["id"], &payload["version"]),
            _ => panic!("{mutation} {input}: {payload}"),
        };
        let version = version.as_i64().unwrap();
        // Moved to where it stands already: nothing was done.
        if input["version"].as_i64() != Some(version) {
            self.record.acks.push(Ack {
                request: input["requestId"].as_str().unwrap().parse().unwrap(),
                seq: payload["change"]["seq"].as_i64().unwrap(),
                entry: entry.clone(),
                version,
                word: word.to_owned(),
            });
        }
        self.server.acks.fetch_add(1, Ordering::AcqRel);
        payload
    }

    fn until_answered(&self, request: &Value) -> Value {
        let mut left = 0;
        let deadline = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < deadline, "the server does not come back");
            let (place, url) = self.server.after(left);
            match self.client.try_post(&url, request) {
                Some(mut answer) if answer.get("errors").is_none() => return answer["data"].take(),
                // A fault: whether it was done or not, only the same request, sent again, can tell.
                Some(_) | None => left = place,
            }
        }
    }

    fn any_own(&mut self) -> usize {
        let own = self.own.len() as u64;
        usize::try_from(self.random.below(own)).unwrap()
    }

    /// Nobody writes it twice.
    fn word(&self) -> String {
        format!("〈{}の{}〉", self.login, self.count)
    }
}

/// A writer's line of the entry that all write. The names have little in common, so that no line passes for another's.
fn line(login: &str, count: u64) -> String {
    format!("{}：{count}回目に{login}が書いた。", login.repeat(3))
}
