//! Scenes that are proposed for a sheet's entries ([`renkei_domain::suggestion`]), and those that somebody has declined
//! for all who work on the sheet.

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;

use crate::entry::Entry;
use renkei_domain::{CareScene, EntryId};
use std::sync::Arc;

/// A scene of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EntryScene {
    pub entry: EntryId,
    pub scene: CareScene,
}

/// A scene that an entry speaks of and does not have.
pub struct Suggestion {
    pub entry: Arc<Entry>,
    /// Among those of its cell.
    pub position: usize,
    pub scene: CareScene,
    pub words: Vec<&'static str>,
}
