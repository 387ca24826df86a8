//! Files taken in by people: what a preview tells, what is taken in one request, and what takes it back.

use crate::import::new_region;
use crate::tenancy::Regions;
use crate::token::script;
use renkei_tests::{Answer, Client, Matrix, TestApp, edit, note, renkei, request_id};
use serde_json::{Value, json};
use std::io::{Cursor, Read, Write};

const SAMPLE: &str = include_str!("../../../sample/honjo-kodama-r8.tsv");

fn address(client: &Client, rest: &str) -> String {
    let matrix = Matrix::read(client);
    let (region, year) = (matrix.region["id"].as_str().unwrap(), &matrix.sheet["fiscalYear"]);
    format!("/import/{region}/{year}{rest}")
}

/// Sends parts as a browser's form does.
fn send(client: &Client, path: &str, file: Option<(&str, &[u8])>, fields: &[(&str, String)]) -> Answer {
    const BOUNDARY: &str = "----renkei-test";
    let mut body = Vec::new();
    if let Some((name, bytes)) = file {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    for (name, value) in fields {
        body.extend(
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    client.send("POST", path, &[("content-type", &content_type)], &body)
}

fn try_preview(client: &Client, file: &[u8], choices: &Value) -> Answer {
    let fields = [("choices", choices.to_string())];
    send(client, &address(client, "/preview"), Some(("表.xlsx", file)), &fields)
}

#[track_caller]
pub fn preview(client: &Client, file: &[u8]) -> Value {
    let answer = try_preview(client, file, &json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn try_import(client: &Client, file: &[u8], take: &Value, request: &str) -> Answer {
    let fields = [("take", take.to_string()), ("requestId", request.to_owned())];
    send(client, &address(client, ""), Some(("表.xlsx", file)), &fields)
}

/// Takes all differences of these kinds.
fn chosen(preview: &Value, kinds: &[&str]) -> Value {
    let differences = preview["differences"].as_array().unwrap().iter();
    let chosen = differences.filter(|difference| kinds.contains(&difference["kind"].as_str().unwrap()));
    chosen
        .map(|difference| (difference["key"].as_str().unwrap().to_owned(), difference["version"].clone()))
        .collect()
}

fn export(client: &Client, form: &str) -> Vec<u8> {
    let path = address(client, &format!("/{form}?organizations=1")).replace("/import/", "/export/");
    let answer = client.get(&path);
    assert_eq!(answer.status, 200);
    answer.body
}

pub fn differences(preview: &Value) -> Vec<(&str, &str)> {
    let differences = preview["differences"].as_array().unwrap().iter();
    differences
        .map(|difference| {
            let side = if difference["want"].is_null() { "have" } else { "want" };
            (difference["kind"].as_str().unwrap(), difference[side]["body"].as_str().unwrap())
        })
        .collect()
}

fn message(answer: &Answer) -> String {
    answer.json()["errors"][0]["message"].as_str().unwrap().to_owned()
}

/// An office file with text in one of its parts replaced.
fn edited(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut found = false;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().to_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if ["xl/sharedStrings.xml", "word/document.xml"].contains(&name.as_str()) {
            let text = String::from_utf8(bytes).unwrap();
            found |= text.contains(from);
            // In Excel's list of texts the paper's comes first.
            bytes = text.replacen(from, to, 1).into_bytes();
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    assert!(found, "{from}");
    writer.finish().unwrap().into_inner()
}

#[test]
fn what_was_exported_is_the_same_again_in_every_form() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let mut entry = matrix.new_entry("ア", "PLAN", "𠮷田医院と葛\u{e0100}城で○①を行う。");
    entry["notes"] = json!([note("ASTERISK", "日時", 0), note("DOT", "下", 1), note("DOT", "別", 0)]);
    entry["explicitScenes"] = json!(["END_OF_LIFE"]);
    entry["ownerId"] = matrix.organization("本庄市");
    assert_eq!(honjo.change("createEntry", &entry)["__typename"], "EntrySaved");
    let before = app.count("change");
    for form in ["xlsx", "docx", "html", "json", "csv", "tsv"] {
        let told = preview(&honjo, &export(&honjo, form));
        // A TSV has no place for owners.
        let same = if form == "tsv" { 64 } else { 65 };
        assert_eq!(told["same"], json!(same), "{form}: {:?}", differences(&told));
        let own = differences(&told).len();
        assert_eq!(own, usize::from(form == "tsv"), "{form}: {:?}", differences(&told));
    }
    assert_eq!(app.count("change"), before, "a preview stores nothing");
}

#[test]
fn what_two_offices_do_is_both_kept() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let file = export(&misato, "xlsx");
    let matrix = Matrix::read(&honjo);
    let ours = &matrix.entries_of("ア", "STATUS")[0];
    let theirs = &matrix.entries_of("ア", "STATUS")[1];
    let body = |entry: &Value| entry["body"].as_str().unwrap().to_owned();
    // 本庄市 edits two entries and adds one; 美里町 rewrites one of the two, another one, and adds one.
    honjo.change("updateEntry", &edit(ours, &format!("{}（本庄市）", body(ours))));
    honjo.change("createEntry", &matrix.new_entry("ア", "PLAN", "本庄市が加えた。"));
    let rewritten = format!("{}\n○美里町が加えた。", body(theirs).replace("整理し、", "整理して、"));
    let file = edited(&file, &body(theirs), &rewritten);
    let told = preview(&misato, &file);
    let found = differences(&told);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.contains(&("NEWER", body(ours).as_str())));
    assert!(found.contains(&("NEW", "美里町が加えた。")));
    assert!(found.iter().any(|(kind, body)| *kind == "CHANGED" && body.contains("整理して、")), "{found:?}");
    let newer = &told["differences"].as_array().unwrap().iter().find(|one| one["kind"] == "NEWER").unwrap();
    assert_eq!((&newer["taken"], &newer["edited"]["organization"]), (&json!(false), &json!("本庄市")));

    let before = app.count("change");
    let request = request_id();
    let take = chosen(&told, &["NEW", "CHANGED"]);
    let done = try_import(&misato, &file, &take, &request);
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!((&done.json()["created"], &done.json()["updated"]), (&json!(1), &json!(1)));
    assert_eq!(try_import(&misato, &file, &take, &request).json(), done.json(), "the same request again");
    assert_eq!(app.count("change"), before + 2);
    let bodies: Vec<String> = Matrix::read(&honjo).entries().iter().map(body).collect();
    for kept in ["本庄市が加えた。", "美里町が加えた。", &format!("{}（本庄市）", body(ours))]
    {
        assert!(bodies.iter().any(|body| body == kept), "{kept}");
    }
    assert_eq!(differences(&preview(&misato, &file)).len(), 1, "what is left is the newer one");

    let fields = [("requestId", request_id()), ("import", request)];
    let undone = send(&misato, &address(&misato, "/undo"), None, &fields);
    assert_eq!((undone.status, undone.json()["undone"].clone()), (200, json!(2)), "{}", undone.text());
    assert_eq!(differences(&preview(&misato, &file)).len(), 3, "as before");
    let bodies: Vec<String> = Matrix::read(&honjo).entries().iter().map(body).collect();
    assert!(bodies.contains(&body(theirs)) && !bodies.contains(&"美里町が加えた。".to_owned()));
}

#[test]
fn both_sides_of_a_change_are_put_together_where_they_can_be() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let matrix = Matrix::read(&honjo);
    honjo.change("createEntry", &matrix.new_entry("ア", "PLAN", "研修会を開催する。参加者を募る。"));
    let entry = Matrix::read(&honjo).entries_of("ア", "PLAN").last().unwrap().clone();
    let file = export(&misato, "docx");
    let file = edited(&file, "研修会を開催する。", "研修会を3回開催する。");
    honjo.change("updateEntry", &edit(&entry, "研修会を開催する。参加者を広く募る。"));
    let told = preview(&misato, &file);
    let one = &told["differences"][0];
    assert_eq!(
        (&one["kind"], &one["merged"], &one["taken"]),
        (&json!("CHANGED"), &json!(true), &json!(true))
    );
    assert_eq!(one["want"]["body"], "研修会を3回開催する。参加者を広く募る。");
}

#[test]
fn who_may_not_edit_may_not_import() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let file = export(&honjo, "xlsx");
    let viewer = app.sign_in("hokenjo");
    assert_eq!(try_preview(&viewer, &file, &json!({})).status, 403);
    assert_eq!(try_import(&viewer, &file, &json!({}), &request_id()).status, 403);
    let reading = script(&app, &honjo, "読むだけ", "READ_ONLY");
    assert_eq!(try_import(&reading, &file, &json!({}), &request_id()).status, 403);
    let path = address(&honjo, "/preview");
    let nobody = send(&app.client(), &path, Some(("a", &file)), &[]);
    assert_eq!(nobody.status, 401);
    assert_eq!(honjo.get(&path).status, 405);
    let foreign = honjo.send(
        "POST",
        &path,
        &[("origin", "https://other.example"), ("content-type", "multipart/form-data; boundary=x")],
        b"--x--",
    );
    assert_eq!(foreign.status, 403);
    app.execute("UPDATE sheet SET phase = 'FIXED'");
    let refused = try_preview(&honjo, &file, &json!({}));
    assert!(refused.status == 403 && message(&refused).contains("確定した表"), "{}", refused.text());
}

#[test]
fn whoever_does_not_read_the_region_learns_nothing_of_it() {
    let Regions { app: _app, stranger, theirs, .. } = Regions::new();
    let (region, year) = (theirs.region["id"].as_str().unwrap(), &theirs.sheet["fiscalYear"]);
    let nowhere = request_id();
    for end in ["/preview", "", "/undo"] {
        let ask = |region: &str| {
            let fields = [("requestId", request_id()), ("import", request_id())];
            send(
                &stranger,
                &format!("/import/{region}/{year}{end}"),
                Some(("a.tsv", SAMPLE.as_bytes())),
                &fields,
            )
        };
        let (theirs, nothing) = (ask(region), ask(&nowhere));
        assert_eq!((theirs.status, nothing.status), (404, 404), "{end}");
        assert_eq!(message(&theirs), message(&nothing));
    }
}

#[test]
fn another_organisations_entries_are_not_imported() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let matrix = Matrix::read(&honjo);
    let mut own = matrix.new_entry("ア", "PLAN", "本庄市だけの取組。");
    own["ownerId"] = matrix.organization("本庄市");
    assert_eq!(honjo.change("createEntry", &own)["__typename"], "EntrySaved");
    let file = edited(&export(&misato, "docx"), "本庄市だけの取組。", "本庄市だけの取組を続ける。");
    let told = preview(&misato, &file);
    let one = &told["differences"][0];
    assert_eq!((&one["kind"], &one["taken"]), (&json!("CHANGED"), &json!(false)));
    assert!(one["refused"].as_str().unwrap().contains("ほかの機関の取組"), "{one}");
    let before = app.count("change");
    let refused = try_import(&misato, &file, &chosen(&told, &["CHANGED"]), &request_id());
    assert!(refused.status == 403 && message(&refused).contains("ほかの機関の取組"), "{}", refused.text());
    assert_eq!(app.count("change"), before);
    let told = preview(&honjo, &file);
    assert_eq!(try_import(&honjo, &file, &chosen(&told, &["CHANGED"]), &request_id()).status, 200);
    assert_eq!(
        Matrix::read(&honjo).entries_of("ア", "PLAN").last().unwrap()["body"],
        "本庄市だけの取組を続ける。"
    );
}

#[test]
fn an_import_is_all_or_nothing() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let matrix = Matrix::read(&honjo);
    let file = export(&honjo, "xlsx");
    let body = matrix.entries_of("ア", "STATUS")[0]["body"].as_str().unwrap().to_owned();
    let file = edited(&file, &body, "書き直した本文。\n○加えた取組。");
    let told = preview(&honjo, &file);
    let take = chosen(&told, &["NEW", "CHANGED", "MISSING"]);
    assert!(take.as_object().unwrap().len() >= 2, "{told}");
    // Meanwhile somebody edits one of them.
    let entry = &matrix.entries_of("ア", "STATUS")[0];
    honjo.change("updateEntry", &edit(entry, "別の人が直した。"));
    let before = app.count("change");
    let refused = try_import(&honjo, &file, &take, &request_id());
    assert!(
        refused.status == 422 && message(&refused).contains("もう一度ファイルを読み込んで"),
        "{}",
        refused.text()
    );
    assert_eq!(app.count("change"), before);
    let unknown = try_import(&honjo, &file, &json!({ "x": 1 }), &request_id());
    assert_eq!(unknown.status, 422);
    let no_id = try_import(&honjo, &file, &json!({}), "keine");
    assert_eq!((no_id.status, message(&no_id).contains("requestId")), (422, true));
    assert_eq!(app.count("change"), before);
}

#[test]
fn an_undo_leaves_what_others_have_changed_since() {
    let app = TestApp::demo();
    let (honjo, misato) = (app.sign_in("honjo"), app.sign_in("misato"));
    let page = String::from_utf8(export(&honjo, "tsv")).unwrap();
    let file = page.replacen("\t○", "\t○一つ目を加えた。<br>○二つ目を加えた。<br>○", 1);
    let told = preview(&honjo, file.as_bytes());
    let request = request_id();
    let done = try_import(&honjo, file.as_bytes(), &chosen(&told, &["NEW"]), &request);
    assert_eq!(done.json()["created"], 2, "{}", done.text());
    let added = Matrix::read(&misato).entries_of("ア", "STATUS")[0].clone();
    assert_eq!(added["body"], "一つ目を加えた。");
    misato.change("updateEntry", &edit(&added, "一つ目を直した。"));
    let undo = |client: &Client| {
        let fields = [("requestId", request_id()), ("import", request.clone())];
        send(client, &address(client, "/undo"), None, &fields)
    };
    assert_eq!(undo(&misato).status, 404, "it is the import of somebody else");
    let undone = undo(&honjo).json();
    assert_eq!((&undone["undone"], &undone["left"]), (&json!(1), &json!(1)));
    let bodies: Vec<Value> =
        Matrix::read(&honjo).entries_of("ア", "STATUS").iter().map(|entry| entry["body"].clone()).collect();
    assert!(bodies.contains(&json!("一つ目を直した。")) && !bodies.contains(&json!("二つ目を加えた。")));
}

#[test]
fn a_file_is_read_as_a_person_says() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let csv =
        "事業項目,状況,評価,めあて,計画,備考\n（ア）地域の医療・介護の資源の把握,○甲,,,,秘密\n合計,,,,,\n";
    let refused = try_preview(&honjo, csv.as_bytes(), &json!({}));
    assert!(
        refused.status == 422 && message(&refused).contains("「目標」の列がありません"),
        "{}",
        refused.text()
    );
    let told = try_preview(&honjo, csv.as_bytes(), &json!({ "columns": { "4": "GOAL" } })).json();
    assert_eq!(told["report"]["columns"][3]["role"], "GOAL");
    let notices: Vec<String> = told["report"]["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| {
            format!("{} {}", notice["place"].as_str().unwrap(), notice["message"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        notices,
        ["1行目6列目 見出し「備考」の列は取り込みません。", "3行目 この行は取り込みません：「合計」"]
    );
    let wrong = try_preview(&honjo, csv.as_bytes(), &json!({ "columns": { "4": "ZIEL" } }));
    assert_eq!(wrong.status, 422);
}

#[test]
fn bad_files_are_refused_and_nothing_is_stored() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let before = app.count("change");
    for (file, expected) in [
        (&b"PK\x03\x04broken"[..], "壊れています"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "古い形式"),
        (b"%PDF-1.7", "PDF"),
        (b"{\"renkei\": 2}", "JSON"),
        (b"", "見出しの行がありません"),
        (b"<html><table><tr><td>x</table>", ""),
    ] {
        let refused = try_preview(&honjo, file, &json!({}));
        assert_eq!(refused.status, 422, "{file:?}");
        assert!(message(&refused).contains(expected), "{}", message(&refused));
    }
    let large = vec![b' '; renkei_domain::limits::IMPORT_BYTES + 1];
    assert_eq!(try_preview(&honjo, &large, &json!({})).status, 422);
    let larger = vec![b' '; renkei_domain::limits::IMPORT_BYTES + 2 * 1024 * 1024];
    assert_eq!(try_preview(&honjo, &larger, &json!({})).status, 413);
    assert_eq!(app.count("change"), before);
}

#[test]
fn the_command_line_reads_every_form_and_tries_first() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let folder = tempfile::tempdir().unwrap();
    let other = TestApp::empty();
    new_region(&other, folder.path(), "写し", "copy");
    let import = |file: &str, more: &[&str]| {
        let always =
            ["import", file, "--region", "写し", "--fiscal-year", "2026", "--database", other.database.url()];
        renkei(folder.path(), &[&always[..], more].concat(), "")
    };
    std::fs::write(folder.path().join("sheet.tsv"), SAMPLE).unwrap();
    for form in ["xlsx", "docx", "html", "json"] {
        std::fs::write(folder.path().join(format!("sheet.{form}")), export(&honjo, form)).unwrap();
    }
    let tried = import("sheet.docx", &["--dry-run"]).expect_success();
    assert!(
        tried.stdout.contains("Wordとして読みました") && tried.stdout.contains("取組64件"),
        "{}",
        tried.stdout
    );
    assert_eq!(other.count("sheet"), 0);
    assert!(import("sheet.xlsx", &[]).expect_success().stdout.contains("取組64件"));
    for form in ["docx", "html", "json", "tsv"] {
        let again = import(&format!("sheet.{form}"), &[]).expect_success();
        assert!(again.stdout.contains("ファイルと同じです"), "{form}: {}", again.stdout);
    }
    let copy = other.sign_in("copy");
    let texts = |matrix: &Matrix| -> Vec<Value> {
        matrix
            .entries()
            .iter()
            .map(|entry| json!([entry["body"], entry["notes"], entry["explicitScenes"]]))
            .collect()
    };
    assert_eq!(texts(&Matrix::read(&copy)), texts(&Matrix::read(&honjo)));
}

/// A file of a year, of one item or two.
fn of_year(year: i32, plans: &[&str]) -> String {
    let (last, next) = (year - 2019, year - 2018);
    let head = format!(
        "事業項目\t令和{last}年度取組状況及び結果\t令和{last}年度評価\t令和{next}年度目標\t令和{next}年度の計画"
    );
    let rows = plans.iter().zip(["ア", "イ"]).map(|(plan, code)| {
        let title =
            if code == "ア" { "地域の医療・介護の資源の把握" } else { "課題の抽出" };
        format!("（{code}）{title}\t\t\t\t{plan}")
    });
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

/// The same of another year's address.
fn of_address(path: &str, year: i32) -> String {
    path.replace("/2026", &format!("/{year}"))
}

#[test]
fn a_year_without_a_sheet_gets_it_from_a_file_all_or_nothing() {
    let app = TestApp::demo();
    let (approver, hub, honjo) = (app.sign_in("hub-approver"), app.sign_in("hub"), app.sign_in("honjo"));
    let file = of_year(2027, &["○来年度の取組<br>*注 ○二つ目", "○別の項目の取組"]);
    let path = of_address(&address(&approver, ""), 2027);
    for client in [&hub, &honjo] {
        let look = send(client, &format!("{path}/preview"), Some(("R9.tsv", file.as_bytes())), &[]);
        assert_eq!(look.status, 403, "{}", look.text());
        assert!(message(&look).contains("令和9年度"), "{}", message(&look));
        let fields = [("take", "{}".to_owned()), ("requestId", request_id())];
        assert_eq!(send(client, &path, Some(("R9.tsv", file.as_bytes())), &fields).status, 403);
    }
    let preview = send(&approver, &format!("{path}/preview"), Some(("R9.tsv", file.as_bytes())), &[]).json();
    assert_eq!((&preview["newSheet"], &preview["same"]), (&json!(true), &json!(0)));
    assert_eq!(
        differences(&preview),
        [("NEW", "来年度の取組"), ("NEW", "二つ目"), ("NEW", "別の項目の取組")]
    );
    let take = chosen(&preview, &["NEW"]);
    // What is no difference: nothing is stored, no sheet either.
    let wrong = [("take", json!({ "ク/PLAN/2027/1": 0 }).to_string()), ("requestId", request_id())];
    assert_eq!(send(&approver, &path, Some(("R9.tsv", file.as_bytes())), &wrong).status, 422);
    let years = |client: &Client| {
        let region = Matrix::read(client).region["id"].clone();
        let query = "query($id: ID!) { region(id: $id) { sheets { fiscalYear title phase } } }";
        client.data(query, json!({ "id": region }))["region"]["sheets"].take()
    };
    assert_eq!(years(&approver).as_array().unwrap().len(), 1);
    let request = request_id();
    let fields = [("take", take.to_string()), ("requestId", request.clone())];
    let done = send(&approver, &path, Some(("R9.tsv", file.as_bytes())), &fields);
    assert_eq!(done.status, 200, "{}", done.text());
    let done = done.json();
    assert_eq!((&done["sheet"], &done["created"], &done["changes"]), (&json!(true), &json!(3), &json!(4)));
    let again = send(&approver, &path, Some(("R9.tsv", file.as_bytes())), &fields).json();
    assert_eq!(again, done, "the same request answers as before");
    assert_eq!(years(&honjo)[0]["fiscalYear"], 2027);
    let region = Matrix::read(&honjo).region["id"].clone();
    let sheet = "query($id: ID!) { sheet(regionId: $id, fiscalYear: 2027) { phase secretariat { name }
        rows { item { code title } cells { entries { body updatedBy { login } } } } } }";
    let sheet = honjo.data(sheet, json!({ "id": region }))["sheet"].take();
    assert_eq!((&sheet["phase"], &sheet["rows"][1]["item"]["code"]), (&json!("DRAFT"), &json!("イ")));
    assert_eq!(sheet["rows"][0]["cells"][3]["entries"][0]["updatedBy"]["login"], "hub-approver");
    // From now on it is a sheet like any other.
    let preview = send(&honjo, &format!("{path}/preview"), Some(("R9.tsv", file.as_bytes())), &[]).json();
    assert_eq!((&preview["newSheet"], &preview["same"]), (&json!(false), &json!(3)));
    let back = [("requestId", request_id()), ("import", request)];
    let back = send(&approver, &format!("{path}/undo"), None, &back).json();
    assert_eq!((&back["undone"], &back["left"]), (&json!(3), &json!(0)));
}

#[test]
fn an_item_that_the_region_does_not_know_is_left_out_of_a_new_sheet_and_told() {
    let app = TestApp::demo();
    let approver = app.sign_in("hub-approver");
    let file = of_year(2027, &["○取組"]) + "\n（ン）知らない項目\t\t\t\t○ほか";
    let path = of_address(&address(&approver, "/preview"), 2027);
    let preview = send(&approver, &path, Some(("R9.tsv", file.as_bytes())), &[]).json();
    assert_eq!(differences(&preview), [("NEW", "取組")]);
    assert!(preview["report"]["notices"].to_string().contains("（ン）"), "{}", preview["report"]);
}

#[test]
fn where_no_head_is_understood_the_columns_are_offered() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    let file = "令和8年度の表,,,,\n区分,やったこと,めざすこと,よしあし,やること\n（ア）資源の把握,,,,○手で選んだ取組\n";
    let refused = try_preview(&honjo, file.as_bytes(), &json!({}));
    assert_eq!(refused.status, 422);
    let report = refused.json()["report"].take();
    let columns: Vec<&str> =
        report["columns"].as_array().unwrap().iter().map(|one| one["heading"].as_str().unwrap()).collect();
    assert_eq!(columns, ["区分", "やったこと", "めざすこと", "よしあし", "やること"]);
    assert_eq!(report["rows"][1]["role"], "HEADER");
    let choices = json!({ "rows": { "2": "HEADER" }, "columns":
        { "1": "ITEM", "2": "STATUS", "3": "GOAL", "4": "EVALUATION", "5": "PLAN" } });
    let read = try_preview(&honjo, file.as_bytes(), &choices);
    assert_eq!(read.status, 200, "{}", read.text());
    assert!(differences(&read.json()).contains(&("NEW", "手で選んだ取組")));
    // A file in which nothing can be chosen has no offer.
    let refused = try_preview(&honjo, b"x", &json!({}));
    assert_eq!((refused.status, refused.json().get("report").is_none()), (422, true), "{}", refused.text());
}
