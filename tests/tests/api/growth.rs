//! Every statement that the API causes, in a made nation: none reads many times what it returns, however much there is of
//! other regions, other years and older changes.

use crate::isolation::decisions::{MUTATIONS, May};
use crate::isolation::world::World;
use renkei_domain::limits::PAGE_ROWS;
use renkei_tests::{Client, Nation, PASSWORD, Socket, TestApp, client_operations, request_id};
use sea_orm::{DbBackend, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NATION: Nation = Nation { regions: 34, years: 4, entries: 2, changes: 20 };
/// Rows beyond which a table is large: it grows with regions, years or changes.
const LARGE: i64 = 200;
/// Rows that PostgreSQL reads for each that it returns, beyond which they are many: where a log is short, it is quicker to
/// read some of it for nothing than to look for each change.
const TIMES: f64 = 20.0;
/// Rows that may be sorted for a page: one of each of a sheet's columns, and of what became of the sheet.
const SORTED: usize = 10 * PAGE_ROWS;
/// Statements of the same text that are explained, each with its own values.
const SAMPLES: usize = 3;

#[test]
fn no_statement_reads_many_times_what_it_returns() {
    let world = World::new();
    let queries = world.queries();
    NATION.found_in(&world.app);
    let mut heard = Heard::default();
    let mut hear = |what: &str, run: &dyn Fn()| heard.add(what, world.app.statements_of(run));
    let (honjo, operator) = (world.app.sign_in("honjo"), world.app.sign_in("hourai-operator"));
    let people = [&world.hub, &honjo, &operator];
    for (name, document) in &queries {
        for client in people {
            for kind in [name.split(' ').nth(1).unwrap_or_default(), "Entry"] {
                let variables = world.home.variables(kind);
                hear(name, &|| drop(client.graphql(&document.text, variables.clone())));
            }
        }
    }
    let operations = client_operations();
    for (name, document) in operations.iter().filter(|(_, document)| document.starts_with("query")) {
        for client in people {
            for variables in variables(&world, document) {
                hear(name, &|| {
                    let answer = client.graphql(document, variables.clone());
                    assert!(answer["data"].is_object(), "{name} {variables}: {answer}");
                });
            }
        }
    }
    let mut own = client_documents(&operations);
    for (mutation, may) in MUTATIONS.iter().filter(|(_, may)| *may != May::Anybody) {
        hear(mutation, &|| {
            let ends = ["signOut", "changePassword"].contains(mutation);
            let client = world.app.sign_in(if ends { "kamisato" } else { "hub-approver" });
            let inputs = match (*may, *mutation) {
                (May::Oneself, "signOut") => vec![json!({})],
                (May::Oneself, "changePassword") => {
                    vec![json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD })]
                }
                _ => world.inputs(mutation, &world.target(&client, mutation, &Value::Null)),
            };
            for input in inputs {
                client.graphql(&world.schema.mutation(mutation, 1).text, json!({ "input": input }));
            }
        });
        for document in own.remove(*mutation).unwrap_or_default() {
            hear(mutation, &|| {
                let client = world.app.client().sign_in("hub", PASSWORD);
                let input = match *mutation {
                    "signOut" => json!({}),
                    "changePassword" => {
                        json!({ "currentPassword": "wrong", "newPassword": "another-password" })
                    }
                    _ => world.inputs(mutation, &world.target(&client, mutation, &Value::Null)).remove(0),
                };
                client.graphql(document, json!({ "input": input }));
            });
        }
    }
    hear("sheetEvents", &|| watch(&world.app, &world));
    let faults = heard.explained(&world.app);
    assert!(heard.statements.len() > 80, "{} statements", heard.statements.len());
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// From some changes ago on, and one more.
fn watch(app: &TestApp, world: &World) {
    let honjo = app.sign_in("honjo");
    let (matrix, after) = (&world.matrix, world.app.select::<i64>("SELECT MAX(seq) FROM region")[0] - 200);
    let mut socket = Socket::on_sheet(&app.url, &honjo, matrix, json!(after));
    world.hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "みている人のいる取組"));
    socket.change();
}

/// The client's own documents of each mutation.
fn client_documents(operations: &BTreeMap<String, String>) -> BTreeMap<&'static str, Vec<&String>> {
    let mutations = operations.values().filter(|document| document.starts_with("mutation"));
    let mut documents: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for document in mutations {
        let calls =
            |name: &&str| document.contains(&format!("{name}(")) || document.contains(&format!("{name}\n"));
        let (name, _) = MUTATIONS.iter().find(|(name, _)| calls(name)).expect("a mutation of the schema");
        documents.entry(*name).or_default().push(document);
    }
    documents
}

/// What the client would ask for, by the names of its variables: a first page, and one behind a cursor.
fn variables(world: &World, document: &str) -> [Value; 2] {
    let home = &world.home;
    let after = match document {
        document if document.contains("waitingThreads") || document.contains("notices(") => {
            "ffffffff-0000-7000-8000-000000000000"
        }
        document if document.contains("regionPage") => "第1",
        document if document.contains("search(") => "2026.0.PLAN.0.018f3a52-0000-7000-8000-000000000001",
        _ => "300",
    };
    let known = json!({
        "regionId": home.region, "sheetId": home.sheet, "fiscalYear": 2026, "lastYear": 2025, "seq": 100, "afterSeq": 100,
        "visitId": request_id(), "id": home.ids["Entry"][0], "ownerId": home.ids["Organization"][0], "name": "本庄",
        "from": "2026-02-06T00:00:00Z", "text": "在宅 医療", "first": 20,
    });
    let mut first = known;
    let declared = document.split_once('{').map_or("", |(head, _)| head);
    let all = first.as_object_mut().expect("an object");
    all.retain(|name, _| declared.contains(&format!("${name}:")));
    let mut behind = first.clone();
    if declared.contains("$after:") {
        behind["after"] = json!(after);
    }
    [first, behind]
}

/// Statements by their text, each with what caused it.
#[derive(Default)]
struct Heard {
    statements: BTreeMap<String, Vec<(String, Statement)>>,
}

impl Heard {
    fn add(&mut self, what: &str, statements: Vec<Statement>) {
        for statement in statements {
            let known = self.statements.entry(shape(&statement.sql)).or_default();
            if known.len() < SAMPLES {
                known.push((what.to_owned(), statement));
            }
        }
    }

    fn explained(&self, app: &TestApp) -> Vec<String> {
        let tables = Tables::of(app);
        let samples = self.statements.values().flatten();
        let fault = |(what, statement): &(String, Statement)| {
            let fault = match app.backend() {
                DbBackend::Sqlite => tables.planned(app, statement),
                _ => measured(app, statement),
            };
            fault.map(|fault| format!("{what}: {fault}\n{statement}"))
        };
        samples.filter_map(fault).collect()
    }
}

/// A statement without its numbers of values.
fn shape(sql: &str) -> String {
    let mut shape = String::with_capacity(sql.len());
    for part in sql.split_inclusive(", ") {
        let value = part.trim_end_matches(", ").trim_start_matches('(').trim_end_matches(')');
        if !value.starts_with(['?', '$']) {
            shape.push_str(part);
        }
    }
    shape
}

fn explains(sql: &str) -> bool {
    ["SELECT", "UPDATE", "DELETE", "WITH"].iter().any(|kind| sql.starts_with(kind))
        && !sql.contains("pg_notify")
}

/// The tables with their rows.
struct Tables(BTreeMap<String, i64>);

impl Tables {
    fn of(app: &TestApp) -> Self {
        let sql = match app.backend() {
            DbBackend::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            }
            _ => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        let names: Vec<String> = app.select(sql);
        Self(names.into_iter().map(|name| (name.clone(), app.count(&name))).collect())
    }

    /// What is wrong with SQLite's plan.
    fn planned(&self, app: &TestApp, statement: &Statement) -> Option<String> {
        if !explains(&statement.sql) {
            return None;
        }
        let mut explain = statement.clone();
        explain.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let plan = app.rows(explain).unwrap_or_else(|error| panic!("{error}: {statement}"));
        let plan: Vec<(i32, String)> = plan
            .iter()
            .map(|step| {
                (step.try_get("", "parent").expect("a plan"), step.try_get("", "detail").expect("a plan"))
            })
            .collect();
        let is_large =
            |name: &str| self.0.get(&table(&statement.sql, name)).is_some_and(|rows| *rows > LARGE);
        let reads_region = searches(&statement.sql) || statement.sql.contains("MAX(");
        let reads_all = |step: &str| {
            let mut words = step.split(' ');
            let (how, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let by_region =
                step.ends_with("(region_id=?)") && !ONE_BY_REGION.iter().any(|one| step.contains(one));
            let grows = || GROWING.contains(&table(&statement.sql, name).as_str());
            let all_of_somebody = SOMEBODYS.iter().any(|index| step.contains(index))
                || (statement.sql.contains(UNREAD) && step.contains("notice_list"));
            (how == "SCAN" && is_large(name))
                || all_of_somebody
                || (how == "SEARCH" && by_region && grows() && !reads_region)
                || step.contains("AUTOMATIC")
        };
        if let Some((_, step)) = plan.iter().find(|(_, step)| reads_all(step)) {
            return Some(format!("{step}: {plan:?}"));
        }
        // A step of a statement itself, and not of a part of it, which is limited.
        let sorts = plan.iter().any(|(parent, step)| *parent == 0 && step.starts_with("USE TEMP B-TREE"));
        if !sorts || !statement.sql.starts_with("SELECT") || statement.sql.contains(ALL_REGIONS) {
            return None;
        }
        let mut whole = statement.clone();
        if let Some((before, limit)) =
            statement.sql.rsplit_once(" LIMIT ").filter(|(_, limit)| !limit.contains(')'))
        {
            let (limit, offset) = limit.split_once(" OFFSET ").unwrap_or((limit, "0"));
            whole.sql = format!("{before} LIMIT MAX(1000000, {limit}) OFFSET MIN(0, {offset})");
        }
        let rows = app.rows(whole).unwrap_or_else(|error| panic!("{error}: {statement}")).len();
        (rows > PAGE_ROWS + 1).then(|| format!("sorts {rows} rows: {plan:?}"))
    }
}

/// Tables that grow with years and changes, so that all of a region's rows are too many.
const GROWING: [&str; 5] = ["change", "change_cell", "entry", "snapshot_entry", "thread"];
/// Indexes that have few of a region's rows, in the order in which they are asked for.
const ONE_BY_REGION: [&str; 1] = ["thread_open"];
/// Indexes that have all that concerns somebody, though it be read or resolved long since: no list is found by them.
const SOMEBODYS: [&str; 2] = ["mention_account", "mention_organization"];
const UNREAD: &str = r#""notice"."read_at" IS NULL"#;
/// A search reads all of a region's entries, each once, and nothing of other regions.
const SEARCH: [&str; 2] = [
    r#""entry"."owner_id", "entry"."rank" FROM"#,
    r#""snapshot_entry"."owner_id", "snapshot_entry"."rank" FROM"#,
];
/// Whoever operates the server may ask for the regions all at once, and gets them by name.
const ALL_REGIONS: &str = r#"FROM "region" LEFT JOIN "region_organization""#;

fn searches(sql: &str) -> bool {
    SEARCH.iter().any(|columns| sql.contains(columns))
}

/// What a name of a plan stands for in a statement.
fn table(sql: &str, name: &str) -> String {
    let named = format!("\" AS \"{name}\"");
    let table = sql.split_once(&named).and_then(|(before, _)| before.rsplit('"').next());
    table.unwrap_or(name).to_owned()
}

/// What is wrong with how PostgreSQL has run it.
fn measured(app: &TestApp, statement: &Statement) -> Option<String> {
    if !explains(&statement.sql) {
        return None;
    }
    let mut explain = statement.clone();
    explain.sql = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {}", statement.sql);
    let plan = app.rows(explain).unwrap_or_else(|error| panic!("{error}: {statement}"));
    let plan: Value = plan[0].try_get_by_index(0).expect("a plan");
    let plan = &plan[0]["Plan"];
    let mut read = Read::default();
    read.add(plan, false);
    let returned = plan["Actual Rows"].as_f64().unwrap_or_default();
    let searched = if searches(&statement.sql) { OF_REGION } else { 0.0 };
    let many = |read: f64, of: f64| read - searched > 300.0 && read > TIMES * of;
    let fault = match () {
        () if many(read.removed, read.kept) => format!("{} rows are read and left out", read.removed),
        () if read.kept > SMALL_TABLE && many(read.kept, returned) => {
            format!("{} rows are read for {returned}", read.kept)
        }
        () if read.sorted > SORTED as f64 => format!("{} rows are sorted for a page", read.sorted),
        () => return None,
    };
    Some(format!("{fault}: {}", read.steps.join("; ")))
}

/// Entries of the sample's region, and of each of the made ones nearly so many.
const OF_REGION: f64 = 64.0 + (8 * 4 * 2 * 3) as f64;
/// A table of no more rows is sooner read whole than by an index.
const SMALL_TABLE: f64 = 2_000.0;

/// Rows of tables: read and kept, read and left out; and sorted for a page.
#[derive(Default)]
struct Read {
    kept: f64,
    removed: f64,
    sorted: f64,
    /// In words.
    steps: Vec<String>,
}

impl Read {
    fn add(&mut self, node: &Value, limited: bool) {
        let number = |name: &str| node[name].as_f64().unwrap_or_default();
        let loops = number("Actual Loops");
        let kind = node["Node Type"].as_str().unwrap_or_default();
        if node["Relation Name"].is_string() && kind != "ModifyTable" {
            self.kept += number("Actual Rows") * loops;
            let removed = number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
            self.removed += removed * loops;
            let words = ["Node Type", "Relation Name", "Index Name", "Index Cond", "Filter"];
            let words: Vec<&str> = words.iter().filter_map(|word| node[*word].as_str()).collect();
            self.steps.push(format!(
                "{} × ({} kept, {removed} left out) {}",
                loops,
                number("Actual Rows"),
                words.join(" ")
            ));
        }
        for inner in node["Plans"].as_array().into_iter().flatten() {
            if limited && kind == "Sort" {
                self.sorted = self.sorted.max(inner["Actual Rows"].as_f64().unwrap_or_default());
            }
            self.add(inner, kind == "Limit");
        }
    }
}

/// Somebody of a made region reads their newest sheet, so that what is explained has something to find.
#[test]
fn a_made_region_is_one() {
    let app = TestApp::demo();
    Nation { regions: 2, years: 3, entries: 3, changes: 2 }.found_in(&app);
    let sheet = "query($region: ID!, $year: Int!) { sheet(regionId: $region, fiscalYear: $year) { seq
        rows { cells { entries { version body changes(first: 9) { edges { node { summary
            entry { before { version } after { version } } } } } threads { comments { body } } } } }
        changes(first: 9) { edges { node { seq } } } } }";
    let entries = |client: &Client, year: i32| {
        let region = client.data("{ viewer { memberships { region { id } } } }", json!({}));
        let region = &region["viewer"]["memberships"][0]["region"]["id"];
        let sheet = client.data(sheet, json!({ "region": region, "year": year }))["sheet"].take();
        let rows = sheet["rows"].as_array().unwrap().iter();
        let cells = rows.flat_map(|row| row["cells"].as_array().unwrap());
        let entries = cells.flat_map(|cell| cell["entries"].as_array().unwrap());
        (entries.cloned().collect::<Vec<Value>>(), sheet["seq"].clone())
    };
    let (made, seq) = entries(&app.sign_in("p1-0"), 2025);
    assert_eq!((made.len(), seq), (8 * 4 * 3, json!(8 * 4 * 3 * 3)));
    assert_eq!((&made[0]["version"], made[0]["changes"]["edges"].as_array().unwrap().len()), (&json!(1), 1));
    assert!(
        made.iter().any(|entry| entry["threads"][0]["comments"].as_array().is_some_and(|all| all.len() == 2))
    );
    let (sample, _) = entries(&app.sign_in("hub"), 2026);
    let last = &sample[0]["changes"]["edges"][0]["node"]["entry"];
    assert_eq!(
        (sample.len(), &last["before"]["version"], &last["after"]["version"]),
        (64, &json!(2), &json!(3))
    );
    let (older, _) = entries(&app.sign_in("hub"), 2024);
    assert_eq!((older.len(), older[0]["changes"]["edges"].as_array().unwrap().len()), (8 * 4 * 3, 2));
}
