//! Notices (自分あて): changes that concern somebody, unread until they open them. They are written with the change, and
//! nobody else ever sees them.

pub mod api;
pub mod service;
mod store;
mod table;

/// What others read of them.
pub(crate) use store::{recipients, unread_of_sheets};

use crate::change::Change;
use renkei_domain::{AccountId, ChangeId, CommentId, NoticeId, RegionId, SheetId, SnapshotId, ThreadId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Somebody is told of a change.
#[derive(Clone, Debug)]
pub struct Notice {
    pub id: NoticeId,
    pub region: RegionId,
    /// That governed the place when it happened.
    pub sheet: SheetId,
    pub kind: Kind,
    pub change: Change,
    pub about: About,
    pub read_at: Option<i64>,
}

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A comment mentions them or their organisation.
    Mention,
    /// An answer in a thread in which they have written or are mentioned.
    Reply,
    /// A comment on an entry that they have written, or that their organisation owns.
    Comment,
    /// A thread in which they took part was resolved.
    Resolved,
    /// The same, opened again.
    Reopened,
    /// A sheet that they edit was frozen.
    Snapshot,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Comment(ThreadId, CommentId),
    Thread(ThreadId),
    Snapshot(SnapshotId),
}

impl About {
    pub fn thread(self) -> Option<ThreadId> {
        match self {
            About::Comment(thread, _) | About::Thread(thread) => Some(thread),
            About::Snapshot(_) => None,
        }
    }
}

/// Who is to be told of a change, and why.
pub struct NewNotices {
    pub region: RegionId,
    pub sheet: SheetId,
    pub change: ChangeId,
    pub about: About,
    pub people: People,
}

/// Everybody once, for the first reason that counts: in the order of [`Kind`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People(BTreeMap<AccountId, Kind>);

impl People {
    pub fn add(&mut self, kind: Kind, people: impl IntoIterator<Item = AccountId>) {
        for person in people {
            let known = self.0.entry(person).or_insert(kind);
            *known = kind.min(*known);
        }
    }

    /// Only those; and never who did it themselves.
    pub fn keep(&mut self, is_there: impl Fn(AccountId) -> bool, author: AccountId) {
        self.0.retain(|person, _| *person != author && is_there(*person));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn everybody_is_told_once_and_nobody_of_their_own_deeds() {
        let [author, one, other, gone]: [AccountId; 4] = std::array::from_fn(|_| clock::fresh());
        let mut people = People::default();
        people.add(Kind::Comment, [one, other]);
        people.add(Kind::Mention, [author, one, gone]);
        people.add(Kind::Reply, [one]);
        people.keep(|person| person != gone, author);
        assert_eq!(people.0.into_iter().collect::<Vec<_>>(), [(one, Kind::Mention), (other, Kind::Comment)]);
    }
}
