//! Adding handouts.

use super::{Handout, store};
use crate::{
    Db,
    change::{self, By, NewChange},
    clock,
    refusal::{Refusal, Stop},
    region, text,
};
use renkei_domain::{FiscalYear, RegionId};

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
    if region::store::lock(&write, region).await?.is_none() {
        return Err(Refusal::not_found("圏域").into());
    }
    let handout = Handout { id: clock::fresh(), region, fiscal_year, number, title };
    let there = store::of_regions(&*write, &[region]).await?;
    if there.iter().any(|other| other.fiscal_year == fiscal_year && other.number == number) {
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
