//! What is done to entries. One door for every edit: [`perform`] answers a request that is known, judges one that is
//! not, and does it together with its change, or not at all.

use super::{
    CellKey, Placed,
    desk::{Desk, Halt},
    place, store,
};
use crate::{
    Db, Fault,
    caller::{AuthorizedWrite, Identity},
    change::{Action, EntryChange, find_of_entry},
    db::Write,
    refusal::{Refusal, Stop},
    request::{self, service::Lookup},
    sheet,
};
use renkei_domain::{
    ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RequestId, SheetId,
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
    Refused(Refusal),
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        Outcome::Refused(refusal)
    }
}

/// Somebody else was faster, and both want the same thing to be different: what the editor started from, what stands
/// now, and what the editor wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub base: EntryText,
    pub theirs: Placed,
    pub yours: EntryText,
}

/// Judges and does an edit. `request` is `None` if what was sent is no UUID.
pub async fn perform(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    edit: Edit,
) -> Result<Outcome, Fault> {
    let guard = match request::service::begin(db, identity, request, edit.kind()).await? {
        Lookup::Known(outcome) => return Ok(outcome),
        Lookup::New(guard) => guard,
    };
    let outcome = judge(&guard.write, request, edit).await;
    guard.finish(outcome).await
}

/// Locks the region that an edit is about, and judges it with the rights of that moment.
async fn judge(write: &AuthorizedWrite<'_>, request: Option<RequestId>, edit: Edit) -> Result<Outcome, Stop> {
    let (what, region) = match edit {
        Edit::Create { sheet, .. } => {
            let found = sheet::service::find(write, write.seen_as(), sheet).await?;
            ("計画・評価表", found.map(|head| head.region))
        }
        Edit::Update { version, .. }
        | Edit::Move { version, .. }
        | Edit::Assign { version, .. }
        | Edit::Delete { version }
        | Edit::Restore { version, .. } => {
            ("取組", store::find(&***write, version.entry).await?.map(|entry| entry.region))
        }
    };
    let (region, viewer) = write.lock_region(region, what).await?;
    match (Desk { write, viewer: &viewer, region: &region, request }).judge(edit).await {
        Ok(outcome) => Ok(outcome),
        Err(Halt::Early(outcome)) => Ok(*outcome),
        Err(Halt::Fault(fault)) => Err(fault.into()),
    }
}

/// A change of an entry with the entry as it was right after it: what an edit is answered with.
pub async fn changed(db: &Db, change: ChangeId) -> Result<EntryChange, Fault> {
    let found = find_of_entry(db.direct(), change).await?;
    found.ok_or_else(|| Fault::new(format!("the change {change} of an outcome is not there")))
}

/// An entry, living or deleted, in its place.
pub async fn find(db: &Db, id: EntryId) -> Result<Option<Placed>, Fault> {
    let read = db.read().await?;
    let Some(entry) = store::find(&read, id).await? else { return Ok(None) };
    let standing = store::standing(&read, entry.cell).await?;
    Ok(Some(Placed { position: place::position(&standing, id, entry.rank), entry }))
}

/// 「（ウ）令和8年度の計画の取組を編集」
pub fn summary(code: &str, cell: CellKey, action: Action) -> String {
    format!("（{code}）{}の{}の取組{}", cell.fiscal_year, cell.facet.name(), action.verb())
}

/// Gives a cell's entries fresh gaps, in the same order and without touching their versions.
pub async fn spread(write: &Write, standing: &mut [place::Standing]) -> Result<(), Fault> {
    place::spread(standing);
    for other in standing {
        store::set_rank(write, other.id, other.rank).await?;
    }
    Ok(())
}

impl Edit {
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
