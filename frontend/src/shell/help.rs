//! All keys and ways of the page, in the words of an officer: F1, and an entry of the account's menu.

use crate::{
    text::{self, help as words},
    ui::{Dialog, is_composing},
};
use leptos::{ev, prelude::*};

/// The help is open: a context of the client's root.
#[derive(Clone, Copy, Default)]
pub struct HelpOpen(pub RwSignal<bool>);

/// Stands once on the page.
#[component]
pub fn HelpDialog() -> impl IntoView {
    let HelpOpen(open) = expect_context();
    let on_keydown = window_event_listener(ev::keydown, move |event| {
        let plain = !(event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key());
        if event.key() == "F1" && plain && !is_composing(&event) {
            event.prevent_default();
            open.set(true);
        }
    });
    on_cleanup(move || on_keydown.remove());
    let group = |(title, lines): (&'static str, &'static [(&'static str, &'static str)])| {
        let line = |(keys, what): &(&'static str, &'static str)| {
            view! {
                <dt>
                    <kbd>{*keys}</kbd>
                </dt>
                <dd>{*what}</dd>
            }
        };
        view! {
            <section>
                <h3>{title}</h3>
                <dl class="help-keys">{lines.iter().map(line).collect_view()}</dl>
            </section>
        }
    };
    view! {
        <Dialog open title=words::TITLE on_close=move |()| open.set(false) class="help">
            <div class="help-groups" tabindex="0" role="group" aria-label=words::TITLE>
                {words::GROUPS.map(group).collect_view()}
            </div>
            <div class="actions after">
                <button type="button" class="button" autofocus=true on:click=move |_| open.set(false)>
                    {text::CLOSE}
                </button>
            </div>
        </Dialog>
    }
}
