//! Reads a sheet's file: a matrix of items and facets in any form that staff have it in.
//!
//! [`forms`] makes tables of a file, whatever it is; [`matrix`] chooses the one that is the sheet and reads it: [`heading`]
//! the columns in its head, [`item`] code, title and scenes in a row's item, [`cell`] entries and notes in its other
//! fields. Fields hold text with more or less broken HTML, of which [`html`] tells what is visible. A file that the export
//! has written says more of its entries ([`known`]). Nothing of a text is lost, added or normalised: marks, and the white
//! space beside them, are layout, and all else stays; what is not taken is reported with its place.

mod cell;
pub mod difference;
mod forms;
mod heading;
mod html;
mod item;
mod json;
mod known;
mod lines;
pub mod list;
mod marks;
mod matrix;
mod table;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what is not there fails the test")]
mod tests;
mod xml;

pub use forms::Form;
pub use heading::ColumnRole;
pub use known::KnownEntry;
pub use table::{Notice, NoticeKind, Place};

use forms::{Content, Source};
use renkei_domain::{FiscalYear, SheetReading};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use table::{NOTICES, TableName};

/// Why a file is no sheet. The file is refused whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFault {
    pub place: Place,
    /// In Japanese, saying what to do where that is not plain.
    pub reason: String,
}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, reason) = (self.place.to_string(), &self.reason);
        if place.is_empty() { f.write_str(reason) } else { write!(f, "{place}：{reason}") }
    }
}

impl std::error::Error for ReadFault {}

/// What a person says of a file, where it is to be read otherwise than it was. Tables, lines and columns count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Choices {
    pub table: Option<usize>,
    pub columns: BTreeMap<usize, ColumnRole>,
    pub rows: BTreeMap<usize, RowRole>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RowRole {
    Header,
    Item,
    /// The row before it goes on.
    Continued,
    /// It is not taken.
    Ignored,
}

/// A whole file, read.
#[derive(Clone, Debug)]
pub struct Reading {
    pub sheet: SheetReading,
    /// Of each entry, in the order of the sheet's rows, cells and entries.
    pub details: Vec<Vec<Vec<Detail>>>,
    /// What each cell had when it was exported, and has no more.
    pub gone: Vec<Vec<Vec<KnownEntry>>>,
    pub report: Report,
    /// The region that it was exported from, if it says so.
    pub region: Option<String>,
}

/// What is known of an entry beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// The name of its owner; `None`: joint.
    pub owner: Option<String>,
    /// As it was exported.
    pub origin: Option<KnownEntry>,
}

/// What was made of a file.
#[derive(Clone, Debug)]
pub struct Report {
    pub form: Form,
    pub tables: Vec<TableReport>,
    pub columns: Vec<ColumnReport>,
    pub rows: Vec<RowReport>,
    pub notices: Vec<Notice>,
    /// Notices that are not listed, because there are too many.
    pub more_notices: usize,
    /// Whether ids, versions, scenes and owners were there beside the text.
    pub beside: bool,
}

#[derive(Clone, Debug)]
pub struct TableReport {
    pub name: String,
    pub taken: bool,
    /// That are not blank.
    pub rows: usize,
}

#[derive(Clone, Debug)]
pub struct ColumnReport {
    /// From 1.
    pub column: usize,
    pub heading: String,
    pub role: ColumnRole,
}

#[derive(Clone, Debug)]
pub struct RowReport {
    /// From 1.
    pub line: usize,
    /// How it begins.
    pub text: String,
    pub role: RowRole,
}

impl Report {
    fn of(form: Form) -> Self {
        Report {
            form,
            tables: Vec::new(),
            columns: Vec::new(),
            rows: Vec::new(),
            notices: Vec::new(),
            more_notices: 0,
            beside: false,
        }
    }

    /// Lists it; beyond so many they are only counted.
    pub fn note(&mut self, notice: Notice) {
        if self.notices.len() < NOTICES {
            self.notices.push(notice);
        } else {
            self.more_notices += 1;
        }
    }
}

/// Reads a whole file as the sheet of a fiscal year.
pub fn read(file: &[u8], fiscal_year: FiscalYear) -> Result<SheetReading, ReadFault> {
    Ok(read_as(file, fiscal_year, &Choices::default())?.sheet)
}

/// Reads a whole file, with what a person says of it.
pub fn read_as(file: &[u8], fiscal_year: FiscalYear, choices: &Choices) -> Result<Reading, ReadFault> {
    let whole = |reason: String| ReadFault { place: Place::default(), reason };
    let source: Source<'_> = forms::source(file).map_err(whole)?;
    match forms::open(&source).map_err(whole)? {
        Content::Json(json) => json.reading(fiscal_year),
        Content::Tables(opened) => matrix::read(opened, fiscal_year, choices),
    }
}

/// Where no head is understood in a file: what a person may say of it. See [`Choices`].
pub fn offer(file: &[u8], fiscal_year: FiscalYear, choices: &Choices) -> Option<Report> {
    let source: Source<'_> = forms::source(file).ok()?;
    match forms::open(&source).ok()? {
        Content::Json(_) => None,
        Content::Tables(opened) => matrix::offer(&opened, fiscal_year, choices),
    }
}

fn fault(table: &TableName, line: usize, column: usize, reason: impl Into<String>) -> ReadFault {
    ReadFault { place: Place::new(table, line, column), reason: reason.into() }
}
