//! Queries of requests.

use super::{Stored, table};
use crate::{Fault, db::Write};
use renkei_domain::{AccountId, RequestId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::OnConflict};

pub async fn find(write: &Write, account: AccountId, id: RequestId) -> Result<Option<Stored>, Fault> {
    let row = table::Entity::find_by_id((account.0, id.0)).one(&**write).await?;
    Ok(row.map(|row| Stored { kind: row.kind, at: row.at, outcome: row.outcome }))
}

/// `false`: the same request was executed meanwhile.
pub async fn insert(write: &Write, account: AccountId, id: RequestId, stored: Stored) -> Result<bool, Fault> {
    let row = table::ActiveModel {
        account_id: Set(account.0),
        request_id: Set(id.0),
        kind: Set(stored.kind),
        at: Set(stored.at),
        outcome: Set(stored.outcome),
    };
    let unless_known =
        OnConflict::columns([table::Column::AccountId, table::Column::RequestId]).do_nothing().to_owned();
    let insert = table::Entity::insert(row).on_conflict(unless_known);
    Ok(insert.exec_without_returning(&**write).await? > 0)
}

pub async fn remove(write: &Write, account: AccountId, id: RequestId) -> Result<(), Fault> {
    table::Entity::delete_by_id((account.0, id.0)).exec(&**write).await?;
    Ok(())
}

pub async fn remove_before(write: &Write, at: i64) -> Result<(), Fault> {
    table::Entity::delete_many().filter(table::Column::At.lt(at)).exec(&**write).await?;
    Ok(())
}
