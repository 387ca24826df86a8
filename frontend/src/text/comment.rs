//! Texts of comments.

pub const TITLE: &str = "コメント";
pub const EMPTY: &str = "コメントはまだありません。";
pub const OFFLINE: &str = "サーバーにつながらないため、コメントを新しくできません。";
pub const NEW: &str = "新しいコメント";
pub const REPLY: &str = "返信";
pub const SEND: &str = "送る";
pub const RESOLVE: &str = "解決済みにする";
pub const REOPEN: &str = "再開する";
pub const WITHDRAW: &str = "取り消す";
pub const WITHDRAWN: &str = "（取り消されました）";
pub const SENDING: &str = "送っています…";
pub const WAITING_TO_SEND: &str = "サーバーにつながりしだい送ります。文はこのPCに残っています。";
pub const DRAFT: &str = "下書きはこのPCに残ります";
pub const DRAFT_OPENS_LATER: &str = "サーバーにつながりしだい、書きかけのコメントを開きます。";
pub const NO_ROOM: &str = "このPCに下書きを残せません。閉じる前に送ってください。";
pub const NOTHING: &str = "コメントを入力してください。";
pub const SENT: &str = "コメントを送りました。";
pub const REPLY_REOPENS: &str = "このコメントは解決済みになりました。返信を送ると再開します。";
pub const RESOLVED_NOW: &str = "解決済みにしました。";
pub const REOPENED_NOW: &str = "再開しました。";
pub const WITHDRAWN_NOW: &str = "取り消しました。";
pub const MENTION: &str = "宛先を選ぶ";
pub const MENTION_FILTER: &str = "宛先を探す";
pub const MENTIONED: &str = "宛先：";
pub const NOBODY: &str = "当てはまる宛先がありません。";
pub const READ_ONLY: &str = "確定した表にはコメントできません。";

/// Of a comment that was not taken, by its beginning.
pub fn not_sent(title: &str, why: &str) -> String {
    format!("コメント「{title}」：{why}")
}

pub fn resolved(count: usize) -> String {
    format!("解決済み {count}件")
}

pub fn resolved_by(name: &str, moment: &str) -> String {
    format!("{name}が解決済みにしました（{moment}）")
}

/// What the mark at an entry says.
pub fn open(count: usize) -> String {
    format!("コメント{count}件")
}

pub fn too_long(limit: usize) -> String {
    format!("コメントは{limit}文字までです。")
}

pub fn remove(name: &str) -> String {
    format!("宛先から{name}を外す")
}
