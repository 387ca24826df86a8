//! The sheet (計画・評価表): a window of a region's matrix for one fiscal year.

use crate::FiscalYear;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// 作成中
    Draft,
    /// 確認中
    Review,
    /// 確定
    Fixed,
}

impl Phase {
    pub const ALL: [Phase; 3] = [Phase::Draft, Phase::Review, Phase::Fixed];

    pub fn name(self) -> &'static str {
        match self {
            Phase::Draft => "作成中",
            Phase::Review => "確認中",
            Phase::Fixed => "確定",
        }
    }

    /// The spelling of SQL and GraphQL.
    pub fn code(self) -> &'static str {
        match self {
            Phase::Draft => "DRAFT",
            Phase::Review => "REVIEW",
            Phase::Fixed => "FIXED",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.code() == code)
    }
}

/// The title of a year's sheet, where nobody has given another.
pub fn default_title(year: FiscalYear) -> String {
    format!("{year} 計画・評価表")
}
