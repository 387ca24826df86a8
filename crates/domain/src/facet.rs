//! Facets (欄): what a cell says about its item.

use crate::FiscalYear;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Facet {
    /// 取組状況及び結果
    Status,
    /// 評価
    Evaluation,
    /// 目標
    Goal,
    /// 計画
    Plan,
}

impl Facet {
    pub const ALL: [Facet; 4] = [Facet::Status, Facet::Evaluation, Facet::Goal, Facet::Plan];

    pub fn name(self) -> &'static str {
        match self {
            Facet::Status => "取組状況及び結果",
            Facet::Evaluation => "評価",
            Facet::Goal => "目標",
            Facet::Plan => "計画",
        }
    }

    /// The spelling of SQL and GraphQL.
    pub fn code(self) -> &'static str {
        match self {
            Facet::Status => "STATUS",
            Facet::Evaluation => "EVALUATION",
            Facet::Goal => "GOAL",
            Facet::Plan => "PLAN",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.code() == code)
    }

    /// How far the year that a sheet reports in this facet lies from the sheet's own: a sheet looks back with
    /// status and evaluation (−1) and ahead with goal and plan (0).
    pub fn year_offset(self) -> i32 {
        match self {
            Facet::Status | Facet::Evaluation => -1,
            Facet::Goal | Facet::Plan => 0,
        }
    }

    /// The year of the one sheet that governs (phase, rights) this facet of `year`; every other sheet only shows it.
    pub fn governing_year(self, year: FiscalYear) -> FiscalYear {
        FiscalYear(year.0 - self.year_offset())
    }
}
