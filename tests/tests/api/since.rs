//! Looking back through the API: the log of a sheet and of its cells, what each change did, and what is different since.

use renkei_tests::{Client, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};

const CHANGE: &str = "node { seq action entry { entryId item { code } facet before { body version position }
    after { body version deletedAt owner { name } } difference { fate text } } }";

fn sheet(client: &Client, matrix: &Matrix, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Sheet {{ {fields} }} }} }}");
    client.data(&query, json!({ "id": matrix.sheet["id"] }))["node"].take()
}

fn log(client: &Client, matrix: &Matrix, arguments: &str) -> Vec<Value> {
    let fields = format!("changes({arguments}) {{ edges {{ {CHANGE} }} }}");
    let found = sheet(client, matrix, &fields)["changes"]["edges"].take();
    found.as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect()
}

fn since(client: &Client, matrix: &Matrix, seq: i64) -> Vec<Value> {
    let fields = format!(
        "since(seq: {seq}) {{ kind entryId before {{ body }} entry {{ body deletedAt }} difference {{ fate text }}
            lastChange {{ seq byName }} }}"
    );
    sheet(client, matrix, &fields)["since"].as_array().unwrap().clone()
}

/// Does it, and gives the newest version.
#[track_caller]
fn apply(client: &Client, mutation: &str, entry: &Value, more: Value) -> Value {
    let mut input = match mutation {
        "updateEntry" => edit(entry, entry["body"].as_str().unwrap()),
        _ => json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] }),
    };
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut payload = client.change(mutation, &input);
    assert!(payload["change"]["seq"].is_i64(), "{mutation}: {payload}");
    payload["entry"].take()
}

fn pieces(difference: &Value, fate: &str) -> String {
    let pieces = difference.as_array().unwrap().iter();
    pieces.filter(|piece| piece["fate"] == fate).map(|piece| piece["text"].as_str().unwrap()).collect()
}

#[test]
fn the_log_tells_what_each_change_did_newest_first_and_page_by_page() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries_of("ア", "GOAL")[0].clone();
    let body = entry["body"].as_str().unwrap();
    let entry = apply(&honjo, "updateEntry", &entry, json!({ "body": format!("{body}なお、毎年見直す。") }));
    let owner = matrix.organization("本庄市");
    let entry = apply(&hub, "assignEntry", &entry, json!({ "ownerId": owner }));
    let entry = apply(&hub, "moveEntry", &entry, json!({ "itemId": matrix.item("イ") }));
    apply(&hub, "deleteEntry", &entry, json!({}));
    let newest = log(&hub, &matrix, "first: 4");
    let told: Vec<&str> = newest.iter().map(|change| change["action"].as_str().unwrap()).collect();
    assert_eq!(told, ["DELETE", "MOVE", "ASSIGN", "UPDATE"]);
    let [deleted, moved, assigned, updated] = newest.as_slice() else { unreachable!() };
    assert_eq!(pieces(&updated["entry"]["difference"], "INSERTED"), "なお、毎年見直す。");
    assert_eq!(pieces(&updated["entry"]["difference"], "DELETED"), "");
    assert_eq!(updated["entry"]["before"]["body"], body);
    assert_eq!(pieces(&assigned["entry"]["difference"], "SAME"), format!("○{body}なお、毎年見直す。"));
    assert_eq!(assigned["entry"]["after"]["owner"]["name"], "本庄市");
    assert_eq!(moved["entry"]["item"]["code"], "イ", "where it came to stand");
    assert!(deleted["entry"]["after"]["deletedAt"].is_string());
    assert_eq!(pieces(&deleted["entry"]["difference"], "DELETED"), format!("○{body}なお、毎年見直す。"));

    let cell = |code: &str| format!("first: 4, itemId: {}, facet: GOAL, fiscalYear: 2026", matrix.item(code));
    let actions =
        |changes: Vec<Value>| changes.into_iter().map(|change| change["action"].clone()).collect::<Vec<_>>();
    assert_eq!(actions(log(&hub, &matrix, &cell("ア")))[..3], ["MOVE", "ASSIGN", "UPDATE"], "until it left");
    assert_eq!(actions(log(&hub, &matrix, &cell("イ")))[..2], ["DELETE", "MOVE"], "since it came");

    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let fields = format!(
            "changes(first: 25{after}) {{ edges {{ node {{ seq }} }} pageInfo {{ hasNextPage endCursor }} }}"
        );
        let page = sheet(&hub, &matrix, &fields)["changes"].take();
        all.extend(
            page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["seq"].as_i64().unwrap()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert!(all.is_sorted_by(|newer, older| newer > older), "each once: {all:?}");
    assert_eq!(all.len(), 64 + 4 + 1, "the sheet itself, its entries, and what was done to one");
}

#[test]
fn an_edit_keeps_nothing_of_before_and_tells_what_its_previous_change_left() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entries = matrix.entries();
    let nth = entries.iter().position(|entry| entry["position"] == 1).unwrap();
    let (above, entry) = (&entries[nth - 1], &entries[nth]);
    let edited = apply(&hub, "updateEntry", entry, json!({ "body": "一度目" }));
    apply(&hub, "deleteEntry", above, json!({}));
    let owned = apply(&hub, "assignEntry", &edited, json!({ "ownerId": matrix.organization("本庄市") }));
    apply(&hub, "updateEntry", &owned, json!({ "body": "二度目" }));
    assert_eq!(app.count("change WHERE before IS NOT NULL AND action IN ('UPDATE', 'ASSIGN')"), 0);
    assert_eq!(app.count("change WHERE before IS NOT NULL AND action = 'DELETE'"), 1);
    let told = log(&hub, &matrix, "first: 4");
    let before = |nth: usize| &told[nth]["entry"]["before"];
    assert_eq!(*before(0), json!({ "body": "一度目", "version": 3, "position": 0 }));
    assert_eq!(
        *before(1),
        json!({ "body": "一度目", "version": 2, "position": 0 }),
        "nothing stands above it"
    );
    assert_eq!(before(2)["position"], 0, "the one that was deleted");
    assert_eq!(*before(3), json!({ "body": entry["body"], "version": 1, "position": 1 }));
}

#[test]
fn what_is_different_since_is_told_once_for_each_entry() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let seq = matrix.seq();
    assert_eq!(since(&hub, &matrix, seq), [] as [Value; 0]);
    let entries = matrix.entries();
    let [changed, reverted, deleted] = [0, 1, 2].map(|nth| entries[nth].clone());
    let (first, second) = (json!({ "body": "一度目" }), json!({ "body": "二度目" }));
    let once = apply(&honjo, "updateEntry", &changed, first.clone());
    apply(&hub, "updateEntry", &once, second);
    let there = apply(&hub, "updateEntry", &reverted, first);
    apply(&hub, "updateEntry", &there, json!({ "body": reverted["body"] }));
    apply(&hub, "deleteEntry", &deleted, json!({}));
    let moved = entries[8..].iter().find(|entry| entry["position"] == 1).unwrap().clone();
    apply(&hub, "moveEntry", &moved, json!({}));
    let added = hub.change("createEntry", &matrix.new_entry("ク", "PLAN", "加えた"))["entry"].take();
    let gone = hub.change("createEntry", &matrix.new_entry("ク", "PLAN", "来て去る"))["entry"].take();
    apply(&hub, "deleteEntry", &gone, json!({}));

    let different = since(&honjo, &matrix, seq);
    let told: Vec<(&str, &Value)> =
        different.iter().map(|one| (one["kind"].as_str().unwrap(), &one["entryId"])).collect();
    let expected = [
        ("CHANGED", &changed["id"]),
        ("DELETED", &deleted["id"]),
        ("MOVED", &moved["id"]),
        ("ADDED", &added["id"]),
    ];
    assert_eq!(told, expected, "in the sheet's order");
    assert_eq!(different[0]["before"]["body"], changed["body"]);
    assert_eq!(different[0]["entry"]["body"], "二度目");
    assert_eq!(different[0]["lastChange"]["byName"], "拠点 担当者");
    assert!(different[1]["entry"]["deletedAt"].is_string());
    assert_eq!(different[3]["before"], Value::Null);
    let halfway = since(&honjo, &matrix, seq + 1);
    assert_eq!(halfway[0]["before"]["body"], "一度目", "from right after that change");
}

#[test]
fn looking_back_takes_as_many_statements_for_one_change_as_for_many() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let seq = matrix.seq();
    let cost = |fields: &str| app.fewest_statements(|| drop(sheet(&hub, &matrix, fields)));
    // As much of each as the limits allow for so many.
    let change = "node { seq entry { before { owner { name } } after { item { code } } } }";
    let cell = |name: &str, facet: &str| {
        format!(
            "{name}: cell(facet: {facet}, fiscalYear: 2026) {{ changes(first: 1) {{ edges {{ {change} }} }} }}"
        )
    };
    let cells = format!("rows {{ {} {} }}", cell("goal", "GOAL"), cell("plan", "PLAN"));
    let pages = format!("changes(first: 20) {{ edges {{ {change} }} }}");
    let since = format!(
        "since(seq: {seq}) {{ kind before {{ item {{ code }} owner {{ name }} }} entry {{ owner {{ name }} updatedBy {{ name }} }} lastChange {{ by {{ name }} }} }}"
    );
    let mut entry = matrix.entries_of("ア", "GOAL")[0].clone();
    entry = apply(&hub, "updateEntry", &entry, json!({ "body": "一" }));
    let few = [&cells, &pages, &since].map(|fields| cost(fields));
    for (nth, other) in matrix.entries_of("カ", "PLAN").iter().enumerate() {
        apply(&hub, "updateEntry", other, json!({ "body": format!("文{nth}") }));
        entry = apply(&hub, "updateEntry", &entry, json!({ "body": format!("文{nth}") }));
    }
    assert_eq!([&cells, &pages, &since].map(|fields| cost(fields)), few);
}
