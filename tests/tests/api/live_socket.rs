//! The protocol graphql-transport-ws: which messages may be sent when, and the close codes for everything else.

use renkei_domain::limits;
use renkei_server::{Config, http::Limits};
use renkei_tests::{Database, Matrix, Socket, TestApp, request_id};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

#[test]
fn an_invalid_message_closes_with_4400() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    for wrong in [
        "",
        "{",
        "[]",
        "\"ping\"",
        "{\"type\":\"unknown\"}",
        "{\"type\":\"subscribe\",\"id\":\"1\"}",
        "{\"type\":\"subscribe\",\"payload\":{\"query\":\"{ viewer { id } }\"}}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":7}}",
        "{\"type\":\"connection_init\",\"payload\":\"x\"}",
    ] {
        let mut socket = Socket::greeted(&app.url, &hub);
        socket.send(Message::text(wrong));
        assert_eq!(socket.code(), 4400, "{wrong}");
    }
    let mut socket = Socket::greeted(&app.url, &hub);
    socket.send(Message::binary(b"{\"type\":\"ping\"}".to_vec()));
    assert_eq!(socket.code(), 4400);
}

#[test]
fn a_message_above_the_limit_closes_with_1009() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    for bytes in [limits::REQUEST_BYTES + 1, 2 * limits::REQUEST_BYTES] {
        let mut socket = Socket::greeted(&app.url, &hub);
        socket.send(Message::text("x".repeat(bytes)));
        assert_eq!(socket.code(), 1009, "{bytes}");
    }
}

#[test]
fn an_operation_before_connection_init_closes_with_4401() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let mut socket = Socket::plain(&app.url, &hub);
    socket.subscribe("1", "{ viewer { login } }", json!({}));
    assert_eq!(socket.code(), 4401);
    let mut socket = Socket::plain(&app.url, &hub);
    socket.say(&json!({ "type": "complete", "id": "1" }));
    assert_eq!(socket.code(), 4401);
    // A ping may come at any time.
    let mut socket = Socket::plain(&app.url, &hub);
    socket.say(&json!({ "type": "ping" }));
    assert_eq!(socket.hear(), json!({ "type": "pong" }));
}

#[test]
fn no_subprotocol_closes_with_4406() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let mut socket = Socket::open(&app.url, &hub, &[]).unwrap();
    assert_eq!(socket.code(), 4406);
}

/// By hand, since the client of the other tests refuses an answer without a subprotocol by itself.
#[test]
fn the_older_protocol_closes_with_4406_unless_the_newer_one_is_offered_too() {
    let app = TestApp::demo();
    let handshake = |offered: &str| {
        let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let key = "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
        let head = format!(
            "GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n{key}\r\n\
             Sec-WebSocket-Protocol: {offered}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut piece = [0; 512];
            match stream.read(&mut piece).expect("an answer within two seconds") {
                0 => break,
                read => answer.extend(&piece[..read]),
            }
        }
        (answer, stream)
    };
    for older in ["graphql-ws", "graphql-transport-ws2"] {
        let (mut answer, mut stream) = handshake(older);
        // The first bytes of a close frame, and its code.
        while !answer.windows(4).any(|frame| frame[0] == 0x88 && frame[2..] == 4406_u16.to_be_bytes()) {
            let mut piece = [0; 512];
            let read = stream.read(&mut piece).expect("a close frame within two seconds");
            assert!(read > 0, "{older}: {}", String::from_utf8_lossy(&answer));
            answer.extend(&piece[..read]);
        }
    }
    for both in ["graphql-ws, graphql-transport-ws", "graphql-transport-ws"] {
        let answer = String::from_utf8_lossy(&handshake(both).0).into_owned();
        // In the letter case of the request, in which Python's gql looks for it.
        assert!(answer.contains("\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"), "{both}: {answer}");
    }
}

#[test]
fn a_mutation_is_finished_after_its_connection_is_lost() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&app.url, &hub);
    let create = "mutation($input: CreateEntryInput!) { createEntry(input: $input) { __typename } }";
    socket.subscribe("1", create, json!({ "input": matrix.new_entry("ア", "GOAL", "回線が切れても") }));
    drop(socket);
    let deadline = Instant::now() + Duration::from_secs(5);
    while Matrix::read(&hub).seq() == matrix.seq() {
        assert!(Instant::now() < deadline, "nothing is saved");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn no_connection_init_in_time_closes_with_4408() {
    let app = TestApp::demo();
    let mut socket = Socket::plain(&app.url, &app.sign_in("hub"));
    let start = Instant::now();
    assert_eq!(socket.code(), 4408);
    let took = start.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(5)).contains(&took), "{took:?}");
}

#[test]
fn the_id_of_a_running_operation_closes_with_4409() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let mut socket = Socket::on_sheet(&app.url, &hub, &Matrix::read(&hub), Value::Null);
    socket.subscribe("events", "{ viewer { login } }", json!({}));
    assert_eq!(socket.code(), 4409);
}

#[test]
fn a_second_connection_init_closes_with_4429() {
    let app = TestApp::demo();
    let mut socket = Socket::greeted(&app.url, &app.sign_in("hub"));
    socket.say(&json!({ "type": "connection_init" }));
    assert_eq!(socket.code(), 4429);
}

#[test]
fn pages_of_other_sites_cannot_connect() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let own = app.url.clone();
    let open = |origin: &str| Socket::open(&app.url, &hub, &[PROTOCOL, ("origin", origin)]).err();
    for foreign in ["http://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:1", ""] {
        assert_eq!(open(foreign), Some(403), "{foreign}");
    }
    assert_eq!(open(&own), None);
    // A proxy that changes Host is named with what browsers show.
    let config = Config { origin: Some("https://renkei.example".to_owned()), ..Config::default() };
    let app = TestApp::with(Database::demo(), config);
    let hub = app.sign_in("hub");
    let open = |origin: &str| Socket::open(&app.url, &hub, &[PROTOCOL, ("origin", origin)]).err();
    assert_eq!(open("https://renkei.example"), None);
    assert_eq!(open("http://renkei.example"), Some(403));
}

#[test]
fn queries_and_mutations_run_over_a_connection() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&app.url, &hub);
    let create = "mutation($input: CreateEntryInput!) { createEntry(input: $input) { __typename } }";
    socket.subscribe("1", create, json!({ "input": matrix.new_entry("ア", "GOAL", "ソケットから") }));
    let data = json!({ "createEntry": { "__typename": "EntrySaved" } });
    assert_eq!(socket.hear(), json!({ "type": "next", "id": "1", "payload": { "data": data } }));
    assert_eq!(socket.hear(), json!({ "type": "complete", "id": "1" }));
    assert_eq!(Matrix::read(&hub).seq(), matrix.seq() + 1);
    // What cannot begin is an error, and its id is free again.
    for wrong in [
        "{ nothing }",
        "subscription { sheetEvents { __typename } }",
        "{",
        "query A { viewer { id } } query B { viewer { id } }",
    ] {
        socket.subscribe("2", wrong, json!({}));
        let told = socket.hear();
        assert_eq!((&told["type"], &told["id"]), (&json!("error"), &json!("2")), "{wrong}: {told}");
        assert!(told["payload"][0]["message"].is_string(), "{told}");
    }
}

#[test]
fn complete_ends_a_subscription_without_an_answer() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::on_sheet(&app.url, &hub, &matrix, Value::Null);
    socket.say(&json!({ "type": "complete", "id": "events" }));
    socket.subscribe("after", "{ viewer { login } }", json!({}));
    assert_eq!(socket.hear()["id"], "after");
    hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "もう聞いていない"));
    assert_eq!(socket.hear(), json!({ "type": "complete", "id": "after" }));
    assert_eq!(socket.within(Duration::from_millis(300)), None);
    // The id is free again.
    socket.subscribe_to(&matrix, Value::Null, Value::Null);
    assert_eq!(socket.event()["__typename"], "PresenceChanged");
}

#[test]
fn a_connection_runs_at_most_20_operations_at_a_time() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&app.url, &hub);
    // From a number on: what is changed before the last of them looks is told as well.
    let query = "subscription($sheet: ID!, $after: Int) {
        sheetEvents(sheetId: $sheet, afterSeq: $after) { __typename } }";
    for nth in 0..21 {
        let variables = json!({ "sheet": matrix.sheet["id"], "after": matrix.seq() });
        socket.subscribe(&nth.to_string(), query, variables);
    }
    let refused = std::iter::repeat_with(|| socket.hear()).find(|told| told["type"] == "error").unwrap();
    assert_eq!(refused["id"], "20");
    // The others live.
    hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "みんなに"));
    let mut told = std::collections::HashSet::new();
    while told.len() < 20 {
        let message = socket.hear();
        if message["payload"]["data"]["sheetEvents"]["__typename"] == "EntrySaved" {
            assert!(told.insert(message["id"].clone()), "twice: {message}");
        }
    }
}

#[test]
fn subscriptions_start_within_the_limit_of_running_operations() {
    let config =
        Config { limits: Limits { operations: 1, queue: 0, ..Limits::default() }, ..Config::default() };
    let app = TestApp::with(Database::demo(), config);
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&app.url, &hub);
    let query = "subscription($sheet: ID!) { sheetEvents(sheetId: $sheet) { __typename } }";
    let (mut started, mut refused) = (0, 0);
    for round in 0..10 {
        for nth in 0..10 {
            socket.subscribe(&format!("{round} {nth}"), query, json!({ "sheet": matrix.sheet["id"] }));
        }
        for _ in 0..10 {
            let message = socket.hear();
            match message["type"].as_str().unwrap() {
                "next" => {
                    started += 1;
                    socket.say(&json!({ "type": "complete", "id": message["id"] }));
                }
                "error" => {
                    let code = &message["payload"][0]["extensions"]["code"];
                    assert_eq!(code, "OVERLOADED", "{message}");
                    refused += 1;
                }
                other => panic!("{other}: {message}"),
            }
        }
    }
    assert!(started >= 10 && refused > 0, "{started} and {refused}");
}

#[test]
fn a_server_that_stops_closes_with_1001() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let mut socket = Socket::on_sheet(&app.url, &hub, &Matrix::read(&hub), Value::Null);
    let stopped = std::thread::spawn(move || {
        let start = Instant::now();
        drop(app);
        start.elapsed()
    });
    assert_eq!(socket.code(), 1001);
    drop(socket);
    let took = stopped.join().unwrap();
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn an_incomplete_handshake_is_refused() {
    let app = TestApp::demo();
    let headers = [("upgrade", "websocket"), ("connection", "Upgrade"), ("x-id", &request_id())];
    let answer = app.sign_in("hub").send("GET", "/graphql", &headers, b"");
    assert_eq!((answer.status, answer.header("sec-websocket-version")), (400, "13"));
    assert!(answer.json()["errors"][0]["message"].is_string(), "{}", answer.text());
}
