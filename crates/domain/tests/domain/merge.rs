//! Two people's edits of one text: both present, none invented, no matter who came first.

use proptest::prelude::*;
use renkei_domain::diff::{Fate, diff};
use renkei_domain::merge::merge;
use renkei_domain::{CareScene, EntryText, Note, NoteKind, SceneSet};

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
    assert_eq!(merge(&base, &yours, &theirs), merged);
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

proptest! {
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
        prop_assert_eq!(merge(&base, &yours, &theirs), merged);
    }

    #[test]
    fn without_an_overlap_the_body_does_not_depend_on_the_order(base in text(), theirs in text(), yours in text()) {
        let (base, theirs, yours) = (body(&base), body(&theirs), body(&yours));
        let (one, other) = (merge(&base, &theirs, &yours), merge(&base, &yours, &theirs));
        prop_assert_eq!(one.overlaps, other.overlaps);
        if one.overlaps == 0 {
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn nothing_inserted_is_lost_and_nothing_is_invented(base in entry(), theirs in entry(), yours in entry()) {
        let merged = merge(&base, &theirs, &yours).text;
        let count = |text: &str, letter: char| text.chars().filter(|c| *c == letter).count();
        let all = |text: &EntryText| text.notes.iter().fold(text.body.clone(), |all, note| all + &note.text);
        for letter in all(&merged).chars() {
            let most = count(&all(&theirs), letter) + count(&all(&yours), letter);
            prop_assert!(count(&all(&merged), letter) <= most);
        }
        for side in [&theirs, &yours] {
            for piece in diff(&base.body, &side.body) {
                if piece.fate == Fate::Inserted {
                    prop_assert!(merged.body.contains(&piece.text), "{:?} lost from {:?}", piece.text, merged.body);
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
}
