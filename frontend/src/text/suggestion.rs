//! Texts of the scenes that are proposed.

use renkei_domain::CareScene;

pub const TITLE: &str = "場面の候補";
pub const READING: &str = "候補を調べています…";
pub const NONE: &str =
    "候補はありません。場面に関わる言葉のある取組には、すべて場面が付いているか、見送り済みです。";
pub const WHY: &str = "文や事業項目の題名に、場面に関わる言葉がある取組です。付けるまで、場面は変わりません。見送ったものは、この表ではだれにも出なくなります（取り消せます）。";
pub const ACCEPT: &str = "付ける";
pub const DECLINE: &str = "見送る";
pub const RESTORE: &str = "見送りを取り消す";

pub fn group(scene: CareScene, count: usize) -> String {
    format!("{}（{count}件）", scene.name())
}

pub fn accept_all(scene: CareScene, count: usize) -> String {
    format!("{count}件すべてに「{}」を付ける", scene.short_name())
}

pub fn decline_all(count: usize) -> String {
    format!("{count}件すべて見送る")
}

pub fn in_title(title: &str) -> String {
    format!("題名「{title}」による候補")
}

pub fn accepted(scene: CareScene, count: usize) -> String {
    format!("{count}件に「{}」を付けています。", scene.short_name())
}

pub fn declined_list(count: usize) -> String {
    format!("見送った候補（{count}件）")
}

pub fn restored(count: usize) -> String {
    format!("候補{count}件の見送りを取り消しました。")
}

pub fn declined(count: usize) -> String {
    format!("候補{count}件を見送りました。")
}
