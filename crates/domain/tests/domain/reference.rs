//! References in texts.

use super::texts;
use proptest::prelude::*;
use renkei_domain::reference::{Target, find};

const CODES: [&str; 4] = ["ア", "カ", "キ-2", "ガ"];

fn found(text: &str) -> Vec<(&str, Target<'_>)> {
    find(text, &CODES).into_iter().map(|found| (found.label, found.target)).collect()
}

#[test]
fn items_are_found_in_either_bracket() {
    assert_eq!(found("*詳細は事業項目（カ）を参照。"), [("（カ）", Target::Item("カ"))]);
    assert_eq!(found("(ｶ)と（ｶ)"), [("(ｶ)", Target::Item("カ")), ("（ｶ)", Target::Item("カ"))]);
    assert_eq!(
        found("（ｶﾞ）（キ−2）（キ-2）"),
        [("（ｶﾞ）", Target::Item("ガ")), ("（キ-2）", Target::Item("キ-2"))]
    );
    assert_eq!(found("（ケ）"), [("（ケ）", Target::Unresolved)]);
    assert_eq!(found("（（ア））"), [("（ア）", Target::Item("ア"))]);
    assert_eq!(
        found("人生会議（ACP）、カ、（カキ）、（）、（カ、（長い長い長い長い長い説明）、（予定）"),
        []
    );
}

#[test]
fn handouts_are_found_in_either_width() {
    assert_eq!(found("*相談件数：47件（資料2参照）"), [("資料2", Target::Handout(2))]);
    assert_eq!(
        found("資料３、資料１２、資料①"),
        [("資料３", Target::Handout(3)), ("資料１２", Target::Handout(12)), ("資料①", Target::Handout(1)),]
    );
    assert_eq!(
        found("*資料4重点取組内容 令和7年度〈状況把握と課題分析〉参照"),
        [("資料4", Target::Handout(4))]
    );
    assert_eq!(found("資料を3部、資料3件、資料10部、参考資料3、資料、資料0、資料20260206、資料3月分"), []);
}

#[test]
fn a_list_is_one_only_where_nothing_else_can_be_meant() {
    assert_eq!(found("（資料2、3参照）"), [("資料2", Target::Handout(2)), ("3", Target::Handout(3))]);
    assert_eq!(
        found("資料２・３・４"),
        [("資料２", Target::Handout(2)), ("３", Target::Handout(3)), ("４", Target::Handout(4)),]
    );
    assert_eq!(found("資料2、3月に配布"), [("資料2", Target::Handout(2))]);
    assert_eq!(found("資料2、12回開催"), [("資料2", Target::Handout(2))]);
}

proptest! {
    #[test]
    fn references_stand_in_order_on_whole_characters(text in texts::text()) {
        let mut end = 0;
        for found in find(&text, &CODES) {
            prop_assert!(end <= found.range.start && found.range.start < found.range.end);
            prop_assert_eq!(text.get(found.range.clone()), Some(found.label));
            end = found.range.end;
        }
    }

    #[test]
    fn every_code_is_found(before in texts::text(), after in texts::text(), code in prop::sample::select(&CODES[..])) {
        let text = format!("{before}。（{code}）{after}");
        let place = before.len() + "。".len();
        prop_assert!(find(&text, &CODES).iter().any(|found| found.range.start == place && found.target == Target::Item(code)));
    }
}
