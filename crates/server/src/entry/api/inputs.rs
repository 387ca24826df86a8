//! What each edit of an entry takes.

use super::text::NoteInput;
use crate::api::scalars::{CareScene, Facet};
use async_graphql::{ID, InputObject};

/// 取組の追加。本文は4,000文字まで、注記は2,000文字まで50個まで、どれも1行。
/// A new entry. Limits: body 4,000 characters, a note 2,000, 50 notes, one line each.
#[derive(InputObject)]
pub struct CreateEntryInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じ人が30日のうちに同じものを送ると、前と同じ答えを返し、何も変えません。
    /// A client's UUID for the request; the same one sent again by the same account within 30 days answers as before
    /// and changes nothing.
    pub request_id: ID,
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    pub sheet_id: ID,
    /// 事業項目のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The item's id.
    pub item_id: ID,
    /// 欄。
    /// The facet.
    pub facet: Facet,
    /// 年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of the common era.
    pub fiscal_year: i32,
    /// 本文（○は含みません）。例 「資源の調査を行った。」
    /// The text after ○.
    pub body: String,
    /// 注記。順のとおり。
    /// The lines under it, in order.
    #[graphql(default_with = "Some(Vec::new())")]
    pub notes: Option<Vec<NoteInput>>,
    /// 明示する場面（例 [END_OF_LIFE]）。空なら、事業項目の場面を継承します。
    /// Scenes of its own; none: the item's.
    #[graphql(default_with = "Some(Vec::new())")]
    pub explicit_scenes: Option<Vec<CareScene>>,
    /// 主体の機関のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。null：共同。
    /// The organisation that it belongs to; null: joint.
    pub owner_id: Option<ID>,
    /// この取組（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）の次に置きます。null：末尾。
    /// Right behind this entry; null: at the end.
    pub after_entry_id: Option<ID>,
}

/// 取組の編集。本文・注記・場面のすべてを置き換えます。
/// Replaces body, notes and scenes.
#[derive(InputObject)]
pub struct UpdateEntryInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// 取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The entry's id.
    pub id: ID,
    /// 編集を始めたときの版（例 3）。その後の変更と重ならなければ、両方を残します。
    /// The version that the editor started from. What was changed since is kept too, where the two don't overlap.
    pub version: i32,
    /// 本文（○は含みません）。例 「資源の調査を行った。」
    /// The text after ○.
    pub body: String,
    /// 注記。順のとおり。
    /// The lines under it, in order.
    pub notes: Vec<NoteInput>,
    /// 明示する場面（例 [END_OF_LIFE]）。空なら、事業項目の場面を継承します。
    /// Scenes of its own; none: the item's.
    pub explicit_scenes: Vec<CareScene>,
}

/// 取組の移動。古い版からでも、その後に移動されていなければ行います。
/// Another place, in its own cell or another; from an older version too, unless somebody has moved it since.
#[derive(InputObject)]
pub struct MoveEntryInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// 取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The entry's id.
    pub id: ID,
    /// 編集を始めたときの版（例 3）。
    /// The version that the editor started from.
    pub version: i32,
    /// この取組（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）の次に置きます。null：先頭。
    /// Right behind this entry; null: to the front.
    pub after_entry_id: Option<ID>,
    /// 事業項目のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。null：今の項目のまま。
    /// The item to move to; null: its own.
    pub item_id: Option<ID>,
    /// 欄。null：今の欄のまま。
    /// The facet to move to; null: its own.
    pub facet: Option<Facet>,
    /// 年度（西暦。例 2026は令和8年度）。null：今の年度のまま。
    /// The fiscal year to move to; null: its own.
    pub fiscal_year: Option<i32>,
}

/// 主体の変更。古い版からでも、その後に主体が変わっていなければ行います。
/// To one organisation, or to all; from an older version too, unless it has another owner since.
#[derive(InputObject)]
pub struct AssignEntryInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// 取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The entry's id.
    pub id: ID,
    /// 編集を始めたときの版（例 3）。
    /// The version that the editor started from.
    pub version: i32,
    /// 主体の機関のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。null：共同。
    /// The organisation that it belongs to; null: joint.
    pub owner_id: Option<ID>,
}

/// 取組の削除。変更履歴から戻せます。古い版からは、文・場面・主体がそのままのときだけ行います。
/// A deletion; the entry can be restored. From an older version only if text, scenes and owner are as they were.
#[derive(InputObject)]
pub struct DeleteEntryInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// 取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The entry's id.
    pub id: ID,
    /// 編集を始めたときの版（例 3）。
    /// The version that the editor started from.
    pub version: i32,
}

/// 取組を、ある変更の直後の姿に戻します。削除の変更を指定すると、削除した姿に戻ります。
/// Back to what the entry was right after a change; a deletion's own change gives back what it deleted.
#[derive(InputObject)]
pub struct RestoreEntryInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// 取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The entry's id.
    pub entry_id: ID,
    /// 変更のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The change's id.
    pub change_id: ID,
    /// 編集を始めたときの版（例 3）。
    /// The version that the editor started from.
    pub version: i32,
}

/// どの取組か。
/// Which entry.
#[derive(InputObject)]
pub struct EntryVersionInput {
    /// 取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The entry's id.
    pub id: ID,
    /// 編集を始めたときの版（例 3）。
    /// The version that the editor started from.
    pub version: i32,
}

/// 加える取組の1つ。
/// One of several new entries.
#[derive(InputObject)]
pub struct NewEntryInput {
    /// 事業項目のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The item's id.
    pub item_id: ID,
    /// 欄。
    /// The facet.
    pub facet: Facet,
    /// 年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of the common era.
    pub fiscal_year: i32,
    /// 本文（○は含みません）。例 「資源の調査を行った。」
    /// The text after ○.
    pub body: String,
    /// 注記。順のとおり。
    /// The lines under it, in order.
    #[graphql(default_with = "Some(Vec::new())")]
    pub notes: Option<Vec<NoteInput>>,
    /// 明示する場面（例 [END_OF_LIFE]）。空なら、事業項目の場面を継承します。
    /// Scenes of its own; none: the item's.
    #[graphql(default_with = "Some(Vec::new())")]
    pub explicit_scenes: Option<Vec<CareScene>>,
    /// 主体の機関のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。null：共同。
    /// The organisation that it belongs to; null: joint.
    pub owner_id: Option<ID>,
    /// 前からある取組（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）の次に置きます。同じものを指定した取組は、指定した順に並びます。null：末尾。
    /// Right behind an entry that is there already; those behind the same one stand in the order given. Null: at the end.
    pub after_entry_id: Option<ID>,
}

/// いくつもの取組の追加。1件でも受け付けられなければ、1件も保存しません。
/// Several new entries: all of them, or none.
#[derive(InputObject)]
pub struct CreateEntriesInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    pub sheet_id: ID,
    /// 加える取組。500件まで。受け付けられないものがあれば、Refusal.field が entries.2.body のように何番目（0から）かを示します。
    /// The new entries, at most 500. Refusal.field tells which one was refused, from 0: entries.2.body.
    pub entries: Vec<NewEntryInput>,
}

/// いくつもの取組の場面。古い版からでも、その後の変更と合わせて残します。
/// Scenes of many entries; from older versions too.
#[derive(InputObject)]
pub struct TagEntriesInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// どの取組か。500件まで。同じものは1度だけ。
    /// Which entries, at most 500, each once.
    pub entries: Vec<EntryVersionInput>,
    /// 明示する場面に加えるもの（例 [END_OF_LIFE]）。
    /// Explicit scenes to add.
    #[graphql(default_with = "Some(Vec::new())")]
    pub add: Option<Vec<CareScene>>,
    /// 明示する場面から外すもの（例 [EMERGENCY]）。
    /// Explicit scenes to remove.
    #[graphql(default_with = "Some(Vec::new())")]
    pub remove: Option<Vec<CareScene>>,
}

/// いくつもの取組の主体の変更。
/// Many entries to one organisation, or to all.
#[derive(InputObject)]
pub struct AssignEntriesInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// どの取組か。500件まで。同じものは1度だけ。
    /// Which entries, at most 500, each once.
    pub entries: Vec<EntryVersionInput>,
    /// 主体の機関のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。null：共同。
    /// The organisation that they belong to; null: joint.
    pub owner_id: Option<ID>,
}

/// いくつもの取組の移動。指定した順に並べて置きます。
/// Another place for many entries, one behind the other in the order given.
#[derive(InputObject)]
pub struct MoveEntriesInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// どの取組か。500件まで。同じものは1度だけ。
    /// Which entries, at most 500, each once.
    pub entries: Vec<EntryVersionInput>,
    /// 事業項目のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。null：それぞれの今の項目のまま。
    /// The item to move to; null: each one's own.
    pub item_id: Option<ID>,
    /// 欄。null：それぞれの今の欄のまま。
    /// The facet to move to; null: each one's own.
    pub facet: Option<Facet>,
    /// 年度（西暦。例 2026は令和8年度）。null：それぞれの今の年度のまま。
    /// The fiscal year to move to; null: each one's own.
    pub fiscal_year: Option<i32>,
    /// この取組（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）の次から置きます。null：先頭から。
    /// Right behind this entry; null: to the front.
    pub after_entry_id: Option<ID>,
}

/// いくつもの取組の削除。restoreEntries で戻せます。
/// A deletion of many entries; restoreEntries gives them back.
#[derive(InputObject)]
pub struct DeleteEntriesInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// どの取組か。500件まで。同じものは1度だけ。
    /// Which entries, at most 500, each once.
    pub entries: Vec<EntryVersionInput>,
}

/// どの取組を、どの変更の直後の姿に戻すか。
/// Which entry, and back to which change.
#[derive(InputObject)]
pub struct RestoreOneInput {
    /// 取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The entry's id.
    pub id: ID,
    /// 編集を始めたときの版（例 3）。
    /// The version that the editor started from.
    pub version: i32,
    /// 変更のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The change's id.
    pub change_id: ID,
    /// true：その変更の直後ではなく、直前の姿に戻します。
    /// true: to what it was right before that change, not right after it.
    #[graphql(default = false)]
    pub before: bool,
}

/// いくつもの取組を、それぞれある変更の直後の姿に戻します。削除の変更を指定すると、削除した姿に戻ります。
/// Many entries back to what each was right after a change; a deletion's own change gives back what it deleted.
#[derive(InputObject)]
pub struct RestoreEntriesInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    pub request_id: ID,
    /// どの取組か。500件まで。同じものは1度だけ。
    /// Which entries, at most 500, each once.
    pub entries: Vec<RestoreOneInput>,
}
