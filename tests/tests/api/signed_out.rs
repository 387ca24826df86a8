//! What somebody may ask who is not signed in: `signIn`, `viewer`, `__typename`, and nothing else.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, TypeKind, TypeSystemDefinition};
use renkei_server::Config;
use renkei_server::graphql::Introspection;
use renkei_tests::{Client, Database, Matrix, PASSWORD, Socket, TestApp, request_id};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The fields of a root type.
fn fields(root: &str) -> Vec<FieldDefinition> {
    let schema = parse_schema(renkei_server::graphql::sdl()).unwrap();
    let found = schema.definitions.into_iter().find_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) if ty.node.name.node == root => Some(ty.node.kind),
        _ => None,
    });
    match found {
        Some(TypeKind::Object(object)) => object.fields.into_iter().map(|field| field.node).collect(),
        other => panic!("{root}: {other:?}"),
    }
}

/// The unions, by name.
fn unions() -> BTreeMap<String, Vec<String>> {
    let schema = parse_schema(renkei_server::graphql::sdl()).unwrap();
    let union = |definition| match definition {
        TypeSystemDefinition::Type(ty) => match ty.node.kind {
            TypeKind::Union(union) => {
                let members = union.members.iter().map(|member| member.node.to_string()).collect();
                Some((ty.node.name.node.to_string(), members))
            }
            _ => None,
        },
        _ => None,
    };
    schema.definitions.into_iter().filter_map(union).collect()
}

#[track_caller]
fn signed_out(answer: &Value) {
    assert_eq!(answer["errors"][0]["extensions"]["code"], "SIGNED_OUT", "{answer}");
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("サインイン"), "{message}");
    assert!(answer.get("data").is_none(), "{answer}");
    assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
}

#[test]
fn every_other_field_is_refused_before_it_is_looked_at() {
    let app = TestApp::demo();
    let stranger = app.client();
    let unions = unions();
    let mut refused = 0;
    for (kind, root) in [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")] {
        for field in fields(root) {
            let (name, payload) = (field.name.node.to_string(), field.ty.node.to_string().replace('!', ""));
            let refusable =
                unions.get(&payload).is_some_and(|members| members.iter().any(|one| one == "Refusal"));
            if ["viewer", "signIn"].contains(&name.as_str()) || refusable {
                continue;
            }
            refused += 1;
            // As it would be asked, and in other clothes; whether it would be valid is not told.
            for selection in [
                format!("{name} {{ id }}"),
                name.clone(),
                format!("viewer: {name}"),
                format!("... on {root} {{ {name} }} __typename"),
                format!("{name} @skip(if: true) __typename"),
            ] {
                signed_out(&stranger.graphql(&format!("{kind} {{ {selection} }}"), json!({})));
            }
            let spread = format!("{kind} {{ ...F }} fragment F on {root} {{ {name} }}");
            signed_out(&stranger.graphql(&spread, json!({})));
        }
    }
    assert!(refused >= 10, "{refused}");
}

#[test]
fn a_change_that_can_be_refused_is_refused_as_data_and_never_with_anything_else() {
    let app = TestApp::demo();
    let matrix = Matrix::read(&app.sign_in("hub"));
    let stranger = app.client();
    let input = matrix.new_entry("ア", "GOAL", "よその文");
    let before = app.count("change");
    assert_eq!(stranger.change("createEntry", &input)["code"], "SIGNED_OUT");
    let both = "mutation($input: CreateEntryInput!) { createEntry(input: $input) { __typename } signOut }";
    signed_out(&stranger.graphql(both, json!({ "input": input })));
    let inside = "query($input: CreateEntryInput!) { createEntry(input: $input) { __typename } }";
    signed_out(&stranger.graphql(inside, json!({ "input": input })));
    assert_eq!(app.count("change"), before);
}

#[test]
fn the_three_are_answered() {
    let app = TestApp::demo();
    let stranger = app.client();
    let nobody = "{ __typename viewer { id login memberships { region { name } } } }";
    assert_eq!(stranger.data(nobody, json!({})), json!({ "__typename": "Query", "viewer": null }));
    let same = "{ ...F } fragment F on Query { ... on Query { a: __typename } viewer { login } }";
    assert_eq!(stranger.data(same, json!({})), json!({ "a": "Query", "viewer": null }));
    let sign_in = "mutation($login: String!, $password: String!) { __typename
        signIn(input: { login: $login, password: $password }) { __typename
            ... on SignedIn { account { login memberships { region { name } } } } ... on Refusal { code } } }";
    let wrong = stranger.data(sign_in, json!({ "login": "honjo", "password": "wrong" }));
    assert_eq!(wrong["signIn"], json!({ "__typename": "Refusal", "code": "BAD_CREDENTIALS" }));
    let right = stranger.data(sign_in, json!({ "login": "honjo", "password": PASSWORD }));
    assert_eq!(right["signIn"]["account"]["login"], "honjo");
    assert_eq!(stranger.viewer()["login"], "honjo", "from here on signed in");
}

#[test]
fn a_session_that_has_run_out_is_none() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    app.execute("DELETE FROM session");
    signed_out(&honjo.graphql("{ regions { id } }", json!({})));
    signed_out(&honjo.graphql("{ __typename regions { id } }", json!({})));
    assert_eq!(honjo.change("createEntry", &matrix.new_entry("ア", "GOAL", "文"))["code"], "SIGNED_OUT");
    honjo.use_token(Some(request_id()));
    signed_out(&honjo.graphql("{ regions { id } }", json!({})));
}

#[test]
fn a_setting_opens_the_schema_and_nothing_else() {
    let config = Config { introspection: Introspection::Open, ..Config::default() };
    let app = TestApp::with(Database::demo(), config);
    let stranger = app.client();
    let types = stranger
        .data("{ __schema { types { name } } __type(name: \"Entry\") { name } viewer { id } }", json!({}));
    assert_eq!(types["__type"]["name"], "Entry");
    signed_out(&stranger.graphql("{ __schema { types { name } } regions { id } }", json!({})));
    let wrong = stranger.graphql("{ viewer { logn } }", json!({}));
    assert!(wrong["errors"][0]["message"].as_str().unwrap().contains("login"), "{wrong}");
}

#[test]
fn sockets_are_for_those_who_are_signed_in() {
    let app = TestApp::demo();
    for nobody in [app.client(), Client::new(&app.url)] {
        let mut socket = Socket::plain(&app.url, &nobody);
        socket.say(&json!({ "type": "connection_init" }));
        assert_eq!(socket.code(), 4403);
    }
}
