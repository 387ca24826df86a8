//! The browser's objects that always exist on a page, and its timers.

use futures_util::future::{Either, select};
use js_sys::{Function, Promise};
use leptos::{
    leptos_dom::helpers::TimeoutHandle,
    prelude::{request_animation_frame, set_timeout_with_handle},
};
use std::{pin::pin, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

/// What [`after`] has begun; none: nothing.
pub type Timer = Option<TimeoutHandle>;

/// The page's window.
pub fn window() -> web_sys::Window {
    web_sys::window().expect("the client runs in a page")
}

pub fn document() -> web_sys::Document {
    window().document().expect("a window has its document")
}

/// What the page shows.
pub fn body() -> web_sys::HtmlElement {
    document().body().expect("the client starts when the page stands")
}

/// Width and height of what can be seen of the page, in pixels.
pub fn window_size() -> (f64, f64) {
    let pixels =
        |size: Result<JsValue, JsValue>| size.ok().and_then(|size| size.as_f64()).unwrap_or_default();
    (pixels(window().inner_width()), pixels(window().inner_height()))
}

pub fn location() -> web_sys::Location {
    window().location()
}

/// Does it once after some milliseconds, unless [`forget_timer`] comes first.
pub fn after(milliseconds: i32, then: impl FnOnce() + 'static) -> Timer {
    set_timeout_with_handle(then, Duration::from_millis(milliseconds.max(0).unsigned_abs().into())).ok()
}

pub fn forget_timer(timer: Timer) {
    timer.iter().for_each(TimeoutHandle::clear);
}

/// Waits for it, and no longer than some milliseconds; none: it has not come.
pub async fn within<T>(milliseconds: i32, answer: impl Future<Output = T>) -> Option<T> {
    match select(pin!(answer), pin!(pause(milliseconds))).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    }
}

/// Waits.
pub async fn pause(milliseconds: i32) {
    pause_unless(milliseconds, |_| ()).await;
}

/// Waits, and no longer than until the function that `keep` takes is called.
pub async fn pause_unless(milliseconds: i32, keep: impl FnOnce(Function)) {
    let mut wake = None;
    let timer = Promise::new(&mut |resolve, _| {
        // Takes any number of milliseconds.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        wake = Some(resolve);
    });
    if let Some(wake) = wake {
        keep(wake);
    }
    let _ = JsFuture::from(timer).await;
}

/// Does it once the browser has laid out what was just rendered.
pub fn after_render(then: impl FnOnce() + 'static) {
    request_animation_frame(then);
}

/// No text of the page is marked; if some is, it is to be copied, and not what has the focus.
pub fn nothing_selected() -> bool {
    window().get_selection().ok().flatten().is_none_or(|selection| selection.is_collapsed())
}

/// Scrolls no farther than it takes.
pub fn bring_into_view(element: &web_sys::Element) {
    let nearest = ScrollIntoViewOptions::new();
    nearest.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&nearest);
}

/// Moves the focus, if the element is there.
pub fn focus(element: Option<impl AsRef<web_sys::HtmlElement>>) {
    if let Some(element) = element {
        // Fails for no element that is in the page.
        let _ = element.as_ref().focus();
    }
}

/// The first element that a selector finds.
pub fn find(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// All elements within another one that a selector finds.
pub fn find_all(within: &web_sys::Element, selector: &str) -> Vec<web_sys::HtmlElement> {
    let found = within.query_selector_all(selector).ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(|at| found.as_ref()?.item(at)?.dyn_into().ok()).collect()
}

/// Tells a field's listeners that its text is another one.
pub fn tell_input(field: &web_sys::Element) {
    let bubbles = web_sys::EventInit::new();
    bubbles.set_bubbles(true);
    if let Ok(event) = web_sys::Event::new_with_event_init_dict("input", &bubbles) {
        // Fails for no event that is new.
        let _ = field.dispatch_event(&event);
    }
}
