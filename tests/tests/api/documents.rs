//! The documents of the client and those of the documentation fit the schema that the server serves.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{BaseType, ExecutableDocument, OperationType, Type};
use renkei_tests::{Client, Socket, TestApp, client_operations, renkei};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The schema's input types, to make up variables.
pub struct Inputs(Value);

impl Inputs {
    pub fn read(client: &Client) -> Self {
        let query = "{ __schema { types { name kind enumValues { name } inputFields { name defaultValue
            type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
        Self(client.data(query, json!({}))["__schema"]["types"].take())
    }

    /// Any value of a named type.
    pub fn value(&self, name: &str) -> Value {
        let types = self.0.as_array().unwrap();
        let named = types.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no input {name}"));
        match named["kind"].as_str().unwrap() {
            "ENUM" => named["enumValues"][0]["name"].clone(),
            "INPUT_OBJECT" => {
                let fields = named["inputFields"].as_array().unwrap().iter();
                let required = fields
                    .filter(|field| field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null());
                required
                    .map(|field| {
                        (field["name"].as_str().unwrap().to_owned(), self.of(&field["type"]["ofType"]))
                    })
                    .collect::<Map<_, _>>()
                    .into()
            }
            _ => match name {
                "Int" => json!(1),
                "Boolean" => json!(true),
                "Float" => json!(1.5),
                "DateTime" => json!("2026-02-06T01:23:45.678Z"),
                _ => json!("x"),
            },
        }
    }

    fn of(&self, kind: &Value) -> Value {
        match kind["kind"].as_str().unwrap() {
            "LIST" => json!([]),
            "NON_NULL" => self.of(&kind["ofType"]),
            _ => self.value(kind["name"].as_str().unwrap()),
        }
    }

    fn variables(&self, document: &ExecutableDocument) -> Value {
        let definitions =
            document.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions);
        let required =
            definitions.filter(|one| !one.node.var_type.node.nullable && one.node.default_value.is_none());
        let value = |kind: &Type| match &kind.base {
            BaseType::Named(name) => self.value(name),
            BaseType::List(_) => json!([]),
        };
        required
            .map(|one| (one.node.name.node.to_string(), value(&one.node.var_type.node)))
            .collect::<Map<_, _>>()
            .into()
    }
}

#[test]
fn the_clients_documents_fit_the_schema() {
    let app = TestApp::demo();
    let inputs = Inputs::read(&app.sign_in("hokenjo"));
    let operations = client_operations();
    assert!(operations.len() >= 20, "{operations:?}");
    for (name, text) in &operations {
        let document = parse_query(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let variables = inputs.variables(&document);
        if document.operations.iter().any(|(_, one)| one.node.ty == OperationType::Subscription) {
            subscribes(&app, name, text, variables);
            continue;
        }
        let request = json!({ "query": text, "variables": variables });
        let headers = [("content-type", "application/json"), ("accept", "application/graphql-response+json")];
        // Somebody who changes nothing, with variables that name nothing: each is validated whole, and does nothing.
        let client = app.sign_in("hokenjo");
        let answer = client.send("POST", "/graphql", &headers, request.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        // What ran and found nothing has a path; what is not valid has none.
        let answered = answer.json();
        let invalid =
            answered["errors"].as_array().is_some_and(|all| all.iter().any(|e| e["path"].is_null()));
        assert!(!invalid, "{name}: {}", answer.text());
    }
}

/// A subscription that is valid begins, and finds no such sheet.
#[track_caller]
fn subscribes(app: &TestApp, name: &str, text: &str, variables: Value) {
    let mut socket = Socket::greeted(&app.url, &app.sign_in("honjo"));
    socket.subscribe("1", text, variables);
    let heard = socket.hear();
    let errors = if heard["payload"].is_array() { &heard["payload"] } else { &heard["payload"]["errors"] };
    assert_eq!(errors[0]["extensions"]["code"], "NOT_FOUND", "{name}: {heard}");
}

#[test]
fn the_requests_of_the_readme_fit_the_schema() {
    let app = TestApp::demo();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut requests = 0;
    for line in readme.lines().filter_map(|line| line.trim().strip_prefix("api '")) {
        let request = line.trim_end_matches('\'').replace("'\"$(uuidgen)\"'", &renkei_tests::request_id());
        let request: Value = serde_json::from_str(&request).unwrap_or_else(|error| panic!("{error}: {line}"));
        let answer = app.sign_in("hokenjo").post(&request).json();
        assert!(answer.get("errors").is_none() && answer.get("data").is_some(), "{line}\n{answer}");
        requests += 1;
    }
    assert!(requests >= 3, "{requests}");
}

#[test]
fn the_program_prints_the_committed_schema() {
    let printed = renkei(&root(), &["schema"], "").expect_success().stdout;
    let committed = fs::read_to_string(root().join("crates/server/schema.graphql")).unwrap();
    assert_eq!(printed.trim_end(), committed.trim_end());
}

#[test]
fn staff_can_read_what_can_be_asked() {
    let typed = "type { kind name ofType { kind name ofType { kind name ofType { name } } } }";
    let query = format!(
        "{{ __schema {{ types {{ name description enumValues {{ name description }}
            inputFields {{ name description {typed} }}
            fields {{ name description {typed} args {{ name description {typed} }} }} }} }} }}"
    );
    let schema = TestApp::demo().sign_in("hokenjo").data(&query, json!({}));
    let mut unreadable = Vec::new();
    for one in schema["__schema"]["types"].as_array().unwrap() {
        let name = one["name"].as_str().unwrap();
        if name.starts_with("__") || ["Int", "Float", "String", "Boolean", "ID"].contains(&name) {
            continue;
        }
        let list = |one: &Value, kind: &str| one[kind].as_array().cloned().unwrap_or_default();
        let mut judge = |place: String, member: &Value, sent: bool| {
            let text = member["description"].as_str().unwrap_or_default();
            if !is_japanese_first(text) {
                unreadable.push(format!("{place}: not in Japanese"));
            } else if has_form(member, sent) && !text.contains('例') {
                unreadable.push(format!("{place}: no example"));
            }
        };
        judge(name.to_owned(), one, false);
        for member in list(one, "enumValues") {
            judge(format!("{name}.{}", member["name"]), &member, false);
        }
        for member in list(one, "inputFields") {
            judge(format!("{name}.{}", member["name"]), &member, true);
        }
        for member in list(one, "fields") {
            judge(format!("{name}.{}", member["name"]), &member, false);
            for argument in list(&member, "args") {
                judge(format!("{name}.{}({})", member["name"], argument["name"]), &argument, true);
            }
        }
    }
    assert_eq!(unreadable, Vec::<String>::new());
}

/// Japanese in its first line; or it is the mark of a note itself.
fn is_japanese_first(text: &str) -> bool {
    let japanese = |c: char| ('\u{3040}'..'\u{a000}').contains(&c);
    text.chars().count() == 1 || text.lines().next().is_some_and(|line| line.contains(japanese))
}

/// Whether a value has a form that has to be known: what is sent most of all.
fn has_form(member: &Value, sent: bool) -> bool {
    let mut kind = &member["type"];
    while kind["ofType"].is_object() {
        kind = &kind["ofType"];
    }
    let name = member["name"].as_str().unwrap();
    let formed = ["id", "cursor", "startCursor", "endCursor", "asOf", "fiscalYear", "DateTime"];
    formed.contains(&name)
        || sent
            && (["ID", "DateTime"].contains(&kind["name"].as_str().unwrap_or_default()) || name == "after")
}
