//! What a file says, in the terms of a region: its columns, its items, its cells.

use super::reader::Reading;
use crate::{entry::CellKey, refusal::Refusal, sheet::Column, text};
use renkei_domain::{ColumnReading, EntryText, FiscalYear, ItemId, SheetReading};
use std::collections::HashMap;

/// A cell of the file, with whose item it is.
pub struct FileCell {
    pub key: CellKey,
    pub code: String,
    pub want: Vec<EntryText>,
    /// Whose each of them is, as the file says it; `None`: joint.
    pub owners: Vec<Option<String>>,
}

/// The file's columns. Each is one that the year's sheet governs: a file of another year is told by that.
pub fn columns(reading: &SheetReading, year: FiscalYear) -> Result<Vec<Column>, Refusal> {
    let stray = reading.columns.iter().find(|column| column.facet.governing_year(column.fiscal_year) != year);
    if let Some(stray) = stray {
        let governing = stray.facet.governing_year(stray.fiscal_year);
        let message = format!(
            "見出し「{}」は{governing}の表の欄です。{year}の表として取り込むことはできません。年度の指定を確かめてください。",
            stray.heading
        );
        return Err(Refusal::invalid("fiscalYear", message));
    }
    let column = |column: &ColumnReading| Column {
        facet: column.facet,
        fiscal_year: column.fiscal_year,
        heading: column.heading.clone(),
        as_of: column.as_of.map(|date| date.to_string()),
        footnote: column.footnote.clone(),
    };
    Ok(reading.columns.iter().map(column).collect())
}

pub fn file_cells(reading: Reading, columns: &[Column], items: &HashMap<String, ItemId>) -> Vec<FileCell> {
    let mut cells = Vec::new();
    for (row, details) in reading.sheet.rows.into_iter().zip(reading.details) {
        let item = items[&text::key(&row.code)];
        for ((column, want), details) in columns.iter().zip(row.cells).zip(details) {
            let owners = details.into_iter().map(|detail| detail.owner).collect();
            cells.push(FileCell { key: column.cell(item), code: row.code.clone(), want, owners });
        }
    }
    cells
}

impl FileCell {
    /// Without what is an organisation's own.
    pub fn joint(mut self) -> Self {
        let joint: Vec<bool> = self.owners.iter().map(Option::is_none).collect();
        let mut nth = joint.iter();
        self.want.retain(|_| nth.next() == Some(&true));
        self.owners.retain(Option::is_none);
        self
    }
}

/// Refused: an item that is not known in this place.
pub fn check_codes(
    reading: &SheetReading,
    known: &HashMap<String, ItemId>,
    place: &str,
) -> Result<(), Refusal> {
    let codes = reading.rows.iter().map(|row| &row.code).filter(|code| !known.contains_key(&text::key(code)));
    let unknown: Vec<_> = codes.map(|code| format!("（{code}）")).collect();
    let message = || format!("事業項目{}は{place}にありません。", unknown.concat());
    if unknown.is_empty() { Ok(()) } else { Err(Refusal::invalid("file", message())) }
}
