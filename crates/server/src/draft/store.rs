//! Queries of drafts.

use super::{Draft, Spot, Typed, table};
use crate::{
    Fault,
    db::{Code, Write},
    entry::{CellKey, EntryOrCell},
};
use renkei_domain::{
    AccountId, DraftId, EntryId, FiscalYear, ItemId, OrganizationId, RegionId, SceneSet, SheetId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Set, sea_query::Expr,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody's own, of a sheet or of all, the newest first; without their texts, where these are not wanted.
pub async fn of_account(
    db: &impl ConnectionTrait,
    account: AccountId,
    sheet: Option<SheetId>,
    texts: bool,
) -> Result<Vec<Draft>, Fault> {
    let mut drafts = table::Entity::find()
        .filter(table::Column::AccountId.eq(account.0))
        .apply_if(sheet, |drafts, sheet| drafts.filter(table::Column::SheetId.eq(sheet.0)));
    if !texts {
        let others = table::Column::iter()
            .filter(|column| !matches!(column, table::Column::Outline | table::Column::Merged));
        drafts = drafts.select_only().columns(others).expr_as(Expr::value(""), "outline");
        drafts = drafts.expr_as(Expr::value(None::<String>), "merged");
    }
    let drafts = drafts.order_by_desc(table::Column::TypedAt).order_by_desc(table::Column::Id);
    drafts.all(db).await?.into_iter().map(Draft::try_from).collect()
}

/// How many somebody has, of each sheet.
pub async fn count_of_sheets(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<HashMap<SheetId, i64>, Fault> {
    let rows: Vec<(Uuid, i64)> = table::Entity::find()
        .select_only()
        .column(table::Column::SheetId)
        .column_as(table::Column::Id.count(), "drafts")
        .filter(table::Column::AccountId.eq(account.0))
        .group_by(table::Column::SheetId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(sheet, drafts)| (SheetId(sheet), drafts)).collect())
}

/// Somebody's own, by its id.
pub async fn by_id(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: DraftId,
) -> Result<Option<Draft>, Fault> {
    let draft =
        table::Entity::find_by_id(id.0).filter(table::Column::AccountId.eq(account.0)).one(db).await?;
    draft.map(Draft::try_from).transpose()
}

pub async fn find(write: &Write, account: AccountId, spot: &Spot) -> Result<Option<Draft>, Fault> {
    let draft = table::Entity::find()
        .filter(table::Column::AccountId.eq(account.0))
        .filter(table::Column::SheetId.eq(spot.sheet.0))
        .filter(table::Column::Place.eq(spot.place_code()))
        .filter(table::Column::Device.eq(&spot.device))
        .one(&**write)
        .await?;
    draft.map(Draft::try_from).transpose()
}

/// How many drafts somebody has, one left out, and how many characters these hold.
pub async fn held(
    write: &Write,
    account: AccountId,
    without: Option<DraftId>,
) -> Result<(usize, i64), Fault> {
    let chars: Vec<i32> = table::Entity::find()
        .select_only()
        .column(table::Column::Chars)
        .filter(table::Column::AccountId.eq(account.0))
        .apply_if(without, |drafts, without| drafts.filter(table::Column::Id.ne(without.0)))
        .into_tuple()
        .all(&**write)
        .await?;
    Ok((chars.len(), chars.into_iter().map(i64::from).sum()))
}

pub async fn insert(write: &Write, account: AccountId, draft: &Draft) -> Result<(), Fault> {
    write.insert(row(account, draft)?).await
}

/// Stores all of a draft that is there.
pub async fn update(write: &Write, account: AccountId, draft: &Draft) -> Result<(), Fault> {
    table::Entity::update(row(account, draft)?).exec_without_returning(&**write).await?;
    Ok(())
}

pub async fn remove(write: &Write, id: DraftId) -> Result<(), Fault> {
    table::Entity::delete_by_id(id.0).exec(&**write).await?;
    Ok(())
}

fn row(account: AccountId, draft: &Draft) -> Result<table::ActiveModel, Fault> {
    let Draft { spot, typed, .. } = draft;
    let (entry, cell) = (spot.place.entry(), spot.place.cell());
    Ok(table::ActiveModel {
        id: Set(draft.id.0),
        account_id: Set(account.0),
        region_id: Set(draft.region.0),
        sheet_id: Set(spot.sheet.0),
        device: Set(spot.device.clone()),
        place: Set(spot.place_code()),
        entry_id: Set(entry.map(|entry| entry.0)),
        item_id: Set(cell.map(|cell| cell.item.0)),
        facet: Set(cell.map(|cell| Code(cell.facet))),
        fiscal_year: Set(cell.map(|cell| cell.fiscal_year.0)),
        outline: Set(typed.outline.clone()),
        scenes: Set(i32::from(typed.explicit_scenes.bits())),
        owner_id: Set(typed.owner.map(|owner| owner.0)),
        after_id: Set(typed.after.map(|after| after.0)),
        version: Set(typed.version),
        merged: Set(typed.merged.clone()),
        chars: Set(typed.chars().try_into()?),
        typed_at: Set(typed.typed_at),
    })
}

impl TryFrom<table::Model> for Draft {
    type Error = Fault;

    fn try_from(row: table::Model) -> Result<Self, Fault> {
        let place = match (row.entry_id, row.item_id, row.facet, row.fiscal_year) {
            (Some(entry), ..) => EntryOrCell::Entry(EntryId(entry)),
            (None, Some(item), Some(Code(facet)), Some(year)) => {
                EntryOrCell::Cell(CellKey { item: ItemId(item), facet, fiscal_year: FiscalYear(year) })
            }
            _ => return Err(Fault::new(format!("the draft {} has no place", row.id))),
        };
        Ok(Draft {
            id: DraftId(row.id),
            region: RegionId(row.region_id),
            spot: Spot { sheet: SheetId(row.sheet_id), place, device: row.device },
            typed: Typed {
                outline: row.outline,
                explicit_scenes: SceneSet::from_bits(row.scenes.try_into()?),
                owner: row.owner_id.map(OrganizationId),
                after: row.after_id.map(EntryId),
                version: row.version,
                merged: row.merged,
                typed_at: row.typed_at,
            },
        })
    }
}
