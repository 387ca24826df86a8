//! Pasting into the sheet: one entry opens in the editor, several are shown before they are added.

use super::{
    ClipboardEntry, ClipboardOwner, focused,
    html::{self, PastedCell},
    preview::PastePreview,
};
use crate::{
    entry::{Editing, objection_to_cell, owners},
    session,
    sheet::{
        focus::{self, entry_at},
        page::Page,
    },
    shell,
    sync::{Draft, DraftKey, draft},
    text::clipboard as text,
    ui::text_area,
};
use leptos::prelude::*;
use renkei_domain::{EntryId, OrganizationId, outline, paste};
use std::sync::Arc;
use web_sys::{ClipboardEvent, HtmlTextAreaElement};

/// Into the grid, where the focus is.
pub fn on_paste(page: Page, event: &ClipboardEvent) {
    let (Some(at), Some(data)) = (focused(), event.clipboard_data()) else { return };
    let get = |kind: &str| data.get_data(kind).unwrap_or_default();
    let cells = trimmed(cells(&get("text/html"), &get("text/plain")));
    event.prevent_default();
    if cells.is_empty() {
        return shell::announce(text::NOTHING_TO_PASTE);
    }
    let Some(head) = page.head_now() else { return };
    let columns = focus::shown_columns(page);
    // At a heading the block begins with the first cell of its row or column.
    let cell = focus::cell_at(page, &at).or_else(|| focus::first_cell(page, &at));
    let Some(cell) = cell else { return };
    // Of a block the preview tells what goes where; a snapshot takes nothing in.
    if head.frozen
        && let Some(why) = objection_to_cell(&head, cell)
    {
        let (row, column) = head.place(cell);
        return page.say_why(focus::cell_id(row, column), why);
    }
    if let [row] = cells.as_slice()
        && let [pasted] = row.as_slice()
    {
        return paste_into_cell(page, cell, entry_at(&at), pasted);
    }
    let (row, column) = head.place(cell);
    let first_column = columns.iter().position(|shown| *shown == column).unwrap_or_default();
    let mut preview = PastePreview::default();
    for (down, row_cells) in cells.iter().enumerate() {
        for (right, pasted) in row_cells.iter().enumerate() {
            let target = (row + down < head.items.len())
                .then(|| columns.get(first_column + right))
                .flatten()
                .map(|column| head.number(row + down, *column));
            preview.add(page, target, None, pasted.entries());
        }
    }
    page.pasting.set(Some(Arc::new(preview)));
}

/// What the clipboard holds, as cells: a table where there is one, else cells between tabs, else one text.
fn cells(html: &str, plain: &str) -> Vec<Vec<PastedCell>> {
    if let Some(table) = html::read(html) {
        return table;
    }
    match paste::block(plain) {
        Some(rows) => {
            rows.into_iter().map(|row| row.into_iter().map(PastedCell::of_text).collect()).collect()
        }
        None => vec![vec![PastedCell::of_text(paste::unquoted(plain))]],
    }
}

/// Without the empty rows below and the empty columns to the right of what shows something.
fn trimmed(mut cells: Vec<Vec<PastedCell>>) -> Vec<Vec<PastedCell>> {
    let is_empty = |cell: &PastedCell| renkei_domain::text::is_blank(&cell.text);
    while cells.last().is_some_and(|row| row.iter().all(is_empty)) {
        cells.pop();
    }
    let width = cells.iter().filter_map(|row| row.iter().rposition(|cell| !is_empty(cell))).max();
    let width = width.map_or(0, |last| last + 1);
    cells.iter_mut().for_each(|row| row.truncate(width));
    cells
}

/// One entry opens in the editor, where it can still be changed; several are shown first.
fn paste_into_cell(page: Page, cell: usize, after: Option<EntryId>, pasted: &PastedCell) {
    let (Some(key), Some(head)) = (page.cell_key(cell), page.head_now()) else { return };
    if let Some(why) = objection_to_cell(&head, cell) {
        let (row, column) = head.place(cell);
        return page.say_why(focus::cell_id(row, column), why);
    }
    let (key, entries) = (DraftKey::New(key), pasted.entries());
    let mut outlines = paste::entries(&pasted.text);
    if outlines.len() == 1 && draft::load(head.id, key).is_none() {
        // What cannot be read as an entry is shown as it is, to be mended.
        let entry = entries.unwrap_or_default().into_iter().next().unwrap_or_default();
        let new = Draft {
            outline: outlines.remove(0),
            scenes: entry.explicit_scenes,
            owner: owner(page, cell, entry.owner),
            after,
            at: draft::after(0),
            open: true,
            ..Draft::default()
        };
        // The editor says where it cannot be kept.
        let _ = draft::keep(head.id, key, &new);
        return page.open(Editing { key, after });
    }
    let mut preview = PastePreview::default();
    preview.add(page, Some(cell), after, entries);
    page.pasting.set(Some(Arc::new(preview)));
}

/// The owner that an entry is added for: the clipboard's, if the viewer may, else as for any new one.
pub fn owner(page: Page, cell: usize, said: ClipboardOwner) -> Option<OrganizationId> {
    let head = page.head_now()?;
    let owners = owners(&head, session::viewer().as_ref(), cell);
    let said = match said {
        ClipboardOwner::Unsaid => None,
        ClipboardOwner::Joint => Some(None),
        ClipboardOwner::Organization(id) => Some(Some(id)),
    };
    said.filter(|said| owners.contains(said)).or_else(|| owners.first().copied()).flatten()
}

/// Into the open editor, as the grammar of what is pasted has it. True: it is done, and the browser has nothing to do.
pub fn paste_into_editor(
    page: Page,
    key: DraftKey,
    area: &HtmlTextAreaElement,
    event: &ClipboardEvent,
) -> bool {
    let Some(data) = event.clipboard_data() else { return false };
    let plain = data.get_data("text/plain").unwrap_or_default();
    let (outline, part) = (area.value(), text_area::selection(area));
    match paste::into_outline(&outline, part.start, part.end, &plain) {
        // What the browser would do as well, it does.
        paste::Pasted::Text { start, end, text } if (start..end) == part && text == plain => false,
        paste::Pasted::Text { start, end, text } => {
            text_area::replace(area, start..end, &text);
            true
        }
        paste::Pasted::Entries(outlines) => {
            let after = match key {
                DraftKey::Entry(id) => Some(id),
                DraftKey::New(_) => page.editing.get_untracked().and_then(|editing| editing.after),
            };
            let read = |outline: &String| {
                let (body, notes) = outline::parse(outline).map_err(|fault| fault.to_string())?;
                Ok(ClipboardEntry { body, notes, ..ClipboardEntry::default() })
            };
            let mut preview = PastePreview::default();
            preview.add(page, page.cell_of(key), after, outlines.iter().map(read).collect());
            page.pasting.set(Some(Arc::new(preview)));
            true
        }
    }
}
