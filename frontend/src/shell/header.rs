//! The header: mark, region, sheet, phase, sections, account.

use super::{Place, use_place};
use crate::{
    export::ExportMenu,
    notice::NoticeLink,
    routes::{self, Route, playground_path},
    session::{self, Viewer},
    text::{self, shell as words},
    ui::Menu,
};
use leptos::prelude::*;
use renkei_domain::{FiscalYear, RegionId};

#[component]
pub fn Header() -> impl IntoView {
    let place = use_place();
    view! {
        <header class="header">
            <a class="mark" href="/" aria-label=words::HOME>{text::RENKEI}</a>
            {move || place.get().map(|place| view! { <PlaceNavigation place /> })}
            <crate::live::People />
            <NoticeLink />
            {|| session::use_viewer().map(|viewer| view! { <AccountMenu viewer /> })}
        </header>
    }
}

/// Which sheet this is, and the ways from it.
#[component]
fn PlaceNavigation(place: Place) -> impl IntoView {
    let Place { region, region_name, year, title, phase, years } = place;
    let route = routes::use_route();
    let year_links = move || {
        let links = years.clone().into_iter().map(|other| {
            let its_year = FiscalYear(other.fiscal_year);
            let current = (its_year == year).then_some("true");
            let path = in_section(route.get_untracked(), region, its_year).path();
            view! { <li><a href=path aria-current=current><bdi>{other.title}</bdi></a></li> }
        });
        view! { <ul>{links.collect_view()}</ul> }
    };
    view! {
        <p class="region-name"><bdi>{region_name}</bdi>" "<small>{words::REGION}</small></p>
        <Menu class="strong" purpose=words::YEAR_PICKER label=title>
            {year_links.clone()}
        </Menu>
        <p class="phase" data-phase=phase.code()>
            <span class="unseen">{words::PHASE}</span>
            {phase.name()}
        </p>
        <nav aria-label=words::SECTIONS>
            <SectionLink section=Route::Sheet(region, year) name=words::SECTION_SHEET />
            <SectionLink section=Route::History(region, year) name=text::history::TITLE />
            <SectionLink section=Route::Handouts(region, year) name=words::SECTION_HANDOUTS />
            <SectionLink section=Route::Search(region, year) name=text::search::NAME />
            <a href=playground_path(region, year) rel="external">{words::SECTION_API}</a>
        </nav>
        <ExportMenu region year />
    }
}

/// Another year opens in the section that is shown.
fn in_section(shown: Route, region: RegionId, year: FiscalYear) -> Route {
    match shown {
        Route::Handouts(..) => Route::Handouts(region, year),
        Route::History(..) => Route::History(region, year),
        Route::Search(..) => Route::Search(region, year),
        Route::Import(..) => Route::Import(region, year),
        _ => Route::Sheet(region, year),
    }
}

#[component]
fn SectionLink(section: Route, name: &'static str) -> impl IntoView {
    let route = routes::use_route();
    view! {
        <a href=section.path() aria-current=move || (route.get() == section).then_some("page")>{name}</a>
    }
}

#[component]
fn AccountMenu(viewer: Viewer) -> impl IntoView {
    let Viewer { name, organization, .. } = viewer;
    let leave = session::use_leave();
    let super::HelpOpen(help) = expect_context();
    let label = name.clone();
    view! {
        <div class="account">
            <Menu class="round end" purpose=words::ACCOUNT label>
                <p>
                    <strong><bdi>{name.clone()}</bdi></strong>
                    <bdi>{organization.name.clone()}</bdi>
                </p>
                <ul>
                    <li>
                        <button type="button" on:click=move |_| help.set(true)>
                            {text::help::MENU}
                        </button>
                    </li>
                    <li><a href=Route::Account.path()>{words::CHANGE_PASSWORD}</a></li>
                    <li><a href=Route::Tokens.path()>{words::TOKENS}</a></li>
                    <li>
                        <button
                            type="button"
                            on:click={
                                let leave = leave.clone();
                                move |_| leave()
                            }
                        >
                            {words::SIGN_OUT}
                        </button>
                    </li>
                </ul>
            </Menu>
        </div>
    }
}
