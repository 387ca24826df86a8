//! What is shown of a text in which words were found: the passages round them, cut at whole letters.

use renkei_domain::SearchTerms;
use unicode_segmentation::UnicodeSegmentation;

/// Letters that are shown before and behind a hit.
const ROUND: usize = 40;
/// Letters of a text in which nothing was found, and which is shown all the same.
const START: usize = 60;
/// What stands for what is left out.
const CUT: &str = "…";

/// A part of a text, found or round what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub hit: bool,
}

impl Piece {
    fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), hit: false }
    }
}

/// The passages of a text in which words were found; nothing was: its start.
pub fn excerpt(text: &str, words: &SearchTerms) -> Vec<Piece> {
    let hits = words.find_all(text);
    if hits.is_empty() {
        let end = after(text, 0, START);
        let mut pieces = vec![Piece::plain(&text[..end])];
        if end < text.len() {
            pieces.push(Piece::plain(CUT));
        }
        return pieces;
    }
    let mut pieces = Vec::new();
    let mut shown = 0;
    for hit in hits {
        let from = before(text, hit.start, ROUND);
        let start = if pieces.is_empty() {
            from
        } else {
            // Up to where the last hit's passage ends; what lies between two of them is left out.
            let end = after(text, shown, ROUND).min(hit.start);
            pieces.push(Piece::plain(&text[shown..end]));
            shown = end;
            from.max(end)
        };
        if start > shown {
            pieces.push(Piece::plain(CUT));
        }
        pieces.push(Piece::plain(&text[start..hit.start]));
        pieces.push(Piece { text: text[hit.clone()].to_owned(), hit: true });
        shown = hit.end;
    }
    let end = after(text, shown, ROUND);
    pieces.push(Piece::plain(&text[shown..end]));
    if end < text.len() {
        pieces.push(Piece::plain(CUT));
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// The place so many letters before another one.
fn before(text: &str, at: usize, letters: usize) -> usize {
    text[..at].grapheme_indices(true).rev().nth(letters - 1).map_or(0, |(place, _)| place)
}

/// The place so many letters behind another one.
fn after(text: &str, at: usize, letters: usize) -> usize {
    text[at..].grapheme_indices(true).nth(letters).map_or(text.len(), |(place, _)| at + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, words: &str) -> String {
        excerpt(text, &SearchTerms::parse(words))
            .into_iter()
            .map(|Piece { text, hit }| if hit { format!("[{text}]") } else { text })
            .collect()
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(told("在宅医療の研修会", "研修"), "在宅医療の[研修]会");
        assert_eq!(told("在宅医療の研修会", "会 在宅"), "[在宅]医療の研修[会]");
        assert_eq!(told("在宅医療の研修会", "ない"), "在宅医療の研修会");
        assert_eq!(told("", "ない"), "");
    }

    #[test]
    fn of_a_long_text_what_stands_round_the_hits() {
        let long = "あ".repeat(100);
        let text = format!("{long}看取り{long}看取り{long}");
        let side = "あ".repeat(ROUND);
        assert_eq!(told(&text, "看取り"), format!("…{side}[看取り]{side}…{side}[看取り]{side}…"));
        assert_eq!(told(&long, "い"), format!("{}…", "あ".repeat(START)));
        let near = format!("看取り{}看取り", "い".repeat(ROUND + 10));
        assert_eq!(told(&near, "看取り"), format!("[看取り]{}[看取り]", "い".repeat(ROUND + 10)));
    }

    #[test]
    fn no_letter_of_several_characters_is_cut() {
        let letters = "葛\u{e0100}".repeat(100);
        let text = format!("{letters}研修{letters}");
        let side = "葛\u{e0100}".repeat(ROUND);
        assert_eq!(told(&text, "研修"), format!("…{side}[研修]{side}…"));
        assert_eq!(told("ハ\u{309a}ンフ", "パ"), "[ハ\u{309a}]ンフ");
    }
}
