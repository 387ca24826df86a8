//! A button that opens a short list of links and buttons below it.

use super::{dom, fresh_id, is_composing, keep_in_window};
use leptos::{ev, html, prelude::*, text_prop::TextProp};
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, KeyboardEvent, Node};

/// Closes on a choice (unless it `stays_open`), on Escape and when focus leaves. A plain disclosure, not an ARIA menu: Tab goes through its
/// children as through any others.
#[component]
pub fn Menu(
    /// For looks: `strong`, `round`, `end` (the list ends where the button ends).
    #[prop(optional)]
    class: &'static str,
    /// Said before the label to who cannot see where the button stands.
    #[prop(optional)]
    purpose: &'static str,
    #[prop(into)] label: TextProp,
    /// Behind the label.
    #[prop(optional, into)]
    mark: ViewFn,
    /// Several choices can be made at a time.
    #[prop(optional)]
    stays_open: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let id = fresh_id("menu");
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    let keep = move || {
        if let Some(list) = list.get_untracked().filter(|_| open.get_untracked()) {
            dom::after_render(move || keep_in_window(&list));
        }
    };
    Effect::new(move || {
        open.track();
        keep();
    });
    let resized = window_event_listener(ev::resize, move |_| keep());
    on_cleanup(move || resized.remove());
    let close = move || {
        open.set(false);
        // What was chosen is gone; a dialog that it opened gives the focus back to here.
        dom::focus(button.get_untracked());
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) && open.get_untracked() {
            event.stop_propagation();
            close();
        }
    };
    let on_click = move |_| {
        if !stays_open {
            close();
        }
    };
    let on_focusout = move |event: FocusEvent| {
        if !stays_within(&event) {
            open.set(false);
        }
    };
    view! {
        // Can be focused so that pressing between two entries does not count as leaving.
        <div
            class=["menu ", class].concat().trim_end().to_owned()
            tabindex="-1"
            on:keydown=on_keydown
            on:focusout=on_focusout
        >
            <button
                type="button"
                aria-expanded=move || open.get().to_string()
                aria-controls=id.clone()
                node_ref=button
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span class="unseen">{purpose}</span>
                <bdi>{move || label.get()}</bdi>
                {mark.run()}
            </button>
            <div id=id class="menu-list" node_ref=list hidden=move || !open.get() on:click=on_click>
                {move || open.get().then(|| untrack(|| children()))}
            </div>
        </div>
    }
}

/// Whether the focus goes from one place in the menu to another. To nowhere means that the window has lost it, or
/// that the page's ground was pressed.
fn stays_within(event: &FocusEvent) -> bool {
    let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
    let menu = event.current_target().and_then(|menu| menu.dyn_into::<Node>().ok());
    to.is_some() && menu.is_some_and(|menu| menu.contains(to.as_ref()))
}
