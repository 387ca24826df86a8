//! Edits from an older version: what does not overlap is kept together with what was saved since, per field and within
//! the text. Only what is truly at odds is a conflict.

use crate::random::Random;
use renkei_tests::{Client, Matrix, TestApp, edit, note, request_id};
use serde_json::{Value, json};

/// Where four people edit one entry; each has seen its first version.
struct Scene {
    app: TestApp,
    hub: Client,
    honjo: Client,
    matrix: Matrix,
    entry: Value,
}

impl Scene {
    fn new() -> Self {
        let app = TestApp::demo();
        let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
        let input = Matrix::read(&hub).new_entry("ア", "GOAL", "研修会を年2回、会議を年12回開催する。");
        let entry = saved(hub.change("createEntry", &input))["entry"].take();
        let matrix = Matrix::read(&hub);
        Self { app, hub, honjo, matrix, entry }
    }

    fn input(&self, more: &Value) -> Value {
        let mut input =
            json!({ "requestId": request_id(), "id": self.entry["id"], "version": self.entry["version"] });
        let more = more.as_object().unwrap().clone();
        input.as_object_mut().unwrap().extend(more);
        input
    }

    fn now(&self) -> Value {
        Matrix::read(&self.hub).entry(&self.entry["id"])
    }
}

#[track_caller]
fn saved(payload: Value) -> Value {
    assert_eq!(payload["__typename"], "EntrySaved", "{payload}");
    payload
}

#[track_caller]
fn conflict(payload: Value) -> Value {
    assert_eq!(payload["__typename"], "EditConflict", "{payload}");
    payload
}

#[test]
fn two_edits_of_one_text_are_one_new_version_that_holds_both() {
    let scene = Scene::new();
    let first =
        saved(scene.hub.change("updateEntry", &edit(&scene.entry, "研修会を年3回、会議を年12回開催する。")));
    assert_eq!(first["merged"], false);
    let input = edit(&scene.entry, "研修会を年2回、会議を年13回開催する。");
    let second = saved(scene.honjo.change("updateEntry", &input));
    assert_eq!(second["merged"], true);
    assert_eq!(second["entry"]["body"], "研修会を年3回、会議を年13回開催する。");
    assert_eq!(second["entry"]["version"], 3);
    assert_eq!(second["change"]["seq"], first["change"]["seq"].as_i64().unwrap() + 1);
    assert_eq!(second["change"]["by"]["login"], "honjo");
    assert_eq!(scene.honjo.change("updateEntry", &input), second, "the same request, the same answer");
    assert_eq!(scene.now(), second["entry"]);
}

#[test]
fn body_notes_and_scenes_are_merged_each_by_itself() {
    let scene = Scene::new();
    let base = &scene.entry;
    let mut first = edit(base, base["body"].as_str().unwrap());
    first["notes"] = json!([note("ASTERISK", "対象：", 0), note("DOT", "医師", 1)]);
    first["explicitScenes"] = json!(["END_OF_LIFE"]);
    saved(scene.hub.change("updateEntry", &first));
    let mut second = edit(base, "研修会を年2回、会議を年12回、県と開催する。");
    second["explicitScenes"] = json!(["DAILY_CARE"]);
    let merged = saved(scene.honjo.change("updateEntry", &second))["entry"].take();
    assert_eq!(merged["body"], second["body"]);
    assert_eq!(merged["notes"], first["notes"]);
    assert_eq!(merged["explicitScenes"], json!(["DAILY_CARE", "END_OF_LIFE"]));
}

#[test]
fn what_is_there_already_is_answered_with_the_change_that_made_it() {
    let scene = Scene::new();
    let input = edit(&scene.entry, "研修会を年3回開催する。");
    let first = saved(scene.hub.change("updateEntry", &input));
    let second = saved(scene.honjo.change("updateEntry", &edit(&scene.entry, "研修会を年3回開催する。")));
    assert_eq!(second["merged"], true);
    assert_eq!((&second["entry"], &second["change"]), (&first["entry"], &first["change"]));
}

#[test]
fn a_merged_text_that_would_be_too_long_is_for_a_person() {
    let scene = Scene::new();
    let base =
        saved(scene.hub.change("updateEntry", &edit(&scene.entry, &format!("前{}後", "あ".repeat(3_900)))));
    let long = |front: usize, back: usize| {
        let (front, back) = ("い".repeat(front), "う".repeat(back));
        edit(&base["entry"], &format!("{front}前{}後{back}", "あ".repeat(3_900)))
    };
    saved(scene.hub.change("updateEntry", &long(60, 0)));
    let both = conflict(scene.honjo.change("updateEntry", &long(0, 60)));
    assert_eq!(both["yours"]["body"].as_str().unwrap().chars().count(), 3_962);
    saved(scene.honjo.change("updateEntry", &long(0, 30)));
}

#[test]
fn text_place_and_owner_do_not_get_in_each_others_way() {
    let scene = Scene::new();
    let owner = scene.matrix.organization("本庄市");
    let steps = [
        ("updateEntry", edit(&scene.entry, "研修会を年3回、会議を年12回開催する。")),
        ("moveEntry", scene.input(&json!({ "afterEntryId": null }))),
        ("assignEntry", scene.input(&json!({ "ownerId": owner }))),
        ("updateEntry", edit(&scene.entry, "研修会を年2回、会議を年13回開催する。")),
    ];
    for (nth, (mutation, mut input)) in steps.into_iter().enumerate() {
        input["requestId"] = json!(request_id());
        let payload = saved(scene.honjo.change(mutation, &input));
        assert_eq!(payload["merged"], nth > 0, "{mutation}");
        assert_eq!(payload["entry"]["version"], nth + 2, "{mutation}");
    }
    let now = scene.now();
    assert_eq!(now["body"], "研修会を年3回、会議を年13回開催する。");
    assert_eq!((&now["position"], &now["owner"]["id"]), (&json!(0), &owner));
}

#[test]
fn a_second_move_is_a_conflict_unless_it_goes_to_the_same_place() {
    let scene = Scene::new();
    let others = scene.matrix.entries_of("ア", "GOAL");
    let front = || scene.input(&json!({ "afterEntryId": null }));
    let moved = saved(scene.hub.change("moveEntry", &front()));
    let same = saved(scene.honjo.change("moveEntry", &front()));
    assert_eq!((&same["merged"], &same["change"]), (&json!(true), &moved["change"]));
    let behind = scene.input(&json!({ "afterEntryId": others[0]["id"] }));
    let both = conflict(scene.honjo.change("moveEntry", &behind));
    assert_eq!(both["theirs"]["position"], 0);
    // Restoring what it was before puts it elsewhere, too.
    let newest = saved(scene.hub.change("updateEntry", &edit(&moved["entry"], "目標の文")))["entry"].take();
    let first = scene.hub.data(
        "query($id: ID!) { node(id: $id) { ... on Entry { changes(first: 100) { edges { node { id } } } } } }",
        json!({ "id": scene.entry["id"] }),
    )["node"]["changes"]["edges"][2]["node"]["id"]
        .take();
    let restore = json!({ "requestId": request_id(), "entryId": newest["id"], "changeId": first,
        "version": newest["version"] });
    saved(scene.hub.change("restoreEntry", &restore));
    let mut stale = front();
    stale["version"] = newest["version"].clone();
    conflict(scene.honjo.change("moveEntry", &stale));
}

#[test]
fn neighbours_that_get_new_ranks_do_not_count_as_moved() {
    let scene = Scene::new();
    let seen = scene.matrix.entries_of("ア", "GOAL");
    // Squeezes so many between two neighbours that the cell's ranks have to be spread.
    for nth in 0..40 {
        let mut input = scene.matrix.new_entry("ア", "GOAL", &format!("間の{nth}"));
        input["afterEntryId"] = seen[0]["id"].clone();
        saved(scene.hub.change("createEntry", &input));
    }
    saved(scene.hub.change("updateEntry", &edit(&seen[1], "文を変えた")));
    let input = json!({ "requestId": request_id(), "id": seen[1]["id"], "version": 1, "afterEntryId": null });
    let moved = saved(scene.honjo.change("moveEntry", &input));
    assert_eq!((&moved["entry"]["position"], &moved["entry"]["body"]), (&json!(0), &json!("文を変えた")));
}

#[test]
fn a_second_assignment_is_a_conflict_unless_it_is_the_same() {
    let scene = Scene::new();
    let to = |name: &str| scene.input(&json!({ "ownerId": scene.matrix.organization(name) }));
    let first = saved(scene.hub.change("assignEntry", &to("美里町")));
    let same = saved(scene.hub.change("assignEntry", &to("美里町")));
    assert_eq!((&same["merged"], &same["change"]), (&json!(true), &first["change"]));
    conflict(scene.hub.change("assignEntry", &to("神川町")));
    assert_eq!(scene.now()["owner"]["name"], "美里町");
}

#[test]
fn an_entry_is_deleted_as_it_was_seen_or_not_at_all() {
    let deletion = |scene: &Scene| scene.input(&json!({}));
    let scene = Scene::new();
    saved(scene.hub.change("moveEntry", &scene.input(&json!({ "afterEntryId": null }))));
    assert_eq!(scene.honjo.change("deleteEntry", &deletion(&scene))["__typename"], "EntryDeleted");

    let mut tagged = edit(&scene.entry, scene.entry["body"].as_str().unwrap());
    tagged["explicitScenes"] = json!(["EMERGENCY"]);
    for (mutation, input) in [
        ("updateEntry", edit(&scene.entry, "変えた文")),
        ("updateEntry", tagged),
        ("assignEntry", json!({ "ownerId": scene.matrix.organization("本庄市") })),
    ] {
        let scene = Scene::new();
        let mut input = input;
        for field in ["requestId", "id", "version"] {
            input[field] = scene.input(&json!({}))[field].clone();
        }
        if mutation == "assignEntry" {
            input["ownerId"] = scene.matrix.organization("本庄市");
        }
        saved(scene.hub.change(mutation, &input));
        conflict(scene.hub.change("deleteEntry", &deletion(&scene)));
        assert!(scene.now()["deletedAt"].is_null());
    }

    let scene = Scene::new();
    let there = saved(scene.hub.change("updateEntry", &edit(&scene.entry, "変えた文")))["entry"].take();
    saved(scene.hub.change("updateEntry", &edit(&there, scene.entry["body"].as_str().unwrap())));
    assert_eq!(
        scene.honjo.change("deleteEntry", &deletion(&scene))["__typename"],
        "EntryDeleted",
        "as it was seen"
    );
}

#[test]
fn undoing_ones_own_edit_leaves_what_others_did_beside_it() {
    let scene = Scene::new();
    let mine = saved(
        scene.honjo.change("updateEntry", &edit(&scene.entry, "研修会を年3回、会議を年12回開催する。")),
    );
    let newest = edit(&mine["entry"], "研修会を年3回、会議を年13回開催する。");
    saved(scene.hub.change("updateEntry", &newest));
    let undo = edit(&mine["entry"], scene.entry["body"].as_str().unwrap());
    let undone = saved(scene.honjo.change("updateEntry", &undo));
    assert_eq!(undone["entry"]["body"], "研修会を年2回、会議を年13回開催する。");
    let redo = saved(
        scene.honjo.change("updateEntry", &edit(&undone["entry"], "研修会を年3回、会議を年13回開催する。")),
    );
    saved(scene.hub.change("updateEntry", &edit(&redo["entry"], "研修会を年4回、会議を年13回開催する。")));
    conflict(
        scene.honjo.change("updateEntry", &edit(&redo["entry"], "研修会を年2回、会議を年13回開催する。")),
    );
}

#[test]
fn right_and_phase_are_judged_by_what_is_there_now() {
    let scene = Scene::new();
    saved(
        scene
            .hub
            .change("assignEntry", &scene.input(&json!({ "ownerId": scene.matrix.organization("美里町") }))),
    );
    let refused =
        scene.honjo.change("updateEntry", &edit(&scene.entry, "研修会を年2回、会議を年13回開催する。"));
    assert_eq!(refused["code"], "FORBIDDEN");
}

#[test]
fn an_outcome_that_an_earlier_program_kept_is_answered_still() {
    let scene = Scene::new();
    let input = edit(&scene.entry, "研修会を年3回、会議を年12回開催する。");
    let first = saved(scene.hub.change("updateEntry", &input));
    let change = first["change"]["id"].as_str().unwrap();
    app_keeps(&scene.app, &json!({ "kind": "saved", "change": change }), &input);
    assert_eq!(scene.hub.change("updateEntry", &input), first);
}

/// Puts an outcome in the place of the one that is kept.
fn app_keeps(app: &TestApp, outcome: &Value, input: &Value) {
    let id = input["requestId"].as_str().unwrap();
    let same = if app.database.url().starts_with("sqlite") {
        format!("hex(request_id) = '{}'", id.replace('-', "").to_uppercase())
    } else {
        format!("request_id = '{id}'")
    };
    assert_eq!(app.execute(&format!("UPDATE request SET outcome = '{outcome}' WHERE {same}")), 1);
}

/// Two editors, each in their own half of a text, from versions as old as chance has it.
#[test]
fn edits_that_do_not_touch_come_out_alike_in_whatever_order_they_arrive() {
    let scene = Scene::new();
    let clients = [&scene.hub, &scene.honjo];
    let body = |[word, phrase]: [u64; 2]| {
        format!("始めに語{word}を置き、続けて中ほどを経て、終わりに句{phrase}を置く。")
    };
    for seed in 0..16 {
        let mut random = Random(seed);
        let input = scene.matrix.new_entry("イ", "GOAL", &body([0, 0]));
        let mut newest = saved(scene.hub.change("createEntry", &input))["entry"].take();
        let mut seen = [newest.clone(), newest.clone()];
        let mut wanted = [0, 0];
        for _ in 0..8 {
            let who = random.below(2) as usize;
            if random.below(3) == 0 {
                seen[who] = newest;
            }
            let mut text = [0, 1].map(|half| number(&seen[who], half));
            wanted[who] = random.below(1_000);
            text[who] = wanted[who];
            newest =
                saved(clients[who].change("updateEntry", &edit(&seen[who], &body(text))))["entry"].take();
            assert_eq!(newest["body"], body(wanted), "seed {seed}");
            seen[who] = newest.clone();
        }
    }
}

/// What stands in one half of the text.
fn number(entry: &Value, half: usize) -> u64 {
    let body = entry["body"].as_str().unwrap();
    let (_, rest) = body.split_once(["語", "句"][half]).unwrap();
    rest.split('を').next().unwrap().parse().unwrap()
}
