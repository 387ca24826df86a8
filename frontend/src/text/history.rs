//! Texts of what was changed: an entry's, a cell's and a sheet's history, and what is new since a day.

use crate::history::queries::{ChangeAction, DifferenceKind};

pub const TITLE: &str = "変更履歴";
pub const LEAD: &str =
    "この表の変更を新しい順に並べています。戻すときは、表で取組の変更履歴を開いてください。";
pub const EMPTY: &str = "まだ変更はありません。";
pub const OLDER: &str = "さらに前の変更";
pub const OFFLINE: &str =
    "サーバーにつながらないため、変更履歴を表示できません。つながってからもう一度試してください。";
pub const SHOW_IN_SHEET: &str = "表で見る・戻す";
pub const RESTORE: &str = "この版に戻す";
pub const RESTORE_DELETED: &str = "復元する";
pub const NOW: &str = "今の版";
pub const ALL_CELLS: &str = "すべての欄";
pub const CELL: &str = "表示する欄";

// The panel beside the sheet.

pub const OF_CELL: &str = "この欄全体";
pub const OF_THIS_CELL: &str = "この欄の変更履歴とコメント";
pub const CELL_TOOL: &str = "履歴・コメント";
// The same in two parts; a narrow column has room for the first.
pub const CELL_TOOL_SHORT: &str = "履歴";
pub const CELL_TOOL_MORE: &str = "・コメント";

// What is new.

pub const MENU: &str = "変更箇所";
pub const MENU_OF: &str = "表に印を付ける：";
pub const NO_SINCE: &str = "くらべる前回の表示や提出版は、まだありません。";
pub const STOP: &str = "印を消す";
pub const PREVIOUS: &str = "前へ";
pub const NEXT: &str = "次へ";
pub const NO_CHANGES: &str = "変更はありません";
pub const SINCE_THEN: &str = "指定された時点から";
pub const MAKE_SNAPSHOT: &str = "提出版を作る…";
pub const SNAPSHOT: &str = "提出版を作る";
pub const SNAPSHOT_WHY: &str =
    "今の表を、協議会に出した姿のまま残します。残した表はあとから見られ、今の表とくらべられます。";
pub const SNAPSHOT_LABEL: &str = "提出版の名前";
pub const SNAPSHOT_EXAMPLE: &str = "例 第1回協議会";
pub const SNAPSHOT_NAMELESS: &str = "提出版の名前を入力してください。";
pub const MAKE: &str = "作る";
pub const MAKING: &str = "作っています…";
pub const SNAPSHOT_WAITING: &str = "サーバーにつながりしだい作ります。このままお待ちください。";
pub const VIEW_SNAPSHOT: &str = "提出版を見る";
pub const SNAPSHOT_MISSING: &str = "提出版が見つかりません";
pub const COMPARE_WITH_TODAY: &str = "今の表とくらべる";
pub const TO_TODAY: &str = "今の表へ";
pub const FROZEN: &str = "提出版は、出したときのまま残すもので、変えられません。編集は今の表で行います。";

pub fn snapshot(label: &str) -> String {
    format!("提出版「{label}」")
}

pub fn frozen_at(moment: &str) -> String {
    format!("{moment}の姿です。変えられません。")
}

/// By which token a change was made; empty: by none.
pub fn via(token: &str) -> String {
    if token.is_empty() { String::new() } else { format!("（APIトークン「{token}」）") }
}

/// What a change did.
pub fn action(action: ChangeAction) -> &'static str {
    match action {
        ChangeAction::Create => "追加",
        ChangeAction::Update => "編集",
        ChangeAction::Move => "移動",
        ChangeAction::Assign => "主体の変更",
        ChangeAction::Delete => "削除",
        ChangeAction::Restore => "復元",
        ChangeAction::Resolve => "コメントの解決",
        ChangeAction::Reopen => "コメントの再開",
        ChangeAction::Comment => "コメント",
        ChangeAction::Withdraw => "コメントの取り消し",
        ChangeAction::Unknown => "変更",
    }
}

/// How an entry differs.
pub fn kind(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Added => "追加",
        DifferenceKind::Moved => "移動",
        DifferenceKind::Deleted => "削除",
        DifferenceKind::Changed | DifferenceKind::Unknown => "変更",
    }
}

pub fn since_visit(moment: &str) -> String {
    format!("前回（{moment}）から")
}

pub fn since_snapshot(label: &str) -> String {
    format!("提出版「{label}」から")
}

/// Beside the choice: how many entries differ.
pub fn changes(count: usize) -> String {
    format!("{count}件の変更")
}

pub fn snapshot_made(label: &str) -> String {
    format!("提出版「{label}」を作りました。")
}

pub fn moved(from: &str, to: &str) -> String {
    format!("{from} → {to}")
}

pub fn owner_changed(from: &str, to: &str) -> String {
    format!("主体：{from} → {to}")
}
