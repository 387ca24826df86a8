//! Who has the sheet open, and what they edit: seen at once, and gone within seconds.

use crate::cluster::Cluster;
use renkei_tests::{Client, Matrix, PASSWORD, Serving, Socket, TestApp, client_operation, request_id};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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

/// Applies differences, as a client does, to pages by login and name with what they edit; returns how many there are.
fn apply(pages: &mut Pages, event: &Value) -> i64 {
    let page = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&one["account"]["login"]), text(&one["visitId"]))
    };
    let list = |name: &str| event[name].as_array().unwrap().iter();
    if event["__typename"] == "PresenceChanged" {
        *pages = list("present").map(|one| (page(one), one["entryId"].clone())).collect();
    } else {
        assert_eq!(event["__typename"], "PresenceUpdated", "{event}");
        for one in list("left") {
            assert!(pages.remove(&page(one)).is_some(), "whoever has left was here: {event}");
        }
        for one in list("came") {
            assert_ne!(pages.insert(page(one), one["entryId"].clone()).as_ref(), Some(&one["entryId"]));
        }
    }
    event["total"].as_i64().unwrap()
}

type Pages = BTreeMap<(String, String), Value>;

const PRESENT: &str = "__typename
    ... on PresenceChanged { total present { entryId visitId account { login } } }
    ... on PresenceUpdated { total came { entryId visitId account { login } }
        left { visitId account { login } } }";

/// Who is here now, by asking.
fn asked(person: &Client, matrix: &Matrix) -> (Pages, i64) {
    let document = format!(
        "query($sheet: ID!, $seq: Int!) {{ sheetEvents(sheetId: $sheet, afterSeq: $seq) {{ {PRESENT} }} }}"
    );
    let variables = json!({ "sheet": matrix.sheet["id"], "seq": matrix.seq() });
    let events = person.data(&document, variables)["sheetEvents"].take();
    let mut pages = Pages::new();
    let total = apply(&mut pages, events.as_array().unwrap().last().unwrap());
    (pages, total)
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

/// Of more pages than are named, each person has a name, however many pages others have or make up.
#[test]
fn nobody_takes_somebody_elses_name_away() {
    let app = TestApp::demo();
    let (hub, honjo, misato) = (app.sign_in("hub"), app.sign_in("honjo"), app.sign_in("misato"));
    let matrix = Matrix::read(&hub);
    let (first, second) = (&matrix.entries()[0]["id"], &matrix.entries()[1]["id"]);
    let none = Value::Null;
    // What is edited is told too, where one of many pages edits.
    let (pages, editing) = (json!(request_id()), json!(request_id()));
    assert!(announce(&honjo, &matrix, &pages, &none, true));
    for _ in 0..48 {
        assert!(announce(&honjo, &matrix, &json!(request_id()), &none, true));
    }
    let (named, total) = asked(&hub, &matrix);
    assert_eq!((named.len(), total), (49, 49));
    assert!(announce(&honjo, &matrix, &editing, first, true));
    for person in [&hub, &misato] {
        assert!(announce(person, &matrix, &pages, &none, true));
    }
    // One account has no more than 50.
    assert!(announce(&honjo, &matrix, &json!(request_id()), &none, true));
    let (named, total) = asked(&hub, &matrix);
    assert_eq!((named.len(), total), (50, 52));
    let page = |login: &str, id: &Value| named.get(&(login.to_owned(), id.as_str().unwrap().to_owned()));
    for login in ["hub", "misato"] {
        assert_eq!(page(login, &pages), Some(&none), "{login}");
    }
    assert_eq!(page("honjo", &editing), Some(first));
    // Nor does whoever edits on all of their pages.
    for (_, id) in named.keys().filter(|(login, _)| login == "honjo") {
        assert!(announce(&honjo, &matrix, &json!(id), first, true));
    }
    assert!(announce(&hub, &matrix, &pages, second, true));
    assert!(announce(&misato, &matrix, &pages, &none, true));
    // Those of honjo's that were not told are over on a slow machine.
    let (named, total) = asked(&hub, &matrix);
    assert!(named.len() == 50 && total >= 50, "{} of {total}", named.len());
    let page = |login: &str| named.get(&(login.to_owned(), pages.as_str().unwrap().to_owned()));
    assert_eq!((page("hub"), page("misato")), (Some(second), Some(&none)));
}

/// As when a page is left and comes back, before its old socket is noticed to be dead.
#[test]
fn a_page_that_comes_back_stays_when_its_old_socket_goes() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let none = Value::Null;
    let both = [("honjo".to_owned(), none.clone()), ("hub".to_owned(), none.clone())];
    let (mut socket, _) = visit(&app.url, &hub, &matrix);
    let (old, id) = visit(&app.url, &honjo, &matrix);
    wait(&mut socket, &[("honjo", none.clone()), ("hub", none.clone())]);
    let entry = &matrix.entries()[0]["id"];
    assert!(announce(&honjo, &matrix, &id, entry, true));
    wait(&mut socket, &[("honjo", entry.clone()), ("hub", none.clone())]);
    assert!(announce(&honjo, &matrix, &id, &none, false));
    wait(&mut socket, &[("hub", none.clone())]);
    let mut back = Socket::greeted(&app.url, &honjo);
    back.subscribe_to(&matrix, none.clone(), id.clone());
    wait(&mut socket, &[("honjo", none.clone()), ("hub", none.clone())]);
    assert_eq!(here(&back.event()), both);
    drop(old);
    assert_eq!(socket.within(Duration::from_secs(1)), None, "honjo is still here");
    assert_eq!(asked(&hub, &matrix).1, 2);
    // And goes with the new one.
    drop(back);
    wait(&mut socket, &[("hub", none)]);
}

/// As when the browser has only put it aside.
#[test]
fn a_page_that_comes_back_on_its_old_socket_stays_as_long_as_that() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let none = Value::Null;
    let (mut socket, _) = visit(&app.url, &hub, &matrix);
    let (mut kept, id) = visit(&app.url, &honjo, &matrix);
    wait(&mut socket, &[("honjo", none.clone()), ("hub", none.clone())]);
    assert!(announce(&honjo, &matrix, &id, &none, false));
    wait(&mut socket, &[("hub", none.clone())]);
    assert!(announce(&honjo, &matrix, &id, &none, true));
    wait(&mut socket, &[("honjo", none.clone()), ("hub", none.clone())]);
    // Longer than what was announced holds. Whoever does not answer pings is gone.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(17) {
        kept.within(Duration::from_millis(100));
        assert_eq!(socket.within(Duration::from_millis(100)), None, "honjo is still here");
    }
    drop(kept);
    wait(&mut socket, &[("hub", none)]);
}

/// With the client's own document. Each hears of all, so that bytes for each pair would be 100 times those for each.
#[test]
fn what_many_are_sent_who_come_at_once_grows_with_their_number() {
    let app = TestApp::demo();
    let people = ["hub", "honjo", "misato", "kamikawa"].map(|login| app.sign_in(login));
    let matrix = Matrix::read(&people[0]);
    let events = client_operation("SheetEvents");
    let pages = 100;
    let mut sockets: Vec<Socket> = (0..pages)
        .map(|page| {
            let mut socket = Socket::greeted(&app.url, &people[page % people.len()]);
            let sheet = &matrix.sheet["id"];
            let variables = json!({ "sheetId": sheet, "afterSeq": matrix.seq(), "visitId": request_id() });
            socket.subscribe("events", &events, variables);
            socket
        })
        .collect();
    // The client's own document asks for differences.
    assert!(events.contains("presenceDifferences: true"));
    let start = Instant::now();
    let mut bytes = 0;
    let mut waiting: Vec<&mut Socket> = sockets.iter_mut().collect();
    while !waiting.is_empty() {
        assert!(start.elapsed() < Duration::from_secs(40), "{} are not told of all", waiting.len());
        waiting.retain_mut(|socket| {
            let Some(message) = socket.within(Duration::from_millis(1)) else { return true };
            bytes += message.to_string().len();
            message["payload"]["data"]["events"]["total"] != pages
        });
    }
    // 500 at once are to be sent less than 10 MB.
    assert!(bytes < pages * 20_000, "{bytes} bytes");
}

/// Whoever comes, goes and edits, and however many: below the number that is named, above it, and across.
#[test]
fn differences_applied_give_the_list() {
    let app = TestApp::demo();
    let people = ["hub", "honjo", "misato", "kamikawa"].map(|login| app.sign_in(login));
    let matrix = Matrix::read(&people[0]);
    let entry = matrix.entries()[0]["id"].clone();
    let mut socket = Socket::greeted(&app.url, &people[0]);
    let document = format!(
        "subscription($sheet: ID!) {{
            sheetEvents(sheetId: $sheet, presenceDifferences: true) {{ {PRESENT} }} }}"
    );
    socket.subscribe("events", &document, json!({ "sheet": matrix.sheet["id"] }));
    let (mut pages, mut total) = (Pages::new(), apply(&mut Pages::new(), &socket.event()));
    assert_eq!((pages.len(), total), (0, 0));
    let visits: Vec<Value> = (0..18).map(|_| json!(request_id())).collect();
    // A linear congruential generator: the same each time.
    let mut state: usize = 17;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for (actions, likely) in [(5, 3), (90, 9), (40, 1), (90, 9), (60, 0)] {
        for _ in 0..actions {
            // Two accounts may give their pages the same name.
            let (person, visit) = (&people[random(people.len())], &visits[random(visits.len())]);
            let edits = if random(4) == 0 { &entry } else { &Value::Null };
            assert!(announce(person, &matrix, visit, edits, random(10) < likely));
        }
        let start = Instant::now();
        loop {
            if let Some(message) = socket.within(Duration::from_millis(100)) {
                let event = &message["payload"]["data"]["sheetEvents"];
                assert_eq!(event["__typename"], "PresenceUpdated", "{message}");
                total = apply(&mut pages, event);
            }
            if (pages.clone(), total) == asked(&people[1], &matrix) {
                break;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{pages:?} {total}");
        }
    }
}

#[test]
fn whoever_did_not_ask_for_differences_is_told_the_list() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let (mut socket, _) = visit(&app.url, &hub, &matrix);
    socket.event();
    for entry in [&matrix.entries()[0]["id"], &Value::Null] {
        assert!(announce(&honjo, &matrix, &json!(request_id()), entry, true));
        let event = socket.event();
        assert_eq!(event["__typename"], "PresenceChanged");
        assert!(here(&event).contains(&("hub".to_owned(), Value::Null)), "{event}");
    }
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
