//! The footer and the messages: what becomes of what was typed, the keys, and word that the server is away.

use super::{SaveState, Toast, drop_toast, use_announcement, use_keys, use_save_state, use_toasts};
use crate::{
    api, session,
    text::{self, shell as words},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Footer() -> impl IntoView {
    let state = use_save_state();
    let keys = use_keys();
    let viewer = session::use_viewer();
    let signed_in = move || viewer.with(Option::is_some);
    view! {
        <footer class="footer">
            <p class="save-state" role="status" data-state=move || state.with(SaveState::code)>
                {move || signed_in().then(|| state.with(SaveState::sentence))}
            </p>
            <p class="keys">{move || keys.get()}</p>
        </footer>
    }
}

/// Says that the server is away, for as long as it is.
#[component]
pub fn Away() -> impl IntoView {
    let online = api::use_online();
    let viewer = session::use_viewer();
    // Nothing is typed into a draft before somebody has signed in.
    let why = move || if viewer.with(Option::is_some) { text::OFFLINE } else { text::session::OFFLINE };
    Effect::new(move |before: Option<bool>| {
        let now = online.get();
        if now && before == Some(false) {
            super::announce(words::BACK_ONLINE);
            spawn_local(session::look_again());
        }
        now
    });
    view! {
        // The status is there before its text, so that the text is told.
        <div role="status">
            {move || {
                (!online.get())
                    .then(|| {
                        view! {
                            <div class="away">
                                <p>{why}</p>
                                <button type="button" class="link-button" on:click=|_| api::look_now()>
                                    {words::LOOK_AGAIN}
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

#[component]
pub fn Messages() -> impl IntoView {
    let announcement = use_announcement();
    let toasts = use_toasts();
    view! {
        <div class="unseen" aria-live="polite">
            {move || announcement.get()}
        </div>
        <div class="toasts" role="status">
            <For each=move || toasts.get() key=|toast| toast.id let(toast)>
                <Message toast />
            </For>
        </div>
    }
}

#[component]
fn Message(toast: Toast) -> impl IntoView {
    let Toast { id, text, action } = toast;
    view! {
        <div class="toast">
            <p>{text}</p>
            {action
                .map(|(label, action)| {
                    let press = move |_| {
                        drop_toast(id);
                        action();
                    };
                    view! {
                        <button type="button" on:click=press>
                            {label}
                        </button>
                    }
                })}
            <button type="button" class="close" on:click=move |_| drop_toast(id)>
                {text::CLOSE}
            </button>
        </div>
    }
}
