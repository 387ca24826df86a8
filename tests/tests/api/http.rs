//! HTTP: statuses, media types and headers, for requests of every kind.

use renkei_domain::limits;
use renkei_server::Config;
use renkei_tests::{Answer, Client, Database, Matrix, TestApp};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

const JSON: (&str, &str) = ("content-type", "application/json");
const NEWER: &str = "application/graphql-response+json";
const TYPENAME: &str = r#"{"query":"{ __typename }"}"#;

fn post(client: &Client, headers: &[(&str, &str)], body: &str) -> Answer {
    client.send("POST", "/graphql", headers, body.as_bytes())
}

/// What holds for every answer of `/graphql` that is a refusal.
#[track_caller]
fn refused(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    let media = answer.header("content-type");
    assert!(media.starts_with("application/") && media.contains("json"), "{what}: {media}");
    let body = answer.json();
    assert!(
        body["errors"][0]["message"].as_str().is_some_and(|message| !message.is_empty()),
        "{what}: {body}"
    );
    assert!(body.get("data").is_none(), "{what}: {body}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
}

fn path(parameters: &[(&str, &str)]) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("/graphql?{}", pairs.join("&"))
}

#[test]
fn well_formed_requests_are_answered_in_the_media_type_asked_for() {
    let app = TestApp::empty();
    let client = app.client();
    for (accept, expected) in [
        (None, "application/json"),
        (Some("*/*"), "application/json"),
        (Some("application/json"), "application/json"),
        (Some("application/*"), "application/json"),
        (Some(NEWER), NEWER),
        (Some("application/graphql-response+json, application/json;q=0.9"), NEWER),
        (Some("application/graphql-response+json;q=0.1, application/json"), "application/json"),
    ] {
        let headers: Vec<(&str, &str)> =
            [JSON].into_iter().chain(accept.map(|accept| ("accept", accept))).collect();
        let get = client.send("GET", &path(&[("query", "{ __typename }")]), &headers[1..], b"");
        for answer in [post(&client, &headers, TYPENAME), get] {
            assert_eq!(answer.status, 200, "{accept:?}");
            assert_eq!(answer.header("content-type"), format!("{expected}; charset=utf-8"), "{accept:?}");
            assert_eq!(answer.json(), json!({ "data": { "__typename": "Query" } }));
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
    for accept in ["text/html", "application/xml", "application/json;q=0"] {
        refused(&post(&client, &[JSON, ("accept", accept)], TYPENAME), 406, accept);
    }
}

#[test]
fn the_parameters_of_the_specification_are_understood() {
    let app = TestApp::empty();
    let client = app.client();
    let named = "query A { a: __typename } query B($on: Boolean!) { b: viewer @include(if: $on) { id } }";
    for (body, data) in [
        (json!({ "query": named, "operationName": "A" }), json!({ "a": "Query" })),
        (json!({ "query": named, "operationName": "B", "variables": { "on": true } }), json!({ "b": null })),
        (
            json!({ "query": "{ __typename }", "operationName": null, "variables": null, "extensions": null }),
            json!({ "__typename": "Query" }),
        ),
        (
            json!({ "query": "{ __typename }", "extensions": { "some": "value" }, "id": "x" }),
            json!({ "__typename": "Query" }),
        ),
    ] {
        assert_eq!(client.post(&body).json()["data"], data, "{body}");
    }
    let by_address = path(&[
        ("query", named),
        ("operationName", "B"),
        ("variables", r#"{"on":true}"#),
        ("extensions", "{}"),
    ]);
    assert_eq!(client.get(&by_address).json()["data"], json!({ "b": null }));
}

#[test]
fn malformed_requests_are_refused_whatever_is_accepted() {
    let app = TestApp::empty();
    let client = app.client();
    for accept in ["application/json", NEWER] {
        for body in [
            "",
            "{",
            "null",
            "1",
            "\"{ __typename }\"",
            "[]",
            "{}",
            r#"{"query":""}"#,
            r#"{"qeury":"{ __typename }"}"#,
            r#"[{"query":"{ __typename }"}]"#,
            r#"{"query":{}}"#,
            r#"{"query":0}"#,
            r#"{"query":false}"#,
            r#"{"query":["{ __typename }"]}"#,
            r#"{"query":"{ __typename }","operationName":1}"#,
            r#"{"query":"{ __typename }","variables":"x"}"#,
            r#"{"query":"{ __typename }","variables":[]}"#,
            r#"{"query":"{ __typename }","extensions":0}"#,
        ] {
            refused(&post(&client, &[JSON, ("accept", accept)], body), 400, body);
        }
        let deep = format!(
            r#"{{"query":"{{ __typename }}","variables":{{"a":{}{}}}}}"#,
            "[".repeat(9_999),
            "]".repeat(9_999)
        );
        refused(&post(&client, &[JSON, ("accept", accept)], &deep), 400, "deep JSON");
        for address in [
            "/graphql".to_owned(),
            path(&[("variables", "{}")]),
            path(&[("query", "{ __typename }"), ("variables", "{")]),
            path(&[("query", "{ __typename }"), ("variables", "[]")]),
        ] {
            refused(&client.send("GET", &address, &[("accept", accept)], b""), 400, &address);
        }
    }
    refused(&client.send("POST", "/graphql", &[JSON], b"{\"query\":\"\xff\"}"), 400, "no UTF-8");
}

#[test]
fn a_request_that_cannot_run_is_400_only_for_the_newer_media_type() {
    let app = TestApp::demo();
    let client = app.sign_in("hokenjo");
    for request in [
        json!({ "query": "{" }),
        json!({ "query": "{ nothing }" }),
        json!({ "query": "query($id: ID!) { region(id: $id) { id } }", "variables": { "id": null } }),
        json!({ "query": "query($id: ID!) { region(id: $id) { id } }", "variables": { "id": ["x", {}] } }),
        json!({ "query": "query A { __typename } query B { __typename }" }),
        json!({ "query": "query A { __typename }", "operationName": "B" }),
    ] {
        let body = request.to_string();
        refused(&post(&client, &[JSON, ("accept", NEWER)], &body), 400, &body);
        refused(&post(&client, &[JSON, ("accept", "application/json")], &body), 200, &body);
    }
    // What ran and failed in part has data, also if that is null.
    let text = "x".repeat(limits::SEARCH_CHARS + 1);
    let hub = app.sign_in("hub");
    let region = Matrix::read(&hub).region["id"].clone();
    let query = "query($id: ID!, $text: String) { sheet(regionId: $id, fiscalYear: 2026) { rows(filter: { text: $text }) { item { id } } } }";
    let body = json!({ "query": query, "variables": { "id": region, "text": text } }).to_string();
    let answer = post(&hub, &[JSON, ("accept", NEWER)], &body);
    assert_eq!(answer.status, 200);
    assert!(
        answer.json().get("data").is_some() && answer.json()["errors"][0]["path"].is_array(),
        "{}",
        answer.text()
    );
}

#[test]
fn only_json_is_a_request() {
    let app = TestApp::empty();
    let client = app.client();
    for media in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("application/json; charset=shift_jis"),
        Some("application/jsonp"),
    ] {
        let headers: Vec<(&str, &str)> = media.map(|media| ("content-type", media)).into_iter().collect();
        refused(&post(&client, &headers, TYPENAME), 415, media.unwrap_or("none"));
    }
    refused(&post(&client, &[JSON, ("content-encoding", "gzip")], TYPENAME), 415, "gzip");
    for media in ["application/json; charset=utf-8", "APPLICATION/JSON;charset=\"UTF-8\""] {
        assert_eq!(post(&client, &[("content-type", media)], TYPENAME).status, 200, "{media}");
    }
}

#[test]
fn a_body_may_have_two_mebibytes_and_not_a_byte_more() {
    let app = TestApp::empty();
    let client = app.client();
    // Broken if so much as its last byte is missing.
    let padded = |bytes: usize| format!("{}{TYPENAME}", " ".repeat(bytes - TYPENAME.len()));
    assert_eq!(limits::REQUEST_BYTES, 2_097_152);
    assert_eq!(post(&client, &[JSON], &padded(limits::REQUEST_BYTES)).status, 200);
    for bytes in [limits::REQUEST_BYTES + 1, 4 * limits::REQUEST_BYTES] {
        refused(&post(&client, &[JSON], &padded(bytes)), 413, "too large");
    }
    // Without a length, in chunks.
    let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let body = padded(limits::REQUEST_BYTES + 1);
    write!(stream, "{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn changes_are_made_by_post_alone() {
    let app = TestApp::demo();
    let client = app.sign_in("honjo");
    let documents = [
        ("mutation { signOut }", None),
        ("query A { __typename } mutation B { signOut }", Some("B")),
        ("query A { __typename } mutation B { signOut }", None),
        ("fragment F on Mutation { signOut } mutation { ...F }", None),
    ];
    for (query, name) in documents {
        let mut parameters = vec![("query", query)];
        parameters.extend(name.map(|name| ("operationName", name)));
        for method in ["GET", "HEAD"] {
            let answer = client.send(method, &path(&parameters), &[], b"");
            assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{method} {query}");
            if method == "GET" {
                refused(&answer, 405, query);
            }
        }
    }
    assert_eq!(client.viewer()["login"], "honjo", "still signed in");
    let chosen = path(&[("query", "query A { __typename } mutation B { signOut }"), ("operationName", "A")]);
    assert_eq!(client.get(&chosen).status, 200);
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "REPORT"] {
        let answer = client.send(method, "/graphql", &[JSON], b"");
        refused(&answer, 405, method);
        assert_eq!(answer.header("allow"), "GET, POST", "{method}");
    }
}

#[test]
fn pages_of_other_sites_change_nothing() {
    let app = TestApp::demo();
    let client = app.sign_in("honjo");
    let own = app.url.clone();
    let foreign = own.replace("127.0.0.1", "localhost");
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", &*foreign)],
        vec![("sec-fetch-site", "cross-site"), ("origin", &*own)],
    ] {
        let all: Vec<(&str, &str)> = headers.iter().copied().chain([JSON]).collect();
        refused(&post(&client, &all, r#"{"query":"mutation { signOut }"}"#), 403, &format!("{headers:?}"));
    }
    assert_eq!(client.viewer()["login"], "honjo");
    for headers in [
        vec![("origin", &*own)],
        vec![("sec-fetch-site", "same-origin")],
        vec![("sec-fetch-site", "same-origin"), ("origin", &*own)],
        vec![("sec-fetch-site", "none")],
    ] {
        let all: Vec<(&str, &str)> = headers.iter().copied().chain([JSON]).collect();
        assert_eq!(post(&client, &all, TYPENAME).status, 200, "{headers:?}");
    }
    let preflight = [("origin", "https://evil.example"), ("access-control-request-method", "POST")];
    let answer = client.send("OPTIONS", "/graphql", &preflight, b"");
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{answer:?}");
}

#[test]
fn behind_a_proxy_the_public_origin_is_ones_own() {
    let config = Config { origin: Some("https://renkei.example".to_owned()), ..Config::default() };
    let app = TestApp::with(Database::empty(), config);
    let client = app.client();
    // The proxy passes on a host of its own, or the browser's.
    assert_eq!(post(&client, &[JSON, ("origin", "https://renkei.example")], TYPENAME).status, 200);
    let passed_on = [JSON, ("host", "renkei.example"), ("origin", "https://renkei.example")];
    assert_eq!(post(&client, &passed_on, TYPENAME).status, 200);
    refused(&post(&client, &[JSON, ("origin", "https://evil.example")], TYPENAME), 403, "evil");
}

#[test]
fn abusive_documents_are_refused_and_the_server_lives() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let nested = |levels: usize| {
        format!("{{ regions {}{} }}", "{ sheets { region ".repeat(levels), "} }".repeat(levels))
    };
    for (what, query) in [
        ("selections", format!("{}{}", "{ a ".repeat(100_000), "}".repeat(100_000))),
        ("open selections", "{ a ".repeat(100_000)),
        ("lists", format!("{{ node(id: {}{}) {{ id }} }}", "[".repeat(100_000), "]".repeat(100_000))),
        (
            "types",
            format!("query($a: {}Int{}) {{ viewer {{ id }} }}", "[".repeat(100_000), "]".repeat(100_000)),
        ),
        ("depth", nested(20)),
        (
            "aliases",
            format!(
                "{{ {} }}",
                (0..3_000).map(|nth| format!("a{nth}: viewer {{ id }} ")).collect::<String>()
            ),
        ),
        (
            "sheets",
            format!(
                "{{ {} }}",
                (0..1_000).map(|nth| format!("a{nth}: regions {{ items {{ id }} }} ")).collect::<String>()
            ),
        ),
        ("directives", format!("{{ __typename {} }}", "@skip(if: false) ".repeat(10_000))),
        ("a cycle", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned()),
    ] {
        let body = json!({ "query": query }).to_string();
        let answer = post(&client, &[JSON, ("accept", NEWER)], &body);
        refused(&answer, 400, what);
        assert!(answer.body.len() < 30_000, "{what}: {} bytes", answer.body.len());
    }
    assert_eq!(client.viewer()["login"], "hub");
}

#[test]
fn health_is_told() {
    let app = TestApp::empty();
    let answer = app.client().get("/healthz");
    assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
    assert_eq!(app.client().send("HEAD", "/healthz", &[], b"").status, 200);
    assert_eq!(app.client().send("POST", "/healthz", &[], b"").status, 405);
}

#[test]
fn unknown_addresses_are_not_found() {
    let app = TestApp::empty();
    let client = app.client();
    for address in [
        "/graphql/",
        "/graphql/x",
        "/healthz/x",
        "/missing.js",
        "/regions/sheet.pdf",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/.git/config",
    ] {
        let answer = client.get(address);
        assert_eq!(answer.status, 404, "{address}");
        assert!(answer.json()["errors"][0]["message"].is_string(), "{address}");
    }
    let answer = client.send("POST", "/regions", &[JSON], TYPENAME.as_bytes());
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"));
}

/// Built or not, the client's page is answered; what it says is the browser tests' matter.
#[test]
fn the_clients_addresses_are_its_page() {
    let app = TestApp::empty();
    let client = app.client();
    let page = client.send("GET", "/", &[("accept", "text/html")], b"");
    assert!([200, 503].contains(&page.status), "{}", page.status);
    for address in ["/sign-in", "/regions/0197/sheets/2026?scenes=END_OF_LIFE", "/no/such/page"] {
        let answer = client.send("GET", address, &[("accept", "text/html")], b"");
        assert_eq!((answer.status, &answer.body), (page.status, &page.body), "{address}");
    }
    if page.status == 200 {
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-cache");
        let known = [("accept", "text/html"), ("if-none-match", page.header("etag"))];
        assert_eq!(client.send("GET", "/", &known, b"").status, 304);
        assert!(!page.text().contains("://"), "the page names no other host");
    }
}

#[test]
fn every_answer_carries_the_security_headers() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let answers = [
        client.send("GET", "/", &[("accept", "text/html")], b""),
        client.get("/missing.js"),
        client.get("/healthz"),
        client.post(&json!({ "query": "{ viewer { login } }" })),
        post(&client, &[JSON], "{"),
        client.send("PUT", "/graphql", &[], b""),
        // The last one: refused before its body has come, it may end the connection.
        post(&client, &[JSON, ("origin", "https://evil.example")], TYPENAME),
    ];
    for answer in &answers {
        let policy = answer.header("content-security-policy");
        for rule in ["default-src", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{rule}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        let sources = policy.split(';').flat_map(|rule| rule.split_whitespace().skip(1));
        for source in sources {
            let own = source.starts_with('\'') && source.ends_with('\'') || source == "data:";
            assert!(own, "names another host: {source}");
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value);
        }
        assert!(!answer.header("permissions-policy").is_empty());
    }
}

#[test]
fn large_answers_are_compressed_for_those_who_read_it() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let query = "{ __schema { types { name description fields { name } } } }";
    let body = json!({ "query": query }).to_string();
    let plain = post(&client, &[JSON], &body);
    assert_eq!(plain.header("content-encoding"), "");
    for (accepted, sent) in [
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br; q=0.8, gzip; q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("GZIP", "gzip"),
        ("identity", ""),
        ("br;q=0, gzip;q=0", ""),
        ("identity;q=1, gzip;q=0.5", ""),
        ("zstd, deflate", ""),
    ] {
        let packed = post(&client, &[JSON, ("accept-encoding", accepted)], &body);
        assert_eq!((packed.status, packed.header("content-encoding")), (200, sent), "{accepted}");
        assert!(packed.header("vary").to_lowercase().contains("accept-encoding"), "{accepted}");
        match sent {
            "" => assert_eq!(packed.body, plain.body, "{accepted}"),
            _ => assert!(packed.body.len() < plain.body.len() / 2, "{accepted}: {}", packed.body.len()),
        }
    }
    let small = post(&client, &[JSON, ("accept-encoding", "br, gzip")], TYPENAME);
    assert_eq!(small.header("content-encoding"), "");
}

/// A server need not obey a header that forbids every form of the answer (RFC 9110, 12.5.3), and what was done is not
/// answered as if it were not.
#[test]
fn an_encoding_that_nothing_has_is_ignored() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let matrix = Matrix::read(&client);
    let large = "{ __schema { types { name description fields { name } } } }";
    let (kept, unkept) = ("{ regions { name sheets { title } } }", "{ drafts { outline } }");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let export = format!("/export/{}/2026/csv", text(&matrix.region["id"]));
    for accepted in [
        "identity;q=0",
        "*;q=0",
        "Identity; q=0.000",
        "gzip;q=0, identity;q=0",
        "br;q=0, gzip;q=0, identity;q=0, *;q=0.5",
        "gzip;q=0, gzip;q=0, *;q=0",
        "zstd, *;q=0",
    ] {
        let headers = [JSON, ("accept-encoding", accepted)];
        for query in [large, kept, kept, unkept] {
            let body = json!({ "query": query }).to_string();
            let plain = post(&client, &[JSON], &body).body;
            let get = client.send("GET", &path(&[("query", query)]), &headers[1..], b"");
            for answer in [post(&client, &headers, &body), get] {
                assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{accepted}");
                assert_eq!(answer.body, plain, "{accepted}");
            }
        }
        let document = "mutation($input: PresenceInput!) { announcePresence(input: $input) }";
        let input = json!({ "sheetId": matrix.sheet["id"], "visitId": renkei_tests::request_id() });
        let body = json!({ "query": document, "variables": { "input": input } }).to_string();
        let answer = post(&client, &headers, &body);
        assert_eq!(answer.status, 200, "{accepted}: {}", answer.text());
        assert_eq!(answer.json()["data"]["announcePresence"], true);
        let file = client.send("GET", &export, &headers[1..], b"");
        assert_eq!((file.status, file.header("content-encoding")), (200, ""), "{accepted}: {}", file.text());
        // Other statuses stay as they are too.
        assert_eq!(post(&client, &headers, "{").status, 400, "{accepted}");
        assert_eq!(post(&client, &[JSON, headers[1], ("accept", "text/html")], TYPENAME).status, 406);
    }
    let packed = post(
        &client,
        &[JSON, ("accept-encoding", "gzip, identity;q=0")],
        &json!({ "query": large }).to_string(),
    );
    assert_eq!((packed.status, packed.header("content-encoding")), (200, "gzip"));
}

#[test]
fn faults_show_a_number_and_nothing_of_the_inside() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    app.execute("UPDATE sheet SET phase = 'NONSENSE'");
    let answer = client.graphql("{ regions { sheets { phase } } }", json!({}));
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("番号"), "{message}");
    assert!(!answer.to_string().contains("NONSENSE"), "{answer}");
    assert_eq!(answer["data"], Value::Null);
}
