//! A sheet is read in a constant number of SQL statements, however many entries stand in it; a save takes few.

use crate::import::new_region;
use renkei_tests::{Client, Matrix, TestApp, edit, renkei, request_id};
use serde_json::{Value, json};
use std::fs;

const SAMPLE: &str = include_str!("../../../sample/honjo-kodama-r8.tsv");

/// The sample with every entry ten times.
fn tenfold() -> String {
    let mut lines = SAMPLE.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().unwrap();
    let rows = lines.map(|line| {
        if line.starts_with("事業項目") {
            return line.to_owned();
        }
        let mut fields = line.split('\t');
        let item = fields.next().unwrap();
        let cells = fields.map(|cell| format!("{cell} ").repeat(10));
        std::iter::once(item.to_owned()).chain(cells).collect::<Vec<_>>().join("\t")
    });
    std::iter::once(header.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

fn ask(client: &Client, region: &Value, selection: &str) -> Value {
    let query = format!(
        "query($id: ID!) {{ sheet(regionId: $id, fiscalYear: 2026) {{ seq phase columns {{ heading }}
            region {{ name organizations {{ name }} handouts(fiscalYear: 2026) {{ title }} sheets {{ title }} }}
            rows {{ item {{ code scenes }} cells {{ hiddenCount entries {{ id {selection} }} }} }} }} }}"
    );
    client.data(&query, json!({ "id": region }))["sheet"].take()
}

fn entries(sheet: &Value) -> usize {
    let rows = sheet["rows"].as_array().unwrap().iter();
    let cells = rows.flat_map(|row| row["cells"].as_array().unwrap());
    cells.map(|cell| cell["entries"].as_array().unwrap().len()).sum()
}

#[test]
fn a_sheet_of_ten_times_the_entries_takes_no_more_statements() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    fs::write(folder.path().join("sheet.tsv"), tenfold()).unwrap();
    let import = ["import", "sheet.tsv", "--region", "秩父郡", "--fiscal-year", "2026", "--database"];
    renkei(folder.path(), &[&import[..], &[app.database.url()]].concat(), "").expect_success();
    let (small, large) = (app.sign_in("hub"), app.sign_in("chichibu"));
    let region = |client: &Client| Matrix::read(client).region["id"].clone();
    let (small_region, large_region) = (region(&small), region(&large));
    // Entries by several people, in both.
    for client in [&small, &large] {
        for entry in Matrix::read(client).entries().iter().step_by(5) {
            client.change("updateEntry", &edit(entry, "資料3と（カ）を参照"));
        }
    }
    for selection in [
        "",
        "owner { name } updatedBy { name organization { name } memberships { role } } viewerCanEdit",
        "item { title scenes } references { __typename }",
        "changes(first: 1) { edges { node { summary } } }",
        "threads { id }",
    ] {
        let mut counted = Vec::new();
        for (client, region, expected) in [(&small, &small_region, 64), (&large, &large_region, 640)] {
            counted.push(
                app.fewest_statements(|| assert_eq!(entries(&ask(client, region, selection)), expected)),
            );
        }
        assert_eq!(counted[0], counted[1], "{selection}");
        assert!(counted[0] <= 16, "{counted:?} {selection}");
        if !selection.contains("changes") && !selection.contains("threads") {
            // Who asks, beginning and end of reading, and what stands on the sheet, with those who edited it.
            assert!(counted[0] <= 1 + 2 + 6, "{counted:?} {selection}");
        }
    }
}

/// The documents that the client sends.
const CREATE: &str = include_str!("../../../frontend/src/entry/operations/create.graphql");
const UPDATE: &str = include_str!("../../../frontend/src/entry/operations/update.graphql");
const MOVE: &str = include_str!("../../../frontend/src/entry/operations/move.graphql");
const ASSIGN: &str = include_str!("../../../frontend/src/entry/operations/assign.graphql");
const DELETE: &str = include_str!("../../../frontend/src/entry/operations/delete.graphql");
/// Of a save, with who it is, the transaction's beginning and end, and all that its answer tells.
const SAVE: u64 = 12;
/// More for a save from an older version: what the log tells of it and of what came after, however much.
const OLDER: u64 = 2;

/// What is sent is made anew each time, since each time something is saved; and not counted.
fn cost_of_saving(app: &TestApp, client: &Client, document: &str, input: impl Fn(&Matrix) -> Value) -> u64 {
    let cost = |_| {
        let input = input(&Matrix::read(client));
        let before = app.statements();
        let answer = client.data(document, json!({ "input": input }))["answer"].take();
        let cost = app.statements() - before;
        assert!(["EntrySaved", "EntryDeleted"].iter().any(|kind| answer["__typename"] == *kind), "{answer}");
        cost
    };
    (0..3).map(cost).min().unwrap()
}

fn of_year(client: &Client, year: i32) -> Value {
    let region = Matrix::read(client).region["id"].clone();
    let query = "query($region: ID!, $year: Int!) { sheet(regionId: $region, fiscalYear: $year) {
        rows { item { id } cells { facet fiscalYear entries { id version } } } } }";
    client.data(query, json!({ "region": region, "year": year }))["sheet"].take()
}

#[test]
fn a_save_takes_few_statements() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let first = |matrix: &Matrix| matrix.entries_of("ア", "PLAN")[0].clone();
    let of =
        |entry: &Value| json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
    let fuller = |matrix: &Matrix| {
        let entry = first(matrix);
        edit(&entry, &format!("{}より長い文", entry["body"].as_str().unwrap()))
    };
    let tagged = |matrix: &Matrix| {
        let entry = first(matrix);
        let mut input = edit(&entry, entry["body"].as_str().unwrap());
        let scenes = &entry["explicitScenes"];
        input["explicitScenes"] = if *scenes == json!([]) { json!(["END_OF_LIFE"]) } else { json!([]) };
        input
    };
    let within = |matrix: &Matrix| {
        let entries = matrix.entries_of("ア", "PLAN");
        let mut input = of(&entries[0]);
        input["afterEntryId"] = entries[entries.len() - 1]["id"].clone();
        input
    };
    let elsewhere = |matrix: &Matrix| {
        let elsewhere = |entry: &&Value| entry["item"]["code"] != "ア";
        let mut input = of(matrix.entries().iter().find(elsewhere).unwrap());
        (input["itemId"], input["facet"]) = (matrix.item("ア"), json!("GOAL"));
        input["fiscalYear"] = matrix.cell("ア", "GOAL")["fiscalYear"].clone();
        input
    };
    let folder = tempfile::tempdir().unwrap();
    let years = [("令和8年", "令和9年"), ("令和7年", "令和8年")];
    let next = years.iter().fold(SAMPLE.to_owned(), |text, (year, next)| text.replace(year, next));
    fs::write(folder.path().join("next.tsv"), next).unwrap();
    let import = ["import", "next.tsv", "--region", "本庄市児玉郡", "--fiscal-year", "2027", "--database"];
    let into_another_year = |_: &Matrix| {
        let years = [2026, 2027].map(|year| of_year(&hub, year));
        let mut rows = years[0]["rows"].as_array().unwrap().iter();
        let entry = rows.find_map(|row| row["cells"][3]["entries"].get(0)).unwrap();
        let cell = &years[1]["rows"][0]["cells"][3];
        let mut input = of(entry);
        input["itemId"] = years[1]["rows"][0]["item"]["id"].clone();
        (input["facet"], input["fiscalYear"]) = (cell["facet"].clone(), cell["fiscalYear"].clone());
        input["afterEntryId"] = cell["entries"][0]["id"].clone();
        input
    };
    let new = |matrix: &Matrix| {
        let mut input = matrix.new_entry("ア", "PLAN", "新しい取組");
        input["ownerId"] = matrix.organization("本庄市");
        input
    };
    let new_behind = |matrix: &Matrix| {
        let mut input = new(matrix);
        input["afterEntryId"] = first(matrix)["id"].clone();
        input
    };
    let assigned = |matrix: &Matrix| {
        let entry = first(matrix);
        let mut input = of(&entry);
        let town = matrix.organization("本庄市");
        input["ownerId"] = if entry["owner"]["id"] == town { Value::Null } else { town };
        input
    };
    let deleted = |matrix: &Matrix| of(&first(matrix));
    let long_since = |matrix: &Matrix| {
        let mut last = json!({ "entry": first(matrix) });
        let texts = ["前の文", "あとの文"].map(|text| {
            last = hub.change("updateEntry", &edit(&last["entry"], text));
            last["change"]["id"].clone()
        });
        for text in texts.iter().cycle().take(10) {
            let restore = json!({ "requestId": request_id(), "entryId": last["entry"]["id"], "changeId": text,
                "version": last["entry"]["version"] });
            last = hub.change("restoreEntry", &restore);
        }
        within(matrix)
    };
    let counted = [
        ("text", cost_of_saving(&app, &hub, UPDATE, fuller)),
        ("scenes", cost_of_saving(&app, &hub, UPDATE, tagged)),
        ("create", cost_of_saving(&app, &hub, CREATE, new)),
        ("create behind another", cost_of_saving(&app, &hub, CREATE, new_behind)),
        ("move within a cell", cost_of_saving(&app, &hub, MOVE, within)),
        ("move to another cell", cost_of_saving(&app, &hub, MOVE, elsewhere)),
        ("owner", cost_of_saving(&app, &hub, ASSIGN, assigned)),
        ("delete", cost_of_saving(&app, &hub, DELETE, deleted)),
        ("move to another year", {
            renkei(folder.path(), &[&import[..], &[app.database.url()]].concat(), "").expect_success();
            cost_of_saving(&app, &hub, MOVE, into_another_year)
        }),
    ];
    println!("{counted:?}");
    assert!(counted.iter().all(|(_, statements)| *statements <= SAVE), "{counted:?}");
    let restored = cost_of_saving(&app, &hub, MOVE, long_since);
    assert!(restored <= SAVE + OLDER, "a move of what was restored many times since: {restored}");
}
