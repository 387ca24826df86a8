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

pub const SIGNING_OUT: &str = "サインアウト";
pub const LEAVING: &str = "書きかけの文を送っています…";
pub const SIGN_OUT_LATER: &str =
    "このPCの記録を消しました。サーバーにはつながりしだい、サインアウトしたことを伝えます。";
pub const UNSENT: &str = "まだ送れていないものがあります";
pub const STAY: &str = "サインアウトしない（あとで送る）";
pub const KEEP_AS_FILE: &str = "文をファイルに残す";
pub const FILE: &str = "連携の書きかけ.txt";
pub const DISCARD: &str = "消してサインアウト";

/// How many changes and drafts cannot be sent now.
pub fn unsent(requests: usize, drafts: usize) -> String {
    let mut words = String::from("サーバーに送れていない");
    for (count, what) in [(requests, "変更が"), (drafts, "下書きが")] {
        if count > 0 {
            words += what;
            words += &count.to_string();
            words += "件、";
        }
    }
    words.truncate(words.len() - "、".len());
    words + "あります。消してサインアウトすると、このPCからなくなり、元に戻せません。"
}
