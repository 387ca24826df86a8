//! What the sheet says of entries beside their text: a draft is here or on another machine, something waits to be sent.

use super::{Editing, mutation::Operation, undecided::offer_back};
use crate::{
    sheet::{page::Page, store::CellKey},
    storage,
    sync::{Draft, DraftKey, draft, draft_sync, outbox},
    text::sheet as text,
    ui::SetIfNew,
};
use leptos::prelude::*;
use renkei_domain::{EntryId, EntryText};
use std::sync::Arc;

/// Of an entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncBadge {
    /// Without words: nothing is to be said.
    words: String,
    /// The text that waits to be saved: shown as it will be.
    pub text: Option<EntryText>,
    /// The words are about a draft that was typed on another machine.
    elsewhere: bool,
}

/// Of a cell: a new entry that was begun, or that waits to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    cell: CellKey,
    /// Below which entry it was added; none: at the end.
    after: Option<EntryId>,
    badge: SyncBadge,
}

/// What is listed in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum InCell {
    Entry(EntryId),
    Begun(Begun),
}

impl InCell {
    /// By which the list tells them apart. What is said of a new entry changes with its text.
    pub fn key(&self) -> (Option<EntryId>, String) {
        match self {
            Self::Entry(id) => (Some(*id), String::new()),
            Self::Begun(begun) => {
                let body = begun.badge.text.as_ref().map(|text| text.body.as_str()).unwrap_or_default();
                (None, format!("{:?}/{}/{body}", begun.after, begun.badge.words))
            }
        }
    }
}

/// From now on it is said, and what of it has changed anew. Once, when the sheet's page is made.
pub fn follow(page: Page) {
    Effect::new(move |before: Option<Vec<EntryId>>| {
        storage::changes().track();
        outbox::held().track();
        draft_sync::use_elsewhere().track();
        // As entries come and go.
        page.touched.track();
        untrack(|| put(page, badges(page), before.unwrap_or_default()))
    });
}

/// With the entry below which a new one was added.
fn badges(page: Page) -> Vec<(DraftKey, Option<EntryId>, SyncBadge)> {
    let Some(sheet) = page.sheet_id() else { return Vec::new() };
    let mut badges: Vec<(DraftKey, Option<EntryId>, SyncBadge)> = Vec::new();
    let mut say =
        |key: DraftKey, after: Option<EntryId>, words: String, elsewhere: bool, text: Option<EntryText>| {
            // Of one entry the last is said, with the last text. New ones are all said.
            let known =
                badges.iter_mut().find(|(other, ..)| *other == key && matches!(key, DraftKey::Entry(_)));
            match known {
                Some((.., badge)) => {
                    let text = text.or(badge.text.take());
                    *badge = SyncBadge { words, text, elsewhere };
                }
                None => badges.push((key, after, SyncBadge { words, text, elsewhere })),
            }
        };
    for other in draft_sync::elsewhere(sheet) {
        say(other.key, other.draft.after, text::elsewhere(other.draft.at), true, None);
    }
    // What is on its way for a moment needs no word.
    for (_, op) in outbox::all().into_iter().filter(|(_, op)| op.sheet == sheet && outbox::waits(op)) {
        if let Some(key) = op.key() {
            say(key, op.input.after_entry_id, waits(op.operation).to_owned(), false, op.text());
        }
        for one in op.input.entries.iter().filter(|_| !op.operation.is_of_suggestions()) {
            let key = one.id.map(DraftKey::Entry).or_else(|| one.cell().map(DraftKey::New));
            if let Some(key) = key {
                say(key, one.after_entry_id, waits(op.operation).to_owned(), false, one.text());
            }
        }
    }
    for key in draft::all(sheet) {
        let words = if matches!(key, DraftKey::Entry(_)) { text::DRAFT_HERE } else { text::NEW_DRAFT_HERE };
        let after = draft::load(sheet, key).and_then(|draft| draft.after);
        say(key, after, words.to_owned(), false, None);
    }
    badges
}

/// Puts it where it is shown, and takes away what is no longer said; the entries of which something is said.
fn put(
    page: Page,
    badges: Vec<(DraftKey, Option<EntryId>, SyncBadge)>,
    before: Vec<EntryId>,
) -> Vec<EntryId> {
    let mut begun = Vec::new();
    let mut shown = Vec::new();
    for (key, after, badge) in badges {
        match key {
            DraftKey::Entry(id) => {
                shown.push(id);
                if let Some(state) = page.state(id) {
                    state.badge.set_if_new(Some(Arc::new(badge)));
                }
            }
            DraftKey::New(cell) => begun.push(Begun { cell, after, badge }),
        }
    }
    for id in before.into_iter().filter(|id| !shown.contains(id)) {
        if let Some(state) = page.state(id) {
            state.badge.set_if_new(None);
        }
    }
    page.begun.set_if_new(begun);
    shown
}

fn waits(operation: Operation) -> &'static str {
    match operation {
        Operation::Create | Operation::Update | Operation::Restore => text::WAITS,
        Operation::CreateMany | Operation::RestoreMany => text::WAITS,
        Operation::TagMany => text::WAITS_TO_TAG,
        Operation::Move | Operation::MoveMany => text::WAITS_TO_MOVE,
        Operation::Assign | Operation::AssignMany => text::WAITS_TO_ASSIGN,
        Operation::Delete | Operation::DeleteMany => text::WAITS_TO_DELETE,
        Operation::DeclineScenes | Operation::RestoreScenes => text::WAITS_TO_TAG,
    }
}

/// Below an entry's text.
#[component]
pub fn EntryBadge(page: Page, id: EntryId, badge: Arc<SyncBadge>) -> impl IntoView {
    let editing = Editing { key: DraftKey::Entry(id), after: None };
    let choices = badge.elsewhere.then(|| view! { <Choices page editing /> });
    view! { <p class="draft-here">{badge.words.clone()} {choices}</p> }
}

/// A cell's entries, and new ones that were begun or wait to be sent, each where it was added: of several below the
/// same entry the last one stands first, as the server will have them.
pub fn in_cell(page: Page, cell: CellKey, order: &[EntryId]) -> Vec<InCell> {
    page.begun.with(|begun| {
        let here: Vec<&Begun> = begun.iter().filter(|begun| begun.cell == cell).collect();
        let mut listed = Vec::with_capacity(order.len() + here.len());
        for id in order {
            listed.push(InCell::Entry(*id));
            let below = here.iter().rev().filter(|begun| begun.after == Some(*id));
            listed.extend(below.map(|begun| InCell::Begun((*begun).clone())));
        }
        let stands = |begun: &&&Begun| begun.after.is_some_and(|after| order.contains(&after));
        let last = here.iter().filter(|begun| !stands(begun));
        listed.extend(last.map(|begun| InCell::Begun((*begun).clone())));
        listed
    })
}

/// A new entry that was begun, or waits to be sent. Nothing while its editor is open.
#[component]
pub fn BegunEntry(page: Page, begun: Begun) -> impl IntoView {
    let Begun { cell, after, badge } = begun;
    let key = DraftKey::New(cell);
    let editing = Editing { key, after };
    let SyncBadge { words, text, elsewhere } = badge;
    let waits = text.is_some();
    let shown = match text {
        Some(text) => view! {
            <p class="draft-here">
                {words} <span class="waiting-text">"○" <bdi>{text.body}</bdi></span>
            </p>
        }
        .into_any(),
        None if elsewhere => view! { <p class="draft-here">{words} <Choices page editing /></p> }.into_any(),
        None => view! {
            <button
                type="button"
                class="draft-here"
                tabindex="-1"
                on:click=move |_| page.open(editing)
            >
                {words}
            </button>
        }
        .into_any(),
    };
    let open = move || page.editing.with(|editing| editing.is_some_and(|editing| editing.key == key));
    view! {
        <li class="begun" hidden=move || !waits && open()>
            {shown}
        </li>
    }
}

/// What can be done with a draft from another machine.
#[component]
fn Choices(page: Page, editing: Editing) -> impl IntoView {
    let discard = move |_| {
        if let (Some(sheet), Some(discarded)) = (page.sheet_id(), draft_sync::discard(page, editing.key)) {
            offer_back(sheet, editing.key, discarded, text::DRAFT_DISCARDED.to_owned(), true);
        }
    };
    view! {
        <button type="button" class="quiet" on:click=move |_| page.open(editing)>
            {text::GO_ON}
        </button>
        <button type="button" class="quiet" on:click=discard>
            {text::THROW_AWAY}
        </button>
    }
}

impl Page {
    /// The draft is one of this sheet, and its entry or cell is not on it.
    pub fn has_lost(self, sheet: renkei_domain::SheetId, key: DraftKey) -> bool {
        self.sheet_id() == Some(sheet) && self.cell_of(key).is_none()
    }
}

/// A draft in words: its text.
pub fn words_of(draft: &Draft) -> String {
    draft.merged.clone().unwrap_or_else(|| draft.outline.clone())
}
