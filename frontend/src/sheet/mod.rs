//! The matrix page: the paper sheet alive.

pub mod columns;
mod drag;
pub mod focus;
mod headings;
mod keys;
pub mod later;
pub mod load;
pub mod model;
mod movement;
pub mod overlay;
pub mod page;
pub mod queries;
mod snapshot;
pub mod store;
mod table;

pub use drag::scroller;
pub use snapshot::SnapshotPage;

use crate::{
    clipboard,
    entry::{self, EntryMenu, EntryTools, WhyNote},
    filter::{self, FilterState, KeptInSight},
    history, routes, session,
    shell::{self, Place},
    storage::Kind,
    suggestion,
    text::sheet as text,
    ui::{Failed, Message, SetIfNew, Skeleton, dom},
};
use columns::Widths;
use drag::DropLine;
use leptos::prelude::*;
use load::Loading;
use model::Item;
use page::Page;
use renkei_domain::{EntryId, Facet, FiscalYear, RegionId};
use std::sync::Arc;
use store::Head;
use table::Table;

/// The sheet of a region's year. Made anew when either changes; the filter stands in the address's query.
#[component]
pub fn SheetPage(region: RegionId, year: FiscalYear) -> impl IntoView {
    let page = Page::new(region, year);
    provide_context(page);
    load::load(page);
    tell_keys(page);
    move || match page.loading.get() {
        Loading::Waiting => view! { <Skeleton /> }.into_any(),
        Loading::Missing => view! {
            <Message title=text::NOT_FOUND why=text::NOT_FOUND_WHY>
                <a class="button main" href="/">
                    {crate::text::TO_START}
                </a>
            </Message>
        }
        .into_any(),
        Loading::Failed(failure) => {
            view! { <Failed failure on_retry=move |()| load::reload(page) /> }.into_any()
        }
        Loading::Here => view! { <Sheet page /> }.into_any(),
    }
}

/// The page of a sheet that is here. Table and bar are made anew when rows, columns or rights change.
#[component]
fn Sheet(page: Page) -> impl IntoView {
    remember_widths(page);
    watch_filter(page);
    entry::show_badges(page);
    entry::follow_selection(page);
    remember_columns(page);
    introduce(page);
    crate::live::follow(page);
    clipboard::follow(page);
    history::follow(page);
    let head = move || page.head.get();
    // What was said about a press before is over with the next.
    let on_down = move |_| {
        if page.why.with_untracked(Option::is_some) {
            page.why.set(None);
        }
    };
    view! {
        <div class="sheet-page" on:pointerdown=on_down>
            {move || head().map(|head| view! {
                <h1 class="unseen">{format!("{} {}", head.region.name, head.title)}</h1>
                <filter::FilterBar page head />
            })}
            <div class="matrix-scroll">
                // What is open over the table stays as it is when that is made anew, an input method's composition too.
                <div class="matrix-area">
                    {move || head().map(|head| view! { <Table page head /> })}
                    <EntryTools page />
                    <EntryMenu page />
                    <WhyNote page />
                    <entry::Editor page />
                </div>
            </div>
            <history::Panel page />
            // Below the table, so that it does not move when something is said.
            <div class="sheet-foot">
                {move || head().map(|head| view! { <filter::FilterNote page head /> })}
                <history::SinceBar page />
                <entry::SelectionBar page />
                {move || head().map(|head| view! { <ItemJumps head /> })}
            </div>
            <DropLine page />
        </div>
        <entry::ConflictDialog page />
        <clipboard::PreviewDialog page />
        <history::SnapshotDialog page />
        <suggestion::SuggestionsDialog page />
    }
}

/// On a phone, where the table is long: the ways to its items.
#[component]
pub fn ItemJumps(head: Arc<Head>) -> impl IntoView {
    let jump = |item: &Item| {
        let id = focus::item_id(&item.code);
        let go = move |_| {
            if let Some(heading) = focus::by_id(&id) {
                // The heading itself stands in sight while its row does.
                if let Some(row) = focus::closest(&heading, "tr") {
                    row.scroll_into_view();
                }
                focus::regain(&heading);
            }
        };
        let name = text::to_item(&item.code, &item.title);
        view! {
            <button type="button" aria-label=name on:click=go>
                {item.code.clone()}
            </button>
        }
    };
    view! {
        <nav class="item-jumps" aria-label=text::ITEM_JUMPS>
            {head.items.iter().map(jump).collect_view()}
        </nav>
    }
}

/// The footer says what keys do here.
fn tell_keys(page: Page) {
    Effect::new(move |_| {
        // Without a table there are no keys for it.
        let is_here = page.loading.with(|loading| *loading == Loading::Here);
        let head = page.head.get().filter(|_| is_here);
        let is_moving = page.cut.with(Option::is_some);
        shell::set_keys(head.map_or("", |head| text::keys(head.is_writable(), is_moving)));
    });
    on_cleanup(|| shell::set_keys(""));
}

/// Tells the header where this is.
fn introduce(page: Page) {
    Effect::new(move |_| {
        let Some(head) = page.head.get() else { return };
        shell::set_place(Some(Place {
            region: head.region.id,
            region_name: head.region.name.clone(),
            year: head.year,
            title: head.title.clone(),
            phase: head.phase,
            years: head.region.sheets.clone(),
        }));
        shell::set_title(&format!("{} {}", head.region.name, head.title));
    });
}

/// Filters again when the filter or an entry changes, tells the numbers, and keeps the focus where it can be seen.
fn watch_filter(page: Page) {
    Effect::new(move |before: Option<FilterState>| {
        page.touched.track();
        page.head.track();
        let state = page.filter.get();
        if before.as_ref().is_some_and(|before| *before != state) {
            page.kept.set_if_new(KeptInSight::default());
        }
        let kept = page.kept.get();
        let tally = page.with(|store| store.apply_filter(&state, &kept)).unwrap_or_default();
        page.tally.set_if_new(tally);
        if before.is_some_and(|before| before != state) {
            shell::announce(text::filtered(tally.total, tally.shown));
        }
        dom::after_render(move || focus::settle(page));
        state
    });
}

impl Page {
    /// Takes away the filter that hides an entry, and says so.
    pub fn lift_filter(self, id: EntryId) {
        let (Some(state), Some(head)) = (self.state(id), self.head_now()) else { return };
        let facet = head.columns[head.place(state.cell.get_value()).1].facet;
        let now = self.filter.get_untracked();
        if state.shown.get_untracked() && now.shows(facet) {
            return;
        }
        let mut lifted = now.cleared();
        lifted.hide(now.hidden.iter().copied().filter(|hidden| *hidden != facet));
        self.address.set_query(&lifted.query(), routes::Step::Replace);
        shell::toast(crate::text::clipboard::FILTER_LIFTED);
    }
}

/// Column widths are a person's own preference; they stay in this browser.
fn remember_widths(page: Page) {
    const NAME: &str = "column-widths";
    let kept: Option<Widths> =
        session::account_storage().and_then(|storage| storage.get(Kind::Preference, NAME));
    page.widths.set(kept.unwrap_or_default());
    Effect::new(move |before: Option<()>| {
        let now = page.widths.get();
        if let (Some(()), Some(storage)) = (before, session::account_storage()) {
            // Without room the next visit begins with the paper's widths.
            let _ = storage.put(Kind::Preference, NAME, &now);
        }
    });
}

/// So do hidden columns, for an address that says nothing; one that does is shown as it says.
fn remember_columns(page: Page) {
    const NAME: &str = "hidden-columns";
    let Some(storage) = session::account_storage() else { return };
    let query = routes::use_query();
    Effect::new(move |before: Option<Vec<Facet>>| {
        let hidden = page.filter.with(|filter| filter.hidden.clone());
        if before.is_none() && query.with_untracked(String::is_empty) {
            let kept: Vec<Facet> = storage.get(Kind::Preference, NAME).unwrap_or_default();
            if !kept.is_empty() {
                let mut state = FilterState::default();
                state.hide(kept);
                page.address.set_query(&state.query(), routes::Step::Replace);
            }
        } else if before.is_some_and(|before| before != hidden) {
            let _ = storage.put(Kind::Preference, NAME, &hidden);
        }
        hidden
    });
}
