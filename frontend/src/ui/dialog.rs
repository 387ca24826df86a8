//! A modal dialog on the browser's own `<dialog>`: the rest of the page rests, Escape closes, focus returns.

use super::{dom, fresh_id, is_composing};
use crate::ui::SetIfNew;
use crate::view::{El, Piece, effect, el, live, live_text};
use leptos::{html, prelude::*, text_prop::TextProp};
use std::{rc::Rc, time::Duration};
use web_sys::{Event, HtmlDialogElement, KeyboardEvent};

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

/// [`Dialog`] of elements: shows its contents while `open`.
/// Focus goes to what is marked `autofocus`, else to the first control.
pub fn dialog<P: Piece>(
    open: impl Fn() -> bool + 'static,
    title: impl Fn() -> &'static str + 'static,
    close: impl Fn() + Copy + 'static,
    contents: impl Fn() -> P + 'static,
) -> El {
    let heading = fresh_id("dialog");
    // The contents outlive the closing: only from within does the focus go back to where it came from.
    let filled = ArcRwSignal::new(false);
    let (shown, emptied) = (filled.clone(), filled.clone());
    let open: Rc<dyn Fn() -> bool> = Rc::new(open);
    let followed = open.clone();
    let dialog = el("dialog")
        .class("dialog")
        .attr("aria-labelledby", heading.as_str())
        .child(el("h2").attr("id", heading).child(live_text(title)))
        .child(live(move || shown.get().then(|| untrack(&contents))));
    let element: HtmlDialogElement = dialog.as_a::<HtmlDialogElement>().clone();
    let closed = element.clone();
    effect(move || follow(followed(), &filled, &element));
    dialog
        .on("keydown", |event: KeyboardEvent| leave_to_composition(&event))
        .on("cancel", move |event: Event| {
            // Escape within a picker inside the dialog is that picker's matter.
            if event.target() == event.current_target() {
                event.prevent_default();
                close();
            }
        })
        .on("close", move |_: Event| {
            // The browser closes by itself when Escape is pressed twice.
            if untrack(|| open()) {
                close();
            }
            if !closed.open() {
                emptied.set(false);
            }
        })
}

fn follow(open: bool, filled: &ArcRwSignal<bool>, dialog: &HtmlDialogElement) {
    if !open {
        dialog.close();
        return;
    }
    // Asked to open again, it keeps what is typed in it.
    filled.set_if_new(true);
    let dialog = dialog.clone();
    // Once its contents stand in the page, and whatever opened it has put the focus where it is to return to.
    dom::after(0, move || {
        if !dialog.open() {
            // Fails only for a dialog that is not in the page.
            let _ = dialog.show_modal();
        }
    });
}
