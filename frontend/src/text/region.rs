//! Texts of the start page.

pub const TITLE: &str = "圏域と年度";
pub const LEAD: &str = "見たい年度の計画・評価表を選んでください。";
pub const REGION: &str = "圏域";
pub const NO_REGION: &str = "見られる圏域がまだありません。";
pub const NO_REGION_WHY: &str = "圏域の管理者に、アカウントの役割を確かめてもらってください。";
pub const NO_SHEET: &str = "計画・評価表はまだありません。";

pub fn organizations(names: &[&str]) -> String {
    names.join("・")
}
