//! The way out: what is asked of the server waits here in order, is sent until it is answered, and survives the page.
//!
//! Kept like drafts, so that it goes on after a reload, on another day and from another tab. Each has its request id,
//! by which the server does it once however often it comes. One that has met trouble holds up only what follows it on
//! the same entry.

use super::{
    DraftKey, Op, draft,
    sender::{Event, Sender, Todo, Waiting},
    settle::{self, Write},
};
use crate::{
    api::{self, Failure},
    comment, entry, root, session,
    storage::{self, Kind},
    ui::SetIfNew,
};
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::{AccountId, EntryId, EntryText, SheetId};

/// A context of the root.
#[derive(Clone, Copy, Default)]
pub struct Outbox {
    sender: StoredValue<Sender>,
    busy: RwSignal<bool>,
    held: RwSignal<bool>,
    declined: RwSignal<bool>,
    /// The request that was asked for last on this page.
    last: StoredValue<String>,
    /// What was asked for on this page, until the page has its answer: it may have come to another tab first.
    asked: StoredValue<Vec<(String, Op)>>,
    /// How often somebody else has come.
    comings: StoredValue<u32>,
}

/// Somebody, and the coming since which they are there.
type Who = (Option<AccountId>, u32);

fn outbox() -> Outbox {
    root::context()
}

/// Something that is sent.
enum Item {
    Entry(String, Box<Op>),
    Comment { name: String, request: String },
}

/// Asks for it when its turn has come. `instead` is the draft that it was made of.
pub fn add(op: &Op, instead: Option<DraftKey>) {
    let known = all().last().map_or(0, |(name, _)| settle::asked_at(name));
    let name = settle::kept_as(draft::after(known), &op.input.request_id);
    let Outbox { last, asked, .. } = outbox();
    last.set_value(op.input.request_id.clone());
    asked.update_value(|asked| asked.push((name.clone(), op.clone())));
    let mut writes = vec![Write::Request(name, Some(op.clone()))];
    writes.extend(instead.map(|key| Write::Draft(op.sheet, key, None)));
    // Without room it is done from memory, and is lost only if the page is closed before.
    let _ = draft::write(writes);
    go();
}

/// Everything that has not been answered, in the order in which it was asked for; with the name it is kept by.
pub fn all() -> Vec<(String, Op)> {
    let Some(storage) = session::account_storage() else { return Vec::new() };
    let names = storage.names(Kind::Outbox, "");
    names.into_iter().filter_map(|name| storage.get(Kind::Outbox, &name).map(|op| (name, op))).collect()
}

/// The last one about an entry that can still be done: its part of it, if it is about several.
pub fn last_of(id: EntryId) -> Option<Op> {
    last(|op| op.concerns(id)).and_then(|op| op.part(id))
}

/// The last one that writes an entry's text: what waits to be saved of it.
pub fn written(id: EntryId) -> Option<Op> {
    last(|op| op.entry() == Some(id) && op.text().is_some())
}

/// What a request that waits writes.
pub fn text_of(request: &str) -> Option<EntryText> {
    last(|op| op.input.request_id == request)?.text()
}

/// What was asked for last of what was typed in a place.
pub fn sent(sheet: SheetId, key: DraftKey) -> Option<Op> {
    last(|op| op.sheet == sheet && op.key() == Some(key))
}

fn last(is_it: impl Fn(&Op) -> bool) -> Option<Op> {
    all().into_iter().rev().map(|(_, op)| op).find(|op| op.trouble.is_none() && is_it(op))
}

/// It has not been answered.
pub fn has(request: &str) -> bool {
    all().iter().any(|(_, op)| op.input.request_id == request)
}

/// This page has not heard the answer, which may have come to another tab.
pub fn is_awaited(request: &str) -> bool {
    has(request)
        || outbox().asked.with_value(|asked| asked.iter().any(|(_, op)| op.input.request_id == request))
}

/// It is to be said that it waits.
pub fn waits(op: &Op) -> bool {
    op.trouble.is_none() && held().get_untracked()
}

/// True while what is there cannot be sent: the server is away, or the session has expired.
pub fn held() -> RwSignal<bool> {
    outbox().held
}

/// True while nothing is sent because somebody did not want to sign in again.
pub fn declined() -> RwSignal<bool> {
    outbox().declined
}

/// It is what the person did last on this page, and was not held up: they may be looking for it.
pub fn is_fresh(op: &Op) -> bool {
    !held().get_untracked() && outbox().last.with_value(|last| *last == op.input.request_id)
}

/// What was asked for last on this page.
pub fn last_request() -> String {
    outbox().last.get_value()
}

/// True while something is under way, or will be by itself.
pub fn busy() -> RwSignal<bool> {
    outbox().busy
}

/// It is asked for in another form.
pub fn asked_again(name: &str, op: &Op) {
    let name = settle::kept_as(settle::asked_at(name), &op.input.request_id);
    outbox().asked.update_value(|asked| asked.push((name, op.clone())));
}

/// Another tab has written this.
pub fn follow(name: &str, text: Option<&str>) {
    let Some(op) = text.and_then(|text| serde_json::from_str::<Op>(text).ok()) else { return };
    outbox().asked.update_value(|asked| {
        for (_, known) in asked.iter_mut().filter(|(asked, _)| asked == name) {
            known.clone_from(&op);
        }
        // What a person is to decide about was answered.
        asked.retain(|(_, op)| op.trouble.is_none());
    });
}

/// Somebody else is there: the sender begins anew, and what comes back for the one before is told to nobody.
pub fn forget_all() {
    let Outbox { asked, comings, sender, .. } = outbox();
    asked.set_value(Vec::new());
    comings.update_value(|comings| *comings += 1);
    sender.set_value(Sender::default());
    tell_state();
}

/// Who is there now.
fn who() -> Who {
    (session::viewer().map(|viewer| viewer.id), outbox().comings.get_value())
}

/// Sends what is there, if that is not being done.
pub fn go() {
    tell(Event::Changed);
}

fn tell(event: Event) {
    let items = if session::viewer().is_some() { items() } else { Vec::new() };
    let waiting: Vec<Waiting> = items.iter().map(|(waiting, _)| waiting.clone()).collect();
    let outbox = outbox();
    let mut todo = None;
    outbox.sender.update_value(|sender| todo = sender.on(event, &waiting));
    let before = outbox.held.get_untracked();
    tell_state();
    match todo {
        Some(Todo::Send(request)) => {
            if let Some((_, item)) = items.into_iter().find(|(waiting, _)| waiting.request == request) {
                tell_after(send(item, who()));
            }
        }
        Some(Todo::AwaitLine) => tell_after(async {
            api::until_online().await;
            Some(Event::LineUp)
        }),
        Some(Todo::AskToSignIn) => tell_after(async {
            let again = session::require_sign_in().await;
            Some(if again { Event::SignedIn } else { Event::Declined })
        }),
        None => {}
    }
    if outbox.held.get_untracked() && !before {
        entry::held_up();
    }
}

/// Shows whoever watches it where the sender stands.
fn tell_state() {
    let Outbox { sender, busy, held, declined, .. } = outbox();
    let state = |is: fn(&Sender) -> bool| sender.with_value(is);
    busy.set_if_new(state(Sender::is_busy));
    declined.set_if_new(state(Sender::is_declined));
    held.set_if_new(state(Sender::is_held));
}

/// Tells the sender what this has come to, unless somebody else is there by then.
fn tell_after(work: impl Future<Output = Option<Event>> + 'static) {
    let begun_for = who();
    spawn_local(async move {
        if let Some(event) = work.await.filter(|_| who() == begun_for) {
            tell(event);
        }
    });
}

/// What waits in its order: entries first, as comments may be about them.
fn items() -> Vec<(Waiting, Item)> {
    let mut ops = all();
    let answered_elsewhere = |(name, _): &&(String, Op)| !ops.iter().any(|(kept, _)| kept == name);
    let asked: Vec<_> =
        outbox().asked.with_value(|asked| asked.iter().filter(answered_elsewhere).cloned().collect());
    ops.extend(asked);
    ops.sort_by(|(one, _), (other, _)| one.cmp(other));
    let entries = ops.into_iter().map(|(name, op)| {
        let (request, depends_on) = (op.input.request_id.clone(), op.depends_on.clone());
        (Waiting { request, depends_on, stuck: op.trouble.is_some() }, Item::Entry(name, Box::new(op)))
    });
    let comments = comment::waiting().into_iter().map(|(name, request)| {
        (Waiting { request: name.clone(), depends_on: None, stuck: false }, Item::Comment { name, request })
    });
    entries.chain(comments).collect()
}

/// Sends it and takes the answer in. None: whoever asked for it has gone, and it is sent again when they are back.
async fn send(item: Item, asked_by: Who) -> Option<Event> {
    // Somebody else has signed in in another tab: this must not be done in their name.
    if storage::last_viewer().is_some_and(|viewer| Some(viewer.id) != asked_by.0) {
        return Some(Event::SignedOut);
    }
    match item {
        Item::Entry(name, op) => {
            let answer = entry::ask(&op).await;
            let event = unanswered(&answer);
            if event.is_some() || who() != asked_by {
                return event;
            }
            outbox().asked.update_value(|asked| asked.retain(|(asked, _)| *asked != name));
            match answer {
                Ok(reply) => entry::settle(&name, *op, reply),
                Err(failure) => entry::trouble(&name, &Op { trouble: Some(failure.message()), ..*op }),
            }
        }
        Item::Comment { name, request } => {
            let answer = comment::ask(&request).await;
            let event = unanswered(&answer);
            if event.is_some() || who() != asked_by {
                return event;
            }
            comment::settle(&name, &request, answer);
        }
    }
    Some(Event::Answered)
}

fn unanswered<T>(answer: &Result<T, Failure>) -> Option<Event> {
    match answer {
        Err(Failure::Offline) => Some(Event::LineDown),
        Err(Failure::SignedOut) => Some(Event::SignedOut),
        Ok(_) | Err(Failure::Refused(_) | Failure::Fault(_)) => None,
    }
}
