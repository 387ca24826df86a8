//! What is laid over entries and cells: how many comments are open, and what is new.

use super::{
    line::{DifferenceText, Who, changed, changed_line},
    panel::{PanelTab, PanelTarget, cell_key},
    queries::{DifferenceKind, EntryDifference, LastChange},
};
use crate::{
    comment::Thread,
    sheet::{
        focus::{self, cell_id, entry_id},
        overlay::{Mounted, mounted, overlay},
        page::Page,
        store::CellKey,
    },
    text::{comment as comments, history as words},
    ui::dom,
};
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::HtmlElement;

/// How an entry differs stands in this attribute.
const SINCE: &str = "data-since";

/// Lays the marks anew when something of them, or what they lie on, has changed.
pub fn follow(page: Page) {
    let track = move || {
        page.panel.threads.track();
        page.panel.since.track();
    };
    overlay(page, track, lay);
}

/// The places that differ, in the page's order.
pub fn differing() -> Vec<HtmlElement> {
    dom::find_all(&dom::body(), "[data-since]")
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

/// What a thread is about, and the id of its element.
fn place_of(page: Page, thread: &Thread) -> Option<(PanelTarget, String)> {
    let target = PanelTarget::of(page, thread)?;
    let element = match target {
        PanelTarget::Entry(id) => entry_id(id),
        PanelTarget::Cell(key) => element_of(page, key)?,
    };
    Some((target, element))
}

fn element_of(page: Page, key: CellKey) -> Option<String> {
    let (row, column) = page.head_now()?.place(page.number(key)?);
    Some(cell_id(row, column))
}

/// How one entry differs: a word, who and when; the text's difference in its place. A deleted one is shown at its
/// cell's foot.
fn mark(page: Page, one: &EntryDifference) -> Option<Mounted> {
    let (difference, kind) = (one.clone(), one.kind);
    if kind == DifferenceKind::Deleted {
        let now = &one.entry;
        let cell = element_of(page, cell_key(now.item.id.0, now.facet, now.fiscal_year)?)?;
        return Some(mounted(focus::by_id(&cell)?, move || view! { <Gone difference/> }));
    }
    let entry = focus::by_id(&entry_id(one.entry_id.0))?;
    let _ = entry.set_attribute(SINCE, kind.code());
    let mark = mounted(entry.clone(), move || view! { <News difference/> });
    // The text is shown by its difference; its scenes stay as they are.
    if let Ok(Some(text)) = entry.query_selector(":scope > .news > .difference") {
        for scenes in dom::find_all(&entry, ".body .scenes, .body > .scene-word") {
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
    let EntryDifference { kind, difference: parts, last_change: change, .. } = difference;
    view! {
        <div class="beside-mark gone" data-since=kind.code() tabindex="-1">
            <LastWho kind change/>
            <DifferenceText parts/>
        </div>
    }
}

/// What is new at an entry.
#[component]
fn News(difference: EntryDifference) -> impl IntoView {
    let EntryDifference { kind, entry, before, difference: mut parts, last_change: change, .. } = difference;
    let changed = changed(before.as_ref(), &entry.into());
    let text = (kind == DifferenceKind::Changed).then(|| {
        // Its ○ is there already.
        if let Some(first) = parts.first_mut() {
            first.text = first.text.trim_start_matches('○').to_owned();
        }
        view! { <DifferenceText parts/> }
    });
    view! {
        <div class="beside-mark news">
            <LastWho kind change/>
            {changed_line(changed)}
            {text}
        </div>
    }
}

#[component]
fn LastWho(kind: DifferenceKind, change: LastChange) -> impl IntoView {
    let LastChange { by_organization: organization, by_name: name, at } = change;
    view! { <Who organization name at did=words::kind(kind)/> }
}
