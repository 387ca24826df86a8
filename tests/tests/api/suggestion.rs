//! Scenes that are proposed for entries: computed for the sheet, declined for everybody on it, never set by themselves.

use renkei_tests::{Client, Matrix, Socket, TestApp, edit, request_id, versions};
use serde_json::{Value, json};

const SUGGESTED: &str = "query($id: ID!) { node(id: $id) { ... on Sheet { seq sceneSuggestions {
    scene words entry { id version body explicitScenes position item { code } facet } } } } }";
const DECLINE: &str = "mutation($input: DeclineSceneSuggestionsInput!) { declineSceneSuggestions(input: $input) {
    __typename ... on SheetChanged { sheet { id seq sceneSuggestions { scene } } change { seq summary by { login } } }
    ... on Refusal { code message field } } }";

fn suggested(client: &Client, matrix: &Matrix) -> Vec<Value> {
    let answer = client.data(SUGGESTED, json!({ "id": matrix.sheet["id"] }));
    answer["node"]["sceneSuggestions"].as_array().unwrap().clone()
}

fn input(matrix: &Matrix, some: &[Value]) -> Value {
    let pair = |one: &Value| json!({ "entryId": one["entry"]["id"], "scene": one["scene"] });
    let pairs: Vec<Value> = some.iter().map(pair).collect();
    json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "suggestions": pairs })
}

fn decline(client: &Client, input: &Value) -> Value {
    client.data(DECLINE, json!({ "input": input }))["declineSceneSuggestions"].take()
}

#[test]
fn the_sample_has_some_forty_by_scene_and_in_the_sheets_order() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let all = suggested(&honjo, &matrix);
    let of = |scene: &str| all.iter().filter(|one| one["scene"] == scene).count();
    let counts = ["DAILY_CARE", "HOSPITAL_TRANSITION", "EMERGENCY", "END_OF_LIFE"].map(of);
    assert_eq!(counts, [12, 5, 6, 19]);
    let scenes: Vec<&Value> = all.iter().map(|one| &one["scene"]).collect();
    let mut grouped = scenes.clone();
    grouped.dedup();
    assert_eq!(grouped, ["DAILY_CARE", "HOSPITAL_TRANSITION", "EMERGENCY", "END_OF_LIFE"]);
    let order: Vec<Value> = matrix.entries().iter().map(|entry| entry["id"].clone()).collect();
    let places: Vec<usize> = all
        .iter()
        .filter(|one| one["scene"] == "END_OF_LIFE")
        .map(|one| order.iter().position(|id| *id == one["entry"]["id"]).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    let first = all.iter().find(|one| one["scene"] == "HOSPITAL_TRANSITION").unwrap();
    assert_eq!(first["words"], json!(["入退院"]));
    for one in &all {
        let entry = matrix.entry(&one["entry"]["id"]);
        assert_eq!((&one["entry"]["position"], &one["entry"]["body"]), (&entry["position"], &entry["body"]));
    }
    // Nothing is set by itself.
    assert!(matrix.entries().iter().all(|entry| entry["explicitScenes"] == json!([])));
}

#[test]
fn what_is_tagged_or_edited_away_is_proposed_no_more_and_comes_back() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let all = suggested(&honjo, &matrix);
    let group: Vec<Value> = all.iter().filter(|one| one["scene"] == "EMERGENCY").cloned().collect();
    let entries: Vec<Value> = group.iter().map(|one| one["entry"].clone()).collect();
    let tag = json!({ "requestId": request_id(), "entries": versions(&entries), "add": ["EMERGENCY"] });
    honjo.change("tagEntries", &tag);
    let left = suggested(&honjo, &matrix);
    assert_eq!(left.len(), all.len() - group.len());
    assert!(left.iter().all(|one| one["scene"] != "EMERGENCY"));
    let transition = &left.iter().find(|one| one["scene"] == "HOSPITAL_TRANSITION").unwrap()["entry"]["id"];
    honjo.change("updateEntry", &edit(&matrix.entry(transition), "ほかの文"));
    assert_eq!(suggested(&honjo, &matrix).len(), left.len() - 1);
    let entry = Matrix::read(&honjo).entry(transition);
    honjo.change("updateEntry", &edit(&entry, "退院調整の文"));
    assert_eq!(suggested(&honjo, &matrix).len(), left.len());
}

#[test]
fn declining_is_remembered_for_everybody_with_a_change() {
    let app = TestApp::demo();
    let (honjo, hub) = (app.sign_in("honjo"), app.sign_in("hub"));
    let matrix = Matrix::read(&honjo);
    let all = suggested(&hub, &matrix);
    let mut socket = Socket::on_sheet(&app.url, &hub, &matrix, Value::Null);
    let asked = input(&matrix, &[all[0].clone(), all[1].clone(), all[0].clone()]);
    let done = decline(&honjo, &asked);
    assert_eq!(done["change"]["summary"], "場面の候補2件を見送り", "{done}");
    assert_eq!(
        (&done["change"]["by"]["login"], &done["change"]["seq"]),
        (&json!("honjo"), &json!(matrix.seq() + 1))
    );
    assert_eq!(done["sheet"]["sceneSuggestions"].as_array().unwrap().len(), all.len() - 2);
    assert_eq!(suggested(&hub, &matrix), all[2..]);
    assert_eq!(socket.change()["__typename"], "SheetChanged");
    // The same request again, and the same suggestions in another one.
    assert_eq!(decline(&honjo, &asked), done);
    let again = decline(&hub, &input(&matrix, &all[..2]));
    assert_eq!((&again["__typename"], &again["change"]), (&json!("SheetChanged"), &Value::Null), "{again}");
    assert_eq!(Matrix::read(&hub).seq(), matrix.seq() + 1);
    let log = "query($id: ID!) { node(id: $id) { ... on Sheet { changes(first: 1) { edges { node { summary } } } } } }";
    let newest = hub.data(log, json!({ "id": matrix.sheet["id"] }));
    assert_eq!(newest["node"]["changes"]["edges"][0]["node"]["summary"], "場面の候補2件を見送り");
}

#[test]
fn all_are_declined_or_none() {
    let app = TestApp::demo();
    let (honjo, hub, hokenjo) = (app.sign_in("honjo"), app.sign_in("hub"), app.sign_in("hokenjo"));
    let matrix = Matrix::read(&honjo);
    let all = suggested(&honjo, &matrix);
    let theirs = json!({ "requestId": request_id(), "entries": versions(&[all[1]["entry"].clone()]),
        "ownerId": matrix.organization("美里町") });
    hub.change("assignEntries", &theirs);
    let code = |client: &Client, input: &Value| decline(client, input)["code"].take();
    assert_eq!(code(&honjo, &input(&matrix, &all[..2])), "FORBIDDEN");
    assert_eq!(code(&hokenjo, &input(&matrix, &all[..1])), "FORBIDDEN");
    assert_eq!(code(&honjo, &input(&matrix, &[])), "INVALID");
    let many: Vec<Value> = all.iter().filter(|one| *one != &all[1]).cycle().take(501).cloned().collect();
    assert_eq!(code(&honjo, &input(&matrix, &many)), "TOO_LONG");
    let mut unknown = input(&matrix, &all[..1]);
    unknown["suggestions"][0]["entryId"] = json!(request_id());
    assert_eq!(code(&honjo, &unknown), "NOT_FOUND");
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    assert_eq!(code(&hub, &input(&matrix, &all[..1])), "PHASE");
    app.execute("UPDATE sheet SET phase = 'DRAFT'");
    assert_eq!(suggested(&honjo, &matrix).len(), all.len());
}

#[test]
fn a_decline_is_taken_back_for_everybody_with_a_change() {
    let app = TestApp::demo();
    let (honjo, hub, hokenjo) = (app.sign_in("honjo"), app.sign_in("hub"), app.sign_in("hokenjo"));
    let matrix = Matrix::read(&honjo);
    let all = suggested(&hub, &matrix);
    decline(&honjo, &input(&matrix, &all[..3]));
    let declined = || {
        let query = "query($id: ID!) { node(id: $id) { ... on Sheet { declinedSceneSuggestions { scene entry { id } } } } }";
        let answer = hub.data(query, json!({ "id": matrix.sheet["id"] }));
        answer["node"]["declinedSceneSuggestions"].as_array().unwrap().clone()
    };
    let scenes = |some: &[Value]| {
        some.iter().map(|one| (one["scene"].clone(), one["entry"]["id"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(scenes(&declined()), scenes(&all[..3]));
    let restore = |client: &Client, input: &Value| {
        let document = DECLINE.replace("declineSceneSuggestions", "restoreSceneSuggestions");
        client.data(&document, json!({ "input": input }))["restoreSceneSuggestions"].take()
    };
    assert_eq!(restore(&hokenjo, &input(&matrix, &all[..1]))["code"], "FORBIDDEN");
    let asked = input(&matrix, &all[..2]);
    let done = restore(&hub, &asked);
    assert_eq!(done["change"]["summary"], "場面の候補2件の見送りを取り消し", "{done}");
    assert_eq!(scenes(&declined()), scenes(&all[2..3]));
    assert_eq!(suggested(&honjo, &matrix).len(), all.len() - 1);
    // The same request again, and the same suggestions in another one.
    assert_eq!(restore(&hub, &asked), done);
    let again = restore(&hub, &input(&matrix, &all[..2]));
    assert_eq!((&again["__typename"], &again["change"]), (&json!("SheetChanged"), &Value::Null), "{again}");
    assert_eq!(Matrix::read(&hub).seq(), matrix.seq() + 2);
}
