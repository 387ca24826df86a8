//! What staff ask by hand: entries without a scene, counts, a cell of another year, changes from a day on, whose an
//! entry is.

use renkei_tests::{Client, Matrix, TestApp, edit, renkei, request_id};
use serde_json::{Value, json};
use std::fs;

const SAMPLE: &str = include_str!("../../../sample/honjo-kodama-r8.tsv");

fn rows(client: &Client, matrix: &Matrix, fields: &str) -> Vec<Value> {
    let query = format!(
        "query($region: ID!, $year: Int!) {{ sheet(regionId: $region, fiscalYear: $year) {{ rows {{ {fields} }} }} }}"
    );
    let variables = json!({ "region": matrix.region["id"], "year": matrix.sheet["fiscalYear"] });
    client.data(&query, variables)["sheet"]["rows"].as_array().unwrap().clone()
}

/// The first entries of item ア get scenes of their own: these, one after the other.
fn tag(client: &Client, scenes: &[&[&str]]) -> Vec<Value> {
    let entries = Matrix::read(client).entries();
    let tagged = entries.iter().filter(|entry| entry["item"]["code"] == "ア").zip(scenes);
    tagged
        .map(|(entry, scenes)| {
            let mut input = edit(entry, entry["body"].as_str().unwrap());
            input["explicitScenes"] = json!(scenes);
            client.change("updateEntry", &input)["entry"].clone()
        })
        .collect()
}

#[test]
fn entries_without_a_scene_of_their_own_are_found() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let tagged = tag(&hub, &[&["END_OF_LIFE"], &["EMERGENCY", "DAILY_CARE"]]);
    let found = |filter: Value| Matrix::filtered(&hub, &filter).entries();
    let without = found(json!({ "inheritedScenesOnly": true }));
    assert_eq!(without.len(), 62);
    assert!(without.iter().all(|entry| entry["explicitScenes"] == json!([])));
    assert!(tagged.iter().all(|entry| without.iter().all(|other| other["id"] != entry["id"])));
    // With a scene: those that inherit it. With `explicitScenesOnly`: nothing is both.
    assert_eq!(found(json!({ "inheritedScenesOnly": true, "scenes": ["END_OF_LIFE"] })).len(), 62);
    assert_eq!(found(json!({ "inheritedScenesOnly": true, "explicitScenesOnly": true })).len(), 0);
    assert_eq!(found(json!({ "inheritedScenesOnly": false })).len(), 64);
    assert_eq!(found(json!({ "inheritedScenesOnly": null })).len(), 64);
}

#[test]
fn a_rows_scenes_are_counted_as_they_are_shown() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    tag(&hub, &[&["END_OF_LIFE"], &["EMERGENCY", "END_OF_LIFE"]]);
    let fields =
        "item { code } sceneCounts { scene total explicit } cells { entries { scenes explicitScenes } }";
    let matrix = Matrix::read(&hub);
    for row in rows(&hub, &matrix, fields) {
        let cells = row["cells"].as_array().unwrap();
        let entries: Vec<&Value> =
            cells.iter().flat_map(|cell| cell["entries"].as_array().unwrap()).collect();
        let count = |field: &str, scene: &str| {
            entries.iter().filter(|entry| entry[field].as_array().unwrap().contains(&json!(scene))).count()
        };
        let expected = ["DAILY_CARE", "HOSPITAL_TRANSITION", "EMERGENCY", "END_OF_LIFE"].map(|scene| {
            json!({ "scene": scene, "total": count("scenes", scene), "explicit": count("explicitScenes", scene) })
        });
        assert_eq!(row["sceneCounts"], json!(expected), "{}", row["item"]["code"]);
    }
    let of_first = |filter: &str| {
        let query = format!(
            "query($region: ID!) {{ sheet(regionId: $region, fiscalYear: 2026) {{
                rows(filter: {filter}) {{ sceneCounts {{ total explicit }} }} }} }}"
        );
        hub.data(&query, json!({ "region": matrix.region["id"] }))["sheet"]["rows"][0]["sceneCounts"].take()
    };
    // After the filter: the two that were tagged.
    let none = json!({ "total": 0, "explicit": 0 });
    let (one, two) = (json!({ "total": 1, "explicit": 1 }), json!({ "total": 2, "explicit": 2 }));
    assert_eq!(of_first("{ explicitScenesOnly: true }"), json!([none, none, one, two]));
    assert_eq!(of_first("{ text: \"ありえない文\" }"), json!([none, none, none, none]));
}

#[test]
fn last_years_goal_stands_beside_its_evaluation() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let fields =
        "item { code } goal: cell(facet: GOAL, fiscalYear: 2025) { facet fiscalYear entries { body } }
        evaluation: cell(facet: EVALUATION, fiscalYear: 2025) { entries { body } }";
    // There is no sheet of 2025 yet.
    let before = rows(&hub, &matrix, fields);
    assert!(before.iter().all(|row| row["goal"].is_null()));
    let evaluations: Vec<&Value> = before.iter().map(|row| &row["evaluation"]["entries"]).collect();
    assert!(evaluations.iter().any(|entries| *entries != &json!([])));
    for (row, entries) in before.iter().zip(evaluations) {
        let own = matrix.entries_of(row["item"]["code"].as_str().unwrap(), "EVALUATION");
        let own: Vec<Value> = own.iter().map(|entry| json!({ "body": entry["body"] })).collect();
        assert_eq!(entries, &json!(own));
    }

    let folder = tempfile::tempdir().unwrap();
    let year_before = SAMPLE.replace("令和7年", "令和6年").replace("令和8年", "令和7年");
    fs::write(folder.path().join("sheet.tsv"), year_before).unwrap();
    let import = ["import", "sheet.tsv", "--region", "本庄市児玉郡", "--fiscal-year", "2025", "--database"];
    renkei(folder.path(), &[&import[..], &[app.database.url()]].concat(), "").expect_success();
    let after = rows(&hub, &matrix, fields);
    for row in &after {
        let (code, goal) = (row["item"]["code"].as_str().unwrap(), &row["goal"]);
        assert_eq!((&goal["facet"], &goal["fiscalYear"]), (&json!("GOAL"), &json!(2025)));
        // It is the same text, a year earlier.
        let bodies = matrix.entries_of(code, "GOAL");
        let bodies: Vec<Value> = bodies.iter().map(|entry| json!({ "body": entry["body"] })).collect();
        assert_eq!(goal["entries"], json!(bodies), "{code}");
    }
    let nowhere = "cell(facet: GOAL, fiscalYear: 2030) { facet }";
    assert!(rows(&hub, &matrix, nowhere).iter().all(|row| row["cell"].is_null()));
}

/// Asked again and again, with another sheet to be read for one of two fields: an answer has the document's order.
#[test]
fn an_answer_has_the_order_in_which_it_was_asked_for() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let region = Matrix::read(&hub).region["id"].clone();
    for _ in 0..20 {
        let query = format!(
            "{{ sheet(regionId: {region}, fiscalYear: 2026) {{ rows {{ title: item {{ title }}
                goal: cell(facet: GOAL, fiscalYear: 2025) {{ facet }} code: item {{ code }}
                evaluation: cell(facet: EVALUATION, fiscalYear: 2025) {{ facet }} }} }} }}"
        );
        let text = hub.post(&json!({ "query": query })).text();
        let places =
            ["\"title\":{", "\"goal\":", "\"code\":{", "\"evaluation\":"].map(|name| text.find(name));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
    }
}

#[test]
fn a_snapshot_tells_of_its_own_cells_alone() {
    let app = TestApp::demo();
    let approver = app.sign_in("hub-approver");
    let matrix = Matrix::read(&approver);
    let input = json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "label": "第1回協議会" });
    let query = "mutation($input: CreateSnapshotInput!) { createSnapshot(input: $input) {
        ... on SnapshotCreated { snapshot { rows { sceneCounts { total }
            goal: cell(facet: GOAL, fiscalYear: 2026) { facet } other: cell(facet: PLAN, fiscalYear: 2025) { facet } } } } } }";
    let created = approver.data(query, json!({ "input": input }));
    let rows = created["createSnapshot"]["snapshot"]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 8);
    for row in rows {
        assert_eq!((&row["goal"]["facet"], &row["other"]), (&json!("GOAL"), &Value::Null));
        assert_eq!(row["sceneCounts"].as_array().unwrap().len(), 4);
    }
}

#[test]
fn changes_from_a_time_on_are_told_page_by_page() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    for nth in 0..4 {
        hub.change("createEntry", &matrix.new_entry("ア", "PLAN", &format!("取組{nth}")));
        // So that no two are of the same millisecond.
        std::thread::sleep(std::time::Duration::from_millis(3));
    }
    let ask = |from: &Value, first: i64, after: &Value| {
        let query = "query($region: ID!, $from: DateTime, $first: Int, $after: String) {
            sheet(regionId: $region, fiscalYear: 2026) { changes(from: $from, first: $first, after: $after) {
                edges { cursor node { at seq } } pageInfo { hasNextPage } } } }";
        let variables =
            json!({ "region": matrix.region["id"], "from": from, "first": first, "after": after });
        hub.data(query, variables)["sheet"]["changes"].take()
    };
    let edges = |answer: &Value| answer["edges"].as_array().unwrap().clone();
    let all = edges(&ask(&Value::Null, 100, &Value::Null));
    let newest = &all[..4];
    let from = &newest[2]["node"]["at"];
    // The one of that very moment is among them.
    let found = ask(from, 100, &Value::Null);
    assert_eq!(edges(&found), newest[..3]);
    assert_eq!(found["pageInfo"]["hasNextPage"], false);
    let first = ask(from, 2, &Value::Null);
    assert_eq!((edges(&first), &first["pageInfo"]["hasNextPage"]), (newest[..2].to_vec(), &json!(true)));
    let second = ask(from, 2, &newest[1]["cursor"]);
    assert_eq!((edges(&second), &second["pageInfo"]["hasNextPage"]), (newest[2..3].to_vec(), &json!(false)));
    // Written with Japan's offset it is the same moment.
    let (_, clock) = from.as_str().unwrap().split_once('T').unwrap();
    assert!(clock.ends_with('Z'), "{from}");
    assert_eq!(edges(&ask(&json!("2000-01-01T00:00:00+09:00"), 100, &Value::Null)), all);
    assert_eq!(edges(&ask(&json!("2999-01-01T00:00:00+09:00"), 100, &Value::Null)), Vec::<Value>::new());
}

#[test]
fn an_entry_and_a_thread_tell_their_region() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let region = |id: &Value| {
        let query = "query($id: ID!) { node(id: $id) { ... on Entry { region { id name } }
            ... on Thread { region { id name } } } }";
        hub.data(query, json!({ "id": id }))["node"]["region"].take()
    };
    let here = json!({ "id": matrix.region["id"], "name": "本庄市児玉郡" });
    let entry = &matrix.entries()[0];
    assert_eq!(region(&entry["id"]), here);
    let input = json!({
        "requestId": request_id(), "sheetId": matrix.sheet["id"], "entryId": entry["id"], "body": "確認してください。",
    });
    let query = "mutation($input: CreateThreadInput!) { createThread(input: $input) { ... on ThreadSaved { thread { id } } } }";
    let thread = hub.data(query, json!({ "input": input }))["createThread"]["thread"]["id"].take();
    assert_eq!(region(&thread), here);
}
