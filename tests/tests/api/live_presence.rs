//! Who has the sheet open, and what they edit: seen at once, and gone within seconds.

use crate::cluster::Cluster;
use renkei_tests::{Client, Matrix, PASSWORD, Serving, Socket, TestApp, request_id};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Who is here: logins with the entries that they edit, in order.
fn here(event: &Value) -> Vec<(String, Value)> {
    assert_eq!(event["__typename"], "PresenceChanged", "{event}");
    let present = event["present"].as_array().unwrap();
    let mut here: Vec<_> = present
        .iter()
        .map(|one| (one["account"]["login"].as_str().unwrap().to_owned(), one["entryId"].clone()))
        .collect();
    here.sort_by(|a, b| a.0.cmp(&b.0));
    here
}

/// Waits until these are here.
fn wait(socket: &mut Socket, expected: &[(&str, Value)]) {
    let expected: Vec<_> =
        expected.iter().map(|(login, entry)| ((*login).to_owned(), entry.clone())).collect();
    let start = Instant::now();
    while here(&socket.event()) != expected {
        assert!(start.elapsed() < Duration::from_secs(30), "{expected:?}");
    }
}

fn visit(url: &str, person: &Client, matrix: &Matrix) -> (Socket, Value) {
    let id = json!(request_id());
    let mut socket = Socket::greeted(url, person);
    socket.subscribe_to(matrix, Value::Null, id.clone());
    (socket, id)
}

fn announce(person: &Client, matrix: &Matrix, visit: &Value, entry: &Value, present: bool) -> bool {
    let document = "mutation($input: PresenceInput!) { announcePresence(input: $input) }";
    let input =
        json!({ "sheetId": matrix.sheet["id"], "visitId": visit, "entryId": entry, "present": present });
    person.data(document, json!({ "input": input }))["announcePresence"] == true
}

#[test]
fn whoever_comes_edits_and_goes_is_seen() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries()[0]["id"].clone();
    let none = Value::Null;
    let (mut socket, _) = visit(&app.url, &hub, &matrix);
    assert_eq!(here(&socket.event()), [("hub".to_owned(), Value::Null)]);
    let (mut other, id) = visit(&app.url, &honjo, &matrix);
    assert_eq!(here(&other.event()).len(), 2);
    wait(&mut socket, &[("honjo", none.clone()), ("hub", none.clone())]);
    assert!(announce(&honjo, &matrix, &id, &entry, true));
    wait(&mut socket, &[("honjo", entry.clone()), ("hub", none.clone())]);
    wait(&mut other, &[("honjo", entry), ("hub", none.clone())]);
    assert!(announce(&honjo, &matrix, &id, &none, true));
    wait(&mut socket, &[("honjo", none.clone()), ("hub", none.clone())]);
    // Told again, nothing is different, and nothing is said.
    assert!(announce(&honjo, &matrix, &id, &none, true));
    assert_eq!(socket.within(Duration::from_millis(300)), None);
    drop(other);
    wait(&mut socket, &[("hub", none)]);
}

#[test]
fn of_many_pages_those_that_edit_are_named_first_and_all_are_counted() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries()[0]["id"].clone();
    let pages = 60;
    for page in 0..pages {
        let edits = if page == pages - 1 { &entry } else { &Value::Null };
        // One account has no more than 50.
        let who = if page % 2 == 0 { &hub } else { &honjo };
        assert!(announce(who, &matrix, &json!(request_id()), edits, true));
    }
    let document = "query($sheet: ID!) { sheetEvents(sheetId: $sheet, afterSeq: 1000) {
        ... on PresenceChanged { total present { entryId account { login } } } } }";
    let events = hub.data(document, json!({ "sheet": matrix.sheet["id"] }))["sheetEvents"].take();
    let last = events.as_array().unwrap().last().unwrap();
    assert_eq!(last["total"], pages, "{last}");
    let present = last["present"].as_array().unwrap();
    assert_eq!((present.len(), &present[0]["entryId"]), (50, &entry));
    assert!(present[1..].iter().all(|one| one["entryId"].is_null()));
}

#[test]
fn two_pages_of_one_person_are_two() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let none = Value::Null;
    let (mut socket, first) = visit(&app.url, &honjo, &matrix);
    wait(&mut socket, &[("honjo", none.clone())]);
    let (mut other, second) = visit(&app.url, &honjo, &matrix);
    wait(&mut socket, &[("honjo", none.clone()), ("honjo", none.clone())]);
    let event = other.event();
    let ids: Vec<&Value> = event["present"].as_array().unwrap().iter().map(|one| &one["visitId"]).collect();
    assert_eq!(ids, [&first, &second]);
    // Leaving is said before the line is cut.
    assert!(announce(&honjo, &matrix, &second, &none, false));
    wait(&mut socket, &[("honjo", none)]);
}

#[test]
fn nobody_speaks_for_somebody_else() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let matrix = Matrix::read(&honjo);
    let (mut socket, id) = visit(&app.url, &honjo, &matrix);
    socket.event();
    assert!(announce(&misato, &matrix, &id, &Value::Null, false));
    assert_eq!(socket.within(Duration::from_millis(300)), None, "honjo is still here");
    assert!(announce(&misato, &matrix, &id, &Value::Null, true));
    wait(&mut socket, &[("honjo", Value::Null), ("misato", Value::Null)]);
}

#[test]
fn whoever_reads_no_sheet_is_not_on_it() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let id = json!(request_id());
    let input = json!({ "sheetId": matrix.sheet["id"], "visitId": id });
    let announced = "mutation($input: PresenceInput!) { announcePresence(input: $input) }";
    assert_eq!(app.client().refused(announced, json!({ "input": input })), "SIGNED_OUT");
    let nowhere = Matrix { sheet: json!({ "id": request_id() }), region: Value::Null };
    assert!(!announce(&hub, &nowhere, &id, &Value::Null, true));
    assert!(!announce(&hub, &matrix, &json!("no id"), &Value::Null, true));
}

#[test]
fn whoever_falls_silent_is_gone_within_seconds() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let (mut socket, _) = visit(&app.url, &hub, &matrix);
    // The lid is closed: the line stays open, and nobody reads.
    let (mut silent, _) = visit(&app.url, &honjo, &matrix);
    silent.event();
    let start = Instant::now();
    wait(&mut socket, &[("honjo", Value::Null), ("hub", Value::Null)]);
    wait(&mut socket, &[("hub", Value::Null)]);
    let took = start.elapsed();
    assert!((Duration::from_secs(10)..Duration::from_secs(15)).contains(&took), "{took:?}");
    assert_eq!(silent.code(), 4408);
}

#[test]
fn whoever_only_asks_is_here_for_a_while() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let (mut socket, _) = visit(&app.url, &hub, &matrix);
    socket.event();
    assert!(announce(&honjo, &matrix, &json!(request_id()), &Value::Null, true));
    let start = Instant::now();
    wait(&mut socket, &[("honjo", Value::Null), ("hub", Value::Null)]);
    wait(&mut socket, &[("hub", Value::Null)]);
    let took = start.elapsed();
    assert!((Duration::from_secs(14)..Duration::from_secs(18)).contains(&took), "{took:?}");
}

/// SQLite's processes cannot tell each other: one server is enough there.
#[test]
fn servers_on_one_postgresql_see_each_others_people() {
    let cluster = Cluster::start();
    let folder = tempfile::tempdir().unwrap();
    let app = Serving::start(folder.path(), &["--demo", "--database", &cluster.address()]);
    let beside = Serving::start(folder.path(), &["--database", &cluster.address()]);
    let hub = Client::new(&app.url).sign_in("hub", PASSWORD);
    let honjo = Client::new(&beside.url).sign_in("honjo", PASSWORD);
    let matrix = Matrix::read(&hub);
    let none = Value::Null;
    let (mut here, _) = visit(&app.url, &hub, &matrix);
    let (mut there, id) = visit(&beside.url, &honjo, &matrix);
    wait(&mut here, &[("honjo", none.clone()), ("hub", none.clone())]);
    wait(&mut there, &[("honjo", none.clone()), ("hub", none.clone())]);
    let entry = matrix.entries()[0]["id"].clone();
    assert!(announce(&honjo, &matrix, &id, &entry, true));
    wait(&mut here, &[("honjo", entry), ("hub", none.clone())]);
    drop(there);
    wait(&mut here, &[("hub", none.clone())]);
    // A server that is killed says nothing: its people are forgotten.
    let (_there, _) = visit(&beside.url, &honjo, &matrix);
    wait(&mut here, &[("honjo", none.clone()), ("hub", none.clone())]);
    drop(beside);
    wait(&mut here, &[("hub", none)]);
}
