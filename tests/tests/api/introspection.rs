//! Questions about the schema, as tools ask them: answered to whoever is signed in.

use renkei_tests::{Client, TestApp};
use serde_json::{Value, json};

/// With all that tools can be told to ask for.
const FULL: &str = "query IntrospectionQuery {
    __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
        types { ...FullType }
        directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
  fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

fn types(client: &Client, document: &str) -> Value {
    client.data(document, json!({}))["__schema"]["types"].take()
}

#[test]
fn tools_read_the_whole_schema() {
    let app = TestApp::demo();
    let hub = app.sign_in("hokenjo");
    let first = types(&hub, FULL);
    assert!(first.as_array().unwrap().iter().any(|one| one["name"] == "Entry"), "{first}");
    assert_eq!(types(&hub, FULL), first);
    assert_eq!(
        types(&hub, &format!("# again\n{}", FULL.replace("  ", "\n\t,"))),
        first,
        "however it is laid out"
    );
    assert_eq!(types(&app.sign_in("hub"), FULL), first, "to everybody the same");
    // Another question has another answer.
    let named = |name: &str| {
        hub.data("query($name: String!) { __type(name: $name) { name } }", json!({ "name": name }))
    };
    assert_eq!(named("Entry")["__type"]["name"], "Entry");
    assert_eq!(named("Sheet")["__type"]["name"], "Sheet");
    let two = "query A { __type(name: \"Entry\") { name } } query B { __type(name: \"Sheet\") { name } }";
    for (operation, name) in [("A", "Entry"), ("B", "Sheet")] {
        let answer = hub.post(&json!({ "query": two, "operationName": operation })).json();
        assert_eq!(answer["data"]["__type"]["name"], name);
    }
}

#[test]
fn nobody_reads_it_many_times_at_once() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let times = |count: usize, set: &str| {
        let aliases: String = (0..count).map(|nth| format!("a{nth}: types {{ {set} }} ")).collect();
        FULL.replace("types { ...FullType }", &aliases)
    };
    assert_eq!(hub.refused(&times(20, "...FullType"), json!({})), "COMPLEXITY_LIMIT");
    assert_eq!(hub.refused(&times(2, "...FullType"), json!({})), "COMPLEXITY_LIMIT");
    let twice = hub.data("{ a: __schema { types { name } } b: __schema { types { name } } }", json!({}));
    assert_eq!(twice["a"], twice["b"]);
    let little = hub.data("{ viewer { id } __type(name: \"Entry\") { fields { name } } }", json!({}));
    assert!(little["__type"]["fields"].as_array().unwrap().len() > 5, "{little}");
    assert!(little["viewer"]["id"].is_string(), "{little}");
}

#[test]
fn a_variable_that_is_not_given_has_its_default_in_directives_too() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let document = "query($with: Boolean = true) { viewer { id name @include(if: $with) } }";
    assert!(hub.data(document, json!({}))["viewer"]["name"].is_string());
    assert!(hub.data(document, json!({ "with": false }))["viewer"].get("name").is_none());
    let named = "query A($with: Boolean = false) { viewer { id } } query B($with: Boolean! = true) { viewer { name @skip(if: $with) id } }";
    let answer = hub.post(&json!({ "query": named, "operationName": "B" })).json();
    assert!(answer["data"]["viewer"].get("name").is_none(), "{answer}");
}
