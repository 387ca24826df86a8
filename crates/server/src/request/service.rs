//! Requests are executed once: their outcomes are kept, and the same request is answered from them.

use super::store::{self, Stored};
use crate::{
    Db, Fault,
    caller::{AuthorizedWrite, Identity},
    clock::{self, DAY},
    db::Write,
    refusal::{Refusal, RefusalCode, Stop},
};
use renkei_domain::{AccountId, RequestId, limits};
use serde::{Serialize, de::DeserializeOwned};

const RETENTION: i64 = limits::REQUEST_DAYS * DAY;

/// A request's id, if it is one. Checked after right and phase.
pub fn valid(id: Option<RequestId>) -> Result<RequestId, Refusal> {
    id.ok_or_else(|| Refusal::invalid("requestId", "requestId には UUID を指定してください。"))
}

/// What a request is: known, with its outcome; or new, to be executed now.
pub enum Lookup<'a, T> {
    Known(T),
    New(Box<RequestGuard<'a>>),
}

/// The transaction in which a new request is executed, and its outcome kept.
pub struct RequestGuard<'a> {
    pub write: AuthorizedWrite<'a>,
    request: Option<RequestId>,
    kind: &'static str,
}

/// Begins the transaction of a mutation, and looks up whether its request is known. `kind` is the spelling of SQL: an id
/// is good for one kind. `request` is `None` if what was sent is no UUID.
pub async fn begin<'a, T: DeserializeOwned + From<Refusal>>(
    db: &Db,
    identity: &'a Identity,
    request: Option<RequestId>,
    kind: &'static str,
) -> Result<Lookup<'a, T>, Fault> {
    let write = AuthorizedWrite::begin(db, identity).await?;
    if let Some(id) = request {
        match find(&write, write.account().id, id, kind).await {
            Ok(None) => {}
            Ok(Some(known)) => return Ok(Lookup::Known(known)),
            Err(Stop::Refused(refusal)) => return Ok(Lookup::Known(refusal.into())),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
    Ok(Lookup::New(Box::new(RequestGuard { write, request, kind })))
}

impl RequestGuard<'_> {
    /// Keeps the outcome of the request, a refusal included, and commits. That somebody was signed out is not kept: the
    /// same request is sent again when they have signed in.
    pub async fn finish<T: Serialize + From<Refusal>>(self, outcome: Result<T, Stop>) -> Result<T, Fault> {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(Stop::Refused(refusal)) if refusal.code == RefusalCode::SignedOut => {
                return Ok(refusal.into());
            }
            Err(Stop::Refused(refusal)) => refusal.into(),
            Err(Stop::Fault(fault)) => return Err(fault),
        };
        if let Some(id) = self.request {
            insert(&self.write, self.write.account().id, id, self.kind, &outcome).await?;
        }
        self.write.commit().await?;
        Ok(outcome)
    }
}

/// The outcome of this request, if it is known. The account is locked, so that the same request sent twice at the same moment waits
/// for its own outcome.
async fn find<T: DeserializeOwned>(
    write: &Write,
    account: AccountId,
    id: RequestId,
    kind: &str,
) -> Result<Option<T>, Stop> {
    match store::find(write, account, id).await? {
        None => Ok(None),
        Some(kept) if kept.at < clock::now() - RETENTION => {
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

/// Keeps the outcome of a request, in the transaction that did it.
async fn insert<T: Serialize>(
    write: &Write,
    account: AccountId,
    id: RequestId,
    kind: &str,
    outcome: &T,
) -> Result<(), Fault> {
    let outcome = serde_json::to_value(outcome)?;
    store::insert(write, account, id, Stored { kind: kind.to_owned(), at: clock::now(), outcome }).await
}

/// Removes outcomes that are kept no longer.
pub async fn tidy(db: &Db) -> Result<(), Fault> {
    let write = db.write().await?;
    store::remove_before(&write, clock::now() - RETENTION).await?;
    write.commit().await
}
