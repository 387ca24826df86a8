//! Scenes that are proposed for the sample's entries, against what a person would propose.

use renkei_domain::{
    CareScene::{self, DailyCare, Emergency, EndOfLife, HospitalTransition},
    EntryText, Note, NoteKind, SceneSet,
    suggestion::{WORDS, find_words, named_in, suggestions},
};
use serde_json::Value;
use std::collections::BTreeSet;

const SAMPLE: &str = include_str!("../../../../sample/honjo-kodama-r8.expected.json");

/// Item, facet, place in its cell from 0, and the scenes that were written down by hand while reading the sheet, before
/// any word was matched. Entries that are not here speak of no scene in particular.
const BY_HAND: &[(&str, &str, usize, &[CareScene])] = &[
    ("ア", "STATUS", 1, &[EndOfLife]),
    ("ア", "EVALUATION", 1, &[EndOfLife]),
    ("ア", "PLAN", 1, &[EndOfLife]),
    ("イ", "STATUS", 1, &[EndOfLife]),
    ("イ", "PLAN", 1, &[EndOfLife]),
    ("ウ", "STATUS", 0, &[HospitalTransition]),
    ("ウ", "EVALUATION", 0, &[HospitalTransition]),
    ("ウ", "GOAL", 0, &[HospitalTransition]),
    // 高齢者本人が望む最期
    ("ウ", "GOAL", 1, &[EndOfLife]),
    ("ウ", "PLAN", 0, &[HospitalTransition]),
    ("ウ", "PLAN", 1, &[HospitalTransition]),
    // わたしの連絡先カード is carried for emergencies. That it is also handed out at talks on ACP makes it none of those.
    ("エ", "STATUS", 1, &[Emergency]),
    ("エ", "EVALUATION", 1, &[Emergency]),
    ("エ", "GOAL", 1, &[Emergency]),
    ("エ", "PLAN", 1, &[Emergency]),
    ("エ", "PLAN", 2, &[Emergency]),
    // The whole item is about people's questions of every day.
    ("オ", "STATUS", 0, &[DailyCare]),
    ("オ", "STATUS", 1, &[DailyCare]),
    ("オ", "STATUS", 2, &[DailyCare]),
    ("オ", "EVALUATION", 0, &[DailyCare]),
    ("オ", "EVALUATION", 1, &[DailyCare]),
    ("オ", "GOAL", 0, &[DailyCare]),
    ("オ", "GOAL", 1, &[DailyCare]),
    ("オ", "GOAL", 2, &[DailyCare]),
    ("オ", "PLAN", 0, &[DailyCare]),
    ("オ", "PLAN", 1, &[DailyCare]),
    ("オ", "PLAN", 2, &[DailyCare]),
    // Courses on フレイル and 栄養, and on DNAR in 救急現場.
    ("カ", "STATUS", 0, &[DailyCare, Emergency, EndOfLife]),
    ("カ", "STATUS", 1, &[EndOfLife]),
    ("カ", "GOAL", 1, &[EndOfLife]),
    ("カ", "PLAN", 0, &[EndOfLife]),
    ("キ", "STATUS", 0, &[EndOfLife]),
    ("キ", "STATUS", 1, &[EndOfLife]),
    ("キ", "STATUS", 2, &[EndOfLife]),
    ("キ", "EVALUATION", 0, &[EndOfLife]),
    ("キ", "GOAL", 0, &[EndOfLife]),
    ("キ", "PLAN", 0, &[EndOfLife]),
    ("キ", "PLAN", 1, &[EndOfLife]),
    ("キ", "PLAN", 2, &[EndOfLife]),
];

type Pair = (String, String, usize, CareScene);

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(body: &str) -> EntryText {
    EntryText { body: body.to_owned(), ..EntryText::default() }
}

#[test]
fn the_samples_scenes_are_proposed_as_a_person_would() {
    let sample: Value = serde_json::from_str(SAMPLE).unwrap();
    let (mut proposed, mut entries) = (BTreeSet::<Pair>::new(), 0);
    for item in list(&sample["items"]) {
        let (code, title) = (item["code"].as_str().unwrap(), item["title"].as_str().unwrap());
        for cell in list(&item["cells"]) {
            for (nth, entry) in list(&cell["entryTexts"]).iter().enumerate() {
                entries += 1;
                for one in suggestions(&text(entry.as_str().unwrap()), title) {
                    let facet = cell["facet"].as_str().unwrap().to_owned();
                    proposed.insert((code.to_owned(), facet, nth, one.scene));
                }
            }
        }
    }
    assert_eq!(entries, 64);
    let by_hand: BTreeSet<Pair> = BY_HAND
        .iter()
        .flat_map(|(code, facet, nth, scenes)| {
            scenes.iter().map(|scene| ((*code).to_owned(), (*facet).to_owned(), *nth, *scene))
        })
        .collect();
    let right = proposed.intersection(&by_hand).count();
    let (precision, recall) = (share(right, proposed.len()), share(right, by_hand.len()));
    println!(
        "{} proposals for {} expected: precision {precision:.2}, recall {recall:.2}",
        proposed.len(),
        by_hand.len()
    );
    println!("too many: {:?}", proposed.difference(&by_hand).collect::<Vec<_>>());
    println!("too few: {:?}", by_hand.difference(&proposed).collect::<Vec<_>>());
    assert!(precision >= 0.95 && recall >= 0.95, "precision {precision:.2}, recall {recall:.2}");
}

fn share(part: usize, of: usize) -> f64 {
    part as f64 / of as f64
}

#[test]
fn every_word_of_the_table_proposes_its_scene_and_has_a_reason() {
    for (nth, word) in WORDS.iter().enumerate() {
        assert!(named_in(word.word).contains(word.scene), "{word:?}");
        assert!(word.reason.chars().count() >= 4, "{word:?}");
        assert!(!WORDS[..nth].iter().any(|other| other.word == word.word), "{word:?} stands there twice");
    }
    for scene in CareScene::ALL {
        assert_eq!(named_in(scene.name()), SceneSet::EMPTY.with(scene));
    }
}

#[test]
fn words_are_found_in_either_width_and_in_notes_and_never_inside_another_word() {
    let found = |text: &str| named_in(text).iter().collect::<Vec<_>>();
    assert_eq!(found("ＡＣＰの普及"), [EndOfLife]);
    assert_eq!(found("acpの普及"), [EndOfLife]);
    assert_eq!(found("A\u{200b}CPの普及"), [EndOfLife]);
    for other in
        ["TACPLUSの活用", "日常業務の見直し", "緊急事態宣言", "4つの場面を意識した取組", "連携の強化"]
    {
        assert_eq!(found(other), [], "{other}");
    }
    let note =
        Note { kind: NoteKind::Asterisk, depth: 0, text: "エンディングノートの活用".to_owned() };
    let entry = EntryText { notes: vec![note], ..text("周知した。") };
    assert_eq!(suggestions(&entry, "")[0].words, ["エンディングノート"]);
}

#[test]
fn a_scene_that_the_entry_has_is_not_proposed_again() {
    let both = "看取りと退院調整";
    let entry = EntryText { explicit_scenes: SceneSet::EMPTY.with(EndOfLife), ..text(both) };
    let scenes: Vec<CareScene> = suggestions(&entry, "").iter().map(|one| one.scene).collect();
    assert_eq!(scenes, [HospitalTransition]);
}

#[test]
fn the_words_are_marked_as_they_are_written() {
    let text = "「人生会議（ＡＣＰ）」とTACP、入退院調整";
    let marked =
        |words: &[&str]| find_words(text, words).into_iter().map(|hit| &text[hit]).collect::<Vec<_>>();
    assert_eq!(marked(&["人生会議", "ACP"]), ["人生会議", "ＡＣＰ"]);
    assert_eq!(marked(&["入退院", "退院"]), ["入退院"]);
    assert_eq!(marked(&[]), Vec::<&str>::new());
}
