//! What somebody has seen: theirs alone, and until they come again.

use renkei_tests::{Client, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};

fn last(client: &Client, matrix: &Matrix) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on Sheet { lastVisit { seq at } } } }";
    client.data(query, json!({ "id": matrix.sheet["id"] }))["node"]["lastVisit"].take()
}

fn note(client: &Client, matrix: &Matrix, seq: i64) -> bool {
    let document = "mutation($input: NoteVisitInput!) { noteVisit(input: $input) }";
    let input = json!({ "sheetId": matrix.sheet["id"], "seq": seq });
    client.data(document, json!({ "input": input }))["noteVisit"] == true
}

fn write(client: &Client, matrix: &Matrix) -> i64 {
    client.change("createEntry", &matrix.new_entry("ア", "GOAL", "新しい目標"));
    Matrix::read(client).seq()
}

/// Half an hour and a minute go by.
fn time_goes_by(app: &TestApp) {
    let pause = 31 * 60 * 1_000;
    app.execute(&format!("UPDATE visit SET at = at - {pause}, previous_at = previous_at - {pause}"));
}

#[test]
fn what_is_new_counts_from_the_visit_before_this_one() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    assert_eq!(last(&honjo, &matrix), Value::Null, "never here before");
    let before = app.count("change");
    let seen = matrix.seq();
    assert!(note(&honjo, &matrix, seen));
    let then = write(&hub, &matrix);
    assert!(note(&honjo, &matrix, then), "seen as well, but new on this visit");
    assert_eq!(last(&honjo, &matrix)["seq"], seen);
    time_goes_by(&app);
    assert_eq!(last(&honjo, &matrix)["seq"], then);
    let now = write(&hub, &matrix);
    assert!(note(&honjo, &matrix, now));
    assert_eq!(last(&honjo, &matrix)["seq"], then, "still, after it was noted");
    assert_eq!(app.count("change"), before + 2, "a visit is no change");
    assert_eq!(last(&hub, &matrix), Value::Null, "each their own");
}

#[test]
fn what_is_no_visit_is_not_noted() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let noted = "mutation($input: NoteVisitInput!) { noteVisit(input: $input) }";
    let input = json!({ "sheetId": matrix.sheet["id"], "seq": 1 });
    assert_eq!(app.client().refused(noted, json!({ "input": input })), "SIGNED_OUT", "nobody");
    let nowhere = Matrix { sheet: json!({ "id": request_id() }), region: Value::Null };
    assert!(!note(&honjo, &nowhere, 1));
    // Nobody has seen what has not happened.
    assert!(note(&honjo, &matrix, 1 << 40));
    assert_eq!(last(&honjo, &matrix)["seq"], matrix.seq());
    let entry = matrix.entries()[0].clone();
    app.sign_in("hub").change("updateEntry", &edit(&entry, "書き直した。"));
    assert!(Matrix::read(&honjo).seq() > matrix.seq());
}
