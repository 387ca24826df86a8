//! Bad and hostile files: each is refused or read, with its place, in little time and memory; and what staff's files hold beside
//! plain text is reported.

use super::YEAR;
use super::packages::{changed, package};
use crate::export::tests::document;
use crate::export::{Format, Parameters};
use crate::import::reader::{Choices, NoticeKind, Reading, RowRole, read_as};
use proptest::prelude::*;
use renkei_domain::EntryText;
use std::time::{Duration, Instant};

fn read(file: &[u8]) -> Reading {
    read_as(file, YEAR, &Choices::default()).unwrap_or_else(|fault| panic!("{fault}"))
}

fn refusal(file: &[u8]) -> String {
    let start = Instant::now();
    let refused = read_as(file, YEAR, &Choices::default()).unwrap_err().to_string();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    refused
}

fn bodies(reading: &Reading) -> Vec<&str> {
    let cells = reading.sheet.rows.iter().flat_map(|row| &row.cells).flatten();
    cells.map(|entry| entry.body.as_str()).collect()
}

/// Place and message of each notice.
fn notices(reading: &Reading) -> Vec<String> {
    let notices = reading.report.notices.iter();
    notices.map(|notice| format!("{} {}", notice.place, notice.message)).collect()
}

#[track_caller]
fn tells(reading: &Reading, expected: &[&str]) {
    let told = notices(reading);
    for expected in expected {
        assert!(told.iter().any(|told| told.contains(expected)), "{expected}: {told:?}");
    }
}

const RELS: &str = r#"<Relationships xmlns="urn:relationships"><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="r3" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const ROOT: &str = r#"<Relationships xmlns="urn:relationships"><Relationship Id="r0" Type="urn:x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const TYPES: &str =
    r#"<Types xmlns="urn:types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const MAIN: &str = "urn:main";

/// A workbook of two worksheets, the first one's data as given, with macros, of which nothing is read.
fn workbook(data: &str, shared: &str) -> Vec<u8> {
    let book = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="urn:r"><sheets><sheet name="計画" sheetId="1" r:id="r1"/><sheet name="控え" sheetId="2" state="hidden" r:id="r2"/></sheets></workbook>"#
    );
    let sheet = format!(r#"<worksheet xmlns="{MAIN}">{data}</worksheet>"#);
    let other = format!(
        r#"<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>覚え書き</t></is></c></row></sheetData></worksheet>"#
    );
    let shared = format!(r#"<sst xmlns="{MAIN}">{shared}</sst>"#);
    package(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", RELS),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/worksheets/sheet2.xml", &other),
        ("xl/sharedStrings.xml", &shared),
        ("xl/vbaProject.bin", "Attribute VB_Name = \"Module1\""),
    ])
}

fn row(line: usize, more: &str, cells: [&str; 5]) -> String {
    let cells = cells.iter().zip(["A", "B", "C", "D", "E"]).filter(|(text, _)| !text.is_empty());
    let cells = cells.map(|(text, column)| match text.strip_prefix('#') {
        Some(shared) => format!(r#"<c r="{column}{line}" t="s"><v>{shared}</v></c>"#),
        None => {
            format!(r#"<c r="{column}{line}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#)
        }
    });
    format!(r#"<row r="{line}"{more}>{}</row>"#, cells.collect::<String>())
}

const HEAD: [&str; 5] = ["事業項目", "取組状況", "評価", "目標", "計画"];

#[test]
fn what_a_workbook_of_staff_holds_is_read_or_reported() {
    let rows = [
        row(1, "", ["令和8年度の計画について", "", "", "", ""]),
        row(3, "", HEAD),
        row(4, "", ["（ア）資源の把握", "●一つ目_x000D_\n●二つ目\u{a0}続き\n(1)甲\n(2)乙", "#0", "#1", ""]),
        row(5, r#" hidden="1""#, ["", "○三つ目", "", "", ""]),
        row(6, "", ["（ア）続き", "○四つ目", "", "", ""]),
        row(7, "", ["（イ）課題", "・甲\n・乙", "1. 甲\n2. 乙", "", ""]),
        row(8, "", ["※資料4を参照", "", "", "", ""]),
    ];
    let data = format!(
        r#"<cols><col min="4" max="4" hidden="1"/></cols><sheetData>{}</sheetData><mergeCells><mergeCell ref="A4:A5"/><mergeCell ref="B7:C7"/></mergeCells>"#,
        rows.concat()
    );
    let shared = r#"<si><t>○医師会</t><rPh sb="1" eb="4"><t>イシカイ</t></rPh></si><si><r><t>○残す</t></r><r><rPr><strike/><color rgb="FFFF0000"/></rPr><t>消す</t></r></si>"#;
    let reading = read(&workbook(&data, shared));
    assert_eq!(
        bodies(&reading),
        ["一つ目", "二つ目\u{a0}続き", "三つ目", "四つ目", "医師会", "残す消す", "甲", "乙", "甲", "乙"]
    );
    assert_eq!(reading.sheet.rows[0].cells[0][1].notes.len(), 2);
    tells(
        &reading,
        &[
            "シート「計画」1行目 表の上の行は取り込みません：「令和8年度の計画について」",
            "シート「計画」4行目C列 ふりがなは取り込みません。",
            "シート「計画」4行目D列 取り消し線",
            "シート「計画」4行目D列 色の付いた",
            "シート「計画」5行目 隠れている行",
            "シート「計画」D列 隠れている列",
            "シート「計画」8行目 この行は取り込みません：「※資料4を参照」",
            "シート「計画」7行目B列 左右に結合された",
            "シート「計画」4行目B列 行頭の「●」",
            "シート「控え」 この表は取り込みません：「覚え書き」",
        ],
    );
    let left_out = |line: usize| reading.report.rows.iter().find(|row| row.line == line).unwrap().role;
    assert_eq!((left_out(5), left_out(8)), (RowRole::Continued, RowRole::Ignored));
}

#[test]
fn two_rows_of_headings_are_one() {
    let rows = [
        row(1, "", ["事業項目", "令和7年度", "", "令和8年度", ""]),
        row(2, "", ["", "取組状況", "評価", "目標", "計画"]),
        row(3, "", ["（ア）資源", "○甲", "", "", "○乙"]),
    ];
    let merged = r#"<mergeCells><mergeCell ref="B1:C1"/><mergeCell ref="D1:E1"/><mergeCell ref="A1:A2"/></mergeCells>"#;
    let reading = read(&workbook(&format!("<sheetData>{}</sheetData>{merged}", rows.concat()), ""));
    let headings: Vec<&str> = reading.sheet.columns.iter().map(|column| column.heading.as_str()).collect();
    assert_eq!(headings, ["令和7年度 取組状況", "令和7年度 評価", "令和8年度 目標", "令和8年度 計画"]);
    assert_eq!(bodies(&reading), ["甲", "乙"]);
}

#[test]
fn a_fault_in_a_workbook_names_sheet_row_and_column() {
    let long = format!("○{}", "長".repeat(renkei_domain::limits::BODY_CHARS + 1));
    let rows = [row(1, "", HEAD), row(2, "", ["（ア）資源", "", &long, "", ""])].concat();
    let refused = refusal(&workbook(&format!("<sheetData>{rows}</sheetData>"), ""));
    assert!(refused.starts_with("シート「計画」2行目C列：1番目の取組：本文は"), "{refused}");
    let rows = [row(1, "", HEAD), row(2, "", ["資源の把握", "○甲", "", "", ""])].concat();
    let refused = refusal(&workbook(&format!("<sheetData>{rows}</sheetData>"), ""));
    assert!(refused.starts_with("シート「計画」2行目A列：事業項目の記号"), "{refused}");
}

const WORD: &str = "urn:word";

fn word(cell: &str) -> Vec<u8> {
    let plain = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let head: String = HEAD.iter().map(|text| plain(text)).collect();
    let row = format!("{}<w:tc>{cell}</w:tc>{}", plain("（ア）資源"), plain("").repeat(3));
    let document = format!(
        r#"<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>題</w:t></w:r></w:p><w:tbl><w:tr>{head}</w:tr><w:tr>{row}</w:tr></w:tbl></w:body></w:document>"#
    );
    let numbering = format!(
        r#"<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="○"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="decimalEnclosedCircle"/><w:lvlText w:val="%2"/></w:lvl></w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#
    );
    let comments = format!(
        r#"<w:comments xmlns:w="{WORD}"><w:comment w:id="5"><w:p><w:r><w:t>要確認</w:t></w:r></w:p></w:comment></w:comments>"#
    );
    package(&[
        ("[Content_Types].xml", TYPES),
        ("word/document.xml", &document),
        ("word/numbering.xml", &numbering),
        ("word/comments.xml", &comments),
    ])
}

#[test]
fn what_a_document_of_staff_holds_is_read_or_reported() {
    let cell = r#"
        <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>一つ目</w:t></w:r><w:r><w:br/><w:t>続き</w:t><w:tab/><w:t>甲</w:t></w:r></w:p>
        <w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>注</w:t></w:r></w:p>
        <w:p><w:r><w:t>○残る</w:t></w:r><w:del><w:r><w:delText>消えた</w:delText></w:r></w:del><w:ins><w:r><w:t>加えた</w:t></w:r></w:ins><w:r><w:commentReference w:id="5"/></w:r></w:p>
        <w:p><w:r><w:rPr><w:strike/><w:color w:val="FF0000"/></w:rPr><w:t>○線</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>隠し</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>箱の中</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>
        <w:p><w:r><w:ruby><w:rt><w:r><w:t>みとり</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>○看取り</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"#;
    let reading = read(&word(cell));
    assert_eq!(bodies(&reading), ["一つ目 続き\t甲", "残る加えた", "線", "看取り"]);
    assert_eq!(reading.sheet.rows[0].cells[0][0].notes[0].text, "注");
    tells(
        &reading,
        &[
            "1つ目の表2行目2列目 変更履歴で削除された文字は取り込みません：「消えた」",
            "変更履歴で追加された",
            "コメントは取り込みません：「要確認」",
            "取り消し線",
            "色の付いた",
            "隠し文字は取り込みません：「隠し」",
            "テキストボックスは取り込みません：「箱の中」",
            "ふりがなは取り込みません。",
        ],
    );
}

#[test]
fn a_table_from_a_clipboard_is_read() {
    let excel = "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><meta charset=utf-8><style><!--td{}--></style></head><body><table>
        <!--StartFragment--><col width=72><tr><td>事業項目</td><td>取組状況</td><td>評価</td><td>目標</td><td>計画</td></tr>
        <tr height=18><td rowspan=2>（ア）資源</td><td>○在宅医療の\r\n  推進<br>\r\n    *注</td><td></td><td>○<s>線</s></td><td></td></tr>
        <tr><td>○次</td><td></td><td></td><td>○<ruby>看取<rt>みと</rt></ruby>り</td></tr><!--EndFragment--></table></body></html>";
    let reading = read(excel.as_bytes());
    assert_eq!(bodies(&reading), ["在宅医療の推進", "次", "線", "看取り"]);
    assert_eq!(reading.sheet.rows[0].cells[0][0].notes[0].text, "注");
    tells(&reading, &["1つ目の表2行目4列目 取り消し線", "ふりがな"]);
    let word = "Version:0.9\r\nStartHTML:0000000105\r\n<html><body><!--StartFragment--><table class=MsoTable><tr><td><p class=MsoNormal>事業項目<o:p></o:p></p></td><td><p>取組状況</p></td><td><p>評価</p></td><td><p>目標</p></td><td><p>計画</p></td></tr><tr><td><p>（ア）資源</p></td><td><p>○<span lang=EN-US>A</span>を</p><p>*注<span lang=EN-US>&nbsp;1</span></p></td><td><p>&nbsp;</p></td><td></td><td></td></tr></table>";
    let reading = read(word.as_bytes());
    assert_eq!(
        (bodies(&reading), reading.sheet.rows[0].cells[0][0].notes[0].text.as_str()),
        (vec!["Aを"], "注\u{a0}1")
    );
}

#[test]
fn a_package_that_unpacks_without_end_is_refused() {
    let large = " ".repeat(40 * 1024 * 1024);
    let bomb = package(&[("xl/workbook.xml", "<workbook/>"), ("a", &large), ("b", &large)]);
    assert!(bomb.len() < 200_000);
    assert!(refusal(&bomb).contains("展開すると大きすぎる"));
    let names: Vec<String> = (0..3_000).map(|nth| format!("part{nth}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert!(refusal(&package(&many)).contains("部品が多すぎます"));
}

#[test]
fn hostile_xml_is_refused() {
    let entity = r#"<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="w"><w:body><w:p>&b;</w:p></w:body></w:document>"#;
    assert!(refusal(&package(&[("word/document.xml", entity)])).contains("DOCTYPE"));
    let deep = format!("<w:document xmlns:w=\"w\">{}", "<w:tbl>".repeat(1_000_000));
    assert!(refusal(&package(&[("word/document.xml", &deep)])).contains("入れ子"));
    let repeated = r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><table:table table:name="a"><table:table-row table:number-rows-repeated="1000000000"><table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:document-content>"#;
    assert!(refusal(&package(&[("content.xml", repeated)])).contains("多すぎます"));
    let far = r#"<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>"#;
    assert!(refusal(&workbook(far, "")).contains("列までです"));
    let many: String =
        (1..=50_000).map(|line| format!("<row r=\"{line}\"><c r=\"A{line}\"><v>1</v></c></row>")).collect();
    assert!(refusal(&workbook(&format!("<sheetData>{many}</sheetData>"), "")).contains("行までです"));
}

#[test]
fn what_is_no_sheet_says_what_it_is() {
    for (file, expected) in [
        (&b"PK\x05\x06"[..], "壊れています"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "古い形式"),
        (b"%PDF-1.4", "PDF"),
        (b"{}", "JSON"),
        (b"<table></table>", "見出しの行がありません"),
    ] {
        assert!(refusal(file).contains(expected), "{}", refusal(file));
    }
    assert!(refusal(&package(&[("other", "x")])).contains("どれでもない"));
    assert!(refusal(&package(&[("xl/workbook.xml", "<workbook")])).contains("壊れています"));
}

/// One file of each form that the export writes.
fn exported() -> Vec<Vec<u8>> {
    let text = |body: &str| EntryText { body: body.to_owned(), ..EntryText::default() };
    let document = document([vec![text("一つ"), text("二つ")], Vec::new(), vec![text("三つ")], Vec::new()]);
    Format::ALL.iter().map(|format| format.write(&document, &Parameters::default()).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_with_a_forms_beginning_are_read_or_refused(
        start in prop::sample::select(vec![&b"PK\x03\x04"[..], b"<table><tr><td>", b"{\"renkei\":1,", b"a,b\n", b"\xff\xfe", b""]),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let file = [start, &bytes].concat();
        let _ = read_as(&file, YEAR, &Choices::default());
    }

    #[test]
    fn changed_files_are_read_or_refused(
        form in 0..6_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        inside in any::<bool>(),
    ) {
        let file = exported().swap_remove(form);
        let change = |mut bytes: Vec<u8>| {
            for (place, byte) in &changes {
                if !bytes.is_empty() {
                    let place = place.index(bytes.len());
                    bytes[place] = *byte;
                }
            }
            bytes
        };
        let file = if inside && file.starts_with(b"PK") {
            changed(&file, |name, bytes| Some(if name.ends_with(".xml") { change(bytes) } else { bytes }))
        } else {
            change(file)
        };
        if let Ok(reading) = read_as(&file, YEAR, &Choices::default()) {
            prop_assert_eq!(reading.details.len(), reading.sheet.rows.len());
            let left_out = reading.report.notices.iter().filter(|notice| notice.kind == NoticeKind::LeftOut);
            prop_assert!(left_out.count() <= reading.report.notices.len());
        }
    }
}
