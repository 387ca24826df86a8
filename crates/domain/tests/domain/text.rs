//! Folding and finding.

use super::texts;
use proptest::prelude::*;
use renkei_domain::text::{find_all, fold};
use unicode_normalization::UnicodeNormalization;

fn found(text: &str, needle: &str) -> Vec<String> {
    find_all(text, &fold(needle)).into_iter().map(|range| text[range].to_owned()).collect()
}

#[test]
fn hits_cover_what_was_typed() {
    assert_eq!(found("看取りと看取り", "看取り"), ["看取り", "看取り"]);
    assert_eq!(found("㈱本庄", "株"), ["㈱"]);
    assert_eq!(found("（株）本庄", "(株)"), ["（株）"]);
    assert_eq!(found("㈱本庄", ")本"), ["㈱本"]);
    assert_eq!(found("ｶﾞｲﾄﾞ", "ガイド"), ["ｶﾞｲﾄﾞ"]);
    assert_eq!(found("ガイド", "ｶﾞｲﾄﾞ"), ["ガイド"]);
    assert_eq!(found("か\u{3099}ん", "がん"), ["か\u{3099}ん"]);
    assert_eq!(found("oﬃce", "fi"), ["ﬃ"]);
    assert_eq!(found("⑪⑪", "1"), ["⑪", "⑪"]);
    assert_eq!(found("ＭＣＳとMcs", "mcs"), ["ＭＣＳ", "Mcs"]);
    assert_eq!(found("STRASSE Straße STRAẞE", "straße"), ["STRASSE", "Straße", "STRAẞE"]);
    assert_eq!(found("ΣΊΣΥΦΟΣ σίσυφος", "σίσυφος"), ["ΣΊΣΥΦΟΣ", "σίσυφος"]);
    assert_eq!(found("75歳 ７５歳", "75歳"), ["75歳", "７５歳"]);
    assert_eq!(found("aaa", "aa"), ["aa"]);
    assert!(found("カ゛", "ガ").is_empty());
    assert!(find_all("text", "").is_empty());
}

#[test]
fn folding_a_character_again_changes_nothing() {
    let mut buffer = [0; 4];
    for c in '\0'..=char::MAX {
        let once = fold(c.encode_utf8(&mut buffer));
        assert_eq!(fold(&once), once, "{c:?}");
        // Also where it may combine with what stands before it.
        let after_kana = format!("か{c}");
        assert_eq!(fold(&after_kana), naive(&after_kana), "{c:?}");
    }
}

/// Folding as the definition says, without regard to speed.
fn naive(text: &str) -> String {
    let case = |c: char| c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    text.nfkc().flat_map(case).nfkc().collect()
}

#[test]
fn a_long_text_is_searched_at_once() {
    let text = "○在宅医療・介護連携（ＭＣＳ）の推進。".repeat(20_000);
    let start = std::time::Instant::now();
    assert_eq!(find_all(&text, "mcs").len(), 20_000);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn folding_is_as_defined(text in texts::text()) {
        prop_assert_eq!(fold(&text), naive(&text));
    }

    #[test]
    fn folding_any_characters_is_as_defined(text in any::<String>()) {
        prop_assert_eq!(fold(&text), naive(&text));
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn found_if_and_only_if_the_folded_text_holds_it(text in texts::text(), needle in texts::text()) {
        let needle = fold(&needle);
        prop_assume!(!needle.is_empty());
        prop_assert_eq!(fold(&text).contains(&needle), !find_all(&text, &needle).is_empty());
    }

    #[test]
    fn every_part_of_a_text_is_found_in_it(text in texts::text(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let folded: Vec<char> = fold(&text).chars().collect();
        prop_assume!(!folded.is_empty());
        let (from, to) = (from.index(folded.len()), to.index(folded.len()));
        let needle: String = folded[from.min(to)..=from.max(to)].iter().collect();
        let hits = find_all(&text, &needle);
        prop_assert!(!hits.is_empty());
        let mut end = 0;
        for hit in &hits {
            prop_assert!(end <= hit.start && hit.start < hit.end);
            end = hit.end;
            // What is marked holds what was searched for.
            prop_assert!(fold(&text[hit.clone()]).contains(&needle));
        }
    }
}
