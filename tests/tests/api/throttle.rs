//! Failed sign-ins slow down per account and address: never a lock that a stranger could put on somebody.

use renkei_tests::{Client, PASSWORD, TestApp};
use serde_json::{Value, json};

const LIMIT: usize = 10;

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
    let failures: Value = app.select::<Value>("SELECT failed_at FROM sign_in_throttle")[0].clone();
    let minutes = |minutes: i64| {
        let times: Vec<i64> =
            failures.as_array().unwrap().iter().map(|at| at.as_i64().unwrap() - minutes * 60_000).collect();
        app.execute(&format!("UPDATE sign_in_throttle SET failed_at = '{}'", json!(times)));
    };
    minutes(13);
    waits(&client.try_sign_in("honjo", PASSWORD));
    minutes(15);
    assert_eq!(client.try_sign_in("honjo", PASSWORD)["__typename"], "SignedIn");
}
