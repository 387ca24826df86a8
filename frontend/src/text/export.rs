//! The ways out of a sheet.

pub const TITLE: &str = "出力";

/// The end of the address, and what staff call it.
pub const PRINT: (&str, &str) = ("print", "印刷用の画面");
pub const PRINT_KEYS: &str = "Ctrl+P";
pub const FILES: [(&str, &str); 6] = [
    ("xlsx", "Excelファイル"),
    ("docx", "Wordファイル"),
    ("csv", "CSVファイル"),
    ("tsv", "TSVファイル（取り込み用）"),
    ("html", "HTMLファイル"),
    ("json", "JSONファイル（移行用）"),
];
pub const WITH_OWN: &str = "機関ごとの取組も載せる";
