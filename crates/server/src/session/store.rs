//! Queries of sessions, failed sign-ins and the access log.

use super::{
    TokenHash,
    table::{access, session, throttle},
};
use crate::{Fault, clock, db::Write};
use renkei_domain::{AccountId, RegionId, SheetId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set,
    sea_query::{LockType, OnConflict},
};
use std::{collections::HashMap, net::IpAddr};
use uuid::Uuid;

/// Values in one statement: SQLite takes 32,766.
const CHUNK: usize = 500;

pub struct Stored {
    pub account: AccountId,
    pub created_at: i64,
    pub seen_at: i64,
}

/// Those of these sessions that are there, by their tokens.
pub async fn find(
    db: &impl ConnectionTrait,
    tokens: &[TokenHash],
) -> Result<HashMap<TokenHash, Stored>, Fault> {
    let mut found = HashMap::with_capacity(tokens.len());
    for chunk in tokens.chunks(CHUNK) {
        let rows = session::Entity::find()
            .filter(session::Column::TokenHash.is_in(chunk.iter().map(TokenHash::as_str)))
            .all(db)
            .await?;
        found.extend(rows.into_iter().map(|row| (TokenHash::stored(row.token_hash.clone()), row.into())));
    }
    Ok(found)
}

/// A session, which is not removed before the transaction ends.
pub async fn lock(write: &Write, token: &TokenHash) -> Result<Option<Stored>, Fault> {
    let row = session::Entity::find_by_id(token.as_str()).lock(LockType::KeyShare).one(&**write).await?;
    Ok(row.map(Stored::from))
}

impl From<session::Model> for Stored {
    fn from(row: session::Model) -> Self {
        Stored { account: AccountId(row.account_id), created_at: row.created_at, seen_at: row.seen_at }
    }
}

pub async fn insert(write: &Write, token: &TokenHash, account: AccountId, now: i64) -> Result<(), Fault> {
    let row = session::ActiveModel {
        token_hash: Set(token.as_str().to_owned()),
        account_id: Set(account.0),
        created_at: Set(now),
        seen_at: Set(now),
    };
    session::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

pub async fn touch(write: &Write, token: &TokenHash, now: i64) -> Result<(), Fault> {
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, now.into())
        .filter(session::Column::TokenHash.eq(token.as_str()))
        .exec(&**write)
        .await?;
    Ok(())
}

pub async fn end(write: &Write, token: &TokenHash) -> Result<(), Fault> {
    session::Entity::delete_by_id(token.as_str()).exec(&**write).await?;
    write.note_sessions();
    Ok(())
}

/// Ends all sessions of an account but this one.
pub async fn end_others(write: &Write, account: AccountId, token: &TokenHash) -> Result<(), Fault> {
    session::Entity::delete_many()
        .filter(session::Column::AccountId.eq(account.0))
        .filter(session::Column::TokenHash.ne(token.as_str()))
        .exec(&**write)
        .await?;
    write.note_sessions();
    Ok(())
}

/// The times of the last failures of a login from an address, oldest first; held until the transaction ends, so that
/// attempts at the same moment count each other.
pub async fn failures(write: &Write, login_key: &str, address: IpAddr) -> Result<Vec<i64>, Fault> {
    let row = throttle::ActiveModel {
        login_key: Set(login_key.to_owned()),
        address: Set(address.to_string()),
        failed_at: Set(serde_json::json!([])),
        last_at: Set(0),
    };
    let keys = [throttle::Column::LoginKey, throttle::Column::Address];
    throttle::Entity::insert(row)
        .on_conflict(OnConflict::columns(keys).do_nothing().to_owned())
        .exec_without_returning(&**write)
        .await?;
    let row = throttle::Entity::find_by_id((login_key.to_owned(), address.to_string()))
        .lock(LockType::Update)
        .one(&**write)
        .await?;
    let row = row.ok_or_else(|| Fault::new("a throttle that was there is gone"))?;
    Ok(serde_json::from_value(row.failed_at)?)
}

pub async fn set_failures(
    write: &Write,
    login_key: &str,
    address: IpAddr,
    failures: &[i64],
) -> Result<(), Fault> {
    let row = throttle::ActiveModel {
        login_key: Set(login_key.to_owned()),
        address: Set(address.to_string()),
        failed_at: Set(serde_json::to_value(failures)?),
        last_at: Set(failures.last().copied().unwrap_or_default()),
    };
    throttle::Entity::update(row).exec_without_returning(&**write).await?;
    Ok(())
}

/// What an access was.
pub enum Access {
    SignIn,
    CreateToken,
    RevokeToken,
    Region(RegionId),
    Sheet(RegionId, SheetId),
}

pub async fn log(write: &Write, account: AccountId, address: IpAddr, access: Access) -> Result<(), Fault> {
    let (kind, region, sheet) = match access {
        Access::SignIn => ("SIGN_IN", None, None),
        Access::CreateToken => ("CREATE_TOKEN", None, None),
        Access::RevokeToken => ("REVOKE_TOKEN", None, None),
        Access::Region(region) => ("REGION", Some(region.0), None),
        Access::Sheet(region, sheet) => ("SHEET", Some(region.0), Some(sheet.0)),
    };
    let row = access::ActiveModel {
        id: Set(clock::fresh::<Uuid>()),
        at: Set(clock::now()),
        account_id: Set(account.0),
        address: Set(address.to_string()),
        kind: Set(kind.to_owned()),
        region_id: Set(region),
        sheet_id: Set(sheet),
    };
    access::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

/// Removes what has run out: sessions not seen or not begun since these times, and old failures.
pub async fn tidy(write: &Write, seen: i64, begun: i64, failed: i64) -> Result<(), Fault> {
    session::Entity::delete_many()
        .filter(session::Column::SeenAt.lt(seen).or(session::Column::CreatedAt.lt(begun)))
        .exec(&**write)
        .await?;
    throttle::Entity::delete_many().filter(throttle::Column::LastAt.lt(failed)).exec(&**write).await?;
    Ok(())
}
