//! Is the server there? Known from the last request; while it is away, asked again until it answers.

use super::transport;
use crate::ui::SetIfNew;
use crate::ui::dom;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// Milliseconds between two looks, while the server is away: the first is short, then they double.
const PAUSE_MS: [i32; 6] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/// Resolves as soon as a pause is over, or somebody asks to look at once.
type Alarm = js_sys::Function;

thread_local! {
    static PAUSE: RefCell<Option<Alarm>> = const { RefCell::new(None) };
    static ONLINE: ArcRwSignal<bool> = ArcRwSignal::new(true);
    static LOOKING: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Vec<js_sys::Function>> = const { RefCell::new(Vec::new()) };
}

/// True while the server answers. What waits for it watches this.
pub fn use_online() -> ArcRwSignal<bool> {
    ONLINE.with(Clone::clone)
}

/// [`use_online`] for one look.
pub fn is_online() -> bool {
    use_online().get_untracked()
}

/// Waits until the server answers again.
pub async fn until_online() {
    if !is_online() {
        let back =
            js_sys::Promise::new(&mut |resolve, _| WAITING.with_borrow_mut(|waiting| waiting.push(resolve)));
        let _ = JsFuture::from(back).await;
    }
}

/// The server has not answered: looks for it until it does.
pub fn lost() {
    use_online().set_if_new(false);
    if LOOKING.with(|looking| looking.replace(true)) {
        return;
    }
    spawn_local(async {
        let mut pauses = PAUSE_MS.into_iter();
        let mut pause = PAUSE_MS[0];
        loop {
            pause = pauses.next().unwrap_or(pause);
            rest(pause).await;
            if transport::healthy().await {
                break;
            }
        }
        LOOKING.with(|looking| looking.set(false));
        use_online().set_if_new(true);
        for resolve in WAITING.take() {
            // A promise's own function does not fail.
            let _ = resolve.call0(&JsValue::NULL);
        }
    });
}

/// While the server is away: looks at once instead of after the pause.
pub fn look_now() {
    if let Some(wake) = PAUSE.take() {
        // A promise's own function does not fail.
        let _ = wake.call0(&JsValue::NULL);
    }
}

/// Looks at once when the browser says that the line is back. Once, at the start.
pub fn listen() {
    let line = Closure::<dyn FnMut()>::new(look_now);
    let _ = dom::window().add_event_listener_with_callback("online", line.as_ref().unchecked_ref());
    // For as long as the page lives.
    line.forget();
}

async fn rest(milliseconds: i32) {
    let pause = js_sys::Promise::new(&mut |resolve, _| {
        let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        PAUSE.set(Some(resolve));
    });
    let _ = JsFuture::from(pause).await;
}
