//! What is laid over entries and cells without being part of them: how many comments are open, and what is new.
//!
//! Done on the elements themselves, as few entries have any of it.

use super::{
    line::{Version, changed, difference, who},
    panel::{Leaf, Topic},
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
    view::{Piece, effect, el},
};
use leptos::prelude::*;
use renkei_domain::{Facet, FiscalYear, ItemId};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// How an entry differs stands in this attribute.
const SINCE: &str = "data-since";

/// Lays the marks anew when something of them, or what they lie on, has changed.
pub fn follow(page: Page) {
    effect(move || {
        page.beside.threads.track();
        page.beside.since.track();
        page.touched.track();
        page.head.track();
        dom::after_render(move || {
            if !page.is_left() {
                lay(page);
            }
        });
    });
}

/// The places that differ, in the page's order.
pub fn differing() -> Vec<Element> {
    all("[data-since]")
}

fn lay(page: Page) {
    for old in all(".beside-mark") {
        old.remove();
    }
    for old in differing() {
        // Fails for no element.
        let _ = old.remove_attribute(SINCE);
    }
    page.beside.threads.with_untracked(|threads| bubbles(page, threads));
    let since = page.beside.since.get_untracked();
    for one in since.as_deref().map_or(&[][..], Vec::as_slice) {
        mark(page, one);
    }
}

/// At an entry or a cell: how many threads are open; leads to them.
fn bubbles(page: Page, threads: &[Arc<Thread>]) {
    let mut counts: Vec<(Topic, String, usize)> = Vec::new();
    for thread in threads.iter().filter(|thread| thread.resolved_at.is_none()) {
        let Some((topic, place)) = place_of(page, thread) else { continue };
        match counts.iter_mut().find(|(known, ..)| *known == topic) {
            Some((_, _, count)) => *count += 1,
            None => counts.push((topic, place, 1)),
        }
    }
    for (topic, place, count) in counts {
        let Some(element) = focus::by_id(&place) else { continue };
        let open = move |event: Event| {
            event.stop_propagation();
            page.beside.open.set(Some((topic, Leaf::Comments)));
        };
        el("button")
            .class("beside-mark bubble")
            .attr("type", "button")
            .attr("tabindex", "-1")
            .on("click", open)
            .child(comments::open(count))
            .add_to(&element);
    }
}

/// What a thread is about, and the id of its element; a deleted entry's threads stand at its cell.
fn place_of(page: Page, thread: &Thread) -> Option<(Topic, String)> {
    if let Some(id) = thread.entry.as_ref().map(|entry| entry.id.0)
        && page.state(id).is_some()
    {
        return Some((Topic::Entry(id), entry_id(id)));
    }
    let key = cell(thread.item.id.0, thread.facet, thread.fiscal_year)?;
    Some((Topic::Cell(key), element_of(page, key)?))
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
fn mark(page: Page, one: &EntryDifference) {
    let kind = one.kind;
    let word = el("b").class("did").child(words::kind(kind));
    let last = &one.last_change;
    let head = who(&last.by_organization, &last.by_name, None, &last.at).child(" ").child(word);
    let now = &one.entry;
    if kind == DifferenceKind::Deleted {
        let Some(cell) = cell(now.item.id.0, now.facet, now.fiscal_year)
            .and_then(|key| focus::by_id(&element_of(page, key)?))
        else {
            return;
        };
        return el("div")
            .class("beside-mark gone")
            .attr(SINCE, kind.code())
            .attr("tabindex", "-1")
            .child([head, difference(&one.difference)])
            .add_to(&cell);
    }
    let Some(entry) = focus::by_id(&entry_id(one.entry_id.0)) else { return };
    let _ = entry.set_attribute(SINCE, kind.code());
    let note = el("div").class("beside-mark news").child(head);
    let changed = changed(one.before.as_ref().map(Version::from), now.into());
    let note = note.child((!changed.is_empty()).then(|| el("p").class("changed").child(changed)));
    if kind == DifferenceKind::Changed {
        let text = difference(&one.difference);
        // Its ○ is there already.
        if let Some(first) = text.element().first_child() {
            let rest = first.text_content().map(|first| first.trim_start_matches('○').to_owned());
            first.set_text_content(rest.as_deref());
        }
        // The text is shown by its difference; its scenes stay as they are.
        for scenes in all_in(&entry, ".body .scenes, .body > .scene-word") {
            if let Ok(copy) = scenes.clone_node_with_deep(true) {
                copy.add_to(text.element());
            }
        }
        note.child(text).add_to(&entry);
    } else {
        note.add_to(&entry);
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
