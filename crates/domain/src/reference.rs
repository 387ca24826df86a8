//! References from text: （カ） to an item, 資料3 to a handout.

use crate::{limits, outline, text};
use std::ops::Range;

/// What a reference points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// The item's code, as it stands in the list of codes.
    Item(&'a str),
    /// The handout's number.
    Handout(u32),
    /// Written like an item's code, but no item has it.
    Unresolved,
}

/// A reference, where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// The text there: （カ）, 資料3.
    pub label: &'a str,
    pub target: Target<'a>,
}

/// The references of a text, in order, not overlapping. Brackets, digits and katakana may be full or half width.
///
/// In brackets an item's code is a reference, and so is any other single katakana, an unresolved one. 資料2、3 is read as
/// two handouts only where nothing but the list's end can be meant; 資料3件 counts documents and names none.
pub fn find<'a>(text: &'a str, item_codes: &[&'a str]) -> Vec<Found<'a>> {
    let mut found = items(text, item_codes);
    found.extend(handouts(text));
    found.sort_by_key(|reference| reference.range.start);
    found
}

fn items<'a>(text: &'a str, item_codes: &[&'a str]) -> Vec<Found<'a>> {
    let codes: Vec<(String, &'a str)> =
        item_codes.iter().map(|code| (text::normalized(code), *code)).collect();
    let mut found = Vec::new();
    for (start, bracket) in text.match_indices(['（', '(']) {
        let inside = &text[start + bracket.len()..];
        let Some((length, closing)) = inside
            .char_indices()
            .take(limits::CODE_CHARS + 1)
            .find(|(_, c)| matches!(c, '）' | ')' | '（' | '('))
        else {
            continue;
        };
        if matches!(closing, '（' | '(') {
            continue;
        }
        let written = text::normalized(inside[..length].trim());
        let item = codes.iter().find(|(folded, _)| *folded == written).map(|(_, code)| Target::Item(code));
        if let Some(target) = item.or_else(|| is_katakana(&written).then_some(Target::Unresolved)) {
            let range = start..start + bracket.len() + length + closing.len_utf8();
            found.push(Found { label: &text[range.clone()], range, target });
        }
    }
    found
}

fn is_katakana(text: &str) -> bool {
    let mut chars = text.chars();
    matches!((chars.next(), chars.next()), (Some('ァ'..='ヺ'), None))
}

const HANDOUT: &str = "資料";

/// 参考資料3 is not the council's 資料3.
const OTHER_DOCUMENTS: [&str; 5] = ["参考", "補足", "別添", "添付", "追加"];

fn handouts(text: &str) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    for (start, word) in text.match_indices(HANDOUT) {
        if OTHER_DOCUMENTS.iter().any(|other| text[..start].ends_with(other)) {
            continue;
        }
        let Some((number, end)) = number_at(text, start + word.len()) else { continue };
        let list = rest_of_list(text, end);
        if list.is_empty() && counts_something(&text[end..]) {
            continue;
        }
        found.push(handout(text, start..end, number));
        found.extend(list);
    }
    found
}

fn handout(text: &str, range: Range<usize>, number: u32) -> Found<'_> {
    Found { label: &text[range.clone()], range, target: Target::Handout(number) }
}

/// The further numbers of 資料2、3: none unless the list ends in a way that only a list of handouts does.
fn rest_of_list(text: &str, mut end: usize) -> Vec<Found<'_>> {
    let mut list = Vec::new();
    while let Some(separator) =
        text[end..].chars().next().filter(|c| matches!(c, '、' | '，' | ',' | '・' | '･'))
    {
        let start = end + separator.len_utf8();
        let Some((number, after)) = number_at(text, start) else { break };
        list.push(handout(text, start..after, number));
        end = after;
    }
    if ends_list(&text[end..]) { list } else { Vec::new() }
}

fn ends_list(rest: &str) -> bool {
    rest.is_empty()
        || rest.starts_with(|c: char| c.is_whitespace() || "。．）)」』】〕］]".contains(c))
        || ["参照", "を参照", "をご参照", "ご参照", "のとおり", "の通り"]
            .iter()
            .any(|end| rest.starts_with(end))
}

/// 資料3件, 資料10部: a count, not a number.
fn counts_something(rest: &str) -> bool {
    rest.starts_with([
        '件', '部', '冊', '枚', '点', '種', 'つ', '個', '名', '人', '回', '頁', '本', '月', '年', '日',
    ])
}

/// A handout's number (1 to 999) at this byte of the text, and where it ends: digits of either width, or ①.
fn number_at(text: &str, start: usize) -> Option<(u32, usize)> {
    if let Some(circled) = text[start..].chars().next()
        && let Some(number) = outline::circled_number(circled)
    {
        return Some((number as u32, start + circled.len_utf8()));
    }
    let digits = text[start..].chars().map_while(|c| text::digit(c).map(|value| (c, value)));
    let (mut number, mut end) = (0_u32, start);
    for (c, value) in digits {
        number = number.saturating_mul(10).saturating_add(value);
        end += c.len_utf8();
    }
    (1..=999).contains(&number).then_some((number, end))
}
