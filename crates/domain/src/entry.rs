//! An entry (取組): one ○ bullet, its notes and scenes.

use crate::{SceneSet, limits, text::is_blank};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoteKind {
    /// *
    Asterisk,
    /// ①
    Numbered,
    /// ・
    Dot,
}

/// A line under an entry, without its mark. Depth 1 is a dot that stands under an asterisk, all else is 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    pub kind: NoteKind,
    pub text: String,
    pub depth: u8,
}

/// What a person writes: body, notes, explicit scenes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryText {
    pub body: String,
    pub notes: Vec<Note>,
    pub explicit_scenes: SceneSet,
}

/// Why a text is no entry's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    #[error("本文を入力してください。")]
    EmptyBody,
    #[error("{n}番目の注記が空です。文を入れるか、行を消してください。", n = .0 + 1)]
    EmptyNote(usize),
    #[error("本文は{max}文字までです（今は{chars}文字）。取組を分けるか、注記に移してください。", max = limits::BODY_CHARS)]
    LongBody { chars: usize },
    #[error("注記は{max}文字までです（{n}番目は{chars}文字）。", max = limits::NOTE_CHARS, n = .index + 1)]
    LongNote { index: usize, chars: usize },
    #[error("注記は{max}個までです（今は{count}個）。", max = limits::NOTES)]
    ManyNotes { count: usize },
    #[error("本文は1行で書いてください（改行や制御文字は使えません）。")]
    BodyLine,
    #[error("注記は1行ずつ書いてください（{n}番目に改行や制御文字があります）。", n = .0 + 1)]
    NoteLine(usize),
    #[error("{n}番目の注記の深さが正しくありません。深さ1は「*」の下の「・」だけです。", n = .0 + 1)]
    Depth(usize),
}

impl TextFault {
    /// A matter of length; all else is a matter of form.
    pub fn too_long(&self) -> bool {
        matches!(self, Self::LongBody { .. } | Self::LongNote { .. } | Self::ManyNotes { .. })
    }

    /// The input's field that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::EmptyBody | Self::LongBody { .. } | Self::BodyLine => "body",
            _ => "notes",
        }
    }
}

impl EntryText {
    /// The characters of body and notes together.
    pub fn chars(&self) -> usize {
        let texts = std::iter::once(&self.body).chain(self.notes.iter().map(|note| &note.text));
        texts.map(|text| text.chars().count()).sum()
    }

    /// The text as it is stored: white space at the ends of body and notes, which stands beside a mark and is layout,
    /// is left off; all else stays to the character.
    pub fn checked(mut self) -> Result<Self, TextFault> {
        trim(&mut self.body);
        if is_blank(&self.body) {
            return Err(TextFault::EmptyBody);
        }
        if !is_line(&self.body) {
            return Err(TextFault::BodyLine);
        }
        let chars = self.body.chars().count();
        if chars > limits::BODY_CHARS {
            return Err(TextFault::LongBody { chars });
        }
        if self.notes.len() > limits::NOTES {
            return Err(TextFault::ManyNotes { count: self.notes.len() });
        }
        let mut under_asterisk = false;
        for (index, note) in self.notes.iter_mut().enumerate() {
            trim(&mut note.text);
            if is_blank(&note.text) {
                return Err(TextFault::EmptyNote(index));
            }
            if !is_line(&note.text) {
                return Err(TextFault::NoteLine(index));
            }
            let chars = note.text.chars().count();
            if chars > limits::NOTE_CHARS {
                return Err(TextFault::LongNote { index, chars });
            }
            match (note.kind, note.depth) {
                (NoteKind::Asterisk, 0) => under_asterisk = true,
                (NoteKind::Dot, 1) if under_asterisk => {}
                (NoteKind::Dot | NoteKind::Numbered, 0) => under_asterisk = false,
                _ => return Err(TextFault::Depth(index)),
            }
        }
        Ok(self)
    }
}

fn trim(text: &mut String) {
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        *text = trimmed.to_owned();
    }
}

/// One line: no line break of any script, no control character but the tab.
fn is_line(text: &str) -> bool {
    !text.chars().any(|c| (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}'))
}
