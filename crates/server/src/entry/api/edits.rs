//! What is done to entries: each edit goes through one function of the service.

use super::{
    Entry,
    inputs::{
        AssignEntryInput, CreateEntryInput, DeleteEntryInput, MoveEntryInput, RestoreEntryInput,
        UpdateEntryInput,
    },
    payloads::{
        CreateEntryPayload, DeleteEntryPayload, EditConflict, EntryDeleted, EntrySaved, MoveEntryPayload,
        UpdateEntryPayload,
    },
    text::{StoredText, text},
};
use crate::{
    Fault,
    account::Viewer,
    api::{context::RequestContext, scalars},
    change::api::Change,
    entry::{
        CellKey,
        service::{self, Edit, Outcome, Version},
    },
    refusal::{Refusal, api::Refused},
};
use async_graphql::{Context, Error, ID, Object};
use renkei_domain as domain;

#[derive(Default)]
pub struct Mutations;

#[Object(name = "EntryMutations")]
impl Mutations {
    /// 取組を加えます。
    /// Adds an entry.
    async fn create_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "加える取組。The new entry.")] input: CreateEntryInput,
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
        match execute(ctx, &input.request_id, edit).await? {
            Done::Saved(saved) => Ok(CreateEntryPayload::Saved(saved)),
            Done::Refused(refused) => Ok(CreateEntryPayload::Refused(refused)),
            other => Err(other.unexpected().into()),
        }
    }

    /// 取組を編集します。
    /// Edits an entry's text and scenes.
    async fn update_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "編集の内容。The edit.")] input: UpdateEntryInput,
    ) -> Result<UpdateEntryPayload, Error> {
        let edit = Edit::Update {
            version: version(&input.id, input.version),
            text: text(input.body, input.notes, input.explicit_scenes),
        };
        execute(ctx, &input.request_id, edit).await?.into_update()
    }

    /// 取組を移動します。
    /// Moves an entry.
    async fn move_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "移す先。Where to.")] input: MoveEntryInput,
    ) -> Result<MoveEntryPayload, Error> {
        let edit = Edit::Move {
            version: version(&input.id, input.version),
            after: input.after_entry_id.as_ref().map(scalars::id),
            item: input.item_id.as_ref().map(scalars::id),
            facet: input.facet.map(domain::Facet::from),
            year: input.fiscal_year.map(scalars::year),
        };
        match execute(ctx, &input.request_id, edit).await? {
            Done::Saved(saved) => Ok(MoveEntryPayload::Saved(saved)),
            Done::Conflict(conflict) => Ok(MoveEntryPayload::Conflict(conflict)),
            Done::Refused(refused) => Ok(MoveEntryPayload::Refused(refused)),
            other => Err(other.unexpected().into()),
        }
    }

    /// 取組を削除します。
    /// Deletes an entry; it can be restored.
    async fn delete_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "削除する取組。Which entry.")] input: DeleteEntryInput,
    ) -> Result<DeleteEntryPayload, Error> {
        let edit = Edit::Delete { version: version(&input.id, input.version) };
        match execute(ctx, &input.request_id, edit).await? {
            Done::Deleted(deleted) => Ok(DeleteEntryPayload::Deleted(deleted)),
            Done::Conflict(conflict) => Ok(DeleteEntryPayload::Conflict(conflict)),
            Done::Refused(refused) => Ok(DeleteEntryPayload::Refused(refused)),
            other => Err(other.unexpected().into()),
        }
    }

    /// 取組を前の姿に戻します。
    /// Restores an entry to what it was right after a change; also undoes a deletion.
    async fn restore_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どの変更の直後に戻すか。Back to which change.")] input: RestoreEntryInput,
    ) -> Result<UpdateEntryPayload, Error> {
        let edit = Edit::Restore {
            version: version(&input.entry_id, input.version),
            change: scalars::id(&input.change_id),
        };
        execute(ctx, &input.request_id, edit).await?.into_update()
    }

    /// 取組の主体を変えます。
    /// Assigns an entry to one organisation, or to all (joint).
    async fn assign_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "新しい主体。Whose it is to be.")] input: AssignEntryInput,
    ) -> Result<UpdateEntryPayload, Error> {
        let edit = Edit::Assign {
            version: version(&input.id, input.version),
            owner: input.owner_id.as_ref().map(scalars::id),
        };
        execute(ctx, &input.request_id, edit).await?.into_update()
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

async fn execute(ctx: &Context<'_>, request: &ID, edit: Edit) -> Result<Done, Error> {
    let context = RequestContext::of(ctx);
    let identity = match context.writer() {
        Ok(identity) => identity,
        Err(refusal) => return Ok(Done::Refused(refusal.into())),
    };
    let outcome = service::execute(&context.db, &identity, request.parse().ok(), edit).await?;
    context.forget();
    Ok(shown(context, identity.viewer(), outcome).await?)
}

/// What is shown is what the change log says: so a request sent again is answered as it was the first time.
async fn shown(context: &RequestContext, viewer: &Viewer, outcome: Outcome) -> Result<Done, Fault> {
    let gone = || Ok(Done::Refused(Refusal::not_found("取組").into()));
    match outcome {
        Outcome::Refused(refusal) => Ok(Done::Refused(refusal.into())),
        Outcome::Conflict(conflict) if !viewer.reads(conflict.theirs.entry.region) => gone(),
        Outcome::Conflict(conflict) => Ok(Done::Conflict(EditConflict {
            base: StoredText(conflict.base),
            theirs: Entry::alone(context, conflict.theirs).await?,
            yours: StoredText(conflict.yours),
        })),
        Outcome::Saved { change, .. } | Outcome::Deleted { change } => {
            let deletes = matches!(outcome, Outcome::Deleted { .. });
            let merged = matches!(outcome, Outcome::Saved { merged: true, .. });
            let made = service::changed(&context.db, change).await?;
            if !viewer.reads(made.change.region) {
                return gone();
            }
            let (id, version) = (made.after.entry.id, made.after.entry.version);
            let change = Change(made.change);
            if deletes {
                return Ok(Done::Deleted(EntryDeleted { id: id.to_string().into(), version, change }));
            }
            let entry = Entry::alone(context, made.after).await?;
            Ok(Done::Saved(EntrySaved { entry, change, merged }))
        }
    }
}

fn version(id: &ID, number: i32) -> Version {
    Version { entry: scalars::id(id), number }
}
