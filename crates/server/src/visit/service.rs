//! Noting what somebody has seen, and telling them where they were.

use super::{News, Visit, Visits, store};
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{AuthorizedWrite, Identity},
    change::{self, Unseen},
    clock, draft, notice,
    refusal::Stop,
    region,
    sheet::{self, Column},
};
use renkei_domain::{AccountId, FiscalYear, RegionId, SheetId, limits};
use std::collections::HashMap;

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

/// What is new to somebody on each of these sheets, which they read: five statements however many.
pub async fn news(
    db: &Db,
    account: AccountId,
    sheets: &[(RegionId, SheetId, FiscalYear)],
) -> Result<HashMap<SheetId, News>, Fault> {
    let (db, now) = (db.direct(), clock::now());
    let ids: Vec<SheetId> = sheets.iter().map(|(_, sheet, _)| *sheet).collect();
    let visits = store::of_sheets(db, account, &ids).await?;
    let years: Vec<_> = sheets.iter().map(|(_, sheet, year)| (*sheet, *year)).collect();
    let columns = sheet::columns_of_sheets(db, &years).await?;
    let last = |sheet: &SheetId| visits.get(sheet).map(|visits| visits.last(now, PAUSE));
    let unseen = |(region, sheet, _): &(RegionId, SheetId, FiscalYear)| {
        let columns = columns.get(sheet)?.iter().map(Column::key).collect();
        Some(Unseen { sheet: *sheet, region: *region, columns, after: last(sheet)?.seq })
    };
    let unseen: Vec<Unseen> = sheets.iter().filter_map(unseen).collect();
    let changes = change::count_new(db, &unseen, account, limits::NEW_CHANGES).await?;
    let drafts = draft::count_of_sheets(db, account).await?;
    let notices = notice::unread_of_sheets(db, account).await?;
    let most = i64::try_from(limits::NEW_CHANGES)?;
    let news = |sheet: &SheetId| News {
        last: last(sheet),
        drafts: drafts.get(sheet).copied().unwrap_or_default(),
        notices: notices.get(sheet).copied().unwrap_or_default(),
        changes: changes.get(sheet).copied().unwrap_or_default().min(most),
    };
    Ok(ids.iter().map(|sheet| (*sheet, news(sheet))).collect())
}
