//! A sheet's events: every change after a number, in order, each once, whoever made it and wherever.

use crate::tenancy::Regions;
use renkei_tests::{Client, Event, Matrix, PASSWORD, Serving, Socket, TestApp, edit, renkei, request_id};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::{Duration, Instant};

fn seq_of(event: &Event) -> i64 {
    event["change"]["seq"].as_i64().unwrap_or_else(|| panic!("no change: {event}"))
}

/// The events up to a change.
fn until(socket: &mut Socket, seq: i64) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        let event = socket.change();
        let reached = seq_of(&event) >= seq;
        events.push(event);
        if reached {
            return events;
        }
    }
}

fn seqs(events: &[Event]) -> Vec<i64> {
    events.iter().map(seq_of).collect()
}

/// One of every kind of change of an entry; their answers.
fn every_change(person: &Client, matrix: &Matrix) -> Vec<Value> {
    let created = person.change("createEntry", &matrix.new_entry("ア", "GOAL", "はじめ"));
    let entry = &created["entry"];
    let input = |version: i64| json!({ "requestId": request_id(), "id": entry["id"], "version": version });
    let updated = person.change("updateEntry", &edit(entry, "つぎ"));
    let mut shift = input(2);
    (shift["itemId"], shift["facet"]) = (matrix.item("イ"), json!("PLAN"));
    let moved = person.change("moveEntry", &shift);
    let mut assign = input(3);
    assign["ownerId"] = matrix.organization("上里町");
    let assigned = person.change("assignEntry", &assign);
    let deleted = person.change("deleteEntry", &input(4));
    let restore = json!({
        "requestId": request_id(), "entryId": entry["id"], "version": 5, "changeId": deleted["change"]["id"],
    });
    let restored = person.change("restoreEntry", &restore);
    vec![created, updated, moved, assigned, deleted, restored]
}

#[test]
fn whoever_has_the_sheet_open_sees_each_change_as_it_was_answered() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let mut sockets = [&hub, &honjo].map(|person| Socket::on_sheet(&app.url, person, &matrix, Value::Null));
    let answers = every_change(&hub, &matrix);
    for socket in &mut sockets {
        let events: Vec<Event> = answers.iter().map(|_| socket.change()).collect();
        for (event, answer) in events.iter().zip(&answers) {
            assert_eq!(event["change"]["seq"], answer["change"]["seq"]);
            assert_eq!(event["__typename"], answer["__typename"]);
            for field in ["id", "body", "position", "version", "deletedAt"] {
                assert_eq!(event["entry"][field], answer["entry"][field], "{field}: {event}");
            }
            assert_eq!(event["change"]["by"]["login"], "hub");
        }
        assert_eq!(events[2]["entry"]["item"]["code"], "イ");
        assert_eq!(events[2]["entry"]["facet"], "PLAN");
        assert_eq!(events[4]["id"], answers[0]["entry"]["id"]);
    }
}

#[test]
fn what_somebody_may_do_is_told_to_each_of_them() {
    let app = TestApp::demo();
    let (hub, viewer) = (app.sign_in("hub"), app.sign_in("hokenjo"));
    let matrix = Matrix::read(&hub);
    let mut sockets = [&hub, &viewer].map(|person| Socket::on_sheet(&app.url, person, &matrix, Value::Null));
    hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "だれが編集できるか"));
    let can = sockets.each_mut().map(|socket| socket.change()["entry"]["viewerCanEdit"].clone());
    assert_eq!(can, [json!(true), json!(false)]);
}

#[test]
fn an_event_arrives_within_a_second() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::on_sheet(&app.url, &honjo, &matrix, Value::Null);
    for _ in 0..5 {
        hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "いま"));
        let start = Instant::now();
        socket.change();
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }
}

#[test]
fn whoever_was_away_goes_on_where_they_were() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let start = matrix.seq();
    let mut socket = Socket::on_sheet(&app.url, &honjo, &matrix, json!(start));
    let first = hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "1"));
    assert_eq!(seq_of(&socket.change()), start + 1);
    drop(socket);
    // While nobody listens, and then while somebody else does, who has read it all already.
    hub.change("updateEntry", &edit(&first["entry"], "2"));
    let mut other = Socket::on_sheet(&app.url, &hub, &matrix, json!(start));
    assert_eq!(seqs(&until(&mut other, start + 2)), [start + 1, start + 2]);
    hub.change("createEntry", &matrix.new_entry("イ", "PLAN", "3"));
    assert_eq!(seq_of(&other.change()), start + 3);
    for away_since in [start, start + 1, start + 2] {
        let mut socket = Socket::on_sheet(&app.url, &honjo, &matrix, json!(away_since));
        let expected: Vec<i64> = (away_since + 1..=start + 3).collect();
        assert_eq!(seqs(&until(&mut socket, start + 3)), expected);
        assert_eq!(socket.within(Duration::from_millis(200)), None, "nothing comes twice");
    }
}

#[test]
fn who_is_too_far_behind_or_ahead_reads_the_sheet_again() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    // As if 2,000 things had happened.
    app.execute("UPDATE change SET seq = seq + 2000");
    app.execute("UPDATE region SET seq = seq + 2000");
    let last = matrix.seq() + 2000;
    for unreachable in [0, last - 1001, last + 7] {
        let mut socket = Socket::on_sheet(&app.url, &hub, &matrix, json!(unreachable));
        assert_eq!(socket.change(), json!({ "__typename": "SheetReset", "seq": last }));
        hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "そのあと"));
        let told = socket.change();
        assert_eq!(told["__typename"], "EntrySaved", "{told}");
        app.execute("DELETE FROM change_cell WHERE seq > 2000");
        app.execute(&format!("DELETE FROM change WHERE seq > {last}"));
        app.execute(&format!("UPDATE region SET seq = {last}"));
    }
}

#[test]
fn many_hands_and_many_eyes() {
    let app = TestApp::demo();
    let people = ["hub", "honjo", "misato", "kamikawa", "kamisato"].map(|login| app.sign_in(login));
    let matrix = Matrix::read(&people[0]);
    let start = matrix.seq();
    let (hands, each) = (people.len() as i64, 12);
    let last = start + hands * each;
    std::thread::scope(|scope| {
        for person in &people {
            let matrix = &matrix;
            scope.spawn(move || {
                for nth in 0..each {
                    person.change("createEntry", &matrix.new_entry("ク", "PLAN", &format!("{nth}件目")));
                }
            });
        }
        let eyes: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(nth, person)| {
                let (matrix, url) = (&matrix, &app.url);
                scope.spawn(move || {
                    // Some stay, some come and go.
                    let (mut seen, patience) = (Vec::new(), if nth < 2 { usize::MAX } else { 3 + nth });
                    let mut from = start;
                    while from < last {
                        let mut socket = Socket::on_sheet(url, person, matrix, json!(from));
                        for _ in 0..patience {
                            from = seq_of(&socket.change());
                            seen.push(from);
                            if from == last {
                                break;
                            }
                        }
                    }
                    seen
                })
            })
            .collect();
        for eyes in eyes {
            assert_eq!(eyes.join().unwrap(), (start + 1..=last).collect::<Vec<_>>());
        }
    });
}

#[test]
fn what_the_command_line_writes_arrives() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let mut socket = Socket::on_sheet(&app.url, &honjo, &matrix, Value::Null);
    let folder = tempfile::tempdir().unwrap();
    let add = ["organization", "add", "児玉郡市医師会", "--kind", "COUNCIL", "--region", "本庄市児玉郡"];
    let database = ["--database", app.database.url()];
    renkei(folder.path(), &[&add[..], &database].concat(), "").expect_success();
    let start = Instant::now();
    let event = socket.change();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!((&event["__typename"], &event["sheet"]["id"]), (&json!("SheetChanged"), &matrix.sheet["id"]));
    assert_eq!(seq_of(&event), matrix.seq() + 1);
}

#[test]
fn what_another_server_saves_arrives_here_and_there() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    let beside = Serving::start(folder.path(), &["--database", app.database.url()]);
    let (here, there) = (app.sign_in("hub"), Client::new(&beside.url).sign_in("honjo", PASSWORD));
    let matrix = Matrix::read(&here);
    let mut sockets = [
        Socket::on_sheet(&app.url, &here, &matrix, json!(matrix.seq())),
        Socket::on_sheet(&beside.url, &there, &matrix, json!(matrix.seq())),
    ];
    let mut last = matrix.seq();
    for person in [&there, &here, &there, &there, &here] {
        let saved = person.change("createEntry", &matrix.new_entry("ア", "GOAL", "となりのサーバーから"));
        last += 1;
        assert_eq!(saved["change"]["seq"], last);
        let start = Instant::now();
        for socket in &mut sockets {
            assert_eq!(seq_of(&socket.change()), last);
        }
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        // Who heard of it from one server may go on at the other, though that one has not been told.
        for (url, person) in [(&app.url, &here), (&beside.url, &there)] {
            let mut socket = Socket::on_sheet(url, person, &matrix, json!(last - 1));
            assert_eq!(seq_of(&socket.change()), last);
        }
    }
}

#[test]
fn regions_hear_nothing_of_each_other() {
    let regions = Regions::new();
    let hub = regions.app.sign_in("hub");
    let url = &regions.app.url;
    let mut theirs = Socket::on_sheet(url, &hub, &regions.theirs, Value::Null);
    let mut ours = Socket::on_sheet(url, &regions.stranger, &regions.ours, Value::Null);
    hub.change("createEntry", &regions.theirs.new_entry("ア", "GOAL", "ひみつ"));
    assert_eq!(theirs.change()["entry"]["body"], "ひみつ");
    assert_eq!(ours.within(Duration::from_millis(500)), None);
    regions.stranger.change("createEntry", &regions.ours.new_entry("ア", "GOAL", "うちの"));
    assert_eq!(ours.change()["entry"]["body"], "うちの");
    // A sheet that one does not read is not there.
    let mut socket = Socket::greeted(url, &regions.stranger);
    socket.subscribe_to(&regions.theirs, Value::Null, Value::Null);
    let told = socket.hear().to_string();
    assert!(told.contains("NOT_FOUND") && told.contains("見つかりません"), "{told}");
    let asked = poll(&regions.stranger, &regions.theirs, 0, &Value::Null);
    assert!(asked["errors"][0]["extensions"]["code"] == "NOT_FOUND", "{asked}");
}

fn poll(client: &Client, matrix: &Matrix, after: i64, visit: &Value) -> Value {
    let query = "query($sheet: ID!, $after: Int!, $visit: ID) {
        sheetEvents(sheetId: $sheet, afterSeq: $after, visitId: $visit) { __typename
            ... on EntrySaved { entry { id body } change { seq } } ... on EntryDeleted { id change { seq } }
            ... on SheetReset { seq } ... on PresenceChanged { present { account { login } visitId } } } }";
    client.graphql(query, json!({ "sheet": matrix.sheet["id"], "after": after, "visit": visit }))
}

#[test]
fn the_same_can_be_asked_for() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let start = matrix.seq();
    every_change(&hub, &matrix);
    for from in [start, start + 2, start + 6] {
        let mut told = poll(&honjo, &matrix, from, &json!(request_id()));
        let mut events = told["data"]["sheetEvents"].take().as_array().unwrap().clone();
        let present = events.pop().unwrap();
        assert_eq!(present["__typename"], "PresenceChanged");
        let logins: HashSet<&str> = present["present"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["account"]["login"].as_str())
            .collect();
        assert_eq!(logins, HashSet::from(["honjo"]));
        assert_eq!(seqs(&events), (from + 1..=start + 6).collect::<Vec<_>>());
    }
    for from in [start + 9, i64::MAX, i64::MIN] {
        let mut nowhere = poll(&honjo, &matrix, from, &Value::Null);
        let events = nowhere["data"]["sheetEvents"].take();
        assert_eq!(events[0], json!({ "__typename": "SheetReset", "seq": start + 6 }), "{from}");
        assert_eq!(events[1]["__typename"], "PresenceChanged");
    }
}

#[test]
fn more_than_a_page_of_events_is_told_by_reading_the_sheet() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let start = matrix.seq();
    for nth in 0..101 {
        hub.change("createEntry", &matrix.new_entry("ア", "GOAL", &format!("{nth}つめ")));
    }
    let events = |after: i64| poll(&hub, &matrix, after, &Value::Null)["data"]["sheetEvents"].take();
    // With those who have it open.
    assert_eq!(events(start + 1).as_array().unwrap().len(), 101);
    let behind = events(start);
    assert_eq!((&behind[0]["__typename"], &behind[0]["seq"]), (&json!("SheetReset"), &json!(start + 101)));
    assert_eq!((behind.as_array().unwrap().len(), &behind[1]["__typename"]), (2, &json!("PresenceChanged")));
}
