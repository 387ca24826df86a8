//! The export's JSON: a file of its own, and what a Word file carries beside its text. `docs/export.md` says what it holds.

use super::known::{Known, KnownEntry};
use super::table::{Place, TableName};
use super::{Detail, ReadFault, Reading, Report, TableReport};
use crate::forms::Form;
use renkei_domain::{
    ColumnReading, EntryId, EntryText, Facet, FiscalYear, Note, RowReading, SceneSet, SheetReading, era,
    limits, text,
};
use serde::Deserialize;
use std::collections::HashSet;

/// The version that can be read.
const VERSION: u32 = 1;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Whole {
    renkei: u32,
    region: Named,
    fiscal_year: FiscalYear,
    item_heading: String,
    item_footnote: Option<String>,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: String,
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Column {
    facet: Facet,
    fiscal_year: FiscalYear,
    heading: String,
    as_of: Option<String>,
    footnote: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    title: String,
    scenes: SceneSet,
    cells: Vec<Cell>,
}

#[derive(Debug, Deserialize)]
struct Cell {
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: EntryId,
    version: i32,
    body: String,
    #[serde(default)]
    notes: Vec<Note>,
    #[serde(default)]
    explicit_scenes: SceneSet,
    owner: Option<Named>,
}

impl Entry {
    fn text(&self) -> EntryText {
        let (body, notes) = (self.body.clone(), self.notes.clone());
        EntryText { body, notes, explicit_scenes: self.explicit_scenes }
    }

    fn known(&self) -> KnownEntry {
        let owner = self.owner.as_ref().map(|owner| owner.name.clone());
        KnownEntry { id: self.id, version: self.version, text: self.text(), owner }
    }
}

impl Whole {
    pub fn read(text: &str) -> Result<Self, String> {
        let whole: Whole = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            format!("{line}行目{column}文字目：連携のJSON出力として読めません。")
        })?;
        if whole.renkei == VERSION {
            Ok(whole)
        } else {
            Err(format!("JSONの版{}は取り込めません（読めるのは{VERSION}）。", whole.renkei))
        }
    }

    /// What it says of entries whose text stands elsewhere.
    pub fn known(&self) -> Known {
        let mut known = Known { region: Some(self.region.id.clone()), ..Known::default() };
        for row in &self.rows {
            for (column, cell) in self.columns.iter().zip(&row.cells) {
                let name = (text::normalized(&row.code), column.facet, column.fiscal_year);
                known.cells.insert(name, cell.entries.iter().map(Entry::known).collect());
            }
        }
        known
    }

    /// The sheet that it is.
    pub fn reading(self, fiscal_year: FiscalYear) -> Result<Reading, ReadFault> {
        let fault = |row: usize, column: usize, reason: String| ReadFault {
            place: Place::new(&TableName::File, row, column),
            reason,
        };
        if self.fiscal_year != fiscal_year {
            return Err(fault(
                0,
                0,
                format!("{}の表です。{fiscal_year}の表には取り込めません。", self.fiscal_year),
            ));
        }
        let column = |column: &Column| ColumnReading {
            facet: column.facet,
            fiscal_year: column.fiscal_year,
            heading: column.heading.clone(),
            as_of: column.as_of.as_deref().and_then(|day| era::parse_date(day).ok()),
            footnote: column.footnote.clone(),
        };
        if self.rows.len() > limits::ITEMS {
            return Err(fault(0, 0, format!("事業項目は{}行までです。", limits::ITEMS)));
        }
        let mut codes = HashSet::new();
        let (mut rows, mut details) = (Vec::new(), Vec::new());
        for (nth, row) in self.rows.iter().enumerate() {
            let refuse =
                |column: usize, reason: String| fault(nth + 1, column, format!("（{}）{reason}", row.code));
            let blank = text::is_blank(&row.code) || text::is_blank(&row.title);
            let long = row.code.chars().count() > limits::CODE_CHARS
                || row.title.chars().count() > limits::TITLE_CHARS;
            if blank || long {
                return Err(refuse(0, "事業項目の記号か名称が、空か長すぎます。".to_owned()));
            }
            if !codes.insert(text::normalized(&row.code)) {
                return Err(refuse(0, "同じ記号の事業項目が2つあります。".to_owned()));
            }
            if row.cells.len() != self.columns.len() {
                return Err(refuse(0, "セルの数が列の数と違います。".to_owned()));
            }
            let (mut cells, mut details_of_row) = (Vec::new(), Vec::new());
            for (column, cell) in row.cells.iter().enumerate() {
                if cell.entries.len() > limits::ENTRIES_PER_CELL {
                    let reason = format!("1つのセルの取組は{}個までです。", limits::ENTRIES_PER_CELL);
                    return Err(refuse(column + 1, reason));
                }
                let text = |(nth, entry): (usize, &Entry)| {
                    let text = entry.text().checked();
                    text.map_err(|fault| refuse(column + 1, format!("{}番目の取組：{fault}", nth + 1)))
                };
                cells.push(cell.entries.iter().enumerate().map(text).collect::<Result<Vec<_>, _>>()?);
                let detail =
                    |entry: &Entry| Detail { owner: entry.known().owner, origin: Some(entry.known()) };
                details_of_row.push(cell.entries.iter().map(detail).collect());
            }
            let (code, title) = (row.code.clone(), row.title.clone());
            rows.push(RowReading { code, title, scenes: row.scenes, cells, line: nth + 1 });
            details.push(details_of_row);
        }
        let mut report = Report::of(Form::Json);
        report.tables = vec![TableReport { name: self.region.name, taken: true, rows: rows.len() }];
        let sheet = SheetReading {
            item_heading: self.item_heading,
            item_footnote: self.item_footnote,
            columns: self.columns.iter().map(column).collect(),
            rows,
        };
        let gone = vec![vec![Vec::new(); sheet.columns.len()]; sheet.rows.len()];
        report.beside = true;
        Ok(Reading { sheet, details, gone, report, region: Some(self.region.id) })
    }
}
