//! The council's documents (資料) of a sheet's year: what 資料3 in a text leads to.

pub mod queries;

use crate::{
    api::{self, Id},
    cached_query::use_cached_query,
    routes::{self, Route},
    shell::{self, Place},
    text::handout as text,
    ui::{Failed, NotFound, Skeleton, dom},
};
use cynic::QueryBuilder;
use leptos::prelude::*;
use queries::{Handout, Handouts, HandoutsVariables, Region, Sheet};
use renkei_domain::{FiscalYear, Phase, RegionId};
use std::fmt::Display;

const ANCHOR: &str = "handout-";

/// The fragment that leads to a handout: `handout-3`.
pub fn anchor(number: impl Display) -> String {
    format!("{ANCHOR}{number}")
}

#[component]
pub fn HandoutsPage(region: RegionId, year: FiscalYear) -> impl IntoView {
    shell::set_title(&text::title(year));
    let operation = Handouts::build(HandoutsVariables { region_id: Id(region), fiscal_year: year.0 });
    let name = format!("handouts:{region}:{}", year.0);
    let handouts = use_cached_query::<Handouts>(api::request(&operation), name);
    let page = move |answer| match answer {
        Err(failure) => view! { <Failed failure on_retry=move || handouts.refetch() /> }.into_any(),
        Ok(Handouts { sheet: None, .. }) => view! { <NotFound /> }.into_any(),
        Ok(Handouts { sheet: Some(sheet), .. }) => {
            let Sheet { title, phase, region: Region { name: region_name, handouts, sheets: years } } = sheet;
            let phase = phase.0.unwrap_or(Phase::Fixed);
            shell::set_place(Some(Place { region, region_name, year, title, phase, years }));
            view! { <HandoutList handouts region year /> }.into_any()
        }
    };
    view! { <Transition fallback=Skeleton>{move || handouts.get().map(page)}</Transition> }
}

#[component]
fn HandoutList(handouts: Vec<Handout>, region: RegionId, year: FiscalYear) -> impl IntoView {
    let fragment = routes::use_fragment();
    // The list came after the browser looked for the fragment's place.
    Effect::new(move || {
        let fragment = fragment.get();
        dom::after_render(move || {
            if let Some(target) = dom::document().get_element_by_id(&fragment) {
                target.scroll_into_view();
            }
        });
    });
    let is_empty = handouts.is_empty();
    let anchors: Vec<String> = handouts.iter().map(|handout| anchor(handout.number)).collect();
    // Told to whoever followed 資料9 where there is none.
    let is_absent =
        move || fragment.with(|fragment| fragment.starts_with(ANCHOR) && !anchors.contains(fragment));
    view! {
        <div class="page">
            <h1>{text::title(year)}</h1>
            <p class="lead">{text::lead(year)}</p>
            <div role="status">
                {move || is_absent().then(|| view! { <p class="notice warn">{text::ABSENT}</p> })}
            </div>
            {is_empty.then(|| view! { <p>{text::NONE}</p> })}
            <ul class="handouts">
                {handouts.into_iter().map(|handout| view! { <HandoutLine handout fragment /> }).collect_view()}
            </ul>
            <p class="actions after">
                <a class="button" href=Route::Sheet(region, year).path()>{text::TO_SHEET}</a>
            </p>
        </div>
    }
}

#[component]
fn HandoutLine(handout: Handout, fragment: Memo<String>) -> impl IntoView {
    let id = anchor(handout.number);
    let own = id.clone();
    view! {
        <li id=id aria-current=move || fragment.with(|fragment| *fragment == own).then_some("true")>
            <span class="number">{text::number(handout.number)}</span>
            <span><bdi>{handout.title}</bdi></span>
        </li>
    }
}
