//! Rows and fields of tab-separated text, with Excel's quotes, and any kind of line break.

use crate::text::is_blank;
use std::borrow::Cow;

/// A row, and the line of the file that it begins on, from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Row<'a> {
    pub line: usize,
    pub fields: Vec<Cow<'a, str>>,
}

impl Row<'_> {
    pub fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| is_blank(field))
    }
}

/// What reads a field in quotes, and what follows it; `None`: it is none.
type Quoted = fn(&str) -> Option<(Cow<'_, str>, &str)>;

/// All rows, blank ones too.
pub fn rows(text: &str) -> Vec<Row<'_>> {
    read(text, quoted)
}

/// The same, but only a field that needs quotes is taken out of them. Excel puts them round no other, so that there they
/// are the text's own.
pub fn rows_with_own_quotes(text: &str) -> Vec<Row<'_>> {
    read(text, |text| quoted(text).filter(|(field, _)| needs_quotes(field)))
}

fn read(text: &str, quoted: Quoted) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        let (row, after) = row(rest, line, quoted);
        rows.push(row);
        line += line_breaks(&rest[..rest.len() - after.len()]);
        rest = after;
    }
    rows
}

/// The line and the field that follow a piece of a file.
pub fn position(before: &str) -> (usize, usize) {
    let line_start = before.rfind(['\n', '\r']).map_or(0, |index| index + 1);
    (1 + line_breaks(before), 1 + before[line_start..].matches('\t').count())
}

fn row(text: &str, line: usize, quoted: Quoted) -> (Row<'_>, &str) {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = quoted(rest).unwrap_or_else(|| plain(rest));
        fields.push(field);
        match after.strip_prefix('\t') {
            Some(after) => rest = after,
            None => return (Row { line, fields }, after_line_break(after)),
        }
    }
}

fn plain(text: &str) -> (Cow<'_, str>, &str) {
    let end = text.find(['\t', '\n', '\r']).unwrap_or(text.len());
    (Cow::Borrowed(&text[..end]), &text[end..])
}

/// A field in quotes, as Excel writes one that holds tabs, line breaks or quotes; quotes inside are doubled. Anything
/// else that begins with a quote is text.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut end = 0;
    loop {
        end += inside[end..].find('"')?;
        let after = &inside[end + 1..];
        if after.starts_with('"') {
            end += 2;
        } else if after.is_empty() || after.starts_with(['\t', '\n', '\r']) {
            let field = &inside[..end];
            let field = if field.contains('"') { field.replace("\"\"", "\"").into() } else { field.into() };
            return Some((field, after));
        } else {
            return None;
        }
    }
}

fn after_line_break(text: &str) -> &str {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\n', '\r'])).unwrap_or(text)
}

fn line_breaks(text: &str) -> usize {
    text.matches(['\n', '\r']).count() - text.matches("\r\n").count()
}

/// Fields and rows as Excel writes them: tabs between fields, a line break after each row, quotes where a field needs
/// them.
pub fn print(rows: &[Vec<String>]) -> String {
    rows.iter()
        .map(|row| row.iter().map(|field| quote(field)).collect::<Vec<_>>().join("\t") + "\r\n")
        .collect()
}

fn quote(field: &str) -> String {
    if needs_quotes(field) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
}

fn needs_quotes(field: &str) -> bool {
    field.contains(['\t', '\n', '\r', '"'])
}
