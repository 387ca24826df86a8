//! What is done to many entries at once: one request, one transaction, a change for each. Every such edit goes through
//! [`execute`].

use super::{
    CellKey, Placed,
    command::bulk::BulkHandler,
    service::{Outcome, Version},
    store,
};
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{AuthorizedWrite, Identity},
    change::{Change, of_entries},
    db::RegionOf,
    refusal::{Refusal, Stop},
    request,
    sheet::{self, Frame},
};
use renkei_domain::{
    ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RegionId, RequestId, SceneSet,
    SheetId,
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// What somebody asks to be done.
#[derive(Clone, Debug)]
pub enum BulkEdit {
    /// All or none.
    Create { sheet: SheetId, entries: Vec<NewEntry> },
    /// Each entry is judged alone.
    Change { entries: Vec<Version>, edit: ChangeEach },
}

#[derive(Clone, Debug)]
pub struct NewEntry {
    pub cell: CellKey,
    pub text: EntryText,
    pub owner: Option<OrganizationId>,
    pub after: Option<EntryId>,
}

/// What is done to each of several entries.
#[derive(Clone, Debug)]
pub enum ChangeEach {
    Tag {
        add: SceneSet,
        remove: SceneSet,
    },
    Assign {
        owner: Option<OrganizationId>,
    },
    /// One behind the other. `None` of item, facet, year: its own; of `after`: to the front.
    Move {
        after: Option<EntryId>,
        item: Option<ItemId>,
        facet: Option<Facet>,
        year: Option<FiscalYear>,
    },
    Delete,
    /// Each to another moment.
    Restore {
        to: Vec<BackTo>,
    },
}

/// What an entry was right after a change, or right before it.
#[derive(Clone, Copy, Debug)]
pub struct BackTo {
    pub change: ChangeId,
    pub before: bool,
}

/// What came of one of the entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum EntryOutcome {
    Refused(Refusal),
    #[serde(untagged)]
    Done(Outcome),
}

/// What came of all of them, in the order in which they were given, as it is kept for the same request sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename = "entries")]
pub struct BulkOutcome {
    pub region: RegionId,
    pub results: Vec<EntryOutcome>,
}

/// A bulk edit that was handled now or before, with all that its answer tells.
pub struct Executed {
    pub outcome: BulkOutcome,
    /// The changes of its outcomes, each with the entry right after it.
    pub changes: HashMap<ChangeId, (Change, Placed)>,
    /// The sheets of its region.
    pub frames: Vec<Arc<Frame>>,
    /// Who did it, if it was done now.
    pub by: Option<Viewer>,
}

/// What a transaction knows of what it has done.
pub struct MadeMany {
    pub changes: HashMap<ChangeId, (Change, Placed)>,
    pub frames: Vec<Arc<Frame>>,
    pub by: Viewer,
}

/// Checks and does what is asked. `request` is `None` if what was sent is no UUID.
pub async fn execute(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    edit: BulkEdit,
) -> Result<Executed, Stop> {
    let (_, region) = edit.about(identity.viewer());
    let kind = edit.kind();
    let execute = async move |write: &AuthorizedWrite<'_>| {
        let (what, _) = edit.about(write.seen_as());
        let (region, viewer) = write.lock_region(what).await?;
        let handler = BulkHandler { write, viewer: &viewer, region: region.id, request };
        Box::pin(handler.handle(edit.clone())).await
    };
    let (outcome, made) = request::service::once(db, identity, request, kind, Some(&region), execute).await?;
    if !identity.viewer().reads(outcome.region) {
        return Err(Refusal::not_found("取組").into());
    }
    let (mut changes, frames, by) = match made {
        Some(MadeMany { changes, frames, by }) => (changes, frames, Some(by)),
        None => (HashMap::new(), sheet::service::frames(db, outcome.region).await?, None),
    };
    // What was done before, and what there was nothing to do for, is told as the log has it.
    let missing = outcome.changes().filter(|change| !changes.contains_key(change));
    let missing: Vec<ChangeId> = missing.collect();
    if !missing.is_empty() {
        let read = of_entries(db.direct(), missing.into_iter()).await?;
        changes.extend(read.into_iter().map(|made| (made.change.id, (made.change, made.after))));
    }
    Ok(Executed { outcome, changes, frames, by })
}

impl Executed {
    pub fn change(&self, id: ChangeId) -> Result<(Change, Placed), Fault> {
        let found = self.changes.get(&id).cloned();
        found.ok_or_else(|| Fault::new(format!("the change {id} of an outcome is not there")))
    }

    /// The sheet that governs a cell.
    pub fn frame(&self, cell: CellKey) -> Result<&Arc<Frame>, Fault> {
        let governs = |frame: &&Arc<Frame>| frame.head.fiscal_year == cell.governing_year();
        self.frames.iter().find(governs).ok_or_else(|| Fault::new("an entry without its sheet"))
    }
}

impl BulkOutcome {
    fn changes(&self) -> impl Iterator<Item = ChangeId> {
        self.results.iter().filter_map(|result| match result {
            EntryOutcome::Done(Outcome::Saved { change, .. } | Outcome::Deleted { change }) => Some(*change),
            EntryOutcome::Done(Outcome::Conflict(_)) | EntryOutcome::Refused(_) => None,
        })
    }
}

impl BulkEdit {
    /// What it is about, and in which region that is. Whose entries are of several regions is answered for one of them;
    /// those of the others are not found.
    fn about(&self, viewer: &Viewer) -> (&'static str, RegionOf) {
        match self {
            BulkEdit::Create { sheet, .. } => ("計画・評価表", sheet::region_of(*sheet)),
            BulkEdit::Change { entries, .. } => {
                let ids: Vec<EntryId> = entries.iter().map(|version| version.entry).collect();
                let read: Vec<RegionId> = viewer.memberships.iter().map(|held| held.region.id).collect();
                let read = (!viewer.account.operator).then_some(read.as_slice());
                ("取組", store::region_of_most(&ids, read))
            }
        }
    }

    /// The spelling of SQL: a request id is good for one kind.
    fn kind(&self) -> &'static str {
        match self {
            BulkEdit::Create { .. } => "CREATE_ENTRIES",
            BulkEdit::Change { edit, .. } => match edit {
                ChangeEach::Tag { .. } => "TAG_ENTRIES",
                ChangeEach::Assign { .. } => "ASSIGN_ENTRIES",
                ChangeEach::Move { .. } => "MOVE_ENTRIES",
                ChangeEach::Delete => "DELETE_ENTRIES",
                ChangeEach::Restore { .. } => "RESTORE_ENTRIES",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::RefusalCode;
    use serde_json::json;
    use uuid::Uuid;

    /// As all releases keep it.
    #[test]
    fn what_came_of_many_is_read_again() {
        let (region, change) = (RegionId(Uuid::from_u128(1)), ChangeId(Uuid::from_u128(2)));
        let results = vec![
            EntryOutcome::Done(Outcome::Saved { change, merged: true }),
            EntryOutcome::Done(Outcome::Deleted { change }),
            EntryOutcome::Refused(Refusal::new(RefusalCode::Forbidden, "だめ")),
        ];
        let kept = json!({ "kind": "entries", "region": region, "results": [
            { "kind": "saved", "change": change, "merged": true },
            { "kind": "deleted", "change": change },
            { "kind": "refused", "code": "FORBIDDEN", "message": "だめ", "field": null },
        ] });
        let outcome = BulkOutcome { region, results };
        assert_eq!(serde_json::to_value(&outcome).unwrap(), kept);
        assert_eq!(serde_json::from_value::<BulkOutcome>(kept).unwrap(), outcome);
    }
}
