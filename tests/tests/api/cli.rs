//! The command line: each command beside a running server, and help that teaches.

use renkei_tests::{Database, PASSWORD, Serving, TestApp, renkei};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn regions_organisations_and_accounts_are_added_beside_a_running_server() {
    let app = TestApp::empty();
    let (folder, database) = (folder(), app.database.url());
    let run = |arguments: &[&str], input: &str| {
        renkei(folder.path(), &[arguments, &["--database", database]].concat(), input)
    };
    run(&["region", "add", "秩父郡"], "").expect_success();
    for (name, kind) in [("小鹿野町", "MUNICIPALITY"), ("秩父保健所", "HEALTH_CENTER")] {
        run(&["organization", "add", name, "--kind", kind, "--region", "秩父郡"], "").expect_success();
    }
    let account =
        ["account", "add", "--login", "ogano", "--name", "小鹿野町 担当者", "--organization", "小鹿野町"];
    let role = ["--region", "秩父郡", "--role", "APPROVER"];
    run(&[&account[..], &role].concat(), &format!("{PASSWORD}\n")).expect_success();
    let query =
        "{ viewer { name operator organization { name shortName kind } memberships { role region { name
        organizations { name shortName kind } } } } }";
    let viewer = app.sign_in("ogano").data(query, json!({}))["viewer"].take();
    let ogano = json!({ "name": "小鹿野町", "shortName": "小鹿野", "kind": "MUNICIPALITY" });
    assert_eq!((&viewer["name"], &viewer["operator"]), (&json!("小鹿野町 担当者"), &json!(false)));
    assert_eq!(viewer["organization"], ogano);
    let membership = &viewer["memberships"][0];
    assert_eq!(membership["role"], "APPROVER");
    let kinds: Vec<&Value> =
        membership["region"]["organizations"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(json!(kinds), json!(["HUB", "MUNICIPALITY", "HEALTH_CENTER"]), "with its hub");
    // Each of them is a change of the region.
    let changes: Vec<i64> = app.select("SELECT seq FROM change ORDER BY seq");
    assert_eq!(changes, (1..=changes.len() as i64).collect::<Vec<_>>());
    assert!(changes.len() >= 4);
}

#[test]
fn an_operator_is_made_by_a_mark() {
    let app = TestApp::demo();
    let (folder, database) = (folder(), app.database.url());
    let account =
        ["account", "add", "--login", "root", "--name", "運用 担当者", "--organization", "在宅医療連携拠点"];
    let role = ["--region", "本庄市児玉郡", "--role", "VIEWER", "--operator", "--database", database];
    renkei(folder.path(), &[&account[..], &role].concat(), &format!("{PASSWORD}\n")).expect_success();
    let viewer = app.sign_in("root").data("{ viewer { operator } }", json!({}));
    assert_eq!(viewer["viewer"]["operator"], true);
}

#[test]
fn what_cannot_be_added_is_refused_in_words() {
    let app = TestApp::demo();
    let (folder, database) = (folder(), app.database.url());
    let before = app.count("change");
    let account =
        |login: &'static str, organization: &'static str, region: &'static str, role: &'static str| {
            vec![
                "account",
                "add",
                "--login",
                login,
                "--name",
                "名前",
                "--organization",
                organization,
                "--region",
                region,
                "--role",
                role,
            ]
        };
    for (arguments, input) in [
        (vec!["region", "add", "本庄市児玉郡"], ""),
        (vec!["region", "add", ""], ""),
        (vec!["region", "add", "\u{200b}"], ""),
        (vec!["region", "add", "一行\n二行"], ""),
        (vec!["organization", "add", "町", "--kind", "TOWN", "--region", "本庄市児玉郡"], ""),
        (vec!["organization", "add", "町", "--kind", "MUNICIPALITY", "--region", "ない圏域"], ""),
        (vec!["organization", "add", "本庄市", "--kind", "MUNICIPALITY", "--region", "本庄市児玉郡"], ""),
        (account("honjo", "本庄市", "本庄市児玉郡", "EDITOR"), "long enough\n"),
        (account("new", "ない町", "本庄市児玉郡", "EDITOR"), "long enough\n"),
        (account("new", "本庄市", "ない圏域", "EDITOR"), "long enough\n"),
        (account("new", "本庄市", "本庄市児玉郡", "BOSS"), "long enough\n"),
        (account("new", "本庄市", "本庄市児玉郡", "EDITOR"), "short\n"),
        (account("new", "本庄市", "本庄市児玉郡", "EDITOR"), ""),
        (account("", "本庄市", "本庄市児玉郡", "EDITOR"), "long enough\n"),
        (account("\u{feff}", "本庄市", "本庄市児玉郡", "EDITOR"), "long enough\n"),
        (vec!["import", "missing.tsv", "--region", "本庄市児玉郡", "--fiscal-year", "2026"], ""),
        (vec!["import", ".", "--region", "本庄市児玉郡", "--fiscal-year", "2026"], ""),
        (vec!["import", "missing.tsv", "--region", "本庄市児玉郡", "--fiscal-year", "いつか"], ""),
    ] {
        let output = renkei(folder.path(), &[&arguments[..], &["--database", database]].concat(), input);
        assert!(!output.success, "{arguments:?}: {}", output.stdout);
        assert!(!output.stderr.trim().is_empty(), "{arguments:?}");
        assert!(!output.stderr.contains("panicked"), "{arguments:?}: {}", output.stderr);
    }
    assert_eq!(app.count("change"), before, "nothing is stored");
}

#[test]
fn a_password_is_never_an_argument() {
    let output = renkei(folder().path(), &["account", "add", "--help"], "").expect_success();
    assert!(!output.stdout.contains("--password"), "{}", output.stdout);
}

#[test]
fn help_teaches() {
    let folder = folder();
    let whole = renkei(folder.path(), &["--help"], "").expect_success().stdout;
    for command in ["serve", "region", "organization", "import", "account", "schema"] {
        assert!(whole.contains(command), "{command}: {whole}");
        let own = renkei(folder.path(), &[command, "--help"], "").expect_success().stdout;
        assert!(own.lines().count() >= 5, "{own}");
    }
    let serve = renkei(folder.path(), &["serve", "--help"], "").expect_success().stdout;
    for word in [
        "--listen",
        "--database",
        "--demo",
        "RENKEI_LISTEN",
        "RENKEI_DATABASE",
        "127.0.0.1:8080",
        "sqlite://",
    ] {
        assert!(serve.contains(word), "{word}: {serve}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "help makes no database");
}

#[test]
fn the_demo_listens_on_loopback_alone() {
    let folder = folder();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let output = renkei(folder.path(), &["serve", "--demo", "--listen", address], "");
        assert!(!output.success, "{address}");
        assert!(output.stderr.contains("--demo"), "{}", output.stderr);
    }
}

#[test]
fn a_second_start_of_the_demo_changes_nothing() {
    let database = Database::empty();
    let folder = folder();
    let start = || Serving::start(folder.path(), &["--demo", "--database", database.url()]);
    let state = |serving: &Serving| {
        let client = renkei_tests::Client::new(&serving.url).sign_in("honjo", PASSWORD);
        let query = "{ regions { id name organizations { id shortName } handouts(fiscalYear: 2026) { id number title } sheets { id phase seq } } }";
        client.data(query, json!({}))
    };
    let first = start();
    for login in ["hub", "hub-approver", "honjo", "misato", "kamikawa", "kamisato", "hokenjo", "admin"] {
        assert!(first.greeting.contains(login), "tells the accounts: {}", first.greeting);
    }
    assert!(first.greeting.contains(PASSWORD));
    let before = state(&first);
    assert_eq!(before["regions"][0]["name"], "本庄市児玉郡");
    assert_eq!(before["regions"][0]["sheets"][0]["phase"], "DRAFT");
    let numbers: Vec<&Value> =
        before["regions"][0]["handouts"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
    assert_eq!(json!(numbers), json!([2, 3, 4]));
    let names: Vec<&Value> = before["regions"][0]["organizations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["shortName"])
        .collect();
    assert_eq!(json!(names), json!(["拠点", "本庄", "美里", "神川", "上里", "保健所"]));
    assert!(first.stop(), "a server that is asked to stop ends well");
    let second = start();
    assert_eq!(state(&second), before);
}

#[test]
fn one_file_and_one_program_are_enough() {
    let folder = folder();
    let serving = Serving::start(folder.path(), &[]);
    let client = renkei_tests::Client::new(&serving.url);
    assert_eq!(client.viewer(), Value::Null);
    renkei(folder.path(), &["region", "add", "秩父郡"], "").expect_success();
    assert!(folder.path().join("renkei.db").is_file(), "the default database is a file here");
    drop(serving);
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| name.to_string_lossy().starts_with("renkei.db")), "{names:?}");
}

#[test]
fn what_another_process_has_written_is_seen() {
    let app = TestApp::demo();
    let reader = app.sign_in("admin");
    let regions = || reader.data("{ regions { name } }", json!({}))["regions"].as_array().unwrap().len();
    assert_eq!(regions(), 1);
    renkei(folder().path(), &["region", "add", "秩父郡", "--database", app.database.url()], "")
        .expect_success();
    assert_eq!(regions(), 2);
}
