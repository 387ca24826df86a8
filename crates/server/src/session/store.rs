//! Queries of sessions, failed sign-ins and the access log.

use super::{
    Access, TokenHash,
    table::{access, failure, known_network, session},
    throttle::{Attempt, Counted},
};
use crate::{
    Fault,
    account::{self, Viewer},
    clock,
    db::{LIST, Write, add_columns},
};
use renkei_domain::AccountId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, NotSet, QueryFilter,
    QueryOrder, QuerySelect, Set,
    sea_query::{Expr, LockType, OnConflict},
};
use std::{collections::HashMap, net::IpAddr};
use uuid::Uuid;

/// Failed sign-ins that are kept. So many passwords are not checked within the time for which a failure counts.
const FAILURES: i64 = 20_000;
/// Networks that are known for a login.
const NETWORKS: u64 = 20;
/// Any number that no other program uses: the lock under which one attempt at a time counts failures.
const FAILURE_LOCK: i64 = 0x7265_6e6b_656a;

pub struct Stored {
    pub created_at: i64,
    pub seen_at: i64,
}

/// Those of these sessions that are there, by their tokens, and whom they belong to: one statement for [`LIST`] of them.
pub async fn find(
    db: &impl ConnectionTrait,
    tokens: &[TokenHash],
) -> Result<Vec<(TokenHash, Stored, Viewer)>, Fault> {
    let mut found = Vec::with_capacity(tokens.len());
    for chunk in tokens.chunks(LIST) {
        let mut rows = account::viewer_rows();
        add_columns::<session::Entity>(&mut rows, "session_");
        let owner = (session::Entity, session::Column::AccountId);
        rows.inner_join(session::Entity, Expr::col(("account", "id")).equals(owner)).and_where(
            Expr::col((session::Entity, session::Column::TokenHash))
                .is_in(chunk.iter().map(TokenHash::as_str)),
        );
        let rows = db.query_all(&rows).await?;
        let viewers = account::viewers_of(&rows)?;
        let mut sessions = HashMap::with_capacity(chunk.len());
        for row in &rows {
            let session = session::Model::from_query_result(row, "session_")?;
            sessions.insert(TokenHash::stored(session.token_hash.clone()), session);
        }
        found.extend(sessions.into_iter().filter_map(|(token, session)| {
            let viewer = viewers.get(&AccountId(session.account_id))?.clone();
            Some((token, session.into(), viewer))
        }));
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
        Stored { created_at: row.created_at, seen_at: row.seen_at }
    }
}

pub async fn insert(write: &Write, token: &TokenHash, account: AccountId, now: i64) -> Result<(), Fault> {
    let row = session::ActiveModel {
        token_hash: Set(token.as_str().to_owned()),
        account_id: Set(account.0),
        created_at: Set(now),
        seen_at: Set(now),
    };
    write.insert(row).await
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

/// Whether a login has succeeded in a network since then.
pub async fn is_known(
    db: &impl ConnectionTrait,
    login: &str,
    network: &str,
    since: i64,
) -> Result<bool, Fault> {
    let row = known_network::Entity::find_by_id((login.to_owned(), network.to_owned())).one(db).await?;
    Ok(row.is_some_and(|row| row.seen_at > since))
}

/// Notes that a login has succeeded in a network, and forgets all but its newest networks.
pub async fn set_known(write: &Write, attempt: &Attempt, now: i64) -> Result<(), Fault> {
    let row = known_network::ActiveModel {
        login_hash: Set(attempt.login.clone()),
        network: Set(attempt.network.clone()),
        seen_at: Set(now),
    };
    let keys = [known_network::Column::LoginHash, known_network::Column::Network];
    let update = OnConflict::columns(keys).update_column(known_network::Column::SeenAt).to_owned();
    known_network::Entity::insert(row).on_conflict(update).exec_without_returning(&**write).await?;
    let older = known_network::Entity::find()
        .filter(known_network::Column::LoginHash.eq(&attempt.login))
        .order_by_desc(known_network::Column::SeenAt)
        .offset(NETWORKS)
        .limit(1)
        .one(&**write)
        .await?;
    if let Some(older) = older {
        known_network::Entity::delete_many()
            .filter(known_network::Column::LoginHash.eq(&attempt.login))
            .filter(known_network::Column::SeenAt.lte(older.seen_at))
            .exec(&**write)
            .await?;
    }
    Ok(())
}

/// Times of failures since then, the newest first.
pub async fn failures(
    db: &impl ConnectionTrait,
    attempt: &Attempt,
    counted: Counted,
    since: i64,
    max: u64,
) -> Result<Vec<i64>, Fault> {
    let of_login = failure::Column::LoginHash.eq(&attempt.login);
    let in_network = failure::Column::Network.eq(&attempt.network);
    let unknown = failure::Column::Known.eq(false);
    let times = failure::Entity::find()
        .select_only()
        .column(failure::Column::At)
        .filter(match counted {
            Counted::OfLogin => of_login.and(unknown),
            Counted::InNetwork => in_network.and(unknown),
            Counted::OfLoginInNetwork => of_login.and(in_network),
        })
        .filter(failure::Column::At.gt(since))
        .order_by_desc(failure::Column::At)
        .limit(max);
    Ok(times.into_tuple().all(db).await?)
}

/// Lets one attempt at a time count the failures and add its own. On SQLite each transaction that writes does so.
pub async fn lock_failures(write: &Write) -> Result<(), Fault> {
    if write.get_database_backend() == DbBackend::Postgres {
        write.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({FAILURE_LOCK})")).await?;
    }
    Ok(())
}

/// Counts a failure, and gives its number. Of all failures the newest [`FAILURES`] are kept.
pub async fn insert_failure(write: &Write, attempt: &Attempt, now: i64) -> Result<i64, Fault> {
    let row = failure::ActiveModel {
        id: NotSet,
        at: Set(now),
        login_hash: Set(attempt.login.clone()),
        network: Set(attempt.network.clone()),
        known: Set(attempt.known),
    };
    let id = failure::Entity::insert(row).exec(&**write).await?.last_insert_id;
    failure::Entity::delete_many().filter(failure::Column::Id.lte(id - FAILURES)).exec(&**write).await?;
    Ok(id)
}

pub async fn remove_failure(write: &Write, id: i64) -> Result<(), Fault> {
    failure::Entity::delete_by_id(id).exec(&**write).await?;
    Ok(())
}

/// Removes failures before one time, and networks whose last success was before another.
pub async fn tidy_failures(write: &Write, failed: i64, seen: i64) -> Result<(), Fault> {
    failure::Entity::delete_many().filter(failure::Column::At.lte(failed)).exec(&**write).await?;
    known_network::Entity::delete_many()
        .filter(known_network::Column::SeenAt.lte(seen))
        .exec(&**write)
        .await?;
    Ok(())
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
    write.insert(row).await
}

/// Removes what has run out: sessions not seen or not begun since these times.
pub async fn tidy(write: &Write, seen: i64, begun: i64) -> Result<(), Fault> {
    session::Entity::delete_many()
        .filter(session::Column::SeenAt.lt(seen).or(session::Column::CreatedAt.lt(begun)))
        .exec(&**write)
        .await?;
    Ok(())
}
