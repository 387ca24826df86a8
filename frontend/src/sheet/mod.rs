//! The matrix page: the paper sheet alive.

use leptos::prelude::*;
use renkei_domain::{FiscalYear, RegionId};

/// The sheet of a region's year. Made anew when either changes; the filter stands in the address's query.
#[component]
pub fn SheetPage(region: RegionId, year: FiscalYear) -> impl IntoView {
    let _ = (region, year);
}
