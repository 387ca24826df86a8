//! The entry filter, against a plain reading of its rules.

use super::texts;
use proptest::prelude::*;
use renkei_domain::{
    CareScene, EntryFacts, EntryFilter, OrganizationId, SceneMatch, SceneSet, SearchTerms,
    filter::{effective_scenes, folded},
    text::fold,
};

/// What a test knows of an entry.
#[derive(Clone, Debug)]
struct Entry {
    explicit: SceneSet,
    item: SceneSet,
    owner: Option<OrganizationId>,
    body: String,
    notes: Vec<String>,
}

impl Entry {
    fn admitted_by(&self, filter: &EntryFilter) -> bool {
        let folded = folded(&self.body, self.notes.iter().map(String::as_str));
        filter.admits(&EntryFacts {
            explicit_scenes: self.explicit,
            item_scenes: self.item,
            owner: self.owner,
            folded: &folded,
        })
    }
}

fn organization() -> impl Strategy<Value = OrganizationId> {
    (0..3_u128).prop_map(|id| OrganizationId(uuid::Uuid::from_u128(id)))
}

fn entry() -> impl Strategy<Value = Entry> {
    let words = prop::collection::vec(
        prop::sample::select(&["看取り", "ﾐﾄﾘ", "ミトリ", "（株）", "㈱", "MCS", "ｍｃｓ", "、"][..]),
        1..4,
    );
    let line = words.prop_map(|words| words.concat());
    let owner = prop::option::of(organization());
    (texts::scenes(), texts::scenes(), owner, line.clone(), prop::collection::vec(line, 0..3))
        .prop_map(|(explicit, item, owner, body, notes)| Entry { explicit, item, owner, body, notes })
}

fn scene_match() -> impl Strategy<Value = SceneMatch> {
    prop::sample::select(&[SceneMatch::Any, SceneMatch::All][..])
}

/// A filter, and the text in it.
fn filter() -> impl Strategy<Value = (EntryFilter, String)> {
    let text = prop_oneof![
        2 => Just(String::new()),
        3 => prop::sample::select(&["看取り", "ミトリ", "ﾐﾄ", "(株)", "株", "mcs", "ＭＣ", " 看取り　", "りM"][..]).prop_map(str::to_owned),
    ];
    let owners = prop::collection::vec(organization(), 0..3);
    (texts::scenes(), scene_match(), any::<[bool; 2]>(), any::<Option<bool>>(), owners, text).prop_map(
        |(scenes, scene_match, [explicit_scenes_only, inherited_scenes_only], joint, owners, text)| {
            let filter = EntryFilter {
                scenes,
                scene_match,
                explicit_scenes_only,
                inherited_scenes_only,
                joint,
                owners,
                ..EntryFilter::default()
            };
            (filter.with_text(&text), text)
        },
    )
}

#[test]
fn the_sheets_own_questions_are_answered() {
    let entry = Entry {
        explicit: SceneSet::EMPTY,
        item: SceneSet::ALL,
        owner: None,
        body: "本文".into(),
        notes: vec![],
    };
    let tagged = Entry { explicit: SceneSet::EMPTY.with(CareScene::EndOfLife), ..entry.clone() };
    let only = |scene| EntryFilter::default().only_scene(scene);
    // Inherited scenes count, explicit ones replace them.
    assert!(
        entry.admitted_by(&only(CareScene::Emergency)) && !tagged.admitted_by(&only(CareScene::Emergency))
    );
    assert!(
        entry.admitted_by(&only(CareScene::EndOfLife)) && tagged.admitted_by(&only(CareScene::EndOfLife))
    );
    // Explicit ones only.
    let explicit = EntryFilter { explicit_scenes_only: true, ..only(CareScene::EndOfLife) };
    assert!(!entry.admitted_by(&explicit) && tagged.admitted_by(&explicit));
    let any_explicit = EntryFilter { explicit_scenes_only: true, ..EntryFilter::default() };
    assert!(!entry.admitted_by(&any_explicit) && tagged.admitted_by(&any_explicit));
    // Inherited ones only: together with the other, nothing.
    let inherited = EntryFilter { inherited_scenes_only: true, ..EntryFilter::default() };
    assert!(entry.admitted_by(&inherited) && !tagged.admitted_by(&inherited));
    let neither = EntryFilter { inherited_scenes_only: true, ..any_explicit };
    assert!(!entry.admitted_by(&neither) && !tagged.admitted_by(&neither));
}

#[test]
fn nothing_is_found_across_body_and_notes() {
    let entry = Entry {
        explicit: SceneSet::EMPTY,
        item: SceneSet::ALL,
        owner: None,
        body: "在宅".into(),
        notes: vec!["医療".into(), "介護".into()],
    };
    assert!(entry.admitted_by(&EntryFilter::default().with_text("医療")));
    assert!(!entry.admitted_by(&EntryFilter::default().with_text("在宅医療")));
    assert!(!entry.admitted_by(&EntryFilter::default().with_text("医療介護")));
}

#[test]
fn every_word_and_every_phrase_is_found_wherever_it_stands() {
    let entry = Entry {
        explicit: SceneSet::EMPTY,
        item: SceneSet::ALL,
        owner: None,
        body: "多職種の 研修会".into(),
        notes: vec!["看取りの事例".into()],
    };
    let found = |text: &str| entry.admitted_by(&EntryFilter::default().with_text(text));
    assert!(found("研修会　看取り") && found("看取り 多職種") && found("  看取り  "));
    assert!(!found("研修会 救急") && !found("救急"));
    assert!(found("\"多職種の 研修会\" 事例") && !found("\"研修会 多職種の\""));
    assert!(found("“多職種の 研修会”") && found("＂看取りの＂"));
    // While it is typed.
    assert!(found("\"多職種の 研") && found("\"") && found("\"\""));
    assert!(found("\"多職種の 研修会\"看取り"));
}

#[test]
fn marks_of_several_words_do_not_overlap() {
    let terms = SearchTerms::parse("研修 修会 看取り");
    let text = "看取りの研修会と研修";
    let marked: Vec<&str> = terms.find_all(text).into_iter().map(|hit| &text[hit]).collect();
    assert_eq!(marked, ["看取り", "研修会", "研修"]);
    assert!(SearchTerms::parse(" 　\"\" ").is_empty() && SearchTerms::parse("").find_all(text).is_empty());
}

#[test]
fn only_what_can_hide_something_narrows() {
    let all = EntryFilter::default();
    assert!(!all.narrows() && !EntryFilter { scene_match: SceneMatch::All, ..all.clone() }.narrows());
    assert!(!all.clone().with_text("　").narrows() && all.clone().with_text("あ").narrows());
    assert!(all.only_scene(CareScene::DailyCare).narrows());
    assert!(EntryFilter { explicit_scenes_only: true, ..all.clone() }.narrows());
    assert!(EntryFilter { inherited_scenes_only: true, ..all.clone() }.narrows());
    assert!(EntryFilter { joint: Some(true), ..all }.narrows());
}

proptest! {
    #[test]
    fn it_admits_what_its_rules_say(entry in entry(), (filter, text) in filter()) {
        let effective = if entry.explicit.is_empty() { entry.item } else { entry.explicit };
        prop_assert_eq!(effective, effective_scenes(entry.explicit, entry.item));
        let counted = if filter.explicit_scenes_only { entry.explicit } else { effective };
        let scenes = match filter.scene_match {
            _ if filter.scenes.is_empty() => !filter.explicit_scenes_only || !entry.explicit.is_empty(),
            SceneMatch::Any => filter.scenes.iter().any(|scene| counted.contains(scene)),
            SceneMatch::All => filter.scenes.iter().all(|scene| counted.contains(scene)),
        };
        let joint = match filter.joint { None => true, Some(joint) => joint == entry.owner.is_none() };
        let owner = filter.owners.is_empty() || filter.owners.iter().any(|owner| entry.owner == Some(*owner));
        let needle = fold(text.trim());
        let found = std::iter::once(&entry.body).chain(&entry.notes).any(|line| fold(line).contains(&needle));
        let inherited = !filter.inherited_scenes_only || entry.explicit.is_empty();
        prop_assert_eq!(entry.admitted_by(&filter), scenes && inherited && joint && owner && found);
    }

    #[test]
    fn clearing_a_part_never_hides_more(entry in entry(), (filter, _) in filter()) {
        prop_assert!(entry.admitted_by(&EntryFilter::default()));
        if entry.admitted_by(&filter) {
            for wider in [
                EntryFilter { scenes: SceneSet::EMPTY, ..filter.clone() },
                EntryFilter { explicit_scenes_only: false, ..filter.clone() },
                EntryFilter { joint: None, ..filter.clone() },
                EntryFilter { owners: Vec::new(), ..filter.clone() },
                filter.clone().with_text(""),
            ] {
                prop_assert!(entry.admitted_by(&wider), "{wider:?}");
            }
        } else {
            prop_assert!(filter.narrows());
        }
    }

    #[test]
    fn any_shows_at_least_what_all_shows(entry in entry(), (filter, _) in filter()) {
        let with = |scene_match| entry.admitted_by(&EntryFilter { scene_match, ..filter.clone() });
        prop_assert!(!with(SceneMatch::All) || with(SceneMatch::Any));
    }

    #[test]
    fn a_scenes_count_is_what_ticking_it_alone_shows(entry in entry(), (filter, _) in filter(), scene in prop::sample::select(&CareScene::ALL[..])) {
        let ticked = EntryFilter { scenes: SceneSet::EMPTY.with(scene), ..filter.clone() };
        prop_assert_eq!(entry.admitted_by(&filter.only_scene(scene)), entry.admitted_by(&ticked));
        // One box alone: any and all are the same.
        let other = EntryFilter { scene_match: SceneMatch::All, ..ticked.clone() };
        prop_assert_eq!(entry.admitted_by(&other), entry.admitted_by(&EntryFilter { scene_match: SceneMatch::Any, ..ticked }));
    }
}
