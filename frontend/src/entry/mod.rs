//! Entries on the page: shown, edited in place, moved, merged.

mod act;
mod choices;
mod conflict;
mod edited;
mod editor;
mod inline;
mod menu;
mod merging;
pub mod mutation;
mod place;
pub mod queries;
mod save;
mod sync_badge;
mod undecided;
mod undo;
mod view;
mod why;

pub use act::Action;
pub use conflict::ConflictDialog;
pub use editor::{Chip, Editor, chosen, put_away};
pub use menu::{EntryMenu, EntryTools};
pub use merging::Conflict;
pub use save::{Progress, Unsent, ask, held_up, send_everything, settle, settled, trouble};
pub use sync_badge::{Begun, BegunEntries, SyncBadge, follow as show_badges};
pub use undecided::{UndecidedDialog, UndecidedNotice, UndecidedOpen};
pub use undo::{Steps, listen as listen_to_keys};
pub use view::{EntryView, handout_address};
pub use why::{Why, WhyNote, objection, objection_to};

use crate::sync::DraftKey;
use renkei_domain::EntryId;

/// An open editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editing {
    pub key: DraftKey,
    /// Below which entry a new one is to stand.
    pub after: Option<EntryId>,
}
