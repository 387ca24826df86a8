//! Regions are apart: who has no account in one learns nothing of it, not even that it is there.

use crate::import::new_region;
use renkei_tests::{Client, Matrix, PASSWORD, TestApp, edit, renkei, request_id};
use serde_json::{Value, json};
use std::fs;

/// The sample's region, and a second one with the same sheet and an administrator of its own.
pub struct Regions {
    pub app: TestApp,
    pub stranger: Client,
    pub theirs: Matrix,
    pub ours: Matrix,
}

impl Regions {
    pub fn new() -> Self {
        let app = TestApp::demo();
        let folder = tempfile::tempdir().unwrap();
        let database = app.database.url();
        renkei(folder.path(), &["region", "add", "秩父郡", "--database", database], "").expect_success();
        let arguments = ["organization", "add", "小鹿野町", "--kind", "MUNICIPALITY", "--region", "秩父郡"];
        renkei(folder.path(), &[&arguments[..], &["--database", database]].concat(), "").expect_success();
        let account =
            ["account", "add", "--login", "ogano", "--name", "小鹿野町 管理者", "--organization", "小鹿野町"];
        let there = ["--region", "秩父郡", "--role", "ADMIN", "--database", database];
        renkei(folder.path(), &[&account[..], &there].concat(), &format!("{PASSWORD}\n")).expect_success();
        let sample = include_str!("../../../sample/honjo-kodama-r8.tsv");
        fs::write(folder.path().join("sheet.tsv"), sample).unwrap();
        let import =
            ["import", "sheet.tsv", "--region", "秩父郡", "--fiscal-year", "2026", "--database", database];
        renkei(folder.path(), &import, "").expect_success();
        let theirs = Matrix::read(&app.sign_in("hub"));
        let stranger = app.sign_in("ogano");
        let ours = Matrix::read(&stranger);
        Self { app, stranger, theirs, ours }
    }
}

#[test]
fn lists_show_ones_own_regions() {
    let regions = Regions::new();
    let names = |client: &Client| client.data("{ regions { name } }", json!({}))["regions"].clone();
    assert_eq!(names(&regions.stranger), json!([{ "name": "秩父郡" }]));
    assert_eq!(names(&regions.app.sign_in("honjo")), json!([{ "name": "本庄市児玉郡" }]));
    assert_eq!(regions.app.client().refused("{ regions { name } }", json!({})), "SIGNED_OUT");
    assert_eq!(regions.app.client().viewer(), Value::Null);
    let memberships = "{ viewer { memberships { role region { name } } } }";
    let told = regions.stranger.data(memberships, json!({}));
    let expected = json!([{ "role": "ADMIN", "region": { "name": "秩父郡" } }]);
    assert_eq!(told["viewer"]["memberships"], expected);
}

/// A health centre serves two regions; who is in one of them is not told what it is in the other.
#[test]
fn whoever_works_in_two_regions_is_known_in_each_by_its_own_role() {
    let Regions { app, stranger, .. } = Regions::new();
    let folder = tempfile::tempdir().unwrap();
    let command = |arguments: &[&str]| {
        let there = ["--region", "秩父郡", "--database", app.database.url()];
        renkei(folder.path(), &[arguments, &there].concat(), "").expect_success();
    };
    command(&["organization", "add", "本庄保健所", "--kind", "HEALTH_CENTER"]);
    let account = ["account", "add", "--login", "hokenjo", "--name", "本庄保健所 担当者"];
    command(&[&account[..], &["--organization", "本庄保健所", "--role", "APPROVER"]].concat());
    let query = "{ regions { accounts { login memberships { role region { name } } } } }";
    let told = |client: &Client| {
        let regions = client.data(query, json!({}))["regions"].take();
        let accounts =
            regions.as_array().unwrap().iter().flat_map(|region| region["accounts"].as_array().unwrap());
        let found =
            accounts.filter(|account| account["login"] == "hokenjo").map(|account| &account["memberships"]);
        found.cloned().collect::<Vec<Value>>()
    };
    let there = json!([{ "role": "APPROVER", "region": { "name": "秩父郡" } }]);
    assert_eq!(told(&stranger), [there]);
    let own = told(&app.sign_in("hub"));
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].as_array().unwrap().len(), 1);
    assert_eq!(own[0][0]["region"]["name"], "本庄市児玉郡");
    // They know both themselves.
    assert!(told(&app.sign_in("hokenjo")).iter().all(|both| both.as_array().unwrap().len() == 2));
}

/// One of each type that has an id, in the sample's region.
fn nodes(app: &TestApp) -> Vec<(&'static str, Value)> {
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let saved = hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "ひみつ"));
    let handouts = "{ regions { handouts(fiscalYear: 2026) { id } } }";
    let handouts = hub.data(handouts, json!({}));
    vec![
        ("Region", matrix.region["id"].clone()),
        ("Sheet", matrix.sheet["id"].clone()),
        ("Item", matrix.item("ア")),
        ("Organization", matrix.organization("本庄市")),
        ("Entry", saved["entry"]["id"].clone()),
        ("Change", saved["change"]["id"].clone()),
        ("Handout", handouts["regions"][0]["handouts"][0]["id"].clone()),
        ("Account", app.sign_in("honjo").viewer()["id"].clone()),
    ]
}

const NODE: &str = "query($id: ID!) { node(id: $id) { id __typename } }";

#[test]
fn whatever_has_an_id_is_a_node_to_those_who_belong_there() {
    let app = TestApp::demo();
    let reader = app.sign_in("hokenjo");
    for (kind, id) in nodes(&app) {
        let node = reader.data(NODE, json!({ "id": id }));
        assert_eq!(node["node"], json!({ "id": id, "__typename": kind }));
    }
}

#[test]
fn no_query_leads_into_a_foreign_region() {
    let regions = Regions::new();
    let nodes = nodes(&regions.app);
    let (stranger, signed_out) = (&regions.stranger, regions.app.client());
    let query =
        "query($id: ID!) { region(id: $id) { name } sheet(regionId: $id, fiscalYear: 2026) { title } }";
    let theirs = json!({ "id": regions.theirs.region["id"] });
    assert_eq!(stranger.data(query, theirs.clone()), json!({ "region": null, "sheet": null }));
    assert_eq!(signed_out.refused(query, theirs), "SIGNED_OUT");
    for (kind, id) in &nodes {
        assert_eq!(stranger.data(NODE, json!({ "id": id })), json!({ "node": null }), "{kind}");
        assert_eq!(signed_out.refused(NODE, json!({ "id": id })), "SIGNED_OUT", "{kind}");
    }
    let nothing = "{ a: node(id: \"\") { id } b: node(id: \"no id\") { id } c: region(id: \"1\") { id } }";
    assert_eq!(stranger.data(nothing, json!({})), json!({ "a": null, "b": null, "c": null }));
    assert_eq!(signed_out.refused(nothing, json!({})), "SIGNED_OUT");
}

#[test]
fn no_mutation_reaches_into_a_foreign_region() {
    let regions = Regions::new();
    let (theirs, stranger) = (&regions.theirs, &regions.stranger);
    let entry = &theirs.entries_of("ア", "GOAL")[0];
    let id = || json!({ "requestId": request_id(), "id": entry["id"], "version": 1 });
    let restore = json!({
        "requestId": request_id(), "entryId": entry["id"], "changeId": request_id(), "version": 1,
    });
    for (mutation, input) in [
        ("createEntry", theirs.new_entry("ア", "GOAL", "よそから")),
        ("updateEntry", edit(entry, "よそから")),
        ("moveEntry", id()),
        ("assignEntry", id()),
        ("deleteEntry", id()),
        ("restoreEntry", restore),
    ] {
        let refused = stranger.change(mutation, &input);
        assert_eq!(refused["code"], "NOT_FOUND", "{mutation}: {refused}");
    }
    assert_eq!(Matrix::read(&regions.app.sign_in("hub")).sheet, theirs.sheet);
}

#[test]
fn nothing_of_one_region_gets_into_another() {
    let regions = Regions::new();
    let (theirs, ours, stranger) = (&regions.theirs, &regions.ours, &regions.stranger);
    let own = regions.app.sign_in("hub");
    let town = ours.organization("小鹿野町");
    let entry = &theirs.entries_of("ア", "GOAL")[0];
    let seq = (theirs.seq(), ours.seq());
    let mut create = theirs.new_entry("ア", "GOAL", "まざる");
    create["itemId"] = ours.item("ア");
    let moved = |more: Value| {
        let mut input = json!({ "requestId": request_id(), "id": entry["id"], "version": 1 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    for (mutation, input, field) in [
        ("createEntry", create, "itemId"),
        ("moveEntry", moved(json!({ "itemId": ours.item("イ") })), "itemId"),
        (
            "moveEntry",
            moved(json!({ "afterEntryId": ours.entries_of("ア", "GOAL")[0]["id"] })),
            "afterEntryId",
        ),
        ("assignEntry", moved(json!({ "ownerId": town })), "ownerId"),
    ] {
        let refused = own.change(mutation, &input);
        assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID"), &json!(field)), "{refused}");
    }
    assert_eq!((Matrix::read(&own).seq(), Matrix::read(stranger).seq()), seq);
    let filter = json!({ "ownerIds": [theirs.organization("本庄市")] });
    assert_eq!(Matrix::filtered(stranger, &filter).entries().len(), 0);
}

#[test]
fn numbers_of_changes_are_each_regions_own() {
    let regions = Regions::new();
    let before = regions.ours.seq();
    regions.app.sign_in("hub").change("createEntry", &regions.theirs.new_entry("ア", "GOAL", "こちらだけ"));
    assert_eq!(Matrix::read(&regions.stranger).seq(), before);
    drop(regions.app);
}

#[test]
fn an_organisation_of_two_regions_edits_in_both() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    let database = app.database.url();
    let join = [
        "organization",
        "add",
        "本庄市",
        "--kind",
        "MUNICIPALITY",
        "--region",
        "秩父郡",
        "--database",
        database,
    ];
    renkei(folder.path(), &join, "").expect_success();
    assert_eq!(app.count("organization WHERE name = '本庄市'"), 1, "one organisation in two regions");
    let regions = app.sign_in("honjo").data("{ regions { name } }", json!({}));
    assert_eq!(
        regions["regions"].as_array().unwrap().len(),
        1,
        "a role is held in a region, not in all of them"
    );
}
