//! The panel beside the sheet: an entry's or a cell's comments and its history. On a narrow screen it is a dialog over
//! the page; elsewhere the sheet stays at hand beside it.

use super::{
    changes,
    line::ChangeLine,
    log::{Listed, Log, Words},
    queries::{Change, ChangeAction, EntryHistory, EntryHistoryVariables, Node as HistoryNode},
};
use crate::{
    api::{self, EnumValue, Failure, Id},
    cached_query,
    clipboard::{CopyTarget, copy},
    comment::{Thread, Threads},
    entry::{self, Action},
    session,
    sheet::{focus, page::Page, store::CellKey},
    sync::DraftKey,
    text::{self, clipboard, comment as comments, history as words},
    ui::{dom, is_composing},
};
use cynic::QueryBuilder;
use leptos::{ev, html::Dialog, prelude::*};
use renkei_domain::{EntryId, Facet, FiscalYear, ItemId, OrganizationId};
use web_sys::{Element, HtmlDialogElement};

/// What the panel is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelTarget {
    Entry(EntryId),
    Cell(CellKey),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelTab {
    Comments,
    History,
}

/// Pixels of a window below which the panel covers the page.
const NARROW_PX: f64 = 900.0;
const HEADING: &str = "beside-heading";

/// The panel, if it is open.
#[component]
pub fn Panel(page: Page) -> impl IntoView {
    move || page.panel.open.get().map(|(target, tab)| view! { <OpenPanel page target tab/> })
}

/// Opens the panel for a cell, from its foot.
#[component]
pub fn CellTool(page: Page, key: CellKey) -> impl IntoView {
    let open = move |event: ev::MouseEvent| {
        event.stop_propagation();
        page.panel.open.set(Some((PanelTarget::Cell(key), PanelTab::History)));
    };
    let copy_cell = move |event: ev::MouseEvent| {
        event.stop_propagation();
        if let Some(cell) = page.number(key) {
            copy(page, CopyTarget::Cells(vec![vec![cell]]));
        }
    };
    view! {
        <span class="cell-tools">
            <button
                type="button"
                tabindex="-1"
                title=words::OF_THIS_CELL
                aria-label=words::CELL_TOOL
                on:click=open
            >
                {words::CELL_TOOL_SHORT}
                <span class="where-wide">{words::CELL_TOOL_MORE}</span>
            </button>
            <button type="button" tabindex="-1" title=clipboard::COPY_CELL on:click=copy_cell>
                {clipboard::COPY}
            </button>
        </span>
    }
}

/// [`CellTool`] by key, at an element of a cell.
pub fn open_cell(page: Page, target: &Element) -> bool {
    let key = focus::cell_at(page, target).and_then(|cell| page.cell_key(cell));
    if let Some(key) = key {
        page.panel.open.set(Some((PanelTarget::Cell(key), PanelTab::History)));
    }
    key.is_some()
}

/// A cell as the server names it; none, if this client is older than its facet.
pub fn cell_key(item: ItemId, facet: EnumValue<Facet>, year: i32) -> Option<CellKey> {
    Some(CellKey { item, facet: facet.0?, year: FiscalYear(year) })
}

impl PanelTarget {
    /// What a thread is about: its entry, else its cell.
    pub fn about(entry: Option<EntryId>, cell: Option<CellKey>) -> Option<Self> {
        entry.map(Self::Entry).or_else(|| cell.map(Self::Cell))
    }

    /// [`PanelTarget::about`] on a sheet, where a deleted entry's threads stand at its cell.
    pub fn of(page: Page, thread: &Thread) -> Option<Self> {
        let entry = thread.entry.as_ref().map(|entry| entry.id.0);
        let entry = entry.filter(|id| page.state(*id).is_some());
        Self::about(entry, cell_key(thread.item.id.0, thread.facet, thread.fiscal_year))
    }

    /// A cell as an address names it: item/FACET/year.
    pub fn parse_cell(name: &str) -> Option<CellKey> {
        let mut parts = name.split('/');
        Some(CellKey {
            item: parts.next()?.parse().ok()?,
            facet: Facet::from_code(parts.next()?)?,
            year: FiscalYear(parts.next()?.parse().ok()?),
        })
    }

    /// Of an address that leads to its comments, beside its sheet.
    pub fn comments_fragment(self) -> String {
        match self {
            Self::Entry(id) => format!("#comments-{id}"),
            Self::Cell(CellKey { item, facet, year }) => format!("#cell-{item}/{}/{}", facet.code(), year.0),
        }
    }

    /// Whether a thread belongs to it; to a cell belong those of its entries too.
    pub fn has(self, thread: &Thread) -> bool {
        match self {
            Self::Entry(id) => thread.entry.as_ref().is_some_and(|entry| entry.id.0 == id),
            Self::Cell(key) => {
                thread.item.id.0 == key.item
                    && thread.facet.0 == Some(key.facet)
                    && thread.fiscal_year == key.year.0
            }
        }
    }

    fn draft_key(self) -> DraftKey {
        match self {
            Self::Entry(id) => DraftKey::Entry(id),
            Self::Cell(key) => DraftKey::New(key),
        }
    }

    /// The versions of what it holds: another one, and its history has grown.
    fn versions(self, page: Page) -> Vec<(EntryId, i32)> {
        let ids = match self {
            Self::Entry(id) => vec![id],
            Self::Cell(key) => page.number(key).map(|cell| page.order(cell)).unwrap_or_default(),
        };
        ids.into_iter().map(|id| (id, page.entry(id).map_or(0, |entry| entry.version))).collect()
    }
}

#[component]
fn OpenPanel(page: Page, target: PanelTarget, tab: PanelTab) -> impl IntoView {
    let place = page.place(target.draft_key());
    let title = if place.is_empty() { words::TITLE.to_owned() } else { place };
    let tab_button = move |label: &'static str, to: PanelTab| {
        let pressed = if to == tab { "true" } else { "false" };
        view! {
            <button type="button" aria-pressed=pressed on:click=move |_| page.panel.open.set(Some((target, to)))>
                {label}
            </button>
        }
    };
    let cell = match target {
        PanelTarget::Entry(_) => page.cell_of(target.draft_key()).and_then(|cell| page.cell_key(cell)),
        PanelTarget::Cell(_) => None,
    };
    let whole_cell = cell.map(|key| {
        let open = move |_| page.panel.open.set(Some((PanelTarget::Cell(key), tab)));
        view! {
            <button type="button" class="link-button" on:click=open>
                {words::OF_CELL}
            </button>
        }
    });
    let contents = match tab {
        PanelTab::Comments => view! { <Threads page target/> }.into_any(),
        PanelTab::History => view! { <Changes page target/> }.into_any(),
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) {
            event.prevent_default();
            event.stop_propagation();
            close(page, target);
        }
    };
    let on_cancel = move |event: ev::Event| {
        event.prevent_default();
        close(page, target);
    };
    let panel = NodeRef::<Dialog>::new();
    dom::after_render(move || {
        if let Some(panel) = panel.try_get_untracked().flatten() {
            show(&panel, target);
        }
    });
    view! {
        <dialog class="beside" aria-labelledby=HEADING node_ref=panel on:keydown=on_keydown on:cancel=on_cancel>
            <div class="beside-head">
                <h2 id=HEADING tabindex="-1" autofocus=true>
                    {title}
                </h2>
                <button type="button" class="close" aria-label=text::CLOSE on:click=move |_| close(page, target)>
                    "×"
                </button>
                <div class="beside-tabs">
                    {tab_button(comments::TITLE, PanelTab::Comments)}
                    {tab_button(words::TITLE, PanelTab::History)}
                </div>
                {whole_cell}
            </div>
            {contents}
        </dialog>
    }
}

/// Over the page where it is narrow, else beside the sheet, in which what the panel is about stays in sight.
fn show(panel: &HtmlDialogElement, target: PanelTarget) {
    if dom::window_size().0 < NARROW_PX {
        // Fails only for a dialog that is not in the page.
        let _ = panel.show_modal();
        return;
    }
    panel.show();
    // The table has become narrower.
    let element = match target {
        PanelTarget::Entry(id) => focus::by_id(&focus::entry_id(id)),
        PanelTarget::Cell(_) => None,
    };
    if let Some(element) = element {
        dom::bring_into_view(&element);
    }
}

/// The focus goes back to what the panel was about.
fn close(page: Page, target: PanelTarget) {
    page.panel.open.set(None);
    focus::soon(page, target.draft_key());
}

/// Puts the focus where it stays, when the control that had it goes.
pub fn focus_heading() {
    dom::focus(focus::by_id(HEADING));
}

/// The changes, newest first; made anew when there are more of them.
#[component]
fn Changes(page: Page, target: PanelTarget) -> impl IntoView {
    let versions = Memo::new(move |_| {
        page.touched.track();
        untrack(|| target.versions(page))
    });
    move || {
        // A memo is made when it is read, and followed from then on.
        let _ = versions.get();
        let words = Words { empty: words::EMPTY, more: words::OLDER, offline: words::OFFLINE };
        view! {
            <Log
                words
                ask=move |after| ask(page, target, after)
                line=move |changes: &[Change], number| version(page, target, changes, number)
            />
        }
    }
}

async fn ask(page: Page, target: PanelTarget, after: Option<String>) -> Result<Listed<Change>, Failure> {
    let changes = match target {
        PanelTarget::Entry(id) => {
            let operation = EntryHistory::build(EntryHistoryVariables { id: Id(id), after });
            let data = cached_query::fetch::<EntryHistory>(api::request(&operation), String::new()).await?;
            match data.node {
                Some(HistoryNode::Entry(entry)) => Some(entry.changes),
                Some(HistoryNode::Unknown) | None => None,
            }
        }
        PanelTarget::Cell(key) => {
            let sheet = changes(page.region, page.year, Some(key), after).await?;
            sheet.map(|sheet| sheet.changes)
        }
    };
    Ok(changes.into())
}

/// A change's line: each version but the present one can be gone back to.
fn version(page: Page, target: PanelTarget, changes: &[Change], number: usize) -> impl IntoView + use<> {
    let change = changes[number].clone();
    let restoring = change.entry.as_ref().map(|about| {
        let (id, to) = (about.entry_id.0, change.id.0);
        let newer =
            |other: &&Change| other.entry.as_ref().is_some_and(|entry| entry.entry_id == about.entry_id);
        // The newest version of this entry that was met so far, unless it is this one.
        let newest = changes[..number].iter().find(newer).and_then(|change| change.entry.as_ref());
        if newest.is_none() && change.action != ChangeAction::Delete {
            return view! { <p class="now">{words::NOW}</p> }.into_any();
        }
        let newest_version = newest.unwrap_or(about).after.version;
        let label = if newest.is_none() { words::RESTORE_DELETED } else { words::RESTORE };
        let restore = move |_| {
            let version = page.entry(id).map_or(newest_version, |entry| entry.version);
            focus_heading();
            page.act(id, Action::Restore { change: to, version });
        };
        let owner = about.after.owner.as_ref().map(|owner| owner.id.0);
        let button = may_write(page, target, owner).then(|| {
            view! {
                <button type="button" class="button small" on:click=restore>
                    {label}
                </button>
            }
        });
        button.into_any()
    });
    view! {
        <ChangeLine change with_place=matches!(target, PanelTarget::Cell(_))>
            {restoring}
        </ChangeLine>
    }
}

/// As far as the table of rights says; the server decides.
fn may_write(page: Page, target: PanelTarget, owner: Option<OrganizationId>) -> bool {
    let Some(head) = page.head_now() else { return false };
    let Some(cell) = page.cell_of(target.draft_key()) else {
        // A deleted entry, reached from elsewhere.
        return true;
    };
    let column = &head.columns[head.place(cell).1];
    entry::objection(&head, session::viewer().as_ref(), column, owner.into()).is_none()
}
