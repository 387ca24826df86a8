//! More than the server takes on: some are served, the rest is told to come back, health is told in any case, and all is
//! as before when it is over.

use crate::wire::{Wire, bounded, millis};
use renkei_server::{Config, http::Bounds};
use renkei_tests::{Answer, Client, Database, Matrix, Serving, Socket, TestApp};
use serde_json::json;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
const TYPENAME: &str = r#"{"query":"{ __typename }"}"#;

/// A POST of which the body is still to come.
fn half(address: &str) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-forwarded-for: {address}\r\ncontent-length: {}\r\n\r\n",
        TYPENAME.len()
    )
}

/// Sent away, in a form that clients and people can read.
#[track_caller]
fn told_to_come_back(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..60).contains(&seconds)));
    assert!(answer.header("content-type").starts_with("application/json"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let body = answer.json();
    assert!(body.get("data").is_none(), "{body}");
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("混み合って"), "{body}");
}

fn ask(client: &Client) -> Answer {
    client.post(&json!({ "query": "{ __typename }" }))
}

#[test]
fn an_address_has_so_many_connections_and_the_rest_is_told_to_come_back() {
    for bounds in
        [Bounds { of_address: 3, ..Bounds::default() }, Bounds { connections: 3, ..Bounds::default() }]
    {
        let app = bounded(bounds);
        let mut wires: Vec<Wire> = (0..3).map(|_| Wire::open(&app)).collect();
        for wire in &mut wires {
            wire.send(HEALTH);
            assert!(wire.answer().starts_with("HTTP/1.1 200 "));
        }
        for _ in 0..3 {
            // A connection each: the server closes them.
            told_to_come_back(&ask(&app.client()));
            told_to_come_back(&app.client().get("/"));
            assert_eq!(app.client().get("/healthz").status, 200);
        }
        // Those who are in notice nothing.
        for wire in &mut wires {
            wire.send(HEALTH);
            assert!(wire.answer().starts_with("HTTP/1.1 200 "));
        }
        wires.pop();
        let served = (0..100).any(|_| {
            std::thread::sleep(millis(20));
            ask(&app.client()).status == 200
        });
        assert!(served, "a place is free again");
    }
}

#[test]
fn behind_a_proxy_requests_count_and_not_its_connections() {
    let config = Config {
        proxies: vec!["127.0.0.1".parse().unwrap()],
        bounds: Bounds { of_address: 2, ..Bounds::default() },
        ..Config::default()
    };
    let app = TestApp::with(Database::demo(), config);
    // The proxy's own.
    let mut wires: Vec<Wire> = (0..10).map(|_| Wire::open(&app)).collect();
    for wire in &mut wires {
        wire.send(HEALTH);
        assert!(wire.answer().starts_with("HTTP/1.1 200 "));
    }
    let (here, there) = (app.client().at("192.0.2.1"), app.client().at("192.0.2.2"));
    for wire in &mut wires[..2] {
        wire.send(half("192.0.2.1"));
    }
    let full = (0..100).any(|_| {
        std::thread::sleep(millis(20));
        ask(&here).status == 503
    });
    assert!(full, "two requests are on their way");
    told_to_come_back(&ask(&here));
    assert_eq!(ask(&there).status, 200, "somebody else");
    for wire in &mut wires[..2] {
        wire.send(TYPENAME);
        assert!(wire.answer().starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(ask(&here).status, 200);
    // A socket has a place as long as it lives.
    let hub = app.client().at("192.0.2.1").sign_in("hub", renkei_tests::PASSWORD);
    let from = [("sec-websocket-protocol", "graphql-transport-ws"), ("x-forwarded-for", "192.0.2.1")];
    let open = || Socket::open(&app.url, &hub, &from);
    let sockets = [open().ok().unwrap(), open().ok().unwrap()];
    assert_eq!(open().err(), Some(503));
    told_to_come_back(&ask(&here));
    assert_eq!(ask(&there).status, 200);
    drop(sockets);
    let served = (0..250).any(|_| {
        std::thread::sleep(millis(20));
        ask(&here).status == 200
    });
    assert!(served, "both are gone");
}

/// Several people who all ask for the whole sheet at once, again and again.
fn rush(app: &TestApp, matrix: &Matrix, people: usize, rounds: usize) -> Vec<Answer> {
    let query = "query($region: ID!) { sheet(regionId: $region, fiscalYear: 2026) { rows { item { title } cells { entries { id body notes { text } updatedBy { name } } } } } }";
    let request = json!({ "query": query, "variables": { "region": matrix.region["id"] } });
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
fn too_many_operations_at_once_are_sent_away_and_the_others_served() {
    let app = bounded(Bounds { executions: 1, waiting: 2, ..Bounds::default() });
    let matrix = Matrix::read(&app.sign_in("hub"));
    let over = AtomicBool::new(false);
    let answers = std::thread::scope(|scope| {
        let health = scope.spawn(|| {
            let client = app.client();
            while !over.load(Ordering::Acquire) {
                assert_eq!(client.get("/healthz").status, 200);
            }
        });
        let answers = rush(&app, &matrix, 12, 10);
        over.store(true, Ordering::Release);
        health.join().unwrap();
        answers
    });
    let (served, sent_away): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    for answer in &served {
        assert!(answer.json()["data"]["sheet"]["rows"][0].is_object(), "whole");
    }
    for answer in &sent_away {
        told_to_come_back(answer);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    // One runs and two wait: of twelve at least some of the first round are served.
    assert!(served.len() >= 3 && !sent_away.is_empty(), "{} and {}", served.len(), sent_away.len());
    // It is over.
    assert!(rush(&app, &matrix, 1, 3).iter().all(|answer| answer.status == 200));
}

#[test]
fn one_after_the_other_is_never_too_much() {
    let app = bounded(Bounds { executions: 1, waiting: 0, ..Bounds::default() });
    let matrix = Matrix::read(&app.sign_in("hub"));
    assert!(rush(&app, &matrix, 1, 50).iter().all(|answer| answer.status == 200));
}

#[test]
fn over_a_socket_too_many_operations_are_errors_of_their_own() {
    let app = bounded(Bounds { executions: 1, waiting: 0, ..Bounds::default() });
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

#[test]
fn large_bodies_have_a_bound_all_together() {
    let app = bounded(Bounds { bodies: 100_000, ..Bounds::default() });
    let large = format!("{}{TYPENAME}", " ".repeat(300_000));
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        large.len()
    );
    let mut first = Wire::open(&app);
    first.send(&head);
    first.send(&large[..150_000]);
    let client = app.client();
    let full = (0..100).any(|_| {
        std::thread::sleep(millis(20));
        let answer =
            client.send("POST", "/graphql", &[("content-type", "application/json")], large.as_bytes());
        answer.status == 503
    });
    assert!(full, "half of a large body is here, and its sender takes a rest");
    assert_eq!(ask(&client).status, 200, "a small one has its place");
    drop(first);
    let body = format!("{}{TYPENAME}", " ".repeat(60_000));
    let served = (0..100).any(|_| {
        std::thread::sleep(millis(20));
        client.send("POST", "/graphql", &[("content-type", "application/json")], body.as_bytes()).status
            == 200
    });
    assert!(served, "its bytes are given back");
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
fn the_command_line_sets_the_bounds() {
    let database = Database::demo();
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(
        folder.path(),
        &["--database", database.url(), "--connections-per-address", "2", "--operations-at-once", "1"],
    );
    // Whoever looked whether it serves may still hold a connection for a moment.
    let mut wires = Vec::new();
    let full = (0..100).any(|_| {
        let mut wire = Wire::to(&serving.url);
        wire.send(HEALTH);
        wires.push(wire);
        std::thread::sleep(millis(20));
        ask(&Client::new(&serving.url)).status == 503
    });
    assert!(full);
    assert_eq!(Client::new(&serving.url).get("/healthz").status, 200);
}
