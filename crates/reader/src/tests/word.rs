//! Word: lists, tracked changes, joined cells, and what stands outside of the tables.

use super::super::{Choices, NoticeKind, Reading, read_as};
use super::{YEAR, shown};
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const HEADINGS: [&str; 5] = ["事業項目", "令和7年度取組状況及び結果", "評価", "令和8年度目標", "計画"];

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn row(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| {
        let cell = if cell.starts_with('<') { (*cell).to_owned() } else { paragraph(cell) };
        format!("<w:tc>{cell}</w:tc>")
    });
    format!("<w:tr>{}</w:tr>", cells.collect::<String>())
}

/// A document with a sheet of these rows, what stands around it, and other parts.
fn document(rows: &str, after: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let head = row(&HEADINGS);
    let whole = format!("<w:document><w:body><w:tbl>{head}{rows}</w:tbl>{after}</w:body></w:document>");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in [("word/document.xml", whole.as_str())].iter().chain(parts) {
        writer.start_file(*name, stored).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[track_caller]
fn reading(file: &[u8]) -> Reading {
    read_as(file, YEAR, &Choices::default()).unwrap_or_else(|fault| panic!("{fault}"))
}

fn cell(reading: &Reading, row: usize, column: usize) -> Vec<String> {
    reading.sheet.rows[row].cells[column].iter().map(shown).collect()
}

/// Notices without those of marks at the beginning of lines.
fn notices(reading: &Reading) -> Vec<String> {
    let notices = reading.report.notices.iter().filter(|notice| !notice.message.starts_with("行頭の"));
    notices.map(|notice| format!("{}：{}", notice.place, notice.message)).collect()
}

/// Paragraphs, each with the properties that say its list.
fn list(lines: &[(&str, &str)]) -> String {
    let lines = lines.iter().map(|(properties, text)| {
        format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    });
    lines.collect()
}

fn number(id: usize, level: usize) -> String {
    format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{id}\"/></w:numPr>")
}

/// Lists with these levels: where they begin, form and text.
fn numbering(lists: &[&[(usize, &str, &str)]], more: &str) -> String {
    let (mut all, mut numbers) = (String::new(), String::new());
    for (id, levels) in lists.iter().enumerate() {
        let levels = levels.iter().enumerate().map(|(level, (start, form, text))| {
            format!(
                "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"{start}\"/><w:numFmt w:val=\"{form}\"/>\
                 <w:lvlText w:val=\"{text}\"/></w:lvl>"
            )
        });
        let levels = levels.collect::<String>();
        let id = id + 1;
        all.push_str(&format!("<w:abstractNum w:abstractNumId=\"{id}\">{levels}</w:abstractNum>"));
        numbers.push_str(&format!("<w:num w:numId=\"{id}\"><w:abstractNumId w:val=\"{id}\"/></w:num>"));
    }
    format!("<w:numbering>{all}{numbers}{more}</w:numbering>")
}

fn lists(cells: &[&str; 4], numbering: &str, styles: &str) -> Reading {
    let row = row(&["（ア）資源", cells[0], cells[1], cells[2], cells[3]]);
    reading(&document(&row, "", &[("word/numbering.xml", numbering), ("word/styles.xml", styles)]))
}

#[test]
fn lists_of_styles_keep_their_marks() {
    let styles = "<w:styles>\
        <w:style w:type=\"paragraph\" w:styleId=\"ListBullet\"><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"Own\"><w:basedOn w:val=\"ListBullet\"/></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"None\"><w:basedOn w:val=\"ListBullet\"/><w:pPr><w:numPr><w:numId w:val=\"0\"/></w:numPr></w:pPr></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"Loop\"><w:basedOn w:val=\"Loop\"/></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"ListNumber\"><w:pPr><w:numPr><w:numId w:val=\"2\"/></w:numPr></w:pPr></w:style>\
        </w:styles>";
    let numbering = numbering(&[&[(1, "bullet", "\u{f0b7}")], &[(1, "decimal", "%1.")]], "");
    let style = |id: &str| format!("<w:pStyle w:val=\"{id}\"/>");
    let (bullet, own, none, looped) = (style("ListBullet"), style("Own"), style("None"), style("Loop"));
    let (counted, off) = (style("ListNumber"), format!("{}{}", style("ListNumber"), number(0, 0)));
    let reading = lists(
        &[
            &list(&[(&bullet, "研修会"), (&own, "協議会"), (&bullet, "相談")]),
            &list(&[(&counted, "一つ目"), (&counted, "二つ目"), (&off, "続き")]),
            &list(&[(&none, "甲"), (&looped, "乙")]),
            &list(&[("", "○本文"), (&counted, "三つ目"), (&counted, "四つ目")]),
        ],
        &numbering,
        styles,
    );
    assert_eq!(cell(&reading, 0, 0), ["研修会", "協議会", "相談"]);
    assert_eq!(cell(&reading, 0, 1), ["一つ目", "二つ目 続き"]);
    assert_eq!(cell(&reading, 0, 2), ["甲 乙"]);
    assert_eq!(cell(&reading, 0, 3), ["本文|#三つ目|#四つ目"]);
    let told = notices(&reading);
    let [first, second] = &told[..] else { panic!("{told:?}") };
    assert!(
        first.ends_with("つなげました：「続き」") && second.ends_with("つなげました：「乙」"),
        "{told:?}"
    );
}

#[test]
fn a_style_stands_on_the_level_that_names_it() {
    let styles = "<w:styles><w:style w:type=\"paragraph\" w:styleId=\"Second\"><w:pPr><w:numPr>\
        <w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style></w:styles>";
    let numbering = "<w:numbering><w:abstractNum w:abstractNumId=\"1\">\
        <w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%1\"/></w:lvl>\
        <w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"bullet\"/><w:pStyle w:val=\"Second\"/><w:lvlText w:val=\"●\"/></w:lvl>\
        </w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"1\"/></w:num></w:numbering>";
    let second = "<w:pStyle w:val=\"Second\"/>";
    let reading = lists(&[&list(&[(second, "甲"), (second, "乙")]), "", "", ""], numbering, styles);
    assert_eq!(cell(&reading, 0, 0), ["甲", "乙"]);
}

#[test]
fn numbers_have_their_form_level_and_start() {
    let more = "<w:num w:numId=\"8\"><w:abstractNumId w:val=\"3\"/><w:lvlOverride w:ilvl=\"0\">\
        <w:startOverride w:val=\"7\"/></w:lvlOverride></w:num>";
    let numbering = numbering(
        &[
            &[(1, "decimal", "%1."), (1, "decimal", "%1.%2"), (1, "lowerLetter", "%1-%2-%3")],
            &[(1, "aiueoFullWidth", "(%1)")],
            &[(3, "decimal", "(%1)")],
            &[(1, "japaneseCounting", "第%1")],
            &[(1, "decimalFullWidth", "%1．")],
            &[(1, "chosung", "%1)")],
            &[(1, "bullet", "✓")],
        ],
        more,
    );
    let of = |lines: &[(usize, usize, &str)]| {
        let properties: Vec<(String, &str)> = lines
            .iter()
            .map(|(id, level, text)| (if *id == 0 { String::new() } else { number(*id, *level) }, *text))
            .collect();
        list(&properties.iter().map(|(number, text)| (number.as_str(), *text)).collect::<Vec<_>>())
    };
    let reading = lists(
        &[
            &of(&[
                (0, 0, "○多段"),
                (1, 0, "一"),
                (1, 1, "甲"),
                (1, 1, "乙"),
                (1, 2, "丙"),
                (1, 0, "二"),
                (1, 1, "丁"),
            ]),
            &of(&[(0, 0, "○アイウ"), (2, 0, "甲"), (2, 0, "乙"), (4, 0, "丙")]),
            &of(&[(3, 0, "甲"), (3, 0, "乙"), (8, 0, "丙"), (8, 0, "丁")]),
            &of(&[(0, 0, "○全角"), (5, 0, "甲"), (6, 0, "乙"), (7, 0, "丙")]),
        ],
        &numbering,
        "<w:styles/>",
    );
    assert_eq!(cell(&reading, 0, 0), ["多段|#一|・1.1 甲|・1.2 乙|・1-2-a 丙|#二|・2.1 丁"]);
    assert_eq!(cell(&reading, 0, 1), ["アイウ|・(ア)甲|・(イ)乙|・第一 丙"]);
    assert_eq!(cell(&reading, 0, 2), ["甲", "乙", "丙", "丁"]);
    assert_eq!(cell(&reading, 0, 3), ["全角|#甲|#乙|・丙"]);
    let expected = "1つ目の表2行目5列目：番号の形（chosung）が分からないので、数字で読みました。";
    assert_eq!(notices(&reading), [expected]);
}

#[test]
fn an_items_code_may_be_the_number_of_a_list() {
    let numbering = numbering(&[&[(1, "aiueoFullWidth", "（%1）")]], "");
    let item = list(&[(&number(1, 0), "資源の把握")]);
    let rows = format!("{}{}", row(&[&item, "○甲", "", "", ""]), row(&[&item, "○乙", "", "", ""]));
    let reading = reading(&document(&rows, "", &[("word/numbering.xml", &numbering)]));
    let codes: Vec<&str> = reading.sheet.rows.iter().map(|row| row.code.as_str()).collect();
    assert_eq!(codes, ["ア", "イ"]);
}

#[test]
fn levels_below_one_that_opens_entries_are_notes() {
    let numbering = numbering(&[&[(1, "bullet", "\u{f06c}"), (1, "bullet", "\u{f06e}")]], "");
    let (above, below) = (number(1, 0), number(1, 1));
    let lines = list(&[(&above, "甲"), (&below, "乙"), (&above, "丙")]);
    assert_eq!(cell(&lists(&[&lines, "", "", ""], &numbering, ""), 0, 0), ["甲|・乙", "丙"]);
}

#[test]
fn what_stands_outside_of_the_tables_is_told() {
    let after = "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>箱の文字</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>\
        <w:p><w:del><w:r><w:delText>消した</w:delText></w:r></w:del><w:r><w:commentReference w:id=\"1\"/></w:r></w:p>\
        <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隠し</w:t></w:r><w:r><w:rPr><w:color w:val=\"FF0000\"/></w:rPr><w:t>注</w:t></w:r></w:p>";
    let page = "<w:ftr><w:p><w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>PAGE</w:instrText>\
        <w:fldChar w:fldCharType=\"separate\"/><w:t>12</w:t><w:fldChar w:fldCharType=\"end\"/></w:r>\
        <w:r><w:t> / 3ページ</w:t></w:r></w:p></w:ftr>";
    let header = |text: &str| format!("<w:hdr>{}</w:hdr>", paragraph(text));
    let parts = [
        (
            "word/comments.xml",
            "<w:comments><w:comment w:id=\"1\"><w:p><w:r><w:t>確認</w:t></w:r></w:p></w:comment></w:comments>",
        ),
        ("word/header1.xml", &header("未定稿：取扱注意")),
        ("word/header2.xml", &header("未定稿：取扱注意")),
        ("word/header3.xml", &header(" ")),
        ("word/footer1.xml", page),
        ("word/footer2.xml", &header("本庄市")),
        ("word/footnotes.xml", &header("脚注")),
    ];
    let reading = reading(&document(&row(&["（ア）資源", "○取組", "", "", ""]), after, &parts));
    assert!(!notices(&reading).iter().any(|told| told.contains("3ページ") || told.contains("脚注")));
    assert!(reading.report.notices.iter().all(|notice| notice.kind == NoticeKind::LeftOut));
    let expected = [
        "フッターは取り込みません：「本庄市」",
        "ヘッダーは取り込みません：「未定稿：取扱注意」",
        "テキストボックスは取り込みません：「箱の文字」",
        "変更履歴で削除された文字は取り込みません：「消した」",
        "コメントは取り込みません：「確認」",
        "隠し文字は取り込みません：「隠し」",
    ];
    let told = notices(&reading);
    for expected in expected {
        let same = told.iter().filter(|told| **told == format!("：{expected}"));
        assert_eq!(same.count(), 1, "{expected}: {told:?}");
    }
}

#[test]
fn tracked_formatting_is_not_what_is_shown() {
    let deleted_end =
        "<w:p><w:pPr><w:rPr><w:del w:id=\"3\"/></w:rPr></w:pPr><w:r><w:t>（ア）</w:t></w:r></w:p>";
    let item = format!("{deleted_end}{}", paragraph("地域の資源"));
    let hidden = "<w:p><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/><w:strike/></w:rPr></w:rPrChange></w:rPr><w:t>○見える</w:t></w:r></w:p>";
    let number = number(1, 0);
    let no_list = format!(
        "<w:p><w:pPr><w:pPrChange><w:pPr>{number}</w:pPr></w:pPrChange></w:pPr><w:r><w:t>○番号は外した</w:t></w:r></w:p>"
    );
    let ends = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>○終わり</w:t></w:r></w:p>";
    let gone = format!("<w:tr><w:trPr><w:del/></w:trPr><w:tc>{}</w:tc></w:tr>", paragraph("（イ）消した"));
    let rows = format!("{}{gone}", row(&[&item, hidden, &no_list, ends, "○計画"]));
    let numbering = numbering(&[&[(1, "decimal", "%1.")]], "");
    let reading = reading(&document(&rows, "", &[("word/numbering.xml", &numbering)]));
    assert_eq!(reading.sheet.rows.len(), 1);
    assert_eq!(reading.sheet.rows[0].title, "地域の資源");
    let cells: Vec<Vec<String>> = (0..4).map(|column| cell(&reading, 0, column)).collect();
    assert_eq!(cells, [["見える"], ["番号は外した"], ["終わり"], ["計画"]]);
    assert_eq!(
        notices(&reading),
        ["1つ目の表3行目1列目：変更履歴で削除された行は取り込みません：「（イ）消した」"]
    );
}

#[test]
fn joined_cells_are_told() {
    let tc = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", paragraph(text))
    };
    let (begins, goes_on, wide) =
        ("<w:vMerge w:val=\"restart\"/>", "<w:vMerge/>", "<w:gridSpan w:val=\"2\"/>");
    let rows = format!(
        "<w:tr>{}{}{}{}</w:tr><w:tr>{}{}{}{}{}</w:tr>",
        tc("", "（ア）資源"),
        tc(begins, "○両方"),
        tc("", "○評"),
        tc(wide, "○目標と計画"),
        tc("", "（イ）課題"),
        tc(goes_on, "見えない"),
        tc(goes_on, "○上のないもの"),
        tc("", "○目"),
        tc("", "○計"),
    );
    let reading = reading(&document(&rows, "", &[]));
    assert_eq!(cell(&reading, 0, 2), ["目標と計画"]);
    assert_eq!(cell(&reading, 1, 1), ["上のないもの"]);
    let told = notices(&reading);
    assert!(told.iter().any(|told| told.contains("2行目4列目：左右に結合された")), "{told:?}");
    assert!(told.iter().any(|told| told.contains("3行目2列目：上のセルと結合されていて")), "{told:?}");
}

#[test]
fn symbols_that_open_lines_are_letters() {
    let lines = "<w:p><w:r><w:sym w:font=\"Wingdings\" w:char=\"F06C\"/><w:t>甲</w:t></w:r></w:p>\
        <w:p><w:r><w:rPr><w:rFonts w:ascii=\"Wingdings\"/></w:rPr><w:t>l</w:t></w:r><w:r><w:t>乙l</w:t></w:r></w:p>";
    let reading = reading(&document(&row(&["（ア）資源", lines, "", "", ""]), "", &[]));
    assert_eq!(cell(&reading, 0, 0), ["甲", "乙l"]);
}
