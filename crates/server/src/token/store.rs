//! Queries of tokens.

use super::{Token, table};
use crate::{
    Fault,
    account::{self, Viewer},
    db::{Code, LIST, Write, add_columns},
    session::TokenHash,
};
use renkei_domain::{AccountId, TokenId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Set,
    sea_query::{Expr, LockType},
};
use std::{collections::HashMap, net::IpAddr};

/// Those of these tokens that are there, by the hashes of their secrets, and whom they belong to: one statement for
/// [`LIST`] of them.
pub async fn find(
    db: &impl ConnectionTrait,
    secrets: &[TokenHash],
) -> Result<Vec<(TokenHash, Token, Viewer)>, Fault> {
    let mut found = Vec::with_capacity(secrets.len());
    for chunk in secrets.chunks(LIST) {
        let mut rows = account::viewer_rows();
        add_columns::<table::Entity>(&mut rows, "token_");
        let owner = (table::Entity, table::Column::AccountId);
        rows.inner_join(table::Entity, Expr::col(("account", "id")).equals(owner)).and_where(
            Expr::col((table::Entity, table::Column::SecretHash)).is_in(chunk.iter().map(TokenHash::as_str)),
        );
        let rows = db.query_all(&rows).await?;
        let viewers = account::viewers_of(&rows)?;
        let mut tokens = HashMap::with_capacity(chunk.len());
        for row in &rows {
            let token = table::Model::from_query_result(row, "token_")?;
            tokens.insert(token.id, token);
        }
        for token in tokens.into_values() {
            let secret = TokenHash::stored(token.secret_hash.clone());
            if let Some(viewer) = viewers.get(&AccountId(token.account_id)) {
                found.push((secret, token.try_into()?, viewer.clone()));
            }
        }
    }
    Ok(found)
}

/// A token, which is not removed before the transaction ends.
pub async fn lock(write: &Write, secret: &TokenHash) -> Result<Option<Token>, Fault> {
    let found = table::Entity::find().filter(table::Column::SecretHash.eq(secret.as_str()));
    found.lock(LockType::KeyShare).one(&**write).await?.map(Token::try_from).transpose()
}

/// Somebody's own, the newest first.
pub async fn of_account(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Token>, Fault> {
    let rows = table::Entity::find()
        .filter(table::Column::AccountId.eq(account.0))
        .order_by_desc(table::Column::CreatedAt)
        .order_by_desc(table::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(Token::try_from).collect()
}

pub async fn insert(
    write: &Write,
    account: AccountId,
    token: &Token,
    secret: &TokenHash,
) -> Result<(), Fault> {
    let row = table::ActiveModel {
        id: Set(token.id.0),
        account_id: Set(account.0),
        name: Set(token.name.clone()),
        scope: Set(Code(token.scope)),
        secret_hash: Set(secret.as_str().to_owned()),
        created_at: Set(token.created_at),
        expires_at: Set(token.expires_at),
        used_at: Set(None),
        used_from: Set(None),
    };
    write.insert(row).await
}

/// Notes a use, unless one was noted after `unless_since`.
pub async fn touch(
    write: &Write,
    id: TokenId,
    now: i64,
    from: IpAddr,
    unless_since: i64,
) -> Result<(), Fault> {
    let due =
        Condition::any().add(table::Column::UsedAt.is_null()).add(table::Column::UsedAt.lte(unless_since));
    table::Entity::update_many()
        .col_expr(table::Column::UsedAt, now.into())
        .col_expr(table::Column::UsedFrom, from.to_string().into())
        .filter(table::Column::Id.eq(id.0))
        .filter(due)
        .exec(&**write)
        .await?;
    Ok(())
}

/// Says whether it was there.
pub async fn end(write: &Write, account: AccountId, id: TokenId) -> Result<bool, Fault> {
    let ended = table::Entity::delete_many()
        .filter(table::Column::AccountId.eq(account.0))
        .filter(table::Column::Id.eq(id.0))
        .exec(&**write)
        .await?;
    write.note_sessions();
    Ok(ended.rows_affected > 0)
}

/// All of an account; says how many.
pub async fn end_all(write: &Write, account: AccountId) -> Result<u64, Fault> {
    let ended =
        table::Entity::delete_many().filter(table::Column::AccountId.eq(account.0)).exec(&**write).await?;
    write.note_sessions();
    Ok(ended.rows_affected)
}

/// Removes those that ran out before this time.
pub async fn tidy(write: &Write, expired: i64) -> Result<(), Fault> {
    table::Entity::delete_many().filter(table::Column::ExpiresAt.lt(expired)).exec(&**write).await?;
    Ok(())
}

impl TryFrom<table::Model> for Token {
    type Error = Fault;

    fn try_from(row: table::Model) -> Result<Self, Fault> {
        let from = row.used_from.as_deref().map(str::parse).transpose()?;
        Ok(Token {
            id: TokenId(row.id),
            name: row.name,
            scope: row.scope.0,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used: row.used_at.zip(from),
        })
    }
}
