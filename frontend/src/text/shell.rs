//! Texts of header, footer and messages.

pub const SKIP: &str = "本文へ移動";
pub const HOME: &str = "連携 はじめの画面";
pub const REGION: &str = "圏域";
pub const YEAR_PICKER: &str = "表示する年度：";
pub const PHASE: &str = "段階：";
pub const SECTIONS: &str = "表の画面";
pub const SECTION_SHEET: &str = "表";
pub const SECTION_HANDOUTS: &str = "資料";
pub const SECTION_API: &str = "API";
pub const ACCOUNT: &str = "アカウント：";
pub const CHANGE_PASSWORD: &str = "パスワードの変更";
pub const TOKENS: &str = "APIトークン";
pub const SIGN_OUT: &str = "サインアウト";

pub const SAVED: &str = "すべて保存済み";
pub const SAVING: &str = "保存しています…";

pub const LOOK_AGAIN: &str = "今すぐつなぎ直す";
pub const BACK_ONLINE: &str = "サーバーにつながりました。";

pub const CRASHED: &str = "画面に問題が起きました。下書きはこのPCに残っています。もう一度開いてください。";
pub const RELOAD: &str = "もう一度開く";
