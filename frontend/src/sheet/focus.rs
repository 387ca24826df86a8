//! The grid's one tab stop: which element has it, and how it moves.
//!
//! Done on the elements themselves: thousands of entries need no signal for what only one of them can be.

use super::{
    movement::{Extent, Spot, Step},
    page::Page,
};
use crate::{filter::FilterState, sync::DraftKey, ui::dom};
use leptos::prelude::*;
use renkei_domain::EntryId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

pub fn entry_id(id: EntryId) -> String {
    format!("entry-{id}")
}

/// Rows and columns as in the sheet's data, from 0.
pub fn cell_id(row: usize, column: usize) -> String {
    format!("cell-{row}-{column}")
}

pub fn heading_id(column: usize) -> String {
    format!("heading-{column}")
}

pub fn item_id(code: &str) -> String {
    format!("item-{code}")
}

pub const ITEM_HEADING: &str = "heading-item";

/// Focuses an entry once it stands where it belongs; its cell, if the filter hides it.
pub fn entry_soon(page: Page, id: EntryId) {
    after_render(page, move || entry(page, id));
}

pub fn cell_soon(page: Page, cell: usize) {
    after_render(page, move || self::cell(page, cell));
}

/// The entry, or the cell of a new one.
pub fn soon(page: Page, key: DraftKey) {
    match key {
        DraftKey::Entry(id) => entry_soon(page, id),
        DraftKey::New(_) => page.cell_of(key).into_iter().for_each(|cell| cell_soon(page, cell)),
    }
}

/// An editor that was opened meanwhile keeps the focus.
fn after_render(page: Page, give: impl FnOnce() + 'static) {
    dom::after_render(move || {
        if page.editing.try_get_untracked().flatten().is_none() {
            give();
        }
    });
}

pub fn cell(page: Page, cell: usize) {
    if let Some(head) = page.head_now() {
        let (row, column) = head.place(cell);
        give(by_id(&cell_id(row, column)));
    }
}

pub fn entry(page: Page, id: EntryId) {
    let Some(element) = by_id(&entry_id(id)) else { return };
    if element.hidden() {
        if let Some(state) = page.state(id) {
            cell_soon(page, state.cell.get_value());
        }
        return;
    }
    give(Some(element));
}

/// The focus is on this entry, or on something in it.
pub fn is_within(id: EntryId) -> bool {
    let active = dom::document().active_element();
    active.is_some_and(|active| {
        closest(&active, "[data-entry]").is_some_and(|entry| entry.id() == entry_id(id))
    })
}

/// The focus is in the grid, or nowhere: it may be moved there.
pub fn is_free() -> bool {
    is_nowhere() || dom::document().active_element().is_some_and(|it| closest(&it, "[role=grid]").is_some())
}

/// What had the focus has gone.
pub fn is_nowhere() -> bool {
    dom::document().active_element().is_none_or(|active| active.tag_name() == "BODY")
}

/// The entry that an element belongs to.
pub fn entry_at(element: &Element) -> Option<EntryId> {
    closest(element, "[data-entry]")?.get_attribute("data-entry")?.parse().ok()
}

/// The number of the cell that an element belongs to.
pub fn cell_at(page: Page, element: &Element) -> Option<usize> {
    let cell = closest(element, "[data-cell]")?.id();
    let (row, column) = cell.strip_prefix("cell-")?.split_once('-')?;
    Some(page.head_now()?.number(row.parse().ok()?, column.parse().ok()?))
}

/// The first cell of the row or column of a heading, by number; at the table's corner, of all.
pub fn first_cell(page: Page, element: &Element) -> Option<usize> {
    let (spot, head) = (spot_of(page, element)?, page.head_now()?);
    let columns = shown_columns(page);
    let column = columns.get(spot.column.saturating_sub(1))?;
    Some(head.number(spot.row.saturating_sub(1), *column))
}

/// From where the focus is to where a step leads.
pub fn step(page: Page, from: &Element, step: Step) {
    let (Some(spot), Some(head)) = (spot_of(page, from), page.head_now()) else { return };
    let columns = shown_columns(page);
    let lines = |row: usize, column: usize| page.shown(head.number(row - 1, columns[column - 1])).len();
    let extent = Extent { rows: head.items.len() + 1, columns: columns.len() + 1, lines };
    give(element_at(page, extent.after(spot, step), &columns));
}

/// Makes an element the tab stop and focuses it.
pub fn give(element: Option<HtmlElement>) {
    if let Some(element) = element {
        stop_at(&element);
        // Fails for no element that is in the page.
        let _ = element.focus();
    }
}

/// Gives the focus back to an element that has lost it, without scrolling to it.
pub fn regain(element: &HtmlElement) {
    stop_at(element);
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Makes an element the grid's only tab stop; links in it can be reached from there, others can not.
pub fn stop_at(element: &HtmlElement) {
    let Some(grid) = closest(element, "[role=grid]") else { return };
    for old in dom::find_all(&grid, "[tabindex='0']") {
        old.set_tab_index(-1);
    }
    element.set_tab_index(0);
    if !element.matches("td").unwrap_or(false) {
        for inner in dom::find_all(element, "a") {
            inner.set_tab_index(0);
        }
    }
}

/// Sees to it that there is a tab stop, and that it can be seen: the first cell, or the cell of an entry that the
/// filter has hidden.
pub fn settle(page: Page) {
    let Some(grid) = dom::find("[role=grid]") else { return };
    let stop = grid.query_selector("[tabindex='0']").ok().flatten();
    match stop.and_then(|stop| stop.dyn_into::<HtmlElement>().ok()) {
        Some(stop) if stop.offset_parent().is_some() => {}
        Some(stop) => {
            let cell = closest(&stop, "[data-cell]").and_then(|cell| cell.dyn_into::<HtmlElement>().ok());
            match cell.filter(|cell| cell.offset_parent().is_some()) {
                Some(cell) if is_nowhere() => give(Some(cell)),
                Some(cell) => stop_at(&cell),
                None => stop_at_start(page),
            }
        }
        None => stop_at_start(page),
    }
}

fn stop_at_start(page: Page) {
    let columns = shown_columns(page);
    let first = Spot { row: 1, column: usize::from(!columns.is_empty()), line: 0 };
    if let Some(element) = element_at(page, first, &columns) {
        stop_at(&element);
    }
}

/// The sheet's columns that are not hidden.
pub fn shown_columns(page: Page) -> Vec<usize> {
    let Some(head) = page.head_now() else { return Vec::new() };
    let shown = |filter: &FilterState| {
        (0..head.columns.len()).filter(|column| filter.shows(head.columns[*column].facet)).collect()
    };
    page.filter.try_with_untracked(shown).unwrap_or_default()
}

fn spot_of(page: Page, element: &Element) -> Option<Spot> {
    let (head, columns) = (page.head_now()?, shown_columns(page));
    let column_of = |column: usize| columns.iter().position(|shown| *shown == column).map(|at| at + 1);
    if let Some(cell) = cell_at(page, element) {
        let (row, column) = head.place(cell);
        let line = entry_at(element).and_then(|id| page.shown(cell).iter().position(|other| *other == id));
        return Some(Spot { row: row + 1, column: column_of(column)?, line: line.unwrap_or(0) });
    }
    let heading = closest(element, "[role=columnheader], [role=rowheader]")?.id();
    if let Some(code) = heading.strip_prefix("item-") {
        let row = head.items.iter().position(|item| item.code == code)?;
        return Some(Spot { row: row + 1, column: 0, line: 0 });
    }
    let column = heading.strip_prefix("heading-")?.parse().ok().and_then(column_of).unwrap_or(0);
    Some(Spot { row: 0, column, line: 0 })
}

fn element_at(page: Page, spot: Spot, columns: &[usize]) -> Option<HtmlElement> {
    let Spot { row, column, line } = spot;
    match (row, column) {
        (0, 0) => by_id(ITEM_HEADING),
        (0, _) => by_id(&heading_id(columns[column - 1])),
        (_, 0) => by_id(&item_id(&page.head_now()?.items.get(row - 1)?.code)),
        _ => {
            let column = columns[column - 1];
            match page.shown(page.head_now()?.number(row - 1, column)).get(line) {
                Some(id) => by_id(&entry_id(*id)),
                None => by_id(&cell_id(row - 1, column)),
            }
        }
    }
}

pub fn by_id(id: &str) -> Option<HtmlElement> {
    dom::document().get_element_by_id(id)?.dyn_into().ok()
}

pub fn entry_or_cell(element: &Element) -> Option<Element> {
    closest(element, "[data-entry]").or_else(|| closest(element, "td, th"))
}

pub fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok().flatten()
}
