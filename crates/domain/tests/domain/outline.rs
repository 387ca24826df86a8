//! The outline grammar.

use super::texts;
use proptest::prelude::*;
use renkei_domain::{
    EntryText, Note, NoteKind, SceneSet, TextFault, limits,
    outline::{Mark, OutlineFault, circled_number, mark, marked, parse, print, with_mark},
    text::is_invisible,
};

fn note(kind: NoteKind, text: &str, depth: u8) -> Note {
    Note { kind, text: text.to_owned(), depth }
}

fn parsed(outline: &str) -> (String, Vec<Note>) {
    parse(outline).unwrap_or_else(|fault| panic!("{outline:?}: {fault}"))
}

use NoteKind::{Asterisk, Dot, Numbered};

#[test]
fn an_outline_is_read() {
    let outline =
        "○緊急時の備え\n*対象者：\n・75歳に達する人\n・新規介護認定者\n*配布\n①一つ\n③二つ\n・別の点";
    assert_eq!(
        parsed(outline),
        (
            "緊急時の備え".to_owned(),
            vec![
                note(Asterisk, "対象者：", 0),
                note(Dot, "75歳に達する人", 1),
                note(Dot, "新規介護認定者", 1),
                note(Asterisk, "配布", 0),
                note(Numbered, "一つ", 0),
                note(Numbered, "二つ", 0),
                note(Dot, "別の点", 0),
            ]
        )
    );
}

#[test]
fn marks_come_in_every_width() {
    for (line, kind) in [
        ("*", Asterisk),
        ("＊", Asterisk),
        ("※", Asterisk),
        ("・", Dot),
        ("･", Dot),
        ("①", Numbered),
        ("㊿", Numbered),
    ] {
        assert_eq!(
            parsed(&format!("◯本文\n　{line} 注記 ")),
            ("本文".to_owned(), vec![note(kind, "注記", 0)])
        );
    }
}

#[test]
fn only_the_first_mark_of_a_line_is_one() {
    assert_eq!(
        parsed("○○○市の○\n**強調*\n・・・"),
        ("○○市の○".to_owned(), vec![note(Asterisk, "*強調*", 0), note(Dot, "・・", 1)])
    );
}

#[test]
fn any_mark_is_text_while_the_body_is_empty() {
    assert_eq!(parsed("○①の結果を踏まえ"), ("①の結果を踏まえ".to_owned(), vec![]));
    assert_eq!(parsed("※該当なし"), ("※該当なし".to_owned(), vec![]));
    assert_eq!(parsed("○\n*該当なし"), ("*該当なし".to_owned(), vec![]));
    assert_eq!(parsed("・点\n・次"), ("・点".to_owned(), vec![note(Dot, "次", 0)]));
}

#[test]
fn a_line_without_a_mark_continues_the_text_before_it() {
    assert_eq!(
        parsed("本文の\n  続き\r\n*注記の\r続き\u{2028}さらに"),
        ("本文の 続き".to_owned(), vec![note(Asterisk, "注記の 続き さらに", 0)])
    );
    assert_eq!(parsed("○本文\n*\n後から"), ("本文".to_owned(), vec![note(Asterisk, "後から", 0)]));
}

#[test]
fn what_is_drawn_as_nothing_before_a_mark_is_layout() {
    assert_eq!(
        parsed("\u{feff}○本文\n\u{200b}*年2回\n\u{ad}・点"),
        ("本文".to_owned(), vec![note(Asterisk, "年2回", 0), note(Dot, "点", 1)])
    );
    assert_eq!(parsed("○本文\n\u{200b}続き").0, "本文 \u{200b}続き");
}

#[test]
fn a_line_takes_another_mark() {
    assert_eq!(with_mark("*年2回", Some(Dot)), "・年2回");
    assert_eq!(with_mark("年2回", Some(Numbered)), "①年2回");
    assert_eq!(with_mark(" ・年2回", None), "年2回");
    assert_eq!(with_mark("○年2回", Some(Asterisk)), "*○年2回");
}

#[test]
fn a_blank_line_brings_a_dot_up() {
    let notes = vec![note(Asterisk, "上", 0), note(Dot, "下", 1), note(Dot, "別", 0)];
    assert_eq!(parsed("○本文\n*上\n・下\n　\n・別").1, notes);
    assert_eq!(parsed("○本文\r\n*上\r\n・下\r\n\r\n・別").1, notes);
    assert_eq!(print("本文", &notes), "○本文\n*上\n・下\n\n・別");
}

#[test]
fn a_refusal_says_what_to_do() {
    let message = |outline: &str| parse(outline).unwrap_err().to_string();
    assert_eq!(
        message("○一つ目\n*注記\n○二つ目"),
        "取組は1つずつ保存します。2つ目の○は「下に追加」で書いてください。"
    );
    assert_eq!(parse("一つ目\n\n◯二つ目"), Err(OutlineFault::SecondEntry { line: 3 }));
    assert_eq!(message(""), "本文を入力してください。");
    assert_eq!(message(" ○　\n\n"), "本文を入力してください。");
    assert_eq!(message("○本文\n*"), "1番目の注記が空です。文を入れるか、行を消してください。");
    assert_eq!(message("○本\0文"), "本文は1行で書いてください（改行や制御文字は使えません）。");
    let long = "あ".repeat(limits::BODY_CHARS + 1);
    assert_eq!(parse(&long), Err(TextFault::LongBody { chars: limits::BODY_CHARS + 1 }.into()));
    assert_eq!(
        parse(&format!("○本文{}", "\n*注".repeat(51))),
        Err(TextFault::ManyNotes { count: 51 }.into())
    );
}

#[test]
fn numbers_are_counted_through_the_entry() {
    let notes = [note(Numbered, "a", 0), note(Asterisk, "b", 0), note(Numbered, "c", 0), note(Dot, "d", 0)];
    let marks: Vec<String> = marked(&notes).map(|(mark, _)| mark).collect();
    assert_eq!(marks, ["①", "*", "②", "・"]);
}

#[test]
fn every_number_has_its_circle() {
    for number in 1..=limits::NOTES {
        let printed = mark(Numbered, number);
        let circle = printed.chars().next().unwrap();
        assert_eq!((printed.chars().count(), circled_number(circle)), (1, Some(number)));
        assert_eq!(Mark::of(circle), Some(Mark::Note(Numbered)));
    }
    assert_eq!((mark(Numbered, 51), Mark::of('⓪'), Mark::of('〇')), ("(51)".to_owned(), None, None));
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(entry in texts::entry()) {
        let EntryText { body, notes, .. } = entry;
        prop_assert_eq!(parse(&print(&body, &notes)), Ok((body, notes)));
    }

    #[test]
    fn printing_what_was_read_settles(outline in texts::text()) {
        if let Ok((body, notes)) = parse(&outline) {
            let printed = print(&body, &notes);
            prop_assert_eq!(parse(&printed), Ok((body.clone(), notes.clone())));
            let text = EntryText { body, notes, explicit_scenes: SceneSet::EMPTY };
            prop_assert_eq!(text.clone().checked(), Ok(text));
        }
    }

    #[test]
    fn no_character_is_lost(outline in texts::text()) {
        if let Ok((body, notes)) = parse(&outline) {
            // What is drawn as nothing is layout before a mark.
            let is_seen = |c: &char| !c.is_whitespace() && !is_invisible(*c);
            let visible = |text: &str| text.chars().filter(is_seen).map(same_mark).collect::<String>();
            // ○ in front is the printer's own when none was typed.
            let printed = visible(&print(&body, &notes));
            let typed = visible(&outline);
            prop_assert!(printed == typed || printed.strip_prefix('○') == Some(&typed), "{printed:?} {typed:?}");
        }
    }
}

/// One spelling for marks, since the printer has one.
fn same_mark(c: char) -> char {
    match Mark::of(c) {
        Some(Mark::Entry) => '○',
        Some(Mark::Note(Asterisk)) => '*',
        Some(Mark::Note(Dot)) => '・',
        Some(Mark::Note(Numbered)) => '①',
        None => c,
    }
}
