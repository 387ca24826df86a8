//! The threads of an entry or a cell, in the panel beside the sheet: open ones, resolved ones, a new one.

use super::{
    compose::{Goal, compose, is_begun},
    deliver, draft,
};
use crate::{
    api,
    history::{Topic, focus_heading, moment, who},
    json::Json,
    session,
    sheet::{focus::closest, page::Page},
    shell,
    text::comment as words,
    ui::{button, dom},
    view::{El, each, effect, el, live, live_text},
    watched::Watched,
};
use leptos::{prelude::untrack, task::spawn_local};
use renkei_domain::Phase;
use std::{array, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement};

macro_rules! document {
    ($file:literal) => {
        concat!(include_str!($file), include_str!("thread_lines.graphql"))
    };
}

/// The threads of a place by their ids, as they are listed.
#[derive(Clone, Default, PartialEq)]
struct Listed {
    open: Vec<String>,
    resolved: Vec<String>,
}

/// What the panel shows of a place.
pub fn threads(page: Page, topic: Topic) -> El {
    let listed = Rc::new(Watched::new(Listed::default()));
    let left = Rc::new(Watched::new(()));
    let [told, none, some, many, open, resolved] = array::from_fn(|_| listed.clone());
    let looked = left.clone();
    effect(move || {
        page.beside.threads.track();
        draft::kept().track();
        looked.track();
        told.set_if_new(list(page, topic, &told.get_untracked()));
    });
    let empty = live(move || {
        let none = none.with(|listed| *listed == Listed::default());
        none.then(|| el("p").class("none").child(words::EMPTY))
    });
    let offline = live(|| (!api::use_online().get()).then(|| el("p").class("none").child(words::OFFLINE)));
    let count = live_text(move || words::resolved(many.with(|listed| listed.resolved.len())));
    let resolved = el("details")
        .class("resolved")
        .live_attr("hidden", move || some.with(|listed| listed.resolved.is_empty()))
        .child(el("summary").child(count))
        .child(each(
            move || resolved.with(|listed| listed.resolved.clone()),
            move |id| thread(page, topic, id),
        ));
    el("div")
        .class("threads")
        .on("focusout", move |_: Event| {
            let left = left.clone();
            dom::after_render(move || left.set(()));
        })
        .child(offline)
        .child(empty)
        .child(each(move || open.with(|listed| listed.open.clone()), move |id| thread(page, topic, id)))
        .child(new_thread(page, topic))
        .child(resolved)
}

/// A resolved thread stands among the open ones while an answer to it is begun, which reopens it, and does not go from
/// there while somebody is in it.
fn list(page: Page, topic: Topic, before: &Listed) -> Listed {
    let active = dom::document().active_element();
    let busy = active.and_then(|active| closest(&active, ".thread")?.get_attribute("data-thread"));
    let is_open = |thread: &Json, id: &String| {
        thread.get("resolvedAt").is_null()
            || is_begun(page, &place(id))
            || (busy.as_ref() == Some(id) && before.open.contains(id))
    };
    let mut listed = Listed::default();
    page.beside.threads.with_untracked(|threads| {
        for thread in threads.iter().filter(|thread| topic.has(thread)) {
            let id = thread.text("id").to_owned();
            let list = if is_open(thread, &id) { &mut listed.open } else { &mut listed.resolved };
            list.push(id);
        }
    });
    listed
}

/// Where an answer to a thread is kept.
fn place(id: &str) -> String {
    let mut place = String::from("thread:");
    place.push_str(id);
    place
}

/// A box for a new thread, unless the sheet is fixed: then only for what was begun before.
fn new_thread(page: Page, topic: Topic) -> Option<El> {
    let head = page.head_now()?;
    let mut input = vec![("sheetId".to_owned(), Json::Text(head.id.to_string()))];
    let mut place = String::new();
    match topic {
        Topic::Entry(id) => {
            place.push_str(&id.to_string());
            input.push(("entryId".to_owned(), Json::Text(id.to_string())));
        }
        Topic::Cell(key) => {
            let (item, facet) = (key.item.to_string(), key.facet.code());
            place.extend([item.as_str(), ":", facet, ":", &key.year.0.to_string()]);
            input.push(("itemId".to_owned(), Json::Text(item)));
            input.push(("facet".to_owned(), facet.into()));
            input.push(("fiscalYear".to_owned(), Json::Int(key.year.0.into())));
        }
    }
    if head.phase == Phase::Fixed && !is_begun(page, &place) {
        return Some(el("p").class("none").child(words::READ_ONLY));
    }
    let goal = Goal { document: document!("create_thread.graphql"), input, place, label: words::NEW };
    Some(compose(page, goal, || {}))
}

/// One thread: what was said follows the server; the box for an answer stays while it is typed into.
fn thread(page: Page, topic: Topic, id: &str) -> El {
    let mine = Rc::new(Watched::new(find(page, id)));
    let (shown, told, of) = (mine.clone(), mine.clone(), id.to_owned());
    effect(move || {
        page.beside.threads.track();
        told.set_if_new(untrack(|| find(page, &of)));
    });
    let said = live(move || shown.get().map(|thread| untrack(|| contents(page, topic, &thread))));
    let open = mine.with_untracked(|thread| {
        let open = |thread: &Json| thread.get("resolvedAt").is_null() && thread.is("viewerCanComment");
        thread.as_deref().is_some_and(open)
    });
    let open = open || is_begun(page, &place(id));
    el("section")
        .class("thread")
        .attr("data-thread", id)
        .child(said)
        .child(open.then(|| answer(page, id, mine)))
}

fn find(page: Page, id: &str) -> Option<Rc<Json>> {
    page.beside
        .threads
        .with_untracked(|threads| threads.iter().find(|thread| thread.text("id") == id).cloned())
}

fn contents(page: Page, topic: Topic, thread: &Json) -> Vec<El> {
    let mut parts = Vec::new();
    let about = thread.get("entry");
    if !about.is_null() && matches!(topic, Topic::Cell(_)) {
        parts.push(el("p").class("about").child("○").child(about.text("body")));
    }
    parts.extend(thread.list("comments").iter().map(|comment| self::comment(page, thread, comment)));
    let resolved = thread.text("resolvedAt");
    if !resolved.is_empty() {
        let by = words::resolved_by(thread.text("resolvedByName"), &moment(resolved));
        parts.push(el("p").class("none").child(by));
    }
    if thread.is("viewerCanComment") {
        let (label, document, told) = if resolved.is_empty() {
            (words::RESOLVE, document!("resolve_thread.graphql"), words::RESOLVED_NOW)
        } else {
            (words::REOPEN, document!("reopen_thread.graphql"), words::REOPENED_NOW)
        };
        let id = thread.text("id").to_owned();
        parts.push(button("link-button", label, move || act(page, document, "threadId", &id, told)));
    }
    parts
}

fn comment(page: Page, thread: &Json, comment: &Json) -> El {
    let said = el("div").class("comment").child(said(comment));
    let me = session::viewer().map(|viewer| viewer.id);
    let own = me.is_some() && comment.get("by").text("id").parse().ok() == me;
    let withdraw = own && comment.get("withdrawnAt").is_null() && thread.is("viewerCanComment");
    let id = comment.text("id").to_owned();
    said.child(withdraw.then(|| {
        let document = document!("withdraw_comment.graphql");
        button("link-button", words::WITHDRAW, move || {
            act(page, document, "commentId", &id, words::WITHDRAWN_NOW);
        })
    }))
}

/// Who, when, for whom, what.
pub fn said(comment: &Json) -> Vec<El> {
    if !comment.get("withdrawnAt").is_null() {
        return vec![who(comment), el("p").class("none").child(words::WITHDRAWN)];
    }
    let names = comment.list("mentions").iter().map(|one| el("b").child(one.text("name")));
    let names = names.collect::<Vec<_>>();
    let mut said = vec![who(comment)];
    if !names.is_empty() {
        said.push(el("p").class("mentions").child(words::MENTIONED).child(names));
    }
    said.push(el("p").class("said").child(comment.text("body")));
    said
}

/// A button that turns into the box; open already where an answer was begun. Says so if the thread has been resolved.
fn answer(page: Page, id: &str, thread: Rc<Watched<Option<Rc<Json>>>>) -> El {
    let place = place(id);
    let begun = Rc::new(Watched::new(is_begun(page, &place)));
    let (id, whole) = (id.to_owned(), el("div").class("answer"));
    let inner = whole.element().clone();
    let resolved = live(move || {
        let resolved =
            thread.with(|thread| thread.as_ref().is_some_and(|thread| !thread.get("resolvedAt").is_null()));
        resolved.then(|| el("p").class("none").child(words::REPLY_REOPENS))
    });
    whole.child(el("div").attr("role", "status").child(resolved)).child(live(move || {
        let (closed, inner) = (begun.clone(), inner.clone());
        if !begun.get() {
            return button("button small", words::REPLY, move || {
                closed.set(true);
                let inner = inner.clone();
                dom::after_render(move || {
                    let area = inner.query_selector("textarea").ok().flatten();
                    dom::focus(area.and_then(|area| area.dyn_into::<HtmlElement>().ok()));
                });
            });
        }
        let input = vec![("threadId".to_owned(), Json::Text(id.clone()))];
        let place = place.clone();
        let goal = Goal { document: document!("add_comment.graphql"), input, place, label: words::REPLY };
        untrack(|| {
            compose(page, goal, move || {
                let active = dom::document().active_element();
                // Whoever waited for it may be elsewhere by now.
                if active.is_none_or(|active| active.tag_name() == "BODY" || inner.contains(Some(&active))) {
                    focus_heading();
                }
                closed.set(false);
            })
        })
    }))
}

/// Sends one of the short mutations.
fn act(page: Page, document: &'static str, name: &'static str, id: &str, told: &'static str) {
    let input = Json::of([("requestId", Json::Text(api::request_id())), (name, id.into())]);
    let request = api::request(document, &Json::of([("input", input)]));
    spawn_local(async move {
        match deliver(&request, &|| shell::toast(words::WAITING_TO_SEND)).await {
            Ok(answer) => {
                focus_heading();
                page.beside.put(answer.get("thread"));
                shell::announce(told);
            }
            Err(failure) => shell::toast(failure.message()),
        }
    });
}
