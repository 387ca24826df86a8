//! Tokens: made once, shown once, listed, revoked, and run out.

use renkei_tests::{Client, PASSWORD, Serving, TestApp, renkei, request_id};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const CREATE: &str = "mutation($input: CreateTokenInput!) { createToken(input: $input) { __typename
    ... on TokenCreated { secret token { id name scope createdAt expiresAt expired lastUsedAt lastUsedFrom } }
    ... on Refusal { code message field } } }";
const TOKENS: &str = "{ tokens { id name scope createdAt expiresAt expired lastUsedAt lastUsedFrom } }";

/// Input of `createToken`.
pub fn wanted(name: &str, scope: &str) -> Value {
    json!({ "requestId": request_id(), "name": name, "scope": scope, "days": 90 })
}

pub fn create(client: &Client, input: &Value) -> Value {
    client.data(CREATE, json!({ "input": input }))["createToken"].take()
}

/// A script of somebody's.
pub fn script(app: &TestApp, person: &Client, name: &str, scope: &str) -> Client {
    let created = create(person, &wanted(name, scope));
    let secret = created["secret"].as_str().unwrap_or_else(|| panic!("{created}"));
    app.client().bearing(secret)
}

pub fn revoke(client: &Client, id: &Value) -> Value {
    let document = "mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { __typename
        ... on TokenRevoked { id } ... on Refusal { code message field } } }";
    let input = json!({ "requestId": request_id(), "id": id });
    client.data(document, json!({ "input": input }))["revokeToken"].take()
}

pub fn tokens(client: &Client) -> Vec<Value> {
    client.data(TOKENS, json!({}))["tokens"].as_array().unwrap().clone()
}

/// What somebody who asks who they are is told: their login, or the status.
pub fn asks(client: &Client) -> Result<Value, u16> {
    let answer = client.post(&json!({ "query": "{ viewer { login } }" }));
    if answer.status == 200 {
        Ok(answer.json()["data"]["viewer"]["login"].clone())
    } else {
        Err(answer.status)
    }
}

#[test]
fn a_token_asks_in_its_persons_name() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let created = create(&honjo, &wanted(" 毎月の集計 ", "READ_ONLY"));
    let token = &created["token"];
    assert_eq!((&token["name"], &token["scope"]), (&json!("毎月の集計"), &json!("READ_ONLY")), "{created}");
    assert_eq!((&token["expired"], &token["lastUsedAt"]), (&json!(false), &Value::Null));
    let secret = created["secret"].as_str().unwrap();
    let digits = secret.strip_prefix("renkei_").unwrap();
    assert!(digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()), "{secret}");
    let script = app.client().bearing(secret);
    assert_eq!(script.data("{ viewer { login } }", json!({}))["viewer"]["login"], "honjo");
    // The name of the scheme may be written in any way.
    let headers = [("content-type", "application/json"), ("authorization", &format!("bEARER {secret}"))];
    let answer = app.client().send("POST", "/graphql", &headers, br#"{"query":"{ viewer { login } }"}"#);
    assert_eq!(answer.json()["data"]["viewer"]["login"], "honjo");
    let get = script.get("/graphql?query=%7Bviewer%7Blogin%7D%7D");
    assert_eq!(get.json()["data"]["viewer"]["login"], "honjo");
}

#[test]
fn the_database_knows_only_hashes() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let created = create(&honjo, &wanted("毎月の集計", "FULL"));
    let secret = created["secret"].as_str().unwrap();
    let hash: String = Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(app.select::<String>("SELECT secret_hash FROM token"), std::slice::from_ref(&hash));
    let kept: Vec<String> = app.select("SELECT CAST(outcome AS TEXT) FROM request");
    assert!(kept[0].contains("created") && !kept[0].contains(&secret["renkei_".len()..]), "{kept:?}");
    assert!(!kept[0].contains(&hash), "{kept:?}");
    // Neither what is stored nor what is shown opens anything.
    for wrong in [hash.clone(), format!("renkei_{hash}"), created["token"]["id"].to_string()] {
        assert_eq!(asks(&app.client().bearing(wrong)), Err(401));
    }
}

#[test]
fn a_wrong_token_is_told_so_and_never_taken_for_nobody() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let secret = create(&honjo, &wanted("毎月の集計", "FULL"))["secret"].as_str().unwrap().to_owned();
    let wrong = |authorization: &str, cookie: Option<String>| {
        let client = app.client();
        client.use_token(cookie);
        let headers = [("content-type", "application/json"), ("authorization", authorization)];
        let answer = client.send("POST", "/graphql", &headers, br#"{"query":"{ viewer { login } }"}"#);
        assert_eq!(answer.status, 401, "{authorization}");
        assert!(answer.header("www-authenticate").starts_with("Bearer "), "{authorization}");
        assert!(answer.header("content-type").starts_with("application/json"), "{authorization}");
        let body = answer.json();
        assert!(body["errors"][0]["message"].as_str().unwrap().contains("トークン"), "{body}");
        assert!(body.get("data").is_none(), "{body}");
    };
    for authorization in [
        "Bearer",
        "Bearer x",
        "Bearer renkei_",
        &secret,
        &format!("Token {secret}"),
        &format!("Bearer {secret}0"),
        &format!("Bearer {}", secret.to_uppercase()),
        &format!("Bearer renkei_{}", "0".repeat(64)),
    ] {
        wrong(authorization, None);
        // Nor is whoever is signed in taken instead.
        wrong(authorization, honjo.token());
    }
    let get = app.client().bearing("x").get("/graphql?query=%7Bviewer%7Blogin%7D%7D");
    assert_eq!((get.status, get.header("www-authenticate").is_empty()), (401, false));
    // What a proxy in front asks browsers for is no word to this server.
    let headers = [("content-type", "application/json"), ("authorization", "Basic dXNlcjpwYXNzd29yZA==")];
    let answer = honjo.send("POST", "/graphql", &headers, br#"{"query":"{ viewer { login } }"}"#);
    assert_eq!(answer.json()["data"]["viewer"]["login"], "honjo");
}

#[test]
fn beside_a_token_neither_cookie_nor_origin_counts() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let script = script(&app, &honjo, "毎月の集計", "FULL");
    script.use_token(app.sign_in("misato").token());
    assert_eq!(asks(&script), Ok(json!("honjo")));
    let foreign = [
        ("content-type", "application/json"),
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let query = br#"{"query":"{ viewer { login } }"}"#;
    let answer = script.send("POST", "/graphql", &foreign, query);
    assert_eq!((answer.status, &answer.json()["data"]["viewer"]["login"]), (200, &json!("honjo")));
    // A cookie from there counts as little as before, and a wrong token brings nobody past that.
    assert_eq!(honjo.send("POST", "/graphql", &foreign, query).status, 403);
    let planted = app.client().bearing("x");
    planted.use_token(honjo.token());
    assert_eq!(planted.send("POST", "/graphql", &foreign, query).status, 401);
    // No page of another site is let ask with a token of its own: browsers ask first whether they may.
    let may = [("origin", "https://elsewhere.example"), ("access-control-request-method", "POST")];
    let answer = app.client().send("OPTIONS", "/graphql", &may, b"");
    assert!(answer.status >= 400 && answer.header("access-control-allow-origin").is_empty());
}

#[test]
fn one_sees_and_revokes_ones_own_tokens_alone() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let reader = script(&app, &honjo, "読むだけ", "READ_ONLY");
    let writer = script(&app, &honjo, "書くもの", "FULL");
    let listed = tokens(&honjo);
    let names: Vec<&Value> = listed.iter().map(|token| &token["name"]).collect();
    assert_eq!(names, ["書くもの", "読むだけ"], "the newest first");
    assert_eq!(tokens(&misato), Vec::<Value>::new());
    // A script sees itself alone.
    assert_eq!(tokens(&reader).iter().map(|token| &token["name"]).collect::<Vec<_>>(), ["読むだけ"]);
    let id = &listed[1]["id"];
    let node = |client: &Client| {
        let query = "query($id: ID!) { node(id: $id) { id ... on Token { name } } }";
        client.data(query, json!({ "id": id }))["node"].take()
    };
    assert_eq!(node(&honjo), json!({ "id": id, "name": "読むだけ" }));
    assert_eq!((node(&reader), node(&writer), node(&misato)), (node(&honjo), Value::Null, Value::Null));
    for stranger in [&misato, &app.client()] {
        let refused = revoke(stranger, id);
        assert_eq!(refused["__typename"], "Refusal", "{refused}");
    }
    assert_eq!(asks(&reader), Ok(json!("honjo")));
    assert_eq!(revoke(&honjo, id), json!({ "__typename": "TokenRevoked", "id": id }));
    assert_eq!((asks(&reader), asks(&writer)), (Err(401), Ok(json!("honjo"))));
    assert_eq!(revoke(&honjo, id)["code"], "NOT_FOUND");
    assert_eq!(revoke(&honjo, &json!("x"))["code"], "NOT_FOUND");
    assert_eq!(tokens(&honjo).len(), 1);
    let kinds: Vec<String> = app.select("SELECT kind FROM access_log ORDER BY id");
    let about_tokens: Vec<&String> = kinds.iter().filter(|kind| kind.ends_with("_TOKEN")).collect();
    assert_eq!(about_tokens, ["CREATE_TOKEN", "CREATE_TOKEN", "REVOKE_TOKEN"]);
}

#[test]
fn a_token_runs_out() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let script = script(&app, &honjo, "毎月の集計", "FULL");
    let days: Vec<i64> = app.select("SELECT expires_at - created_at FROM token");
    assert_eq!(days, [90 * DAY]);
    app.execute(&format!("UPDATE token SET expires_at = expires_at - {}", 90 * DAY - MINUTE));
    assert_eq!(asks(&script), Ok(json!("honjo")));
    app.execute(&format!("UPDATE token SET expires_at = expires_at - {MINUTE}"));
    assert_eq!(asks(&script), Err(401));
    assert_eq!(tokens(&honjo)[0]["expired"], true, "it is still seen");
    // Another one may have its name.
    assert_eq!(create(&honjo, &wanted("毎月の集計", "FULL"))["__typename"], "TokenCreated");
    // A server that starts clears away what ran out long ago.
    app.execute(&format!(
        "UPDATE token SET expires_at = expires_at - {} WHERE used_at IS NOT NULL",
        31 * DAY
    ));
    let folder = tempfile::tempdir().unwrap();
    let _beside = Serving::start(folder.path(), &["--database", app.database.url()]);
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        app.count("token") == 1
    });
    assert!(gone);
}

#[test]
fn the_last_use_is_known_to_the_minute() {
    let app = TestApp::demo_behind_proxy();
    let honjo = app.sign_in("honjo");
    let script = script(&app, &honjo, "毎月の集計", "READ_ONLY").at("192.0.2.7");
    let used = || app.select::<Option<i64>>("SELECT used_at FROM token")[0];
    assert_eq!(used(), None);
    assert!(asks(&script).is_ok());
    let first = used().unwrap();
    let listed = tokens(&honjo);
    assert!(listed[0]["lastUsedAt"].is_string(), "{listed:?}");
    assert_eq!(listed[0]["lastUsedFrom"], "192.0.2.7");
    let script = script.at("192.0.2.8");
    let query = json!({ "query": "{ viewer { login } }" });
    let before = app.statements();
    script.post(&query);
    let each = app.statements() - before;
    assert_eq!(used(), Some(first));
    app.execute("UPDATE token SET used_at = used_at - 50000");
    script.post(&query);
    assert_eq!(used(), Some(first - 50_000), "no write for each request");
    app.execute("UPDATE token SET used_at = used_at - 11000");
    let before = app.statements();
    script.post(&query);
    assert!(used().unwrap() >= first);
    assert!(app.statements() - before > each);
    assert_eq!(tokens(&honjo)[0]["lastUsedFrom"], "192.0.2.8");
}

#[test]
fn the_same_request_makes_one_token_and_shows_its_secret_once() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let input = wanted("毎月の集計", "FULL");
    let first = create(&honjo, &input);
    let mut without = first.clone();
    without["secret"] = Value::Null;
    assert_eq!(create(&honjo, &input), without, "all but the secret, which nobody keeps");
    assert_eq!(app.count("token"), 1);
    assert_eq!(asks(&app.client().bearing(first["secret"].as_str().unwrap())), Ok(json!("honjo")));
    // From another session of the same person: the same. From another person: their own.
    assert_eq!(create(&app.sign_in("honjo"), &input), without);
    let other = create(&app.sign_in("misato"), &input);
    assert_ne!(other["token"]["id"], first["token"]["id"]);
    assert_ne!(other["secret"], first["secret"]);
    // Refusals too, whatever has become of their reason.
    let refused = wanted("毎月の集計", "FULL");
    assert_eq!(create(&honjo, &refused)["field"], "name");
    let revoking = json!({ "requestId": request_id(), "id": first["token"]["id"] });
    let document = "mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { __typename } }";
    for _ in 0..2 {
        let revoked = honjo.data(document, json!({ "input": revoking }));
        assert_eq!(revoked["revokeToken"]["__typename"], "TokenRevoked", "{revoked}");
    }
    assert_eq!(create(&honjo, &refused)["field"], "name");
    assert_eq!(create(&honjo, &input), without, "as it was then");
    assert_eq!(asks(&app.client().bearing(first["secret"].as_str().unwrap())), Err(401));
    // An id is good for one kind of request, and it is a UUID.
    let mut other_kind = wanted("別のもの", "FULL");
    other_kind["requestId"] = revoking["requestId"].clone();
    assert_eq!(create(&honjo, &other_kind)["field"], "requestId");
    other_kind["requestId"] = json!("not-a-uuid");
    let refused = create(&honjo, &other_kind);
    assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID"), &json!("requestId")));
}

#[test]
fn the_same_request_from_eight_at_once_makes_one_token() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let input = wanted("同時に", "FULL");
    let made: Vec<Value> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..8).map(|_| scope.spawn(|| create(&honjo, &input))).collect();
        sent.into_iter().map(|sent| sent.join().unwrap()).collect()
    });
    assert!(made.iter().all(|one| one["token"] == made[0]["token"]), "{made:?}");
    assert_eq!(made.iter().filter(|one| one["secret"].is_string()).count(), 1, "{made:?}");
    assert_eq!(app.count("token"), 1);
}

#[test]
fn what_makes_no_token_is_refused() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let attempt = |name: &str, days: i32| {
        let mut input = wanted(name, "FULL");
        input["days"] = json!(days);
        let answer = create(&honjo, &input);
        (answer["code"].clone(), answer["field"].clone())
    };
    let refused = |code: &str, field: &str| (json!(code), json!(field));
    for name in ["", "　", "\u{200b}\u{3164}", "二行\nの名前", "a\0b"] {
        assert_eq!(attempt(name, 90), refused("INVALID", "name"), "{name:?}");
    }
    assert_eq!(attempt(&"長".repeat(51), 90), refused("TOO_LONG", "name"));
    for days in [0, -1, 367, i32::MAX] {
        assert_eq!(attempt("日数", days), refused("INVALID", "days"), "{days}");
    }
    assert_eq!(app.count("token"), 0);
    assert_eq!(attempt(&"長".repeat(50), 366), (Value::Null, Value::Null));
    assert_eq!(attempt("一日", 1), (Value::Null, Value::Null));
    assert_eq!(attempt("Ｅｘｃｅｌ", 90), (Value::Null, Value::Null));
    assert_eq!(attempt("excel", 90), refused("INVALID", "name"), "the same name");
    for number in 3..20 {
        assert_eq!(attempt(&format!("{number}番"), 90), (Value::Null, Value::Null));
    }
    assert_eq!(attempt("21番め", 90).0, "INVALID");
    assert_eq!(app.count("token"), 20);
    // One that has run out makes room.
    app.execute("UPDATE token SET expires_at = 0 WHERE name = '一日'");
    assert_eq!(attempt("21番め", 90), (Value::Null, Value::Null));
    assert_eq!(app.count("token"), 20);
    assert!(tokens(&honjo).iter().all(|token| token["name"] != "一日"));
    assert_eq!(create(&app.client(), &wanted("だれ", "FULL"))["code"], "SIGNED_OUT");
}

#[test]
fn the_command_line_lists_and_revokes() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let (reader, writer) =
        (script(&app, &honjo, "毎月の集計", "READ_ONLY"), script(&app, &honjo, "取り込み", "FULL"));
    assert!(asks(&reader).is_ok() && asks(&writer).is_ok());
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let database = ["--database", app.database.url()];
        renkei(folder.path(), &[&["token"], arguments, &database].concat(), "")
    };
    let listed = run(&["list", "--login", "ＨＯＮＪＯ"]).expect_success().stdout;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 2, "{listed}");
    assert!(
        lines[1].starts_with("毎月の集計  閲覧のみ  期限 20") && lines[1].contains("127.0.0.1"),
        "{listed}"
    );
    run(&["revoke", "--login", "honjo", "--name", "毎月の集計"]).expect_success();
    assert_eq!((asks(&reader), asks(&writer)), (Err(401), Ok(json!("honjo"))));
    for wrong in [
        &["revoke", "--login", "honjo", "--name", "毎月の集計"][..],
        &["revoke", "--login", "honjo"],
        &["list", "--login", "nobody"],
    ] {
        assert!(!run(wrong).success, "{wrong:?}");
    }
    run(&["revoke", "--login", "honjo", "--all"]).expect_success();
    assert_eq!(asks(&writer), Err(401));
    assert!(run(&["list", "--login", "honjo"]).expect_success().stdout.contains("ありません"));
}

#[test]
fn a_filled_database_of_the_version_before_is_brought_up_to_date() {
    let app = TestApp::demo();
    let changes = app.count("change");
    app.execute("DROP TABLE token");
    app.execute("ALTER TABLE change DROP COLUMN via_token");
    assert_eq!(app.execute("DELETE FROM seaql_migrations WHERE version = 'm0006_token'"), 1);
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &["--database", app.database.url()]);
    let honjo = Client::new(&server.url).sign_in("honjo", PASSWORD);
    assert_eq!(create(&honjo, &wanted("毎月の集計", "FULL"))["__typename"], "TokenCreated");
    let via: Vec<Option<String>> = app.select("SELECT via_token FROM change");
    assert_eq!((i64::try_from(via.len()), via.iter().flatten().count()), (Ok(changes), 0));
}
