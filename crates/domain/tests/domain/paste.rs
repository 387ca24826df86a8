//! What is pasted from Excel, Word, a mail or the page itself.

use super::texts;
use proptest::prelude::*;
use renkei_domain::{
    fields,
    outline::{self, print},
    paste::{Pasted, block, entries, into_outline, unquoted},
    text::is_blank,
};

/// Pastes at `|` or over what stands between two of them, and shows where the caret is then.
fn pasted(outline: &str, text: &str) -> String {
    let parts: Vec<&str> = outline.split('|').collect();
    let before = parts[0];
    let selected = if parts.len() == 3 { parts[1] } else { "" };
    let whole = outline.replace('|', "");
    match into_outline(&whole, before.len(), before.len() + selected.len(), text) {
        Pasted::Text { start, end, text } => format!("{}{text}|{}", &whole[..start], &whole[end..]),
        Pasted::Entries(entries) => format!("取組{}件", entries.len()),
    }
}

#[test]
fn numbered_lines_are_entries_where_nothing_else_opens_one() {
    for numbered in
        ["①研修会\n②協議会", "1. 研修会\n2. 協議会", "(1)研修会\n(2)協議会", "（１）研修会\n（２）協議会"]
    {
        assert_eq!(entries(numbered), ["○研修会", "○協議会"], "{numbered}");
    }
    assert_eq!(entries("1. 研修会\n・講義\n2. 協議会"), ["○研修会\n・講義", "○協議会"]);
    assert_eq!(entries("①の結果を踏まえて行う"), ["○①の結果を踏まえて行う"]);
    assert_eq!(entries("研修会\n①講義\n②演習"), ["○研修会\n①講義\n②演習"]);
    assert_eq!(entries("○研修会\n①講義\n②演習"), ["○研修会\n①講義\n②演習"]);
}

#[test]
fn a_pasted_mark_takes_the_place_of_the_editors_own() {
    for mark in ["○", "◯", "〇", "●", "・", "･", "•\t", "○　", " \u{200b}○\u{200b}"] {
        assert_eq!(pasted("○|", &format!("{mark}研修会")), "○研修会|", "{mark:?}");
    }
    assert_eq!(pasted("|", "研修会"), "○研修会|");
    assert_eq!(pasted("|○前の文\n*注記|", "●研修会\n※年2回"), "○研修会\n*年2回|");
    assert_eq!(pasted("|○", "○研修会"), "○研修会|");
}

#[test]
fn masked_names_stay() {
    assert_eq!(pasted("○|", "○○○市の研修"), "○○○市の研修|");
    assert_eq!(pasted("○|", "〇〇市の研修"), "○〇〇市の研修|");
    assert_eq!(pasted("○|", "●●病院"), "○●●病院|");
    assert_eq!(pasted("○本庄市と|の研修", "○○市"), "○本庄市と○○市|の研修");
}

#[test]
fn quotes_of_excel_go_and_those_of_a_text_stay() {
    assert_eq!(pasted("○|", "\"○研修会\n*通称\"\"結\"\"の会\"\r\n"), "○研修会\n*通称\"結\"の会|");
    assert_eq!(pasted("○|", "\"引用\""), "○\"引用\"|");
    assert_eq!(pasted("○|", "\"引用\"の会"), "○\"引用\"の会|");
    assert_eq!(unquoted("前\n\"二\n三\"\n\"四\""), "前\n二\n三\n\"四\"");
}

#[test]
fn notes_come_in_many_forms() {
    let text = "○研修会\n※対象は全職員\n（1）講義\n２．演習\n3)発表\n④まとめ\nア）会場\n- 受付";
    assert_eq!(
        pasted("○|", text),
        "○研修会\n*対象は全職員\n①講義\n②演習\n③発表\n④まとめ\n・ア）会場\n・受付|"
    );
    // A number that would be printed as another one stays in the text.
    assert_eq!(pasted("○|", "○研修会\n(3) 三つ目"), "○研修会\n・(3) 三つ目|");
    assert_eq!(pasted("○|", "○研修会。\n1.5倍に増えた"), "○研修会。\n・1.5倍に増えた|");
    assert_eq!(pasted("○|", "○研修会\n\u{200b}*年2回\n\u{ad}＊\u{feff}本庄"), "○研修会\n*年2回\n*本庄|");
}

#[test]
fn a_reference_is_no_mark() {
    assert_eq!(
        pasted("○|", "（カ）の研修と合わせて\n（カ）を参照"),
        "○（カ）の研修と合わせて\n（カ）を参照|"
    );
}

#[test]
fn an_unmarked_line_goes_on_unless_the_text_has_ended() {
    assert_eq!(
        pasted("○|", "○在宅医療の研修を\n開催した。\n参加者は30人\n\n場所は本庄"),
        "○在宅医療の研修を\n開催した。\n・参加者は30人\n・場所は本庄|"
    );
    assert_eq!(pasted("○|", "○研修会\n*\n年2回"), "○研修会\n*年2回|");
}

#[test]
fn a_dot_opens_an_entry_only_where_nothing_else_does() {
    assert_eq!(entries("・研修会\n*年2回\n・広報"), ["○研修会\n*年2回", "○広報"]);
    assert_eq!(entries("○研修会\n・年2回\n・広報"), ["○研修会\n・年2回\n・広報"]);
    assert_eq!(entries("研修会\n・年2回\n・広報"), ["○研修会\n・年2回\n・広報"]);
    assert_eq!(pasted("○研修会\n|", "・年2回\n・広報"), "○研修会\n・年2回\n・広報|");
}

#[test]
fn several_entries_are_told_apart() {
    assert_eq!(entries("前書き\n○一つ\n*注\n\n○\n○二つ\n続き"), ["○前書き", "○一つ\n*注", "○二つ\n続き"]);
    assert_eq!(pasted("○|", "○一つ\n○二つ"), "取組2件");
    assert_eq!(pasted("○今の文|", "○一つ\n*注"), "取組1件");
    assert_eq!(pasted("○今の文\n|", "○一つ"), "取組1件");
    assert!(entries("").is_empty() && entries(" \n○\n・").is_empty());
}

#[test]
fn a_fragment_goes_on_with_the_outline() {
    assert_eq!(pasted("○研修会\n①一つ\n|", "(2) 二つ\n(3) 三つ"), "○研修会\n①一つ\n②二つ\n③三つ|");
    assert_eq!(pasted("○研修会\n*|", "年2回"), "○研修会\n*年2回|");
    assert_eq!(pasted("○研修会\n*|", "・年2回"), "○研修会\n・年2回|");
    assert_eq!(pasted("○研修|会", "の\n*年2回"), "○研修の\n*年2回|会");
    assert_eq!(pasted("○研|修|会", "究\t大"), "○研究\u{3000}大|会");
}

#[test]
fn quotes_that_a_cell_does_not_need_are_the_texts_own_and_no_other_lines() {
    assert_eq!(entries("○\"在宅\"\n在宅"), ["○\"在宅\"\n在宅"]);
    assert_eq!(entries("○研修\n*\n\"\"\n\n・年2回"), ["○研修\n*\"\"\n\n・年2回"]);
    assert_eq!(entries("研修\n\"年2回\"\n年2回"), ["○研修\n\"年2回\"\n年2回"]);
}

#[test]
fn a_letter_or_a_number_with_nothing_behind_it_is_text() {
    assert_eq!(entries("○\nA）\n"), ["○A）"]);
    assert_eq!(entries("○研修\nア）\n年2回"), ["○研修\nア）\n・年2回"]);
    assert_eq!(entries("○研修\n(5)\n年2回"), ["○研修\n(5)\n・年2回"]);
}

#[test]
fn cells_are_a_block() {
    assert_eq!(block("一つ\n二つ"), None);
    let cells = block("○一つ\t\"○二つ\n*注\"\r\n\t三つ\r\n");
    assert_eq!(
        cells,
        Some(vec![vec!["○一つ".into(), "○二つ\n*注".into()], vec![String::new(), "三つ".into()]])
    );
}

proptest! {
    #[test]
    fn what_is_printed_is_pasted_again(texts in prop::collection::vec(texts::entry(), 1..4)) {
        let shown = |text: &str| text.trim_start_matches(is_layout).replace('\t', "\u{3000}").trim().to_owned();
        let printed: Vec<String> = texts.iter().map(|entry| print(&entry.body, &entry.notes)).collect();
        let printed = printed.join("\n");
        // So Excel begins a cell in quotes, which may go on over lines.
        prop_assume!(!printed.contains("\t\"") && !printed.contains("\n\""));
        let read = renkei_domain::paste::texts(&printed).unwrap();
        prop_assert_eq!(read.len(), texts.len());
        for (read, entry) in read.iter().zip(&texts) {
            prop_assert_eq!(&read.0, &shown(&entry.body));
            let notes: Vec<_> = entry.notes.iter().map(|note| (note.kind, shown(&note.text), note.depth)).collect();
            let read: Vec<_> = read.1.iter().map(|note| (note.kind, note.text.clone(), note.depth)).collect();
            prop_assert_eq!(read, notes);
        }
    }

    #[test]
    fn cells_that_excel_would_write_are_read_again(rows in prop::collection::vec(prop::collection::vec(texts::text(), 2), 1..4)) {
        prop_assert_eq!(block(&fields::print(&rows)), Some(rows));
    }

    #[test]
    fn nothing_that_can_be_seen_is_lost_or_doubled(text in texts::text()) {
        // Without the marks, which have one spelling each, and the digits of numbers.
        let seen = |text: &str| {
            text.chars().filter(|c| !is_mark(*c) && !c.is_whitespace()).collect::<String>()
        };
        let read = entries(&text);
        prop_assert_eq!(seen(&read.join("\n")), seen(&unquoted(&text)));
        for outline in &read {
            prop_assert!(!outline::read(outline).iter().any(|line| line.reading == outline::LineReading::SecondEntry));
        }
    }

    #[test]
    fn a_paste_anywhere_keeps_what_stands_beside_it(body in texts::line(), at in any::<prop::sample::Index>(), text in texts::text()) {
        let outline = format!("○{body}");
        let places: Vec<usize> = outline.char_indices().map(|(at, _)| at).chain([outline.len()]).skip(1).collect();
        let at = *at.get(&places);
        if let Pasted::Text { start, end, text } = into_outline(&outline, at, at, &text) {
            prop_assert!(start <= at && end >= at);
            prop_assert!(outline[start..at].chars().all(is_mark_or_layout) && outline[at..end].chars().all(is_mark_or_layout));
            let _ = text;
        }
    }
}

fn is_layout(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn is_mark(c: char) -> bool {
    is_layout(c)
        || outline::Mark::of(c).is_some()
        || is_blank(&c.to_string())
        || matches!(c, '〇' | '●' | '•' | '◦' | '-' | '(' | '（' | ')' | '）' | '.' | '．' | '·')
        || c.is_numeric()
}

fn is_mark_or_layout(c: char) -> bool {
    is_layout(c) || outline::Mark::of(c).is_some() || matches!(c, '〇' | '●')
}
