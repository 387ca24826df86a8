//! What stands beside something else, and must be placed anew when the window changes.

use super::dom;
use js_sys::Function;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};

/// Runs whenever the window gets another size, and whenever something in it is scrolled, as long as the component lives.
pub fn on_layout(run: impl Fn() + 'static) {
    let run = Closure::<dyn Fn()>::new(run);
    let listener: &Function = run.as_ref().unchecked_ref();
    let _ = dom::window().add_event_listener_with_callback("resize", listener);
    // On its way down: from what scrolls, such an event does not rise to the window.
    let _ = dom::window().add_event_listener_with_callback_and_bool("scroll", listener, true);
    let run = SendWrapper::new(run);
    on_cleanup(move || {
        let listener: &Function = (*run).as_ref().unchecked_ref();
        let _ = dom::window().remove_event_listener_with_callback("resize", listener);
        let _ = dom::window().remove_event_listener_with_callback_and_bool("scroll", listener, true);
    });
}
