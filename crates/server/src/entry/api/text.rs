//! What a person writes of an entry: body, notes, scenes.

use crate::api::scalars::{self, CareScene, NoteKind};
use async_graphql::{InputObject, SimpleObject};
use renkei_domain::{self as domain, EntryText};

/// 注記：取組の下の1行。印は含みません。
/// A line under an entry, without its mark.
#[derive(SimpleObject)]
pub struct Note {
    /// 種類。
    /// Its kind.
    kind: NoteKind,
    /// 文（印は含みません）。例 「年2回」
    /// Its text, without the mark.
    text: String,
    /// 「*」の下の「・」なら1、ほかは0。
    /// 1 for a DOT under an ASTERISK, else 0.
    depth: u8,
}

pub fn notes(text: &EntryText) -> Vec<Note> {
    let note =
        |note: &domain::Note| Note { kind: note.kind.into(), text: note.text.clone(), depth: note.depth };
    text.notes.iter().map(note).collect()
}

/// 取組の文。
/// What a person writes of an entry.
#[derive(SimpleObject)]
#[graphql(name = "EntryText")]
pub struct StoredText {
    /// 本文（○は含みません）。
    /// The text after ○.
    body: String,
    /// 注記。
    /// The lines under it, in order.
    notes: Vec<Note>,
    /// 明示した場面。
    /// Scenes of its own.
    explicit_scenes: Vec<CareScene>,
}

impl From<EntryText> for StoredText {
    fn from(text: EntryText) -> Self {
        let (notes, explicit_scenes) = (notes(&text), scalars::scenes(text.explicit_scenes));
        StoredText { body: text.body, notes, explicit_scenes }
    }
}

/// 注記の入力。
/// A note to store.
#[derive(InputObject)]
pub struct NoteInput {
    /// 種類（例 ASTERISK は「*」）。
    /// Its kind.
    kind: NoteKind,
    /// 印を除いた1行、2,000文字まで。
    /// One line without its mark, at most 2,000 characters.
    text: String,
    /// 「*」の下の「・」なら1。
    /// 1 for a DOT under an ASTERISK.
    #[graphql(default_with = "Some(0)")]
    depth: Option<i32>,
}

pub fn text(body: String, notes: Vec<NoteInput>, explicit_scenes: Vec<CareScene>) -> EntryText {
    let note = |note: NoteInput| domain::Note {
        kind: note.kind.into(),
        text: note.text,
        // A depth that is none is as wrong as one that is too great, and refused with it.
        depth: u8::try_from(note.depth.unwrap_or_default()).unwrap_or(u8::MAX),
    };
    EntryText {
        body,
        notes: notes.into_iter().map(note).collect(),
        explicit_scenes: scalars::scene_set(explicit_scenes),
    }
}
