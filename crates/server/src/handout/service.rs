//! Adding handouts.

use super::{Handout, store};
use crate::{
    Db, Fault,
    account::Viewer,
    change::{self, By, NewChange},
    clock,
    refusal::{Refusal, Stop},
    region, text,
};
use renkei_domain::{FiscalYear, HandoutId, RegionId};

/// A handout of a region that somebody reads.
pub async fn find(db: &Db, viewer: &Viewer, id: HandoutId) -> Result<Option<Handout>, Fault> {
    Ok(store::find(db.direct(), id).await?.filter(|handout| viewer.reads(handout.region)))
}

/// A new handout of a region and year; its number is free.
pub async fn add(
    db: &Db,
    region: RegionId,
    fiscal_year: FiscalYear,
    number: u32,
    title: &str,
) -> Result<Handout, Stop> {
    let title = text::name("title", "資料の題名", title)?;
    let write = db.write().await?;
    let there = region::service::hold(&write, region).await?.ok_or_else(|| Refusal::not_found("圏域"))?;
    let handout = Handout { id: clock::fresh(), region, fiscal_year, number, title };
    if there.handouts_of(fiscal_year).any(|other| other.number == number) {
        return Err(
            Refusal::invalid("number", format!("{fiscal_year}の資料{number}はすでにあります。")).into()
        );
    }
    store::insert(&write, &handout).await?;
    let summary = format!("{fiscal_year}の資料{number}「{}」を追加", handout.title);
    change::service::append(&write, region, &By::operator(), NewChange::handout(&handout, summary)).await?;
    write.commit().await?;
    Ok(handout)
}
