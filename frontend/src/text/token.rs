//! Texts of one's own tokens.

pub const TITLE: &str = "APIトークン";
pub const LEAD: &str = "スクリプトなどのプログラムが、あなたの代わりに連携のAPIを使うための鍵です。あなたの権限を超えることはできません。";
pub const HELD: &str = "今あるトークン";
pub const NONE: &str = "トークンはまだありません。";
pub const OFFLINE: &str =
    "サーバーにつながらないため、トークンを表示できません。つながってからもう一度試してください。";
pub const EXPIRED: &str = "期限切れ";
pub const UNUSED: &str = "まだ使われていません";
pub const REVOKE: &str = "失効させる";
pub const REMOVE: &str = "一覧から消す";
pub const REVOKE_TITLE: &str = "トークンを失効させますか";

pub const NEW: &str = "新しいトークン";
pub const NAME: &str = "名前";
pub const NAME_HINT: &str = "何に使うかがわかる名前（例 毎月の集計）";
pub const NAMELESS: &str = "名前を入力してください。";
pub const SCOPE: &str = "できること";
pub const READ_ONLY_HINT: &str = "変更はできません";
pub const FULL_HINT: &str = "変更履歴に、あなたとトークンの名前が残ります";
pub const DAYS: &str = "有効期間";
pub const MAKE: &str = "作る";
pub const MAKING: &str = "作っています…";
pub const WAITING: &str = "サーバーにつながりしだい作ります。このままお待ちください。";
pub const PASSWORD: &str = "パスワードを変更すると、トークンはすべて失効します。";

pub const ONCE: &str =
    "この文字列が表示されるのは今だけです。コピーして、人に見られないところに保管してください。";
pub const SECRET: &str = "トークン";
pub const COPY: &str = "コピー";
pub const COPIED: &str = "コピーしました。";
pub const NOT_COPIED: &str = "コピーできませんでした。選んであるので、Ctrl+Cでコピーしてください。";
pub const USE: &str = "使うときは、要求に「Authorization: Bearer トークン」を付けます。";
pub const STORED: &str = "保管した";
pub const LOST: &str = "トークンはできましたが、文字列を受け取れませんでした。あとから表示することはできません。失効させて、作り直してください。";
pub const AGAIN: &str = "失効させて作り直す";

/// How long a token can be good, with the days.
pub const PERIODS: [(usize, &str); 4] = [(30, "30日"), (90, "90日"), (180, "180日"), (365, "1年")];
/// The one that is chosen at first.
pub const PERIOD: usize = 90;

pub fn until(moment: &str) -> String {
    format!("期限：{moment}")
}

pub fn used(moment: &str, from: &str) -> String {
    format!("最後に使用：{moment}（{from}）")
}

pub fn revoke(name: &str) -> String {
    format!("「{name}」を{REVOKE}")
}

pub fn remove(name: &str) -> String {
    format!("「{name}」を{REMOVE}")
}

pub fn revoke_why(name: &str) -> String {
    format!("「{name}」を使っているプログラムは、すぐに使えなくなります。元には戻せません。")
}

pub fn revoked(name: &str) -> String {
    format!("「{name}」を失効させました。")
}

pub fn made(name: &str) -> String {
    format!("「{name}」を作りました")
}
