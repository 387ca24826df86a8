//! Sheets from files: to the character, all or nothing, and never over what people have edited.

use renkei_domain::CareScene;
use renkei_tests::{Client, Matrix, Output, TestApp, edit, renkei};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const SAMPLE: &str = include_str!("../../../sample/honjo-kodama-r8.tsv");
const EXPECTED: &str = include_str!("../../../sample/honjo-kodama-r8.expected.json");
const REGION: &str = "本庄市児玉郡";

/// Runs `renkei import` on a file of this text, beside the running server.
fn import(app: &TestApp, region: &str, text: &[u8]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sheet.tsv"), text).unwrap();
    let arguments = ["import", "sheet.tsv", "--region", region, "--fiscal-year", "2026", "--database"];
    renkei(folder.path(), &[&arguments[..], &[app.database.url()]].concat(), "")
}

/// A text of which the white space beside marks, which is layout, is left off.
fn without_layout(text: &str) -> String {
    let mut plain = text.to_owned();
    for mark in ["○", "*", "①", "②", "③", "④", "・"] {
        plain = plain.replace(&format!(" {mark}"), mark).replace(&format!("{mark} "), mark);
    }
    plain
}

/// An entry as the sheet prints it, in one line.
fn printed(entry: &Value) -> String {
    let mut numbers = ["①", "②", "③", "④"].into_iter();
    let mut line = entry["body"].as_str().unwrap().to_owned();
    for note in entry["notes"].as_array().unwrap() {
        let mark = match note["kind"].as_str().unwrap() {
            "ASTERISK" => "*",
            "NUMBERED" => numbers.next().unwrap(),
            _ => "・",
        };
        line = format!("{line} {mark}{}", note["text"].as_str().unwrap());
    }
    line
}

fn notes<'a>(entries: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    entries
        .iter()
        .flat_map(|entry| entry["notes"].as_array().unwrap())
        .filter(move |note| note["kind"] == kind)
}

#[test]
fn the_sample_is_told_to_the_character() {
    let app = TestApp::demo();
    let matrix = Matrix::read(&app.sign_in("hokenjo"));
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    let rows = matrix.sheet["rows"].as_array().unwrap();
    let items = expected["items"].as_array().unwrap();
    assert_eq!(rows.len(), items.len());
    for (row, item) in rows.iter().zip(items) {
        assert_eq!(row["item"]["code"], item["code"]);
        assert_eq!(row["item"]["title"], item["title"]);
        let scenes: Vec<&str> = names_of_scenes(&row["item"]["scenes"]);
        assert_eq!(json!(scenes), item["scenes"]);
        let cells = row["cells"].as_array().unwrap();
        let expected_cells = item["cells"].as_array().unwrap();
        assert_eq!(cells.len(), expected_cells.len());
        for (cell, expected) in cells.iter().zip(expected_cells) {
            same_cell(cell, expected, item["code"].as_str().unwrap());
        }
    }
    let entries = matrix.entries();
    let totals = &expected["totals"];
    assert_eq!(json!(entries.len()), totals["entries"]);
    assert_eq!(json!(notes(&entries, "ASTERISK").count()), totals["asteriskNotes"]);
    assert_eq!(json!(notes(&entries, "NUMBERED").count()), totals["numbered"]);
    assert_eq!(json!(notes(&entries, "DOT").count()), totals["dots"]);
    assert!(notes(&entries, "DOT").all(|dot| dot["depth"] == 1), "both dots stand under an asterisk");
    for entry in &entries {
        assert_eq!(entry["explicitScenes"], json!([]), "no scene is invented");
        assert_eq!(entry["scenes"].as_array().unwrap().len(), 4, "all are inherited");
        assert_eq!(entry["owner"], Value::Null, "all are joint");
    }
}

fn names_of_scenes(codes: &Value) -> Vec<&'static str> {
    let codes = codes.as_array().unwrap().iter();
    codes.map(|code| CareScene::from_code(code.as_str().unwrap()).unwrap().name()).collect()
}

fn same_cell(cell: &Value, expected: &Value, code: &str) {
    assert_eq!(cell["facet"], expected["facet"], "{code}");
    assert_eq!(cell["fiscalYear"], expected["fiscalYear"], "{code}");
    let entries = cell["entries"].as_array().unwrap();
    assert_eq!(json!(entries.len()), expected["entries"], "{code}");
    assert_eq!(json!(notes(entries, "ASTERISK").count()), expected["asteriskNotes"], "{code}");
    assert_eq!(json!(notes(entries, "NUMBERED").count()), expected["numbered"], "{code}");
    let lines: Vec<String> = entries.iter().map(|entry| without_layout(&printed(entry))).collect();
    let expected_lines = expected["entryTexts"].as_array().unwrap().iter();
    let expected_lines: Vec<String> =
        expected_lines.map(|line| without_layout(line.as_str().unwrap())).collect();
    assert_eq!(lines, expected_lines, "{code}");
    let visible: String = lines.iter().map(|line| format!("○{line}")).collect();
    assert_eq!(visible, without_layout(expected["visibleText"].as_str().unwrap()), "{code}");
    let positions: Vec<&Value> = entries.iter().map(|entry| &entry["position"]).collect();
    assert_eq!(json!(positions), json!((0..entries.len()).collect::<Vec<_>>()), "{code}");
}

#[test]
fn headings_dates_and_footnotes_go_into_the_columns() {
    let app = TestApp::demo();
    let matrix = Matrix::read(&app.sign_in("hokenjo"));
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    let sheet = &matrix.sheet;
    let first =
        format!("{} *{}", sheet["itemHeading"].as_str().unwrap(), sheet["itemFootnote"].as_str().unwrap());
    let mut headings = vec![first];
    for column in sheet["columns"].as_array().unwrap() {
        let mut heading = column["heading"].as_str().unwrap().to_owned();
        if column["asOf"] == "2025-12-31" {
            heading.push_str(" （令和7年12月末時点）");
        }
        if let Some(footnote) = column["footnote"].as_str() {
            heading = format!("{heading} *{footnote}");
        }
        headings.push(heading);
    }
    assert_eq!(json!(headings), expected["headings"]);
    let years: Vec<(&Value, &Value)> = sheet["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (&column["facet"], &column["fiscalYear"]))
        .collect();
    assert_eq!(json!(years), json!([["STATUS", 2025], ["EVALUATION", 2025], ["GOAL", 2026], ["PLAN", 2026]]));
}

#[test]
fn the_import_is_one_request_of_one_change_an_entry() {
    let app = TestApp::demo();
    let imported = "entity = 'ENTRY'";
    assert_eq!(app.count(&format!("change WHERE {imported}")), 64);
    let requests = format!("SELECT COUNT(DISTINCT request_id) FROM change WHERE {imported}");
    assert_eq!(app.select::<i64>(&requests), [1]);
    let names: Vec<String> = app.select(&format!("SELECT DISTINCT by_name FROM change WHERE {imported}"));
    assert_eq!(names, ["取り込み（honjo-kodama-r8.tsv）"]);
    let organizations: Vec<String> =
        app.select(&format!("SELECT DISTINCT by_organization FROM change WHERE {imported}"));
    assert_eq!(organizations, ["在宅医療連携拠点"]);
}

#[test]
fn the_same_file_again_changes_nothing() {
    let app = TestApp::demo();
    let reader = app.sign_in("hokenjo");
    let before = Matrix::read(&reader);
    import(&app, REGION, SAMPLE.as_bytes()).expect_success();
    let after = Matrix::read(&reader);
    assert_eq!(after.sheet, before.sheet, "not even seq");
}

#[test]
fn what_people_have_edited_is_not_overwritten() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let before = Matrix::read(&hub);
    let entry = &before.entries_of("イ", "GOAL")[0];
    let saved = hub.change("updateEntry", &edit(entry, "多職種が協働する。"));
    assert_eq!(saved["__typename"], "EntrySaved", "{saved}");
    let edited = Matrix::read(&hub);
    let refused = import(&app, REGION, SAMPLE.replace("周知を行う", "周知をする").as_bytes());
    assert!(!refused.success);
    assert!(refused.stderr.contains("多職種が協働"), "names the entry: {}", refused.stderr);
    assert_eq!(Matrix::read(&hub).sheet, edited.sheet, "nothing is stored");
}

#[test]
fn what_nobody_has_edited_is_replaced() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let before = Matrix::read(&hub);
    import(&app, REGION, SAMPLE.replace("多職種が協働することにより", "多職種の協働により").as_bytes())
        .expect_success();
    let after = Matrix::read(&hub);
    assert_eq!(after.seq(), before.seq() + 1, "one entry, one change");
    let goal = &after.entries_of("イ", "GOAL")[0];
    assert_eq!(goal["body"], "多職種の協働により郡市内の在宅医療・介護連携を更に推進する。");
}

#[test]
fn a_file_that_cannot_be_read_is_refused_whole_with_its_place() {
    let app = TestApp::demo();
    let reader = app.sign_in("hokenjo");
    let before = Matrix::read(&reader);
    let mut lines: Vec<&str> = SAMPLE.lines().collect();
    let last = lines.pop().unwrap();
    let cut = last.rsplit_once('\t').unwrap().0;
    let short = format!("{}\n{cut}\n", lines.join("\n"));
    let line = short.lines().count();
    for (what, broken, told) in [
        ("a row without its last field", short.as_bytes(), format!("{line}行")),
        ("no header", b"a\tb\n1\t2\n".as_slice(), "1行目".to_owned()),
        ("no text at all", b"".as_slice(), String::new()),
        ("bytes that are no UTF-8", b"\x8d\x80\x96\xda\t\xff\n".as_slice(), String::new()),
    ] {
        let refused = import(&app, REGION, broken);
        assert!(!refused.success, "{what}: {}", refused.stdout);
        assert!(refused.stderr.contains(&told), "{what}: {}", refused.stderr);
        assert_eq!(Matrix::read(&reader).sheet, before.sheet, "{what}");
    }
}

#[test]
fn a_region_without_items_gets_them_from_the_file() {
    let app = TestApp::empty();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    let reader = app.sign_in("chichibu");
    assert_eq!(sheets(&reader), json!([]));
    import(&app, "秩父郡", SAMPLE.as_bytes()).expect_success();
    assert_eq!(sheets(&reader), json!([{ "fiscalYear": 2026 }]));
    let matrix = Matrix::read(&reader);
    assert_eq!(matrix.entries().len(), 64);
    assert_eq!(matrix.sheet["phase"], "DRAFT");
    assert_eq!(matrix.sheet["secretariat"]["name"], "在宅医療連携拠点");
    let titles = "{ regions { items { code title position } } }";
    let items = reader.data(titles, json!({}))["regions"][0]["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 8);
    assert_eq!(items[7], json!({ "code": "ク", "title": matrix.row("ク")["item"]["title"], "position": 7 }));
}

fn sheets(client: &Client) -> Value {
    client.data("{ regions { sheets { fiscalYear } } }", json!({}))["regions"][0]["sheets"].clone()
}

/// A region of its hub, with an editor of it.
pub fn new_region(app: &TestApp, folder: &Path, region: &str, login: &str) {
    let database = app.database.url();
    renkei(folder, &["region", "add", region, "--database", database], "").expect_success();
    let account =
        ["account", "add", "--login", login, "--name", "担当者", "--organization", "在宅医療連携拠点"];
    let there = ["--region", region, "--role", "EDITOR", "--database", database];
    renkei(folder, &[&account[..], &there].concat(), "renkei-demo\n").expect_success();
}

/// A sheet of one entry, in other people's spelling.
#[test]
fn other_spellings_of_the_same_kind_of_file_are_read() {
    let app = TestApp::empty();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    let header = "令和８年度目標\t令和７年度評価\t事業項目と４つの場面分類\t令和7年度取組状況及び結果（令和8年1月末時点）\t令和8年度の計画";
    let row = "<ul><li>◯研修&amp;交流</li></ul>\t\t（カ）研修<b>看取り</b>\t<p>○①の結果を共有</p><br>＊対象：・医師 ・看護師<br>○次&nbsp;回\t※該当なし";
    import(&app, "秩父郡", format!("\u{feff}{header}\r\n{row}\r\n").as_bytes()).expect_success();
    let matrix = Matrix::read(&app.sign_in("chichibu"));
    let item = &matrix.row("カ")["item"];
    assert_eq!((&item["title"], &item["scenes"]), (&json!("研修"), &json!(["END_OF_LIFE"])));
    let order: Vec<&Value> =
        matrix.sheet["columns"].as_array().unwrap().iter().map(|column| &column["facet"]).collect();
    assert_eq!(json!(order), json!(["GOAL", "EVALUATION", "STATUS", "PLAN"]));
    assert_eq!(matrix.sheet["columns"][2]["asOf"], "2026-01-31");
    assert_eq!(matrix.entries_of("カ", "GOAL")[0]["body"], "研修&交流");
    assert_eq!(matrix.entries_of("カ", "EVALUATION").len(), 0);
    let status = matrix.entries_of("カ", "STATUS");
    assert_eq!(status[0]["body"], "①の結果を共有");
    let notes = json!([
        { "kind": "ASTERISK", "text": "対象：", "depth": 0 },
        { "kind": "DOT", "text": "医師", "depth": 1 },
        { "kind": "DOT", "text": "看護師", "depth": 1 },
    ]);
    assert_eq!(status[0]["notes"], notes);
    assert_eq!(matrix.entries_of("カ", "PLAN")[0]["body"], "※該当なし");
}
