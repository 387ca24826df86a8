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
pub async fn once<T: Serialize + DeserializeOwned>(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    kind: &str,
    execute: impl AsyncFnOnce(&AuthorizedWrite<'_>) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let write = AuthorizedWrite::begin(db, identity).await?;
    let account = write.account().id;
    if let Some(id) = request
        && let Some(known) = find(&write, account, id, kind).await?
    {
        return known.outcome();
    }
    let kept = match execute(&write).await {
        Ok(done) => Kept::Done(done),
        // The same request is sent again when they have signed in.
        Err(Stop::Refused(refusal)) if refusal.code != RefusalCode::SignedOut => Kept::Refused(refusal),
        Err(stop) => return Err(stop),
    };
    if let Some(id) = request {
        let outcome = serde_json::to_value(&kept).map_err(Fault::from)?;
        let stored = Stored { kind: kind.to_owned(), at: clock::now(), outcome };
        store::insert(&write, account, id, stored).await?;
    }
    write.commit().await?;
    kept.outcome()
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
    write: &Write,
    account: AccountId,
    id: RequestId,
    kind: &str,
) -> Result<Option<Kept<T>>, Stop> {
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
