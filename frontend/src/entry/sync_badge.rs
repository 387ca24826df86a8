//! What the sheet says of entries beside their text: a draft is here or on another machine, something waits to be sent.

use super::{Editing, mutation::Operation};
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
    badge: SyncBadge,
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

fn badges(page: Page) -> Vec<(DraftKey, SyncBadge)> {
    let Some(sheet) = page.head_now().map(|head| head.id) else { return Vec::new() };
    let mut badges: Vec<(DraftKey, SyncBadge)> = Vec::new();
    let mut say = |key: DraftKey, words: String, elsewhere: bool, text: Option<EntryText>| {
        // Of one entry the last is said, with the last text. New ones are all said.
        let known = badges.iter_mut().find(|(other, _)| *other == key && matches!(key, DraftKey::Entry(_)));
        match known {
            Some((_, badge)) => {
                let text = text.or(badge.text.take());
                *badge = SyncBadge { words, text, elsewhere };
            }
            None => badges.push((key, SyncBadge { words, text, elsewhere })),
        }
    };
    for other in draft_sync::elsewhere(sheet) {
        say(other.key, text::elsewhere(other.draft.at), true, None);
    }
    // What is on its way for a moment needs no word.
    for (_, op) in outbox::all().into_iter().filter(|(_, op)| op.sheet == sheet && outbox::waits(op)) {
        if let Some(key) = op.key() {
            say(key, waits(op.operation).to_owned(), false, op.text());
        }
    }
    for key in draft::all(sheet) {
        let words = if matches!(key, DraftKey::Entry(_)) { text::DRAFT_HERE } else { text::NEW_DRAFT_HERE };
        say(key, words.to_owned(), false, None);
    }
    badges
}

/// Puts it where it is shown, and takes away what is no longer said; the entries of which something is said.
fn put(page: Page, badges: Vec<(DraftKey, SyncBadge)>, before: Vec<EntryId>) -> Vec<EntryId> {
    let mut begun = Vec::new();
    let mut shown = Vec::new();
    for (key, badge) in badges {
        match key {
            DraftKey::Entry(id) => {
                shown.push(id);
                if let Some(state) = page.state(id) {
                    state.badge.set_if_new(Some(Arc::new(badge)));
                }
            }
            DraftKey::New(cell) => begun.push(Begun { cell, badge }),
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
        Operation::Move => text::WAITS_TO_MOVE,
        Operation::Assign => text::WAITS_TO_ASSIGN,
        Operation::Delete => text::WAITS_TO_DELETE,
    }
}

/// Below an entry's text.
#[component]
pub fn EntryBadge(page: Page, id: EntryId, badge: Arc<SyncBadge>) -> impl IntoView {
    let choices = badge.elsewhere.then(|| view! { <Choices page key=DraftKey::Entry(id) /> });
    view! { <p class="draft-here">{badge.words.clone()} {choices}</p> }
}

/// Below a cell's entries.
#[component]
pub fn BegunEntries(page: Page, cell: CellKey) -> impl IntoView {
    let key = DraftKey::New(cell);
    let shown = move |begun: &Begun, open: bool| {
        let SyncBadge { words, text, elsewhere } = begun.badge.clone();
        match text {
            Some(text) => Some(
                view! {
                    <p class="draft-here">
                        {words} <span class="waiting-text">"○" <bdi>{text.body}</bdi></span>
                    </p>
                }
                .into_any(),
            ),
            None if open => None,
            None if elsewhere => {
                Some(view! { <p class="draft-here">{words} <Choices page key /></p> }.into_any())
            }
            None => Some(
                view! {
                    <button
                        type="button"
                        class="draft-here"
                        tabindex="-1"
                        on:click=move |_| page.editing.set(Some(Editing { key, after: None }))
                    >
                        {words}
                    </button>
                }
                .into_any(),
            ),
        }
    };
    move || {
        let open = page.editing.with(|editing| editing.is_some_and(|editing| editing.key == key));
        page.begun.with(|begun| {
            let here = begun.iter().filter(|begun| begun.cell == cell);
            here.filter_map(|begun| shown(begun, open)).collect_view()
        })
    }
}

/// What can be done with a draft from another machine.
#[component]
fn Choices(page: Page, key: DraftKey) -> impl IntoView {
    view! {
        <button
            type="button"
            class="quiet"
            on:click=move |_| page.editing.set(Some(Editing { key, after: None }))
        >
            {text::GO_ON}
        </button>
        <button type="button" class="quiet" on:click=move |_| draft_sync::discard(page, key)>
            {text::THROW_AWAY}
        </button>
    }
}

impl Page {
    /// The draft is one of this sheet, and its entry or cell is not on it.
    pub fn has_lost(self, sheet: renkei_domain::SheetId, key: DraftKey) -> bool {
        self.head_now().is_some_and(|head| head.id == sheet) && self.cell_of(key).is_none()
    }
}

/// A draft in words: its text.
pub fn words_of(draft: &Draft) -> String {
    draft.merged.clone().unwrap_or_else(|| draft.outline.clone())
}
