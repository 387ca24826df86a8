//! More than the server takes on: known callers are served before anonymous ones, what is refused is told so in JSON with
//! `Retry-After`, and everything is as before when it is over.

use crate::wire::{Wire, limited, millis};
use renkei_server::{Config, http::Limits};
use renkei_tests::{Answer, Client, Database, Matrix, PASSWORD, Serving, Socket, TestApp};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
const SHEET: &str = "query($region: ID!) { sheet(regionId: $region, fiscalYear: 2026) { rows { item { title } cells { entries { id body notes { text } updatedBy { name } } } } } }";

/// Refused, in a form that clients and people can read.
#[track_caller]
fn refused(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..60).contains(&seconds)));
    assert!(answer.header("content-type").starts_with("application/json"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert!(body.get("data").is_none(), "{body}");
    let japanese = if status == 503 { "混み合って" } else { "多くのリクエスト" };
    assert!(body["errors"][0]["message"].as_str().unwrap().contains(japanese), "{body}");
}

fn ask(client: &Client) -> Answer {
    client.post(&json!({ "query": "{ __typename }" }))
}

fn sheet(matrix: &Matrix) -> Value {
    json!({ "query": SHEET, "variables": { "region": matrix.region["id"] } })
}

/// The median time of a signed-in reader's requests, each of which has to be answered whole.
fn median_latency(reader: &Client, sheet: &Value) -> Duration {
    let mut times: Vec<Duration> = (0..25)
        .map(|_| {
            let begun = Instant::now();
            let answer = reader.post(sheet);
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert!(answer.json()["data"]["sheet"]["rows"][0].is_object());
            std::thread::sleep(millis(20));
            begun.elapsed() - millis(20)
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

/// 200 connections that guess passwords, each again as soon as it is answered. What else runs on the machine meanwhile is
/// not the flood's doing: one of three rounds has to show that the reader is served as well as without it.
#[test]
fn guessing_passwords_on_200_connections_does_not_keep_readers_waiting() {
    let database = Database::demo();
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(folder.path(), &["--database", database.url()]);
    let reader = Client::new(&serving.url).sign_in("hub", PASSWORD);
    let sheet = sheet(&Matrix::read(&reader));
    let rounds = (0..3).map(|_| {
        let quiet = median_latency(&reader, &sheet);
        let flooded = beside_guesses(&serving.url, 200, || median_latency(&reader, &sheet));
        println!("median: {quiet:?} quiet, {flooded:?} beside the guesses");
        flooded < 2 * quiet
    });
    assert!(rounds.into_iter().any(|good| good), "the reader is kept waiting");
}

/// Does something while so many connections guess passwords.
fn beside_guesses<T>(url: &str, connections: usize, what: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    let done = std::thread::scope(|scope| {
        for nth in 0..connections {
            let over = &over;
            scope.spawn(move || {
                let client = Client::new(url);
                let document = "mutation($input: SignInInput!) { signIn(input: $input) { __typename } }";
                let input = json!({ "login": format!("staff{nth}"), "password": "wrong" });
                let guess = json!({ "query": document, "variables": { "input": input } });
                while !over.load(Ordering::Acquire) {
                    let answer = client.post(&guess);
                    assert!([200, 429, 503].contains(&answer.status), "{}", answer.text());
                }
            });
        }
        std::thread::sleep(Duration::from_secs(2));
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(what));
        over.store(true, Ordering::Release);
        done
    });
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[test]
fn anonymous_requests_are_refused_while_known_ones_are_served() {
    let app = limited(Limits { anonymous_per_second: 1, anonymous_burst: 4, ..Limits::default() });
    // Signing in is an anonymous request.
    let hub = app.sign_in("hub");
    let anonymous = app.client();
    for _ in 0..3 {
        assert_eq!(ask(&anonymous).status, 200);
    }
    let begun = Instant::now();
    refused(&(0..3).map(|_| ask(&anonymous)).find(|answer| answer.status != 200).unwrap(), 429);
    assert!(begun.elapsed() >= Duration::from_secs(1), "a refusal is not sent at once");
    assert!((0..10).any(|_| anonymous.get("/playground").status == 429), "the same limit");
    for _ in 0..20 {
        assert_eq!(ask(&hub).status, 200);
        assert_ne!(hub.get("/playground").status, 429);
    }
    let wrong_session = app.client();
    wrong_session.use_token(Some("wrong".to_owned()));
    assert!((0..3).any(|_| ask(&wrong_session).status == 429), "an unknown session is anonymous");
}

#[test]
fn anonymous_requests_do_not_wait_in_the_queue_of_known_ones() {
    let limits =
        Limits { operations: 1, queue: 0, anonymous_operations: 1, anonymous_queue: 0, ..Limits::default() };
    let app = limited(limits);
    let hub = app.sign_in("hub");
    let half = |cookie: &str| {
        let mut wire = Wire::open(&app);
        wire.send(format!("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{cookie}content-length: 100\r\n\r\n"));
        std::thread::sleep(millis(300));
        wire
    };
    let anonymous = half("");
    refused(&ask(&app.client()), 503);
    assert_eq!(ask(&hub).status, 200);
    drop(anonymous);
    let known = half(&format!("cookie: renkei_session={}\r\n", hub.token().unwrap()));
    refused(&ask(&hub), 503);
    assert_eq!(ask(&app.client()).status, 200);
    drop(known);
    assert_eq!(ask(&hub).status, 200, "a client that is gone takes no place");
}

#[test]
fn an_address_may_send_so_many_requests_a_second_and_another_address_is_served() {
    let config = Config {
        proxies: vec!["127.0.0.1".parse().unwrap()],
        limits: Limits { requests_per_second: 1, request_burst: 5, ..Limits::default() },
        ..Config::default()
    };
    let app = TestApp::with(Database::demo(), config);
    let (here, there) = (app.client().at("2001:db8:0:1::1"), app.client().at("2001:db8:0:2::1"));
    refused(&(0..10).map(|_| here.get("/missing.js")).find(|answer| answer.status != 404).unwrap(), 429);
    let neighbour = app.client().at("2001:db8:0:1:ffff::2");
    assert!((0..3).any(|_| neighbour.get("/missing.js").status == 429), "of the same /64");
    assert_eq!(there.get("/missing.js").status, 404);
    assert_eq!(here.get("/healthz").status, 200, "monitoring is not counted");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(here.get("/missing.js").status, 404, "after a while");
}

#[test]
fn an_address_has_so_many_connections_and_further_ones_are_closed() {
    let app = limited(Limits { connections_per_address: 3, ..Limits::default() });
    let mut wires: Vec<Wire> = (0..3).map(|_| Wire::open(&app)).collect();
    for wire in &mut wires {
        wire.send(HEALTH);
        assert!(wire.answer().starts_with("HTTP/1.1 200 "));
    }
    for _ in 0..3 {
        let mut further = Wire::open(&app);
        further.send(HEALTH);
        assert_eq!(further.end().0, "");
    }
    for wire in &mut wires {
        wire.send(HEALTH);
        assert!(wire.answer().starts_with("HTTP/1.1 200 "), "those before it notice nothing");
    }
    wires.pop();
    let served = (0..100).any(|_| {
        std::thread::sleep(millis(20));
        let mut wire = Wire::open(&app);
        wire.send(HEALTH);
        wire.end_or_answer().starts_with("HTTP/1.1 200 ")
    });
    assert!(served, "one of them has ended");
}

#[test]
fn more_connections_than_there_may_be_wait_until_others_end() {
    let app = limited(Limits { connections: 3, ..Limits::default() });
    let mut wires: Vec<Wire> = (0..3).map(|_| Wire::open(&app)).collect();
    for wire in &mut wires {
        wire.send(HEALTH);
        assert!(wire.answer().starts_with("HTTP/1.1 200 "));
    }
    let mut waiting = Wire::open(&app);
    waiting.send(HEALTH);
    std::thread::sleep(millis(300));
    assert!(!waiting.has_answer(), "it is not accepted yet");
    wires.pop();
    assert!(waiting.answer().starts_with("HTTP/1.1 200 "));
}

#[test]
fn the_connections_of_a_known_proxy_are_not_counted_by_address() {
    let config = Config {
        proxies: vec!["127.0.0.1".parse().unwrap()],
        limits: Limits { connections_per_address: 2, ..Limits::default() },
        ..Config::default()
    };
    let app = TestApp::with(Database::demo(), config);
    let mut wires: Vec<Wire> = (0..10).map(|_| Wire::open(&app)).collect();
    for wire in &mut wires {
        wire.send(HEALTH);
        assert!(wire.answer().starts_with("HTTP/1.1 200 "));
    }
}

#[test]
fn a_websocket_counts_as_a_connection_as_long_as_it_lives() {
    let app = limited(Limits { connections_per_address: 3, ..Limits::default() });
    let hub = app.sign_in("hub");
    let sockets = [Socket::greeted(&app.url, &hub), Socket::greeted(&app.url, &hub)];
    let closed = (0..3).map(|_| {
        let mut wire = Wire::open(&app);
        wire.send(HEALTH);
        wire.end_or_answer()
    });
    // The reader's own connection is the third.
    assert!(closed.into_iter().all(|said| said.is_empty()));
    drop(sockets);
    let served = (0..250).any(|_| {
        std::thread::sleep(millis(20));
        let mut wire = Wire::open(&app);
        wire.send(HEALTH);
        wire.end_or_answer().starts_with("HTTP/1.1 200 ")
    });
    assert!(served, "both are gone");
}

/// Several people who all ask for the whole sheet at once, again and again.
fn rush(app: &TestApp, matrix: &Matrix, people: usize, rounds: usize) -> Vec<Answer> {
    let request = sheet(matrix);
    let token = app.sign_in("hub").token();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..people)
            .map(|_| {
                let client = app.client();
                client.use_token(token.clone());
                let request = &request;
                scope.spawn(move || (0..rounds).map(|_| client.post(request)).collect::<Vec<_>>())
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn too_many_operations_at_once_are_refused_and_the_others_served() {
    let app = limited(Limits { operations: 1, queue: 2, ..Limits::default() });
    let matrix = Matrix::read(&app.sign_in("hub"));
    let over = AtomicBool::new(false);
    let answers = std::thread::scope(|scope| {
        let health = scope.spawn(|| {
            let client = app.client();
            while !over.load(Ordering::Acquire) {
                assert_eq!(client.get("/healthz").status, 200);
            }
        });
        let answers = rush(&app, &matrix, 12, 5);
        over.store(true, Ordering::Release);
        health.join().unwrap();
        answers
    });
    let (served, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    for answer in &served {
        assert!(answer.json()["data"]["sheet"]["rows"][0].is_object(), "whole");
    }
    for answer in &others {
        refused(answer, 503);
    }
    // One runs and two wait: of twelve at least some of the first round are served.
    assert!(served.len() >= 3 && !others.is_empty(), "{} and {}", served.len(), others.len());
    assert!(rush(&app, &matrix, 1, 3).iter().all(|answer| answer.status == 200), "as before when it is over");
}

#[test]
fn one_after_the_other_is_never_too_much() {
    let app = limited(Limits { operations: 1, queue: 0, ..Limits::default() });
    let matrix = Matrix::read(&app.sign_in("hub"));
    assert!(rush(&app, &matrix, 1, 50).iter().all(|answer| answer.status == 200));
}

#[test]
fn over_a_socket_too_many_operations_are_errors_of_their_own() {
    let app = limited(Limits { operations: 1, queue: 0, ..Limits::default() });
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&app.url, &hub);
    let query = "query($region: ID!) { sheet(regionId: $region, fiscalYear: 2026) { rows { cells { entries { body } } } } }";
    let (mut served, mut sent_away) = (0, 0);
    for round in 0..10 {
        for nth in 0..10 {
            socket.subscribe(&format!("{round} {nth}"), query, json!({ "region": matrix.region["id"] }));
        }
        let mut ended = 0;
        while ended < 10 {
            let told = socket.hear();
            match told["type"].as_str().unwrap() {
                "next" => served += 1,
                "complete" => ended += 1,
                "error" => {
                    let error = &told["payload"][0];
                    assert_eq!(error["extensions"]["code"], "OVERLOADED", "{told}");
                    assert!(error["message"].as_str().unwrap().contains("混み合って"), "{told}");
                    ended += 1;
                    sent_away += 1;
                }
                other => panic!("{other}: {told}"),
            }
        }
    }
    assert!(served >= 10 && sent_away > 0, "{served} and {sent_away}");
    assert_eq!(served + sent_away, 100);
}

/// As the system does when there are no more file handles.
#[test]
fn a_server_without_file_handles_goes_on_when_there_are_some() {
    let database = Database::demo();
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::logging(folder.path(), &["--database", database.url()]);
    let pid = serving.pid().to_string();
    let handles = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count() + 8;
    let limited =
        Command::new("prlimit").args(["--pid", &pid, &format!("--nofile={handles}:{handles}")]).status();
    assert!(limited.unwrap().success());
    let mut wires: Vec<Wire> = (0..40).map(|_| Wire::to(&serving.url)).collect();
    for wire in &mut wires {
        wire.send(HEALTH);
    }
    std::thread::sleep(millis(500));
    drop(wires);
    let client = Client::new(&serving.url);
    // It takes a moment until all of them are seen to have gone, and meanwhile the database may want a handle in vain.
    let serves = (0..100).any(|_| {
        std::thread::sleep(millis(100));
        client.get("/healthz").status == 200
    });
    assert!(serves, "{}", serving.log());
    for _ in 0..10 {
        assert_eq!(client.get("/healthz").status, 200);
        assert_eq!(ask(&client).json()["data"], json!({ "__typename": "Query" }));
    }
}

#[test]
fn the_command_line_sets_the_limits() {
    let database = Database::demo();
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(
        folder.path(),
        &["--database", database.url(), "--connections-per-address", "2", "--operations-at-once", "1"],
    );
    let mut wires = Vec::new();
    let full = (0..100).any(|_| {
        let mut wire = Wire::to(&serving.url);
        wire.send(HEALTH);
        std::thread::sleep(millis(50));
        let mut further = Wire::to(&serving.url);
        further.send(HEALTH);
        wires.push(wire);
        further.end_or_answer().is_empty()
    });
    assert!(full);
    for wire in &mut wires[..1] {
        assert!(wire.answer().starts_with("HTTP/1.1 200 "));
    }
}
