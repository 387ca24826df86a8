//! Those that wait for the viewer: how many, in the header, and a page of them.

use super::threads::said;
use crate::{
    api,
    history::{Source, log, place, year},
    json::Json,
    route::Route,
    session, shell,
    text::comment as words,
    ui::link,
    view::{El, effect, el, live},
    watched::Watched,
};
use leptos::task::spawn_local;
use std::rc::Rc;
use web_sys::Node;

thread_local! {
    static COUNT: &'static Watched<i64> = Watched::forever(0);
}

fn count() -> &'static Watched<i64> {
    COUNT.with(|count| *count)
}

/// Tells how many wait.
pub fn set_waiting(number: i64) {
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
    let request = api::request(include_str!("waiting_count.graphql"), &Json::Null);
    let answer = api::ask(request).await;
    if let Ok(data) = answer.and_then(|answer| api::data(&answer)) {
        set_waiting(data.get("waitingThreads").int("totalCount"));
    }
}

/// The page of all that wait.
pub fn page() -> El {
    shell::set_title(words::WAITING_TITLE);
    let source = Source {
        document: concat!(include_str!("waiting.graphql"), include_str!("thread_lines.graphql")),
        variables: Vec::new(),
        find: |data| data.get("waitingThreads"),
        empty: words::NOTHING_WAITS,
        more: words::MORE,
        offline: words::OFFLINE,
    };
    let regions = Rc::new(Watched::new(Json::Null));
    let told = regions.clone();
    let told = move |data: &Json| {
        set_waiting(data.get("waitingThreads").int("totalCount"));
        told.set(data.get("regions").clone());
    };
    el("div")
        .class("page")
        .child(el("h1").child(words::WAITING_TITLE))
        .child(el("p").class("lead").child(words::WAITING_LEAD))
        .child(log(source, told, move |thread| vec![line(&regions.get_untracked(), thread)]))
}

/// Where, its last words, and the way there.
fn line(regions: &Json, thread: &Json) -> El {
    let about = thread.get("entry");
    let entry = (!about.is_null()).then(|| el("p").class("about").child("○").child(about.text("body")));
    let last = thread.list("comments").last().map(said);
    let way = address(regions, thread).map(|address| link("", &address, words::ANSWER));
    el("li")
        .class("change")
        .child(el("p").class("place").child(place(thread)))
        .child(entry)
        .child(last.map(|said| el("div").class("comment").child(said)))
        .child(way)
}

/// The thread beside its sheet.
fn address(regions: &Json, thread: &Json) -> Option<String> {
    let Json::List(regions) = regions else { return None };
    regions.iter().find_map(|region| {
        let sheets = region.list("sheets").iter();
        let sheet = sheets.into_iter().find(|sheet| sheet.text("id") == thread.text("sheetId"))?;
        let sheet = Route::Sheet(region.text("id").parse().ok()?, year(sheet));
        let mut address = sheet.path();
        let about = thread.get("entry").text("id");
        if about.is_empty() {
            let year = year(thread).0.to_string();
            address.extend(["#cell-", thread.get("item").text("id"), "/", thread.text("facet"), "/", &year]);
        } else {
            address.extend(["#comments-", about]);
        }
        Some(address)
    })
}
