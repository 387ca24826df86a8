//! Requests sent twice: done once, answered alike.

use renkei_tests::{Client, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};

/// Sends it twice and expects the same answer without a second effect.
fn twice(app: &TestApp, client: &Client, mutation: &str, input: &Value) -> Value {
    let first = client.change(mutation, input);
    let (seq, stored) = (Matrix::read(client).seq(), app.count("change"));
    let second = client.change(mutation, input);
    assert_eq!(first, second, "{mutation}");
    assert_eq!((Matrix::read(client).seq(), app.count("change")), (seq, stored), "{mutation}");
    first
}

#[test]
fn every_mutation_is_done_once() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let created = twice(&app, &hub, "createEntry", &matrix.new_entry("ア", "GOAL", "一度だけ"));
    let entry = &created["entry"];
    assert_eq!(Matrix::read(&hub).entries_of("ア", "GOAL").len(), 2);
    let input = |version: i32| json!({ "requestId": request_id(), "id": entry["id"], "version": version });
    let updated = twice(&app, &hub, "updateEntry", &edit(entry, "もう一度だけ"));
    assert_eq!(updated["entry"]["version"], 2);
    assert_eq!(twice(&app, &hub, "moveEntry", &input(2))["entry"]["position"], 0);
    let mut assign = input(3);
    assign["ownerId"] = matrix.organization("本庄市");
    assert_eq!(twice(&app, &hub, "assignEntry", &assign)["entry"]["version"], 4);
    let deleted = twice(&app, &hub, "deleteEntry", &input(4));
    assert_eq!(deleted["__typename"], "EntryDeleted", "{deleted}");
    let restore = json!({
        "requestId": request_id(), "entryId": entry["id"], "changeId": deleted["change"]["id"], "version": 5,
    });
    assert_eq!(twice(&app, &hub, "restoreEntry", &restore)["entry"]["version"], 6);
}

#[test]
fn refusals_and_conflicts_are_answered_again_too() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let entry = &matrix.entries_of("ア", "GOAL")[0];
    let refused = twice(&app, &honjo, "updateEntry", &edit(entry, ""));
    assert_eq!(refused["code"], "INVALID");
    honjo.change("updateEntry", &edit(entry, "先の文"));
    let stale = edit(entry, "後の文");
    let conflict = twice(&app, &honjo, "updateEntry", &stale);
    assert_eq!(conflict["__typename"], "EditConflict");
    // Whatever has happened since: the answer is that of the first time.
    let newer = Matrix::read(&honjo).entry(&entry["id"]);
    honjo.change("updateEntry", &edit(&newer, "さらに後の文"));
    assert_eq!(honjo.change("updateEntry", &stale)["theirs"]["body"], conflict["theirs"]["body"]);
}

#[test]
fn the_answer_outlives_phases_and_deletions() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let input = matrix.new_entry("ア", "GOAL", "確定の前に");
    let saved = honjo.change("createEntry", &input);
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    let again = honjo.change("createEntry", &input);
    assert_eq!(again["__typename"], "EntrySaved", "{again}");
    assert_eq!(again["entry"]["id"], saved["entry"]["id"]);
    assert_eq!(again["change"], saved["change"]);
}

#[test]
fn the_same_request_from_eight_at_once_has_one_effect() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let create = matrix.new_entry("ア", "GOAL", "同時に");
    let update = edit(&matrix.entries_of("イ", "GOAL")[0], "同時に");
    for (mutation, input) in [("createEntry", &create), ("updateEntry", &update)] {
        let seq = Matrix::read(&honjo).seq();
        let payloads: Vec<Value> = std::thread::scope(|scope| {
            let sent: Vec<_> = (0..8).map(|_| scope.spawn(|| honjo.change(mutation, input))).collect();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect()
        });
        for payload in &payloads {
            assert_eq!(payload["__typename"], "EntrySaved", "{payload}");
            assert_eq!(payload, &payloads[0]);
        }
        assert_eq!(Matrix::read(&honjo).seq(), seq + 1, "{mutation}");
    }
    let bodies = Matrix::read(&honjo).entries();
    assert_eq!(bodies.iter().filter(|entry| entry["body"] == "同時に").count(), 2);
}

#[test]
fn an_id_belongs_to_its_account() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let input = Matrix::read(&honjo).new_entry("ア", "GOAL", "ふたりの取組");
    let one = honjo.change("createEntry", &input);
    let other = misato.change("createEntry", &input);
    assert_eq!(other["__typename"], "EntrySaved", "{other}");
    assert_ne!(one["entry"]["id"], other["entry"]["id"]);
    assert_eq!(other["change"]["by"]["login"], "misato");
}

#[test]
fn an_id_belongs_to_its_kind_of_mutation() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let input = matrix.new_entry("ア", "GOAL", "はじめ");
    let saved = honjo.change("createEntry", &input);
    let mut other = edit(&saved["entry"], "つぎ");
    other["requestId"] = input["requestId"].clone();
    let seq = Matrix::read(&honjo).seq();
    let refused = honjo.change("updateEntry", &other);
    assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID"), &json!("requestId")), "{refused}");
    assert_eq!(Matrix::read(&honjo).seq(), seq);
    assert_eq!(honjo.change("createEntry", &input), saved, "the first answer stays");
}

#[test]
fn an_id_is_a_uuid() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let mut input = Matrix::read(&honjo).new_entry("ア", "GOAL", "文");
    for id in ["", "1", "not-a-uuid", "０１９７００００-0000-7000-8000-000000000000"] {
        input["requestId"] = json!(id);
        let refused = honjo.change("createEntry", &input);
        assert_eq!(
            (&refused["code"], &refused["field"]),
            (&json!("INVALID"), &json!("requestId")),
            "{refused}"
        );
    }
}

#[test]
fn without_a_session_nothing_is_kept() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let input = Matrix::read(&honjo).new_entry("ア", "GOAL", "文");
    let stranger = app.client();
    assert_eq!(stranger.change("createEntry", &input)["code"], "SIGNED_OUT");
    assert_eq!(app.count("request"), 0);
    assert_eq!(honjo.change("createEntry", &input)["__typename"], "EntrySaved");
}

#[test]
fn answers_are_kept_for_thirty_days() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let input = Matrix::read(&honjo).new_entry("ア", "GOAL", "文");
    let first = honjo.change("createEntry", &input);
    let day: i64 = 24 * 60 * 60 * 1000;
    app.execute(&format!("UPDATE request SET at = at - {}", 29 * day));
    assert_eq!(honjo.change("createEntry", &input), first);
    app.execute(&format!("UPDATE request SET at = at - {}", 2 * day));
    assert_ne!(honjo.change("createEntry", &input)["entry"]["id"], first["entry"]["id"]);
}
