//! Two people's edits of one text: both present, none invented, no matter who came first.

use crate::texts;
use proptest::prelude::*;
use renkei_domain::diff::{Fate, diff};
use renkei_domain::merge::{Merge, Passage, Whose, merge};
use renkei_domain::outline::{self, OutlineFault};
use renkei_domain::text::grapheme_start;
use renkei_domain::{CareScene, EntryText, Note, NoteKind, SceneSet, TextFault, limits};
use std::time::{Duration, Instant};

fn body(text: &str) -> EntryText {
    EntryText { body: text.into(), ..EntryText::default() }
}

fn notes(lines: &[&str]) -> EntryText {
    let note = |line: &&str| Note { kind: NoteKind::Asterisk, text: (*line).into(), depth: 0 };
    EntryText { notes: lines.iter().map(note).collect(), ..body("本文") }
}

fn lines(text: &EntryText) -> Vec<&str> {
    text.notes.iter().map(|note| note.text.as_str()).collect()
}

#[test]
fn edits_in_two_places_of_a_body_are_both_kept() {
    let base = body("多職種が協働することにより郡市内の在宅医療・介護連携を更に推進する。");
    let theirs = body("多職種が協働することにより1市3町の在宅医療・介護連携を更に推進する。");
    let yours = body("多職種が協働することにより郡市内の在宅医療・介護連携を着実に推進する。");
    let merged = merge(&base, &theirs, &yours);
    assert_eq!(merged.overlaps, 0);
    assert_eq!(merged.text.body, "多職種が協働することにより1市3町の在宅医療・介護連携を着実に推進する。");
    assert_eq!(merge(&base, &yours, &theirs).text, merged.text);
}

#[test]
fn an_insertion_at_the_edge_of_a_replacement_is_for_a_person_and_the_proposal_holds_both() {
    let base = body("多職種が協働することにより郡市内の在宅医療・介護連携を更に推進する。");
    let theirs =
        body("多職種が協働することにより郡市内の在宅医療・介護連携を、夜間・休日を含めて更に推進する。");
    let yours = body("多職種が協働することにより1市3町の在宅医療・介護連携を着実に推進する。");
    let merged = merge(&base, &theirs, &yours);
    assert_eq!(merged.overlaps, 1);
    let expected =
        "多職種が協働することにより1市3町の在宅医療・介護連携を、夜間・休日を含めて着実に推進する。";
    assert_eq!(merged.text.body, expected);
}

#[test]
fn the_same_words_written_over_are_an_overlap_that_keeps_both() {
    let (theirs, yours) = (body("協議会を年3回開催する。"), body("協議会を年4回開催する。"));
    let merged = merge(&body("協議会を年2回開催する。"), &theirs, &yours);
    assert_eq!((merged.overlaps, merged.text.body.as_str()), (1, "協議会を年34回開催する。"));
}

#[test]
fn the_same_edit_twice_is_one_edit() {
    let (base, edited) = (body("研修会を開催。"), body("研修会を計画し開催。"));
    let merged = merge(&base, &edited, &edited);
    assert_eq!((merged.overlaps, merged.text), (0, edited));
}

#[test]
fn the_same_edit_twice_is_one_edit_whatever_else_was_edited() {
    // Where the letters beside it repeat, an insertion could begin earlier or later: 〔五〕 or 五〕〔.
    let base = body("取組を行う。資料を配る〔二〕〔一〕。〔三〕");
    let theirs = body("取組を行う。資料を配る〔二〕〔五〕〔一〕。〔三〕〔四〕");
    let yours = body("取組を行う〔六〕。資料を配る〔二〕〔五〕〔一〕。〔三〕");
    let merged = merge(&base, &theirs, &yours);
    let expected = "取組を行う〔六〕。資料を配る〔二〕〔五〕〔一〕。〔三〕〔四〕";
    assert_eq!((merged.overlaps, merged.text.body.as_str()), (0, expected));
    assert_eq!(merge(&base, &yours, &theirs).text, merged.text);
}

#[test]
fn notes_added_by_two_are_both_kept() {
    let base = notes(&["一"]);
    let merged = merge(&base, &notes(&["一", "二"]), &notes(&["一", "三"]));
    assert_eq!((merged.overlaps, lines(&merged.text)), (0, vec!["一", "二", "三"]));
    let merged = merge(&base, &notes(&["一", "二"]), &notes(&["一", "二", "三"]));
    assert_eq!((merged.overlaps, lines(&merged.text)), (0, vec!["一", "二", "三"]));
}

#[test]
fn one_edits_a_note_the_other_adds_one_below() {
    let merged = merge(&notes(&["会議12回"]), &notes(&["会議13回"]), &notes(&["会議12回", "研修2回"]));
    assert_eq!((merged.overlaps, lines(&merged.text)), (0, vec!["会議13回", "研修2回"]));
}

#[test]
fn a_note_deleted_by_one_and_edited_by_the_other_is_for_a_person() {
    let merged = merge(&notes(&["会議12回"]), &notes(&[]), &notes(&["会議13回"]));
    assert_eq!((merged.overlaps, lines(&merged.text)), (1, vec!["会議13回"]));
}

#[test]
fn sentences_added_at_the_same_end_touch() {
    let base = body("協議会を開催した。");
    let merged = merge(&base, &body("協議会を開催した。参加90人。"), &body("協議会を開催した。次回は2月。"));
    assert_eq!(merged.overlaps, 1);
    assert_eq!(merged.text.body, "協議会を開催した。参加90人。次回は2月。");
}

#[test]
fn where_both_only_added_the_proposal_has_once_what_stood_there() {
    let base = body("資料を配る〔一〕。");
    let theirs = body("資料を配る〔五〕〔一〕。〔四〕");
    let yours = body("資料を配る〔二〕〔一〕。〔三〕");
    let merged = merge(&base, &theirs, &yours);
    assert_eq!(merged.overlaps, 1);
    assert_eq!(merged.text.body, "資料を配る〔五〕〔二〕〔一〕。〔四〕〔三〕");
}

#[test]
fn what_one_added_and_the_other_went_on_from_is_proposed_once() {
    let (base, short) = (body("協議会を開催した。"), body("協議会を開催した。参加90人。"));
    let long = body("協議会を開催した。参加90人。次回は2月。");
    for (theirs, yours) in [(&short, &long), (&long, &short)] {
        let merged = merge(&base, theirs, yours);
        assert_eq!((merged.overlaps, &merged.text), (1, &long));
    }
    // The same letter within it is another one.
    let (theirs, yours) = (body("続き。"), body("続き見直しもする。"));
    assert_eq!(merge(&body("続き"), &theirs, &yours).text, body("続き。見直しもする。"));
}

#[test]
fn changes_side_by_side_are_for_a_person() {
    let merged = merge(&body("研修会を年内に実施"), &body("講習会を年内に実施"), &body("研修会を春に実施"));
    assert_eq!((merged.overlaps, merged.text.body.as_str()), (0, "講習会を春に実施"));
    let merged = merge(&body("在宅医療"), &body("訪問医療"), &body("在宅看護"));
    assert_eq!(merged.overlaps, 1, "訪問看護 is neither's word: {}", merged.text.body);
}

#[test]
fn no_number_is_made_of_two() {
    for (base, theirs, yours) in [
        ("計1200件", "計2200件", "計1201件"),
        ("計1,200件", "計2,200件", "計1,201件"),
        ("１２００件", "２２００件", "１２０１件"),
        ("R8/2/6（予定）", "R7/2/6（予定）", "R8/2/7（予定）"),
        ("12.5％", "13.5％", "12.6％"),
    ] {
        assert_eq!(merge(&body(base), &body(theirs), &body(yours)).overlaps, 1, "{base}");
    }
    let merged = merge(&body("47件、12回。"), &body("48件、12回。"), &body("47件、13回。"));
    assert_eq!((merged.overlaps, merged.text.body.as_str()), (0, "48件、13回。"));
}

#[test]
fn a_deletion_and_an_edit_within_it_are_for_a_person_and_two_deletions_are_one() {
    let base = body("協議会を開催し、議事録を公開した。");
    let short = body("協議会を開催した。");
    assert_eq!(merge(&base, &short, &body("協議会を開催し、議事要旨を公開した。")).overlaps, 1);
    let merged = merge(&base, &short, &short);
    assert_eq!((merged.overlaps, merged.text), (0, short));
}

#[test]
fn a_line_edited_and_one_added_below_it_do_not_hide_the_others_edit_of_that_line() {
    let base = notes(&["会議を12回開催した。", "研修"]);
    let theirs = notes(&["会議を13回開催した。", "研修"]);
    let yours = notes(&["会議を12回、夜間に開催した。", "参加者は90人", "研修"]);
    let merged = merge(&base, &theirs, &yours);
    assert_eq!(
        (merged.overlaps, lines(&merged.text)),
        (0, vec!["会議を13回、夜間に開催した。", "参加者は90人", "研修"])
    );
}

#[test]
fn a_line_that_is_gone_is_not_taken_for_the_one_below_it() {
    let base = notes(&["研修会を開催した。", "講演会を開催した。"]);
    let theirs = notes(&["講演会を3回開催した。"]);
    let merged = merge(&base, &theirs, &notes(&["研修会を春に開催した。", "講演会を開催した。"]));
    assert_eq!(
        (merged.overlaps, lines(&merged.text)),
        (1, vec!["研修会を春に開催した。", "講演会を3回開催した。"])
    );
    let merged = merge(&base, &theirs, &notes(&["研修会を開催した。", "講演会を夏に開催した。"]));
    assert_eq!((merged.overlaps, lines(&merged.text)), (1, vec!["講演会を3回夏に開催した。"]));
}

#[test]
fn a_line_that_one_moved_and_the_other_took_away_or_moved_elsewhere_is_for_a_person() {
    let base = notes(&["一", "二", "三", "四"]);
    let moved = notes(&["二", "三", "四", "一"]);
    for (theirs, why) in [
        (["二", "三", "四"].as_slice(), "taken away"),
        (&["二", "三", "一", "四"], "moved elsewhere"),
        (&["一つ", "二", "三", "四"], "rewritten"),
    ] {
        assert!(merge(&base, &notes(theirs), &moved).overlaps > 0, "{why}");
        assert!(merge(&base, &moved, &notes(theirs)).overlaps > 0, "{why}");
    }
    let merged = merge(&base, &moved, &moved);
    assert_eq!((merged.overlaps, &merged.text), (0, &moved));
    let merged = merge(&base, &moved, &notes(&["一", "二つ", "三", "四"]));
    assert_eq!((merged.overlaps, lines(&merged.text)), (0, vec!["二つ", "三", "四", "一"]));
}

#[test]
fn a_dot_added_under_an_asterisk_that_is_gone_is_for_a_person() {
    let of = |notes: &[(NoteKind, &str, u8)]| EntryText {
        notes: notes
            .iter()
            .map(|(kind, text, depth)| Note { kind: *kind, text: (*text).into(), depth: *depth })
            .collect(),
        ..body("本文")
    };
    let (date, who) = ((NoteKind::Asterisk, "日時", 0), (NoteKind::Asterisk, "対象者", 0));
    let merged = merge(&of(&[date, who]), &of(&[date]), &of(&[date, who, (NoteKind::Dot, "医師", 1)]));
    assert_eq!((merged.overlaps, lines(&merged.text)), (1, vec!["日時", "対象者", "医師"]));
}

#[test]
fn the_passages_tell_who_changed_what() {
    let base = notes(&["会議12回", "研修2回"]);
    let mut theirs = notes(&["会議13回", "研修2回"]);
    let mut yours = notes(&["会議14回", "研修2回", "講演"]);
    theirs.body = "本文に".into();
    yours.body = "この本文".into();
    let passage = |whose, base: &str, theirs: &str, yours: &str, both: &str| Passage {
        whose,
        base: base.into(),
        theirs: theirs.into(),
        yours: yours.into(),
        both: both.into(),
    };
    let same = |text| passage(Whose::Nobody, text, text, text, text);
    assert_eq!(
        merge(&base, &theirs, &yours).passages,
        [
            same("○"),
            passage(Whose::Yours, "", "", "この", "この"),
            same("本文"),
            passage(Whose::Theirs, "", "に", "", "に"),
            same("\n*会議"),
            passage(Whose::Overlap, "12", "13", "14", "1314"),
            same("回\n*研修2回"),
            passage(Whose::Yours, "", "", "\n*講演", "\n*講演"),
        ]
    );
}

/// The longest texts that an entry may have, of letters that occur again and again.
fn longest(seed: u32) -> EntryText {
    let mut state = seed;
    let mut line = |chars: usize| -> String {
        let letter = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from_u32('あ' as u32 + (state >> 16) % 60).unwrap_or('あ')
        };
        (0..chars).map(letter).collect()
    };
    let note = |text| Note { kind: NoteKind::Asterisk, text, depth: 0 };
    EntryText {
        body: line(limits::BODY_CHARS),
        notes: (0..limits::NOTES).map(|_| note(line(limits::NOTE_CHARS))).collect(),
        ..EntryText::default()
    }
}

#[test]
fn the_longest_texts_that_have_nothing_in_common_are_merged_in_time() {
    let (base, theirs, yours) = (longest(1), longest(2), longest(3));
    let start = Instant::now();
    let merged = merge(&base, &theirs, &yours);
    assert!(merged.overlaps > 0);
    // Without optimisation; what is released is some ten times faster.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn the_longest_outlines_are_compared_in_time() {
    let outline = |seed| {
        let text = longest(seed);
        outline::print(&text.body, &text.notes).replace('あ', "。")
    };
    let (old, new) = (outline(1), outline(2));
    let start = Instant::now();
    let pieces = diff(&old, &new);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(pieces.iter().any(|piece| piece.fate == Fate::Same), "their marks at least are the same");
    let near = new.replacen('い', "う", 1).replacen("\n*", "\n*前：", 30);
    let start = Instant::now();
    let kept: usize =
        diff(&new, &near).iter().filter(|piece| piece.fate == Fate::Same).map(|piece| piece.text.len()).sum();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(kept > new.len() * 9 / 10, "{kept} of {}", new.len());
}

#[test]
fn scenes_are_merged_one_by_one() {
    let with = |scenes: &[CareScene]| EntryText {
        explicit_scenes: scenes.iter().copied().collect(),
        ..body("本文")
    };
    let merged = merge(
        &with(&[CareScene::DailyCare]),
        &with(&[CareScene::DailyCare, CareScene::EndOfLife]),
        &with(&[CareScene::Emergency]),
    );
    assert_eq!((merged.overlaps, merged.text), (0, with(&[CareScene::Emergency, CareScene::EndOfLife])));
}

#[test]
fn a_grapheme_is_never_cut() {
    let pieces = diff("か\u{3099}あ👨‍👩‍👧", "き\u{3099}あ👨‍👩‍👦");
    let texts: Vec<_> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    assert!(texts.contains(&"か\u{3099}") || texts.contains(&"か\u{3099}あ👨‍👩‍👧"), "{texts:?}");
}

/// The entry's body and notes if one side is chosen throughout.
fn chosen(merged: &Merge, side: fn(&Passage) -> &String) -> Result<(String, Vec<Note>), OutlineFault> {
    let outline: String = merged.passages.iter().map(|passage| side(passage).as_str()).collect();
    outline::parse(&outline)
}

fn in_order(letters: &str, text: &str) -> bool {
    let mut rest = text.chars();
    letters.chars().all(|letter| rest.any(|other| other == letter))
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec!['あ', 'の', 'と', '在', '宅', '。', 'a', '\u{3099}']),
        0..24,
    )
    .prop_map(|letters| letters.into_iter().collect())
}

fn entry() -> impl Strategy<Value = EntryText> {
    let kinds = prop::sample::select(vec![NoteKind::Asterisk, NoteKind::Numbered]);
    let note = (kinds, "[あいう]{1,4}").prop_map(|(kind, text)| Note { kind, text, depth: 0 });
    (text(), prop::collection::vec(note, 0..6), 0u8..16).prop_map(|(body, notes, bits)| EntryText {
        body,
        notes,
        explicit_scenes: SceneSet::from_bits(bits),
    })
}

/// A base, two edits of it that stay apart by a stretch longer than either, and both together.
fn apart() -> impl Strategy<Value = (String, String, String, String)> {
    let word = || "[あ-ん]{0,6}";
    (word(), word(), word(), word(), any::<bool>()).prop_map(|(was_a, now_a, was_b, now_b, swap)| {
        let frame = |a: &str, b: &str| format!("一二三四五六七八{a}九十百千万億兆京{b}甲乙丙丁戊己庚辛");
        let (first, second) = (frame(&now_a, &was_b), frame(&was_a, &now_b));
        let (base, both) = (frame(&was_a, &was_b), frame(&now_a, &now_b));
        if swap { (base, second, first, both) } else { (base, first, second, both) }
    })
}

/// What is done to a line, and by whom.
#[derive(Clone, Copy, Debug)]
enum LineEdit {
    Leave,
    Edit,
    Remove,
    AddBelow,
}

/// Notes, and what two people do to different ones of them.
fn line_edits() -> impl Strategy<Value = Vec<(LineEdit, bool)>> {
    let line_edit = prop::sample::select(vec![
        LineEdit::Leave,
        LineEdit::Leave,
        LineEdit::Edit,
        LineEdit::Remove,
        LineEdit::AddBelow,
    ]);
    prop::collection::vec((line_edit, any::<bool>()), 1..9)
}

/// The notes after the line_edits of those who are meant.
fn done(line_edits: &[(LineEdit, bool)], whose: impl Fn(bool) -> bool) -> EntryText {
    let mut lines = Vec::new();
    for ((line_edit, by), subject) in
        line_edits.iter().zip(["研修会", "協議会", "講演会", "相談", "調査", "会議", "訪問", "広報"])
    {
        let line_edit = if whose(*by) { *line_edit } else { LineEdit::Leave };
        match line_edit {
            LineEdit::Remove => {}
            LineEdit::Edit => lines.push(format!("{subject}を郡市内で5回開催した。")),
            LineEdit::Leave | LineEdit::AddBelow => lines.push(format!("{subject}を郡市内で開催した。")),
        }
        if matches!(line_edit, LineEdit::AddBelow) {
            lines.push(format!("{subject}には90人が参加"));
        }
    }
    notes(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn what_two_do_to_different_notes_is_all_there_whoever_came_first(line_edits in line_edits()) {
        let [base, theirs, yours] = [None, Some(true), Some(false)].map(|who| done(&line_edits, |by| who == Some(by)));
        let all = done(&line_edits, |_| true);
        for merged in [merge(&base, &theirs, &yours), merge(&base, &yours, &theirs)] {
            if merged.overlaps == 0 {
                prop_assert_eq!(&merged.text, &all);
            }
        }
        // Lines side by side may be hard to tell from one another; others never are.
        let apart = line_edits.windows(2).all(|pair| matches!(pair, [(LineEdit::Leave, _), _] | [_, (LineEdit::Leave, _)]));
        prop_assert!(!apart || merge(&base, &theirs, &yours).overlaps == 0);
    }

    #[test]
    fn a_side_that_changed_nothing_gives_way(base in entry(), side in entry()) {
        for merged in [merge(&base, &side, &base), merge(&base, &base, &side), merge(&base, &side, &side)] {
            prop_assert_eq!(merged.overlaps, 0);
            prop_assert_eq!(&merged.text, &side);
        }
    }

    #[test]
    fn edits_that_do_not_touch_are_both_present_whoever_came_first((base, theirs, yours, both) in apart()) {
        let (base, theirs, yours) = (body(&base), body(&theirs), body(&yours));
        let merged = merge(&base, &theirs, &yours);
        prop_assert_eq!(merged.overlaps, 0);
        prop_assert_eq!(&merged.text.body, &both);
        prop_assert_eq!(merge(&base, &yours, &theirs).text, merged.text);
    }

    /// One saves, somebody else does too and theirs is put together with it; then the first goes on from what they see.
    /// Each adds whole words, at places whose letters look alike.
    #[test]
    fn what_was_saved_and_is_gone_on_from_is_there_once(line_edits in prop::collection::vec((0..7usize, 0..3), 1..8)) {
        const BASE: [&str; 7] = ["", "取組（3）", "を行う。", "資料を配る", "〔0〕", "〔1〕", "。"];
        let written = |by: &dyn Fn(i32) -> bool| {
            let word = |at: usize| {
                let words = line_edits.iter().enumerate().filter(|(_, (place, who))| *place == at && by(*who));
                words.map(|(nth, (_, who))| format!("〔{who}{nth}〕")).collect::<String>()
            };
            body(&BASE.iter().enumerate().map(|(at, was)| format!("{was}{}", word(at))).collect::<String>())
        };
        let stands = merge(&written(&|_| false), &written(&|who| who == 1), &written(&|who| who == 0));
        let merged = merge(&written(&|_| false), &stands.text, &written(&|who| who != 1));
        // What overlaps, a person puts right.
        if stands.overlaps == 0 && merged.overlaps == 0 {
            for (nth, (_, who)) in line_edits.iter().enumerate() {
                let word = format!("〔{who}{nth}〕");
                prop_assert_eq!(merged.text.body.matches(&word).count(), 1, "{} in {}", word, merged.text.body);
            }
        }
    }

    #[test]
    fn without_an_overlap_the_body_does_not_depend_on_the_order(base in text(), theirs in text(), yours in text()) {
        let (base, theirs, yours) = (body(&base), body(&theirs), body(&yours));
        let (one, other) = (merge(&base, &theirs, &yours), merge(&base, &yours, &theirs));
        prop_assert_eq!(one.overlaps, other.overlaps);
        if one.overlaps == 0 {
            prop_assert_eq!(one.text, other.text);
        }
    }

    #[test]
    fn choosing_one_side_throughout_gives_its_text(
        base in texts::entry(), theirs in texts::entry(), yours in texts::entry()
    ) {
        let merged = merge(&base, &theirs, &yours);
        for (text, side) in [
            (&base, (|passage| &passage.base) as fn(&Passage) -> &String),
            (&theirs, |passage| &passage.theirs),
            (&yours, |passage| &passage.yours),
        ] {
            prop_assert_eq!(chosen(&merged, side), Ok((text.body.clone(), text.notes.clone())));
        }
        let overlaps = merged.passages.iter().filter(|passage| passage.whose == Whose::Overlap).count();
        prop_assert_eq!(merged.overlaps, overlaps);
        for passage in &merged.passages {
            let Passage { whose, base, theirs, yours, both } = passage;
            match whose {
                Whose::Nobody => prop_assert!(base == theirs && base == yours && base == both),
                Whose::Theirs => prop_assert!(base != theirs && base == yours && theirs == both),
                Whose::Yours => prop_assert!(base == theirs && base != yours && yours == both),
                Whose::Alike => prop_assert!(base != theirs && theirs == yours && yours == both),
                Whose::Overlap => prop_assert!(theirs != yours),
            }
        }
        if merged.overlaps == 0 && merged.text.clone().checked().as_ref() == Ok(&merged.text) {
            let all = chosen(&merged, |passage| &passage.both);
            prop_assert_eq!(all, Ok((merged.text.body.clone(), merged.text.notes.clone())));
        }
    }

    #[test]
    fn whatever_is_chosen_for_each_passage_is_an_outline(
        base in entry(), theirs in entry(), yours in entry(), choices in prop::collection::vec(0..4, 1..40)
    ) {
        let merged = merge(&base, &theirs, &yours);
        let choose = |(choice, passage): (&i32, &Passage)| match choice {
            0 => passage.base.clone(),
            1 => passage.theirs.clone(),
            2 => passage.yours.clone(),
            _ => passage.both.clone(),
        };
        let outline: String = choices.iter().cycle().zip(&merged.passages).map(choose).collect();
        prop_assert!(outline.starts_with('○'));
        if let Err(fault) = outline::parse(&outline) {
            let OutlineFault::Text(TextFault::EmptyBody | TextFault::EmptyNote(_)) = fault else {
                panic!("{outline:?}: {fault}");
            };
        }
    }

    #[test]
    fn merging_again_changes_nothing(base in entry(), theirs in entry(), yours in entry()) {
        let merged = merge(&base, &theirs, &yours);
        if merged.overlaps == 0 {
            for side in [&theirs, &yours] {
                let again = merge(side, side, &merged.text);
                prop_assert_eq!((again.overlaps, &again.text), (0, &merged.text));
            }
        }
    }

    #[test]
    fn nothing_inserted_is_lost_and_nothing_is_invented(base in entry(), theirs in entry(), yours in entry()) {
        let Merge { text: merged, overlaps, .. } = merge(&base, &theirs, &yours);
        let count = |text: &str, letter: char| text.chars().filter(|c| *c == letter).count();
        let all = |text: &EntryText| text.notes.iter().fold(text.body.clone(), |all, note| all + &note.text);
        for letter in all(&merged).chars() {
            let most = count(&all(&theirs), letter) + count(&all(&yours), letter);
            prop_assert!(count(&all(&merged), letter) <= most);
        }
        for side in [&theirs, &yours] {
            for piece in diff(&base.body, &side.body) {
                // What both only added to, they have added in between each other.
                let there = merged.body.contains(&piece.text)
                    || (overlaps > 0 && in_order(&piece.text, &merged.body));
                if piece.fate == Fate::Inserted {
                    prop_assert!(there, "{:?} lost from {:?}", piece.text, merged.body);
                }
            }
        }
    }

    #[test]
    fn the_pieces_of_a_difference_are_the_two_texts(old in text(), new in text()) {
        let without = |fate| {
            diff(&old, &new).into_iter().filter(|piece| piece.fate != fate).map(|piece| piece.text).collect::<String>()
        };
        prop_assert_eq!(without(Fate::Inserted), old.clone());
        prop_assert_eq!(without(Fate::Deleted), new.clone());
    }

    #[test]
    fn a_difference_cuts_no_letter_of_either_text(old in texts::text(), new in texts::text()) {
        let pieces = diff(&old, &new);
        for (text, other) in [(&old, Fate::Inserted), (&new, Fate::Deleted)] {
            let mut at = 0;
            for piece in pieces.iter().filter(|piece| piece.fate != other) {
                prop_assert_eq!(grapheme_start(text, at), at, "{:?}", pieces);
                at += piece.text.len();
            }
        }
    }
}
