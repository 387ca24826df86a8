//! The server's filter is the domain's: of any filter, both show the same.

use proptest::prelude::*;
use renkei_domain::filter::folded;
use renkei_domain::{CareScene, EntryFacts, EntryFilter, OrganizationId, SceneMatch, SceneSet};
use renkei_tests::{Client, Matrix, TestApp, edit, note, request_id};
use serde_json::{Value, json};

const TOWNS: [&str; 4] = ["本庄市", "美里町", "神川町", "在宅医療連携拠点"];

/// What is looked for: in several spellings, and with characters that mean something to a database.
const TEXTS: [&str; 14] = [
    "",
    " ",
    "MCS",
    "ｍｃｓ",
    "ﾃｽﾄ1",
    "テスト",
    "看取り",
    "strasse",
    "100%",
    "%",
    "_",
    "\\",
    "ありえない文",
    "研修会 ",
];

/// The sample with scenes, owners and spellings that differ from entry to entry.
fn varied(client: &Client) -> Matrix {
    let matrix = Matrix::read(client);
    for (nth, entry) in matrix.entries().iter().enumerate() {
        let scenes: Vec<&str> = CareScene::ALL
            .iter()
            .enumerate()
            .filter(|(bit, _)| (nth / 3) >> bit & 1 == 1)
            .map(|(_, scene)| scene.code())
            .collect();
        let mut input = edit(entry, &format!("{} ＭＣＳ ﾃｽﾄ{nth}", entry["body"].as_str().unwrap()));
        input["explicitScenes"] = json!(scenes);
        input["notes"] = json!([note("ASTERISK", "Straße と百分率 100%_\\", 0)]);
        let saved = client.change("updateEntry", &input);
        if nth % 3 > 0 {
            client.change(
                "assignEntry",
                &json!({
                    "requestId": request_id(), "id": entry["id"], "version": saved["entry"]["version"],
                    "ownerId": matrix.organization(TOWNS[nth % 4]),
                }),
            );
        }
    }
    Matrix::read(client)
}

fn scenes(codes: &Value) -> SceneSet {
    codes
        .as_array()
        .unwrap()
        .iter()
        .map(|code| CareScene::from_code(code.as_str().unwrap()).unwrap())
        .collect()
}

/// What the domain shows of an entry that the API has told.
fn admits(filter: &EntryFilter, item: &Value, entry: &Value) -> bool {
    let notes = entry["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap());
    filter.admits(&EntryFacts {
        explicit_scenes: scenes(&entry["explicitScenes"]),
        item_scenes: scenes(&item["scenes"]),
        owner: entry["owner"]["id"].as_str().map(|id| id.parse().unwrap()),
        folded: &folded(entry["body"].as_str().unwrap(), notes),
    })
}

/// A filter as input of the API, beside the domain's.
#[derive(Clone, Debug)]
struct Both {
    input: Value,
    filter: EntryFilter,
}

fn filters(towns: Vec<Value>) -> impl Strategy<Value = Both> {
    (
        prop::option::of(0u8..16),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<bool>()),
        prop::option::of(any::<bool>()),
        prop::option::of(prop::sample::subsequence(towns, 0..=3)),
        prop::option::of(prop::sample::select(&TEXTS[..])),
    )
        .prop_map(|(bits, all, explicit, inherited, joint, owners, text)| {
            let mut input = json!({});
            let mut filter = EntryFilter { joint, ..EntryFilter::default() };
            if let Some(bits) = bits {
                filter.scenes = SceneSet::from_bits(bits);
                input["scenes"] = json!(filter.scenes.iter().map(CareScene::code).collect::<Vec<_>>());
            }
            if let Some(all) = all {
                filter.scene_match = if all { SceneMatch::All } else { SceneMatch::Any };
                input["sceneMatch"] = json!(if all { "ALL" } else { "ANY" });
            }
            if let Some(explicit) = explicit {
                filter.explicit_scenes_only = explicit;
                input["explicitScenesOnly"] = json!(explicit);
            }
            if let Some(inherited) = inherited {
                filter.inherited_scenes_only = inherited;
                input["inheritedScenesOnly"] = json!(inherited);
            }
            if let Some(joint) = joint {
                input["joint"] = json!(joint);
            }
            if let Some(owners) = owners {
                filter.owners =
                    owners.iter().map(|id| id.as_str().unwrap().parse::<OrganizationId>().unwrap()).collect();
                input["ownerIds"] = json!(owners);
            }
            if let Some(text) = text {
                filter = filter.with_text(text);
                input["text"] = json!(text);
            }
            Both { input, filter }
        })
}

#[test]
fn the_server_shows_what_the_domain_shows() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let whole = varied(&hub);
    let towns: Vec<Value> = TOWNS.iter().map(|town| whole.organization(town)).collect();
    let config = ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(both in filters(towns))| {
        let filtered = Matrix::filtered(&hub, &both.input);
        let rows = filtered.sheet["rows"].as_array().unwrap();
        let all_rows = whole.sheet["rows"].as_array().unwrap();
        prop_assert_eq!(rows.len(), all_rows.len(), "empty rows stay");
        for (row, all_row) in rows.iter().zip(all_rows) {
            for (cell, all_cell) in row["cells"].as_array().unwrap().iter().zip(all_row["cells"].as_array().unwrap()) {
                let all = all_cell["entries"].as_array().unwrap();
                let shown: Vec<&Value> = all.iter().filter(|entry| admits(&both.filter, &row["item"], entry)).collect();
                prop_assert_eq!(&cell["entries"], &json!(shown));
                prop_assert_eq!(&cell["hiddenCount"], &json!(all.len() - shown.len()));
                prop_assert_eq!(&all_cell["hiddenCount"], &json!(0));
            }
        }
    });
}

#[test]
fn the_seeds_counts() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let count = |filter: Value| Matrix::filtered(&honjo, &filter).entries().len();
    for scene in CareScene::ALL {
        assert_eq!(count(json!({ "scenes": [scene.code()] })), 64);
        assert_eq!(count(json!({ "scenes": [scene.code()], "explicitScenesOnly": true })), 0);
    }
    let entry = Matrix::read(&honjo).entries_of("ア", "STATUS")[1].clone();
    let mut tagged = edit(&entry, entry["body"].as_str().unwrap());
    tagged["explicitScenes"] = json!(["END_OF_LIFE"]);
    honjo.change("updateEntry", &tagged);
    assert_eq!(count(json!({ "scenes": ["END_OF_LIFE"] })), 64);
    assert_eq!(count(json!({ "scenes": ["EMERGENCY"] })), 63);
    assert_eq!(count(json!({ "scenes": ["END_OF_LIFE"], "explicitScenesOnly": true })), 1);
    assert_eq!(count(json!({ "scenes": ["END_OF_LIFE", "EMERGENCY"], "sceneMatch": "ALL" })), 63);
    assert_eq!(count(json!({ "explicitScenesOnly": true })), 1);
    assert_eq!(count(json!({ "joint": true })), 64);
    assert_eq!(count(json!({ "joint": false })), 0);
    assert_eq!(count(json!({ "scenes": null, "joint": null, "ownerIds": null, "text": null })), 64);
    let hidden = Matrix::filtered(&honjo, &json!({ "scenes": ["EMERGENCY"] }));
    assert_eq!(hidden.cell("ア", "STATUS")["hiddenCount"], 1);
}

#[test]
fn a_position_counts_all_entries_of_the_cell() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let last = Matrix::read(&honjo).entries_of("ア", "STATUS")[1].clone();
    let shown = Matrix::filtered(&honjo, &json!({ "text": "考察した" }));
    assert_eq!(shown.entry(&last["id"])["position"], 1);
}
