//! Nine probes that strangers send to GraphQL servers. Each is refused with JSON `errors`, and nothing runs.

use renkei_tests::{Answer, Client, TestApp};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");
const MEDIA: [&str; 3] = ["*/*", "application/json", "application/graphql-response+json"];

/// What is refused looks the same whatever media type is asked for; the error of a document has a code.
#[track_caller]
fn refused(answer: &Answer, accept: &str) -> Value {
    let media = answer.header("content-type");
    assert!(media.starts_with("application/") && media.contains("json"), "{accept}: {media}");
    let body = answer.json();
    let message = body["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("{accept}: {body}"));
    assert!(message.chars().any(|c| ('ぁ'..='ん').contains(&c)), "{message}");
    assert!(body.get("data").is_none(), "{accept}: {body}");
    body["errors"][0]["extensions"]["code"].clone()
}

#[track_caller]
fn document_refused(client: &Client, document: &str, code: &str) {
    for accept in MEDIA {
        let body = json!({ "query": document }).to_string();
        let answer = client.send("POST", "/graphql", &[JSON, ("accept", accept)], body.as_bytes());
        assert_eq!(refused(&answer, accept), code, "{}", answer.text());
        let newer = accept == "application/graphql-response+json";
        assert_eq!(answer.status, if newer { 400 } else { 200 }, "{accept}");
    }
}

fn many(one: impl Fn(usize) -> String, times: usize) -> String {
    format!("{{ {} }}", (0..times).map(one).collect::<String>())
}

#[test]
fn a_thousand_aliases() {
    let app = TestApp::demo();
    for client in [app.client(), app.sign_in("hub")] {
        document_refused(&client, &many(|nth| format!("a{nth}: __typename "), 1_000), "ALIAS_LIMIT");
        document_refused(&client, &many(|nth| format!("a{nth}: viewer {{ id }} "), 1_000), "ALIAS_LIMIT");
    }
}

#[test]
fn ten_thousand_directives() {
    let app = TestApp::demo();
    for client in [app.client(), app.sign_in("hub")] {
        for one in ["@skip(if: false) ", "@aa ", "@include(if: true)"] {
            let document = format!("{{ __typename {} }}", one.repeat(10_000));
            document_refused(&client, &document, "DIRECTIVE_LIMIT");
        }
    }
}

#[test]
fn ten_thousand_repeated_fields() {
    let app = TestApp::demo();
    for client in [app.client(), app.sign_in("hub")] {
        document_refused(&client, &many(|_| "__typename ".to_owned(), 10_000), "TOKEN_LIMIT");
        document_refused(&client, &many(|_| "viewer{id}".to_owned(), 10_000), "TOKEN_LIMIT");
        let fewer = format!("{{ viewer {} }}", many(|_| "id ".to_owned(), 100));
        document_refused(&client, &fewer, "REPETITION_LIMIT");
    }
}

#[test]
fn batches() {
    let app = TestApp::demo();
    for client in [app.client(), app.sign_in("hub")] {
        for count in [0, 1, 2, 1_000] {
            let batch = json!(vec![json!({ "query": "{ __typename }" }); count]).to_string();
            for accept in MEDIA {
                let answer = client.send("POST", "/graphql", &[JSON, ("accept", accept)], batch.as_bytes());
                assert_eq!(answer.status, 400, "{accept}");
                refused(&answer, accept);
            }
        }
    }
}

#[test]
fn depth() {
    let app = TestApp::demo();
    let nested = |levels: usize| {
        format!("{{ regions {}{{ id }}{} }}", "{ sheets { region ".repeat(levels), "} }".repeat(levels))
    };
    let through_fragments = |levels: usize| {
        let one = |nth: usize| {
            format!("fragment F{nth} on Region {{ sheets {{ region {{ ...F{} }} }} }} ", nth + 1)
        };
        let all: String = (0..levels).map(one).collect();
        format!("{{ regions {{ ...F0 }} }} {all} fragment F{levels} on Region {{ id }}")
    };
    for (client, code) in [(app.client(), "SIGNED_OUT"), (app.sign_in("hub"), "DEPTH_LIMIT")] {
        document_refused(&client, &format!("{}{}", "{ a ".repeat(25), "}".repeat(25)), code);
        // Each level multiplies the rows, which is too much before it is too deep.
        let multiplied = if code == "DEPTH_LIMIT" { "COMPLEXITY_LIMIT" } else { code };
        document_refused(&client, &nested(12), multiplied);
        document_refused(&client, &through_fragments(10), "DEPTH_LIMIT");
        document_refused(&client, &format!("{}{}", "{ a ".repeat(5_000), "}".repeat(5_000)), "NESTING_LIMIT");
    }
}

#[test]
fn introspection_when_signed_out() {
    let app = TestApp::demo();
    let stranger = app.client();
    for document in [
        "{ __schema { types { name } } }",
        "{ __schema { queryType { name } } }",
        "{ a: __type(name: \"Account\") { fields { name } } }",
        "{ viewer { id } ...F } fragment F on Query { ... on Query { __schema { types { name } } } }",
        "query A { __typename } query B { __schema { types { name } } }",
        "{ __schema @skip(if: true) { types { name } } __typename }",
    ] {
        document_refused(&stranger, document, "INTROSPECTION_REFUSED");
    }
    let types = app.sign_in("hokenjo").data("{ __schema { types { name } } }", json!({}));
    assert!(types["__schema"]["types"].as_array().unwrap().len() > 50);
}

#[test]
fn a_mutation_by_get() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    for address in [
        "/graphql?query=mutation%7BsignOut%7D",
        "/graphql?query=mutation%20A%7BsignOut%7D&operationName=A",
        "/graphql?query=query%20A%7B__typename%7Dmutation%20B%7BsignOut%7D",
    ] {
        for accept in MEDIA {
            let answer = client.send("GET", address, &[("accept", accept)], b"");
            assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{accept}");
            refused(&answer, accept);
        }
    }
    assert_eq!(client.viewer()["login"], "hub", "still signed in");
}

#[test]
fn a_post_of_plain_text() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let body = br#"{"query":"mutation { signOut }"}"#;
    for media in [
        "text/plain",
        "text/plain; charset=utf-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        for accept in MEDIA {
            let answer =
                client.send("POST", "/graphql", &[("content-type", media), ("accept", accept)], body);
            assert_eq!(answer.status, 415, "{media}");
            refused(&answer, accept);
        }
    }
    assert_eq!(client.viewer()["login"], "hub", "still signed in");
}

#[test]
fn names_that_are_nearly_right() {
    let app = TestApp::demo();
    let (stranger, hub) = (app.client(), app.sign_in("hub"));
    for document in [
        "{ viewr { id } }",
        "{ viewer { logn } }",
        "{ viewer { ... on Acount { login } } }",
        "{ regons { id } }",
        "{ __typenam }",
        "mutation { signIn(inpt: {}) { __typename } }",
        "mutation { signIn(input: { logn: \"a\", password: \"b\" }) { __typename } }",
        "mutation { signIn(input: { login: \"a\" }) { __typename } }",
        "mutation { signIn(input: { login: \"a\", password: \"b\" }) { ... on SignedIm { __typename } } }",
        "mutation { updateEntri(input: {}) { __typename } }",
        "mutation { updateEntry(input: {}) { __typename } }",
    ] {
        for client in [&stranger, &hub] {
            let body = json!({ "query": document }).to_string();
            for accept in MEDIA {
                let answer = client.send("POST", "/graphql", &[JSON, ("accept", accept)], body.as_bytes());
                let text = answer.text();
                assert!(answer.json()["errors"][0]["message"].is_string(), "{document}: {text}");
                assert!(answer.json().get("data").is_none(), "{document}: {text}");
                assert!(!text.to_lowercase().contains("did you mean"), "{document}: {text}");
            }
        }
        // And to somebody who may not read the schema, not even what is missing.
        let text = stranger.graphql(document, json!({})).to_string();
        for name in ["login", "password", "Account", "SignIn", "SignedIn", "regions", "requestId", "Entry"] {
            assert!(!text.contains(name) || document.contains(name), "{document}: {text}");
        }
    }
}
