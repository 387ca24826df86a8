//! Whole files: lines, fields, encodings.

use super::{HEADER, YEAR, file, read, refusal, sheet, shown};
use proptest::prelude::*;
use renkei_domain::limits;

#[test]
fn a_fault_names_line_column_and_reason() {
    let fault = read(file("○本文 *").as_bytes(), YEAR).unwrap_err();
    assert_eq!((fault.place.line, fault.place.column), (2, 2));
    assert_eq!(fault.to_string(), format!("2行目2列目：{}", fault.reason));
}

#[test]
fn lines_end_in_any_way_and_a_bom_is_no_text() {
    let expected = sheet(&file("○取組"));
    for file in [
        format!("\u{feff}{}", file("○取組")),
        file("○取組").replace('\n', "\r\n"),
        file("○取組").replace('\n', "\r"),
        format!("{}\n", file("○取組")),
        format!("{}\r\n\r\n　\n\t\t\t\t\n", file("○取組")),
    ] {
        assert_eq!(sheet(&file), expected, "{file:?}");
    }
    let late = sheet(&format!("\n \n{}", file("○取組").replace('\n', "\n\n")));
    assert_eq!(late.rows[0].line, 5);
}

#[test]
fn excels_quotes_are_read() {
    let quoted = file("\"○一つ目\n○\"\"二つ目\"\"\t続き\r\n*注\"");
    let sheet = sheet(&format!("{quoted}\n（イ）乙\t\"\"\t\t\t"));
    let entries: Vec<String> = sheet.rows[0].cells[0].iter().map(shown).collect();
    assert_eq!(entries, ["一つ目", "\"二つ目\"\t続き|*注"]);
    assert_eq!((sheet.rows[1].line, sheet.rows[1].cells[0].len()), (5, 0));
}

#[test]
fn a_head_with_line_ends_in_quotes_is_read_as_csv_too() {
    let head = HEADER.replace("事業項目", "\"事業項目と\n4つの場面分類\"").replace('\t', ",");
    for above in ["", "令和8年度 計画\n", "\"令和8年度\n計画\"\n"] {
        let sheet = sheet(&format!("{above}{head}\n（ア）甲,○取組,,,"));
        assert_eq!((sheet.rows.len(), sheet.rows[0].cells[0].len()), (1, 1), "{above:?}");
    }
    let with_commas = sheet(&format!("令和8年度, 計画\t\t\t\t\n{HEADER}\n（ア）甲\t○取組\t\t\t"));
    assert_eq!(with_commas.rows.len(), 1, "a tab parts fields before commas do");
}

#[test]
fn a_quote_that_is_no_quoted_field_is_text() {
    for (field, body) in [
        ("\"わたしの連絡先カード\"の活用", "\"わたしの連絡先カード\"の活用"),
        ("\"閉じない", "\"閉じない"),
        ("○\"引用\"", "\"引用\""),
        ("\"○引用\"", "引用"),
    ] {
        assert_eq!(shown(&sheet(&file(field)).rows[0].cells[0][0]), body);
    }
}

#[test]
fn what_is_no_sheet_is_refused() {
    assert_eq!(refusal(""), "1行目1列目：見出しの行がありません。");
    assert_eq!(refusal("\u{feff}\n\t\n"), "1行目1列目：見出しの行がありません。");
    assert_eq!(refusal(HEADER), "1行目1列目：見出しの下に事業項目の行がありません。");
    assert_eq!(
        refusal(format!("{HEADER}\n（ア）甲\t\t\t")),
        "2行目5列目：列の数が見出しと違います（見出しは5列、この行は4列）。セルの中にタブや改行がないか確かめてください。"
    );
    assert_eq!(
        refusal(format!("{HEADER}\n（ア）甲\t\t\t\t\t")),
        "2行目6列目：列の数が見出しと違います（見出しは5列、この行は6列）。セルの中にタブや改行がないか確かめてください。"
    );
    assert_eq!(
        refusal(format!("{HEADER}\n（ア）甲\t\t\t\t\n（ｱ）乙\t\t\t\t")),
        "3行目1列目：項目「ｱ」は2行目にもあります。"
    );
    assert_eq!(
        refusal(format!("{HEADER}\n甲\t\t\t\t")),
        "2行目1列目：事業項目の記号（「（ア）」など）が読めません。セルの初めに書いてください。"
    );
}

#[test]
fn what_can_not_be_decoded_and_large_files_are_refused() {
    let hint = "文字コードが読めません。メモ帳などで開き、UTF-8で保存し直してください。";
    let mut bytes = format!("{HEADER}\r\n（ア）甲\t").into_bytes();
    bytes.extend([0xff, 0xff]);
    assert_eq!(refusal(&bytes), format!("2行目2列目：{hint}"));
    let large = vec![b' '; limits::IMPORT_BYTES + 1];
    assert_eq!(refusal(large), "ファイルが大きすぎます（8MBまで）。");
}

#[test]
fn encodings_of_windows_are_read() {
    let text = file("○髙齢者の①支援");
    let expected = sheet(&text);
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [utf16, encoding_rs::SHIFT_JIS.encode(&text).0.into_owned()] {
        assert_eq!(read(&bytes, YEAR).unwrap(), expected);
    }
}

#[test]
fn a_sheet_has_a_limit_of_items() {
    let rows = |count: usize| (1..=count).map(|n| format!("\n（{n}）甲\t\t\t\t")).collect::<String>();
    assert_eq!(sheet(&format!("{HEADER}{}", rows(limits::ITEMS))).rows.len(), limits::ITEMS);
    assert_eq!(
        refusal(format!("{HEADER}{}", rows(limits::ITEMS + 1))),
        "202行目1列目：事業項目は200行までです。"
    );
}

/// Whatever is in it, a file takes time by its size alone.
#[test]
fn nothing_takes_long() {
    let start = std::time::Instant::now();
    for piece in
        ["\"a\t", "<b ", "<!--", "&amp", "<style>", "（ア", "看取り ", "○*①・", "\"\"", "<b a=\"", "（"]
    {
        let body = piece.repeat(200_000 / piece.len());
        let _ = read(body.as_bytes(), YEAR);
        let _ = read(file(&body).as_bytes(), YEAR);
        let _ = read(format!("{HEADER}\n（ア）{body}\t\t\t\t").as_bytes(), YEAR);
        let _ = read(format!("事業項目\t{body}状況\t評価\t目標\t計画").as_bytes(), YEAR);
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[rustfmt::skip]
const PIECES: &[&str] = &[
    HEADER, "事業項目", "取組状況", "評価", "目標", "計画", "令和7年度", "R8", "（令和7年12月末時点）", "（ア）", "（イ）", "ア", "看取り",
    "日常の療養支援", "・", "○", "*", "①", "\t", "\t\t\t\t", "\n", "\r\n", "\r", "\"", "\"\"", "<", ">", "<b>",
    "</b>", "<small>", "</small>", "<br>", "<li>", "<!--", "-->", "<style>", "</style>", "<a href=\"",
    "&", "&nbsp;", "&#0;", "&#9675;", "&#x110000;", "□", "■", "【", "】", "（", "）", " ", "　", "\u{0}",
    "\u{feff}", "\u{200b}", "\u{2028}",
];

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, YEAR);
    }

    #[test]
    fn anything_like_a_sheet_is_read_or_refused(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60), noise in any::<String>()) {
        let text = pieces.concat();
        let _ = read(text.as_bytes(), YEAR);
        let _ = read(format!("{HEADER}\n{text}{noise}").as_bytes(), YEAR);
        let _ = read(format!("{HEADER}\n（ア）{noise}{text}\t{text}\t\t\t").as_bytes(), YEAR);
    }
}
