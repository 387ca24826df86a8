//! Keeping the outcomes of requests, and answering from them.

use super::store::{self, Kept};
use crate::{
    Db, Fault, account,
    clock::{self, DAY},
    db::Write,
    refusal::{Refusal, Stop},
};
use renkei_domain::{AccountId, RequestId, limits};
use serde::{Serialize, de::DeserializeOwned};

const KEPT: i64 = limits::REQUEST_DAYS * DAY;

/// A request's id, if it is one. Asked after right and phase, in the order in which requests are judged.
pub fn valid(id: Option<RequestId>) -> Result<RequestId, Refusal> {
    id.ok_or_else(|| Refusal::invalid("requestId", "requestId には UUID を指定してください。"))
}

/// A mutation at the door: known, with what came of it then; or new, to be judged now.
pub enum Asked<T> {
    Known(T),
    New(Judging),
}

/// The transaction in which a new request is judged and done.
pub struct Judging {
    pub write: Write,
    account: AccountId,
    request: Option<RequestId>,
    kind: &'static str,
}

/// Asks whether a request is known. `kind` is the spelling of SQL: an id is good for one kind. `request` is `None` if
/// what was sent is no UUID.
pub async fn ask<T: DeserializeOwned + From<Refusal>>(
    db: &Db,
    account: AccountId,
    request: Option<RequestId>,
    kind: &'static str,
) -> Result<Asked<T>, Fault> {
    let write = db.write().await?;
    if let Some(id) = request {
        match recall(&write, account, id, kind).await {
            Ok(None) => {}
            Ok(Some(known)) => return Ok(Asked::Known(known)),
            Err(Stop::Refused(refusal)) => return Ok(Asked::Known(refusal.into())),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
    Ok(Asked::New(Judging { write, account, request, kind }))
}

impl Judging {
    /// Keeps what came of it, and makes all of it last.
    pub async fn close<T: Serialize>(self, outcome: &T) -> Result<(), Fault> {
        if let Some(id) = self.request {
            keep(&self.write, self.account, id, self.kind, outcome).await?;
        }
        self.write.commit().await
    }
}

/// What came of this request before. Holds the account until the transaction ends, so that the same request sent
/// twice at the same moment waits here for its own outcome.
async fn recall<T: DeserializeOwned>(
    write: &Write,
    account: AccountId,
    id: RequestId,
    kind: &str,
) -> Result<Option<T>, Stop> {
    account::lock(write, account).await?;
    match store::find(write, account, id).await? {
        None => Ok(None),
        Some(kept) if kept.at < clock::now() - KEPT => {
            store::remove(write, account, id).await?;
            Ok(None)
        }
        Some(kept) if kept.kind != kind => {
            let message = "この requestId は別の操作に使われています。新しい UUID を使ってください。";
            Err(Refusal::invalid("requestId", message).into())
        }
        Some(kept) => Ok(Some(serde_json::from_value(kept.outcome).map_err(Fault::from)?)),
    }
}

/// Keeps what came of a request, in the transaction that did it.
async fn keep<T: Serialize>(
    write: &Write,
    account: AccountId,
    id: RequestId,
    kind: &str,
    outcome: &T,
) -> Result<(), Fault> {
    let outcome = serde_json::to_value(outcome)?;
    store::insert(write, account, id, Kept { kind: kind.to_owned(), at: clock::now(), outcome }).await
}

/// Removes outcomes that are kept no longer.
pub async fn tidy(db: &Db) -> Result<(), Fault> {
    let write = db.write().await?;
    store::remove_before(&write, clock::now() - KEPT).await?;
    write.commit().await
}
