//! Answers that a client may keep, and asks about by their tag: the same as long as nothing has changed, for this viewer
//! with these rights.

use renkei_tests::{Answer, Client, Matrix, TestApp, edit, renkei};
use serde_json::{Value, json};

const SHEET: &str = "query S($region: ID!) { sheet(regionId: $region, fiscalYear: 2026) { seq phase
    rows { item { title } cells { viewerCanEdit entries { id body updatedBy { name } } } } } }";

fn path(query: &str, variables: &Value) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    format!("/graphql?query={}&variables={}", encode(query), encode(&variables.to_string()))
}

fn sheet(matrix: &Matrix) -> String {
    path(SHEET, &json!({ "region": matrix.region["id"] }))
}

/// The tag of an answer that may be kept.
#[track_caller]
fn tag(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "private, no-cache", "{}", answer.text());
    let vary = answer.header("vary").to_lowercase();
    assert!(["accept", "cookie"].iter().all(|name| vary.contains(name)), "{vary}");
    let tag = answer.header("etag");
    assert!(tag.starts_with("W/\"") && tag.ends_with('"') && tag.len() > 20, "{tag}");
    tag.to_owned()
}

fn again(client: &Client, path: &str, tag: &str) -> Answer {
    client.send("GET", path, &[("if-none-match", tag)], b"")
}

#[test]
fn what_has_not_changed_is_not_sent_again_nor_executed() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let path = sheet(&Matrix::read(&hub));
    let before = app.statements();
    let tag = tag(&hub.get(&path));
    let executed = app.statements() - before;
    let before = app.statements();
    let same = again(&hub, &path, &tag);
    assert_eq!((same.status, same.body.len(), same.header("etag")), (304, 0, &*tag));
    assert_eq!(same.header("cache-control"), "private, no-cache");
    let looked = app.statements() - before;
    assert!(looked < executed && looked <= 4, "{looked} statements of {executed}");
    for known in [format!("\"x\", {tag}"), tag.trim_start_matches("W/").to_owned()] {
        assert_eq!(again(&hub, &path, &known).status, 304, "{known}");
    }
    assert_eq!(again(&hub, &path, "W/\"x\"").status, 200);
    // From another device, too.
    assert_eq!(again(&app.sign_in("hub"), &path, &tag).status, 304);
    assert_eq!(hub.send("HEAD", &path, &[("if-none-match", &tag)], b"").status, 304);
}

#[test]
fn somebody_elses_change_is_seen_at_once() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let path = sheet(&matrix);
    let mut last = tag(&hub.get(&path));
    let mut entry =
        honjo.change("createEntry", &matrix.new_entry("ア", "GOAL", "はじめの文"))["entry"].take();
    for round in 0..5 {
        let body = format!("{round}回目の文");
        entry = honjo.change("updateEntry", &edit(&entry, &body))["entry"].take();
        let changed = again(&hub, &path, &last);
        let next = tag(&changed);
        assert_ne!(next, last);
        assert!(changed.text().contains(&body));
        assert_eq!(again(&hub, &path, &next).status, 304);
        last = next;
    }
}

/// A backup that is put back has a smaller number, and the next change the number of one that is lost.
#[test]
fn another_change_of_the_same_number_is_another_answer() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let path = sheet(&matrix);
    let entries = matrix.entries();
    let seq = hub.change("updateEntry", &edit(&entries[0], "失われる文"))["change"]["seq"].clone();
    let lost = tag(&hub.get(&path));
    for statement in [
        format!("DELETE FROM change_cell WHERE seq = {seq}"),
        format!("DELETE FROM change WHERE seq = {seq}"),
        format!("UPDATE region SET seq = seq - 1 WHERE seq = {seq}"),
    ] {
        app.execute(&statement);
    }
    let again_seq = hub.change("updateEntry", &edit(&entries[1], "あとの文"))["change"]["seq"].clone();
    assert_eq!(again_seq, seq);
    let answer = again(&hub, &path, &lost);
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("あとの文"));
}

#[test]
fn each_viewer_has_their_own_and_another_with_other_rights() {
    let app = TestApp::demo();
    let (hub, honjo, viewer) = (app.sign_in("hub"), app.sign_in("honjo"), app.sign_in("hokenjo"));
    let path = sheet(&Matrix::read(&hub));
    let tags = [&hub, &honjo, &viewer].map(|client| tag(&client.get(&path)));
    for (client, own) in [&hub, &honjo, &viewer].iter().zip(&tags) {
        for tag in &tags {
            assert_eq!(again(client, &path, tag).status, if tag == own { 304 } else { 200 });
        }
    }
    // Rights that are changed behind the log's back, and before its eyes.
    app.execute("UPDATE membership SET role = 'VIEWER' WHERE account_id = (SELECT id FROM account WHERE login = 'honjo')");
    let less = again(&honjo, &path, &tags[1]);
    assert_ne!(tag(&less), tags[1]);
    assert!(!less.text().contains("\"viewerCanEdit\":true"), "{}", less.text());
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "account",
        "set-role",
        "--login",
        "hub",
        "--region",
        "本庄市児玉郡",
        "--role",
        "VIEWER",
        "--database",
        app.database.url(),
    ];
    renkei(folder.path(), &arguments, "").expect_success();
    let less = again(&hub, &path, &tags[0]);
    assert_ne!(tag(&less), tags[0]);
    assert!(!less.text().contains("\"viewerCanEdit\":true"));
    // Whoever has no role any more is told nothing, with a tag or without.
    app.execute("DELETE FROM membership WHERE account_id = (SELECT id FROM account WHERE login = 'hokenjo')");
    assert_eq!(again(&viewer, &path, &tags[2]).json()["data"]["sheet"], Value::Null);
    // Nor is anybody who is no longer signed in.
    let token = honjo.token();
    honjo.data("mutation { signOut }", json!({}));
    honjo.use_token(token);
    let out = again(&honjo, &path, &tag(&less));
    assert_eq!((out.status, out.header("etag")), (200, ""));
    assert_eq!(out.header("cache-control"), "no-store");
}

#[test]
fn another_question_has_another_tag() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let region = &matrix.region["id"];
    let several = "query A { regions { name } } query B { regions { id } }";
    let year = "query($region: ID!, $year: Int!) { sheet(regionId: $region, fiscalYear: $year) { id } }";
    let paths = [
        sheet(&matrix),
        path("{ regions { name } }", &json!({})),
        path("{ regions { id } }", &json!({})),
        path(year, &json!({ "region": region, "year": 2026 })),
        path(year, &json!({ "region": region, "year": 2025 })),
        format!("{}&operationName=A", path(several, &json!({}))),
        format!("{}&operationName=B", path(several, &json!({}))),
    ];
    let mut tags: Vec<String> = paths.iter().map(|path| tag(&hub.get(path))).collect();
    let newer = [("accept", "application/graphql-response+json")];
    tags.push(tag(&hub.send("GET", &paths[0], &newer, b"")));
    let count = tags.len();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), count, "{tags:?}");
}

#[test]
fn what_the_log_does_not_tell_is_never_kept() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let (id, region) = (matrix.sheet["id"].as_str().unwrap(), matrix.region["id"].as_str().unwrap());
    for query in [
        "{ drafts { outline } }".to_owned(),
        "{ regions { name } drafts { outline } }".to_owned(),
        "{ ...D regions { id } } fragment D on Query { drafts { id } }".to_owned(),
        format!("{{ sheetEvents(sheetId: \"{id}\", afterSeq: 0) {{ __typename }} }}"),
        "{ waitingThreads { totalCount } }".to_owned(),
        "{ __schema { queryType { name } } }".to_owned(),
        format!("{{ node(id: \"{id}\") {{ id }} }}"),
        // Errors, of whatever kind.
        "{ nothing }".to_owned(),
        "{".to_owned(),
        format!(
            "{{ sheet(regionId: \"{region}\", fiscalYear: 2026) {{ changes(first: 0, after: \"x\") {{ edges {{ cursor }} }} }} }}"
        ),
    ] {
        let answer = again(&hub, &path(&query, &json!({})), "*");
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        assert_eq!((answer.header("etag"), answer.header("cache-control")), ("", "no-store"), "{query}");
    }
    // Nor what is posted, nor what an operator looks at: that leaves a trace each time.
    let request = json!({ "query": SHEET, "variables": { "region": region } }).to_string();
    let headers = [("content-type", "application/json"), ("if-none-match", "*")];
    let posted = hub.send("POST", "/graphql", &headers, request.as_bytes());
    assert_eq!((posted.status, posted.header("etag"), posted.header("cache-control")), (200, "", "no-store"));
    app.execute("UPDATE account SET operator = TRUE WHERE login = 'hub'");
    let traces = app.count("access_log");
    let looked = again(&hub, &sheet(&matrix), "*");
    assert_eq!((looked.status, looked.header("etag")), (200, ""));
    assert!(app.count("access_log") > traces);
}

#[test]
fn one_tag_for_all_encodings() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let path = sheet(&Matrix::read(&hub));
    let plain = hub.get(&path);
    let mut sizes = vec![plain.body.len()];
    for encoding in ["gzip", "br"] {
        let packed = hub.send("GET", &path, &[("accept-encoding", encoding)], b"");
        assert_eq!((packed.status, packed.header("content-encoding")), (200, encoding));
        assert_eq!(packed.header("etag"), tag(&plain));
        assert!(packed.header("vary").to_lowercase().contains("accept-encoding"));
        sizes.push(packed.body.len());
        let headers = [("accept-encoding", encoding), ("if-none-match", plain.header("etag"))];
        let known = hub.send("GET", &path, &headers, b"");
        assert_eq!((known.status, known.body.len(), known.header("content-encoding")), (304, 0, ""));
    }
    assert!(sizes[1] < sizes[0] / 3 && sizes[2] < sizes[0] / 3, "{sizes:?}");
}
