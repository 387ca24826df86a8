//! A file in any of its forms, as tables.

mod csv;
mod docx;
mod ods;
mod page;
mod text;
mod xlsx;

use super::json::Whole;
use super::known::Known;
use super::table::{Notice, Table};
use super::xml::Package;
use renkei_domain::limits;
use serde::Serialize;

/// What a file is, by what it holds; its name says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Form {
    Xlsx,
    Ods,
    Docx,
    Csv,
    Tsv,
    Html,
    Json,
}

impl Form {
    /// What staff call it.
    pub fn name(self) -> &'static str {
        match self {
            Form::Xlsx => "Excel",
            Form::Ods => "OpenDocument表計算",
            Form::Docx => "Word",
            Form::Csv => "CSV",
            Form::Tsv => "TSV",
            Form::Html => "HTML",
            Form::Json => "JSON",
        }
    }
}

/// A file's tables, and what stands beside them.
pub struct Opened<'a> {
    pub form: Form,
    pub tables: Vec<Table<'a>>,
    /// The export whose file it is says this of its entries.
    pub known: Option<Known>,
    /// Text that stands outside of the tables, a line each.
    pub around: Vec<String>,
    /// Of what stands outside of the tables and is no text of its own: text boxes, headers and footers.
    pub notices: Vec<Notice>,
}

/// The text of a file, or the whole of a JSON export.
pub enum Content<'a> {
    Tables(Opened<'a>),
    Json(Box<Whole>),
}

/// A file whose text has been decoded, if it is one.
pub enum Source<'a> {
    Packed(&'a [u8]),
    Text(String),
}

/// Decodes a file. Refused: one that is too large, or of no form that can be read.
pub fn source(file: &[u8]) -> Result<Source<'_>, String> {
    /// Of the old Excel and Word, and of what a password locks.
    const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";
    if file.len() > limits::IMPORT_BYTES {
        return Err(format!("ファイルが大きすぎます（{}MBまで）。", limits::IMPORT_BYTES / 1024 / 1024));
    }
    if file.starts_with(b"PK") {
        return Ok(Source::Packed(file));
    }
    if file.starts_with(COMPOUND) {
        let message = "古い形式（.xls、.doc）か、パスワードのかかったファイルです。パスワードを外し、.xlsxか.docxで保存し直してください。";
        return Err(message.to_owned());
    }
    if file.starts_with(b"%PDF") {
        return Err("PDFは取り込めません。もとのExcelかWordのファイルを選んでください。".to_owned());
    }
    text::decoded(file).map(Source::Text)
}

/// The tables of a file.
pub fn open<'a>(source: &'a Source<'a>) -> Result<Content<'a>, String> {
    let opened = match source {
        Source::Packed(file) => packed(file)?,
        Source::Text(text) => return written(text),
    };
    Ok(Content::Tables(opened))
}

fn packed(file: &[u8]) -> Result<Opened<'static>, String> {
    let package = Package::open(file)?;
    if package.has("xl/workbook.xml") {
        xlsx::open(file, package)
    } else if package.has("word/document.xml") {
        docx::open(package)
    } else if package.has("content.xml") {
        ods::open(package)
    } else {
        Err("Excel（.xlsx）、Word（.docx）、OpenDocument表計算（.ods）のどれでもないファイルです。"
            .to_owned())
    }
}

fn written(text: &str) -> Result<Content<'_>, String> {
    let start = text.trim_start();
    if start.starts_with('{') {
        return Ok(Content::Json(Box::new(Whole::read(text)?)));
    }
    Ok(Content::Tables(if is_page(start) {
        page::open(text)?
    } else if !parts_by_commas(start) {
        text::open(text)
    } else {
        csv::open(text)?
    }))
}

/// Whether fields are parted by commas, in the first record that has several: none of them is a tab. A quoted field may
/// have line ends.
fn parts_by_commas(text: &str) -> bool {
    let (mut quoted, mut commas) = (false, false);
    for c in text.chars() {
        quoted ^= c == '"';
        match c {
            '\t' if !quoted => return false,
            '\n' if !quoted && commas => return true,
            ',' if !quoted => commas = true,
            _ => {}
        }
    }
    commas
}

/// Whether it is a page or a clipboard's piece of one. The sheet's own text has tags in its fields too.
fn is_page(start: &str) -> bool {
    if start.starts_with("Version:") && start.contains("StartHTML:") {
        return true;
    }
    let begins = ["<!doctype", "<html", "<head", "<body", "<meta", "<table", "<!--", "<?xml"];
    let lower = start.to_ascii_lowercase();
    if begins.iter().any(|tag| lower.starts_with(tag)) {
        return true;
    }
    let first_line = lower.lines().next().unwrap_or_default();
    lower.starts_with('<') && !first_line.contains('\t') && lower.contains("<table")
}
