//! Entries and notes in a cell.

use super::{file, refusal, sheet, shown, visible, visible_entries};
use proptest::prelude::*;
use renkei_domain::limits;

#[track_caller]
fn check(field: &str, expected: &[&str]) {
    let entries: Vec<String> =
        super::super::cell::read(super::super::html::bits(field)).unwrap().iter().map(shown).collect();
    assert_eq!(entries, expected, "{field}");
}

#[test]
fn an_entry_begins_at_its_mark_wherever_the_tags_are() {
    check("○一つ目 ○二つ目", &["一つ目", "二つ目"]);
    check("○一つ目。○二つ目（予定）◯三つ目", &["一つ目。", "二つ目（予定）", "三つ目"]);
    check("<ul style=\"a: b\"> ○一つ目 <ul> ○二つ目", &["一つ目", "二つ目"]);
    check("<ul><li>○一つ目</li><li>○二つ目</li></ul>", &["一つ目", "二つ目"]);
    check("<UL><LI>○一つ目<LI>○二つ目", &["一つ目", "二つ目"]);
    check(
        "○一つ目<br>○二つ目<BR/>○三つ目<br />○四つ目</br>○五つ目",
        &["一つ目", "二つ目", "三つ目", "四つ目", "五つ目"],
    );
    check("<p>○一つ目<p>○二つ目", &["一つ目", "二つ目"]);
    check("<div><div>○一つ目</div></div><table><tr><td>○二つ目</td></tr></table>", &["一つ目", "二つ目"]);
    check("<b>○</b>あ<b>○</b>い", &["あ", "い"]);
    check("<b>○一つ目</b>○二つ目", &["一つ目", "二つ目"]);
    check("&#9675;一つ目&nbsp;&#x25CB;二つ目", &["一つ目", "二つ目"]);
    check("○一つ目\n○二つ目\r\n○三つ目\r○四つ目", &["一つ目", "二つ目", "三つ目", "四つ目"]);
    check("", &[]);
    check(" 　&nbsp;<br><ul></ul>", &[]);
}

#[test]
fn a_mark_glued_into_a_word_is_text() {
    check("○第○回研修会を令和○年○月に〇〇で", &["第○回研修会を令和○年○月に〇〇で"]);
    check("○3*4とA*B、（*印）、中・高、A①", &["3*4とA*B、（*印）、中・高、A①"]);
    check("○中<b>・</b>高", &["中・高"]);
    check("○カード<sup>※1</sup>を配布", &["カード※1を配布"]);
    check("○本庄市、・美里町", &["本庄市、・美里町"]);
    check("○予定。・次", &["予定。・次"]);
}

#[test]
fn a_mark_right_after_a_mark_is_text() {
    check("○①の結果を踏まえ、整理した", &["①の結果を踏まえ、整理した"]);
    check("○○○市と連携", &["○○市と連携"]);
    check("○ *該当なし", &["*該当なし"]);
    check("○<b>※</b>該当なし", &["※該当なし"]);
    check("○本文 **強調*", &["本文|**強調*"]);
    check("○本文 *①と②", &["本文|*①と②"]);
    check("○本文 * ・点", &["本文|*・点"]);
}

#[test]
fn a_mark_with_nothing_behind_it_is_layout() {
    check("○", &[]);
    check("<ul><li>○</li><li>○</li></ul>", &[]);
    check("○<br>○一つ目 ○", &["一つ目"]);
    check("<li>○</li><li>○一つ目 *注</li><li>○</li>", &["一つ目|*注"]);
}

#[test]
fn text_without_a_mark_is_an_entry() {
    check("該当なし", &["該当なし"]);
    check("※該当なし", &["※該当なし"]);
    check("継続。○新規", &["継続。", "新規"]);
    check("継続 *注 ○新規", &["継続|*注", "新規"]);
    check("・一つ<br>・二つ", &["・一つ|・二つ"]);
}

#[test]
fn notes_belong_to_the_entry_before_them() {
    check("○一つ目 *注 ○二つ目 ＊注 ※注", &["一つ目|*注", "二つ目|*注|*注"]);
    check("○本文<small>*注</small>", &["本文|*注"]);
    check("○本文。*注）※注", &["本文。|*注）|*注"]);
    check("○本文 <small>*年2回開催 第1回 R7/6/16</small> ○次", &["本文|*年2回開催 第1回 R7/6/16", "次"]);
    check("○本文<ul><li>*注<ul><li>・点</ul><li>*注</ul>", &["本文|*注|・・点|*注"]);
}

#[test]
fn numbers_open_notes() {
    check("○事業 ①一つ ②二つ③も", &["事業|#一つ|#二つ③も"]);
    check("○事業：①一つ。②二つ", &["事業：|#一つ。|#二つ"]);
    check("○事業<br>①一つ<br>②二つ", &["事業|#一つ|#二つ"]);
    check("○事業<b>①</b>一つ", &["事業|#一つ"]);
    // In the middle of a line only the next number is one: any other would be printed as another.
    check("○①研修会を開催 ②交流会を開催", &["①研修会を開催 ②交流会を開催"]);
    check("○事業 ①一つ *②の注", &["事業|#一つ|*②の注"]);
    check("○事業<br>③三つ", &["事業|#三つ"]);
    let all: String = (1..=50)
        .map(|n| format!("<li>{}{n}", renkei_domain::outline::mark(renkei_domain::NoteKind::Numbered, n)))
        .collect();
    let expected: String = (1..=50).map(|n| format!("|#{n}")).collect();
    check(&format!("○事業{all}"), &[&format!("事業{expected}")]);
}

#[test]
fn dots_open_notes_at_a_lines_start_or_after_white_space_or_a_colon() {
    check("○本文 ・点", &["本文|・点"]);
    check("○本文<br>・点<br>･点", &["本文|・点|・点"]);
    check("○本文：・点", &["本文：|・点"]);
    check("○本文<br><b>・</b>点", &["本文|・点"]);
    check("○本文&nbsp;・点　・点", &["本文|・点|・点"]);
}

#[test]
fn a_dot_under_an_asterisk_is_deep() {
    check(
        "○本文 <small>*対象者：・年度内に75歳に達する人（4市町） ・新規介護認定者（上里町） *配布</small>",
        &["本文|*対象者：|・・年度内に75歳に達する人（4市町）|・・新規介護認定者（上里町）|*配布"],
    );
    check("○本文 *注 ①番 ・点", &["本文|*注|#番|・点"]);
    check("○本文 *注 ○次 ・点", &["本文|*注", "次|・点"]);
    // As in the outline, a blank line ends that.
    check("○本文<br>*注<br><br>・点", &["本文|*注|・点"]);
    check("○本文\n*注\n\n・点", &["本文|*注|・点"]);
    check("○本文<p>*注</p><p>・点</p>", &["本文|*注|・・点"]);
}

#[test]
fn white_space_within_a_text_stays_and_beside_a_mark_goes() {
    check("○　在宅\u{a0}医療　介護  連携 \u{3000}*　注  記\u{a0}", &["在宅\u{a0}医療　介護  連携|*注  記"]);
    check("○在宅&nbsp;&nbsp;医療", &["在宅\u{a0}\u{a0}医療"]);
    check("○在宅<br>医療", &["在宅 医療"]);
    check("○在宅<br> 医療", &["在宅 医療"]);
    check("○在宅　<br>医療", &["在宅　医療"]);
    check("○在宅</p><p>医療", &["在宅 医療"]);
    check("○在宅<b>医療</b><span>介護</span>", &["在宅医療介護"]);
    check("\u{feff}○在宅\u{200b}医療\u{200b} \u{200b}○次", &["在宅\u{200b}医療", "次"]);
    check("\u{200b}", &[]);
}

#[test]
fn what_is_no_markup_is_text() {
    check("○a < b、<3、a<b、<ACP>、x <= y", &["a < b、<3、a<b、<ACP>、x <= y"]);
    check("○<b", &["<b"]);
    check("○<b title=\"1>2\">太字</b>", &["太字"]);
    check("○<b title=\"1>2>太字", &["<b title=\"1>2>太字"]);
    check("○R&D、Q&amp;A、&lt;b&gt;、&copy=1、&copy;、&unknown;", &["R&D、Q&A、<b>、&copy=1、©、&unknown;"]);
    check("○本文<!-- ○隠れた文 -->の続き<!-->。", &["本文の続き。"]);
    check("○本文<!-- 閉じない", &["本文<!-- 閉じない"]);
    check("○本文<style>p</style>", &["本文<style>p</style>"]);
    check("○本文<o:p></o:p><?xml?></>", &["本文<?xml?></>"]);
    check("○<a href='x'>参照</a><A HREF=x>先</A>", &["参照先"]);
}

#[test]
fn what_no_entry_can_hold_is_refused_with_its_place() {
    assert_eq!(
        refusal(file("○一つ目<br>*<br>*注")),
        "2行目2列目：1番目の取組：1番目の注記が空です。文を入れるか、行を消してください。"
    );
    assert_eq!(
        refusal(file("○一つ目\u{1}")),
        "2行目2列目：1番目の取組：本文は1行で書いてください（改行や制御文字は使えません）。"
    );
    let long = "あ".repeat(limits::BODY_CHARS + 1);
    assert_eq!(
        refusal(file(&format!("○一つ目<br>○{long}"))),
        "2行目2列目：2番目の取組：本文は4000文字までです（今は4001文字）。取組を分けるか、注記に移してください。"
    );
    assert_eq!(
        refusal(file(&"○取組 ".repeat(limits::ENTRIES_PER_CELL + 1))),
        "2行目2列目：1つのセルの取組は2000個までです。"
    );
}

/// Pieces of a field, and what is seen of them.
#[rustfmt::skip]
const PIECES: &[(&str, &str)] = &[
    ("○", "○"), ("◯", "◯"), ("*", "*"), ("＊", "＊"), ("※", "※"), ("・", "・"), ("･", "･"), ("①", "①"),
    ("②", "②"), ("㊿", "㊿"), (" ", ""), ("　", ""), ("\u{a0}", ""), ("&nbsp;", ""), ("\n", ""),
    ("\r\n", ""), ("<br>", ""), ("<li>", ""), ("</li>", ""), ("<ul>", ""), ("<p>", ""), ("<b>", ""),
    ("</b>", ""), ("<small>", ""), ("</small>", ""), ("<sup>", ""), ("<!-- ○ -->", ""),
    ("<div style=\"a>b\">", ""), ("&lt;", "<"), ("&amp;", "&"), ("&#9675;", "○"), ("< ", "<"),
    ("<3", "<3"), ("<b、", "<b、"), ("&、", "&、"), ("<ACP>", "<ACP>"), ("。", "。"), ("：", "："), ("（", "（"),
    ("）", "）"), ("、", "、"), ("在宅", "在宅"), ("A", "A"), ("3", "3"), ("\u{200b}", ""), ("が", "が"),
    ("\"", "\""),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_visible_character_is_lost(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20)) {
        let field: String = pieces.iter().map(|(written, _)| *written).collect();
        let seen: String = pieces.iter().map(|(_, seen)| *seen).collect();
        if let Ok(entries) = super::super::cell::read(super::super::html::bits(&field)) {
            prop_assert_eq!(visible_entries(&entries), visible(&seen), "{}", field);
        }
    }

    /// What an import stores is what the editor shows and would save again.
    #[test]
    fn what_is_read_is_valid(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20)) {
        let field: String = pieces.iter().map(|(written, _)| *written).collect();
        for entry in super::super::cell::read(super::super::html::bits(&field)).unwrap_or_default() {
            prop_assert_eq!(entry.clone().checked(), Ok(entry.clone()));
            let outline = renkei_domain::outline::print(&entry.body, &entry.notes);
            prop_assert_eq!(renkei_domain::outline::parse(&outline), Ok((entry.body, entry.notes)));
        }
    }
}

#[test]
fn a_field_between_others_is_read_in_its_column() {
    let sheet = sheet(&file("○取組"));
    assert_eq!(sheet.rows[0].cells.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0, 0, 0]);
}

#[test]
fn what_stands_in_bdi_is_text() {
    for (field, expected) in [
        ("○<bdi>一つ *二つ ①三つ</bdi><br>*<bdi>注 ○でない</bdi>", "一つ *二つ ①三つ|*注 ○でない"),
        ("○<bdi>\u{200b}文\u{feff}</bdi> <br>・次", "\u{200b}文\u{feff}|・次"),
        ("○<bdi>文</bdi>*注", "文|*注"),
        ("○<bdi>閉じない<br>*注", "閉じない|*注"),
        ("○一つ<bdi>・</bdi>二つ", "一つ・二つ"),
        ("○<bdi>文</bdi><br>*甲<br><br>・乙", "文|*甲|・乙"),
        ("○<bdi>文</bdi><br>*甲<br>・乙", "文|*甲|・・乙"),
    ] {
        let entries: Vec<String> = sheet(&file(field)).rows[0].cells[0].iter().map(shown).collect();
        assert_eq!(entries, [expected], "{field}");
    }
}
