//! Those that wait for the viewer: how many, in the header, and a page of them.

use super::{
    queries::{Region, Thread, Waiting, WaitingCount, WaitingVariables},
    threads::said,
};
use crate::ui::SetIfNew;
use crate::{
    api::{self, Failure},
    cached_query,
    history::{Listed, Words, log, place},
    routes::Route,
    session, shell,
    text::comment as words,
    ui::link,
    view::{El, effect, el, live},
};
use cynic::QueryBuilder;
use leptos::prelude::*;
use leptos::task::spawn_local;
use renkei_domain::FiscalYear;
use web_sys::Node;

thread_local! {
    static COUNT: ArcRwSignal<i32> = ArcRwSignal::new(0);
}

fn count() -> ArcRwSignal<i32> {
    COUNT.with(Clone::clone)
}

/// Tells how many wait.
pub fn set_waiting(number: i32) {
    count().set_if_new(number);
}

/// In the header; nothing while nothing waits.
pub fn waiting_link() -> Node {
    effect(|| {
        if session::use_signed_in() {
            spawn_local(ask());
        } else {
            set_waiting(0);
        }
    });
    live(|| {
        let count = count().get();
        (count > 0 && session::use_signed_in()).then(|| {
            link("waiting", &Route::Waiting.path(), words::WAITING)
                .child(" ")
                .child(el("b").child(count.to_string()))
        })
    })
}

async fn ask() {
    if let Ok(data) = api::call(&WaitingCount::build(())).await {
        set_waiting(data.waiting_threads.total_count);
    }
}

/// The page of all that wait.
pub fn page() -> El {
    shell::set_title(words::WAITING_TITLE);
    let regions = ArcRwSignal::new(Vec::new());
    let told = regions.clone();
    let ask = move |after| {
        let told = told.clone();
        let request = api::request(&Waiting::build(WaitingVariables { after }));
        async move {
            let data = cached_query::fetch::<Waiting>(request, String::new()).await?;
            set_waiting(data.waiting_threads.total_count);
            told.set(data.regions);
            let nodes = data.waiting_threads.edges.into_iter().map(|edge| edge.node).collect();
            Ok::<_, Failure>(Listed { nodes, next: data.waiting_threads.page_info.next() })
        }
    };
    let words = Words { empty: words::NOTHING_WAITS, more: words::MORE, offline: words::OFFLINE };
    el("div")
        .class("page")
        .child(el("h1").child(words::WAITING_TITLE))
        .child(el("p").class("lead").child(words::WAITING_LEAD))
        .child(log(words, ask, move |thread| regions.with_untracked(|regions| vec![line(regions, thread)])))
}

/// Where, its last words, and the way there.
fn line(regions: &[Region], thread: &Thread) -> El {
    let about = thread.entry.as_ref();
    let entry = about.map(|entry| el("p").class("about").child("○").child(entry.body.as_str()));
    let last = thread.comments.last().map(said);
    let way = address(regions, thread).map(|address| link("", &address, words::ANSWER));
    el("li")
        .class("change")
        .child(el("p").class("place").child(place(&thread.item.code, thread.facet, thread.fiscal_year)))
        .child(entry)
        .child(last.map(|said| el("div").class("comment").child(said)))
        .child(way)
}

/// The thread beside its sheet.
fn address(regions: &[Region], thread: &Thread) -> Option<String> {
    regions.iter().find_map(|region| {
        let sheet = region.sheets.iter().find(|sheet| sheet.id == thread.sheet_id)?;
        let path = Route::Sheet(region.id.0, FiscalYear(sheet.fiscal_year)).path();
        Some(match &thread.entry {
            Some(entry) => format!("{path}#comments-{}", entry.id.0),
            None => {
                let (item, facet) = (thread.item.id.0, thread.facet.0?.code());
                format!("{path}#cell-{item}/{facet}/{}", thread.fiscal_year)
            }
        })
    })
}
