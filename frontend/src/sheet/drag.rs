//! Dragging an entry by its handle, within its cell and to other ones.

use super::{
    focus::{self, closest, entry_at},
    page::Page,
};
use crate::ui::dom;
use leptos::{ev, prelude::*};
use renkei_domain::EntryId;
use web_sys::{Element, HtmlElement, PointerEvent};

/// Pixels after which a press is a drag.
const THRESHOLD: i32 = 4;
/// Within so many pixels of the window's edge the sheet scrolls along.
const EDGE: i32 = 56;
/// Pixels that it scrolls at a time.
const PACE: i32 = 14;

/// A press on a handle, and what has become of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dragging {
    now: RwSignal<Option<Drag>>,
    /// The click that follows is the drag's end and means nothing else.
    ended: StoredValue<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Drag {
    id: EntryId,
    pointer: i32,
    from: (i32, i32),
    moving: bool,
    over: Option<Gap>,
}

/// Where the entry would go.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Gap {
    cell: usize,
    /// The neighbour above.
    after: Option<EntryId>,
    /// The line's place in the window.
    left: i32,
    top: i32,
    width: i32,
}

/// The line where a dragged entry would go. It hears what the pointer does outside of the table too.
#[component]
pub fn DropLine(page: Page) -> impl IntoView {
    let listeners = [
        window_event_listener(ev::pointermove, move |event| on_move(page, &event)),
        window_event_listener(ev::pointerup, move |event| on_up(page, &event)),
        window_event_listener(ev::pointercancel, move |_| page.end_drag()),
        window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                page.end_drag();
            }
        }),
    ];
    on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
    move || {
        page.drag.now.get().and_then(|drag| drag.over).map(|Gap { left, top, width, .. }| {
            view! {
                <div
                    class="drop-line"
                    style:left=format!("{left}px")
                    style:top=format!("{top}px")
                    style:width=format!("{width}px")
                ></div>
            }
        })
    }
}

/// A press on a handle may become a drag.
pub fn on_down(page: Page, event: &PointerEvent) {
    let Some(target) = super::keys::target(event) else { return };
    let Some(id) = closest(&target, ".handle").and_then(|handle| entry_at(&handle)) else { return };
    if event.button() != 0 || !page.may_change(id) {
        return;
    }
    event.prevent_default();
    let from = (event.client_x(), event.client_y());
    page.drag.now.set(Some(Drag { id, pointer: event.pointer_id(), from, moving: false, over: None }));
}

fn on_move(page: Page, event: &PointerEvent) {
    let drag = page.drag.now.get_untracked().filter(|drag| drag.pointer == event.pointer_id());
    let Some(mut drag) = drag else { return };
    let (x, y) = (event.client_x(), event.client_y());
    let far = (x - drag.from.0).abs().max((y - drag.from.1).abs()) > THRESHOLD;
    if !drag.moving && far {
        drag.moving = true;
        page.cut.set(Some(drag.id));
    }
    if drag.moving {
        event.prevent_default();
        scroll(y);
        drag.over = gap_at(page, x, y);
    }
    page.drag.now.set(Some(drag));
}

fn on_up(page: Page, event: &PointerEvent) {
    let drag = page.drag.now.get_untracked();
    page.end_drag();
    let Some(drag) = drag.filter(|drag| drag.moving) else { return };
    event.prevent_default();
    page.drag.ended.set_value(true);
    dom::after(0, move || page.drag.ended.set_value(false));
    if let Some(Gap { cell, after, .. }) = drag.over {
        page.move_to(drag.id, cell, after);
    }
}

impl Page {
    /// A drag has ended with the press whose click is coming.
    pub fn has_just_dragged(self) -> bool {
        self.drag.ended.get_value()
    }

    pub fn is_dragging(self) -> bool {
        self.drag.now.with_untracked(|drag| drag.is_some_and(|drag| drag.moving))
    }

    /// Leaves the entry where it is.
    pub fn end_drag(self) {
        if self.is_dragging() {
            self.cut.set(None);
        }
        if self.drag.now.with_untracked(Option::is_some) {
            self.drag.now.set(None);
        }
    }
}

/// Where an entry would go that is let go there.
fn gap_at(page: Page, x: i32, y: i32) -> Option<Gap> {
    let under = dom::document().element_from_point(x as f32, y as f32)?;
    let element = closest(&under, "[data-cell]")?;
    let cell = focus::cell_at(page, &element).filter(|cell| page.is_writable(*cell))?;
    let (after, top) = gap(page, cell, &element, y);
    let place = element.get_bounding_client_rect();
    Some(Gap { cell, after, left: place.left() as i32 + 8, top, width: place.width() as i32 - 16 })
}

/// The entry above the gap nearest to a height, and the gap's own height.
fn gap(page: Page, number: usize, cell: &Element, y: i32) -> (Option<EntryId>, i32) {
    let order = page.order(number);
    let mut after = None;
    let mut at = cell.get_bounding_client_rect().top() as i32 + 6;
    for id in page.shown(number) {
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

/// Near the window's edge the sheet comes along.
fn scroll(y: i32) {
    let height = dom::window_size().1 as i32;
    let by = match y {
        y if y < EDGE * 3 => -PACE,
        y if y > height - EDGE => PACE,
        _ => return,
    };
    if let Some(scroller) = scroller() {
        scroller.set_scroll_top(scroller.scroll_top() + by);
    }
}

/// What scrolls the table: its own frame on a wide screen, the page on a narrow one.
pub fn scroller() -> Option<HtmlElement> {
    let frame = dom::find(".matrix-scroll")?;
    if frame.scroll_height() > frame.client_height() { Some(frame) } else { dom::find("main") }
}
