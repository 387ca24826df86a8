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
    text::text,
};
use crate::{
    Fault,
    account::Viewer,
    api::{context::RequestContext, scalars},
    change::api::Change,
    entry::{
        Placed,
        service::{self, Edit, Executed, Made, Outcome, Version},
    },
    refusal::{
        Refusal, Stop,
        api::{Refused, answer},
    },
};
use async_graphql::{Context, Error, ID, Object};
use renkei_domain as domain;
use std::sync::Arc;

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
            cell: scalars::cell(&input.item_id, input.facet, input.fiscal_year),
            text: text(
                input.body,
                input.notes.unwrap_or_default(),
                input.explicit_scenes.unwrap_or_default(),
            ),
            owner: input.owner_id.as_ref().map(scalars::id),
            after: input.after_entry_id.as_ref().map(scalars::id),
        };
        answer(async {
            match execute(ctx, &input.request_id, edit).await? {
                Done::Saved(saved) => Ok(saved.into()),
                Done::Deleted(_) | Done::Conflict(_) => Err(unexpected()),
            }
        })
        .await
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
        change(ctx, &input.request_id, edit).await
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
        change(ctx, &input.request_id, edit).await
    }

    /// 取組を削除します。
    /// Deletes an entry; it can be restored.
    async fn delete_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "削除する取組。Which entry.")] input: DeleteEntryInput,
    ) -> Result<DeleteEntryPayload, Error> {
        let edit = Edit::Delete { version: version(&input.id, input.version) };
        answer(async {
            match execute(ctx, &input.request_id, edit).await? {
                Done::Deleted(deleted) => Ok(deleted.into()),
                Done::Conflict(conflict) => Ok(conflict.into()),
                Done::Saved(_) => Err(unexpected()),
            }
        })
        .await
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
        change(ctx, &input.request_id, edit).await
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
        change(ctx, &input.request_id, edit).await
    }
}

/// An outcome, ready to be shown.
enum Done {
    Saved(EntrySaved),
    Deleted(EntryDeleted),
    Conflict(EditConflict),
}

impl Done {
    fn deleted(after: &Placed, change: Change) -> Self {
        let (id, version) = (after.entry.id.to_string().into(), after.entry.version);
        Done::Deleted(EntryDeleted { id, version, change })
    }
}

/// Edits an entry that goes on standing.
async fn change<P: From<EntrySaved> + From<EditConflict> + From<Refused>>(
    ctx: &Context<'_>,
    request: &ID,
    edit: Edit,
) -> Result<P, Error> {
    answer(async {
        match execute(ctx, request, edit).await? {
            Done::Saved(saved) => Ok(saved.into()),
            Done::Conflict(conflict) => Ok(conflict.into()),
            Done::Deleted(_) => Err(unexpected()),
        }
    })
    .await
}

async fn execute(ctx: &Context<'_>, request: &ID, edit: Edit) -> Result<Done, Stop> {
    let context = RequestContext::of(ctx);
    let identity = context.writer()?;
    // Boxed: it would make the future of every field that edits something as large as all that an edit may do.
    let executed = Box::pin(service::execute(&context.db, &identity, request.parse().ok(), edit)).await;
    context.forget();
    let Executed { outcome, made } = executed?;
    match made {
        Some(made) => Ok(shown_as_made(context, &outcome, made).await),
        None => shown(context, identity.viewer(), outcome).await,
    }
}

/// What was done just now is shown as its transaction knows it.
async fn shown_as_made(context: &RequestContext, outcome: &Outcome, made: Made) -> Done {
    let Made { change, after, around, by } = made;
    context.loader.feed_one(by.account.id, Arc::new(by)).await;
    let change = Change(change);
    match outcome {
        Outcome::Deleted { .. } => Done::deleted(&after, change),
        _ => {
            let merged = matches!(outcome, Outcome::Saved { merged: true, .. });
            Done::Saved(EntrySaved { entry: Entry::alone(after, around), change, merged })
        }
    }
}

/// What was done before is shown as the change log says: so a request sent again is answered as it was the first time.
async fn shown(context: &RequestContext, viewer: &Viewer, outcome: Outcome) -> Result<Done, Stop> {
    let gone = || Err(Refusal::not_found("取組").into());
    match outcome {
        Outcome::Conflict(conflict) if !viewer.reads(conflict.theirs.entry.region) => gone(),
        Outcome::Conflict(conflict) => Ok(Done::Conflict(EditConflict {
            base: conflict.base.into(),
            theirs: Entry::read_alone(context, conflict.theirs).await?,
            yours: conflict.yours.into(),
        })),
        Outcome::Saved { change, .. } | Outcome::Deleted { change } => {
            let deletes = matches!(outcome, Outcome::Deleted { .. });
            let merged = matches!(outcome, Outcome::Saved { merged: true, .. });
            let made = service::changed(&context.db, change).await?;
            if !viewer.reads(made.change.region) {
                return gone();
            }
            let change = Change(made.change);
            if deletes {
                return Ok(Done::deleted(&made.after, change));
            }
            let entry = Entry::read_alone(context, made.after).await?;
            Ok(Done::Saved(EntrySaved { entry, change, merged }))
        }
    }
}

fn unexpected() -> Stop {
    Fault::new("an edit came out as another kind of edit does").into()
}

pub(super) fn version(id: &ID, number: i32) -> Version {
    Version { entry: scalars::id(id), number }
}
