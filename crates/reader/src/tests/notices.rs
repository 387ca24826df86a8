//! What is read in a way that a person should look at, or not taken, is told.

use super::super::{Choices, NoticeKind, Reading, read_as};
use super::{HEADER, YEAR, file, shown};

const MOMENT: &str = "本庄市児玉郡　令和8年4月1日 10:00現在（作成中）";

fn reading(file: &str) -> Reading {
    read_as(file.as_bytes(), YEAR, &Choices::default()).unwrap_or_else(|fault| panic!("{fault}\n{file}"))
}

fn told(reading: &Reading, kind: NoticeKind) -> Vec<&str> {
    let notices = reading.report.notices.iter().filter(|notice| notice.kind == kind);
    notices.map(|notice| notice.message.as_str()).collect()
}

/// The entries of a page's first cell.
fn entries(reading: &Reading) -> Vec<String> {
    reading.sheet.rows[0].cells[0].iter().map(shown).collect()
}

/// A page with lines above the table, a status and lines below the table.
fn page(above: &[&str], status: &str, below: &[&str]) -> String {
    let row = |fields: &str, tag: &str| {
        let fields = fields.split('\t').map(|field| format!("<{tag}>{field}</{tag}>"));
        format!("<tr>{}</tr>", fields.collect::<String>())
    };
    let lines = |lines: &[&str]| lines.iter().map(|line| format!("<p>{line}</p>")).collect::<String>();
    let item = row(&format!("（ア）甲\t{status}\t\t\t"), "td");
    format!(
        "<html><body>{}<table>{}{item}</table>{}</body></html>",
        lines(above),
        row(HEADER, "th"),
        lines(below)
    )
}

#[test]
fn marks_of_others_are_read_in_an_exported_file_too() {
    for (typed, expected) in [
        ("○書いてあった。<br>●黒丸で足した", &["書いてあった。", "黒丸で足した"][..]),
        ("○書いてあった。<br>〇漢数字の丸<br>(1)番号", &["書いてあった。", "漢数字の丸|#番号"]),
        ("●一つ<br>●二つ", &["一つ", "二つ"]),
        ("・一つ<br>・二つ", &["一つ", "二つ"]),
        ("○一つ<br>*注<br>・下の点", &["一つ|*注|・・下の点"]),
    ] {
        let reading = reading(&page(&["計画・評価表", MOMENT], typed, &[]));
        assert_eq!(entries(&reading), expected, "{typed}");
        assert!(told(&reading, NoticeKind::LeftOut).is_empty());
    }
}

#[test]
fn marks_of_others_are_read_in_tab_separated_text_too() {
    let reading = reading(&file("\"●一つ\n●二つ\n(1)甲\""));
    assert_eq!(entries(&reading), ["一つ", "二つ|#甲"]);
    assert_eq!(told(&reading, NoticeKind::Taken).len(), 2);
}

#[test]
fn a_line_without_a_mark_that_is_put_behind_another_is_told() {
    for above in [&[][..], &["計画・評価表", MOMENT]] {
        let reading = reading(&page(above, "○研修会を開催した。<br>ふつうの行", &[]));
        assert_eq!(entries(&reading), ["研修会を開催した。 ふつうの行"]);
        let told = told(&reading, NoticeKind::Taken);
        assert!(told.iter().any(|message| message.contains("つなげました：「ふつうの行」")), "{told:?}");
    }
}

#[test]
fn a_row_that_was_added_to_an_exported_file_is_a_line() {
    let row = |first: &str, status: &str| {
        format!("<tr><td>{first}</td><td>{status}</td><td></td><td></td><td></td></tr>")
    };
    let head: String = HEADER.split('\t').map(|field| format!("<th>{field}</th>")).collect();
    let table = |rows: String| format!("<p>{MOMENT}</p><table><tr>{head}</tr>{rows}</table>");
    let added = reading(&table(row("（ア）甲", "○研修会を開催した。") + &row("", "担当：山田")));
    assert_eq!(entries(&added), ["研修会を開催した。 担当：山田"]);
    let told = told(&added, NoticeKind::Taken);
    assert!(told.iter().any(|message| message.contains("つなげました：「担当：山田」")), "{told:?}");
    let long = "研修会を開催した。".repeat(20);
    let cut = reading(&table(row("（ア）甲", &format!("○{long}")) + &row("", "続き")));
    assert_eq!(entries(&cut), [format!("{long}続き")]);
}

#[test]
fn what_stands_in_a_field_of_a_form_is_told() {
    let reading = reading(&page(&[], "○a<input value=\"入力\"><input type=hidden value=1>", &[]));
    assert_eq!(entries(&reading), ["a"]);
    let [only] = told(&reading, NoticeKind::LeftOut)[..] else { panic!("one notice") };
    assert!(only.contains("「入力」"));
}

#[test]
fn a_mark_alone_is_a_text_as_in_an_evaluation() {
    for alone in ["◎", "●", "△", "(1)", "〇"] {
        let reading = reading(&page(&[], alone, &[]));
        assert_eq!(entries(&reading), [alone]);
        assert!(reading.report.notices.is_empty(), "{:?}", reading.report.notices);
    }
    let reading = reading(&page(&[], "○", &[]));
    assert!(entries(&reading).is_empty());
    assert!(told(&reading, NoticeKind::LeftOut)[0].contains("「○○」"));
}

#[test]
fn what_stands_outside_of_the_table_is_told_but_what_the_export_wrote_there() {
    let others = reading(&page(&["令和8年度の表"], "○取組", &["※表の後の注", "1 / 3"]));
    let [before, after] = told(&others, NoticeKind::LeftOut)[..] else { panic!("two lines") };
    assert!(before.contains("令和8年度の表") && after.contains("※表の後の注"));
    let own = ["計画・評価表", MOMENT, "絞り込み：看取り。3件中1件を載せています。"];
    let exported = reading(&page(&own, "○取組", &["手で足した注"]));
    let [only] = told(&exported, NoticeKind::LeftOut)[..] else { panic!("one line") };
    assert!(only.contains("手で足した注"));
}

#[test]
fn a_cell_that_is_joined_over_two_items_is_told() {
    let row = |fields: &str| format!("<tr>{fields}</tr>");
    let head: String = HEADER.split('\t').map(|field| format!("<th>{field}</th>")).collect();
    let first = row("<td>（ア）甲</td><td rowspan=2>○両方</td><td></td><td></td><td></td>");
    let second = row("<td>（イ）乙</td><td></td><td></td><td></td>");
    let reading = reading(&format!("<table>{}{first}{second}</table>", row(&head)));
    assert_eq!(entries(&reading), ["両方"]);
    let told = told(&reading, NoticeKind::Taken);
    assert!(
        told.iter().any(|message| message.contains("上下に結合") && message.contains("（ア）")),
        "{told:?}"
    );
}
