//! Workbooks as Excel and other programs write them: number formats, headers and footers, the list beside the matrix.

use super::super::{Choices, NoticeKind, Reading, read_as};
use super::YEAR;
use proptest::prelude::*;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const ROOT: &str = r#"<Relationships><Relationship Id="r0" Type="urn:x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="r3" Type="x/styles" Target="styles.xml"/></Relationships>"#;
const TYPES: &str = r#"<Types><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const HEAD: [&str; 5] = ["事業項目", "取組状況", "評価", "目標", "計画"];
const LIST: [&str; 12] = super::super::list::HEADINGS;

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A worksheet's rows and what follows them; the codes of the styles that its cells have, from 1.
fn workbook(sheet: &str, list: Option<&str>, codes: &[&str]) -> Vec<u8> {
    let listed = list.map_or("", |_| r#"<sheet name="取組一覧" sheetId="2" r:id="r2"/>"#);
    let book = format!(
        r#"<workbook xmlns:r="urn:r"><sheets><sheet name="計画" sheetId="1" r:id="r1"/>{listed}</sheets></workbook>"#
    );
    let formats = codes.iter().enumerate().map(|(nth, code)| {
        let code = code.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        format!(r#"<numFmt numFmtId="{}" formatCode="{code}"/>"#, 164 + nth)
    });
    let styles = codes.iter().enumerate().map(|(nth, _)| format!(r#"<xf numFmtId="{}"/>"#, 164 + nth));
    let styles = format!(
        r#"<styleSheet><numFmts>{}</numFmts><cellXfs><xf numFmtId="0"/>{}<xf numFmtId="14"/></cellXfs></styleSheet>"#,
        formats.collect::<String>(),
        styles.collect::<String>()
    );
    let sheet = format!("<worksheet>{sheet}</worksheet>");
    let list = format!("<worksheet>{}</worksheet>", list.unwrap_or_default());
    package(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", RELS),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/worksheets/sheet2.xml", &list),
        ("xl/styles.xml", &styles),
    ])
}

fn text(text: &str) -> String {
    format!(r#"t="inlineStr"><is><t xml:space="preserve">{text}</t></is>"#)
}

/// A row of cells, each with its attributes and what is in it.
fn row(line: usize, cells: &[String]) -> String {
    let cells = cells.iter().zip('A'..).map(|(cell, column)| format!(r#"<c r="{column}{line}" {cell}</c>"#));
    format!(r#"<row r="{line}">{}</row>"#, cells.collect::<String>())
}

fn texts(line: usize, cells: &[&str]) -> String {
    row(line, &cells.iter().map(|cell| text(cell)).collect::<Vec<_>>())
}

fn rows(rows: &[String]) -> String {
    format!("<sheetData>{}</sheetData>", rows.concat())
}

fn reading(file: &[u8]) -> Reading {
    read_as(file, YEAR, &Choices::default()).unwrap_or_else(|fault| panic!("{fault}"))
}

fn bodies(reading: &Reading) -> Vec<&str> {
    let cells = reading.sheet.rows.iter().flat_map(|row| &row.cells);
    cells.flatten().map(|entry| entry.body.as_str()).collect()
}

fn notices(reading: &Reading) -> Vec<String> {
    let notices = reading.report.notices.iter();
    notices.map(|notice| format!("{:?} {}：{}", notice.kind, notice.place, notice.message)).collect()
}

#[test]
fn a_value_is_read_as_its_format_shows_it() {
    let cases = [
        ("0%", "<v>0.5</v>", "50%"),
        ("0\"件\"", "<v>47</v>", "47件"),
        ("\"計\"0\"回\"", "<v>45</v>", "計45回"),
        ("#,##0", "<v>1234567</v>", "1,234,567"),
        ("h:mm:ss", "<v>0.4375</v>", "10:30"),
        ("[h]:mm", "<v>1.25</v>", "30:00"),
        ("\"実施：\"@", "t=\"str\"><v>研修</v>", "実施：研修"),
        ("yyyy-mm-dd h:mm:ss", "<v>46059.4375</v>", "2026/2/6 10:30"),
        ("[$-411]ggge\"年\"m\"月\"d\"日\";@", "<v>46059</v>", "令和8年2月6日"),
        ("yyyy\"年\"m\"月\"", "<v>46054</v>", "2026年2月"),
        ("ge.m.d", "<v>46059</v>", "R8.2.6"),
        ("General", "<v>0.30000000000000004</v>", "0.3"),
    ];
    let codes: Vec<&str> = cases.iter().map(|(code, ..)| *code).collect();
    for (nth, (code, value, expected)) in cases.iter().enumerate() {
        let value = if value.starts_with('<') { format!(">{value}") } else { (*value).to_owned() };
        let cells = [text("（ア）資源"), format!(r#"s="{}" {value}"#, nth + 1)];
        let reading = reading(&workbook(&rows(&[texts(1, &HEAD), row(2, &cells)]), None, &codes));
        assert_eq!(bodies(&reading), [*expected], "{code}");
        assert!(reading.report.notices.is_empty(), "{code}: {:?}", reading.report.notices);
    }
    // The date that every program knows by its number.
    let cells = [text("（ア）資源"), format!(r#"s="{}"><v>46059</v>"#, codes.len() + 1)];
    let reading = reading(&workbook(&rows(&[texts(1, &HEAD), row(2, &cells)]), None, &codes));
    assert_eq!(bodies(&reading), ["2026/2/6"]);
}

#[test]
fn a_mark_of_a_format_begins_an_entry() {
    let cells = [text("（ア）資源"), text("研修会の開催").replacen("t=", r#"s="1" t="#, 1)];
    let reading = reading(&workbook(&rows(&[texts(1, &HEAD), row(2, &cells)]), None, &["\"○\"@"]));
    assert_eq!(bodies(&reading), ["研修会の開催"]);
}

#[test]
fn a_format_that_is_not_certain_is_told_once_a_column() {
    let mut all = vec![texts(1, &HEAD)];
    for (line, code) in (2..).zip(["ア", "イ", "ウ"]) {
        let cells = [
            text(&format!("（{code}）項目")),
            r#"s="1"><v>0.25</v>"#.to_owned(),
            r#"s="1"><v>0.5</v>"#.to_owned(),
            r#"s="2"><v>7</v>"#.to_owned(),
        ];
        all.push(row(line, &cells));
    }
    let reading = reading(&workbook(&rows(&all), None, &["# ?/?", ";;;"]));
    assert_eq!(bodies(&reading), ["0.25", "0.5", "7", "0.25", "0.5", "7", "0.25", "0.5", "7"]);
    assert_eq!(
        notices(&reading),
        [
            "Taken シート「計画」2行目B列：表示形式の付いた値です。「0.25」と読みました。",
            "Taken シート「計画」2行目C列：表示形式の付いた値です。「0.5」と読みました。",
            "Taken シート「計画」2行目D列：表示形式の付いた値です。「7」と読みました。",
        ]
    );
}

#[test]
fn headers_and_footers_are_told() {
    let body = rows(&[texts(1, &HEAD), texts(2, &["（ア）資源", "○甲"])]);
    let told = |parts: &str| {
        let sheet = format!("{body}<headerFooter>{parts}</headerFooter>");
        notices(&reading(&workbook(&sheet, None, &[])))
    };
    let written = "<oddHeader>&amp;C令和8年度 案</oddHeader><oddFooter>&amp;L&amp;\"ＭＳ 明朝,太字\"&amp;12未定稿&amp;R&amp;P</oddFooter><evenHeader>&amp;C令和8年度 案</evenHeader>";
    assert_eq!(
        told(written),
        [
            "LeftOut ：ヘッダーは取り込みません：「令和8年度 案」",
            "LeftOut ：フッターは取り込みません：「未定稿」"
        ]
    );
    let codes = "<oddHeader>&amp;C&amp;A</oddHeader><oddFooter>&amp;C&amp;P / &amp;N</oddFooter>";
    assert!(told(codes).is_empty(), "{:?}", told(codes));
}

/// An exported workbook: two entries, the second one with an organisation, and the rows of its list.
fn exported(list: &[[&str; 5]]) -> Vec<u8> {
    let about = ["本庄市　令和8年度　2026-02-06 10:42現在（作成中）"];
    let sheet = rows(&[
        texts(1, &about),
        texts(2, &HEAD),
        texts(
            3,
            &[
                "（ア） 資源",
                "○研修会を開いた。\n*資料4\n○周知した。\n　（主体：本庄市）",
                "",
                "",
                "○続ける。",
            ],
        ),
    ]);
    let mut all = vec![texts(1, &LIST)];
    for (line, [facet, owner, body, notes, id]) in (2..).zip(list) {
        let year = if *facet == "計画" { "2026" } else { "2025" };
        let version = if id.is_empty() { "" } else { "3" };
        all.push(texts(line, &["ア", "資源", facet, year, "", owner, body, notes, version, "", "", id]));
    }
    workbook(&sheet, Some(&rows(&all)), &[])
}

const STATUS: &str = "取組状況及び結果";
const WRITTEN: [[&str; 5]; 3] = [
    [STATUS, "共同", "研修会を開いた。", "*資料4", "01890a5d-ac96-774b-bcce-b302099a8057"],
    [STATUS, "本庄市", "周知した。", "", "01890a5d-ac96-774b-bcce-b302099a8058"],
    ["計画", "共同", "続ける。", "", "01890a5d-ac96-774b-bcce-b302099a8059"],
];

#[test]
fn a_row_that_is_in_the_list_alone_is_told() {
    assert!(reading(&exported(&WRITTEN)).report.notices.is_empty());
    let mut list = WRITTEN.to_vec();
    list.push([STATUS, "共同", "一覧に足した取組", "", ""]);
    list.push([STATUS, "共同", "周知した。", "", ""]);
    list.push(["欄の外", "共同", "読めない行", "", ""]);
    let reading = reading(&exported(&list));
    assert_eq!(bodies(&reading), ["研修会を開いた。", "周知した。", "続ける。"]);
    assert_eq!(
        notices(&reading),
        [
            "LeftOut シート「取組一覧」5行目G列：取組一覧だけにある取組は取り込みません。表のシートに書いてください：「一覧に足した取組」",
            "LeftOut シート「取組一覧」7行目G列：取組一覧のこの行は読みません。「欄」か「年度」が読めません。",
        ]
    );
    assert_eq!(reading.report.notices[0].kind, NoticeKind::LeftOut);
}

#[test]
fn a_text_that_was_changed_in_the_list_alone_is_known_to_the_comparison() {
    let mut list = WRITTEN;
    list[0][2] = "まったく別の文";
    list[1][1] = "美里町";
    let reading = reading(&exported(&list));
    assert_eq!(bodies(&reading), ["研修会を開いた。", "周知した。", "続ける。"]);
    assert_eq!(reading.gone[0][0][0].text.body, "まったく別の文");
    let detail = &reading.details[0][0][1];
    let listed = detail.origin.as_ref().unwrap();
    assert_eq!((detail.owner.as_deref(), listed.owner.as_deref()), (Some("本庄市"), Some("美里町")));
}

#[test]
fn a_text_that_goes_on_in_the_row_beneath_is_in_the_table() {
    let about = ["本庄市　令和8年度　2026-02-06 10:42現在（作成中）"];
    let long = "長い文の".repeat(30);
    let sheet = rows(&[
        texts(1, &about),
        texts(2, &HEAD),
        texts(3, &["（ア） 資源", &format!("○甲\n○{long}")]),
        texts(4, &["（ア） 資源", "続き。\n*注の文"]),
        texts(5, &["（イ） 課題", "○乙"]),
    ]);
    let whole = long + "続き。";
    let bodies = [("ア", "甲", ""), ("ア", whole.as_str(), "*注の文"), ("イ", "乙", "")];
    let listed = (2..).zip(bodies).map(|(line, (code, body, notes))| {
        texts(line, &[code, "資源", STATUS, "2025", "", "共同", body, notes])
    });
    let list: Vec<String> = std::iter::once(texts(1, &LIST)).chain(listed).collect();
    let reading = reading(&workbook(&sheet, Some(&rows(&list)), &[]));
    assert_eq!(notices(&reading), Vec::<String>::new());
}

/// An OpenDocument spreadsheet of these tables and of these headers and footers.
fn spreadsheet(tables: &str, parts: &str) -> Vec<u8> {
    let content = format!(
        r#"<document-content><automatic-styles><style name="ta1" family="table" master-page-name="Used"/></automatic-styles><body><spreadsheet>{tables}</spreadsheet></body></document-content>"#
    );
    let styles = format!(
        r#"<document-styles><master-styles><master-page name="Used">{parts}</master-page><master-page name="Other"><header><p>ほか</p></header></master-page></master-styles></document-styles>"#
    );
    package(&[("content.xml", &content), ("styles.xml", &styles)])
}

fn table(name: &str, rows: &[&[&str]]) -> String {
    let row = |row: &&[&str]| {
        let cell = |text: &&str| {
            let lines = text.lines().map(|line| format!("<p>{line}</p>"));
            format!("<table-cell>{}</table-cell>", lines.collect::<String>())
        };
        format!("<table-row>{}</table-row>", row.iter().map(cell).collect::<String>())
    };
    let rows = rows.iter().map(row).collect::<String>();
    format!(r#"<table name="{name}" style-name="ta1">{rows}</table>"#)
}

#[test]
fn an_opendocument_spreadsheet_tells_the_same() {
    let matrix = table("計画", &[&HEAD, &["（ア）資源", "○甲"]]);
    let listed = |body| ["ア", "資源", STATUS, "2025", "", "共同", body];
    let list = table("取組一覧", &[&LIST, &listed("甲"), &listed("乙")]);
    let parts = "<header><p>令和8年度 案</p></header><header-left display=\"false\"><p>なし</p></header-left><footer><p>Page <page-number>1</page-number></p></footer>";
    assert_eq!(
        notices(&reading(&spreadsheet(&(matrix + &list), parts))),
        [
            "LeftOut ：ヘッダーは取り込みません：「令和8年度 案」",
            "LeftOut シート「取組一覧」3行目G列：取組一覧だけにある取組は取り込みません。表のシートに書いてください：「乙」",
        ]
    );
}

#[test]
fn a_comment_in_the_list_is_told() {
    let listed = |extra: &str| {
        format!(
            r#"<table name="取組一覧"><table-row>{}</table-row><table-row><table-cell><p>ア</p>{extra}</table-cell></table-row></table>"#,
            LIST.map(|heading| format!("<table-cell><p>{heading}</p></table-cell>")).concat()
        )
    };
    let matrix = table("計画", &[&HEAD, &["（ア）資源", "○甲"]]);
    let list = listed("<annotation><p>確かめる</p></annotation>");
    let told = notices(&reading(&spreadsheet(&(matrix + &list), "")));
    assert_eq!(told[0], "LeftOut シート「取組一覧」2行目A列：コメントは取り込みません：「確かめる」");
}

proptest! {
    #[test]
    fn any_format_and_footer_are_read_or_told(code in "[0#?.,%@;ymdhsegaE\"\\\\_*\\[\\]$件-]{0,12}", footer in "[&KPC\"0-9+件-]{0,12}", value in any::<f64>()) {
        let cells = [text("（ア）資源"), format!(r#"s="1"><v>{value:e}</v>"#)];
        let footer = footer.replace('&', "&amp;");
        let sheet = format!(
            "{}<headerFooter><oddFooter>{footer}</oddFooter></headerFooter>",
            rows(&[texts(1, &HEAD), row(2, &cells)])
        );
        let _ = read_as(&workbook(&sheet, None, &[&code]), YEAR, &Choices::default());
    }
}
