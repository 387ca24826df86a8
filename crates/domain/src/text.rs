//! Text for search: folded copies are compared, the text itself is never touched. And which texts show nothing.

mod folding;

use std::ops::Range;
use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfkc_quick,
};
use unicode_segmentation::{GraphemeCursor, GraphemeIncomplete, UnicodeSegmentation};

/// Whether a text shows nothing: it has only white space and invisible characters, or no character at all. Such a text
/// counts as empty wherever a text is required.
pub fn is_blank(text: &str) -> bool {
    trim_blank(text).is_empty()
}

/// A text without the white space and the invisible characters at its ends.
pub fn trim_blank(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// A character that is drawn as nothing, without being white space: Unicode's Default_Ignorable_Code_Point
/// (DerivedCoreProperties.txt of Unicode 16), the blank pattern of Braille, the musical null notehead, and the marks
/// around interlinear annotations.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d159}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A text's first letters, each whole: a grapheme, as パ written as two characters, or an emoji of several.
pub fn beginning(text: &str, letters: usize) -> &str {
    let end = text.grapheme_indices(true).nth(letters).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// A text's last letters, each whole.
pub fn ending(text: &str, letters: usize) -> &str {
    let last = letters.checked_sub(1).and_then(|last| text.grapheme_indices(true).rev().nth(last));
    let start = match last {
        Some((at, _)) => at,
        None if letters == 0 => text.len(),
        None => 0,
    };
    &text[start..]
}

/// The form in which passwords are hashed and compared (NFC): what one keyboard types as é and another as e and an
/// accent is the same password.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// NFKC, without case: the same name in full or half width, and nothing that is merely like it. Logins and names are
/// compared and stored under it, so that it never changes.
pub fn normalized(text: &str) -> String {
    text.nfkc().flat_map(fold_case).nfkc().collect()
}

/// The copy of a text that search compares: what is drawn as nothing left out, NFKC, case folded, and what [`folding`]
/// takes for the same. Never stored in a text's place.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for piece in pieces(text) {
        piece.fold_into(text, &mut folded);
    }
    folded
}

/// Where `needle` (already folded) occurs in `text`: byte ranges of the text as written, in order, not overlapping.
///
/// A hit that begins or ends inside what one character expands to covers the whole character (株 is found in ㈱), and
/// one that begins or ends inside a grapheme the whole grapheme (葛 is found in 葛 with a variation selector), so that a
/// mark cuts nothing that a person sees as one letter. The empty needle is found nowhere.
pub fn find_all(text: &str, needle: &str) -> Vec<Range<usize>> {
    if needle.is_empty() {
        return Vec::new();
    }
    let mut folded = String::with_capacity(text.len());
    let mut pieces: Vec<(usize, Piece)> = Vec::new();
    for piece in self::pieces(text) {
        pieces.push((folded.len(), piece.clone()));
        piece.fold_into(text, &mut folded);
    }
    let piece_at = |position: usize| {
        let after = pieces.partition_point(|(start, _)| *start <= position);
        &pieces[after.saturating_sub(1)]
    };
    let mut hits: Vec<Range<usize>> = Vec::new();
    for (start, _) in folded.match_indices(needle) {
        let (piece_start, piece) = piece_at(start);
        let from = if piece.plain { piece.range.start + start - piece_start } else { piece.range.start };
        let end = start + needle.len();
        let (piece_start, piece) = piece_at(end - 1);
        let to = if piece.plain { piece.range.start + end - piece_start } else { piece.range.end };
        push_hit(&mut hits, grapheme_start(text, from)..grapheme_end(text, to));
    }
    hits
}

/// Hits of several words as one list: in order, not overlapping.
pub fn joined_hits(mut all: Vec<Range<usize>>) -> Vec<Range<usize>> {
    all.sort_by_key(|hit| hit.start);
    let mut hits = Vec::with_capacity(all.len());
    all.into_iter().for_each(|hit| push_hit(&mut hits, hit));
    hits
}

/// One that overlaps the last one makes that longer.
fn push_hit(hits: &mut Vec<Range<usize>>, hit: Range<usize>) {
    match hits.last_mut() {
        Some(last) if hit.start < last.end => last.end = last.end.max(hit.end),
        _ => hits.push(hit),
    }
}

/// The value of a digit in full or half width.
pub fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(c as u32 - '０' as u32),
        _ => c.to_digit(10),
    }
}

/// Where the grapheme begins that a place lies in; the place itself, if it lies between two.
pub fn grapheme_start(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    if cursor.is_boundary(text, 0).unwrap_or(true) { at } else { boundary(cursor.prev_boundary(text, 0), at) }
}

/// Where the grapheme ends that a place lies in; the place itself, if it lies between two.
fn grapheme_end(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    if cursor.is_boundary(text, 0).unwrap_or(true) { at } else { boundary(cursor.next_boundary(text, 0), at) }
}

/// The cursor has the whole text, so that it never lacks a part of it.
fn boundary(found: Result<Option<usize>, GraphemeIncomplete>, at: usize) -> usize {
    found.ok().flatten().unwrap_or(at)
}

/// A part of a text that folds by itself, whatever stands beside it.
#[derive(Clone)]
struct Piece {
    range: Range<usize>,
    /// Folding changes nothing but the case of ASCII letters, so that every byte keeps its place.
    plain: bool,
}

impl Piece {
    fn fold_into(&self, text: &str, folded: &mut String) {
        let part = &text[self.range.clone()];
        if self.plain {
            let start = folded.len();
            folded.push_str(part);
            folded[start..].make_ascii_lowercase();
        } else {
            // An invisible character would keep apart what normalisation puts together.
            let seen = part.chars().filter(|c| !is_invisible(*c));
            folded.extend(seen.nfkc().flat_map(fold_case).nfkc().filter_map(folding::searched));
        }
    }
}

/// The text cut into pieces: runs of plain characters, and each other character with what may combine with it.
fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = &text[start..];
        let first = rest.chars().next()?;
        let run = plain_run(rest);
        let (length, plain) = if run > 0 {
            (run, true)
        } else {
            let after = &rest[first.len_utf8()..];
            (first.len_utf8() + after.find(starts_anew).unwrap_or(after.len()), false)
        };
        let range = start..start + length;
        start = range.end;
        Some(Piece { range, plain })
    })
}

/// Bytes of plain characters at the start, without a last one that what follows may combine with.
fn plain_run(text: &str) -> usize {
    let mut last = 0;
    for (index, c) in text.char_indices() {
        if !is_plain(c) {
            return if starts_anew(c) { index } else { last };
        }
        last = index;
    }
    text.len()
}

/// What nearly all of a Japanese text consists of: ASCII, kana, kanji and the punctuation that NFKC leaves alone.
fn is_plain(c: char) -> bool {
    matches!(c,
        '\0'..='\x7f'
        | '、'..='〛'
        | 'ぁ'..='ゖ'
        | 'ゝ' | 'ゞ'
        | 'ァ'..='ヾ'
        | '一'..='鿿'
        | '○')
}

/// A character without its case. Lower, upper, lower: ẞ and ß meet as ss, ς and σ as σ, the Kelvin sign and K as k.
fn fold_case(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// Whether normalisation keeps this character apart from whatever stands before it: the first character of its
/// decomposition has combining class 0 and is never the second one of a composition (UAX #15, Quick Check). What is
/// drawn as nothing is left out, so that the character before it meets the one behind it.
fn starts_anew(c: char) -> bool {
    let starts = |first| {
        canonical_combining_class(first) == 0 && is_nfkc_quick(std::iter::once(first)) != IsNormalized::Maybe
    };
    is_plain(c) || (!is_invisible(c) && std::iter::once(c).nfkd().next().is_some_and(starts))
}
