//! Comments (コメント): threads on an entry or a cell, and whom they mention. Never printed. The change log keeps every
//! word, also of what was withdrawn.

pub mod api;
pub mod service;
mod store;
mod table;

/// What others read of them.
pub(crate) use store::{by_ids, count_waiting, of_columns, of_entries, waiting};

use crate::{account::Viewer, entry::CellKey};
use renkei_domain::{AccountId, CommentId, EntryId, OrganizationId, RegionId, ThreadId};
use serde::{Deserialize, Serialize};
use std::iter;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub id: ThreadId,
    pub region: RegionId,
    /// `None`: on the cell itself.
    pub entry: Option<EntryId>,
    /// Of an entry: where it stands now.
    pub cell: CellKey,
    /// From 1; every change of the thread adds 1.
    pub version: i32,
    pub resolved: Option<Resolved>,
    /// In the order in which they were made; there is at least one.
    pub comments: Vec<Comment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolved {
    pub at: i64,
    /// As it was then.
    pub by_name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    pub id: CommentId,
    pub at: i64,
    pub by: AccountId,
    /// As they were then.
    pub by_name: String,
    pub by_organization: String,
    /// Empty once it is withdrawn; the log keeps it.
    pub body: String,
    pub mentions: Vec<Mention>,
    pub withdrawn_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mention {
    Account(AccountId),
    Organization(OrganizationId),
}

/// A thread as the log keeps it: where it stands, and the comment that a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logged {
    pub entry: Option<EntryId>,
    #[serde(flatten)]
    pub cell: CellKey,
    pub resolved: Option<Resolved>,
    pub comment: Option<Comment>,
}

impl Comment {
    /// Who is mentioned by name.
    pub fn people(&self) -> impl Iterator<Item = AccountId> {
        self.mentions.iter().filter_map(|mention| match mention {
            Mention::Account(account) => Some(*account),
            Mention::Organization(_) => None,
        })
    }
}

impl Thread {
    /// The last word that was not taken back.
    pub fn last(&self) -> Option<&Comment> {
        self.comments.iter().rev().find(|comment| comment.withdrawn_at.is_none())
    }

    /// Whether it waits for somebody: it is open, they or their organisation are mentioned, and neither they (nor, if
    /// it is the organisation, a colleague) had the last word. `organization`: of an author.
    pub fn waits_for(
        &self,
        viewer: &Viewer,
        organization: impl Fn(AccountId) -> Option<OrganizationId>,
    ) -> bool {
        let Some(last) = self.last() else { return false };
        let (me, ours) = (viewer.account.id, viewer.account.organization.id);
        let waits = |mention: &Mention| match mention {
            Mention::Account(account) => *account == me && last.by != me,
            Mention::Organization(mentioned) => *mentioned == ours && organization(last.by) != Some(ours),
        };
        self.resolved.is_none() && self.comments.iter().flat_map(|comment| &comment.mentions).any(waits)
    }

    /// Who has written in it, and who is mentioned by name.
    pub fn people(&self) -> Vec<AccountId> {
        let people = |comment: &Comment| iter::once(comment.by).chain(comment.people()).collect::<Vec<_>>();
        self.comments.iter().flat_map(people).collect()
    }

    /// As the log keeps it, with the comment that a change is about.
    pub fn logged(&self, comment: Option<&Comment>) -> Logged {
        Logged {
            entry: self.entry,
            cell: self.cell,
            resolved: self.resolved.clone(),
            comment: comment.cloned(),
        }
    }
}
