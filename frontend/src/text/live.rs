//! Texts of what others do while the sheet is open: news, who is there, how the news come.

/// In the footer, where WebSockets don't pass.
pub const POLLING: &str = "ライブ更新：定期確認";
pub const POLLING_WHY: &str = "途中の機器がライブ更新の接続を通さないため、数秒ごとに確認しています";
/// In the footer, where nobody wanted to sign in again.
pub const SIGNED_OUT: &str = "サインインが切れたため、ほかの人の更新が届きません。";
pub const SIGN_IN: &str = "サインイン";
/// Said before the names.
pub const PRESENT: &str = "この表を開いている人：";

/// 美里町 担当者が（ウ）令和8年度の計画の取組を編集しました
pub fn news(name: &str, summary: &str) -> String {
    let name = if name.is_empty() { NOBODY } else { name };
    format!("{name}が{summary}しました")
}

/// A change without a person, such as an import.
const NOBODY: &str = "システム";

/// Several changes in one sentence; `others` beside the one who is named.
pub fn much_news(name: &str, others: usize, changes: usize) -> String {
    if others == 0 {
        format!("{name}がこの表を{changes}か所更新しました")
    } else {
        format!("{name}ほか{others}人がこの表を{changes}か所更新しました")
    }
}

pub fn more(count: usize) -> String {
    format!("+{count}")
}

/// After the names, where so many have the sheet open that not all are named.
pub fn other_pages(count: usize) -> String {
    format!("ほか{count}画面")
}

/// At an entry.
pub fn edits(names: &str) -> String {
    format!("{names}が編集中")
}

// In the editor.

pub fn changed_beneath(name: &str) -> String {
    format!("{name}がこの取組を更新しました。保存すると合わせます。")
}

pub const CHANGED_ELSEWHERE: &str = "別の画面であなたがこの取組を更新しました。保存すると合わせます。";
pub const DELETED_BENEATH: &str =
    "この取組は削除されました。入力した文は残っています。保存すると復元できます。";

pub fn also_edits(names: &str) -> String {
    format!("{names}も編集中です。")
}

// The conflict, beside what the sheet's catalogue says of it.

pub const TAKE_THEIRS: &str = "相手";
pub const TAKE_YOURS: &str = "自分";
pub const TAKE_BOTH: &str = "両方";
/// One of the two has left the words out.
pub const NOTHING: &str = "（なし）";

/// The third of three overlaps.
pub fn overlap(at: usize, all: usize) -> String {
    if all == 1 { "重なった箇所".to_owned() } else { format!("重なった箇所 {at}/{all}") }
}

/// One's own text was typed on in another tab while it was being put together with theirs.
pub const YOURS_RENEWED: &str =
    "別のタブで続けて入力した文を取り入れました。選んだことと入力した文はそのままです。";

pub fn conflict_renewed(name: &str) -> String {
    format!("{name}がさらに更新しました。選んだことと入力した文はそのままで、新しい文を取り入れました。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_in_a_sentence() {
        assert_eq!(
            news("美里町 担当者", "（ウ）令和8年度の計画の取組を編集"),
            "美里町 担当者が（ウ）令和8年度の計画の取組を編集しました"
        );
        assert_eq!(much_news("美里町 担当者", 2, 5), "美里町 担当者ほか2人がこの表を5か所更新しました");
        assert_eq!(much_news("美里町 担当者", 0, 5), "美里町 担当者がこの表を5か所更新しました");
    }
}
