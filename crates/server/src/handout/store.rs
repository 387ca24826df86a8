//! Queries of handouts.

use super::{Handout, table};
use crate::{Fault, db::Write};
use renkei_domain::{FiscalYear, HandoutId, RegionId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};

pub async fn of_regions(db: &impl ConnectionTrait, regions: &[RegionId]) -> Result<Vec<Handout>, Fault> {
    let rows = table::Entity::find()
        .filter(table::Column::RegionId.is_in(regions.iter().map(|id| id.0)))
        // As the index has them, so that nothing is sorted.
        .order_by_asc(table::Column::RegionId)
        .order_by_asc(table::Column::FiscalYear)
        .order_by_asc(table::Column::Number)
        .all(db)
        .await?;
    rows.into_iter().map(Handout::try_from).collect()
}

pub async fn find(db: &impl ConnectionTrait, id: HandoutId) -> Result<Option<Handout>, Fault> {
    table::Entity::find_by_id(id.0).one(db).await?.map(Handout::try_from).transpose()
}

pub async fn insert(write: &Write, handout: &Handout) -> Result<(), Fault> {
    let row = table::ActiveModel {
        id: Set(handout.id.0),
        region_id: Set(handout.region.0),
        fiscal_year: Set(handout.fiscal_year.0),
        number: Set(i32::try_from(handout.number)?),
        title: Set(handout.title.clone()),
    };
    write.insert(row).await
}

impl TryFrom<table::Model> for Handout {
    type Error = Fault;

    fn try_from(row: table::Model) -> Result<Self, Fault> {
        Ok(Handout {
            id: HandoutId(row.id),
            region: RegionId(row.region_id),
            fiscal_year: FiscalYear(row.fiscal_year),
            number: u32::try_from(row.number)?,
            title: row.title,
        })
    }
}
