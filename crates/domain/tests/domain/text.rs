//! Folding and finding.

use super::texts;
use proptest::prelude::*;
use renkei_domain::text::{beginning, composed, ending, find_all, fold, is_blank, is_invisible, trim_blank};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

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
fn a_mark_cuts_no_letter() {
    assert_eq!(found("葛\u{e0100}城市", "葛"), ["葛\u{e0100}"]);
    assert_eq!(found("北葛\u{e0100}城市", "北葛"), ["北葛\u{e0100}"]);
    assert_eq!(found("ハ\u{309a}ンフ", "パ"), ["ハ\u{309a}"]);
    assert_eq!(found("👩\u{200d}👩\u{200d}👧の家", "👩"), ["👩\u{200d}👩\u{200d}👧"]);
    assert_eq!(found("👨\u{200d}👩\u{200d}👧の家", "👧の"), ["👨\u{200d}👩\u{200d}👧の"]);
    assert_eq!(found("🇯🇵と🇵🇯", "🇯"), ["🇯🇵", "🇵🇯"]);
    assert_eq!(found("1\u{fe0f}\u{20e3}番", "1"), ["1\u{fe0f}\u{20e3}"]);
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

/// Folding as the definition says, without regard to speed; dashes and radicals are told one by one below.
fn naive(text: &str) -> String {
    let case = |c: char| c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let seen = text.chars().filter(|c| !is_invisible(*c));
    let alike = |c: char| match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⸺' | '⸻' => "-".to_owned(),
        '〜' | '〰' | '∼' | '⁓' => "~".to_owned(),
        // Of a radical, what it stands for is known to be one character that folds to itself.
        '⺀'..='⻿' => fold(c.encode_utf8(&mut [0; 4])),
        c => c.to_string(),
    };
    seen.nfkc().flat_map(case).nfkc().filter(|c| !is_invisible(*c)).map(alike).collect()
}

#[test]
fn what_people_type_for_the_same_is_found_for_the_same() {
    for dash in ["-", "－", "−", "‐", "‑", "–", "―", "—"] {
        assert_eq!(found(&format!("0495{dash}24"), "0495-24"), [format!("0495{dash}24")]);
        assert_eq!(found("0495-24", &format!("5{dash}2")), ["5-2"]);
    }
    for wave in ["~", "～", "〜", "〰"] {
        assert_eq!(found(&format!("4月{wave}9月"), "月〜9"), [format!("月{wave}9")]);
    }
    assert!(found("デ-タ", "データ").is_empty() && found("データ", "デ-タ").is_empty());
    assert_eq!(found("コーヒーとｺｰﾋｰ", "コーヒー"), ["コーヒー", "ｺｰﾋｰ"]);
    // ⾼⿒ and ⻑ are radicals, as they come out of a PDF.
    assert_eq!(found("⾼齢者の⻑寿と⺟", "高齢者の長寿と母"), ["⾼齢者の⻑寿と⺟"]);
    for (one, other) in [("斎藤", "齋藤"), ("斉藤", "齊藤"), ("高", "髙"), ("崎", "﨑")] {
        assert!(found(one, other).is_empty() && found(other, one).is_empty(), "{one} {other}");
    }
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
    fn what_is_found_is_found_with_anything_invisible_in_it(
        text in texts::text(),
        needle in texts::text(),
        places in prop::collection::vec((any::<prop::sample::Index>(), invisible()), 1..4),
    ) {
        let needle = fold(&needle);
        let before = !find_all(&text, &needle).is_empty();
        let mut chars: Vec<char> = text.chars().collect();
        for (at, c) in places {
            chars.insert(at.index(chars.len() + 1), c);
        }
        let text: String = chars.into_iter().collect();
        prop_assert_eq!(before, !find_all(&text, &needle).is_empty(), "{:?}", text);
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
            prop_assert!(is_between_graphemes(&text, hit.start) && is_between_graphemes(&text, hit.end));
        }
    }
}

fn is_between_graphemes(text: &str, at: usize) -> bool {
    at == text.len() || text.grapheme_indices(true).any(|(start, _)| start == at)
}

fn invisible() -> impl Strategy<Value = char> {
    prop::sample::select(INVISIBLE.chars().collect::<Vec<_>>())
}

/// Characters that show nothing, as single characters and as ends of ranges.
const INVISIBLE: &str = "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{180b}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
    \u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2064}\u{2066}\u{2069}\u{2800}\u{3164}\u{fe00}\u{fe0f}\u{feff}\u{ffa0}\
    \u{fff9}\u{1d159}\u{1d173}\u{e0000}\u{e0001}\u{e0020}\u{e007f}\u{e0100}\u{e01ef}";

#[test]
fn a_text_of_invisible_characters_is_blank() {
    for c in INVISIBLE.chars() {
        assert!(is_invisible(c) && is_blank(&format!(" {c}　{c}\n")), "U+{:04X}", u32::from(c));
    }
    assert!(is_blank("") && is_blank(INVISIBLE));
}

#[test]
fn a_text_that_shows_something_is_not_blank() {
    for visible in
        ["-", "。", "○", "\u{200b}あ", "葛\u{e0100}", "❤\u{fe0f}", "👩\u{200d}⚕", "\u{2801}", "\u{301}", "�"]
    {
        assert!(!is_blank(visible), "{visible:?}");
    }
    assert_eq!(trim_blank("\u{feff} 葛\u{e0100}\u{200b}城 \u{200b}"), "葛\u{e0100}\u{200b}城");
}

#[test]
fn no_letter_is_cut_at_a_texts_ends() {
    let text = "葛\u{e0100}城ハ\u{309a}👨\u{200d}👩\u{200d}👧";
    assert_eq!((beginning(text, 1), beginning(text, 3)), ("葛\u{e0100}", "葛\u{e0100}城ハ\u{309a}"));
    assert_eq!(
        (ending(text, 1), ending(text, 2)),
        ("👨\u{200d}👩\u{200d}👧", "ハ\u{309a}👨\u{200d}👩\u{200d}👧")
    );
    assert_eq!((beginning(text, 0), ending(text, 0)), ("", ""));
    assert_eq!((beginning(text, 9), ending(text, 9), beginning("", 2), ending("", 2)), (text, text, "", ""));
}

#[test]
fn a_composed_text_is_the_same_from_every_keyboard() {
    assert_eq!(composed("e\u{301}か\u{3099}"), "éが");
    assert_eq!(composed("ﬁＡ①"), "ﬁＡ①", "compatibility characters stay apart");
}
