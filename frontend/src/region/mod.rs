//! The start page: regions and the years of their sheets.

use crate::{
    remembered::{Answer, Loaded, use_answer},
    route::Route,
    shell,
    text::region as text,
    ui::{Failed, Skeleton},
};
use leptos::prelude::*;
use renkei_domain::{FiscalYear, Phase, RegionId};
use serde::{Deserialize, de::IgnoredAny};

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

#[component]
pub fn StartPage() -> impl IntoView {
    shell::set_title(text::TITLE);
    let (start, retry) = use_answer::<_, Start>(include_str!("start.graphql"), (), "start".to_owned());
    move || match start.get() {
        Loaded::Loading => view! { <Skeleton /> }.into_any(),
        Loaded::Failed(failure) => view! { <Failed failure retry /> }.into_any(),
        Loaded::Ready(start) if start.regions.is_empty() => view! { <Nothing /> }.into_any(),
        Loaded::Ready(start) => view! { <Regions regions=start.regions /> }.into_any(),
    }
}

#[component]
fn Regions(regions: Vec<Region>) -> impl IntoView {
    view! {
        <div class="page">
            <h1>{text::TITLE}</h1>
            <p class="lead">{text::LEAD}</p>
            <div class="cards">
                {regions.into_iter().map(|region| view! { <Card region /> }).collect_view()}
            </div>
        </div>
    }
}

#[component]
fn Card(region: Region) -> impl IntoView {
    let names: Vec<&str> =
        region.organizations.iter().map(|organization| organization.name.as_str()).collect();
    let years = if region.sheets.is_empty() {
        view! { <p>{text::NO_SHEET}</p> }.into_any()
    } else {
        let years = region.sheets.into_iter().map(|sheet| {
            let path = Route::Sheet(region.id, sheet.fiscal_year).path();
            view! {
                <li>
                    <a href=path>
                        <strong>{sheet.title}</strong>
                        <span class="phase" data-phase=sheet.phase.code()>
                            {sheet.phase.name()}
                        </span>
                    </a>
                </li>
            }
        });
        view! { <ul class="years">{years.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="card">
            <h2>{region.name.clone()} <small>{text::REGION}</small></h2>
            <p>{text::organizations(&names)}</p>
            {years}
        </section>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="page message">
            <h1>{text::NO_REGION}</h1>
            <p>{text::NO_REGION_WHY}</p>
        </div>
    }
}
