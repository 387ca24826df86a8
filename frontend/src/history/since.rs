//! What is new since the last visit or since a snapshot: the choice, the bar above the matrix, and the noting of
//! visits. Since when stands in the address: `?since=visit`, or a change's number.

use super::{
    Told, marks,
    queries::{NoteVisit, NoteVisitInput, NoteVisitVariables, Since, SinceVariables, Snapshot},
    snapshot,
};
use crate::{
    api::{self, Id},
    cached_query,
    filter::FilterState,
    routes::{Route, Step},
    sheet::{focus, page::Page},
    shell,
    text::history as words,
    ui::{Menu, SetIfNew, dom, named},
};
use cynic::{MutationBuilder, QueryBuilder};
use leptos::{ev, prelude::*, task::spawn_local};
use std::sync::Arc;

/// The last visit, in the address.
const VISIT: &str = "visit";
/// Milliseconds of looking at a sheet, after which it counts as seen.
const SEEN_MS: i32 = 5_000;

/// The choice, for the bar above the matrix.
#[component]
pub fn SinceMenu(page: Page) -> impl IntoView {
    view! {
        <Menu class="since" purpose=words::MENU_OF label=words::MENU>
            <Choices page/>
        </Menu>
    }
}

/// What is new, while it is marked.
#[component]
pub fn SinceBar(page: Page) -> impl IntoView {
    let since = Memo::new(move |_| page.filter.with(|filter| filter.since.clone()));
    move || {
        let since = since.get();
        (!since.is_empty()).then(|| view! { <Bar page since/> })
    }
}

/// Marks what the address asks for, and notes what was seen.
pub fn follow(page: Page) {
    // A moment after a change, so that several are asked for once.
    let mut load = debounce(super::REST, move |(since, seq)| spawn_local(load(page, since, seq)));
    Effect::new(move || {
        let since = page.filter.with(|filter| filter.since.clone());
        page.touched.track();
        page.panel.told.track();
        match seq_of(page, &since) {
            Some(seq) => load((since, seq)),
            None => page.panel.since.set_if_new(None),
        }
    });
    note_visits(page);
}

/// The last change that was known then; none: no such moment, or not known yet.
fn seq_of(page: Page, since: &str) -> Option<i64> {
    if since == VISIT {
        page.panel.visit.with_value(|visit| visit.as_ref().map(|(seq, _)| *seq))
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
        Ok(data) => page.panel.since.set_if_new(data.sheet.map(|sheet| Arc::new(sheet.since))),
        Err(failure) => shell::toast(failure.message()),
    }
}

/// Follows what is told: opened early, the menu is filled when the answer comes.
#[component]
fn Choices(page: Page) -> impl IntoView {
    move || {
        let told = page.panel.told.get();
        let now = page.filter.with_untracked(|filter| filter.since.clone());
        let mut since = Vec::new();
        if let Some(told) = &told {
            since.extend(seq_of(page, VISIT).map(|_| VISIT.to_owned()));
            since.extend(told.snapshots.iter().map(|snapshot| snapshot.seq.to_string()));
        }
        let none = since.is_empty().then(|| view! { <p>{words::NO_SINCE}</p> });
        let choice = |since: String| {
            let there = (now == since).then_some("true");
            let label = told.as_deref().map(|told| label_of(page, told, &since));
            view! {
                <button type="button" aria-current=there on:click=move |_| choose(page, &since)>
                    <span>{label}</span>
                </button>
            }
        };
        let choices = since.into_iter().map(choice).collect_view();
        let stop = (!now.is_empty()).then(|| {
            view! {
                <button type="button" on:click=move |_| choose(page, "")>
                    {words::STOP}
                </button>
            }
        });
        let make = snapshot::may_make(page).then(|| {
            view! {
                <button type="button" on:click=move |_| page.panel.snapshot.set(true)>
                    {words::MAKE_SNAPSHOT}
                </button>
            }
        });
        let snapshots = told.as_deref().map(|told| told.snapshots.clone()).unwrap_or_default();
        let views = (!snapshots.is_empty()).then(|| {
            let link = |snapshot: Snapshot| {
                let path = Route::Snapshot(page.region, page.year, snapshot.id.0).path();
                view! { <a href=path><span>{named(words::snapshot, &snapshot.label)}</span></a> }
            };
            view! {
                <p class="menu-part">{words::VIEW_SNAPSHOT}</p>
                {snapshots.into_iter().map(link).collect_view()}
            }
        });
        view! {
            {choices}
            {none}
            {stop}
            {views}
            {make}
        }
    }
}

/// Since when, in words.
fn label_of(page: Page, told: &Told, since: &str) -> AnyView {
    if since == VISIT {
        let visit = |(_, moment): &(i64, String)| words::since_visit(moment);
        return page.panel.visit.with_value(|known| known.as_ref().map(visit)).into_any();
    }
    match told.snapshots.iter().find(|snapshot| since.parse() == Ok(snapshot.seq)) {
        Some(snapshot) => named(words::since_snapshot, &snapshot.label).into_any(),
        None => words::SINCE_THEN.into_any(),
    }
}

/// One step in the browser's history, like the filter.
fn choose(page: Page, since: &str) {
    let mut state: FilterState = page.filter.get_untracked();
    since.clone_into(&mut state.since);
    page.address.set_query(&state.query(), Step::Push);
}

#[component]
fn Bar(page: Page, since: String) -> impl IntoView {
    let label = move || {
        page.panel.told.with(|told| {
            told.as_deref().map(|told| view! { <strong>{label_of(page, told, &since)}</strong> })
        })
    };
    let count = move || page.panel.since.with(|since| since.as_ref().map(|since| since.len()));
    let said = move || match count()? {
        0 => Some(words::NO_CHANGES.to_owned()),
        count => Some(words::changes(count)),
    };
    // The number of the place that was jumped to last.
    let place = StoredValue::new(usize::MAX);
    let jump = move |label: &'static str, forward: bool| {
        let go = move |_: ev::MouseEvent| place.set_value(jump(place.get_value(), forward));
        view! {
            <button type="button" class="button small" disabled=move || count().unwrap_or(0) == 0 on:click=go>
                {label}
            </button>
        }
    };
    view! {
        <div class="since-bar">
            {label}
            <span role="status">{said}</span>
            {jump(words::PREVIOUS, false)}
            {jump(words::NEXT, true)}
            <button type="button" class="link-button" on:click=move |_| choose(page, "")>
                {words::STOP}
            </button>
        </div>
    }
}

/// To the next place that differs and can be seen, or the one before; round at the ends. Answers which it is.
fn jump(from: usize, forward: bool) -> usize {
    let mut places = marks::differing();
    places.retain(|place| place.offset_parent().is_some());
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

/// A visit is noted after a while of looking, when somebody turns away from the page, and when the sheet is left.
fn note_visits(page: Page) {
    let hidden = window_event_listener_untyped("visibilitychange", move |_| {
        if dom::document().hidden() {
            note(page);
        }
    });
    dom::after(SEEN_MS, move || {
        if !page.is_left() && !dom::document().hidden() {
            note(page);
        }
    });
    on_cleanup(move || {
        hidden.remove();
        note(page);
    });
}

/// Tells the server up to where the sheet was seen, once it is known what was new before.
fn note(page: Page) {
    let seen = page.head_now().zip(page.with(|store| store.heard()));
    let Some((head, seq)) = seen.filter(|(_, seq)| *seq > page.panel.noted.get_value()) else { return };
    if !api::is_online() || page.panel.told.with_untracked(Option::is_none) {
        return;
    }
    page.panel.noted.set_value(seq);
    let input = NoteVisitInput { sheet_id: Id(head.id), seq: i32::try_from(seq).unwrap_or(i32::MAX) };
    let operation = NoteVisit::build(NoteVisitVariables { input });
    spawn_local(async move {
        // What was not noted is shown as new once more.
        let _ = api::call(&operation).await;
    });
}
