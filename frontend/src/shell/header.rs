//! The header: mark, region, sheet, phase, sections, account.

use super::{Place, YearLink, use_place};
use crate::{
    comment,
    route::{self, Route},
    session::{self, Viewer},
    text::{self, shell as words},
    ui::{button, link, menu},
    view::{El, Piece, el, live},
};
use leptos::prelude::*;
use renkei_domain::FiscalYear;

pub fn header() -> El {
    let place = use_place();
    el("header")
        .class("header")
        .child(link("mark", "/", text::RENKEI).attr("aria-label", words::HOME))
        .child(live(move || place.get().map(|place| sheet(&place))))
        .child(crate::live::people())
        .child(comment::waiting_link())
        .child(live(|| session::use_viewer().map(|viewer| account(&viewer))))
}

/// Which sheet this is, and the ways from it.
fn sheet(place: &Place) -> impl Piece + use<> {
    let Place { region, year, .. } = *place;
    let name = el("p")
        .class("region-name")
        .child(place.region_name.as_str())
        .child(" ")
        .child(el("small").child(words::REGION));
    let years = place.years.clone();
    let picker = menu("strong", words::YEAR_PICKER, &place.title, move || {
        let links = years.iter().map(|other| {
            let current = (other.year == year).then_some("true");
            el("li").child(year_link(place_of(region, other.year), other).attr("aria-current", current))
        });
        el("ul").child(links.collect::<Vec<_>>())
    });
    let phase = el("p")
        .class("phase")
        .attr("data-phase", place.phase.code())
        .child(el("span").class("unseen").child(words::PHASE))
        .child(place.phase.name());
    let sections = el("nav").attr("aria-label", words::SECTIONS).child([
        section(Route::Sheet(region, year), words::SECTION_SHEET),
        section(Route::History(region, year), text::history::TITLE),
        section(Route::Handouts(region, year), words::SECTION_HANDOUTS),
        link("", &route::playground_path(region, year), words::SECTION_API),
    ]);
    [name, picker, phase, sections]
}

/// Another year opens in the section that is shown.
fn place_of(region: renkei_domain::RegionId, year: FiscalYear) -> Route {
    match route::route() {
        Route::Handouts(..) => Route::Handouts(region, year),
        Route::History(..) => Route::History(region, year),
        _ => Route::Sheet(region, year),
    }
}

fn year_link(route: Route, year: &YearLink) -> El {
    link("", &route.path(), &year.title)
}

fn section(section: Route, name: &str) -> El {
    let route = route::use_route();
    let path = section.path();
    link("", &path, name).live_attr("aria-current", move || (route.get() == section).then_some("page"))
}

fn account(viewer: &Viewer) -> El {
    let (name, organization) = (viewer.name.clone(), viewer.organization.name.clone());
    let entries = move || {
        let who = el("p").child(el("strong").child(name.as_str())).child(organization.as_str());
        let ways = [
            link("", &Route::Account.path(), words::CHANGE_PASSWORD),
            link("", &Route::Tokens.path(), words::TOKENS),
            button("", words::SIGN_OUT, session::leave),
        ];
        (who, el("ul").child(ways.map(|way| el("li").child(way))))
    };
    el("div").class("account").child(menu("round end", words::ACCOUNT, &viewer.name, entries))
}
