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

/// What came of this request before. Holds the account until the transaction ends, so that the same request sent
/// twice at the same moment waits here for its own outcome.
pub async fn recall<T: DeserializeOwned>(
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
pub async fn keep<T: Serialize>(
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
