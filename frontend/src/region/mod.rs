//! The start page: regions and the years of their sheets.

pub mod queries;

use crate::{
    api,
    remembered::{Loaded, use_answer},
    route::Route,
    shell,
    text::region as text,
    ui::{failed, message, skeleton},
    view::{El, el, live},
};
use cynic::QueryBuilder;
use leptos::prelude::*;
use queries::{Region, Sheet, Start};
use renkei_domain::{FiscalYear, RegionId};
use web_sys::Node;

pub fn page() -> Node {
    shell::set_title(text::TITLE);
    let (start, retry) = use_answer::<Start>(api::request(&Start::build(())), "start".to_owned());
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
        let years = region.sheets.iter().map(|sheet| el("li").child(year(region.id.0, sheet)));
        el("ul").class("years").child(years.collect::<Vec<_>>())
    };
    el("section").class("card").child(heading).child(el("p").child(text::organizations(&names))).child(years)
}

fn year(region: RegionId, sheet: &Sheet) -> El {
    // Of a phase that is newer than this page there is nothing to say.
    let phase = sheet
        .phase
        .0
        .map(|phase| el("span").class("phase").attr("data-phase", phase.code()).child(phase.name()));
    el("a")
        .attr("href", Route::Sheet(region, FiscalYear(sheet.fiscal_year)).path())
        .child(el("strong").child(sheet.title.as_str()))
        .child(phase)
}
