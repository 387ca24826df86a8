//! Queries of visits.

use super::{Visit, Visits, table};
use crate::{
    Fault,
    db::{LIST, Write},
};
use renkei_domain::{AccountId, SheetId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set, sea_query::OnConflict};
use std::collections::HashMap;

pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    sheet: SheetId,
) -> Result<Option<Visits>, Fault> {
    let row = table::Entity::find_by_id((account.0, sheet.0)).one(db).await?;
    Ok(row.map(Visits::from))
}

/// Somebody's, of several sheets.
pub async fn of_sheets(
    db: &impl ConnectionTrait,
    account: AccountId,
    sheets: &[SheetId],
) -> Result<HashMap<SheetId, Visits>, Fault> {
    let mut visits = HashMap::with_capacity(sheets.len());
    for sheets in sheets.chunks(LIST) {
        let rows = table::Entity::find()
            .filter(table::Column::AccountId.eq(account.0))
            .filter(table::Column::SheetId.is_in(sheets.iter().map(|sheet| sheet.0)));
        visits.extend(rows.all(db).await?.into_iter().map(|row| (SheetId(row.sheet_id), Visits::from(row))));
    }
    Ok(visits)
}

pub async fn put(write: &Write, account: AccountId, sheet: SheetId, visits: Visits) -> Result<(), Fault> {
    use table::Column::{AccountId, At, PreviousAt, PreviousSeq, Seq, SheetId};
    let row = table::ActiveModel {
        account_id: Set(account.0),
        sheet_id: Set(sheet.0),
        seq: Set(visits.newest.seq),
        at: Set(visits.newest.at),
        previous_seq: Set(visits.previous.seq),
        previous_at: Set(visits.previous.at),
    };
    let known = OnConflict::columns([AccountId, SheetId])
        .update_columns([Seq, At, PreviousSeq, PreviousAt])
        .to_owned();
    table::Entity::insert(row).on_conflict(known).exec_without_returning(&**write).await?;
    Ok(())
}

impl From<table::Model> for Visits {
    fn from(row: table::Model) -> Self {
        Visits {
            newest: Visit { seq: row.seq, at: row.at },
            previous: Visit { seq: row.previous_seq, at: row.previous_at },
        }
    }
}
