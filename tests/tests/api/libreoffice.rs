//! Exported files as LibreOffice shows them and saves them. They are the same from either database: `cargo xtask test api`
//! runs this once.

use crate::{
    export::{add_own, export, lines_of},
    upload::{differences, preview},
};
use quick_xml::events::{BytesStart, Event};
use renkei_domain::text::normalized;
use renkei_tests::{Matrix, Nation, TestApp};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

const FORMS: [&str; 2] = ["xlsx", "docx"];
/// In points from a page's upper edge: what begins beneath it is the page's number.
const FOOTER: f64 = 800.0;
/// Seconds after which LibreOffice is stopped; it needs some ten.
const PATIENCE: &str = "300";

#[test]
fn every_entry_of_an_excel_and_a_word_file_is_on_libreoffices_pages() {
    let app = TestApp::demo();
    Nation { regions: 1, years: 1, entries: 64, changes: 0 }.found_in(&app);
    let folder = tempfile::tempdir().unwrap();
    let sheets = [("sample", app.sign_in("hokenjo")), ("large", app.sign_in("p1-0"))];
    let mut files = Vec::new();
    for (name, client) in &sheets {
        for form in FORMS {
            let file = format!("{name}-{form}.{form}");
            fs::write(folder.path().join(&file), &export(client, form, "").body).unwrap();
            files.push(file);
        }
    }
    convert(folder.path(), "pdf", &files);
    for ((name, client), count) in sheets.iter().zip([64, 64 * 4 * 8]) {
        let matrix = Matrix::read(client);
        assert_eq!(matrix.entries().len(), count);
        for form in FORMS {
            let pages = pages(&folder.path().join(format!("converted/{name}-{form}.pdf")));
            let (shown, read) = columns(&pages, &heads(&matrix));
            // Behind the sheet, Excel's list has pages of its own.
            assert_eq!(read < pages.len(), form == "xlsx", "{name} {form}: each page repeats the head");
            for (nth, (shown, expected)) in shown.iter().zip(texts(&matrix)).enumerate() {
                assert!(*shown == expected, "{name} {form}, column {nth}: {}", parted(shown, &expected));
            }
        }
    }
}

#[test]
fn what_libreoffice_has_saved_comes_back_as_the_same_entries_with_scenes_and_owners() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    add_own(&honjo, "𠮷田医院と葛\u{e0100}城で看取りを支える。");
    let folder = tempfile::tempdir().unwrap();
    for form in FORMS {
        let file = format!("sheet.{form}");
        let exported = export(&honjo, form, "organizations=true").body;
        fs::write(folder.path().join(&file), &exported).unwrap();
        convert(folder.path(), form, std::slice::from_ref(&file));
        let saved = fs::read(folder.path().join("converted").join(&file)).unwrap();
        assert_ne!(saved, exported, "LibreOffice has written it anew");
        let told = preview(&honjo, &saved);
        assert_eq!((&told["same"], differences(&told)), (&json!(65), Vec::new()), "{form}");
        assert_eq!(told["report"]["beside"], true, "{form}");
    }
}

/// Has LibreOffice open files and write them in a form, into the folder `converted`. It has a profile of its own there, so
/// that neither somebody's settings nor one that runs already have a part in it.
#[track_caller]
fn convert(folder: &Path, form: &str, files: &[String]) {
    let mut soffice = Command::new("timeout");
    soffice.args(["--kill-after=10", PATIENCE, "soffice"]);
    soffice.arg(format!("-env:UserInstallation=file://{}/profile", folder.display()));
    soffice.args(["--headless", "--convert-to", form, "--outdir", "converted"]);
    let output = soffice.args(files).current_dir(folder).output();
    let output = output.expect("`timeout` is part of every Linux");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`cargo xtask setup` installs LibreOffice: {told}");
}

/// A word of a page: its left and upper edge, in points.
struct Word {
    left: f64,
    top: f64,
    text: String,
}

/// The words of a PDF's pages, in the order in which they were drawn: cell by cell.
fn pages(pdf: &Path) -> Vec<Vec<Word>> {
    let output = Command::new("pdftotext").args(["-raw", "-bbox"]).arg(pdf).arg("-").output();
    let output = output.expect("`cargo xtask setup` installs pdftotext");
    assert!(output.status.success(), "{}: {}", pdf.display(), String::from_utf8_lossy(&output.stderr));
    let page = String::from_utf8(output.stdout).unwrap();
    let mut reader = quick_xml::Reader::from_str(&page);
    let (mut pages, mut within_word) = (Vec::<Vec<Word>>::new(), false);
    let number = |tag: &BytesStart<'_>, name: &str| -> f64 {
        let attribute = tag.try_get_attribute(name).unwrap().unwrap();
        std::str::from_utf8(&attribute.value).unwrap().parse().unwrap()
    };
    loop {
        let mut add = |text: &str| {
            let word = pages.last_mut().and_then(|words| words.last_mut()).filter(|_| within_word);
            word.into_iter().for_each(|word| word.text.push_str(text));
        };
        match reader.read_event().unwrap() {
            Event::Text(text) => add(&text.decode().unwrap()),
            Event::GeneralRef(name) => match &*name {
                b"amp" => add("&"),
                b"lt" => add("<"),
                b"gt" => add(">"),
                b"quot" => add("\""),
                b"apos" | b"#39" => add("'"),
                other => panic!("{other:?}"),
            },
            Event::Start(tag) if tag.name().as_ref() == b"page" => pages.push(Vec::new()),
            Event::Start(tag) if tag.name().as_ref() == b"word" => {
                let word =
                    Word { left: number(&tag, "xMin"), top: number(&tag, "yMin"), text: String::new() };
                pages.last_mut().unwrap().push(word);
                within_word = true;
            }
            Event::End(_) => within_word = false,
            Event::Eof => return pages,
            _ => {}
        }
    }
}

/// What stands in each column under its head, over all pages that have the heads, and how many these are.
///
/// A cell that is taller than a page goes on on the next one, and LibreOffice breaks the page within an entry as well as
/// between two. The halves of such an entry have the page's number, the head and the cells further to the left between
/// them, so that they are found in one piece only where each column is read by itself.
fn columns(pages: &[Vec<Word>], heads: &[String]) -> (Vec<String>, usize) {
    let mut edges: Vec<f64> =
        pages.iter().flatten().filter(|word| word.text.starts_with('○')).map(|word| word.left).collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup_by(|next, edge| *next - *edge < 1.0);
    assert_eq!(edges.len(), heads.len(), "entries begin where their columns do: {edges:?}");
    let mut columns = vec![String::new(); heads.len()];
    let on_page = |words: &Vec<Word>| -> Option<Vec<String>> {
        let mut parts = vec![String::new(); heads.len()];
        for word in words.iter().filter(|word| word.top < FOOTER) {
            // What is left of all edges is the item.
            let column = edges.iter().filter(|edge| word.left > **edge - 1.0).count().checked_sub(1);
            column.into_iter().for_each(|column| parts[column].push_str(&word.text));
        }
        let under = |(part, head): (&String, &String)| Some(letters(part).split_once(head)?.1.to_owned());
        parts.iter().zip(heads).map(under).collect()
    };
    let mut read = 0;
    for parts in pages.iter().map_while(on_page) {
        columns.iter_mut().zip(parts).for_each(|(column, part)| column.push_str(&part));
        read += 1;
    }
    (columns, read)
}

/// As it can be compared: without white space, and without the variants of letters that a PDF has of some.
fn letters(text: &str) -> String {
    normalized(text).split_whitespace().collect()
}

fn heads(matrix: &Matrix) -> Vec<String> {
    let head = |column: &Value| {
        let mut head = column["heading"].as_str().unwrap().to_owned();
        if column["asOf"] == "2025-12-31" {
            head.push_str("（令和7年12月末時点）");
        }
        if let Some(footnote) = column["footnote"].as_str() {
            head.push_str(&format!("*{footnote}"));
        }
        letters(&head)
    };
    matrix.sheet["columns"].as_array().unwrap().iter().map(head).collect()
}

/// The entries of each column, from the first row to the last.
fn texts(matrix: &Matrix) -> Vec<String> {
    let rows = matrix.sheet["rows"].as_array().unwrap();
    let mut columns = vec![String::new(); matrix.sheet["columns"].as_array().unwrap().len()];
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row["cells"].as_array().unwrap()) {
            column.push_str(&letters(&lines_of(cell).concat()));
        }
    }
    columns
}

/// What stands where two texts part.
fn parted(shown: &str, expected: &str) -> String {
    let same = shown.chars().zip(expected.chars()).take_while(|(shown, expected)| shown == expected).count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(20)).take(60).collect::<String>();
    format!("after {same} letters shown {:?}, expected {:?}", around(shown), around(expected))
}
