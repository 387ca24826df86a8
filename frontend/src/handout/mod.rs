//! The council's documents (資料) of a sheet's year: what 資料3 in a text leads to.

pub mod queries;

use crate::{
    api::{self, Id},
    remembered::{Loaded, use_answer},
    route::{self, Route},
    shell::{self, Place, YearLink},
    text::handout as text,
    ui::{dom, failed, link, not_found, skeleton},
    view::{El, effect, el, live},
};
use cynic::QueryBuilder;
use leptos::prelude::*;
use queries::{Handout, Handouts, HandoutsVariables, Sheet};
use renkei_domain::{FiscalYear, Phase, RegionId};
use std::fmt::Display;
use web_sys::Node;

const ANCHOR: &str = "handout-";

/// The fragment that leads to a handout: `handout-3`.
pub fn anchor(number: impl Display) -> String {
    format!("{ANCHOR}{number}")
}

pub fn page(region: RegionId, year: FiscalYear) -> Node {
    shell::set_title(&text::title(year));
    let operation = Handouts::build(HandoutsVariables { region_id: Id(region), fiscal_year: year.0 });
    let name = format!("handouts:{region}:{}", year.0);
    let (handouts, retry) = use_answer::<Handouts>(api::request(&operation), name);
    live(move || match handouts.get() {
        Loaded::Loading => skeleton(),
        Loaded::Failed(failure) => {
            let retry = retry.clone();
            failed(failure, move || retry())
        }
        Loaded::Ready(Handouts { sheet: None, .. }) => not_found(),
        Loaded::Ready(Handouts { sheet: Some(sheet), .. }) => {
            shell::set_place(Some(place(&sheet, region, year)));
            list(&sheet.region.handouts, region, year)
        }
    })
}

fn place(sheet: &Sheet, region: RegionId, year: FiscalYear) -> Place {
    Place {
        region,
        region_name: sheet.region.name.clone(),
        year,
        title: sheet.title.clone(),
        phase: sheet.phase.0.unwrap_or(Phase::Fixed),
        years: sheet
            .region
            .sheets
            .iter()
            .map(|sheet| YearLink { year: FiscalYear(sheet.fiscal_year), title: sheet.title.clone() })
            .collect(),
    }
}

fn list(handouts: &[Handout], region: RegionId, year: FiscalYear) -> El {
    let [fragment, target, shown] = std::array::from_fn(|_| route::use_fragment());
    // The list came after the browser looked for the fragment's place.
    effect(move || {
        let fragment = target.get();
        dom::after_render(move || {
            if let Some(target) = dom::document().get_element_by_id(&fragment) {
                target.scroll_into_view();
            }
        });
    });
    let numbers: Vec<i32> = handouts.iter().map(|handout| handout.number).collect();
    // Told to whoever followed 資料9 where there is none.
    let absent = move || {
        fragment.with(|fragment| {
            fragment.starts_with(ANCHOR) && !numbers.iter().any(|number| anchor(*number) == *fragment)
        })
    };
    let entries = handouts.iter().map(|handout| entry(handout, shown.clone()));
    el("div")
        .class("page")
        .child(el("h1").child(text::title(year)))
        .child(el("p").class("lead").child(text::lead(year)))
        .child(
            el("div")
                .attr("role", "status")
                .child(live(move || absent().then(|| el("p").class("notice warn").child(text::ABSENT)))),
        )
        .child(handouts.is_empty().then(|| el("p").child(text::NONE)))
        .child(el("ul").class("handouts").child(entries.collect::<Vec<_>>()))
        .child(el("p").class("actions after").child(link(
            "button",
            &Route::Sheet(region, year).path(),
            text::TO_SHEET,
        )))
}

fn entry(handout: &Handout, fragment: ArcRwSignal<String>) -> El {
    let id = anchor(handout.number);
    let own = id.clone();
    let is_target = move || fragment.with(|fragment| *fragment == own);
    el("li")
        .attr("id", id)
        .live_attr("aria-current", move || is_target().then_some("true"))
        .child(el("span").class("number").child(text::number(handout.number)))
        .child(el("span").child(handout.title.as_str()))
}
