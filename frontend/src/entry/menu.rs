//! What can be done with an entry besides writing: two buttons at the entry at hand, and its menu.

use super::{
    Action,
    place::{Side, place},
    why::{owner_name, owners},
};
use crate::{
    clipboard::{CopyTarget, copy},
    history::{PanelTab, PanelTarget},
    session,
    sheet::{focus, page::Page},
    text::{clipboard, comment, history, sheet as text},
    ui::dom,
};
use leptos::{html::Div, prelude::*};
use renkei_domain::EntryId;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement, KeyboardEvent, Node};

/// The two buttons; one pair for all entries, which goes to where the pointer or the focus is. For the pointer alone:
/// the keyboard has keys for both, and Tab leaves the grid.
#[component]
pub fn EntryTools(page: Page) -> impl IntoView {
    let tools = NodeRef::<Div>::new();
    let stands = RwSignal::new(false);
    Effect::new(move |_| {
        let entry = page.at_hand.get().and_then(|id| focus::by_id(&focus::entry_id(id)));
        stands.set(entry.is_some());
        if let (Some(entry), Some(tools)) = (entry, tools.get()) {
            // Fails for no element of this page.
            let _ = entry.append_child(&tools);
        }
    });
    let may_add = move || page.at_hand.get().is_some_and(|id| page.may_add_beside(id));
    view! {
        <div node_ref=tools class="entry-tools" hidden=move || !stands.get()>
            <button
                type="button"
                tabindex="-1"
                data-do="below"
                title=text::ADD_BELOW
                hidden=move || !may_add()
            >
                <span aria-hidden="true">"＋"</span>
                <span class="unseen">{text::ADD_BELOW}</span>
            </button>
            <button type="button" tabindex="-1" data-do="more" title=text::MORE aria-haspopup="menu">
                <span aria-hidden="true">"⋯"</span>
                <span class="unseen">{text::MORE}</span>
            </button>
        </div>
    }
}

impl Page {
    fn may_add_beside(self, id: EntryId) -> bool {
        self.state(id).is_some_and(|state| self.is_writable(state.cell.get_value()))
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
#[component]
pub fn EntryMenu(page: Page) -> impl IntoView {
    move || page.menu.get().map(|id| view! { <Opened page id /> })
}

#[component]
fn Opened(page: Page, id: EntryId) -> impl IntoView {
    // Whose it is is chosen from a submenu, which takes the menu's place.
    let choosing_owner = RwSignal::new(false);
    let menu = NodeRef::<Div>::new();
    Effect::new(move |_| {
        choosing_owner.track();
        let menu = menu.get();
        dom::after_render(move || {
            if let (Some(menu), Some(anchor)) = (menu, focus::by_id(&focus::entry_id(id))) {
                place(&menu, &anchor, Side::Corner);
                step(&menu, 0, 0);
            }
        });
    });
    let on_keydown = move |event: KeyboardEvent| {
        let Some(menu) = menu.get_untracked() else { return };
        match event.key().as_str() {
            "ArrowDown" => step(&menu, current(&menu), 1),
            "ArrowUp" => step(&menu, current(&menu), -1),
            "Home" => step(&menu, 0, 0),
            "End" => step(&menu, -1, 0),
            "Escape" | "Tab" => close(page, id),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // To somewhere else on the page; a submenu replaces what had the focus and means no leaving.
    let on_focusout = move |event: FocusEvent| {
        let Some(to) = event.related_target().and_then(|to| to.dyn_into::<Node>().ok()) else { return };
        let leaves = menu.try_get_untracked().flatten().is_some_and(|menu| !menu.contains(Some(&to)));
        if leaves && page.menu.get_untracked() == Some(id) {
            page.menu.set(None);
        }
    };
    let choices = move || {
        let choices =
            if choosing_owner.get() { owner_choices(page, id) } else { choices(page, id, choosing_owner) };
        choices.into_iter().map(|choice| item(page, id, choice, choosing_owner)).collect::<Vec<_>>()
    };
    view! {
        <div class="shade" on:click=move |_| close(page, id)></div>
        <div
            node_ref=menu
            class="entry-menu"
            role="menu"
            tabindex="-1"
            aria-label=text::MORE
            on:keydown=on_keydown
            on:focusout=on_focusout
        >
            {choices}
        </div>
    }
}

fn item(page: Page, id: EntryId, choice: Choice, choosing_owner: RwSignal<bool>) -> impl IntoView {
    let Choice { label, key, checked, act } = choice;
    let on_click = move |_| {
        let before = choosing_owner.get_untracked();
        act(page, id);
        // The choice may have opened the submenu.
        if choosing_owner.get_untracked() == before && page.menu.get_untracked() == Some(id) {
            page.menu.set(None);
        }
    };
    view! {
        <button
            type="button"
            tabindex="-1"
            role=if checked.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=checked.map(|checked| if checked { "true" } else { "false" })
            on:click=on_click
        >
            <bdi>{label}</bdi>
            <kbd aria-hidden="true">{key}</kbd>
        </button>
    }
}

fn choices(page: Page, id: EntryId, choosing_owner: RwSignal<bool>) -> Vec<Choice> {
    let element = move || focus::by_id(&focus::entry_id(id));
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
            Choice::new(text::ASSIGN, "", move |_, _| choosing_owner.set(true)),
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
    choices.push(Choice::new(clipboard::COPY, "Ctrl+C", |page, id| {
        back(page, id, || copy(page, CopyTarget::Entries(vec![id])));
    }));
    if page.snapshot.is_some() {
        return choices;
    }
    choices.push(Choice::new(clipboard::COPY_LINK, "", |page, id| {
        back(page, id, || copy(page, CopyTarget::Link(id)));
    }));
    choices.push(Choice::new(text::SELECT, "Space", |page, id| back(page, id, || page.toggle_selected(id))));
    for (label, tab) in [(comment::TITLE, PanelTab::Comments), (history::TITLE, PanelTab::History)] {
        choices.push(Choice::new(label, "", move |page, id| {
            page.panel.open.set(Some((PanelTarget::Entry(id), tab)));
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
