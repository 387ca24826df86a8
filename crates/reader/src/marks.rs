//! Marks as others write them, made into those of the sheet: ● 〇 ◎ in place of ○, (1) or 1. in place of ①, and lists that
//! begin with ・ or a number where the sheet has ○. What a mark is, the domain says ([`marks`]).

use super::cell::is_layout;
use super::html::{Bit, Break, Edge};
use renkei_domain::limits;
use renkei_domain::marks::{self, Mark};
use renkei_domain::outline::circled;
use std::collections::BTreeSet;

/// Characters of a line that tell its mark: a bracket, two digits, a bracket, and what follows.
const MARK_CHARS: usize = 5;

/// What a line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Entry,
    /// ● and the like.
    Round(char),
    Dot(char),
    /// (1), 1. and ①: the number and how many bits it takes.
    Number {
        number: usize,
        length: usize,
        circled: bool,
    },
    Other,
}

/// The bits of a cell with the sheet's marks, and what was taken for what, in words.
pub fn canonical(bits: Vec<Bit>) -> (Vec<Bit>, Vec<String>) {
    let starts: Vec<(usize, Start)> =
        line_starts(&bits).into_iter().map(|at| (at, start(&bits[at..]))).collect();
    // The first line's mark is that of the entries, unless ○ and the like open one anywhere.
    let rounds = starts.iter().any(|(_, start)| matches!(start, Start::Entry | Start::Round(_)));
    let leading = starts.first().map_or(Start::Other, |(_, start)| *start);
    let mut result = Vec::with_capacity(bits.len());
    let mut said = BTreeSet::new();
    let mut next = starts.iter().peekable();
    let mut at = 0;
    let mut expected = 1;
    // Before the first entry there is none that a number could be a note of.
    let mut opened = false;
    while at < bits.len() {
        let Some((_, start)) = next.next_if(|(place, _)| *place == at) else {
            result.push(bits[at]);
            at += 1;
            continue;
        };
        let mut length = 1;
        let replaced = match *start {
            Start::Entry => {
                (expected, opened) = (1, true);
                None
            }
            Start::Round(c) => {
                (expected, opened) = (1, true);
                said.insert(format!("行頭の「{c}」を「○」（取組の初め）と読みました。"));
                Some('○')
            }
            Start::Dot(c) if !rounds && matches!(leading, Start::Dot(_)) => {
                said.insert(format!("行頭の「{c}」を「○」（取組の初め）と読みました。"));
                Some('○')
            }
            Start::Number { length: long, .. } if !rounds && matches!(leading, Start::Number { .. }) => {
                length = long;
                said.insert("行頭の番号を「○」（取組の初め）と読みました。番号は取り込みません。".to_owned());
                Some('○')
            }
            Start::Number { number, length: long, circled: false }
                if number == expected && (opened || !rounds) =>
            {
                length = long;
                expected += 1;
                said.insert("行頭の番号を「①」などの注記と読みました。".to_owned());
                circled(number)
            }
            Start::Number { circled: true, .. } => {
                expected += 1;
                None
            }
            Start::Dot(c) if !matches!(c, '・' | '･') => {
                said.insert(format!("行頭の「{c}」を「・」（注記）と読みました。"));
                Some('・')
            }
            _ => None,
        };
        match replaced {
            Some(mark) => result.push(Bit::Char(mark)),
            None => {
                length = 1;
                result.push(bits[at]);
            }
        }
        at += length;
    }
    (result, said.into_iter().collect())
}

/// Where each line's first visible character stands, unless it is a text's own.
fn line_starts(bits: &[Bit]) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut at_start, mut in_text) = (true, false);
    for (index, bit) in bits.iter().enumerate() {
        match bit {
            Bit::Break(Break::Newline | Break::Tag | Break::Block) => (at_start, in_text) = (true, false),
            Bit::Char(c) if !c.is_whitespace() && at_start => {
                if !in_text {
                    starts.push(index);
                }
                at_start = false;
            }
            Bit::Edge(Edge::TextStart) => in_text = true,
            Bit::Edge(Edge::TextEnd) => in_text = false,
            Bit::Char(_) | Bit::Edge(_) => {}
        }
    }
    starts
}

/// By the domain's grammar, which pasted texts are read by too.
fn start(bits: &[Bit]) -> Start {
    let line = bits.iter().map_while(|bit| match bit {
        Bit::Char(c) => Some(*c),
        Bit::Break(_) | Bit::Edge(_) => None,
    });
    let line: String = line.take(MARK_CHARS).collect();
    let Some((mark, rest)) = marks::split(&line) else { return Start::Other };
    let length = line.chars().count() - rest.chars().count();
    let number = |number, circled| match number {
        1..=limits::NOTES => Start::Number { number, length, circled },
        _ => Start::Other,
    };
    // ◎ or (1) alone is a text, as in an evaluation.
    let mut behind = bits.iter().skip(length).take_while(|bit| !matches!(bit, Bit::Break(_)));
    let shows = |bit: &Bit| matches!(bit, Bit::Char(c) if !is_layout(*c));
    if !matches!(mark, Mark::Entry | Mark::Asterisk) && !behind.any(shows) {
        return Start::Other;
    }
    match mark {
        Mark::Entry => Start::Entry,
        Mark::Round(c) => Start::Round(c),
        Mark::Dot(c) => Start::Dot(c),
        Mark::Circled(circled) => number(circled, true),
        Mark::Number(counted) => number(counted, false),
        Mark::Asterisk | Mark::Letter => Start::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html;

    fn read(cell: &str) -> String {
        let (bits, _) = canonical(html::bits(cell));
        let text = bits.into_iter().map(|bit| match bit {
            Bit::Char(c) => c.to_string(),
            Bit::Break(_) => "\n".to_owned(),
            Bit::Edge(_) => String::new(),
        });
        text.collect()
    }

    #[test]
    fn marks_of_others_are_those_of_the_sheet() {
        for (cell, expected) in [
            ("●一つ\n●二つ\n※注", "○一つ\n○二つ\n※注"),
            ("〇一つ\n　(1)甲\n　(2)乙", "○一つ\n　①甲\n　②乙"),
            ("○一つ\n1.甲\n２．乙\n（3）丙", "○一つ\n①甲\n②乙\n③丙"),
            ("・一つ\n・二つ", "○一つ\n○二つ"),
            ("1. 一つ\n・点\n2. 二つ", "○ 一つ\n・点\n○ 二つ"),
            ("○一つ\n・点", "○一つ\n・点"),
            ("①一つ\n②二つ", "○一つ\n○二つ"),
            ("○一つ\n⑴甲\n⑵乙", "○一つ\n①甲\n②乙"),
            ("⑴一つ\n⑵二つ", "○一つ\n○二つ"),
            ("○一つ\n1、甲\n2、乙", "○一つ\n①甲\n②乙"),
            ("○一つ\n• 点\n▪点", "○一つ\n・ 点\n・点"),
            ("- 一つ\n- 二つ", "○ 一つ\n○ 二つ"),
        ] {
            assert_eq!(read(cell), expected);
        }
    }

    #[test]
    fn what_is_no_mark_stays() {
        for cell in [
            "〇〇市で行う",
            "●●病院",
            "1.5倍になった",
            "○一つ\n3か所",
            "(1)研修会について\n○開催日",
            "○一つ\n(3)から始まる",
            "○一つ ●途中",
            "本文",
            "◎",
            "●　",
            "(1)",
            "1.",
            "・",
            "◎\n<bdi>●</bdi>病院",
        ] {
            assert_eq!(read(cell), cell.replace("<bdi>", "").replace("</bdi>", ""));
        }
    }

    #[test]
    fn it_is_said_what_was_taken_for_what() {
        let (_, said) = canonical(html::bits("●一つ\n●二つ"));
        assert_eq!(said, ["行頭の「●」を「○」（取組の初め）と読みました。"]);
        assert!(canonical(html::bits("○一つ\n*注")).1.is_empty());
    }
}
