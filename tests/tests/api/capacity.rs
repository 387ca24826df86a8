//! How much text a cell and a sheet hold, and what many entries and many deletions cost.

use crate::import::new_region;
use renkei_domain::{FiscalYear, limits};
use renkei_server::{
    Db,
    import::service::{self, Imported},
    refusal::Stop,
};
use renkei_tests::{Client, Matrix, Output, Serving, TestApp, edit, note, renkei, request_id};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};

const SAMPLE: &str = include_str!("../../../sample/honjo-kodama-r8.tsv");
const REGION: &str = "本庄市児玉郡";
const FACETS: [&str; 4] = ["STATUS", "EVALUATION", "GOAL", "PLAN"];

/// Notes of this many characters together.
fn notes(chars: usize) -> Vec<Value> {
    let full = chars / limits::NOTE_CHARS;
    let lengths = std::iter::repeat_n(limits::NOTE_CHARS, full).chain([chars % limits::NOTE_CHARS]);
    lengths.filter(|length| *length > 0).map(|length| note("DOT", &"漢".repeat(length), 0)).collect()
}

/// Input of a new entry of this many characters, of which an entry holds 100,000 with ease.
fn entry_of(matrix: &Matrix, code: &str, facet: &str, chars: usize) -> Value {
    let mut input = matrix.new_entry(code, facet, "文");
    input["notes"] = json!(notes(chars - 1));
    input
}

fn chars(entries: &[Value]) -> usize {
    let length = |text: &Value| text.as_str().unwrap().chars().count();
    let of = |entry: &Value| {
        let notes = entry["notes"].as_array().unwrap().iter();
        length(&entry["body"]) + notes.map(|note| length(&note["text"])).sum::<usize>()
    };
    entries.iter().map(of).sum()
}

fn saved(payload: Value) -> Value {
    assert_eq!(payload["__typename"], "EntrySaved", "{payload:.300}");
    payload
}

#[track_caller]
fn too_long(payload: &Value) {
    assert_eq!(payload["code"], "TOO_LONG", "{payload:.300}");
    assert!(payload["message"].as_str().unwrap().contains("文字"), "{payload}");
}

/// Fills a cell until so many characters are left of what it holds.
fn fill(hub: &Client, code: &str, facet: &str, left: usize) {
    let matrix = Matrix::read(hub);
    let mut missing = limits::CELL_CHARS - left - chars(&matrix.entries_of(code, facet));
    while missing > 0 {
        let next = missing.min(100_000);
        saved(hub.change("createEntry", &entry_of(&matrix, code, facet, next)));
        missing -= next;
    }
}

#[test]
fn a_cell_holds_half_a_million_characters_whatever_the_operation() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let create = |text: usize| hub.change("createEntry", &entry_of(&matrix, "ア", "PLAN", text));
    let short = saved(create(2))["entry"].take();
    let deleted = saved(create(600))["entry"].take();
    let gone =
        hub.change("deleteEntry", &json!({ "requestId": request_id(), "id": deleted["id"], "version": 1 }));
    assert_eq!(gone["__typename"], "EntryDeleted", "{gone}");
    fill(&hub, "ア", "PLAN", 500);

    too_long(&create(501));
    // A longer text of an entry that is there, as long as the rest allows and one character more.
    let mut longer = edit(&short, "文");
    longer["notes"] = json!(notes(502));
    too_long(&hub.change("updateEntry", &longer));
    (longer["requestId"], longer["notes"]) = (json!(request_id()), json!(notes(501)));
    let full = saved(hub.change("updateEntry", &longer));
    too_long(&create(1));
    // In a full cell a text may become shorter, and what does not make it longer is saved.
    let largest = Matrix::read(&hub).entries_of("ア", "PLAN").pop().unwrap();
    let mut shorter = edit(&largest, "文");
    shorter["notes"] = json!([]);
    shorter["explicitScenes"] = json!(["EMERGENCY"]);
    let mut same = edit(&full["entry"], "字");
    same["notes"] = longer["notes"].clone();
    saved(hub.change("updateEntry", &same));
    // Restored, and moved here from another cell.
    let mut restore = json!({ "requestId": request_id(), "entryId": deleted["id"], "version": 2 });
    restore["changeId"] = gone["change"]["id"].clone();
    too_long(&hub.change("restoreEntry", &restore));
    let beside = saved(hub.change("createEntry", &entry_of(&matrix, "イ", "PLAN", 600)))["entry"].take();
    let mut here = json!({ "requestId": request_id(), "id": beside["id"], "version": 1 });
    here["itemId"] = matrix.item("ア");
    too_long(&hub.change("moveEntry", &here));
    saved(hub.change("updateEntry", &shorter));
    for input in [&mut restore, &mut here] {
        input["requestId"] = json!(request_id());
    }
    saved(hub.change("restoreEntry", &restore));
    saved(hub.change("moveEntry", &here));

    // Two edits of which each fits, and both together do not.
    let mut both = entry_of(&matrix, "ウ", "PLAN", 1);
    both["notes"] = json!([note("DOT", "一", 0), note("DOT", "二", 0)]);
    let both = saved(hub.change("createEntry", &both))["entry"].take();
    fill(&hub, "ウ", "PLAN", 2_500);
    let with = |nth: usize| {
        let mut input = edit(&both, "文");
        let mut notes = both["notes"].clone();
        notes[nth]["text"] = json!(format!("{}{}", notes[nth]["text"].as_str().unwrap(), "字".repeat(1_500)));
        input["notes"] = notes;
        input
    };
    saved(hub.change("updateEntry", &with(0)));
    too_long(&honjo.change("updateEntry", &with(1)));
}

#[test]
fn a_sheet_holds_two_and_a_half_million_characters() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let mut left = limits::SHEET_CHARS - chars(&matrix.entries());
    let mut cells = ["ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク"]
        .iter()
        .flat_map(|code| FACETS.map(|facet| (*code, facet)));
    while left > 50 {
        let (code, facet) = cells.next().unwrap();
        for _ in 0..4 {
            let next = (left - 50).min(100_000);
            if next > 0 {
                saved(hub.change("createEntry", &entry_of(&matrix, code, facet, next)));
                left -= next;
            }
        }
    }
    too_long(&hub.change("createEntry", &entry_of(&matrix, "ク", "PLAN", 51)));
    let last = saved(hub.change("createEntry", &entry_of(&matrix, "ク", "PLAN", 50)))["entry"].take();
    // To another cell of the same sheet it adds nothing.
    let mut moved = json!({ "requestId": request_id(), "id": last["id"], "version": 1 });
    moved["itemId"] = matrix.item("キ");
    saved(hub.change("moveEntry", &moved));
}

/// A file of one sheet in which every cell has these entries.
fn file(entries: usize, text: &str) -> String {
    let mut lines = SAMPLE.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().unwrap();
    let rows = lines.filter(|line| !line.starts_with("事業項目")).map(|line| {
        let item = line.split('\t').next().unwrap();
        let cell =
            |facet: &str| -> String { (0..entries).map(|nth| format!("○{facet}{nth}{text} ")).collect() };
        format!("{item}\t{}", FACETS.map(cell).join("\t"))
    });
    std::iter::once(header.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

fn import(folder: &Path, region: &str, text: &str, database: &str) -> Output {
    fs::write(folder.join("sheet.tsv"), text).unwrap();
    let arguments = ["import", "sheet.tsv", "--region", region, "--fiscal-year", "2026", "--database"];
    renkei(folder, &[&arguments[..], &[database]].concat(), "")
}

#[test]
fn an_import_is_held_to_the_same_limits() {
    let app = TestApp::empty();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    let run = |text: &str| import(folder.path(), "秩父郡", text, app.database.url());
    // One cell of 1,000 entries of 200 characters fits.
    let cell: String = (0..1_000).map(|nth| format!("○{nth:04}{} ", "字".repeat(196))).collect();
    let with = |cell: &str| {
        let mut lines: Vec<String> = file(1, "文").lines().map(str::to_owned).collect();
        let mut fields: Vec<&str> = lines[1].split('\t').collect();
        fields[1] = cell;
        lines[1] = fields.join("\t");
        lines.join("\n")
    };
    run(&with(&cell)).expect_success();
    // A cell that is too long, in a sheet that is there.
    let long: String = (0..200).map(|nth| format!("○{nth:04}{} ", "字".repeat(2_500))).collect();
    let refused = run(&with(&long));
    assert!(!refused.success && refused.stderr.contains("文字まで"), "{}", refused.stderr);
    let reader = app.sign_in("chichibu");
    assert_eq!(Matrix::read(&reader).entries_of("ア", "STATUS").len(), 1_000, "nothing is stored");
    // A sheet that is too long, and not there yet: 32 cells of 80,000 characters.
    new_region(&app, folder.path(), "大里郡", "osato");
    let text = "字".repeat(1_990);
    let refused = import(folder.path(), "大里郡", &file(40, &text), app.database.url());
    assert!(!refused.success && refused.stderr.contains("文字まで"), "{}", refused.stderr);
    assert_eq!(app.count("sheet"), 1);
}

#[test]
fn what_stood_before_the_limits_is_counted_from_then_on() {
    let app = TestApp::demo();
    for index in [
        "entry_living",
        "session_seen",
        "session_created",
        "token_expires",
        "account_organization",
        "sheet_item_item",
        "thread_item",
    ] {
        app.execute(&format!("DROP INDEX {index}"));
    }
    app.execute("ALTER TABLE entry DROP COLUMN chars");
    app.execute("CREATE INDEX entry_region_year ON entry (region_id, fiscal_year, facet)");
    assert_eq!(app.execute("DELETE FROM seaql_migrations WHERE version = 'm0009_limits'"), 1);
    let folder = tempfile::tempdir().unwrap();
    let server = Serving::start(folder.path(), &["--database", app.database.url()]);
    let hub = Client::new(&server.url).sign_in("hub", renkei_tests::PASSWORD);
    let kept: i64 =
        app.select::<i64>("SELECT CAST(SUM(chars) AS BIGINT) FROM entry WHERE deleted_at IS NULL")[0];
    assert_eq!(usize::try_from(kept).unwrap(), chars(&Matrix::read(&hub).entries()));
}

/// Fresh ranks for a cell are given in one statement, however many entries stand in it.
#[test]
fn a_cell_without_room_between_ranks_gets_fresh_ones_in_one_statement() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    import(folder.path(), "秩父郡", &file(500, "文"), app.database.url()).expect_success();
    let many = app.sign_in("chichibu");
    app.execute("UPDATE entry SET rank = 0");
    let mut counted = Vec::new();
    for client in [&hub, &many] {
        let matrix = Matrix::read(client);
        let order: Vec<Value> =
            matrix.entries_of("ア", "PLAN").iter().map(|entry| entry["id"].clone()).collect();
        let mut input = matrix.new_entry("ア", "PLAN", "間に入れた");
        input["afterEntryId"] = order[0].clone();
        let before = app.statements();
        saved(client.change("createEntry", &input));
        counted.push(app.statements() - before);
        let mut after: Vec<Value> =
            Matrix::read(client).entries_of("ア", "PLAN").iter().map(|entry| entry["id"].clone()).collect();
        after.remove(1);
        assert_eq!(after, order);
    }
    assert_eq!(counted[0], counted[1], "statements for 2 and for 500 entries");
}

#[test]
fn sixteen_thousand_entries_are_imported_read_and_imported_again() {
    let app = TestApp::empty();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    let first = file(500, "文");
    import(folder.path(), "秩父郡", &first, app.database.url()).expect_success();
    let reader = app.sign_in("chichibu");
    let seq = app.select::<i64>("SELECT seq FROM region")[0];
    let matrix = Matrix::read(&reader);
    assert_eq!(matrix.entries().len(), 16_000);
    let since = "query($region: ID!, $seq: Int!) { sheet(regionId: $region, fiscalYear: 2026) {
        since(seq: $seq) { kind entryId } } }";
    let changed = &matrix.entries_of("ク", "PLAN")[499];
    saved(reader.change("updateEntry", &edit(changed, "書き直した文")));
    let different = reader.data(since, json!({ "region": matrix.region["id"], "seq": seq }));
    assert_eq!(different["sheet"]["since"], json!([{ "kind": "CHANGED", "entryId": changed["id"] }]));
    let other = first.replace("GOAL0文", "GOAL0別の文");
    let again = import(folder.path(), "秩父郡", &other, app.database.url());
    assert!(!again.success && again.stderr.contains("書き直した文"), "{}", again.stderr);
    let (rest, last) = other.rsplit_once('\n').unwrap();
    let within = format!("{rest}\n{}", last.replace("PLAN499文", "書き直した文"));
    import(folder.path(), "秩父郡", &within, app.database.url()).expect_success();
}

/// What a file would change is found out before anything is locked: it is refused though somebody else is writing.
#[test]
fn an_import_reads_the_log_before_it_takes_the_write_lock() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let entry = Matrix::read(&hub).entries_of("イ", "GOAL")[0].clone();
    saved(hub.change("updateEntry", &edit(&entry, "多職種が協働する。")));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open(app.database.url()).await.unwrap();
        let writer = sea_orm::Database::connect(app.database.url()).await.unwrap().begin().await.unwrap();
        writer.execute_unprepared("UPDATE region SET seq = seq + 1").await.unwrap();
        let text = SAMPLE.replace("周知を行う", "周知をする");
        let done = tokio::time::timeout(Duration::from_secs(20), run_import(&db, &text)).await;
        let Ok(Err(Stop::Refused(refusal))) = done else { panic!("{done:?}") };
        assert!(refusal.message.contains("多職種が協働"), "{refusal:?}");
        writer.rollback().await.unwrap();
    });
}

/// What was changed between the preparation and the lock is not overwritten with what was read before.
#[test]
fn an_import_that_was_overtaken_is_prepared_again() {
    let app = TestApp::demo();
    let id = Matrix::read(&app.sign_in("hub")).entries_of("イ", "GOAL")[0]["id"].as_str().unwrap().to_owned();
    let id = match app.database.url().starts_with("sqlite") {
        true => format!("X'{}'", id.replace('-', "")),
        false => format!("'{id}'"),
    };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open(app.database.url()).await.unwrap();
        let writer = sea_orm::Database::connect(app.database.url()).await.unwrap().begin().await.unwrap();
        writer.execute_unprepared("UPDATE region SET seq = seq + 1").await.unwrap();
        let meanwhile = format!("UPDATE entry SET body = 'その間の' || body, version = 2 WHERE id = {id}");
        writer.execute_unprepared(&meanwhile).await.unwrap();
        let text = SAMPLE.replace("多職種が協働することにより", "多職種の協働により");
        let commit = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            writer.commit().await.unwrap();
        };
        let (done, ()) = futures_util::join!(run_import(&db, &text), commit);
        assert_eq!(done.unwrap().updated, 1);
    });
    let versions: Vec<i32> = app.select(&format!("SELECT version FROM entry WHERE id = {id}"));
    assert_eq!(versions, [3], "it goes on from what was written meanwhile");
}

async fn run_import(db: &Db, text: &str) -> Result<Imported, Stop> {
    Ok(service::import(db, REGION, FiscalYear(2026), "sheet.tsv", text.as_bytes(), false).await?.0)
}

/// Whether an index begins with this column.
fn is_indexed(app: &TestApp, table: &str, column: &str) -> bool {
    let sql = match app.database.url().starts_with("sqlite") {
        true => format!(
            "SELECT COUNT(*) FROM pragma_index_list('{table}') list, pragma_index_info(list.name) info
             WHERE info.seqno = 0 AND info.name = '{column}'"
        ),
        false => format!(
            "SELECT COUNT(*) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = '{table}'::regclass AND a.attname = '{column}'"
        ),
    };
    app.select::<i64>(&sql)[0] > 0
}

#[test]
fn what_is_filtered_joined_or_tidied_has_an_index() {
    let app = TestApp::demo();
    for (table, column) in [
        ("account", "organization_id"),
        ("account", "login_key"),
        ("membership", "region_id"),
        ("organization", "name"),
        ("region_organization", "organization_id"),
        ("session", "account_id"),
        ("session", "seen_at"),
        ("session", "created_at"),
        ("sheet_item", "item_id"),
        ("item", "region_id"),
        ("sheet", "region_id"),
        ("entry", "item_id"),
        ("entry", "region_id"),
        ("handout", "region_id"),
        ("change", "region_id"),
        ("change", "entity_id"),
        ("change_cell", "region_id"),
        ("request", "at"),
        ("thread", "region_id"),
        ("thread", "entry_id"),
        ("thread", "item_id"),
        ("comment", "thread_id"),
        ("mention", "account_id"),
        ("mention", "organization_id"),
        ("mention", "thread_id"),
        ("snapshot", "sheet_id"),
        ("draft", "account_id"),
        ("token", "account_id"),
        ("token", "expires_at"),
    ] {
        assert!(is_indexed(&app, table, column), "{table}.{column}");
    }
}
