//! What was typed and asked for and is not on the server yet: one memo, of which the footer and the list of what a
//! person must decide are views.

use super::{draft, outbox};
use crate::{comment, session, sheet::page, shell::SaveState, storage, text::sheet as text};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsaved {
    /// Asked for, and not answered.
    pub requests: usize,
    /// Typed, and not asked for.
    pub drafts: usize,
    /// For a person to decide.
    pub undecided: usize,
}

impl Unsaved {
    /// For the whole client: a context of its root.
    pub fn watch() -> Memo<Self> {
        Memo::new(|_| {
            session::use_session().track();
            storage::changes().track();
            // Whether a draft has a place is told by the sheet that is looked at.
            if let Some(page) = page::use_here() {
                page.head.track();
                page.touched.track();
            }
            untrack(Self::count)
        })
    }

    fn count() -> Self {
        let (requests, stuck) =
            outbox::all().into_iter().partition::<Vec<_>, _>(|(_, op)| op.trouble.is_none());
        let (unsent, written) = comment::left();
        let (drafts, undecided) = draft::count();
        Self {
            requests: requests.len() + unsent,
            drafts: drafts + written,
            undecided: stuck.len() + undecided,
        }
    }

    /// What the footer says of it.
    pub fn state(self) -> SaveState {
        let Self { requests, drafts, undecided } = self;
        let (held, busy, trouble) = (outbox::held().get(), outbox::busy().get(), storage::trouble().get());
        if requests > 0 && !held && busy {
            SaveState::Saving
        } else if undecided > 0 {
            SaveState::NeedsYou(text::needs_you(undecided, requests))
        } else if requests + drafts > 0 && trouble.is_some() {
            SaveState::NeedsYou(text::NOT_KEPT.to_owned())
        } else if requests > 0 {
            SaveState::Waiting(text::waiting(requests))
        } else if drafts > 0 {
            SaveState::Waiting(text::drafts_left(drafts))
        } else {
            SaveState::Saved
        }
    }
}
