//! One entry as the sheet shows it: its ○, its text with links and hits, the scene mark, its notes.

use super::{
    inline::{Link, Links, Run, runs, split_tail},
    remark::remark,
};
use crate::{
    handout,
    routes::Route,
    sheet::{
        focus,
        page::Page,
        store::{Head, Known},
    },
    text::sheet as text,
    view::{El, Value, el, live, text_node},
};
use leptos::prelude::*;
use renkei_domain::{CareScene, EntryId, FiscalYear, NoteKind, SceneSet, outline};
use std::sync::Arc;
use web_sys::Node;

/// An entry of a cell. Its text is rendered again when it changes, or when what the search marks in it does.
pub fn bullet(page: Page, head: &Arc<Head>, id: EntryId) -> El {
    let bullet = el("li")
        .class("entry")
        .attr("id", focus::entry_id(id))
        .attr("data-entry", id.to_string())
        .attr("tabindex", "-1")
        .attr("aria-labelledby", body_id(id))
        .child(el("span").class("handle").attr("aria-hidden", "true").child("○"));
    let Some(state) = page.state(id) else { return bullet };
    let (head, element, shown) = (head.clone(), bullet.element().clone(), state.clone());
    let contents = live(move || {
        let (entry, said) = (state.entry.get(), state.remark.get());
        let waiting = said.as_ref().and_then(|said| said.text.as_ref());
        let entry = waiting.map_or(entry.clone(), |text| entry.with_text(text));
        about(&head, &entry).set(&element, "aria-description");
        let said = said.map(|said| remark(page, id, &said));
        (contents(&head, state.cell.get_value(), &entry, &state.needle.get()), said)
    });
    bullet.live_attr("hidden", move || !shown.shown.get()).child(contents)
}

fn body_id(id: EntryId) -> String {
    format!("body-{id}")
}

/// What a screen reader says beside the text.
fn about(head: &Head, entry: &Known) -> String {
    let owner = entry.owner.and_then(|owner| head.organization(owner));
    text::about_entry(owner.map(|owner| owner.name.as_str()))
}

fn contents(head: &Head, cell: usize, entry: &Known, needle: &str) -> Vec<El> {
    let (row, column) = head.place(cell);
    // A moment before the table is made anew, the cell may be one that only the new one has.
    let (Some(item), Some(column)) = (head.items.get(row), head.columns.get(column)) else {
        return Vec::new();
    };
    let year = column.facet.governing_year(column.fiscal_year);
    let (codes, handouts) = (head.item_codes(), head.handouts());
    let links = Links { item_codes: &codes, handouts: &handouts };
    let render = |runs: &[Run<'_>]| runs.iter().map(|run| shown_run(head, year, run)).collect::<Vec<_>>();
    let (start, tail) = split_tail(runs(&entry.body, &links, needle));
    let owner = entry.owner.and_then(|owner| head.organization(owner));
    let badge = owner.map(|owner| el("span").class("owner").child(owner.short_name.as_str()));
    let body = el("p").class("body").attr("id", body_id(entry.id)).child(badge).child(render(&start));
    let mut contents = vec![with_scenes(body, render(&tail), entry.explicit_scenes, item.scenes)];
    if !entry.notes.is_empty() {
        let notes = outline::marked(&entry.notes).map(|(mark, note)| {
            let mark = if note.kind == NoteKind::Asterisk { "＊" } else { mark.as_str() };
            el("li")
                .class(if note.depth == 0 { "note" } else { "note deeper" })
                .child(el("span").class("note-mark").child(mark))
                .child(render(&runs(&note.text, &links, needle)))
        });
        contents.push(el("ul").class("notes").child(notes.collect::<Vec<_>>()));
    }
    contents
}

/// The text's last letters and the scene mark behind them, with the explicit scenes in words. The first word stays with
/// the mark.
fn with_scenes(body: El, tail: Vec<Node>, explicit: SceneSet, item: SceneSet) -> El {
    let word = |scene: CareScene| {
        el("b")
            .class("scene-word")
            .attr("data-scene", scene.code())
            .attr("aria-hidden", "true")
            .child(scene.short_name())
    };
    let mut words = explicit.iter().map(word);
    let mark = el("span")
        .class("scenes")
        .attr("role", "img")
        .attr("aria-label", text::scenes(explicit))
        .child(el("i").class(&mark_class(explicit, item)))
        .child(words.next());
    body.child(el("span").class("tail").child(tail).child(" ").child(mark)).child(words.collect::<Vec<_>>())
}

/// Which of the mark's four boxes are filled (explicit), hollow (inherited); the others are faint.
fn mark_class(explicit: SceneSet, item: SceneSet) -> String {
    let (kind, scenes) = if explicit.is_empty() { ('i', item) } else { ('x', explicit) };
    scenes.iter().fold("mark4".to_owned(), |mut class, scene| {
        class.extend([' ', kind, char::from(b'1' + scene as u8)]);
        class
    })
}

fn shown_run(head: &Head, year: FiscalYear, run: &Run<'_>) -> Node {
    let link = run.link.map(|link| {
        let href = match link {
            Link::Item(code) => format!("#{}", focus::item_id(code)),
            Link::Handout(number) => handout_address(head, year, number),
        };
        el("a").attr("href", href).attr("tabindex", "-1")
    });
    match (link, run.hit) {
        (Some(link), true) => link.child(el("mark").child(run.text)).into(),
        (Some(link), false) => link.child(run.text).into(),
        (None, true) => el("mark").child(run.text).into(),
        (None, false) => text_node(run.text),
    }
}

/// Where a handout of a year's sheet stands in the list.
pub fn handout_address(head: &Head, year: FiscalYear, number: u32) -> String {
    format!("{}#{}", Route::Handouts(head.region.id, year).path(), handout::anchor(number))
}
