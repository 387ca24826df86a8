//! Signing out: what was typed is sent first, and on a shared PC nothing of the account stays behind. What cannot be
//! sent is asked about.

use super::{Session, set, shelf, sign_out};
use crate::{
    entry,
    route::{self, Route},
    shell, storage,
    text::session as words,
    ui::{button, dialog, dom},
    view::{El, el, live},
};
use leptos::prelude::*;
use leptos::task::spawn_local;

thread_local! {
    static LEAVING: ArcRwSignal<Leaving> = ArcRwSignal::new(Leaving::No);
}

enum Leaving {
    No,
    /// Nothing is typed any more.
    Going,
    /// This cannot be sent.
    Asked(entry::Unsent),
}

fn leaving() -> ArcRwSignal<Leaving> {
    LEAVING.with(Clone::clone)
}

/// Signs out, once everything is sent; asks, if it cannot be.
pub fn leave() {
    leaving().set(Leaving::Going);
    spawn_local(async {
        let unsent = entry::send_everything().await;
        if unsent.is_empty() {
            go().await;
        } else {
            leaving().set(Leaving::Asked(unsent));
            // The dialog is open already, so that the browser puts the focus nowhere by itself.
            dom::after_render(|| dom::focus(dom::find("dialog[open] [autofocus]")));
        }
    });
}

async fn go() {
    let told = sign_out().await;
    // The server would still know this browser: it is told before anything else when it is back.
    storage::set_leaving(!told).await;
    if let Some(shelf) = shelf() {
        shelf.clear_account().await;
    }
    set(Session::SignedOut);
    leaving().set(Leaving::No);
    // Whoever comes next starts anew, not where this person was.
    route::go_instead(&Route::SignIn.path());
    if !told {
        shell::toast(words::SIGN_OUT_LATER);
    }
}

/// Stands once on the page, whatever page that is.
pub fn leave_dialog() -> El {
    let open = || leaving().with(|leaving| !matches!(leaving, Leaving::No));
    let title = || {
        leaving().with(|leaving| match leaving {
            Leaving::Asked(_) => words::UNSENT,
            _ => words::SIGNING_OUT,
        })
    };
    dialog(open, title, stay, || live(|| leaving().with(contents)))
}

fn contents(now: &Leaving) -> Vec<El> {
    let Leaving::Asked(unsent) = now else { return vec![el("p").child(words::LEAVING)] };
    let file = js_sys::encode_uri_component(&unsent.text).as_string().unwrap_or_default();
    let stay = button("button main", words::STAY, stay).attr("autofocus", true);
    let keep = el("a")
        .class("button")
        .attr("download", words::FILE)
        .attr("href", "data:text/plain;charset=utf-8,".to_owned() + &file)
        .child(words::KEEP_AS_FILE);
    let discard = button("button danger", words::DISCARD, || {
        leaving().set(Leaving::Going);
        spawn_local(go());
    });
    let why = el("p").child(words::unsent(unsent.requests, unsent.drafts));
    vec![why, el("div").class("actions after").child([stay, keep, discard])]
}

/// Who has been asked stays after all.
fn stay() {
    if leaving().with_untracked(|leaving| matches!(leaving, Leaving::Asked(_))) {
        leaving().set(Leaving::No);
    }
}
