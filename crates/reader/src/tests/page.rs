//! HTML: lists, Word's pages, joined cells, and what is not shown.

use super::super::{Choices, Reading, read_as};
use super::{YEAR, shown};

const HEADINGS: [&str; 5] = ["事業項目", "令和7年度取組状況及び結果", "評価", "令和8年度目標", "計画"];

fn table(rows: &str) -> String {
    let head = HEADINGS.map(|heading| format!("<th>{heading}</th>")).concat();
    format!("<table><tr>{head}</tr>{rows}</table>")
}

fn row(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>();
    format!("<tr><td>（ア）資源</td>{cells}</tr>")
}

#[track_caller]
fn reading(page: &str) -> Reading {
    read_as(page.as_bytes(), YEAR, &Choices::default()).unwrap_or_else(|fault| panic!("{fault}"))
}

fn cell(reading: &Reading, column: usize) -> Vec<String> {
    reading.sheet.rows[0].cells[column].iter().map(shown).collect()
}

#[track_caller]
fn check(field: &str, expected: &[&str]) {
    let page = format!("<html><body>{}</body></html>", table(&row(&[field, "", "", ""])));
    assert_eq!(cell(&reading(&page), 0), expected, "{field}");
}

#[test]
fn lines_of_lists_stay_apart() {
    check("<ul><li>一つ目</li><li>二つ目</li></ul>", &["一つ目", "二つ目"]);
    check("<ul>\n <li>一つ目\n <li><b>二つ目</b>\n</ul>", &["一つ目", "二つ目"]);
    check("<ol><li>甲</li><li>乙</li></ol>", &["甲", "乙"]);
    check("○本文<ul><li>甲</li><li></li><li>乙</li></ul>", &["本文|・甲|・乙"]);
    check("○本文<ol start=3><li>甲</li><li value=\"9\">乙</li></ol>", &["本文|#甲|#乙"]);
    check("○本文<ol type=\"a\"><li>甲</li><li>乙</li></ol>", &["本文|・a.甲|・b.乙"]);
    check("○本文<ol style=\"list-style-type: katakana\"><li>甲<li>乙</ol>", &["本文|・ア.甲|・イ.乙"]);
    check("<ul><li>甲<ol><li>一</li><li>二</li></ol></li><li>乙</li></ul>", &["甲|#一|#二", "乙"]);
    check("<ol><li>甲<ol><li>一</ol><li>乙</ol>", &["甲|・1.一", "乙"]);
    check("<ul><li></li></ul>○文", &["文"]);
}

#[test]
fn a_mark_of_the_texts_own_is_the_one() {
    check("<ul><li>○一つ目</li><li>●二つ目</li><li>※注</li></ul>", &["一つ目", "二つ目|*注"]);
    check("<ol><li>○一つ目</li><li>○二つ目</li></ol>", &["一つ目", "二つ目"]);
}

#[test]
fn words_bullets_are_marks() {
    let line = |mark: &str, level: usize, font: &str, text: &str| {
        format!(
            "<p class=MsoListParagraph style='margin-left:21.0pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>\
             <span lang=EN-US style='font-family:{font};mso-fareast-font-family:{font}'><span\n style='mso-list:Ignore'>\
             {mark}<span style='font:7.0pt \"Times New Roman\"'>&nbsp; </span></span></span><![endif]>{text}\
             <span lang=EN-US><o:p></o:p></span></p>"
        )
    };
    let cells = [
        format!("{}{}", line("l", 1, "Wingdings", "研修会"), line("l", 1, "Wingdings", "協議会")),
        format!("○前{}{}", line("§", 1, "Wingdings", "甲"), line("ü", 1, "Wingdings", "乙")),
        format!("{}{}", line("Ø", 1, "Wingdings", "甲"), line("n", 2, "Wingdings", "乙")),
        format!("○前{}{}", line("(ア)", 1, "\"ＭＳ 明朝\"", "甲"), line("2.", 1, "Century", "乙")),
    ];
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let page = format!(
        "<html xmlns:w=\"urn:schemas-microsoft-com:office:word\"><body>{}</body></html>",
        table(&row(&cells))
    );
    let reading = reading(&page);
    let cells: Vec<Vec<String>> = (0..4).map(|column| cell(&reading, column)).collect();
    assert_eq!(cells[0], ["研修会", "協議会"]);
    assert_eq!(cells[1], ["前|・甲|・乙"]);
    assert_eq!(cells[2], ["甲|・乙"]);
    assert_eq!(cells[3], ["前|・(ア)甲|#乙"]);
    // As a page that has been filtered has them.
    check(
        "<p><span style='font-family: Wingdings'>l&nbsp;</span>甲l</p><p><font face=Wingdings>n</font>乙",
        &["甲l", "乙"],
    );
}

#[test]
fn what_is_not_shown_is_told() {
    let page = format!(
        "<html><body><p style='display:none'>外</p>{}</body></html>",
        table(&row(&["<span style=\"display: none\">隠</span>○見える", "<b hidden>秘</b>○評", "", ""]))
    );
    let reading = reading(&page);
    assert_eq!(cell(&reading, 0), ["見える"]);
    let told: Vec<String> =
        reading.report.notices.iter().map(|notice| format!("{}：{}", notice.place, notice.message)).collect();
    assert_eq!(
        told,
        [
            "：隠れている文字は取り込みません：「外」",
            "1つ目の表2行目2列目：隠れている文字は取り込みません：「隠」",
            "1つ目の表2行目3列目：隠れている文字は取り込みません：「秘」"
        ]
    );
}

#[test]
fn words_comments_are_told() {
    let field = "○取組<a class=msocomanchor href=\"#_msocom_1\">[A1]</a>の文";
    let reading = reading(&format!("<html><body>{}</body></html>", table(&row(&[field, "", "", ""]))));
    assert_eq!(cell(&reading, 0), ["取組の文"]);
    assert_eq!(reading.report.notices[0].message, "コメントは取り込みません。");
}

#[test]
fn joined_cells_stand_in_their_columns() {
    let rows = "<tr><td>（ア）資源<td rowspan=2>○両方<td>○評<td colspan=2>○目標と計画</tr>\
        <tr><td>（イ）課題<td>○次<td rowspan=9>○目<td>○計</tr>";
    let reading = reading(&format!("<html><body>{}</body></html>", table(rows)));
    let bodies = |row: usize| -> Vec<Vec<String>> {
        reading.sheet.rows[row].cells.iter().map(|cell| cell.iter().map(shown).collect()).collect()
    };
    assert_eq!(bodies(0), [vec!["両方"], vec!["評"], vec!["目標と計画"], vec![]]);
    assert_eq!(bodies(1), [vec![], vec!["次"], vec!["目"], vec!["計"]]);
    let told = &reading.report.notices;
    assert!(told.iter().any(|told| told.message.contains("左右に結合された")), "{told:?}");
}
