//! Is the server there? Known from the last request; while it is away, asked again until it answers.

use super::transport;
use crate::{
    root,
    ui::{SetIfNew, dom},
};
use js_sys::{Function, Promise};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Milliseconds between two looks, while the server is away: the first is short, then they double.
const PAUSE_MS: [i32; 6] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/// A context of the root.
#[derive(Clone, Copy)]
pub struct Connection {
    online: RwSignal<bool>,
    looking: StoredValue<bool>,
    /// Ends the pause before the next look.
    wake: StoredValue<Option<Function>, LocalStorage>,
    /// Promises of those who wait for the server.
    waiting: StoredValue<Vec<Function>, LocalStorage>,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            online: RwSignal::new(true),
            looking: StoredValue::default(),
            wake: StoredValue::default(),
            waiting: StoredValue::default(),
        }
    }
}

/// True while the server answers. What waits for it watches this.
pub fn use_online() -> RwSignal<bool> {
    root::context::<Connection>().online
}

/// [`use_online`] for one look.
pub fn is_online() -> bool {
    use_online().get_untracked()
}

/// Does it whenever the server answers again, for as long as what is being made.
pub fn on_back_online(act: impl Fn() + 'static) -> Effect<LocalStorage> {
    let online = use_online();
    Effect::new(move |before: Option<bool>| {
        let now = online.get();
        if now && before == Some(false) {
            untrack(&act);
        }
        now
    })
}

/// Waits until the server answers again.
pub async fn until_online() {
    let Connection { online, waiting, .. } = root::context();
    if !online.get_untracked() {
        let back = Promise::new(&mut |resolve, _| waiting.update_value(|waiting| waiting.push(resolve)));
        let _ = JsFuture::from(back).await;
    }
}

/// The server has not answered: looks for it until it does.
pub fn lost() {
    let Connection { online, looking, wake, waiting } = root::context();
    online.set_if_new(false);
    if looking.get_value() {
        return;
    }
    looking.set_value(true);
    spawn_local(async move {
        let mut pauses = PAUSE_MS.into_iter();
        let mut pause = PAUSE_MS[0];
        loop {
            pause = pauses.next().unwrap_or(pause);
            dom::pause_unless(pause, |now| wake.set_value(Some(now))).await;
            if transport::healthy().await {
                break;
            }
        }
        looking.set_value(false);
        online.set_if_new(true);
        for resolve in waiting.try_update_value(std::mem::take).unwrap_or_default() {
            // A promise's own function does not fail.
            let _ = resolve.call0(&JsValue::NULL);
        }
    });
}

/// While the server is away: looks at once instead of after the pause.
pub fn look_now() {
    let wake = root::context::<Connection>().wake;
    if let Some(wake) = wake.try_update_value(Option::take).flatten() {
        // A promise's own function does not fail.
        let _ = wake.call0(&JsValue::NULL);
    }
}

/// Looks at once when the browser says that the line is back. Once, at the start.
pub fn listen() {
    // For as long as the page lives.
    let _ = window_event_listener_untyped("online", |_| look_now());
}
