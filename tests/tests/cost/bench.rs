//! What a request takes: CPU time of this process, SQL statements, values and bytes of the answer.

use renkei_server::caller::Proof;
use renkei_server::graphql::{Caller, Door, Operation, own};
use renkei_server::{App, Config, Db, session};
use renkei_tests::{Client, Database, Matrix, TestApp, edit, request_id};
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
    /// While it ran.
    pub refused: bool,
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spent { cpu, statements, values, bytes, refused } = self;
        let refused = if *refused { ", refused while it ran" } else { "" };
        let cpu = cpu * 1_000.0;
        write!(f, "{cpu:.2} ms of CPU, {statements} statements, {values} values, {bytes} bytes{refused}")
    }
}

impl Bench {
    /// The sample with each entry so many times, and with a history of so many edits of each; where there is more than one,
    /// with all that else comes together in years.
    pub fn new(times: usize, edits: usize) -> Self {
        let served = TestApp::with(Database::demo(), Config::default());
        multiply(&served, times);
        let hub = served.sign_in("hub");
        let matrix = Matrix::read(&hub);
        let entries = matrix.entries();
        for nth in 0..edits {
            let now = Matrix::read(&hub).entries();
            for (entry, first) in now.iter().zip(&entries).step_by(times) {
                let body = format!("{}。詳しくは資料{nth}と（カ）を参照", first["body"].as_str().unwrap());
                let saved = hub.change("updateEntry", &edit(entry, &body));
                assert_eq!(saved["__typename"], "EntrySaved");
            }
        }
        for entry in entries.iter().step_by(4 * times).take(10) {
            let version = edits + 1;
            let deleted = json!({ "requestId": request_id(), "id": entry["id"], "version": version });
            assert_eq!(hub.change("deleteEntry", &deleted)["__typename"], "EntryDeleted");
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let kept = if edits > 1 { gather(&served, &hub, &Matrix::read(&hub)) } else { Vec::new() };
        let places = Places {
            region: text(&matrix.region["id"]),
            sheet: text(&matrix.sheet["id"]),
            entries: entries.iter().step_by(7).take(6).map(|entry| text(&entry["id"])).collect(),
            others: [matrix.item("ア"), matrix.organization("本庄市"), hub.viewer()["id"].clone()]
                .iter()
                .chain(&kept)
                .map(text)
                .collect(),
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
        self.spent(own::document("Sheet").unwrap(), times).unwrap()
    }

    /// The client's own queries, of which some have variables.
    pub fn own(&self) -> Vec<(&'static str, String)> {
        let queries = own::documents().filter(|(name, document)| document.contains(&format!("query {name}")));
        queries.map(|(name, document)| (name, document.to_owned())).collect()
    }

    /// Of the client's own operations; all others have none.
    fn variables(&self) -> Value {
        json!({
            "regionId": self.places.region, "sheetId": self.places.sheet, "id": self.places.entries[0],
            "fiscalYear": 2026, "seq": 0, "afterSeq": 0,
        })
    }

    /// Of so many rounds, in each of which both are measured one after the other, the middle one by what the document takes
    /// of the sheet: what else the machine does at a time concerns both of a round.
    pub fn beside_sheet(&self, document: &str, rounds: usize) -> (Spent, Spent) {
        let round = |_| (self.spent(document, 2).unwrap(), self.whole_sheet(2));
        let mut measured: Vec<_> = (0..rounds).map(round).collect();
        measured.sort_by(|one, other| (one.0.cpu / one.1.cpu).total_cmp(&(other.0.cpu / other.1.cpu)));
        measured[rounds / 2]
    }

    /// What it is estimated to take, as a part of the whole sheet; an error is why it is not accepted.
    pub fn estimate(&self, document: &str) -> Result<f64, String> {
        read(document, &self.variables()).map(|operation| operation.estimate())
    }

    /// The least of so many times; an error is why it is not accepted.
    pub fn spent(&self, document: &str, times: usize) -> Result<Spent, String> {
        self.measure(document, &self.variables(), times)
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
                refused: !answer.errors.is_empty(),
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

/// Snapshots, threads with answers, drafts: as many as make a difference, and fewer than there may be. The ids of a
/// snapshot, a thread and a draft.
fn gather(served: &TestApp, hub: &Client, matrix: &Matrix) -> Vec<Value> {
    let approver = served.sign_in("hub-approver");
    let ask = |client: &Client, mutation: &str, kind: &str, answer: &str, mut input: Value| {
        input["requestId"] = json!(request_id());
        let document = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {answer} }} }}");
        let mut payload = client.data(&document, json!({ "input": input }))[mutation].take();
        let made = payload.as_object_mut().and_then(|payload| payload.values_mut().next());
        made.unwrap_or_else(|| panic!("{mutation} is refused: {input}"))["id"].take()
    };
    let sheet = &matrix.sheet["id"];
    let snapshots = (1..=20).map(|nth| {
        let input = json!({ "sheetId": sheet, "label": format!("第{nth}回協議会") });
        let answer = "... on SnapshotCreated { snapshot { id } }";
        ask(&approver, "createSnapshot", "CreateSnapshotInput", answer, input)
    });
    let mut made: Vec<Value> = snapshots.last().into_iter().collect();
    let (town, saved) = (matrix.organization("本庄市"), "... on ThreadSaved { thread { id } }");
    let entries = matrix.entries();
    for nth in 0..100 {
        let entry = &entries[1 + nth % (entries.len() - 1)]["id"];
        let comment = |nth: usize| format!("資料{nth}の書き方を、（カ）に合わせてはどうでしょうか。");
        let input = json!({ "sheetId": sheet, "entryId": entry, "body": comment(nth), "mentionIds": [town] });
        let thread = ask(hub, "createThread", "CreateThreadInput", saved, input);
        for more in 0..4 {
            let input = json!({ "threadId": thread, "body": comment(more), "mentionIds": [town] });
            ask(hub, "addComment", "AddCommentInput", saved, input);
        }
        made.truncate(1);
        made.push(thread);
    }
    for nth in 0..100 {
        let input = json!({
            "sheetId": sheet, "deviceId": format!("PC-{nth}"), "entryId": entries[0]["id"],
            "outline": format!("○{nth}{}", "研修会を開く。".repeat(1_000)), "version": 1,
            "typedAt": "2026-02-06T01:23:45.678Z",
        });
        let document = "mutation($input: SaveDraftInput!) {
            saveDraft(input: $input) { ... on DraftKept { draft { id } } } }";
        let mut kept = hub.data(document, json!({ "input": input }));
        made.truncate(2);
        made.push(kept["saveDraft"]["draft"]["id"].take());
    }
    made
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
