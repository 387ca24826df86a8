//! An entry's text and its limits.

use super::texts;
use proptest::prelude::*;
use renkei_domain::{EntryText, Note, NoteKind, SceneSet, TextFault, limits};

fn with_body(body: &str) -> EntryText {
    EntryText { body: body.to_owned(), ..EntryText::default() }
}

fn with_notes(notes: &[(NoteKind, &str, u8)]) -> EntryText {
    let notes =
        notes.iter().map(|(kind, text, depth)| Note { kind: *kind, text: (*text).to_owned(), depth: *depth });
    EntryText { body: "本文".to_owned(), notes: notes.collect(), explicit_scenes: SceneSet::EMPTY }
}

use NoteKind::{Asterisk, Dot, Numbered};

#[test]
fn white_space_at_the_ends_is_layout_and_all_else_stays() {
    let text = with_notes(&[(Asterisk, "\u{a0}注　記  \u{3000}", 0)]);
    let checked = EntryText { body: "　 在宅\u{a0}医療\t介護  連携 ".to_owned(), ..text }.checked().unwrap();
    assert_eq!(checked.body, "在宅\u{a0}医療\t介護  連携");
    assert_eq!(checked.notes[0].text, "注　記");
}

#[test]
fn limits_are_counted_in_characters() {
    let limit = limits::BODY_CHARS;
    assert!(with_body(&"𠮷".repeat(limit)).checked().is_ok());
    assert_eq!(with_body(&"𠮷".repeat(limit + 1)).checked(), Err(TextFault::LongBody { chars: limit + 1 }));
    let limit = limits::NOTE_CHARS;
    assert!(with_notes(&[(Asterisk, &"𠮷".repeat(limit), 0)]).checked().is_ok());
    let long = "𠮷".repeat(limit + 1);
    assert_eq!(
        with_notes(&[(Asterisk, "注", 0), (Dot, &long, 1)]).checked(),
        Err(TextFault::LongNote { index: 1, chars: limit + 1 })
    );
    let notes = vec![(Asterisk, "注", 0); limits::NOTES + 1];
    assert!(with_notes(&notes[1..]).checked().is_ok());
    assert_eq!(with_notes(&notes).checked(), Err(TextFault::ManyNotes { count: limits::NOTES + 1 }));
}

#[test]
fn what_is_no_entry_is_refused() {
    for empty in ["　\u{a0} ", "\u{200b}", " \u{feff}\u{2060} ", "\u{3164}\u{2800}", "\u{e0100}"] {
        assert_eq!(with_body(empty).checked(), Err(TextFault::EmptyBody), "{empty:?}");
    }
    let written = "\u{200b}葛\u{e0100}城\u{200d}";
    assert_eq!(with_body(written).checked().unwrap().body, written, "what is written stays as it is");
    for control in ["\n", "\r", "\u{2028}", "\u{2029}", "\u{85}", "\0", "\u{7f}", "\u{b}"] {
        assert_eq!(with_body(&format!("本{control}文")).checked(), Err(TextFault::BodyLine), "{control:?}");
        assert_eq!(with_notes(&[(Dot, &format!("注{control}記"), 0)]).checked(), Err(TextFault::NoteLine(0)));
    }
    assert_eq!(
        with_notes(&[(Asterisk, "注", 0), (Numbered, " ", 0)]).checked(),
        Err(TextFault::EmptyNote(1))
    );
}

#[test]
fn only_a_dot_under_an_asterisk_is_deep() {
    for notes in [
        &[(Dot, "点", 1)][..],
        &[(Asterisk, "注", 1)],
        &[(Asterisk, "注", 0), (Numbered, "番", 1)],
        &[(Asterisk, "注", 0), (Dot, "点", 2)],
        &[(Asterisk, "注", 0), (Dot, "点", 0), (Dot, "点", 1)],
        &[(Asterisk, "注", 0), (Numbered, "番", 0), (Dot, "点", 1)],
    ] {
        assert_eq!(with_notes(notes).checked(), Err(TextFault::Depth(notes.len() - 1)), "{notes:?}");
    }
    assert!(
        with_notes(&[(Asterisk, "注", 0), (Dot, "点", 1), (Dot, "点", 1), (Dot, "点", 0)]).checked().is_ok()
    );
}

#[test]
fn a_fault_knows_its_field_and_whether_it_is_a_matter_of_length() {
    for (fault, field, too_long) in [
        (TextFault::EmptyBody, "body", false),
        (TextFault::BodyLine, "body", false),
        (TextFault::LongBody { chars: 1 }, "body", true),
        (TextFault::EmptyNote(0), "notes", false),
        (TextFault::NoteLine(0), "notes", false),
        (TextFault::Depth(0), "notes", false),
        (TextFault::LongNote { index: 0, chars: 1 }, "notes", true),
        (TextFault::ManyNotes { count: 51 }, "notes", true),
    ] {
        assert_eq!((fault.field(), fault.too_long()), (field, too_long), "{fault}");
    }
}

proptest! {
    #[test]
    fn a_checked_text_is_checked_for_good(body in texts::text(), notes in prop::collection::vec((0..3_usize, texts::text(), 0..3_u8), 0..5)) {
        let kinds = [Asterisk, Numbered, Dot];
        let notes = notes.into_iter().map(|(kind, text, depth)| Note { kind: kinds[kind], text, depth }).collect();
        if let Ok(checked) = (EntryText { body, notes, explicit_scenes: SceneSet::ALL }).checked() {
            prop_assert_eq!(checked.clone().checked(), Ok(checked));
        }
    }

    #[test]
    fn a_valid_text_stays_to_the_character(entry in texts::entry()) {
        prop_assert_eq!(entry.clone().checked(), Ok(entry));
    }

    #[test]
    fn a_text_survives_its_json(entry in texts::entry()) {
        let json = serde_json::to_string(&entry).unwrap();
        prop_assert_eq!(serde_json::from_str::<EntryText>(&json).unwrap(), entry);
    }
}
