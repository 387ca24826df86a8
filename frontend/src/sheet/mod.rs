//! The matrix page: the paper sheet alive.

pub mod columns;
mod drag;
pub mod focus;
mod headings;
mod keys;
mod load;
mod movement;
pub mod page;
pub mod store;
mod table;
pub mod wire;

use crate::{
    entry, filter, route,
    session,
    shell::{self, Place, YearLink},
    storage::Kind,
    text::sheet as text,
    ui::{Failed, Message, Skeleton},
};
use columns::Widths;
use leptos::prelude::*;
use load::Loading;
use page::Page;
use renkei_domain::{FiscalYear, RegionId};
use std::sync::Arc;
use store::Head;

/// The sheet of a region's year. Made anew when either changes; the filter stands in the address's query.
#[component]
pub fn SheetPage(region: RegionId, year: FiscalYear) -> impl IntoView {
    let page = Page::new(region, year);
    let (loading, reload) = load::load(page);
    shell::set_keys(text::KEYS);
    on_cleanup(|| shell::set_keys(""));
    move || match loading.get() {
        Loading::Waiting => view! { <Skeleton /> }.into_any(),
        Loading::Missing => view! {
            <Message title=text::NOT_FOUND text=text::NOT_FOUND_WHY>
                <a class="button main" href="/">
                    {crate::text::TO_START}
                </a>
            </Message>
        }
        .into_any(),
        Loading::Failed(failure) => view! { <Failed failure retry=reload /> }.into_any(),
        Loading::Here => sheet(page),
    }
}

/// The page of a sheet that is here. Table and bar are made anew when rows, columns or rights change.
fn sheet(page: Page) -> AnyView {
    let widths = remembered_widths();
    watch_filter(page);
    let parts = move || {
        let head = page.head.get()?;
        introduce(&head);
        Some(view! {
            <h1 class="unseen">{format!("{} {}", head.region.name, head.title)}</h1>
            {filter::filter_bar(page, &head, widths)}
            <div class="matrix-scroll">
                <div class="matrix-area">
                    {table::table(page, head, widths)}
                    {entry::tools(page)}
                    {entry::menu(page)}
                    {entry::why(page)}
                    {entry::editor(page)}
                </div>
            </div>
        })
    };
    // What was said about a press before is over with the next.
    let on_down = move |_| {
        if page.why.get_untracked().is_some() {
            page.why.set(None);
        }
    };
    view! {
        <div class="sheet-page" on:pointerdown=on_down>
            {parts}
        </div>
        {entry::conflict_dialog(page)}
    }
    .into_any()
}

/// Tells the header where this is.
fn introduce(head: &Arc<Head>) {
    let years = head.region.sheets.iter();
    shell::set_place(Some(Place {
        region: head.region.id,
        region_name: head.region.name.clone(),
        year: head.year,
        title: head.title.clone(),
        phase: head.phase,
        years: years.map(|sheet| YearLink { year: sheet.fiscal_year, title: sheet.title.clone() }).collect(),
    }));
    shell::set_title(&format!("{} {}", head.region.name, head.title));
}

/// Filters again when the filter or an entry changes, tells the numbers, and keeps the focus where it can be seen.
fn watch_filter(page: Page) {
    Effect::new(move |before: Option<filter::FilterState>| {
        page.touched.track();
        page.head.track();
        let state = page.filter.get();
        let tally = page.with(|store| store.sift(&state)).unwrap_or_default();
        if page.tally.get_untracked() != tally {
            page.tally.set(tally);
        }
        if before.as_ref().is_some_and(|before| *before != state) {
            shell::announce(text::filtered(tally.total, tally.shown));
        }
        table::settle_soon(page);
        state
    });
    remember_columns(page);
}

/// Column widths are a person's own taste; they stay in this browser.
fn remembered_widths() -> RwSignal<Widths> {
    const NAME: &str = "column-widths";
    let widths = session::shelf().and_then(|shelf| shelf.get(Kind::Taste, NAME)).unwrap_or_default();
    let widths = RwSignal::new(widths);
    Effect::new(move |before: Option<()>| {
        let now = widths.get();
        if let (Some(()), Some(shelf)) = (before, session::shelf()) {
            // Without room the next visit begins with the paper's widths.
            let _ = shelf.put(Kind::Taste, NAME, &now);
        }
    });
    widths
}

/// So do hidden columns, for an address that says nothing; one that does is shown as it says.
fn remember_columns(page: Page) {
    const NAME: &str = "hidden-columns";
    Effect::new(move |before: Option<Vec<renkei_domain::Facet>>| {
        let hidden = page.filter.with(|filter| filter.hidden.clone());
        let Some(shelf) = session::shelf() else { return hidden };
        if before.is_none() && route::use_query().with_untracked(String::is_empty) {
            let kept: Vec<renkei_domain::Facet> = shelf.get(Kind::Taste, NAME).unwrap_or_default();
            if !kept.is_empty() {
                let mut state = filter::FilterState::default();
                state.hide(kept);
                route::set_query(&state.query(), route::Step::Replace);
            }
        } else if before.is_some_and(|before| before != hidden) {
            let _ = shelf.put(Kind::Taste, NAME, &hidden);
        }
        hidden
    });
}
