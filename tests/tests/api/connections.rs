//! Those who send slowly, or nothing, or take nothing, hold no connection; those who are only slow keep theirs.

use crate::wire::{Wire, bounded, millis};
use renkei_server::http::Bounds;
use renkei_tests::{Matrix, Socket, TestApp};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
/// For the connection's end once it is late, and for a busy machine.
const LEEWAY: Duration = Duration::from_secs(5);

/// Short enough to be waited for, and different from each other.
fn hasty() -> Bounds {
    Bounds {
        head: millis(600),
        idle: millis(1_500),
        body: millis(2_500),
        slack: millis(1_000),
        rate: 4_096,
        ..Bounds::default()
    }
}

#[track_caller]
fn ended(what: &str, (said, took): (String, Duration), after: Duration) {
    assert_eq!(said, "", "{what}");
    // The server may have begun to count a moment before the test did.
    assert!(took + millis(300) >= after && took < after + LEEWAY, "{what}: {took:?}");
}

#[test]
fn who_says_nothing_or_half_of_it_is_not_waited_for() {
    let app = bounded(hasty());
    let head = hasty().head;
    for begun in [
        "",
        "G",
        "GET /heal",
        "GET /healthz HTTP/1.1\r\n",
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: ",
        "P",
        "PRI * HT",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n",
        "\r\n",
    ] {
        let mut wire = Wire::open(&app);
        wire.send(begun);
        ended(begun, wire.end(), head);
    }
    assert_eq!(app.client().get("/healthz").status, 200);
}

#[test]
fn a_head_that_comes_bit_by_bit_is_not_waited_for() {
    let app = bounded(hasty());
    for (begun, piece) in [
        ("", "G"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\n", "x-more: y\r\n"),
        ("POST /graphql HTTP/1.1\r\nhost: x\r\nx-long: ", "a"),
    ] {
        let mut wire = Wire::open(&app);
        wire.send(begun);
        let (said, took) = wire.dribble(piece, millis(50));
        // A letter after the other is no method: that may be said at once.
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 400 "), "{said}");
        assert!(took < hasty().head + LEEWAY, "{took:?}");
    }
    // The second request of a connection has no more time than the first.
    let mut wire = Wire::open(&app);
    wire.send(HEALTH);
    assert!(wire.answer().starts_with("HTTP/1.1 200 "));
    wire.send("GET /healthz HTTP/1.1\r\n");
    let (said, took) = wire.dribble("x-more: y\r\n", millis(50));
    assert_eq!(said, "");
    assert!(took + millis(300) >= hasty().head && took < hasty().head + LEEWAY, "{took:?}");
}

#[test]
fn a_body_that_comes_too_slowly_is_answered_408() {
    let app = bounded(hasty());
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
    let chunked = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let (slack, body) = (hasty().slack, hasty().body);
    // Nothing at all, some bytes, and enough at each moment but not in the end.
    for (what, head, piece, after) in [
        ("nothing", head, String::new(), slack),
        ("a byte", head, " ".to_owned(), slack),
        ("a chunk", chunked, "1\r\n \r\n".to_owned(), slack),
        ("a steady stream", head, " ".repeat(1_000), body),
    ] {
        let mut wire = Wire::open(&app);
        wire.send(head);
        let (said, took) = wire.dribble(&piece, millis(50));
        assert!(said.starts_with("HTTP/1.1 408 "), "{what}: {said}");
        assert!(said.contains("リクエストの受信に時間がかかりすぎました。"), "{what}: {said}");
        assert!(took + millis(300) >= after && took < after + LEEWAY, "{what}: {took:?}");
    }
}

#[test]
fn a_slow_but_steady_body_is_a_request_like_any_other() {
    let app = bounded(hasty());
    let request = format!("{}{}", " ".repeat(8_000), r#"{"query":"{ __typename }"}"#);
    let mut wire = Wire::open(&app);
    let length = request.len();
    wire.send(format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    ));
    for piece in request.as_bytes().chunks(600) {
        std::thread::sleep(millis(80));
        assert!(wire.send(piece));
    }
    let answer = wire.answer();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("Query"), "{answer}");
}

#[test]
fn between_requests_a_connection_waits_and_then_closes() {
    let app = bounded(hasty());
    let mut wire = Wire::open(&app);
    for _ in 0..3 {
        wire.send(HEALTH);
        assert!(wire.answer().starts_with("HTTP/1.1 200 "));
        // Longer than for a head.
        std::thread::sleep(hasty().head + millis(200));
    }
    wire.send(HEALTH);
    wire.answer();
    let since = Instant::now();
    let (said, _) = wire.end();
    assert_eq!(said, "");
    let took = since.elapsed();
    assert!(took >= hasty().idle - millis(100) && took < hasty().idle + LEEWAY, "{took:?}");
}

/// More than the system's buffers on both ends take by themselves.
const ANSWERS: usize = 200;

/// Asks for a long answer many times at once; how many bytes one has.
fn asks_for_much(app: &TestApp) -> (Wire, usize) {
    let hub = app.sign_in("hub");
    let query = "{ __schema { types { name description fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }";
    let path: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let path = format!("/graphql?query={path}");
    let bytes = hub.get(&path).body.len();
    assert!(bytes > 40_000, "{bytes}");
    let cookie = hub.token().unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\ncookie: renkei_session={cookie}\r\n\r\n");
    let wire = Wire::open(app);
    let mut sender = wire.stream.try_clone().unwrap();
    // The server may close before it has read all.
    std::thread::spawn(move || drop(sender.write_all(request.repeat(ANSWERS).as_bytes())));
    wire.stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    (wire, bytes)
}

#[test]
fn who_takes_no_answer_is_not_waited_for() {
    // As many connections as are here: theirs, and one more.
    let app = bounded(Bounds { of_address: 2, ..hasty() });
    let (mut wire, bytes) = asks_for_much(&app);
    let is_open = || {
        let mut other = Wire::open(&app);
        other.send(HEALTH);
        other.answer();
        app.client().get("/missing.js").status == 503
    };
    assert!((0..100).any(|_| is_open()), "it is served as long as it takes something");
    assert!(
        (0..600).any(|_| {
            std::thread::sleep(millis(100));
            !is_open()
        }),
        "it is served for ever"
    );
    let mut taken = 0;
    let mut piece = vec![0; 1 << 16];
    while let Ok(more @ 1..) = wire.stream.read(&mut piece) {
        taken += more;
    }
    assert!(taken < ANSWERS * bytes, "all {taken} bytes were kept for whoever may come");
}

#[test]
fn who_takes_answers_slowly_but_steadily_gets_all_of_them() {
    // Time for a debug build to make them.
    let app = bounded(Bounds { slack: Duration::from_secs(3), rate: 64 << 10, ..hasty() });
    let (mut wire, bytes) = asks_for_much(&app);
    let mut taken = 0;
    let mut piece = vec![0; 1 << 18];
    while taken < ANSWERS * bytes {
        match wire.stream.read(&mut piece) {
            Ok(0) | Err(_) => panic!("closed after {taken} of {} bytes", ANSWERS * bytes),
            Ok(more) => taken += more,
        }
        std::thread::sleep(millis(10));
    }
}

#[test]
fn sockets_live_on() {
    let app = bounded(hasty());
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::on_sheet(&app.url, &hub, &matrix, Value::Null);
    // Longer than any of the bounds.
    assert_eq!(socket.within(Duration::from_secs(4)), None);
    hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "まだ聞いている"));
    assert_eq!(socket.change()["__typename"], "EntrySaved");
    socket.subscribe("q", "{ __typename }", json!({}));
    assert_eq!(socket.hear()["payload"]["data"]["__typename"], "Query");
}

#[test]
fn a_head_has_a_size() {
    let app = bounded(Bounds::default());
    let mut wire = Wire::open(&app);
    wire.send(format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "a".repeat(100_000)));
    let (said, _) = wire.end();
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431 "), "{said}");
    let mut wire = Wire::open(&app);
    wire.send(format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-a: b\r\n".repeat(150)));
    assert!(wire.end().0.starts_with("HTTP/1.1 431 "));
}
