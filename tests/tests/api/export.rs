//! Sheets as paper and files: who may have them, and what each format holds, read back by programs of others.

use crate::{
    import::new_region,
    tenancy::Regions,
    token::{create, script, tokens, wanted},
};
use calamine::{Data, Reader as _, Xlsx};
use quick_xml::events::Event;
use renkei_tests::{Answer, Client, Matrix, PASSWORD, TestApp, edit, note, renkei, request_id};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

const EXPECTED: &str = include_str!("../../../sample/honjo-kodama-r8.expected.json");
const FORMATS: [&str; 6] = ["xlsx", "docx", "csv", "tsv", "html", "json"];
const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

fn address(matrix: &Matrix, form: &str, query: &str) -> String {
    let (region, year) = (matrix.region["id"].as_str().unwrap(), &matrix.sheet["fiscalYear"]);
    format!("/export/{region}/{year}/{form}?{query}")
}

/// What somebody gets who may have it.
#[track_caller]
pub fn export(client: &Client, form: &str, query: &str) -> Answer {
    let answer = client.get(&address(&Matrix::read(client), form, query));
    assert_eq!(answer.status, 200, "{form}: {}", String::from_utf8_lossy(&answer.body));
    answer
}

fn message(answer: &Answer) -> String {
    answer.json()["errors"][0]["message"].as_str().unwrap().to_owned()
}

/// The bodies of all entries that a matrix shows.
fn bodies(matrix: &Matrix) -> Vec<String> {
    matrix.entries().iter().map(|entry| entry["body"].as_str().unwrap().to_owned()).collect()
}

/// Texts of a cell's entries with their marks, a line each, as the outline prints them.
fn printed(entry: &Value) -> Vec<String> {
    let mut numbers = ('①'..='⑳').map(String::from);
    let mut lines = vec![format!("○{}", entry["body"].as_str().unwrap())];
    for note in entry["notes"].as_array().unwrap() {
        let mark = match note["kind"].as_str().unwrap() {
            "ASTERISK" => "*".to_owned(),
            "NUMBERED" => numbers.next().unwrap(),
            _ => "・".to_owned(),
        };
        lines.push(mark + note["text"].as_str().unwrap());
    }
    lines
}

pub fn lines_of(cell: &Value) -> Vec<String> {
    cell["entries"].as_array().unwrap().iter().flat_map(printed).collect()
}

fn workbook(answer: &Answer) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(answer.body.clone())).unwrap()
}

/// A worksheet's cells as texts.
fn texts(workbook: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Vec<Vec<String>> {
    let range = workbook.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

fn part(answer: &Answer, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body.clone())).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The paragraphs of a Word file, and how many elements of each name it has.
fn paragraphs(answer: &Answer) -> (Vec<String>, BTreeMap<String, usize>) {
    let xml = part(answer, "word/document.xml");
    let mut reader = quick_xml::Reader::from_str(&xml);
    let (mut paragraphs, mut counts) = (Vec::new(), BTreeMap::new());
    let mut within_text = false;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = String::from_utf8(tag.name().as_ref().to_vec()).unwrap();
                if name == "w:p" {
                    paragraphs.push(String::new());
                }
                within_text = name == "w:t";
                *counts.entry(name).or_default() += 1;
            }
            Event::End(_) => within_text = false,
            Event::Text(text) if within_text => {
                paragraphs.last_mut().unwrap().push_str(&text.decode().unwrap());
            }
            Event::GeneralRef(entity) if within_text => {
                let character = match entity.decode().unwrap().as_ref() {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    other => panic!("{other}"),
                };
                paragraphs.last_mut().unwrap().push_str(character);
            }
            Event::Eof => return (paragraphs, counts),
            _ => {}
        }
    }
}

fn snapshot(client: &Client, label: &str) -> String {
    let document = "mutation($input: CreateSnapshotInput!) { createSnapshot(input: $input) {
        ... on SnapshotCreated { snapshot { id } } ... on Refusal { message } } }";
    let sheet = &Matrix::read(client).sheet["id"];
    let input = json!({ "requestId": request_id(), "sheetId": sheet, "label": label });
    let created = client.data(document, json!({ "input": input }));
    created["createSnapshot"]["snapshot"]["id"].as_str().unwrap_or_else(|| panic!("{created}")).to_owned()
}

/// An entry of an organisation's own, with a scene of its own.
pub fn add_own(client: &Client, body: &str) -> Value {
    let matrix = Matrix::read(client);
    let mut input = matrix.new_entry("ア", "PLAN", body);
    input["ownerId"] = matrix.organization("本庄市");
    input["explicitScenes"] = json!(["END_OF_LIFE"]);
    let saved = client.change("createEntry", &input);
    assert_eq!(saved["__typename"], "EntrySaved", "{saved}");
    saved["entry"].clone()
}

#[test]
fn whoever_reads_the_sheet_may_have_it_and_nobody_else() {
    let Regions { app, stranger, theirs, .. } = Regions::new();
    let viewer = app.sign_in("hokenjo");
    let reader = script(&app, &viewer, "毎月の出力", "READ_ONLY");
    for form in FORMATS.iter().chain(&["print"]) {
        let path = address(&theirs, form, "");
        for (who, client) in [("viewer", &viewer), ("script", &reader)] {
            assert_eq!(client.get(&path).status, 200, "{who} {form}");
        }
        let nobody = app.client().get(&path);
        assert_eq!(nobody.status, 401, "{form}");
        assert!(
            message(&nobody).contains("サインイン")
                && nobody.header("www-authenticate") == "Bearer realm=\"renkei\""
        );
        let other = stranger.get(&path);
        assert_eq!(other.status, 404, "{form}");
        let nowhere = stranger.get(&path.replace(theirs.region["id"].as_str().unwrap(), &request_id()));
        assert_eq!(message(&other), message(&nowhere), "nobody learns that it is there");
        assert_eq!(app.client().bearing("renkei_wrong").get(&path).status, 401, "{form}");
        assert_eq!(viewer.send("POST", &path, &[], b"").status, 405, "{form}");
    }
    for wrong in
        ["/export/x/2026/print", "/export/x", &address(&theirs, "pdf", ""), &address(&theirs, "", "")]
    {
        assert_eq!(viewer.get(wrong).status, 404, "{wrong}");
    }
    let another_year = address(&theirs, "json", "").replace("/2026/", "/2031/");
    assert_eq!(viewer.get(&another_year).status, 404);
    // Rights are those of this moment.
    let path = address(&theirs, "json", "");
    app.execute("DELETE FROM membership WHERE account_id = (SELECT id FROM account WHERE login = 'hokenjo')");
    assert_eq!((viewer.get(&path).status, reader.get(&path).status), (404, 404));
    let honjo = app.sign_in("honjo");
    let created = create(&honjo, &wanted("取り消す", "READ_ONLY"));
    let revoked = app.client().bearing(created["secret"].as_str().unwrap());
    assert_eq!(revoked.get(&path).status, 200);
    crate::token::revoke(&honjo, &tokens(&honjo)[0]["id"]);
    assert_eq!(revoked.get(&path).status, 401);
}

#[test]
fn an_operators_look_leaves_a_trace() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    let (admin, honjo) = (app.sign_in("admin"), app.sign_in("honjo"));
    let matrix = Matrix::read(&honjo);
    let before = app.count("access_log");
    honjo.get(&address(&matrix, "csv", ""));
    assert_eq!(app.count("access_log"), before);
    assert_eq!(admin.get(&address(&matrix, "csv", "")).status, 200);
    assert_eq!(app.count("access_log WHERE sheet_id IS NOT NULL"), 1);
    assert_eq!(app.count("access_log"), before + 1);
}

#[test]
fn a_plain_form_leads_to_the_page_that_is_printed() {
    let app = TestApp::demo_behind_proxy();
    let matrix = Matrix::read(&app.sign_in("hokenjo"));
    let path = address(&matrix, "print", "scenes=END_OF_LIFE");
    let person = app.client().at("192.0.2.1");
    let asked = person.send("GET", &path, &[HTML], b"");
    assert_eq!(asked.status, 401);
    let page = asked.text();
    let next = path.replace('&', "&amp;");
    assert!(page.contains(&format!("name=\"next\" value=\"{next}\"")), "{page}");
    assert!(!page.contains("<script"), "no script is needed");
    let policy = asked.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'; style-src 'sha256-") && policy.contains("form-action 'self'")
    );

    let form = |login: &str, password: &str, next: &str, origin: &str| {
        let body = format!("login={login}&password={password}&next={next}");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin), HTML];
        person.send("POST", "/export/sign-in", &headers, body.as_bytes())
    };
    let encoded =
        percent_encoding::utf8_percent_encode(&path, percent_encoding::NON_ALPHANUMERIC).to_string();
    let foreign = form("hokenjo", PASSWORD, &encoded, "https://other.example");
    assert_eq!((foreign.status, person.token()), (403, None), "only a form of this server signs in");
    let wrong = form("hokenjo", "wrong-password", &encoded, &app.url);
    assert_eq!((wrong.status, person.token()), (401, None));
    assert!(wrong.text().contains("ログイン名またはパスワードが違います。") && wrong.text().contains(&next));
    assert!(!wrong.text().contains("wrong-password"));
    let broken = person.send("POST", "/export/sign-in", &[HTML], b"{}");
    assert_eq!(broken.status, 400);

    let right = form("hokenjo", PASSWORD, &encoded, &app.url);
    assert_eq!((right.status, right.header("location")), (303, path.as_str()));
    assert!(right.header("set-cookie").contains("HttpOnly; SameSite=Lax"));
    let sheet = person.send("GET", &path, &[HTML], b"");
    assert_eq!(sheet.status, 200);
    assert!(sheet.text().contains("絞り込み：場面「看取り」。64件中64件を載せています。"));
    let list = person.send("GET", "/export", &[HTML], b"");
    let print = address(&matrix, "print", "").replace('?', "");
    assert!(list.text().contains(&format!("href=\"{print}\"")), "{}", list.text());
    // Signing in again replaces the session; elsewhere one is led nowhere.
    let again = form("hokenjo", PASSWORD, "https://other.example/", &app.url);
    assert_eq!((again.status, again.header("location"), app.count("session")), (303, "/export", 2));
    let out = person.send("POST", "/export/sign-out", &[("origin", &app.url), HTML], b"");
    assert_eq!((out.status, out.header("location"), person.token()), (303, "/export", None));
    assert_eq!(app.count("session"), 1);
    assert_eq!(person.send("GET", "/export", &[HTML], b"").status, 401);
    assert_eq!(person.get("/export/sign-out").status, 405);
    assert_eq!(person.get("/export/sign-in").status, 200);
}

#[test]
fn guessing_by_the_form_is_slowed_down_like_guessing_by_the_api() {
    let app = TestApp::demo_behind_proxy();
    let person = app.client().at("192.0.2.1");
    let attempt = |password: &str| {
        let headers = [("content-type", "application/x-www-form-urlencoded"), HTML];
        person.send(
            "POST",
            "/export/sign-in",
            &headers,
            format!("login=honjo&password={password}").as_bytes(),
        )
    };
    for _ in 0..renkei_domain::limits::SIGN_IN_FAILURES {
        assert_eq!(attempt("wrong").status, 401);
    }
    let refused = attempt(PASSWORD);
    assert_eq!((refused.status, person.token()), (429, None), "{}", refused.text());
    assert_eq!(app.client().at("192.0.2.1").try_sign_in("honjo", PASSWORD)["code"], "TOO_MANY_ATTEMPTS");
}

#[test]
fn the_page_that_is_printed_has_every_text_once() {
    let app = TestApp::demo();
    let viewer = app.sign_in("hokenjo");
    let page = export(&viewer, "print", "").text();
    for body in bodies(&Matrix::read(&viewer)) {
        let escaped = body.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        assert!(page.contains(&format!("<span class=\"text\">{escaped}</span>")), "{body}");
    }
    assert_eq!(page.matches("class=\"entry\"").count(), 64);
    assert!(page.contains("（ア）続き") && page.contains("@page { size: A3 landscape"));
    assert!(page.contains("（令和7年12月末時点）") && page.contains("重点取組内容については、資料4を参照"));
    assert!(page.contains("本庄市児玉郡") && page.contains("現在（作成中）"));
    assert!(export(&viewer, "print", "paper=a4").text().contains("@page { size: A4 landscape"));
    let refused = viewer.send("GET", &address(&Matrix::read(&viewer), "print", "paper=b4"), &[HTML], b"");
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("アドレスの paper の値「b4」が読めません。"), "{}", refused.text());
    let twice = viewer.get(&address(&Matrix::read(&viewer), "json", "paper=a3&paper=a4"));
    assert_eq!(twice.status, 422);
}

#[test]
fn excel_holds_the_sheet_and_a_row_for_each_entry() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let dangerous = "=HYPERLINK(\"x\",\"押す\")";
    honjo.change("createEntry", &Matrix::read(&honjo).new_entry("ア", "PLAN", dangerous));
    add_own(&honjo, "@本庄市だけの取組");
    let matrix = Matrix::read(&honjo);
    let answer = export(&honjo, "xlsx", "organizations=true");
    let mut book = workbook(&answer);
    assert_eq!(book.sheet_names(), ["計画・評価表", "取組一覧"]);
    let paper = texts(&mut book, "計画・評価表");
    assert_eq!(paper[0][0], "令和8年度 計画・評価表");
    assert!(paper[1][0].starts_with("本庄市児玉郡　令和8年度　"), "{:?}", paper[1]);
    assert_eq!(paper[2][1], "令和7年度取組状況及び結果\n（令和7年12月末時点）");
    let rows = matrix.sheet["rows"].as_array().unwrap();
    assert_eq!(paper.len(), 3 + rows.len());
    for (row, cells) in rows.iter().zip(&paper[3..]) {
        let item = &row["item"];
        let title = format!("（{}） {}", item["code"].as_str().unwrap(), item["title"].as_str().unwrap());
        assert_eq!(cells[0].lines().next().unwrap(), title);
        assert_eq!(
            cells[0].lines().skip(1).collect::<String>(),
            "［日常の療養支援］［入退院支援］［急変時の対応］［看取り］"
        );
        for (cell, text) in row["cells"].as_array().unwrap().iter().zip(&cells[1..]) {
            let lines: Vec<&str> =
                text.lines().map(str::trim).filter(|line| *line != "（主体：本庄市）").collect();
            assert_eq!(lines, lines_of(cell));
        }
    }
    let list = book.worksheet_range("取組一覧").unwrap();
    assert_eq!(list.height(), 1 + 66);
    let of_body =
        |body: &str| list.rows().find(|row| row[6] == Data::String(body.to_owned())).unwrap().to_vec();
    let row = of_body(dangerous);
    assert_eq!(row[0], Data::String("ア".to_owned()));
    assert_eq!((&row[3], &row[8]), (&Data::Float(2026.0), &Data::Float(1.0)));
    assert_eq!(
        (&row[5], &row[9]),
        (&Data::String("共同".to_owned()), &Data::String("本庄市 担当者".to_owned()))
    );
    assert!(matches!(row[10], Data::DateTime(_)), "{:?}", row[10]);
    let own = of_body("@本庄市だけの取組");
    assert_eq!((&own[4], &own[5]), (&Data::String("看取り".to_owned()), &Data::String("本庄市".to_owned())));
    for sheet in ["計画・評価表", "取組一覧"] {
        assert!(book.worksheet_formula(sheet).unwrap().is_empty(), "no cell is a formula");
    }
    let xml = part(&answer, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("paperSize=\"8\"") && xml.contains("orientation=\"landscape\""), "{xml}");
    let names = part(&answer, "xl/workbook.xml");
    assert!(
        names.contains("Print_Titles") && names.contains("Print_Area") && names.contains("_FilterDatabase")
    );
}

#[test]
fn a_cell_that_excel_cannot_show_goes_on_beneath() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let mut entry = Matrix::read(&honjo).new_entry("ア", "EVALUATION", &"長い本文。".repeat(800));
    entry["notes"] = json!(vec![note("ASTERISK", &"長い注記・".repeat(400), 0); 20]);
    assert_eq!(honjo.change("createEntry", &entry)["__typename"], "EntrySaved");
    let answer = export(&honjo, "xlsx", "");
    let paper = texts(&mut workbook(&answer), "計画・評価表");
    let rows: Vec<&Vec<String>> = paper.iter().filter(|row| row[0].starts_with("（ア）")).collect();
    assert!(rows.len() > 10, "{}", rows.len());
    assert!(rows.iter().all(|row| row[0] == rows[0][0]), "the item is repeated");
    let shown: String = rows.iter().map(|row| row[2].split_whitespace().collect::<String>()).collect();
    let cell = Matrix::read(&honjo).cell("ア", "EVALUATION").clone();
    let expected: String = lines_of(&cell).concat().split_whitespace().collect();
    assert_eq!(shown, expected);
    let xml = part(&answer, "xl/worksheets/sheet1.xml");
    let heights = xml.split(" ht=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    assert!(heights.map(|height| height.parse::<f64>().unwrap()).all(|height| height <= 409.0));
    // Nor does a page hold it: in Word it begins where it stands, and goes on behind the page's end.
    let (_, counts) = paragraphs(&export(&honjo, "docx", ""));
    assert_eq!((counts["w:tr"], counts["w:cantSplit"]), (9, 8));
}

#[test]
fn word_holds_the_sheet_with_its_head_repeated() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let mut entry = Matrix::read(&honjo).new_entry("ア", "PLAN", "A & B <C> \"D\" 'E'\tF \u{ffff}");
    entry["notes"] = json!([note("ASTERISK", "注", 0), note("DOT", "別の点", 0)]);
    assert_eq!(honjo.change("createEntry", &entry)["__typename"], "EntrySaved");
    let answer = export(&honjo, "docx", "");
    let (paragraphs, counts) = paragraphs(&answer);
    let count = |name: &str| counts.get(name).copied().unwrap_or_default();
    assert_eq!((count("w:tblHeader"), count("w:tr"), count("w:cantSplit"), count("w:tbl")), (1, 9, 9, 1));
    let xml = part(&answer, "word/document.xml");
    assert!(xml.contains("<w:pgSz w:w=\"23811\" w:h=\"16838\" w:orient=\"landscape\""), "{xml}");
    assert!(xml.find("w:tblHeader") < xml.find("事業項目と4つの場面分類"));
    let matrix = Matrix::read(&honjo);
    for entry in matrix.entries() {
        for line in printed(&entry) {
            let line = line.replace('\t', "").replace('\u{ffff}', "\u{fffd}");
            assert!(paragraphs.contains(&line), "{line}");
        }
    }
    assert!(paragraphs.contains(&"令和8年度 計画・評価表".to_owned()));
    let data = part(&answer, "customXml/item1.xml");
    let mut reader = quick_xml::Reader::from_str(&data);
    reader.config_mut().trim_text(true);
    let mut json = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Text(text) => json.push_str(&text.decode().unwrap()),
            Event::GeneralRef(entity) => json.push_str(if &*entity == b"quot" { "\"" } else { "'" }),
            Event::Eof => break,
            _ => {}
        }
    }
    let carried: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(carried["rows"], export(&honjo, "json", "").json()["rows"]);
    let pairs = paragraphs.iter().filter(|paragraph| *paragraph == "日常の療養支援　入退院支援").count();
    assert_eq!(pairs, 8);
}

/// What Python's library for this kind of file reads of it (`tests/clients/office.py`).
#[track_caller]
fn read_by_python(kind: &str, answer: &Answer) -> Value {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(if kind == "excel" { "sheet.xlsx" } else { "sheet.docx" });
    std::fs::write(&file, &answer.body).unwrap();
    let mut python = Command::new(clients.join(".venv/bin/python"));
    let output = python.args(["office.py", kind]).arg(file).current_dir(clients).output();
    let output = output.expect("`cargo xtask setup` installs Python's packages");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn openpyxl_and_python_docx_read_the_same_texts_and_the_page() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let rows = matrix.sheet["rows"].as_array().unwrap();
    let of_row = |row: &Value| row["cells"].as_array().unwrap().iter().map(lines_of).collect();
    let expected: Vec<Vec<Vec<String>>> = rows.iter().map(of_row).collect();
    let excel = read_by_python("excel", &export(&honjo, "xlsx", ""));
    let word = read_by_python("word", &export(&honjo, "docx", ""));
    for (file, head) in [(&excel, 3), (&word, 1)] {
        let read = file["rows"].as_array().unwrap();
        assert_eq!(read.len(), head + expected.len());
        for (row, expected) in read[head..].iter().zip(&expected) {
            assert_eq!(json!(row.as_array().unwrap()[1..]), json!(expected));
        }
    }
    assert_eq!(excel["sheets"], json!(["計画・評価表", "取組一覧"]));
    assert_eq!(excel["merged"], json!(["A1:E1", "A2:E2"]));
    assert_eq!((&excel["titles"], &excel["area"]), (&json!("$1:$3"), &json!("'計画・評価表'!$A$1:$E$11")));
    // 8 is A3.
    assert_eq!((&excel["paper"], &excel["orientation"]), (&json!(8), &json!("landscape")));
    assert_eq!(excel["formulas"], json!([]));
    assert_eq!((&word["millimetres"], &word["orientation"]), (&json!([420, 297]), &json!("landscape")));
    assert_eq!((&word["repeated"], &word["paragraphs"][0]), (&json!(1), &json!("令和8年度 計画・評価表")));
}

#[test]
fn csv_has_a_row_for_each_entry_and_no_formula() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    honjo.change("createEntry", &Matrix::read(&honjo).new_entry("ア", "PLAN", "=1+1"));
    let answer = export(&honjo, "csv", "");
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let records: Vec<csv::StringRecord> =
        csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
    let read: Vec<&str> = records.iter().map(|record| record.get(6).unwrap()).collect();
    let bodies = bodies(&Matrix::read(&honjo));
    let expected: Vec<String> = bodies.iter().map(|body| body.replace("=1+1", "'=1+1")).collect();
    assert_eq!(read, expected);
    assert!(text.contains("\r\n") && text.starts_with("事業項目,項目名,欄,年度,"));
}

#[test]
fn shift_jis_names_what_it_lacks_and_replaces_it_only_when_told() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let plain = export(&honjo, "csv", "encoding=cp932");
    assert_eq!(plain.header("content-type"), "text/csv; charset=Shift_JIS");
    let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(&plain.body);
    assert!(!broken && text.contains("在宅医療・介護資源の調査"));
    honjo.change("createEntry", &Matrix::read(&honjo).new_entry("ア", "PLAN", "𠮷田医院で〜行う。"));
    let path = address(&Matrix::read(&honjo), "csv", "encoding=cp932");
    let refused = honjo.get(&path);
    assert_eq!(refused.status, 422);
    assert!(
        message(&refused).contains("2種類") && message(&refused).contains("𠮷（U+20BB7）"),
        "{}",
        message(&refused)
    );
    let replaced = honjo.get(&format!("{path}&replace=1"));
    assert!(encoding_rs::SHIFT_JIS.decode(&replaced.body).0.contains("〓田医院で～行う。"));
}

#[test]
fn tsv_out_and_in_again_is_the_identical_sheet() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let mut entry =
        Matrix::read(&honjo).new_entry("ア", "PLAN", "○で始まり *途中に ①印、<b>&amp;\tタブ、𠮷葛\u{e0100}");
    entry["notes"] = json!([
        note("ASTERISK", "＊注 ・点", 0),
        note("DOT", "下の点", 1),
        note("DOT", "別の点", 0),
        note("NUMBERED", "数", 0),
    ]);
    assert_eq!(honjo.change("createEntry", &entry)["__typename"], "EntrySaved");
    let file = export(&honjo, "tsv", "");
    assert_eq!(file.header("content-type"), "text/tab-separated-values; charset=utf-8");

    let other = TestApp::empty();
    let folder = tempfile::tempdir().unwrap();
    new_region(&other, folder.path(), "写し", "copy");
    std::fs::write(folder.path().join("sheet.tsv"), &file.body).unwrap();
    let import = ["import", "sheet.tsv", "--region", "写し", "--fiscal-year", "2026", "--database"];
    let import =
        || renkei(folder.path(), &[&import[..], &[other.database.url()]].concat(), "").expect_success();
    assert!(import().stdout.contains("65件"));
    let copy = other.sign_in("copy");
    let (theirs, ours) = (content(&Matrix::read(&honjo)), content(&Matrix::read(&copy)));
    assert_eq!(theirs, ours);
    assert!(import().stdout.contains("ファイルと同じです"));
    assert_eq!(export(&copy, "tsv", "").body, file.body, "and out again");
}

/// All that a file in the council's shape says of a sheet.
fn content(matrix: &Matrix) -> Value {
    let sheet = &matrix.sheet;
    let rows = sheet["rows"].as_array().unwrap().iter().map(|row| {
        let item = &row["item"];
        let cells = row["cells"].as_array().unwrap().iter().map(|cell| {
            let entries = cell["entries"].as_array().unwrap().iter();
            entries.map(|entry| json!([entry["body"], entry["notes"]])).collect::<Value>()
        });
        json!([item["code"], item["title"], item["scenes"], cells.collect::<Value>()])
    });
    json!([sheet["itemHeading"], sheet["itemFootnote"], sheet["columns"], rows.collect::<Value>()])
}

#[test]
fn html_and_json_hold_what_the_text_does_not_say() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let own = add_own(&honjo, "本庄市だけの取組");
    let id = own["id"].as_str().unwrap();
    let page = export(&honjo, "html", "organizations=1");
    assert!(page.header("content-disposition").starts_with("attachment; "));
    let page = page.text();
    let entry = page.split("class=\"entry\"").find(|entry| entry.contains(id)).unwrap();
    assert!(
        entry.contains("data-scenes=\"END_OF_LIFE\"") && entry.contains("data-owner-name=\"本庄市\""),
        "{entry}"
    );

    let whole = export(&honjo, "json", "organizations=1").json();
    assert_eq!((&whole["renkei"], &whole["fiscalYear"]), (&json!(1), &json!(2026)));
    assert_eq!(whole["region"]["name"], "本庄市児玉郡");
    let matrix = Matrix::read(&honjo);
    let rows = matrix.sheet["rows"].as_array().unwrap().iter().zip(whole["rows"].as_array().unwrap());
    let mut entries = 0;
    for (row, written) in rows {
        assert_eq!((&row["item"]["title"], &row["item"]["scenes"]), (&written["title"], &written["scenes"]));
        for (cell, written) in
            row["cells"].as_array().unwrap().iter().zip(written["cells"].as_array().unwrap())
        {
            let (have, written) =
                (cell["entries"].as_array().unwrap(), written["entries"].as_array().unwrap());
            assert_eq!(have.len(), written.len());
            for (have, written) in have.iter().zip(written) {
                for member in ["id", "version", "body", "notes", "explicitScenes"] {
                    assert_eq!(have[member], written[member]);
                }
                assert_eq!(have["owner"]["name"], written["owner"]["name"]);
                entries += 1;
            }
        }
    }
    assert_eq!(entries, 65);
    assert_eq!(whole["columns"], matrix.sheet["columns"]);
}

#[test]
fn organisations_own_entries_are_left_out_unless_asked_for() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    add_own(&honjo, "本庄市だけの取組");
    let owner = Matrix::read(&honjo).organization("本庄市").as_str().unwrap().to_owned();
    let told = |query: &str| {
        let whole = export(&honjo, "json", query).json();
        let cells = whole["rows"].as_array().unwrap().iter().flat_map(|row| row["cells"].as_array().unwrap());
        let entries = cells.map(|cell| cell["entries"].as_array().unwrap().len()).sum::<usize>();
        (
            entries,
            whole["leftOut"]["ownEntries"].as_i64().unwrap(),
            whole["leftOut"]["filteredEntries"].as_i64().unwrap(),
        )
    };
    assert_eq!(told(""), (64, 1, 0));
    assert_eq!(told("organizations=true"), (65, 0, 0));
    assert_eq!(told(&format!("ownerIds={owner}")), (1, 0, 64));
    assert_eq!(told("joint=false"), (1, 0, 64));
    assert_eq!(told("joint=true&organizations=1"), (64, 0, 1));
    assert!(export(&honjo, "print", "").text().contains("機関ごとの取組1件は載せていません。"));
}

#[test]
fn a_filter_shows_what_the_apis_filter_shows() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    add_own(&honjo, "看取りの場で");
    for (query, filter) in [
        (
            "scenes=END_OF_LIFE&explicitScenesOnly=true",
            json!({ "scenes": ["END_OF_LIFE"], "explicitScenesOnly": true }),
        ),
        (
            "scenes=DAILY_CARE,END_OF_LIFE&sceneMatch=ALL",
            json!({ "scenes": ["DAILY_CARE", "END_OF_LIFE"], "sceneMatch": "ALL" }),
        ),
        ("text=%E7%9C%8B%E5%8F%96%E3%82%8A", json!({ "text": "看取り" })),
        ("inheritedScenesOnly=true&since=visit", json!({ "inheritedScenesOnly": true })),
    ] {
        let whole = export(&honjo, "json", &format!("{query}&organizations=1")).json();
        let cells = whole["rows"].as_array().unwrap().iter().flat_map(|row| row["cells"].as_array().unwrap());
        let ids: Vec<&Value> =
            cells.flat_map(|cell| cell["entries"].as_array().unwrap()).map(|entry| &entry["id"]).collect();
        let shown = Matrix::filtered(&honjo, &filter).entries();
        assert_eq!(ids, shown.iter().map(|entry| &entry["id"]).collect::<Vec<_>>(), "{query}");
        assert!(!whole["leftOut"]["filter"].is_null(), "{query}");
    }
    let narrow = export(&honjo, "json", "hiddenFacets=STATUS,EVALUATION").json();
    assert_eq!(narrow["columns"].as_array().unwrap().len(), 2);
    assert_eq!(narrow["rows"][0]["cells"].as_array().unwrap().len(), 2);
    let empty = export(&honjo, "xlsx", "hiddenFacets=STATUS,EVALUATION,GOAL,PLAN");
    assert_eq!(texts(&mut workbook(&empty), "計画・評価表")[3].len(), 1);
}

#[test]
fn a_snapshot_comes_out_as_it_was() {
    let app = TestApp::demo();
    let (approver, honjo) = (app.sign_in("hub-approver"), app.sign_in("honjo"));
    let id = snapshot(&approver, "第1回 協議会");
    let then = export(&honjo, "json", "").json()["rows"].clone();
    honjo.change("createEntry", &Matrix::read(&honjo).new_entry("ア", "GOAL", "後から加えた。"));
    let kept = export(&honjo, "json", &format!("snapshot={id}"));
    assert_eq!(kept.json()["rows"], then);
    assert_eq!(kept.json()["snapshot"]["label"], "第1回 協議会");
    assert!(export(&honjo, "print", &format!("snapshot={id}")).text().contains("提出版「第1回 協議会」（"));
    assert_ne!(export(&honjo, "json", "").json()["rows"], then);
    let unknown = honjo.get(&address(&Matrix::read(&honjo), "json", &format!("snapshot={}", request_id())));
    assert_eq!((unknown.status, message(&unknown).contains("提出版が見つかりません。")), (404, true));
}

#[test]
fn two_states_stand_beside_each_other() {
    let app = TestApp::demo();
    let (approver, honjo) = (app.sign_in("hub-approver"), app.sign_in("honjo"));
    let id = snapshot(&approver, "第1回協議会");
    let matrix = Matrix::read(&honjo);
    let changed = &matrix.entries_of("ア", "STATUS")[0];
    let body = changed["body"].as_str().unwrap();
    honjo.change("updateEntry", &edit(changed, &body.replace("郡市内", "圏域内")));
    honjo.change("createEntry", &matrix.new_entry("イ", "PLAN", "新しく始める。"));
    let deleted = &matrix.entries_of("ウ", "PLAN")[1];
    let delete = json!({ "requestId": request_id(), "id": deleted["id"], "version": deleted["version"] });
    honjo.change("deleteEntry", &delete);

    let path = address(&matrix, "comparison.docx", &format!("from={id}&unchanged=false"));
    let answer = honjo.get(&path);
    assert_eq!(answer.status, 200);
    let name = answer.header("content-disposition").split("UTF-8''").nth(1).unwrap().to_owned();
    let name = percent_encoding::percent_decode_str(&name).decode_utf8().unwrap();
    assert_eq!(name, "本庄市児玉郡_令和8年度_新旧対照表.docx");
    let (shown, counts) = paragraphs(&answer);
    let deleted = format!("○{}", deleted["body"].as_str().unwrap());
    for expected in [
        "新旧対照表",
        "（ア）令和7年度取組状況及び結果",
        &format!("○{}", body.replace("郡市内", "圏域内")),
        &format!("○{body}"),
        "○新しく始める。",
        "（新設）",
        &deleted,
        "（削除）",
        "変更のない取組62件は載せていません。",
    ] {
        assert_eq!(shown.iter().filter(|paragraph| *paragraph == expected).count(), 1, "{expected}");
    }
    assert!(shown.iter().any(|paragraph| paragraph.starts_with("旧：提出版「第1回協議会」（")), "{shown:?}");
    // The head, and a row for each of the three; one passage on either side of the first, and the two others whole.
    assert_eq!((counts["w:tr"], counts["w:u"], counts["w:tblHeader"]), (4, 4, 1));
    let xml = part(&answer, "word/document.xml");
    let underlined = xml.split("<w:u ").skip(1).map(|rest| {
        let text = rest.split("<w:t xml:space=\"preserve\">").nth(1).unwrap();
        text.split('<').next().unwrap().to_owned()
    });
    assert_eq!(underlined.collect::<Vec<_>>(), ["圏域", "郡市", "○新しく始める。", &deleted]);

    // Any moment of the log will do, here that of the snapshot.
    let by_change = honjo.get(&path.replace(&id, &matrix.seq().to_string()));
    let (then, _) = paragraphs(&by_change);
    assert!(
        then[3].starts_with("旧：") && then[3].ends_with(&format!("時点（変更{}まで）", matrix.seq())),
        "{}",
        then[3]
    );
    assert_eq!((&then[..2], &then[4..]), (&shown[..2], &shown[4..]));
    let later = matrix.seq() + 100;
    let refused = honjo.get(&path.replace(&id, &later.to_string()));
    assert_eq!(
        (refused.status, message(&refused).contains(&format!("変更{later}が見つかりません。"))),
        (404, true)
    );

    let whole = honjo.get(&path.replace("&unchanged=false", ""));
    assert_eq!(paragraphs(&whole).1["w:tr"], 1 + 65);
    let same = honjo.get(&address(&matrix, "comparison.docx", "from=now&to=now&unchanged=false"));
    assert!(paragraphs(&same).0.contains(&"変更はありません。".to_owned()));
    for (query, part) in [("", "from"), ("from=yesterday", "from"), ("from=now&to=x", "to")] {
        let refused = honjo.get(&address(&matrix, "comparison.docx", query));
        assert_eq!(refused.status, 422, "{query}");
        assert!(message(&refused).contains(part), "{}", message(&refused));
    }
    assert_eq!(
        honjo.get(&address(&matrix, "comparison.docx", &format!("from={}", request_id()))).status,
        404
    );
    assert_eq!(app.client().get(&path).status, 401);
}

#[test]
fn files_have_their_japanese_names() {
    let app = TestApp::demo();
    let approver = app.sign_in("hub-approver");
    let id = snapshot(&approver, "第1回/協議会");
    let answer = export(&approver, "xlsx", &format!("snapshot={id}"));
    let disposition = answer.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename=\"sheet-2026.xlsx\"; filename*=UTF-8''"),
        "{disposition}"
    );
    let encoded = disposition.split("UTF-8''").nth(1).unwrap();
    let name = percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap();
    assert_eq!(name, "本庄市児玉郡_令和8年度_計画・評価表_第1回_協議会.xlsx");
    assert_eq!(export(&approver, "print", "").header("content-disposition"), "");
}

#[test]
fn an_export_takes_as_many_statements_for_a_large_sheet() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let path = address(&Matrix::read(&honjo), "json", "");
    let few = app.fewest_statements(|| drop(honjo.get(&path)));
    for nth in 0..20 {
        honjo.change("createEntry", &Matrix::read(&honjo).new_entry("ア", "GOAL", &format!("{nth}つ目")));
    }
    assert_eq!(app.fewest_statements(|| drop(honjo.get(&path))), few + 1, "names of who changed something");
    honjo.change("createEntry", &Matrix::read(&honjo).new_entry("イ", "GOAL", "もう1つ"));
    assert_eq!(app.fewest_statements(|| drop(honjo.get(&path))), few + 1);
}

#[test]
fn the_command_line_exports_too() {
    let app = TestApp::demo();
    let approver = app.sign_in("hub-approver");
    add_own(&app.sign_in("honjo"), "𠮷田医院と");
    snapshot(&approver, "第1回協議会");
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let always =
            ["export", "--region", "本庄市児玉郡", "--fiscal-year", "R8", "--database", app.database.url()];
        renkei(folder.path(), &[&always[..], arguments].concat(), "")
    };
    let read = |name: &str| std::fs::read(Path::new(folder.path()).join(name)).unwrap();
    for format in FORMATS {
        let file = format!("r8.{format}");
        let said = run(&["--format", format, "-o", &file]).expect_success().stdout;
        assert!(said.contains("取組64件"), "{said}");
        // The moment of reading is part of most of them.
        if ["csv", "tsv"].contains(&format) {
            assert_eq!(read(&file), export(&approver, format, "").body, "{format}");
        } else {
            assert!(!read(&file).is_empty());
        }
    }
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    let items = expected["items"].as_array().unwrap().len();
    let kept: Value = {
        run(&["--format", "JSON", "--snapshot", "第1回協議会", "--organizations", "-o", "kept.json"])
            .expect_success();
        serde_json::from_slice(&read("kept.json")).unwrap()
    };
    assert_eq!(
        (&kept["snapshot"]["label"], kept["rows"].as_array().unwrap().len()),
        (&json!("第1回協議会"), items)
    );
    let cp932 = ["--format", "csv", "--organizations", "--encoding", "cp932", "-o", "r8.csv"];
    let refused = run(&cp932);
    assert!(!refused.success && refused.stderr.contains("𠮷（U+20BB7）"), "{}", refused.stderr);
    run(&[&cp932[..], &["--replace"]].concat()).expect_success();
    for (arguments, message) in [
        (
            ["--snapshot", "第2回", "--format", "csv", "-o", "x"],
            "提出版「第2回」がありません。あるもの：第1回協議会",
        ),
        (["--format", "csv", "--fiscal-year", "R8", "-o", "no/such/folder"], ""),
    ] {
        let refused = run(&arguments);
        assert!(!refused.success && refused.stderr.contains(message), "{}", refused.stderr);
    }
    assert!(!run(&["--format", "pdf", "-o", "x"]).success);
    let elsewhere =
        ["export", "--region", "どこか", "--fiscal-year", "R8", "--format", "csv", "-o", "x", "--database"];
    let refused = renkei(folder.path(), &[&elsewhere[..], &[app.database.url()]].concat(), "");
    assert!(
        !refused.success && refused.stderr.contains("圏域「どこか」がありません。"),
        "{}",
        refused.stderr
    );
}
