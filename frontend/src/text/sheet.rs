//! Texts of the matrix page, its filter and its editor.

use crate::{entry::mutation::Operation, storage::Trouble};
use renkei_domain::{CareScene, FiscalYear, NoteKind, SceneSet, era};

/// The keys in the grid, for who may write somewhere in it or only reads, and while an entry is to be moved.
pub fn keys(may_edit: bool, is_moving: bool) -> &'static str {
    match (may_edit, is_moving) {
        (_, true) => "移す先でCtrl+V・やめるときはEsc",
        (true, false) => "矢印キーで移動・Enterで編集・Ctrl+Zで元に戻す",
        (false, false) => "矢印キーで移動",
    }
}

/// Leads to what a message speaks of.
pub const LOOK: &str = "見る";
pub const NOT_FOUND: &str = "計画・評価表が見つかりません";
pub const NOT_FOUND_WHY: &str =
    "この年度の表がまだないか、見る権限のない圏域の表です。はじめの画面から選び直してください。";

// The table.

/// The same, told of the grid to who hears it.
pub fn grid_hint(may_edit: bool) -> &'static str {
    if may_edit {
        "矢印キーで移動、Enterで編集、Shift+Enterで下に追加します。"
    } else {
        "矢印キーで移動します。"
    }
}

pub const EMPTY_CELL: &str = "未記入";
pub const ADD: &str = "取組を追加";
// The same in two parts; a narrow column has room for the second.
pub const ADD_WHAT: &str = "取組を";
pub const ADD_SHORT: &str = "追加";
pub const ADD_BELOW: &str = "下に追加";
pub const MORE: &str = "ほかの操作";
pub const JOINT: &str = "共同";
pub const DRAFT_HERE: &str = "下書きがあります";
pub const NEW_DRAFT_HERE: &str = "書きかけの取組があります";
pub const ITEM_SCENES: &str = "項目の場面";
pub const TO_FOOTNOTE: &str = "表の下の注へ";

pub fn hidden_here(count: usize) -> String {
    format!("ほか{count}件は絞り込みで非表示")
}

/// Beside a year's heading: 令和7年12月末時点 stands under 令和7年度 without its year.
pub fn as_of(as_of: &str, year: FiscalYear) -> &str {
    let year = year.to_string();
    as_of.strip_prefix(year.trim_end_matches('度')).unwrap_or(as_of)
}

/// A column's heading under its year's: 令和8年度の計画 is 計画 there.
pub fn without_year(heading: &str, year: FiscalYear) -> &str {
    let rest = heading.strip_prefix(year.to_string().as_str()).unwrap_or(heading);
    let rest = rest.strip_prefix('の').unwrap_or(rest).trim_start();
    if rest.is_empty() { heading } else { rest }
}

pub fn width_of(heading: &str) -> String {
    format!("{heading}の幅")
}

/// A place on the sheet: （ウ）・令和8年度の計画
pub fn place(code: &str, year: FiscalYear, facet: &str) -> String {
    format!("（{code}）・{year}の{facet}")
}

/// What a screen reader says of an entry beside its text.
pub fn about_entry(owner: Option<&str>) -> String {
    match owner {
        None => "共同の取組".to_owned(),
        Some(owner) => format!("{owner}の取組"),
    }
}

pub fn scenes(scenes: SceneSet) -> String {
    if scenes.is_empty() {
        return "場面：項目から継承".to_owned();
    }
    format!("場面：{}", scene_names(scenes))
}

pub fn scene_names(scenes: SceneSet) -> String {
    scenes.iter().map(CareScene::name).collect::<Vec<_>>().join("、")
}

// The filter bar.

pub const FILTER: &str = "絞り込み";
pub const SCENES: &str = "場面";
pub const SCENE_MATCH: &str = "場面の条件";
pub const ANY: &str = "いずれか";
pub const ALL: &str = "すべて";
pub const EXPLICIT_ONLY: &str = "明示のみ";
pub const OWNER: &str = "主体";
pub const OWNER_ALL: &str = "すべて";
pub const COLUMNS: &str = "列";
pub const SHOWN_COLUMNS: &str = "表示する列";
pub const RESET_WIDTHS: &str = "幅をもとに戻す";
pub const SEARCH: &str = "本文を検索";
pub const CLEAR: &str = "解除";

pub fn mine(organization: &str) -> String {
    format!("{organization}（自分の機関）")
}

pub fn count(count: usize) -> String {
    format!("{count}件")
}

pub const PIECES: &str = "件";

pub fn total(total: usize) -> String {
    format!("{total}件中 ")
}

pub fn filtered(total: usize, shown: usize) -> String {
    if total == shown {
        format!("{total}件すべてを表示")
    } else {
        format!("{total}件中 {shown}件を表示")
    }
}

// Below the filter bar: what it does.

pub const SEE_SUGGESTIONS: &str = "場面の候補を見る";
pub const CLEAR_ALL: &str = "条件をすべて外す";
pub const HIDDEN_PART: &str = "表示しない列";
pub const NOT_ADMITTED: &str = "今の絞り込みには当たりません";
pub const UNFOLD: &str = "開く";

pub fn scene_part(scene: CareScene) -> String {
    format!("場面：{}", scene.name())
}

pub fn owner_part(owner: &str) -> String {
    format!("主体：{owner}")
}

pub fn search_part(text: &str) -> String {
    format!("検索「{text}」")
}

pub fn none_found(parts: &str) -> String {
    format!("{parts}に当たる取組はありません。条件を外してください。")
}

pub fn without(part: &str) -> String {
    format!("{part}を外す")
}

/// Why ticking a scene's box changes nothing.
pub fn inheriting(inheriting: usize, of: usize) -> String {
    if inheriting == of {
        return "場面を明示した取組がまだないため、どの取組も項目の場面を継承していて、絞り込んでも変わりません。".to_owned();
    }
    format!(
        "{of}件のうち{inheriting}件は、場面を明示せず項目の場面を継承しているため、絞り込んでも変わりません。"
    )
}

pub const ITEM_JUMPS: &str = "事業項目へ移動";

pub fn to_item(code: &str, title: &str) -> String {
    format!("{code} {title}")
}

/// Of the mark behind a text: what it says, and how to read it.
pub fn mark_tip(explicit: SceneSet, item: SceneSet) -> String {
    if explicit.is_empty() {
        return format!("項目から継承した場面（枠だけ）：{}", scene_names(item));
    }
    format!("この取組に明示した場面（塗りつぶし）：{}", scene_names(explicit))
}

// The legend.

pub const LEGEND: &str = "場面の絞り込みについて";
pub const ANY_WHY: &str = "選んだ場面のうち、1つでも関わる取組を表示します。";
pub const ALL_WHY: &str = "選んだ場面のすべてに関わる取組だけを表示します。";
pub const EXPLICIT_WHY: &str = "項目から継承しただけの場面は数えず、取組に明示した場面だけで絞り込みます。";
pub const MARK_EXPLICIT: &str = "塗りつぶした枠：取組に明示した場面（図は看取り）";
pub const MARK_INHERITED: &str = "枠だけ：明示がなく、項目から継承した場面";
pub const MARK_PLACES: &str =
    "4つの枠は、左上が日常の療養支援、右上が入退院支援、左下が急変時の対応、右下が看取りです。";

// Entries that are selected together.

pub const SELECTED: &str = "選択した取組";
pub const SELECTION_CLEARED: &str = "選択をやめました。";
pub const CLEAR_SELECTION: &str = "選択をやめる";
pub const SELECT: &str = "選択する";
pub const ADD_SCENE: &str = "付ける";
pub const REMOVE_SCENE: &str = "外す";
pub const MOVE: &str = "移動";
pub const MOVE_ITEM: &str = "事業項目";
pub const MOVE_HERE: &str = "この欄の末尾に移す";

pub fn selected(count: usize) -> String {
    format!("{count}件を選択")
}

pub fn too_many(limit: usize) -> String {
    format!("一度に扱える取組は{limit}件までです。選択を減らしてください。")
}

/// What the viewer may not change, by its beginnings.
pub fn left_out(titles: &str, count: usize, why: &str) -> String {
    format!("{titles}{}は除きました。{why}", others(count))
}

/// What the server did not do. Without titles: the entries are not on the page any more.
pub fn not_done(titles: &str, count: usize, why: &str) -> String {
    if titles.is_empty() {
        return format!("{count}件の取組の操作はできませんでした。{why}");
    }
    format!("{titles}{}はできませんでした。{why}", others(count))
}

fn others(count: usize) -> String {
    if count > 3 { format!("など{count}件") } else { String::new() }
}

pub fn done_to_many(operation: Operation, count: usize) -> String {
    match operation {
        Operation::CreateMany => format!("{count}件の取組を追加しました"),
        Operation::TagMany | Operation::DeclineScenes | Operation::RestoreScenes => {
            format!("{count}件の場面を変えました")
        }
        Operation::AssignMany => format!("{count}件の主体を変えました"),
        Operation::MoveMany => format!("{count}件を移しました"),
        Operation::DeleteMany => format!("{count}件を削除しました"),
        _ => format!("{count}件を元に戻しました"),
    }
}

// The editor.

pub const EDIT_ENTRY: &str = "取組を編集";
pub const ADD_ENTRY: &str = "取組を追加";
pub const ENTRY_TEXT: &str = "取組の文";
pub const OUTLINE_HINT: &str = "1行目が本文です。行のはじめに *、①、・ を付けると注記になります。";
pub const LINE_IS_BODY: &str = "本文";
pub const LINE_IS_BLANK: &str = "空の行";
pub const LINE_IS_ENTRY: &str = "別の取組";
pub const LINE_KINDS: &str = "この行の種類";
pub const LINE_KIND_KEY: &str = "F4";

/// What a line can be. None: it goes on with the line before.
pub fn line_kind(kind: Option<NoteKind>) -> &'static str {
    match kind {
        None => "前の行の続き",
        Some(NoteKind::Asterisk) => "＊の注記",
        Some(NoteKind::Numbered) => "番号の注記",
        Some(NoteKind::Dot) => "・の注記",
    }
}

pub fn line_kind_mark(kind: Option<NoteKind>) -> &'static str {
    match kind {
        None => "続き",
        Some(NoteKind::Asterisk) => "＊",
        Some(NoteKind::Numbered) => "①",
        Some(NoteKind::Dot) => "・",
    }
}

/// 2行目：＊の注記
pub fn line_is(line: usize, what: &str) -> String {
    format!("{line}行目：{what}")
}

/// The lines that are saved as one with the line before.
pub fn joined_lines(lines: &[usize]) -> String {
    let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
    format!("{}行目は、前の行につなげて保存します。", lines.join("・"))
}

pub const INHERIT_HINT: &str = "選ばなければ項目の場面を継承";
pub const SAVE: &str = "保存";
pub const SAVE_KEY: &str = "Ctrl+Enter";
pub const LEAVE: &str = "やめる";
pub const LEAVE_KEY: &str = "Esc";
pub const DISCARD: &str = "下書きを捨てる";
pub const DELETE: &str = "削除";
pub const SAVING: &str = "保存しています…";
pub const WAITING: &str =
    "サーバーにつながりません。操作はこのPCに残っています。つながりしだい自動で送ります。";
const NO_ROOM: &str =
    "このPCに下書きを残せません（ブラウザーの空きが足りません）。閉じる前に保存してください。";
const NO_DATABASE: &str =
    "このPCに下書きを残せません（ブラウザーの記録場所を開けません）。閉じる前に保存してください。";
pub const NOT_KEPT: &str = "このPCに残せません。閉じる前に保存してください";
pub const DRAFT_KEPT: &str = "下書きを残して閉じました。";
pub const DRAFT_DISCARDED: &str = "下書きを捨てました。";

/// Why a draft is in this page alone.
pub fn not_kept(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Full => NO_ROOM,
        Trouble::Unavailable => NO_DATABASE,
    }
}

pub fn draft_saved(unix_ms: i64) -> String {
    format!("下書きを保存しました {}", clock(unix_ms))
}

pub fn draft_of(unix_ms: i64) -> String {
    format!("{}の下書きです", clock(unix_ms))
}

pub fn suggest(scene: CareScene) -> String {
    format!("文に「{}」：場面に付ける", scene.short_name())
}

/// Of a new entry, while the sheet is filtered by a scene.
pub fn offer(scene: CareScene) -> String {
    format!("絞り込み中の「{}」：場面に付ける", scene.short_name())
}

pub const OPEN_DRAFT: &str = "下書きを開く";

pub fn room(chars: usize, limit: usize) -> String {
    format!("本文 {chars} / {limit}文字")
}

pub fn drafts_left(count: usize) -> String {
    format!("保存していない下書きが{count}件あります")
}

pub fn waiting(count: usize) -> String {
    format!("送信待ち{count}件")
}

/// What a person must see to, and what waits besides.
pub fn needs_you(count: usize, waits: usize) -> String {
    let mut words = format!("確認が必要{count}件");
    if waits > 0 {
        words.push('・');
        words += &waiting(waits);
    }
    words
}

// Beside an entry: what is not on the server yet, or not in this browser.

pub const WAITS: &str = "送信待ちです";
pub const WAITS_TO_TAG: &str = "送信待ち：場面";
pub const WAITS_TO_MOVE: &str = "送信待ち：移動";
pub const WAITS_TO_ASSIGN: &str = "送信待ち：主体の変更";
pub const WAITS_TO_DELETE: &str = "送信待ち：削除";
pub const GO_ON: &str = "続きを書く";
pub const THROW_AWAY: &str = "破棄";

/// 別の端末で書きかけ（11/24 10:12）
pub fn elsewhere(unix_ms: i64) -> String {
    let date = era::tokyo(unix_ms).date;
    format!("別の端末で書きかけ（{}/{} {}）", date.month(), date.day(), clock(unix_ms))
}

/// 10:42, in Japan.
pub fn clock(unix_ms: i64) -> String {
    let time = era::tokyo(unix_ms);
    format!("{}:{:02}", time.hour, time.minute)
}

// What a person must see to.

pub const LEFT: &str = "確認が必要なもの";
pub const NOTHING_LEFT: &str = "確認が必要なものはありません。";
pub const DRAFT: &str = "下書き";
pub const ORPHAN: &str = "この取組は、いまの表にありません（削除されたか、移されています）。";
pub const GIVE_UP: &str = "取りやめる";
pub const LOOK_AT_LEFT: &str = "一覧を見る";
pub const SAVE_COMPARED: &str = "保存（2つの文をくらべる）";
pub const SAVE_RESTORED: &str = "保存（復元する）";
pub const AGREE_TO_DELETION: &str = "削除に同意する";
pub const THROW_DRAFT_AWAY: &str = "下書きを破棄する";
pub const DO_TAG: &str = "場面の変更";
pub const DO_MOVE: &str = "取組の移動";
pub const DO_RESTORE: &str = "取組の復元";

pub fn left(count: usize) -> String {
    format!("確認が必要なものが{count}件あります。")
}

/// The first of them, which is said to be so.
pub fn first_left(first: &str, count: usize) -> String {
    if count > 1 { format!("{first}（ほか{}件）", count - 1) } else { first.to_owned() }
}

/// 下書き：（ウ）・令和8年度の計画「入退院調整ルール…」
pub fn about(what: &str, place: &str, title: &str) -> String {
    format!("{what}：{place}「{title}」")
}

pub fn deleted_it(by: &str) -> String {
    format!("{by}がこの取組を削除しました。")
}

pub fn changed_it(by: &str) -> String {
    format!("{by}が同じところを先に更新しました。")
}

pub fn moved_it(by: &str, place: &str) -> String {
    format!("{by}がこの取組を{place}に移しました。いまの表にはありません。")
}

pub fn changed_by(by: &str) -> String {
    format!("（最後に更新した人：{by}）")
}

pub fn thrown_away(title: &str) -> String {
    format!("下書き「{title}」を破棄しました")
}

// What becomes of a save.

pub const SAVED: &str = "保存しました。";
pub const CREATED: &str = "取組を追加しました。";
pub const MOVED: &str = "取組を移しました。";
pub const ASSIGNED: &str = "主体を変えました。";
pub const RESTORED: &str = "取組を元に戻しました。";
pub const UNDO: &str = "元に戻す";
pub const UNDONE: &str = "元に戻しました。";
pub const REDONE: &str = "もう一度行いました。";
pub const NOTHING_TO_UNDO: &str = "元に戻せる操作はありません。";
pub const NOTHING_TO_REDO: &str = "やり直せる操作はありません。";
pub const UNDO_WAITS: &str = "送信が済みしだい、元に戻します。";
pub const NOT_BEFORE_SENT: &str = "送信が済むまで、この操作は元に戻せません。";
pub const DELETION_WAITS: &str = "この取組は削除の送信待ちです。";
pub const REDO_WAITS: &str = "送信が済みしだい、もう一度行います。";
pub const CANNOT_UNDO: &str = "ほかの人がこの取組を更新したため、元に戻せません。";
pub const UNDO_CONFLICT: &str = "ほかの人が同じところを更新しています。どちらにするか選んでください。";
pub const MERGED_IN: &str = "ほかの人の変更と合わせて保存しました。";
pub const CHANGED_MEANWHILE: &str =
    "ほかの人がこの取組を先に更新しました。新しい内容を表示しています。もう一度操作してください。";
pub const DELETED_MEANWHILE: &str = "ほかの人がこの取組を先に削除しました。";
pub const COMPARE: &str = "2つの文をくらべて見る";

/// A toast about one entry: by its place, if that is known, and its beginning.
pub fn of_entry(place: &str, title: &str, message: &str) -> String {
    if title.is_empty() { message.to_owned() } else { format!("{place}「{title}」：{message}") }
}

pub fn deleted(title: &str) -> String {
    format!("取組「{title}」を削除しました")
}

pub fn conflict_elsewhere(place: &str, title: &str, by: &str) -> String {
    format!("{place}「{title}」は、{by}が先に更新していました")
}

// The menu of an entry.

pub const EDIT: &str = "編集";
pub const MOVE_UP: &str = "上へ";
pub const MOVE_DOWN: &str = "下へ";
pub const CUT: &str = "移す（切り取り）";
pub const PASTE: &str = "この下に移す";
pub const ASSIGN: &str = "主体を変える";
pub const CUT_DONE: &str = "移す先を選んで Ctrl+V を押してください。やめるときは Esc です。";
pub const CUT_CANCELLED: &str = "移すのをやめました。";
pub const CANNOT_MOVE: &str = "これ以上は動かせません。";

// Why not.

pub const CANNOT_EDIT: &str = "この取組は編集できません。";
pub const NO_MEMBER: &str = "この圏域の編集者ではないため、編集できません。";

/// Beside the general reason: who may.
pub fn who_may(owner: &str) -> String {
    format!("編集できるのは{owner}と事務局です。")
}

pub fn governed_elsewhere(year: FiscalYear) -> String {
    format!("この欄は{year}の計画・評価表で編集します。ここでは見るだけです。")
}

// The conflict.

pub const CONFLICT: &str = "同じ取組が先に更新されました";
pub const CONFLICT_DELETED: &str = "同じ取組が先に削除されました";
pub const BASE: &str = "もとの文";
pub const YOURS: &str = "あなたの文";
pub const TAKE_THIS: &str = "この文にする";
pub const MERGED: &str = "まとめた文";
pub const MERGED_HINT: &str = "自動で合わせた案です。直してから保存できます";
pub const MERGED_OVERLAP: &str = "重なった箇所は両方の文を並べてあります。直してから保存してください";
pub const RESTORE_HINT: &str = "この文で復元します。直してから保存できます";
pub const SAVE_MERGED: &str = "この内容で保存";
pub const RESTORE_AND_SAVE: &str = "復元して保存";
pub const LATER: &str = "あとで決める";
pub const DRAFT_STAYS: &str = "下書きは残ります";
pub const NO_TEXT: &str = "（削除されました）";

pub fn theirs(name: &str) -> String {
    format!("{name}の文")
}

pub fn conflict_with(place: &str, name: &str, time: &str) -> String {
    format!("{place} ― {name}、{time}。重なった箇所を選んでください。どちらの文も履歴に残ります。")
}

pub fn deleted_by(place: &str, name: &str, time: &str) -> String {
    format!(
        "{place} ― {name}が{time}に削除しました。あなたの文はこのPCの下書きに残っています。復元して保存するか、あとで決めてください。"
    )
}

pub fn somebody(organization: &str, name: &str) -> String {
    if name.contains(organization) { name.to_owned() } else { format!("{organization} {name}") }
}

pub const SOMEBODY: &str = "ほかの人";

/// The difference of scenes in words.
pub fn scenes_changed(before: SceneSet, after: SceneSet) -> String {
    let only = |a: SceneSet, b: SceneSet| a.iter().filter(|scene| !b.contains(*scene)).collect::<SceneSet>();
    let (added, removed) = (only(after, before), only(before, after));
    let mut words = Vec::new();
    if !added.is_empty() {
        words.push(format!("場面に{}を追加", scene_names(added)));
    }
    if !removed.is_empty() {
        words.push(format!("場面から{}を外した", scene_names(removed)));
    }
    words.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_stand_under_their_year() {
        assert_eq!(without_year("令和7年度取組状況及び結果", FiscalYear(2025)), "取組状況及び結果");
        assert_eq!(without_year("令和8年度の計画", FiscalYear(2026)), "計画");
        assert_eq!(without_year("計画", FiscalYear(2026)), "計画");
        assert_eq!(without_year("令和8年度", FiscalYear(2026)), "令和8年度");
        assert_eq!(as_of("令和7年12月末時点", FiscalYear(2025)), "12月末時点");
        assert_eq!(as_of("令和8年1月末時点", FiscalYear(2025)), "令和8年1月末時点");
    }

    #[test]
    fn scenes_in_words() {
        let two = [CareScene::HospitalTransition, CareScene::EndOfLife].into_iter().collect();
        assert_eq!(scenes(two), "場面：入退院支援、看取り");
        assert_eq!(scenes(SceneSet::EMPTY), "場面：項目から継承");
        assert_eq!(scenes_changed(SceneSet::EMPTY, two), "場面に入退院支援、看取りを追加");
    }
}
