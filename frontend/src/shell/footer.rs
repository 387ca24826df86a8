//! The footer and the messages: what becomes of what was typed, the keys, and word that the server is away.

use super::{SaveState, Toast, drop_toast, shell};
use crate::{
    api, session,
    sheet::page,
    storage,
    sync::Unsaved,
    text::{self, shell as words},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Footer() -> impl IntoView {
    let unsaved = expect_context::<Memo<Unsaved>>();
    let state = Memo::new(move |_| unsaved.get().state());
    let keys = shell().keys;
    let sentence = move || {
        let signed_in = session::use_signed_in();
        state.with(|state| if signed_in { state.sentence() } else { String::new() })
    };
    view! {
        <footer class="footer">
            <p class="save-state" role="status" data-state=move || state.with(SaveState::code)>{sentence}</p>
            <crate::entry::OpenDraft />
            <crate::live::LiveState />
            <p class="keys">{move || keys.get()}</p>
        </footer>
    }
}

/// Says that the server is away, for as long as it is.
#[component]
pub fn Away() -> impl IntoView {
    let online = api::use_online();
    api::on_back_online(|| {
        super::announce(words::BACK_ONLINE);
        spawn_local(session::look_again());
    });
    // Nothing is typed into a draft before somebody has signed in.
    let why = || if session::use_signed_in() { text::OFFLINE } else { text::session::OFFLINE };
    let banner = move || {
        view! {
            <div class="away">
                <p>{why}</p>
                <button type="button" class="link-button" on:click=|_| api::look_now()>
                    {words::LOOK_AGAIN}
                </button>
            </div>
        }
    };
    // The status is there before its text, so that the text is told.
    view! { <div role="status">{move || (!online.get()).then(banner)}</div> }
}

/// For who hears the page: one sentence at a time.
#[component]
pub fn Announcer() -> impl IntoView {
    view! { <div class="unseen" aria-live="polite">{|| shell().announcement.get()}</div> }
}

#[component]
pub fn Toasts() -> impl IntoView {
    Effect::new(|| {
        storage::changes().track();
        api::use_online().track();
        if let Some(page) = page::use_here() {
            page.touched.track();
            page.conflict.track();
        }
        untrack(super::drop_what_is_over);
    });
    view! {
        <div class="toasts" role="status">
            <For each=|| shell().toasts.get() key=|toast| toast.id let:toast>
                <ToastMessage toast />
            </For>
        </div>
    }
}

#[component]
fn ToastMessage(toast: Toast) -> impl IntoView {
    let Toast { id, text, action, .. } = toast;
    let action = action.map(|(label, action)| {
        let act = move |_| {
            drop_toast(id);
            action();
        };
        view! { <button type="button" on:click=act>{label}</button> }
    });
    view! {
        <div class="toast">
            <p><bdi>{text}</bdi></p>
            {action}
            <button type="button" class="close" on:click=move |_| drop_toast(id)>{text::CLOSE}</button>
        </div>
    }
}
