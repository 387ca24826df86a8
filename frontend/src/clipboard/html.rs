//! Tables as programs put them on the clipboard, and the one that this page puts there.

use super::{ClipboardEntry, ClipboardOwner};
use renkei_domain::{CareScene, SceneSet, outline, paste};
use wasm_bindgen::JsCast;
use web_sys::{
    Document, DomParser, Element, HtmlTableCellElement, HtmlTableElement, HtmlTableRowElement, Node,
    SupportedType,
};

/// A cell of a pasted table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastedCell {
    /// Its lines.
    pub text: String,
    /// What stands beside the text, entry by entry, where this page has written it.
    pub beside: Vec<Beside>,
}

/// Scenes and owner of an entry, by its outline as it was copied.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
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

/// The cells of the first table in what a program has put on the clipboard. None: it holds none.
pub fn read(html: &str) -> Option<Vec<Vec<PastedCell>>> {
    let document =
        DomParser::new().ok()?.parse_from_string(&without_styles(html), SupportedType::TextHtml).ok()?;
    let table: HtmlTableElement = table(&document)?;
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
            row.push(read_cell(cell.as_ref()));
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

/// The outermost one that has rows.
fn table(document: &Document) -> Option<HtmlTableElement> {
    document.query_selector("table").ok().flatten()?.dyn_into().ok()
}

fn read_cell(cell: &Element) -> PastedCell {
    let found = cell.query_selector_all(&format!("[{SCENES}]")).ok();
    let spans = (0..found.as_ref().map_or(0, web_sys::NodeList::length))
        .filter_map(|at| found.as_ref()?.item(at)?.dyn_into::<Element>().ok());
    let beside = spans.map(|span| Beside {
        outline: text_of(&span),
        explicit_scenes: scenes(&span.get_attribute(SCENES).unwrap_or_default()),
        owner: owner(&span.get_attribute(OWNER).unwrap_or_default()),
    });
    PastedCell { text: text_of(cell), beside: beside.collect() }
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

/// What is seen in an element: white space as one space, but for this page's own spans, which keep it; line breaks and
/// paragraphs as lines.
fn text_of(element: &Element) -> String {
    let mut lines = Lines::default();
    let is_own = element.has_attribute(SCENES);
    lines.read(element.as_ref(), is_own);
    lines.text.trim_matches('\n').to_owned()
}

#[derive(Default)]
struct Lines {
    text: String,
    /// A paragraph has ended, and another one is to begin on a line of its own.
    has_ended: bool,
}

impl Lines {
    fn read(&mut self, node: &Node, keeps_spaces: bool) {
        let children = node.child_nodes();
        for child in (0..children.length()).filter_map(|at| children.item(at)) {
            if child.node_type() == Node::TEXT_NODE {
                self.push(&child.text_content().unwrap_or_default(), keeps_spaces);
            } else if let Some(element) = child.dyn_ref::<Element>() {
                self.element(element, keeps_spaces);
            }
        }
    }

    fn element(&mut self, element: &Element, keeps_spaces: bool) {
        let name = element.tag_name().to_ascii_lowercase();
        match name.as_str() {
            "br" => {
                self.text.push('\n');
                self.has_ended = false;
            }
            // Phonetic guides are no part of the text; what is deleted in Word's record is gone.
            "style" | "script" | "rt" | "rp" | "del" | "head" | "title" => {}
            "p" | "div" | "li" | "tr" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.has_ended |= !self.text.is_empty();
                self.read(element.as_ref(), keeps_spaces);
                self.has_ended = true;
            }
            _ => self.read(element.as_ref(), keeps_spaces || element.has_attribute(SCENES)),
        }
    }

    fn push(&mut self, text: &str, keeps_spaces: bool) {
        if keeps_spaces {
            self.begin(text);
            self.text.push_str(text);
            return;
        }
        // As a browser shows it; a no-break space stays one.
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        let mut after_space = self.text.is_empty() || self.has_ended || self.text.ends_with(['\n', ' ']);
        let mut shown = String::new();
        for c in text.chars() {
            let space = is_space(c);
            if !space {
                shown.push(c);
            } else if !after_space {
                shown.push(' ');
            }
            after_space = space;
        }
        if !shown.is_empty() {
            self.begin(&shown);
            self.text.push_str(&shown);
        }
    }

    fn begin(&mut self, text: &str) {
        if std::mem::take(&mut self.has_ended) && !text.is_empty() {
            self.text.push('\n');
        }
    }
}

impl PastedCell {
    pub fn of_text(text: String) -> Self {
        Self { text, beside: Vec::new() }
    }

    /// Its entries. What stood beside a text goes with the same text; the text that can be seen decides.
    pub fn entries(&self) -> Result<Vec<ClipboardEntry>, String> {
        let mut beside: Vec<Option<&Beside>> = self.beside.iter().map(Some).collect();
        let texts = paste::texts(&self.text).map_err(|fault| fault.to_string())?;
        let entry = |(body, notes): (String, Vec<renkei_domain::Note>)| {
            let known = beside.iter_mut().find_map(|slot| {
                let known = (*slot)?;
                let same =
                    outline::parse(&known.outline).is_ok_and(|text| text == (body.clone(), notes.clone()));
                if same { slot.take() } else { None }
            });
            let (explicit_scenes, owner) =
                known.map_or_else(Default::default, |known| (known.explicit_scenes, known.owner));
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

    #[test]
    fn styles_are_left_out_and_texts_are_not() {
        let html = "<style>td{color:red}</style><td class='a>b' style=\"x:'1'\" STYLE=2>1 style=2</td>";
        assert_eq!(without_styles(html), "<td class='a>b' data-style=\"x:'1'\" data-STYLE=2>1 style=2</td>");
        assert_eq!(without_styles("a < b <td"), "a < b <td");
        assert_eq!(without_styles("<style>never closed"), "");
    }
}
