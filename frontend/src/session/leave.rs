//! Signing out: what was typed is sent first, and on a shared PC nothing of the account stays behind. What cannot be
//! sent is asked about.

use super::{Session, set, shelf, sign_out};
use crate::{
    entry,
    route::{self, Route},
    shell, storage,
    text::session as words,
    ui::{button, dialog},
    view::{El, el},
    watched::Watched,
};
use leptos::task::spawn_local;

thread_local! {
    /// What is being asked about; none: nobody is leaving.
    static ASKED: &'static Watched<Option<entry::Unsent>> = Watched::forever(None);
}

/// Signs out, once everything is sent; asks, if it cannot be.
pub fn leave() {
    shell::announce(words::LEAVING);
    spawn_local(async {
        let unsent = entry::send_everything().await;
        if unsent.is_empty() {
            go().await;
        } else {
            ASKED.with(|asked| asked.set(Some(unsent)));
        }
    });
}

async fn go() {
    let told = sign_out().await;
    // The server would still know this browser: it is told before anything else when it is back.
    storage::set_leaving(!told);
    if let Some(shelf) = shelf() {
        shelf.clear_account().await;
    }
    set(Session::SignedOut);
    // Whoever comes next starts anew, not where this person was.
    route::go_instead(&Route::SignIn.path());
    if !told {
        shell::toast(words::SIGN_OUT_LATER);
    }
}

/// Stands once on the page, whatever page that is.
pub fn leave_dialog() -> El {
    dialog(|| ASKED.with(|asked| asked.with(Option::is_some)), || words::UNSENT, close, contents)
}

fn contents() -> (El, El) {
    let (requests, drafts, file) = ASKED.with(|asked| {
        asked.with_untracked(|asked| {
            let asked = asked.as_ref();
            let file = asked.map(|unsent| js_sys::encode_uri_component(&unsent.text));
            (
                asked.map_or(0, |unsent| unsent.requests),
                asked.map_or(0, |unsent| unsent.drafts),
                file.and_then(|file| file.as_string()).unwrap_or_default(),
            )
        })
    });
    let stay = button("button main", words::STAY, close).attr("autofocus", true);
    let keep = el("a")
        .class("button")
        .attr("download", words::FILE)
        .attr("href", "data:text/plain;charset=utf-8,".to_owned() + &file)
        .child(words::KEEP_AS_FILE);
    let discard = button("button danger", words::DISCARD, || {
        close();
        spawn_local(go());
    });
    let why = el("p").child(words::unsent(requests, drafts));
    (why, el("div").class("actions after").child([stay, keep, discard]))
}

fn close() {
    ASKED.with(|asked| asked.set(None));
}
