//! The start page: regions and the years of their sheets.

pub mod queries;

use crate::{
    api,
    cached_query::use_cached_query,
    routes::Route,
    shell,
    text::region as text,
    ui::{Failed, Message, Skeleton},
};
use cynic::QueryBuilder;
use leptos::prelude::*;
use queries::{Region, Sheet, Start};
use renkei_domain::{FiscalYear, RegionId};

#[component]
pub fn StartPage() -> impl IntoView {
    shell::set_title(text::TITLE);
    let start = use_cached_query::<Start>(api::request(&Start::build(())), "start".to_owned());
    let page = move |answer| match answer {
        Err(failure) => view! { <Failed failure on_retry=move || start.refetch() /> }.into_any(),
        Ok(Start { regions, .. }) if regions.is_empty() => {
            view! { <Message title=text::NO_REGION why=text::NO_REGION_WHY /> }.into_any()
        }
        Ok(Start { regions, .. }) => view! { <Regions regions /> }.into_any(),
    };
    view! { <Transition fallback=Skeleton>{move || start.get().map(page)}</Transition> }
}

#[component]
fn Regions(regions: Vec<Region>) -> impl IntoView {
    view! {
        <div class="page">
            <h1>{text::TITLE}</h1>
            <p class="lead">{text::LEAD}</p>
            <div class="cards">
                {regions.into_iter().map(|region| view! { <RegionCard region /> }).collect_view()}
            </div>
        </div>
    }
}

#[component]
fn RegionCard(region: Region) -> impl IntoView {
    let Region { id, name, organizations, sheets } = region;
    let names: Vec<&str> = organizations.iter().map(|organization| organization.name.as_str()).collect();
    let organizations = text::organizations(&names);
    let none = sheets.is_empty().then(|| view! { <p>{text::NO_SHEET}</p> });
    let years = (!sheets.is_empty()).then(|| {
        let years = sheets.into_iter().map(|sheet| view! { <li><YearLink region=id.0 sheet /></li> });
        view! { <ul class="years">{years.collect_view()}</ul> }
    });
    view! {
        <section class="card">
            <h2><bdi>{name}</bdi>" "<small>{text::REGION}</small></h2>
            <p><bdi>{organizations}</bdi></p>
            {none}
            {years}
        </section>
    }
}

#[component]
fn YearLink(region: RegionId, sheet: Sheet) -> impl IntoView {
    // Of a phase that is newer than this page there is nothing to say.
    let phase = sheet.phase.0.map(|phase| {
        view! { <span class="phase" data-phase=phase.code()>{phase.name()}</span> }
    });
    view! {
        <a href=Route::Sheet(region, FiscalYear(sheet.fiscal_year)).path()>
            <strong>{sheet.title}</strong>
            {phase}
        </a>
    }
}
