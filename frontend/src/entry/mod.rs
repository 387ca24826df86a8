//! Entries on the page: shown, edited in place, moved, merged.

mod act;
mod choices;
mod conflict;
mod edited;
mod editor;
mod editor_state;
mod inline;
mod line_kind;
mod many;
mod many_queries;
mod menu;
mod merging;
pub mod mutation;
mod place;
pub mod queries;
mod save;
mod selection;
mod sync_badge;
mod undecided;
mod undo;
mod view;
mod why;

pub use act::Action;
pub use conflict::ConflictDialog;
pub use editor::{Chip, Editor, chosen};
pub use many::{ActionOfMany, titled};
pub use menu::{EntryMenu, EntryTools};
pub use merging::Conflict;
pub use save::{Progress, Unsent, ask, held_up, send_everything, settle, settled, trouble};
pub use selection::{Selection, SelectionBar, follow as follow_selection};
pub use sync_badge::{Begun, BegunEntry, InCell, SyncBadge, follow as show_badges, in_cell};
pub use undecided::{
    DRAFT_FRAGMENT, GoneEntries, OpenDraft, UndecidedDialog, UndecidedNotice, UndecidedOpen, open_draft,
};
pub use undo::{Steps, listen as listen_to_keys};
pub use view::{EntryView, handout_address};
pub use why::{Why, WhyNote, objection, objection_to, objection_to_cell, owner_name, owners};

use crate::sync::DraftKey;
use renkei_domain::EntryId;

/// An open editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editing {
    pub key: DraftKey,
    /// Below which entry a new one is to stand.
    pub after: Option<EntryId>,
}
