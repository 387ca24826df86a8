//! Comments through the API: where they stand, for whom they wait, who may, and that no word of them is lost.

use renkei_tests::{Client, Matrix, Socket, TestApp, client_operation, request_id};
use serde_json::{Value, json};

const THREAD: &str =
    "fragment T on Thread { id sheetId item { code } facet fiscalYear entry { id body deletedAt }
    resolvedAt resolvedByName waitsForViewer viewerCanComment
    comments { id body by { login } byName byOrganization withdrawnAt
        mentions { __typename ... on Organization { name } ... on Account { login } } } }";

/// One of the mutations, with all that its payload can say.
fn act(client: &Client, mutation: &str, input: Value) -> Value {
    let mut input = input;
    if input.get("requestId").is_none() {
        input["requestId"] = json!(request_id());
    }
    let kind = match mutation {
        "createThread" => "CreateThreadInput",
        "addComment" => "AddCommentInput",
        "withdrawComment" => "WithdrawCommentInput",
        _ => "ThreadInput",
    };
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ __typename
            ... on ThreadSaved {{ thread {{ ...T }} change {{ seq action summary byName }} }}
            ... on Refusal {{ code message field }} }} }} {THREAD}"
    );
    client.data(&document, json!({ "input": input }))[mutation].take()
}

#[track_caller]
fn saved(client: &Client, mutation: &str, input: Value) -> Value {
    let mut payload = act(client, mutation, input);
    assert_eq!(payload["__typename"], "ThreadSaved", "{payload}");
    payload["thread"].take()
}

#[track_caller]
fn refused(client: &Client, mutation: &str, input: Value) -> (String, String) {
    let payload = act(client, mutation, input);
    assert_eq!(payload["__typename"], "Refusal", "{payload}");
    let text = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("field"))
}

fn on_entry(matrix: &Matrix, entry: &Value, body: &str, mentions: &[Value]) -> Value {
    json!({ "sheetId": matrix.sheet["id"], "entryId": entry["id"], "body": body, "mentionIds": mentions })
}

fn on_cell(matrix: &Matrix, code: &str, facet: &str, body: &str) -> Value {
    json!({
        "sheetId": matrix.sheet["id"], "itemId": matrix.item(code), "facet": facet,
        "fiscalYear": matrix.cell(code, facet)["fiscalYear"], "body": body,
    })
}

fn answer(thread: &Value, body: &str) -> Value {
    json!({ "threadId": thread["id"], "body": body })
}

fn threads(client: &Client, matrix: &Matrix, resolved: Value) -> Vec<Value> {
    let document = format!(
        "query($id: ID!, $resolved: Boolean) {{ node(id: $id) {{ ... on Sheet {{ threads(resolved: $resolved) {{ ...T }} }} }} }} {THREAD}"
    );
    let variables = json!({ "id": matrix.sheet["id"], "resolved": resolved });
    client.data(&document, variables)["node"]["threads"].as_array().unwrap().clone()
}

fn waiting(client: &Client) -> (Vec<String>, i64) {
    let document = "{ waitingThreads { totalCount edges { node { comments { body } } } } }";
    let found = client.data(document, json!({}))["waitingThreads"].take();
    let first = |edge: &Value| edge["node"]["comments"][0]["body"].as_str().unwrap().to_owned();
    let bodies = found["edges"].as_array().unwrap().iter().map(first).collect();
    (bodies, found["totalCount"].as_i64().unwrap())
}

/// The accounts of the region, by their logins.
fn account(client: &Client, login: &str) -> Value {
    let accounts = client.data("{ regions { accounts { id login } } }", json!({}));
    let accounts = accounts["regions"][0]["accounts"].as_array().unwrap().clone();
    accounts.into_iter().find(|one| one["login"] == login).unwrap()["id"].take()
}

#[test]
fn a_viewer_asks_a_town_answers_and_it_is_resolved_and_opened_again() {
    let app = TestApp::demo();
    let (viewer, honjo) = (app.sign_in("hokenjo"), app.sign_in("honjo"));
    let matrix = Matrix::read(&viewer);
    let entry = matrix.entries_of("イ", "STATUS")[0].clone();
    let before = matrix.seq();
    let town = matrix.organization("本庄市");
    let text = "回数を\n確かめて　ください。";
    let thread = saved(&viewer, "createThread", on_entry(&matrix, &entry, text, &[town]));
    assert_eq!(thread["comments"][0]["body"], text, "kept as typed, line breaks too");
    assert_eq!(
        thread["comments"][0]["mentions"],
        json!([{ "__typename": "Organization", "name": "本庄市" }])
    );
    assert_eq!(
        (&thread["sheetId"], &thread["entry"]["id"], &thread["item"]["code"]),
        (&matrix.sheet["id"], &entry["id"], &json!("イ"))
    );
    assert_eq!((waiting(&honjo).1, waiting(&viewer).1), (1, 0));

    let answered = saved(&honjo, "addComment", answer(&thread, "12回です。"));
    assert_eq!(answered["comments"][1]["byName"], "本庄市 担当者");
    assert_eq!(waiting(&honjo).1, 0, "the last word is theirs");

    let resolved = act(&viewer, "resolveThread", json!({ "threadId": thread["id"] }));
    assert_eq!(resolved["change"]["action"], "RESOLVE");
    assert_eq!(resolved["thread"]["resolvedByName"], "保健所 担当者");
    let again = act(&honjo, "resolveThread", json!({ "threadId": thread["id"] }));
    assert_eq!(
        (&again["__typename"], &again["change"]),
        (&json!("ThreadSaved"), &Value::Null),
        "it is so already"
    );
    assert_eq!(threads(&viewer, &matrix, json!(false)).len(), 0);
    assert_eq!(threads(&viewer, &matrix, json!(true)).len(), 1);
    let reopened = saved(&honjo, "reopenThread", json!({ "threadId": thread["id"] }));
    assert_eq!(reopened["resolvedAt"], Value::Null);
    saved(&viewer, "resolveThread", json!({ "threadId": thread["id"] }));
    let late = saved(&honjo, "addComment", answer(&thread, "もう一つあります。"));
    assert_eq!(late["resolvedAt"], Value::Null, "an answer is to be seen");
    assert_eq!(Matrix::read(&viewer).seq(), before + 6, "one change each, none for nothing");
}

#[test]
fn it_waits_for_whom_it_mentions_until_they_had_a_word() {
    let app = TestApp::demo();
    let (hub, approver, misato) = (app.sign_in("hub"), app.sign_in("hub-approver"), app.sign_in("misato"));
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries_of("ウ", "PLAN")[0].clone();
    let ours = matrix.organization("在宅医療連携拠点");
    let of_all = saved(&misato, "createThread", on_entry(&matrix, &entry, "拠点の方へ", &[ours]));
    let person = account(&hub, "hub");
    let of_one = saved(&misato, "createThread", on_entry(&matrix, &entry, "担当の方へ", &[person]));
    assert_eq!(waiting(&hub).0, ["担当の方へ", "拠点の方へ"], "the newest word first");
    assert_eq!(waiting(&approver).0, ["拠点の方へ"]);
    // A colleague's word is the organisation's; a person's is their own.
    saved(&approver, "addComment", answer(&of_all, "承知しました。"));
    saved(&approver, "addComment", answer(&of_one, "伝えます。"));
    assert_eq!(waiting(&hub).0, ["担当の方へ"]);
    let seen = threads(&hub, &matrix, Value::Null);
    let waits: Vec<bool> = seen.iter().map(|thread| thread["waitsForViewer"] == true).collect();
    assert_eq!(waits, [false, true], "told the same with the thread");
    saved(&misato, "addComment", answer(&of_all, "お願いします。"));
    assert_eq!(waiting(&approver).0, ["拠点の方へ"], "it is their turn again");
    saved(&hub, "resolveThread", json!({ "threadId": of_all["id"] }));
    assert_eq!(waiting(&approver).1, 0);
}

#[test]
fn what_waits_comes_page_by_page() {
    let app = TestApp::demo();
    let (hub, misato) = (app.sign_in("hub"), app.sign_in("misato"));
    let matrix = Matrix::read(&hub);
    let town = matrix.organization("美里町");
    for (n, entry) in matrix.entries().iter().take(5).enumerate() {
        saved(&hub, "createThread", on_entry(&matrix, entry, &format!("{n}"), std::slice::from_ref(&town)));
    }
    let document = "query($after: String) { waitingThreads(first: 2, after: $after) { totalCount
        edges { cursor node { id comments { body } } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let (mut told, mut after, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let page = misato.data(document, json!({ "after": after }))["waitingThreads"].take();
        assert_eq!(page["totalCount"], 5);
        let edges = page["edges"].as_array().unwrap();
        told.extend(
            edges.iter().map(|edge| edge["node"]["comments"][0]["body"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        // What is said meanwhile moves nothing behind the cursor.
        let newest = json!({ "threadId": edges[0]["node"]["id"], "body": "追伸" });
        saved(&hub, "addComment", newest);
    }
    assert_eq!((told.join(""), pages), ("43210".to_owned(), 3));
    let wrong = misato.graphql(document, json!({ "after": "x" }));
    assert!(wrong["errors"][0]["message"].as_str().unwrap().contains("cursor"), "{wrong}");
}

#[test]
fn a_long_list_is_the_clients_and_not_anybodys_with_all_in_it() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entry = &matrix.entries_of("ア", "GOAL")[0];
    let thread = saved(&hub, "createThread", on_entry(&matrix, entry, "一つ目", &[]));
    for nth in 1..200 {
        saved(&hub, "addComment", answer(&thread, &format!("{nth}")));
    }
    for nth in 1..100 {
        saved(&hub, "createThread", on_entry(&matrix, entry, &format!("{nth}"), &[]));
    }
    let place = json!({ "regionId": matrix.region["id"], "fiscalYear": 2026 });
    let beside = hub.data(&client_operation("Beside"), place.clone());
    let beside = beside["sheet"]["threads"].as_array().unwrap();
    assert_eq!((beside.len(), beside[0]["comments"].as_array().unwrap().len()), (100, 200));
    let ask = |set: &str| {
        let document = format!(
            "query($regionId: ID!, $fiscalYear: Int!) {{ sheet(regionId: $regionId, fiscalYear: $fiscalYear) {{ {set} }} }}"
        );
        hub.graphql(&document, place.clone())
    };
    let ids = ask("threads { id }");
    assert_eq!(ids["data"]["sheet"]["threads"].as_array().unwrap().len(), 100, "{ids}");
    let one = "query($id: ID!) { node(id: $id) { ... on Thread { comments { id body at byName byOrganization } } } }";
    let one = hub.data(one, json!({ "id": thread["id"] }));
    assert_eq!(one["node"]["comments"].as_array().unwrap().len(), 200);
    let lines =
        "id item { code } entry { id body } comments { id body at by { name } byName byOrganization }";
    for set in [
        (0..20).map(|nth| format!("a{nth}: threads {{ {lines} }} ")).collect(),
        format!("rows {{ cells {{ entries {{ threads {{ {lines} }} }} }} }}"),
    ] {
        let answer = ask(&set);
        assert_eq!(answer["errors"][0]["extensions"]["code"], "COMPLEXITY_LIMIT", "{set}");
    }
}

#[test]
fn a_comment_on_a_cell_and_ones_own_taken_back() {
    let app = TestApp::demo();
    let (honjo, hub) = (app.sign_in("honjo"), app.sign_in("hub"));
    let matrix = Matrix::read(&honjo);
    let thread = saved(&honjo, "createThread", on_cell(&matrix, "ア", "GOAL", "見直しましょう。"));
    assert_eq!((&thread["entry"], &thread["facet"]), (&Value::Null, &json!("GOAL")));
    let comment = json!({ "commentId": thread["comments"][0]["id"] });
    assert_eq!(refused(&hub, "withdrawComment", comment.clone()).0, "FORBIDDEN");
    let withdrawn = act(&honjo, "withdrawComment", comment.clone());
    assert_eq!(withdrawn["thread"]["comments"][0]["body"], "");
    assert!(withdrawn["thread"]["comments"][0]["withdrawnAt"].is_string());
    let again = act(&honjo, "withdrawComment", comment);
    assert_eq!(again["change"], Value::Null);
    // The log keeps what was said, and the cell's history tells of it.
    let kept: Vec<String> = app.select("SELECT CAST(before AS TEXT) FROM change WHERE action = 'WITHDRAW'");
    assert!(kept[0].contains("見直しましょう。"), "{kept:?}");
    let log = "query($id: ID!, $item: ID!) { node(id: $id) { ... on Sheet {
        changes(first: 2, itemId: $item, facet: GOAL, fiscalYear: 2026) { edges { node { action summary } } } } } }";
    let log = hub.data(log, json!({ "id": matrix.sheet["id"], "item": matrix.item("ア") }));
    let edges = &log["node"]["changes"]["edges"];
    assert_eq!(edges[0]["node"]["action"], "WITHDRAW");
    assert_eq!(edges[1]["node"]["summary"], "（ア）令和8年度の目標にコメント");
}

#[test]
fn a_thread_goes_with_its_entry() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries_of("ア", "GOAL")[0].clone();
    let thread = saved(&hub, "createThread", on_entry(&matrix, &entry, "どこへ", &[]));
    let input =
        json!({ "requestId": request_id(), "id": entry["id"], "version": 1, "itemId": matrix.item("イ") });
    hub.change("moveEntry", &input);
    assert_eq!(threads(&hub, &matrix, Value::Null)[0]["item"]["code"], "イ");
    hub.change("deleteEntry", &json!({ "requestId": request_id(), "id": entry["id"], "version": 2 }));
    let left = threads(&hub, &matrix, Value::Null);
    assert!(left[0]["entry"]["deletedAt"].is_string(), "what was said about it stays: {left:?}");
    saved(&hub, "addComment", answer(&thread, "まだ話せます。"));
    let new = on_entry(&matrix, &entry, "新しく", &[]);
    assert_eq!(refused(&hub, "createThread", new).0, "NOT_FOUND", "a new one needs something to be about");
}

#[test]
fn everybody_comments_until_the_sheet_is_fixed_and_strangers_never() {
    let app = TestApp::demo();
    let (hub, viewer) = (app.sign_in("hub"), app.sign_in("hokenjo"));
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries_of("ア", "GOAL")[0].clone();
    let thread = saved(&viewer, "createThread", on_entry(&matrix, &entry, "一つ目", &[]));
    app.execute("UPDATE sheet SET phase = 'REVIEW'");
    saved(&viewer, "addComment", answer(&thread, "確認中にも"));
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    for client in [&hub, &viewer] {
        let comment = json!({ "commentId": thread["comments"][0]["id"] });
        for (mutation, input) in [
            ("createThread", on_entry(&matrix, &entry, "遅い", &[])),
            ("addComment", answer(&thread, "遅い")),
            ("resolveThread", json!({ "threadId": thread["id"] })),
            ("reopenThread", json!({ "threadId": thread["id"] })),
            ("withdrawComment", comment),
        ] {
            assert_eq!(refused(client, mutation, input).0, "PHASE", "{mutation}");
        }
    }
    assert_eq!(threads(&viewer, &matrix, Value::Null)[0]["viewerCanComment"], false);
    let nobody = app.client();
    assert_eq!(refused(&nobody, "addComment", answer(&thread, "だれ")).0, "SIGNED_OUT");
    assert_eq!(nobody.refused("{ waitingThreads { totalCount } }", json!({})), "SIGNED_OUT");
}

#[test]
fn another_regions_people_see_and_say_nothing() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries_of("ア", "GOAL")[0].clone();
    let town = matrix.organization("美里町");
    let thread = saved(&hub, "createThread", on_entry(&matrix, &entry, "内々の話", &[town]));
    app.execute("DELETE FROM membership WHERE account_id IN (SELECT id FROM account WHERE login = 'misato')");
    let stranger = app.sign_in("misato");
    assert_eq!(waiting(&stranger).1, 0, "mentioned once, but out of the region since");
    for (id, kind) in [(&thread["id"], "Thread"), (&thread["comments"][0]["id"], "Comment")] {
        let query = "query($id: ID!) { node(id: $id) { __typename } }";
        assert_eq!(hub.data(query, json!({ "id": id }))["node"]["__typename"], kind);
        assert_eq!(stranger.data(query, json!({ "id": id }))["node"], Value::Null);
    }
    assert_eq!(refused(&stranger, "addComment", answer(&thread, "私も")).0, "NOT_FOUND");
    assert_eq!(refused(&stranger, "createThread", on_entry(&matrix, &entry, "私も", &[])).0, "NOT_FOUND");
}

#[test]
fn what_cannot_be_said_is_refused_in_words() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries_of("ア", "GOAL")[0].clone();
    let with = |body: &str, mentions: &[Value]| on_entry(&matrix, &entry, body, mentions);
    let many: Vec<Value> = (0..51).map(|_| matrix.organization("美里町")).collect();
    for (input, code, field) in [
        (with(" \n", &[]), "INVALID", "body"),
        (with("\u{200b}\n\u{3164}", &[]), "INVALID", "body"),
        (with("a\u{0}b", &[]), "INVALID", "body"),
        (with(&"長".repeat(2_001), &[]), "TOO_LONG", "body"),
        (with("だれ", &[json!(request_id())]), "INVALID", "mentionIds"),
        (with("多い", &many), "TOO_LONG", "mentionIds"),
        (json!({ "sheetId": matrix.sheet["id"], "body": "どこ" }), "INVALID", "entryId"),
        (
            json!({ "requestId": "x", "sheetId": matrix.sheet["id"], "entryId": entry["id"], "body": "" }),
            "INVALID",
            "requestId",
        ),
    ] {
        assert_eq!(refused(&hub, "createThread", input), (code.to_owned(), field.to_owned()));
    }
    let mut elsewhere = on_cell(&matrix, "ア", "GOAL", "欄");
    elsewhere["fiscalYear"] = json!(2030);
    assert_eq!(refused(&hub, "createThread", elsewhere).0, "NOT_FOUND");
    saved(&hub, "createThread", with(&"長".repeat(2_000), &[]));
}

#[test]
fn the_same_request_says_it_once() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut input = on_entry(&matrix, &matrix.entries()[0], "一度だけ", &[]);
    input["requestId"] = json!(request_id());
    let (first, again) = (saved(&hub, "createThread", input.clone()), saved(&hub, "createThread", input));
    assert_eq!(first["id"], again["id"]);
    assert_eq!(app.count("comment"), 1);
}

#[test]
fn places_and_threads_have_room_and_then_say_so() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries()[0].clone();
    let first = saved(&hub, "createThread", on_entry(&matrix, &entry, "0", &[]));
    for n in 1..100 {
        saved(&hub, "createThread", on_entry(&matrix, &entry, &n.to_string(), &[]));
    }
    assert_eq!(refused(&hub, "createThread", on_entry(&matrix, &entry, "100", &[])).0, "TOO_LONG");
    for n in 1..200 {
        saved(&hub, "addComment", answer(&first, &n.to_string()));
    }
    assert_eq!(refused(&hub, "addComment", answer(&first, "200")).0, "TOO_LONG");
}

#[test]
fn whoever_has_the_sheet_open_hears_of_it() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let mut socket = Socket::greeted(&app.url, &honjo);
    let query = "subscription($id: ID!, $seq: Int) { sheetEvents(sheetId: $id, afterSeq: $seq) { __typename
        ... on ThreadChanged { thread { comments { body } } change { seq action } } } }";
    socket.subscribe("events", query, json!({ "id": matrix.sheet["id"], "seq": matrix.seq() }));
    saved(&hub, "createThread", on_cell(&matrix, "ア", "GOAL", "聞こえますか。"));
    let event = loop {
        let event = socket.event();
        if event["__typename"] != "PresenceChanged" {
            break event;
        }
    };
    assert_eq!(event["__typename"], "ThreadChanged", "{event}");
    assert_eq!(event["thread"]["comments"][0]["body"], "聞こえますか。");
    assert_eq!(event["change"]["seq"], matrix.seq() + 1);
}

#[test]
fn reading_them_takes_as_many_statements_for_one_as_for_many() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let entries = matrix.entries();
    let query =
        "query($id: ID!) { node(id: $id) { ... on Sheet { rows { cells { entries { threads { comments {
        body by { login } mentions { __typename } } } } } } } } }";
    let cost = |all: usize| {
        app.fewest_statements(|| {
            assert_eq!(threads(&hub, &matrix, Value::Null).len(), all);
            hub.data(query, json!({ "id": matrix.sheet["id"] }));
        })
    };
    saved(&hub, "createThread", on_entry(&matrix, &entries[0], "一", &[matrix.organization("美里町")]));
    let one = cost(1);
    for entry in &entries[1..20] {
        saved(&hub, "createThread", on_entry(&matrix, entry, "多", &[account(&hub, "honjo")]));
    }
    assert_eq!(cost(20), one);
}
