//! Snapshots: the sheet frozen as it is laid before a council, whatever happens afterwards.

use renkei_tests::{Client, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};

const ROWS: &str = "columns { facet fiscalYear heading asOf footnote } rows { item { id code title scenes position }
    cells { facet fiscalYear entries { id body notes { kind text depth } explicitScenes scenes owner { id } position version } } }";

fn create(client: &Client, input: &Value) -> Value {
    let document = format!(
        "mutation($input: CreateSnapshotInput!) {{ createSnapshot(input: $input) {{ __typename
            ... on SnapshotCreated {{ snapshot {{ id label takenAt seq byName by {{ login }} {ROWS} }} }}
            ... on Refusal {{ code message field }} }} }}"
    );
    client.data(&document, json!({ "input": input }))["createSnapshot"].take()
}

fn input(matrix: &Matrix, label: &str) -> Value {
    json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "label": label })
}

fn node(client: &Client, id: &Value, kind: &str, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {fields} }} }} }}");
    client.data(&query, json!({ "id": id }))["node"].take()
}

#[test]
fn it_stays_as_it_was_to_the_character() {
    let app = TestApp::demo();
    let (approver, honjo) = (app.sign_in("hub-approver"), app.sign_in("honjo"));
    let matrix = Matrix::read(&approver);
    let then = node(&approver, &matrix.sheet["id"], "Sheet", ROWS);
    let created = create(&approver, &input(&matrix, " 第1回協議会 "));
    let snapshot = &created["snapshot"];
    assert_eq!(snapshot["label"], "第1回協議会");
    assert_eq!(snapshot["seq"], matrix.seq() + 1, "it is a change itself");
    assert_eq!(snapshot["by"]["login"], "hub-approver");
    let entry = matrix.entries_of("イ", "STATUS")[0].clone();
    honjo.change("updateEntry", &edit(&entry, "後から直した。"));
    honjo.change("createEntry", &matrix.new_entry("ア", "GOAL", "後から加えた。"));
    let kept = node(&honjo, &snapshot["id"], "Snapshot", ROWS);
    assert_eq!(kept, then);
    let fields = "snapshots { id label seq } changes(first: 3) { edges { node { summary } } }";
    let sheet = node(&honjo, &matrix.sheet["id"], "Sheet", fields);
    assert_eq!(sheet["snapshots"][0]["id"], snapshot["id"]);
    assert_eq!(sheet["changes"]["edges"][2]["node"]["summary"], "提出版「第1回協議会」を作成");
    // Since then: what was done afterwards, and not the snapshot.
    let since = format!("since(seq: {}) {{ kind }}", snapshot["seq"]);
    let since = node(&honjo, &matrix.sheet["id"], "Sheet", &since)["since"].take();
    assert_eq!(since.as_array().unwrap().len(), 2);
}

#[test]
fn only_the_secretariats_approvers_take_one_in_any_phase() {
    let app = TestApp::demo();
    let approver = app.sign_in("hub-approver");
    let matrix = Matrix::read(&approver);
    for login in ["hub", "honjo", "hokenjo"] {
        let refused = create(&app.sign_in(login), &input(&matrix, "無理"));
        assert_eq!(refused["code"], "FORBIDDEN", "{login}: {refused}");
    }
    assert_eq!(create(&app.client(), &input(&matrix, "無理"))["code"], "SIGNED_OUT");
    for phase in ["DRAFT", "REVIEW", "FIXED"] {
        app.execute(&format!("UPDATE sheet SET phase = '{phase}'"));
        assert_eq!(create(&approver, &input(&matrix, phase))["snapshot"]["label"], phase);
    }
    for (label, code) in [
        ("", "INVALID"),
        ("\u{feff}\u{2800}", "INVALID"),
        ("改\n行", "INVALID"),
        (&"長".repeat(101), "TOO_LONG"),
    ] {
        let refused = create(&approver, &input(&matrix, label));
        assert_eq!((&refused["code"], &refused["field"]), (&json!(code), &json!("label")));
    }
    let nowhere = json!({ "requestId": request_id(), "sheetId": request_id(), "label": "どこ" });
    assert_eq!(create(&approver, &nowhere)["code"], "NOT_FOUND");
    let once = input(&matrix, "一度");
    assert_eq!(create(&approver, &once)["snapshot"]["id"], create(&approver, &once)["snapshot"]["id"]);
    assert_eq!(app.count("snapshot"), 4);
}

#[test]
fn one_is_read_once_and_not_all_of_many() {
    let app = TestApp::demo();
    let approver = app.sign_in("hub-approver");
    let matrix = Matrix::read(&approver);
    let id = create(&approver, &input(&matrix, "1"))["snapshot"]["id"].take();
    let again: String = (0..4).map(|nth| format!("a{nth}: columns {{ facet }} ")).collect();
    let snapshot = node(&approver, &id, "Snapshot", &again);
    assert_eq!(snapshot["a3"], snapshot["a0"]);
    for nth in 2..=10 {
        create(&approver, &input(&matrix, &nth.to_string()));
    }
    let names = node(&approver, &matrix.sheet["id"], "Sheet", "snapshots { id label takenAt seq byName }");
    assert_eq!(names["snapshots"].as_array().unwrap().len(), 10);
    assert_eq!(node(&approver, &id, "Snapshot", ROWS)["columns"].as_array().unwrap().len(), 4);
    let all = "query($id: ID!) { node(id: $id) { ... on Sheet { snapshots { columns { facet } } } } }";
    let answer = approver.graphql(all, json!({ "id": matrix.sheet["id"] }));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "COMPLEXITY_LIMIT", "{answer}");
}
