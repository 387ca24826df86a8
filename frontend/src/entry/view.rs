//! One entry as the sheet shows it: its ○, its text with links and hits, the scene mark, its notes.

use super::{
    inline::{Link, Links, Run, runs, split_tail},
    sync_badge::EntryBadge,
};
use crate::{
    handout,
    routes::Route,
    sheet::{
        focus,
        page::Page,
        store::{EntryState, Head, Known},
    },
    text::sheet as text,
};
use leptos::{either::Either, prelude::*};
use renkei_domain::{CareScene, EntryId, FiscalYear, NoteKind, SceneSet, SearchTerms, outline};
use std::sync::Arc;

/// An entry of a cell. Its text is rendered again when it changes, or when what the search marks in it does.
#[component]
pub fn EntryView(
    page: Page,
    head: Arc<Head>,
    cell: usize,
    id: EntryId,
    state: Arc<EntryState>,
) -> impl IntoView {
    // Four parts follow signals, and no more: there may be thousands of entries.
    let (told, shown) = (state.clone(), state.clone());
    let about = {
        let head = head.clone();
        move || {
            let owner = told.entry.with(|entry| entry.owner);
            text::about_entry(
                owner.and_then(|owner| head.organization(owner)).map(|owner| owner.name.as_str()),
            )
        }
    };
    let contents = move || {
        let (entry, said, aside) = (state.entry.get(), state.badge.get(), state.aside.get());
        let waiting = said.as_ref().and_then(|said| said.text.as_ref());
        let entry = waiting.map_or(entry.clone(), |text| entry.with_text(text));
        let said = said.map(|badge| view! { <EntryBadge page id badge /> });
        let aside = aside.then(|| view! { <p class="aside">{text::NOT_ADMITTED}</p> });
        (entry_text(&head, cell, &entry, &state.needle.get()), said, aside)
    };
    view! {
        <li
            class="entry"
            class:cut=move || page.is_cut(id)
            id=focus::entry_id(id)
            data-entry=id.to_string()
            tabindex="-1"
            aria-labelledby=body_id(id)
            aria-description=about
            hidden=move || !shown.shown.get()
        >
            <span class="handle" aria-hidden="true">
                "○"
            </span>
            {contents}
        </li>
    }
}

fn body_id(id: EntryId) -> String {
    format!("body-{id}")
}

/// Body and notes. What people wrote stands in isolation, so that its direction is its own.
fn entry_text(head: &Head, cell: usize, entry: &Known, needle: &SearchTerms) -> impl IntoView + use<> {
    let (row, column) = head.place(cell);
    let column = &head.columns[column];
    let year = column.facet.governing_year(column.fiscal_year);
    let codes = head.item_codes();
    let links = Links { item_codes: &codes, handouts: &head.region.handouts };
    let shown = |runs: Vec<Run<'_>>| runs.iter().map(|run| shown_run(head, year, run)).collect::<Vec<_>>();
    let (start, tail) = split_tail(runs(&entry.body, &links, needle));
    let marked = if tail.is_empty() { "marked-text free" } else { "marked-text" };
    let owner = entry.owner.and_then(|owner| head.organization(owner));
    let owner = owner.map(|owner| view! { <bdi class="owner">{owner.short_name.clone()}</bdi> });
    let notes = outline::marked(&entry.notes).map(|(mark, note)| {
        let mark = if note.kind == NoteKind::Asterisk { "＊".to_owned() } else { mark };
        view! {
            <li class=if note.depth == 0 { "note" } else { "note deeper" }>
                <span class="note-mark">{mark}</span>
                <bdi>{shown(runs(&note.text, &links, needle))}</bdi>
            </li>
        }
    });
    let notes =
        (!entry.notes.is_empty()).then(|| view! { <ul class="notes">{notes.collect::<Vec<_>>()}</ul> });
    let (item, explicit) = (head.items[row].scenes, entry.explicit_scenes);
    let mut words = explicit.iter().map(scene_word);
    let first = words.next();
    // The text's last letter, the mark and the first word stay together.
    view! {
        <p class="body" id=body_id(entry.id)>
            {owner}
            <span class=marked>
                <bdi>
                    {shown(start)}
                    <span class="tail">{shown(tail)}</span>
                </bdi>
                " "
                <span class="scenes" role="img" aria-label=text::scenes(explicit) data-tip=text::mark_tip(explicit, item)>
                    <i class=mark_class(explicit, item)></i>
                    {first}
                </span>
            </span>
            {words.collect::<Vec<_>>()}
        </p>
        {notes}
    }
}

/// An explicit scene in words.
fn scene_word(scene: CareScene) -> impl IntoView {
    view! {
        <b class="scene-word" data-scene=scene.code() aria-hidden="true">
            {scene.short_name()}
        </b>
    }
}

/// Which of the mark's four boxes are filled (explicit), hollow (inherited); the others are faint.
fn mark_class(explicit: SceneSet, item: SceneSet) -> String {
    let (kind, scenes) = if explicit.is_empty() { ('i', item) } else { ('x', explicit) };
    scenes.iter().fold("mark4".to_owned(), |mut class, scene| {
        class.extend([' ', kind, char::from(b'1' + scene as u8)]);
        class
    })
}

fn shown_run(head: &Head, year: FiscalYear, run: &Run<'_>) -> impl IntoView + use<> {
    let text = run.text.to_owned();
    let text = if run.hit { Either::Left(view! { <mark>{text}</mark> }) } else { Either::Right(text) };
    let href = run.link.map(|link| match link {
        Link::Item(code) => format!("#{}", focus::item_id(code)),
        Link::Handout(number) => handout_address(head, year, number),
    });
    match href {
        Some(href) => Either::Left(view! {
            <a href=href tabindex="-1">
                {text}
            </a>
        }),
        None => Either::Right(text),
    }
}

/// Where a handout of a year's sheet stands in the list.
pub fn handout_address(head: &Head, year: FiscalYear, number: u32) -> String {
    format!("{}#{}", Route::Handouts(head.region.id, year).path(), handout::anchor(number))
}
