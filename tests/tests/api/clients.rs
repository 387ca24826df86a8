//! Other people's clients, as their programs use them (`tests/clients/`): the same small story told by each, and the
//! audits of GraphQL over HTTP. What a client tells is shown whether it passes or not.

use renkei_tests::{PASSWORD, TestApp, renkei};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Runs a program of the folder to its end and gives what it has said.
#[track_caller]
fn told(arguments: &[&str]) -> String {
    let folder = folder();
    assert!(
        folder.join("node_modules").is_dir(),
        "`cargo xtask setup` or `npm ci` in tests/clients installs it"
    );
    let output = Command::new("node").args(arguments).current_dir(folder).output().expect("Node.js is there");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // Past the harness, which keeps to itself what a test prints that passes.
    write!(std::io::stdout().lock(), "{said}").expect("somebody listens");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The story of a client on a server of its own; its answers come compressed unless it says otherwise.
#[track_caller]
fn story(client: &str, options: &[&str]) -> String {
    let app = TestApp::demo();
    let said = told(&[&["story.mjs", client, &app.url, PASSWORD], options].concat());
    assert!(said.contains("read, filtered, saved, in conflict, heard 3 changes"), "{said}");
    said
}

#[track_caller]
fn story_of_gql(transport: &str, options: &[&str]) -> String {
    let python = folder().join(".venv/bin/python");
    assert!(python.exists(), "`cargo xtask setup` installs Python's packages");
    let python = format!("--python={}", python.display());
    let transport = format!("--transport={transport}");
    story("gql", &[&[python.as_str(), &transport], options].concat())
}

/// What is compressed is a matter of the answers' size: a sheet's is, a save's is not.
#[track_caller]
fn some_compressed(said: &str) {
    assert!(said.contains("\"br\":") || said.contains("\"gzip\":"), "{said}");
}

#[track_caller]
fn none_compressed(said: &str) {
    assert!(!said.contains("\"br\":") && !said.contains("\"gzip\":"), "{said}");
}

#[test]
fn the_client_of_graphql_ws_connects_subscribes_and_resumes() {
    let app = TestApp::demo();
    let said = told(&["resume.mjs", &app.url, "honjo", PASSWORD]);
    assert!(said.contains("connected 3 times and heard 6 changes"), "{said}");
}

#[test]
fn the_story_of_graphql_ws() {
    story("graphql-ws", &[]);
}

#[test]
fn the_story_of_graphql_ws_with_tokens() {
    story("graphql-ws", &["--token"]);
}

#[test]
fn the_story_of_apollo_client() {
    some_compressed(&story("apollo", &[]));
}

#[test]
fn the_story_of_apollo_client_that_asks_by_get_and_takes_nothing_compressed() {
    let said = story("apollo", &["--get", "--encoding=identity"]);
    assert!(said.contains("\"GET\":"), "{said}");
    none_compressed(&said);
}

#[test]
fn the_story_of_apollo_client_with_tokens() {
    story("apollo", &["--token"]);
}

#[test]
fn the_story_of_urql() {
    some_compressed(&story("urql", &[]));
}

#[test]
fn the_story_of_urql_that_asks_by_get_and_takes_nothing_compressed() {
    let said = story("urql", &["--get", "--encoding=identity"]);
    assert!(said.contains("\"GET\":"), "{said}");
    none_compressed(&said);
}

#[test]
fn the_story_of_urql_with_tokens() {
    story("urql", &["--token"]);
}

#[test]
fn the_story_of_pythons_gql_with_aiohttp() {
    some_compressed(&story_of_gql("aiohttp", &[]));
}

#[test]
fn the_story_of_pythons_gql_with_httpx_and_websockets() {
    some_compressed(&story_of_gql("httpx", &[]));
}

#[test]
fn the_story_of_pythons_gql_with_tokens() {
    for transport in ["aiohttp", "httpx"] {
        story_of_gql(transport, &["--token"]);
    }
}

/// The sample, moved on by a year, with another title for its first item.
pub fn next_year(app: &TestApp) {
    let sample = include_str!("../../../sample/honjo-kodama-r8.tsv");
    let sheet = sample
        .replace("地域の医療・介護の資源の把握", "地域の資源の把握")
        .replace("令和8年度", "令和9年度")
        .replace("令和7年", "令和8年");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sheet.tsv"), sheet).unwrap();
    let import = ["import", "sheet.tsv", "--region", "本庄市児玉郡", "--fiscal-year", "2027", "--database"];
    renkei(folder.path(), &[&import[..], &[app.database.url()]].concat(), "").expect_success();
}

#[test]
fn two_years_stand_in_one_cache() {
    let app = TestApp::demo();
    next_year(&app);
    for client in ["apollo", "urql"] {
        let said = told(&["years.mjs", client, &app.url, PASSWORD]);
        assert!(said.contains("2 years in one cache"), "{said}");
    }
}

#[test]
fn graphql_http_has_nothing_to_object_to() {
    let app = TestApp::demo();
    for encoding in ["gzip, deflate, br", "identity"] {
        let said = told(&["audits.mjs", &app.url, "honjo", PASSWORD, encoding]);
        assert!(said.contains("graphql-http's audits: 61 of 61"), "{said}");
    }
}
