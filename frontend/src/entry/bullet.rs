//! One entry as the sheet shows it: its ○, its text with links and hits, the scene mark, its notes.

use super::inline::{Link, Links, Run, runs, split_tail};
use crate::{
    handout,
    route::Route,
    sheet::{
        focus,
        page::Page,
        store::{EntryState, Head, Known},
    },
    text::sheet as text,
};
use leptos::prelude::*;
use renkei_domain::{CareScene, EntryId, FiscalYear, NoteKind, SceneSet, outline};
use std::sync::Arc;

/// An entry of a cell. Its text is rendered again when it changes, or when what the search marks in it does.
pub fn bullet(page: Page, head: &Arc<Head>, id: EntryId) -> AnyView {
    let Some(state) = page.state(id) else { return ().into_any() };
    let EntryState { entry, shown, needle, drafted, cell } = state;
    let head = head.clone();
    let about = {
        let (entry, head) = (entry.clone(), head.clone());
        move || entry.with(|known| about(&head, known))
    };
    let contents = move || contents(&head, cell, &entry.get(), &needle.get());
    view! {
        <li
            class="entry"
            class:cut=move || page.cut.get() == Some(id)
            id=focus::entry_id(id)
            data-entry=id.to_string()
            tabindex="-1"
            hidden=move || !shown.get()
            aria-labelledby=body_id(id)
            aria-description=about
        >
            <span class="handle" aria-hidden="true">
                "○"
            </span>
            {contents}
            {move || drafted.get().then(|| view! { <p class="draft-here">{text::DRAFT_HERE}</p> })}
        </li>
    }
    .into_any()
}

fn body_id(id: EntryId) -> String {
    format!("body-{id}")
}

fn about(head: &Head, entry: &Known) -> String {
    let owner = entry.owner_id().and_then(|owner| head.organization(owner));
    text::about_entry(owner.map(|owner| owner.name.as_str()))
}

fn contents(head: &Head, cell: usize, entry: &Known, needle: &str) -> AnyView {
    let (row, column) = head.place(cell);
    let column = &head.columns[column];
    let year = column.facet.governing_year(column.fiscal_year);
    let (codes, handouts) = (head.item_codes(), head.handouts());
    let links = Links { item_codes: &codes, handouts: &handouts };
    let render = |runs: Vec<Run<'_>>| runs.iter().map(|run| shown_run(head, year, run)).collect_view();
    let (start, tail) = split_tail(runs(&entry.body, &links, needle));
    let badge = entry.owner_id().and_then(|owner| head.organization(owner)).map(|owner| {
        let name = owner.short_name.clone();
        view! { <span class="owner">{name}</span> }
    });
    let notes = outline::marked(&entry.notes).map(|(mark, note)| {
        let mark = if note.kind == NoteKind::Asterisk { "＊".to_owned() } else { mark };
        let class = if note.depth == 0 { "note" } else { "note deeper" };
        view! {
            <li class=class>
                <span class="note-mark">{mark}</span>
                {render(runs(&note.text, &links, needle))}
            </li>
        }
    });
    let notes = (!entry.notes.is_empty()).then(|| view! { <ul class="notes">{notes.collect_view()}</ul> });
    view! {
        <p class="body" id=body_id(entry.id)>
            {badge}
            {render(start)}
            {scenes(render(tail).into_any(), entry.explicit_scenes, head.items[row].scenes)}
        </p>
        {notes}
    }
    .into_any()
}

/// The scene mark behind the text's last letters, with the explicit scenes in words. The first word stays with the mark.
fn scenes(tail: AnyView, explicit: SceneSet, item: SceneSet) -> AnyView {
    let word = |scene: CareScene| {
        view! { <b class="scene-word" data-scene=scene.code() aria-hidden="true">{scene.short_name()}</b> }
    };
    let mut words = explicit.iter().map(word);
    view! {
        <span class="tail">
            {tail} <span class="scenes" role="img" aria-label=text::scenes(explicit)>
                <i class=mark_class(explicit, item)></i>
                {words.next()}
            </span>
        </span>
        {words.collect_view()}
    }
    .into_any()
}

/// Which of the mark's four boxes are filled (explicit), hollow (inherited); the others are faint.
fn mark_class(explicit: SceneSet, item: SceneSet) -> String {
    let (kind, scenes) = if explicit.is_empty() { ('i', item) } else { ('x', explicit) };
    scenes.iter().fold("mark4".to_owned(), |mut class, scene| {
        class.extend([' ', kind, char::from(b'1' + scene as u8)]);
        class
    })
}

fn shown_run(head: &Head, year: FiscalYear, run: &Run<'_>) -> AnyView {
    let words = run.text.to_owned();
    let words = if run.hit { view! { <mark>{words}</mark> }.into_any() } else { words.into_any() };
    let href = match run.link {
        None => return words,
        Some(Link::Item(code)) => format!("#{}", focus::item_id(code)),
        Some(Link::Handout(number)) => {
            format!("{}#{}", Route::Handouts(head.region.id, year).path(), handout::anchor(number))
        }
    };
    view! {
        <a href=href tabindex="-1">
            {words}
        </a>
    }
    .into_any()
}
