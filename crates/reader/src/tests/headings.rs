//! The first row.

use super::{YEAR, read, refusal};
use renkei_domain::{Date, Facet, SheetReading};

const ROW: &str = "（ア）資源の把握\t○a\t○b\t○c\t○d";

fn sheet(headings: [&str; 5]) -> SheetReading {
    super::sheet(&format!("{}\n{ROW}", headings.join("\t")))
}

fn facets(sheet: &SheetReading) -> Vec<Facet> {
    sheet.columns.iter().map(|column| column.facet).collect()
}

use Facet::{Evaluation, Goal, Plan, Status};

#[test]
fn a_facet_is_known_by_its_word() {
    for headings in [
        ["事業項目", "令和7年度取組状況及び結果", "令和7年度評価", "令和8年度目標", "令和8年度の計画"],
        ["項目", "実施状況", "評価", "目標", "計画"],
        ["", "R7実施状況", "R7評価", "R8目標", "R8計画"],
        ["事業名", "取り組み状況", "取組状況の評価", "達成目標", "実施計画（案）"],
        ["事業項目（計画・評価表）", "実績", "評　価", "目　標", "計　画"],
        ["<b>事業項目</b>", "<b>取組<br>状況</b>", "<b>自己評価</b>", "<div>目<br>標</div>", "年間計画"],
        ["事業項目", "２０２５年度の結果", "2025年度評価", "2026年度目標", "令和八年度計画"],
        ["事業項目", "（令和７年度）状況", "ｒ７ 評価", "(R8)目標", "Ｒ８ 計画"],
    ] {
        assert_eq!(facets(&sheet(headings)), [Status, Evaluation, Goal, Plan], "{headings:?}");
    }
}

#[test]
fn columns_in_another_order_keep_their_cells() {
    let file = "計画\t事業項目\t目標\t状況\t評価\n○d\t（ア）資源\t○c\t○a\t○b";
    let sheet = super::sheet(file);
    let bodies: Vec<&str> = sheet.rows[0].cells.iter().map(|cell| cell[0].body.as_str()).collect();
    assert_eq!((facets(&sheet), bodies), (vec![Plan, Goal, Status, Evaluation], vec!["d", "c", "a", "b"]));
    assert_eq!(
        sheet.columns.iter().map(|column| column.fiscal_year.0).collect::<Vec<_>>(),
        [2026, 2026, 2025, 2025]
    );
}

/// heading, as-of day, footnote of a status column written so.
fn status(heading: &str) -> (String, Option<Date>, Option<String>) {
    let mut sheet = sheet(["事業項目", heading, "評価", "目標", "計画"]);
    let column = sheet.columns.remove(0);
    (column.heading, column.as_of, column.footnote)
}

#[test]
fn the_day_is_taken_out_of_the_heading() {
    let day = Date::new(2025, 12, 31);
    for heading in [
        "取組状況及び結果 （令和7年12月末時点）",
        "取組状況及び結果（令和7年12月末時点）",
        "取組状況及び結果(R7/12/31現在)",
        "取組状況及び結果（Ｒ７．１２．３１現在）",
        "取組状況及び結果<br>（令和７年12月31日時点）",
        "取組状況及び結果 <small>（令和7年12月末）</small>",
        "取組状況及び結果<br><small>令和7年12月末時点</small>",
        "取組状況及び結果 令和7年12月末現在",
        "取組状況及び結果<br>令和7年12月末時点",
        "（令和7年12月末時点）取組状況及び結果",
    ] {
        assert_eq!(status(heading), ("取組状況及び結果".to_owned(), day, None), "{heading}");
    }
    assert_eq!(
        status("令和7年度（2025年度）状況（年度末予定）"),
        ("令和7年度（2025年度）状況（年度末予定）".to_owned(), None, None)
    );
    assert_eq!(status("状況（12月末時点）").1, None);
    assert_eq!(status("状況（令和7年度末時点）").1, Date::new(2026, 3, 31));
}

#[test]
fn a_footnote_loses_its_mark() {
    let footnote = Some("資料4を参照".to_owned());
    for heading in [
        "状況 <small>*資料4を参照</small>",
        "状況*資料4を参照",
        "状況 ＊資料4を参照",
        "状況<br>※資料4を参照",
        "状況<small>資料4を参照</small>",
        "状況<small>※ 資料4を<b>参照</b>",
    ] {
        let expected = ("状況".to_owned(), None, footnote.clone());
        assert_eq!(status(heading), expected, "{heading}");
    }
    assert_eq!(status("取組<small>の</small>状況"), ("取組の状況".to_owned(), None, None));
    assert_eq!(status("状況<small>（予定）</small>"), ("状況（予定）".to_owned(), None, None));
    for heading in ["*状況", "状況※", "状況<sup>※1</sup>", "状況（※参照）"] {
        assert_eq!((status(heading).1, status(heading).2), (None, None), "{heading}");
    }
    assert_eq!(
        status("状況（令和7年12月末時点）<small>*資料4を参照 *別紙</small>"),
        ("状況".to_owned(), Date::new(2025, 12, 31), Some("資料4を参照 *別紙".to_owned()))
    );
}

#[test]
fn the_items_heading_stays_whole() {
    let sheet = sheet(["事業項目（令和7年12月末時点）※手引きP53", "状況", "評価", "目標", "計画"]);
    assert_eq!(sheet.item_heading, "事業項目（令和7年12月末時点）");
    assert_eq!(sheet.item_footnote.as_deref(), Some("手引きP53"));
}

#[test]
fn a_header_that_lacks_something_is_refused() {
    for (header, message) in [
        ("事業項目\t状況\t評価\t目標", "1行目4列目：「計画」の列がありません。"),
        (
            "事業項目\t状況\t評価\t目標\t計画\t次年度計画",
            "1行目6列目：「計画」の列が2つあります（5列目にも）。",
        ),
        (
            "状況\t評価\t目標\t計画",
            "1行目1列目：事業項目の列がありません。見出しの1つを「事業項目」にしてください。",
        ),
        (
            "事業項目\t状況\t評価\t目標\t計画\t備考",
            "1行目6列目：見出し「備考」が何の欄か読めません。「取組状況及び結果」「評価」「目標」「計画」のどれかの語を入れてください。",
        ),
        (
            "事業\t状況\t評価\t目標\t計画\t備考",
            "1行目6列目：見出し「備考」が何の欄か読めません。「取組状況及び結果」「評価」「目標」「計画」のどれかの語を入れてください。",
        ),
        (
            "事業項目\t状況\t評価\t令和7年度目標\t計画",
            "1行目4列目：見出しの年度（令和7年度）が違います。令和8年度の表では「目標」は令和8年度です。取り込む年度を確かめてください。",
        ),
        (
            "事業項目\t状況\t令和6年度評価\t目標\t計画",
            "1行目3列目：見出しの年度（令和6年度）が違います。令和8年度の表では「評価」は令和7年度です。取り込む年度を確かめてください。",
        ),
    ] {
        assert_eq!(refusal(header), message);
    }
    let long = format!("事業項目\t状況{}\t評価\t目標\t計画", "あ".repeat(200));
    assert_eq!(refusal(long), "1行目2列目：見出しは200文字までです（今は202文字）。");
}

#[test]
fn a_repeated_header_is_read_once() {
    let header = "事業項目\t<b>状況</b>\t評価\t目標\t計画";
    let again = " 事業項目\t状　況<br>\t評価\t目標\t計画";
    let file = format!("{header}\n（ア）甲\t\t\t\t\n\n{again}\n（イ）乙\t\t\t\t\n{header}\n");
    let sheet = read(file.as_bytes(), YEAR).unwrap();
    let lines: Vec<(&str, usize)> = sheet.rows.iter().map(|row| (row.code.as_str(), row.line)).collect();
    assert_eq!(lines, [("ア", 2), ("イ", 5)]);
}
