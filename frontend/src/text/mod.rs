//! The one catalogue of what a person reads, in Japanese. What all pages share stands here, the rest by noun.

pub mod sheet;

/// The product's mark.
pub const RENKEI: &str = "連携";

pub const OFFLINE: &str = "サーバーにつながりません。入力はこのPCの下書きに残ります。";
pub const SIGNED_OUT: &str = "サインインの有効期限が切れました。もう一度サインインしてください。";
pub const EMPTY_ANSWER: &str = "サーバーの応答が空でした";

pub fn fault(detail: &str) -> String {
    format!(
        "問題が起きました（{detail}）。しばらくしてやり直しても直らないときは、この文をシステム管理者に伝えてください。"
    )
}

pub fn page_title(page: &str) -> String {
    if page.is_empty() { RENKEI.to_owned() } else { format!("{page} - {RENKEI}") }
}
