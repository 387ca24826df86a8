//! What concerns somebody: one list, for them alone, read and unread, told live, and leading to the place.

use renkei_tests::{Client, Matrix, Socket, TestApp, edit, request_id};
use serde_json::{Value, json};
use std::time::Duration;

const NOTICES: &str = "query($first: Int, $after: String, $unread: Boolean) {
    notices(first: $first, after: $after, unread: $unread) { totalCount unreadCount
        edges { cursor node { id kind readAt region { name } sheet { id fiscalYear }
            change { byName byOrganization summary at } comment { body } snapshot { label }
            thread { id item { code } facet fiscalYear entry { id body } } } }
        pageInfo { hasNextPage hasPreviousPage endCursor } } }";

fn list(client: &Client) -> Value {
    client.data(NOTICES, json!({ "first": 100 }))["notices"].take()
}

/// Kinds, the newest first.
fn kinds(client: &Client) -> Vec<String> {
    let list = list(client);
    let kind = |edge: &Value| edge["node"]["kind"].as_str().unwrap().to_owned();
    list["edges"].as_array().unwrap().iter().map(kind).collect()
}

fn unread(client: &Client) -> i64 {
    let query = "{ notices(first: 0) { unreadCount edges { cursor } } }";
    client.data(query, json!({}))["notices"]["unreadCount"].as_i64().unwrap()
}

fn act(client: &Client, mutation: &str, kind: &str, input: Value) -> Value {
    let mut input = input;
    input["requestId"] = json!(request_id());
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ __typename
            ... on ThreadSaved {{ thread {{ id comments {{ id }} }} }} ... on Refusal {{ code }} }} }}"
    );
    let mut payload = client.data(&document, json!({ "input": input }))[mutation].take();
    assert_eq!(payload["__typename"], "ThreadSaved", "{payload}");
    payload["thread"].take()
}

fn begin(client: &Client, matrix: &Matrix, entry: &Value, body: &str, mentions: &[Value]) -> Value {
    let input = json!({ "sheetId": matrix.sheet["id"], "entryId": entry["id"], "body": body, "mentionIds": mentions });
    act(client, "createThread", "CreateThreadInput", input)
}

fn answer(client: &Client, thread: &Value, body: &str) -> Value {
    act(client, "addComment", "AddCommentInput", json!({ "threadId": thread["id"], "body": body }))
}

fn settle(client: &Client, mutation: &str, thread: &Value) {
    act(client, mutation, "ThreadInput", json!({ "threadId": thread["id"] }));
}

fn read(client: &Client, input: Value) -> Value {
    let document = "mutation($input: ReadNoticesInput!) { readNotices(input: $input) { __typename
        ... on NoticesRead { unreadCount } ... on Refusal { code field } } }";
    client.data(document, json!({ "input": input }))["readNotices"].take()
}

fn snapshot(client: &Client, matrix: &Matrix, label: &str) {
    let document = "mutation($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }";
    let input = json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "label": label });
    assert_eq!(
        client.data(document, json!({ "input": input }))["createSnapshot"]["__typename"],
        "SnapshotCreated"
    );
}

#[test]
fn whoever_took_part_hears_of_the_answer_and_whose_entry_it_is_of_the_comment() {
    let app = TestApp::demo();
    let [hub, honjo, misato, viewer] = ["hub", "honjo", "misato", "hokenjo"].map(|login| app.sign_in(login));
    let matrix = Matrix::read(&hub);
    // 美里町 has written an entry, 本庄市 owns another one.
    let theirs = honjo.change("createEntry", &{
        let mut input = matrix.new_entry("ア", "GOAL", "本庄市の取組");
        input["ownerId"] = matrix.organization("本庄市");
        input
    })["entry"]
        .clone();
    let written = matrix.entries_of("イ", "STATUS")[0].clone();
    misato.change("updateEntry", &edit(&written, "美里町が書いた。"));

    let thread = begin(&viewer, &matrix, &written, "いつですか。", &[]);
    assert_eq!((kinds(&misato), kinds(&honjo), kinds(&hub)), (vec!["COMMENT".to_owned()], vec![], vec![]));
    answer(&misato, &thread, "秋です。");
    assert_eq!(kinds(&viewer), ["REPLY"], "whoever asked hears of the answer");
    answer(&hub, &thread, "10月です。");
    assert_eq!(
        (kinds(&viewer), kinds(&misato)),
        (vec!["REPLY".to_owned(); 2], ["REPLY", "COMMENT"].map(str::to_owned).to_vec())
    );
    assert_eq!(kinds(&hub), Vec::<String>::new(), "nobody is told of their own words");
    settle(&viewer, "resolveThread", &thread);
    assert_eq!((kinds(&misato)[0].as_str(), kinds(&hub)[0].as_str()), ("RESOLVED", "RESOLVED"));
    settle(&hub, "reopenThread", &thread);
    assert_eq!((kinds(&misato)[0].as_str(), kinds(&viewer)[0].as_str()), ("REOPENED", "REOPENED"));

    begin(&viewer, &matrix, &theirs, "予算は。", &[]);
    assert_eq!(kinds(&honjo), ["COMMENT"], "it belongs to their organisation");
    let told = list(&honjo)["edges"][0]["node"].take();
    assert_eq!(told["comment"]["body"], "予算は。");
    assert_eq!(told["change"]["byOrganization"], "本庄保健所");
    assert_eq!(
        (&told["thread"]["entry"]["id"], &told["thread"]["item"]["code"]),
        (&theirs["id"], &json!("ア"))
    );
    assert_eq!(
        (&told["sheet"]["id"], &told["region"]["name"]),
        (&matrix.sheet["id"], &json!("本庄市児玉郡"))
    );

    // A mention counts more than that it is one's own entry, and is told once.
    begin(&viewer, &matrix, &theirs, "もう一度。", &[matrix.organization("本庄市")]);
    assert_eq!(kinds(&honjo), ["MENTION", "COMMENT"]);
}

#[test]
fn those_who_edit_hear_of_a_snapshot() {
    let app = TestApp::demo();
    let approver = app.sign_in("hub-approver");
    let matrix = Matrix::read(&approver);
    snapshot(&approver, &matrix, "第1回協議会");
    for (login, told) in [("hub", 1), ("honjo", 1), ("hokenjo", 0), ("hub-approver", 0)] {
        let list = list(&app.sign_in(login));
        assert_eq!(list["totalCount"], told, "{login}");
        if told == 1 {
            let node = &list["edges"][0]["node"];
            assert_eq!(
                (&node["kind"], &node["snapshot"]["label"]),
                (&json!("SNAPSHOT"), &json!("第1回協議会"))
            );
            assert_eq!((&node["thread"], &node["sheet"]["fiscalYear"]), (&Value::Null, &json!(2026)));
        }
    }
}

#[test]
fn what_was_opened_is_read_and_so_is_what_was_answered() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let town = matrix.organization("本庄市");
    let entries = matrix.entries();
    let threads: Vec<Value> = (0..6)
        .map(|nth| begin(&hub, &matrix, &entries[nth], &format!("{nth}"), std::slice::from_ref(&town)))
        .collect();
    assert_eq!(unread(&honjo), 6);
    answer(&honjo, &threads[0], "はい。");
    assert_eq!(unread(&honjo), 5, "an answer reads what it answers");
    let node = |nth: usize| list(&honjo)["edges"][nth]["node"].take();
    assert_eq!(
        read(&honjo, json!({ "ids": [node(0)["id"]] })),
        json!({ "__typename": "NoticesRead", "unreadCount": 4 })
    );
    assert!(node(0)["readAt"].is_string() && node(1)["readAt"].is_null());
    assert_eq!(read(&honjo, json!({ "threadIds": [threads[1]["id"], threads[2]["id"]] }))["unreadCount"], 2);
    // Somebody else's are left alone, and nothing is no fault.
    assert_eq!(
        read(&hub, json!({ "ids": [node(1)["id"]], "threadIds": [threads[3]["id"]] }))["unreadCount"],
        1
    );
    assert_eq!(read(&honjo, json!({}))["unreadCount"], 2);
    let newest = node(0)["id"].clone();
    begin(&hub, &matrix, &entries[9], "後から", std::slice::from_ref(&town));
    assert_eq!(
        read(&honjo, json!({ "untilId": newest }))["unreadCount"],
        1,
        "not what came after the list was read"
    );
    let only = |unread: bool| {
        let list = honjo.data(NOTICES, json!({ "first": 100, "unread": unread }))["notices"].take();
        list["edges"].as_array().unwrap().len()
    };
    assert_eq!((only(true), only(false)), (1, 6));
    let many: Vec<String> = (0..501).map(|_| request_id()).collect();
    assert_eq!(read(&honjo, json!({ "ids": many }))["code"], "TOO_LONG");
    assert_eq!(read(&app.client(), json!({}))["code"], "SIGNED_OUT");
}

#[test]
fn what_was_withdrawn_or_is_no_longer_theirs_to_read_is_not_told() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let town = matrix.organization("本庄市");
    let thread = begin(&hub, &matrix, &matrix.entries()[0], "まちがえた。", std::slice::from_ref(&town));
    begin(&hub, &matrix, &matrix.entries()[1], "こちらです。", std::slice::from_ref(&town));
    let input = json!({ "commentId": thread["comments"][0]["id"] });
    act(&hub, "withdrawComment", "WithdrawCommentInput", input);
    assert_eq!((kinds(&honjo).len(), unread(&honjo)), (1, 1));
    let id = list(&honjo)["edges"][0]["node"]["id"].take();
    let node = |client: &Client| {
        client.data("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id }))["node"].take()
    };
    assert_eq!((node(&honjo)["id"].clone(), node(&hub)), (id.clone(), Value::Null));
    app.execute("DELETE FROM membership WHERE account_id = (SELECT id FROM account WHERE login = 'honjo')");
    assert_eq!(
        (list(&honjo)["totalCount"].clone(), unread(&honjo), node(&honjo)),
        (json!(0), 0, Value::Null)
    );
    // Whoever has no role any more is not told of what comes.
    let before = app.count("notice");
    answer(&hub, &thread, "ほかの人にも。");
    assert_eq!(app.count("notice"), before);
}

#[test]
fn the_list_comes_page_by_page_in_a_constant_number_of_statements() {
    let app = TestApp::demo();
    let (hub, misato) = (app.sign_in("hub"), app.sign_in("misato"));
    let matrix = Matrix::read(&hub);
    let town = matrix.organization("美里町");
    for (nth, entry) in matrix.entries().iter().take(7).enumerate() {
        begin(&hub, &matrix, entry, &format!("{nth}"), std::slice::from_ref(&town));
    }
    let (mut told, mut after) = (String::new(), Value::Null);
    loop {
        let page = misato.data(NOTICES, json!({ "first": 3, "after": after }))["notices"].take();
        for edge in page["edges"].as_array().unwrap() {
            told += edge["node"]["comment"]["body"].as_str().unwrap();
        }
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        begin(&hub, &matrix, &matrix.entries()[20], "新しい", std::slice::from_ref(&town));
    }
    assert_eq!(told, "6543210");
    let cost = |first: i32| app.fewest_statements(|| drop(misato.data(NOTICES, json!({ "first": first }))));
    assert_eq!(cost(2), cost(9));
    assert!(cost(9) <= 24, "{}", cost(9));
}

#[test]
fn whom_it_concerns_is_told_at_once_whatever_sheet_is_open() {
    let app = TestApp::demo();
    let (hub, honjo, misato) = (app.sign_in("hub"), app.sign_in("honjo"), app.sign_in("misato"));
    let matrix = Matrix::read(&hub);
    let watch = |client: &Client| {
        let mut socket = Socket::greeted(&app.url, client);
        let query = "subscription($sheet: ID!) { sheetEvents(sheetId: $sheet) { __typename
            ... on NoticesChanged { unreadCount seq } ... on ThreadChanged { change { seq } } } }";
        socket.subscribe("events", query, json!({ "sheet": matrix.sheet["id"] }));
        assert_eq!(socket.event()["__typename"], "PresenceChanged");
        socket
    };
    let (mut theirs, mut others) = (watch(&honjo), watch(&misato));
    begin(&hub, &matrix, &matrix.entries()[0], "見てください。", &[matrix.organization("本庄市")]);
    assert_eq!(theirs.change()["__typename"], "ThreadChanged");
    let told = theirs.change();
    assert_eq!((&told["__typename"], &told["unreadCount"]), (&json!("NoticesChanged"), &json!(1)));
    assert_eq!(others.change()["__typename"], "ThreadChanged");
    assert_eq!(others.within(Duration::from_millis(500)), None, "it does not concern them");
    // By asking, too.
    let after = "query($sheet: ID!, $seq: Int!) { sheetEvents(sheetId: $sheet, afterSeq: $seq) { __typename ... on NoticesChanged { unreadCount } } }";
    let seq = told["seq"].as_i64().unwrap() - 1;
    let events = honjo.data(after, json!({ "sheet": matrix.sheet["id"], "seq": seq }))["sheetEvents"].take();
    let kinds: Vec<&str> =
        events.as_array().unwrap().iter().map(|event| event["__typename"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ThreadChanged", "NoticesChanged", "PresenceChanged"]);
}

#[test]
fn each_sheet_says_what_waits_and_what_is_new_since_the_last_visit() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let document = "{ regionPage { edges { node { sheets { id news { drafts notices changes lastVisit { seq } } } } } } }";
    let news = |client: &Client| {
        client.data(document, json!({}))["regionPage"]["edges"][0]["node"]["sheets"][0]["news"].take()
    };
    assert_eq!(news(&honjo), json!({ "drafts": 0, "notices": 0, "changes": 0, "lastVisit": null }));
    let visit = "mutation($input: NoteVisitInput!) { noteVisit(input: $input) }";
    let seen = json!({ "sheetId": matrix.sheet["id"], "seq": matrix.seq() });
    honjo.data(visit, json!({ "input": seen }));
    // Half an hour and a minute go by.
    app.execute("UPDATE visit SET at = at - 1860000, previous_at = previous_at - 1860000");
    let draft = json!({ "sheetId": matrix.sheet["id"], "deviceId": "PC", "entryId": matrix.entries()[0]["id"],
        "outline": "○書きかけ", "version": 1, "typedAt": "2026-02-06T01:23:45.678Z" });
    honjo.data(
        "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename } }",
        json!({ "input": draft }),
    );
    hub.change("createEntry", &matrix.new_entry("ア", "GOAL", "新しい目標"));
    honjo.change("createEntry", &matrix.new_entry("ア", "GOAL", "自分の目標"));
    begin(&hub, &matrix, &matrix.entries()[1], "見てください。", &[matrix.organization("本庄市")]);
    assert_eq!(
        news(&honjo),
        json!({ "drafts": 1, "notices": 1, "changes": 2, "lastVisit": { "seq": matrix.seq() } }),
        "what one has done oneself is not new"
    );
    for nth in 0..60 {
        hub.change("createEntry", &matrix.new_entry("イ", "PLAN", &format!("{nth}")));
    }
    assert_eq!(news(&honjo)["changes"], 50, "it is counted up to fifty");
    assert_eq!(news(&hub)["lastVisit"], Value::Null, "each their own");
}
