//! What each edit of an entry takes.

use super::text::NoteInput;
use crate::graphql::scalars::{CareScene, Facet};
use async_graphql::{ID, InputObject};

/// 取組の追加。本文は4,000文字まで、注記は2,000文字まで50個まで、どれも1行。
/// A new entry. Limits: body 4,000 characters, a note 2,000, 50 notes, one line each.
#[derive(InputObject)]
pub struct CreateEntryInput {
    /// この依頼のUUID。同じ人が30日のうちに同じものを送ると、前と同じ答えを返し、何も変えません。
    /// A client's UUID for the request; the same one sent again by the same account within 30 days answers as before
    /// and changes nothing.
    pub request_id: ID,
    pub sheet_id: ID,
    pub item_id: ID,
    pub facet: Facet,
    pub fiscal_year: i32,
    pub body: String,
    #[graphql(default_with = "Some(Vec::new())")]
    pub notes: Option<Vec<NoteInput>>,
    #[graphql(default_with = "Some(Vec::new())")]
    pub explicit_scenes: Option<Vec<CareScene>>,
    /// null：共同。
    /// null: joint.
    pub owner_id: Option<ID>,
    /// この取組の次に置きます。null：末尾。
    /// null: at the end.
    pub after_entry_id: Option<ID>,
}

/// 取組の編集。本文・注記・場面のすべてを置き換えます。
/// Replaces body, notes and scenes.
#[derive(InputObject)]
pub struct UpdateEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    pub request_id: ID,
    pub id: ID,
    /// 編集を始めたときの版。
    /// The version that the editor started from.
    pub version: i32,
    pub body: String,
    pub notes: Vec<NoteInput>,
    pub explicit_scenes: Vec<CareScene>,
}

/// 取組の移動。
/// Another place, in its own cell or another.
#[derive(InputObject)]
pub struct MoveEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    pub request_id: ID,
    pub id: ID,
    pub version: i32,
    /// この取組の次に置きます。null：先頭。
    /// null: to the front.
    pub after_entry_id: Option<ID>,
    /// null：今の項目のまま。
    /// null: its own.
    pub item_id: Option<ID>,
    /// null：今の欄のまま。
    /// null: its own.
    pub facet: Option<Facet>,
    /// null：今の年度のまま。
    /// null: its own.
    pub fiscal_year: Option<i32>,
}

/// 主体の変更。
/// To one organisation, or to all.
#[derive(InputObject)]
pub struct AssignEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    pub request_id: ID,
    pub id: ID,
    pub version: i32,
    /// null：共同。
    /// null: joint.
    pub owner_id: Option<ID>,
}

/// 取組の削除。変更履歴から戻せます。
/// A deletion; the entry can be restored.
#[derive(InputObject)]
pub struct DeleteEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    pub request_id: ID,
    pub id: ID,
    pub version: i32,
}

/// 取組を、ある変更の直後の姿に戻します。削除の変更を指定すると、削除した姿に戻ります。
/// Back to what the entry was right after a change; a deletion's own change gives back what it deleted.
#[derive(InputObject)]
pub struct RestoreEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    pub request_id: ID,
    pub entry_id: ID,
    pub change_id: ID,
    pub version: i32,
}
