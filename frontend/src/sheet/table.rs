//! The table: an ARIA grid whose rows are the items and whose cells hold entries.

use super::{
    drag,
    focus::{cell_id, item_id},
    headings::{FootnoteText, Headings},
    keys,
    model::Item,
    page::Page,
    store::{CellState, Head},
};
use crate::{
    entry::{self, EntryView},
    filter::FilterState,
    history,
    text::sheet as text,
};
use leptos::prelude::*;
use renkei_domain::Facet;
use std::sync::Arc;

/// The whole table.
#[component]
pub fn Table(page: Page, head: Arc<Head>) -> impl IntoView {
    let rows = (0..head.items.len()).map(|at| view! { <Row page head=head.clone() at /> }).collect_view();
    let footnote = head.item_footnote.clone().map(|note| {
        view! {
            <p class="footnote" id="item-footnote" tabindex="-1">
                "＊"
                <FootnoteText head=head.clone() year=head.year note tab_index="0" />
            </p>
        }
    });
    let template = {
        let head = head.clone();
        move || {
            let facets = page.filter.with(|filter| shown_facets(&head, filter));
            page.widths.with(|widths| widths.template(&facets))
        }
    };
    view! {
        <table
            class="matrix"
            role="grid"
            aria-rowcount=(head.items.len() + 2).to_string()
            aria-colcount=(head.columns.len() + 1).to_string()
            aria-describedby="grid-hint"
            style=("--columns", template)
            data-hidden=move || page.filter.with(|filter| codes(&filter.hidden))
            on:keydown=move |event| keys::on_keydown(page, &event)
            on:click=move |event| keys::on_click(page, &event)
            on:contextmenu=move |event| keys::on_context_menu(page, &event)
            on:focusin=move |event| keys::on_focus(page, &event)
            on:pointerover=move |event| keys::on_pointer(page, &event)
            on:pointerleave=move |_| keys::on_leave(page)
            on:pointerdown=move |event| drag::on_down(page, &event)
        >
            <caption class="unseen">{head.title.clone()}</caption>
            <Headings page head=head.clone() />
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        <p id="grid-hint" hidden>
            {text::grid_hint(head.is_writable())}
        </p>
        {footnote}
    }
}

fn shown_facets(head: &Head, filter: &FilterState) -> Vec<Facet> {
    head.columns.iter().map(|column| column.facet).filter(|facet| filter.shows(*facet)).collect()
}

fn codes(facets: &[Facet]) -> String {
    facets.iter().map(|facet| facet.code()).collect::<Vec<_>>().join(" ")
}

#[component]
fn Row(page: Page, head: Arc<Head>, at: usize) -> impl IntoView {
    let width = head.columns.len();
    let cells = page.with(|store| store.cells[at * width..(at + 1) * width].to_vec()).unwrap_or_default();
    let item = head.items[at].clone();
    let cells = cells
        .into_iter()
        .enumerate()
        .map(|(column, state)| view! { <Cell page head=head.clone() row=at column state /> })
        .collect_view();
    view! {
        <tr role="row" aria-rowindex=(at + 3).to_string()>
            <ItemCell item />
            {cells}
        </tr>
    }
}

#[component]
fn ItemCell(item: Item) -> impl IntoView {
    // Four boxes, two by two, as on paper; a scene that does not concern the item leaves its place empty.
    let scenes = item
        .scenes
        .iter()
        .map(|scene| view! { <li data-scene=scene.code()>{scene.short_name()}</li> })
        .collect_view();
    let id = item_id(&item.code);
    view! {
        <th class="item" role="rowheader" scope="row" id=id tabindex="-1" aria-colindex="1">
            <span class="code">{item.code}</span>
            <span class="title">{item.title}</span>
            <ul class="item-scenes" aria-label=text::ITEM_SCENES>
                {scenes}
            </ul>
        </th>
    }
}

#[component]
fn Cell(page: Page, head: Arc<Head>, row: usize, column: usize, state: Arc<CellState>) -> impl IntoView {
    let number = row * head.columns.len() + column;
    let key = state.key;
    let writable = head.editable[number];
    let heading = &head.columns[column];
    let facet = heading.facet.code();
    let label =
        format!("{} {}", heading.fiscal_year, text::without_year(&heading.heading, heading.fiscal_year));
    let class = if heading.fiscal_year == head.year { "cell own" } else { "cell" };
    let name = format!("{}/{facet}", head.items[row].code);
    let add = writable.then(|| {
        view! {
            <button class="add" type="button" tabindex="-1" data-do="add">
                {text::ADD}
            </button>
        }
    });
    let (order, hidden) = (state.order.clone(), state.hidden.clone());
    let empty = {
        let order = order.clone();
        move || order.with(Vec::is_empty).then(|| view! { <p class="empty">{text::EMPTY_CELL}</p> })
    };
    let entry = move |id| {
        page.state(id).map(|state| view! { <EntryView page head=head.clone() cell=number id state /> })
    };
    view! {
        <td
            class=class
            role="gridcell"
            id=cell_id(row, column)
            data-cell=name
            data-facet=facet
            data-label=label
            tabindex="-1"
            aria-colindex=(column + 2).to_string()
            aria-readonly=(!writable).then_some("true")
        >
            <ul class="entries">
                <For each=move || order.get() key=|id| *id children=entry />
            </ul>
            {empty}
            {move || {
                let hidden = hidden.get();
                (hidden > 0).then(|| view! { <p class="hidden-here">{text::hidden_here(hidden)}</p> })
            }}
            <entry::BegunEntries page cell=key />
            {add}
            <history::CellTool page key />
        </td>
    }
}
