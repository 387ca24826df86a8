//! What one reads, and where one types, stays where it is on the screen while entries above it change, and keeps the
//! focus.
//!
//! Not left to the browser's own scroll anchoring: some have none, and none takes along what floats over the table.

use crate::{
    sheet::{
        focus::{self, closest, entry_or_cell},
        page::Page,
        scroller,
    },
    sync::DraftKey,
    ui::dom,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What floats over the table, scrolling with it.
const FLOATING: &str = ".editor, .entry-menu, .why";

/// Everything by its `id`, as the table may be made anew.
pub struct ScrollAnchor {
    /// What is to stay where it is, and its distance from the window's upper edge; the first that is still there counts.
    marks: Vec<(String, f64)>,
    /// The first of them: another element of the same name stands there when the table was made anew.
    mark: Option<Element>,
    /// What the floating things are about, its distance from the table's upper edge, and theirs.
    anchor: Option<(String, f64, i32)>,
    focused: Option<HtmlElement>,
    /// Where the focus goes if that has gone: its entry, a neighbour, its cell.
    instead: Vec<String>,
}

/// Before a change: notes where everything is; puts it right once the change is laid out.
pub fn hold(page: Page) {
    let slot = page.live.scroll_anchor;
    if slot.with_value(Option::is_some) {
        return;
    }
    let active = dom::document().active_element();
    let focused = active.as_ref().filter(|active| closest(active, "[role=grid]").is_some());
    let anchor = anchor(page);
    let at_focus = focused.filter(|element| is_in_sight(element)).and_then(entry_or_cell);
    let mark = anchor.clone().or(at_focus).or_else(reading);
    let floating = dom::find(FLOATING).map_or(0, |floating| floating.offset_top());
    let marks = mark.clone().into_iter().flat_map(|mark| {
        let row = closest(&mark, "tr").and_then(|row| row.first_element_child());
        let cell = closest(&mark, "td");
        [Some(mark), cell, row].into_iter().flatten().map(|mark| (mark.id(), top(&mark)))
    });
    let area = dom::find(".matrix-area");
    let held = ScrollAnchor {
        marks: marks.collect(),
        mark,
        anchor: anchor.zip(area).map(|(anchor, area)| {
            let distance = top(&anchor) - top(&area);
            (anchor.id(), distance, floating)
        }),
        instead: focused.map(|focused| instead(page, focused)).unwrap_or_default(),
        focused: focused.and_then(|focused| focused.clone().dyn_into().ok()),
    };
    slot.set_value(Some(held));
    // First as soon as what watches the change has run; then when all is laid out.
    dom::after(0, move || slot.with_value(|held| held.iter().for_each(ScrollAnchor::regain)));
    dom::after_render(move || settle(slot, FRAMES));
}

/// Frames that rows which were made anew need until they have their heights: far ones are not laid out at first.
const FRAMES: usize = 4;

fn settle(slot: StoredValue<Option<ScrollAnchor>, LocalStorage>, frames: usize) {
    let anew = slot.with_value(|held| held.as_ref().is_some_and(ScrollAnchor::settle));
    if anew && frames > 1 {
        dom::after_render(move || settle(slot, frames - 1));
    } else {
        slot.set_value(None);
    }
}

impl ScrollAnchor {
    /// True if the table was made anew.
    fn settle(&self) -> bool {
        self.regain();
        self.scroll();
        let anew = self.mark.as_ref().is_some_and(|mark| !mark.is_connected());
        self.place_floating(anew);
        anew
    }

    fn scroll(&self) {
        let there = |(id, before): &(String, f64)| {
            let mark = focus::by_id(id).filter(|mark| mark.client_height() > 0)?;
            Some(top(&mark) - before)
        };
        if let Some(moved) = self.marks.iter().find_map(there) {
            let by = moved.round() as i32;
            if let Some(scroller) = scroller().filter(|_| by != 0) {
                scroller.set_scroll_top(scroller.scroll_top() + by);
            }
        }
    }

    fn place_floating(&self, anew: bool) {
        let Some((anchor, before, was)) = &self.anchor else { return };
        let (Some(anchor), Some(area)) = (focus::by_id(anchor), dom::find(".matrix-area")) else { return };
        let by = (top(&anchor) - top(&area) - before).round() as i32;
        // What did not move may have been placed since.
        if let Some(floating) = dom::find(FLOATING).filter(|_| anew || by != 0) {
            let _ = floating.style().set_property("top", &((was + by).to_string() + "px"));
        }
    }

    /// The focus was on something that was made anew or moved.
    fn regain(&self) {
        let Some(focused) = self.focused.as_ref().filter(|_| focus::is_nowhere()) else { return };
        let there = Some(focused.clone()).filter(|focused| focused.is_connected());
        let seen = |element: &HtmlElement| element.offset_parent().is_some();
        let mut all = there.into_iter().chain(self.instead.iter().filter_map(|id| focus::by_id(id)));
        if let Some(element) = all.find(seen) {
            focus::regain(&element);
        }
    }
}

/// What the open editor, menu or word is about.
fn anchor(page: Page) -> Option<Element> {
    let menu = page.menu.get_untracked().map(focus::entry_id);
    if let Some(id) = menu.or_else(|| page.why.get_untracked().map(|why| why.anchor)) {
        return focus::by_id(&id).map(Into::into);
    }
    let key = page.editing.get_untracked()?.key;
    let entry = match key {
        DraftKey::Entry(id) => focus::by_id(&focus::entry_id(id)),
        DraftKey::New(_) => None,
    };
    let cell = || {
        let (row, column) = page.head_now()?.place(page.cell_of(key)?);
        focus::by_id(&focus::cell_id(row, column))
    };
    entry.or_else(cell).map(Into::into)
}

/// The entry or cell at the upper edge of what can be seen.
fn reading() -> Option<Element> {
    let frame = scroller()?.get_bounding_client_rect();
    let below =
        dom::find(".matrix thead").map_or(0.0, |headings| headings.get_bounding_client_rect().bottom());
    let (x, y) = (frame.left() + frame.width() * 0.6, frame.top().max(below).max(0.0) + 12.0);
    let under = dom::document().element_from_point(x as f32, y as f32)?;
    entry_or_cell(&under)
}

fn is_in_sight(element: &Element) -> bool {
    let place = element.get_bounding_client_rect();
    place.bottom() > 0.0 && place.top() < dom::window_size().1
}

fn instead(page: Page, focused: &Element) -> Vec<String> {
    let Some(id) = focus::entry_at(focused) else { return vec![focused.id()] };
    let neighbour = page.neighbour_of(id).map(focus::entry_id);
    let cell = closest(focused, "td").map(|cell| cell.id());
    [Some(focus::entry_id(id)), neighbour, cell].into_iter().flatten().collect()
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}
