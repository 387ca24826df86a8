//! Versions: a stale one that is at odds with the newest is shown with base, theirs and yours, and no text is lost.
//! What is merged stands in `merge.rs`.

use renkei_tests::{Client, Matrix, TestApp, edit, note, request_id};
use serde_json::{Value, json};

fn save(client: &Client, mutation: &str, input: &Value) -> Value {
    let payload = client.change(mutation, input);
    assert_eq!(payload["__typename"], "EntrySaved", "{payload}");
    payload
}

fn text(entry: &Value) -> Value {
    json!({ "body": entry["body"], "notes": entry["notes"], "explicitScenes": entry["explicitScenes"] })
}

/// The four operations on what is there, as somebody wants them who has seen this version.
fn operations(entry: &Value) -> [(&'static str, Value); 4] {
    let input = || json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
    [
        ("updateEntry", edit(entry, "わたしの文")),
        ("moveEntry", input()),
        ("assignEntry", input()),
        ("deleteEntry", input()),
    ]
}

#[test]
fn an_edit_adds_one_to_the_version_and_says_who() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let before = Matrix::read(&honjo);
    let entry = &before.entries_of("ウ", "STATUS")[0];
    assert_eq!(entry["version"], 1);
    assert_eq!(entry["updatedBy"], Value::Null, "imported");
    let mut input = edit(entry, "  連携体制を構築するため、研修会を計画した。 ");
    input["notes"] =
        json!([note("ASTERISK", "対象：", 0), note("DOT", "医師", 1), note("NUMBERED", "①から", 0)]);
    input["explicitScenes"] = json!(["END_OF_LIFE", "DAILY_CARE", "END_OF_LIFE"]);
    let saved = save(&honjo, "updateEntry", &input);
    let after = &saved["entry"];
    assert_eq!(after["version"], 2);
    assert_eq!(
        after["body"], "連携体制を構築するため、研修会を計画した。",
        "white space at the ends is layout"
    );
    assert_eq!(after["notes"], input["notes"]);
    assert_eq!(after["explicitScenes"], json!(["DAILY_CARE", "END_OF_LIFE"]), "in the sheet's order");
    assert_eq!(after["scenes"], after["explicitScenes"]);
    assert_eq!(after["updatedBy"], json!({ "login": "honjo" }));
    let at = after["updatedAt"].as_str().unwrap();
    assert!(at.len() == 24 && at.ends_with('Z'), "UTC in milliseconds: {at}");
    assert_eq!(saved["merged"], false);
    assert_eq!(saved["change"]["seq"], before.seq() + 1);
    assert_eq!(saved["change"]["byName"], "本庄市 担当者");
    assert_eq!(saved["change"]["byOrganization"], "本庄市");
    let read = Matrix::read(&honjo);
    assert_eq!(&read.entry(&entry["id"]), after, "what is read is what was answered");
    assert_eq!(read.seq(), before.seq() + 1);
}

#[test]
fn a_stale_version_that_overlaps_is_a_conflict_that_shows_all_three_texts() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let matrix = Matrix::read(&honjo);
    let seen = &matrix.entries_of("エ", "STATUS")[0];
    save(&misato, "updateEntry", &edit(seen, "先に保存した文"));
    let seq = Matrix::read(&honjo).seq();
    let deletion = json!({ "requestId": request_id(), "id": seen["id"], "version": 1 });
    for (mutation, input) in [("updateEntry", edit(seen, "わたしの文")), ("deleteEntry", deletion)] {
        let conflict = honjo.change(mutation, &input);
        assert_eq!(conflict["__typename"], "EditConflict", "{mutation}: {conflict}");
        assert_eq!(conflict["base"], text(seen), "{mutation}");
        assert_eq!(conflict["theirs"]["body"], "先に保存した文", "{mutation}");
        assert_eq!(conflict["theirs"]["version"], 2, "{mutation}");
        let yours = if mutation == "updateEntry" { text(&input) } else { text(seen) };
        assert_eq!(conflict["yours"], yours, "{mutation}");
        assert_eq!(honjo.change(mutation, &input), conflict, "{mutation}: the same request, the same answer");
    }
    let after = Matrix::read(&honjo);
    assert_eq!(after.seq(), seq, "a conflict changes nothing");
    assert_eq!(after.entry(&seen["id"])["body"], "先に保存した文");
}

#[test]
fn the_base_is_the_text_that_the_editor_started_from() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let mut entry = Matrix::read(&hub).entries_of("ア", "GOAL")[0].clone();
    let mut versions = vec![entry.clone()];
    for body in ["二つ目", "三つ目", "四つ目"] {
        entry = save(&hub, "updateEntry", &edit(&entry, body))["entry"].clone();
        versions.push(entry.clone());
    }
    for seen in &versions[..3] {
        let conflict = hub.change("updateEntry", &edit(seen, "遅れた文"));
        assert_eq!(conflict["base"], text(seen));
        assert_eq!(conflict["theirs"]["body"], "四つ目");
    }
}

#[test]
fn a_version_that_never_was_is_invalid() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let mut entry = Matrix::read(&hub).entries_of("ア", "GOAL")[0].clone();
    for version in [0, -1, 2, 1_000_000] {
        entry["version"] = json!(version);
        for (mutation, input) in operations(&entry) {
            let refused = hub.change(mutation, &input);
            assert_eq!(
                (&refused["code"], &refused["field"]),
                (&json!("INVALID"), &json!("version")),
                "{refused}"
            );
        }
    }
}

#[test]
fn an_edit_from_before_a_deletion_is_a_conflict() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let seen = Matrix::read(&hub).entries_of("ア", "PLAN")[1].clone();
    let deleted =
        hub.change("deleteEntry", &json!({ "requestId": request_id(), "id": seen["id"], "version": 1 }));
    assert_eq!(
        (&deleted["__typename"], &deleted["version"]),
        (&json!("EntryDeleted"), &json!(2)),
        "{deleted}"
    );
    let mut newest = seen.clone();
    newest["version"] = json!(2);
    for entry in [&seen, &newest] {
        for (mutation, input) in operations(entry) {
            let conflict = honjo.change(mutation, &input);
            assert_eq!(conflict["__typename"], "EditConflict", "{mutation}: {conflict}");
            assert!(conflict["theirs"]["deletedAt"].is_string(), "{mutation}: {conflict}");
            assert_eq!(conflict["base"], text(&seen), "{mutation}");
        }
    }
}

#[test]
fn saving_what_is_there_already_changes_nothing() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let entry = &matrix.entries_of("エ", "STATUS")[0];
    let id = json!({ "requestId": request_id(), "id": entry["id"], "version": 1 });
    for (mutation, input) in [
        ("updateEntry", edit(entry, entry["body"].as_str().unwrap())),
        ("assignEntry", id.clone()),
        // To the front, where it is.
        ("moveEntry", json!({ "requestId": request_id(), "id": entry["id"], "version": 1 })),
    ] {
        let mut input = input;
        input["requestId"] = json!(request_id());
        let saved = save(&honjo, mutation, &input);
        assert_eq!(saved["entry"], *entry, "{mutation}");
        assert_eq!(
            saved["change"]["byName"], "取り込み（honjo-kodama-r8.tsv）",
            "{mutation}: its latest change"
        );
    }
    assert_eq!(Matrix::read(&honjo).seq(), matrix.seq());
}

#[test]
fn of_edits_at_the_same_moment_one_is_saved_and_the_others_are_shown_it() {
    let app = TestApp::demo();
    let clients: Vec<Client> =
        ["hub", "honjo", "misato", "kamikawa", "kamisato"].map(|login| app.sign_in(login)).into();
    let matrix = Matrix::read(&clients[0]);
    let entry = &matrix.entries_of("カ", "STATUS")[0];
    let payloads: Vec<Value> = std::thread::scope(|scope| {
        let edits: Vec<_> = clients
            .iter()
            .enumerate()
            .map(|(nth, client)| {
                scope.spawn(move || client.change("updateEntry", &edit(entry, &format!("{nth}人目の文"))))
            })
            .collect();
        edits.into_iter().map(|edit| edit.join().unwrap()).collect()
    });
    let saved: Vec<&Value> =
        payloads.iter().filter(|payload| payload["__typename"] == "EntrySaved").collect();
    assert_eq!(saved.len(), 1, "{payloads:#?}");
    for conflict in payloads.iter().filter(|payload| payload["__typename"] != "EntrySaved") {
        assert_eq!(conflict["__typename"], "EditConflict");
        assert_eq!(conflict["theirs"]["body"], saved[0]["entry"]["body"]);
    }
    let after = Matrix::read(&clients[0]);
    assert_eq!(after.seq(), matrix.seq() + 1);
    assert_eq!(after.entry(&entry["id"]), saved[0]["entry"]);
}
