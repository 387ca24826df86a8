//! What the fuzz targets do with their bytes. Whatever these are, a reader reads or refuses them; it does not panic, and
//! time and memory are watched by libFuzzer.
//!
//! Bytes of a package rarely stay one when they are changed: its sums no longer fit. So the targets of packages are given the
//! parts' contents, separated by NUL, and pack them; bytes that are a package already are read as they are.

use renkei_domain::{FiscalYear, outline, paste};
use renkei_reader::{Choices, ColumnRole, RowRole, offer, read_as};
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const YEAR: FiscalYear = FiscalYear(2026);

fn read(file: &[u8]) {
    if read_as(file, YEAR, &Choices::default()).is_ok() {
        return;
    }
    drop(offer(file, YEAR, &Choices::default()));
    // With a head that somebody has said, whatever stands there.
    let columns = [
        (1, ColumnRole::Item),
        (2, ColumnRole::Status),
        (3, ColumnRole::Evaluation),
        (4, ColumnRole::Goal),
        (5, ColumnRole::Plan),
    ];
    let said = Choices { table: None, columns: columns.into(), rows: [(1, RowRole::Header)].into() };
    drop(read_as(file, YEAR, &said));
}

/// Reads a package of these parts, of which the contents are given in order; what is not given is empty.
fn read_package(data: &[u8], fixed: &[(&str, &str)], given: &[&str]) {
    if data.starts_with(b"PK") {
        return read(data);
    }
    let mut contents = data.splitn(given.len(), |byte| *byte == 0);
    let given = given.iter().map(|name| (*name, contents.next().unwrap_or_default()));
    let fixed = fixed.iter().map(|(name, content)| (*name, content.as_bytes()));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in fixed.chain(given) {
        writer.start_file(name, stored).expect("memory takes a part");
        writer.write_all(content).expect("memory takes a part");
    }
    read(&writer.finish().expect("memory takes a package").into_inner());
}

pub fn xlsx(data: &[u8]) {
    let fixed = [
        (
            "[Content_Types].xml",
            r#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="rId1" Type="officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns:r="r"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            // The address in two parts: none of an outside host stands in a file here.
            concat!(
                r#"<Relationships><Relationship Id="rId1" Type="http"#,
                r#"://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" "#,
                r#"Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
    ];
    read_package(
        data,
        &fixed,
        &["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/comments1.xml"],
    );
}

pub fn ods(data: &[u8]) {
    let fixed = [("mimetype", "application/vnd.oasis.opendocument.spreadsheet")];
    read_package(data, &fixed, &["content.xml", "styles.xml"]);
}

pub fn docx(data: &[u8]) {
    let fixed = [(
        "[Content_Types].xml",
        r#"<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#,
    )];
    let given = ["word/document.xml", "word/numbering.xml", "word/styles.xml", "word/comments.xml"];
    read_package(data, &fixed, &given);
}

pub fn csv(data: &[u8]) {
    read(data);
}

pub fn tsv(data: &[u8]) {
    read(data);
}

pub fn html(data: &[u8]) {
    read(&[b"<html>", data].concat());
}

pub fn json(data: &[u8]) {
    read(&[b"{", data].concat());
}

/// The text, and behind a NUL an outline into which it is pasted.
pub fn paste(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (pasted, outline) = text.split_once('\0').unwrap_or((&text, "○在宅医療の研修会\n*注\n・点"));
    drop(paste::block(pasted));
    drop(paste::texts(pasted));
    for entry in paste::entries(pasted) {
        assert!(!outline::read(&entry).is_empty());
    }
    let places: Vec<usize> = (0..=outline.len()).filter(|at| outline.is_char_boundary(*at)).collect();
    let (start, end) = (places[pasted.len() % places.len()], places[places.len() - 1]);
    drop(paste::into_outline(outline, start, start, pasted));
    drop(paste::into_outline(outline, start, end, pasted));
}
