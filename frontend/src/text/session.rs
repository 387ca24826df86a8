//! Texts of signing in and out.

pub const SIGN_IN: &str = "サインイン";
pub const LEAD: &str = "在宅医療・介護連携の計画・評価表を、圏域のみなさんで見て、書いて、ふり返る場所です。";
pub const LOGIN: &str = "ログイン名";
pub const PASSWORD: &str = "パスワード";
pub const SIGNING_IN: &str = "確かめています…";
pub const FORGOTTEN: &str = "ログイン名やパスワードがわからないときは、圏域の管理者におたずねください。";
pub const EMPTY: &str = "ログイン名とパスワードを入力してください。";
pub const OFFLINE: &str = "サーバーにつながりません。つながってから、もう一度サインインしてください。";

pub const AGAIN: &str = "もう一度サインイン";
pub const AGAIN_WHY: &str =
    "サインインの有効期限が切れました。入力中の文はそのまま残っています。サインインすると続けられます。";
pub const LATER: &str = "あとでする";

pub const SIGN_OUT: &str = "サインアウト";
pub const SIGN_OUT_OFFLINE: &str = "サーバーにつながらないため、サインアウトできませんでした。つながってから、もう一度サインアウトしてください。";
pub const UNSENT: &str = "保存していない下書きがあります";
pub const DISCARD: &str = "下書きを消してサインアウト";

pub fn unsent(drafts: usize) -> String {
    format!("保存していない下書きが{drafts}件あります。サインアウトすると、このPCから消えて元に戻せません。")
}
