//! Texts of the start page.

use renkei_domain::limits;

pub const TITLE: &str = "圏域と年度";
pub const LEAD: &str = "見たい年度の計画・評価表を選んでください。";
pub const REGION: &str = "圏域";
pub const SEARCH: &str = "圏域の名前";
pub const FIND: &str = "さがす";
pub const MORE: &str = "続きを表示";

/// There is no region, of all or of those that were searched for.
pub fn none(words: &str) -> String {
    match words {
        "" => "見られる圏域がまだありません。圏域の管理者に、アカウントの役割を確かめてもらってください。"
            .to_owned(),
        words => format!("「{words}」を名前に含む圏域はありません。"),
    }
}

pub const NO_SHEET: &str = "計画・評価表はまだありません。";

/// 前回（R8/11/24 13:05）から
pub fn since(moment: &str) -> String {
    format!("前回（{moment}）から")
}

pub fn nothing_new(since: &str) -> String {
    format!("{since}の変更はありません")
}

pub fn drafts(count: i32) -> String {
    format!("下書き{count}件")
}

pub fn notices(count: i32) -> String {
    format!("自分あての未読{count}件")
}

/// Up to a limit are counted.
pub fn changes(since: &str, count: i32) -> String {
    let more =
        if usize::try_from(count).is_ok_and(|count| count >= limits::NEW_CHANGES) { "以上" } else { "" };
    format!("{since}の変更{count}件{more}")
}

pub fn organizations(names: &[&str]) -> String {
    names.join("・")
}
