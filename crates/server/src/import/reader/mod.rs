//! Reads a sheet's file: tab-separated fields that hold text with more or less broken HTML.
//!
//! [`fields`] finds rows and fields, [`html`] what is visible in a field, [`heading`] the columns in the first row,
//! [`item`] code, title and scenes in a row's item, [`cell`] entries and notes in its other fields. Nothing of a text
//! is lost, added or normalised: marks, and the white space beside them, are layout, and all else stays.

mod cell;
mod fields;
mod heading;
mod html;
mod item;
#[cfg(test)]
mod tests;

use fields::Row;
use heading::Header;
use renkei_domain::{FiscalYear, RowReading, SheetReading, limits, text};
use std::collections::HashMap;

/// Why a file is no sheet. The file is refused whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}行目{column}列目：{reason}")]
pub struct ReadFault {
    /// The file's line that the row begins on, from 1.
    pub line: usize,
    /// The number of the field in its row, from 1.
    pub column: usize,
    /// In Japanese, saying what to do where that is not plain.
    pub reason: String,
}

/// Reads a whole file as the sheet of a fiscal year.
pub fn read(file: &[u8], fiscal_year: FiscalYear) -> Result<SheetReading, ReadFault> {
    let rows = fields::rows(decode(file)?);
    let mut rows = rows.iter().filter(|row| !row.is_blank());
    let first = rows.next().ok_or_else(|| fault(1, 1, "見出しの行がありません。"))?;
    let header = Header::read(first, fiscal_year)?;

    let mut readings: Vec<RowReading> = Vec::new();
    let mut lines_by_code = HashMap::new();
    for row in rows {
        check_width(row, first)?;
        // A page break repeats the header.
        if header.is_repeated_by(row) {
            continue;
        }
        let reading = read_row(row, &header)?;
        if let Some(line) = lines_by_code.insert(text::normalized(&reading.code), row.line) {
            let reason = format!("項目「{}」は{line}行目にもあります。", reading.code);
            return Err(fault(row.line, header.item + 1, reason));
        }
        if readings.len() == limits::ITEMS {
            return Err(fault(row.line, 1, format!("事業項目は{}行までです。", limits::ITEMS)));
        }
        readings.push(reading);
    }
    if readings.is_empty() {
        return Err(fault(first.line, 1, "見出しの下に事業項目の行がありません。"));
    }
    let Header { item_heading, item_footnote, columns, .. } = header;
    Ok(SheetReading { item_heading, item_footnote, columns, rows: readings })
}

fn read_row(row: &Row<'_>, header: &Header) -> Result<RowReading, ReadFault> {
    let item =
        item::read(&row.fields[header.item]).map_err(|reason| fault(row.line, header.item + 1, reason))?;
    let cells = row.fields.iter().enumerate().filter(|(index, _)| *index != header.item);
    let cells =
        cells.map(|(index, field)| cell::read(field).map_err(|reason| fault(row.line, index + 1, reason)));
    Ok(RowReading {
        code: item.code,
        title: item.title,
        scenes: item.scenes,
        cells: cells.collect::<Result<_, _>>()?,
        line: row.line,
    })
}

fn check_width(row: &Row<'_>, header: &Row<'_>) -> Result<(), ReadFault> {
    let (has, needs) = (row.fields.len(), header.fields.len());
    if has == needs {
        return Ok(());
    }
    let reason = format!(
        "列の数が見出しと違います（見出しは{needs}列、この行は{has}列）。セルの中にタブや改行がないか確かめてください。"
    );
    Err(fault(row.line, has.min(needs) + 1, reason))
}

fn decode(file: &[u8]) -> Result<&str, ReadFault> {
    if file.len() > limits::IMPORT_BYTES {
        let reason = format!("ファイルが大きすぎます（{}MBまで）。", limits::IMPORT_BYTES / 1024 / 1024);
        return Err(fault(1, 1, reason));
    }
    let text = std::str::from_utf8(file).map_err(|error| {
        let (valid, _) = file.split_at(error.valid_up_to());
        let (line, column) = fields::position(&String::from_utf8_lossy(valid));
        fault(
            line,
            column,
            "文字コードがUTF-8ではありません。メモ帳などで開き、UTF-8で保存し直してください。",
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn fault(line: usize, column: usize, reason: impl Into<String>) -> ReadFault {
    ReadFault { line, column, reason: reason.into() }
}
