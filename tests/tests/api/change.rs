//! The change log: one number for each saved change, none for anything else, names as they were.

use renkei_tests::{Client, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};

fn seq(app: &TestApp) -> i64 {
    app.select::<i64>("SELECT seq FROM region")[0]
}

fn history(client: &Client, entry: &Value, first: i64, after: &Value) -> Value {
    let query = "query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Entry {
        changes(first: $first, after: $after) {
            edges { cursor node { id seq at by { login } byName byOrganization summary } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }";
    let variables = json!({ "id": entry["id"], "first": first, "after": after });
    client.data(query, variables)["node"]["changes"].take()
}

/// A lively hour: every kind of change, and all that is none.
fn lively_hour(app: &TestApp) -> (Vec<i64>, Value) {
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut told = Vec::new();
    let mut change = |mutation: &str, input: &Value| {
        let before = seq(app);
        let payload = hub.change(mutation, input);
        match payload["change"]["seq"].as_i64() {
            Some(new) => {
                assert_eq!((new, seq(app)), (before + 1, before + 1), "{mutation}");
                told.push(new);
            }
            None => assert_eq!(seq(app), before, "{mutation}: {payload}"),
        }
        payload
    };
    let created = change("createEntry", &matrix.new_entry("ア", "GOAL", "はじめ"));
    let entry = &created["entry"];
    let input = |version: i64| json!({ "requestId": request_id(), "id": entry["id"], "version": version });
    change("createEntry", &matrix.new_entry("ア", "GOAL", ""));
    change("updateEntry", &edit(entry, "つぎ"));
    change("updateEntry", &edit(entry, "遅れた"));
    change("moveEntry", &input(2));
    let mut assign = input(3);
    assign["ownerId"] = matrix.organization("上里町");
    change("assignEntry", &assign);
    let deleted = change("deleteEntry", &input(4));
    change("deleteEntry", &input(4));
    let mut restore = input(5);
    (restore["entryId"], restore["changeId"]) = (entry["id"].clone(), deleted["change"]["id"].clone());
    restore.as_object_mut().unwrap().remove("id");
    change("restoreEntry", &restore);
    (told, entry.clone())
}

#[test]
fn each_saved_change_takes_the_next_number_and_nothing_else_does() {
    let app = TestApp::demo();
    let start = seq(&app);
    let (told, _) = lively_hour(&app);
    assert_eq!(told, (start + 1..=start + 6).collect::<Vec<_>>());
    // Sign-ins, looks, wrong passwords, passwords.
    let honjo = app.sign_in("honjo");
    Matrix::read(&honjo);
    honjo.try_sign_in("honjo", "wrong");
    let document = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }";
    let input = json!({ "currentPassword": renkei_tests::PASSWORD, "newPassword": "another-password" });
    assert_eq!(
        honjo.data(document, json!({ "input": input }))["changePassword"]["__typename"],
        "PasswordChanged"
    );
    honjo.data("mutation { signOut }", json!({}));
    assert_eq!(seq(&app), start + 6);
    let numbers: Vec<i64> = app.select("SELECT seq FROM change ORDER BY seq");
    assert_eq!(numbers, (1..=start + 6).collect::<Vec<_>>(), "without gaps, from the region's first");
}

#[test]
fn changes_from_many_hands_get_numbers_without_gaps() {
    let app = TestApp::demo();
    let start = seq(&app);
    let people: Vec<Client> =
        ["hub", "honjo", "misato", "kamikawa", "kamisato"].map(|login| app.sign_in(login)).into();
    let matrix = Matrix::read(&people[0]);
    let mut told: Vec<i64> = std::thread::scope(|scope| {
        let hands: Vec<_> = people
            .iter()
            .map(|person| {
                let matrix = &matrix;
                scope.spawn(move || {
                    let create = |nth: usize| {
                        let input = matrix.new_entry("ク", "PLAN", &format!("{nth}件目"));
                        person.change("createEntry", &input)["change"]["seq"].as_i64().unwrap()
                    };
                    (0..10).map(create).collect::<Vec<_>>()
                })
            })
            .collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    told.sort_unstable();
    assert_eq!(told, (start + 1..=start + 50).collect::<Vec<_>>());
}

#[test]
fn an_entry_tells_its_history() {
    let app = TestApp::demo();
    let (told, entry) = lively_hour(&app);
    let reader = app.sign_in("hokenjo");
    let all = history(&reader, &entry, 20, &Value::Null);
    let edges = all["edges"].as_array().unwrap();
    let mut numbers: Vec<i64> = edges.iter().map(|edge| edge["node"]["seq"].as_i64().unwrap()).collect();
    let summaries: Vec<&str> = edges.iter().map(|edge| edge["node"]["summary"].as_str().unwrap()).collect();
    for (verb, count) in [("追加", 1), ("編集", 1), ("移動", 1), ("主体", 1), ("削除", 1), ("復元", 1)]
    {
        let matching = summaries.iter().filter(|summary| summary.contains(verb)).count();
        assert_eq!(matching, count, "{verb}: {summaries:?}");
    }
    assert!(summaries.iter().all(|summary| summary.contains("（ア）")), "{summaries:?}");
    numbers.sort_unstable();
    assert_eq!(numbers, told);
    assert_eq!(all["pageInfo"]["hasNextPage"], false);
    // Page by page it is the same.
    let (mut pages, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = history(&reader, &entry, 4, &after);
        pages.extend(page["edges"].as_array().unwrap().clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        assert_eq!(pages.len() % 4, 0);
    }
    let nodes = |edges: &[Value]| edges.iter().map(|edge| edge["node"].clone()).collect::<Vec<_>>();
    assert_eq!(nodes(&pages), nodes(edges));
}

#[test]
fn names_stay_as_they_were() {
    let app = TestApp::demo();
    let misato = app.sign_in("misato");
    let entry = Matrix::read(&misato).entries_of("ア", "GOAL")[0].clone();
    misato.change("updateEntry", &edit(&entry, "美里町の担当者が書いた"));
    app.execute("UPDATE account SET name = '後任 担当者' WHERE login = 'misato'");
    app.execute("UPDATE organization SET name = '新しい町', short_name = '新' WHERE name = '美里町'");
    let changes = history(&misato, &entry, 20, &Value::Null);
    let written = changes["edges"].as_array().unwrap().iter().find(|edge| edge["node"]["by"] != Value::Null);
    let node = &written.unwrap()["node"];
    assert_eq!((&node["byName"], &node["byOrganization"]), (&json!("美里町 担当者"), &json!("美里町")));
    assert_eq!(node["by"], json!({ "login": "misato" }));
}

#[test]
fn the_log_keeps_what_was_after_each_change_and_what_was_before_it_where_the_previous_one_does_not() {
    let app = TestApp::demo();
    lively_hour(&app);
    let before: Vec<Value> = app.select(
        "SELECT before FROM change WHERE entity = 'ENTRY' AND action NOT IN ('CREATE', 'UPDATE', 'ASSIGN') ORDER BY seq",
    );
    let after: Vec<Value> = app.select("SELECT after FROM change WHERE entity = 'ENTRY' ORDER BY seq");
    assert!(!before.is_empty() && before.iter().all(Value::is_object));
    assert_eq!(app.count("change WHERE action IN ('UPDATE', 'ASSIGN') AND before IS NOT NULL"), 0);
    assert!(after.iter().all(Value::is_object));
    let action = "SELECT COUNT(*) FROM change WHERE request_id IS NULL AND entity = 'ENTRY'";
    assert_eq!(app.select::<i64>(action), [0], "every change of an entry names its request");
}

#[test]
fn a_node_of_a_change_is_that_change() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let saved = hub.change("createEntry", &Matrix::read(&hub).new_entry("ア", "GOAL", "記録"));
    let query = "query($id: ID!) { node(id: $id) { __typename ... on Change { id seq byName } } }";
    let node = hub.data(query, json!({ "id": saved["change"]["id"] }))["node"].take();
    assert_eq!(node["seq"], saved["change"]["seq"]);
    assert_eq!(node["byName"], "拠点 担当者");
}
