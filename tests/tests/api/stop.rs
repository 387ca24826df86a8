//! The server asked to stop (SIGTERM) while people write: what was begun is finished and answered, nothing else is begun,
//! and it does not take long.

use crate::random::Random;
use crate::wire::{Wire, millis};
use renkei_tests::{Client, Database, Matrix, PASSWORD, Serving, Socket, TestApp, edit, request};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

const WRITERS: [&str; 5] = ["hub", "honjo", "misato", "kamikawa", "kamisato"];
const ROUNDS: u64 = 6;
/// The server's own bound is 10 seconds; nothing here needs one.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn what_was_begun_is_answered_and_nothing_else_is_done() {
    let database = Database::demo();
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(7);
    let mut acknowledged = HashSet::new();
    for _ in 0..ROUNDS {
        let serving = Serving::start(folder.path(), &["--database", database.url()]);
        let clients = WRITERS.map(|login| Client::new(&serving.url).sign_in(login, PASSWORD));
        let matrix = Matrix::read(&clients[0]);
        let saved = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = clients
            .into_iter()
            .map(|client| {
                let (url, saved) = (serving.url.clone(), saved.clone());
                let new = matrix.new_entry("ア", "GOAL", "止まるまで書く");
                std::thread::spawn(move || write(&client, &url, new, &saved))
            })
            .collect();
        while saved.load(Ordering::Acquire) < 20 {
            std::thread::sleep(millis(1));
        }
        std::thread::sleep(Duration::from_micros(random.below(20_000)));
        let asked = Instant::now();
        assert!(serving.stop(), "it ends well");
        assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
        for writer in writers {
            acknowledged.extend(writer.join().unwrap());
        }
    }
    let app = TestApp::with(database, renkei_server::Config::default());
    let made: Vec<Uuid> = app.select("SELECT request_id FROM change WHERE by_id IS NOT NULL");
    let all: HashSet<Uuid> = made.iter().copied().collect();
    assert_eq!(all.len(), made.len(), "each once");
    let lost: Vec<_> = acknowledged.difference(&all).collect();
    assert!(lost.is_empty(), "acknowledged, and not there: {lost:?}");
    let unanswered: Vec<_> = all.difference(&acknowledged).collect();
    assert!(unanswered.is_empty(), "done, and not answered: {unanswered:?}");
}

/// A script that waits for the address and closes the pipe, a log on a full disk: nothing of this stops a server.
#[test]
fn a_server_that_nobody_listens_to_serves() {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::unheard(folder.path(), &["--demo"]);
    let client = Client::new(&serving.url).sign_in("hub", PASSWORD);
    let matrix = Matrix::read(&client);
    client.change("createEntry", &matrix.new_entry("ア", "GOAL", "だれも聞いていない"));
    assert!(serving.stop(), "it ends well");
}

/// Writes until the server does not answer any more; the requests that it has acknowledged.
fn write(client: &Client, url: &str, new: Value, saved: &AtomicUsize) -> Vec<Uuid> {
    let mut acknowledged = Vec::new();
    let (mut mutation, mut input) = ("createEntry", new);
    while let Some(mut answer) = client.try_post(url, &request(mutation, &input)) {
        assert!(answer.get("errors").is_none(), "{answer}");
        let entry = answer["data"][mutation]["entry"].take();
        assert!(entry.is_object(), "{answer}");
        acknowledged.push(input["requestId"].as_str().unwrap().parse().unwrap());
        saved.fetch_add(1, Ordering::AcqRel);
        let body = format!("{}回目", acknowledged.len());
        (mutation, input) = ("updateEntry", edit(&entry, &body));
    }
    acknowledged
}

#[test]
fn a_request_that_is_on_its_way_is_answered_and_a_new_one_is_not() {
    let database = Database::demo();
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(folder.path(), &["--database", database.url()]);
    let hub = Client::new(&serving.url).sign_in("hub", PASSWORD);
    let matrix = Matrix::read(&hub);
    let url = serving.url.clone();
    let mut socket = Socket::on_sheet(&url, &hub, &matrix, Value::Null);
    let body = request("createEntry", &matrix.new_entry("ア", "GOAL", "最後に保存する取組")).to_string();
    let (first, rest) = body.as_bytes().split_at(100);
    let mut wire = Wire::to(&url);
    wire.send(format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncookie: renkei_session={}\r\ncontent-length: {}\r\n\r\n",
        hub.token().unwrap(),
        body.len()
    ));
    wire.send(first);
    let mut idle = Wire::to(&url);
    idle.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    idle.answer();
    let silent = Wire::to(&url);
    std::thread::sleep(millis(200));
    let stopped = std::thread::spawn(move || {
        let asked = Instant::now();
        (serving.stop(), asked.elapsed())
    });
    assert_eq!(socket.code(), 1001);
    assert_eq!(idle.end().0, "", "closed without a word");
    assert_eq!(silent.end().0, "");
    assert!(std::net::TcpStream::connect(url.trim_start_matches("http://")).is_err(), "nobody listens");
    wire.send(rest);
    let (answer, _) = wire.end();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("EntrySaved"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    drop(socket);
    let (well, took) = stopped.join().unwrap();
    assert!(well && took < SOON, "{took:?}");
    let app = TestApp::with(database, renkei_server::Config::default());
    let there: Vec<i64> = app.select("SELECT COUNT(*) FROM entry WHERE body = '最後に保存する取組'");
    assert_eq!(there, [1]);
}
