//! The council's documents (資料) of a sheet's year: what 資料3 in a text leads to.

use crate::{
    remembered::{Answer, Loaded, use_answer},
    route::{self, Route},
    shell::{self, Place, YearLink},
    text::handout as text,
    ui::{dom, failed, link, not_found, skeleton},
    view::{El, effect, el, live},
    watched::Watched,
};
use renkei_domain::{FiscalYear, Phase, RegionId};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use web_sys::Node;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Variables {
    region_id: RegionId,
    fiscal_year: FiscalYear,
}

#[derive(Clone, Debug, Deserialize)]
struct Handouts {
    viewer: Option<IgnoredAny>,
    sheet: Option<Sheet>,
}

#[derive(Clone, Debug, Deserialize)]
struct Sheet {
    title: String,
    phase: Phase,
    region: Region,
}

#[derive(Clone, Debug, Deserialize)]
struct Region {
    name: String,
    handouts: Vec<Handout>,
    sheets: Vec<Year>,
}

#[derive(Clone, Debug, Deserialize)]
struct Handout {
    number: u32,
    title: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Year {
    fiscal_year: FiscalYear,
    title: String,
}

impl Answer for Handouts {
    fn signed_in(&self) -> bool {
        self.viewer.is_some()
    }
}

const ANCHOR: &str = "handout-";

/// The fragment that leads to a handout: `handout-3`.
pub fn anchor(number: u32) -> String {
    format!("{ANCHOR}{number}")
}

pub fn page(region: RegionId, year: FiscalYear) -> Node {
    shell::set_title(&text::title(year));
    let (handouts, retry) = use_answer::<_, Handouts>(
        include_str!("handouts.graphql"),
        Variables { region_id: region, fiscal_year: year },
        format!("handouts:{region}:{}", year.0),
    );
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
        phase: sheet.phase,
        years: sheet
            .region
            .sheets
            .iter()
            .map(|sheet| YearLink { year: sheet.fiscal_year, title: sheet.title.clone() })
            .collect(),
    }
}

fn list(handouts: &[Handout], region: RegionId, year: FiscalYear) -> El {
    let fragment = route::use_fragment();
    // The list came after the browser looked for the fragment's place.
    effect(move || {
        let fragment = fragment.get();
        dom::after_render(move || {
            if let Some(target) = dom::document().get_element_by_id(&fragment) {
                target.scroll_into_view();
            }
        });
    });
    let numbers: Vec<u32> = handouts.iter().map(|handout| handout.number).collect();
    // Told to whoever followed 資料9 where there is none.
    let absent = move || {
        fragment.with(|fragment| {
            fragment.starts_with(ANCHOR) && !numbers.iter().any(|number| anchor(*number) == *fragment)
        })
    };
    let entries = handouts.iter().map(|handout| entry(handout, fragment));
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

fn entry(handout: &Handout, fragment: &'static Watched<String>) -> El {
    let id = anchor(handout.number);
    let own = id.clone();
    let is_target = move || fragment.with(|fragment| *fragment == own);
    el("li")
        .attr("id", id)
        .live_attr("aria-current", move || is_target().then_some("true"))
        .child(el("span").class("number").child(text::number(handout.number)))
        .child(el("span").child(handout.title.as_str()))
}
