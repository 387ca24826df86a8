//! The threads of an entry or a cell, in the panel beside the sheet: open ones, resolved ones, a new one.

use super::{
    compose::{Goal, Target, compose, is_begun},
    draft,
    queries::{
        Comment, ReopenThread, ResolveThread, Thread, ThreadInput, ThreadPayload, ThreadVariables,
        WithdrawComment, WithdrawCommentInput, WithdrawCommentVariables,
    },
};
use crate::ui::SetIfNew;
use crate::{
    api::{self, Id, deliver},
    history::{Topic, focus_heading, moment, who},
    session,
    sheet::{focus::closest, page::Page, store::CellKey},
    shell,
    text::comment as words,
    ui::{button, dom},
    view::{El, each, effect, el, live, live_text},
};
use cynic::MutationBuilder;
use leptos::prelude::*;
use leptos::{prelude::untrack, task::spawn_local};
use renkei_domain::{Phase, ThreadId};
use serde::Serialize;
use std::{array, sync::Arc};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement};

/// The threads of a place by their ids, as they are listed.
#[derive(Clone, Default, PartialEq)]
struct Listed {
    open: Vec<ThreadId>,
    resolved: Vec<ThreadId>,
}

/// What the panel shows of a place.
pub fn threads(page: Page, topic: Topic) -> El {
    let listed = ArcRwSignal::new(Listed::default());
    let left = ArcRwSignal::new(());
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
            move |id| thread(page, topic, *id),
        ));
    el("div")
        .class("threads")
        .on("focusout", move |_: Event| {
            let left = left.clone();
            dom::after_render(move || left.set(()));
        })
        .child(offline)
        .child(empty)
        .child(each(move || open.with(|listed| listed.open.clone()), move |id| thread(page, topic, *id)))
        .child(new_thread(page, topic))
        .child(resolved)
}

/// A resolved thread stands among the open ones while an answer to it is begun, which reopens it, and does not go from
/// there while somebody is in it.
fn list(page: Page, topic: Topic, before: &Listed) -> Listed {
    let active = dom::document().active_element();
    let busy = active.and_then(|active| closest(&active, ".thread")?.get_attribute("data-thread"));
    let busy = busy.and_then(|id| id.parse().ok());
    let is_open = |thread: &Thread, id: ThreadId| {
        thread.resolved_at.is_none()
            || is_begun(page, &place(id))
            || (busy == Some(id) && before.open.contains(&id))
    };
    let mut listed = Listed::default();
    page.beside.threads.with_untracked(|threads| {
        for thread in threads.iter().filter(|thread| topic.has(thread)) {
            let id = thread.id.0;
            let list = if is_open(thread, id) { &mut listed.open } else { &mut listed.resolved };
            list.push(id);
        }
    });
    listed
}

/// Where an answer to a thread is kept.
fn place(id: ThreadId) -> String {
    format!("thread:{id}")
}

/// A box for a new thread, unless the sheet is fixed: then only for what was begun before.
fn new_thread(page: Page, topic: Topic) -> Option<El> {
    let head = page.head_now()?;
    let place = match topic {
        Topic::Entry(id) => id.to_string(),
        Topic::Cell(CellKey { item, facet, year }) => format!("{item}:{}:{}", facet.code(), year.0),
    };
    if head.phase == Phase::Fixed && !is_begun(page, &place) {
        return Some(el("p").class("none").child(words::READ_ONLY));
    }
    let goal = Goal { target: Target::New(head.id, topic), place, label: words::NEW };
    Some(compose(page, goal, || {}))
}

/// One thread: what was said follows the server; the box for an answer stays while it is typed into.
fn thread(page: Page, topic: Topic, id: ThreadId) -> El {
    let mine = ArcRwSignal::new(find(page, id));
    let (shown, told) = (mine.clone(), mine.clone());
    effect(move || {
        page.beside.threads.track();
        told.set_if_new(untrack(|| find(page, id)));
    });
    let said = live(move || shown.get().map(|thread| untrack(|| contents(page, topic, &thread))));
    let open = mine.with_untracked(|thread| {
        thread.as_ref().is_some_and(|thread| thread.resolved_at.is_none() && thread.viewer_can_comment)
    });
    let open = open || is_begun(page, &place(id));
    el("section")
        .class("thread")
        .attr("data-thread", id.to_string())
        .child(said)
        .child(open.then(|| answer(page, id, mine)))
}

fn find(page: Page, id: ThreadId) -> Option<Arc<Thread>> {
    page.beside.threads.with_untracked(|threads| threads.iter().find(|thread| thread.id.0 == id).cloned())
}

fn contents(page: Page, topic: Topic, thread: &Thread) -> Vec<El> {
    let mut parts = Vec::new();
    if let (Some(about), Topic::Cell(_)) = (&thread.entry, topic) {
        parts.push(el("p").class("about").child("○").child(about.body.as_str()));
    }
    parts.extend(thread.comments.iter().map(|comment| self::comment(page, thread, comment)));
    if let Some(resolved) = &thread.resolved_at {
        let by = thread.resolved_by_name.as_deref().unwrap_or_default();
        let by = words::resolved_by(by, &moment(resolved));
        parts.push(el("p").class("none").child(by));
    }
    if thread.viewer_can_comment {
        let id = thread.id;
        let variables = move || ThreadVariables {
            input: ThreadInput { request_id: Id(api::request_id()), thread_id: id },
        };
        parts.push(if thread.resolved_at.is_none() {
            button("link-button", words::RESOLVE, move || {
                act(page, &ResolveThread::build(variables()), words::RESOLVED_NOW);
            })
        } else {
            button("link-button", words::REOPEN, move || {
                act(page, &ReopenThread::build(variables()), words::REOPENED_NOW);
            })
        });
    }
    parts
}

fn comment(page: Page, thread: &Thread, comment: &Comment) -> El {
    let said = el("div").class("comment").child(said(comment));
    let me = session::viewer().map(|viewer| viewer.id);
    let own = me.is_some() && comment.by.as_ref().map(|by| by.id.0) == me;
    let withdraw = own && comment.withdrawn_at.is_none() && thread.viewer_can_comment;
    let id = comment.id;
    said.child(withdraw.then(|| {
        button("link-button", words::WITHDRAW, move || {
            let input = WithdrawCommentInput { request_id: Id(api::request_id()), comment_id: id };
            let operation = WithdrawComment::build(WithdrawCommentVariables { input });
            act(page, &operation, words::WITHDRAWN_NOW);
        })
    }))
}

/// Who, when, for whom, what.
pub fn said(comment: &Comment) -> Vec<El> {
    let who = who(&comment.by_organization, &comment.by_name, None, &comment.at);
    if comment.withdrawn_at.is_some() {
        return vec![who, el("p").class("none").child(words::WITHDRAWN)];
    }
    let names = comment.mentions.iter().map(|one| el("b").child(one.name()));
    let names = names.collect::<Vec<_>>();
    let mut said = vec![who];
    if !names.is_empty() {
        said.push(el("p").class("mentions").child(words::MENTIONED).child(names));
    }
    said.push(el("p").class("said").child(comment.body.as_str()));
    said
}

/// A button that turns into the box; open already where an answer was begun. Says so if the thread has been resolved.
fn answer(page: Page, id: ThreadId, thread: ArcRwSignal<Option<Arc<Thread>>>) -> El {
    let place = place(id);
    let begun = ArcRwSignal::new(is_begun(page, &place));
    let whole = el("div").class("answer");
    let inner = whole.element().clone();
    let resolved = live(move || {
        let resolved =
            thread.with(|thread| thread.as_ref().is_some_and(|thread| thread.resolved_at.is_some()));
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
        let place = place.clone();
        let goal = Goal { target: Target::Thread(id), place, label: words::REPLY };
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
fn act(page: Page, operation: &impl Serialize, told: &'static str) {
    let request = api::request(operation);
    spawn_local(async move {
        match deliver::<ThreadPayload>(&request, &|| shell::toast(words::WAITING_TO_SEND)).await {
            Ok(thread) => {
                focus_heading();
                page.beside.put(thread);
                shell::announce(told);
            }
            Err(failure) => shell::toast(failure.message()),
        }
    });
}
