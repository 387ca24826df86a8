//! A sheet's table as HTML, shared by the formats that are made of it: scenes as boxes, headings, entries with their data.

use super::document::{Document, Entry, Line, Row, day_of};
use crate::sheet::Column;
use maud::{Markup, html};
use renkei_domain::{CareScene, NoteKind, SceneSet};

/// The first column's heading.
pub fn item_heading(document: &Document) -> Markup {
    html! {
        (document.item_heading)
        @if let Some(footnote) = &document.item_footnote { " " small { "*" (footnote) } }
    }
}

pub fn heading(column: &Column) -> Markup {
    html! {
        (column.heading)
        @if let Some(day) = day_of(column) { " " span.day { "（" (day) "）" } }
        @if let Some(footnote) = &column.footnote { " " small { "*" (footnote) } }
    }
}

/// Code, title and scenes of an item.
pub fn item(row: &Row) -> Markup {
    html! {
        div.title { (row.mark()) " " (row.title) }
        @if !row.scenes.is_empty() {
            div.scenes {
                @for pair in pairs(row.scenes) {
                    div { @for scene in pair { span.scene { (scene.name()) } " " } }
                }
            }
        }
    }
}

/// Scenes as the paper has them: two boxes beside each other, and two below.
pub fn pairs(scenes: SceneSet) -> Vec<Vec<CareScene>> {
    let scenes: Vec<CareScene> = scenes.iter().collect();
    scenes.chunks(2).map(<[CareScene]>::to_vec).collect()
}

/// An entry with what is known of it beside its text.
pub fn entry(entry: &Entry) -> Markup {
    html! {
        div.entry
            data-id=(entry.id)
            data-version=(entry.version)
            data-scenes=(codes(entry.text.explicit_scenes))
            data-owner=[entry.owner.as_ref().map(|owner| owner.id)]
            data-owner-name=[entry.owner.as_ref().map(|owner| &owner.name)]
        {
            @for line in entry.lines() {
                @if line.apart { br; }
                (self::line(&line))
            }
            @if let Some(owner) = entry.owner_line() { div.owner { (owner) } }
        }
    }
}

/// A line; its mark hangs before it.
fn line(line: &Line<'_>) -> Markup {
    let kind = line.note.map(|note| note_code(note.kind));
    html! {
        @match line.note {
            None => div.body { span.mark { (line.mark) } span.text { (line.text) } },
            Some(_) => div.note.(format!("level-{}", line.level())) data-kind=[kind] data-depth=[line.note.map(|note| note.depth)] {
                span.mark { (line.mark) } span.text { (line.text) }
            },
        }
    }
}

/// The spelling of GraphQL.
pub fn note_code(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Asterisk => "ASTERISK",
        NoteKind::Numbered => "NUMBERED",
        NoteKind::Dot => "DOT",
    }
}

/// The codes of scenes, with spaces between them.
pub fn codes(scenes: SceneSet) -> String {
    scenes.iter().map(CareScene::code).collect::<Vec<_>>().join(" ")
}
