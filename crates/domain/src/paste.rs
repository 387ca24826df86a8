//! What comes in as text from elsewhere: from Excel, Word, a mail, or this page. It becomes outlines, in which a person
//! sees what is body and what is a note before anything is saved.
//!
//! Lines are opened by the marks of [`marks`]. A round one is an entry; a dot is a note, and an entry where no line has a
//! mark of an entry and the first one has a dot; a number is one if it is the next one, else a dot with the number as text;
//! a letter is a dot with the letter as text.
//!
//! A line without a mark goes on with the text before it, unless that has ended (。) or a blank line stands between: then
//! it is a dot. A mark that nothing follows is layout. Tabs become a full-width space. Nothing else is left out, added or
//! changed.

use crate::{
    Note, NoteKind, fields, limits, marks,
    outline::{self, OutlineFault, is_layout},
};
use std::borrow::Cow;

/// The cells of a plain text that is pasted onto a cell, row by row; one text is one cell.
///
/// Beside cells (`has_html`: beside the text stands html without a table) every spreadsheet, word processor and browser
/// has them as a table of html. A text beside html without a table is therefore one text, whatever tabs it has.
///
/// Without html, tabs stand between cells if
/// - each line has as many of them, as a spreadsheet writes its rows (blank lines at the end do not count), and
/// - one of them stands behind more than white space and a line's mark, where lists and mails have their tabs.
///
/// "○日時<tab>令和8年3月6日" may be both, two columns and a text. It is read as cells: where only plain text passes, as from
/// a remote desktop or a virtual browser, cells could not be pasted otherwise, whereas a text can be pasted into the
/// editor, which knows no cells. Cells are shown before they are added.
pub fn cells(pasted: &str, has_html: bool) -> Vec<Vec<String>> {
    let block = if has_html { None } else { block(pasted) };
    block.filter(|rows| is_table(rows)).unwrap_or_else(|| vec![vec![unquoted(pasted)]])
}

/// Rows of one length, with a tab that is no layout of a line.
fn is_table(rows: &[Vec<String>]) -> bool {
    let is_blank_line = |row: &Vec<String>| row.iter().map(String::as_str).eq([""]);
    let end = rows.iter().rposition(|row| !is_blank_line(row)).map_or(0, |last| last + 1);
    let width = rows.first().map_or(0, Vec::len);
    let rows = &rows[..end];
    let has_cells = |row: &Vec<String>| {
        let (_, before) = row.split_last().unwrap_or((&String::new(), &[]));
        let before = before.iter().flat_map(|field| [field, "\t"]).collect::<String>();
        let line = with_bullet(before.trim_start_matches(is_layout));
        let text = marks::split(&line).map_or(&*line, |(_, rest)| rest);
        !text.chars().all(is_layout)
    };
    rows.iter().all(|row| row.len() == width) && rows.iter().any(has_cells)
}

/// The cells of a pasted block, row by row. None: no tab stands between cells, so that it is one text.
pub fn block(pasted: &str) -> Option<Vec<Vec<String>>> {
    let rows = fields::rows(pasted);
    let is_block = rows.iter().any(|row| row.fields.len() > 1);
    is_block.then(|| {
        let own = |row: fields::Row<'_>| row.fields.into_iter().map(|field| field.into_owned()).collect();
        rows.into_iter().map(own).collect()
    })
}

/// A pasted text without the quotes that Excel puts round a cell with line breaks, and without its doubled ones.
pub fn unquoted(pasted: &str) -> String {
    if !pasted.contains('"') {
        return pasted.to_owned();
    }
    let rows = fields::rows_with_own_quotes(pasted).into_iter();
    rows.map(|row| row.fields.join("\t")).collect::<Vec<_>>().join("\n")
}

/// Whether a line of a text is opened by ○ and is an entry of its own.
pub fn has_entry(text: &str) -> bool {
    outline::lines(text).any(|line| match marks::split(line.trim_start_matches(is_layout)) {
        // ○○市 stands for a name.
        Some((marks::Mark::Entry, rest)) => !rest.chars().all(is_layout) && !rest.starts_with(['○', '◯']),
        _ => false,
    })
}

/// Whether a font's letters are symbols.
pub fn is_font_of_symbols(font: &str) -> bool {
    let font = font_name(font);
    font.starts_with("wingdings") || font == "webdings" || font == "symbol"
}

fn font_name(font: &str) -> String {
    font.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\''))
        .collect::<String>()
        .to_ascii_lowercase()
}

/// What a letter of a font of symbols shows, of what opens lines. Word's files have these letters in Unicode's private
/// area, from F000 on; its html has them as they are, where only the font tells them from others.
pub fn symbol(font: &str, letter: char) -> Option<char> {
    let font = font_name(font);
    let code = match u32::from(letter) {
        code @ 0xf020..=0xf0ff => code - 0xf000,
        // As Windows writes 9F.
        0x178 => 0x9f,
        code => code,
    };
    let is_private = u32::from(letter) >= 0xf000;
    match (font.as_str(), code) {
        ("symbol", 0xb7) => Some('・'),
        ("symbol", 0xa8) => Some('◆'),
        ("symbol", 0xae | 0xde) => Some('➢'),
        ("symbol" | "wingdings2" | "wingdings3" | "webdings", _) => None,
        (font, _) if font != "wingdings" && !is_private => None,
        (_, 0x6c) => Some('●'),
        (_, 0x6d | 0xa1) => Some('○'),
        (_, 0x6e) => Some('■'),
        (_, 0x73..=0x77) => Some('◆'),
        (_, 0xa4) => Some('◉'),
        (_, 0xa7) => Some('▪'),
        (_, 0xd8 | 0xe0 | 0xe8 | 0xf0) => Some('➢'),
        (_, 0x9e | 0x9f | 0xb7) => Some('・'),
        (_, 0x6f..=0x72 | 0xa8) => Some('□'),
        (_, 0xfc) => Some('✓'),
        (_, 0xfe) => Some('☑'),
        _ => None,
    }
}

/// The mark that a letter of a font shows where it opens a line of a list. A symbol that is no mark is a dot.
/// None: it is a letter.
pub fn bullet(font: &str, letter: char) -> Option<char> {
    let is_mark = |shown: &char| marks::split(&format!("{shown} ")).is_some();
    match letter {
        _ if is_layout(letter) => None,
        // Word's circle of the second level.
        'o' if font_name(font) == "couriernew" => Some('◦'),
        // Elsewhere in the private area are a municipality's own characters, as in names.
        '\u{f020}'..='\u{f0ff}' => symbol(font, letter).filter(is_mark).or(Some('・')),
        _ if is_font_of_symbols(font) => symbol(font, letter).filter(is_mark).or(Some('・')),
        _ => None,
    }
}

/// A line that a letter of a font of symbols opens, which plain text has from Word, with the mark that it shows.
fn with_bullet(line: &str) -> Cow<'_, str> {
    let mut chars = line.chars();
    match chars.next().and_then(|first| bullet("", first)) {
        Some(mark) if chars.as_str().starts_with(is_layout) => format!("{mark}{}", chars.as_str()).into(),
        _ => line.into(),
    }
}

/// The entries of a pasted text, each as its outline.
pub fn entries(pasted: &str) -> Vec<String> {
    let lines = read(&unquoted(pasted));
    let opener = opener(&lines);
    let mut outlines: Vec<Outline> = Vec::new();
    for line in &lines {
        let opens = line.mark.opens(opener);
        match outlines.last_mut() {
            Some(last) if !opens => last.add(line),
            // A ○ with nothing behind it is layout.
            Some(last) if !last.has_body => *last = Outline::begun(&line.rest),
            _ => outlines.push(Outline::begun(if opens { &line.rest } else { &line.whole })),
        }
    }
    outlines.into_iter().filter(|outline| outline.has_body).map(|outline| outline.text).collect()
}

/// Body and notes of each entry of a pasted text.
pub fn texts(pasted: &str) -> Result<Vec<(String, Vec<Note>)>, OutlineFault> {
    entries(pasted).iter().map(|outline| outline::parse(outline)).collect()
}

/// What a pasted text changes in an open outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pasted {
    /// These bytes of the outline are replaced by a text.
    Text { start: usize, end: usize, text: String },
    /// Several entries, each as its outline.
    Entries(Vec<String>),
}

/// Pastes a text in place of a selection (bytes of the outline, at characters' borders).
///
/// At the start of a line the pasted mark takes the place of the line's own, so that there are never two. Within a line
/// a text of one line is put in as it is. Entries that would stand behind another one's text are [`Pasted::Entries`].
pub fn into_outline(outline: &str, start: usize, end: usize, pasted: &str) -> Pasted {
    let pasted = unquoted(pasted);
    let lines = read(&pasted);
    let Some((first, rest)) = lines.split_first() else {
        return Pasted::Text { start, end, text: String::new() };
    };
    let line_start = outline[..start].rfind('\n').map_or(0, |at| at + 1);
    let before = &outline[line_start..start];
    let own = read_line(before, false);
    let has_body = outline::read(&outline[..line_start]).iter().any(|line| !line.text.is_empty());
    let is_at_start = before.chars().all(is_layout) || own.mark != Mark::None && own.rest.is_empty();
    let after = outline[end..].lines().next().unwrap_or_default();
    if !has_body && is_at_start && (after.chars().all(is_layout) || own.mark == Mark::None) {
        // The body is pasted, and what belongs to it. It may stand before a mark that is there already.
        let mut entries = entries(&pasted);
        let skipped = if own.mark == Mark::None { after.len() - without_mark(after).len() } else { 0 };
        return match entries.len() {
            1 => Pasted::Text { start: line_start, end: end + skipped, text: entries.remove(0) },
            0 => Pasted::Text { start, end, text: String::new() },
            _ => Pasted::Entries(entries),
        };
    }
    let has_entries = lines.iter().any(|line| line.mark == Mark::Entry);
    if has_entries && (is_at_start && has_body || !rest.is_empty()) {
        return Pasted::Entries(entries(&pasted));
    }
    let start = if is_at_start && has_body { line_start - 1 } else { start };
    let mut changed = Outline::resumed(&outline[..start]);
    if is_at_start && has_body {
        if first.mark == Mark::None && own.mark != Mark::None {
            changed.add(&Line { mark: own.mark, rest: first.whole.clone(), ..first.clone() });
        } else {
            changed.add(first);
        }
    } else if rest.is_empty() || is_at_start || first.mark == Mark::None {
        changed.push(if is_at_start { &first.rest } else { &first.whole });
    } else {
        changed.add(first);
    }
    for line in rest {
        changed.add(line);
    }
    Pasted::Text { start, end, text: changed.text.split_off(start) }
}

/// What opens a pasted line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Entry,
    Asterisk,
    Dot,
    /// ①, which is counted anew wherever it stands.
    Circled,
    /// (1): a number if it is the next one.
    Number(usize),
    /// ア）: the text keeps it.
    Letter,
    None,
}

#[derive(Clone, Debug)]
struct Line {
    mark: Mark,
    /// Without the mark.
    rest: String,
    whole: String,
    /// A blank line stands before it.
    is_apart: bool,
}

/// The lines that show something.
fn read(pasted: &str) -> Vec<Line> {
    let mut is_apart = false;
    let mut read = Vec::new();
    for line in outline::lines(pasted) {
        let is_blank = line.chars().all(is_layout);
        if !is_blank {
            read.push(read_line(line, is_apart));
        }
        is_apart = is_blank;
    }
    read
}

fn read_line(line: &str, is_apart: bool) -> Line {
    let whole = with_bullet(line.trim());
    let whole = &*whole;
    let (mark, rest) = split_mark(whole.trim_start_matches(is_layout));
    let rest = if mark == Mark::None { whole } else { rest.trim_start_matches(is_layout) };
    let shown = |text: &str| text.replace('\t', "\u{3000}");
    Line { mark, rest: shown(rest), whole: shown(whole), is_apart }
}

/// A line without the mark of an entry in front.
fn without_mark(line: &str) -> &str {
    let trimmed = line.trim_start_matches(is_layout);
    match split_mark(trimmed) {
        (Mark::Entry, rest) => rest,
        _ => line,
    }
}

fn split_mark(line: &str) -> (Mark, &str) {
    match marks::split(line) {
        Some((marks::Mark::Entry, rest)) => (Mark::Entry, rest),
        // ● alone is a text, as in an evaluation, and so is a number or a letter with nothing behind it.
        Some((marks::Mark::Round(_) | marks::Mark::Number(_) | marks::Mark::Letter, rest))
            if rest.chars().all(is_layout) =>
        {
            (Mark::None, line)
        }
        Some((marks::Mark::Round(_), rest)) => (Mark::Entry, rest),
        Some((marks::Mark::Asterisk, rest)) => (Mark::Asterisk, rest),
        Some((marks::Mark::Dot(_), rest)) => (Mark::Dot, rest),
        Some((marks::Mark::Circled(_), rest)) => (Mark::Circled, rest),
        Some((marks::Mark::Number(number), rest)) => (Mark::Number(number), rest),
        Some((marks::Mark::Letter, rest)) => (Mark::Letter, rest),
        None => (Mark::None, line),
    }
}

/// What opens entries beside ○: a dot or a number, where nothing else does and the text begins with one. A number alone
/// counts nothing, and is the text's.
fn opener(lines: &[Line]) -> Mark {
    let first = lines.first().map_or(Mark::None, |line| line.mark);
    let numbers = lines.iter().filter(|line| line.mark.is_number()).count();
    let opens = first == Mark::Dot || first.is_number() && numbers > 1;
    if opens && lines.iter().all(|line| line.mark != Mark::Entry) { first } else { Mark::Entry }
}

impl Mark {
    fn is_number(self) -> bool {
        matches!(self, Mark::Circled | Mark::Number(_))
    }

    fn opens(self, opener: Mark) -> bool {
        self == Mark::Entry
            || self == Mark::Dot && opener == Mark::Dot
            || self.is_number() && opener.is_number()
    }
}

/// An outline that lines are added to.
struct Outline {
    text: String,
    has_body: bool,
    numbers: usize,
    under_asterisk: bool,
    /// A mark whose text has not come yet.
    waiting: Option<Mark>,
}

impl Outline {
    fn begun(body: &str) -> Self {
        let has_body = !body.chars().all(is_layout);
        Self { text: format!("○{body}"), has_body, numbers: 0, under_asterisk: false, waiting: None }
    }

    /// Goes on with what stands there.
    fn resumed(outline: &str) -> Self {
        let lines = outline::read(outline);
        let mut resumed = Self::begun("");
        resumed.has_body = lines.iter().any(|line| !line.text.is_empty());
        for line in &lines {
            match line.reading {
                outline::LineReading::Note { kind, depth } => {
                    resumed.numbers += usize::from(kind == NoteKind::Numbered);
                    resumed.under_asterisk = kind == NoteKind::Asterisk || depth == 1;
                }
                outline::LineReading::Blank => resumed.under_asterisk = false,
                _ => {}
            }
        }
        resumed.text = outline.to_owned();
        resumed
    }

    fn add(&mut self, line: &Line) {
        let waiting = self.waiting.take();
        let (mark, rest) = match (line.mark, waiting) {
            (Mark::None, Some(waiting)) => (waiting, &line.whole),
            (mark, _) => (mark, &line.rest),
        };
        if rest.is_empty() {
            self.waiting = Some(mark);
        } else if !self.has_body {
            // As long as the body is empty, any mark is text.
            self.push(&line.whole);
        } else {
            self.add_note(mark, rest, line);
        }
    }

    fn add_note(&mut self, mark: Mark, rest: &str, line: &Line) {
        let (kind, text) = match mark {
            Mark::Asterisk => (NoteKind::Asterisk, rest),
            Mark::Dot => (NoteKind::Dot, rest),
            Mark::Circled => (NoteKind::Numbered, rest),
            Mark::Number(number) if number == self.numbers + 1 && number <= limits::NOTES => {
                (NoteKind::Numbered, rest)
            }
            Mark::None if !line.is_apart && !self.has_ended() => {
                self.text.push('\n');
                return self.push(&line.whole);
            }
            _ => (NoteKind::Dot, line.whole.as_str()),
        };
        self.numbers += usize::from(kind == NoteKind::Numbered);
        let is_dot = kind == NoteKind::Dot;
        if is_dot && self.under_asterisk && line.is_apart {
            self.text.push('\n');
        }
        self.under_asterisk = kind == NoteKind::Asterisk || is_dot && self.under_asterisk && !line.is_apart;
        self.text.push('\n');
        self.text.push_str(&outline::mark(kind, self.numbers));
        self.push(text);
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.has_body |= !text.is_empty();
    }

    /// The last sentence is complete.
    fn has_ended(&self) -> bool {
        self.text.trim_end().ends_with(['。', '．', '！', '？', '!', '?', '」', '』', '）', ')', '】'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one_text(pasted: &str) -> bool {
        cells(pasted, false) == [[unquoted(pasted)]]
    }

    #[test]
    fn tabs_that_lay_out_a_line_are_not_between_cells() {
        for list in [
            "●\t研修会を開催した。\r\n●\t協議会を開催した。\r\n",
            "1.\t研修会\r\n2.\t協議会",
            "-\t研修会\n-\t協議会",
            "ア）\t研修会\nイ）\t協議会",
            " ○\t研修会",
            "\t●\t研修会\n\t●\t協議会",
            "\u{f06c}\t研修会\n\u{f06c}\t協議会",
            "○研修会\r\n\t*年2回\r\n\t*対象：医師\r\n",
            "\t○研修会\n\t○協議会",
            "\t\t○研修会\n\t\t○協議会",
        ] {
            assert!(is_one_text(list), "{list:?}");
        }
        assert_eq!(
            entries("●\t研修会を開催した。\r\n●\t協議会を\t開催した。"),
            ["○研修会を開催した。", "○協議会を\u{3000}開催した。"]
        );
        assert_eq!(entries("○研修会\r\n\t*年2回\r\n\t*対象：医師"), ["○研修会\n*年2回\n*対象：医師"]);
    }

    #[test]
    fn a_text_with_tabs_has_lines_of_any_length() {
        assert!(is_one_text("お世話になります。\n○日時\t令和8年3月6日\n○場所\t本庄市役所"));
        assert!(is_one_text("○日時\t\t3月6日\n○場所\t本庄市役所"));
        assert!(is_one_text("○一つ\n○二つ"));
        assert!(is_one_text(""));
    }

    #[test]
    fn rows_of_one_length_are_cells_unless_html_says_otherwise() {
        let pasted = "○日時\t令和8年3月6日\r\n○場所\t本庄市役所\r\n\r\n";
        let rows = cells(pasted, false);
        assert_eq!(rows[..2], [["○日時", "令和8年3月6日"], ["○場所", "本庄市役所"]]);
        assert_eq!(cells(pasted, true), [[pasted]]);
        assert_eq!(
            cells("○一つ\t\"○二つ\n*注\"\r\n\t三つ\r\n", false),
            [["○一つ", "○二つ\n*注"], ["", "三つ"]]
        );
        assert_eq!(cells("\t○一つ\n●\t○二つ\nA\t", false).len(), 3);
    }

    #[test]
    fn letters_of_fonts_of_symbols_are_the_marks_that_they_show() {
        for (letter, mark) in [('l', '●'), ('n', '■'), ('u', '◆'), ('Ø', '➢'), ('§', '▪'), ('¡', '○')]
        {
            assert_eq!(symbol("Wingdings", letter), Some(mark));
            assert_eq!(bullet("wingdings", letter), Some(mark));
            assert_eq!(symbol("Century", letter), None);
            assert_eq!(bullet("", letter), None);
            let private = char::from_u32(u32::from(letter) + 0xf000).unwrap();
            assert_eq!(bullet("", private), Some(mark));
        }
        assert_eq!(bullet("Symbol", '·'), Some('・'));
        assert_eq!(bullet("", '\u{f0b7}'), Some('・'));
        // These letters are Greek there.
        assert_eq!(symbol("Symbol", 'l'), None);
        // A tick, and a circle of Word's second level.
        assert_eq!((symbol("Wingdings", 'ü'), bullet("Wingdings", 'ü')), (Some('✓'), Some('・')));
        assert_eq!((symbol("Courier New", 'o'), bullet("Courier New", 'o')), (None, Some('◦')));
        assert_eq!(bullet("Wingdings", '\u{a0}'), None);
    }

    #[test]
    fn every_bullet_is_a_mark() {
        for letter in ('\u{20}'..='\u{ff}').chain(['Ÿ']) {
            for font in ["Wingdings", "Symbol", "Webdings", "Courier New"] {
                let line = bullet(font, letter).map(|mark| format!("{mark} 研修会"));
                assert!(line.is_none_or(|line| marks::split(&line).is_some()), "{font} {letter:?}");
            }
        }
    }

    #[test]
    fn a_letter_of_the_private_area_opens_a_line() {
        assert_eq!(entries("\u{f06c}\t研修会\n\u{f0d8} 協議会"), ["○研修会", "○協議会"]);
        assert_eq!(entries("○研修会\n\u{f0fc}\t年2回"), ["○研修会\n・年2回"]);
        assert_eq!(entries("\u{f06c}研修会"), ["○\u{f06c}研修会"]);
        assert_eq!(entries("\u{e000}　太郎"), ["○\u{e000}　太郎"]);
    }

    #[test]
    fn names_and_titles_are_no_entries() {
        assert!(has_entry("はじめに\r\n　○研修会"));
        for text in ["○○市の取組", "■一覧", "○", "令和8年度", "○ \n●研修会"] {
            assert!(!has_entry(text), "{text:?}");
        }
    }
}
