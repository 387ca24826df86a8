//! Out and in again: each form gives the identical sheet, with what stands beside the text and without.

use super::YEAR;
use super::packages::{replaced, without};
use crate::export::tests::{document, entry, entry_text, with_owner};
use crate::export::{Document, Format, Parameters};
use crate::import::reader::{Choices, Reading, read_as};
use proptest::prelude::*;
use renkei_domain::{CareScene, EntryText, SceneSet};

fn written(document: &Document, format: Format) -> Vec<u8> {
    format.write(document, &Parameters::default()).unwrap()
}

fn read(file: &[u8]) -> Reading {
    read_as(file, YEAR, &Choices::default()).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Entries of all cells: text, owner, id.
fn entries(document: &Document) -> Vec<Vec<(EntryText, Option<String>)>> {
    let cells = document.rows[0].cells.iter();
    let owner = |entry: &crate::export::document::Entry| entry.owner.as_ref().map(|owner| owner.name.clone());
    cells.map(|cell| cell.iter().map(|entry| (entry.text.clone(), owner(entry))).collect()).collect()
}

fn entries_read(reading: &Reading) -> Vec<Vec<(EntryText, Option<String>)>> {
    let cells = reading.sheet.rows[0].cells.iter().zip(&reading.details[0]);
    let entry =
        |(text, detail): (&EntryText, &crate::import::reader::Detail)| (text.clone(), detail.owner.clone());
    cells.map(|(texts, details)| texts.iter().zip(details).map(entry).collect()).collect()
}

fn without_scenes(cells: Vec<Vec<(EntryText, Option<String>)>>) -> Vec<Vec<(EntryText, Option<String>)>> {
    let plain = |(text, owner)| (EntryText { explicit_scenes: SceneSet::EMPTY, ..text }, owner);
    cells.into_iter().map(|cell| cell.into_iter().map(plain).collect()).collect()
}

fn same_frame(reading: &Reading, document: &Document) {
    let sheet = &reading.sheet;
    assert_eq!(
        (&sheet.item_heading, &sheet.item_footnote),
        (&document.item_heading, &document.item_footnote)
    );
    for (read, column) in sheet.columns.iter().zip(&document.columns) {
        assert_eq!((read.facet, read.fiscal_year), column.key());
        assert_eq!((&read.heading, &read.footnote), (&column.heading, &column.footnote));
        assert_eq!(read.as_of.map(|day| day.to_string()), column.as_of);
    }
    let row = &sheet.rows[0];
    assert_eq!((row.code.as_str(), row.title.as_str(), row.scenes), ("ア", "資源の把握", SceneSet::ALL));
}

/// A sheet with scenes and owners on some of its entries.
fn tagged(cells: [Vec<EntryText>; 4]) -> Document {
    let mut document = document(cells);
    for (nth, entry) in document.rows[0].cells.iter_mut().flatten().enumerate() {
        entry.id = renkei_domain::EntryId(uuid::Uuid::from_u128(100 + nth as u128));
        entry.text.explicit_scenes = SceneSet::from_bits((nth % 16) as u8);
        if nth % 3 == 1 {
            with_owner(entry, "本庄市");
        }
    }
    document
}

const WHOLE: [Format; 5] = [Format::Xlsx, Format::Docx, Format::Html, Format::Json, Format::Csv];

/// XML has no place for these, so that a file without what stands beside it lacks them.
fn has_lost(document: &Document) -> bool {
    let texts = document.entries().flat_map(|entry| entry.lines());
    texts.into_iter().any(|line| line.text.contains(['\u{fffe}', '\u{ffff}']))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_form_is_read_back_as_the_identical_sheet(
        status in prop::collection::vec(entry_text(), 0..5),
        goal in prop::collection::vec(entry_text(), 0..2),
        plan in prop::collection::vec(entry_text(), 0..3),
    ) {
        let document = tagged([status, Vec::new(), goal, plan]);
        for format in WHOLE {
            let lost = format == Format::Xlsx && has_lost(&document);
            if format == Format::Csv && document.entries().next().is_none() || lost {
                continue;
            }
            let file = written(&document, format);
            let reading = read(&file);
            prop_assert_eq!(entries_read(&reading), entries(&document), "{:?}", format);
            let ids = reading.details[0].iter().flatten().map(|detail| detail.origin.as_ref().unwrap().id);
            prop_assert_eq!(ids.collect::<Vec<_>>(), document.entries().map(|entry| entry.id).collect::<Vec<_>>());
            prop_assert!(reading.gone[0].iter().all(Vec::is_empty));
            prop_assert!(reading.report.notices.is_empty(), "{:?}: {:?}", format, reading.report.notices);
            if format != Format::Csv {
                same_frame(&reading, &document);
            }
        }
    }

    #[test]
    fn without_what_stands_beside_it_a_file_lacks_scenes_alone(
        status in prop::collection::vec(entry_text(), 0..4),
        plan in prop::collection::vec(entry_text(), 0..3),
    ) {
        let document = tagged([status, Vec::new(), Vec::new(), plan]);
        prop_assume!(!has_lost(&document));
        for (format, file) in [
            (Format::Xlsx, replaced(&written(&document, Format::Xlsx), "xl/workbook.xml", list_of_workbook, "")),
            (Format::Docx, without(&written(&document, Format::Docx), "customXml/")),
            (Format::Html, without_data(&written(&document, Format::Html))),
        ] {
            let reading = read(&file);
            prop_assert_eq!(entries_read(&reading), without_scenes(entries(&document)), "{:?}", format);
            same_frame(&reading, &document);
            let notices: Vec<&str> = reading.report.notices.iter().map(|notice| notice.message.as_str()).collect();
            prop_assert_eq!(notices.len(), 1, "{:?}", notices);
            prop_assert!(notices[0].contains("控えがありません"));
        }
    }
}

/// The element that names the second worksheet.
fn list_of_workbook(xml: &str) -> &str {
    let name = xml.find("取組一覧").unwrap();
    let start = xml[..name].rfind('<').unwrap();
    let end = name + xml[name..].find('>').unwrap();
    &xml[start..=end]
}

fn without_data(page: &[u8]) -> Vec<u8> {
    let mut page = std::str::from_utf8(page).unwrap().to_owned();
    while let Some(start) = page.find(" data-") {
        let value = start + page[start..].find('"').unwrap() + 1;
        let end = value + page[value..].find('"').unwrap() + 1;
        page.replace_range(start..end, "");
    }
    page.into_bytes()
}

#[test]
fn a_text_of_marks_alone_is_an_entry() {
    let text = |body: &str| EntryText { body: body.to_owned(), ..EntryText::default() };
    let document = document([vec![text("○"), text("○○")], Vec::new(), Vec::new(), vec![text("*")]]);
    for format in WHOLE {
        assert_eq!(entries_read(&read(&written(&document, format))), entries(&document), "{format:?}");
    }
}

#[test]
fn an_edited_text_keeps_its_entrys_scenes_and_the_visible_text_is_right() {
    let text = |body: &str| EntryText { body: body.to_owned(), ..EntryText::default() };
    let mut document = document([
        vec![text("協議会を2回開催した。"), text("チラシを配った。"), text("研修会を行った。")],
        Vec::new(),
        Vec::new(),
        Vec::new(),
    ]);
    for (nth, entry) in document.rows[0].cells[0].iter_mut().enumerate() {
        entry.id = renkei_domain::EntryId(uuid::Uuid::from_u128(100 + nth as u128));
        entry.text.explicit_scenes = SceneSet::EMPTY.with(CareScene::EndOfLife);
    }
    for (format, part) in
        [(Format::Xlsx, "xl/sharedStrings.xml"), (Format::Docx, "word/document.xml"), (Format::Html, "")]
    {
        let file = written(&document, format);
        let edited = |xml: &str| xml.replacen("協議会を2回開催した。", "協議会を3回開催した。", 1);
        let file = match part {
            "" => edited(std::str::from_utf8(&file).unwrap()).into_bytes(),
            part => replaced(&file, part, |_| "協議会を2回開催した。", "協議会を3回開催した。"),
        };
        let reading = read(&file);
        let cell = &reading.sheet.rows[0].cells[0];
        let bodies: Vec<&str> = cell.iter().map(|entry| entry.body.as_str()).collect();
        assert_eq!(bodies, ["協議会を3回開催した。", "チラシを配った。", "研修会を行った。"], "{format:?}");
        assert!(cell.iter().all(|entry| entry.explicit_scenes.contains(CareScene::EndOfLife)), "{format:?}");
        let origin = reading.details[0][0][0].origin.as_ref().unwrap();
        assert_eq!(origin.id, document.rows[0].cells[0][0].id);
    }
    // One that is gone is told.
    let file = String::from_utf8(written(&document, Format::Html)).unwrap();
    let start = file.find("<div class=\"entry\"").unwrap();
    let end = start + 1 + file[start + 1..].find("<div class=\"entry\"").unwrap();
    let reading = read((file[..start].to_owned() + &file[end..]).as_bytes());
    assert_eq!(reading.sheet.rows[0].cells[0].len(), 2);
}

#[test]
fn long_cells_go_on_in_rows_beneath_and_are_read_as_one() {
    let long = |nth: usize| EntryText {
        body: format!("{nth}番目の{}", "長い本文。".repeat(700)),
        ..EntryText::default()
    };
    let document = tagged([(0..12).map(long).collect(), vec![entry(long(1)).text], Vec::new(), Vec::new()]);
    let reading = read(&written(&document, Format::Xlsx));
    assert_eq!(entries_read(&reading), entries(&document));
    assert_eq!(reading.sheet.rows.len(), 1);
    let rows = reading.report.rows.iter().filter(|row| row.role == crate::import::reader::RowRole::Continued);
    assert!(rows.count() > 3);
}
