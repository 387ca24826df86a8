//! What this browser's tabs tell each other: every write of one is followed by the others.

use super::{Kind, parsed};
use crate::root;
use js_sys::Array;
use leptos::prelude::{LocalStorage, SetValue, StoredValue, WithValue};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

/// On which they tell it: a context of the root.
#[derive(Clone, Copy, Default)]
pub struct Channel(StoredValue<Option<BroadcastChannel>, LocalStorage>);

/// Something that another tab has written or taken away.
pub type Heard = (Kind, String, Option<String>);

/// From now on `heard` is told what other tabs have written for this account, together what was written at once. Once,
/// at the start.
pub fn listen(heard: fn(Vec<Heard>)) {
    let Ok(channel) = BroadcastChannel::new("renkei") else { return };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message = Array::from(&event.data());
        let at = |index| message.get(index).as_string();
        let written = (0..message.length()).step_by(2).filter_map(|index| {
            let key = at(index)?;
            let (kind, name) = parsed(&key)?;
            Some((kind, name.to_owned(), at(index + 1)))
        });
        heard(written.collect());
    });
    // It goes with the channel.
    channel.set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    root::context::<Channel>().0.set_value(Some(channel));
}

/// What belongs together is told at once: between two of its parts nobody acts on one alone.
pub(super) fn tell<'t>(all: impl IntoIterator<Item = (&'t str, Option<&'t str>)>) {
    let message = Array::new();
    for (key, text) in all {
        message.push(&key.into());
        message.push(&text.into());
    }
    root::context::<Channel>().0.with_value(|channel| {
        if let Some(channel) = channel.as_ref().filter(|_| message.length() > 0) {
            // Texts can always be told.
            let _ = channel.post_message(&message);
        }
    });
}
