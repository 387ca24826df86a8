//! The table: an ARIA grid whose rows are the items and whose cells hold entries.

use super::{
    columns::Widths,
    drag,
    focus::{self, cell_id, item_id},
    headings::{headings, with_links},
    keys,
    page::Page,
    store::{CellState, Head},
    wire::Item,
};
use crate::{
    entry::{self, DraftKey, Editing},
    filter::FilterState,
    text::sheet as text,
};
use leptos::prelude::*;
use renkei_domain::Facet;
use std::sync::Arc;

/// The whole table; made anew when rows, columns or rights change.
pub fn table(page: Page, head: Arc<Head>, widths: RwSignal<Widths>) -> AnyView {
    let rows = (0..head.items.len()).map(|at| row(page, &head, at)).collect_view();
    let template = {
        let head = head.clone();
        move || {
            let facets = page.filter.with(|filter| shown_facets(&head, filter));
            widths.with(|widths| widths.template(&facets))
        }
    };
    let hidden = move || page.filter.with(|filter| codes(&filter.hidden));
    let footnote = head.item_footnote.as_ref().map(|note| {
        view! {
            <p class="footnote" id="item-footnote" tabindex="-1">
                "＊"
                {with_links(&head, head.year, note)}
            </p>
        }
    });
    view! {
        <table
            role="grid"
            class="matrix"
            style=("--columns", template)
            data-hidden=hidden
            aria-rowcount=head.items.len() + 2
            aria-colcount=head.columns.len() + 1
            aria-describedby="grid-hint"
            on:keydown=move |event| keys::on_keydown(page, &event)
            on:click=move |event| keys::on_click(page, &event)
            on:contextmenu=move |event| keys::on_context_menu(page, &event)
            on:focusin=move |event| keys::on_focus(page, &event)
            on:pointerover=move |event| keys::on_pointer(page, &event)
            on:pointerleave=move |_| keys::on_leave(page)
            on:pointerdown=move |event| drag::on_down(page, &event)
        >
            <caption class="unseen">{head.title.clone()}</caption>
            {headings(page, &head, widths)}
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        {footnote}
        <p id="grid-hint" hidden>
            {text::GRID_HINT}
        </p>
    }
    .into_any()
}

fn shown_facets(head: &Head, filter: &FilterState) -> Vec<Facet> {
    head.columns.iter().map(|column| column.facet).filter(|facet| filter.shows(*facet)).collect()
}

fn codes(facets: &[Facet]) -> String {
    facets.iter().map(|facet| facet.code()).collect::<Vec<_>>().join(" ")
}

fn row(page: Page, head: &Arc<Head>, at: usize) -> AnyView {
    let width = head.columns.len();
    let cells = page.with(|store| store.cells[at * width..(at + 1) * width].to_vec()).unwrap_or_default();
    let cells = cells.into_iter().enumerate().map(|(column, state)| cell(page, head, at, column, state));
    view! {
        <tr role="row" aria-rowindex=at + 3>
            {item_cell(&head.items[at])}
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}

fn item_cell(item: &Item) -> AnyView {
    // Four boxes, two by two, as on paper; a scene that does not concern the item leaves its place empty.
    let scenes = item.scenes.iter().map(|scene| {
        view! {
            <li data-scene=scene.code() style:order=(scene as u8).to_string()>
                {scene.short_name()}
            </li>
        }
    });
    view! {
        <th role="rowheader" scope="row" class="item" id=item_id(&item.code) tabindex="-1" aria-colindex="1">
            <span class="code">{item.code.clone()}</span>
            <span class="title">{item.title.clone()}</span>
            <ul class="item-scenes" aria-label=text::ITEM_SCENES>
                {scenes.collect_view()}
            </ul>
        </th>
    }
    .into_any()
}

fn cell(page: Page, head: &Arc<Head>, row: usize, column: usize, state: CellState) -> AnyView {
    let CellState { key, order, hidden } = state;
    let number = row * head.columns.len() + column;
    let writable = head.editable[number];
    let heading = &head.columns[column];
    let label = format!("{} {}", heading.fiscal_year, text::without_year(&heading.heading, heading.fiscal_year));
    let empty = {
        let order = order.clone();
        move || order.with(Vec::is_empty).then(|| view! { <p class="empty">{text::EMPTY_CELL}</p> })
    };
    let hidden = move || {
        let count = hidden.get();
        (count > 0).then(|| view! { <p class="hidden-here">{text::hidden_here(count)}</p> })
    };
    let begun = move || {
        let open = page.editing.with(|editing| editing.is_some_and(|editing| editing.key == DraftKey::New(key)));
        (!open && page.begun.with(|begun| begun.contains(&key))).then(|| begun_here(page, key))
    };
    let entries = {
        let head = head.clone();
        move |id| entry::bullet(page, &head, id)
    };
    let add = writable.then(|| {
        view! {
            <button type="button" class="add" tabindex="-1" data-do="add">
                {text::ADD}
            </button>
        }
    });
    view! {
        <td
            role="gridcell"
            class="cell"
            class:own=heading.fiscal_year == head.year
            id=cell_id(row, column)
            data-cell=format!("{}/{}", head.items[row].code, heading.facet.code())
            data-facet=heading.facet.code()
            data-label=label
            tabindex="-1"
            aria-colindex=column + 2
            aria-readonly=(!writable).then_some("true")
        >
            <ul class="entries">
                <For each=move || order.get() key=|id| *id children=entries />
            </ul>
            {empty}
            {hidden}
            {begun}
            {add}
        </td>
    }
    .into_any()
}

/// Leads back to a new entry that was begun in this cell.
fn begun_here(page: Page, key: super::store::CellKey) -> AnyView {
    let open = move |_| page.editing.set(Some(Editing { key: DraftKey::New(key), after: None }));
    view! {
        <button type="button" class="draft-here" tabindex="-1" on:click=open>
            {text::NEW_DRAFT_HERE}
        </button>
    }
    .into_any()
}

/// The tab stop stays on something that can be seen.
pub fn settle_soon(page: Page) {
    crate::ui::dom::after_render(move || focus::settle(page));
}
