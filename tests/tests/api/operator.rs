//! The operator sees every region, edits none by that mark, and leaves a trace.

use crate::import::new_region;
use renkei_tests::{Client, Matrix, Nation, TestApp, edit, renkei};
use serde_json::{Value, json};
use std::fs;

/// The sample and a region in which the operator holds no role.
fn two_regions() -> TestApp {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    fs::write(folder.path().join("sheet.tsv"), include_str!("../../../sample/honjo-kodama-r8.tsv")).unwrap();
    let import = ["import", "sheet.tsv", "--region", "秩父郡", "--fiscal-year", "2026", "--database"];
    renkei(folder.path(), &[&import[..], &[app.database.url()]].concat(), "").expect_success();
    app
}

fn looks(app: &TestApp, login: &str) -> i64 {
    app.count(&format!(
        "access_log WHERE account_id = (SELECT id FROM account WHERE login = '{login}') AND region_id IS NOT NULL"
    ))
}

fn regions(client: &Client) -> Vec<Value> {
    let query = "{ regions { id name sheets { id fiscalYear } } }";
    client.data(query, json!({}))["regions"].as_array().unwrap().clone()
}

#[test]
fn the_operator_reads_every_region() {
    let app = two_regions();
    let admin = app.sign_in("admin");
    let mut names: Vec<Value> = regions(&admin).iter().map(|region| region["name"].clone()).collect();
    names.sort_by_key(|name| name.to_string());
    assert_eq!(json!(names), json!(["本庄市児玉郡", "秩父郡"]));
    let own = Matrix::read(&app.sign_in("chichibu"));
    let query = "query($id: ID!) { node(id: $id) { ... on Entry { body viewerCanEdit } } }";
    let entry = &own.entries()[0];
    let node = admin.data(query, json!({ "id": entry["id"] }))["node"].take();
    assert_eq!(node, json!({ "body": entry["body"], "viewerCanEdit": false }));
}

#[test]
fn the_mark_gives_no_right_to_edit() {
    let app = two_regions();
    let (admin, own) = (app.sign_in("admin"), app.sign_in("chichibu"));
    let theirs = Matrix::read(&own);
    let entry = &theirs.entries_of("ア", "GOAL")[0];
    for (mutation, input) in [
        ("createEntry", theirs.new_entry("ア", "GOAL", "管理者の文")),
        ("updateEntry", edit(entry, "管理者の文")),
    ] {
        let refused = admin.change(mutation, &input);
        assert_eq!(refused["code"], "FORBIDDEN", "{refused}");
    }
    assert_eq!(Matrix::read(&own).sheet, theirs.sheet);
    // In the region of their own they hold a role.
    let home = Matrix::read(&app.sign_in("hub"));
    let saved = admin.change("createEntry", &home.new_entry("ア", "GOAL", "役割のある圏域では書ける"));
    assert_eq!(saved["__typename"], "EntrySaved", "{saved}");
}

#[test]
fn looks_of_operators_leave_a_trace_and_others_do_not() {
    let app = two_regions();
    let (admin, honjo) = (app.sign_in("admin"), app.sign_in("honjo"));
    let seqs: Vec<i64> = app.select("SELECT seq FROM region ORDER BY name");
    let before = looks(&app, "admin");
    for region in regions(&admin) {
        let query = "query($id: ID!) { sheet(regionId: $id, fiscalYear: 2026) { rows { item { code } } } }";
        admin.data(query, json!({ "id": region["id"] }));
    }
    assert!(looks(&app, "admin") >= before + 2, "each sheet that was looked at");
    let sheets = "access_log WHERE sheet_id IS NOT NULL";
    assert!(app.count(sheets) >= 2);
    Matrix::read(&honjo);
    assert_eq!(looks(&app, "honjo"), 0);
    assert_eq!(app.select::<i64>("SELECT seq FROM region ORDER BY name"), seqs, "apart from the change log");
}

#[test]
fn an_operators_sign_in_leaves_a_trace() {
    let app = TestApp::demo();
    let traces = || app.count("access_log WHERE account_id = (SELECT id FROM account WHERE login = 'admin')");
    let before = traces();
    app.sign_in("admin");
    assert_eq!(traces(), before + 1);
    let addresses: Vec<String> = app.select("SELECT address FROM access_log");
    assert_eq!(addresses.last().map(String::as_str), Some("127.0.0.1"));
}

fn page(client: &Client, text: Value, first: i32, after: Value) -> Value {
    let query = "query($text: String, $first: Int, $after: String) {
        regionPage(text: $text, first: $first, after: $after) {
            edges { cursor node { name organizations { name } sheets { fiscalYear } } } pageInfo { hasNextPage endCursor } } }";
    client.data(query, json!({ "text": text, "first": first, "after": after }))["regionPage"].take()
}

fn names(page: &Value) -> Vec<&str> {
    page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["name"].as_str().unwrap()).collect()
}

#[test]
fn regions_are_read_in_pages_and_found_by_words_of_their_names() {
    let app = TestApp::demo();
    Nation { regions: 45, years: 1, entries: 0, changes: 0 }.found_in(&app);
    let admin = app.sign_in("admin");
    let (mut read, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = page(&admin, Value::Null, 20, after);
        read.extend(names(&page).into_iter().map(str::to_owned));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let all: Vec<String> = app.select("SELECT name FROM region ORDER BY name");
    assert_eq!((read.len(), &read), (46, &all));
    assert_eq!(names(&page(&admin, json!("４５　圏域"), 20, Value::Null)), ["第45圏域"]);
    let some = page(&admin, json!("第4"), 3, Value::Null);
    assert_eq!(
        (names(&some), &some["pageInfo"]["hasNextPage"]),
        (vec!["第40圏域", "第41圏域", "第42圏域"], &json!(true))
    );
    assert_eq!(names(&page(&admin, json!("どこでもない"), 20, Value::Null)), [""; 0]);
    // Whoever holds a role in one region finds that one.
    let member = app.sign_in("p7-1");
    assert_eq!(names(&page(&member, json!("圏域"), 20, Value::Null)), ["第7圏域"]);
    let whole = page(&member, Value::Null, 20, Value::Null);
    assert_eq!(whole["edges"][0]["node"]["organizations"].as_array().unwrap().len(), 5, "{whole}");
    let long = "あ".repeat(201);
    let answer = member.graphql(
        "query($text: String) { regionPage(text: $text) { edges { cursor } } }",
        json!({ "text": long }),
    );
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
}
