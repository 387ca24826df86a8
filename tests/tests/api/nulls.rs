//! Answers of which a part is missing: what has failed is null, as far out as the schema demands, and the rest stands.

use renkei_domain::limits;
use renkei_tests::{Client, Matrix, Socket, TestApp};
use serde_json::{Value, json};

/// What no number of the API can be.
const TOO_LARGE: &str = "99999999999";

/// The answer's data, and the path of its only error, which says that something that was sent is wrong.
#[track_caller]
fn in_part(client: &Client, query: &str) -> (Value, Value) {
    let answer = client.graphql(query, json!({}));
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("{query}: {answer}"));
    assert_eq!(errors.len(), 1, "{query}: {answer}");
    assert_eq!(errors[0]["extensions"]["code"], "BAD_USER_INPUT", "{query}: {answer}");
    assert!(errors[0]["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer}");
    assert!(answer.as_object().unwrap().contains_key("data"), "{query}: {answer}");
    (answer["data"].clone(), errors[0]["path"].clone())
}

#[test]
fn what_may_be_null_is_null_and_the_rest_stands() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let region = Matrix::read(&client).region["id"].clone();
    let query = format!(
        "{{ before: viewer {{ login }} sheet(regionId: {region}, fiscalYear: {TOO_LARGE}) {{ id }} after: viewer {{ login }} }}"
    );
    let expected = json!({ "before": { "login": "hub" }, "sheet": null, "after": { "login": "hub" } });
    assert_eq!(in_part(&client, &query), (expected, json!(["sheet"])));
}

#[test]
fn what_may_not_be_null_takes_along_what_it_stands_in() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let region = Matrix::read(&client).region["id"].clone();
    let one = format!("sheet(regionId: {region}, fiscalYear: 2026)");
    let text = "x".repeat(limits::SEARCH_CHARS + 1);
    for (query, data, path) in [
        // Through a list and objects in it, up to the first thing that may be null.
        (
            format!(
                "{{ viewer {{ login memberships {{ region {{ sheets {{ id rows(filter: {{ text: \"{text}\" }}) {{ item {{ id }} }} }} }} }} }} tokens {{ id }} }}"
            ),
            json!({ "viewer": null, "tokens": [] }),
            json!(["viewer", "memberships", 0, "region", "sheets", 0, "rows"]),
        ),
        (
            format!(
                "{{ {one} {{ id rows(filter: {{ text: \"{text}\" }}) {{ item {{ id }} }} }} viewer {{ login }} }}"
            ),
            json!({ "sheet": null, "viewer": { "login": "hub" } }),
            json!(["sheet", "rows"]),
        ),
        // The same field asked for twice is one field.
        (
            format!("{{ {one} {{ fiscalYear }} {one} {{ changes(first: 101) {{ edges {{ cursor }} }} }} }}"),
            json!({ "sheet": null }),
            json!(["sheet", "changes"]),
        ),
        // Nothing round it may be null.
        (
            format!("{{ viewer {{ login }} regions {{ name handouts(fiscalYear: {TOO_LARGE}) {{ id }} }} }}"),
            json!(null),
            json!(["regions", 0, "handouts"]),
        ),
    ] {
        assert_eq!(in_part(&client, &query), (data, path), "{query}");
    }
}

#[test]
fn each_of_several_failures_is_told_and_made_null_on_its_own() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let region = Matrix::read(&client).region["id"].clone();
    let too_long = "x".repeat(limits::SEARCH_CHARS + 1);
    let sheet = |name: &str, year: &str, text: &str| {
        format!(
            "{name}: sheet(regionId: {region}, fiscalYear: {year}) {{ fiscalYear rows(filter: {{ text: \"{text}\" }}) {{ item {{ code }} }} }}"
        )
    };
    let none = |name: &str, year: &str| {
        format!("{name}: sheet(regionId: {region}, fiscalYear: {year}) {{ fiscalYear }}")
    };
    let query = format!(
        "{{ {} {} {} {} }}",
        sheet("a", "2026", "ない文"),
        sheet("b", "2026", &too_long),
        none("c", TOO_LARGE),
        none("d", "1999")
    );
    let answer = client.graphql(&query, json!({}));
    let rows: Vec<Value> =
        "アイウエオカキク".chars().map(|code| json!({ "item": { "code": code.to_string() } })).collect();
    let good = json!({ "fiscalYear": 2026, "rows": rows });
    assert_eq!(answer["data"], json!({ "a": good, "b": null, "c": null, "d": null }));
    let mut paths: Vec<String> =
        answer["errors"].as_array().unwrap().iter().map(|error| error["path"].to_string()).collect();
    paths.sort();
    assert_eq!(paths, [r#"["b","rows"]"#, r#"["c"]"#]);
}

#[test]
fn an_object_of_which_nothing_is_asked_is_empty_and_not_null() {
    let app = TestApp::demo();
    let client = app.sign_in("hub");
    let matrix = Matrix::read(&client);
    for (query, data) in [
        (
            r#"mutation { signIn(input: { login: "nobody", password: "x" }) { ... on SignedIn { account { id } } } }"#,
            json!({ "signIn": {} }),
        ),
        ("{ viewer @skip(if: true) { id } }", json!({})),
        ("{ regions { id @include(if: false) } }", json!({ "regions": [{}] })),
    ] {
        let answer = client.graphql(query, json!({}));
        assert_eq!(answer, json!({ "data": data }), "{query}");
    }
    let mut socket = Socket::greeted(&app.url, &client);
    let query = "subscription($sheet: ID!) { sheetEvents(sheetId: $sheet) { ... on SheetReset { seq } } }";
    socket.subscribe("events", query, json!({ "sheet": matrix.sheet["id"] }));
    assert_eq!(socket.hear()["payload"], json!({ "data": { "sheetEvents": {} } }));
}
