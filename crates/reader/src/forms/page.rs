//! HTML: a page's tables, as files and as clipboards of Excel, Word, LibreOffice and browsers have them.
//!
//! No tree is built: office programs leave tags open, and a table's rows and cells begin where their tags do.

use super::docx::lists::{self, ListMark, Listed};
use super::{Form, Opened, docx};
use crate::known::{Known, KnownEntry};
use crate::table::{Grid, Merged, Notice, NoticeKind, Place, Table, TableName, beginning, escaped};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use renkei_domain::paste::{is_font_of_symbols, symbol};
use renkei_domain::text::{is_blank, normalized};
use renkei_domain::{CareScene, EntryText, Facet, FiscalYear, Note, NoteKind, SceneSet};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

/// Tables of a page.
const TABLES: usize = 200;
/// Elements that are open within each other.
const OPEN: usize = 512;
/// Lines outside of the tables.
const AROUND: usize = 300;
/// Letters of a list's mark, and of a font's name.
const MARK: usize = 40;
/// Where a list counts from at most.
const START: usize = 32_767;
/// Rows and columns that one cell is joined over.
const SPAN: usize = 1_000;

pub fn open(text: &str) -> Result<Opened<'static>, String> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    // The sink never asks for a script to be run: one call takes all.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let Sink { page } = tokenizer.sink;
    let mut page = page.into_inner();
    page.end_table();
    page.end_line();
    if let Some(reason) = page.refused {
        return Err(reason);
    }
    let known = page.known.is_some().then(|| page.known.unwrap_or_default());
    Ok(Opened { form: Form::Html, tables: page.tables, known, around: page.around, notices: page.notices })
}

#[derive(Default)]
struct Sink {
    page: RefCell<Page>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.page.borrow_mut();
        if page.refused.is_none() {
            let taken = match token {
                Token::CharacterTokens(text) => {
                    page.text(&text);
                    Ok(())
                }
                Token::TagToken(tag) if tag.kind == TagKind::StartTag => page.start(&tag),
                Token::TagToken(tag) => {
                    page.end(&tag.name);
                    Ok(())
                }
                _ => Ok(()),
            };
            page.refused = taken.err();
        }
        TokenSinkResult::Continue
    }
}

/// An element that is open.
struct Element {
    name: String,
    /// White space in it is text.
    pre: bool,
    /// Nothing of it is text.
    skipped: bool,
    /// It is what an export calls an entry, or stands in one.
    is_entry: bool,
    /// It is what an export calls an entry's text.
    is_text: bool,
    /// It is hidden, so that what it says is to be told.
    hidden: bool,
    /// The font of its letters, if they are symbols.
    font: Option<String>,
    list: Option<List>,
    /// It is a mark that Word has put before a paragraph of this level.
    is_mark: bool,
    /// The level of Word's list that it is a paragraph of.
    level: Option<usize>,
}

/// A list of HTML.
struct List {
    /// How it counts; `None`: it has bullets.
    form: Option<&'static str>,
    next: usize,
}

/// A table under way. Lines and columns count from 0.
#[derive(Default)]
struct Open {
    grid: Grid,
    merged: Vec<Merged>,
    notices: Vec<Notice>,
    /// Rows that have begun.
    lines: usize,
    column: usize,
    /// Columns that a cell above still takes, and for how many rows.
    taken: HashMap<usize, usize>,
    cell: Option<Cell>,
    /// What an export says of its columns and of the row.
    columns: HashMap<usize, (Facet, FiscalYear)>,
    code: Option<String>,
}

#[derive(Default)]
struct Cell {
    text: String,
    span: usize,
    white_space: WhiteSpace,
    entry: Option<KnownEntry>,
    told: Vec<&'static str>,
    /// The mark of a line of a list, whose text has not begun.
    mark: Option<(usize, ListMark)>,
    /// Word's own mark, as far as it has been read.
    words: String,
    /// Where in the text lines of lists begin.
    listed: Vec<(usize, Listed)>,
}

/// White space that is text only if something follows on its line.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum WhiteSpace {
    /// At a line's start there is none.
    #[default]
    LineStart,
    None,
    Some,
    /// With a line break in it. Microsoft's programs break lines anywhere, others where there is a space: of the former's
    /// pages a break between Japanese characters is none (CSS Text 3, 4.1.3).
    Break,
}

#[derive(Default)]
struct Page {
    tables: Vec<Table<'static>>,
    around: Vec<String>,
    /// Of what stands outside of the tables.
    notices: Vec<Notice>,
    told_outside: Vec<&'static str>,
    line: String,
    open: Option<Open>,
    depth: usize,
    elements: Vec<Element>,
    /// Microsoft's Excel or Word has written it.
    microsoft: bool,
    /// Of a page that the export has written.
    known: Option<Known>,
    refused: Option<String>,
}

impl Page {
    fn start(&mut self, tag: &Tag) -> Result<(), String> {
        let name: &str = &tag.name;
        let attribute = |wanted: &str| {
            let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == wanted);
            found.map(|attribute| attribute.value.to_string())
        };
        if matches!(name, "html" | "meta") {
            let microsoft =
                |value: &str| value.contains("urn:schemas-microsoft-com") || value.contains("Microsoft");
            self.microsoft |= tag.attrs.iter().any(|attribute| microsoft(&attribute.value));
        }
        match name {
            "table" => self.table(&attribute)?,
            "tr" if self.depth == 1 => self.row(&attribute),
            "td" | "th" if self.depth == 1 => self.cell(&attribute)?,
            "br" => self.line_break(),
            "img" => self.tell("picture", |place| Notice::left_out(place, "画像は取り込みません。")),
            "input" => {
                let value = attribute("value").unwrap_or_default();
                if !is_blank(&value)
                    && attribute("type").is_none_or(|kind| !kind.eq_ignore_ascii_case("hidden"))
                {
                    let message = format!("入力欄の文字は取り込みません：「{}」", beginning(&value));
                    self.tell("input", |place| Notice::left_out(place, message));
                }
            }
            _ if is_block(name) => self.block(),
            _ => {}
        }
        self.of_export(name, &attribute);
        let style =
            attribute("style").unwrap_or_default().to_ascii_lowercase().replace([' ', '\n', '\r'], "");
        if matches!(name, "s" | "strike" | "del") || style.contains("line-through") {
            let message = "取り消し線の付いた文字があります。文字は取り込みます。消すものは消してください。";
            self.tell("struck", |place| Notice::taken(place, message));
        }
        if matches!(name, "rt" | "rp") {
            self.tell("readings", |place| Notice::left_out(place, "ふりがなは取り込みません。"));
        }
        if name == "small" {
            self.markup("<small>");
        }
        if is_void(name) || tag.self_closing {
            return Ok(());
        }
        let list = List::of(name, &attribute, &style);
        if name == "li" {
            self.item(attribute("value").and_then(|value| value.trim().parse().ok()));
        }
        if self.elements.len() == OPEN {
            // Formatting that nobody has closed goes on without end in some files.
            self.elements.remove(0);
        }
        let class = attribute("class");
        let before = self.elements.last();
        let is_entry = class.as_deref() == Some("entry") || before.is_some_and(|element| element.is_entry);
        let is_text = is_entry && class.as_deref() == Some("text");
        let pre = name == "pre"
            || is_text
            || style.contains("white-space:pre")
            || style.contains("mso-spacerun:yes")
            || before.is_some_and(|element| element.pre);
        // The sign that Word puts where a comment belongs to; what it says stands below the text.
        let is_comment = class.as_deref() == Some("msocomanchor");
        if is_comment {
            self.tell("comment", |place| Notice::left_out(place, "コメントは取り込みません。"));
        }
        let before = self.elements.last();
        let unseen = is_comment || matches!(name, "style" | "script" | "title" | "rt" | "rp" | "template");
        let is_hidden = ["display:none", "visibility:hidden", "mso-hide:all"];
        let is_hidden = attribute("hidden").is_some() || is_hidden.iter().any(|rule| style.contains(rule));
        let hidden = !unseen && (is_hidden || before.is_some_and(|element| element.hidden));
        let skipped = unseen || hidden || before.is_some_and(|element| element.skipped);
        let font = match font_of(&style).or_else(|| attribute("face")) {
            Some(font) => Some(font).filter(|font| is_font_of_symbols(font)),
            None => before.and_then(|element| element.font.clone()),
        };
        let is_mark = style.contains("mso-list:ignore") || before.is_some_and(|element| element.is_mark);
        let level = level_of(&style).or_else(|| before.and_then(|element| element.level));
        let name = name.to_owned();
        self.elements.push(Element {
            name,
            pre,
            skipped,
            is_entry,
            is_text,
            hidden,
            font,
            list,
            is_mark,
            level,
        });
        Ok(())
    }

    fn end(&mut self, name: &str) {
        if matches!(name, "li" | "ul" | "ol" | "p")
            && let Some(cell) = self.open.as_mut().and_then(|open| open.cell.as_mut())
        {
            cell.mark = None;
        }
        match name {
            "table" => {
                self.depth = self.depth.saturating_sub(1);
                match self.depth {
                    0 => self.end_table(),
                    _ => self.block(),
                }
            }
            "td" | "th" | "tr" if self.depth == 1 => self.end_cell(),
            "small" => self.markup("</small>"),
            _ if is_block(name) => self.block(),
            _ => {}
        }
        if let Some(place) = self.elements.iter().rposition(|element| element.name == name) {
            let (within, without) = (self.is_mark(), self.font());
            let level = self.elements.last().and_then(|element| element.level);
            self.elements.truncate(place);
            if within && !self.is_mark() {
                self.end_mark(level.unwrap_or(1), &without);
            }
        }
    }

    fn is_mark(&self) -> bool {
        self.elements.last().is_some_and(|element| element.is_mark)
    }

    fn font(&self) -> String {
        self.elements.last().and_then(|element| element.font.clone()).unwrap_or_default()
    }

    /// A line of a list begins; `value` is the number that it says it has.
    fn item(&mut self, value: Option<usize>) {
        let level = self.elements.iter().filter(|element| element.list.is_some()).count();
        let list = self.elements.iter_mut().rev().find_map(|element| element.list.as_mut());
        let mark = match list {
            Some(List { form: Some(form), next }) => {
                let count = value.unwrap_or(*next).min(START);
                *next = count + 1;
                let written = lists::number(form, count).unwrap_or_else(|| count.to_string());
                ListMark::Number(format!("{written}."))
            }
            _ => ListMark::Bullet('・'),
        };
        if let Some(cell) = self.open.as_mut().and_then(|open| open.cell.as_mut()) {
            cell.mark = Some((level, mark));
        }
    }

    /// Word's mark before a paragraph has been read.
    fn end_mark(&mut self, level: usize, font: &str) {
        let Some(cell) = self.open.as_mut().and_then(|open| open.cell.as_mut()) else { return };
        let words = std::mem::take(&mut cell.words);
        if !words.trim_start().starts_with(char::is_numeric)
            && let Some((mark, replaced)) = lists::bullet(&words, font)
        {
            cell.mark = Some((level, mark));
            if let Some(text) = replaced {
                let message = format!("箇条書きの記号「{text}」を「・」と読みました。");
                self.tell("list", |place| Notice::taken(place, message));
            }
        } else if !is_blank(&words) {
            cell.mark = Some((level, ListMark::Number(words.trim().to_owned())));
        }
    }

    fn table(&mut self, attribute: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
        self.depth += 1;
        if self.depth > 1 {
            let message = "セルの中に表があります。文字をつなげて読みました。";
            self.tell("table", |place| Notice::taken(place, message));
            self.block();
            return Ok(());
        }
        if self.tables.len() == TABLES {
            return Err(format!("表が多すぎます（{TABLES}個まで）。"));
        }
        self.end_line();
        self.elements.clear();
        if attribute("data-renkei").as_deref() == Some("1") {
            self.known = Some(Known { region: attribute("data-region"), ..Known::default() });
        }
        self.open = Some(Open::default());
        Ok(())
    }

    fn row(&mut self, attribute: &dyn Fn(&str) -> Option<String>) {
        self.end_cell();
        self.elements.clear();
        if let Some(open) = &mut self.open {
            open.lines += 1;
            open.column = 0;
            open.code = attribute("data-code");
            if open.lines > 1 {
                for rows in open.taken.values_mut() {
                    *rows -= 1;
                }
            }
            open.taken.retain(|_, rows| *rows > 0);
        }
        if attribute("style").is_some_and(|style| style.replace(' ', "").contains("display:none")) {
            let message = "隠れている行です。書いてあることは取り込みます。";
            let place = self.place(true);
            if let Some(open) = &mut self.open {
                open.notices.push(Notice::taken(place, message));
            }
        }
    }

    fn cell(&mut self, attribute: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
        self.end_cell();
        self.elements.clear();
        let Some(open) = &mut self.open else { return Ok(()) };
        open.lines = open.lines.max(1);
        while open.taken.contains_key(&open.column) {
            open.column += 1;
        }
        let span = |name: &str| {
            attribute(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1_usize).clamp(1, SPAN)
        };
        let (right, down) = (span("colspan"), span("rowspan"));
        if right > 1 || down > 1 {
            let (line, column) = (open.lines, open.column);
            let lines = (line, line + down - 1);
            open.merged.push(Merged { lines, columns: (column, column + right - 1) });
        }
        if open.taken.len() > 10 * SPAN || open.merged.len() > 100 * SPAN {
            return Err("結合されたセルが多すぎます。".to_owned());
        }
        if down > 1 {
            open.taken.extend((open.column..open.column + right).map(|column| (column, down)));
        }
        let facet = attribute("data-facet").and_then(|facet| Facet::from_code(&facet));
        let year = attribute("data-fiscal-year").and_then(|year| year.parse().ok()).map(FiscalYear);
        open.columns.extend(facet.zip(year).map(|column| (open.column, column)));
        open.cell = Some(Cell { span: right, ..Cell::default() });
        Ok(())
    }

    fn end_cell(&mut self) {
        self.end_entry();
        let place = self.place(false);
        let Some(open) = &mut self.open else { return };
        let Some(cell) = open.cell.take() else { return };
        let text = docx::with_marks(cell.text, &cell.listed);
        let put = open.grid.put(open.lines - 1, open.column, text);
        open.column += cell.span;
        if let Err(reason) = put {
            self.refused = Some(format!("{place}：{reason}"));
        }
    }

    fn end_table(&mut self) {
        self.end_cell();
        self.depth = 0;
        if let Some(open) = self.open.take() {
            self.tables.push(Table {
                name: TableName::Nth(self.tables.len() + 1),
                rows: open.grid.into_rows(),
                merged: open.merged.into_iter().map(|merged| within(merged, open.lines)).collect(),
                strict: false,
                hidden: false,
                notices: open.notices,
            });
        }
    }

    /// What stands outside of tables, as long as it can say what the file is.
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !is_blank(&line) && self.around.len() < AROUND {
            self.around.push(line);
        }
    }

    fn place(&self, whole_row: bool) -> Place {
        let name = TableName::Nth(self.tables.len() + 1);
        match &self.open {
            Some(open) => Place::new(&name, open.lines, if whole_row { 0 } else { open.column + 1 }),
            None => Place::default(),
        }
    }

    /// Told once a cell, and once of all that stands outside of the tables.
    fn tell(&mut self, what: &'static str, notice: impl FnOnce(Place) -> Notice) {
        let notice = notice(self.place(false));
        // Nothing is taken outside of the tables, however it is written.
        if self.open.is_none() && notice.kind == NoticeKind::Taken {
            return;
        }
        let (told, notices) = match &mut self.open {
            Some(Open { cell: Some(cell), notices, .. }) => (&mut cell.told, notices),
            Some(_) => return,
            None => (&mut self.told_outside, &mut self.notices),
        };
        if !told.contains(&what) {
            told.push(what);
            notices.push(notice);
        }
    }

    fn markup(&mut self, tag: &str) {
        if let Some(cell) = self.open.as_mut().and_then(|open| open.cell.as_mut()) {
            cell.text.push_str(tag);
        }
    }

    fn line_break(&mut self) {
        match self.open.as_mut().and_then(|open| open.cell.as_mut()) {
            Some(cell) => {
                cell.text.push_str("<br>");
                cell.white_space = WhiteSpace::LineStart;
            }
            None => self.end_line(),
        }
    }

    fn block(&mut self) {
        match self.open.as_mut().and_then(|open| open.cell.as_mut()) {
            Some(cell) => {
                cell.text.push_str("<p>");
                cell.white_space = WhiteSpace::LineStart;
            }
            None => self.end_line(),
        }
    }

    fn text(&mut self, text: &str) {
        let element = self.elements.last();
        let (pre, skipped) = element.map_or((false, false), |element| (element.pre, element.skipped));
        if skipped {
            if element.is_some_and(|element| element.hidden) && !is_blank(text) {
                let message = format!("隠れている文字は取り込みません：「{}」", beginning(text));
                self.tell("hidden", |place| Notice::left_out(place, message));
            }
            return;
        }
        let is_text = element.is_some_and(|element| element.is_text);
        let is_mark = element.is_some_and(|element| element.is_mark);
        let symbols = element.and_then(|element| element.font.clone()).filter(|_| !is_mark);
        let text: &str = &match &symbols {
            Some(font) => text.chars().map(|c| symbol(font, c).unwrap_or(c)).collect(),
            None => Cow::Borrowed(text),
        };
        let Some(open) = &mut self.open else {
            self.line.extend(text.chars().map(|c| if c.is_ascii_whitespace() { ' ' } else { c }));
            return;
        };
        let Some(cell) = &mut open.cell else {
            if !is_blank(text) {
                let place = Place::new(&TableName::Nth(self.tables.len() + 1), open.lines, 0);
                let message = format!("表のセルの外の文字は取り込みません：「{}」", beginning(text));
                open.notices.push(Notice::left_out(place, message));
            }
            return;
        };
        if is_mark {
            let left = MARK.saturating_sub(cell.words.chars().count());
            cell.words.extend(text.chars().take(left));
            return;
        }
        if let Some(entry) = cell.entry.as_mut().filter(|_| is_text) {
            let place = entry.text.notes.last_mut().map_or(&mut entry.text.body, |note| &mut note.text);
            place.push_str(text);
        }
        if pre {
            cell.flush(text.chars().next(), self.microsoft);
            cell.begin(text);
            cell.text.push_str(&escaped(text));
            return;
        }
        for (at, c) in text.char_indices() {
            if c.is_ascii_whitespace() {
                cell.white_space = match (cell.white_space, c) {
                    (WhiteSpace::LineStart, _) => WhiteSpace::LineStart,
                    (WhiteSpace::Break, _) | (_, '\n' | '\r') => WhiteSpace::Break,
                    _ => WhiteSpace::Some,
                };
                continue;
            }
            cell.flush(Some(c), self.microsoft);
            cell.begin(&text[at..]);
            match c {
                '&' => cell.text.push_str("&amp;"),
                '<' => cell.text.push_str("&lt;"),
                '>' => cell.text.push_str("&gt;"),
                c => cell.text.push(c),
            }
        }
    }

    /// What an export's page says of an entry.
    fn of_export(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        if self.known.is_none() || name != "div" {
            return;
        }
        if let Some(id) = attribute("data-id").and_then(|id| id.parse().ok()) {
            self.end_entry();
            let version = attribute("data-version").and_then(|version| version.parse().ok()).unwrap_or(0);
            let scenes = attribute("data-scenes").unwrap_or_default();
            let scenes: SceneSet = scenes.split_whitespace().filter_map(CareScene::from_code).collect();
            let text = EntryText { explicit_scenes: scenes, ..EntryText::default() };
            let entry = KnownEntry { id, version, text, owner: attribute("data-owner-name") };
            if let Some(cell) = self.open.as_mut().and_then(|open| open.cell.as_mut()) {
                cell.entry = Some(entry);
            }
            return;
        }
        let kind = match attribute("data-kind").as_deref() {
            Some("ASTERISK") => NoteKind::Asterisk,
            Some("NUMBERED") => NoteKind::Numbered,
            Some("DOT") => NoteKind::Dot,
            _ => return,
        };
        let depth = u8::from(attribute("data-depth").as_deref() == Some("1"));
        let cell = self.open.as_mut().and_then(|open| open.cell.as_mut());
        if let Some(entry) = cell.and_then(|cell| cell.entry.as_mut()) {
            entry.text.notes.push(Note { kind, text: String::new(), depth });
        }
    }

    fn end_entry(&mut self) {
        let Some(open) = &mut self.open else { return };
        let column = open.columns.get(&open.column).copied();
        let entry = open.cell.as_mut().and_then(|cell| cell.entry.take());
        let (Some(known), Some(code), Some((facet, year)), Some(mut entry)) =
            (&mut self.known, &open.code, column, entry)
        else {
            return;
        };
        let scenes = entry.text.explicit_scenes;
        if let Ok(text) = entry.text.checked() {
            entry.text = EntryText { explicit_scenes: scenes, ..text };
            known.cells.entry((normalized(code), facet, year)).or_default().push(entry);
        }
    }
}

impl Cell {
    /// Text is written: that of a list's line begins with what is seen of it.
    fn begin(&mut self, text: &str) {
        if !is_blank(text)
            && let Some((level, mark)) = self.mark.take()
        {
            self.listed.push((self.text.len(), Listed::new(level, mark, text)));
        }
    }

    /// Writes the white space that stands before a character.
    fn flush(&mut self, next: Option<char>, microsoft: bool) {
        let before = self.text.chars().next_back();
        let japanese = |c: Option<char>| c.is_some_and(|c| c >= '\u{2000}');
        match std::mem::replace(&mut self.white_space, WhiteSpace::None) {
            WhiteSpace::Some => self.text.push(' '),
            WhiteSpace::Break if !(microsoft && japanese(before) && japanese(next)) => self.text.push(' '),
            WhiteSpace::LineStart | WhiteSpace::None | WhiteSpace::Break => {}
        }
    }
}

impl List {
    fn of(name: &str, attribute: &dyn Fn(&str) -> Option<String>, style: &str) -> Option<Self> {
        if !matches!(name, "ul" | "ol" | "menu" | "dir") {
            return None;
        }
        let start = attribute("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1_usize);
        let form = match attribute("type").as_deref().map(str::trim) {
            Some("a") => "lowerLetter",
            Some("A") => "upperLetter",
            Some("i") => "lowerRoman",
            Some("I") => "upperRoman",
            _ => form_of(style),
        };
        Some(List { form: (name == "ol").then_some(form), next: start.min(START) })
    }
}

/// Rows that a cell is joined over are those that there are.
fn within(merged: Merged, lines: usize) -> Merged {
    Merged { lines: (merged.lines.0, merged.lines.1.min(lines)), ..merged }
}

/// How a style has a list count, by Word's names.
fn form_of(style: &str) -> &'static str {
    let kind = ["list-style-type:", "list-style:"].iter().find_map(|name| style.split_once(name));
    match kind.and_then(|(_, kind)| kind.split([';', '!']).next()).unwrap_or_default() {
        "lower-alpha" | "lower-latin" => "lowerLetter",
        "upper-alpha" | "upper-latin" => "upperLetter",
        "lower-roman" => "lowerRoman",
        "upper-roman" => "upperRoman",
        "katakana" => "aiueoFullWidth",
        "katakana-iroha" => "irohaFullWidth",
        "hiragana" => "hiragana",
        "cjk-ideographic" | "japanese-informal" => "japaneseCounting",
        "japanese-formal" => "japaneseLegal",
        "cjk-decimal" => "ideographDigital",
        "cjk-heavenly-stem" => "ideographTraditional",
        _ => "decimal",
    }
}

/// The first font of a style.
fn font_of(style: &str) -> Option<String> {
    let fonts = style.split(';').find_map(|rule| rule.strip_prefix("font-family:"))?;
    Some(fonts.split(',').next().unwrap_or_default().chars().take(MARK).collect())
}

/// The level in mso-list:l0 level1 lfo1.
fn level_of(style: &str) -> Option<usize> {
    let list = style.split(';').find_map(|rule| rule.strip_prefix("mso-list:"))?;
    let level = list.split_once("level")?.1;
    let end = level.find(|c: char| !c.is_ascii_digit()).unwrap_or(level.len());
    level[..end].parse().ok()
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "tr"
            | "td"
            | "th"
            | "blockquote"
            | "pre"
            | "hr"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "center"
    )
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "img"
            | "hr"
            | "col"
            | "meta"
            | "link"
            | "input"
            | "wbr"
            | "area"
            | "base"
            | "embed"
            | "param"
            | "source"
            | "track"
    )
}
