//! What the sheet says of entries beside their text: a draft is here or on another machine, something waits to be sent.

use super::{Draft, DraftKey, Editing, copies, draft, mutation::Operation, outbox};
use crate::{
    sheet::{page::Page, store::CellKey},
    storage,
    text::sheet as text,
    ui::SetIfNew,
};
use leptos::prelude::*;
use renkei_domain::{EntryId, EntryText};
use std::sync::Arc;

/// Of an entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remark {
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
    remark: Remark,
}

/// From now on it is said, and what of it has changed anew. Once, when the sheet's page is made.
pub fn follow(page: Page) {
    Effect::new(move |before: Option<Vec<EntryId>>| {
        storage::changes().track();
        outbox::held().track();
        copies::use_elsewhere().track();
        // As entries come and go.
        page.touched.track();
        untrack(|| put(page, remarks(page), before.unwrap_or_default()))
    });
}

fn remarks(page: Page) -> Vec<(DraftKey, Remark)> {
    let Some(sheet) = page.head_now().map(|head| head.id) else { return Vec::new() };
    let mut remarks: Vec<(DraftKey, Remark)> = Vec::new();
    let mut say = |key: DraftKey, words: String, elsewhere: bool, text: Option<EntryText>| {
        // Of one entry the last is said, with the last text. New ones are all said.
        let known = remarks.iter_mut().find(|(other, _)| *other == key && matches!(key, DraftKey::Entry(_)));
        match known {
            Some((_, remark)) => {
                let text = text.or(remark.text.take());
                *remark = Remark { words, text, elsewhere };
            }
            None => remarks.push((key, Remark { words, text, elsewhere })),
        }
    };
    for other in copies::elsewhere(sheet) {
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
    remarks
}

/// Puts it where it is shown, and takes away what is no longer said; the entries of which something is said.
fn put(page: Page, remarks: Vec<(DraftKey, Remark)>, before: Vec<EntryId>) -> Vec<EntryId> {
    let mut begun = Vec::new();
    let mut shown = Vec::new();
    for (key, remark) in remarks {
        match key {
            DraftKey::Entry(id) => {
                shown.push(id);
                if let Some(state) = page.state(id) {
                    state.remark.set_if_new(Some(Arc::new(remark)));
                }
            }
            DraftKey::New(cell) => begun.push(Begun { cell, remark }),
        }
    }
    for id in before.into_iter().filter(|id| !shown.contains(id)) {
        if let Some(state) = page.state(id) {
            state.remark.set_if_new(None);
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
pub fn EntryRemark(page: Page, id: EntryId, remark: Arc<Remark>) -> impl IntoView {
    let choices = remark.elsewhere.then(|| view! { <Choices page key=DraftKey::Entry(id) /> });
    view! { <p class="draft-here">{remark.words.clone()} {choices}</p> }
}

/// Below a cell's entries.
#[component]
pub fn BegunEntries(page: Page, cell: CellKey) -> impl IntoView {
    let key = DraftKey::New(cell);
    let shown = move |begun: &Begun, open: bool| {
        let Remark { words, text, elsewhere } = begun.remark.clone();
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
        <button type="button" class="quiet" on:click=move |_| copies::discard(page, key)>
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
