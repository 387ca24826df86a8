//! The reader, on the real sheet, by example and by property.

mod cells;
mod dialects;
mod excel;
mod files;
mod headings;
mod items;
mod libreoffice;
mod notices;
mod page;
mod sample;
mod word;

use super::read;
use renkei_domain::{EntryText, FiscalYear, NoteKind, SheetReading, outline::Mark};

const YEAR: FiscalYear = FiscalYear(2026);
const HEADER: &str = "事業項目\t令和7年度取組状況及び結果\t令和7年度評価\t令和8年度目標\t令和8年度の計画";

/// A file of one item, whose status is this field.
fn file(status: &str) -> String {
    format!("{HEADER}\n（ア）資源の把握\t{status}\t\t\t")
}

fn sheet(file: &str) -> SheetReading {
    read(file.as_bytes(), YEAR).unwrap_or_else(|fault| panic!("{fault}\n{file:?}"))
}

fn refusal(file: impl AsRef<[u8]>) -> String {
    read(file.as_ref(), YEAR).unwrap_err().to_string()
}

/// An entry as a test writes it: the body, then each note behind `|` with its mark, a deep dot behind two.
fn shown(entry: &EntryText) -> String {
    let notes = entry.notes.iter().map(|note| {
        let mark = match note.kind {
            NoteKind::Asterisk => "*",
            NoteKind::Numbered => "#",
            NoteKind::Dot if note.depth == 1 => "・・",
            NoteKind::Dot => "・",
        };
        format!("|{mark}{}", note.text)
    });
    format!("{}{}", entry.body, notes.collect::<String>())
}

/// What can be seen, in one spelling of the marks and without ○, which an entry may lack.
fn visible(text: &str) -> String {
    let chars =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}'));
    let chars = chars.filter_map(|c| match Mark::of(c) {
        None => Some(c),
        Some(Mark::Entry) => None,
        Some(Mark::Note(NoteKind::Asterisk)) => Some('*'),
        Some(Mark::Note(NoteKind::Dot)) => Some('・'),
        Some(Mark::Note(NoteKind::Numbered)) => Some('①'),
    });
    chars.collect()
}

/// Marks and texts of entries, as [`visible`] compares them.
fn visible_entries(entries: &[EntryText]) -> String {
    let printed = entries.iter().map(|entry| renkei_domain::outline::print(&entry.body, &entry.notes));
    visible(&printed.collect::<String>())
}
