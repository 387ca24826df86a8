//! What happens in one region costs the watchers of others nothing.

use crate::import::new_region;
use renkei_server::Db;
use renkei_tests::{Client, Matrix, PASSWORD, Serving, Socket, TestApp, renkei};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::thread::{scope, sleep};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Longer than any look at the database for what others have written.
const SETTLED: Duration = Duration::from_millis(700);
const SAMPLE: &str = include_str!("../../../sample/honjo-kodama-r8.tsv");

/// The statements of one save, with all that it brings about for those who watch. The least of three, since what was
/// begun before may still go on.
fn cost_of_a_save(app: &TestApp, person: &Client, matrix: &Matrix, watching: &mut [Socket]) -> u64 {
    let cost = |_| {
        sleep(SETTLED);
        let before = app.statements();
        person.change("createEntry", &matrix.new_entry("ア", "GOAL", "みている人のいる取組"));
        for socket in &mut *watching {
            socket.change();
        }
        sleep(SETTLED);
        app.statements() - before
    };
    (0..3).map(cost).min().unwrap()
}

#[test]
fn a_save_costs_the_watchers_of_other_regions_and_their_sessions_no_statement() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let unwatched = cost_of_a_save(&app, &hub, &matrix, &mut []);
    let sessions: Vec<Socket> = (0..10).map(|_| Socket::greeted(&app.url, &hub)).collect();
    assert_eq!(
        cost_of_a_save(&app, &hub, &matrix, &mut []),
        unwatched,
        "sessions of sockets are not read again"
    );
    drop(sessions);
    // Prepared first: a socket that nobody reads for some seconds is closed.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sheet.tsv"), SAMPLE).unwrap();
    let regions = [("秩父郡", "c"), ("比企郡", "h"), ("大里郡", "o"), ("入間郡", "i"), ("北足立郡", "k")];
    let strangers = regions.map(|(region, login)| {
        new_region(&app, folder.path(), region, login);
        let import = ["import", "sheet.tsv", "--region", region, "--fiscal-year", "2026", "--database"];
        renkei(folder.path(), &[&import[..], &[app.database.url()]].concat(), "").expect_success();
        let stranger = app.sign_in(login);
        let theirs = Matrix::read(&stranger);
        (stranger, theirs)
    });
    let watch = |client: &Client, matrix: &Matrix| Socket::on_sheet(&app.url, client, matrix, Value::Null);
    let mut here: Vec<Socket> = (0..10).map(|_| watch(&hub, &matrix)).collect();
    let alone = cost_of_a_save(&app, &hub, &matrix, &mut here);
    let mut elsewhere = Vec::new();
    for (stranger, theirs) in &strangers {
        elsewhere.extend((0..8).map(|_| watch(stranger, theirs)));
    }
    let among_many = cost_of_a_save(&app, &hub, &matrix, &mut here);
    // PostgreSQL tells a server of its own commits too: the same region may be looked at once more.
    assert!(among_many <= alone + 2, "{among_many} statements instead of {alone}");
    for mut socket in elsewhere {
        assert_eq!(socket.within(Duration::from_millis(1)), None);
    }
}

#[test]
fn what_many_subscribers_are_sent_is_read_once() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let watch = || Socket::on_sheet(&app.url, &honjo, &matrix, Value::Null);
    let mut sockets = vec![watch()];
    let of_one = cost_of_a_save(&app, &hub, &matrix, &mut sockets);
    sockets.extend((0..19).map(|_| watch()));
    let of_twenty = cost_of_a_save(&app, &hub, &matrix, &mut sockets);
    assert!(of_twenty <= of_one + 2, "{of_twenty} statements instead of {of_one}");
}

#[test]
fn what_two_servers_save_at_the_same_time_arrives_at_both() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    let beside = Serving::start(folder.path(), &["--database", app.database.url()]);
    let (here, there) = (app.sign_in("hub"), Client::new(&beside.url).sign_in("honjo", PASSWORD));
    let matrix = Matrix::read(&here);
    let after = json!(matrix.seq());
    let mut sockets = [
        Socket::on_sheet(&app.url, &here, &matrix, after.clone()),
        Socket::on_sheet(&beside.url, &there, &matrix, after),
    ];
    let each = 15;
    scope(|scope| {
        for person in [&here, &there] {
            scope.spawn(|| {
                for _ in 0..each {
                    person.change("createEntry", &matrix.new_entry("ク", "PLAN", "同時に"));
                }
            });
        }
        // Read meanwhile: a socket that nobody reads for some seconds is closed.
        for socket in &mut sockets {
            scope.spawn(|| {
                for expected in 1..=2 * each {
                    assert_eq!(socket.change()["change"]["seq"], matrix.seq() + expected);
                }
            });
        }
    });
}

#[test]
fn only_commits_of_another_process_give_another_data_version() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("renkei.db").display());
    let commit = async |db: &Db, name: &str| {
        let write = db.write().await.unwrap();
        write.execute_unprepared(&format!("CREATE TABLE {name} (id INTEGER)")).await.unwrap();
        write.commit().await.unwrap();
    };
    Runtime::new().unwrap().block_on(async {
        // Connections of its own are what makes it another process to SQLite.
        let (own, other) = (Db::open(&url).await.unwrap(), Db::open(&url).await.unwrap());
        let first = own.data_version().await.unwrap();
        commit(&own, "a").await;
        commit(&own, "b").await;
        assert_eq!(own.data_version().await.unwrap(), first);
        commit(&other, "c").await;
        let second = own.data_version().await.unwrap();
        assert_ne!(second, first);
        // One of another process and an own one between two looks, in either order.
        commit(&other, "d").await;
        commit(&own, "e").await;
        let third = own.data_version().await.unwrap();
        assert_ne!(third, second);
        commit(&own, "f").await;
        commit(&other, "g").await;
        let fourth = own.data_version().await.unwrap();
        assert_ne!(fourth, third);
        // What is rolled back is no commit.
        drop(own.write().await.unwrap());
        drop(other.write().await.unwrap());
        assert_eq!(own.data_version().await.unwrap(), fourth);
    });
}
