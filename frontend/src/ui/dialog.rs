//! A modal dialog on the browser's own `<dialog>`: the rest of the page rests, Escape closes, focus returns.

use super::{dom, fresh_id, is_composing};
use crate::ui::SetIfNew;
use leptos::{html, prelude::*, text_prop::TextProp};
use std::time::Duration;
use web_sys::{Event, KeyboardEvent};

/// Shows its children while `open`. Escape asks to be closed through `on_close`; whoever opened it decides.
/// Focus goes to what is marked `autofocus`, else to the first control, and on closing back to where it was.
#[component]
pub fn Dialog(
    #[prop(into)] open: Signal<bool>,
    #[prop(into)] title: TextProp,
    #[prop(into)] on_close: Callback<()>,
    /// Beside `dialog`, for looks.
    #[prop(optional)]
    class: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let heading = fresh_id("dialog");
    let heading_id = heading.clone();
    let dialog = NodeRef::<html::Dialog>::new();
    // The children outlive the closing: only from within does the focus go back to where it came from.
    let filled = RwSignal::new(false);
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if !open.get() {
            dialog.close();
            return;
        }
        // Asked to open again, it keeps what is typed in it.
        filled.set_if_new(true);
        // Once its children stand in the page, and whatever opened it has put the focus where it is to return to.
        let show = move || {
            if open.try_get_untracked() == Some(true) && !dialog.open() {
                // Fails only for a dialog that is not in the page.
                let _ = dialog.show_modal();
            }
        };
        dom::after_render(move || set_timeout(show, Duration::ZERO));
    });
    let on_cancel = move |event: Event| {
        // Escape within a picker inside the dialog is that picker's matter.
        if event.target() == event.current_target() {
            event.prevent_default();
            on_close.run(());
        }
    };
    let after_close = move |_| {
        // The browser closes by itself when Escape is pressed twice.
        if open.get_untracked() {
            on_close.run(());
        }
        if dialog.get_untracked().is_some_and(|dialog| !dialog.open()) {
            filled.set(false);
        }
    };
    view! {
        <dialog
            class=["dialog ", class].concat().trim_end().to_owned()
            aria-labelledby=heading_id
            node_ref=dialog
            on:keydown=|event| leave_to_composition(&event)
            on:cancel=on_cancel
            on:close=after_close
        >
            <h2 id=heading>{move || title.get()}</h2>
            {move || filled.get().then(|| untrack(|| children()))}
        </dialog>
    }
}

/// The browser would close the dialog by the Escape that ends a composition.
fn leave_to_composition(event: &KeyboardEvent) {
    if is_composing(event) && event.key() == "Escape" {
        event.prevent_default();
    }
}
