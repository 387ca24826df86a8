//! CSV: one row an entry, for those who calculate. UTF-8 with a byte order mark, or Shift_JIS as Windows has it.
//!
//! A field that a spreadsheet would read as a formula (`= + - @`, full width too, a tab or a line break at its start) begins
//! with an apostrophe, as OWASP recommends and as the playground's CSV has it.

use super::{Document, parameters::Encoding, unwritten};
pub use crate::import::reader::list::{HEADINGS, is_formula};
use crate::refusal::{Refusal, Stop};
use encoding_rs::SHIFT_JIS;
use renkei_domain::{era, text::is_invisible};
use std::collections::BTreeSet;

const BOM: &str = "\u{feff}";
pub fn write(document: &Document, encoding: Encoding, replace: bool) -> Result<Vec<u8>, Stop> {
    let text = rows(document)?;
    match encoding {
        Encoding::Utf8 => Ok([BOM, &text].concat().into_bytes()),
        Encoding::Cp932 => encoded(&text, replace),
    }
}

fn rows(document: &Document) -> Result<String, Stop> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADINGS).map_err(unwritten)?;
    for row in &document.rows {
        for (column, cell) in document.columns.iter().zip(&row.cells) {
            for entry in cell {
                let fields = [
                    row.code.clone(),
                    row.title.clone(),
                    column.facet.name().to_owned(),
                    column.fiscal_year.0.to_string(),
                    entry.scenes(),
                    entry.owner().to_owned(),
                    entry.text.body.clone(),
                    entry.notes().join("\n"),
                    entry.version.to_string(),
                    entry.updated_by.clone().unwrap_or_default(),
                    era::tokyo(entry.updated_at).to_string(),
                    entry.id.to_string(),
                ];
                writer.write_record(fields.map(harmless)).map_err(unwritten)?;
            }
        }
    }
    let bytes = writer.into_inner().map_err(unwritten)?;
    Ok(String::from_utf8(bytes).map_err(unwritten)?)
}

/// A field that begins with an apostrophe of its own before what would be one gets another, so that one can be taken away.
fn harmless(field: String) -> String {
    if is_formula(field.trim_start_matches('\'')) { format!("'{field}") } else { field }
}

/// In Shift_JIS. Refused: characters that it lacks, unless they may be replaced.
fn encoded(text: &str, replace: bool) -> Result<Vec<u8>, Stop> {
    let lacking: BTreeSet<char> = text.chars().filter(|c| !has(*c)).collect();
    if lacking.is_empty() || replace {
        let text: String = text.chars().map(|c| if has(c) { c.to_string() } else { replaced(c) }).collect();
        Ok(SHIFT_JIS.encode(&text).0.into_owned())
    } else {
        Err(lacks(&lacking).into())
    }
}

/// Whether the encoding gives the character back as it was. It writes ¥ as a backslash and − as －: those it lacks.
fn has(c: char) -> bool {
    let mut buffer = [0; 4];
    let written: &str = c.encode_utf8(&mut buffer);
    let (bytes, _, unmappable) = SHIFT_JIS.encode(written);
    !unmappable && SHIFT_JIS.decode_without_bom_handling(&bytes).0 == written
}

/// What stands for a character that the encoding lacks: the one of the same look, nothing for what shows nothing, or the
/// geta mark as printers use it.
fn replaced(c: char) -> String {
    let same = match c {
        '〜' => '～',
        '−' => '－',
        '—' => '―',
        '‖' => '∥',
        '¢' => '￠',
        '£' => '￡',
        '¬' => '￢',
        '¥' => '￥',
        '‾' => '￣',
        c if is_invisible(c) => return String::new(),
        c if c.is_whitespace() => ' ',
        _ => '〓',
    };
    same.to_string()
}

/// Refused: characters that an encoding lacks, and nobody agreed to replacing them.
fn lacks(characters: &BTreeSet<char>) -> Refusal {
    /// As many are listed; a text in another script would list hundreds.
    const LISTED: usize = 50;
    let listed: Vec<String> = characters.iter().take(LISTED).map(|c| named(*c)).collect();
    let more = if characters.len() > LISTED { "など" } else { "" };
    let message = format!(
        "Shift_JIS（CP932）にない文字が{}種類あります：{}{more}。UTF-8で出力するか、「〓」などに置き換えてよければ \
         replace=1 を付けてください。",
        characters.len(),
        listed.join("、"),
    );
    Refusal::invalid("encoding", message)
}

/// A character as it is seen, with its number: some show nothing, others look like one that there is.
fn named(c: char) -> String {
    let number = format!("U+{:04X}", c as u32);
    if is_invisible(c) || c.is_whitespace() { number } else { format!("{c}（{number}）") }
}
