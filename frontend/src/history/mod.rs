//! What was changed: of an entry and of a cell beside the sheet, of a sheet on a page of its own, and since a day as
//! marks in the matrix. Comments stand in the same panel.

mod line;
mod log;
mod marks;
mod page;
mod panel;
pub mod queries;
mod since;
mod snapshot;

pub use line::{Who, moment, place};
pub use log::{Listed, Log, Words};
pub use page::HistoryPage;
pub use panel::{CellTool, Panel, PanelTab, PanelTarget, cell_key, focus_heading, open_cell};
pub use since::{SinceBar, SinceMenu};
pub use snapshot::SnapshotDialog;

use crate::{
    api::{self, EnumValue, Failure, Id},
    cached_query,
    comment::Thread,
    entry,
    notice::NoticeCount,
    routes,
    sheet::{page::Page, store::CellKey},
    shell, storage,
    sync::draft_sync,
    text::comment as comments,
    ui::{SetIfNew, dom},
};
use cynic::QueryBuilder;
use leptos::{prelude::*, task::spawn_local};
use queries::{
    BesideVariables, EntryDifference, RegionPeople, SheetChanges, SheetHistory, SheetHistoryVariables,
    Snapshot,
};
use renkei_domain::{EntryId, FiscalYear, RegionId, ThreadId};
use std::{sync::Arc, time::Duration};

/// What stands beside a sheet, as the server tells it after the sheet itself.
#[derive(Clone, Copy, Default)]
pub struct SidePanel {
    /// What the panel is about, if it is open.
    pub open: RwSignal<Option<(PanelTarget, PanelTab)>>,
    /// The sheet's threads: those that are open, and the resolved ones once the panel was opened.
    pub threads: RwSignal<Vec<Arc<Thread>>>,
    pub told: RwSignal<Option<Arc<Told>>>,
    /// What differs since, entry by entry; none: no marks.
    pub since: RwSignal<Option<Arc<Vec<EntryDifference>>>>,
    /// The dialog that makes a snapshot is open.
    pub snapshot: RwSignal<bool>,
    /// The snapshot that was asked for, while its outcome is not known.
    attempt: StoredValue<Option<snapshot::Attempt>>,
    /// The thread that somebody is being led to, while it is not known.
    sought: RwSignal<Option<ThreadId>>,
    /// The visit before this page was opened, whatever is noted meanwhile: up to which change, and when.
    visit: StoredValue<Option<(i64, String)>>,
    /// Up to which change this visit was noted.
    noted: StoredValue<i64>,
}

/// What the server tells of a sheet beside its threads.
#[derive(PartialEq)]
pub struct Told {
    pub snapshots: Vec<Snapshot>,
    /// Whom one can mention.
    pub region: RegionPeople,
}

/// After so much rest is it asked for again what stands beside a sheet that has changed.
const REST: Duration = Duration::from_millis(300);

impl SidePanel {
    /// Leads to a place's comments, though they are open already.
    pub fn show(&self, target: PanelTarget) {
        self.open.set(Some((target, PanelTab::Comments)));
    }

    /// Leads to a thread, wherever it stands; that may have to be asked for first.
    pub fn seek(&self, thread: ThreadId) {
        self.sought.set(Some(thread));
    }

    fn thread(&self, id: ThreadId) -> Option<Arc<Thread>> {
        self.threads.with(|threads| threads.iter().find(|thread| thread.id.0 == id).cloned())
    }

    /// Takes a thread in as a mutation has answered it.
    pub fn put(&self, thread: Thread) {
        let thread = Arc::new(thread);
        self.threads.update(|threads| match threads.iter_mut().find(|one| one.id == thread.id) {
            Some(known) => *known = thread,
            None => threads.push(thread),
        });
    }
}

/// A page of a sheet's log, or of a cell's. None: there is no such sheet, or none that this person may see.
async fn changes(
    region: RegionId,
    year: FiscalYear,
    cell: Option<CellKey>,
    after: Option<String>,
) -> Result<Option<SheetChanges>, Failure> {
    let variables = SheetHistoryVariables {
        region_id: Id(region),
        fiscal_year: year.0,
        after,
        item_id: cell.map(|cell| Id(cell.item)),
        facet: cell.map(|cell| EnumValue(Some(cell.facet))),
        year: cell.map(|cell| cell.year.0),
    };
    let request = api::request(&SheetHistory::build(variables));
    Ok(cached_query::fetch::<SheetHistory>(request, String::new()).await?.sheet)
}

/// From now on threads, marks and the address are followed. Once, when the sheet's page is made.
pub fn follow(page: Page) {
    let notices = expect_context::<NoticeCount>();
    let mut load = debounce(REST, move |()| spawn_local(load(page, notices)));
    Effect::new(move || {
        page.threads_changed.track();
        page.head.track();
        // What is resolved is of interest to who looks at a place's comments.
        page.panel.open.track();
        page.panel.sought.track();
        // What could not be asked is asked when the server is back.
        api::use_online().track();
        if page.head_now().is_some() {
            load(());
        }
    });
    marks::follow(page);
    since::follow(page);
    follow_sought(page);
    follow_fragment(page);
}

async fn load(page: Page, count: NoticeCount) {
    if page.is_left() {
        return;
    }
    let all =
        page.panel.open.with_untracked(Option::is_some) || page.panel.sought.with_untracked(Option::is_some);
    let variables = BesideVariables {
        region_id: Id(page.region),
        fiscal_year: page.year.0,
        resolved: if all { None } else { Some(false) },
    };
    let request = api::request(&queries::Beside::build(variables));
    // Where the session has expired, the sheet's line asks to sign in, and tells when it is followed again.
    let answer = cached_query::ask::<queries::Beside>(&request, &format!("beside:{}", page.kept_as())).await;
    // Without it the sheet is as good as before; the panel says that the server is away.
    let Ok(data) = answer else { return };
    if page.is_left() || (!api::is_online() && page.panel.told.with_untracked(Option::is_some)) {
        // What was kept for when the server is away is older than what stands here.
        return;
    }
    count.set(data.notices.unread_count);
    let Some(sheet) = data.sheet else { return };
    page.panel.threads.set_if_new(sheet.threads.into_iter().map(Arc::new).collect());
    if let Some(visit) = sheet.last_visit.filter(|_| page.panel.visit.with_value(Option::is_none)) {
        page.panel.visit.set_value(Some((visit.seq.into(), moment(&visit.at))));
    }
    let told = Told { snapshots: sheet.snapshots, region: sheet.region };
    page.panel.told.set_if_new(Some(Arc::new(told)));
}

/// Opens the panel where the thread stands that is sought, as soon as it is known.
fn follow_sought(page: Page) {
    Effect::new(move || {
        page.head.track();
        let Some(thread) = page.panel.sought.get() else { return };
        let known = page.panel.thread(thread).filter(|_| page.head_now().is_some());
        if let Some(target) = known.and_then(|known| PanelTarget::of(page, &known)) {
            if dom::find(".editor :focus").is_some() {
                // Whoever has gone on writing meanwhile is not interrupted.
                page.panel.sought.set(None);
            } else {
                page.panel.show(target);
            }
        } else if !api::is_online() {
            shell::toast_until(comments::DRAFT_OPENS_LATER, None, api::is_online);
        }
    });
    // What has been opened since is not taken away from whoever looks at it.
    Effect::new(move || {
        if page.panel.open.with(Option::is_some) {
            page.panel.sought.set_if_new(None);
        }
    });
}

/// `#draft` leads to what was typed there and not saved, `#entry-…` to an entry, `#history-…` and `#comments-…` to what
/// stands beside it, `#cell-…` to a cell's comments, `#thread-…` to a thread.
fn follow_fragment(page: Page) {
    let fragment = routes::use_fragment();
    // A draft may be known only when the server has told what other machines have.
    let (wanted, led) = (StoredValue::new(false), StoredValue::new(String::new()));
    Effect::new(move || {
        fragment.track();
        page.head.track();
        storage::changes().track();
        draft_sync::use_elsewhere().track();
        untrack(|| {
            if wanted.get_value() && page.editing.get_untracked().is_none() && entry::open_draft(page) {
                wanted.set_value(false);
            }
        });
    });
    Effect::new(move || {
        page.head.track();
        let fragment = fragment.get();
        untrack(|| {
            // Once: what it has opened may have been closed when the table is made anew.
            if page.head_now().is_none() || led.get_value() == fragment {
                return;
            }
            led.set_value(fragment.clone());
            if fragment == entry::DRAFT_FRAGMENT.trim_start_matches('#') {
                let free = page.editing.get_untracked().is_none();
                return wanted.set_value(free && !entry::open_draft(page));
            }
            let Some((kind, id)) = fragment.split_once('-') else { return };
            match (kind, id.parse::<EntryId>()) {
                ("entry", Ok(id)) => {
                    page.lift_filter(id);
                    crate::sheet::focus::entry_soon(page, id);
                }
                ("history", Ok(id)) => page.panel.open.set(Some((PanelTarget::Entry(id), PanelTab::History))),
                ("comments", Ok(id)) => page.panel.show(PanelTarget::Entry(id)),
                ("thread", _) => {
                    if let Ok(id) = id.parse() {
                        page.panel.seek(id);
                    }
                }
                ("cell", _) => {
                    if let Some(key) = PanelTarget::parse_cell(id) {
                        page.panel.show(PanelTarget::Cell(key));
                    }
                }
                _ => {}
            }
        });
    });
}
