//! The footer and the messages: what becomes of what was typed, the keys, and word that the server is away.

use super::{SaveState, Toast, drop_toast, shell, use_keys, use_save_state};
use crate::{
    api, session,
    text::{self, shell as words},
    ui::button,
    view::{El, each, effect, el, live, live_text},
};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub fn footer() -> El {
    let state = use_save_state();
    let keys = use_keys();
    let code = state.clone();
    let sentence = move || {
        let signed_in = session::use_signed_in();
        state.with(|state| if signed_in { state.sentence() } else { String::new() })
    };
    let save_state = el("p")
        .class("save-state")
        .attr("role", "status")
        .live_attr("data-state", move || code.with(SaveState::code))
        .child(live_text(sentence));
    el("footer")
        .class("footer")
        .child(save_state)
        .child(crate::live::how())
        .child(el("p").class("keys").child(live_text(move || keys.get())))
}

/// Says that the server is away, for as long as it is.
pub fn away() -> El {
    let online = api::use_online();
    let back = online.clone();
    let mut before = true;
    effect(move || {
        let now = back.get();
        if now && !before {
            super::announce(words::BACK_ONLINE);
            spawn_local(session::look_again());
        }
        before = now;
    });
    // The status is there before its text, so that the text is told.
    el("div").attr("role", "status").child(live(move || (!online.get()).then(banner)))
}

fn banner() -> El {
    // Nothing is typed into a draft before somebody has signed in.
    let why = move || if session::use_signed_in() { text::OFFLINE } else { text::session::OFFLINE };
    el("div").class("away").child(el("p").child(live_text(why))).child(button(
        "link-button",
        words::LOOK_AGAIN,
        api::look_now,
    ))
}

/// For who hears the page: one sentence at a time.
pub fn announcer() -> El {
    el("div").class("unseen").attr("aria-live", "polite").child(live_text(|| shell().announcement.get()))
}

pub fn toasts() -> El {
    let toasts = &shell().toasts;
    let ids = move || toasts.with(|toasts| toasts.iter().map(|toast| toast.id).collect());
    let toast = move |id: &u32| {
        toasts.with_untracked(|toasts| toasts.iter().find(|toast| toast.id == *id).cloned()).map(toast)
    };
    el("div")
        .class("toasts")
        .attr("role", "status")
        .child(each(ids, move |id| toast(id).unwrap_or_else(|| el("div"))))
}

fn toast(toast: Toast) -> El {
    let Toast { id, text, action } = toast;
    let action = action.map(|(label, action)| {
        button("", label, move || {
            drop_toast(id);
            action();
        })
    });
    el("div").class("toast").child(el("p").child(text)).child(action).child(button(
        "close",
        text::CLOSE,
        move || drop_toast(id),
    ))
}
