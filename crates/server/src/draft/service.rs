//! Keeping drafts. They are stored as they come, so that nothing typed is lost; what they mean is asked when they are
//! saved as entries.

use super::{Draft, Spot, Typed, store};
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{AuthorizedWrite, Identity},
    clock,
    entry::{self, EntryOrCell},
    refusal::{Refusal, RefusalCode, Stop},
    sheet,
};
use renkei_domain::{DraftId, RegionId, SheetId, limits};

/// Somebody's own drafts in regions that they read, of a sheet or of all, the newest first.
pub async fn own(db: &Db, viewer: &Viewer, sheet: Option<SheetId>, texts: bool) -> Result<Vec<Draft>, Fault> {
    let drafts = store::of_account(db.direct(), viewer.account.id, sheet, texts).await?;
    Ok(drafts.into_iter().filter(|draft| viewer.reads(draft.region)).collect())
}

/// One of them, by its id.
pub async fn find(db: &Db, viewer: &Viewer, id: DraftId) -> Result<Option<Draft>, Fault> {
    let draft = store::by_id(db.direct(), viewer.account.id, id).await?;
    Ok(draft.filter(|draft| viewer.reads(draft.region)))
}

/// Keeps what was typed, unless what is kept was typed later: then that is answered, and nothing changes.
pub async fn save(db: &Db, identity: &Identity, spot: Spot, typed: Typed) -> Result<Draft, Stop> {
    fits(&spot, &typed)?;
    let write = AuthorizedWrite::begin(db, identity).await?;
    let account = write.account().id;
    let region = known(&write, &spot).await?;
    let kept = store::find(&write, account, &spot).await?;
    let there = kept.as_ref().map(|kept| kept.id);
    if let Some(newer) = kept.filter(|kept| kept.typed.typed_at > typed.typed_at) {
        return Ok(newer);
    }
    let (drafts, chars) = store::held(&write, account, there).await?;
    let draft = Draft { id: there.unwrap_or_else(clock::fresh), region, spot, typed };
    let chars = usize::try_from(chars).map_err(Fault::from)? + draft.typed.chars();
    if drafts >= limits::DRAFTS || chars > limits::DRAFTS_CHARS {
        let message = "保存していない入力が多すぎます。ほかの入力を保存するか、破棄してください。";
        return Err(Refusal::new(RefusalCode::TooLong, message).into());
    }
    match there {
        Some(_) => store::update(&write, account, &draft).await?,
        None => store::insert(&write, account, &draft).await?,
    }
    write.commit().await?;
    Ok(draft)
}

/// Lets a draft go; `false` if something was typed after `typed_at`, which stays.
pub async fn discard(db: &Db, identity: &Identity, spot: &Spot, typed_at: Option<i64>) -> Result<bool, Stop> {
    if !is_device(&spot.device) {
        // None is kept for it, and PostgreSQL could not even look.
        return Ok(true);
    }
    let write = AuthorizedWrite::begin(db, identity).await?;
    let Some(kept) = store::find(&write, write.account().id, spot).await? else { return Ok(true) };
    write.authenticate().await?;
    if typed_at.is_some_and(|typed_at| kept.typed.typed_at > typed_at) {
        return Ok(false);
    }
    store::remove(&write, kept.id).await?;
    write.commit().await?;
    Ok(true)
}

fn fits(spot: &Spot, typed: &Typed) -> Result<(), Refusal> {
    let max = limits::DRAFT_CHARS;
    let too_long = |field| Refusal::too_long(field, format!("下書きは{max}文字までです。"));
    if typed.outline.chars().count() > max {
        return Err(too_long("outline"));
    }
    if typed.merged.as_ref().is_some_and(|merged| merged.chars().count() > max) {
        return Err(too_long("merged"));
    }
    if !is_device(&spot.device) {
        let message = format!("deviceId は1文字から{}文字までの1行です。", limits::DEVICE_CHARS);
        return Err(Refusal::invalid("deviceId", message));
    }
    Ok(())
}

/// Whether a device can be called so.
fn is_device(name: &str) -> bool {
    (1..=limits::DEVICE_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control)
}

/// The region of a sheet that somebody reads and that has this place. An entry that was deleted since is one: what was
/// typed for it is shown to whoever typed it.
async fn known(write: &AuthorizedWrite<'_>, spot: &Spot) -> Result<RegionId, Stop> {
    let not_found = || Refusal::not_found("計画・評価表");
    let head = sheet::service::find(write, write.seen_as(), spot.sheet).await?.ok_or_else(not_found)?;
    write.viewer_in(head.region).await?.ok_or_else(not_found)?;
    let there = match spot.place {
        EntryOrCell::Entry(id) => {
            entry::stored(&***write, id).await?.is_some_and(|entry| entry.region == head.region)
        }
        EntryOrCell::Cell(cell) => {
            sheet::rows(&***write, head.id).await?.iter().any(|row| row.item == cell.item)
        }
    };
    let what = if spot.place.entry().is_some() { "取組" } else { "事業項目" };
    if there { Ok(head.region) } else { Err(Refusal::not_found(what).into()) }
}
