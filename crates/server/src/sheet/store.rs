//! Queries of sheets, their columns and items.

use super::{
    Column, Row, SheetHead, SheetKey, Surroundings,
    table::{item, organization, region, region_organization, sheet, sheet_column, sheet_item},
};
use crate::{
    Fault, clock,
    db::{Code, RegionOf, Write, add_columns},
    text,
};
use renkei_domain::{FiscalYear, ItemId, OrganizationId, RegionId, SceneSet, SheetId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, Order, Query, SelectStatement},
};
use std::collections::HashMap;

/// Each region's, newest year first.
pub async fn heads(db: &impl ConnectionTrait, regions: &[RegionId]) -> Result<Vec<SheetHead>, Fault> {
    let rows = sheet::Entity::find()
        .filter(sheet::Column::RegionId.is_in(regions.iter().map(|id| id.0)))
        // As the index has them, so that nothing is sorted.
        .order_by_desc(sheet::Column::RegionId)
        .order_by_desc(sheet::Column::FiscalYear)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(SheetHead::from).collect())
}

/// The same of one region, with the columns of a year's sheet.
pub async fn heads_with_columns(
    db: &impl ConnectionTrait,
    region: RegionId,
    year: FiscalYear,
) -> Result<(Vec<SheetHead>, Vec<Column>), Fault> {
    let of_year = Expr::col((sheet::Entity, sheet::Column::FiscalYear)).eq(year.0);
    let mut found = Query::select();
    add_columns::<sheet::Entity>(&mut found, "sheet_");
    add_columns::<sheet_column::Entity>(&mut found, "column_");
    found
        .from(sheet::Entity)
        .left_join(
            sheet_column::Entity,
            Expr::col((sheet_column::Entity, sheet_column::Column::SheetId))
                .equals((sheet::Entity, sheet::Column::Id))
                .and(of_year),
        )
        .and_where(Expr::col((sheet::Entity, sheet::Column::RegionId)).eq(region.0))
        .order_by((sheet::Entity, sheet::Column::FiscalYear), Order::Desc)
        .order_by((sheet_column::Entity, sheet_column::Column::Position), Order::Asc);
    let (mut heads, mut columns): (Vec<SheetHead>, Vec<Column>) = (Vec::new(), Vec::new());
    for row in db.query_all(&found).await? {
        let head = SheetHead::from(sheet::Model::from_query_result(&row, "sheet_")?);
        let column = sheet_column::Model::from_query_result_optional(&row, "column_")?;
        columns.extend(column.map(|column| column_of(head.fiscal_year, column)));
        if heads.last().is_none_or(|last| last.id != head.id) {
            heads.push(head);
        }
    }
    Ok((heads, columns))
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
    Ok(rows.into_iter().map(|row| column_of(sheet.fiscal_year, row)).collect())
}

/// Of several sheets of these years, each one's in the order of the paper.
pub async fn columns_of_sheets(
    db: &impl ConnectionTrait,
    sheets: &[(SheetId, FiscalYear)],
) -> Result<HashMap<SheetId, Vec<Column>>, Fault> {
    let rows = sheet_column::Entity::find()
        .filter(sheet_column::Column::SheetId.is_in(sheets.iter().map(|(sheet, _)| sheet.0)))
        .order_by_asc(sheet_column::Column::Position)
        .all(db)
        .await?;
    let years: HashMap<SheetId, FiscalYear> = sheets.iter().copied().collect();
    let mut columns: HashMap<SheetId, Vec<Column>> = HashMap::new();
    for row in rows {
        let id = SheetId(row.sheet_id);
        let Some(year) = years.get(&id) else { continue };
        columns.entry(id).or_default().push(column_of(*year, row));
    }
    Ok(columns)
}

/// The region of a sheet.
pub fn region_of(id: SheetId) -> RegionOf {
    let region = sheet::Entity::find_by_id(id.0).select_only().column(sheet::Column::RegionId);
    RegionOf(region.into_query())
}

/// What stands round an entry of this item and owner, in one statement; `None`: there is no such sheet.
pub async fn surroundings(
    db: &impl ConnectionTrait,
    key: SheetKey,
    item: ItemId,
    owner: Option<OrganizationId>,
) -> Result<Option<Surroundings>, Fault> {
    let sheet = |column| Expr::col((sheet::Entity, column));
    let mut found = around(item, owner);
    match key {
        SheetKey::Id(id) => found.and_where(sheet(sheet::Column::Id).eq(id.0)),
        SheetKey::OfYear(region, year) => found
            .and_where(sheet(sheet::Column::RegionId).eq(region.0))
            .and_where(sheet(sheet::Column::FiscalYear).eq(year.0)),
    };
    found.order_by((sheet_column::Entity, sheet_column::Column::Position), Order::Asc);
    surroundings_of(&db.query_all(&found).await?)
}

/// The same in the sheets of two years.
pub async fn surroundings_of_years(
    db: &impl ConnectionTrait,
    region: RegionId,
    years: [FiscalYear; 2],
    item: ItemId,
    owner: Option<OrganizationId>,
) -> Result<[Option<Surroundings>; 2], Fault> {
    let mut found = around(item, owner);
    let sheet = |column| Expr::col((sheet::Entity, column));
    found
        .and_where(sheet(sheet::Column::RegionId).eq(region.0))
        .and_where(sheet(sheet::Column::FiscalYear).is_in(years.map(|year| year.0)));
    let mut rows = Vec::new();
    for row in db.query_all(&found).await? {
        let year: i32 = row.try_get("sheet_", "fiscal_year")?;
        rows.push((year, row.try_get::<Option<i32>>("column_", "position")?, row));
    }
    rows.sort_by_key(|(year, position, _)| (*year, *position));
    let mut of_year = |year: FiscalYear| {
        let rows = rows.extract_if(.., |(of, _, _)| *of == year.0).map(|(_, _, row)| row);
        surroundings_of(&rows.collect::<Vec<_>>())
    };
    Ok([of_year(years[0])?, of_year(years[1])?])
}

fn around(item: ItemId, owner: Option<OrganizationId>) -> SelectStatement {
    let mut found = Query::select();
    add_columns::<sheet::Entity>(&mut found, "sheet_");
    add_columns::<region::Entity>(&mut found, "region_");
    add_columns::<sheet_column::Entity>(&mut found, "column_");
    add_columns::<sheet_item::Entity>(&mut found, "row_");
    add_columns::<item::Entity>(&mut found, "item_");
    add_columns::<organization::Entity>(&mut found, "owner_");
    let row = Expr::col((sheet_item::Entity, sheet_item::Column::SheetId))
        .equals((sheet::Entity, sheet::Column::Id));
    let row = row.and(Expr::col((sheet_item::Entity, sheet_item::Column::ItemId)).eq(item.0));
    let member = Expr::col((region_organization::Entity, region_organization::Column::RegionId))
        .equals((sheet::Entity, sheet::Column::RegionId));
    // Nothing has the nil UUID.
    let owner = owner.map(|owner| owner.0).unwrap_or_default();
    let member = member
        .and(Expr::col((region_organization::Entity, region_organization::Column::OrganizationId)).eq(owner));
    found
        .from(sheet::Entity)
        .inner_join(
            region::Entity,
            Expr::col((region::Entity, region::Column::Id)).equals((sheet::Entity, sheet::Column::RegionId)),
        )
        .left_join(
            sheet_column::Entity,
            Expr::col((sheet_column::Entity, sheet_column::Column::SheetId))
                .equals((sheet::Entity, sheet::Column::Id)),
        )
        .left_join(sheet_item::Entity, row)
        .left_join(
            item::Entity,
            Expr::col((item::Entity, item::Column::Id))
                .equals((sheet_item::Entity, sheet_item::Column::ItemId)),
        )
        .left_join(region_organization::Entity, member)
        .left_join(
            organization::Entity,
            Expr::col((organization::Entity, organization::Column::Id))
                .equals((region_organization::Entity, region_organization::Column::OrganizationId)),
        );
    found
}

/// Of the rows of one sheet, a row for each column, in order.
fn surroundings_of(rows: &[QueryResult]) -> Result<Option<Surroundings>, Fault> {
    let Some(first) = rows.first() else { return Ok(None) };
    let head = SheetHead::from(sheet::Model::from_query_result(first, "sheet_")?);
    let column = |row: &QueryResult| sheet_column::Model::from_query_result_optional(row, "column_");
    let mut columns = Vec::with_capacity(rows.len());
    for row in rows {
        columns.extend(column(row)?.map(|row| column_of(head.fiscal_year, row)));
    }
    let item = item::Model::from_query_result_optional(first, "item_")?;
    let row = sheet_item::Model::from_query_result_optional(first, "row_")?;
    let row = row.map(|row| row_of(usize::try_from(row.position)?, row, item)).transpose()?;
    let owner = organization::Model::from_query_result_optional(first, "owner_")?;
    let region = region::Model::from_query_result(first, "region_")?;
    Ok(Some(Surroundings { region: region.into(), head, columns, row, owner: owner.map(Into::into) }))
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

fn column_of(year: FiscalYear, row: sheet_column::Model) -> Column {
    Column {
        facet: row.facet.0,
        fiscal_year: FiscalYear(year.0 + row.year_offset),
        heading: row.heading,
        as_of: row.as_of,
        footnote: row.footnote,
    }
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
