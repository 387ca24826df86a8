//! What was changed: of an entry and of a cell beside the sheet, of a sheet on a page of its own, and since a day as
//! marks in the matrix. Comments stand in the same panel.

mod line;
mod log;
mod marks;
mod page;
mod panel;
mod since;
mod snapshot;

pub use line::{moment, place, who, year};
pub use log::{Source, log};
pub use page::page;
pub use panel::{Leaf, Topic, cell_tool, focus_heading, open_cell, panel};
pub use since::{since_bar, since_menu};
pub use snapshot::snapshot_dialog;

use crate::{json::Json, remembered, route, sheet::page::Page, ui::dom, view::effect, watched::Watched};
use leptos::{prelude::untrack, task::spawn_local};
use renkei_domain::EntryId;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

const OF_SHEET: &str = concat!(
    include_str!("of_sheet.graphql"),
    include_str!("change_line.graphql"),
    include_str!("version.graphql")
);

/// What stands beside a sheet, as the server tells it after the sheet itself.
#[derive(Default)]
pub struct Beside {
    /// What the panel is about, if it is open.
    pub open: Watched<Option<(Topic, Leaf)>>,
    /// The sheet's threads: those that are open, and the resolved ones once the panel was opened.
    pub threads: Watched<Vec<Rc<Json>>>,
    /// Whom one can mention, the last visit, the snapshots.
    pub told: Watched<Option<Rc<Json>>>,
    /// What differs since, entry by entry; none: no marks.
    pub since: Watched<Option<Rc<Json>>>,
    /// The dialog that makes a snapshot is open.
    pub snapshot: Watched<bool>,
    /// The visit before this page was opened, whatever is noted meanwhile: up to which change, and when.
    visit: RefCell<Option<(i64, String)>>,
    /// Up to which change this visit was noted.
    noted: Cell<i64>,
    timer: Cell<i32>,
}

/// Milliseconds of rest before threads are asked for again.
const REST_MS: i32 = 300;

impl Beside {
    /// Takes a thread in as a mutation has answered it.
    pub fn put(&self, thread: &Json) {
        let thread = Rc::new(thread.clone());
        self.threads.update(|threads| {
            match threads.iter_mut().find(|one| one.text("id") == thread.text("id")) {
                Some(known) => *known = thread,
                None => threads.push(thread),
            }
        });
    }
}

/// Region and year, as every question about a sheet begins.
pub fn of_sheet(page: Page) -> Vec<(String, Json)> {
    variables(page.region, page.year)
}

fn variables(region: renkei_domain::RegionId, year: renkei_domain::FiscalYear) -> Vec<(String, Json)> {
    let region = Json::Text(region.to_string());
    vec![("regionId".to_owned(), region), ("fiscalYear".to_owned(), Json::Int(year.0.into()))]
}

/// From now on threads, marks and the address are followed. Once, when the sheet's page is made.
pub fn follow(page: Page) {
    effect(move || {
        page.threads_changed.track();
        page.head.track();
        // What is resolved is of interest to who looks at a place's comments.
        page.beside.open.track();
        if untrack(|| page.head_now().is_some()) {
            dom::forget_timer(page.beside.timer.get());
            page.beside.timer.set(dom::after(REST_MS, move || spawn_local(load(page))));
        }
    });
    crate::comment::send_what_waits(page);
    marks::follow(page);
    since::follow(page);
    follow_fragment(page);
}

async fn load(page: Page) {
    let all = page.beside.open.with_untracked(Option::is_some);
    let mut variables = of_sheet(page);
    variables.push(("resolved".to_owned(), if all { Json::Null } else { Json::Bool(false) }));
    let kept = format!("beside:{}", page.kept_as());
    let document = concat!(include_str!("beside.graphql"), include_str!("../comment/thread_lines.graphql"));
    let answer = remembered::answer(document, &Json::Map(variables), kept).await;
    // Without it the sheet is as good as before; the panel says that the server is away.
    let Ok(mut data) = answer else { return };
    crate::comment::set_waiting(data.get("waitingThreads").int("totalCount"));
    let mut sheet = data.take("sheet");
    let Json::List(threads) = sheet.take("threads") else { return };
    page.beside.threads.set_if_new(threads.into_iter().map(Rc::new).collect());
    let visit = sheet.get("lastVisit");
    let mut kept = page.beside.visit.borrow_mut();
    if kept.is_none() && !visit.is_null() {
        *kept = Some((visit.int("seq"), moment(visit.text("at"))));
    }
    drop(kept);
    page.beside.told.set_if_new(Some(Rc::new(sheet)));
}

/// `#entry-…` leads to an entry, `#history-…` and `#comments-…` to what stands beside it, `#cell-…` to a cell's
/// comments.
fn follow_fragment(page: Page) {
    effect(move || {
        page.head.track();
        let fragment = route::use_fragment().get();
        untrack(|| {
            let Some((kind, id)) = fragment.split_once('-').filter(|_| page.head_now().is_some()) else {
                return;
            };
            match (kind, id.parse::<EntryId>()) {
                ("entry", Ok(id)) => crate::sheet::focus::entry_soon(page, id),
                ("history", Ok(id)) => page.beside.open.set(Some((Topic::Entry(id), Leaf::History))),
                ("comments", Ok(id)) => page.beside.open.set(Some((Topic::Entry(id), Leaf::Comments))),
                ("cell", _) => {
                    if let Some(key) = Topic::parse_cell(id) {
                        page.beside.open.set(Some((Topic::Cell(key), Leaf::Comments)));
                    }
                }
                _ => {}
            }
        });
    });
}
