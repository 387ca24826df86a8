//! The table's headings: years over their columns, facets below, and the handles that set widths.

use super::{
    columns::{MAX_PX, MIN_PX, STEP_PX, Widths},
    focus::{self, ITEM_HEADING, heading_id},
    page::Page,
    store::Head,
    wire::Column,
};
use crate::{filter::FilterState, handout, route::Route, text::sheet as text, ui::dom};
use leptos::prelude::*;
use renkei_domain::{Facet, FiscalYear, era, reference};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, PointerEvent};

/// Both heading rows, as far as the filter shows their columns.
pub fn headings(page: Page, head: &Arc<Head>, widths: RwSignal<Widths>) -> AnyView {
    let years = {
        let head = head.clone();
        move || page.filter.with(|filter| year_headings(&head, filter))
    };
    let columns = head.columns.iter().enumerate().map(|(at, column)| facet_heading(head, at, column, widths));
    view! {
        <thead role="rowgroup">
            <tr role="row" aria-rowindex="1">
                <th
                    role="columnheader"
                    scope="col"
                    class="item-heading"
                    id=ITEM_HEADING
                    tabindex="-1"
                    aria-colindex="1"
                    aria-rowspan="2"
                >
                    {item_heading(head)}
                    {separator(head.item_heading.clone(), None, widths)}
                </th>
                {years}
            </tr>
            <tr role="row" aria-rowindex="2">
                {columns.collect_view()}
            </tr>
        </thead>
    }
    .into_any()
}

/// The footnote to the items stands below the table, as on paper; its heading is narrow.
fn item_heading(head: &Head) -> AnyView {
    let mark = head.item_footnote.as_ref().map(|_| {
        view! {
            <a class="footnote-mark" href="#item-footnote" tabindex="-1" aria-label=text::TO_FOOTNOTE>
                "＊"
            </a>
        }
    });
    view! { <span>{head.item_heading.clone()} {mark}</span> }.into_any()
}

/// Neighbouring columns of one year under one heading, with their as-of date.
fn year_headings(head: &Head, filter: &FilterState) -> AnyView {
    let shown = head.columns.iter().enumerate().filter(|(_, column)| filter.shows(column.facet));
    let shown: Vec<_> = shown.collect();
    shown
        .chunk_by(|a, b| a.1.fiscal_year == b.1.fiscal_year)
        .map(|columns| {
            let (first, year) = (columns[0].0, columns[0].1.fiscal_year);
            let own = year == head.year;
            let as_of = columns.iter().find_map(|(_, column)| as_of(column));
            let span = columns.len().to_string();
            view! {
                <th
                    role="columnheader"
                    scope="colgroup"
                    class="year-heading"
                    class:own=own
                    colspan=span.clone()
                    style:grid-column=format!("span {span}")
                    aria-colindex=first + 2
                    aria-colspan=span.clone()
                >
                    {year.to_string()}
                    {as_of.map(|as_of| view! { <small>{as_of}</small> })}
                </th>
            }
        })
        .collect_view()
        .into_any()
}

fn as_of(column: &Column) -> Option<String> {
    let day = era::parse_date(column.as_of.as_deref()?).ok()?;
    Some(text::as_of(&era::format_as_of(day), column.fiscal_year).to_owned())
}

fn facet_heading(head: &Head, at: usize, column: &Column, widths: RwSignal<Widths>) -> AnyView {
    let footnote = column.footnote.as_ref().map(|note| {
        let year = column.facet.governing_year(column.fiscal_year);
        view! { <small>"＊" {with_links(head, year, note)}</small> }
    });
    view! {
        <th
            role="columnheader"
            scope="col"
            class="facet-heading"
            class:own=column.fiscal_year == head.year
            id=heading_id(at)
            data-facet=column.facet.code()
            tabindex="-1"
            aria-colindex=at + 2
        >
            <span>{text::without_year(&column.heading, column.fiscal_year).to_owned()}</span>
            {footnote}
            {separator(column.heading.clone(), Some(column.facet), widths)}
        </th>
    }
    .into_any()
}

/// A footnote, its handouts as links.
pub fn with_links(head: &Head, year: FiscalYear, note: &str) -> AnyView {
    let mut at = 0;
    let mut parts: Vec<AnyView> = Vec::new();
    for found in reference::find(note, &[]) {
        let reference::Target::Handout(number) = found.target else { continue };
        if !head.handouts().contains(&number) {
            continue;
        }
        let href = format!("{}#{}", Route::Handouts(head.region.id, year).path(), handout::anchor(number));
        parts.push(note[at..found.range.start].to_owned().into_any());
        parts.push(view! { <a href=href>{found.label.to_owned()}</a> }.into_any());
        at = found.range.end;
    }
    parts.push(note[at..].to_owned().into_any());
    parts.collect_view().into_any()
}

/// The handle at a heading's end: dragged, or moved by the arrow keys, it widens its column.
fn separator(heading: String, facet: Option<Facet>, widths: RwSignal<Widths>) -> AnyView {
    let set = move |px: f64| widths.update(|widths| widths.set(facet, px.max(0.0) as u32));
    let on_keydown = move |event: web_sys::KeyboardEvent| {
        let Some(column) = column_of(&event) else { return };
        let width = f64::from(column.offset_width());
        match event.key().as_str() {
            "ArrowLeft" => set(width - f64::from(STEP_PX)),
            "ArrowRight" => set(width + f64::from(STEP_PX)),
            "Escape" | "Enter" => focus::give(Some(column)),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // Where in the handle it was taken, from the column's right edge.
    let grip = StoredValue::new(None::<f64>);
    let on_down = move |event: PointerEvent| {
        let (Some(column), Some(handle)) = (column_of(&event), target(&event)) else { return };
        let edge = column.get_bounding_client_rect().right();
        grip.set_value(Some(f64::from(event.client_x()) - edge));
        // Without it the drag ends at the window's edge.
        let _ = handle.set_pointer_capture(event.pointer_id());
        event.prevent_default();
    };
    let on_move = move |event: PointerEvent| {
        if let (Some(grip), Some(column)) = (grip.get_value(), column_of(&event)) {
            let left = column.get_bounding_client_rect().left();
            set(f64::from(event.client_x()) - grip - left);
        }
    };
    let node = NodeRef::<leptos::html::Span>::new();
    // The number of pixels is known once the column stands.
    let now = move || {
        widths.track();
        node.track();
        let column = node.get_untracked().and_then(|handle| handle.parent_element());
        column.map_or(MIN_PX, |column| column.client_width().unsigned_abs()).clamp(MIN_PX, MAX_PX)
    };
    view! {
        <span
            node_ref=node
            class="separator"
            role="separator"
            tabindex="-1"
            aria-orientation="vertical"
            aria-label=text::width_of(&heading)
            aria-valuenow=now
            aria-valuemin=MIN_PX
            aria-valuemax=MAX_PX
            on:keydown=on_keydown
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=move |_| grip.set_value(None)
            on:pointercancel=move |_| grip.set_value(None)
            on:dblclick=move |_| widths.update(|widths| widths.reset(facet))
        ></span>
    }
    .into_any()
}

fn target(event: &web_sys::Event) -> Option<HtmlElement> {
    event.current_target()?.dyn_into().ok()
}

fn column_of(event: &web_sys::Event) -> Option<HtmlElement> {
    target(event)?.parent_element()?.dyn_into().ok()
}

/// Goes to where the address's fragment points: an item's row.
pub fn follow_fragment(fragment: &str) {
    if fragment.starts_with("item-") {
        let id = js_sys::decode_uri_component(fragment).map_or_else(|_| fragment.to_owned(), String::from);
        dom::after_render(move || focus::give(focus::by_id(&id)));
    }
}
