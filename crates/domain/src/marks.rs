//! What opens a line, as staff and other programs write it: the one grammar by which a pasted text and a file are read.
//!
//! The sheet's own marks are [`outline::Mark`]'s. Beside them:
//!
//! | at a line's start | is |
//! |---|---|
//! | ● ◎ 〇 ◉ ⚪ ⚫ ⭕ ◆ ◇ ■ ➢ ► ▶, unless doubled (〇〇市 and ●●病院 stand for names) | round: an entry |
//! | • ‣ ◦ ▪ ∙ ·, unless doubled, and - － – — before white space | a dot |
//! | ⑴ ⒈ ❶ ➀ ➊ ⓵, (1) （１） 1) of one or two digits, and 1． 1. 1、 where no digit follows | a number |
//! | ア） a) | a letter |
//! | （カ）, 1.5 | nothing: text |

use crate::{
    NoteKind,
    outline::{self, circled_number},
    text::digit,
};

/// What opens a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// ○ ◯
    Entry,
    /// ● and the like.
    Round(char),
    Asterisk,
    Dot(char),
    /// ①, which is counted anew wherever it stands.
    Circled(usize),
    /// (1) and the like, which counts.
    Number(usize),
    /// ア）
    Letter,
}

/// A line's mark, and what stands behind it. The line begins with what is seen of it.
pub fn split(line: &str) -> Option<(Mark, &str)> {
    let mut chars = line.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    let is_doubled = rest.starts_with(first);
    let mark = match (outline::Mark::of(first), first) {
        (Some(outline::Mark::Entry), _) => Mark::Entry,
        (Some(outline::Mark::Note(NoteKind::Asterisk)), _) => Mark::Asterisk,
        (Some(outline::Mark::Note(NoteKind::Dot)), _) => Mark::Dot(first),
        (Some(outline::Mark::Note(NoteKind::Numbered)), _) => Mark::Circled(circled_number(first)?),
        (None, '●' | '◎' | '〇' | '◉' | '⚪' | '⚫' | '⭕' | '◆' | '◇' | '■' | '➢' | '►' | '▶')
            if !is_doubled =>
        {
            Mark::Round(first)
        }
        (None, '•' | '‣' | '◦' | '▪' | '∙' | '·') if !is_doubled => Mark::Dot(first),
        (None, '-' | '－' | '–' | '—') if rest.starts_with(char::is_whitespace) => Mark::Dot(first),
        _ => return numbered(line).or_else(|| lettered(line)),
    };
    Some((mark, rest))
}

/// ⑴ ⒈ ❶ (1) （１） 1) 1． 1、 and 1. where no digit follows.
fn numbered(line: &str) -> Option<(Mark, &str)> {
    let mut chars = line.chars();
    let first = chars.next()?;
    let offset = |from: char| (first as usize) - (from as usize) + 1;
    let number = match first {
        '⑴'..='⒇' => Some(offset('⑴')),
        '⒈'..='⒛' => Some(offset('⒈')),
        '❶'..='❿' => Some(offset('❶')),
        '➀'..='➉' => Some(offset('➀')),
        '➊'..='➓' => Some(offset('➊')),
        '⓵'..='⓾' => Some(offset('⓵')),
        _ => None,
    };
    if let Some(number) = number {
        return Some((Mark::Number(number), chars.as_str()));
    }
    let is_bracketed = matches!(first, '(' | '（');
    let digits = if is_bracketed { chars.as_str() } else { line };
    let (mut number, mut count, mut rest) = (0, 0, digits);
    while let Some(digit) = rest.chars().next().and_then(digit) {
        (number, count) = (number * 10 + digit as usize, count + 1);
        rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
        if count > 2 {
            return None;
        }
    }
    let closing = rest.chars().next()?;
    let after = &rest[closing.len_utf8()..];
    let closes = match closing {
        ')' | '）' => true,
        '.' | '．' | '、' => !is_bracketed && after.chars().next().and_then(digit).is_none(),
        _ => false,
    };
    (count > 0 && closes).then_some((Mark::Number(number), after))
}

/// ア） a)
fn lettered(line: &str) -> Option<(Mark, &str)> {
    let mut chars = line.chars();
    let is_letter =
        |c: char| c.is_ascii_alphabetic() || matches!(c, 'ァ'..='ヺ' | 'ｦ'..='ﾝ' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ');
    let (letter, closing) = (chars.next()?, chars.next()?);
    (is_letter(letter) && matches!(closing, ')' | '）')).then_some((Mark::Letter, chars.as_str()))
}
