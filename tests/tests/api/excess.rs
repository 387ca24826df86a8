//! Documents that ask for too much: refused by name before they are validated, over HTTP and over a socket alike, and
//! for less than an ordinary question costs.

use renkei_server::Config;
use renkei_tests::{Client, Database, Matrix, Socket, TestApp};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// One for each limit, with the code of its error.
fn excessive() -> Vec<(&'static str, String)> {
    let many = |one: &dyn Fn(usize) -> String, times| (0..times).map(one).collect::<Vec<_>>().join(" ");
    let whole = "sheet(regionId: \"r\", fiscalYear: 2026) { rows { cells { entries { id body notes { text } owner { name }
        changes(first: 100) { edges { node { summary by { name } } } } } } } }";
    // Twice as much at each of twenty levels.
    let bomb =
        many(&|nth| format!("fragment F{nth} on Query {{ ...F{next} ...F{next} }}", next = nth + 1), 11);
    // A fragment of many fields in each of many places.
    let wide = many(&|nth| format!("f{nth}"), 1_000);
    let chain = many(&|nth| format!("fragment F{nth} on Query {{ ...F{} }}", nth + 1), 300);
    vec![
        ("DOCUMENT_LIMIT", format!("{{ viewer {{ id }} }} # {}", "x".repeat(300_000))),
        ("DOCUMENT_LIMIT", format!("{{ a(b: \"{}\") }}", "x".repeat(300_000))),
        ("TOKEN_LIMIT", format!("{{ {} }}", many(&|nth| format!("f{nth}"), 10_000))),
        ("TOKEN_LIMIT", format!("{{ a(b: [{}]) }}", "1 ".repeat(10_000))),
        ("TOKEN_LIMIT", format!("query({}) {{ a }}", many(&|nth| format!("$v{nth}: Int"), 3_000))),
        ("NESTING_LIMIT", format!("{}{}", "{ a ".repeat(10_000), "}".repeat(10_000))),
        ("NESTING_LIMIT", "{ a ".repeat(10_000)),
        ("NESTING_LIMIT", format!("{{ a(b: {}{}) }}", "[".repeat(10_000), "]".repeat(10_000))),
        ("NESTING_LIMIT", format!("{{ a(b: {}1{}) }}", "{c:".repeat(10_000), "}".repeat(10_000))),
        ("NESTING_LIMIT", format!("query($a: {}Int{}) {{ a }}", "[".repeat(10_000), "]".repeat(10_000))),
        ("ALIAS_LIMIT", format!("{{ {} }}", many(&|nth| format!("a{nth}: viewer {{ id }}"), 100))),
        ("ALIAS_LIMIT", format!("{{ {} }}", many(&|nth| format!("a{nth}:b(c:1)"), 10_000))),
        (
            "DIRECTIVE_LIMIT",
            format!("{{ viewer {{ id }} {} }}", many(&|nth| format!("f{nth} @skip(if: true)"), 60)),
        ),
        ("DIRECTIVE_LIMIT", "{ viewer { id @a @a @a @a @a @a } }".to_owned()),
        ("DEPTH_LIMIT", format!("{}{}", "{ a ".repeat(30), "}".repeat(30))),
        ("DEPTH_LIMIT", format!("{{ viewer {{ id }} ...F0 }} {chain} fragment F300 on Query {{ a }}")),
        ("DEPTH_LIMIT", format!("{{ {}{} }}", "... { ".repeat(40), "a }".to_owned() + &"}".repeat(39))),
        (
            "DEPTH_LIMIT",
            "{ ...A } fragment A on Query { viewer { id } ...B } fragment B on Query { ...A }".to_owned(),
        ),
        ("REPETITION_LIMIT", format!("{{ viewer {{ {} }} }}", "id ".repeat(100))),
        ("REPETITION_LIMIT", format!("{{ viewer {{ {} }} }}", "... on Account { id } ".repeat(100))),
        ("REPETITION_LIMIT", format!("{{ ...F0 }} {bomb} fragment F11 on Query {{ viewer {{ id }} }}")),
        (
            "SELECTION_LIMIT",
            format!("{{ a {{ {} }} }} fragment W on X {{ {wide} }}", "b { ...W } ".repeat(20)),
        ),
        ("COMPLEXITY_LIMIT", format!("{{ {whole} }}")),
        (
            "COMPLEXITY_LIMIT",
            "{ regions { sheets { rows { cells { entries { id body item { title } owner { name }
            changes(first: 3) { edges { node { summary } } } } } } } } }"
                .to_owned(),
        ),
        (
            "COMPLEXITY_LIMIT",
            "mutation { a: signIn(input: {login: \"a\", password: \"b\"}) { __typename }
            b: signIn(input: {login: \"a\", password: \"b\"}) { __typename } }"
                .to_owned(),
        ),
        (
            "COMPLEXITY_LIMIT",
            "{ a: sheetEvents(sheetId: \"s\", afterSeq: 0) { __typename }
            b: sheetEvents(sheetId: \"s\", afterSeq: 1) { __typename } }"
                .to_owned(),
        ),
    ]
}

/// The message says the limit or what is wrong, and what to do.
#[track_caller]
fn refused(errors: &Value, code: &str, document: &str) {
    let document = document.chars().take(200).collect::<String>();
    assert_eq!(errors[0]["extensions"]["code"], code, "{document}: {errors}");
    let message = errors[0]["message"].as_str().unwrap();
    assert!(message.contains("ください"), "{message}");
    assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
}

#[test]
fn each_is_refused_by_its_name_signed_in_or_not() {
    let app = TestApp::demo();
    for (client, signed_in) in [(app.sign_in("hub"), true), (app.client(), false)] {
        for (code, document) in excessive() {
            let answer = client.graphql(&document, json!({}));
            // Whoever is signed out learns nothing of what the schema is needed for.
            let needs_schema = ["DEPTH_LIMIT", "COMPLEXITY_LIMIT"].contains(&code);
            let signed_out = answer["errors"][0]["extensions"]["code"] == "SIGNED_OUT";
            let code = if !signed_in && needs_schema && signed_out { "SIGNED_OUT" } else { code };
            refused(&answer["errors"], code, &document);
            assert!(answer.get("data").is_none(), "{answer}");
        }
    }
}

#[test]
fn the_same_over_a_socket_which_goes_on() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let mut socket = Socket::greeted(&app.url, &hub);
    for (nth, (code, document)) in excessive().into_iter().enumerate() {
        socket.subscribe(&nth.to_string(), &document, json!({}));
        let message = socket.hear();
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("error"), &json!(nth.to_string())),
            "{message}"
        );
        refused(&message["payload"], code, &document);
    }
    let dear =
        "subscription { sheetEvents(sheetId: \"x\") { ... on SheetChanged { sheet { rows { cells { entries {
        changes(first: 100) { edges { node { entry { difference { text } } } } } } } } } } } }";
    socket.subscribe("dear", dear, json!({}));
    refused(&socket.hear()["payload"], "COMPLEXITY_LIMIT", dear);
    socket.subscribe("last", "{ viewer { login } }", json!({}));
    assert_eq!(socket.hear()["payload"]["data"]["viewer"]["login"], "hub");
}

#[test]
fn variables_count_as_what_they_are() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let region = &matrix.region["id"];
    let scenes = "query($id: ID!, $scenes: [CareScene!]) { sheet(regionId: $id, fiscalYear: 2026) {
        rows(filter: { scenes: $scenes }) { item { code } } } }";
    let of = |count: usize| json!({ "id": region, "scenes": vec!["EMERGENCY"; count] });
    assert!(hub.graphql(scenes, of(100)).get("errors").is_none());
    refused(&hub.graphql(scenes, of(25_000))["errors"], "VARIABLE_LIMIT", scenes);
    // A page's rows count whether they are written or given.
    let pages = "query($id: ID!, $first: Int = 100) { sheet(regionId: $id, fiscalYear: 2026) {
        rows { cells { entries { changes(first: $first) { edges { node { summary } } } } } } } }";
    refused(&hub.graphql(pages, json!({ "id": region }))["errors"], "COMPLEXITY_LIMIT", pages);
    assert!(hub.graphql(pages, json!({ "id": region, "first": 2 })).get("errors").is_none());
    // What somebody types is no document, however long it is.
    let typed = json!({ "sheetId": matrix.sheet["id"], "deviceId": "d", "entryId": matrix.entries()[0]["id"],
        "outline": "漢".repeat(200_000), "version": 1, "typedAt": "2026-02-06T01:23:45.678Z" });
    let kept = hub.data(
        "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename } }",
        json!({ "input": typed }),
    );
    assert_eq!(kept["saveDraft"]["__typename"], "DraftKept");
}

#[test]
fn a_refusal_costs_little() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let spent = |document: &str| {
        let once = || {
            let before = Instant::now();
            hub.graphql(document, json!({}));
            before.elapsed()
        };
        (0..5).map(|_| once()).min().unwrap()
    };
    let statements = |document: &str| app.fewest_statements(|| drop(hub.graphql(document, json!({}))));
    let identification = statements("{");
    for (code, document) in excessive() {
        let time = spent(&document);
        // Most of it goes into sending it. What grows faster than the document would take minutes.
        assert!(time < Duration::from_secs(2), "{code}: {time:?}");
        assert!(statements(&document) <= identification, "{code}: the database is only asked who sends it");
    }
}

#[test]
fn a_query_has_its_time() {
    let config = Config { query_time: Some(Duration::ZERO), ..Config::default() };
    let app = TestApp::with(Database::demo(), config);
    let hub = app.sign_in("hub");
    // Each time another document: an answer that is kept is never late.
    let slow = |nth: i32| {
        format!(
            "query Slow{nth} {{ regions {{ sheets {{ rows {{ item {{ code }} cells {{ entries {{ body }} }} }} }} }} }}"
        )
    };
    // Whoever is done before anybody looks is not late, which may be once in a while.
    let late =
        (0..20).map(|nth| hub.graphql(&slow(nth), json!({}))).find(|answer| answer.get("errors").is_some());
    let late = late.expect("one of twenty is late");
    refused(&late["errors"], "TIME_LIMIT", "regions");
    assert!(late.get("data").is_none(), "{late}");
    let mut socket = Socket::greeted(&app.url, &hub);
    let late = (0..20).find_map(|nth: i32| {
        socket.subscribe(&nth.to_string(), &slow(nth), json!({}));
        let answer = socket.hear();
        if answer["type"] == "next" {
            assert_eq!(socket.hear()["type"], "complete");
        }
        answer["payload"].is_array().then(|| answer["payload"].clone()).or_else(|| {
            let errors = &answer["payload"]["errors"];
            errors.is_array().then(|| errors.clone())
        })
    });
    refused(&late.expect("one of twenty is late"), "TIME_LIMIT", "regions");
    // A change is never cut short.
    let id = renkei_tests::request_id();
    let input = json!({ "sheetId": id, "visitId": id });
    let announced = "mutation($input: PresenceInput!) { announcePresence(input: $input) }";
    assert_eq!(hub.data(announced, json!({ "input": input }))["announcePresence"], false);
}

/// What an ordinary account sends in a day of work, several thousand times over an hour.
#[test]
fn a_day_of_work_meets_no_quota() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let entries = matrix.entries_of("ア", "GOAL");
    let mut versions = vec![1; entries.len()];
    let draft = |nth: usize| {
        let typed_at = format!("2026-02-06T01:{:02}:{:02}.000Z", nth / 60 % 60, nth % 60);
        json!({ "sheetId": matrix.sheet["id"], "deviceId": "d", "entryId": entries[0]["id"],
            "outline": format!("○{nth}"), "version": 1, "typedAt": typed_at })
    };
    let saving = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename } }";
    let history =
        "query($id: ID!) { node(id: $id) { ... on Entry { changes { edges { node { summary } } } } } }";
    let polled = "query($id: ID!) { sheetEvents(sheetId: $id, afterSeq: 1000000) { __typename } }";
    for nth in 0..3_000 {
        let asked = match nth % 50 {
            0 => (WHOLE, json!({ "id": matrix.region["id"] })),
            1..=10 => (saving, json!({ "input": draft(nth) })),
            11..=25 => (polled, json!({ "id": matrix.sheet["id"] })),
            26..=30 => (history, json!({ "id": entries[0]["id"] })),
            _ => ("{ viewer { id name } }", json!({})),
        };
        answered(&honjo, nth, asked);
        if nth % 30 == 0 {
            let which = nth / 30 % entries.len();
            let mut input = renkei_tests::edit(&entries[which], &format!("{nth}回目の文"));
            input["version"] = json!(versions[which]);
            let saved = honjo.change("updateEntry", &input);
            versions[which] = saved["entry"]["version"].as_i64().unwrap_or_else(|| panic!("{nth}: {saved}"));
        }
    }
    // And signs in anew on several PCs, as often as doors are opened.
    for _ in 0..20 {
        app.sign_in("honjo");
    }
}

const WHOLE: &str =
    "query($id: ID!) { sheet(regionId: $id, fiscalYear: 2026) { seq rows { item { code title }
    cells { facet entries { id body notes { text } version } } } } }";

#[track_caller]
fn answered(client: &Client, nth: usize, (document, variables): (&str, Value)) {
    let answer = client.post(&json!({ "query": document, "variables": variables }));
    assert_eq!(answer.status, 200, "{nth}: {}", answer.text());
    let answer = answer.json();
    assert!(answer.get("errors").is_none() && answer["data"].is_object(), "{nth}: {answer}");
}
