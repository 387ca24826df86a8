//! What is laid over entries and cells without being part of them: how many comments are open, and what is new.
//!
//! Mounted into their elements, as few entries have any of it.

use super::{
    line::{DifferenceText, Version, Who, changed, changed_line},
    panel::{PanelTab, PanelTarget},
    queries::{DifferenceKind, EntryDifference, EntryNow},
};
use crate::{
    api::{EnumValue, scene_set},
    comment::Thread,
    sheet::{
        focus::{self, cell_id, entry_id},
        page::Page,
        store::CellKey,
    },
    text::{comment as comments, history as words},
    ui::dom,
};
use leptos::{mount::mount_to, prelude::*};
use renkei_domain::{Facet, FiscalYear, ItemId};
use std::{any::Any, sync::Arc};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// How an entry differs stands in this attribute.
const SINCE: &str = "data-since";

/// A view in an element of the matrix; dropped, it goes.
type Mounted = Box<dyn Any>;

/// Lays the marks anew when something of them, or what they lie on, has changed.
pub fn follow(page: Page) {
    let marks = StoredValue::new_local(Vec::<Mounted>::new());
    Effect::new(move || {
        page.panel.threads.track();
        page.panel.since.track();
        page.touched.track();
        page.head.track();
        dom::after_render(move || {
            if !marks.is_disposed() {
                // The old ones go first.
                marks.set_value(Vec::new());
                marks.set_value(lay(page));
            }
        });
    });
}

/// The places that differ, in the page's order.
pub fn differing() -> Vec<Element> {
    all("[data-since]")
}

fn lay(page: Page) -> Vec<Mounted> {
    for old in differing() {
        // Fails for no element.
        let _ = old.remove_attribute(SINCE);
    }
    let mut marks = page.panel.threads.with_untracked(|threads| bubbles(page, threads));
    let since = page.panel.since.get_untracked();
    marks.extend(since.iter().flat_map(|since| since.iter()).filter_map(|one| mark(page, one)));
    marks
}

/// At an entry or a cell: how many threads are open; leads to them.
fn bubbles(page: Page, threads: &[Arc<Thread>]) -> Vec<Mounted> {
    let mut counts: Vec<(PanelTarget, String, usize)> = Vec::new();
    for thread in threads.iter().filter(|thread| thread.resolved_at.is_none()) {
        let Some((target, place)) = place_of(page, thread) else { continue };
        match counts.iter_mut().find(|(known, ..)| *known == target) {
            Some((_, _, count)) => *count += 1,
            None => counts.push((target, place, 1)),
        }
    }
    let bubble = |(target, place, count): (PanelTarget, String, usize)| {
        Some(mounted(focus::by_id(&place)?, move || view! { <Bubble page target count/> }))
    };
    counts.into_iter().filter_map(bubble).collect()
}

#[component]
fn Bubble(page: Page, target: PanelTarget, count: usize) -> impl IntoView {
    let open = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        page.panel.open.set(Some((target, PanelTab::Comments)));
    };
    view! {
        <button class="beside-mark bubble" type="button" tabindex="-1" on:click=open>
            {comments::open(count)}
        </button>
    }
}

fn mounted<V: IntoView + 'static>(element: HtmlElement, view: impl FnOnce() -> V + 'static) -> Mounted {
    Box::new(mount_to(element, view))
}

/// What a thread is about, and the id of its element; a deleted entry's threads stand at its cell.
fn place_of(page: Page, thread: &Thread) -> Option<(PanelTarget, String)> {
    if let Some(id) = thread.entry.as_ref().map(|entry| entry.id.0)
        && page.state(id).is_some()
    {
        return Some((PanelTarget::Entry(id), entry_id(id)));
    }
    let key = cell(thread.item.id.0, thread.facet, thread.fiscal_year)?;
    Some((PanelTarget::Cell(key), element_of(page, key)?))
}

fn cell(item: ItemId, facet: EnumValue<Facet>, year: i32) -> Option<CellKey> {
    Some(CellKey { item, facet: facet.0?, year: FiscalYear(year) })
}

fn element_of(page: Page, key: CellKey) -> Option<String> {
    let number = page.with(|store| store.number(key))??;
    let (row, column) = page.head_now()?.place(number);
    Some(cell_id(row, column))
}

/// How one entry differs: a word, who and when; the text's difference in its place. A deleted one is shown at its
/// cell's foot.
fn mark(page: Page, one: &EntryDifference) -> Option<Mounted> {
    let (difference, kind) = (one.clone(), one.kind);
    if kind == DifferenceKind::Deleted {
        let now = &one.entry;
        let cell = element_of(page, cell(now.item.id.0, now.facet, now.fiscal_year)?)?;
        return Some(mounted(focus::by_id(&cell)?, move || view! { <Gone difference/> }));
    }
    let entry = focus::by_id(&entry_id(one.entry_id.0))?;
    let _ = entry.set_attribute(SINCE, kind.code());
    let mark = mounted(entry.clone(), move || view! { <News difference/> });
    // The text is shown by its difference; its scenes stay as they are.
    if let Ok(Some(text)) = entry.query_selector(":scope > .news > .difference") {
        for scenes in all_in(&entry, ".body .scenes, .body > .scene-word") {
            if let Ok(copy) = scenes.clone_node_with_deep(true) {
                let _ = text.append_child(&copy);
            }
        }
    }
    Some(mark)
}

/// An entry that is not there any more.
#[component]
fn Gone(difference: EntryDifference) -> impl IntoView {
    let EntryDifference { kind, difference: parts, last_change, .. } = difference;
    view! {
        <div class="beside-mark gone" data-since=kind.code() tabindex="-1">
            <Who
                organization=last_change.by_organization
                name=last_change.by_name
                at=last_change.at
                did=words::kind(kind)
            />
            <DifferenceText parts/>
        </div>
    }
}

/// What is new at an entry.
#[component]
fn News(difference: EntryDifference) -> impl IntoView {
    let EntryDifference { kind, entry, before, difference: mut parts, last_change, .. } = difference;
    let changed = changed(before.as_ref().map(Version::from), (&entry).into());
    let text = (kind == DifferenceKind::Changed).then(|| {
        // Its ○ is there already.
        if let Some(first) = parts.first_mut() {
            first.text = first.text.trim_start_matches('○').to_owned();
        }
        view! { <DifferenceText parts/> }
    });
    view! {
        <div class="beside-mark news">
            <Who
                organization=last_change.by_organization
                name=last_change.by_name
                at=last_change.at
                did=words::kind(kind)
            />
            {changed_line(changed)}
            {text}
        </div>
    }
}

impl<'a> From<&'a EntryNow> for Version<'a> {
    fn from(now: &'a EntryNow) -> Self {
        Self {
            scenes: scene_set(&now.explicit_scenes),
            owner: now.owner.as_ref(),
            item: &now.item.code,
            facet: now.facet,
            year: now.fiscal_year,
        }
    }
}

fn all(selector: &str) -> Vec<Element> {
    dom::document().document_element().map_or_else(Vec::new, |page| all_in(&page, selector))
}

fn all_in(element: &Element, selector: &str) -> Vec<Element> {
    let found = element.query_selector_all(selector).ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(|at| found.as_ref()?.item(at)?.dyn_into().ok()).collect()
}
