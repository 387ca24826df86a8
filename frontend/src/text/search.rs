//! Texts of the search over all years.

use renkei_domain::FiscalYear;

/// In the header.
pub const NAME: &str = "検索";
pub const TITLE: &str = "すべての年度から探す";
pub const LEAD: &str = "この圏域のすべての年度の計画・評価表と、提出版の中を探します。語を空白で区切るとそのすべてを、引用符（\"）で囲むとその文を探します。";
pub const WORDS: &str = "探す語";
pub const SEARCH: &str = "探す";
pub const FILTER: &str = "探す条件";
pub const TYPE_WORDS: &str = "探す語を入力してください。";
pub const NONE: &str = "見つかりませんでした。語を減らすか、短くするか、場面と主体の条件を外してください。";
pub const MORE: &str = "続きを見る";
pub const OFFLINE: &str = "サーバーにつながらないため、探せません。つながってからもう一度試してください。開いている年度の表は、表の「本文を検索」で絞り込めます。";
pub const SHOW_SNAPSHOT: &str = "提出版を開く";

pub fn found(total: i32) -> String {
    format!("{total}件見つかりました")
}

/// 令和8年度の表
pub fn sheet(year: FiscalYear) -> String {
    format!("{year}の表")
}

pub fn snapshot(label: &str) -> String {
    format!("提出版「{label}」（今の文と異なります）")
}
