//! Entries on the page: shown, edited in place, moved, merged.

mod act;
mod bullet;
mod conflict;
mod draft;
mod editor;
mod inline;
mod menu;
mod outbox;
mod place;
mod save;
mod why;
mod wire;

pub use act::{Action, Undo};
pub use bullet::{bullet, handout_address};
pub use conflict::{Conflict, conflict_dialog};
pub use draft::{Draft, DraftKey, Sending};
pub use editor::{chip, chosen, editor, put_away};
pub use menu::{menu, tools};
pub use save::Progress;
pub use why::{Why, objection, objection_to, why};

use renkei_domain::EntryId;

/// An open editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editing {
    pub key: DraftKey,
    /// Below which entry a new one is to stand.
    pub after: Option<EntryId>,
}
