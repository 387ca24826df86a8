//! What is new since the last visit or since a snapshot: the choice, the bar above the matrix, and the noting of
//! visits. Since when stands in the address: `?since=visit`, or a change's number.

use super::{
    Told, marks,
    queries::{NoteVisit, NoteVisitInput, NoteVisitVariables, Since, SinceVariables},
    snapshot,
};
use crate::ui::SetIfNew;
use crate::{
    api::{self, Id},
    cached_query,
    filter::FilterState,
    routes::{self, Step},
    sheet::{
        focus,
        page::{Page, here},
    },
    shell,
    text::history as words,
    ui::{button, dom, menu},
    view::{El, effect, el, live},
};
use cynic::{MutationBuilder, QueryBuilder};
use leptos::prelude::*;
use leptos::{
    prelude::{on_cleanup, untrack},
    task::spawn_local,
};
use std::{cell::Cell, rc::Rc, sync::Arc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, Node};

/// The last visit, in the address.
const VISIT: &str = "visit";
/// Milliseconds of looking at a sheet, after which it counts as seen.
const SEEN_MS: i32 = 5_000;

/// The choice, for the bar above the matrix.
pub fn since_menu(page: Page) -> El {
    // Follows what is told: opened early, it is filled when the answer comes.
    menu("since", words::MENU_OF, words::MENU, move || live(move || choices(page)))
}

/// What is new, while it is marked.
pub fn since_bar(page: Page) -> Node {
    live(move || {
        let since = page.filter.with(|filter| filter.since.clone());
        (!since.is_empty()).then(|| untrack(|| bar(page, &since)))
    })
}

/// Marks what the address asks for, and notes what was seen.
pub fn follow(page: Page) {
    let before = Cell::new(0);
    effect(move || {
        let since = page.filter.with(|filter| filter.since.clone());
        page.touched.track();
        page.beside.told.track();
        let seq = seq_of(page, &since);
        dom::forget_timer(before.get());
        match seq {
            // A moment after a change, so that several are asked for once.
            Some(seq) => before.set(dom::after(super::REST_MS, move || spawn_local(load(page, since, seq)))),
            None => page.beside.since.set_if_new(None),
        }
    });
    note_visits(page);
}

/// The last change that was known then; none: no such moment, or not known yet.
fn seq_of(page: Page, since: &str) -> Option<i64> {
    if since == VISIT {
        page.beside.visit.with_value(|visit| visit.as_ref().map(|(seq, _)| *seq))
    } else {
        since.parse().ok()
    }
}

async fn load(page: Page, since: String, seq: i64) {
    let seq = i32::try_from(seq).unwrap_or(i32::MAX);
    let variables = SinceVariables { region_id: Id(page.region), fiscal_year: page.year.0, seq };
    let answer = cached_query::fetch::<Since>(api::request(&Since::build(variables)), String::new()).await;
    if page.filter.try_with_untracked(|filter| filter.since == since) != Some(true) {
        return;
    }
    match answer {
        Ok(data) => page.beside.since.set_if_new(data.sheet.map(|sheet| Arc::new(sheet.since))),
        Err(failure) => shell::toast(failure.message()),
    }
}

fn choices(page: Page) -> Vec<El> {
    let told = page.beside.told.get();
    let now = page.filter.with_untracked(|filter| filter.since.clone());
    let mut choices = Vec::new();
    let mut add = |since: &str, label: &str| {
        let there = (now == since).then_some("true");
        let since = since.to_owned();
        choices.push(button("", label, move || choose(page, &since)).attr("aria-current", there));
    };
    if let Some(told) = &told {
        if seq_of(page, VISIT).is_some() {
            add(VISIT, &label_of(page, told, VISIT));
        }
        for snapshot in &told.snapshots {
            add(&snapshot.seq.to_string(), &words::since_snapshot(&snapshot.label));
        }
    }
    if choices.is_empty() {
        choices.push(el("p").child(words::NO_SINCE));
    }
    if !now.is_empty() {
        choices.push(button("", words::STOP, move || choose(page, "")));
    }
    if snapshot::may_make(page) {
        choices.push(button("", words::MAKE_SNAPSHOT, move || page.beside.snapshot.set(true)));
    }
    choices
}

/// Since when, in words.
fn label_of(page: Page, told: &Told, since: &str) -> String {
    if since == VISIT {
        return page
            .beside
            .visit
            .with_value(|visit| words::since_visit(visit.as_ref().map_or("", |(_, moment)| moment)));
    }
    let snapshot = told.snapshots.iter().find(|snapshot| since.parse() == Ok(snapshot.seq));
    snapshot.map_or(words::SINCE_THEN.to_owned(), |snapshot| words::since_snapshot(&snapshot.label))
}

/// One step in the browser's history, like the filter.
fn choose(page: Page, since: &str) {
    let mut state: FilterState = page.filter.get_untracked();
    since.clone_into(&mut state.since);
    routes::set_query(&state.query(), Step::Push);
}

fn bar(page: Page, since: &str) -> El {
    let since = since.to_owned();
    let label = live(move || {
        let label = page.beside.told.with(|told| told.as_deref().map(|told| label_of(page, told, &since)));
        label.map(|label| el("strong").child(label))
    });
    let count = live(move || {
        let count = page.beside.since.with(|since| since.as_deref().map(Vec::len));
        count.map(|count| if count == 0 { words::NO_CHANGES.to_owned() } else { words::changes(count) })
    });
    let at = Rc::new(Cell::new(usize::MAX));
    let jump = move |label: &str, forward: bool| {
        let at = at.clone();
        button("button small", label, move || at.set(jump(at.get(), forward)))
            .live_attr("disabled", move || {
                page.beside.since.with(|since| since.as_deref().is_none_or(Vec::is_empty))
            })
    };
    el("div").class("since-bar").child(label).child(el("span").attr("role", "status").child(count)).child([
        jump(words::PREVIOUS, false),
        jump(words::NEXT, true),
        button("link-button", words::STOP, move || choose(page, "")),
    ])
}

/// To the next place that differs and can be seen, or the one before; round at the ends. Answers which it is.
fn jump(from: usize, forward: bool) -> usize {
    let places: Vec<HtmlElement> = marks::differing()
        .into_iter()
        .filter_map(|place| place.dyn_into().ok())
        .filter(|place: &HtmlElement| place.offset_parent().is_some())
        .collect();
    let count = places.len();
    if count == 0 {
        return from;
    }
    let to = match (from < count, forward) {
        (false, true) => 0,
        (false, false) => count - 1,
        (true, true) => (from + 1) % count,
        (true, false) => (from + count - 1) % count,
    };
    let place = places.into_iter().nth(to);
    if place.as_ref().is_some_and(|place| place.has_attribute("data-entry")) {
        focus::give(place);
    } else {
        dom::focus(place);
    }
    to
}

/// A visit is noted after a while of looking, and when the sheet is left.
fn note_visits(page: Page) {
    thread_local! {
        static LISTENS: Cell<bool> = const { Cell::new(false) };
    }
    if !LISTENS.replace(true) {
        let hidden = Closure::<dyn FnMut()>::new(|| {
            if dom::document().hidden() {
                note_here();
            }
        });
        let listener = hidden.as_ref().unchecked_ref();
        let _ = dom::document().add_event_listener_with_callback("visibilitychange", listener);
        // For as long as the client lives.
        hidden.forget();
    }
    dom::after(SEEN_MS, move || {
        if !dom::document().hidden() {
            note(page);
        }
    });
    on_cleanup(note_here);
}

fn note_here() {
    if let Some(page) = here() {
        note(page);
    }
}

/// Tells the server up to where the sheet was seen, once it is known what was new before.
fn note(page: Page) {
    let seen = page.head_now().zip(page.with(|store| store.heard()));
    let Some((head, seq)) = seen.filter(|(_, seq)| *seq > page.beside.noted.get_value()) else { return };
    if !api::is_online() || page.beside.told.with_untracked(Option::is_none) {
        return;
    }
    page.beside.noted.set_value(seq);
    let input = NoteVisitInput { sheet_id: Id(head.id), seq: i32::try_from(seq).unwrap_or(i32::MAX) };
    let operation = NoteVisit::build(NoteVisitVariables { input });
    spawn_local(async move {
        // What was not noted is shown as new once more.
        let _ = api::call(&operation).await;
    });
}
