//! Sessions: a random token in a cookie that scripts cannot read, its hash in the database, and its end.

use renkei_tests::{Answer, Client, PASSWORD, TestApp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn sign_in_answer(client: &Client, login: &str, password: &str) -> Answer {
    client.post(&json!({
        "query": "mutation($input: SignInInput!) { signIn(input: $input) { __typename } }",
        "variables": { "input": { "login": login, "password": password } },
    }))
}

fn change_password(client: &Client, current: &str, new: &str) -> Value {
    let document = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { __typename
        ... on PasswordChanged { account { login } } ... on Refusal { code message field } } }";
    let input = json!({ "currentPassword": current, "newPassword": new });
    client.data(document, json!({ "input": input }))["changePassword"].take()
}

fn age(app: &TestApp, column: &str, milliseconds: i64) {
    app.execute(&format!("UPDATE session SET {column} = {column} - {milliseconds}"));
}

fn signed_in(client: &Client) -> bool {
    client.viewer() != Value::Null
}

#[test]
fn the_cookie_is_for_this_server_alone() {
    let app = TestApp::demo();
    let answer = sign_in_answer(&app.client(), "honjo", PASSWORD);
    assert_eq!(answer.status, 200);
    let cookie = answer.header("set-cookie").to_owned();
    let attributes: Vec<String> = cookie.split(';').skip(1).map(|part| part.trim().to_lowercase()).collect();
    for attribute in ["httponly", "samesite=lax", "path=/"] {
        assert!(attributes.iter().any(|own| own == attribute), "{attribute}: {cookie}");
    }
    assert!(attributes.iter().any(|own| own.starts_with("max-age=")), "{cookie}");
    assert!(!attributes.iter().any(|own| own.starts_with("domain=") || own == "secure"), "{cookie}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn behind_tls_the_cookie_is_for_tls_alone() {
    let config = renkei_server::Config { secure_cookies: true, ..Default::default() };
    let app = TestApp::with(renkei_tests::Database::demo(), config);
    let cookie = sign_in_answer(&app.client(), "honjo", PASSWORD).header("set-cookie").to_lowercase();
    assert!(cookie.contains("; secure"), "{cookie}");
}

#[test]
fn the_database_knows_only_a_hash() {
    let app = TestApp::demo();
    let client = app.sign_in("honjo");
    let token = client.token().unwrap();
    assert!(token.len() >= 43, "256 random bits: {token}");
    let digest = Sha256::digest(token.as_bytes());
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(app.select::<String>("SELECT token_hash FROM session"), std::slice::from_ref(&hash));
    // What is stored opens nothing.
    client.use_token(Some(hash));
    assert!(!signed_in(&client));
    for wrong in ["", "x", &token[1..], &format!("{token}x"), &token.to_uppercase()] {
        client.use_token(Some(wrong.to_owned()));
        assert!(!signed_in(&client), "{wrong}");
    }
    client.use_token(Some(token));
    assert!(signed_in(&client));
    let passwords: Vec<String> = app.select("SELECT password_hash FROM account");
    assert!(passwords.iter().all(|hash| hash.starts_with("$argon2id$")), "{passwords:?}");
    let mut distinct = passwords.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), passwords.len(), "each has a salt of its own");
}

#[test]
fn who_signs_in_is_told() {
    let app = TestApp::demo();
    let payload = app.client().try_sign_in("hub", PASSWORD);
    let account = &payload["account"];
    assert_eq!((&account["login"], &account["name"]), (&json!("hub"), &json!("拠点 担当者")));
    assert_eq!(account["operator"], false);
    for (login, organization, role) in [
        ("hub", "在宅医療連携拠点", "EDITOR"),
        ("hub-approver", "在宅医療連携拠点", "APPROVER"),
        ("honjo", "本庄市", "EDITOR"),
        ("misato", "美里町", "EDITOR"),
        ("kamikawa", "神川町", "EDITOR"),
        ("kamisato", "上里町", "EDITOR"),
        ("hokenjo", "本庄保健所", "VIEWER"),
        ("admin", "在宅医療連携拠点", "ADMIN"),
    ] {
        let query = "{ viewer { organization { name } operator memberships { role region { name } } } }";
        let viewer = app.sign_in(login).data(query, json!({}))["viewer"].take();
        let memberships = json!([{ "role": role, "region": { "name": "本庄市児玉郡" } }]);
        let expected = json!({
            "organization": { "name": organization }, "operator": login == "admin", "memberships": memberships,
        });
        assert_eq!(viewer, expected, "{login}");
    }
}

#[test]
fn wrong_credentials_say_the_same_whatever_is_wrong() {
    let app = TestApp::demo();
    let client = app.client();
    let wrong = client.try_sign_in("honjo", "renkei-dem");
    assert_eq!(wrong["code"], "BAD_CREDENTIALS");
    for (login, password) in
        [("honjo", ""), ("nobody", PASSWORD), ("", ""), ("honjo\0", PASSWORD), ("' OR 1=1 --", "")]
    {
        assert_eq!(client.try_sign_in(login, password), wrong, "{login:?}");
    }
    let long = "長".repeat(100_000);
    assert_eq!(client.try_sign_in("honjo", &long)["__typename"], "Refusal");
    assert_eq!(client.try_sign_in(&long, PASSWORD)["__typename"], "Refusal");
    assert!(!signed_in(&client));
    assert_eq!(app.count("session"), 0);
}

#[test]
fn signing_out_ends_this_session() {
    let app = TestApp::demo();
    let (here, there) = (app.sign_in("honjo"), app.sign_in("honjo"));
    let token = here.token();
    assert_ne!(token, there.token());
    let answer = here.post(&json!({ "query": "mutation { signOut }" }));
    assert_eq!(answer.json()["data"], json!({ "signOut": true }));
    assert!(here.token().is_none(), "the cookie is taken back: {}", answer.header("set-cookie"));
    here.use_token(token);
    assert!(!signed_in(&here), "the token opens nothing any more");
    assert!(signed_in(&there), "at the other desk work goes on");
    let again = app.client().post(&json!({ "query": "mutation { signOut }" })).json();
    assert_eq!(again["errors"][0]["extensions"]["code"], "SIGNED_OUT", "{again}");
}

#[test]
fn signing_in_again_makes_a_new_session() {
    let app = TestApp::demo();
    let client = app.sign_in("honjo");
    let planted = client.token();
    let client = client.sign_in("misato", PASSWORD);
    assert_ne!(client.token(), planted, "a token from before signing in does not become one's own");
    assert_eq!(client.viewer()["login"], "misato");
}

#[test]
fn a_session_ends_after_twelve_idle_hours() {
    let app = TestApp::demo();
    let client = app.sign_in("honjo");
    for _ in 0..3 {
        age(&app, "seen_at", 11 * HOUR);
        assert!(signed_in(&client), "used in time, it goes on");
    }
    age(&app, "seen_at", 12 * HOUR + MINUTE);
    assert!(!signed_in(&client));
}

#[test]
fn a_use_that_waits_to_be_noted_keeps_nobody_else_from_being_identified() {
    let app = TestApp::demo();
    // More than are identified at a time.
    let waiting: Vec<Client> = (0..10).map(|_| app.sign_in("honjo")).collect();
    age(&app, "seen_at", HOUR);
    let reader = app.sign_in("hub");
    let held = app.database.hold("SELECT 1 FROM session FOR UPDATE");
    scope(|scope| {
        let uses: Vec<_> = waiting.iter().map(|client| scope.spawn(|| signed_in(client))).collect();
        sleep(Duration::from_millis(500));
        assert!(uses.iter().all(|waits| !waits.is_finished()), "their uses are not noted yet");
        let begun = Instant::now();
        assert!(signed_in(&reader));
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        held.commit();
        assert!(uses.into_iter().all(|done| done.join().unwrap()));
    });
}

#[test]
fn a_session_ends_after_fourteen_days_even_if_it_is_used() {
    let app = TestApp::demo();
    let client = app.sign_in("honjo");
    age(&app, "created_at", 14 * DAY - HOUR);
    assert!(signed_in(&client));
    age(&app, "created_at", HOUR + MINUTE);
    assert!(!signed_in(&client));
}

#[test]
fn changing_ones_password_ends_ones_other_sessions() {
    let app = TestApp::demo();
    let (here, there, other) = (app.sign_in("honjo"), app.sign_in("honjo"), app.sign_in("misato"));
    let wrong = change_password(&here, "wrong", "correct horse");
    assert_eq!(wrong["__typename"], "Refusal");
    for new in ["short", "", &"長".repeat(201)] {
        let refused = change_password(&here, PASSWORD, new);
        assert_eq!(
            (&refused["__typename"], &refused["field"]),
            (&json!("Refusal"), &json!("newPassword")),
            "{refused}"
        );
    }
    assert!(signed_in(&there));
    let changed = change_password(&here, PASSWORD, "正しい馬と電池です");
    assert_eq!(changed, json!({ "__typename": "PasswordChanged", "account": { "login": "honjo" } }));
    assert!(signed_in(&here));
    assert!(!signed_in(&there));
    assert!(signed_in(&other));
    assert_eq!(app.client().try_sign_in("honjo", PASSWORD)["code"], "BAD_CREDENTIALS");
    assert_eq!(app.client().try_sign_in("honjo", "正しい馬と電池です")["__typename"], "SignedIn");
    assert_eq!(change_password(&app.client(), PASSWORD, "correct horse")["code"], "SIGNED_OUT");
}

#[test]
fn a_password_is_the_same_from_every_keyboard() {
    let app = TestApp::demo();
    let client = app.sign_in("honjo");
    assert_eq!(change_password(&client, PASSWORD, "cafe\u{301} がいど")["__typename"], "PasswordChanged");
    for typed in ["café がいど", "cafe\u{301} か\u{3099}いと\u{3099}"] {
        assert_eq!(app.client().try_sign_in("honjo", typed)["__typename"], "SignedIn", "{typed:?}");
    }
    assert_eq!(app.client().try_sign_in("honjo", "cafe がいど")["code"], "BAD_CREDENTIALS");
}

#[test]
fn a_hash_of_a_password_as_it_was_typed_is_renewed() {
    let app = TestApp::demo();
    // Of e and a combining accent, as versions before hashed them.
    let hash =
        "$argon2id$v=19$m=19456,t=2,p=1$qu6pXXzXtS/dvXBHroe5fg$4eGndNj9ec2KohUSoShdeb4JmjlkfGnlNFWUA8n+YBQ";
    app.execute(&format!("UPDATE account SET password_hash = '{hash}' WHERE login = 'honjo'"));
    let stored = || app.select::<String>("SELECT password_hash FROM account WHERE login = 'honjo'").remove(0);
    let signs_in = |password: &str| app.client().try_sign_in("honjo", password)["__typename"] == "SignedIn";
    assert!(!signs_in("café renkei"));
    assert!(!signs_in("wrong"));
    assert_eq!(stored(), hash);
    assert!(signs_in("cafe\u{301} renkei"));
    let renewed = stored();
    assert_ne!(renewed, hash);
    assert!(signs_in("café renkei") && signs_in("cafe\u{301} renkei"));
    assert_eq!(stored(), renewed, "once");
}

#[test]
fn invisible_characters_at_the_ends_of_a_login_are_ignored() {
    let app = TestApp::demo();
    for login in ["\u{feff}honjo", "honjo\u{200b}", " \u{2060}ＨＯＮＪＯ\u{200d} "] {
        assert_eq!(app.client().try_sign_in(login, PASSWORD)["account"]["login"], "honjo", "{login:?}");
    }
    assert_eq!(app.client().try_sign_in("hon\u{200b}jo", PASSWORD)["code"], "BAD_CREDENTIALS");
}

#[test]
fn rights_are_those_of_the_moment() {
    let app = TestApp::demo();
    let client = app.sign_in("honjo");
    let regions = |client: &Client| client.data("{ regions { name } }", json!({}))["regions"].clone();
    assert_eq!(regions(&client).as_array().unwrap().len(), 1);
    app.execute("DELETE FROM membership WHERE account_id = (SELECT id FROM account WHERE login = 'honjo')");
    assert_eq!(regions(&client), json!([]));
    assert!(signed_in(&client));
}
