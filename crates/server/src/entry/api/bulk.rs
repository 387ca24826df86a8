//! What is done to many entries at once: each goes through one function of [`crate::entry::bulk`].

use super::{
    Entry,
    edits::version,
    inputs::{
        AssignEntriesInput, CreateEntriesInput, DeleteEntriesInput, EntryVersionInput, MoveEntriesInput,
        NewEntryInput, RestoreEntriesInput, RestoreOneInput, TagEntriesInput,
    },
    payloads::{
        CreateEntriesPayload, DeleteEntriesPayload, DeleteEntryPayload, EditConflict, EntriesChanged,
        EntriesCreated, EntriesDeleted, EntriesPayload, EntryDeleted, EntrySaved, UpdateEntryPayload,
    },
    text::text,
};
use crate::{
    Fault,
    api::{complexity, context::RequestContext, scalars},
    change::api::Change,
    entry::{
        Placed,
        bulk::{self, BackTo, BulkEdit, ChangeEach, EntryOutcome, Executed, NewEntry},
        service::{Outcome, Version},
    },
    refusal::{
        Stop,
        api::{Refused, answer},
    },
};
use async_graphql::{Context, Error, ID, Object};
use renkei_domain as domain;
use std::sync::Arc;

#[derive(Default)]
pub struct BulkMutations;

// As many results as entries: that is how the answer is weighed.
#[Object(name = "EntryBulkMutations")]
impl BulkMutations {
    /// いくつもの取組を加えます。1件でも受け付けられなければ、1件も保存しません。
    /// Adds several entries: all of them, or none.
    #[graphql(complexity = "complexity::list(input.entries.len(), child_complexity)")]
    async fn create_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "加える取組。The new entries.")] input: CreateEntriesInput,
    ) -> Result<CreateEntriesPayload, Error> {
        let sheet = scalars::id(&input.sheet_id);
        let entries = input.entries.into_iter().map(new_entry).collect();
        answer(async {
            let executed = execute(ctx, &input.request_id, BulkEdit::Create { sheet, entries }).await?;
            let saved = executed.outcome.results.iter().map(|outcome| match shown(&executed, outcome)? {
                Done::Saved(saved) => Ok(saved),
                _ => Err(unexpected()),
            });
            Ok(EntriesCreated { results: saved.collect::<Result<_, Fault>>()? }.into())
        })
        .await
    }

    /// いくつもの取組の場面を、まとめて付けたり外したりします。
    /// Adds scenes to many entries, and removes some.
    #[graphql(complexity = "complexity::list(input.entries.len(), child_complexity)")]
    async fn tag_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "場面と取組。Which scenes of which entries.")] input: TagEntriesInput,
    ) -> Result<EntriesPayload, Error> {
        let edit = ChangeEach::Tag {
            add: scalars::scene_set(input.add.unwrap_or_default()),
            remove: scalars::scene_set(input.remove.unwrap_or_default()),
        };
        change(ctx, &input.request_id, versions(&input.entries), edit).await
    }

    /// いくつもの取組の主体を、まとめて変えます。
    /// Assigns many entries to one organisation, or to all (joint).
    #[graphql(complexity = "complexity::list(input.entries.len(), child_complexity)")]
    async fn assign_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "新しい主体と取組。Whose they are to be.")] input: AssignEntriesInput,
    ) -> Result<EntriesPayload, Error> {
        let edit = ChangeEach::Assign { owner: input.owner_id.as_ref().map(scalars::id) };
        change(ctx, &input.request_id, versions(&input.entries), edit).await
    }

    /// いくつもの取組を、まとめて移動します。
    /// Moves many entries.
    #[graphql(complexity = "complexity::list(input.entries.len(), child_complexity)")]
    async fn move_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "移す先と取組。Which entries where to.")] input: MoveEntriesInput,
    ) -> Result<EntriesPayload, Error> {
        let edit = ChangeEach::Move {
            after: input.after_entry_id.as_ref().map(scalars::id),
            item: input.item_id.as_ref().map(scalars::id),
            facet: input.facet.map(domain::Facet::from),
            year: input.fiscal_year.map(scalars::year),
        };
        change(ctx, &input.request_id, versions(&input.entries), edit).await
    }

    /// いくつもの取組を、まとめて削除します。
    /// Deletes many entries; they can be restored.
    #[graphql(complexity = "complexity::list(input.entries.len(), child_complexity)")]
    async fn delete_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "削除する取組。Which entries.")] input: DeleteEntriesInput,
    ) -> Result<DeleteEntriesPayload, Error> {
        let edit = BulkEdit::Change { entries: versions(&input.entries), edit: ChangeEach::Delete };
        answer(async {
            let executed = execute(ctx, &input.request_id, edit).await?;
            let results = executed.outcome.results.iter().map(|outcome| match shown(&executed, outcome)? {
                Done::Deleted(deleted) => Ok(DeleteEntryPayload::Deleted(deleted)),
                Done::Conflict(conflict) => Ok(DeleteEntryPayload::Conflict(conflict)),
                Done::Refused(refused) => Ok(DeleteEntryPayload::Refused(refused)),
                Done::Saved(_) => Err(unexpected()),
            });
            Ok(EntriesDeleted { results: results.collect::<Result<_, Fault>>()? }.into())
        })
        .await
    }

    /// いくつもの取組を、それぞれ前の姿に戻します。ほかの一括操作の取り消しにあたります。
    /// Restores each of many entries to what it was right after a change: the undo of all of these.
    #[graphql(complexity = "complexity::list(input.entries.len(), child_complexity)")]
    async fn restore_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どの取組を、どの変更の直後に戻すか。Which entries, back to which changes.")]
        input: RestoreEntriesInput,
    ) -> Result<EntriesPayload, Error> {
        let back = |one: &RestoreOneInput| BackTo { change: scalars::id(&one.change_id), before: one.before };
        let to = input.entries.iter().map(back).collect();
        let entries = input.entries.iter().map(|one| version(&one.id, one.version)).collect();
        change(ctx, &input.request_id, entries, ChangeEach::Restore { to }).await
    }
}

/// What came of one of the entries, ready to be shown.
enum Done {
    Saved(EntrySaved),
    Deleted(EntryDeleted),
    Conflict(EditConflict),
    Refused(Refused),
}

async fn change(
    ctx: &Context<'_>,
    request: &ID,
    entries: Vec<Version>,
    edit: ChangeEach,
) -> Result<EntriesPayload, Error> {
    answer(async {
        let executed = execute(ctx, request, BulkEdit::Change { entries, edit }).await?;
        let results = executed.outcome.results.iter().map(|outcome| match shown(&executed, outcome)? {
            Done::Saved(saved) => Ok(UpdateEntryPayload::Saved(saved)),
            Done::Conflict(conflict) => Ok(UpdateEntryPayload::Conflict(conflict)),
            Done::Refused(refused) => Ok(UpdateEntryPayload::Refused(refused)),
            Done::Deleted(_) => Err(unexpected()),
        });
        Ok(EntriesChanged { results: results.collect::<Result<_, Fault>>()? }.into())
    })
    .await
}

async fn execute(ctx: &Context<'_>, request: &ID, edit: BulkEdit) -> Result<Executed, Stop> {
    let context = RequestContext::of(ctx);
    let identity = context.writer()?;
    // Boxed: it would make the future of every field that edits something as large as all that an edit may do.
    let executed = Box::pin(bulk::execute(&context.db, &identity, request.parse().ok(), edit)).await;
    context.forget();
    let executed = executed?;
    if let Some(by) = executed.by.clone() {
        context.loader.feed_one(by.account.id, Arc::new(by)).await;
    }
    Ok(executed)
}

fn shown(executed: &Executed, outcome: &EntryOutcome) -> Result<Done, Fault> {
    let entry = |placed: Placed| {
        let frame = executed.frame(placed.entry.cell)?;
        Ok::<_, Fault>(Entry::new(frame, Arc::new(placed.entry), placed.position))
    };
    Ok(match outcome {
        EntryOutcome::Refused(refusal) => Done::Refused(refusal.clone().into()),
        EntryOutcome::Done(Outcome::Conflict(conflict)) => {
            let conflict = (**conflict).clone();
            let theirs = entry(conflict.theirs)?;
            Done::Conflict(EditConflict { base: conflict.base.into(), theirs, yours: conflict.yours.into() })
        }
        EntryOutcome::Done(Outcome::Saved { change, merged }) => {
            let (change, after) = executed.change(*change)?;
            let (change, entry) = (Change(change), entry(after)?);
            Done::Saved(EntrySaved { entry, change, merged: *merged })
        }
        EntryOutcome::Done(Outcome::Deleted { change }) => {
            let (change, after) = executed.change(*change)?;
            let (id, version) = (after.entry.id.to_string().into(), after.entry.version);
            Done::Deleted(EntryDeleted { id, version, change: Change(change) })
        }
    })
}

fn unexpected() -> Fault {
    Fault::new("an edit came out as another kind of edit does")
}

fn versions(entries: &[EntryVersionInput]) -> Vec<Version> {
    entries.iter().map(|one| version(&one.id, one.version)).collect()
}

fn new_entry(input: NewEntryInput) -> NewEntry {
    NewEntry {
        cell: scalars::cell(&input.item_id, input.facet, input.fiscal_year),
        text: text(input.body, input.notes.unwrap_or_default(), input.explicit_scenes.unwrap_or_default()),
        owner: input.owner_id.as_ref().map(scalars::id),
        after: input.after_entry_id.as_ref().map(scalars::id),
    }
}
