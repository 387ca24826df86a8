//! The panel beside the sheet: an entry's or a cell's comments and its history. On a narrow screen it is a dialog over
//! the page; elsewhere the sheet stays at hand beside it.

use super::{
    line::change,
    log::{Listed, Words, log},
    of_sheet,
    queries::{
        Change, ChangeAction, EntryHistory, EntryHistoryVariables, Node as HistoryNode, SheetHistory,
        SheetHistoryVariables,
    },
};
use crate::ui::SetIfNew;
use crate::{
    api::{self, EnumValue, Failure, Id},
    cached_query,
    comment::{self, Thread},
    entry::{self, Action, DraftKey},
    session,
    sheet::{focus, page::Page, store::CellKey},
    text::{self, comment as comments, history as words},
    ui::{button, dom},
    view::{El, effect, el, live},
};
use cynic::QueryBuilder;
use leptos::prelude::*;
use renkei_domain::{EntryId, Facet, FiscalYear, OrganizationId};
use std::cell::RefCell;
use web_sys::{
    Element, Event, HtmlDialogElement, KeyboardEvent, Node, ScrollIntoViewOptions, ScrollLogicalPosition,
};

/// What the panel is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Entry(EntryId),
    Cell(CellKey),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    Comments,
    History,
}

/// Pixels of a window below which the panel covers the page.
const NARROW_PX: f64 = 900.0;
const HEADING: &str = "beside-heading";

/// The panel, if it is open.
pub fn panel(page: Page) -> Node {
    live(move || page.beside.open.get().map(|(topic, leaf)| untrack(|| opened(page, topic, leaf))))
}

/// Opens the panel for a cell, from its foot.
pub fn cell_tool(page: Page, key: CellKey) -> El {
    let open = move |event: Event| {
        event.stop_propagation();
        page.beside.open.set(Some((Topic::Cell(key), Leaf::History)));
    };
    el("button")
        .class("cell-tool")
        .attr("type", "button")
        .attr("tabindex", "-1")
        .attr("title", words::OF_THIS_CELL)
        .on("click", open)
        .child(words::CELL_TOOL)
}

/// [`cell_tool`] by key, at an element of a cell.
pub fn open_cell(page: Page, target: &Element) -> bool {
    let Some((row, column)) = focus::cell_at(target) else { return false };
    let Some(head) = page.head_now() else { return false };
    let key =
        page.with(|store| store.cells.get(row * head.columns.len() + column).map(|cell| cell.key)).flatten();
    page.beside.open.set(key.map(|key| (Topic::Cell(key), Leaf::History)));
    true
}

impl Topic {
    /// The cell that it is or stands in.
    pub fn cell(self, page: Page) -> Option<CellKey> {
        match self {
            Self::Cell(key) => Some(key),
            Self::Entry(id) => {
                let cell = page.state(id)?.cell.get_value();
                page.with(|store| store.cells.get(cell).map(|cell| cell.key)).flatten()
            }
        }
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
            Self::Cell(key) => {
                page.with(|store| store.number(key)).flatten().map_or_else(Vec::new, |cell| page.order(cell))
            }
        };
        ids.into_iter().map(|id| (id, page.entry(id).map_or(0, |entry| entry.version))).collect()
    }
}

fn opened(page: Page, topic: Topic, leaf: Leaf) -> El {
    let mut title = page.place(topic.draft_key());
    if title.is_empty() {
        words::TITLE.clone_into(&mut title);
    }
    let heading = el("h2").attr("id", HEADING).attr("tabindex", "-1").attr("autofocus", true).child(title);
    let turn = |label: &str, to: Leaf| {
        button("", label, move || page.beside.open.set(Some((topic, to))))
            .attr("aria-pressed", if to == leaf { "true" } else { "false" })
    };
    let leaves = el("div")
        .class("leaves")
        .child([turn(comments::TITLE, Leaf::Comments), turn(words::TITLE, Leaf::History)]);
    let whole = topic.cell(page).filter(|_| matches!(topic, Topic::Entry(_))).map(|key| {
        button("link-button", words::OF_CELL, move || page.beside.open.set(Some((Topic::Cell(key), leaf))))
    });
    let panel = el("dialog")
        .class("beside")
        .attr("aria-labelledby", HEADING)
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Escape" && !event.is_composing() {
                event.prevent_default();
                event.stop_propagation();
                close(page, topic);
            }
        })
        .on("cancel", move |event: Event| {
            event.prevent_default();
            close(page, topic);
        })
        .child(
            el("div")
                .class("beside-head")
                .child(heading)
                .child(button("close", "×", move || close(page, topic)).attr("aria-label", text::CLOSE))
                .child(leaves)
                .child(whole),
        );
    let panel = match leaf {
        Leaf::Comments => panel.child(comment::threads(page, topic)),
        Leaf::History => panel.child(history(page, topic)),
    };
    let dialog: HtmlDialogElement = panel.as_a::<HtmlDialogElement>().clone();
    dom::after_render(move || {
        let width = dom::window().inner_width().ok().and_then(|width| width.as_f64());
        if width.is_some_and(|width| width < NARROW_PX) {
            // Fails only for a dialog that is not in the page.
            let _ = dialog.show_modal();
        } else {
            dialog.show();
            // The table has become narrower.
            let element = match topic {
                Topic::Entry(id) => focus::by_id(&focus::entry_id(id)),
                Topic::Cell(_) => None,
            };
            if let Some(element) = element {
                let nearest = ScrollIntoViewOptions::new();
                nearest.set_block(ScrollLogicalPosition::Nearest);
                nearest.set_inline(ScrollLogicalPosition::Nearest);
                element.scroll_into_view_with_scroll_into_view_options(&nearest);
            }
        }
    });
    panel
}

/// The focus goes back to what the panel was about.
fn close(page: Page, topic: Topic) {
    page.beside.open.set(None);
    match topic {
        Topic::Entry(id) => focus::entry_soon(page, id),
        Topic::Cell(key) => {
            if let Some(cell) = page.with(|store| store.number(key)).flatten() {
                focus::cell_soon(page, cell);
            }
        }
    }
}

/// Puts the focus where it stays, when the control that had it goes.
pub fn focus_heading() {
    dom::focus(focus::by_id(HEADING));
}

/// Made anew when there is more of it.
fn history(page: Page, topic: Topic) -> Node {
    let versions = ArcRwSignal::new(topic.versions(page));
    let shown = versions.clone();
    effect(move || {
        page.touched.track();
        versions.set_if_new(untrack(|| topic.versions(page)));
    });
    live(move || {
        shown.track();
        let words = Words { empty: words::EMPTY, more: words::OLDER, offline: words::OFFLINE };
        untrack(|| log(words, move |after| ask(page, topic, after), lines(page, topic)).to_vec())
    })
}

async fn ask(page: Page, topic: Topic, after: Option<String>) -> Result<Listed<Change>, Failure> {
    let changes = match topic {
        Topic::Entry(id) => {
            let operation = EntryHistory::build(EntryHistoryVariables { id: Id(id), after });
            let data = cached_query::fetch::<EntryHistory>(api::request(&operation), String::new()).await?;
            match data.node {
                Some(HistoryNode::Entry(entry)) => Some(entry.changes),
                Some(HistoryNode::Unknown) | None => None,
            }
        }
        Topic::Cell(key) => {
            let operation = SheetHistory::build(SheetHistoryVariables {
                after,
                item_id: Some(Id(key.item)),
                facet: Some(EnumValue(Some(key.facet))),
                year: Some(key.year.0),
                ..of_sheet(page.region, page.year)
            });
            let data = cached_query::fetch::<SheetHistory>(api::request(&operation), String::new()).await?;
            data.sheet.map(|sheet| sheet.changes)
        }
    };
    Ok(changes.map_or(Listed { nodes: Vec::new(), next: None }, Listed::from))
}

/// The lines of the changes, newest first: each version but the present one can be gone back to.
fn lines(page: Page, topic: Topic) -> impl Fn(&Change) -> Vec<El> {
    // The newest version of each entry that was met so far.
    let newest: RefCell<Vec<(EntryId, i32)>> = RefCell::default();
    move |node| {
        let line = change(node, matches!(topic, Topic::Cell(_)));
        let Some(about) = &node.entry else { return vec![line] };
        let (id, to) = (about.entry_id.0, node.id.0);
        let mut newest = newest.borrow_mut();
        let known = newest.iter().find(|(known, _)| *known == id).map(|(_, version)| *version);
        let version = known.unwrap_or_else(|| {
            newest.push((id, about.after.version));
            about.after.version
        });
        let deleted = node.action == ChangeAction::Delete;
        if known.is_none() && !deleted {
            return vec![line.child(el("p").class("now").child(words::NOW))];
        }
        let owner = about.after.owner.as_ref().map(|owner| owner.id.0);
        let label = if known.is_none() { words::RESTORE_DELETED } else { words::RESTORE };
        let restore = may_write(page, topic, owner).then(|| {
            button("button small", label, move || {
                let version = page.entry(id).map_or(version, |entry| entry.version);
                focus_heading();
                page.act(id, Action::Restore { change: to, version });
            })
        });
        vec![line.child(restore)]
    }
}

/// As far as the table of rights says; the server decides.
fn may_write(page: Page, topic: Topic, owner: Option<OrganizationId>) -> bool {
    let Some(head) = page.head_now() else { return false };
    let Some(cell) = topic.cell(page).and_then(|key| page.with(|store| store.number(key)).flatten()) else {
        // A deleted entry, reached from elsewhere.
        return true;
    };
    let column = &head.columns[head.place(cell).1];
    entry::objection(&head, session::viewer().as_ref(), column, owner.into()).is_none()
}
