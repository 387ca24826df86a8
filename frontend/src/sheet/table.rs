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
    clipboard,
    entry::{self, BegunEntry, EntryView, InCell},
    filter::FilterState,
    history,
    text::{clipboard as words, sheet as text},
};
use leptos::prelude::*;
use renkei_domain::Facet;
use std::sync::Arc;
use web_sys::MouseEvent;

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
    let states = cells.clone();
    // Nothing of the row is found: one line stands for it, until it is opened.
    let folded = Memo::new(move |_| {
        page.filter.with(FilterState::narrows_entries)
            && !page.kept.with(|kept| kept.rows.contains(&at))
            && page.head.with(Option::is_some)
            && states.iter().all(|cell| cell.order.with(Vec::len) == cell.hidden.get())
    });
    let cells = cells
        .into_iter()
        .enumerate()
        .map(|(column, state)| view! { <Cell page head=head.clone() row=at column state /> })
        .collect_view();
    view! {
        <tr
            role="row"
            aria-rowindex=(at + 3).to_string()
            data-row=at.to_string()
            class:folded=move || folded.get()
        >
            <ItemCell page item folded />
            {cells}
        </tr>
    }
}

#[component]
fn ItemCell(page: Page, item: Item, folded: Memo<bool>) -> impl IntoView {
    // Four boxes, two by two, as on paper; a scene that does not concern the item leaves its place empty.
    let scenes = item
        .scenes
        .iter()
        .map(|scene| view! { <li data-scene=scene.code()>{scene.short_name()}</li> })
        .collect_view();
    let id = item_id(&item.code);
    let code = item.code.clone();
    let copy_row = move |event: MouseEvent| {
        event.stop_propagation();
        if let Some(row) = clipboard::row_of(page, &code) {
            clipboard::copy(page, row);
        }
    };
    view! {
        <th class="item" role="rowheader" scope="row" id=id tabindex="-1" aria-colindex="1">
            <div class="item-words">
                <span class="code">{item.code}</span>
                <span class="title">{item.title}</span>
                {move || folded.get().then(|| view! {
                    <button class="link-button unfold" type="button" data-do="unfold" aria-expanded="false">
                        {text::UNFOLD}
                    </button>
                })}
                <ul class="item-scenes" aria-label=text::ITEM_SCENES>
                    {scenes}
                </ul>
                <button
                    class="row-tool"
                    type="button"
                    tabindex="-1"
                    title=words::COPY_ROW
                    on:click=copy_row
                >
                    {words::COPY}
                </button>
            </div>
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
            <button class="add" type="button" tabindex="-1" data-do="add" aria-label=text::ADD>
                <span class="where-wide">{text::ADD_WHAT}</span>
                {text::ADD_SHORT}
            </button>
        }
    });
    let (order, hidden) = (state.order.clone(), state.hidden.clone());
    let empty = {
        let order = order.clone();
        move || order.with(Vec::is_empty).then(|| view! { <p class="empty">{text::EMPTY_CELL}</p> })
    };
    let listed = move || entry::in_cell(page, key, &order.get());
    let show = move |listed: InCell| match listed {
        InCell::Entry(id) => page
            .state(id)
            .map(|state| view! { <EntryView page head=head.clone() cell=number id state /> })
            .into_any(),
        InCell::Begun(begun) => view! { <BegunEntry page begun /> }.into_any(),
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
                <For each=listed key=InCell::key children=show />
            </ul>
            {empty}
            {move || {
                let hidden = hidden.get();
                (hidden > 0).then(|| view! {
                    <p class="hidden-here">
                        <button class="link-button" type="button" tabindex="-1" data-do="reveal">
                            {text::hidden_here(hidden)}
                        </button>
                    </p>
                })
            }}
            {add}
            {page.snapshot.is_none().then(|| view! { <history::CellTool page key /> })}
        </td>
    }
}
