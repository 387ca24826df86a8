//! Long texts of the past: one answer repeats no more of them than it may, and what takes long to compare is cut short by
//! the time limit.

use renkei_server::Config;
use renkei_tests::{Client, Database, Matrix, Socket, TestApp, edit, note, request_id};
use serde_json::{Value, json};
use std::time::Duration;

/// A text of so many characters in which hardly anything is as in another one's.
fn text(seed: u32, chars: usize) -> String {
    // A linear congruential generator: the same each time.
    let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let states = std::iter::successors(Some(seed.wrapping_mul(2_654_435_761)), next).skip(1).take(chars);
    states.filter_map(|state| char::from_u32(0x4e00 + (state >> 16) % 20_000)).collect()
}

/// The longest entry, in so many versions.
fn long_entry(client: &Client, versions: u32) -> Value {
    let matrix = Matrix::read(client);
    let notes =
        |seed: u32| (0..50).map(|nth| note("NUMBERED", &text(seed * 100 + nth, 2_000), 0)).collect::<Value>();
    let mut input = matrix.new_entry("ア", "GOAL", &text(1, 4_000));
    input["notes"] = notes(1);
    let mut entry = client.change("createEntry", &input)["entry"].take();
    for version in 2..=versions {
        let mut input = edit(&entry, &text(version, 4_000));
        input["notes"] = notes(version);
        let mut saved = client.change("updateEntry", &input);
        assert_eq!(saved["__typename"], "EntrySaved", "{saved}");
        entry = saved["entry"].take();
    }
    entry
}

/// The same selection so many times.
fn times(count: usize, selection: &str) -> String {
    (0..count).map(|nth| format!("a{nth}: {selection} ")).collect()
}

fn ask(client: &Client, entry: &Value, selection: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on Entry {{ {selection} }} }} }}");
    client.graphql(&document, json!({ "id": entry["id"] }))
}

#[track_caller]
fn refused(answer: &Value, code: &str) {
    let errors =
        answer["errors"].as_array().unwrap_or_else(|| panic!("no errors: {:.200}", answer.to_string()));
    assert_eq!((errors.len(), &errors[0]["extensions"]["code"]), (1, &json!(code)), "{errors:?}");
    let message = errors[0]["message"].as_str().unwrap();
    assert!(message.contains("ください"), "{message}");
    assert!(answer.get("data").is_none(), "{code}: what is missing is not null");
}

#[test]
fn an_answer_repeats_no_more_of_past_texts_than_it_may() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let entry = long_entry(&hub, 4);
    let changes =
        |of_change: &str| format!("changes(first: 100) {{ edges {{ node {{ entry {{ {of_change} }} }} }} }}");
    for of_change in [
        "difference { fate text }",
        "before { body notes { text } } after { body notes { text } }",
        "after { notes { depth } }",
    ] {
        let once = ask(&hub, &entry, &changes(of_change));
        let edges = once["data"]["node"]["changes"]["edges"].as_array();
        assert_eq!(edges.map(Vec::len), Some(4), "{:.200}", once.to_string());
        assert!(once.get("errors").is_none(), "{}", once["errors"]);
        refused(&ask(&hub, &entry, &times(20, &changes(of_change))), "COMPLEXITY_LIMIT");
    }
    // Where no text is asked for, there is nothing to count.
    let without = ask(&hub, &entry, &times(20, &changes("entryId item { code } after { version }")));
    assert!(without.get("errors").is_none(), "{}", without["errors"]);
    // The same over a socket, and since a moment.
    let mut socket = Socket::greeted(&app.url, &hub);
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on Entry {{ {} }} }} }}",
        times(20, &changes("difference { text }"))
    );
    socket.subscribe("1", &document, json!({ "id": entry["id"] }));
    let answer = socket.hear();
    assert!(answer.to_string().contains("COMPLEXITY_LIMIT"), "{:.300}", answer.to_string());
    let matrix = Matrix::read(&hub);
    let since = format!("since(seq: {}) {{ {} }}", matrix.seq() - 1, times(24, "difference { text }"));
    let document = format!(
        "query($region: ID!) {{ sheet(regionId: $region, fiscalYear: 2026) {{ once: {since} twice: {since} }} }}"
    );
    refused(&hub.graphql(&document, json!({ "region": matrix.region["id"] })), "COMPLEXITY_LIMIT");
}

#[test]
fn an_answer_repeats_no_more_comments_than_it_may() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entry = &matrix.entries()[0];
    let document = "mutation($input: CreateThreadInput!) { createThread(input: $input) {
        ... on ThreadSaved { thread { id } } } }";
    let input = json!({
        "requestId": request_id(), "sheetId": matrix.sheet["id"], "entryId": entry["id"], "body": text(1, 2_000),
    });
    let thread = hub.data(document, json!({ "input": input }))["createThread"]["thread"]["id"].clone();
    let document = "mutation($input: AddCommentInput!) { addComment(input: $input) { __typename } }";
    for nth in 2..=8 {
        let input = json!({ "requestId": request_id(), "threadId": thread, "body": text(nth, 2_000) });
        assert_eq!(hub.data(document, json!({ "input": input }))["addComment"]["__typename"], "ThreadSaved");
    }
    let read = |threads: usize, field: &str| {
        let document = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on Entry {{ {} }} }} }} fragment C on Thread {{ {} }}",
            times(threads, "threads { ...C }"),
            times(20, &format!("comments {{ {field} }}")),
        );
        hub.graphql(&document, json!({ "id": entry["id"] }))
    };
    for (threads, field) in [(2, "body"), (20, "byName")] {
        let answer = read(threads, field);
        assert!(answer.get("errors").is_none(), "{}", answer["errors"]);
    }
    refused(&read(20, "body"), "COMPLEXITY_LIMIT");
}

/// What a subscriber has been told before does not count.
#[test]
fn each_event_repeats_what_it_may() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let mut entry = long_entry(&hub, 1);
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&app.url, &hub);
    let document = format!(
        "subscription($sheet: ID!) {{ sheetEvents(sheetId: $sheet) {{ __typename
            ... on EntrySaved {{ change {{ entry {{ {} }} }} }} }} }}",
        times(20, "difference { fate }")
    );
    socket.subscribe("events", &document, json!({ "sheet": matrix.sheet["id"] }));
    assert_eq!(socket.event()["__typename"], "PresenceChanged");
    for body in ["次の文", "その次の文"] {
        entry = hub.change("updateEntry", &edit(&entry, body))["entry"].take();
        let told = socket.hear();
        let event = &told["payload"]["data"]["sheetEvents"];
        assert_eq!(event["__typename"], "EntrySaved", "{:.300}", told.to_string());
        assert!(event["change"]["entry"]["a19"].is_array(), "{:.300}", told.to_string());
    }
}

#[test]
fn differences_that_take_too_long_are_cut_short() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let entry = long_entry(&hub, 20);
    let config = Config { query_time: Some(Duration::from_millis(250)), ..Config::default() };
    let hasty = TestApp::with(Database::at(app.database.url().to_owned()), config);
    let changes = "changes(first: 20) { edges { node { entry { difference { fate } } } } }";
    let person = hasty.sign_in("hub");
    refused(&ask(&person, &entry, changes), "TIME_LIMIT");
    // With more time it is no longer than what an answer may have.
    let whole = ask(&hub, &entry, changes);
    assert!(whole.get("errors").is_none(), "{}", whole["errors"]);
}
