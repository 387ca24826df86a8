//! The header: mark, region, sheet, phase, sections, account.

use super::{Place, use_place};
use crate::{
    route::{self, Route},
    session,
    text::{self, shell as words},
    ui::Menu,
};
use leptos::prelude::*;
use renkei_domain::FiscalYear;

#[component]
pub fn Header() -> impl IntoView {
    let place = use_place();
    view! {
        <header class="header">
            <a class="mark" href="/" aria-label=words::HOME>
                {text::RENKEI}
            </a>
            {move || place.get().map(|place| view! { <Sheet place /> })}
            <Account />
        </header>
    }
}

/// Which sheet this is, and the ways from it.
#[component]
fn Sheet(place: Place) -> impl IntoView {
    let route = route::use_route();
    let Place { region, region_name, year, title, phase, years } = place;
    let sections = [
        (Route::Sheet(region, year), words::SECTION_SHEET),
        (Route::Handouts(region, year), words::SECTION_HANDOUTS),
    ];
    let years = StoredValue::new(years);
    // Another year opens in the same section.
    let link = move |year: FiscalYear| match route.get() {
        Route::Handouts(..) => Route::Handouts(region, year).path(),
        _ => Route::Sheet(region, year).path(),
    };
    view! {
        <p class="region-name">{region_name} <small>{words::REGION}</small></p>
        <Menu class="strong" label=title purpose=words::YEAR_PICKER>
            <ul>
                {years
                    .get_value()
                    .into_iter()
                    .map(|other| {
                        view! {
                            <li>
                                <a
                                    href=move || link(other.year)
                                    aria-current=(other.year == year).then_some("true")
                                >
                                    {other.title}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </Menu>
        <p class="phase" data-phase=phase.code()>
            <span class="unseen">{words::PHASE}</span>
            {phase.name()}
        </p>
        <nav aria-label=words::SECTIONS>
            {sections
                .into_iter()
                .map(|(section, name)| {
                    let path = section.path();
                    let current = move || (route.get() == section).then_some("page");
                    view! {
                        <a href=path aria-current=current>
                            {name}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

#[component]
fn Account() -> impl IntoView {
    let viewer = session::use_viewer();
    move || {
        viewer.get().map(|viewer| {
            let name = viewer.name.clone();
            let organization = viewer.organization.name.clone();
            view! {
                <div class="account">
                    <Menu class="round end" label=viewer.name purpose=words::ACCOUNT>
                        <p>
                            <strong>{name.clone()}</strong>
                            {organization.clone()}
                        </p>
                        <ul>
                            <li>
                                <a href=Route::Account.path()>{words::CHANGE_PASSWORD}</a>
                            </li>
                            <li>
                                <button type="button" on:click=|_| session::leave()>
                                    {words::SIGN_OUT}
                                </button>
                            </li>
                        </ul>
                    </Menu>
                </div>
            }
        })
    }
}
