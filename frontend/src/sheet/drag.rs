//! Dragging an entry by its handle, within its cell and to other ones.

use super::{
    focus::{self, closest, entry_at},
    page::Page,
};
use crate::ui::dom;
use leptos::prelude::*;
use renkei_domain::EntryId;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

/// Pixels after which a press is a drag.
const THRESHOLD: i32 = 4;
/// Within so many pixels of the window's edge the sheet scrolls along.
const EDGE: i32 = 56;
/// Pixels that it scrolls at a time.
const PACE: i32 = 14;

struct Drag {
    page: Page,
    id: EntryId,
    pointer: i32,
    from: (i32, i32),
    moving: bool,
    /// Cell and neighbour above, where it would go.
    over: Option<(usize, Option<EntryId>)>,
    line: Option<HtmlElement>,
    listeners: Vec<Listener>,
}

/// An event's name and what listens to it.
type Listener = (&'static str, Closure<dyn FnMut(Event)>);

thread_local! {
    static DRAG: RefCell<Option<Drag>> = const { RefCell::new(None) };
    static ENDED: Cell<bool> = const { Cell::new(false) };
}

/// A press on a handle may become a drag.
pub fn on_down(page: Page, event: &PointerEvent) {
    let Some(target) = super::keys::target(event) else { return };
    let Some(id) = closest(&target, ".handle").and_then(|handle| entry_at(&handle)) else { return };
    if event.button() != 0 || !page.may_change(id) {
        return;
    }
    event.prevent_default();
    let mut listeners = Vec::new();
    for (name, react) in [
        ("pointermove", on_move as fn(&Event)),
        ("pointerup", on_up),
        ("pointercancel", on_cancel),
        ("keydown", on_key),
    ] {
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| react(&event));
        let _ = dom::window().add_event_listener_with_callback_and_bool(
            name,
            listener.as_ref().unchecked_ref(),
            true,
        );
        listeners.push((name, listener));
    }
    let from = (event.client_x(), event.client_y());
    let pointer = event.pointer_id();
    let drag = Drag { page, id, pointer, from, moving: false, over: None, line: None, listeners };
    DRAG.set(Some(drag));
}

fn on_move(event: &Event) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
    DRAG.with_borrow_mut(|drag| {
        let Some(drag) = drag.as_mut().filter(|drag| drag.pointer == event.pointer_id()) else { return };
        let (x, y) = (event.client_x(), event.client_y());
        let far = (x - drag.from.0).abs().max((y - drag.from.1).abs()) > THRESHOLD;
        if !drag.moving && far {
            drag.moving = true;
            drag.page.cut.set(Some(drag.id));
        }
        if drag.moving {
            event.prevent_default();
            drag.scroll(y);
            drag.look(x, y);
        }
    });
}

fn on_up(event: &Event) {
    let Some(drag) = end() else { return };
    if !drag.moving {
        return;
    }
    event.prevent_default();
    // The click that follows is the drag's end and means nothing else.
    ENDED.set(true);
    dom::after(0, || ENDED.set(false));
    if let Some((cell, after)) = drag.over {
        drag.page.move_to(drag.id, cell, after);
    }
}

/// A drag has ended with the press whose click is coming.
pub fn just_ended() -> bool {
    ENDED.get()
}

fn on_cancel(_: &Event) {
    end();
}

fn on_key(event: &Event) {
    if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
        event.prevent_default();
        event.stop_propagation();
        end();
    }
}

/// Takes the drag off the page.
fn end() -> Option<Drag> {
    let drag = DRAG.take()?;
    for (name, listener) in &drag.listeners {
        let listener = listener.as_ref().unchecked_ref();
        let _ = dom::window().remove_event_listener_with_callback_and_bool(name, listener, true);
    }
    if drag.moving {
        drag.page.cut.set(None);
    }
    if let Some(line) = &drag.line {
        line.remove();
    }
    Some(drag)
}

impl Drag {
    /// Finds where the entry would go and draws a line there.
    fn look(&mut self, x: i32, y: i32) {
        let under = dom::document().element_from_point(x as f32, y as f32);
        let cell = under.as_ref().and_then(|under| closest(under, "[data-cell]"));
        self.over = None;
        let (Some(cell), Some(head)) = (cell, self.page.head_now()) else { return self.hide_line() };
        let Some((row, column)) = focus::cell_at(&cell) else { return };
        let number = row * head.columns.len() + column;
        if !head.editable[number] {
            return self.hide_line();
        }
        let (after, at) = self.gap(number, &cell, y);
        self.over = Some((number, after));
        self.draw(&cell, at);
    }

    /// The entry above the gap nearest to a height, and the gap's own height.
    fn gap(&self, number: usize, cell: &Element, y: i32) -> (Option<EntryId>, i32) {
        let order = self.page.order(number);
        let shown = self.page.shown(number);
        let mut after = None;
        let mut at = cell.get_bounding_client_rect().top() as i32 + 6;
        for id in shown {
            let Some(entry) = focus::by_id(&focus::entry_id(id)) else { continue };
            let place = entry.get_bounding_client_rect();
            let (top, bottom) = (place.top() as i32, place.bottom() as i32);
            if y < i32::midpoint(top, bottom) {
                // Hidden entries between keep their place above the shown one.
                let before = order.iter().position(|other| *other == id).and_then(|at| at.checked_sub(1));
                return (before.map(|before| order[before]), top - 2);
            }
            after = Some(id);
            at = bottom + 2;
        }
        (after, at)
    }

    fn draw(&mut self, cell: &Element, at: i32) {
        let line = self.line.get_or_insert_with(|| {
            let line: HtmlElement =
                dom::document().create_element("div").expect("a div can always be made").unchecked_into();
            line.set_class_name("drop-line");
            if let Some(body) = dom::document().body() {
                let _ = body.append_child(&line);
            }
            line
        });
        let place = cell.get_bounding_client_rect();
        line.set_hidden(false);
        // Property by property: the server's policy lets no style attribute through.
        let style = HtmlElement::style(line);
        let (left, width) = (place.left() as i32 + 8, place.width() as i32 - 16);
        for (name, px) in [("left", left), ("top", at), ("width", width)] {
            let _ = style.set_property(name, &format!("{px}px"));
        }
    }

    fn hide_line(&self) {
        if let Some(line) = &self.line {
            line.set_hidden(true);
        }
    }

    /// Near the window's edge the sheet comes along.
    fn scroll(&self, y: i32) {
        let height =
            dom::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default() as i32;
        let by = match y {
            y if y < EDGE * 3 => -PACE,
            y if y > height - EDGE => PACE,
            _ => return,
        };
        if let Some(scroller) = scroller() {
            scroller.set_scroll_top(scroller.scroll_top() + by);
        }
    }
}

/// What scrolls the table: its own frame on a wide screen, the page on a narrow one.
pub fn scroller() -> Option<HtmlElement> {
    let frame = dom::find(".matrix-scroll")?;
    if frame.scroll_height() > frame.client_height() { Some(frame) } else { dom::find("main") }
}
