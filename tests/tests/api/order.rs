//! The order of judgement: of several reasons against a request, the same one is told always.

use renkei_tests::{Client, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};

const MUTATIONS: [&str; 6] =
    ["createEntry", "updateEntry", "moveEntry", "assignEntry", "deleteEntry", "restoreEntry"];

/// An input in which everything is wrong that can be, besides what the case is about: text, places and version.
fn all_wrong(mutation: &str, matrix: &Matrix, entry: &Value) -> Value {
    let id = json!({ "requestId": request_id(), "id": entry["id"], "version": 99 });
    let mut input = match mutation {
        "createEntry" => matrix.new_entry("ア", "GOAL", ""),
        "updateEntry" => edit(entry, ""),
        _ => id,
    };
    match mutation {
        "createEntry" | "moveEntry" => input["afterEntryId"] = json!(request_id()),
        "updateEntry" => input["version"] = json!(99),
        "restoreEntry" => {
            input.as_object_mut().unwrap().remove("id");
            input["entryId"] = entry["id"].clone();
            input["changeId"] = json!(request_id());
        }
        _ => {}
    }
    input
}

fn code(client: &Client, mutation: &str, input: &Value) -> Value {
    client.change(mutation, input)["code"].take()
}

#[test]
fn signed_out_comes_before_everything() {
    let app = TestApp::demo();
    let matrix = Matrix::read(&app.sign_in("hub"));
    let stranger = app.client();
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    for mutation in MUTATIONS {
        let mut input = all_wrong(mutation, &matrix, &matrix.entries_of("ア", "GOAL")[0]);
        input["requestId"] = json!("no id");
        assert_eq!(code(&stranger, mutation, &input), "SIGNED_OUT", "{mutation}");
    }
}

#[test]
fn then_the_right_then_the_phase_then_the_input() {
    let app = TestApp::demo();
    let matrix = Matrix::read(&app.sign_in("hub"));
    let entry = &matrix.entries_of("ア", "GOAL")[0];
    for (login, phase, expected) in [
        ("hokenjo", "FIXED", "FORBIDDEN"),
        ("hokenjo", "DRAFT", "FORBIDDEN"),
        ("honjo", "FIXED", "PHASE"),
        ("honjo", "REVIEW", "PHASE"),
        ("hub", "FIXED", "PHASE"),
        ("hub", "REVIEW", "INVALID"),
        ("honjo", "DRAFT", "INVALID"),
    ] {
        let client = app.sign_in(login);
        app.execute(&format!("UPDATE sheet SET phase = '{phase}'"));
        for mutation in MUTATIONS {
            let told = code(&client, mutation, &all_wrong(mutation, &matrix, entry));
            assert_eq!(told, expected, "{mutation} by {login} in {phase}");
        }
    }
}

#[test]
fn what_is_not_there_comes_before_the_phase() {
    let app = TestApp::demo();
    let matrix = Matrix::read(&app.sign_in("hub"));
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    let mut missing = matrix.entries_of("ア", "GOAL")[0].clone();
    missing["id"] = json!(request_id());
    for login in ["hub", "hokenjo"] {
        let client = app.sign_in(login);
        for mutation in MUTATIONS {
            let mut input = all_wrong(mutation, &matrix, &missing);
            if mutation == "createEntry" {
                input["sheetId"] = json!(request_id());
            }
            assert_eq!(code(&client, mutation, &input), "NOT_FOUND", "{mutation} by {login}");
            // Nothing of the kind, and no id at all.
            for field in ["id", "entryId", "sheetId"].iter().filter(|field| input.get(**field).is_some()) {
                for id in [matrix.region["id"].clone(), json!("1"), json!("")] {
                    let mut other = input.clone();
                    (other["requestId"], other[*field]) = (json!(request_id()), id.clone());
                    assert_eq!(code(&client, mutation, &other), "NOT_FOUND", "{mutation} {field} {id}");
                }
            }
        }
    }
}

#[test]
fn the_input_comes_before_the_version() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let entry = Matrix::read(&honjo).entries_of("ア", "GOAL")[0].clone();
    honjo.change("updateEntry", &edit(&entry, "先の文"));
    assert_eq!(code(&honjo, "updateEntry", &edit(&entry, "")), "INVALID");
    assert_eq!(code(&honjo, "updateEntry", &edit(&entry, &"長".repeat(4_001))), "TOO_LONG");
    assert_eq!(honjo.change("updateEntry", &edit(&entry, "後の文"))["__typename"], "EditConflict");
}

#[test]
fn every_refusal_speaks_to_a_person() {
    let app = TestApp::demo();
    let matrix = Matrix::read(&app.sign_in("hub"));
    let entry = &matrix.entries_of("ア", "GOAL")[0];
    for login in ["hokenjo", "honjo", "hub"] {
        let client = app.sign_in(login);
        for mutation in MUTATIONS {
            let refused = client.change(mutation, &all_wrong(mutation, &matrix, entry));
            let message = refused["message"].as_str().unwrap_or_else(|| panic!("{mutation}: {refused}"));
            assert!(message.chars().any(|c| ('ぁ'..='ん').contains(&c)), "{message}");
            assert!(message.ends_with('。'), "{message}");
        }
    }
}
