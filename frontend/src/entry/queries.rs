//! What is asked to be done with entries, what the server answers, and drafts' copies on the server.

// An answer is taken apart as soon as it is read, and cynic decodes into no box.
#![allow(clippy::large_enum_variant)]

pub use super::many_queries::*;
use super::mutation::{Change, Input, Operation, Reply};
use crate::{
    api::{
        self, EnumValue, Failure, Id, NoteFields, NoteInput, Refusal, RefusalCode, scene_set, scene_values,
    },
    history::place,
    schema,
    sheet::queries::{Author, Entry},
    text,
};
use cynic::{MutationBuilder, QueryBuilder};
use renkei_domain::{
    CareScene, ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RegionId, SceneSet,
    SheetId,
};
use serde::{Deserialize, de::IgnoredAny};

#[derive(cynic::QueryFragment)]
pub struct EntrySaved {
    pub entry: Entry,
    pub change: ChangeRef,
    /// Somebody else had changed it since, and the entry holds both edits.
    pub merged: bool,
}

#[derive(cynic::QueryFragment)]
pub struct EntryDeleted {
    pub id: Id<EntryId>,
    pub version: i32,
    pub change: ChangeRef,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Change")]
pub struct ChangeRef {
    pub id: Id<ChangeId>,
    pub seq: i32,
}

#[derive(cynic::QueryFragment)]
pub struct EditConflict {
    pub base: Text,
    pub theirs: Entry,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "EntryText")]
pub struct Text {
    pub body: String,
    pub notes: Vec<NoteFields>,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
}

/// [`Refusal`] with the input's field that it is about.
#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Refusal")]
pub struct FieldRefusal {
    pub code: RefusalCode,
    pub message: String,
    pub field: Option<String>,
}

/// The three unions of what mutations answer, as one: all have members of these types alone.
#[derive(Deserialize)]
#[serde(tag = "__typename")]
enum Payload {
    EntrySaved(EntrySaved),
    EntryDeleted(EntryDeleted),
    EditConflict(EditConflict),
    EntriesCreated(EntriesCreated),
    EntriesChanged(EntriesChanged),
    EntriesDeleted(EntriesDeleted),
    SheetChanged(IgnoredAny),
    Refusal(FieldRefusal),
    #[serde(other)]
    Unknown,
}

#[derive(cynic::InlineFragments)]
pub enum CreateEntryPayload {
    EntrySaved(EntrySaved),
    Refusal(FieldRefusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::InlineFragments)]
pub enum UpdateEntryPayload {
    EntrySaved(EntrySaved),
    EditConflict(EditConflict),
    Refusal(FieldRefusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::InlineFragments)]
pub enum MoveEntryPayload {
    EntrySaved(EntrySaved),
    EditConflict(EditConflict),
    Refusal(FieldRefusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::InlineFragments)]
pub enum DeleteEntryPayload {
    EntryDeleted(EntryDeleted),
    EditConflict(EditConflict),
    Refusal(FieldRefusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateEntryVariables")]
pub struct CreateEntry {
    #[arguments(input: $input)]
    #[cynic(rename = "createEntry", alias)]
    pub answer: CreateEntryPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct CreateEntryVariables {
    pub input: CreateEntryInput,
}

#[derive(Default, cynic::InputObject)]
pub struct CreateEntryInput {
    pub request_id: Id<String>,
    pub sheet_id: Id<SheetId>,
    pub item_id: Id<ItemId>,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub body: String,
    pub notes: Vec<NoteInput>,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<Id<OrganizationId>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub after_entry_id: Option<Id<EntryId>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "UpdateEntryVariables")]
pub struct UpdateEntry {
    #[arguments(input: $input)]
    #[cynic(rename = "updateEntry", alias)]
    pub answer: UpdateEntryPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct UpdateEntryVariables {
    pub input: UpdateEntryInput,
}

#[derive(Default, cynic::InputObject)]
pub struct UpdateEntryInput {
    pub request_id: Id<String>,
    pub id: Id<EntryId>,
    pub version: i32,
    pub body: String,
    pub notes: Vec<NoteInput>,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "MoveEntryVariables")]
pub struct MoveEntry {
    #[arguments(input: $input)]
    #[cynic(rename = "moveEntry", alias)]
    pub answer: MoveEntryPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct MoveEntryVariables {
    pub input: MoveEntryInput,
}

#[derive(Default, cynic::InputObject)]
pub struct MoveEntryInput {
    pub request_id: Id<String>,
    pub id: Id<EntryId>,
    pub version: i32,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub after_entry_id: Option<Id<EntryId>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<Id<ItemId>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub facet: Option<EnumValue<Facet>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<i32>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "AssignEntryVariables")]
pub struct AssignEntry {
    #[arguments(input: $input)]
    #[cynic(rename = "assignEntry", alias)]
    pub answer: UpdateEntryPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct AssignEntryVariables {
    pub input: AssignEntryInput,
}

#[derive(Default, cynic::InputObject)]
pub struct AssignEntryInput {
    pub request_id: Id<String>,
    pub id: Id<EntryId>,
    pub version: i32,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<Id<OrganizationId>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "DeleteEntryVariables")]
pub struct DeleteEntry {
    #[arguments(input: $input)]
    #[cynic(rename = "deleteEntry", alias)]
    pub answer: DeleteEntryPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct DeleteEntryVariables {
    pub input: DeleteEntryInput,
}

#[derive(Default, cynic::InputObject)]
pub struct DeleteEntryInput {
    pub request_id: Id<String>,
    pub id: Id<EntryId>,
    pub version: i32,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RestoreEntryVariables")]
pub struct RestoreEntry {
    #[arguments(input: $input)]
    #[cynic(rename = "restoreEntry", alias)]
    pub answer: UpdateEntryPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct RestoreEntryVariables {
    pub input: RestoreEntryInput,
}

#[derive(Default, cynic::InputObject)]
pub struct RestoreEntryInput {
    pub request_id: Id<String>,
    pub entry_id: Id<EntryId>,
    pub change_id: Id<ChangeId>,
    pub version: i32,
}

/// A mutation as it is sent, and sent again; none: its input lacks what the operation needs.
pub fn request(operation: Operation, input: &Input) -> Option<String> {
    let Input { request_id, body, notes, explicit_scenes, .. } = input.clone();
    let request_id = Id(request_id);
    let notes = || notes.unwrap_or_default().into_iter().map(NoteInput::from).collect();
    let explicit_scenes = scene_values(explicit_scenes.unwrap_or_default());
    let (id, version) = (input.id.map(Id), input.version);
    let item_id = input.item_id.map(Id);
    let facet = input.facet.map(|facet| EnumValue(Some(facet)));
    let fiscal_year = input.fiscal_year.map(|year| year.0);
    let (owner_id, after_entry_id) = (input.owner_id.map(Id), input.after_entry_id.map(Id));
    Some(match operation {
        Operation::Create => {
            let input = CreateEntryInput {
                request_id,
                sheet_id: Id(input.sheet_id?),
                item_id: item_id?,
                facet: facet?,
                fiscal_year: fiscal_year?,
                body: body?,
                notes: notes(),
                explicit_scenes,
                owner_id,
                after_entry_id,
            };
            api::request(&CreateEntry::build(CreateEntryVariables { input }))
        }
        Operation::Update => {
            let (id, version, body, notes) = (id?, version?, body?, notes());
            let input = UpdateEntryInput { request_id, id, version, body, notes, explicit_scenes };
            api::request(&UpdateEntry::build(UpdateEntryVariables { input }))
        }
        Operation::Move => {
            let (id, version) = (id?, version?);
            let input =
                MoveEntryInput { request_id, id, version, after_entry_id, item_id, facet, fiscal_year };
            api::request(&MoveEntry::build(MoveEntryVariables { input }))
        }
        Operation::Assign => {
            let input = AssignEntryInput { request_id, id: id?, version: version?, owner_id };
            api::request(&AssignEntry::build(AssignEntryVariables { input }))
        }
        Operation::Delete => {
            let input = DeleteEntryInput { request_id, id: id?, version: version? };
            api::request(&DeleteEntry::build(DeleteEntryVariables { input }))
        }
        Operation::Restore => {
            let (entry_id, change_id) = (Id(input.entry_id?), Id(input.change_id?));
            let input = RestoreEntryInput { request_id, entry_id, change_id, version: version? };
            api::request(&RestoreEntry::build(RestoreEntryVariables { input }))
        }
        _ => return super::many_queries::request(operation, input),
    })
}

/// Reads what a mutation was answered.
pub fn read(answer: &str) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Data {
        answer: Payload,
    }
    let Data { answer } = api::decode(answer)?;
    Ok(match answer {
        Payload::EntrySaved(saved) => saved.into(),
        Payload::EntryDeleted(deleted) => deleted.into(),
        Payload::EditConflict(conflict) => conflict.into(),
        Payload::EntriesCreated(EntriesCreated { results }) => {
            Reply::Many(results.into_iter().map(Reply::from).collect())
        }
        Payload::EntriesChanged(EntriesChanged { results }) => {
            Reply::Many(results.into_iter().map(changed).collect::<Result<_, _>>()?)
        }
        Payload::EntriesDeleted(EntriesDeleted { results }) => {
            Reply::Many(results.into_iter().map(deleted).collect::<Result<_, _>>()?)
        }
        Payload::SheetChanged(_) => Reply::Done,
        Payload::Refusal(FieldRefusal { code: RefusalCode::SignedOut, .. }) => {
            return Err(Failure::SignedOut);
        }
        Payload::Refusal(refusal) => refusal.into(),
        Payload::Unknown => return Err(Failure::Fault(text::STRANGE_ANSWER.to_owned())),
    })
}

fn changed(result: UpdateEntryPayload) -> Result<Reply, Failure> {
    Ok(match result {
        UpdateEntryPayload::EntrySaved(saved) => saved.into(),
        UpdateEntryPayload::EditConflict(conflict) => conflict.into(),
        UpdateEntryPayload::Refusal(refusal) => refusal.into(),
        UpdateEntryPayload::Unknown => return Err(Failure::Fault(text::STRANGE_ANSWER.to_owned())),
    })
}

fn deleted(result: DeleteEntryPayload) -> Result<Reply, Failure> {
    Ok(match result {
        DeleteEntryPayload::EntryDeleted(deleted) => deleted.into(),
        DeleteEntryPayload::EditConflict(conflict) => conflict.into(),
        DeleteEntryPayload::Refusal(refusal) => refusal.into(),
        DeleteEntryPayload::Unknown => return Err(Failure::Fault(text::STRANGE_ANSWER.to_owned())),
    })
}

impl From<EntrySaved> for Reply {
    fn from(EntrySaved { entry, change, merged }: EntrySaved) -> Self {
        Self::Saved { entry: entry.into(), change: change.into(), merged }
    }
}

impl From<EntryDeleted> for Reply {
    fn from(EntryDeleted { id, version, change }: EntryDeleted) -> Self {
        Self::Deleted { id: id.0, version, change: change.into() }
    }
}

impl From<EditConflict> for Reply {
    fn from(EditConflict { base, theirs }: EditConflict) -> Self {
        Self::Conflict { base: base.into(), theirs: theirs.into() }
    }
}

impl From<FieldRefusal> for Reply {
    fn from(FieldRefusal { message, field, .. }: FieldRefusal) -> Self {
        Self::Refused { message, field }
    }
}

impl From<ChangeRef> for Change {
    fn from(change: ChangeRef) -> Self {
        Self { id: change.id.0, seq: change.seq.into() }
    }
}

impl From<Text> for EntryText {
    fn from(Text { body, notes, explicit_scenes }: Text) -> Self {
        let notes = notes.into_iter().map(Into::into).collect();
        Self { body, notes, explicit_scenes: scene_set(&explicit_scenes) }
    }
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "LatestChangeVariables")]
pub struct LatestChange {
    #[arguments(id: $id)]
    pub node: Option<Node>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct LatestChangeVariables {
    pub id: Id<EntryId>,
}

#[derive(cynic::InlineFragments)]
pub enum Node {
    Entry(EntryChanges),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Entry")]
pub struct EntryChanges {
    #[arguments(first: 1)]
    pub changes: ChangeConnection,
}

#[derive(cynic::QueryFragment)]
pub struct ChangeConnection {
    pub edges: Vec<ChangeEdge>,
}

#[derive(cynic::QueryFragment)]
pub struct ChangeEdge {
    pub node: NewestChange,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Change")]
pub struct NewestChange {
    pub id: Id<ChangeId>,
}

/// The newest change of an entry: where a restoration of a deleted one goes back to.
pub async fn latest_change(id: EntryId) -> Result<Option<ChangeId>, Failure> {
    let data = api::call(&LatestChange::build(LatestChangeVariables { id: Id(id) })).await?;
    let Some(Node::Entry(entry)) = data.node else { return Ok(None) };
    Ok(entry.changes.edges.into_iter().next().map(|edge| edge.node.id.0))
}

/// What has become of an entry that the sheet has no place for.
#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "LatestChangeVariables")]
pub struct FindEntry {
    #[arguments(id: $id)]
    pub node: Option<FoundEntry>,
}

#[derive(cynic::InlineFragments)]
#[cynic(graphql_type = "Node")]
pub enum FoundEntry {
    Entry(Whereabouts),
    #[cynic(fallback)]
    Unknown,
}

/// Where it stands, or stood last, and who has changed it last.
#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Entry")]
pub struct Whereabouts {
    pub body: String,
    pub item: ItemCode,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub deleted_at: Option<String>,
    pub updated_by: Option<Author>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Item")]
pub struct ItemCode {
    pub code: String,
}

impl Whereabouts {
    pub fn place(&self) -> String {
        place(&self.item.code, self.facet, self.fiscal_year)
    }
}

pub async fn whereabouts(id: EntryId) -> Result<Option<Whereabouts>, Failure> {
    let data = api::call(&FindEntry::build(LatestChangeVariables { id: Id(id) })).await?;
    Ok(data.node.and_then(|node| match node {
        FoundEntry::Entry(entry) => Some(entry),
        FoundEntry::Unknown => None,
    }))
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "FindSheetVariables")]
pub struct FindSheet {
    #[arguments(id: $id)]
    pub node: Option<FoundSheet>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct FindSheetVariables {
    pub id: Id<SheetId>,
}

#[derive(cynic::InlineFragments)]
#[cynic(graphql_type = "Node")]
pub enum FoundSheet {
    Sheet(SheetPlace),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet")]
pub struct SheetPlace {
    pub fiscal_year: i32,
    pub region: RegionRef,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Region")]
pub struct RegionRef {
    pub id: Id<RegionId>,
}

/// Region and year of a sheet, for its address; none: there is no such sheet for the viewer.
pub async fn place_of_sheet(id: SheetId) -> Result<Option<(RegionId, FiscalYear)>, Failure> {
    let data = api::call(&FindSheet::build(FindSheetVariables { id: Id(id) })).await?;
    Ok(data.node.and_then(|node| match node {
        FoundSheet::Sheet(sheet) => Some((sheet.region.id.0, FiscalYear(sheet.fiscal_year))),
        FoundSheet::Unknown => None,
    }))
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "DraftsVariables")]
pub struct Drafts {
    #[arguments(sheetId: $sheet_id)]
    pub drafts: Vec<Draft>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct DraftsVariables {
    pub sheet_id: Id<SheetId>,
}

/// A draft's copy, of an entry or of a new one in a cell.
#[derive(cynic::QueryFragment)]
pub struct Draft {
    pub device_id: Id<String>,
    pub entry_id: Option<Id<EntryId>>,
    pub item_id: Option<Id<ItemId>>,
    pub facet: Option<EnumValue<Facet>>,
    pub fiscal_year: Option<i32>,
    pub outline: String,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
    pub owner_id: Option<Id<OrganizationId>>,
    pub after_entry_id: Option<Id<EntryId>>,
    pub version: i32,
    pub merged: Option<String>,
    pub typed_at: String,
}

impl Draft {
    pub fn scenes(&self) -> SceneSet {
        scene_set(&self.explicit_scenes)
    }
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "SaveDraftVariables")]
pub struct SaveDraft {
    #[arguments(input: $input)]
    #[cynic(rename = "saveDraft", alias)]
    pub answer: SaveDraftPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SaveDraftVariables {
    pub input: SaveDraftInput,
}

#[derive(Default, cynic::InputObject)]
pub struct SaveDraftInput {
    pub sheet_id: Id<SheetId>,
    pub device_id: Id<String>,
    pub entry_id: Option<Id<EntryId>>,
    pub item_id: Option<Id<ItemId>>,
    pub facet: Option<EnumValue<Facet>>,
    pub fiscal_year: Option<i32>,
    pub outline: String,
    pub explicit_scenes: Vec<EnumValue<CareScene>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<Id<OrganizationId>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub after_entry_id: Option<Id<EntryId>>,
    pub version: i32,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub merged: Option<String>,
    pub typed_at: String,
}

#[derive(cynic::InlineFragments)]
pub enum SaveDraftPayload {
    DraftKept(DraftKept),
    Refusal(Refusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
pub struct DraftKept {
    pub draft: DraftTime,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Draft")]
pub struct DraftTime {
    pub typed_at: String,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "DiscardDraftVariables")]
pub struct DiscardDraft {
    #[arguments(input: $input)]
    pub discard_draft: bool,
}

#[derive(Default, cynic::QueryVariables)]
pub struct DiscardDraftVariables {
    pub input: DiscardDraftInput,
}

#[derive(Default, cynic::InputObject)]
pub struct DiscardDraftInput {
    pub sheet_id: Id<SheetId>,
    pub device_id: Id<String>,
    pub entry_id: Option<Id<EntryId>>,
    pub item_id: Option<Id<ItemId>>,
    pub facet: Option<EnumValue<Facet>>,
    pub fiscal_year: Option<i32>,
}
