//! The one catalogue of what a person reads, in Japanese. What all pages share stands here, the rest by noun.

pub mod account;
pub mod clipboard;
pub mod comment;
pub mod export;
pub mod handout;
pub mod help;
pub mod history;
pub mod import;
pub mod live;
pub mod notice;
pub mod page;
pub mod region;
pub mod search;
pub mod session;
pub mod sheet;
pub mod shell;
pub mod suggestion;
pub mod token;

/// The product's mark.
pub const RENKEI: &str = "連携";

pub const OFFLINE: &str = "サーバーにつながりません。入力はこのPCの下書きに残ります。";
pub const OFFLINE_PAGE: &str =
    "サーバーにつながりません。この画面はこのPCに残っていないので、つながりしだい表示します。";
pub const SIGNED_OUT: &str = "サインインの有効期限が切れました。もう一度サインインしてください。";
pub const EMPTY_ANSWER: &str = "サーバーの応答が空でした";
pub const STRANGE_ANSWER: &str = "サーバーの応答を読めませんでした";
pub const INCOMPLETE_REQUEST: &str = "送る内容が足りません";

pub const LOADING: &str = "読み込んでいます…";
pub const CANNOT_SHOW: &str = "表示できません";
pub const TRY_AGAIN: &str = "もう一度試す";
pub const TO_START: &str = "はじめの画面へ";
pub const CANCEL: &str = "やめる";
pub const CLOSE: &str = "閉じる";

pub const NOT_FOUND: &str = "ページが見つかりません";
pub const NOT_FOUND_WHY: &str =
    "アドレスが間違っているか、見る権限のない圏域のページです。はじめの画面から選び直してください。";

pub fn fault(detail: &str) -> String {
    format!(
        "問題が起きました（{detail}）。しばらくしてやり直しても直らないときは、この文をシステム管理者に伝えてください。"
    )
}

pub fn page_title(page: &str) -> String {
    if page.is_empty() { RENKEI.to_owned() } else { format!("{page} - {RENKEI}") }
}
