//! Answers that are kept by the server: the same as without, whoever has written what on whichever server.

use crate::random::Random;
use renkei_server::Config;
use renkei_tests::{Answer, Client, Database, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};

const SHEET: &str = "query S($region: ID!) { sheet(regionId: $region, fiscalYear: 2026) { seq phase
    rows { item { title } cells { viewerCanEdit entries { id version body viewerCanEdit updatedBy { name } } } } } }";
/// Asks who asks.
const OWN: &str =
    "{ viewer { id login memberships { role region { name } } } regions { name sheets { title } } }";
const PEOPLE: [&str; 4] = ["hub", "honjo", "misato", "hokenjo"];

fn ask(client: &Client, document: &str, region: &Value) -> Answer {
    client.post(&json!({ "query": document, "variables": { "region": region } }))
}

/// Servers on one database, of which the first owns it.
fn servers(answer_bytes: &[Option<u64>]) -> Vec<TestApp> {
    let config = |bytes: Option<u64>| Config { answer_bytes: bytes, ..Config::default() };
    let mut servers: Vec<TestApp> = Vec::new();
    for bytes in answer_bytes {
        let database = match servers.first() {
            Some(first) => Database::at(first.database.url().to_owned()),
            None => Database::demo(),
        };
        servers.push(TestApp::with(database, config(*bytes)));
    }
    servers
}

#[test]
fn what_has_not_changed_costs_the_question_who_asks() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let region = Matrix::read(&hub).region["id"].clone();
    for document in [SHEET, OWN] {
        let first = ask(&hub, document, &region);
        let before = app.statements();
        let again = ask(&hub, document, &region);
        assert_eq!(app.statements() - before, 1, "{document}");
        assert_eq!((again.status, again.text()), (200, first.text()));
        for name in ["etag", "cache-control", "content-type"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
        assert_eq!(again.header("cache-control"), "no-store");
    }
}

#[test]
fn who_may_see_and_do_the_same_shares_what_does_not_tell_who_they_are() {
    let app = TestApp::demo();
    let (hub, approver) = (app.sign_in("hub"), app.sign_in("hub-approver"));
    let region = Matrix::read(&hub).region["id"].clone();
    app.execute("UPDATE membership SET role = 'APPROVER'");
    let cost = |client: &Client, document: &str| {
        let before = app.statements();
        let answer = ask(client, document, &region);
        (app.statements() - before, answer.text())
    };
    let (_, sheet) = cost(&hub, SHEET);
    assert_eq!(cost(&approver, SHEET), (1, sheet));
    let (_, own) = cost(&hub, OWN);
    let (_, others) = cost(&approver, OWN);
    assert!(own.contains("\"hub\"") && others.contains("\"hub-approver\""), "{own} {others}");
    // The same organisation with another role, and the same role in another organisation.
    app.execute("UPDATE membership SET role = 'VIEWER' WHERE account_id = (SELECT id FROM account WHERE login = 'hub')");
    assert!(!cost(&hub, SHEET).1.contains("\"viewerCanEdit\":true"));
    let honjo = app.sign_in("honjo");
    cost(&approver, SHEET);
    assert_eq!(cost(&approver, SHEET).0, 1);
    assert!(cost(&honjo, SHEET).0 > 1);
}

#[test]
fn errors_and_what_the_log_does_not_tell_are_asked_each_time() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let region = Matrix::read(&hub).region["id"].clone();
    for document in
        ["{ drafts { outline } }", "{ waitingThreads { totalCount } }", "{ regions { name } drafts { id } }"]
    {
        ask(&hub, document, &region);
        let before = app.statements();
        assert_eq!(ask(&hub, document, &region).status, 200);
        assert!(app.statements() - before > 1, "{document}");
    }
    for document in ["{ nothing }", "{", "mutation { signOut(x: 1) }"] {
        let (one, other) = (ask(&hub, document, &region), ask(&hub, document, &region));
        assert_eq!(one.text(), other.text());
        assert!(one.json()["errors"][0]["message"].is_string(), "{document}");
    }
}

#[test]
fn many_who_ask_at_once_are_answered_alike() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let region = &matrix.region["id"];
    for round in 0..3 {
        let entry = Matrix::read(&hub).entries()[0].clone();
        let body = format!("{round}回目の文");
        assert_eq!(hub.change("updateEntry", &edit(&entry, &body))["__typename"], "EntrySaved");
        let answers: Vec<String> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..20).map(|_| scope.spawn(|| ask(&hub, SHEET, region).text())).collect();
            asked.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|answer| answer == &answers[0] && answer.contains(&body)));
    }
}

/// Somebody does something by some server, or loses or gets a right behind the servers' backs.
fn do_something(random: &mut Random, clients: &[Client], unkept: &TestApp) {
    let client = &clients[usize::try_from(random.below(clients.len() as u64)).unwrap()];
    let matrix = Matrix::read(client);
    let entries = if matrix.region.is_null() { Vec::new() } else { matrix.entries() };
    let some =
        |random: &mut Random| entries[usize::try_from(random.below(entries.len() as u64)).unwrap()].clone();
    let honjo = "account_id = (SELECT id FROM account WHERE login = 'honjo')";
    match random.below(8) {
        0 => {
            let role = ["VIEWER", "EDITOR", "APPROVER"][usize::try_from(random.below(3)).unwrap()];
            unkept.execute(&format!("UPDATE membership SET role = '{role}' WHERE {honjo}"));
        }
        1 if !entries.is_empty() => {
            client.change("createEntry", &matrix.new_entry("ウ", "PLAN", "新しい取組"));
        }
        2 if !entries.is_empty() => {
            let entry = some(random);
            let input = json!({ "requestId": request_id(), "id": entry["id"], "version": entry["version"] });
            client.change("deleteEntry", &input);
        }
        _ if !entries.is_empty() => {
            let entry = some(random);
            client.change("updateEntry", &edit(&entry, &format!("文{}", random.below(1_000))));
        }
        _ => {}
    }
}

#[test]
fn answers_are_the_same_with_and_without_keeping_them() {
    let servers = servers(&[None, None, Some(0)]);
    let signed_in = |login: &str| servers.iter().map(|server| server.sign_in(login)).collect::<Vec<_>>();
    let people: Vec<Vec<Client>> = PEOPLE.iter().map(|login| signed_in(login)).collect();
    let region = Matrix::read(&people[0][0]).region["id"].clone();
    for seed in [3, 20_261_130] {
        let mut random = Random(seed);
        for step in 0..20 {
            let who = usize::try_from(random.below(PEOPLE.len() as u64)).unwrap();
            do_something(&mut random, &people[who], &servers[2]);
            for (login, clients) in PEOPLE.iter().zip(&people) {
                for document in [SHEET, OWN] {
                    let fresh = ask(&clients[2], document, &region).text();
                    for kept in &clients[..2] {
                        assert_eq!(
                            ask(kept, document, &region).text(),
                            fresh,
                            "{login}, seed {seed}, step {step}"
                        );
                    }
                }
            }
        }
    }
}
