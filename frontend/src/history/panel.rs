//! The panel beside the sheet: an entry's or a cell's comments and its history. On a narrow screen it is a dialog over
//! the page; elsewhere the sheet stays at hand beside it.

use super::{
    line::change,
    log::{Source, log},
    of_sheet, year,
};
use crate::{
    comment,
    entry::{self, Action, DraftKey},
    json::Json,
    session,
    sheet::{focus, page::Page, store::CellKey},
    text::{self, comment as comments, history as words},
    ui::{button, dom},
    view::{El, effect, el, live},
    watched::Watched,
};
use leptos::prelude::untrack;
use renkei_domain::{EntryId, Facet, FiscalYear, OrganizationId};
use std::{cell::RefCell, rc::Rc};
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
                let cell = page.state(id)?.cell.get();
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
    pub fn has(self, thread: &Json) -> bool {
        match self {
            Self::Entry(id) => thread.get("entry").text("id").parse() == Ok(id),
            Self::Cell(key) => {
                thread.get("item").text("id").parse() == Ok(key.item)
                    && thread.text("facet") == key.facet.code()
                    && year(thread) == key.year
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
    let versions = Rc::new(Watched::new(topic.versions(page)));
    let shown = versions.clone();
    effect(move || {
        page.touched.track();
        versions.set_if_new(untrack(|| topic.versions(page)));
    });
    live(move || {
        shown.track();
        untrack(|| log(source(page, topic), |_| {}, lines(page, topic)).to_vec())
    })
}

fn source(page: Page, topic: Topic) -> Source {
    let (document, variables, find): (_, _, fn(&Json) -> &Json) = match topic {
        Topic::Entry(id) => (
            concat!(
                include_str!("of_entry.graphql"),
                include_str!("change_line.graphql"),
                include_str!("version.graphql")
            ),
            vec![("id".to_owned(), Json::Text(id.to_string()))],
            |data| data.get("node").get("changes"),
        ),
        Topic::Cell(key) => {
            let mut variables = of_sheet(page);
            variables.push(("itemId".to_owned(), Json::Text(key.item.to_string())));
            variables.push(("facet".to_owned(), key.facet.code().into()));
            variables.push(("year".to_owned(), Json::Int(key.year.0.into())));
            (super::OF_SHEET, variables, |data| data.get("sheet").get("changes"))
        }
    };
    Source { document, variables, find, empty: words::EMPTY, more: words::OLDER, offline: words::OFFLINE }
}

/// The lines of the changes, newest first: each version but the present one can be gone back to.
fn lines(page: Page, topic: Topic) -> impl Fn(&Json) -> Vec<El> {
    // The newest version of each entry that was met so far.
    let newest: RefCell<Vec<(EntryId, i32)>> = RefCell::default();
    move |node| {
        let line = change(node, matches!(topic, Topic::Cell(_)));
        let about = node.get("entry");
        let (Ok(id), Ok(to)) = (about.text("entryId").parse::<EntryId>(), node.text("id").parse()) else {
            return vec![line];
        };
        let mut newest = newest.borrow_mut();
        let known = newest.iter().find(|(known, _)| *known == id).map(|(_, version)| *version);
        let version = known.unwrap_or_else(|| {
            let version = i32::try_from(about.get("after").int("version")).unwrap_or_default();
            newest.push((id, version));
            version
        });
        let deleted = node.text("action") == "DELETE";
        if known.is_none() && !deleted {
            return vec![line.child(el("p").class("now").child(words::NOW))];
        }
        let owner = about.get("after").get("owner").text("id").parse::<OrganizationId>().ok();
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
