//! What is done to several entries by one request, and taken back by one.

use super::{
    mutation::{Input, Operation, Reply},
    save::text_of,
    undo::Made,
    why::objection_to,
};
use crate::{
    api,
    sheet::{
        focus, later,
        model::Entry,
        page::{Page, here},
        store::CellKey,
    },
    shell,
    sync::{Op, Saved, draft, outbox, settle},
    text::sheet as text,
};
use leptos::prelude::{ReadValue, WriteValue};
use renkei_domain::{EntryId, OrganizationId, SceneSet, limits, text::beginning};

/// What is done to each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionOfMany {
    Tag {
        add: SceneSet,
        remove: SceneSet,
    },
    Assign(Option<OrganizationId>),
    /// To the end of a cell.
    Move(CellKey),
    Delete,
}

impl Page {
    /// Asks for it, in one request. Entries for which there is nothing to do are left out without a word; those that the
    /// viewer may not change are named and left out.
    pub fn act_on_many(self, ids: &[EntryId], action: ActionOfMany) {
        let Some(sheet) = self.sheet_id() else { return };
        let mut left_out: Vec<(EntryId, String)> = Vec::new();
        let mut entries = Vec::new();
        for id in ids.iter().copied() {
            let Some(entry) = self.entry(id).filter(|entry| !action.is_done(entry)) else { continue };
            if let Some(why) = objection_to(self, id) {
                left_out.push((id, why));
            } else {
                // What waits for it goes first, and tells then which version it has made.
                let before = outbox::last_of(id).map(|op| op.version());
                let version = before.or(Some(entry.version));
                entries.push(Input { id: Some(id), version, ..Input::default() });
            }
        }
        if let Some((_, why)) = left_out.first() {
            let ids: Vec<EntryId> = left_out.iter().map(|(id, _)| *id).collect();
            shell::toast(text::left_out(&titles(self, &ids), ids.len(), why));
        }
        if entries.len() > limits::ENTRIES_AT_ONCE {
            return shell::toast(text::too_many(limits::ENTRIES_AT_ONCE));
        }
        if entries.is_empty() {
            return;
        }
        let input = Input { request_id: api::request_id(), entries, ..Input::default() };
        let (operation, input) = match action {
            ActionOfMany::Tag { add, remove } => (Operation::TagMany, Input { add, remove, ..input }),
            ActionOfMany::Assign(owner_id) => (Operation::AssignMany, Input { owner_id, ..input }),
            ActionOfMany::Move(to) => {
                let moves = |id: &EntryId| input.entries.iter().any(|one| one.id == Some(*id));
                let order = self.number(to).map(|cell| self.order(cell)).unwrap_or_default();
                let after_entry_id = order.into_iter().rev().find(|id| !moves(id));
                (Operation::MoveMany, Input { after_entry_id, ..input }.with_cell(to))
            }
            ActionOfMany::Delete => (Operation::DeleteMany, input),
        };
        self.begin(&Op::new(operation, sheet, input), None);
    }

    /// Adds new entries: all of them, or none.
    pub fn create_many(self, entries: Vec<Input>) {
        let Some(sheet) = self.sheet_id() else { return };
        let request_id = api::request_id();
        let input = Input { request_id, sheet_id: Some(sheet), entries, ..Input::default() };
        self.begin(&Op::new(Operation::CreateMany, sheet, input), None);
    }
}

impl ActionOfMany {
    /// The entry is so already.
    fn is_done(self, entry: &Entry) -> bool {
        match self {
            Self::Tag { add, remove } => {
                let scenes = entry.explicit_scenes;
                add.iter().all(|scene| scenes.contains(scene))
                    && !remove.iter().any(|scene| scenes.contains(scene))
            }
            Self::Assign(owner) => entry.owner == owner,
            Self::Move(_) | Self::Delete => false,
        }
    }
}

/// The first of them, by the beginnings of their texts.
fn titles(page: Page, ids: &[EntryId]) -> String {
    const NAMED: usize = 3;
    let titles =
        ids.iter().take(NAMED).filter_map(|id| Some(format!("「{}」", titled(&page.entry(*id)?.body))));
    titles.collect()
}

/// A text's beginning, by which people know the entry.
pub fn titled(body: &str) -> String {
    const LETTERS: usize = 14;
    let start = beginning(body, LETTERS);
    if start.len() < body.len() { format!("{start}…") } else { start.to_owned() }
}

/// What takes back a request for many, as the page stands before it is done.
pub fn inverse_operation(page: Page, op: &Op) -> Operation {
    let stands = |one: &Input| one.id.is_some_and(|id| page.entry(id).is_some());
    match op.operation {
        Operation::CreateMany => Operation::DeleteMany,
        // They come back, so that they go again.
        Operation::RestoreMany if !op.input.entries.iter().any(stands) => Operation::DeleteMany,
        _ => Operation::RestoreMany,
    }
}

/// What the answer to a request for many means: for the outbox, for what follows, and for the page if it shows this
/// sheet.
pub fn settle(name: &str, op: &Op, page: Option<Page>, results: Vec<Reply>) {
    let saved = |reply: &Reply| match reply {
        Reply::Saved { entry, merged, .. } => {
            let text = Some(text_of(entry));
            Some((entry.id, Saved { made: Some(entry.id), version: entry.version, merged: *merged, text }))
        }
        Reply::Deleted { id, version, .. } => Some((*id, Saved { version: *version, ..Saved::default() })),
        _ => None,
    };
    let known: Vec<_> = results.iter().filter_map(saved).collect();
    // What goes needs no room, and what stays has some.
    let _ = draft::write(settle::done_many(&outbox::all(), name, op, &known));
    if let Some(page) = page {
        show(page, op, results);
    }
}

fn show(page: Page, op: &Op, results: Vec<Reply>) {
    let mut made = Vec::new();
    let mut not_done: Vec<(EntryId, String)> = Vec::new();
    let mut first = None;
    // In the order in which they were asked for.
    for (asked, reply) in op.input.entries.iter().zip(results) {
        match reply {
            Reply::Saved { entry, change, .. } => {
                // Otherwise there was nothing to do. What is on the page may have come by an event before the answer.
                if entry.version > asked.version.unwrap_or_default() {
                    made.push(Made { id: entry.id, version: entry.version, change: change.id });
                }
                first = first.or(Some(entry.id));
                later::saved(page, &entry, change.seq);
                page.keep_in_sight(entry.id);
                page.update(|store| store.put(entry, change.seq));
            }
            Reply::Deleted { id, version, change } => {
                made.push(Made { id, version, change: change.id });
                later::deleted(page, id, change.seq);
                page.update(|store| store.remove(id, change.seq));
            }
            Reply::Conflict { theirs, .. } => {
                let id = theirs.id;
                let why = match theirs.deleted_at {
                    Some(_) => text::DELETED_MEANWHILE,
                    None => text::CHANGED_MEANWHILE,
                };
                page.update(|store| store.put(theirs, 0));
                not_done.push((id, why.to_owned()));
            }
            Reply::Refused { message, .. } => {
                not_done.extend(asked.id.map(|id| (id, message)));
            }
            Reply::Many(_) | Reply::Done => {}
        }
    }
    let count = made.len();
    page.undo.write_value().done_many(op, &made);
    let said = page.undo.write_value().said(op);
    if let Some((_, why)) = not_done.first() {
        let ids: Vec<EntryId> = not_done.iter().map(|(id, _)| *id).collect();
        shell::toast(text::not_done(&titles(page, &ids), ids.len(), why));
    }
    if let Some(said) = said {
        return shell::announce(said);
    }
    if count == 0 {
        return;
    }
    if let Some(first) = first.filter(|_| focus::is_free() && outbox::is_fresh(op)) {
        focus::entry_soon(page, first);
    }
    let request = op.input.request_id.clone();
    if page.undo.read_value().knows(op) {
        let take_back = move || {
            if let Some(page) = here() {
                page.take_back(&request);
            }
        };
        let op = op.clone();
        let (said, action) = (
            text::done_to_many(op.operation, count),
            Some((text::UNDO, Box::new(take_back) as Box<dyn Fn()>)),
        );
        shell::toast_until(said, action, move || {
            here().is_none_or(|page| !page.undo.read_value().knows(&op))
        });
    } else {
        shell::announce(text::done_to_many(op.operation, count));
    }
}
