//! Years and dates as staff write them: fiscal years (April–March) in eras, 明治 to 令和.

use serde::{Deserialize, Serialize};

/// April of this year of the common era to March of the next; 2026 is 令和8年度.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(pub i32);

pub use jiff::civil::Date;

impl std::fmt::Display for FiscalYear {
    /// 令和8年度
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "令和{}年度", self.0 - 2018)
    }
}
