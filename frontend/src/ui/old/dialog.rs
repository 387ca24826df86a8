//! A modal dialog on the browser's own `<dialog>`: the rest of the page rests, Escape closes, focus returns.

use crate::ui::fresh_id;
use leptos::{html, prelude::*};

/// Shows its children while `open`. Escape asks to be closed through `on_close`; whoever opened it decides.
/// Focus goes to what is marked `autofocus`, else to the first control.
#[component]
pub fn Dialog(
    #[prop(into)] open: Signal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] on_close: Callback<()>,
    /// For texts side by side.
    #[prop(optional)]
    wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let heading = fresh_id("dialog");
    let labelled = heading.clone();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            // Fails only for a dialog that is not in the page or already open.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=node
            class="dialog"
            class:wide=wide
            aria-labelledby=labelled
            on:cancel=move |event: web_sys::Event| {
                // Escape within a picker inside the dialog is that picker's matter.
                if event.target() == event.current_target() {
                    event.prevent_default();
                    on_close.run(());
                }
            }
            // The browser closes by itself when Escape is pressed twice.
            on:close=move |_| {
                if open.get_untracked() {
                    on_close.run(());
                }
            }
        >
            <h2 id=heading>{move || title.get()}</h2>
            {move || open.get().then(|| children())}
        </dialog>
    }
}
