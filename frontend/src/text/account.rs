//! Texts of one's own account.

use renkei_domain::limits;

pub const TITLE: &str = "パスワードの変更";
pub const LEAD: &str = "変更すると、ほかのPCでのサインインは終わり、APIトークンはすべて失効します。";
pub const CURRENT: &str = "今のパスワード";
pub const NEW: &str = "新しいパスワード";
pub const REPEATED: &str = "新しいパスワード（確認のためもう一度）";
pub const CHANGE: &str = "変更する";
pub const CHANGING: &str = "変更しています…";
pub const CHANGED: &str =
    "パスワードを変更しました。ほかのPCでのサインインは終わり、APIトークンはすべて失効しました。";
pub const EMPTY: &str = "今のパスワードを入力してください。";
pub const DIFFERENT: &str = "新しいパスワードが2つで違います。同じものを入力してください。";

pub fn hint() -> String {
    format!("{}文字以上。覚えやすい長い文も使えます。", limits::PASSWORD_CHARS_MIN)
}

pub fn short() -> String {
    format!("新しいパスワードは{}文字以上にしてください。", limits::PASSWORD_CHARS_MIN)
}

pub fn long() -> String {
    format!("新しいパスワードは{}文字以内にしてください。", limits::PASSWORD_CHARS_MAX)
}
