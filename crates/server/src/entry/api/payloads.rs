//! What each edit of an entry is answered with.

use super::{Entry, text::StoredText};
use crate::{change::api::Change, refusal::api::Refused};
use async_graphql::{ID, SimpleObject, Union};

#[derive(Union)]
pub enum CreateEntryPayload {
    Saved(EntrySaved),
    Refused(Refused),
}

#[derive(Union)]
pub enum UpdateEntryPayload {
    Saved(EntrySaved),
    Conflict(EditConflict),
    Refused(Refused),
}

#[derive(Union)]
pub enum MoveEntryPayload {
    Saved(EntrySaved),
    Conflict(EditConflict),
    Refused(Refused),
}

#[derive(Union)]
pub enum DeleteEntryPayload {
    Deleted(EntryDeleted),
    Conflict(EditConflict),
    Refused(Refused),
}

/// 保存しました。
/// Saved: the entry right after this change.
#[derive(SimpleObject)]
pub struct EntrySaved {
    pub entry: Entry,
    pub change: Change,
    /// ほかの人の新しい編集も合わせて残したか。
    /// Somebody else's newer edit was kept too.
    pub merged: bool,
}

/// 削除しました。
/// Deleted.
#[derive(SimpleObject)]
pub struct EntryDeleted {
    pub id: ID,
    pub version: i32,
    pub change: Change,
}

/// ほかの人が先に変更していました。何も失われていません。
/// Somebody else was faster; nothing is lost.
#[derive(SimpleObject)]
pub struct EditConflict {
    /// 編集を始めたときの文。
    /// What the editor started from.
    pub base: StoredText,
    /// 今の取組。削除されていれば deletedAt があります。
    /// What stands now; it has deletedAt if it was deleted.
    pub theirs: Entry,
    /// あなたの文。
    /// What the editor wanted.
    pub yours: StoredText,
}
