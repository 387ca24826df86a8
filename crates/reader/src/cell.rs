//! A cell's entries and notes.

use super::html::{Bit, Break, Edge};
use renkei_domain::outline::{Mark, circled_number};
use renkei_domain::{EntryText, Note, NoteKind, limits, text::is_blank};

/// The entries of a cell, in order; or why not.
///
/// An entry begins at ○, wherever the tags are; text in front of the first ○ is an entry too. A note belongs to the
/// entry before it. Whether a mark is one or belongs to the text is told by what stands before it, see [`Before`].
pub fn read(bits: Vec<Bit>) -> Result<Vec<EntryText>, String> {
    let mut cell = Cell::default();
    for bit in bits {
        match bit {
            Bit::Edge(Edge::TextStart) => cell.in_text = true,
            Bit::Edge(Edge::TextEnd) => {
                cell.in_text = false;
                cell.before.edge = true;
            }
            Bit::Char(c) if cell.in_text => cell.of_text(c),
            Bit::Char(c) if c.is_whitespace() => cell.white_space(c),
            Bit::Char(c) if is_zero_width(c) => cell.zero_width(c),
            Bit::Char(c) => cell.visible(c),
            Bit::Break(kind) => cell.line_break(kind),
            Bit::Edge(_) => cell.before.edge = true,
        }
    }
    cell.end_text();
    if cell.entries.len() > limits::ENTRIES_PER_CELL {
        return Err(format!("1つのセルの取組は{}個までです。", limits::ENTRIES_PER_CELL));
    }
    // A ○ with nothing to see behind it, as forms have it, is layout.
    let is_layout = |entry: &EntryText| is_blank(&entry.body) && entry.notes.is_empty();
    let entries = cell.entries.into_iter().filter(|entry| !is_layout(entry)).enumerate();
    entries
        .map(|(index, entry)| entry.checked().map_err(|fault| format!("{}番目の取組：{fault}", index + 1)))
        .collect()
}

#[derive(Default)]
struct Cell {
    entries: Vec<EntryText>,
    before: Before,
    /// Whether a dot here stands under an asterisk.
    under_asterisk: bool,
    /// Numbered notes of the last entry.
    numbers: usize,
    /// A line ended, which is white space if the text goes on.
    line_ended: bool,
    /// Within `<bdi>`.
    in_text: bool,
    /// Bytes of the last text that are its own, whatever they show: those that stood in `<bdi>`.
    kept: usize,
    /// `<br>`s and newlines since the last character: two of a kind are a blank line.
    breaks: [usize; 2],
}

/// What stands before a character.
#[derive(Clone, Copy, Default)]
struct Before {
    place: Place,
    /// A tag within the line stands between the two.
    edge: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    LineStart,
    /// A mark, whose text has not begun.
    Mark,
    WhiteSpace,
    /// 。 or ） and the like: what follows may begin anew.
    Closing,
    /// ：
    Colon,
    Word,
}

impl Before {
    /// Whether a mark here opens an entry or a note. A number in the middle of a line must be the `next` one, or it
    /// would be printed as another (○①の結果 ②の結果).
    fn opens(self, mark: Mark, number: Option<usize>, next: usize) -> bool {
        let apart = self.edge || matches!(self.place, Place::LineStart | Place::WhiteSpace | Place::Closing);
        match (mark, self.place) {
            (_, Place::Mark) => false,
            (Mark::Note(NoteKind::Dot), place) => {
                matches!(place, Place::LineStart | Place::WhiteSpace | Place::Colon)
            }
            (Mark::Note(NoteKind::Numbered), Place::LineStart) => true,
            (Mark::Note(NoteKind::Numbered), place) => {
                (apart || place == Place::Colon) && number == Some(next)
            }
            _ => apart,
        }
    }

    fn after(c: char) -> Self {
        let place = match c {
            '。' | '．' | '！' | '？' | '!' | '?' | '）' | ')' | '」' | '』' | '】' | '〉' | '》' | '］'
            | ']' | '〕' | '；' | ';' => Place::Closing,
            '：' | ':' => Place::Colon,
            _ => Place::Word,
        };
        Before { place, edge: false }
    }
}

impl Cell {
    fn visible(&mut self, c: char) {
        self.end_breaks();
        match Mark::of(c).filter(|mark| self.opens(*mark, c)) {
            Some(Mark::Entry) => self.open_entry(),
            Some(Mark::Note(kind)) => self.open_note(kind),
            None => {
                self.separate_lines();
                self.text().push(c);
                self.before = Before::after(c);
            }
        }
    }

    /// A blank line ends what stands under an asterisk.
    fn end_breaks(&mut self) {
        let blank_line = std::mem::take(&mut self.breaks).into_iter().any(|breaks| breaks > 1);
        self.under_asterisk &= !blank_line;
    }

    /// Any character is text here.
    fn of_text(&mut self, c: char) {
        self.end_breaks();
        self.separate_lines();
        let text = self.text();
        text.push(c);
        self.kept = text.len();
        self.before = Before::after(c);
    }

    /// What stands between a text's end and the next mark is layout.
    fn end_text(&mut self) {
        if !self.entries.is_empty() {
            let kept = std::mem::take(&mut self.kept);
            let text = self.text();
            let end = text.trim_end_matches(is_layout).len().max(kept);
            text.truncate(end);
        }
    }

    fn opens(&self, mark: Mark, c: char) -> bool {
        match self.entries.last() {
            None => mark == Mark::Entry,
            // As long as the body is empty, any mark is text; but a ○ on the next line is the next one's.
            Some(entry) if entry.body.is_empty() => {
                mark == Mark::Entry && self.before.place == Place::LineStart
            }
            Some(_) => self.before.opens(mark, circled_number(c), self.numbers + 1),
        }
    }

    fn open_entry(&mut self) {
        self.end_text();
        self.entries.push(EntryText::default());
        self.under_asterisk = false;
        self.numbers = 0;
        self.opened();
    }

    fn open_note(&mut self, kind: NoteKind) {
        self.end_text();
        self.numbers += usize::from(kind == NoteKind::Numbered);
        let depth = u8::from(kind == NoteKind::Dot && self.under_asterisk);
        self.under_asterisk = kind == NoteKind::Asterisk || depth == 1;
        if let Some(entry) = self.entries.last_mut() {
            entry.notes.push(Note { kind, text: String::new(), depth });
        }
        self.opened();
    }

    fn opened(&mut self) {
        self.before = Before { place: Place::Mark, edge: false };
        self.line_ended = false;
    }

    /// White space beside a mark is layout, elsewhere it is text; that at the end is left off when all is read.
    fn white_space(&mut self, c: char) {
        self.extend_text(c);
        if matches!(self.before.place, Place::Closing | Place::Colon | Place::Word) {
            self.before = Before { place: Place::WhiteSpace, edge: false };
        }
    }

    /// Nobody sees it, so it changes nothing for what follows.
    fn zero_width(&mut self, c: char) {
        self.extend_text(c);
    }

    fn line_break(&mut self, kind: Break) {
        self.in_text = false;
        self.line_ended = true;
        self.before = Before::default();
        match kind {
            Break::Tag => self.breaks[0] += 1,
            Break::Newline => self.breaks[1] += 1,
            Break::Block => {}
        }
    }

    fn extend_text(&mut self, c: char) {
        if !self.entries.is_empty() && !self.text().is_empty() {
            self.text().push(c);
        }
    }

    /// Between two lines of one text there is white space: a space, if there is none.
    fn separate_lines(&mut self) {
        if std::mem::take(&mut self.line_ended) {
            let text = self.text();
            if !text.is_empty() && !text.ends_with(char::is_whitespace) {
                text.push(' ');
            }
        }
    }

    /// Where text goes: the last note, or the body, or an entry that has no ○.
    fn text(&mut self) -> &mut String {
        if self.entries.is_empty() {
            self.entries.push(EntryText::default());
        }
        let last = self.entries.len() - 1;
        let EntryText { body, notes, .. } = &mut self.entries[last];
        notes.last_mut().map_or(body, |note| &mut note.text)
    }
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

pub fn is_layout(c: char) -> bool {
    c.is_whitespace() || is_zero_width(c)
}
