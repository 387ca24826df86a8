//! String literals of GraphQL documents are read as the specification (September 2025) says, however they are sent.

use renkei_tests::{Client, Matrix, Socket, TestApp};
use serde_json::{Value, json};

/// Literals that the parser alone misreads, with their values.
const LITERALS: [(&str, &str); 4] = [
    (r#""\uD842\uDFB7野家""#, "𠮷野家"),
    (r#""\u{20BB7}野家""#, "𠮷野家"),
    (r#""""say \"""hi\""" now""""#, "say \"\"\"hi\"\"\" now"),
    (r#""\u3042\u0022\\""#, "あ\"\\"),
];

fn document(literal: &str) -> String {
    format!("{{ __type(name: {literal}) {{ name }} }}")
}

fn saved(client: &Client, matrix: &Matrix, literal: &str) -> Value {
    let input = matrix.new_entry("ア", "PLAN", "x");
    let mutation = format!(
        "mutation {{ createEntry(input: {{ requestId: {}, sheetId: {}, itemId: {}, facet: PLAN, fiscalYear: {},
            body: {literal}, notes: [] }}) {{ ... on EntrySaved {{ entry {{ body }} }} ... on Refusal {{ message }} }} }}",
        input["requestId"], input["sheetId"], input["itemId"], input["fiscalYear"]
    );
    client.data(&mutation, json!({}))["createEntry"]["entry"]["body"].take()
}

/// The entries whose text has the literal's value.
fn search(region: &Value, literal: &str) -> String {
    format!(
        "{{ sheet(regionId: {region}, fiscalYear: 2026) {{ rows(filter: {{ text: {literal} }}) {{
            cells {{ entries {{ body }} }} }} }} }}"
    )
}

fn bodies(answer: &Value) -> Vec<String> {
    let rows = answer["data"]["sheet"]["rows"].as_array().unwrap_or_else(|| panic!("{answer}")).iter();
    let cells = rows.flat_map(|row| row["cells"].as_array().unwrap());
    let entries = cells.flat_map(|cell| cell["entries"].as_array().unwrap());
    entries.map(|entry| entry["body"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn literals_mean_the_same_by_post_get_and_websocket() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&app.url, &hub);
    for (nth, (literal, value)) in LITERALS.into_iter().enumerate() {
        assert_eq!(saved(&hub, &matrix, literal), value, "{literal}");
        let search = search(&matrix.region["id"], literal);
        assert!(bodies(&hub.graphql(&search, json!({}))).contains(&value.to_owned()), "POST {literal}");
        let address = format!("/graphql?query={}", percent_encoded(&search));
        let got = hub.send("GET", &address, &[], b"");
        assert_eq!(got.status, 200, "{}", got.text());
        assert!(bodies(&got.json()).contains(&value.to_owned()), "GET {literal}");
        socket.subscribe(&nth.to_string(), &search, json!({}));
        let message = socket.hear();
        assert!(bodies(&message["payload"]).contains(&value.to_owned()), "WebSocket {literal}: {message}");
        assert_eq!(socket.hear()["type"], "complete");
    }
}

#[test]
fn a_malformed_escape_is_a_clear_error() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    for literal in [r#""\uD842""#, r#""\uDFB7\uD842""#, r#""\u{D842}""#, r#""\u{110000}""#, r#""\u12""#] {
        let answer = hub.graphql(&document(literal), json!({}));
        assert_eq!(answer["errors"][0]["extensions"]["code"], "SYNTAX", "{literal}: {answer}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("\\u{20BB7}") && message.contains("ください"), "{message}");
        assert_eq!(answer["errors"][0]["locations"][0], json!({ "line": 1, "column": 16 }), "{answer}");
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
