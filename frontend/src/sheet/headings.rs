//! The table's headings: years over their columns, facets below, and the handles that set widths.

use super::{
    columns::{MAX_PX, MIN_PX, STEP_PX},
    focus::{self, ITEM_HEADING, heading_id},
    model::Column,
    page::Page,
    store::Head,
};
use crate::{entry::handout_address, filter::FilterState, text::sheet as text, ui::dom};
use leptos::{html::Span, prelude::*};
use renkei_domain::{Facet, FiscalYear, era, reference};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};

/// Both heading rows, as far as the filter shows their columns.
#[component]
pub fn Headings(page: Page, head: Arc<Head>) -> impl IntoView {
    let columns =
        (0..head.columns.len()).map(|at| view! { <FacetHeading page head=head.clone() at /> }).collect_view();
    // The footnote to the items stands below the table, as on paper; its heading is narrow.
    let mark = head.item_footnote.as_ref().map(|_| {
        view! {
            <a
                class="footnote-mark"
                href="#item-footnote"
                // The browser follows it itself, as it moves the focus too.
                rel="external"
                tabindex="-1"
                aria-label=text::TO_FOOTNOTE
            >
                "＊"
            </a>
        }
    });
    let heading = head.item_heading.clone();
    view! {
        <thead role="rowgroup">
            <tr role="row" aria-rowindex="1">
                <th
                    class="item-heading"
                    role="columnheader"
                    scope="col"
                    aria-colindex="1"
                    id=ITEM_HEADING
                    tabindex="-1"
                    aria-rowspan="2"
                >
                    <span>
                        <bdi>{heading.clone()}</bdi>
                        {mark}
                    </span>
                    <Separator page heading facet=None />
                </th>
                {move || page.filter.with(|filter| year_headings(&head, filter))}
            </tr>
            <tr role="row" aria-rowindex="2">
                {columns}
            </tr>
        </thead>
    }
}

/// Neighbouring columns of one year under one heading, with their as-of date.
fn year_headings(head: &Head, filter: &FilterState) -> Vec<impl IntoView + use<>> {
    let shown: Vec<_> =
        head.columns.iter().enumerate().filter(|(_, column)| filter.shows(column.facet)).collect();
    let of_one_year = shown.chunk_by(|a, b| a.1.fiscal_year == b.1.fiscal_year);
    of_one_year
        .map(|columns| {
            let (first, year, width) = (columns[0].0, columns[0].1.fiscal_year, columns.len().to_string());
            let as_of = columns.iter().find_map(|(_, column)| as_of(column));
            view! {
                <th
                    class=if year == head.year { "year-heading own" } else { "year-heading" }
                    role="columnheader"
                    scope="colgroup"
                    aria-colindex=(first + 2).to_string()
                    colspan=width.clone()
                    aria-colspan=width.clone()
                    style:grid-column=format!("span {width}")
                >
                    {year.to_string()}
                    {as_of.map(|as_of| view! { <small>{as_of}</small> })}
                </th>
            }
        })
        .collect()
}

fn as_of(column: &Column) -> Option<String> {
    let day = era::parse_date(column.as_of.as_deref()?).ok()?;
    Some(text::as_of(&era::format_as_of(day), column.fiscal_year).to_owned())
}

#[component]
fn FacetHeading(page: Page, head: Arc<Head>, at: usize) -> impl IntoView {
    let Column { facet, fiscal_year, heading, footnote, .. } = head.columns[at].clone();
    let class = if fiscal_year == head.year { "facet-heading own" } else { "facet-heading" };
    let short = text::without_year(&heading, fiscal_year).to_owned();
    let footnote = footnote.map(|note| {
        let year = facet.governing_year(fiscal_year);
        view! {
            <small>
                "＊"
                <FootnoteText head year note tab_index="-1" />
            </small>
        }
    });
    view! {
        <th
            class=class
            role="columnheader"
            scope="col"
            aria-colindex=(at + 2).to_string()
            id=heading_id(at)
            data-facet=facet.code()
            tabindex="-1"
        >
            <span>{short}</span>
            {footnote}
            <Separator page heading facet=Some(facet) />
        </th>
    }
}

/// A footnote, its handouts as links; in the grid they are reached through its one tab stop.
#[component]
pub fn FootnoteText(
    head: Arc<Head>,
    year: FiscalYear,
    note: String,
    tab_index: &'static str,
) -> impl IntoView {
    let mut at = 0;
    let mut parts = Vec::new();
    for found in reference::find(&note, &[]) {
        let reference::Target::Handout(number) = found.target else { continue };
        if !head.region.handouts.contains(&number) {
            continue;
        }
        let href = handout_address(&head, year, number);
        let before = note[at..found.range.start].to_owned();
        parts.push(view! {
            {before}
            <a href=href tabindex=tab_index>
                {found.label.to_owned()}
            </a>
        });
        at = found.range.end;
    }
    let rest = note[at..].to_owned();
    view! {
        <bdi>
            {parts}
            {rest}
        </bdi>
    }
}

/// The handle at a heading's end: dragged, or moved by the arrow keys, it widens its column.
#[component]
fn Separator(page: Page, heading: String, facet: Option<Facet>) -> impl IntoView {
    let handle = NodeRef::<Span>::new();
    let column = move || handle.get_untracked().and_then(|handle| column_of(&handle));
    let set = move |px: i32| page.widths.update(|widths| widths.set(facet, px.max(0).unsigned_abs()));
    let on_keydown = move |event: KeyboardEvent| {
        let Some(column) = column() else { return };
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
    let grip = StoredValue::new(None);
    let on_down = move |event: PointerEvent| {
        let (Some(column), Some(handle)) = (column(), handle.get_untracked()) else { return };
        grip.set_value(Some(event.client_x() - column.get_bounding_client_rect().right() as i32));
        // Without it the drag ends at the window's edge.
        let _ = handle.set_pointer_capture(event.pointer_id());
        event.prevent_default();
    };
    let on_move = move |event: PointerEvent| {
        if let (Some(grip), Some(column)) = (grip.get_value(), column()) {
            set(event.client_x() - grip - column.get_bounding_client_rect().left() as i32);
        }
    };
    // How wide the column is, known once it stands.
    let width = RwSignal::new(MIN_PX);
    Effect::new(move |_| {
        page.widths.track();
        let handle = handle.get();
        dom::after_render(move || {
            if let Some(column) = handle.and_then(|handle| column_of(&handle)) {
                width.set(column.client_width().unsigned_abs().clamp(MIN_PX, MAX_PX));
            }
        });
    });
    view! {
        <span
            node_ref=handle
            class="separator"
            role="separator"
            tabindex="-1"
            aria-orientation="vertical"
            aria-label=text::width_of(&heading)
            aria-valuemin=MIN_PX.to_string()
            aria-valuemax=MAX_PX.to_string()
            aria-valuenow=move || width.get().to_string()
            on:keydown=on_keydown
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=move |_| grip.set_value(None)
            on:pointercancel=move |_| grip.set_value(None)
            on:dblclick=move |_| page.widths.update(|widths| widths.reset(facet))
        ></span>
    }
}

fn column_of(handle: &Element) -> Option<HtmlElement> {
    handle.parent_element()?.dyn_into().ok()
}

/// Goes to where the address's fragment points: an item's row.
pub fn follow_fragment(fragment: &str) {
    if fragment.starts_with("item-") {
        let id = js_sys::decode_uri_component(fragment).map_or_else(|_| fragment.to_owned(), String::from);
        dom::after_render(move || focus::give(focus::by_id(&id)));
    }
}
