//! Texts of the handout list.

use renkei_domain::FiscalYear;

pub const NONE: &str = "この年度の資料はまだ登録されていません。";
pub const ABSENT: &str = "この番号の資料は、この年度にはありません。";
pub const TO_SHEET: &str = "表へ戻る";

pub fn title(year: FiscalYear) -> String {
    format!("{year}の資料")
}

pub fn lead(year: FiscalYear) -> String {
    format!("{year}の計画・評価表の本文にある「資料3」などは、この一覧の資料を指します。")
}

pub fn number(number: i32) -> String {
    format!("資料{number}")
}
