//! The way out: what is asked of the server waits here in order, is sent until it is answered, and survives the page.
//!
//! Kept like drafts, so that it goes on after a reload, on another day and from another tab. Each has its request id,
//! by which the server does it once however often it comes. One that has met trouble holds up only what follows it on
//! the same entry. Each tab sends its own, and those of a tab that is gone.

use super::{DraftKey, draft, mutation::Reply, op::Op, queries, save};
use crate::ui::SetIfNew;
use crate::{
    api::{self, Failure},
    session,
    storage::{self, Kind},
    text,
    ui::dom,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use renkei_domain::{AccountId, EntryId, SheetId};
use std::{
    cell::{Cell, RefCell},
    pin::Pin,
};

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static LOOKING: Cell<bool> = const { Cell::new(false) };
    /// What another tab has to send has been there for a while.
    static OLD: Cell<bool> = const { Cell::new(false) };
    static HELD: ArcRwSignal<bool> = ArcRwSignal::new(false);
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Milliseconds between two looks whether the server is back.
const LOOK_MS: i32 = 250;
/// Milliseconds between two looks whether another tab is still there to send what it has.
const LOOK_AFTER_MS: i32 = 2_000;

/// Asks for it when its turn has come. `instead` is the draft that it was made of.
pub fn add(op: &Op, instead: Option<DraftKey>) {
    let Some(shelf) = session::shelf() else { return };
    let known = all().last().map_or(0, |(name, _)| asked_at(name));
    let name = format!("{:015}-{}", draft::after(known), op.input.request_id);
    let op = &Op { tab: storage::this_tab(), ..op.clone() };
    let Ok(text) = serde_json::to_string(op) else { return };
    LAST.set(op.input.request_id.clone());
    let put = (Kind::Outbox, name.as_str(), Some(text.as_str()));
    match instead {
        Some(key) => draft::replace(op.sheet, key, &[put]),
        // Without room it is done from memory, and is lost only if the page is closed before.
        None => drop(shelf.change(&[put])),
    }
    go();
}

/// When it was asked for, by the name it is kept by.
pub fn asked_at(name: &str) -> i64 {
    name.split_once('-').and_then(|(at, _)| at.parse().ok()).unwrap_or_default()
}

/// Everything that has not been answered, in the order in which it was asked for; with the name it is kept by.
pub fn all() -> Vec<(String, Op)> {
    let Some(shelf) = session::shelf() else { return Vec::new() };
    let mut names = shelf.names(Kind::Outbox, "");
    names.sort_unstable();
    names.into_iter().filter_map(|name| shelf.get(Kind::Outbox, &name).map(|op| (name, op))).collect()
}

/// The last one about an entry that can still be done.
pub fn last_of(id: EntryId) -> Option<Op> {
    let mut all = all();
    all.retain(|(_, op)| op.entry() == Some(id) && op.trouble.is_none());
    all.pop().map(|(_, op)| op)
}

/// The last one that writes an entry's text: what waits to be saved of it.
pub fn written(id: EntryId) -> Option<Op> {
    let mut all = all();
    all.retain(|(_, op)| op.entry() == Some(id) && op.trouble.is_none() && op.text().is_some());
    all.pop().map(|(_, op)| op)
}

/// What was asked for last of what was typed in a place.
pub fn sent(sheet: SheetId, key: DraftKey) -> Option<Op> {
    let mut all = all();
    all.retain(|(_, op)| op.sheet == sheet && op.key() == Some(key) && op.trouble.is_none());
    all.pop().map(|(_, op)| op)
}

/// It has not been answered.
pub fn has(request: &str) -> bool {
    all().iter().any(|(_, op)| op.input.request_id == request)
}

/// Sends what is there, if that is not being done.
pub fn go() {
    if !BUSY.replace(true) {
        spawn_local(run());
    }
    if has_others() && !LOOKING.replace(true) {
        spawn_local(look_after());
    }
}

/// It is to be said that it waits: it cannot be sent, or another tab has not sent it for a while.
pub fn waits(op: &Op) -> bool {
    op.trouble.is_none() && (held().get_untracked() || (is_others(op) && OLD.get()))
}

/// True while what is there cannot be sent: the server is away, or the session has expired.
pub fn held() -> ArcRwSignal<bool> {
    HELD.with(Clone::clone)
}

/// It is what the person did last on this page, and was not held up: they may be looking for it.
pub fn is_fresh(op: &Op) -> bool {
    !held().get_untracked() && LAST.with_borrow(|last| *last == op.input.request_id)
}

/// What was asked for last on this page.
pub fn last_request() -> String {
    LAST.with_borrow(Clone::clone)
}

/// Something is under way.
pub fn is_busy() -> bool {
    BUSY.get()
}

async fn run() {
    // Whoever asked for it says first what was asked.
    dom::pause(0).await;
    held().set_if_new(false);
    save::refresh();
    while let Some((name, op)) = next() {
        let Some(account) = session::viewer().map(|viewer| viewer.id) else { break };
        // Boxed, as it need not be there before something waits.
        let done: Pin<Box<dyn Future<Output = bool>>> = Box::pin(settle(name, op, account));
        if !done.await {
            break;
        }
        save::refresh();
    }
    BUSY.set(false);
    if next().is_none() {
        held().set_if_new(false);
    }
    save::refresh();
}

/// Sends it and takes the answer in; false: nothing more can be sent.
async fn settle(name: String, op: Op, account: AccountId) -> bool {
    match send(&name, account).await {
        // Another tab has done it, which took this one for gone.
        None => save::done_elsewhere(&op),
        Some(Err(Failure::Offline)) => {
            hold();
            while !api::is_online() {
                dom::pause(LOOK_MS).await;
            }
        }
        Some(Err(Failure::SignedOut)) => {
            hold();
            let same = || session::viewer().is_some_and(|viewer| viewer.id == account);
            return session::require_sign_in().await && same();
        }
        Some(Err(failure)) => save::trouble(&name, &Op { trouble: Some(failure.message()), ..op }),
        Some(Ok(reply)) => {
            save::settle(&name, op, reply);
            held().set_if_new(false);
        }
    }
    true
}

/// The first that nothing stands before.
fn next() -> Option<(String, Op)> {
    let all = all();
    let waits = |op: &Op| all.iter().any(|(_, other)| op.follows.as_ref() == Some(&other.input.request_id));
    all.iter().find(|(_, op)| op.trouble.is_none() && !is_others(op) && !waits(op)).cloned()
}

fn is_others(op: &Op) -> bool {
    op.tab != storage::this_tab()
}

fn has_others() -> bool {
    all().iter().any(|(_, op)| op.trouble.is_none() && is_others(op))
}

/// As long as other tabs have something to send: takes over from those that are gone.
async fn look_after() {
    dom::pause(LOOK_MS).await;
    while has_others() {
        let there = storage::other_tabs().await;
        let mut all = all();
        all.retain(|(_, op)| is_others(op) && !there.contains(&op.tab));
        for (name, op) in all {
            save::keep(&name, &Op { tab: storage::this_tab(), ..op });
        }
        OLD.set(true);
        save::refresh();
        go();
        dom::pause(LOOK_AFTER_MS).await;
    }
    OLD.set(false);
    LOOKING.set(false);
    save::refresh();
}

fn hold() {
    if !held().get_untracked() {
        held().set(true);
        save::held_up();
    }
}

async fn send(name: &str, account: AccountId) -> Option<Result<Reply, Failure>> {
    let op: Op = session::shelf()?.get(Kind::Outbox, name)?;
    // Somebody else has signed in in another tab: this must not be done in their name.
    if storage::last_viewer().is_some_and(|viewer| viewer.id != account) {
        return Some(Err(Failure::SignedOut));
    }
    let Some(request) = queries::request(op.operation, &op.input) else {
        return Some(Err(Failure::Fault(text::INCOMPLETE_REQUEST.to_owned())));
    };
    Some(api::ask(request).await.and_then(|answer| queries::read(&answer)))
}
