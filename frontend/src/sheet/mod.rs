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
pub mod page;
pub mod queries;
pub mod store;
mod table;

pub use drag::scroller;

use crate::ui::SetIfNew;
use crate::{
    entry, filter, history, routes, session,
    shell::{self, Place, YearLink},
    storage::Kind,
    text::sheet as text,
    ui,
    view::{Component, Piece, effect, el, live, part},
};
use columns::Widths;
use leptos::prelude::*;
use load::Loading;
use page::Page;
use renkei_domain::{EntryId, Facet, FiscalYear, RegionId};
use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};
use store::Head;
use web_sys::{Event, Node};

/// The sheet of a region's year. Made anew when either changes; the filter stands in the address's query.
pub fn page(region: RegionId, year: FiscalYear) -> Node {
    let page = Page::new(region, year);
    load::load(page);
    effect(move || {
        // Without a table there are no keys for it.
        let may_edit = page.head.with(|head| head.as_ref().map(|head| head.editable.contains(&true)));
        let is_moving = page.cut.with(Option::is_some);
        shell::set_keys(may_edit.map_or("", |may_edit| text::keys(may_edit, is_moving)));
    });
    on_cleanup(|| shell::set_keys(""));
    live(move || {
        let loading = page.loading.get();
        untrack(|| match loading {
            Loading::Waiting => Node::from(ui::skeleton()),
            Loading::Missing => {
                let start = ui::link("button main", "/", crate::text::TO_START);
                ui::message(text::NOT_FOUND, text::NOT_FOUND_WHY, start).into()
            }
            Loading::Failed(failure) => ui::failed(failure, move || load::reload(page)).into(),
            Loading::Here => part(sheet(page)),
        })
    })
}

/// The page of a sheet that is here. Table and bar are made anew when rows, columns or rights change.
fn sheet(page: Page) -> impl Piece {
    remember_widths(page);
    watch_filter(page);
    watch_drafts(page);
    remember_columns(page);
    mark_cut(page);
    // What was said about a press before is over with the next.
    let on_down = move |_: Event| {
        if page.why.get_untracked().is_some() {
            page.why.set(None);
        }
    };
    crate::live::follow(page);
    history::follow(page);
    let bar = live(move || {
        made(page, |head| {
            introduce(head);
            let title = [head.region.name.as_str(), " ", &head.title].concat();
            let head = head.clone();
            Component(view! {
                <h1 class="unseen">{title}</h1>
                <filter::FilterBar page head/>
            })
        })
    });
    let table = live(move || made(page, |head| table::table(page, head)));
    // What is open over the table stays as it is when that is made anew, an input method's composition too.
    let editor = Component(view! { <entry::Editor page /> });
    let area = el("div")
        .class("matrix-area")
        .child(table)
        .child(entry::tools(page))
        .child([entry::menu(page), entry::why(page)])
        .child(editor);
    let sheet = el("div")
        .class("sheet-page")
        .on("pointerdown", on_down)
        .child(bar)
        .child(Component(view! { <history::SinceBar page/> }))
        .child(el("div").class("matrix-scroll").child(area))
        .child(Component(view! { <history::Panel page/> }));
    (sheet, entry::conflict_dialog(page), Component(view! { <history::SnapshotDialog page/> }))
}

/// What follows from the head, and from nothing else.
fn made<P: Piece>(page: Page, make: impl Fn(&Arc<Head>) -> P) -> Option<P> {
    let head = page.head.get();
    untrack(|| head.map(|head| make(&head)))
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

/// Drafts are told where they were typed, or that their place is gone, as entries come and go.
fn watch_drafts(page: Page) {
    effect(move || {
        page.touched.track();
        untrack(entry::refresh);
    });
}

/// Filters again when the filter or an entry changes, tells the numbers, and keeps the focus where it can be seen.
fn watch_filter(page: Page) {
    let before = RefCell::new(None);
    effect(move || {
        page.touched.track();
        page.head.track();
        let state = page.filter.get();
        let tally = page.with(|store| store.apply_filter(&state)).unwrap_or_default();
        page.tally.set_if_new(tally);
        if before.borrow().as_ref().is_some_and(|before| *before != state) {
            shell::announce(text::filtered(tally.total, tally.shown));
        }
        table::settle_soon(page);
        before.replace(Some(state));
    });
}

/// Shows which entry is to be moved. On its element, as thousands need no effect for what only one of them can be.
fn mark_cut(page: Page) {
    let before: Cell<Option<EntryId>> = Cell::new(None);
    effect(move || {
        let now = page.cut.get();
        for (id, cut) in [(before.replace(now), false), (now, true)] {
            if let Some(entry) = id.and_then(|id| focus::by_id(&focus::entry_id(id))) {
                let _ = entry.class_list().toggle_with_force("cut", cut);
            }
        }
    });
}

/// Column widths are a person's own taste; they stay in this browser.
fn remember_widths(page: Page) {
    const NAME: &str = "column-widths";
    let kept: Option<Widths> = session::shelf().and_then(|shelf| shelf.get(Kind::Taste, NAME));
    page.widths.set(kept.unwrap_or_default());
    let first = Cell::new(true);
    effect(move || {
        let now = page.widths.get();
        if let (false, Some(shelf)) = (first.replace(false), session::shelf()) {
            // Without room the next visit begins with the paper's widths.
            let _ = shelf.put(Kind::Taste, NAME, &now);
        }
    });
}

/// So do hidden columns, for an address that says nothing; one that does is shown as it says.
fn remember_columns(page: Page) {
    const NAME: &str = "hidden-columns";
    let Some(shelf) = session::shelf() else { return };
    let query = routes::use_query();
    let before: RefCell<Option<Vec<Facet>>> = RefCell::new(None);
    effect(move || {
        let hidden = page.filter.with(|filter| filter.hidden.clone());
        let before = before.replace(Some(hidden.clone()));
        if before.is_none() && query.with_untracked(String::is_empty) {
            let kept: Vec<Facet> = shelf.get(Kind::Taste, NAME).unwrap_or_default();
            if !kept.is_empty() {
                let mut state = filter::FilterState::default();
                state.hide(kept);
                routes::set_query(&state.query(), routes::Step::Replace);
            }
        } else if before.is_some_and(|before| before != hidden) {
            let _ = shelf.put(Kind::Taste, NAME, &hidden);
        }
    });
}
