//! A button that opens a short list of links and buttons below it.

use super::{dom, fresh_id};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// Closes on a choice, on Escape and when focus leaves. A plain disclosure, not an ARIA menu: Tab goes through its
/// entries as through any others.
#[component]
pub fn Menu(
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
    /// What it is for, where the label alone does not tell.
    #[prop(into)]
    purpose: Signal<String>,
    /// Looks: `strong`, `round`, `end` (the list ends where the button ends).
    class: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let whole = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let list = fresh_id("menu");
    let controls = list.clone();
    let close = move || {
        open.set(false);
        // What was chosen is gone; a dialog that it opened gives the focus back to here.
        dom::focus(button.get_untracked());
    };
    let on_keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            close();
        }
    };
    let on_focusout = move |event: web_sys::FocusEvent| {
        let target = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = whole.get_untracked().is_some_and(|whole| whole.contains(target.as_ref()));
        // Without a target the window itself has lost the focus, or the page's ground was pressed.
        if target.is_none() || !inside {
            open.set(false);
        }
    };
    view! {
        // Can be focused so that pressing between two entries does not count as leaving.
        <div
            node_ref=whole
            class=format!("menu {class}")
            tabindex="-1"
            on:keydown=on_keydown
            on:focusout=on_focusout
        >
            <button
                node_ref=button
                type="button"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls=controls
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span class="unseen">{move || purpose.get()}</span>
                {move || label.get()}
            </button>
            <div id=list class="menu-list" hidden=move || !open.get() on:click=move |_| close()>
                {move || open.get().then(|| children())}
            </div>
        </div>
    }
}
