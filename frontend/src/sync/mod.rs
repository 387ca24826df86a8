//! What was typed and asked for on its way to the server, of entries and of comments.
//!
//! | module | for |
//! |---|---|
//! | [`draft`] | what is typed |
//! | [`draft_sync`] | its copies on the server and from other machines |
//! | [`tabs`] | what other tabs of this browser have typed and asked for |
//! | [`request`] | one thing that is asked for, and how what follows it goes on |
//! | [`sender`] | which is sent next, and when: a state machine, told what happens |
//! | [`settle`] | what an answer, or another tab, makes of drafts and requests: plain functions |
//! | [`outbox`] | the browser's part of it: storage, network, sign-in |
//! | [`unsaved`] | how much of it there is |

pub mod draft;
pub mod draft_sync;
pub mod outbox;
pub mod request;
#[cfg(test)]
mod schedules;
mod sender;
pub mod settle;
mod tabs;
mod unsaved;

use crate::{session, shell, storage};
pub use draft::{Draft, DraftKey, LastTyped, MergedOf};
pub use draft_sync::DraftSync;
use leptos::prelude::*;
pub use outbox::Outbox;
use renkei_domain::AccountId;
pub use request::{Op, Saved};
pub use unsaved::Unsaved;

/// From now on what is kept goes out, also what another tab or another day has left. Once, at the start.
pub fn listen() {
    storage::listen(tabs::heard);
    draft_sync::listen();
    Effect::new(|before: Option<Option<AccountId>>| {
        let now = session::use_viewer().map(|viewer| viewer.id);
        if before.flatten() != now {
            draft_sync::forget_all();
            outbox::forget_all();
            if before.flatten().is_some() {
                shell::withdraw_offers();
            }
            if now.is_some() {
                go_on();
            }
        }
        now
    });
}

/// Sends what waits: somebody has signed in, perhaps again.
pub fn go_on() {
    outbox::go();
    draft_sync::send_now();
}
