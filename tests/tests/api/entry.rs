//! Entries in their places: creating, moving, assigning, deleting and restoring them.

use renkei_tests::{Client, Matrix, TestApp, edit, note, request_id};
use serde_json::{Value, json};

/// A cell of four entries: as imported.
const CELL: (&str, &str) = ("ク", "STATUS");

struct Stage {
    app: TestApp,
    hub: Client,
    matrix: Matrix,
}

impl Stage {
    fn new() -> Self {
        let app = TestApp::demo();
        let hub = app.sign_in("hub");
        let matrix = Matrix::read(&hub);
        Self { app, hub, matrix }
    }

    fn create(&self, body: &str, after: &Value) -> Value {
        let mut input = self.matrix.new_entry(CELL.0, CELL.1, body);
        input["afterEntryId"] = after.clone();
        saved(self.hub.change("createEntry", &input))
    }

    fn apply(&self, mutation: &str, entry: &Value, more: Value) -> Value {
        let mut input = json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.hub.change(mutation, &input)
    }

    fn restore(&self, entry: &Value, change: &Value, version: i64) -> Value {
        let input = json!({
            "requestId": request_id(), "entryId": entry["id"], "changeId": change["id"], "version": version,
        });
        self.hub.change("restoreEntry", &input)
    }

    fn bodies(&self, code: &str, facet: &str) -> Vec<String> {
        let entries = Matrix::read(&self.hub).entries_of(code, facet);
        for (position, entry) in entries.iter().enumerate() {
            assert_eq!(entry["position"], position, "places are counted from 0 without gaps");
        }
        entries.iter().map(|entry| entry["body"].as_str().unwrap().to_owned()).collect()
    }
}

#[track_caller]
fn saved(payload: Value) -> Value {
    assert_eq!(payload["__typename"], "EntrySaved", "{payload}");
    payload
}

#[track_caller]
fn invalid(payload: &Value, field: &str) {
    assert_eq!((&payload["code"], &payload["field"]), (&json!("INVALID"), &json!(field)), "{payload}");
}

#[test]
fn a_new_entry_stands_at_the_end_or_after_another() {
    let stage = Stage::new();
    let before = stage.bodies(CELL.0, CELL.1);
    let last = stage.create("終わりに", &Value::Null);
    assert_eq!(last["entry"]["position"], before.len());
    assert_eq!(last["entry"]["version"], 1);
    let first = &stage.matrix.entries_of(CELL.0, CELL.1)[0]["id"];
    let second = stage.create("二番目に", first);
    assert_eq!(second["entry"]["position"], 1);
    let mut expected = before.clone();
    expected.push("終わりに".to_owned());
    expected.insert(1, "二番目に".to_owned());
    assert_eq!(stage.bodies(CELL.0, CELL.1), expected);
}

#[test]
fn a_new_entry_has_what_it_was_given() {
    let stage = Stage::new();
    let mut input = stage.matrix.new_entry("ア", "PLAN", "与えたとおり");
    input["notes"] = json!([{ "kind": "NUMBERED", "text": "深さは省ける" }]);
    input["explicitScenes"] = json!(["EMERGENCY"]);
    input["ownerId"] = stage.matrix.organization("神川町");
    let entry = saved(stage.hub.change("createEntry", &input))["entry"].clone();
    assert_eq!(entry["notes"], json!([note("NUMBERED", "深さは省ける", 0)]));
    assert_eq!(entry["explicitScenes"], json!(["EMERGENCY"]));
    assert_eq!(entry["owner"]["name"], "神川町");
    assert_eq!(entry["item"]["code"], "ア");
    assert_eq!((&entry["facet"], &entry["fiscalYear"]), (&json!("PLAN"), &json!(2026)));
    assert_eq!(entry["deletedAt"], Value::Null);
    let omitted =
        saved(stage.hub.change("createEntry", &stage.matrix.new_entry("ア", "PLAN", "省いたとおり")));
    let entry = &omitted["entry"];
    assert_eq!(
        (&entry["notes"], &entry["explicitScenes"], &entry["owner"]),
        (&json!([]), &json!([]), &Value::Null)
    );
    assert_eq!(entry["scenes"].as_array().unwrap().len(), 4, "its item's");
}

#[test]
fn many_insertions_at_one_place_keep_their_order() {
    let stage = Stage::new();
    let first = &stage.matrix.entries_of(CELL.0, CELL.1)[0]["id"];
    // More than any gap between two ranks has room for: 2^70 would not fit beside one another by halving.
    for nth in 0..70 {
        stage.create(&format!("{nth}番目に入れた"), first);
    }
    let bodies = stage.bodies(CELL.0, CELL.1);
    let inserted: Vec<String> = (0..70).rev().map(|nth| format!("{nth}番目に入れた")).collect();
    assert_eq!(bodies[1..71], inserted[..]);
    for entry in Matrix::read(&stage.hub).entries_of(CELL.0, CELL.1) {
        assert_eq!(entry["version"], 1, "a neighbour's insertion is no change of the entry");
    }
}

#[test]
fn moves_within_a_cell_change_places_and_no_neighbours_version() {
    let stage = Stage::new();
    let entries = stage.matrix.entries_of(CELL.0, CELL.1);
    let texts: Vec<&str> = entries.iter().map(|entry| entry["body"].as_str().unwrap()).collect();
    let last = entries.len() - 1;
    let moved = saved(stage.apply("moveEntry", &entries[last], json!({})));
    assert_eq!((&moved["entry"]["position"], &moved["entry"]["version"]), (&json!(0), &json!(2)));
    let mut expected = texts.clone();
    expected.rotate_right(1);
    assert_eq!(stage.bodies(CELL.0, CELL.1), expected);
    let back =
        saved(stage.apply("moveEntry", &moved["entry"], json!({ "afterEntryId": entries[last - 1]["id"] })));
    assert_eq!((&back["entry"]["position"], &back["entry"]["version"]), (&json!(last), &json!(3)));
    assert_eq!(stage.bodies(CELL.0, CELL.1), texts);
    let after = Matrix::read(&stage.hub);
    for neighbour in &entries[..last] {
        assert_eq!(after.entry(&neighbour["id"]), *neighbour);
    }
}

#[test]
fn a_move_to_another_cell_takes_the_entry_along() {
    let stage = Stage::new();
    let entry = &stage.matrix.entries_of("カ", "STATUS")[0];
    let target = stage.matrix.entries_of("ア", "PLAN");
    let there = json!({
        "itemId": stage.matrix.item("ア"), "facet": "PLAN", "fiscalYear": 2026, "afterEntryId": target[0]["id"],
    });
    let moved = saved(stage.apply("moveEntry", entry, there))["entry"].clone();
    assert_eq!((&moved["item"]["code"], &moved["facet"]), (&json!("ア"), &json!("PLAN")));
    assert_eq!((&moved["fiscalYear"], &moved["position"]), (&json!(2026), &json!(1)));
    assert_eq!((&moved["body"], &moved["notes"]), (&entry["body"], &entry["notes"]));
    let after = Matrix::read(&stage.hub);
    let left: Vec<Value> = stage.matrix.entries_of("カ", "STATUS")[1..].to_vec();
    for (position, entry) in left.iter().enumerate() {
        let now = after.entry(&entry["id"]);
        assert_eq!((&now["position"], &now["version"]), (&json!(position), &json!(1)));
    }
    assert_eq!(after.entries_of("ア", "PLAN").len(), target.len() + 1);
}

#[test]
fn a_move_needs_a_place_that_is_there() {
    let stage = Stage::new();
    let [entry, deleted] = [0, 1].map(|nth| stage.matrix.entries_of(CELL.0, CELL.1)[nth].clone());
    stage.apply("deleteEntry", &deleted, json!({}));
    let elsewhere = stage.matrix.entries_of("ア", "PLAN")[0]["id"].clone();
    for after in [&elsewhere, &deleted["id"], &stage.matrix.item("ア"), &json!(request_id())] {
        invalid(&stage.apply("moveEntry", &entry, json!({ "afterEntryId": after })), "afterEntryId");
    }
    let nowhere = stage.apply("moveEntry", &entry, json!({ "fiscalYear": 2031 }));
    assert_eq!(nowhere["code"], "FORBIDDEN", "no sheet governs that year: {nowhere}");
    invalid(&stage.apply("moveEntry", &entry, json!({ "itemId": request_id() })), "itemId");
    let mut create = stage.matrix.new_entry(CELL.0, CELL.1, "どこへ");
    create["afterEntryId"] = elsewhere;
    invalid(&stage.hub.change("createEntry", &create), "afterEntryId");
}

#[test]
fn an_owner_is_an_organisation_of_the_region() {
    let stage = Stage::new();
    let entry = &stage.matrix.entries_of(CELL.0, CELL.1)[0];
    for owner in [json!(request_id()), entry["id"].clone(), json!("本庄市")] {
        invalid(&stage.apply("assignEntry", entry, json!({ "ownerId": owner })), "ownerId");
        let mut create = stage.matrix.new_entry(CELL.0, CELL.1, "だれの");
        create["ownerId"] = owner;
        invalid(&stage.hub.change("createEntry", &create), "ownerId");
    }
    let honjo = stage.matrix.organization("本庄市");
    let own = saved(stage.apply("assignEntry", entry, json!({ "ownerId": honjo })));
    assert_eq!((&own["entry"]["owner"]["id"], &own["entry"]["version"]), (&honjo, &json!(2)));
    assert_eq!(own["entry"]["position"], entry["position"], "it keeps its place");
    let joint = saved(stage.apply("assignEntry", &own["entry"], json!({ "ownerId": null })));
    assert_eq!(joint["entry"]["owner"], Value::Null);
}

#[test]
fn a_deleted_entry_is_gone_from_the_sheet_and_can_be_had_back() {
    let stage = Stage::new();
    let entry = &stage.matrix.entries_of(CELL.0, CELL.1)[1];
    let before = stage.bodies(CELL.0, CELL.1);
    let deleted = stage.apply("deleteEntry", entry, json!({}));
    assert_eq!(deleted["__typename"], "EntryDeleted", "{deleted}");
    assert_eq!((&deleted["id"], &deleted["version"]), (&entry["id"], &json!(2)));
    assert_eq!(stage.bodies(CELL.0, CELL.1).len(), before.len() - 1);
    let kept = stage.hub.data(
        "query($id: ID!) { node(id: $id) { id ... on Entry { body version deletedAt viewerCanEdit } } }",
        json!({ "id": entry["id"] }),
    );
    assert_eq!((&kept["node"]["body"], &kept["node"]["version"]), (&entry["body"], &json!(2)));
    assert!(kept["node"]["deletedAt"].is_string());
    let restored = saved(stage.restore(entry, &deleted["change"], 2));
    assert_eq!((&restored["entry"]["version"], &restored["entry"]["deletedAt"]), (&json!(3), &Value::Null));
    assert_eq!(restored["entry"]["position"], 1, "at its old place");
    assert_eq!(stage.bodies(CELL.0, CELL.1), before);
}

#[test]
fn restoring_brings_back_everything_of_that_moment() {
    let stage = Stage::new();
    let mut input = stage.matrix.new_entry(CELL.0, CELL.1, "はじめの文");
    input["notes"] = json!([note("ASTERISK", "はじめの注記", 0)]);
    input["explicitScenes"] = json!(["END_OF_LIFE"]);
    input["ownerId"] = stage.matrix.organization("本庄市");
    input["afterEntryId"] = stage.matrix.entries_of(CELL.0, CELL.1)[0]["id"].clone();
    let created = saved(stage.hub.change("createEntry", &input));
    let first = &created["entry"];
    let mut rewrite = edit(first, "つぎの文");
    (rewrite["notes"], rewrite["explicitScenes"]) = (json!([]), json!(["DAILY_CARE"]));
    let mut entry = saved(stage.hub.change("updateEntry", &rewrite))["entry"].clone();
    entry = saved(stage.apply("assignEntry", &entry, json!({})))["entry"].clone();
    let there = json!({ "itemId": stage.matrix.item("ア"), "facet": "GOAL", "fiscalYear": 2026 });
    entry = saved(stage.apply("moveEntry", &entry, there))["entry"].clone();
    let deleted = stage.apply("deleteEntry", &entry, json!({}));
    let restored = saved(stage.restore(first, &created["change"], 5))["entry"].clone();
    for field in
        ["body", "notes", "explicitScenes", "owner", "item", "facet", "fiscalYear", "position", "deletedAt"]
    {
        assert_eq!(restored[field], first[field], "{field}");
    }
    assert_eq!(restored["version"], 6);
    // The deletion's own change brings back what it deleted.
    let undone = saved(stage.restore(first, &deleted["change"], 6))["entry"].clone();
    for field in ["body", "notes", "explicitScenes", "owner", "item", "facet", "fiscalYear", "deletedAt"] {
        assert_eq!(undone[field], entry[field], "{field}");
    }
}

#[test]
fn restoring_is_checked_like_every_edit() {
    let stage = Stage::new();
    let entries = stage.matrix.entries_of(CELL.0, CELL.1);
    let saved_once = saved(stage.hub.change("updateEntry", &edit(&entries[0], "一度目")));
    let other = saved(stage.hub.change("updateEntry", &edit(&entries[1], "ほかの取組")));
    let conflict = stage.restore(&entries[0], &saved_once["change"], 1);
    assert_eq!(conflict["__typename"], "EditConflict", "{conflict}");
    assert_eq!(conflict["base"]["body"], entries[0]["body"]);
    assert_eq!(conflict["theirs"]["body"], "一度目");
    invalid(&stage.restore(&entries[0], &other["change"], 2), "changeId");
    invalid(&stage.restore(&entries[0], &json!({ "id": request_id() }), 2), "changeId");
    invalid(&stage.restore(&entries[0], &saved_once["change"], 7), "version");
    let missing = stage.restore(&json!({ "id": request_id() }), &saved_once["change"], 1);
    assert_eq!(missing["code"], "NOT_FOUND");
    let seq = Matrix::read(&stage.hub).seq();
    saved(stage.restore(&entries[0], &saved_once["change"], 2));
    assert_eq!(Matrix::read(&stage.hub).seq(), seq, "it is as it was right after that change already");
}

#[test]
fn references_lead_to_rows_and_handouts() {
    let stage = Stage::new();
    let body = "詳細は（カ）と(キ)、資料３と資料4、ない項目（ヌ）、ない資料9を参照";
    let created = saved(stage.hub.change("createEntry", &stage.matrix.new_entry("ア", "PLAN", body)));
    let query = "query($id: ID!) { node(id: $id) { ... on Entry { references { __typename
        ... on Item { code title } ... on Handout { number title } ... on UnresolvedReference { label } } } } }";
    let node = stage.hub.data(query, json!({ "id": created["entry"]["id"] }));
    let references = &node["node"]["references"];
    assert_eq!(
        references[0],
        json!({
            "__typename": "Item", "code": "カ", "title": stage.matrix.row("カ")["item"]["title"],
        })
    );
    assert_eq!(references[1]["code"], "キ");
    assert_eq!(references[2]["title"], "多職種連携関連の事業");
    assert_eq!((&references[3]["__typename"], &references[3]["number"]), (&json!("Handout"), &json!(4)));
    let labels: Vec<&Value> = references.as_array().unwrap()[4..].iter().map(|one| &one["label"]).collect();
    assert_eq!(json!(labels), json!(["（ヌ）", "資料9"]));
    drop(stage.app);
}
