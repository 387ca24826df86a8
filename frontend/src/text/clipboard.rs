//! Texts of copying and pasting.

pub const COPY: &str = "コピー";
pub const COPY_CELL: &str = "このセルをコピー";
pub const COPY_ROW: &str = "この行をコピー";
pub const COPY_LINK: &str = "この取組へのリンクをコピー";
pub const LINK_COPIED: &str = "リンクをコピーしました。";
pub const FILTER_LIFTED: &str = "絞り込みを解除して、リンクの取組を表示しています。";
pub const NOT_COPIED: &str = "コピーできませんでした。Ctrl+Cを押してください。";
pub const NOTHING_TO_PASTE: &str = "貼り付ける文がありません。";
pub const OUTSIDE: &str = "表からはみ出すため、貼り付けられません。始めるセルを選び直してください。";
pub const SEVERAL_HINT: &str = "今ある取組はそのまま残り、そのあとに加わります。一度に元に戻せます。";
pub const BEYOND: &str = "表の外";
pub const ALL_AS_TEXT: &str = "表のほかにも取組があるため、全体を1つの文として読みました。\
    セルごとに貼り付けるには、表を1つだけコピーしてください。";

pub fn copied(count: usize) -> String {
    format!("取組{count}件をコピーしました。")
}

/// The button: 3件の取組として追加
pub fn add(count: usize) -> String {
    format!("{count}件の取組として追加")
}

pub fn preview_title(count: usize, cells: usize) -> String {
    match cells {
        1 => format!("{count}件の取組の貼り付け"),
        _ => format!("{cells}個のセルへ、{count}件の取組の貼り付け"),
    }
}

/// Of a table that is pasted: what stands outside of it, or its beginning.
pub fn left_out(outside: &str) -> String {
    let words = outside.split_whitespace().collect::<Vec<_>>().join(" ");
    let beginning: String = words.chars().take(100).collect();
    let more = if beginning.len() < words.len() { "…" } else { "" };
    format!("表の外の文字は貼り付けません：「{beginning}{more}」。必要なものは別にコピーしてください。")
}
