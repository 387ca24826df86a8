//! The setting by which ordinary accounts run the client's own operations and no others.

use renkei_server::Config;
use renkei_server::graphql::{Operations, own};
use renkei_tests::{Client, Database, Socket, TestApp, request, request_id};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn restricted() -> TestApp {
    TestApp::with(Database::demo(), Config { operations: Operations::Own, ..Config::default() })
}

/// Whether it was let in; what it was answered is another matter.
fn admitted(answer: &Value) -> bool {
    let refused = answer["errors"][0]["extensions"]["code"] == "UNKNOWN_OPERATION";
    assert!(!refused || answer.get("data").is_none(), "{answer}");
    !refused
}

fn from_playground(app: &TestApp, client: &Client, document: &str) -> Value {
    let page = format!("{}/playground", app.url);
    let headers = [("content-type", "application/json"), ("referer", &*page)];
    let body = json!({ "query": document }).to_string();
    client.send("POST", "/graphql", &headers, body.as_bytes()).json()
}

#[test]
fn every_operation_of_the_client_is_let_in() {
    let app = restricted();
    let mut operations = 0;
    for (name, document) in own::documents() {
        operations += 1;
        let hub = app.sign_in("hub");
        let answer = hub.post(&json!({ "query": document, "operationName": name })).json();
        assert!(admitted(&answer), "{name}: {answer}");
        // However it is laid out.
        let laid_out = format!("# {name}\n{}", document.replace(' ', "\n\t"));
        assert!(admitted(&hub.graphql(&laid_out, json!({}))), "{name}");
        let mut socket = Socket::greeted(&app.url, &app.sign_in("hub"));
        socket.subscribe("one", document, json!({}));
        let message = socket.hear();
        assert!(!message.to_string().contains("UNKNOWN_OPERATION"), "{name}: {message}");
    }
    assert!(operations >= 20, "{operations}");
}

#[test]
fn the_client_works_with_it() {
    let app = restricted();
    let hub = app.client();
    let run = |name: &str, variables: Value| {
        hub.data(own::document(name).unwrap_or_else(|| panic!("no operation {name}")), variables)
    };
    let input = json!({ "input": { "login": "hub", "password": renkei_tests::PASSWORD } });
    assert_eq!(run("SignIn", input)["signIn"]["__typename"], "SignedIn");
    let start = run("Start", json!({}));
    let region = &start["regions"][0];
    let year = &region["sheets"][0]["fiscalYear"];
    let sheet = run("Sheet", json!({ "regionId": region["id"], "fiscalYear": year }))["sheet"].take();
    let entry = &sheet["rows"][0]["cells"][0]["entries"][0];
    let input = json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"],
        "body": "画面から", "notes": [], "explicitScenes": [] });
    let saved = run("UpdateEntry", json!({ "input": input }));
    assert_eq!(saved["answer"]["entry"]["body"], "画面から");
    let mut socket = Socket::greeted(&app.url, &hub);
    let events = own::document("SheetEvents").unwrap();
    socket.subscribe("events", events, json!({ "sheetId": sheet["id"], "afterSeq": 0 }));
    assert_eq!(socket.hear()["type"], "next");
}

#[test]
fn others_are_refused_but_for_the_playground() {
    let app = restricted();
    let hub = app.sign_in("hub");
    let mut whole = own::document("Viewer").unwrap().to_owned();
    let foreign = [
        "{ viewer { id } }",
        "query Viewer { viewer { id } }",
        "{ regions { id } }",
        "{ __schema { types { name } } }",
        "mutation { signOut }",
        "mutation SignOut { a: signOut }",
    ];
    whole.push_str(" query Other { regions { id } }");
    for document in foreign.into_iter().chain([whole.as_str()]) {
        let answer = hub.graphql(document, json!({}));
        assert!(!admitted(&answer), "{document}: {answer}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("トークン") && message.ends_with("ください。"), "{message}");
        let mut socket = Socket::greeted(&app.url, &hub);
        socket.subscribe("one", document, json!({}));
        assert_eq!(socket.hear()["payload"][0]["extensions"]["code"], "UNKNOWN_OPERATION", "{document}");
    }
    let created = hub
        .post(&request("createEntry", &json!({ "requestId": request_id(), "sheetId": request_id() })))
        .json();
    assert!(!admitted(&created), "{created}");
    assert_eq!(from_playground(&app, &hub, "{ viewer { login } }")["data"]["viewer"]["login"], "hub");
    assert!(from_playground(&app, &hub, "{ __schema { types { name } } }")["data"].is_object());
    let elsewhere = [("content-type", "application/json"), ("referer", "http://evil.example/playground")];
    let answer = hub.send("POST", "/graphql", &elsewhere, br#"{"query":"{ viewer { id } }"}"#).json();
    assert!(!admitted(&answer), "{answer}");
    // Signed out it opens nothing.
    let stranger = from_playground(&app, &app.client(), "{ regions { id } }");
    assert_eq!(stranger["errors"][0]["extensions"]["code"], "SIGNED_OUT");
}

#[test]
fn the_playgrounds_socket_is_free_as_well() {
    let app = restricted();
    let hub = app.sign_in("hub");
    let mut socket = Socket::greeted_at(&app.url, "/graphql?page=playground", &hub);
    socket.subscribe("one", "{ viewer { login } }", json!({}));
    assert_eq!(socket.hear()["payload"]["data"]["viewer"]["login"], "hub");
}

#[test]
fn a_token_is_free() {
    let app = restricted();
    let create = "mutation { createToken(input: { requestId: \"REQUEST\", name: \"集計\", scope: READ_ONLY, days: 30 }) {
        ... on TokenCreated { secret } ... on Refusal { message } } }";
    let created = from_playground(&app, &app.sign_in("hub"), &create.replace("REQUEST", &request_id()));
    let secret = created["data"]["createToken"]["secret"].as_str().unwrap_or_else(|| panic!("{created}"));
    let script = app.client().bearing(secret);
    assert_eq!(script.data("{ viewer { login } }", json!({}))["viewer"]["login"], "hub");
    assert!(script.data("{ __schema { types { name } } }", json!({}))["__schema"].is_object());
}

#[test]
fn without_the_setting_everything_is_let_in() {
    let app = TestApp::demo();
    assert!(admitted(&app.sign_in("hub").graphql("{ regions { id } }", json!({}))));
}

/// The server knows the files that the client is built from: all of them, as they are.
#[test]
fn the_list_is_the_clients() {
    let mut files = Vec::new();
    find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/src"), &mut files);
    let names: Vec<String> = files
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let kind = words.next()?;
            let name = words.next()?.split('(').next()?;
            ["query", "mutation", "subscription"].contains(&kind).then(|| name.to_owned())
        })
        .collect();
    let known: Vec<&str> = own::documents().map(|(name, _)| name).collect();
    assert!(names.len() >= 20, "{names:?}");
    for name in &names {
        assert!(known.contains(&name.as_str()), "{name} is not in the server: touch crates/server/build.rs");
    }
    assert_eq!(names.len(), known.len(), "two operations have one name");
}

fn find(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "graphql") {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}
