//! What somebody may do in a region, locked and read in one statement.

use super::{
    Access, Key, Rights,
    table::{account, membership, region, request, session, token},
};
use crate::{
    Fault,
    account::{self as accounts, Account},
    db::{RegionOf, Write, add_columns},
    request::Stored,
    session::service::ends_at,
};
use renkei_domain::RequestId;
use sea_orm::{
    ConnectionTrait, ExprTrait, FromQueryResult,
    sea_query::{Alias, Expr, JoinType, LockType, Query},
};

/// Locks, in this order: the account, the region, the session or token, and the role. All of them are as they are when
/// the last lock is held, and stay so until the transaction ends; on SQLite a writing transaction holds everything
/// already. `None`: one of them is not there. Whether the request is known may be told as of a moment before the wait.
pub async fn access(
    write: &Write,
    key: &Key,
    known: &Account,
    region: &RegionOf,
    request: Option<RequestId>,
) -> Result<Option<Access>, Fault> {
    let account = (account::Entity, account::Column::Id);
    let mut access = Query::select();
    add_columns::<account::Entity>(&mut access, "account_");
    add_columns::<region::Entity>(&mut access, "region_");
    add_columns::<membership::Entity>(&mut access, "membership_");
    access
        .from(account::Entity)
        .inner_join(region::Entity, Expr::col((region::Entity, region::Column::Id)).eq(region.0.clone()))
        .inner_join(
            membership::Entity,
            Expr::col((membership::Entity, membership::Column::AccountId)).equals(account).and(
                Expr::col((membership::Entity, membership::Column::RegionId))
                    .equals((region::Entity, region::Column::Id)),
            ),
        )
        .and_where(Expr::col(account).eq(known.id.0));
    let proof = match key {
        Key::Session(hash) => {
            add_columns::<session::Entity>(&mut access, "session_");
            let own = Expr::col((session::Entity, session::Column::AccountId)).equals(account);
            let this = Expr::col((session::Entity, session::Column::TokenHash)).eq(hash.as_str());
            access.inner_join(session::Entity, own.and(this));
            "session"
        }
        Key::Token(hash) => {
            add_columns::<token::Entity>(&mut access, "token_");
            let own = Expr::col((token::Entity, token::Column::AccountId)).equals(account);
            let this = Expr::col((token::Entity, token::Column::SecretHash)).eq(hash.as_str());
            access.inner_join(token::Entity, own.and(this));
            "token"
        }
    };
    if let Some(request) = request {
        add_columns::<request::Entity>(&mut access, "request_");
        let own = Expr::col((request::Entity, request::Column::AccountId)).equals(account);
        let this = Expr::col((request::Entity, request::Column::RequestId)).eq(request.0);
        access.join(JoinType::LeftJoin, request::Entity, own.and(this));
    }
    let locked = ["account", "region", proof, "membership"].map(Alias::new);
    access.lock_with_tables(LockType::NoKeyUpdate, locked);
    let Some(row) = write.query_one(&access).await? else { return Ok(None) };
    let rights = match key {
        Key::Session(_) => {
            let session = session::Model::from_query_result(&row, "session_")?;
            Rights::Session { ends_at: ends_at(session.created_at, session.seen_at) }
        }
        Key::Token(_) => {
            let token = token::Model::from_query_result(&row, "token_")?;
            Rights::Token { expires_at: token.expires_at, scope: token.scope.0 }
        }
    };
    let request = match request {
        Some(_) => request::Model::from_query_result_optional(&row, "request_")?,
        None => None,
    };
    let account = account::Model::from_query_result(&row, "account_")?;
    let region = region::Model::from_query_result(&row, "region_")?;
    Ok(Some(Access {
        account: accounts::renewed(write, known, account).await?,
        region: region.into(),
        role: membership::Model::from_query_result(&row, "membership_")?.role.0,
        rights,
        request: request.map(|row| Stored { kind: row.kind, at: row.at, outcome: row.outcome }),
    }))
}
