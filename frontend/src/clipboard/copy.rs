//! Copying entries, cells, rows and columns: the paper's text, and a table with scenes and owners beside the text.

use super::{ClipboardEntry, ClipboardOwner, focused, html};
use crate::{
    sheet::{
        focus::{self, closest, entry_at},
        page::Page,
    },
    shell,
    text::clipboard as text,
    ui::dom,
};
use leptos::prelude::*;
use renkei_domain::{EntryId, fields, outline};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, HtmlDocument};

/// What is copied.
#[derive(Clone, Debug, PartialEq)]
pub enum CopyTarget {
    Entries(Vec<EntryId>),
    /// Cells by number, row by row.
    Cells(Vec<Vec<usize>>),
    /// The address that leads to an entry.
    Link(EntryId),
}

/// Copies without a key, for those who have only a mouse.
pub fn copy(page: Page, target: CopyTarget) {
    page.copying.set_value(Some(target));
    let document: Option<HtmlDocument> = dom::document().dyn_into().ok();
    let is_done = document.is_some_and(|document| document.exec_command("copy").unwrap_or_default());
    if page.copying.try_update_value(Option::take).flatten().is_some() || !is_done {
        shell::toast(text::NOT_COPIED);
    }
}

pub fn on_copy(page: Page, event: &ClipboardEvent) {
    let asked = page.copying.try_update_value(Option::take).flatten();
    // Marked text is copied as the browser does it.
    let at_focus = || focused().filter(|_| dom::nothing_selected()).and_then(|at| target_at(page, &at));
    let Some(target) = asked.or_else(at_focus) else { return };
    let Some(data) = event.clipboard_data() else { return };
    if let CopyTarget::Link(id) = target {
        if data.set_data("text/plain", &link(id)).is_ok() {
            event.prevent_default();
            shell::toast(text::LINK_COPIED);
        }
        return;
    }
    let rows = rows(page, &target);
    let count: usize = rows.iter().flatten().map(Vec::len).sum();
    if count == 0 && !matches!(target, CopyTarget::Cells(_)) {
        return;
    }
    let written = data
        .set_data("text/plain", &plain(&rows))
        .and_then(|()| data.set_data("text/html", &html::written(&rows)));
    if written.is_ok() {
        event.prevent_default();
        shell::announce(text::copied(count));
    }
}

/// The sheet's address without its filter: whoever follows it sees the entry.
fn link(id: EntryId) -> String {
    let location = dom::location();
    let part = |part: Result<String, wasm_bindgen::JsValue>| part.unwrap_or_default();
    format!("{}{}#{}", part(location.origin()), part(location.pathname()), focus::entry_id(id))
}

/// What is selected; an entry; a cell without one; at the headings, the row, the column or all of them.
fn target_at(page: Page, at: &Element) -> Option<CopyTarget> {
    if page.is_selecting() {
        return Some(CopyTarget::Entries(page.selection.ids.get_untracked()));
    }
    if let Some(id) = entry_at(at) {
        return Some(CopyTarget::Entries(vec![id]));
    }
    if let Some(cell) = focus::cell_at(page, at) {
        return Some(CopyTarget::Cells(vec![vec![cell]]));
    }
    let head = page.head_now()?;
    let columns = focus::shown_columns(page);
    let heading = closest(at, "[role=columnheader], [role=rowheader]")?.id();
    let rows = 0..head.items.len();
    let cells = |row: usize| columns.iter().map(move |column| (row, *column)).collect::<Vec<_>>();
    let places: Vec<Vec<(usize, usize)>> = if let Some(code) = heading.strip_prefix("item-") {
        vec![cells(rows.clone().find(|row| head.items[*row].code == code)?)]
    } else if let Some(column) = heading.strip_prefix("heading-").and_then(|column| column.parse().ok()) {
        rows.map(|row| vec![(row, column)]).collect()
    } else {
        rows.map(cells).collect()
    };
    let number = |row: Vec<(usize, usize)>| row.into_iter().map(|(row, column)| head.number(row, column));
    Some(CopyTarget::Cells(places.into_iter().map(|row| number(row).collect()).collect()))
}

/// The row of an element, as its menu copies it.
pub fn row_of(page: Page, code: &str) -> Option<CopyTarget> {
    target_at(page, focus::by_id(&focus::item_id(code))?.as_ref())
}

/// The entries that are shown, by row and cell.
fn rows(page: Page, target: &CopyTarget) -> Vec<Vec<Vec<ClipboardEntry>>> {
    let entry = |id: &EntryId| {
        page.entry(*id).map(|entry| ClipboardEntry {
            body: entry.body.clone(),
            notes: entry.notes.clone(),
            explicit_scenes: entry.explicit_scenes,
            owner: entry.owner.map_or(ClipboardOwner::Joint, ClipboardOwner::Organization),
        })
    };
    match target {
        CopyTarget::Entries(ids) => {
            let cell = |cell: usize| {
                let here = page.order(cell).into_iter().filter(|id| ids.contains(id));
                here.filter_map(|id| entry(&id)).collect()
            };
            block(page, ids).into_iter().map(|row| row.into_iter().map(cell).collect()).collect()
        }
        CopyTarget::Link(_) => Vec::new(),
        CopyTarget::Cells(rows) => {
            let cell = |cell: &usize| page.shown(*cell).iter().filter_map(entry).collect();
            rows.iter().map(|row| row.iter().map(cell).collect()).collect()
        }
    }
}

/// The cells from the first to the last in which entries stand, row by row.
fn block(page: Page, ids: &[EntryId]) -> Vec<Vec<usize>> {
    let Some(head) = page.head_now() else { return Vec::new() };
    let cells = ids.iter().filter_map(|id| page.state(*id)).map(|state| head.place(state.cell.get_value()));
    let (rows, columns): (Vec<usize>, Vec<usize>) = cells.unzip();
    let (Some(top), Some(bottom)) = (rows.iter().min(), rows.iter().max()) else { return Vec::new() };
    let (left, right) = (columns.iter().min().unwrap_or(top), columns.iter().max().unwrap_or(bottom));
    let columns = focus::shown_columns(page).into_iter().filter(|column| (left..=right).contains(&column));
    let columns: Vec<usize> = columns.collect();
    (*top..=*bottom).map(|row| columns.iter().map(|column| head.number(row, *column)).collect()).collect()
}

/// As the paper has it: an entry as its outline, each a paragraph; cells as Excel wants them.
fn plain(rows: &[Vec<Vec<ClipboardEntry>>]) -> String {
    let cell = |entries: &Vec<ClipboardEntry>| {
        let outlines = entries.iter().map(|entry| outline::print(&entry.body, &entry.notes));
        outlines.collect::<Vec<_>>().join("\n")
    };
    match rows {
        // One cell is text, and needs none of the quotes.
        [row] if row.len() == 1 => cell(&row[0]),
        _ => fields::print(&rows.iter().map(|row| row.iter().map(cell).collect()).collect::<Vec<_>>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use renkei_domain::{Note, NoteKind};

    fn entry(body: &str) -> ClipboardEntry {
        let notes = vec![Note { kind: NoteKind::Asterisk, text: "年2回".to_owned(), depth: 0 }];
        ClipboardEntry { body: body.to_owned(), notes, ..ClipboardEntry::default() }
    }

    #[test]
    fn a_cell_is_the_papers_text() {
        assert_eq!(
            plain(&[vec![vec![entry("研修"), entry("\"結\"の会")]]]),
            "○研修\n*年2回\n○\"結\"の会\n*年2回"
        );
    }

    #[test]
    fn cells_are_quoted_as_excel_wants_them() {
        let rows = [vec![vec![entry("研修")], Vec::new()], vec![Vec::new(), vec![entry("広報")]]];
        assert_eq!(plain(&rows), "\"○研修\n*年2回\"\t\r\n\t\"○広報\n*年2回\"\r\n");
    }
}
