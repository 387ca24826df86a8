//! Texts of what concerns the viewer.

use crate::notice::queries::NoticeKind;

pub const TITLE: &str = "自分あて";
pub const LEAD: &str = "あなたやあなたの機関に宛てられたコメント、参加したコメントへの返信、自分の取組へのコメント、提出版などの知らせです。新しい順に並びます。";
pub const EMPTY: &str = "自分あてのものはまだありません。";
pub const MORE: &str = "さらに前の自分あて";
pub const OFFLINE: &str =
    "サーバーにつながらないため、自分あてを表示できません。つながってからもう一度試してください。";
pub const ALL_READ: &str = "すべて既読にする";
pub const ALL_READ_NOW: &str = "すべて既読にしました。";
pub const NOT_READ_OFFLINE: &str =
    "サーバーにつながらないため、既読にできませんでした。つながってからもう一度試してください。";
pub const SHOW_NEW: &str = "新しい自分あてを表示";
pub const UNREAD: &str = "未読";
pub const ANSWER: &str = "表で返信する";
pub const LOOK: &str = "表で見る";

/// Why one is told.
pub fn kind(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Mention => "自分あてのコメント",
        NoticeKind::Reply => "返信",
        NoticeKind::Comment => "自分の取組へのコメント",
        NoticeKind::Resolved => "解決済みにした",
        NoticeKind::Reopened => "再開した",
        NoticeKind::Snapshot => "提出版を作成",
        NoticeKind::Unknown => "お知らせ",
    }
}

pub fn snapshot(label: &str) -> String {
    format!("提出版「{label}」ができました。")
}
