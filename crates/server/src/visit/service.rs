//! Noting what somebody has seen, and telling them where they were.

use super::{Visit, Visits, store};
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{AuthorizedWrite, Identity},
    clock,
    refusal::Stop,
    region, sheet,
};
use renkei_domain::{SheetId, limits};

const PAUSE: i64 = limits::VISIT_MINUTES * clock::MINUTE;

/// Somebody has seen a sheet as of change number `seq`; `false`: there is no such sheet for them.
pub async fn note(db: &Db, identity: &Identity, sheet: SheetId, seq: i64) -> Result<bool, Stop> {
    let write = AuthorizedWrite::begin(db, identity).await?;
    let Some(head) = sheet::service::find(&write, write.seen_as(), sheet).await? else { return Ok(false) };
    let Some(viewer) = write.viewer_in(head.region).await? else { return Ok(false) };
    let Some(region) = region::service::view(&write, head.region).await? else { return Ok(false) };
    let (seq, now) = (seq.clamp(0, region.region.seq), clock::now());
    let here = Visit { seq, at: now };
    let visits = match store::find(&**write, viewer.account.id, sheet).await? {
        Some(known) => known.seen(seq, now, PAUSE),
        None => Visits { newest: here, previous: here },
    };
    store::put(&write, viewer.account.id, sheet, visits).await?;
    write.commit().await?;
    Ok(true)
}

/// Somebody's last visit to a sheet, before the one that they may be on.
pub async fn last(db: &Db, viewer: &Viewer, sheet: SheetId) -> Result<Option<Visit>, Fault> {
    let visits = store::find(db.direct(), viewer.account.id, sheet).await?;
    Ok(visits.map(|visits| visits.last(clock::now(), PAUSE)))
}
