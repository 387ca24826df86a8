//! What is done to entries. Every edit goes through [`execute`]: it answers a request that is known, checks one that is
//! not, and does it together with its change, or not at all.

use super::{
    CellKey, Placed,
    command::{CommandHandler, Error, Handled},
    store,
};
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{AuthorizedWrite, Identity},
    change::{Change, EntryChange, find_of_entry},
    db::RegionOf,
    refusal::{Refusal, RefusalCode, Stop},
    request,
    sheet::{self, Surroundings},
};
use renkei_domain::{
    ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RequestId, SheetId, limits,
};
use serde::{Deserialize, Serialize};

/// What somebody asks to be done.
#[derive(Clone, Debug)]
pub enum Edit {
    Create {
        sheet: SheetId,
        cell: CellKey,
        text: EntryText,
        owner: Option<OrganizationId>,
        after: Option<EntryId>,
    },
    Update {
        version: Version,
        text: EntryText,
    },
    /// `None` of item, facet, year: its own.
    Move {
        version: Version,
        after: Option<EntryId>,
        item: Option<ItemId>,
        facet: Option<Facet>,
        year: Option<FiscalYear>,
    },
    Assign {
        version: Version,
        owner: Option<OrganizationId>,
    },
    Delete {
        version: Version,
    },
    Restore {
        version: Version,
        change: ChangeId,
    },
}

/// Which entry, and in which version the editor saw it.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    pub entry: EntryId,
    pub number: i32,
}

/// What came of it, as it is kept for the same request sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Outcome {
    Saved {
        change: ChangeId,
        /// The edit was from an older version, and what was done to the entry since was kept too.
        #[serde(default)]
        merged: bool,
    },
    Deleted {
        change: ChangeId,
    },
    Conflict(Box<Conflict>),
}

/// Somebody else was faster, and both want the same thing to be different: what the editor started from, what stands
/// now, and what the editor wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub base: EntryText,
    pub theirs: Placed,
    pub yours: EntryText,
}

/// An edit that was handled now or before.
pub struct Executed {
    pub outcome: Outcome,
    /// What it has made; `None` where that was made before.
    pub made: Option<Made>,
}

/// The next version of an entry, as the transaction that made it knows it.
pub struct Made {
    pub change: Change,
    pub after: Placed,
    pub around: Surroundings,
    /// Who made it.
    pub by: Viewer,
}

/// Checks and does an edit. `request` is `None` if what was sent is no UUID.
pub async fn execute(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    edit: Edit,
) -> Result<Executed, Stop> {
    let (_, region) = edit.about();
    let kind = edit.kind();
    let execute = async move |write: &AuthorizedWrite<'_>| locked(write, request, &edit).await;
    let done = request::service::once(db, identity, request, kind, Some(&region), execute).await?;
    let (outcome, made) = done;
    Ok(Executed { outcome, made: made.flatten() })
}

/// Handles an edit with the rights of the moment at which its region is locked.
async fn locked(
    write: &AuthorizedWrite<'_>,
    request: Option<RequestId>,
    edit: &Edit,
) -> Result<(Outcome, Option<Made>), Stop> {
    let (what, _) = edit.about();
    let (region, viewer) = write.lock_region(what).await?;
    let handler = CommandHandler { write, viewer: &viewer, region: region.id, request };
    match Box::pin(handler.handle(edit.clone())).await {
        Ok(Handled { outcome, made }) => Ok((outcome, made)),
        Err(Error::Conflict(conflict)) => Ok((Outcome::Conflict(conflict), None)),
        Err(Error::Stop(stop)) => Err(stop),
    }
}

/// A change of an entry with the entry as it was right after it: what an edit that was done before is answered with.
pub async fn changed(db: &Db, change: ChangeId) -> Result<EntryChange, Fault> {
    let found = find_of_entry(db.direct(), change).await?;
    found.ok_or_else(|| Fault::new(format!("the change {change} of an outcome is not there")))
}

/// An entry, living or deleted, in its place.
pub async fn find(db: &Db, id: EntryId) -> Result<Option<Placed>, Fault> {
    store::placed(db.direct(), id).await
}

/// A cell holds so many characters.
pub fn cell_holds(chars: usize) -> Result<(), Refusal> {
    holds("1つの欄", limits::CELL_CHARS, chars)
}

/// What a sheet governs has so many characters.
pub fn sheet_holds(chars: usize) -> Result<(), Refusal> {
    holds("1つの計画・評価表", limits::SHEET_CHARS, chars)
}

fn holds(what: &str, max: usize, chars: usize) -> Result<(), Refusal> {
    let message = || {
        format!(
            "{what}に入る取組は、合わせて{max}文字までです（これでは{chars}文字になります）。取組を短くするか、減らしてください。"
        )
    };
    if chars > max { Err(Refusal::new(RefusalCode::TooLong, message())) } else { Ok(()) }
}

impl Edit {
    /// What it is about, and in which region that is.
    fn about(&self) -> (&'static str, RegionOf) {
        match self {
            Edit::Create { sheet, .. } => ("計画・評価表", sheet::region_of(*sheet)),
            Edit::Update { version, .. }
            | Edit::Move { version, .. }
            | Edit::Assign { version, .. }
            | Edit::Delete { version }
            | Edit::Restore { version, .. } => ("取組", store::region_of(version.entry)),
        }
    }

    /// The spelling of SQL: a request id is good for one kind.
    fn kind(&self) -> &'static str {
        match self {
            Edit::Create { .. } => "CREATE_ENTRY",
            Edit::Update { .. } => "UPDATE_ENTRY",
            Edit::Move { .. } => "MOVE_ENTRY",
            Edit::Assign { .. } => "ASSIGN_ENTRY",
            Edit::Delete { .. } => "DELETE_ENTRY",
            Edit::Restore { .. } => "RESTORE_ENTRY",
        }
    }
}
