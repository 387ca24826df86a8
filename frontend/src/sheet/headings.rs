//! The table's headings: years over their columns, facets below, and the handles that set widths.

use super::{
    columns::{MAX_PX, MIN_PX, STEP_PX},
    focus::{self, ITEM_HEADING, heading_id},
    model::Column,
    page::Page,
    store::Head,
};
use crate::{
    entry::handout_address,
    filter::FilterState,
    text::sheet as text,
    ui::dom,
    view::{El, el, live, text_node},
};
use leptos::prelude::*;
use renkei_domain::{Facet, FiscalYear, era, reference};
use std::{cell::Cell, rc::Rc, sync::Arc};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, Node, PointerEvent};

/// Both heading rows, as far as the filter shows their columns.
pub fn headings(page: Page, head: &Arc<Head>) -> El {
    let years = {
        let head = head.clone();
        live(move || page.filter.with(|filter| year_headings(&head, filter)))
    };
    let columns = head.columns.iter().enumerate().map(|(at, column)| facet_heading(page, head, at, column));
    let item = heading("item-heading", "col", 1)
        .attr("id", ITEM_HEADING)
        .attr("tabindex", "-1")
        .attr("aria-rowspan", "2")
        .child(item_heading(head))
        .child(separator(page, &head.item_heading, None));
    let row = |number: &str| el("tr").attr("role", "row").attr("aria-rowindex", number);
    el("thead")
        .attr("role", "rowgroup")
        .child(row("1").child(item).child(years))
        .child(row("2").child(columns.collect::<Vec<_>>()))
}

fn heading(class: &str, scope: &str, column: usize) -> El {
    el("th").class(class).attr("role", "columnheader").attr("scope", scope).attr("aria-colindex", column)
}

/// The footnote to the items stands below the table, as on paper; its heading is narrow.
fn item_heading(head: &Head) -> El {
    let mark = head.item_footnote.as_ref().map(|_| {
        el("a")
            .class("footnote-mark")
            .attr("href", "#item-footnote")
            // The browser follows it itself, as it moves the focus too.
            .attr("rel", "external")
            .attr("tabindex", "-1")
            .attr("aria-label", text::TO_FOOTNOTE)
            .child("＊")
    });
    el("span").child(head.item_heading.as_str()).child(mark)
}

/// Neighbouring columns of one year under one heading, with their as-of date.
fn year_headings(head: &Head, filter: &FilterState) -> Vec<El> {
    let shown: Vec<_> =
        head.columns.iter().enumerate().filter(|(_, column)| filter.shows(column.facet)).collect();
    let of_one_year = shown.chunk_by(|a, b| a.1.fiscal_year == b.1.fiscal_year);
    of_one_year
        .map(|columns| {
            let (first, year) = (columns[0].0, columns[0].1.fiscal_year);
            let as_of = columns.iter().find_map(|(_, column)| as_of(column));
            let class = if year == head.year { "year-heading own" } else { "year-heading" };
            heading(class, "colgroup", first + 2)
                .attr("colspan", columns.len())
                .attr("aria-colspan", columns.len())
                .style("grid-column", &format!("span {}", columns.len()))
                .child(year.to_string())
                .child(as_of.map(|as_of| el("small").child(as_of)))
        })
        .collect()
}

fn as_of(column: &Column) -> Option<String> {
    let day = era::parse_date(column.as_of.as_deref()?).ok()?;
    Some(text::as_of(&era::format_as_of(day), column.fiscal_year).to_owned())
}

fn facet_heading(page: Page, head: &Head, at: usize, column: &Column) -> El {
    let footnote = column.footnote.as_ref().map(|note| {
        let year = column.facet.governing_year(column.fiscal_year);
        el("small").child("＊").child(with_links(head, year, note, "-1"))
    });
    let class = if column.fiscal_year == head.year { "facet-heading own" } else { "facet-heading" };
    heading(class, "col", at + 2)
        .attr("id", heading_id(at))
        .attr("data-facet", column.facet.code())
        .attr("tabindex", "-1")
        .child(el("span").child(text::without_year(&column.heading, column.fiscal_year)))
        .child(footnote)
        .child(separator(page, &column.heading, Some(column.facet)))
}

/// A footnote, its handouts as links; in the grid they are reached through its one tab stop.
pub fn with_links(head: &Head, year: FiscalYear, note: &str, tab_index: &str) -> Vec<Node> {
    let mut at = 0;
    let mut parts: Vec<Node> = Vec::new();
    for found in reference::find(note, &[]) {
        let reference::Target::Handout(number) = found.target else { continue };
        if !head.handouts().contains(&number) {
            continue;
        }
        let link = el("a").attr("href", handout_address(head, year, number)).attr("tabindex", tab_index);
        parts.push(text_node(&note[at..found.range.start]));
        parts.push(link.child(found.label).into());
        at = found.range.end;
    }
    parts.push(text_node(&note[at..]));
    parts
}

/// The handle at a heading's end: dragged, or moved by the arrow keys, it widens its column.
fn separator(page: Page, heading: &str, facet: Option<Facet>) -> El {
    let set = move |px: i32| page.widths.update(|widths| widths.set(facet, px.max(0).unsigned_abs()));
    let on_keydown = move |event: KeyboardEvent| {
        let Some(column) = column_of(&event) else { return };
        let (width, step) = (column.offset_width(), STEP_PX.cast_signed());
        match event.key().as_str() {
            "ArrowLeft" => set(width - step),
            "ArrowRight" => set(width + step),
            "Escape" | "Enter" => focus::give(Some(column)),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // Where in the handle it was taken, from the column's right edge.
    let grip = Rc::new(Cell::new(None));
    let (taken, let_go, dropped) = (grip.clone(), grip.clone(), grip.clone());
    let on_down = move |event: PointerEvent| {
        let (Some(column), Some(handle)) = (column_of(&event), target(&event)) else { return };
        taken.set(Some(event.client_x() - column.get_bounding_client_rect().right() as i32));
        // Without it the drag ends at the window's edge.
        let _ = handle.set_pointer_capture(event.pointer_id());
        event.prevent_default();
    };
    let on_move = move |event: PointerEvent| {
        if let (Some(grip), Some(column)) = (grip.get(), column_of(&event)) {
            set(event.client_x() - grip - column.get_bounding_client_rect().left() as i32);
        }
    };
    let handle = el("span")
        .class("separator")
        .attr("role", "separator")
        .attr("tabindex", "-1")
        .attr("aria-orientation", "vertical")
        .attr("aria-label", text::width_of(heading))
        .attr("aria-valuemin", MIN_PX as usize)
        .attr("aria-valuemax", MAX_PX as usize)
        .attr("aria-valuenow", MIN_PX as usize)
        .on("keydown", on_keydown)
        .on("pointerdown", on_down)
        .on("pointermove", on_move)
        .on("pointerup", move |_: Event| let_go.set(None))
        .on("pointercancel", move |_: Event| dropped.set(None))
        .on("dblclick", move |_: Event| page.widths.update(|widths| widths.reset(facet)));
    tell_width(page, &handle);
    handle
}

/// How wide the column is, known once it stands.
fn tell_width(page: Page, handle: &El) {
    let element = handle.element().clone();
    crate::view::effect(move || {
        page.widths.track();
        let element = element.clone();
        dom::after_render(move || {
            if let Some(column) = element.parent_element() {
                let width = column.client_width().unsigned_abs().clamp(MIN_PX, MAX_PX);
                let _ = element.set_attribute("aria-valuenow", &width.to_string());
            }
        });
    });
}

fn target(event: &Event) -> Option<HtmlElement> {
    event.current_target()?.dyn_into().ok()
}

fn column_of(event: &Event) -> Option<HtmlElement> {
    target(event)?.parent_element()?.dyn_into().ok()
}

/// Goes to where the address's fragment points: an item's row.
pub fn follow_fragment(fragment: &str) {
    if fragment.starts_with("item-") {
        let id = js_sys::decode_uri_component(fragment).map_or_else(|_| fragment.to_owned(), String::from);
        dom::after_render(move || focus::give(focus::by_id(&id)));
    }
}
