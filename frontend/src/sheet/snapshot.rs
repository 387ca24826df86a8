//! A snapshot of a sheet (提出版): the table as it was laid before a council, to be read, filtered, copied and printed,
//! and never changed.

use super::{
    ItemJumps, focus,
    load::Loading,
    page::Page,
    queries::{self, SheetSnapshot, SheetVariables, SnapshotNode, SnapshotVariables},
    table::Table,
};
use crate::{
    api::{self, Failure, Id},
    cached_query, clipboard,
    entry::{EntryMenu, EntryTools, WhyNote},
    filter, history,
    routes::{self, Route},
    shell,
    text::{self, history as words},
    ui::{Failed, Message, Skeleton, named},
};
use cynic::QueryBuilder;
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::{FiscalYear, RegionId, SnapshotId};

/// What a snapshot says about itself.
#[derive(Clone, PartialEq)]
struct About {
    label: String,
    taken_at: String,
    seq: i32,
}

/// The page of a snapshot; its filter stands in the address as a sheet's does.
#[component]
pub fn SnapshotPage(region: RegionId, year: FiscalYear, snapshot: SnapshotId) -> impl IntoView {
    let page = Page::of_snapshot(region, year, snapshot);
    let about = RwSignal::new(None);
    let load = move || {
        spawn_local(async move {
            let loading = read(page, snapshot, about).await.unwrap_or_else(Loading::Failed);
            // The page may have been left meanwhile.
            page.loading.set(loading);
        });
    };
    load();
    super::tell_keys(page);
    move || match page.loading.get() {
        Loading::Waiting => view! { <Skeleton /> }.into_any(),
        Loading::Missing => view! {
            <Message title=words::SNAPSHOT_MISSING why=text::NOT_FOUND_WHY>
                <a class="button main" href=Route::Sheet(region, year).path()>
                    {words::TO_TODAY}
                </a>
            </Message>
        }
        .into_any(),
        Loading::Failed(failure) => view! { <Failed failure on_retry=move |()| load() /> }.into_any(),
        Loading::Here => view! { <Frozen page about /> }.into_any(),
    }
}

/// Asks for the sheet's head as it is today, and for what stood on it.
async fn read(page: Page, id: SnapshotId, about: RwSignal<Option<About>>) -> Result<Loading, Failure> {
    let (region_id, fiscal_year, kept) = (Id(page.region), page.year.0, page.kept_as());
    let of_sheet = api::request(&queries::Sheet::build(SheetVariables { region_id, fiscal_year }));
    let variables = SnapshotVariables { id: Id(id), region_id, fiscal_year };
    let of_snapshot = api::request(&SheetSnapshot::build(variables));
    let sheet = cached_query::fetch::<queries::Sheet>(of_sheet, format!("head:{kept}")).await?.sheet;
    let found = cached_query::fetch::<SheetSnapshot>(of_snapshot, format!("snapshot:{id}")).await?;
    let is_its = found.sheet.is_some_and(|sheet| sheet.snapshots.iter().any(|one| one.id.0 == id));
    let (Some(sheet), Some(SnapshotNode::Snapshot(snapshot)), true) = (sheet, found.node, is_its) else {
        return Ok(Loading::Missing);
    };
    if page.is_left() {
        return Ok(Loading::Waiting);
    }
    let (label, taken_at, seq) = (snapshot.label.clone(), snapshot.taken_at.clone(), snapshot.seq);
    about.set(Some(About { label, taken_at, seq }));
    page.take(sheet.as_in(snapshot));
    Ok(Loading::Here)
}

#[component]
fn Frozen(page: Page, about: RwSignal<Option<About>>) -> impl IntoView {
    super::remember_widths(page);
    super::watch_filter(page);
    super::introduce(page);
    clipboard::follow(page);
    Effect::new(move || {
        if let (Some(head), Some(about)) = (page.head.get(), about.get()) {
            shell::set_title(&format!("{} {}", words::snapshot(&about.label), head.title));
        }
    });
    let fragment = routes::use_fragment();
    // `#entry-…` leads to an entry.
    Effect::new(move || {
        page.head.track();
        let entry = fragment.get().strip_prefix("entry-").and_then(|id| id.parse().ok());
        untrack(|| {
            if let (Some(id), Some(_)) = (entry, page.head_now()) {
                page.lift_filter(id);
                focus::entry_soon(page, id);
            }
        });
    });
    let head = move || page.head.get();
    let on_down = move |_| page.why.set(None);
    view! {
        <div class="sheet-page" on:pointerdown=on_down>
            {move || about.get().map(|about| view! { <SnapshotBar page about /> })}
            {move || head().map(|head| view! { <filter::FilterBar page head /> })}
            <div class="matrix-scroll">
                <div class="matrix-area">
                    {move || head().map(|head| view! { <Table page head /> })}
                    <EntryTools page />
                    <EntryMenu page />
                    <WhyNote page />
                </div>
            </div>
            <div class="sheet-foot">
                {move || head().map(|head| view! { <filter::FilterNote page head /> })}
                {move || head().map(|head| view! { <ItemJumps head /> })}
            </div>
        </div>
    }
}

/// Which snapshot it is, that it stays as it is, and the ways to the sheet of today.
#[component]
fn SnapshotBar(page: Page, about: About) -> impl IntoView {
    let About { label, taken_at, seq } = about;
    let today = Route::Sheet(page.region, page.year).path();
    let title = move || page.head.with(|head| head.as_ref().map(|head| head.title.clone()));
    view! {
        <div class="snapshot-bar">
            <h1>{named(words::snapshot, &label)}" "<small><bdi>{title}</bdi></small></h1>
            <p>{words::frozen_at(&history::moment(&taken_at))}</p>
            <a href=format!("{today}?since={seq}")>{words::COMPARE_WITH_TODAY}</a>
            <a href=today>{words::TO_TODAY}</a>
        </div>
    }
}
