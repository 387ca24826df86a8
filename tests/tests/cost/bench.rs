//! What a request takes: CPU time of this process, SQL statements, values and bytes of the answer.

use renkei_server::caller::Proof;
use renkei_server::graphql::{Caller, Door, Operation, own};
use renkei_server::{App, Config, Db, session};
use renkei_tests::{Database, Matrix, TestApp, edit};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};
use std::fmt;
use tokio::runtime::{Builder, Runtime};

pub struct Bench {
    runtime: Runtime,
    app: App,
    caller: Caller,
    places: Places,
    // Last: fields are dropped in order.
    _database: TestApp,
}

/// What requests name.
#[derive(Clone)]
pub struct Places {
    pub region: String,
    pub sheet: String,
    pub entries: Vec<String>,
    pub others: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// Seconds.
    pub cpu: f64,
    pub statements: u64,
    pub values: usize,
    pub bytes: usize,
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spent { cpu, statements, values, bytes } = self;
        write!(f, "{:.2} ms of CPU, {statements} statements, {values} values, {bytes} bytes", cpu * 1_000.0)
    }
}

impl Bench {
    /// The sample with each entry so many times, and with a history.
    pub fn new(times: usize) -> Self {
        let served = TestApp::with(Database::demo(), Config::default());
        multiply(&served, times);
        let hub = served.sign_in("hub");
        let matrix = Matrix::read(&hub);
        let entries = matrix.entries();
        for entry in entries.iter().step_by(times) {
            let edited = format!("{}。詳しくは資料3と（カ）を参照", entry["body"].as_str().unwrap());
            let saved = hub.change("updateEntry", &edit(entry, &edited));
            assert_eq!(saved["__typename"], "EntrySaved");
        }
        for entry in entries.iter().step_by(4 * times).take(10) {
            let deleted = json!({ "requestId": renkei_tests::request_id(), "id": entry["id"], "version": 2 });
            hub.change("deleteEntry", &deleted);
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let places = Places {
            region: text(&matrix.region["id"]),
            sheet: text(&matrix.sheet["id"]),
            entries: entries.iter().step_by(7).take(6).map(|entry| text(&entry["id"])).collect(),
            others: vec![
                text(&matrix.item("ア")),
                text(&matrix.organization("本庄市")),
                text(&hub.viewer()["id"]),
            ],
        };
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (app, caller) = runtime.block_on(async {
            let app = App::new(Db::open(served.database.url()).await.unwrap(), Config::default());
            let proof = Proof::Session(session::Token::given(&hub.token().unwrap()));
            let address = "127.0.0.1".parse().unwrap();
            let identity = proof.peek(&app.db, address).await.unwrap();
            assert!(identity.is_some());
            (app, Caller { identity, address, door: Door::Client })
        });
        Bench { runtime, app, caller, places, _database: served }
    }

    pub fn places(&self) -> Places {
        self.places.clone()
    }

    pub fn whole_sheet(&self, times: usize) -> Spent {
        let variables = json!({ "regionId": self.places.region, "fiscalYear": 2026 });
        self.measure(own::document("Sheet").unwrap(), &variables, times).unwrap()
    }

    /// The least of both, measured in turns: what else the machine does at a time concerns both.
    pub fn beside_sheet(&self, document: &str, rounds: usize) -> (Spent, Spent) {
        let least = |one: Spent, other: Spent| if other.cpu < one.cpu { other } else { one };
        let round = || (self.spent(document, 2).unwrap(), self.whole_sheet(2));
        (1..rounds)
            .map(|_| round())
            .fold(round(), |(document, sheet), now| (least(document, now.0), least(sheet, now.1)))
    }

    pub fn accepts(&self, document: &str) -> Result<(), String> {
        read(document, &json!({})).map(drop)
    }

    /// The least of so many times; an error is why it is not accepted.
    pub fn spent(&self, document: &str, times: usize) -> Result<Spent, String> {
        self.measure(document, &json!({}), times)
    }

    fn measure(&self, document: &str, variables: &Value, times: usize) -> Result<Spent, String> {
        let mut least: Option<Spent> = None;
        for _ in 0..times {
            let (statements, before) = (self.app.db.statements(), cpu());
            let operation = read(document, variables)?;
            let answer = self.runtime.block_on(operation.run(&self.app, self.caller.clone()));
            let bytes = serde_json::to_vec(&answer).unwrap();
            let spent = Spent {
                cpu: cpu() - before,
                statements: self.app.db.statements() - statements,
                values: values(&serde_json::from_slice(&bytes).unwrap()),
                bytes: bytes.len(),
            };
            if least.is_none_or(|least| spent.cpu < least.cpu) {
                least = Some(spent);
            }
        }
        Ok(least.unwrap())
    }
}

fn read(document: &str, variables: &Value) -> Result<Operation, String> {
    let variables: Map<String, Value> = variables.as_object().unwrap().clone();
    Operation::read(document.to_owned(), None, variables).map_err(|error| error.message)
}

/// Seconds of CPU that this process has had, threads that have ended included.
fn cpu() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

fn values(answer: &Value) -> usize {
    match answer {
        Value::Array(list) => 1 + list.iter().map(values).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// Copies every entry within its cell.
fn multiply(served: &TestApp, times: usize) {
    let uuid = match served.database.url().starts_with("sqlite") {
        true => "randomblob(16)",
        false => "gen_random_uuid()",
    };
    let numbers: Vec<String> = (1..times).map(|nth| format!("({nth})")).collect();
    if numbers.is_empty() {
        return;
    }
    served.execute(&format!(
        "WITH copy(nth) AS (VALUES {})
         INSERT INTO entry (id, region_id, item_id, facet, fiscal_year, rank, body, notes, scenes, owner_id, version, updated_at)
         SELECT {uuid}, region_id, item_id, facet, fiscal_year, rank + copy.nth, body, notes, scenes, owner_id, 1, updated_at
         FROM entry, copy",
        numbers.join(",")
    ));
}
