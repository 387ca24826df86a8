//! What each edit of an entry is answered with.

use super::{Entry, text::StoredText};
use crate::{change::api::Change, refusal::api::Refused};
use async_graphql::{ID, SimpleObject, Union};

/// 取組の追加の結果：保存したか、受け付けなかったか。
/// What became of a new entry.
#[derive(Union)]
pub enum CreateEntryPayload {
    Saved(EntrySaved),
    Refused(Refused),
}

/// 取組の変更の結果：保存したか、ほかの人の変更と重なったか、受け付けなかったか。
/// What became of a change of an entry.
#[derive(Union)]
pub enum UpdateEntryPayload {
    Saved(EntrySaved),
    Conflict(EditConflict),
    Refused(Refused),
}

/// 取組の移動の結果：保存したか、ほかの人の変更と重なったか、受け付けなかったか。
/// What became of a move.
#[derive(Union)]
pub enum MoveEntryPayload {
    Saved(EntrySaved),
    Conflict(EditConflict),
    Refused(Refused),
}

/// 取組の削除の結果：削除したか、ほかの人の変更と重なったか、受け付けなかったか。
/// What became of a deletion.
#[derive(Union)]
pub enum DeleteEntryPayload {
    Deleted(EntryDeleted),
    Conflict(EditConflict),
    Refused(Refused),
}

/// まとめて変更した結果。
/// What became of a change of many entries.
#[derive(Union)]
pub enum EntriesPayload {
    Changed(EntriesChanged),
    Refused(Refused),
}

/// まとめて削除した結果。
/// What became of a deletion of many entries.
#[derive(Union)]
pub enum DeleteEntriesPayload {
    Deleted(EntriesDeleted),
    Refused(Refused),
}

/// まとめて追加した結果：すべて保存したか、1件も保存しなかったか。
/// What became of several new entries: all were saved, or none.
#[derive(Union)]
pub enum CreateEntriesPayload {
    Created(EntriesCreated),
    Refused(Refused),
}

/// 1件ずつの結果。
/// What became of each.
#[derive(SimpleObject)]
pub struct EntriesChanged {
    /// 指定した順のとおり。受け付けなかった取組は、その位置に理由があります。
    /// In the order given; one that was refused has its reason in its place.
    pub results: Vec<UpdateEntryPayload>,
}

/// 1件ずつの結果。
/// What became of each.
#[derive(SimpleObject)]
pub struct EntriesDeleted {
    /// 指定した順のとおり。受け付けなかった取組は、その位置に理由があります。
    /// In the order given; one that was refused has its reason in its place.
    pub results: Vec<DeleteEntryPayload>,
}

/// すべて保存しました。
/// All were saved.
#[derive(SimpleObject)]
pub struct EntriesCreated {
    /// 指定した順のとおり。
    /// In the order given.
    pub results: Vec<EntrySaved>,
}

/// 保存しました。
/// Saved: the entry right after this change.
#[derive(SimpleObject)]
pub struct EntrySaved {
    /// 保存した直後の取組。
    /// The entry right after this change.
    pub entry: Entry,
    /// 残した変更履歴。
    /// The change that was noted.
    pub change: Change,
    /// ほかの人の新しい編集も合わせて残したか。
    /// Somebody else's newer edit was kept too.
    pub merged: bool,
}

/// 削除しました。
/// Deleted.
#[derive(SimpleObject)]
pub struct EntryDeleted {
    /// 削除した取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Which entry.
    pub id: ID,
    /// 削除で進んだ版。
    /// Its version, which the deletion has raised.
    pub version: i32,
    /// 残した変更履歴。
    /// The change that was noted.
    pub change: Change,
}

/// ほかの人が先に同じところを変更していました。何も失われていません。
/// Somebody else has changed the same since; nothing is lost, and nothing was saved.
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
