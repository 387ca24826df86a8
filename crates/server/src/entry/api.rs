//! Entries in the API, and what is done to them.

use super::{
    CellKey, Placed,
    service::{self, Edit, Outcome, Version},
};
use crate::{
    Fault, account,
    account::{Viewer, api::Account},
    change::{
        self,
        api::{Change, ChangeConnection},
    },
    entry,
    graphql::{
        page,
        reading::{Memo, Reading, reading},
        scalars::{self, CareScene, DateTime, Facet, NoteKind},
    },
    handout::api::Handout,
    refusal::{Refusal, api::Refused},
    region::api::Organization,
    sheet::{
        self, Frame, SheetView,
        api::{Item, item, organization},
        may_edit,
    },
};
use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject, Union};
use renkei_domain::{
    self as domain, AccountId, EntryId, EntryText, filter,
    reference::{self, Target},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::sync::OnceCell;

#[derive(Clone)]
pub struct Entry {
    together: Arc<Together>,
    placed: Box<Placed>,
}

/// Entries that were read together find out together who wrote them and what their last changes are: one statement
/// for all of them, however many ask.
pub struct Together {
    frame: Arc<Frame>,
    entries: Vec<EntryId>,
    editors: HashSet<AccountId>,
    accounts: OnceCell<Arc<People>>,
    /// By how many newest changes are asked for, and before which.
    changes: Memo<(usize, Option<i64>), Arc<Changes>>,
}

type People = HashMap<AccountId, Arc<Viewer>>;
type Changes = HashMap<EntryId, Vec<Change>>;

impl Together {
    /// All entries of a sheet.
    pub fn on(view: &SheetView) -> Self {
        Self::of(view.frame.clone(), view.cells.values().flatten())
    }

    fn of<'e>(frame: Arc<Frame>, entries: impl Iterator<Item = &'e entry::Entry> + Clone) -> Self {
        Together {
            frame,
            entries: entries.clone().map(|entry| entry.id).collect(),
            editors: entries.filter_map(|entry| entry.updated_by).collect(),
            accounts: OnceCell::new(),
            changes: Memo::default(),
        }
    }

    async fn accounts(&self, reading: &Reading) -> Result<Arc<People>, Fault> {
        let load = async || people(reading, self.editors.iter().copied()).await.map(Arc::new);
        self.accounts.get_or_try_init(load).await.cloned()
    }

    async fn changes(
        &self,
        reading: &Reading,
        rows: usize,
        before: Option<i64>,
    ) -> Result<Arc<Changes>, Fault> {
        let load = async || {
            let rows = u64::try_from(rows)? + 1;
            let db = reading.db.direct();
            let changes = change::newest_of_entries(db, &self.entries, rows, before).await?;
            let authors =
                changes.values().flatten().filter_map(|change| change.by.account).collect::<HashSet<_>>();
            let people = people(reading, authors).await?;
            let author = |change: change::Change| {
                let by = change.by.account.and_then(|by| people.get(&by)).cloned();
                Change::new(change, by)
            };
            let shown =
                changes.into_iter().map(|(id, changes)| (id, changes.into_iter().map(author).collect()));
            Ok(Arc::new(shown.collect::<Changes>()))
        };
        self.changes.get((rows, before), load).await
    }
}

async fn people(reading: &Reading, ids: impl IntoIterator<Item = AccountId>) -> Result<People, Fault> {
    let viewers = account::viewers(reading.db.direct(), ids).await?;
    Ok(viewers.into_iter().map(|(id, viewer)| (id, Arc::new(viewer))).collect())
}

impl Entry {
    pub fn new(together: &Arc<Together>, entry: entry::Entry, position: usize) -> Self {
        Entry { together: together.clone(), placed: Box::new(Placed { entry, position }) }
    }

    /// An entry by itself, on the sheet that governs its cell.
    async fn alone(reading: &Reading, placed: Placed) -> Result<Self, Fault> {
        let entry = &placed.entry;
        let frame =
            sheet::service::governing(&reading.db, entry.region, entry.cell.facet, entry.cell.fiscal_year);
        let frame = frame.await?.ok_or_else(|| Fault::new("an entry without its sheet"))?;
        let together = Together::of(Arc::new(frame), std::iter::once(entry));
        Ok(Entry { together: together.into(), placed: Box::new(placed) })
    }

    fn entry(&self) -> &entry::Entry {
        &self.placed.entry
    }

    fn effective_scenes(&self) -> domain::SceneSet {
        let row = self.together.frame.row(self.entry().cell.item);
        let inherited = row.map(|row| row.scenes).unwrap_or_default();
        filter::effective_scenes(self.entry().text.explicit_scenes, inherited)
    }
}

/// 取組：セルの中の○1つ。
/// One ○ bullet of a cell.
#[Object]
impl Entry {
    pub async fn id(&self) -> ID {
        self.entry().id.to_string().into()
    }

    /// 事業項目。
    /// Its item.
    async fn item(&self) -> Result<Item, Error> {
        item(&self.together.frame, self.entry().cell.item)
    }

    /// 欄。
    /// Its facet.
    async fn facet(&self) -> Facet {
        self.entry().cell.facet.into()
    }

    /// 何年度についての取組か（西暦）。
    /// The fiscal year that it is about.
    async fn fiscal_year(&self) -> i32 {
        self.entry().cell.fiscal_year.0
    }

    /// 本文（○は含みません）。
    /// The text after ○, as written.
    async fn body(&self) -> &str {
        &self.entry().text.body
    }

    /// 注記。
    /// The lines under it, in order.
    async fn notes(&self) -> Vec<Note> {
        notes(&self.entry().text)
    }

    /// 場面：明示した場面。なければ事業項目の場面。
    /// Effective scenes: explicit ones, or the item's.
    async fn scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.effective_scenes())
    }

    /// 明示した場面。
    /// Scenes of its own.
    async fn explicit_scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.entry().text.explicit_scenes)
    }

    /// 主体の機関。共同なら null です。
    /// To whom it belongs; null: joint.
    async fn owner(&self) -> Result<Option<Organization>, Error> {
        let region = &self.together.frame.region;
        self.entry().owner.map(|owner| organization(region, owner)).transpose()
    }

    /// セルの中での順。0から。削除した取組は、戻したときに立つ場所。
    /// Its place among the cell's entries, from 0; a move changes neighbours' place, not their version. A deleted one:
    /// where it would stand.
    async fn position(&self) -> usize {
        self.placed.position
    }

    /// 版。1から、変更のたびに1つ進みます。
    /// Starts at 1; every change of this entry (text, move, owner, deletion, restoration) adds 1.
    async fn version(&self) -> i32 {
        self.entry().version
    }

    /// 削除した時刻。
    /// When it was deleted.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.entry().deleted_at.map(DateTime)
    }

    /// 最後に変更した時刻。
    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.entry().updated_at)
    }

    /// 最後に変更した人。取り込みなら null です。
    /// Who changed it last; null if it was an import.
    async fn updated_by(&self, ctx: &Context<'_>) -> Result<Option<Account>, Error> {
        let Some(editor) = self.entry().updated_by else { return Ok(None) };
        let accounts = self.together.accounts(reading(ctx)).await?;
        Ok(accounts.get(&editor).cloned().map(Account))
    }

    /// 見る人が編集できるか。
    /// Whether the viewer may edit it.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let (region, entry) = (&self.together.frame.region, self.entry());
        let viewer = reading(ctx).viewer();
        may_edit(region, viewer.as_ref(), entry.cell.facet, entry.cell.fiscal_year, entry.owned_by()).is_ok()
    }

    /// 本文と注記が参照する事業項目（カ）や資料3。それぞれ1度、出てくる順。
    /// Items （カ） and handouts 資料3 that body and notes refer to, each once, as they first occur.
    async fn references(&self) -> Vec<Reference> {
        references(&self.together.frame, self.entry())
    }

    /// 変更履歴。新しい順。一度に100件まで。
    /// Its changes, newest first, at most 100 at a time.
    #[graphql(complexity = "10 + child_complexity")]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<ChangeConnection, Error> {
        let (rows, before) = (page::rows(first)?, page::cursor(after.as_deref())?);
        let changes = self.together.changes(reading(ctx), rows, before).await?;
        let own = changes.get(&self.entry().id).cloned().unwrap_or_default();
        Ok(ChangeConnection::page(own, rows, before.is_none()))
    }
}

/// 注記：取組の下の1行。印は含みません。
/// A line under an entry, without its mark.
#[derive(SimpleObject)]
pub struct Note {
    kind: NoteKind,
    text: String,
    /// 「*」の下の「・」なら1、ほかは0。
    /// 1 for a DOT under an ASTERISK, else 0.
    depth: u8,
}

fn notes(text: &EntryText) -> Vec<Note> {
    let note =
        |note: &domain::Note| Note { kind: note.kind.into(), text: note.text.clone(), depth: note.depth };
    text.notes.iter().map(note).collect()
}

/// 文からの参照。
/// What a text refers to.
#[derive(Union)]
pub enum Reference {
    Item(Item),
    Handout(Handout),
    Unresolved(UnresolvedReference),
}

/// この表にない項目や資料への参照。
/// A reference to what is not there.
#[derive(SimpleObject)]
pub struct UnresolvedReference {
    /// 文にあるとおり（例 資料9）。
    /// As it stands in the text.
    label: String,
}

fn references(frame: &Frame, entry: &entry::Entry) -> Vec<Reference> {
    let codes: Vec<&str> = frame.rows.iter().map(|row| row.code.as_str()).collect();
    let year = entry.cell.facet.governing_year(entry.cell.fiscal_year);
    let notes = entry.text.notes.iter().map(|note| note.text.as_str());
    let found =
        std::iter::once(entry.text.body.as_str()).chain(notes).flat_map(|text| reference::find(text, &codes));
    let mut seen = HashSet::new();
    let mut references = Vec::new();
    for found in found {
        let item = match found.target {
            Target::Item(code) => frame.rows.iter().find(|row| row.code == code),
            _ => None,
        };
        let handout = match found.target {
            Target::Handout(number) => {
                frame.region.handouts_of(year).find(|handout| handout.number == number)
            }
            _ => None,
        };
        let (key, reference) = match (item, handout) {
            (Some(row), _) => (row.code.clone(), Reference::Item(Item(row.clone()))),
            (_, Some(handout)) => (handout.number.to_string(), Reference::Handout(Handout(handout.clone()))),
            _ => {
                let label = found.label.to_owned();
                (format!("?{label}"), Reference::Unresolved(UnresolvedReference { label }))
            }
        };
        if seen.insert(key) {
            references.push(reference);
        }
    }
    references
}

/// 注記の入力。
/// A note to store.
#[derive(InputObject)]
pub struct NoteInput {
    kind: NoteKind,
    /// 印を除いた1行、2,000文字まで。
    /// One line without its mark, at most 2,000 characters.
    text: String,
    /// 「*」の下の「・」なら1。
    /// 1 for a DOT under an ASTERISK.
    #[graphql(default_with = "Some(0)")]
    depth: Option<i32>,
}

/// 取組の追加。本文は4,000文字まで、注記は2,000文字まで50個まで、どれも1行。
/// A new entry. Limits: body 4,000 characters, a note 2,000, 50 notes, one line each.
#[derive(InputObject)]
pub struct CreateEntryInput {
    /// この依頼のUUID。同じ人が30日のうちに同じものを送ると、前と同じ答えを返し、何も変えません。
    /// A client's UUID for the request; the same one sent again by the same account within 30 days answers as before
    /// and changes nothing.
    request_id: ID,
    sheet_id: ID,
    item_id: ID,
    facet: Facet,
    fiscal_year: i32,
    body: String,
    #[graphql(default_with = "Some(Vec::new())")]
    notes: Option<Vec<NoteInput>>,
    #[graphql(default_with = "Some(Vec::new())")]
    explicit_scenes: Option<Vec<CareScene>>,
    /// null：共同。
    /// null: joint.
    owner_id: Option<ID>,
    /// この取組の次に置きます。null：末尾。
    /// null: at the end.
    after_entry_id: Option<ID>,
}

/// 取組の編集。本文・注記・場面のすべてを置き換えます。
/// Replaces body, notes and scenes.
#[derive(InputObject)]
pub struct UpdateEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    request_id: ID,
    id: ID,
    /// 編集を始めたときの版。
    /// The version that the editor started from.
    version: i32,
    body: String,
    notes: Vec<NoteInput>,
    explicit_scenes: Vec<CareScene>,
}

/// 取組の移動。
/// Another place, in its own cell or another.
#[derive(InputObject)]
pub struct MoveEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    request_id: ID,
    id: ID,
    version: i32,
    /// この取組の次に置きます。null：先頭。
    /// null: to the front.
    after_entry_id: Option<ID>,
    /// null：今の項目のまま。
    /// null: its own.
    item_id: Option<ID>,
    /// null：今の欄のまま。
    /// null: its own.
    facet: Option<Facet>,
    /// null：今の年度のまま。
    /// null: its own.
    fiscal_year: Option<i32>,
}

/// 主体の変更。
/// To one organisation, or to all.
#[derive(InputObject)]
pub struct AssignEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    request_id: ID,
    id: ID,
    version: i32,
    /// null：共同。
    /// null: joint.
    owner_id: Option<ID>,
}

/// 取組の削除。変更履歴から戻せます。
/// A deletion; the entry can be restored.
#[derive(InputObject)]
pub struct DeleteEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    request_id: ID,
    id: ID,
    version: i32,
}

/// 取組を、ある変更の直後の姿に戻します。削除の変更を指定すると、削除した姿に戻ります。
/// Back to what the entry was right after a change; a deletion's own change gives back what it deleted.
#[derive(InputObject)]
pub struct RestoreEntryInput {
    /// この依頼のUUID。
    /// A client's UUID for the request.
    request_id: ID,
    entry_id: ID,
    change_id: ID,
    version: i32,
}

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
    entry: Entry,
    change: Change,
    /// ほかの人の新しい編集も合わせて残したか。
    /// Somebody else's newer edit was kept too.
    merged: bool,
}

/// 削除しました。
/// Deleted.
#[derive(SimpleObject)]
pub struct EntryDeleted {
    id: ID,
    version: i32,
    change: Change,
}

/// ほかの人が先に変更していました。何も失われていません。
/// Somebody else was faster; nothing is lost.
#[derive(SimpleObject)]
pub struct EditConflict {
    /// 編集を始めたときの文。
    /// What the editor started from.
    base: StoredText,
    /// 今の取組。削除されていれば deletedAt があります。
    /// What stands now; it has deletedAt if it was deleted.
    theirs: Entry,
    /// あなたの文。
    /// What the editor wanted.
    yours: StoredText,
}

pub struct StoredText(EntryText);

/// 取組の文。
/// What a person writes of an entry.
#[Object(name = "EntryText")]
impl StoredText {
    async fn body(&self) -> &str {
        &self.0.body
    }

    async fn notes(&self) -> Vec<Note> {
        notes(&self.0)
    }

    async fn explicit_scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.0.explicit_scenes)
    }
}

#[derive(Default)]
pub struct Mutations;

#[Object(name = "EntryMutations")]
impl Mutations {
    /// 取組を加えます。
    /// Adds an entry.
    #[graphql(complexity = "20 + child_complexity")]
    async fn create_entry(
        &self,
        ctx: &Context<'_>,
        input: CreateEntryInput,
    ) -> Result<CreateEntryPayload, Error> {
        let edit = Edit::Create {
            sheet: scalars::id(&input.sheet_id),
            cell: CellKey {
                item: scalars::id(&input.item_id),
                facet: input.facet.into(),
                fiscal_year: scalars::year(input.fiscal_year),
            },
            text: text(
                input.body,
                input.notes.unwrap_or_default(),
                input.explicit_scenes.unwrap_or_default(),
            ),
            owner: input.owner_id.as_ref().map(scalars::id),
            after: input.after_entry_id.as_ref().map(scalars::id),
        };
        match perform(ctx, &input.request_id, edit).await? {
            Done::Saved(saved) => Ok(CreateEntryPayload::Saved(saved)),
            Done::Refused(refused) => Ok(CreateEntryPayload::Refused(refused)),
            other => Err(other.unexpected().into()),
        }
    }

    /// 取組を編集します。
    /// Edits an entry's text and scenes.
    #[graphql(complexity = "20 + child_complexity")]
    async fn update_entry(
        &self,
        ctx: &Context<'_>,
        input: UpdateEntryInput,
    ) -> Result<UpdateEntryPayload, Error> {
        let edit = Edit::Update {
            version: version(&input.id, input.version),
            text: text(input.body, input.notes, input.explicit_scenes),
        };
        perform(ctx, &input.request_id, edit).await?.into_update()
    }

    /// 取組を移動します。
    /// Moves an entry.
    #[graphql(complexity = "20 + child_complexity")]
    async fn move_entry(&self, ctx: &Context<'_>, input: MoveEntryInput) -> Result<MoveEntryPayload, Error> {
        let edit = Edit::Move {
            version: version(&input.id, input.version),
            after: input.after_entry_id.as_ref().map(scalars::id),
            item: input.item_id.as_ref().map(scalars::id),
            facet: input.facet.map(domain::Facet::from),
            year: input.fiscal_year.map(scalars::year),
        };
        match perform(ctx, &input.request_id, edit).await? {
            Done::Saved(saved) => Ok(MoveEntryPayload::Saved(saved)),
            Done::Conflict(conflict) => Ok(MoveEntryPayload::Conflict(conflict)),
            Done::Refused(refused) => Ok(MoveEntryPayload::Refused(refused)),
            other => Err(other.unexpected().into()),
        }
    }

    /// 取組を削除します。
    /// Deletes an entry; it can be restored.
    #[graphql(complexity = "20 + child_complexity")]
    async fn delete_entry(
        &self,
        ctx: &Context<'_>,
        input: DeleteEntryInput,
    ) -> Result<DeleteEntryPayload, Error> {
        let edit = Edit::Delete { version: version(&input.id, input.version) };
        match perform(ctx, &input.request_id, edit).await? {
            Done::Deleted(deleted) => Ok(DeleteEntryPayload::Deleted(deleted)),
            Done::Conflict(conflict) => Ok(DeleteEntryPayload::Conflict(conflict)),
            Done::Refused(refused) => Ok(DeleteEntryPayload::Refused(refused)),
            other => Err(other.unexpected().into()),
        }
    }

    /// 取組を前の姿に戻します。
    /// Restores an entry to what it was right after a change; also undoes a deletion.
    #[graphql(complexity = "20 + child_complexity")]
    async fn restore_entry(
        &self,
        ctx: &Context<'_>,
        input: RestoreEntryInput,
    ) -> Result<UpdateEntryPayload, Error> {
        let edit = Edit::Restore {
            version: version(&input.entry_id, input.version),
            change: scalars::id(&input.change_id),
        };
        perform(ctx, &input.request_id, edit).await?.into_update()
    }

    /// 取組の主体を変えます。
    /// Assigns an entry to one organisation, or to all (joint).
    #[graphql(complexity = "20 + child_complexity")]
    async fn assign_entry(
        &self,
        ctx: &Context<'_>,
        input: AssignEntryInput,
    ) -> Result<UpdateEntryPayload, Error> {
        let edit = Edit::Assign {
            version: version(&input.id, input.version),
            owner: input.owner_id.as_ref().map(scalars::id),
        };
        perform(ctx, &input.request_id, edit).await?.into_update()
    }
}

/// An outcome, ready to be shown.
enum Done {
    Saved(EntrySaved),
    Deleted(EntryDeleted),
    Conflict(EditConflict),
    Refused(Refused),
}

impl Done {
    fn into_update(self) -> Result<UpdateEntryPayload, Error> {
        match self {
            Done::Saved(saved) => Ok(UpdateEntryPayload::Saved(saved)),
            Done::Conflict(conflict) => Ok(UpdateEntryPayload::Conflict(conflict)),
            Done::Refused(refused) => Ok(UpdateEntryPayload::Refused(refused)),
            Done::Deleted(_) => Err(self.unexpected().into()),
        }
    }

    fn unexpected(&self) -> Fault {
        Fault::new("an edit came out as another kind of edit does")
    }
}

async fn perform(ctx: &Context<'_>, request: &ID, edit: Edit) -> Result<Done, Error> {
    let reading = reading(ctx);
    let Some(viewer) = reading.viewer() else { return Ok(Done::Refused(Refusal::signed_out().into())) };
    let outcome = service::perform(&reading.db, &viewer, request.parse().ok(), edit).await?;
    reading.forget();
    Ok(shown(reading, &viewer, outcome).await?)
}

/// What is shown is what the change log says: so a request sent again is answered as it was the first time.
async fn shown(reading: &Reading, viewer: &Viewer, outcome: Outcome) -> Result<Done, Fault> {
    let gone = || Ok(Done::Refused(Refusal::not_found("取組").into()));
    match outcome {
        Outcome::Refused(refusal) => Ok(Done::Refused(refusal.into())),
        Outcome::Conflict(conflict) if !viewer.reads(conflict.theirs.entry.region) => gone(),
        Outcome::Conflict(conflict) => Ok(Done::Conflict(EditConflict {
            base: StoredText(conflict.base),
            theirs: Entry::alone(reading, conflict.theirs).await?,
            yours: StoredText(conflict.yours),
        })),
        Outcome::Saved { change } | Outcome::Deleted { change } => {
            let deletes = matches!(outcome, Outcome::Deleted { .. });
            let made = service::changed(&reading.db, change).await?;
            if !viewer.reads(made.change.region) {
                return gone();
            }
            let (id, version) = (made.after.entry.id, made.after.entry.version);
            let change = change::api::with_author(reading, made.change).await?;
            if deletes {
                return Ok(Done::Deleted(EntryDeleted { id: id.to_string().into(), version, change }));
            }
            let entry = Entry::alone(reading, made.after).await?;
            Ok(Done::Saved(EntrySaved { entry, change, merged: false }))
        }
    }
}

fn version(id: &ID, number: i32) -> Version {
    Version { entry: scalars::id(id), number }
}

fn text(body: String, notes: Vec<NoteInput>, explicit_scenes: Vec<CareScene>) -> EntryText {
    let note = |note: NoteInput| domain::Note {
        kind: note.kind.into(),
        text: note.text,
        // A depth that is none is as wrong as one that is too great, and refused with it.
        depth: u8::try_from(note.depth.unwrap_or_default()).unwrap_or(u8::MAX),
    };
    EntryText {
        body,
        notes: notes.into_iter().map(note).collect(),
        explicit_scenes: scalars::scene_set(explicit_scenes),
    }
}

/// An entry that the viewer reads, living or deleted.
pub async fn find(reading: &Reading, id: EntryId) -> Result<Option<Entry>, Fault> {
    let placed = service::find(&reading.db, id).await?;
    match placed.filter(|placed| reading.reads(placed.entry.region)) {
        Some(placed) => Ok(Some(Entry::alone(reading, placed).await?)),
        None => Ok(None),
    }
}
