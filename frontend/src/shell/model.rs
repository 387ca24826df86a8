//! What pages tell the shell.

use renkei_domain::{FiscalYear, Phase, RegionId};

/// Where the page is: a sheet of a region, its neighbours in time, the section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub region: RegionId,
    pub region_name: String,
    pub year: FiscalYear,
    /// The sheet's title: 令和8年度 計画・評価表
    pub title: String,
    pub phase: Phase,
    /// The region's sheets, newest first; the one that is shown among them.
    pub years: Vec<YearLink>,
    pub section: Section,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearLink {
    pub year: FiscalYear,
    pub title: String,
}

/// The parts of a sheet that have a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// 表
    Sheet,
    /// 資料
    Handouts,
}

/// What becomes of what somebody typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SaveState {
    /// すべて保存済み
    #[default]
    Saved,
    /// 保存しています
    Saving,
    /// Kept on this machine until the reason has gone (in words).
    Waiting(String),
    /// A person must decide (in words).
    NeedsYou(String),
}
