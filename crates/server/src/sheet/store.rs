//! Queries of sheets, their columns and items.

use super::{
    Column, Row, SheetHead,
    table::{item, sheet, sheet_column, sheet_item},
};
use crate::{
    Fault, clock,
    db::{Code, Write},
    text,
};
use renkei_domain::{FiscalYear, ItemId, OrganizationId, RegionId, SceneSet, SheetId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use std::collections::HashMap;

/// Newest year first.
pub async fn heads(db: &impl ConnectionTrait, regions: &[RegionId]) -> Result<Vec<SheetHead>, Fault> {
    let rows = sheet::Entity::find()
        .filter(sheet::Column::RegionId.is_in(regions.iter().map(|id| id.0)))
        .order_by_desc(sheet::Column::FiscalYear)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(SheetHead::from).collect())
}

pub async fn find(db: &impl ConnectionTrait, id: SheetId) -> Result<Option<SheetHead>, Fault> {
    Ok(sheet::Entity::find_by_id(id.0).one(db).await?.map(SheetHead::from))
}

/// In the order of the paper.
pub async fn columns(db: &impl ConnectionTrait, sheet: &SheetHead) -> Result<Vec<Column>, Fault> {
    let rows = sheet_column::Entity::find()
        .filter(sheet_column::Column::SheetId.eq(sheet.id.0))
        .order_by_asc(sheet_column::Column::Position)
        .all(db)
        .await?;
    let column = |row: sheet_column::Model| Column {
        facet: row.facet.0,
        fiscal_year: FiscalYear(sheet.fiscal_year.0 + row.year_offset),
        heading: row.heading,
        as_of: row.as_of,
        footnote: row.footnote,
    };
    Ok(rows.into_iter().map(column).collect())
}

/// In the sheet's order.
pub async fn rows(db: &impl ConnectionTrait, sheet: SheetId) -> Result<Vec<Row>, Fault> {
    let rows = sheet_item::Entity::find()
        .find_also_related(item::Entity)
        .filter(sheet_item::Column::SheetId.eq(sheet.0))
        .order_by_asc(sheet_item::Column::Position)
        .all(db)
        .await?;
    rows.into_iter().enumerate().map(|(position, (row, item))| row_of(position, row, item)).collect()
}

/// The rows of all sheets of a region.
pub async fn rows_of_region(
    db: &impl ConnectionTrait,
    region: RegionId,
) -> Result<HashMap<SheetId, Vec<Row>>, Fault> {
    let rows = sheet_item::Entity::find()
        .find_also_related(item::Entity)
        .filter(item::Column::RegionId.eq(region.0))
        .order_by_asc(sheet_item::Column::Position)
        .all(db)
        .await?;
    let mut sheets: HashMap<SheetId, Vec<Row>> = HashMap::new();
    for (row, item) in rows {
        let sheet = sheets.entry(SheetId(row.sheet_id)).or_default();
        sheet.push(row_of(sheet.len(), row, item)?);
    }
    Ok(sheets)
}

/// A region's items by their codes.
pub async fn items(db: &impl ConnectionTrait, region: RegionId) -> Result<Vec<(ItemId, String)>, Fault> {
    let rows = item::Entity::find().filter(item::Column::RegionId.eq(region.0)).all(db).await?;
    Ok(rows.into_iter().map(|row| (ItemId(row.id), row.code)).collect())
}

/// The code of an item that is there.
pub async fn code(db: &impl ConnectionTrait, id: ItemId) -> Result<String, Fault> {
    let row = item::Entity::find_by_id(id.0).one(db).await?;
    Ok(row.ok_or_else(|| Fault::new(format!("no item {id}")))?.code)
}

/// The region of an item.
pub async fn region_of_item(db: &impl ConnectionTrait, id: ItemId) -> Result<Option<RegionId>, Fault> {
    Ok(item::Entity::find_by_id(id.0).one(db).await?.map(|row| RegionId(row.region_id)))
}

pub async fn insert_items(write: &Write, region: RegionId, items: &[(ItemId, String)]) -> Result<(), Fault> {
    let now = clock::now();
    let rows = items.iter().map(|(id, code)| item::ActiveModel {
        id: Set(id.0),
        region_id: Set(region.0),
        code: Set(code.clone()),
        code_key: Set(text::key(code)),
        created_at: Set(now),
    });
    write.insert_many(rows.collect()).await
}

/// A sheet with its columns and rows; none of them is empty.
pub async fn insert(write: &Write, sheet: &SheetHead, columns: &[Column], rows: &[Row]) -> Result<(), Fault> {
    let row = sheet::ActiveModel {
        id: Set(sheet.id.0),
        region_id: Set(sheet.region.0),
        fiscal_year: Set(sheet.fiscal_year.0),
        title: Set(sheet.title.clone()),
        item_heading: Set(sheet.item_heading.clone()),
        item_footnote: Set(sheet.item_footnote.clone()),
        phase: Set(Code(sheet.phase)),
        secretariat_id: Set(sheet.secretariat.0),
        created_at: Set(clock::now()),
    };
    write.insert(row).await?;
    let columns = (0..).zip(columns).map(|(position, column)| sheet_column::ActiveModel {
        sheet_id: Set(sheet.id.0),
        position: Set(position),
        facet: Set(Code(column.facet)),
        year_offset: Set(column.fiscal_year.0 - sheet.fiscal_year.0),
        heading: Set(column.heading.clone()),
        as_of: Set(column.as_of.clone()),
        footnote: Set(column.footnote.clone()),
    });
    write.insert_many(columns.collect()).await?;
    let rows = (0..).zip(rows).map(|(position, row)| sheet_item::ActiveModel {
        sheet_id: Set(sheet.id.0),
        item_id: Set(row.item.0),
        title: Set(row.title.clone()),
        position: Set(position),
        scenes: Set(i32::from(row.scenes.bits())),
    });
    write.insert_many(rows.collect()).await
}

fn row_of(position: usize, row: sheet_item::Model, item: Option<item::Model>) -> Result<Row, Fault> {
    Ok(Row {
        item: ItemId(row.item_id),
        code: item.ok_or_else(|| Fault::new("a row without its item"))?.code,
        title: row.title,
        scenes: SceneSet::from_bits(u8::try_from(row.scenes)?),
        position,
    })
}

impl From<sheet::Model> for SheetHead {
    fn from(row: sheet::Model) -> Self {
        SheetHead {
            id: SheetId(row.id),
            region: RegionId(row.region_id),
            fiscal_year: FiscalYear(row.fiscal_year),
            title: row.title,
            item_heading: row.item_heading,
            item_footnote: row.item_footnote,
            phase: row.phase.0,
            secretariat: OrganizationId(row.secretariat_id),
        }
    }
}
