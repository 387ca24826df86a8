//! What pages tell the shell.

use crate::{sheet::queries::Year, text::shell as text};
use renkei_domain::{FiscalYear, Phase, RegionId};

/// Where the page is: a sheet of a region, and its neighbours in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub region: RegionId,
    pub region_name: String,
    pub year: FiscalYear,
    /// The sheet's title: 令和8年度 計画・評価表
    pub title: String,
    pub phase: Phase,
    /// The region's sheets, newest first; the one that is shown among them.
    pub years: Vec<Year>,
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

impl SaveState {
    /// What the footer says.
    pub fn sentence(&self) -> String {
        match self {
            Self::Saved => text::SAVED.to_owned(),
            Self::Saving => text::SAVING.to_owned(),
            Self::Waiting(reason) | Self::NeedsYou(reason) => reason.clone(),
        }
    }

    /// The name by which the stylesheet knows it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Saving => "saving",
            Self::Waiting(_) => "waiting",
            Self::NeedsYou(_) => "needs-you",
        }
    }
}
