//! Drafts: what somebody typed is there again for them, wherever they sign in, and for nobody else.

use renkei_server::Db;
use renkei_tests::{Client, Matrix, PASSWORD, TestApp, client_operation, edit, request_id};
use serde_json::{Value, json};

const DRAFT: &str =
    "id sheetId deviceId entryId itemId facet fiscalYear outline explicitScenes ownerId afterEntryId
    version merged typedAt";

fn save(client: &Client, input: &Value) -> Value {
    let document = format!(
        "mutation($input: SaveDraftInput!) {{ saveDraft(input: $input) {{ __typename
            ... on DraftKept {{ draft {{ {DRAFT} }} }} ... on Refusal {{ code message field }} }} }}"
    );
    client.data(&document, json!({ "input": input }))["saveDraft"].take()
}

#[track_caller]
fn kept(payload: Value) -> Value {
    assert_eq!(payload["__typename"], "DraftKept", "{payload}");
    payload["draft"].clone()
}

fn discard(client: &Client, input: &Value) -> Value {
    client.data(
        "mutation($input: DiscardDraftInput!) { discardDraft(input: $input) }",
        json!({ "input": input }),
    )["discardDraft"]
        .take()
}

fn drafts(client: &Client, sheet: &Value) -> Vec<Value> {
    let query = format!("query($sheet: ID) {{ drafts(sheetId: $sheet) {{ {DRAFT} }} }}");
    client.data(&query, json!({ "sheet": sheet }))["drafts"].as_array().unwrap().clone()
}

/// As the client asks for them.
const OWN: &str = include_str!("../../../frontend/src/entry/operations/drafts.graphql");

/// Of the first goal.
fn of_entry(matrix: &Matrix, outline: &str, second: u32) -> Value {
    json!({
        "sheetId": matrix.sheet["id"], "deviceId": "PC-1", "entryId": matrix.entries_of("ア", "GOAL")[0]["id"],
        "outline": outline, "version": 1, "typedAt": at(second),
    })
}

fn at(second: u32) -> String {
    format!("2026-02-06T01:23:{second:02}.500Z")
}

fn where_it_is(input: &Value) -> Value {
    json!({ "sheetId": input["sheetId"], "deviceId": input["deviceId"], "entryId": input["entryId"] })
}

#[test]
fn a_device_that_cannot_be_has_nothing_to_discard() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    for name in ["PC\0", "", "PC\n1"] {
        let mut spot = where_it_is(&of_entry(&matrix, "○研修", 1));
        spot["deviceId"] = json!(name);
        assert_eq!(discard(&honjo, &spot), json!(true), "{name:?}");
    }
}

#[test]
fn what_was_typed_is_there_again_to_the_character() {
    let app = TestApp::demo();
    let hokenjo = app.sign_in("hokenjo");
    let matrix = Matrix::read(&hokenjo);
    let mut new = json!({
        "sheetId": matrix.sheet["id"], "deviceId": "PC-1", "itemId": matrix.item("カ"), "facet": "PLAN",
        "fiscalYear": 2026, "outline": "○書きかけ　\\r\\n\\n* 注記 か\\u{3099}👩‍⚕️\\n○二つ目", "version": 0,
        "explicitScenes": ["END_OF_LIFE"], "ownerId": matrix.organization("本庄市"),
        "afterEntryId": matrix.entries_of("カ", "PLAN")[0]["id"], "merged": "○合わせた文", "typedAt": at(10),
    });
    new["outline"] = json!("○書きかけ　\r\n\n* 注記 か\u{3099}👩\u{200d}⚕\u{fe0f}\n○二つ目");
    let seq = matrix.seq();
    let draft = kept(save(&hokenjo, &new));
    new["id"] = draft["id"].clone();
    new["entryId"] = Value::Null;
    assert_eq!(draft, new, "a viewer types comments and suggestions as well");
    let of_entry = kept(save(&hokenjo, &of_entry(&matrix, "", 11)));
    assert_eq!(of_entry["itemId"], Value::Null);
    assert_eq!(drafts(&hokenjo, &Value::Null), [of_entry.clone(), draft.clone()], "the newest first");
    let other_pc = app.sign_in("hokenjo");
    assert_eq!(drafts(&other_pc, &matrix.sheet["id"]), [of_entry, draft], "after signing in elsewhere");
    assert_eq!(drafts(&other_pc, &json!(request_id())), [] as [Value; 0]);
    assert_eq!(Matrix::read(&hokenjo).seq(), seq, "no change");
}

#[test]
fn as_much_as_one_may_keep_is_within_reach_and_not_answered_many_times() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let text = "漢".repeat(200_000);
    for nth in 0..20 {
        let mut input = of_entry(&matrix, &text, 1);
        input["deviceId"] = json!(format!("PC-{nth}"));
        let document = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename } }";
        kept(honjo.data(document, json!({ "input": input }))["saveDraft"].take());
    }
    let all = honjo.data(&client_operation("Drafts"), json!({ "sheetId": matrix.sheet["id"] }));
    let all = all["drafts"].as_array().unwrap();
    assert!(all.len() == 20 && all.iter().all(|draft| draft["outline"] == text), "the client's own asking");
    let ids = honjo.data("{ drafts { id version } }", json!({}))["drafts"].take();
    let one = "query($id: ID!) { node(id: $id) { ... on Draft { outline } } }";
    for draft in ids.as_array().unwrap() {
        assert_eq!(honjo.data(one, json!({ "id": draft["id"] }))["node"]["outline"], text);
    }
    let again: String = (0..20).map(|nth| format!("a{nth}: drafts {{ outline merged }} ")).collect();
    let answer = honjo.graphql(&format!("{{ {again} }}"), json!({}));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "COMPLEXITY_LIMIT", "{answer}");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("大きすぎます"));
    assert_eq!(answer["data"], Value::Null);
}

#[test]
fn nobody_else_sees_or_discards_it() {
    let app = TestApp::demo();
    let (honjo, hub, stranger) = (app.sign_in("honjo"), app.sign_in("hub"), app.client());
    let matrix = Matrix::read(&honjo);
    let input = of_entry(&matrix, "○わたしの文", 1);
    let draft = kept(save(&honjo, &input));
    assert_eq!(drafts(&hub, &Value::Null), [] as [Value; 0]);
    discard(&hub, &where_it_is(&input));
    let node = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(hub.data(node, json!({ "id": draft["id"] }))["node"], Value::Null);
    assert_eq!(stranger.refused("{ drafts { id } }", json!({})), "SIGNED_OUT");
    assert_eq!(stranger.refused(node, json!({ "id": draft["id"] })), "SIGNED_OUT");
    let letting_go = "mutation($input: DiscardDraftInput!) { discardDraft(input: $input) }";
    assert_eq!(stranger.refused(letting_go, json!({ "input": where_it_is(&input) })), "SIGNED_OUT");
    kept(save(&hub, &of_entry(&matrix, "○拠点の文", 2)));
    assert_eq!(drafts(&honjo, &Value::Null), [draft]);
    assert_eq!(save(&stranger, &input)["code"], "SIGNED_OUT");
}

#[test]
fn it_is_out_of_reach_while_its_region_is() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let draft = kept(save(&honjo, &of_entry(&Matrix::read(&honjo), "○わたしの文", 1)));
    let node = || {
        honjo.data("query($id: ID!) { node(id: $id) { id } }", json!({ "id": draft["id"] }))["node"].take()
    };
    assert_eq!(node()["id"], draft["id"]);
    app.execute("DELETE FROM membership WHERE account_id = (SELECT id FROM account WHERE login = 'honjo')");
    assert_eq!(node(), Value::Null);
}

#[test]
fn one_place_and_device_has_one_draft_and_the_newest_stays() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let first = kept(save(&honjo, &of_entry(&matrix, "○一", 1)));
    let third = kept(save(&honjo, &of_entry(&matrix, "○三", 3)));
    assert_eq!(third["id"], first["id"]);
    assert_eq!(kept(save(&honjo, &of_entry(&matrix, "○二", 2))), third, "it was typed before");
    assert_eq!(
        kept(save(&honjo, &of_entry(&matrix, "○三の二", 3)))["outline"],
        "○三の二",
        "in the same moment"
    );
    let mut elsewhere = of_entry(&matrix, "○家で", 2);
    elsewhere["deviceId"] = json!("PC-2");
    let elsewhere = kept(save(&honjo, &elsewhere));
    assert_ne!(elsewhere["id"], first["id"]);
    assert_eq!(drafts(&honjo, &Value::Null).len(), 2);
}

#[test]
fn a_draft_is_discarded_once_and_not_if_it_was_typed_in_since() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let input = of_entry(&Matrix::read(&honjo), "○文", 5);
    kept(save(&honjo, &input));
    let mut place = where_it_is(&input);
    place["typedAt"] = json!(at(4));
    assert_eq!(discard(&honjo, &place), false);
    assert_eq!(drafts(&honjo, &Value::Null).len(), 1);
    place["typedAt"] = json!(at(5));
    assert_eq!(discard(&honjo, &place), true);
    assert_eq!(drafts(&honjo, &Value::Null).len(), 0);
    assert_eq!(discard(&honjo, &place), true, "twice is as good as once");
    kept(save(&honjo, &input));
    assert_eq!(discard(&honjo, &where_it_is(&input)), true);
}

#[test]
fn a_draft_outlives_its_entry_and_its_rights_but_not_the_right_to_read() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let input = of_entry(&matrix, "○文", 5);
    let draft = kept(save(&honjo, &input));
    let deletion = json!({ "requestId": request_id(), "id": input["entryId"], "version": 1 });
    assert_eq!(app.sign_in("hub").change("deleteEntry", &deletion)["__typename"], "EntryDeleted");
    assert_eq!(drafts(&honjo, &matrix.sheet["id"]), [draft]);
    kept(save(&honjo, &of_entry(&matrix, "○なお書く", 6)));
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    kept(save(&honjo, &of_entry(&matrix, "○固まっても書く", 7)));
    app.execute("DELETE FROM membership");
    assert_eq!(save(&honjo, &of_entry(&matrix, "○文", 8))["code"], "NOT_FOUND");
    assert_eq!(drafts(&honjo, &Value::Null), [] as [Value; 0]);
}

#[test]
fn what_is_no_place_is_refused() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let good = of_entry(&matrix, "○文", 1);
    for (field, value, code) in [
        ("sheetId", json!(request_id()), "NOT_FOUND"),
        ("sheetId", json!("?"), "NOT_FOUND"),
        ("entryId", json!(request_id()), "NOT_FOUND"),
        ("entryId", Value::Null, "INVALID"),
        ("deviceId", json!(""), "INVALID"),
        ("deviceId", json!("a\u{0}b"), "INVALID"),
        ("deviceId", json!("名".repeat(101)), "INVALID"),
        ("outline", json!("文".repeat(200_001)), "TOO_LONG"),
        ("merged", json!("文".repeat(200_001)), "TOO_LONG"),
    ] {
        let mut input = good.clone();
        input[field] = value;
        assert_eq!(save(&honjo, &input)["code"], code, "{field}");
    }
    let mut input = good.clone();
    input["entryId"] = Value::Null;
    input["itemId"] = json!(request_id());
    input["facet"] = json!("GOAL");
    assert_eq!(save(&honjo, &input)["code"], "INVALID", "no year");
    input["fiscalYear"] = json!(2026);
    assert_eq!(save(&honjo, &input)["code"], "NOT_FOUND", "no such item");
    let mut odd = good;
    odd["outline"] = json!("○文\u{0}");
    assert_eq!(kept(save(&honjo, &odd))["outline"], "○文\u{fffd}", "no database stores this one alike");
}

#[test]
fn there_is_room_for_five_hundred_and_the_next_is_refused_in_words() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let on = |device: usize, second| {
        let mut input = of_entry(&matrix, "○文", second);
        input["deviceId"] = json!(format!("PC-{device}"));
        input
    };
    for device in 0..500 {
        kept(save(&honjo, &on(device, 1)));
    }
    let refused = save(&honjo, &on(500, 1));
    assert_eq!(refused["code"], "TOO_LONG");
    assert!(refused["message"].as_str().unwrap().contains("保存していない入力が多すぎます"));
    kept(save(&app.sign_in("hub"), &on(500, 1)));
    kept(save(&honjo, &on(7, 2)));
    let all = honjo.data(OWN, json!({ "sheetId": matrix.sheet["id"] }))["drafts"].take();
    assert_eq!(all.as_array().unwrap().len(), 500, "none had to go, and the client has them all");
    assert_eq!(discard(&honjo, &where_it_is(&on(7, 2))), true);
    kept(save(&honjo, &on(500, 1)));
}

#[test]
fn of_saves_at_the_same_moment_the_one_that_was_typed_last_stays() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let token = honjo.token();
    std::thread::scope(|scope| {
        for second in 0..8 {
            let (client, input) = (app.client(), of_entry(&matrix, &format!("○{second}"), second));
            client.use_token(token.clone());
            scope.spawn(move || kept(save(&client, &input)));
        }
    });
    let kept = drafts(&honjo, &Value::Null);
    assert_eq!((kept.len(), &kept[0]["outline"]), (1, &json!("○7")));
}

#[test]
fn a_filled_database_of_the_program_before_is_brought_up_to_date() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let entry = &matrix.entries_of("ア", "GOAL")[0];
    assert_eq!(honjo.change("updateEntry", &edit(entry, "前の版で書いた文"))["__typename"], "EntrySaved");
    app.execute("DROP TABLE draft");
    assert_eq!(app.execute("DELETE FROM seaql_migrations WHERE version = 'm0002_draft'"), 1);
    let opened = tokio::runtime::Runtime::new().unwrap().block_on(Db::open(app.database.url()));
    assert!(opened.is_ok(), "{:?}", opened.err());
    let again = app.client().sign_in("honjo", PASSWORD);
    assert_eq!(Matrix::read(&again).entry(&entry["id"])["body"], "前の版で書いた文");
    kept(save(&again, &of_entry(&matrix, "○文", 1)));
}
