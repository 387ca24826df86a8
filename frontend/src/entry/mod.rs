//! Entries on the page: shown, edited in place, moved, merged.

mod act;

mod choices;
mod conflict;
mod copies;
mod draft;
mod edited;
mod editor;
mod inline;
mod left;
mod menu;
mod merging;
pub mod mutation;
mod place;
pub mod queries;
mod remark;
mod save;
mod tabs;
mod undo;
mod view;
mod why;

pub use act::Action;
pub use conflict::ConflictDialog;
pub use copies::compare;
pub use draft::{Draft, DraftKey, after as time_after, count as count_drafts, write};
pub use editor::{Chip, Editor, chosen, put_away};
pub use left::{Left, LeftDialog, LeftOpen};
pub use menu::{EntryMenu, EntryTools};
pub use merging::Conflict;
pub use remark::{Begun, BegunEntries, Remark, follow as show_remarks};
pub use save::{Progress, Unsent, ask, held_up, send_everything, settle, trouble};
pub use undo::Steps;
pub use view::{EntryView, handout_address};
pub use why::{Why, WhyNote, objection, objection_to};

use crate::{session, storage, sync::outbox};
use leptos::prelude::*;
use renkei_domain::{AccountId, EntryId};

/// The version that a text that is being typed began with; none where nothing was typed.
pub fn kept_version(sheet: renkei_domain::SheetId, key: DraftKey) -> Option<i32> {
    draft::load(sheet, key).map(|draft| draft.version)
}

/// From now on what is kept goes out, also what another tab or another day has left. Once, at the start.
pub fn listen() {
    storage::listen(tabs::heard);
    copies::listen();
    undo::listen();
    Effect::new(|before: Option<Option<AccountId>>| {
        let now = session::use_viewer().map(|viewer| viewer.id);
        if before.flatten() != now {
            copies::forget_all();
            outbox::forget_all();
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
    copies::send_now();
}

/// An open editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editing {
    pub key: DraftKey,
    /// Below which entry a new one is to stand.
    pub after: Option<EntryId>,
}
