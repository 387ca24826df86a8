//! Tables and texts as programs put them on the clipboard as html, and the table that this page puts there.

use super::{ClipboardEntry, ClipboardOwner};
use renkei_domain::{CareScene, Note, SceneSet, marks, outline, paste, text::is_blank};
use wasm_bindgen::JsCast;
use web_sys::{
    DomParser, Element, HtmlTableCellElement, HtmlTableElement, HtmlTableRowElement, Node, SupportedType,
};

/// A cell of a pasted table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastedCell {
    /// Its lines.
    pub text: String,
    /// The entries that stand in it, where this page has written it.
    pub copied: Vec<CopiedEntry>,
}

/// An entry as it was copied from this page, with what its text does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct CopiedEntry {
    outline: String,
    explicit_scenes: SceneSet,
    owner: ClipboardOwner,
}

const SCENES: &str = "data-scenes";
const OWNER: &str = "data-owner";
const JOINT: &str = "joint";
/// Excel keeps a line break within the cell only where it is told to.
const LINE_BREAK: &str = "<br style=\"mso-data-placement:same-cell\">";

/// A table with a cell a cell. What belongs to an entry beside its text stands in attributes, never in words.
pub fn written(rows: &[Vec<Vec<ClipboardEntry>>]) -> String {
    let rows: String = rows
        .iter()
        .map(|row| format!("<tr>{}</tr>", row.iter().map(|cell| written_cell(cell)).collect::<String>()))
        .collect();
    format!("<meta charset=\"utf-8\"><table border=\"1\" style=\"border-collapse:collapse\">{rows}</table>")
}

fn written_cell(entries: &[ClipboardEntry]) -> String {
    let entries: Vec<String> = entries
        .iter()
        .map(|entry| {
            let codes: Vec<&str> = entry.explicit_scenes.iter().map(CareScene::code).collect();
            let owner = match entry.owner {
                ClipboardOwner::Organization(id) => id.to_string(),
                _ => JOINT.to_owned(),
            };
            let outline = outline::print(&entry.body, &entry.notes);
            let lines: Vec<String> = outline.split('\n').map(escaped).collect();
            let lines = lines.join(LINE_BREAK);
            format!("<span {SCENES}=\"{}\" {OWNER}=\"{owner}\">{lines}</span>", codes.join(" "))
        })
        .collect();
    let style = "vertical-align:top;white-space:pre-wrap;mso-number-format:'\\@'";
    format!("<td style=\"{style}\">{}</td>", entries.join(LINE_BREAK))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What a program has put on the clipboard as html.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastedHtml {
    /// The cells of the first table that shows something.
    pub table: Option<Vec<Vec<PastedCell>>>,
    /// Another table shows something too.
    pub has_tables: bool,
    /// What is seen outside of that table.
    pub outside: String,
    /// All that is seen, with a cell on lines of its own; empty where it is the table alone.
    pub text: PastedCell,
    /// A letter of a font of symbols is among it, which plain text has as a letter.
    pub has_symbols: bool,
}

/// None: nothing of it can be seen.
pub fn read(html: &str) -> Option<PastedHtml> {
    let document =
        DomParser::new().ok()?.parse_from_string(&without_styles(html), SupportedType::TextHtml).ok()?;
    let body = Element::from(document.body()?);
    let is_microsoft = is_microsoft(html);
    let found = body.query_selector_all("table").ok()?;
    let mut tables = (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<HtmlTableElement>().ok())
        .filter(|table| !is_blank(&table.text_content().unwrap_or_default()));
    let Some(table) = tables.next() else {
        let Lines { has_symbols, text, .. } = lines_of(&body, is_microsoft, None);
        let text = PastedCell::of_text(text);
        return (!is_blank(&text.text)).then(|| PastedHtml { text, has_symbols, ..PastedHtml::default() });
    };
    let has_tables = tables.any(|other| !table.contains(Some(other.as_ref())));
    let outside = lines_of(&body, is_microsoft, Some(table.as_ref())).text;
    let text = if is_blank(&outside) { PastedCell::default() } else { read_cell(&body, is_microsoft) };
    let table = read_table(&table, is_microsoft);
    Some(PastedHtml { table, has_tables, outside, text, has_symbols: false })
}

fn read_table(table: &HtmlTableElement, is_microsoft: bool) -> Option<Vec<Vec<PastedCell>>> {
    let mut rows: Vec<Vec<PastedCell>> = Vec::new();
    // A merged cell takes up room in the rows and columns that it covers.
    let mut covered: Vec<usize> = Vec::new();
    let trs = table.rows();
    for tr in (0..trs.length()).filter_map(|at| trs.item(at)) {
        let tr: HtmlTableRowElement = tr.dyn_into().ok()?;
        let mut row = Vec::new();
        let cells = tr.cells();
        let mut cells = (0..cells.length()).filter_map(|at| cells.item(at));
        loop {
            let at = row.len();
            if covered.get(at).is_some_and(|rows| *rows > 0) {
                covered[at] -= 1;
                row.push(PastedCell::default());
                continue;
            }
            let Some(cell) = cells.next() else { break };
            let cell: HtmlTableCellElement = cell.dyn_into().ok()?;
            let (wide, high) =
                (cell.col_span().clamp(1, 100) as usize, cell.row_span().clamp(1, 1000) as usize);
            row.push(read_cell(cell.as_ref(), is_microsoft));
            row.resize(at + wide, PastedCell::default());
            if covered.len() < at + wide {
                covered.resize(at + wide, 0);
            }
            covered[at..at + wide].fill(high - 1);
        }
        rows.push(row);
    }
    let width = rows.iter().map(Vec::len).max()?;
    rows.iter_mut().for_each(|row| row.resize(width, PastedCell::default()));
    Some(rows)
}

fn read_cell(cell: &Element, is_microsoft: bool) -> PastedCell {
    let found = cell.query_selector_all(&format!("[{SCENES}]")).ok();
    let spans = (0..found.as_ref().map_or(0, web_sys::NodeList::length))
        .filter_map(|at| found.as_ref()?.item(at)?.dyn_into::<Element>().ok());
    let copied = spans.map(|span| CopiedEntry {
        outline: lines_of(&span, is_microsoft, None).text,
        explicit_scenes: scenes(&span.get_attribute(SCENES).unwrap_or_default()),
        owner: owner(&span.get_attribute(OWNER).unwrap_or_default()),
    });
    PastedCell { text: lines_of(cell, is_microsoft, None).text, copied: copied.collect() }
}

fn scenes(codes: &str) -> SceneSet {
    codes.split(' ').filter_map(CareScene::from_code).fold(SceneSet::EMPTY, SceneSet::with)
}

fn owner(written: &str) -> ClipboardOwner {
    match written {
        JOINT => ClipboardOwner::Joint,
        id => id.parse().map_or(ClipboardOwner::Unsaid, ClipboardOwner::Organization),
    }
}

/// What is seen in an element: white space as one space, but for this page's own spans, which keep it; line breaks,
/// paragraphs and cells as lines; a list's lines with their marks.
fn lines_of(element: &Element, is_microsoft: bool, without: Option<&Element>) -> Lines {
    let mut lines = Lines { is_microsoft, without: without.cloned(), ..Lines::default() };
    lines.read(element.as_ref(), &Style::default().within(element, &written_style(element)));
    lines.text = lines.text.trim_matches('\n').to_owned();
    lines
}

#[derive(Default)]
struct Lines {
    text: String,
    /// A paragraph has ended, and another one is to begin on a line of its own.
    has_ended: bool,
    white_space: WhiteSpace,
    is_microsoft: bool,
    /// A table that is left out, but for its caption.
    without: Option<Element>,
    /// The lists that are open.
    lists: Vec<List>,
    has_symbols: bool,
}

/// White space that is text only if something follows on its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum WhiteSpace {
    /// At a line's start there is none.
    #[default]
    LineStart,
    None,
    Some,
    /// With a line break in it. Microsoft's programs break lines anywhere, others where there is a space: of the former's
    /// html a break between Japanese characters is none, as the import reads it.
    Break,
}

enum List {
    Dots,
    /// The number of its next line.
    Numbers(i32),
    Unmarked,
}

/// What an element's texts have from it and from those that it stands in.
#[derive(Clone, Debug, Default)]
struct Style {
    /// White space is text.
    keeps_spaces: bool,
    /// It is the mark of a list's line, which Word writes as text.
    is_bullet: bool,
    font: String,
}

impl Style {
    fn within(&self, element: &Element, written: &str) -> Self {
        let face = element.get_attribute("face").map(|face| family(&face));
        Self {
            keeps_spaces: self.keeps_spaces || element.has_attribute(SCENES),
            is_bullet: self.is_bullet || declared(written, "mso-list") == Some("ignore"),
            font: font(written).or(face).unwrap_or_else(|| self.font.clone()),
        }
    }
}

impl Lines {
    fn read(&mut self, node: &Node, style: &Style) {
        let children = node.child_nodes();
        for child in (0..children.length()).filter_map(|at| children.item(at)) {
            if child.node_type() == Node::TEXT_NODE {
                self.push(&child.text_content().unwrap_or_default(), style);
            } else if let Some(element) = child.dyn_ref::<Element>() {
                self.element(element, style);
            }
        }
    }

    fn element(&mut self, element: &Element, outer: &Style) {
        let written = written_style(element);
        if declared(&written, "display") == Some("none") {
            return;
        }
        let style = outer.within(element, &written);
        let name = element.tag_name().to_ascii_lowercase();
        match name.as_str() {
            "br" => {
                self.text.push('\n');
                self.has_ended = false;
                self.white_space = WhiteSpace::LineStart;
            }
            // Phonetic guides are no part of the text; what is deleted in Word's record is gone.
            "style" | "script" | "rt" | "rp" | "del" | "head" | "title" => {}
            "table" if self.without.as_ref() == Some(element) => {
                self.end_line();
                if let Ok(Some(caption)) = element.query_selector("caption") {
                    self.element(&caption, &style);
                }
                self.end_line();
            }
            "ul" | "ol" => {
                let first = element.get_attribute("start").and_then(|start| start.parse().ok());
                self.lists.push(match name.as_str() {
                    _ if is_unmarked(&written) => List::Unmarked,
                    "ol" => List::Numbers(first.unwrap_or(1)),
                    _ => List::Dots,
                });
                self.block(element, &style);
                self.lists.pop();
            }
            "li" => {
                let number = element.get_attribute("value").and_then(|value| value.parse().ok());
                let mark = self.next_mark(number);
                let mark = if is_unmarked(&written) { String::new() } else { mark };
                self.end_line();
                let start = self.text.len();
                self.read(element.as_ref(), &style);
                self.mark(start, &mark);
                self.end_line();
            }
            "pre" => self.block(element, &Style { keeps_spaces: true, ..style }),
            name if is_block(name) => self.block(element, &style),
            _ => self.read(element.as_ref(), &style),
        }
    }

    fn block(&mut self, element: &Element, style: &Style) {
        self.end_line();
        self.read(element.as_ref(), style);
        self.end_line();
    }

    /// What is seen before the next line of the innermost list.
    fn next_mark(&mut self, number: Option<i32>) -> String {
        match self.lists.last_mut() {
            Some(List::Numbers(next)) => {
                let number = number.unwrap_or(*next);
                *next = number.saturating_add(1);
                format!("{number}. ")
            }
            Some(List::Unmarked) => String::new(),
            Some(List::Dots) | None => "・".to_owned(),
        }
    }

    /// Puts a mark before what has been read from there on. A text that has a mark keeps its own.
    fn mark(&mut self, start: usize, mark: &str) {
        let text = self.text[start..].trim_start();
        if !is_blank(text) && marks::split(text).is_none() {
            let at = self.text.len() - text.len();
            self.text.insert_str(at, mark);
        }
    }

    fn push(&mut self, text: &str, style: &Style) {
        if style.keeps_spaces {
            if let Some(first) = text.chars().next() {
                self.begin(first);
                self.text.push_str(text);
            }
            return;
        }
        // As a browser shows it; a no-break space stays one.
        for c in text.chars() {
            match (c, self.white_space) {
                (' ' | '\t' | '\n' | '\r' | '\u{c}', WhiteSpace::LineStart) => {}
                ('\n' | '\r', _) => self.white_space = WhiteSpace::Break,
                (' ' | '\t' | '\u{c}', WhiteSpace::None) => self.white_space = WhiteSpace::Some,
                (' ' | '\t' | '\u{c}', _) => {}
                _ => {
                    let font = style.font.as_str();
                    let shown = if style.is_bullet { paste::bullet(font, c) } else { paste::symbol(font, c) };
                    self.has_symbols |= shown.is_some();
                    self.begin(c);
                    self.text.push(shown.unwrap_or(c));
                }
            }
        }
    }

    /// Writes what stands before a character: the end of the paragraph before, or white space.
    fn begin(&mut self, next: char) {
        if std::mem::take(&mut self.has_ended) {
            self.text.push('\n');
        }
        let is_japanese = |c: char| c >= '\u{2000}';
        let is_within_word = self.is_microsoft && self.text.ends_with(is_japanese) && is_japanese(next);
        match std::mem::replace(&mut self.white_space, WhiteSpace::None) {
            WhiteSpace::Break if is_within_word => {}
            WhiteSpace::Some | WhiteSpace::Break => self.text.push(' '),
            WhiteSpace::LineStart | WhiteSpace::None => {}
        }
    }

    fn end_line(&mut self) {
        self.has_ended |= !self.text.is_empty();
        self.white_space = WhiteSpace::LineStart;
    }
}

fn is_block(name: &str) -> bool {
    #[rustfmt::skip]
    const BLOCKS: &[&str] = &[
        "p", "div", "tr", "td", "th", "table", "caption", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
        "blockquote", "hr", "section", "article", "header", "footer", "center",
    ];
    BLOCKS.contains(&name)
}

/// What an element's `style` said, in lower case.
fn written_style(element: &Element) -> String {
    element.get_attribute("data-style").unwrap_or_default().to_ascii_lowercase()
}

fn declarations(style: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    style
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
}

fn declared<'a>(style: &'a str, wanted: &str) -> Option<&'a str> {
    declarations(style).rev().find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// The first font of a style. None: it names none. The shorthand `font` is never one of symbols in Word's html.
fn font(style: &str) -> Option<String> {
    declarations(style).rev().find_map(|(name, value)| match name {
        "font-family" => Some(family(value)),
        "font" => Some(String::new()),
        _ => None,
    })
}

fn family(fonts: &str) -> String {
    let first = fonts.split(',').next().unwrap_or_default();
    first.trim().trim_matches(['"', '\'']).to_owned()
}

/// A list or a line of one that shows no mark.
fn is_unmarked(style: &str) -> bool {
    ["list-style", "list-style-type"]
        .iter()
        .filter_map(|name| declared(style, name))
        .any(|value| value.split_whitespace().any(|word| word == "none"))
}

/// Whether Excel or Word has written it, by the tags that the import goes by.
fn is_microsoft(html: &str) -> bool {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (tag, after) = rest[at..].split_at(tag_end(&rest[at..]));
        let is_head = tag
            .get(1..5)
            .is_some_and(|name| ["html", "meta"].iter().any(|head| head.eq_ignore_ascii_case(name)));
        if is_head && ["urn:schemas-microsoft-com", "Microsoft"].iter().any(|name| tag.contains(name)) {
            return true;
        }
        rest = after;
    }
    false
}

impl PastedCell {
    pub fn of_text(text: String) -> Self {
        Self { text, copied: Vec::new() }
    }

    /// Its entries. One that was copied from this page comes whole, with scenes and owner; the text that can be seen
    /// decides whether it is the same.
    pub fn entries(&self) -> Result<Vec<ClipboardEntry>, String> {
        let mut copied: Vec<&CopiedEntry> = self.copied.iter().collect();
        let texts = paste::texts(&self.text).map_err(|fault| fault.to_string())?;
        let entry = |text: (String, Vec<Note>)| {
            // Pasting may show another sign, as a wide space for a tab: what was copied is read as what is pasted is.
            let same = |copied: &&CopiedEntry| {
                paste::texts(&copied.outline)
                    .is_ok_and(|texts| texts.as_slice() == std::slice::from_ref(&text))
            };
            let known = copied.iter().position(same).map(|at| copied.remove(at));
            let whole = known.and_then(|copied| outline::parse(&copied.outline).ok());
            let (body, notes) = whole.unwrap_or(text);
            let (explicit_scenes, owner) =
                known.map_or_else(Default::default, |copied| (copied.explicit_scenes, copied.owner));
            ClipboardEntry { body, notes, explicit_scenes, owner }
        };
        Ok(texts.into_iter().map(entry).collect())
    }
}

/// The same without what would style it: the page's policy lets no style in, and the browser would complain of each.
fn without_styles(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        plain.push_str(before);
        let end = tag_end(tag);
        let is_style = tag.get(1..6).is_some_and(|name| name.eq_ignore_ascii_case("style"));
        if is_style {
            let lower = tag.to_ascii_lowercase();
            rest = lower.find("</style").map_or("", |close| &tag[close + tag_end(&tag[close..])..]);
            continue;
        }
        plain.push_str(&unstyled(&tag[..end]));
        rest = &tag[end..];
    }
    plain + rest
}

/// Where a tag ends; quotes may hold a `>`.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// A tag whose `style` goes by a name that styles nothing.
fn unstyled(tag: &str) -> String {
    let mut quote = None;
    let mut plain = String::with_capacity(tag.len());
    for (at, c) in tag.char_indices() {
        let is_attribute = quote.is_none() && tag[..at].ends_with(char::is_whitespace);
        if is_attribute && tag.get(at..at + 5).is_some_and(|name| name.eq_ignore_ascii_case("style")) {
            plain.push_str("data-");
        }
        match quote {
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        plain.push(c);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of one line that stand in elements of their own.
    fn shown(is_microsoft: bool, texts: &[&str]) -> String {
        let mut lines = Lines { is_microsoft, ..Lines::default() };
        texts.iter().for_each(|text| lines.push(text, &Style::default()));
        lines.text
    }

    #[test]
    fn an_entry_that_was_copied_comes_whole_though_pasting_shows_another_sign() {
        let scenes = SceneSet::from_iter([CareScene::EndOfLife]);
        let copied = |outline: &str| CopiedEntry {
            outline: outline.to_owned(),
            explicit_scenes: scenes,
            owner: ClipboardOwner::Joint,
        };
        let outlines = ["○研修会\t年2回", "○研修会\t年2回", "○協議会\n*\t対象：医師"];
        let cell = PastedCell { text: outlines.join("\n"), copied: outlines.map(copied).to_vec() };
        let entries = cell.entries().unwrap();
        assert_eq!(
            entries.iter().map(|entry| &entry.body[..]).collect::<Vec<_>>(),
            ["研修会\t年2回", "研修会\t年2回", "協議会"]
        );
        assert!(
            entries
                .iter()
                .all(|entry| entry.explicit_scenes == scenes && entry.owner == ClipboardOwner::Joint)
        );
        let other =
            PastedCell { text: "○研修会　年3回".to_owned(), copied: vec![copied(outlines[0])] };
        assert_eq!(other.entries().unwrap()[0].explicit_scenes, SceneSet::default());
    }

    #[test]
    fn a_line_break_of_the_source_is_a_space_but_for_microsofts_between_japanese_characters() {
        for texts in [&["ホームページの\r\n  情報更新"][..], &["ホームページの", " \n", "情報更新 "][..]]
        {
            assert_eq!(shown(true, texts), "ホームページの情報更新");
            assert_eq!(shown(false, texts), "ホームページの 情報更新");
        }
        assert_eq!(
            shown(true, &["  本庄市\n  Teams\n  講習  会\u{a0} 一", "\t二\n"]),
            "本庄市 Teams 講習 会\u{a0} 一 二"
        );
        assert_eq!(shown(false, &[" \n", " a", "b ", " c"]), "ab c");
    }

    #[test]
    fn paragraphs_begin_lines() {
        let mut lines = Lines::default();
        for text in [" 一つ ", " ", "\n二つ"] {
            lines.end_line();
            lines.push(text, &Style::default());
        }
        assert_eq!(lines.text, "一つ\n二つ");
    }

    #[test]
    fn own_spans_keep_white_space() {
        let mut lines = Lines::default();
        lines.push(" 前  の\u{3000}文 ", &Style { keeps_spaces: true, ..Style::default() });
        assert_eq!(lines.text, " 前  の\u{3000}文 ");
    }

    #[test]
    fn letters_of_fonts_of_symbols_are_marks() {
        let bullet = |font: &str| Style { is_bullet: true, font: font.to_owned(), ..Style::default() };
        let shown = |letter: &str, style: Style| {
            let mut lines = Lines::default();
            lines.push(letter, &style);
            lines.push("\u{a0} 研修会", &bullet(""));
            (lines.text, lines.has_symbols)
        };
        assert_eq!(shown("l", bullet("wingdings")), ("●\u{a0} 研修会".to_owned(), true));
        assert_eq!(shown("ü", bullet("wingdings")), ("・\u{a0} 研修会".to_owned(), true));
        assert_eq!(shown("1.", bullet("century")), ("1.\u{a0} 研修会".to_owned(), false));
        let text = Style { font: "wingdings".to_owned(), ..Style::default() };
        assert_eq!(shown("ü", text), ("✓\u{a0} 研修会".to_owned(), true));
    }

    #[test]
    fn lists_have_dots_or_their_count() {
        let mut lines = Lines { lists: vec![List::Dots], ..Lines::default() };
        assert_eq!(lines.next_mark(None), "・");
        lines.lists.push(List::Numbers(3));
        assert_eq!([None, Some(7), None].map(|number| lines.next_mark(number)), ["3. ", "7. ", "8. "]);
        lines.lists.push(List::Unmarked);
        assert_eq!(lines.next_mark(None), "");
        for (text, marked) in
            [("前\n一つ目", "前\n・一つ目"), ("前\n\u{3000}○一つ目", "前\n\u{3000}○一つ目"), ("前", "前")]
        {
            lines.text = text.to_owned();
            lines.mark("前".len(), "・");
            assert_eq!(lines.text, marked);
        }
    }

    #[test]
    fn styles_are_read_by_declaration() {
        let word = "font-family:wingdings;mso-fareast-font-family:\"ms gothic\"; mso-list : ignore";
        assert_eq!(font(word).as_deref(), Some("wingdings"));
        assert_eq!(declared(word, "mso-list"), Some("ignore"));
        assert_eq!(font("font:7.0pt \"times new roman\"").as_deref(), Some(""));
        assert_eq!(font("font-family:\"courier new\",serif").as_deref(), Some("courier new"));
        assert_eq!(font("mso-bidi-font-family:wingdings"), None);
        assert!(is_unmarked("list-style:none outside") && is_unmarked("list-style-type: none"));
        assert!(!is_unmarked("list-style-type:disc;display:none"));
    }

    #[test]
    fn microsofts_programs_are_told_by_the_head() {
        assert!(is_microsoft("<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><p>a"));
        assert!(is_microsoft("<HTML><head><META name=Generator content=\"Microsoft Word 15\">"));
        assert!(!is_microsoft("<html><meta charset=utf-8><td title=Microsoft>Microsoft Teams</td> < <"));
    }

    #[test]
    fn styles_are_left_out_and_texts_are_not() {
        let html = "<style>td{color:red}</style><td class='a>b' style=\"x:'1'\" STYLE=2>1 style=2</td>";
        assert_eq!(without_styles(html), "<td class='a>b' data-style=\"x:'1'\" data-STYLE=2>1 style=2</td>");
        assert_eq!(without_styles("a < b <td"), "a < b <td");
        assert_eq!(without_styles("<style>never closed"), "");
    }
}
