//! A word about what the pointer, the focus or a finger is at: whatever has `data-tip` says it.

use super::dom;
use leptos::{ev, html, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

/// The element's attribute with the words.
const WORDS: &str = "data-tip";
/// A pointer or the focus has rested that long where it is.
const REST: Duration = Duration::from_millis(500);
/// Pixels kept free between it, what it is about, and the window's edges.
const GAP: f64 = 6.0;

/// One for the page. A pointer can go onto it, Escape takes it away. The pointer or the focus may come to it from
/// anywhere in what stands at `data-tip`, the focus also from an entry that has such a thing in its text.
#[component]
pub fn Tip() -> impl IntoView {
    let words = RwSignal::new(String::new());
    let anchor = StoredValue::new_local(None::<Element>);
    let tip = NodeRef::<html::P>::new();
    let timer = StoredValue::new_local(None::<TimeoutHandle>);
    let forget = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let hide = move || {
        forget();
        anchor.set_value(None);
        words.set(String::new());
    };
    let show = move |at: Element| {
        forget();
        words.set(at.get_attribute(WORDS).unwrap_or_default());
        anchor.set_value(Some(at.clone()));
        dom::after_render(move || {
            if let Some(tip) = tip.try_get_untracked().flatten() {
                place(&tip, &at);
            }
        });
    };
    // What is there already stays; something else comes after a rest.
    let turn_to = move |at: Option<Element>| match at {
        None => hide(),
        Some(at) if anchor.with_value(|here| here.as_ref() == Some(&at)) => {}
        Some(at) => {
            hide();
            timer.set_value(set_timeout_with_handle(move || show(at), REST).ok());
        }
    };
    let within_tip = move |at: &Element| tip.get_untracked().is_some_and(|tip| tip.contains(Some(at)));
    let listeners = [
        window_event_listener(ev::pointerover, move |event| {
            let Some(at) = target(&event).filter(|at| event.pointer_type() != "touch" && !within_tip(at))
            else {
                return;
            };
            turn_to(closest(&at));
        }),
        window_event_listener(ev::focusin, move |event| {
            let Some(at) = target(&event) else { return };
            if at.matches(":focus-visible").unwrap_or_default() {
                // What is being selected is read, one after the other: nothing covers it.
                let in_entry =
                    || at.query_selector(":scope:not(.selected) > .body [data-tip]").ok().flatten();
                turn_to(closest(&at).or_else(in_entry));
            }
        }),
        window_event_listener(ev::click, move |event| {
            let by_finger =
                event.dyn_ref::<web_sys::PointerEvent>().is_some_and(|it| it.pointer_type() == "touch");
            match target(&event).and_then(|at| closest(&at)).filter(|_| by_finger) {
                Some(at) => show(at),
                None => hide(),
            }
        }),
        window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                hide();
            }
        }),
        window_event_listener(ev::focusout, move |event| {
            if event.related_target().is_none() {
                hide();
            }
        }),
        window_event_listener(ev::wheel, move |_| hide()),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    view! {
        <p node_ref=tip class="tip" role="tooltip" hidden=move || words.with(String::is_empty)>
            {words}
        </p>
    }
}

fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn closest(at: &Element) -> Option<Element> {
    at.closest("[data-tip]").ok().flatten()
}

/// Below what it is about, within the window; above it where there is no room.
fn place(tip: &HtmlElement, anchor: &Element) {
    let (at, (width, height)) = (anchor.get_bounding_client_rect(), dom::window_size());
    let (own_width, own_height) = (f64::from(tip.offset_width()), f64::from(tip.offset_height()));
    let left = at.left().min(width - own_width - GAP).max(GAP);
    let below = at.bottom() + GAP;
    let top = if below + own_height > height { at.top() - GAP - own_height } else { below };
    let style = tip.style();
    // Fails for no property of this name.
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{}px", top.max(GAP)));
}
