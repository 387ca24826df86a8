//! The table: an ARIA grid whose rows are the items and whose cells hold entries.

use super::{
    drag,
    focus::{self, cell_id, item_id},
    headings::{headings, with_links},
    keys,
    model::Item,
    page::Page,
    store::{CellState, Head},
};
use crate::{
    entry,
    filter::FilterState,
    history,
    text::sheet as text,
    ui::dom,
    view::{Component, El, each, el, live},
};
use leptos::prelude::*;
use renkei_domain::Facet;
use std::sync::Arc;
use web_sys::{Event, FocusEvent, KeyboardEvent, MouseEvent, PointerEvent};

/// The whole table; made anew when rows, columns or rights change.
pub fn table(page: Page, head: &Arc<Head>) -> Vec<El> {
    let rows = (0..head.items.len()).map(|at| row(page, head, at)).collect::<Vec<_>>();
    let template = {
        let head = head.clone();
        move || {
            let facets = page.filter.with(|filter| shown_facets(&head, filter));
            page.widths.with(|widths| widths.template(&facets))
        }
    };
    let grid = el("table")
        .class("matrix")
        .attr("role", "grid")
        .attr("aria-rowcount", head.items.len() + 2)
        .attr("aria-colcount", head.columns.len() + 1)
        .attr("aria-describedby", "grid-hint")
        .live_style("--columns", template)
        .live_attr("data-hidden", move || page.filter.with(|filter| codes(&filter.hidden)))
        .on("keydown", move |event: KeyboardEvent| keys::on_keydown(page, &event))
        .on("click", move |event: MouseEvent| keys::on_click(page, &event))
        .on("contextmenu", move |event: MouseEvent| keys::on_context_menu(page, &event))
        .on("focusin", move |event: FocusEvent| keys::on_focus(page, &event))
        .on("pointerover", move |event: Event| keys::on_pointer(page, &event))
        .on("pointerleave", move |_: Event| keys::on_leave(page))
        .on("pointerdown", move |event: PointerEvent| drag::on_down(page, &event))
        .child(el("caption").class("unseen").child(head.title.as_str()))
        .child(headings(page, head))
        .child(el("tbody").attr("role", "rowgroup").child(rows));
    let hint = el("p").attr("id", "grid-hint").attr("hidden", true).child(text::GRID_HINT);
    let mut parts = vec![grid, hint];
    parts.extend(head.item_footnote.as_ref().map(|note| {
        el("p")
            .class("footnote")
            .attr("id", "item-footnote")
            .attr("tabindex", "-1")
            .child("＊")
            .child(with_links(head, head.year, note, "0"))
    }));
    parts
}

fn shown_facets(head: &Head, filter: &FilterState) -> Vec<Facet> {
    head.columns.iter().map(|column| column.facet).filter(|facet| filter.shows(*facet)).collect()
}

fn codes(facets: &[Facet]) -> String {
    facets.iter().map(|facet| facet.code()).collect::<Vec<_>>().join(" ")
}

fn row(page: Page, head: &Arc<Head>, at: usize) -> El {
    let width = head.columns.len();
    let cells = page.with(|store| store.cells[at * width..(at + 1) * width].to_vec()).unwrap_or_default();
    let cells = cells.into_iter().enumerate().map(|(column, state)| cell(page, head, at, column, state));
    el("tr")
        .attr("role", "row")
        .attr("aria-rowindex", at + 3)
        .child(item_cell(&head.items[at]))
        .child(cells.collect::<Vec<_>>())
}

fn item_cell(item: &Item) -> El {
    // Four boxes, two by two, as on paper; a scene that does not concern the item leaves its place empty.
    let scenes =
        item.scenes.iter().map(|scene| el("li").attr("data-scene", scene.code()).child(scene.short_name()));
    el("th")
        .class("item")
        .attr("role", "rowheader")
        .attr("scope", "row")
        .attr("id", item_id(&item.code))
        .attr("tabindex", "-1")
        .attr("aria-colindex", "1")
        .child(el("span").class("code").child(item.code.as_str()))
        .child(el("span").class("title").child(item.title.as_str()))
        .child(
            el("ul")
                .class("item-scenes")
                .attr("aria-label", text::ITEM_SCENES)
                .child(scenes.collect::<Vec<_>>()),
        )
}

fn cell(page: Page, head: &Arc<Head>, row: usize, column: usize, state: Arc<CellState>) -> El {
    let key = state.key;
    let writable = head.editable[row * head.columns.len() + column];
    let heading = &head.columns[column];
    let facet = heading.facet.code();
    let label =
        format!("{} {}", heading.fiscal_year, text::without_year(&heading.heading, heading.fiscal_year));
    let entries = {
        let (state, head) = (state.clone(), head.clone());
        each(move || state.order.get(), move |id| entry::bullet(page, &head, *id))
    };
    let remarks = live(move || {
        let hidden = state.hidden.get();
        let empty = state.order.with(Vec::is_empty).then(|| el("p").class("empty").child(text::EMPTY_CELL));
        let hidden = (hidden > 0).then(|| el("p").class("hidden-here").child(text::hidden_here(hidden)));
        (empty, hidden, entry::begun(page, key))
    });
    let add = writable.then(|| {
        el("button")
            .class("add")
            .attr("type", "button")
            .attr("tabindex", "-1")
            .attr("data-do", "add")
            .child(text::ADD)
    });
    el("td")
        .class(if heading.fiscal_year == head.year { "cell own" } else { "cell" })
        .attr("role", "gridcell")
        .attr("id", cell_id(row, column))
        .attr("data-cell", format!("{}/{facet}", head.items[row].code))
        .attr("data-facet", facet)
        .attr("data-label", label)
        .attr("tabindex", "-1")
        .attr("aria-colindex", column + 2)
        .attr("aria-readonly", (!writable).then_some("true"))
        .child(el("ul").class("entries").child(entries))
        .child(remarks)
        .child(add)
        .child(Component(view! { <history::CellTool page key/> }))
}

/// The tab stop stays on something that can be seen.
pub fn settle_soon(page: Page) {
    dom::after_render(move || focus::settle(page));
}
