//! Signing out: on a shared PC nothing of the account stays behind, so unsent drafts are asked about first.

use super::{Session, set, shelf, sign_out};
use crate::{
    route::{self, Route},
    shell,
    storage::Kind,
    text,
    ui::{button, dialog},
    view::{El, el},
};
use leptos::{prelude::*, task::spawn_local};

thread_local! {
    /// How many drafts are being asked about; none: nobody is leaving.
    static ASKED: ArcRwSignal<usize> = ArcRwSignal::new(0);
}

/// Signs out, after asking if drafts would be lost.
pub fn leave() {
    let drafts = shelf().map_or(0, |shelf| shelf.names(Kind::Draft, "").len());
    if drafts > 0 {
        ASKED.with(|asked| asked.set(drafts));
    } else {
        go();
    }
}

fn go() {
    spawn_local(async {
        if !sign_out().await {
            // The server would still know this browser: saying goodbye now would be untrue.
            shell::toast(text::session::SIGN_OUT_OFFLINE);
            return;
        }
        if let Some(shelf) = shelf() {
            shelf.clear_account();
        }
        set(Session::SignedOut);
        // Whoever comes next starts anew, not where this person was.
        route::go_instead(&Route::SignIn.path());
    });
}

/// Stands once on the page, whatever page that is.
pub fn leave_dialog() -> El {
    let asked = ASKED.with(Clone::clone);
    let open = Signal::derive(move || asked.get() > 0);
    dialog(open, || text::session::UNSENT, close, contents)
}

fn contents() -> (El, El) {
    let drafts = ASKED.with(ArcRwSignal::get);
    let stay = button("button main", text::CANCEL, close).attr("autofocus", true);
    let discard = button("button danger", text::session::DISCARD, || {
        close();
        go();
    });
    let why = el("p").child(text::session::unsent(drafts));
    (why, el("div").class("actions after").child([stay, discard]))
}

fn close() {
    ASKED.with(|asked| asked.set(0));
}
