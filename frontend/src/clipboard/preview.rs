//! What a paste would add and where, shown before it is asked for. All of it is added, or nothing.

use super::{ClipboardEntry, paste};
use crate::{
    entry::{mutation::Input, objection_to_cell, owner_name},
    sheet::{page::Page, store::CellKey},
    sync::DraftKey,
    text::clipboard as words,
    ui::Dialog,
};
use leptos::prelude::*;
use renkei_domain::{CareScene, EntryId, EntryText, OrganizationId, outline};

/// Entries by the cell that they are added to, in the order in which they are added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastePreview {
    pub cells: Vec<PreviewCell>,
    /// What of the clipboard is left out, or is read otherwise than it looked.
    pub notice: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PreviewCell {
    /// None: beyond the table's edge.
    pub cell: Option<CellKey>,
    /// （ウ）・令和8年度の計画
    place: String,
    /// The entry below which the first one is to stand; none: at the end.
    pub after: Option<EntryId>,
    pub entries: Vec<PreviewEntry>,
    /// Why nothing can be added here.
    fault: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PreviewEntry {
    pub text: EntryText,
    pub owner: Option<OrganizationId>,
    /// Why it cannot be added.
    fault: Option<String>,
}

impl PastePreview {
    /// Adds what a cell of the clipboard holds; a cell that holds nothing is left as it is.
    pub fn add(
        &mut self,
        page: Page,
        target: Option<usize>,
        after: Option<EntryId>,
        entries: Result<Vec<ClipboardEntry>, String>,
    ) {
        let Some(head) = page.head_now() else { return };
        let (entries, unread) = match entries {
            Ok(entries) => (entries, None),
            Err(fault) => (Vec::new(), Some(fault)),
        };
        if entries.is_empty() && unread.is_none() {
            return;
        }
        let cell = target.and_then(|cell| page.cell_key(cell));
        let place = cell.map_or_else(|| words::BEYOND.to_owned(), |cell| page.place(DraftKey::New(cell)));
        let fault = match target {
            Some(cell) => unread.or_else(|| objection_to_cell(&head, cell)),
            None => Some(words::OUTSIDE.to_owned()),
        };
        let entries = entries.into_iter().map(|entry| {
            let ClipboardEntry { body, notes, explicit_scenes, owner } = entry;
            let checked = EntryText { body, notes, explicit_scenes };
            let fault = checked.clone().checked().err().map(|fault| fault.to_string());
            let owner = target.and_then(|cell| paste::owner(page, cell, owner));
            PreviewEntry { text: checked, owner, fault }
        });
        self.cells.push(PreviewCell { cell, place, after, entries: entries.collect(), fault });
    }

    pub fn count(&self) -> usize {
        self.cells.iter().map(|cell| cell.entries.len()).sum()
    }

    fn has_fault(&self) -> bool {
        self.cells.iter().any(|cell| {
            cell.fault.is_some()
                || cell.cell.is_none()
                || cell.entries.iter().any(|entry| entry.fault.is_some())
        })
    }
}

/// Shows what is about to be pasted.
#[component]
pub fn PreviewDialog(page: Page) -> impl IntoView {
    let open = Signal::derive(move || page.pasting.with(Option::is_some));
    let title = Signal::derive(move || {
        page.pasting.with(|preview| {
            preview.as_ref().map_or_else(String::new, |preview| {
                words::preview_title(preview.count(), preview.cells.len())
            })
        })
    });
    let on_close = move |()| page.pasting.set(None);
    view! {
        <Dialog open title=move || title.get() on_close class="paste-preview">
            <Preview page />
        </Dialog>
    }
}

#[component]
fn Preview(page: Page) -> impl IntoView {
    let add = move |_| {
        let Some(preview) = page.pasting.get_untracked().filter(|preview| !preview.has_fault()) else {
            return;
        };
        page.pasting.set(None);
        page.create_many(preview.cells.iter().flat_map(|cell| inputs(page, cell)).collect());
    };
    let preview = move || page.pasting.get();
    let notice = move || preview().and_then(|preview| preview.notice.clone());
    view! {
        <p>{words::SEVERAL_HINT}</p>
        {move || notice().map(|notice| view! { <p class="trouble">{notice}</p> })}
        <div class="paste-cells">
            {move || preview().map(|preview| {
                preview.cells.iter().map(|cell| shown_cell(page, cell)).collect_view()
            })}
        </div>
        <div class="actions">
            <button
                type="button"
                class="button main"
                autofocus
                disabled=move || preview().is_none_or(|preview| preview.has_fault())
                on:click=add
            >
                {move || words::add(preview().map_or(0, |preview| preview.count()))}
            </button>
            <button
                type="button"
                class="button"
                on:click=move |_| page.pasting.set(None)
            >
                {crate::text::CANCEL}
            </button>
        </div>
    }
}

/// Each entry's part of the request.
fn inputs(page: Page, cell: &PreviewCell) -> Vec<Input> {
    let Some(key) = cell.cell else { return Vec::new() };
    // Somebody else may have taken it away meanwhile.
    let order = page.number(key).map(|number| page.order(number)).unwrap_or_default();
    let after_entry_id = cell.after.filter(|after| order.contains(after));
    let input = |entry: &PreviewEntry| {
        let input = Input { owner_id: entry.owner, after_entry_id, ..Input::default() };
        input.with_cell(key).with_text(entry.text.clone())
    };
    cell.entries.iter().map(input).collect()
}

fn shown_cell(page: Page, cell: &PreviewCell) -> impl IntoView + use<> {
    let fault = cell.fault.clone().map(|fault| view! { <p class="trouble">{fault}</p> });
    let entries = cell.entries.iter().map(|entry| shown_entry(page, entry)).collect_view();
    view! {
        <section>
            <h3>{cell.place.clone()}</h3>
            {fault}
            <ul class="paste-entries">{entries}</ul>
        </section>
    }
}

fn shown_entry(page: Page, entry: &PreviewEntry) -> impl IntoView + use<> {
    let notes: Vec<_> = outline::marked(&entry.text.notes)
        .map(|(mark, note)| {
            let class = if note.depth == 0 { "note" } else { "note deeper" };
            view! {
                <li class=class>
                    <span class="note-mark">{mark}</span>
                    <bdi>{note.text.clone()}</bdi>
                </li>
            }
        })
        .collect();
    let scenes: Vec<_> = entry
        .text
        .explicit_scenes
        .iter()
        .map(|scene: CareScene| {
            view! { <b class="scene-word" data-scene=scene.code()>{scene.short_name()}</b> }
        })
        .collect();
    let owner = page.head_now().map(|head| owner_name(&head, entry.owner).to_owned());
    let fault = entry.fault.clone().map(|fault| view! { <p class="trouble">{fault}</p> });
    view! {
        <li>
            <p>
                <span class="handle" aria-hidden="true">
                    "○"
                </span>
                <bdi>{entry.text.body.clone()}</bdi>
                {scenes}
                <span class="paste-owner">{owner}</span>
            </p>
            {(!notes.is_empty()).then(|| view! { <ul class="notes">{notes}</ul> })}
            {fault}
        </li>
    }
}
