//! The sample as LibreOffice 7.4 has written it: from a page with the sample's own fields, and of what the export has written.

use super::super::{Choices, Reading, read, read_as};
use super::YEAR;
use renkei_domain::{EntryText, SheetReading};

const SAMPLE: &[u8] = include_bytes!("../../../../sample/honjo-kodama-r8.tsv");

macro_rules! file {
    ($name:literal) => {
        ($name, &include_bytes!(concat!("libreoffice/", $name))[..])
    };
}

fn reading(name: &str, file: &[u8]) -> Reading {
    read_as(file, YEAR, &Choices::default()).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// Code, title, scenes and entries of all rows.
fn content(sheet: &SheetReading) -> Vec<(&str, &str, u8, &[Vec<EntryText>])> {
    let rows = sheet.rows.iter();
    rows.map(|row| (row.code.as_str(), row.title.as_str(), row.scenes.bits(), &row.cells[..])).collect()
}

#[test]
fn the_sample_is_the_same_in_every_form() {
    let sample = read(SAMPLE, YEAR).unwrap();
    for (name, file) in [
        file!("sample.xlsx"),
        file!("sample.ods"),
        file!("sample.docx"),
        file!("calc.html"),
        file!("writer.html"),
    ] {
        let reading = reading(name, file);
        assert_eq!(content(&reading.sheet), content(&sample), "{name}");
        assert_eq!(reading.sheet.rows.iter().flat_map(|row| &row.cells).flatten().count(), 64, "{name}");
    }
}

#[test]
fn what_was_exported_is_the_same_after_it_was_saved() {
    let sample = read(SAMPLE, YEAR).unwrap();
    for (name, file) in [file!("exported.xlsx"), file!("exported.ods"), file!("exported.docx")] {
        let reading = reading(name, file);
        assert_eq!(content(&reading.sheet), content(&sample), "{name}");
        let mut details = reading.details.iter().flatten().flatten();
        assert!(details.all(|detail| detail.origin.is_some()), "{name}: ids are kept");
        assert!(reading.report.notices.is_empty(), "{name}: {:?}", reading.report.notices);
    }
    let (name, file) = file!("exported.html");
    let reading = reading(name, file);
    assert_eq!(content(&reading.sheet), content(&sample));
    let notices: Vec<&str> = reading.report.notices.iter().map(|notice| notice.message.as_str()).collect();
    let [only] = notices[..] else { panic!("{notices:?}") };
    assert!(only.contains("控えがありません"), "a page keeps the text alone: {only}");
}
