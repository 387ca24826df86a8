//! Failed sign-ins slow down by login, by address and by both: never a lock that a stranger could put on somebody.

use renkei_tests::{Client, PASSWORD, TestApp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

const LIMIT: usize = 10;
/// How much longer an attempt takes for a login that is being guessed.
const DELAY: Duration = Duration::from_secs(3);

fn at(app: &TestApp, address: &str) -> Client {
    app.client().at(address)
}

fn fail(client: &Client, login: &str, times: usize) {
    for nth in 0..times {
        let refused = client.try_sign_in(login, "wrong");
        assert_eq!(refused["code"], "BAD_CREDENTIALS", "attempt {nth}: {refused}");
    }
}

#[track_caller]
fn waits(payload: &Value) {
    assert_eq!(payload["code"], "TOO_MANY_ATTEMPTS", "{payload}");
    let message = payload["message"].as_str().unwrap();
    assert!(message.contains('分'), "says how long: {message}");
}

#[test]
fn after_ten_failures_there_is_a_wait_that_is_told() {
    let app = TestApp::demo_behind_proxy();
    let client = at(&app, "192.0.2.1");
    fail(&client, "honjo", LIMIT);
    waits(&client.try_sign_in("honjo", "wrong"));
    waits(&client.try_sign_in("honjo", PASSWORD));
    assert_eq!(app.count("session"), 0);
}

#[test]
fn nobody_else_waits() {
    let app = TestApp::demo_behind_proxy();
    let client = at(&app, "192.0.2.1");
    fail(&client, "honjo", LIMIT);
    waits(&client.try_sign_in("honjo", "wrong"));
    assert_eq!(client.try_sign_in("misato", PASSWORD)["__typename"], "SignedIn", "another account, here");
    let elsewhere = at(&app, "192.0.2.2");
    assert_eq!(elsewhere.try_sign_in("honjo", PASSWORD)["__typename"], "SignedIn", "this account, elsewhere");
}

#[test]
fn another_spelling_of_the_login_is_the_same_account() {
    let app = TestApp::demo_behind_proxy();
    let client = at(&app, "192.0.2.1");
    fail(&client, "honjo", 4);
    fail(&client, "HONJO", 3);
    fail(&client, "ｈｏｎｊｏ", 3);
    waits(&client.try_sign_in("Honjo", PASSWORD));
}

#[test]
fn an_address_that_the_client_claims_is_not_believed() {
    let app = TestApp::demo();
    for nth in 0..LIMIT {
        fail(&at(&app, &format!("198.51.100.{nth}")), "honjo", 1);
    }
    waits(&at(&app, "198.51.100.99").try_sign_in("honjo", PASSWORD));
}

#[test]
fn successful_attempts_do_not_count() {
    let app = TestApp::demo_behind_proxy();
    let client = at(&app, "192.0.2.1");
    for _ in 0..LIMIT + 2 {
        assert_eq!(client.try_sign_in("honjo", PASSWORD)["__typename"], "SignedIn");
    }
    fail(&client, "honjo", LIMIT);
    waits(&client.try_sign_in("honjo", PASSWORD));
}

#[test]
fn an_unknown_login_is_treated_alike() {
    let app = TestApp::demo_behind_proxy();
    let client = at(&app, "192.0.2.1");
    fail(&client, "nobody", LIMIT);
    waits(&client.try_sign_in("nobody", "wrong"));
}

#[test]
fn guessing_the_current_password_is_throttled_too() {
    let app = TestApp::demo_behind_proxy();
    let client = at(&app, "192.0.2.1").sign_in("honjo", PASSWORD);
    let document = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
        __typename ... on Refusal { code message } } }";
    let guess = |current: &str| {
        let input = json!({ "currentPassword": current, "newPassword": "correct horse" });
        client.data(document, json!({ "input": input }))["changePassword"].take()
    };
    for _ in 0..LIMIT {
        assert_eq!(guess("wrong")["__typename"], "Refusal");
    }
    waits(&guess(PASSWORD));
}

#[test]
fn attempts_at_the_same_moment_do_not_slip_through() {
    let app = TestApp::demo_behind_proxy();
    let client = at(&app, "192.0.2.1");
    let payloads: Vec<Value> = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..20)
            .map(|nth| {
                scope.spawn({
                    let client = &client;
                    move || client.try_sign_in("honjo", &format!("wrong {nth}"))
                })
            })
            .collect();
        attempts.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    let verified = payloads.iter().filter(|payload| payload["code"] == "BAD_CREDENTIALS").count();
    assert_eq!(verified, LIMIT, "{payloads:#?}");
    payloads.iter().filter(|payload| payload["code"] != "BAD_CREDENTIALS").for_each(waits);
}

#[test]
fn the_wait_ends() {
    let app = TestApp::demo_behind_proxy();
    let client = at(&app, "192.0.2.1");
    fail(&client, "honjo", LIMIT);
    waits(&client.try_sign_in("honjo", PASSWORD));
    let minutes = |minutes: i64| {
        app.execute(&format!("UPDATE sign_in_failure SET at = at - {}", minutes * 60_000));
    };
    minutes(13);
    waits(&client.try_sign_in("honjo", PASSWORD));
    minutes(2);
    assert_eq!(client.try_sign_in("honjo", PASSWORD)["__typename"], "SignedIn");
}

fn login_hash(login: &str) -> String {
    Sha256::digest(login).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Failures of a login a minute ago, from so many networks.
fn failed_from(app: &TestApp, login: &str, networks: usize, times_each: usize) {
    let now: i64 = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis().try_into().unwrap();
    let (at, login) = (now - 60_000, login_hash(login));
    let rows: Vec<String> = (0..networks * times_each)
        .map(|nth| {
            format!("({at}, '{login}', '198.18.{}.{}', FALSE)", nth % networks / 256, nth % networks % 256)
        })
        .collect();
    for rows in rows.chunks(1_000) {
        let insert = "INSERT INTO sign_in_failure (at, login_hash, network, known) VALUES";
        app.execute(&format!("{insert} {}", rows.join(", ")));
    }
}

fn signs_in(client: &Client, login: &str) -> Duration {
    let start = Instant::now();
    assert_eq!(client.try_sign_in(login, PASSWORD)["__typename"], "SignedIn");
    start.elapsed()
}

#[test]
fn whoever_has_signed_in_from_an_address_does_so_while_a_thousand_others_guess() {
    let app = TestApp::demo_behind_proxy();
    let office = at(&app, "192.0.2.1");
    signs_in(&office, "honjo");
    failed_from(&app, "honjo", 1_000, 3);
    assert!(signs_in(&office, "honjo") < DELAY);
    // Their own mistakes there count as always.
    fail(&office, "honjo", LIMIT);
    waits(&office.try_sign_in("honjo", PASSWORD));
}

#[test]
fn from_a_new_address_it_takes_longer_while_a_thousand_others_guess() {
    let app = TestApp::demo_behind_proxy();
    failed_from(&app, "honjo", 1_000, 3);
    let new = at(&app, "192.0.2.2");
    fail(&new, "honjo", 1);
    let took = signs_in(&new, "honjo");
    assert!((DELAY..DELAY * 3).contains(&took), "{took:?}");
    // From now on this address is known.
    assert!(signs_in(&new, "honjo") < DELAY);
    // Each of the others waits after three failures, where ten are let pass otherwise.
    let guessing = at(&app, "198.18.3.231");
    let start = Instant::now();
    waits(&guessing.try_sign_in("honjo", PASSWORD));
    assert!(start.elapsed() < DELAY);
    // Other logins are as they were.
    assert!(signs_in(&guessing, "misato") < DELAY);
}

#[test]
fn answers_that_come_late_keep_nobody_else_from_signing_in() {
    let app = TestApp::demo_behind_proxy();
    let office = at(&app, "192.0.2.1");
    signs_in(&office, "honjo");
    failed_from(&app, "honjo", 1_000, 3);
    let guessing: Vec<Client> = (0..20).map(|nth| at(&app, &format!("203.0.113.{nth}"))).collect();
    std::thread::scope(|scope| {
        for client in &guessing {
            scope.spawn(|| fail(client, "honjo", 1));
        }
        std::thread::sleep(Duration::from_millis(200));
        assert!(signs_in(&office, "honjo") < DELAY, "from a known address");
        assert!(signs_in(&at(&app, "192.0.2.3"), "misato") < DELAY, "with a login that nobody guesses");
    });
}

#[test]
fn a_login_that_does_not_exist_is_slowed_in_the_same_way() {
    let app = TestApp::demo_behind_proxy();
    failed_from(&app, "nobody", 20, 1);
    let new = at(&app, "192.0.2.2");
    let start = Instant::now();
    fail(&new, "nobody", 1);
    assert!(start.elapsed() >= DELAY);
    // Neither by its statements nor by its time does the answer tell whether a login exists.
    let once = |login: &str, nth: usize| {
        let client = at(&app, &format!("192.0.2.{}", 10 + nth));
        let (statements, start) = (app.statements(), Instant::now());
        fail(&client, login, 1);
        (app.statements() - statements, start.elapsed())
    };
    let both: Vec<_> = (0..8).map(|nth| (once("nobody-else", nth), once("honjo", nth))).collect();
    assert!(both.iter().all(|(unknown, known)| unknown.0 == known.0), "{both:?}");
    let unknown = both.iter().map(|(unknown, _)| unknown.1).min().unwrap();
    let known = both.iter().map(|(_, known)| known.1).min().unwrap();
    assert!(unknown * 2 > known, "a hash is computed for either: {both:?}");
}

#[test]
fn trying_many_logins_from_one_address_is_slowed() {
    let app = TestApp::demo_behind_proxy();
    let (office, elsewhere) = (at(&app, "192.0.2.1"), at(&app, "192.0.2.2"));
    signs_in(&office, "honjo");
    for nth in 0..30 {
        fail(&office, &format!("guessed-{nth}"), 1);
    }
    waits(&office.try_sign_in("guessed-30", "wrong"));
    waits(&office.try_sign_in("misato", PASSWORD));
    signs_in(&office, "honjo");
    signs_in(&elsewhere, "misato");
}

#[test]
fn addresses_of_one_ipv6_subscriber_count_together() {
    let app = TestApp::demo_behind_proxy();
    for nth in 0..LIMIT {
        fail(&at(&app, &format!("2001:db8:1:2::{nth}")), "honjo", 1);
    }
    waits(&at(&app, "2001:db8:1:2:ffff::").try_sign_in("honjo", PASSWORD));
    signs_in(&at(&app, "2001:db8:1:3::1"), "honjo");
}

#[test]
fn what_is_remembered_is_bounded() {
    let app = TestApp::demo_behind_proxy();
    failed_from(&app, "somebody", 200, 101);
    assert_eq!(app.count("sign_in_failure"), 20_200);
    fail(&at(&app, "192.0.2.1"), "honjo", 1);
    assert_eq!(app.count("sign_in_failure"), 20_000);
    assert_eq!(app.count("sign_in_network"), 0, "a failure makes no network known");
    // What was typed as a login may have been a password.
    let stored: Vec<String> = app.select("SELECT login_hash FROM sign_in_failure ORDER BY id DESC LIMIT 1");
    assert_eq!(stored, [login_hash("honjo")]);
    for nth in 0..25 {
        signs_in(&at(&app, &format!("192.0.2.{nth}")), "misato");
    }
    assert_eq!(app.count("sign_in_network"), 20);
}
