//! What keys and the pointer do in the grid: one listener for all of it, whatever number of entries there are.

use super::{
    focus::{self, closest, entry_at},
    movement::Step,
    page::Page,
};
use crate::{
    entry::{self, Action, ActionOfMany, Editing, Why},
    history, shell,
    sync::DraftKey,
    text::sheet as text,
    ui::{SetIfNew, dom, is_composing},
};
use leptos::prelude::*;
use renkei_domain::EntryId;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent, PointerEvent};

/// The element that an event is about.
pub fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

pub fn on_keydown(page: Page, event: &KeyboardEvent) {
    let Some(target) = target(event) else { return };
    // A button or a link does what it does.
    let own = matches!(event.key().as_str(), "Enter" | " ") && closest(&target, "a, button").is_some();
    if own || event.is_composing() {
        return;
    }
    if is_typing(event) {
        return type_at(page, &target, event);
    }
    if is_composing(event) {
        return;
    }
    if let Some(step) = step(event) {
        event.prevent_default();
        return focus::step(page, &target, step);
    }
    if let Some(step) = selecting_step(event) {
        event.prevent_default();
        let from = entry_at(&target);
        focus::step(page, &target, step);
        let to = dom::document().active_element().and_then(|active| entry_at(&active));
        if let Some(to) = to {
            page.select_to(from, to);
        }
        return;
    }
    let entry = entry_at(&target);
    let command = event.ctrl_key() || event.meta_key();
    let is_menu = event.key() == "ContextMenu" || event.key() == "F10" && event.shift_key();
    let mut done = true;
    match (event.key().as_str(), entry) {
        ("ArrowUp" | "ArrowDown", Some(id)) if event.alt_key() => {
            if page.may_change(id) {
                page.shift(id, event.key() == "ArrowDown");
            }
        }
        ("Insert", _) => done = page.add_at(&target),
        ("Enter", _) if event.shift_key() => done = page.add_at(&target),
        ("Enter" | "F2", Some(id)) if !command && !event.alt_key() => page.edit(id),
        ("Enter" | "F2", None) if !command && !event.alt_key() => done = enter_cell(page, &target),
        (" ", Some(id)) if !command && !event.alt_key() => page.toggle_selected(id),
        ("Delete", _) if page.is_selecting() => {
            page.act_on_many(&page.selection.ids.get_untracked(), ActionOfMany::Delete);
        }
        ("Delete", Some(id)) => {
            if page.may_change(id) {
                page.act(id, Action::Delete);
            }
        }
        (_, Some(id)) if is_menu => page.menu.set(Some(id)),
        (_, None) if is_menu => done = history::open_cell(page, &target),
        ("x" | "X", Some(id)) if command && dom::nothing_selected() => page.take_up(id),
        ("v" | "V", _) if command => done = page.put_down(&target),
        ("Escape", _) => done = escape(page),
        _ => done = false,
    }
    if done {
        event.prevent_default();
    }
}

/// A letter, or the first key of a composition.
fn is_typing(event: &KeyboardEvent) -> bool {
    let key = event.key();
    let is_letter = key != " " && key.chars().count() == 1;
    let has_command = event.ctrl_key() || event.meta_key() || event.alt_key();
    !has_command && (is_letter || key == "Process" || key == "Unidentified" && is_composing(event))
}

/// Opens the editor of the entry, or of a new one in a cell that has none. It has the focus before the browser does what
/// the key says, so that the letter, or the composition, comes after the text that is there.
fn type_at(page: Page, target: &Element, event: &KeyboardEvent) {
    if closest(target, "a, button, .separator").is_some() {
        return;
    }
    match entry_at(target) {
        Some(id) => page.edit(id),
        None if focus::cell_at(page, target).is_some() => {
            page.add_at(target);
        }
        None => return,
    }
    if page.editing.get_untracked().is_none() {
        event.prevent_default();
    }
}

fn step(event: &KeyboardEvent) -> Option<Step> {
    if event.alt_key() || event.shift_key() || event.meta_key() {
        return None;
    }
    Some(match (event.key().as_str(), event.ctrl_key()) {
        ("ArrowLeft", false) => Step::Left,
        ("ArrowRight", false) => Step::Right,
        ("ArrowUp", false) => Step::Up,
        ("ArrowDown", false) => Step::Down,
        ("Home", false) => Step::RowStart,
        ("End", false) => Step::RowEnd,
        ("Home", true) => Step::GridStart,
        ("End", true) => Step::GridEnd,
        ("PageUp", false) => Step::PageUp,
        ("PageDown", false) => Step::PageDown,
        _ => return None,
    })
}

/// The step by which more is selected.
fn selecting_step(event: &KeyboardEvent) -> Option<Step> {
    if !event.shift_key() || event.alt_key() || event.meta_key() || event.ctrl_key() {
        return None;
    }
    match event.key().as_str() {
        "ArrowUp" => Some(Step::Up),
        "ArrowDown" => Some(Step::Down),
        _ => None,
    }
}

/// A cell without an entry: adds one. A heading: its width.
fn enter_cell(page: Page, target: &Element) -> bool {
    if target.matches("[role=columnheader]").unwrap_or(false) {
        let handle = target.query_selector(".separator").ok().flatten();
        dom::focus(handle.and_then(|handle| handle.dyn_into::<web_sys::HtmlElement>().ok()));
        return true;
    }
    page.add_at(target)
}

fn escape(page: Page) -> bool {
    if page.is_dragging() {
        page.end_drag();
    } else if page.why.get_untracked().is_some() {
        page.why.set(None);
    } else if page.cut.get_untracked().is_some() {
        page.cut.set(None);
        shell::announce(text::CUT_CANCELLED);
    } else if page.is_selecting() {
        page.clear_selection();
        shell::announce(text::SELECTION_CLEARED);
    } else {
        return false;
    }
    true
}

pub fn on_click(page: Page, event: &MouseEvent) {
    let Some(target) = target(event) else { return };
    if let Some(button) = closest(&target, "[data-do]") {
        match (button.get_attribute("data-do").as_deref(), entry_at(&button)) {
            (Some("more"), Some(id)) => page.menu.set(Some(id)),
            (Some("reveal"), _) => reveal(page, &target),
            (Some("unfold"), _) => unfold(page, &target),
            _ => {
                page.add_at(&target);
            }
        }
        return;
    }
    if let Some(link) = closest(&target, "a[href^='#item-']") {
        // The browser goes there by itself; the grid's focus must follow.
        let fragment = link.get_attribute("href").unwrap_or_default();
        return super::headings::follow_fragment(fragment.trim_start_matches('#'));
    }
    if closest(&target, "a, button, .separator").is_some() || page.has_just_dragged() {
        return;
    }
    // A finger has come to the mark to be told what it says.
    if is_by_finger(event) && closest(&target, "[data-tip]").is_some() {
        return;
    }
    if let Some(id) = entry_at(&target)
        && selects(page, event, &target, id)
    {
        return;
    }
    page.clear_selection();
    match entry_at(&target) {
        // Somebody is marking text to copy it.
        Some(_) if !dom::nothing_selected() => {}
        Some(id) => page.edit(id),
        None => focus::give(closest(&target, "td, th").and_then(|cell| cell.dyn_into().ok())),
    }
}

fn is_by_finger(event: &MouseEvent) -> bool {
    event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch")
}

/// With a key held, or by the box that a finger has, a click selects an entry.
fn selects(page: Page, event: &MouseEvent, target: &Element, id: EntryId) -> bool {
    let boxed = is_by_finger(event) && (page.is_selecting() || closest(target, ".handle").is_some());
    if event.shift_key() {
        let focused = dom::document().active_element().and_then(|active| entry_at(&active));
        page.select_to(focused, id);
        // The browser has marked the text between as well.
        if let Ok(Some(marked)) = dom::window().get_selection() {
            let _ = marked.remove_all_ranges();
        }
    } else if event.ctrl_key() || event.meta_key() || boxed {
        page.toggle_selected(id);
    } else {
        return false;
    }
    focus::entry(page, id);
    true
}

/// Shows what the filter hides in a cell.
fn reveal(page: Page, target: &Element) {
    if let Some(cell) = focus::cell_at(page, target) {
        page.kept.update(|kept| {
            let _ = kept.cells.insert(cell);
        });
        focus::cell_soon(page, cell);
    }
}

/// Opens a row in which the filter finds nothing.
fn unfold(page: Page, target: &Element) {
    let row = closest(target, "tr").and_then(|row| row.get_attribute("data-row"));
    if let Some(row) = row.and_then(|row| row.parse().ok()) {
        page.kept.update(|kept| {
            let _ = kept.rows.insert(row);
        });
    }
}

pub fn on_context_menu(page: Page, event: &MouseEvent) {
    let Some(target) = target(event) else { return };
    // The browser's own menu is wanted for links and marked text.
    if closest(&target, "a").is_some() || !dom::nothing_selected() {
        return;
    }
    if let Some(id) = entry_at(&target) {
        event.prevent_default();
        page.menu.set(Some(id));
    }
}

/// The tab stop follows the focus, and the entry's buttons come along.
pub fn on_focus(page: Page, event: &web_sys::FocusEvent) {
    let Some(target) = target(event) else { return };
    if let Some(stop) = focus::entry_or_cell(&target).and_then(|stop| stop.dyn_into().ok()) {
        focus::stop_at(&stop);
    }
    page.at_hand.set_if_new(entry_at(&target));
}

pub fn on_pointer(page: Page, event: &Event) {
    if let Some(id) = target(event).and_then(|target| entry_at(&target)) {
        page.at_hand.set_if_new(Some(id));
    }
}

/// Back to the entry that has the focus.
pub fn on_leave(page: Page) {
    page.at_hand.set_if_new(dom::document().active_element().and_then(|active| entry_at(&active)));
}

impl Page {
    /// Opens the editor over an entry, or says why not.
    pub fn edit(self, id: EntryId) {
        if self.may_change(id) {
            self.open(Editing { key: DraftKey::Entry(id), after: None });
        }
    }

    /// Opens an editor; one that is open keeps its draft.
    pub fn open(self, editing: Editing) {
        self.menu.set(None);
        self.why.set(None);
        let before = self.editing.get_untracked();
        if before != Some(editing) {
            before.into_iter().for_each(|before| self.put_away(before.key));
            self.editing.set(Some(editing));
        }
    }

    /// False, and says why, if the viewer may not.
    pub fn may_change(self, id: EntryId) -> bool {
        let Some(text) = entry::objection_to(self, id) else { return true };
        self.say_why(focus::entry_id(id), text);
        false
    }

    /// Tells why not, beside an element.
    pub fn say_why(self, anchor: String, text: String) {
        shell::announce(text.clone());
        self.menu.set(None);
        self.why.set(Some(Why { anchor, text }));
    }

    /// Begins a new entry in the cell of an element, below its entry.
    pub fn add_at(self, target: &Element) -> bool {
        let (Some(cell), Some(head)) = (focus::cell_at(self, target), self.head_now()) else { return false };
        if let Some(why) = entry::objection_to_cell(&head, cell) {
            let (row, column) = head.place(cell);
            self.say_why(focus::cell_id(row, column), why);
            return true;
        }
        let Some(key) = self.cell_key(cell) else { return false };
        self.open(Editing { key: DraftKey::New(key), after: entry_at(target) });
        true
    }

    /// Marks an entry to be moved to where it is put down.
    pub fn take_up(self, id: EntryId) {
        if self.may_change(id) {
            self.cut.set(Some(id));
            shell::announce(text::CUT_DONE);
        }
    }

    /// Moves the marked entry below the entry of an element, or to the end of its cell.
    pub fn put_down(self, target: &Element) -> bool {
        let (Some(id), Some(cell)) = (self.cut.get_untracked(), focus::cell_at(self, target)) else {
            return false;
        };
        let after = entry_at(target).or_else(|| self.order(cell).last().copied());
        self.cut.set(None);
        self.move_to(id, cell, after);
        true
    }

    /// Moves an entry below another one of a cell; none: to the front.
    pub fn move_to(self, id: EntryId, cell: usize, after: Option<EntryId>) {
        let order = self.order(cell);
        let at = |id: EntryId| order.iter().position(|other| *other == id);
        let stays = at(id)
            .is_some_and(|here| after == Some(id) || here.checked_sub(1).map(|above| order[above]) == after);
        let Some(to) = self.cell_key(cell) else { return };
        if !stays && self.may_change(id) {
            self.act(id, Action::Move { to, after });
        }
    }
}
