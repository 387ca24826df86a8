//! JSON: all that there is of the sheet, for moving away. `docs/export.md` says what each member means.

use super::{
    Document,
    document::{Entry, LeftOut, Row},
    markup::note_code,
    unwritten,
};
use crate::{Fault, sheet::Column};
use jiff::Timestamp;
use renkei_domain::Note;
use serde_json::{Value, json};

/// The version of the form: it is raised when a member is removed or means something else.
const VERSION: u32 = 1;

pub fn write(document: &Document) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec_pretty(&whole(document)).map_err(unwritten)
}

/// Also what a Word file carries beside its text.
pub fn whole(document: &Document) -> Value {
    let LeftOut { filter, filtered, own, columns } = &document.left_out;
    let snapshot = document.snapshot.as_ref();
    json!({
        "renkei": VERSION,
        "region": { "id": document.region, "name": document.region_name },
        "fiscalYear": document.fiscal_year,
        "title": document.title,
        "phase": document.phase,
        "asOf": time(document.as_of),
        "snapshot": snapshot.map(|snapshot| json!({ "id": snapshot.id, "label": snapshot.label })),
        "leftOut": { "filter": filter, "filteredEntries": filtered, "ownEntries": own, "columns": columns },
        "itemHeading": document.item_heading,
        "itemFootnote": document.item_footnote,
        "columns": document.columns,
        "rows": document.rows.iter().map(|row| self::row(row, &document.columns)).collect::<Vec<_>>(),
    })
}

fn row(row: &Row, columns: &[Column]) -> Value {
    let cell = |(column, entries): (&Column, &Vec<Entry>)| {
        json!({
            "facet": column.facet,
            "fiscalYear": column.fiscal_year,
            "entries": entries.iter().map(entry).collect::<Vec<_>>(),
        })
    };
    json!({
        "code": row.code,
        "title": row.title,
        "scenes": row.scenes,
        "cells": columns.iter().zip(&row.cells).map(cell).collect::<Vec<_>>(),
    })
}

fn entry(entry: &Entry) -> Value {
    let note = |note: &Note| json!({ "kind": note_code(note.kind), "text": note.text, "depth": note.depth });
    let owner = entry.owner.as_ref();
    json!({
        "id": entry.id,
        "version": entry.version,
        "body": entry.text.body,
        "notes": entry.text.notes.iter().map(note).collect::<Vec<_>>(),
        "explicitScenes": entry.text.explicit_scenes,
        "owner": owner.map(|owner| json!({ "id": owner.id, "name": owner.name })),
        "updatedAt": time(entry.updated_at),
        "updatedBy": entry.updated_by,
    })
}

/// ISO 8601 in UTC.
fn time(unix_ms: i64) -> String {
    Timestamp::from_millisecond(unix_ms).unwrap_or_default().to_string()
}
