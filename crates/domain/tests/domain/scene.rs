//! Care scenes and sets of them.

use proptest::prelude::*;
use renkei_domain::{CareScene, SceneSet};
use std::collections::BTreeSet;

fn scenes() -> impl Strategy<Value = BTreeSet<CareScene>> {
    prop::collection::btree_set(prop::sample::select(&CareScene::ALL[..]), 0..=4)
}

fn set(scenes: &BTreeSet<CareScene>) -> SceneSet {
    scenes.iter().copied().collect()
}

#[test]
fn names_and_codes_are_read_again() {
    for scene in CareScene::ALL {
        assert_eq!(CareScene::from_code(scene.code()), Some(scene));
        assert_eq!(CareScene::from_name(scene.name()), Some(scene));
        assert!(scene.name().starts_with(scene.short_name()));
        assert_eq!(serde_json::to_value(scene).unwrap(), scene.code());
    }
    assert_eq!((CareScene::from_code("看取り"), CareScene::from_name("")), (None, None));
}

#[test]
fn a_sets_json_is_the_list_of_its_codes() {
    let json = serde_json::to_string(&SceneSet::ALL.toggled(CareScene::Emergency)).unwrap();
    assert_eq!(json, r#"["DAILY_CARE","HOSPITAL_TRANSITION","END_OF_LIFE"]"#);
    let read: SceneSet = serde_json::from_str(r#"["END_OF_LIFE","DAILY_CARE","END_OF_LIFE"]"#).unwrap();
    assert_eq!(read.iter().collect::<Vec<_>>(), [CareScene::DailyCare, CareScene::EndOfLife]);
}

proptest! {
    #[test]
    fn a_set_is_a_set(a in scenes(), b in scenes(), scene in prop::sample::select(&CareScene::ALL[..])) {
        let (sa, sb) = (set(&a), set(&b));
        prop_assert_eq!(sa.iter().collect::<Vec<_>>(), a.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(sa.len(), a.len());
        prop_assert_eq!(sa.is_empty(), a.is_empty());
        prop_assert_eq!(sa.contains(scene), a.contains(&scene));
        prop_assert_eq!(sa.intersects(sb), !a.is_disjoint(&b));
        prop_assert_eq!(sa.is_superset(sb), a.is_superset(&b));
        prop_assert_eq!(sa == sb, a == b);
        prop_assert!(sa.with(scene).contains(scene));
        prop_assert_ne!(sa.toggled(scene).contains(scene), sa.contains(scene));
        prop_assert_eq!(sa.toggled(scene).toggled(scene), sa);
        prop_assert_eq!(SceneSet::from_bits(sa.bits()), sa);
        prop_assert_eq!(serde_json::from_str::<SceneSet>(&serde_json::to_string(&sa).unwrap()).unwrap(), sa);
    }

    #[test]
    fn any_bits_are_some_set(bits in any::<u8>()) {
        prop_assert!(SceneSet::ALL.is_superset(SceneSet::from_bits(bits)));
    }
}
