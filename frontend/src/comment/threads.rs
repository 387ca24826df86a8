//! The threads of an entry or a cell, in the panel beside the sheet: open ones, resolved ones, a new one.

use super::{
    compose::{Compose, Destination, is_begun},
    queries::{
        Comment, ReopenThread, ResolveThread, Thread, ThreadInput, ThreadPayload, ThreadVariables,
        WithdrawComment, WithdrawCommentInput, WithdrawCommentVariables,
    },
};
use crate::{
    api::{self, Id, deliver},
    history::{PanelTarget, Who, focus_heading, moment},
    notice, session,
    sheet::{focus::closest, page::Page, store::CellKey},
    shell, storage,
    text::comment as words,
    ui::{dom, named},
};
use cynic::MutationBuilder;
use leptos::{html::Div, prelude::*, task::spawn_local};
use renkei_domain::{Phase, ThreadId};
use serde::Serialize;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The threads of a place by their ids, as they are listed.
#[derive(Clone, Default, PartialEq)]
struct Listed {
    open: Vec<ThreadId>,
    resolved: Vec<ThreadId>,
}

/// What the panel shows of a place.
#[component]
pub fn Threads(page: Page, target: PanelTarget) -> impl IntoView {
    let left = RwSignal::new(());
    let listed = Memo::new(move |before: Option<&Listed>| {
        page.panel.threads.track();
        storage::changes().track();
        left.track();
        untrack(|| list(page, target, before))
    });
    let is_empty = Memo::new(move |_| listed.with(|listed| *listed == Listed::default()));
    let resolved = Memo::new(move |_| listed.with(|listed| listed.resolved.len()));
    notice::read_threads(Signal::derive(move || {
        let here = |thread: &&Arc<Thread>| target.has(thread);
        page.panel.threads.with(|threads| threads.iter().filter(here).map(|thread| thread.id.0).collect())
    }));
    let thread = move |id: ThreadId| view! { <ThreadView page target id/> };
    view! {
        <div class="threads" on:focusout=move |_| dom::after_render(move || left.set(()))>
            {move || (!api::use_online().get()).then(|| view! { <p class="none">{words::OFFLINE}</p> })}
            {move || is_empty.get().then(|| view! { <p class="none">{words::EMPTY}</p> })}
            <For each=move || listed.with(|listed| listed.open.clone()) key=|id| *id children=thread/>
            <NewThread page target/>
            <details class="resolved" hidden=move || resolved.get() == 0>
                <summary>{move || words::resolved(resolved.get())}</summary>
                <For each=move || listed.with(|listed| listed.resolved.clone()) key=|id| *id children=thread/>
            </details>
        </div>
    }
}

/// A resolved thread stands among the open ones while an answer to it is begun, which reopens it, and does not go from
/// there while somebody is in it.
fn list(page: Page, target: PanelTarget, before: Option<&Listed>) -> Listed {
    let active = dom::document().active_element();
    let busy = active.and_then(|active| closest(&active, ".thread")?.get_attribute("data-thread"));
    let busy = busy.and_then(|id| id.parse().ok());
    let is_open = |thread: &Thread, id: ThreadId| {
        thread.resolved_at.is_none()
            || is_begun(page, &place(id))
            || (busy == Some(id) && before.is_some_and(|before| before.open.contains(&id)))
    };
    let mut listed = Listed::default();
    page.panel.threads.with(|threads| {
        for thread in threads.iter().filter(|thread| target.has(thread)) {
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
#[component]
fn NewThread(page: Page, target: PanelTarget) -> impl IntoView {
    page.head_now().map(|head| {
        let place = match target {
            PanelTarget::Entry(id) => id.to_string(),
            PanelTarget::Cell(CellKey { item, facet, year }) => format!("{item}:{}:{}", facet.code(), year.0),
        };
        if head.phase == Phase::Fixed && !is_begun(page, &place) {
            return view! { <p class="none">{words::READ_ONLY}</p> }.into_any();
        }
        let destination = Destination::New(head.id, target);
        view! { <Compose page destination place label=words::NEW on_sent=|()| ()/> }.into_any()
    })
}

/// One thread: what was said follows the server; the box for an answer stays while it is typed into.
#[component]
fn ThreadView(page: Page, target: PanelTarget, id: ThreadId) -> impl IntoView {
    let thread = Memo::new(move |_| {
        page.panel.threads.with(|threads| threads.iter().find(|thread| thread.id.0 == id).cloned())
    });
    let open = thread.with_untracked(|thread| {
        thread.as_ref().is_some_and(|thread| thread.resolved_at.is_none() && thread.viewer_can_comment)
    });
    let open = open || is_begun(page, &place(id));
    view! {
        <section class="thread" data-thread=id.to_string()>
            {move || thread.get().map(|thread| view! { <Contents page target thread/> })}
            {open.then(|| view! { <Answer page id thread/> })}
        </section>
    }
}

/// What was said in a thread, and what can be done with it.
#[component]
fn Contents(page: Page, target: PanelTarget, thread: Arc<Thread>) -> impl IntoView {
    let about = thread.entry.as_ref().filter(|_| matches!(target, PanelTarget::Cell(_)));
    let about = about.map(|about| view! { <About body=about.body.clone()/> });
    let comments = thread.comments.iter().map(|comment| {
        let me = session::viewer().map(|viewer| viewer.id);
        let own = me.is_some() && comment.by.as_ref().map(|by| by.id.0) == me;
        let withdrawable = own && comment.withdrawn_at.is_none() && thread.viewer_can_comment;
        let comment_id = comment.id;
        let withdraw = move |_| {
            let input = WithdrawCommentInput { request_id: Id(api::request_id()), comment_id };
            let operation = WithdrawComment::build(WithdrawCommentVariables { input });
            act(page, &operation, words::WITHDRAWN_NOW);
        };
        view! {
            <div class="comment">
                <Said comment=comment.clone()/>
                {withdrawable.then(|| view! {
                    <button type="button" class="link-button" on:click=withdraw>
                        {words::WITHDRAW}
                    </button>
                })}
            </div>
        }
    });
    let resolved = thread.resolved_at.as_ref().map(|at| {
        let by = thread.resolved_by_name.as_deref().unwrap_or_default();
        view! { <p class="none">{named(|name| words::resolved_by(name, &moment(at)), by)}</p> }
    });
    let (thread_id, is_open) = (thread.id, thread.resolved_at.is_none());
    let turn = move |_| {
        let variables =
            ThreadVariables { input: ThreadInput { request_id: Id(api::request_id()), thread_id } };
        if is_open {
            act(page, &ResolveThread::build(variables), words::RESOLVED_NOW);
        } else {
            act(page, &ReopenThread::build(variables), words::REOPENED_NOW);
        }
    };
    let turn = thread.viewer_can_comment.then(|| {
        view! {
            <button type="button" class="link-button" on:click=turn>
                {if is_open { words::RESOLVE } else { words::REOPEN }}
            </button>
        }
    });
    view! {
        {about}
        {comments.collect_view()}
        {resolved}
        {turn}
    }
}

/// The entry that a thread is about.
#[component]
pub fn About(body: String) -> impl IntoView {
    view! {
        <p class="about">
            "○"
            <bdi>{body}</bdi>
        </p>
    }
}

/// Who, when, for whom, what.
#[component]
pub fn Said(comment: Comment) -> impl IntoView {
    let said = if comment.withdrawn_at.is_some() {
        view! { <p class="none">{words::WITHDRAWN}</p> }.into_any()
    } else {
        let names = comment.mentions.iter().map(|one| view! { <b>{one.name().to_owned()}</b> });
        let names = (!comment.mentions.is_empty()).then(|| {
            view! {
                <p class="mentions">
                    {words::MENTIONED}
                    {names.collect_view()}
                </p>
            }
        });
        view! {
            {names}
            <p class="said">{comment.body}</p>
        }
        .into_any()
    };
    view! {
        <Who organization=comment.by_organization name=comment.by_name at=comment.at/>
        {said}
    }
}

/// A button that turns into the box; open already where an answer was begun. Says so if the thread has been resolved.
#[component]
fn Answer(page: Page, id: ThreadId, thread: Memo<Option<Arc<Thread>>>) -> impl IntoView {
    let begun = RwSignal::new(is_begun(page, &place(id)));
    let whole = NodeRef::<Div>::new();
    let is_resolved = Memo::new(move |_| {
        thread.with(|thread| thread.as_ref().is_some_and(|thread| thread.resolved_at.is_some()))
    });
    let begin = move |_| {
        begun.set(true);
        dom::after_render(move || {
            let whole = whole.try_get_untracked().flatten();
            let area = whole.and_then(|whole| whole.query_selector("textarea").ok().flatten());
            dom::focus(area.and_then(|area| area.dyn_into::<HtmlElement>().ok()));
        });
    };
    let on_sent = move |()| {
        let active = dom::document().active_element();
        let whole = whole.get_untracked();
        let is_here = |active: &web_sys::Element| {
            active.tag_name() == "BODY" || whole.is_some_and(|whole| whole.contains(Some(active)))
        };
        // Whoever waited for it may be elsewhere by now.
        if active.as_ref().is_none_or(is_here) {
            focus_heading();
        }
        begun.set(false);
    };
    view! {
        <div class="answer" node_ref=whole>
            <div role="status">
                {move || is_resolved.get().then(|| view! { <p class="none">{words::REPLY_REOPENS}</p> })}
            </div>
            {move || if begun.get() {
                let destination = Destination::Thread(id);
                view! { <Compose page destination place=place(id) label=words::REPLY on_sent/> }.into_any()
            } else {
                view! {
                    <button type="button" class="button small" on:click=begin>
                        {words::REPLY}
                    </button>
                }
                .into_any()
            }}
        </div>
    }
}

/// Sends one of the short mutations.
fn act(page: Page, operation: &impl Serialize, told: &'static str) {
    let request = api::request(operation);
    let wait = || shell::toast_until(words::WAITING_TO_SEND, None, api::is_online);
    spawn_local(async move {
        match deliver::<ThreadPayload>(&request, &wait).await {
            Ok(thread) => {
                focus_heading();
                page.panel.put(thread);
                shell::announce(told);
            }
            Err(failure) => shell::toast(failure.message()),
        }
    });
}
