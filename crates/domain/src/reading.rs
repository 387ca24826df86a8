//! A sheet as an import has read it from a file: what was understood, before anything is stored.

use crate::{Date, EntryText, Facet, FiscalYear, SceneSet};

/// A whole file. Every row has as many cells as there are columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetReading {
    /// The heading of the first column, as written.
    pub item_heading: String,
    /// Without its mark.
    pub item_footnote: Option<String>,
    pub columns: Vec<ColumnReading>,
    pub rows: Vec<RowReading>,
}

/// A column: all four facets are there, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnReading {
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
    /// As written, without as-of note and footnote.
    pub heading: String,
    pub as_of: Option<Date>,
    /// Without its mark.
    pub footnote: Option<String>,
}

/// An item and what its cells hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReading {
    /// As written, without its brackets; no other row's code is the same when folded.
    pub code: String,
    pub title: String,
    pub scenes: SceneSet,
    /// In the order of the columns, entries in theirs; every text is a valid one.
    pub cells: Vec<Vec<EntryText>>,
    /// The file's line that the row begins on, from 1.
    pub line: usize,
}
