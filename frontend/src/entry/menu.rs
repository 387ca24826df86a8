//! What can be done with an entry besides writing: two buttons at the entry at hand, and its menu.

use super::{
    Action,
    place::{Side, place},
    why::{owner_name, owners},
};
use crate::{
    history::{PanelTab, PanelTarget},
    session,
    sheet::{focus, page::Page},
    text::{comment, history, sheet as text},
    ui::dom,
    view::{El, effect, el, live},
};
use leptos::prelude::*;
use renkei_domain::EntryId;
use wasm_bindgen::JsCast;
use web_sys::{Event, FocusEvent, HtmlElement, KeyboardEvent, Node};

/// The two buttons; one pair for all entries, which goes to where the pointer or the focus is. For the pointer alone:
/// the keyboard has keys for both, and Tab leaves the grid.
pub fn tools(page: Page) -> El {
    let tool = |does: &str, sign: &str, name: &str| {
        el("button")
            .attr("type", "button")
            .attr("tabindex", "-1")
            .attr("data-do", does)
            .attr("title", name)
            .child(el("span").attr("aria-hidden", "true").child(sign))
            .child(el("span").class("unseen").child(name))
    };
    let below = tool("below", "＋", text::ADD_BELOW);
    let adds: HtmlElement = below.as_a::<HtmlElement>().clone();
    let tools = el("div")
        .class("entry-tools")
        .attr("hidden", true)
        .child(below)
        .child(tool("more", "⋯", text::MORE).attr("aria-haspopup", "menu"));
    let element: HtmlElement = tools.as_a::<HtmlElement>().clone();
    effect(move || {
        let at_hand = page.at_hand.get();
        let entry = at_hand.and_then(|id| focus::by_id(&focus::entry_id(id)));
        adds.set_hidden(!at_hand.is_some_and(|id| page.may_add_beside(id)));
        element.set_hidden(entry.is_none());
        if let Some(entry) = entry {
            // Fails for no element of this page.
            let _ = entry.append_child(&element);
        }
    });
    tools
}

impl Page {
    fn may_add_beside(self, id: EntryId) -> bool {
        let writable = |cell: usize| self.with(|store| store.head.editable[cell]).unwrap_or_default();
        self.state(id).is_some_and(|state| writable(state.cell.get_value()))
    }
}

/// One line of the menu.
struct Choice {
    label: String,
    key: &'static str,
    /// For a choice of one among several: whether it is the one.
    checked: Option<bool>,
    act: Box<dyn Fn(Page, EntryId)>,
}

impl Choice {
    fn new(label: &str, key: &'static str, act: impl Fn(Page, EntryId) + 'static) -> Self {
        Self { label: label.to_owned(), key, checked: None, act: Box::new(act) }
    }
}

/// The open menu, if one is.
pub fn menu(page: Page) -> Node {
    live(move || page.menu.get().map(|id| untrack(|| opened(page, id))))
}

fn opened(page: Page, id: EntryId) -> [El; 2] {
    // Whose it is can be chosen on a second leaf.
    let owners_leaf = ArcRwSignal::new(false);
    let turned = owners_leaf.clone();
    let choices = live(move || {
        let leaf = owners_leaf.get();
        let choices = if leaf { owner_choices(page, id) } else { choices(page, id, &owners_leaf) };
        choices.into_iter().map(|choice| item(page, id, choice, owners_leaf.clone())).collect::<Vec<_>>()
    });
    let menu = el("div")
        .class("entry-menu")
        .attr("role", "menu")
        .attr("tabindex", "-1")
        .attr("aria-label", text::MORE);
    let element: HtmlElement = menu.as_a::<HtmlElement>().clone();
    let (placed, stepped, left) = (element.clone(), element.clone(), element);
    effect(move || {
        turned.track();
        let menu = placed.clone();
        dom::after_render(move || {
            if let Some(anchor) = focus::by_id(&focus::entry_id(id)) {
                place(&menu, &anchor, Side::Corner);
                step(&menu, 0, 0);
            }
        });
    });
    let on_keydown = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => step(&stepped, current(&stepped), 1),
            "ArrowUp" => step(&stepped, current(&stepped), -1),
            "Home" => step(&stepped, 0, 0),
            "End" => step(&stepped, -1, 0),
            "Escape" | "Tab" => close(page, id),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // To somewhere else on the page; a second leaf replaces what had the focus and means no leaving.
    let on_focusout = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let leaves = to.is_some() && !left.contains(to.as_ref());
        if leaves && page.menu.get_untracked() == Some(id) {
            page.menu.set(None);
        }
    };
    let menu = menu.on("keydown", on_keydown).on("focusout", on_focusout).child(choices);
    [el("div").class("shade").on("click", move |_: Event| close(page, id)), menu]
}

fn item(page: Page, id: EntryId, choice: Choice, leaf: ArcRwSignal<bool>) -> El {
    let Choice { label, key, checked, act } = choice;
    let on_click = move |_: Event| {
        let before = leaf.get_untracked();
        act(page, id);
        // The choice may have turned to the second leaf.
        if leaf.get_untracked() == before && page.menu.get_untracked() == Some(id) {
            page.menu.set(None);
        }
    };
    el("button")
        .attr("type", "button")
        .attr("tabindex", "-1")
        .attr("role", if checked.is_some() { "menuitemradio" } else { "menuitem" })
        .attr("aria-checked", checked.map(|checked| if checked { "true" } else { "false" }))
        .on("click", on_click)
        .child(el("span").child(label))
        .child(el("kbd").attr("aria-hidden", "true").child(key))
}

fn choices(page: Page, id: EntryId, owners_leaf: &ArcRwSignal<bool>) -> Vec<Choice> {
    let element = move || focus::by_id(&focus::entry_id(id));
    let leaf = owners_leaf.clone();
    let mut choices = Vec::new();
    if page.may_add_beside(id) {
        choices.extend([
            Choice::new(text::EDIT, "Enter", Page::edit),
            Choice::new(text::ADD_BELOW, "Shift+Enter", move |page, _| {
                if let Some(entry) = element() {
                    page.add_at(&entry);
                }
            }),
        ]);
    }
    if page.entry(id).is_some_and(|entry| entry.viewer_can_edit) {
        choices.extend([
            Choice::new(text::MOVE_UP, "Alt+↑", |page, id| back(page, id, || page.shift(id, false))),
            Choice::new(text::MOVE_DOWN, "Alt+↓", |page, id| back(page, id, || page.shift(id, true))),
            Choice::new(text::CUT, "Ctrl+X", |page, id| back(page, id, || page.take_up(id))),
            Choice::new(text::ASSIGN, "", move |_, _| leaf.set(true)),
            Choice::new(text::DELETE, "Delete", |page, id| back(page, id, || page.act(id, Action::Delete))),
        ]);
    }
    if page.cut.get_untracked().is_some_and(|cut| cut != id) {
        choices.push(Choice::new(text::PASTE, "Ctrl+V", move |page, _| {
            if let Some(entry) = element() {
                page.put_down(&entry);
            }
        }));
    }
    for (label, leaf) in [(comment::TITLE, PanelTab::Comments), (history::TITLE, PanelTab::History)] {
        choices.push(Choice::new(label, "", move |page, id| {
            page.panel.open.set(Some((PanelTarget::Entry(id), leaf)));
        }));
    }
    choices
}

fn owner_choices(page: Page, id: EntryId) -> Vec<Choice> {
    let (Some(head), Some(state), Some(entry)) = (page.head_now(), page.state(id), page.entry(id)) else {
        return Vec::new();
    };
    let now = entry.owner;
    owners(&head, session::viewer().as_ref(), state.cell.get_value())
        .into_iter()
        .map(|owner| Choice {
            checked: Some(owner == now),
            ..Choice::new(owner_name(&head, owner), "", move |page, id| {
                back(page, id, || {
                    if owner != now {
                        page.act(id, Action::Assign(owner));
                    }
                });
            })
        })
        .collect()
}

/// The focus goes back to the entry before something is done with it.
fn back(page: Page, id: EntryId, act: impl FnOnce()) {
    focus::entry(page, id);
    act();
}

fn close(page: Page, id: EntryId) {
    page.menu.set(None);
    focus::entry(page, id);
}

fn current(menu: &HtmlElement) -> i32 {
    let active = dom::document().active_element();
    let items = menu.children();
    (0..items.length()).find(|at| items.item(*at) == active).map_or(0, |at| at as i32)
}

/// Focuses the item so many places from another; round at the ends.
fn step(menu: &HtmlElement, from: i32, by: i32) {
    let count = menu.children().length() as i32;
    if count > 0 {
        let item = menu.children().item((from + by).rem_euclid(count).unsigned_abs());
        dom::focus(item.and_then(|item| item.dyn_into::<HtmlElement>().ok()));
    }
}
