//! Pasting into the sheet: one entry opens in the editor, several are shown before they are added.

use super::{
    ClipboardEntry, ClipboardOwner, focused,
    html::{self, PastedCell, PastedHtml},
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
use renkei_domain::{EntryId, OrganizationId, outline, paste, text::is_blank};
use std::sync::Arc;
use web_sys::{ClipboardEvent, HtmlTextAreaElement};

/// Into the grid, where the focus is.
pub fn on_paste(page: Page, event: &ClipboardEvent) {
    let (Some(at), Some(data)) = (focused(), event.clipboard_data()) else { return };
    let get = |kind: &str| data.get_data(kind).unwrap_or_default();
    let (cells, notice) = cells(html::read(&get("text/html")), &get("text/plain"));
    let cells = trimmed(cells);
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
        return paste_into_cell(page, cell, entry_at(&at), pasted, notice);
    }
    let (row, column) = head.place(cell);
    let first_column = columns.iter().position(|shown| *shown == column).unwrap_or_default();
    let mut preview = PastePreview { notice, ..PastePreview::default() };
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

/// What the clipboard holds, as cells, and what the preview says of it.
///
/// A table gives its cells. Words outside of it, such as a title, are left out and named; with an entry or another table
/// there, all is one text. Else the plain text decides.
fn cells(html: Option<PastedHtml>, plain: &str) -> (Vec<Vec<PastedCell>>, Option<String>) {
    match html {
        Some(PastedHtml { table: Some(table), outside, has_tables, text: all, .. }) => {
            if is_blank(&outside) {
                return (table, None);
            }
            let is_block = table.iter().flatten().filter(|cell| !is_blank(&cell.text)).nth(1).is_some();
            if !is_block {
                (vec![vec![all]], None)
            } else if has_tables || paste::has_entry(&outside) {
                (vec![vec![all]], Some(text::ALL_AS_TEXT.to_owned()))
            } else {
                (table, Some(text::left_out(&outside)))
            }
        }
        html => {
            let rows = match text_of_html(html.as_ref(), plain) {
                Some(all) => vec![vec![all.to_owned()]],
                None => paste::cells(plain, html.is_some()),
            };
            let cells = |row: Vec<String>| row.into_iter().map(PastedCell::of_text).collect();
            (rows.into_iter().map(cells).collect(), None)
        }
    }
}

/// A text of html that tells more than the plain one: there is no plain one, or it has letters of fonts of symbols.
fn text_of_html<'a>(html: Option<&'a PastedHtml>, plain: &str) -> Option<&'a str> {
    let html = html.filter(|html| html.table.is_none() && (html.has_symbols || is_blank(plain)))?;
    Some(&html.text.text)
}

/// Without the empty rows below and the empty columns to the right of what shows something.
fn trimmed(mut cells: Vec<Vec<PastedCell>>) -> Vec<Vec<PastedCell>> {
    let is_empty = |cell: &PastedCell| is_blank(&cell.text);
    while cells.last().is_some_and(|row| row.iter().all(is_empty)) {
        cells.pop();
    }
    let width = cells.iter().filter_map(|row| row.iter().rposition(|cell| !is_empty(cell))).max();
    let width = width.map_or(0, |last| last + 1);
    cells.iter_mut().for_each(|row| row.truncate(width));
    cells
}

/// One entry opens in the editor, where it can still be changed; several are shown first.
fn paste_into_cell(
    page: Page,
    cell: usize,
    after: Option<EntryId>,
    pasted: &PastedCell,
    notice: Option<String>,
) {
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
    let mut preview = PastePreview { notice, ..PastePreview::default() };
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
    let get = |kind: &str| data.get_data(kind).unwrap_or_default();
    let (html, plain) = (get("text/html"), get("text/plain"));
    // Only Word's lists have letters of fonts of symbols.
    let html = if is_blank(&plain) || html.contains("mso-list") { html::read(&html) } else { None };
    let pasted = text_of_html(html.as_ref(), &plain).unwrap_or(&plain);
    let (outline, part) = (area.value(), text_area::selection(area));
    match paste::into_outline(&outline, part.start, part.end, pasted) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> PastedCell {
        PastedCell::of_text(text.to_owned())
    }

    fn table(cells: &[&str], outside: &str, all: &str) -> PastedHtml {
        PastedHtml {
            table: Some(vec![cells.iter().map(|text| cell(text)).collect()]),
            outside: outside.to_owned(),
            text: cell(all),
            ..PastedHtml::default()
        }
    }

    #[test]
    fn a_table_gives_its_cells_and_a_title_is_left_out_and_named() {
        let alone = table(&["○一つ", "○二つ"], " \n", "");
        assert_eq!(cells(Some(alone), "○一つ\t○二つ"), (vec![vec![cell("○一つ"), cell("○二つ")]], None));
        let titled = table(&["○一つ", "○二つ"], "○○市の取組\n令和8年度", "");
        let (rows, notice) = cells(Some(titled), "");
        assert_eq!(rows, [[cell("○一つ"), cell("○二つ")]]);
        assert!(notice.is_some_and(|notice| notice.contains("「○○市の取組 令和8年度」")));
    }

    #[test]
    fn entries_and_tables_beside_a_table_are_one_text_with_it() {
        let all = "○前の取組\n○一つ\n○二つ";
        let (rows, notice) = cells(Some(table(&["○一つ", "○二つ"], "○前の取組", all)), "");
        assert_eq!((rows, notice.as_deref()), (vec![vec![cell(all)]], Some(text::ALL_AS_TEXT)));
        let two = PastedHtml {
            has_tables: true, ..table(&["一つ", "二つ"], "三つ", "一つ\n二つ\n三つ")
        };
        assert_eq!(cells(Some(two), "").0, [[cell("一つ\n二つ\n三つ")]]);
        // One cell has no place to keep.
        let one = table(&["", "○一つ"], "題", "題\n○一つ");
        assert_eq!(cells(Some(one), ""), (vec![vec![cell("題\n○一つ")]], None));
    }

    #[test]
    fn html_without_a_table_says_that_plain_text_has_no_cells() {
        let html =
            |has_symbols| PastedHtml { text: cell("● 研修会"), has_symbols, ..PastedHtml::default() };
        let plain = "○日時\t3月6日";
        assert_eq!(cells(None, plain).0, [[cell("○日時"), cell("3月6日")]]);
        assert_eq!(cells(Some(html(false)), plain).0, [[cell(plain)]]);
        assert_eq!(cells(Some(html(true)), "l\t研修会").0, [[cell("● 研修会")]]);
        assert_eq!(cells(Some(html(false)), " ").0, [[cell("● 研修会")]]);
    }
}
