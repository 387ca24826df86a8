//! The council's documents (資料) of a sheet's year: what 資料3 in a text leads to.

use crate::{
    remembered::{Answer, Loaded, use_answer},
    route::{self, Route},
    shell::{self, Place, YearLink},
    text::handout as words,
    ui::{self, Failed, Skeleton, dom},
};
use leptos::prelude::*;
use renkei_domain::{FiscalYear, Phase, RegionId};
use serde::{Deserialize, Serialize, de::IgnoredAny};

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

/// The fragment that leads to a handout: `handout-3`.
pub fn anchor(number: u32) -> String {
    format!("handout-{number}")
}

#[component]
pub fn HandoutsPage(region: RegionId, year: FiscalYear) -> impl IntoView {
    shell::set_title(&words::title(year));
    let (handouts, retry) = use_answer::<_, Handouts>(
        include_str!("handouts.graphql"),
        Variables { region_id: region, fiscal_year: year },
        format!("handouts:{region}:{}", year.0),
    );
    move || match handouts.get() {
        Loaded::Loading => view! { <Skeleton /> }.into_any(),
        Loaded::Failed(failure) => view! { <Failed failure retry /> }.into_any(),
        Loaded::Ready(Handouts { sheet: None, .. }) => view! { <ui::NotFound /> }.into_any(),
        Loaded::Ready(Handouts { sheet: Some(sheet), .. }) => {
            shell::set_place(Some(place(&sheet, region, year)));
            view! { <List handouts=sheet.region.handouts region year /> }.into_any()
        }
    }
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

#[component]
fn List(handouts: Vec<Handout>, region: RegionId, year: FiscalYear) -> impl IntoView {
    let fragment = route::use_fragment();
    let anchors: Vec<String> = handouts.iter().map(|handout| anchor(handout.number)).collect();
    // Shown to whoever followed 資料9 where there is none.
    let absent =
        move || fragment.with(|fragment| fragment.starts_with("handout-") && !anchors.contains(fragment));
    // The list came after the browser looked for the fragment's place.
    Effect::new(move || {
        let fragment = fragment.get();
        dom::after_render(move || {
            if let Some(target) = dom::document().get_element_by_id(&fragment) {
                target.scroll_into_view();
            }
        });
    });
    let empty = handouts.is_empty();
    view! {
        <div class="page">
            <h1>{words::title(year)}</h1>
            <p class="lead">{words::lead(year)}</p>
            <div role="status">
                {move || absent().then(|| view! { <p class="notice warn">{words::ABSENT}</p> })}
            </div>
            {empty.then(|| view! { <p>{words::NONE}</p> })}
            <ul class="handouts">
                {handouts
                    .into_iter()
                    .map(|handout| {
                        let id = anchor(handout.number);
                        let own = id.clone();
                        let target = Memo::new(move |_| fragment.with(|fragment| *fragment == own));
                        view! {
                            <li
                                id=id
                                class:target=move || target.get()
                                aria-current=move || target.get().then_some("true")
                            >
                                <span class="number">{words::number(handout.number)}</span>
                                <span>{handout.title}</span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <p class="actions after">
                <a class="button" href=Route::Sheet(region, year).path()>
                    {words::TO_SHEET}
                </a>
            </p>
        </div>
    }
}
