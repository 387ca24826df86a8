//! Requests are executed once: their outcomes are kept, and the same request is answered from them.

use super::{Stored, store};
use crate::{
    Db, Fault,
    caller::{AuthorizedWrite, Identity, KnownRequest},
    clock::{self, DAY},
    db::RegionOf,
    refusal::{Refusal, RefusalCode, Stop},
};
use renkei_domain::{RequestId, limits};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const RETENTION: i64 = limits::REQUEST_DAYS * DAY;

/// A request's id, if it is one. Checked after right and phase.
pub fn valid(id: Option<RequestId>) -> Result<RequestId, Refusal> {
    id.ok_or_else(|| Refusal::invalid("requestId", "requestId には UUID を指定してください。"))
}

/// What came of a request, as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Kept<T> {
    Refused(Refusal),
    #[serde(untagged)]
    Done(T),
}

/// Executes a request in a transaction, in which its outcome is kept, a refusal included; one that is known is answered
/// as before. `kind` is the spelling of SQL: an id is good for one kind. `request` is `None` if what was sent is no UUID.
/// `about`: something in a region, whose writers it waits for. Beside the outcome, which is kept, stands what is known of
/// it only if it was executed now.
pub async fn once<T: Serialize + DeserializeOwned, N>(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    kind: &str,
    about: Option<&RegionOf>,
    mut execute: impl AsyncFnMut(&AuthorizedWrite<'_>) -> Result<(T, N), Stop>,
) -> Result<(T, Option<N>), Stop> {
    loop {
        let write = match about {
            Some(about) => AuthorizedWrite::begin_about(db, identity, about, request).await?,
            None => AuthorizedWrite::begin(db, identity).await?,
        };
        if let Some(id) = request
            && let Some(known) = find(&write, id, kind).await?
        {
            return Ok((known.outcome()?, None));
        }
        let (kept, now) = match execute(&write).await {
            Ok((done, now)) => (Kept::Done(done), Some(now)),
            // The same request is sent again when they have signed in.
            Err(Stop::Refused(refusal)) if refusal.code != RefusalCode::SignedOut => {
                (Kept::Refused(refusal), None)
            }
            Err(stop) => return Err(stop),
        };
        if let Some(id) = request {
            let outcome = serde_json::to_value(&kept).map_err(Fault::from)?;
            let stored = Stored { kind: kind.to_owned(), at: clock::now(), outcome };
            if !store::insert(&write, write.account().id, id, stored).await? {
                // It was sent twice at the same moment, and looked up while the other one was being executed. Nothing of
                // this one is committed, and the other one's outcome is known by now.
                continue;
            }
        }
        write.commit().await?;
        return Ok((kept.outcome()?, now));
    }
}

impl<T> Kept<T> {
    fn outcome(self) -> Result<T, Stop> {
        match self {
            Kept::Refused(refusal) => Err(refusal.into()),
            Kept::Done(done) => Ok(done),
        }
    }
}

/// What came of this request, if it is known. The account is locked, so that the same request sent twice at the same
/// moment waits for its own outcome.
async fn find<T: DeserializeOwned>(
    write: &AuthorizedWrite<'_>,
    id: RequestId,
    kind: &str,
) -> Result<Option<Kept<T>>, Stop> {
    let account = write.account().id;
    let stored = match write.known_request() {
        KnownRequest::Known(stored) => stored,
        KnownRequest::Unasked => store::find(write, account, id).await?,
    };
    match stored {
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

/// What came of another request of theirs of this kind, if it was done and is still kept.
pub async fn done<T: DeserializeOwned>(
    write: &AuthorizedWrite<'_>,
    id: RequestId,
    kind: &str,
) -> Result<Option<T>, Fault> {
    let stored = store::find(write, write.account().id, id).await?;
    let Some(stored) = stored.filter(|stored| stored.kind == kind) else { return Ok(None) };
    match serde_json::from_value(stored.outcome)? {
        Kept::Done(done) => Ok(Some(done)),
        Kept::Refused(_) => Ok(None),
    }
}

/// Removes outcomes that are kept no longer.
pub async fn tidy(db: &Db) -> Result<(), Fault> {
    let write = db.write().await?;
    store::remove_before(&write, clock::now() - RETENTION).await?;
    write.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Serialize, Deserialize)]
    #[serde(tag = "kind", rename = "saved")]
    struct Saved {
        version: i32,
    }

    /// As all releases have kept it.
    #[test]
    fn what_is_kept_is_read_again() {
        let refused = json!({ "kind": "refused", "code": "INVALID", "message": "だめ", "field": "body" });
        let saved = json!({ "kind": "saved", "version": 3 });
        for stored in [refused, saved] {
            let kept: Kept<Saved> = serde_json::from_value(stored.clone()).unwrap();
            assert_eq!(matches!(kept, Kept::Refused(_)), stored["kind"] == "refused");
            assert_eq!(serde_json::to_value(&kept).unwrap(), stored);
        }
    }
}
