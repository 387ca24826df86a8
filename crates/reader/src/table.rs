//! What every form of file is made into before it is read: tables of rows of fields, and notices with places.

use renkei_domain::fields::Row;
use renkei_domain::text::is_blank;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Columns of a table; a sheet has five.
pub const COLUMNS: usize = 256;
/// Filled rows of a table.
pub const ROWS: usize = 20_000;
/// Fields of a table, empty ones before filled ones included.
const FIELDS: usize = 500_000;
/// Notices of one file; those beyond are counted.
pub const NOTICES: usize = 300;

/// A table of a file.
pub struct Table<'a> {
    pub name: TableName,
    pub rows: Vec<Row<'a>>,
    /// Rows and columns (from 0, both ends included) that are one cell.
    pub merged: Vec<Merged>,
    /// Whether rows as wide as the head and headings that are known are demanded, as of a file made for this.
    pub strict: bool,
    /// Not shown by the program that it was made with.
    pub hidden: bool,
    /// What a look beside the text has found in it.
    pub notices: Vec<Notice>,
}

/// Cells that are one: line and column of the first and of the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    pub lines: (usize, usize),
    pub columns: (usize, usize),
}

/// How a place in a table is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub enum TableName {
    /// The file is the table.
    #[default]
    File,
    /// A worksheet, whose columns have letters.
    Worksheet(String),
    /// The how many-th of a document, from 1.
    Nth(usize),
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TableName::File => Ok(()),
            TableName::Worksheet(name) => write!(f, "シート「{name}」"),
            TableName::Nth(nth) => write!(f, "{nth}つ目の表"),
        }
    }
}

/// Where in a file something stands. Lines and columns count from 1; 0: the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub table: TableName,
    pub line: usize,
    pub column: usize,
}

impl Place {
    pub fn new(table: &TableName, line: usize, column: usize) -> Self {
        Place { table: table.clone(), line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.fmt(f)?;
        if self.line > 0 {
            write!(f, "{}行目", self.line)?;
        }
        match (&self.table, self.column) {
            (_, 0) => Ok(()),
            (TableName::Worksheet(_), column) => write!(f, "{}列", letters(column)),
            (_, column) => write!(f, "{column}列目"),
        }
    }
}

/// A column's letters in a worksheet: A, B … Z, AA.
pub fn letters(column: usize) -> String {
    let mut rest = column;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

/// Whether what a notice speaks of has come into the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeKind {
    /// It has not.
    LeftOut,
    /// It has, read in a way that a person should look at.
    Taken,
}

/// Something that a person should know of a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub place: Place,
    /// In Japanese.
    pub message: String,
}

impl Notice {
    pub fn left_out(place: Place, message: impl Into<String>) -> Self {
        Notice { kind: NoticeKind::LeftOut, place, message: message.into() }
    }

    pub fn taken(place: Place, message: impl Into<String>) -> Self {
        Notice { kind: NoticeKind::Taken, place, message: message.into() }
    }
}

/// A table whose fields come in any order.
#[derive(Default)]
pub struct Grid {
    rows: BTreeMap<usize, Vec<Cow<'static, str>>>,
    fields: usize,
}

impl Grid {
    /// `line` and `column` count from 0. Refused: more than a table may have.
    pub fn put(&mut self, line: usize, column: usize, field: String) -> Result<(), String> {
        if is_blank(&field) {
            return Ok(());
        }
        if column >= COLUMNS {
            return Err(format!("列は{COLUMNS}列までです。"));
        }
        if !self.rows.contains_key(&line) && self.rows.len() == ROWS {
            return Err(format!("行は{ROWS}行までです。"));
        }
        let row = self.rows.entry(line).or_default();
        if row.len() <= column {
            self.fields += column + 1 - row.len();
            if self.fields > FIELDS {
                return Err("セルが多すぎます。表のほかのセルを消してください。".to_owned());
            }
            row.resize(column + 1, Cow::Borrowed(""));
        }
        row[column] = Cow::Owned(field);
        Ok(())
    }

    pub fn into_rows(self) -> Vec<Row<'static>> {
        self.rows.into_iter().map(|(line, fields)| Row { line: line + 1, fields }).collect()
    }
}

/// A text as a field that shows it: what is no markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A text's beginning, in one line, for a notice.
pub fn beginning(text: &str) -> String {
    const LETTERS: usize = 40;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = renkei_domain::text::beginning(&line, LETTERS);
    if start.len() < line.len() { format!("{start}…") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named_as_their_program_names_them() {
        let sheet = TableName::Worksheet("計画".to_owned());
        assert_eq!(Place::new(&sheet, 5, 2).to_string(), "シート「計画」5行目B列");
        assert_eq!(Place::new(&TableName::Nth(2), 3, 4).to_string(), "2つ目の表3行目4列目");
        assert_eq!(Place::new(&TableName::File, 1, 1).to_string(), "1行目1列目");
        assert_eq!([1, 26, 27, 702, 703].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_grid_is_bounded() {
        let mut grid = Grid::default();
        assert!(grid.put(1_048_575, 0, "x".to_owned()).is_ok());
        assert!(grid.put(0, 16_383, "x".to_owned()).is_err());
        assert!(grid.put(0, 16_383, " ".to_owned()).is_ok(), "nothing stands there");
        let full = (0..ROWS).try_for_each(|line| grid.put(line, COLUMNS - 1, "x".to_owned()));
        assert!(full.is_err());
    }
}
