//! Comma-separated text: the matrix as a program saves it, or the export's list with one row an entry.

use super::{Form, Opened};
use crate::known::Known;
use crate::table::{Grid, ROWS, Table, TableName, escaped};
use renkei_domain::fields::Row;

pub fn open(text: &str) -> Result<Opened<'static>, String> {
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut grid = Grid::default();
    let (mut lines, mut counted) = (0, 0);
    for (nth, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(nth as u64 + 1, ::csv::Position::line);
            format!("{line}行目：CSVが読めません。")
        })?;
        if nth > 50 * ROWS {
            return Err("行が多すぎます。".to_owned());
        }
        // The reader stands before the second half of a line's end.
        let start = record.position().map_or(0, |position| position.byte() as usize);
        lines += text[counted..start].matches('\n').count();
        let line = lines + usize::from(text[start..].starts_with('\n'));
        counted = start;
        for (column, field) in record.iter().enumerate() {
            grid.put(line, column, escaped(field)).map_err(|reason| format!("{}行目：{reason}", line + 1))?;
        }
    }
    let rows: Vec<Row<'static>> = grid.into_rows();
    if let Some(list) = Known::of_list(&rows, &TableName::File, true) {
        return Ok(Opened {
            form: Form::Csv,
            tables: Vec::new(),
            known: Some(list),
            around: Vec::new(),
            notices: Vec::new(),
        });
    }
    let table = Table {
        name: TableName::File,
        rows,
        merged: Vec::new(),
        strict: false,
        hidden: false,
        notices: Vec::new(),
    };
    Ok(Opened { form: Form::Csv, tables: vec![table], known: None, around: Vec::new(), notices: Vec::new() })
}
