//! The list 取組一覧, one row an entry, as an export writes it: its headings, and what must not be a formula in it.

use renkei_domain::text::{is_invisible, trim_blank};

/// Of the list in a CSV file, and in the Excel file.
pub const HEADINGS: [&str; 12] = [
    "事業項目",
    "項目名",
    "欄",
    "年度",
    "場面（明示）",
    "主体",
    "本文",
    "注記",
    "版",
    "更新者",
    "更新日時",
    "取組ID",
];

/// Whether a spreadsheet may take a text for a formula. What shows nothing at its start is passed over: it goes where an
/// encoding lacks it.
pub fn is_formula(text: &str) -> bool {
    text.trim_start_matches(is_invisible).starts_with(['\t', '\r', '\n'])
        || trim_blank(text).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '−'])
}
