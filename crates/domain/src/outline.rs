//! The outline that staff type: ○ entry, * note, ①… numbered, ・ dot. Parser and printer are inverse to each other.
//!
//! ```text
//! ○連携の研修会を開催した。
//! *日時：R8/3/6（予定）
//! *対象者：
//! ・医療関係者          (a dot under an asterisk)
//!                       (a blank line ends that)
//! ・アンケートは別紙    (a dot of its own)
//! ①講演                (numbers are counted, whatever was typed)
//! ```
//!
//! Only the first mark of a line is one; what follows belongs to the text, and so does any mark as long as the body is
//! empty. A line without a mark continues the text before it, joined by a space. White space at a line's ends is layout.

use crate::{EntryText, Note, NoteKind, SceneSet, TextFault};

/// Why an outline is not one entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutlineFault {
    /// Another entry begins, on this line (counted from 1).
    #[error("取組は1つずつ保存します。2つ目の○は「下に追加」で書いてください。")]
    SecondEntry { line: usize },
    #[error(transparent)]
    Text(#[from] TextFault),
}

/// Body and notes of the one entry that an outline holds.
pub fn parse(outline: &str) -> Result<(String, Vec<Note>), OutlineFault> {
    let mut body = String::new();
    let mut notes: Vec<Note> = Vec::new();
    for (index, line) in read(outline).into_iter().enumerate() {
        match line.reading {
            LineReading::Blank => {}
            LineReading::Body => body.push_str(line.text),
            LineReading::Note { kind, depth } => {
                notes.push(Note { kind, text: line.text.to_owned(), depth });
            }
            LineReading::Continued => {
                continue_text(notes.last_mut().map_or(&mut body, |note| &mut note.text), line.text);
            }
            LineReading::SecondEntry => return Err(OutlineFault::SecondEntry { line: index + 1 }),
        }
    }
    let text = EntryText { body, notes, explicit_scenes: SceneSet::EMPTY }.checked()?;
    Ok((text.body, text.notes))
}

/// What a line of an outline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineReading {
    Blank,
    /// The body begins, with or without its ○.
    Body,
    Note {
        kind: NoteKind,
        depth: u8,
    },
    /// It goes on with the text before it.
    Continued,
    /// Another entry would begin.
    SecondEntry,
}

/// A line, and its text without the mark and the white space at its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub reading: LineReading,
    pub text: &'a str,
}

/// The lines of an outline, in order.
pub fn read(outline: &str) -> Vec<Line<'_>> {
    let (mut has_begun, mut has_body) = (false, false);
    // Whether a dot here stands under an asterisk.
    let mut under_asterisk = false;
    lines(outline)
        .map(str::trim)
        .map(|line| {
            if line.is_empty() {
                under_asterisk = false;
                return Line { reading: LineReading::Blank, text: line };
            }
            let (mark, text) = split_mark(line);
            let read = match mark {
                Some(Mark::Entry) if !has_begun => Line { reading: LineReading::Body, text },
                _ if !has_body => Line { reading: LineReading::Body, text: line },
                Some(Mark::Entry) => Line { reading: LineReading::SecondEntry, text },
                Some(Mark::Note(kind)) => {
                    let depth = u8::from(kind == NoteKind::Dot && under_asterisk);
                    under_asterisk = kind == NoteKind::Asterisk || depth == 1;
                    Line { reading: LineReading::Note { kind, depth }, text }
                }
                None => Line { reading: LineReading::Continued, text: line },
            };
            has_begun = true;
            has_body |= !read.text.is_empty();
            read
        })
        .collect()
}

/// A line with another mark, or with none.
pub fn with_mark(line: &str, kind: Option<NoteKind>) -> String {
    let line = line.trim();
    let text = match split_mark(line) {
        (Some(Mark::Note(_)), text) => text,
        _ => line,
    };
    kind.map_or_else(|| text.to_owned(), |kind| mark(kind, 1) + text)
}

/// The outline of an entry, one line each for the body and every note, without a line break at the end.
pub fn print(body: &str, notes: &[Note]) -> String {
    let mut outline = format!("○{body}");
    let mut under_asterisk = false;
    for (mark, note) in marked(notes) {
        outline.push('\n');
        if note.kind == NoteKind::Dot && note.depth == 0 && under_asterisk {
            outline.push('\n');
        }
        under_asterisk = note.kind == NoteKind::Asterisk || note.depth == 1;
        outline.push_str(&mark);
        outline.push_str(&note.text);
    }
    outline
}

/// The notes with their marks, the numbered ones counted through the entry.
pub fn marked(notes: &[Note]) -> impl Iterator<Item = (String, &Note)> {
    let mut number = 0;
    notes.iter().map(move |note| {
        number += usize::from(note.kind == NoteKind::Numbered);
        (mark(note.kind, number), note)
    })
}

/// The mark that a note is printed with; the number, from 1, is that of a numbered note.
pub fn mark(kind: NoteKind, number: usize) -> String {
    match kind {
        NoteKind::Asterisk => "*".to_owned(),
        NoteKind::Dot => "・".to_owned(),
        NoteKind::Numbered => circled(number).map_or_else(|| format!("({number})"), String::from),
    }
}

/// A character that opens an entry or a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// ○ ◯
    Entry,
    /// * ＊ ※, ① to ㊿, ・ ･
    Note(NoteKind),
}

impl Mark {
    pub fn of(c: char) -> Option<Self> {
        match c {
            '○' | '◯' => Some(Mark::Entry),
            '*' | '＊' | '※' => Some(Mark::Note(NoteKind::Asterisk)),
            '・' | '･' => Some(Mark::Note(NoteKind::Dot)),
            _ => circled_number(c).map(|_| Mark::Note(NoteKind::Numbered)),
        }
    }
}

/// ① to ㊿: 1 to 50.
pub fn circled_number(c: char) -> Option<usize> {
    let number = match c {
        '①'..='⑳' => c as u32 - '①' as u32 + 1,
        '㉑'..='㉟' => c as u32 - '㉑' as u32 + 21,
        '㊱'..='㊿' => c as u32 - '㊱' as u32 + 36,
        _ => return None,
    };
    Some(number as usize)
}

/// 1 to 50: ① to ㊿.
pub fn circled(number: usize) -> Option<char> {
    let (first, offset) = match number {
        1..=20 => ('①', number - 1),
        21..=35 => ('㉑', number - 21),
        36..=50 => ('㊱', number - 36),
        _ => return None,
    };
    char::from_u32(first as u32 + offset as u32)
}

/// A line's mark and the text behind it, without the white space between. What stands before the mark and is drawn as
/// nothing is layout.
fn split_mark(line: &str) -> (Option<Mark>, &str) {
    let mut chars = line.trim_start_matches(is_layout).chars();
    match chars.next().and_then(Mark::of) {
        Some(mark) => (Some(mark), chars.as_str().trim_start()),
        None => (None, line),
    }
}

/// White space, zero-width spaces and joiners, the soft hyphen: at a mark they are layout.
pub(crate) fn is_layout(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// A line break inside a text is white space.
fn continue_text(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line);
}

/// Lines, whatever ends them: pasted text brings every kind of break.
pub(crate) fn lines(outline: &str) -> impl Iterator<Item = &str> {
    outline
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .flat_map(|line| line.split(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']))
}
