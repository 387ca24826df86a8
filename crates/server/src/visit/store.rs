//! Queries of visits.

use super::{Visit, Visits, table};
use crate::{Fault, db::Write};
use renkei_domain::{AccountId, SheetId};
use sea_orm::{ConnectionTrait, EntityTrait, Set, sea_query::OnConflict};

pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    sheet: SheetId,
) -> Result<Option<Visits>, Fault> {
    let row = table::Entity::find_by_id((account.0, sheet.0)).one(db).await?;
    Ok(row.map(|row| Visits {
        newest: Visit { seq: row.seq, at: row.at },
        previous: Visit { seq: row.previous_seq, at: row.previous_at },
    }))
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
