//! What this browser's tabs tell each other: every write of one is followed by the others.

use super::{Kind, parsed};
use crate::{api, ui::dom};
use js_sys::Array;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

thread_local! {
    static CHANNEL: RefCell<Option<BroadcastChannel>> = const { RefCell::new(None) };
    static THIS: String = api::request_id();
    static ALIVE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What a tab says that wants to know which others are there.
const WHO: &str = "?";
/// What it is answered.
const HERE: &str = "!";
/// Milliseconds in which a tab answers that is there.
const ANSWER_MS: i32 = 500;

/// This tab's name, until it is loaded anew.
pub fn this_tab() -> String {
    THIS.with(Clone::clone)
}

/// The other tabs that are there. One that the browser has put to sleep may be missing.
pub async fn other_tabs() -> Vec<String> {
    ALIVE.take();
    tell([(WHO, None)]);
    dom::pause(ANSWER_MS).await;
    ALIVE.take()
}

/// From now on `heard` is told what other tabs have written for this account. Once, at the start.
pub fn listen(heard: fn(Kind, &str, Option<&str>)) {
    let Ok(channel) = BroadcastChannel::new("renkei") else { return };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message = Array::from(&event.data());
        let at = |index| message.get(index).as_string();
        for index in (0..message.length()).step_by(2) {
            let (key, text) = (at(index).unwrap_or_default(), at(index + 1));
            match (key.as_str(), text) {
                (WHO, _) => tell([(HERE, Some(this_tab().as_str()))]),
                (HERE, Some(tab)) => ALIVE.with_borrow_mut(|alive| alive.push(tab)),
                (_, text) => {
                    if let Some((kind, name)) = parsed(&key) {
                        heard(kind, name, text.as_deref());
                    }
                }
            }
        }
    });
    channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // For as long as the page lives.
    on_message.forget();
    CHANNEL.set(Some(channel));
}

/// What belongs together is told at once: between two of its parts nobody acts on one alone.
pub(super) fn tell<'t>(all: impl IntoIterator<Item = (&'t str, Option<&'t str>)>) {
    let message = Array::new();
    for (key, text) in all {
        message.push(&key.into());
        message.push(&text.into());
    }
    CHANNEL.with_borrow(|channel| {
        if let Some(channel) = channel.as_ref().filter(|_| message.length() > 0) {
            // Texts can always be told.
            let _ = channel.post_message(&message);
        }
    });
}
