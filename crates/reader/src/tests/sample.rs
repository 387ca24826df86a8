//! The real sheet, against what was found in it by other means.

use super::{YEAR, read};
use renkei_domain::{CareScene, ColumnReading, Date, EntryText, Facet, FiscalYear, Note, NoteKind, outline};
use serde_json::Value;

const FILE: &[u8] = include_bytes!("../../../../sample/honjo-kodama-r8.tsv");
const EXPECTED: &str = include_str!("../../../../sample/honjo-kodama-r8.expected.json");

#[test]
fn every_cell_holds_what_the_sheet_shows() {
    let sheet = read(FILE, YEAR).unwrap();
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    let items = expected["items"].as_array().unwrap();
    assert_eq!(sheet.rows.len(), items.len());
    let mut totals = [0; 4];
    for (row, item) in sheet.rows.iter().zip(items) {
        assert_eq!((row.code.as_str(), row.title.as_str()), (text(&item["code"]), text(&item["title"])));
        let scenes: Vec<&str> = row.scenes.iter().map(CareScene::name).collect();
        assert_eq!(scenes, texts(&item["scenes"]));
        let cells = item["cells"].as_array().unwrap();
        assert_eq!(row.cells.len(), cells.len());
        for ((entries, column), cell) in row.cells.iter().zip(&sheet.columns).zip(cells) {
            assert_eq!(column.facet.code(), text(&cell["facet"]));
            assert_eq!(i64::from(column.fiscal_year.0), cell["fiscalYear"].as_i64().unwrap());
            assert_eq!(entries.len() as u64, cell["entries"].as_u64().unwrap());
            assert_eq!(count(entries, NoteKind::Asterisk) as u64, cell["asteriskNotes"].as_u64().unwrap());
            assert_eq!(count(entries, NoteKind::Numbered) as u64, cell["numbered"].as_u64().unwrap());
            let printed: Vec<String> =
                entries.iter().map(|entry| printed(entry, text(&cell["visibleText"]))).collect();
            assert_eq!(printed, texts(&cell["entryTexts"]));
            totals[0] += entries.len();
            for (total, kind) in
                totals[1..].iter_mut().zip([NoteKind::Asterisk, NoteKind::Numbered, NoteKind::Dot])
            {
                *total += count(entries, kind);
            }
        }
    }
    assert_eq!(totals, [64, 23, 4, 2]);
}

#[test]
fn the_columns_are_those_of_the_header() {
    let sheet = read(FILE, YEAR).unwrap();
    assert_eq!(sheet.item_heading, "事業項目と4つの場面分類");
    let footnote = "「4つの場面分類」は在宅医療・介護連携推進事業の手引きをご参照ください（P53、図25）";
    assert_eq!(sheet.item_footnote.as_deref(), Some(footnote));
    let column = |facet, year, heading: &str| ColumnReading {
        facet,
        fiscal_year: FiscalYear(year),
        heading: heading.to_owned(),
        as_of: None,
        footnote: None,
    };
    assert_eq!(
        sheet.columns,
        [
            ColumnReading {
                as_of: Date::new(2025, 12, 31),
                ..column(Facet::Status, 2025, "令和7年度取組状況及び結果")
            },
            column(Facet::Evaluation, 2025, "令和7年度評価"),
            column(Facet::Goal, 2026, "令和8年度目標"),
            ColumnReading {
                footnote: Some("重点取組内容については、資料4を参照".to_owned()),
                ..column(Facet::Plan, 2026, "令和8年度の計画")
            },
        ]
    );
}

#[test]
fn dots_stand_under_their_asterisk() {
    let sheet = read(FILE, YEAR).unwrap();
    let note = |kind, text: &str, depth| Note { kind, text: text.to_owned(), depth };
    assert_eq!(
        sheet.rows[3].cells[0][1].notes,
        [
            note(NoteKind::Asterisk, "対象者：", 0),
            note(NoteKind::Dot, "年度内に75歳に達する人（4市町）", 1),
            note(NoteKind::Dot, "新規介護認定者（上里町）", 1),
            note(NoteKind::Asterisk, "介護支援専門員へカードの説明と配布", 0),
            note(NoteKind::Asterisk, "人生会議（ACP）の講話参加者へカードの説明と配布（本庄市、上里町）", 0),
        ]
    );
    assert_eq!(
        sheet.rows[5].cells[0][0].notes[2],
        note(NoteKind::Numbered, "高齢者のフレイルに挑む 栄養食事指導", 0)
    );
}

#[test]
fn the_year_asked_for_must_be_the_sheets() {
    let fault = read(FILE, FiscalYear(2027)).unwrap_err();
    assert_eq!((fault.place.line, fault.place.column), (3, 2));
    assert_eq!(
        fault.to_string(),
        "3行目2列目：見出しの年度（令和7年度）が違います。令和9年度の表では「取組状況及び結果」は令和8年度です。\
         取り込む年度を確かめてください。"
    );
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(text).collect()
}

fn count(entries: &[EntryText], kind: NoteKind) -> usize {
    entries.iter().flat_map(|entry| &entry.notes).filter(|note| note.kind == kind).count()
}

/// An entry with its marks, and a space between its parts where the cell has one.
fn printed(entry: &EntryText, cell: &str) -> String {
    let mut printed = entry.body.clone();
    for (mark, note) in outline::marked(&entry.notes) {
        let spaced = format!("{printed} {mark}{}", note.text);
        printed = if cell.contains(&spaced) { spaced } else { format!("{printed}{mark}{}", note.text) };
    }
    printed
}
