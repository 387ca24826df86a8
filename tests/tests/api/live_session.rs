//! A connection ends with the session and the rights with which it was opened.

use renkei_tests::{Matrix, PASSWORD, Serving, Socket, TestApp, renkei};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
const FORBIDDEN: u16 = 4403;

/// The connection is closed with 4403, within a second.
fn forbidden(socket: &mut Socket, since: Instant) {
    assert_eq!(socket.code(), FORBIDDEN);
    assert!(since.elapsed() < SECOND, "{:?}", since.elapsed());
}

fn command(app: &TestApp, arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let database = ["--database", app.database.url()];
    renkei(folder.path(), &[arguments, &database].concat(), "").expect_success();
}

#[test]
fn connection_init_without_a_session_closes_with_4403() {
    let app = TestApp::demo();
    let mut socket = Socket::plain(&app.url, &app.client());
    socket.say(&json!({ "type": "connection_init" }));
    assert_eq!(socket.code(), FORBIDDEN);
    let gone = app.sign_in("honjo");
    app.execute("DELETE FROM session");
    let mut socket = Socket::plain(&app.url, &gone);
    socket.say(&json!({ "type": "connection_init" }));
    assert_eq!(socket.code(), FORBIDDEN);
}

#[test]
fn signing_out_closes_the_connections_of_this_session_within_a_second() {
    let app = TestApp::demo();
    let (here, there) = (app.sign_in("honjo"), app.sign_in("honjo"));
    let matrix = Matrix::read(&here);
    let mut subscribed = Socket::on_sheet(&app.url, &here, &matrix, Value::Null);
    let mut idle = Socket::greeted(&app.url, &here);
    let mut other = Socket::on_sheet(&app.url, &there, &matrix, Value::Null);
    here.data("mutation { signOut }", json!({}));
    let since = Instant::now();
    forbidden(&mut subscribed, since);
    forbidden(&mut idle, since);
    assert_eq!(other.within(Duration::from_millis(300)), None, "the other session goes on");
}

#[test]
fn signing_out_at_another_server_closes_connections_here() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    let beside = Serving::start(folder.path(), &["--database", app.database.url()]);
    let honjo = app.sign_in("honjo");
    let mut socket = Socket::greeted(&app.url, &honjo);
    let same = renkei_tests::Client::new(&beside.url);
    same.use_token(honjo.token());
    same.data("mutation { signOut }", json!({}));
    forbidden(&mut socket, Instant::now());
}

#[test]
fn a_changed_password_closes_the_connections_of_other_sessions() {
    let app = TestApp::demo();
    let (here, there) = (app.sign_in("honjo"), app.sign_in("honjo"));
    let (mut mine, mut other) = (Socket::greeted(&app.url, &here), Socket::greeted(&app.url, &there));
    let document = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }";
    let input = json!({ "currentPassword": PASSWORD, "newPassword": "another-password" });
    let changed = here.data(document, json!({ "input": input }));
    assert_eq!(changed["changePassword"]["__typename"], "PasswordChanged");
    forbidden(&mut other, Instant::now());
    assert_eq!(mine.within(Duration::from_millis(300)), None);
}

#[test]
fn a_changed_or_removed_role_closes_the_connection_within_a_second() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let matrix = Matrix::read(&honjo);
    let mut socket = Socket::on_sheet(&app.url, &honjo, &matrix, Value::Null);
    let mut other = Socket::on_sheet(&app.url, &misato, &matrix, Value::Null);
    let who = ["--login", "honjo", "--region", "本庄市児玉郡"];
    command(&app, &[&["account", "set-role"], &who[..], &["--role", "VIEWER"]].concat());
    forbidden(&mut socket, Instant::now());
    // Whoever comes back has the rights of this moment.
    let mut socket = Socket::on_sheet(&app.url, &honjo, &matrix, Value::Null);
    command(&app, &[&["account", "remove-role"], &who[..]].concat());
    forbidden(&mut socket, Instant::now());
    let mut socket = Socket::greeted(&app.url, &honjo);
    socket.subscribe_to(&matrix, Value::Null, Value::Null);
    assert!(socket.hear().to_string().contains("NOT_FOUND"));
    assert_eq!(other.within(Duration::from_millis(300)), None, "others go on");
    // Both are changes that somebody made.
    let summaries: Vec<String> = app.select("SELECT summary FROM change ORDER BY seq DESC LIMIT 2");
    assert_eq!(summaries[0], "アカウント「本庄市 担当者」（本庄市）の役割を削除");
    assert_eq!(summaries[1], "アカウント「本庄市 担当者」（本庄市）の役割を閲覧者に変更");
}

#[test]
fn a_connection_closes_when_its_session_expires() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    // Idle for twelve hours but two seconds.
    app.execute("UPDATE session SET seen_at = seen_at - 43198000");
    let mut socket = Socket::greeted(&app.url, &honjo);
    let start = Instant::now();
    assert_eq!(socket.code(), FORBIDDEN);
    assert!(start.elapsed() < 3 * SECOND, "{:?}", start.elapsed());
}

#[test]
fn an_open_subscription_does_not_extend_the_session_but_a_query_does() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    app.execute("UPDATE session SET seen_at = seen_at - 36000000");
    let seen = || app.select::<i64>("SELECT seen_at FROM session")[0];
    let before = seen();
    let mut socket = Socket::on_sheet(&app.url, &honjo, &matrix, Value::Null);
    app.sign_in("misato").change("createEntry", &matrix.new_entry("ア", "GOAL", "みさと"));
    socket.change();
    assert_eq!(app.select::<i64>("SELECT MIN(seen_at) FROM session")[0], before);
    // A query over the connection is a use of the session.
    socket.subscribe("work", "{ viewer { login } }", json!({}));
    assert_eq!(socket.hear()["payload"]["data"]["viewer"]["login"], "honjo");
    assert!(app.select::<i64>("SELECT MIN(seen_at) FROM session")[0] > before);
}
