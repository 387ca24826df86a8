//! What is visible in a field, and where its tags stand: no tree is built, since the tags are often not closed.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// A piece of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bit {
    /// Visible, or white space within a line.
    Char(char),
    Break(Break),
    /// A tag within a line.
    Edge(Edge),
}

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// A line break in the text.
    Newline,
    /// `<br>`
    Tag,
    /// The edge of a block: of a paragraph, a list's item.
    Block,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    SmallStart,
    SmallEnd,
    /// `<bdi>`: what is in it is one text, in which no mark is looked for.
    TextStart,
    TextEnd,
    Other,
}

/// Reads a field.
pub fn bits(field: &str) -> Vec<Bit> {
    let tokenizer =
        Tokenizer::new(Sink::default(), TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(fence(field)));
    // The sink never asks for a script to be run: one call takes all.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.bits.into_inner()
}

#[derive(Default)]
struct Sink {
    bits: RefCell<Vec<Bit>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut bits = self.bits.borrow_mut();
        match token {
            Token::CharacterTokens(text) => bits.extend(text.chars().map(Bit::of)),
            Token::NullCharacterToken => bits.push(Bit::Char('\0')),
            Token::TagToken(tag) => bits.extend(boundary(&tag)),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Bit {
    fn of(c: char) -> Self {
        match c {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                Bit::Break(Break::Newline)
            }
            c => Bit::Char(c),
        }
    }
}

/// What a tag is to the text around it. Ruby and super- or subscript (カード<sup>※1</sup>を) belong to the word.
fn boundary(tag: &Tag) -> Option<Bit> {
    let name: &str = &tag.name;
    Some(match name {
        "sup" | "sub" | "ruby" | "rb" | "rt" | "rp" | "wbr" => return None,
        "br" | "hr" => Bit::Break(Break::Tag),
        name if BLOCKS.contains(&name) => Bit::Break(Break::Block),
        "small" if tag.kind == TagKind::StartTag => Bit::Edge(Edge::SmallStart),
        "small" => Bit::Edge(Edge::SmallEnd),
        "bdi" if tag.kind == TagKind::StartTag => Bit::Edge(Edge::TextStart),
        "bdi" => Bit::Edge(Edge::TextEnd),
        _ => Bit::Edge(Edge::Other),
    })
}

/// The field, with everything escaped that is no markup, and without comments.
///
/// A page's tokenizer would drop what follows a `<` that is never closed, take <ACP> for a tag, and read &copy in an
/// address as ©. In a sheet they are text.
fn fence(field: &str) -> String {
    let mut fenced = String::with_capacity(field.len());
    let mut rest = field;
    let mut comments = true;
    let last_tag_end = field.rfind('>').unwrap_or(0);
    while let Some(start) = rest.find(['<', '&']) {
        fenced.push_str(&rest[..start]);
        rest = &rest[start..];
        let (kept, length) = if comments && rest.starts_with("<!--") {
            // `<!-->` is a whole one. Where one is not closed, no later one is.
            let end = rest["<!".len()..].find("-->");
            comments = end.is_some();
            end.map_or(("&lt;", 1), |end| ("", "<!".len() + end + "-->".len()))
        } else if rest.starts_with('<') {
            let closed = field.len() - rest.len() < last_tag_end;
            closed.then(|| tag(rest)).flatten().map_or(("&lt;", 1), |length| (&rest[..length], length))
        } else {
            entity(rest).map_or(("&amp;", 1), |length| (&rest[..length], length))
        };
        fenced.push_str(kept);
        rest = &rest[length..];
    }
    fenced.push_str(rest);
    fenced
}

/// Bytes that a tag may have, so that it need not be looked for to a large file's end.
const TAG_BYTES: usize = 4096;

/// The length of the tag at the start: one that HTML or an office program knows, closed within the field.
fn tag(text: &str) -> Option<usize> {
    let text = &text[..text.floor_char_boundary(TAG_BYTES)];
    let name = tag_name(text)?.to_ascii_lowercase();
    if !(name.contains(':') || BLOCKS.contains(&name.as_str()) || INLINES.contains(&name.as_str())) {
        return None;
    }
    let mut rest = &text[text.find(|c: char| c.is_ascii_alphabetic())? + name.len()..];
    if !rest.starts_with(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>') {
        return None;
    }
    loop {
        let next = rest.find(['>', '='])?;
        let found = &rest[next..];
        if found.starts_with('>') {
            return Some(text.len() - found.len() + 1);
        }
        // A quoted value may hold anything.
        let value = found[1..].trim_ascii_start();
        rest = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            Some(quote) => &value[1 + value[1..].find(quote)? + 1..],
            None => value,
        };
    }
}

/// The name in `<name` or `</name`, as written.
fn tag_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    let end =
        name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-'))).unwrap_or(name.len());
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(&name[..end])
}

/// The length of the entity at the start; one without its semicolon is none.
fn entity(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().position(|c| !c.is_ascii_alphanumeric() && c != b'#')?;
    (end > 0 && inside[end..].starts_with(';')).then_some(end + 2)
}

/// Tags that begin and end a line.
#[rustfmt::skip]
const BLOCKS: &[&str] = &[
    "address", "article", "aside", "blockquote", "body", "caption", "center", "col", "colgroup", "dd", "details", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
];

/// The other tags that are known; anything else in angle brackets is text.
#[rustfmt::skip]
const INLINES: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "button", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "input", "ins", "kbd", "label", "legend", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];
