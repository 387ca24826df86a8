//! What goes wrong inside: whoever asks is told a number, which the log has too, and nothing else of the inside; and the
//! server goes on.

use crate::cluster::Cluster;
use renkei_tests::{Answer, Client, Database, Matrix, PASSWORD, Serving, Socket, TestApp, request};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ENTRIES: &str = "{ regions { sheets { rows { cells { entries { body } } } } } }";

/// The number in a message to quote; the message is all that there is, and tells nothing of the inside.
#[track_caller]
fn number(body: &Value) -> String {
    for error in body["errors"].as_array().unwrap_or_else(|| panic!("no errors: {body}")) {
        let text = format!("{} {}", error["message"], error["extensions"]).to_lowercase();
        for inside in ["select", "sql", "postgres", "table", "relation", "entry", "pool", "connect", ".rs"] {
            assert!(!text.contains(inside), "{inside}: {error}");
        }
    }
    let message = body["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no error: {body}"));
    let (_, number) = message.split_once("番号 ").unwrap_or_else(|| panic!("no number: {message}"));
    let number: String = number.chars().take_while(char::is_ascii_alphanumeric).collect();
    assert_eq!(number.len(), 8, "{message}");
    number
}

#[track_caller]
fn is_logged(serving: &Serving, number: &str) {
    let log = serving.log();
    let line = log.lines().find(|line| line.contains(number));
    let line = line.unwrap_or_else(|| panic!("{number} is not in the log:\n{log}"));
    assert!(line.contains("ERROR") && line.contains("fault"), "{line}");
}

/// A table is taken away and given back, under a server that runs.
#[test]
fn a_fault_has_a_number_in_the_log_and_passes() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::logging(folder.path(), &["--database", app.database.url()]);
    let hub = Client::new(&serving.url).sign_in("hub", PASSWORD);
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&serving.url, &hub);
    let new = matrix.new_entry("ア", "GOAL", "あとで保存する");

    app.execute("ALTER TABLE entry RENAME TO entry_elsewhere");
    let read = hub.graphql(ENTRIES, json!({}));
    assert_eq!(read["data"]["regions"][0]["sheets"][0], Value::Null);
    let saved = hub.post(&request("createEntry", &new)).json();
    socket.subscribe("read", ENTRIES, json!({}));
    let told = socket.hear();
    assert_eq!((&told["id"], &told["type"]), (&json!("read"), &json!("next")), "{told}");
    for body in [&read, &saved, &told["payload"]] {
        is_logged(&serving, &number(body));
    }
    assert!(serving.log().contains("entry"), "the log tells what it was");
    assert_eq!(socket.hear(), json!({ "type": "complete", "id": "read" }));

    // Where nobody can be known, nothing runs at all: not by HTTP, not by a socket.
    app.execute("ALTER TABLE session RENAME TO session_elsewhere");
    let answer = hub.post(&json!({ "query": "{ viewer { login } }" }));
    assert_eq!(answer.status, 500, "{}", answer.text());
    is_logged(&serving, &number(&answer.json()));
    socket.subscribe("who", "{ viewer { login } }", json!({}));
    assert_eq!(socket.code(), 1011);

    app.execute("ALTER TABLE session_elsewhere RENAME TO session");
    app.execute("ALTER TABLE entry_elsewhere RENAME TO entry");
    assert_eq!(hub.change("createEntry", &new)["__typename"], "EntrySaved");
    let mut socket = Socket::greeted(&serving.url, &hub);
    socket.subscribe("again", "{ viewer { login } }", json!({}));
    assert_eq!(socket.hear()["payload"]["data"]["viewer"]["login"], "hub");
}

/// The database's own server is stopped, and later started, while ours goes on.
#[test]
fn a_server_outlives_its_postgresql() {
    let cluster = Cluster::start();
    let database = Database::at(cluster.address());
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::logging(folder.path(), &["--demo", "--database", database.url()]);
    let hub = Client::new(&serving.url).sign_in("hub", PASSWORD);
    let matrix = Matrix::read(&hub);
    let new = matrix.new_entry("ア", "GOAL", "あとで保存する");
    cluster.control(&["stop", "--mode=immediate"]);
    let since = Instant::now();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let requests = [json!({ "query": ENTRIES }), request("createEntry", &new)];
        let asked = requests.map(|request| {
            scope.spawn({
                let hub = &hub;
                move || hub.post(&request)
            })
        });
        asked.into_iter().map(|answer| answer.join().unwrap()).collect()
    });
    for answer in answers {
        is_logged(&serving, &number(&answer.json()));
    }
    assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
    let health = hub.get("/healthz");
    assert_eq!(health.status, 503);
    assert!(health.text().starts_with("the database does not answer"), "{}", health.text());
    assert_ne!(hub.get("/sign-in").status, 500, "the page needs no database");

    cluster.control(&["start", "--wait"]);
    assert_eq!(hub.get("/healthz").status, 200);
    assert_eq!(hub.change("createEntry", &new)["__typename"], "EntrySaved");
    let mut socket = Socket::on_sheet(&serving.url, &hub, &matrix, json!(matrix.seq()));
    assert_eq!(socket.change()["entry"]["body"], "あとで保存する");
}
