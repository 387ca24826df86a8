//! The operations for many entries at once.

// An answer is taken apart as soon as it is read, and cynic decodes into no box.
#![allow(clippy::large_enum_variant)]

use super::{
    mutation::{Input, Operation},
    queries::{DeleteEntryPayload, EntrySaved, FieldRefusal, UpdateEntryPayload},
};
use crate::{
    api::{self, EnumValue, Id, NoteInput, scene_values},
    schema, suggestion,
};
use cynic::MutationBuilder;
use renkei_domain::{CareScene, ChangeId, EntryId, Facet, ItemId, OrganizationId, SheetId};

#[derive(cynic::QueryFragment)]
pub struct EntriesChanged {
    pub results: Vec<UpdateEntryPayload>,
}

#[derive(cynic::QueryFragment)]
pub struct EntriesDeleted {
    pub results: Vec<DeleteEntryPayload>,
}

#[derive(cynic::QueryFragment)]
pub struct EntriesCreated {
    pub results: Vec<EntrySaved>,
}

#[derive(cynic::InlineFragments)]
pub enum EntriesPayload {
    EntriesChanged(EntriesChanged),
    Refusal(FieldRefusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::InlineFragments)]
pub enum DeleteEntriesPayload {
    EntriesDeleted(EntriesDeleted),
    Refusal(FieldRefusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::InlineFragments)]
pub enum CreateEntriesPayload {
    EntriesCreated(EntriesCreated),
    Refusal(FieldRefusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateEntriesVariables")]
pub struct CreateEntries {
    #[arguments(input: $input)]
    #[cynic(rename = "createEntries", alias)]
    pub answer: CreateEntriesPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct CreateEntriesVariables {
    pub input: CreateEntriesInput,
}

#[derive(Default, cynic::InputObject)]
pub struct CreateEntriesInput {
    pub request_id: Id<String>,
    pub sheet_id: Id<SheetId>,
    pub entries: Vec<NewEntryInput>,
}

#[derive(cynic::InputObject)]
pub struct NewEntryInput {
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

#[derive(cynic::InputObject)]
pub struct EntryVersionInput {
    pub id: Id<EntryId>,
    pub version: i32,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "TagEntriesVariables")]
pub struct TagEntries {
    #[arguments(input: $input)]
    #[cynic(rename = "tagEntries", alias)]
    pub answer: EntriesPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct TagEntriesVariables {
    pub input: TagEntriesInput,
}

#[derive(Default, cynic::InputObject)]
pub struct TagEntriesInput {
    pub request_id: Id<String>,
    pub entries: Vec<EntryVersionInput>,
    pub add: Vec<EnumValue<CareScene>>,
    pub remove: Vec<EnumValue<CareScene>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "AssignEntriesVariables")]
pub struct AssignEntries {
    #[arguments(input: $input)]
    #[cynic(rename = "assignEntries", alias)]
    pub answer: EntriesPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct AssignEntriesVariables {
    pub input: AssignEntriesInput,
}

#[derive(Default, cynic::InputObject)]
pub struct AssignEntriesInput {
    pub request_id: Id<String>,
    pub entries: Vec<EntryVersionInput>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<Id<OrganizationId>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "MoveEntriesVariables")]
pub struct MoveEntries {
    #[arguments(input: $input)]
    #[cynic(rename = "moveEntries", alias)]
    pub answer: EntriesPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct MoveEntriesVariables {
    pub input: MoveEntriesInput,
}

#[derive(Default, cynic::InputObject)]
pub struct MoveEntriesInput {
    pub request_id: Id<String>,
    pub entries: Vec<EntryVersionInput>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<Id<ItemId>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub facet: Option<EnumValue<Facet>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<i32>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub after_entry_id: Option<Id<EntryId>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "DeleteEntriesVariables")]
pub struct DeleteEntries {
    #[arguments(input: $input)]
    #[cynic(rename = "deleteEntries", alias)]
    pub answer: DeleteEntriesPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct DeleteEntriesVariables {
    pub input: DeleteEntriesInput,
}

#[derive(Default, cynic::InputObject)]
pub struct DeleteEntriesInput {
    pub request_id: Id<String>,
    pub entries: Vec<EntryVersionInput>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "RestoreEntriesVariables")]
pub struct RestoreEntries {
    #[arguments(input: $input)]
    #[cynic(rename = "restoreEntries", alias)]
    pub answer: EntriesPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct RestoreEntriesVariables {
    pub input: RestoreEntriesInput,
}

#[derive(Default, cynic::InputObject)]
pub struct RestoreEntriesInput {
    pub request_id: Id<String>,
    pub entries: Vec<RestoreOneInput>,
}

#[derive(cynic::InputObject)]
pub struct RestoreOneInput {
    pub id: Id<EntryId>,
    pub version: i32,
    pub change_id: Id<ChangeId>,
    /// To what it was right before that change.
    pub before: bool,
}

/// The request for many; none: its input lacks what the operation needs.
pub fn request(operation: Operation, input: &Input) -> Option<String> {
    let request_id = Id(input.request_id.clone());
    let one = |one: &Input| Some(EntryVersionInput { id: Id(one.id?), version: one.version? });
    let entries = || input.entries.iter().map(one).collect::<Option<Vec<_>>>();
    let (item_id, owner_id) = (input.item_id.map(Id), input.owner_id.map(Id));
    let facet = input.facet.map(|facet| EnumValue(Some(facet)));
    let (fiscal_year, after_entry_id) = (input.fiscal_year.map(|year| year.0), input.after_entry_id.map(Id));
    Some(match operation {
        Operation::CreateMany => {
            let entries = input.entries.iter().map(new_entry).collect::<Option<_>>()?;
            let input = CreateEntriesInput { request_id, sheet_id: Id(input.sheet_id?), entries };
            api::request(&CreateEntries::build(CreateEntriesVariables { input }))
        }
        Operation::TagMany => {
            let (add, remove) = (scene_values(input.add), scene_values(input.remove));
            let input = TagEntriesInput { request_id, entries: entries()?, add, remove };
            api::request(&TagEntries::build(TagEntriesVariables { input }))
        }
        Operation::AssignMany => {
            let input = AssignEntriesInput { request_id, entries: entries()?, owner_id };
            api::request(&AssignEntries::build(AssignEntriesVariables { input }))
        }
        Operation::MoveMany => {
            let entries = entries()?;
            let input = MoveEntriesInput { request_id, entries, item_id, facet, fiscal_year, after_entry_id };
            api::request(&MoveEntries::build(MoveEntriesVariables { input }))
        }
        Operation::DeleteMany => {
            let input = DeleteEntriesInput { request_id, entries: entries()? };
            api::request(&DeleteEntries::build(DeleteEntriesVariables { input }))
        }
        Operation::RestoreMany => {
            let one = |one: &Input| {
                let (id, version, change_id) = (Id(one.id?), one.version?, Id(one.change_id?));
                Some(RestoreOneInput { id, version, change_id, before: true })
            };
            let entries = input.entries.iter().map(one).collect::<Option<_>>()?;
            let input = RestoreEntriesInput { request_id, entries };
            api::request(&RestoreEntries::build(RestoreEntriesVariables { input }))
        }
        Operation::DeclineScenes | Operation::RestoreScenes => {
            return suggestion::queries::request(operation, input);
        }
        _ => return None,
    })
}

fn new_entry(input: &Input) -> Option<NewEntryInput> {
    Some(NewEntryInput {
        item_id: Id(input.item_id?),
        facet: EnumValue(Some(input.facet?)),
        fiscal_year: input.fiscal_year?.0,
        body: input.body.clone()?,
        notes: input.notes.clone().unwrap_or_default().into_iter().map(NoteInput::from).collect(),
        explicit_scenes: scene_values(input.explicit_scenes.unwrap_or_default()),
        owner_id: input.owner_id.map(Id),
        after_entry_id: input.after_entry_id.map(Id),
    })
}
