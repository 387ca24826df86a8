//! Time-outs: a connection whose client sends nothing or too slowly ends; one that is only a little slow is served.

use crate::wire::{Wire, limited, millis};
use renkei_server::http::Limits;
use renkei_tests::{Matrix, Socket};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
/// For the connection's end once it is late, and for a busy machine.
const LEEWAY: Duration = Duration::from_secs(5);

/// Short enough to be waited for, and different from each other.
fn short() -> Limits {
    Limits { header_timeout: millis(600), body_timeout: millis(2_500), ..Limits::default() }
}

#[track_caller]
fn ended(what: &str, (said, took): (String, Duration), after: Duration) {
    assert_eq!(said, "", "{what}");
    // The server may have begun to count a moment before the test did.
    assert!(took + millis(300) >= after && took < after + LEEWAY, "{what}: {took:?}");
}

#[test]
fn a_connection_without_a_whole_head_is_closed() {
    let app = limited(short());
    let head = short().header_timeout;
    for begun in [
        "",
        "G",
        "GET /heal",
        "GET /healthz HTTP/1.1\r\n",
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: ",
        "P",
        "\r\n",
    ] {
        let mut wire = Wire::open(&app);
        wire.send(begun);
        ended(begun, wire.end(), head);
    }
    assert_eq!(app.client().get("/healthz").status, 200);
}

#[test]
fn a_head_that_comes_bit_by_bit_has_no_more_time() {
    let app = limited(short());
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
        assert!(took < short().header_timeout + LEEWAY, "{took:?}");
    }
    // The second request of a connection has no more time than the first.
    let mut wire = Wire::open(&app);
    wire.send(HEALTH);
    assert!(wire.answer().starts_with("HTTP/1.1 200 "));
    wire.send("GET /healthz HTTP/1.1\r\n");
    let (said, took) = wire.dribble("x-more: y\r\n", millis(50));
    assert_eq!(said, "");
    assert!(
        took + millis(300) >= short().header_timeout && took < short().header_timeout + LEEWAY,
        "{took:?}"
    );
}

#[test]
fn a_body_that_comes_too_slowly_is_answered_408() {
    let app = limited(short());
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
    let chunked = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let after = short().body_timeout;
    for (what, head, piece) in [
        ("nothing", head, String::new()),
        ("a byte", head, " ".to_owned()),
        ("a chunk", chunked, "1\r\n \r\n".to_owned()),
        ("many bytes", head, " ".repeat(1_000)),
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
fn a_request_that_takes_too_long_is_answered_and_goes_on() {
    let app = limited(Limits { request_timeout: Duration::ZERO, ..Limits::default() });
    let login = json!({ "login": "hub", "password": renkei_tests::PASSWORD });
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { __typename } }";
    let answer = app.client().post(&json!({ "query": document, "variables": { "input": login } }));
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.json()["errors"][0]["message"].as_str().unwrap().contains("処理に時間がかかっています"));
    assert_eq!(answer.header("retry-after"), "2");
    let done = (0..250).any(|_| {
        std::thread::sleep(millis(20));
        app.count("session") == 1
    });
    assert!(done, "what was begun is finished");
}

#[test]
fn a_slow_but_steady_body_is_a_request_like_any_other() {
    let app = limited(short());
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
    let app = limited(short());
    let mut wire = Wire::open(&app);
    for _ in 0..3 {
        wire.send(HEALTH);
        assert!(wire.answer().starts_with("HTTP/1.1 200 "));
        std::thread::sleep(short().header_timeout / 2);
    }
    wire.send(HEALTH);
    wire.answer();
    let since = Instant::now();
    let (said, _) = wire.end();
    assert_eq!(said, "");
    let (took, after) = (since.elapsed(), short().header_timeout);
    assert!(took >= after - millis(100) && took < after + LEEWAY, "{took:?}");
}

#[test]
fn websockets_have_none_of_these_time_outs() {
    let app = limited(short());
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::on_sheet(&app.url, &hub, &matrix, Value::Null);
    // Longer than any of the time-outs.
    assert_eq!(socket.within(Duration::from_secs(4)), None);
    hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "まだ聞いている"));
    assert_eq!(socket.change()["__typename"], "EntrySaved");
    socket.subscribe("q", "{ __typename }", json!({}));
    assert_eq!(socket.hear()["payload"]["data"]["__typename"], "Query");
}

#[test]
fn a_head_has_a_size() {
    let app = limited(Limits::default());
    let mut wire = Wire::open(&app);
    wire.send(format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "a".repeat(100_000)));
    let (said, _) = wire.end();
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431 "), "{said}");
    let mut wire = Wire::open(&app);
    wire.send(format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-a: b\r\n".repeat(150)));
    assert!(wire.end().0.starts_with("HTTP/1.1 431 "));
}
