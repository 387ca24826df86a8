//! Taking in a file (取り込み).

use renkei_domain::FiscalYear;

pub const NAME: &str = "ファイルの取り込み";
pub fn title(year: FiscalYear) -> String {
    format!("{year} ファイルの取り込み")
}
pub const LEAD: &str = "Excel、Word、CSVなどのファイルか、コピーした表を読み、今の表との違いを見てから取り込みます。確かめるまで、表は変わりません。";

pub const FILE: &str = "ファイル";
pub const FILE_HINT: &str =
    "Excel（.xlsx）、OpenDocument（.ods）、Word（.docx）、CSV、TSV、HTML、JSON。8MBまで。";
pub const PASTE: &str = "または、ExcelやWordでコピーした表をここに貼り付け";
pub const PASTED: &str = "貼り付けた表";
pub const READING: &str = "読み取っています…";
pub const IMPORTING: &str = "取り込んでいます…";
pub const GIVE_UP: &str = "読み取りをやめる";
pub const OTHER_FILE: &str = "別のファイルを選ぶ";

pub fn read_as(form: &str, name: &str) -> String {
    format!("「{name}」を{form}として読みました。")
}
pub fn counts(same: usize, new: usize, changed: usize, missing: usize, newer: usize) -> String {
    let parts = [
        (same, "今の表と同じ取組"),
        (new, "新しい取組"),
        (changed, "変更"),
        (missing, "ファイルにない取組"),
        (newer, "表のほうが新しい取組"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, name)| format!("{name}{count}件")).collect::<Vec<_>>().join("、")
}
pub const NO_DIFFERENCE: &str = "今の表と同じです。取り込むものはありません。";

pub const NOTICES: &str = "確かめること";
pub const LEFT_OUT: &str = "取り込まない";
pub const TAKEN: &str = "取り込む";
pub const WHOLE: &str = "ファイル全体";
pub fn more_notices(count: usize) -> String {
    format!("ほかに{count}件あります。")
}

pub const UNREAD: &str = "列を選ぶ";
pub const UNREAD_HINT: &str = "見出しから、どの列が何かを読み取れませんでした。見出しの行と、事業項目と4つの欄の列を選んでから、読み直してください。";
pub const READ_AGAIN: &str = "この列で読み直す";

pub fn new_sheet(year: FiscalYear) -> String {
    format!("{year}の計画・評価表はまだありません。取り込むと、この表を作り、選んだ取組を入れます。")
}
pub fn no_sheet(year: FiscalYear) -> String {
    format!("{year}の計画・評価表は、まだありません。")
}
pub const NO_SHEET_WHY: &str =
    "新しい年度の表をファイルから作れるのは、事務局（在宅医療連携拠点）の承認者です。";
pub fn next_year(year: FiscalYear) -> String {
    format!("{year}の表をファイルから作る")
}
pub fn make(count: usize) -> String {
    format!("表を作り、選んだ{count}件を取り込む")
}

pub const HOW_READ: &str = "列と行の読み方";
pub const HOW_READ_HINT: &str = "違うときは選び直してください。読み直します。";
pub const TABLE: &str = "表";
pub fn table(nth: usize, name: &str) -> String {
    if name.is_empty() { format!("{nth}つ目の表") } else { name.to_owned() }
}
pub fn column(nth: usize, heading: &str) -> String {
    format!("{nth}列目「{heading}」")
}
pub fn row(line: usize, text: &str) -> String {
    format!("{line}行目「{text}」")
}
pub const COLUMN_ROLES: [(&str, &str); 6] = [
    ("ITEM", "事業項目"),
    ("STATUS", "取組状況及び結果"),
    ("EVALUATION", "評価"),
    ("GOAL", "目標"),
    ("PLAN", "計画"),
    ("IGNORED", "取り込まない"),
];
pub const ROW_ROLES: [(&str, &str); 4] =
    [("HEADER", "見出し"), ("ITEM", "事業項目"), ("CONTINUED", "上の行の続き"), ("IGNORED", "取り込まない")];

pub const DIFFERENCES: &str = "取り込むものを選ぶ";
pub fn kind(kind: &str) -> &'static str {
    match kind {
        "NEW" => "追加",
        "CHANGED" => "変更",
        "MISSING" => "ファイルにない（選ぶと削除）",
        "NEWER" => "表のほうが新しい（選ぶとファイルの文に戻す）",
        _ => "違い",
    }
}
pub const HAVE: &str = "今の表";
pub const WANT: &str = "取り込むと";
pub const MERGED: &str = "ファイルの変更と、出力のあとの表の変更を合わせた文です。";
pub fn edited(by: Option<&str>, organization: Option<&str>, at: Option<&str>) -> String {
    let who = match (organization, by) {
        (Some(organization), Some(by)) => format!("{by}（{organization}）"),
        _ => "取り込み".to_owned(),
    };
    format!("表のこの取組は、{who}が{}に変更しました。", at.unwrap_or_default())
}
pub fn owner(name: &str) -> String {
    format!("主体：{name}")
}
pub fn scenes(names: &str) -> String {
    format!("場面：{names}")
}
pub const ALL: &str = "すべて選ぶ";
pub const NONE: &str = "すべて外す";
pub fn import(count: usize) -> String {
    format!("選んだ{count}件を取り込む")
}
pub const NOTHING_CHOSEN: &str = "取り込むものを選んでください。";

pub const AS_READ: &str = "読み取った表を見る";

pub fn done(created: usize, updated: usize, deleted: usize) -> String {
    format!("取り込みました：追加{created}件、変更{updated}件、削除{deleted}件。")
}
pub const UNDO: &str = "取り込みを元に戻す";
pub fn undone(undone: usize, left: usize) -> String {
    let rest = if left > 0 {
        format!("取り込みのあとに変更された{left}件は、そのままにしました。")
    } else {
        String::new()
    };
    format!("{undone}件を元に戻しました。{rest}")
}
pub const TO_SHEET: &str = "表へ";
