//! The start page: regions and the years of their sheets.

use crate::{
    remembered::{Answer, Loaded, use_answer},
    route::Route,
    shell,
    text::region as text,
    ui::{failed, message, skeleton},
    view::{El, el, live},
};
use renkei_domain::{FiscalYear, Phase, RegionId};
use serde::{Deserialize, de::IgnoredAny};
use web_sys::Node;

#[derive(Clone, Debug, Deserialize)]
struct Start {
    viewer: Option<IgnoredAny>,
    regions: Vec<Region>,
}

#[derive(Clone, Debug, Deserialize)]
struct Region {
    id: RegionId,
    name: String,
    organizations: Vec<Organization>,
    sheets: Vec<Sheet>,
}

#[derive(Clone, Debug, Deserialize)]
struct Organization {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sheet {
    fiscal_year: FiscalYear,
    title: String,
    phase: Phase,
}

impl Answer for Start {
    fn signed_in(&self) -> bool {
        self.viewer.is_some()
    }
}

pub fn page() -> Node {
    shell::set_title(text::TITLE);
    let (start, retry) = use_answer::<_, Start>(include_str!("start.graphql"), (), "start".to_owned());
    live(move || match start.get() {
        Loaded::Loading => skeleton(),
        Loaded::Failed(failure) => {
            let retry = retry.clone();
            failed(failure, move || retry())
        }
        Loaded::Ready(start) if start.regions.is_empty() => message(text::NO_REGION, text::NO_REGION_WHY, ()),
        Loaded::Ready(start) => regions(&start.regions),
    })
}

fn regions(regions: &[Region]) -> El {
    el("div")
        .class("page")
        .child(el("h1").child(text::TITLE))
        .child(el("p").class("lead").child(text::LEAD))
        .child(el("div").class("cards").child(regions.iter().map(card).collect::<Vec<_>>()))
}

fn card(region: &Region) -> El {
    let names: Vec<&str> =
        region.organizations.iter().map(|organization| organization.name.as_str()).collect();
    let heading = el("h2").child(region.name.as_str()).child(" ").child(el("small").child(text::REGION));
    let years = if region.sheets.is_empty() {
        el("p").child(text::NO_SHEET)
    } else {
        let years = region.sheets.iter().map(|sheet| el("li").child(year(region.id, sheet)));
        el("ul").class("years").child(years.collect::<Vec<_>>())
    };
    el("section").class("card").child(heading).child(el("p").child(text::organizations(&names))).child(years)
}

fn year(region: RegionId, sheet: &Sheet) -> El {
    let phase = el("span").class("phase").attr("data-phase", sheet.phase.code()).child(sheet.phase.name());
    el("a")
        .attr("href", Route::Sheet(region, sheet.fiscal_year).path())
        .child(el("strong").child(sheet.title.as_str()))
        .child(phase)
}
