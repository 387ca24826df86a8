//! Queries of accounts and their roles.

use super::{
    Account, Credentials, Member, Membership, Viewer,
    table::{account, membership, organization, region},
};
use crate::{
    Fault, clock,
    db::{Code, LIST, Write, add_columns},
};
use renkei_domain::{AccountId, OrganizationId, RegionId, Role};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryResult,
    QuerySelect, Set,
    sea_query::{Expr, LockType, Order, Query, SelectStatement},
};
use std::collections::{HashMap, hash_map::Entry};
use uuid::Uuid;

pub async fn credentials(db: &impl ConnectionTrait, login_key: &str) -> Result<Option<Credentials>, Fault> {
    let row = account::Entity::find()
        .find_also_related(organization::Entity)
        .filter(account::Column::LoginKey.eq(login_key))
        .one(db)
        .await?;
    let credentials = |(row, organization): (account::Model, _)| {
        let password_hash = row.password_hash.clone();
        Ok(Credentials { account: account_of(row, organization)?, password_hash })
    };
    row.map(credentials).transpose()
}

/// Accounts with their roles: one statement for [`LIST`] of them.
pub async fn viewers(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = AccountId>,
) -> Result<HashMap<AccountId, Viewer>, Fault> {
    let ids: Vec<_> = ids.into_iter().map(|id| id.0).collect();
    let mut viewers = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LIST) {
        let mut rows = viewer_rows();
        rows.and_where(Expr::col((account::Entity, account::Column::Id)).is_in(ids.iter().copied()));
        viewers.extend(viewers_of(&db.query_all(&rows).await?)?);
    }
    Ok(viewers)
}

/// Accounts, a row for each of their roles: to be narrowed, or joined to what belongs to an account. What is added has
/// other names than `account_…`, `organization_…`, `membership_…` and `region_…`.
pub fn viewer_rows() -> SelectStatement {
    let mut rows = Query::select();
    add_columns::<account::Entity>(&mut rows, "account_");
    add_columns::<organization::Entity>(&mut rows, "organization_");
    add_columns::<membership::Entity>(&mut rows, "membership_");
    add_columns::<region::Entity>(&mut rows, "region_");
    let id = (account::Entity, account::Column::Id);
    let organization = (account::Entity, account::Column::OrganizationId);
    let region = (membership::Entity, membership::Column::RegionId);
    rows.from(account::Entity)
        .inner_join(
            organization::Entity,
            Expr::col((organization::Entity, organization::Column::Id)).equals(organization),
        )
        .left_join(
            membership::Entity,
            Expr::col((membership::Entity, membership::Column::AccountId)).equals(id),
        )
        .left_join(region::Entity, Expr::col((region::Entity, region::Column::Id)).equals(region))
        .order_by((region::Entity, region::Column::Name), Order::Asc);
    rows
}

/// The accounts of [`viewer_rows`].
pub fn viewers_of(rows: &[QueryResult]) -> Result<HashMap<AccountId, Viewer>, Fault> {
    let mut viewers: HashMap<AccountId, Viewer> = HashMap::new();
    for row in rows {
        let id = AccountId(row.try_get("account_", "id")?);
        let viewer = match viewers.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let account = account::Model::from_query_result(row, "account_")?;
                let organization = organization::Model::from_query_result(row, "organization_")?;
                let account = account_of(account, Some(organization))?;
                new.insert(Viewer { account, memberships: Vec::new(), via_token: None })
            }
        };
        let held = membership::Model::from_query_result_optional(row, "membership_")?;
        let region = region::Model::from_query_result_optional(row, "region_")?;
        let (Some(held), Some(region)) = (held, region) else { continue };
        // Joined to several things of an account, each of its roles comes several times, one after the other.
        if viewer.memberships.last().is_none_or(|last| last.region.id.0 != region.id) {
            viewer.memberships.push(Membership { region: region.into(), role: held.role.0 });
        }
    }
    Ok(viewers)
}

/// The accounts that hold a role in a region, with all their roles, by name.
pub async fn members(db: &impl ConnectionTrait, region: RegionId) -> Result<Vec<Viewer>, Fault> {
    let ids: Vec<Uuid> = membership::Entity::find()
        .select_only()
        .column(membership::Column::AccountId)
        .filter(membership::Column::RegionId.eq(region.0))
        .into_tuple()
        .all(db)
        .await?;
    let mut members: Vec<_> = viewers(db, ids.into_iter().map(AccountId)).await?.into_values().collect();
    members.sort_by(|one, other| {
        let key = |viewer: &Viewer| (viewer.account.name.clone(), viewer.account.id);
        key(one).cmp(&key(other))
    });
    Ok(members)
}

/// The same without their names and other roles, in no order: one statement.
pub async fn members_of(db: &impl ConnectionTrait, region: RegionId) -> Result<Vec<Member>, Fault> {
    let mut rows = Query::select();
    rows.columns([
        (account::Entity, account::Column::Id),
        (account::Entity, account::Column::OrganizationId),
    ])
    .column((membership::Entity, membership::Column::Role))
    .from(membership::Entity)
    .inner_join(
        account::Entity,
        Expr::col((account::Entity, account::Column::Id))
            .equals((membership::Entity, membership::Column::AccountId)),
    )
    .and_where(Expr::col((membership::Entity, membership::Column::RegionId)).eq(region.0));
    let member = |row: QueryResult| {
        let Code(role) = row.try_get("", "role")?;
        let organization = OrganizationId(row.try_get("", "organization_id")?);
        Ok(Member { account: AccountId(row.try_get("", "id")?), organization, role })
    };
    db.query_all(&rows).await?.into_iter().map(member).collect()
}

pub async fn viewer(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<Viewer>, Fault> {
    Ok(viewers(db, [id]).await?.remove(&id))
}

/// Holds the account until the transaction ends, so that its requests are judged one after the other.
pub async fn lock(write: &Write, id: AccountId) -> Result<(), Fault> {
    account::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&**write).await?;
    Ok(())
}

/// [`lock`], and the account as it is then: it may have moved since it was read.
pub async fn lock_account(write: &Write, known: &Account) -> Result<Account, Fault> {
    let gone = || Fault::new("the account of somebody who is signed in is gone");
    let row = account::Entity::find_by_id(known.id.0).lock(LockType::NoKeyUpdate).one(&**write).await?;
    renewed(write, known, row.ok_or_else(gone)?).await
}

/// An account as its row says by now; its organisation is read if it is another one.
pub async fn renewed(write: &Write, known: &Account, row: account::Model) -> Result<Account, Fault> {
    if row.organization_id != known.organization.id.0 {
        let gone = || Fault::new("the account of somebody who is signed in is gone");
        return Ok(viewer(&**write, known.id).await?.ok_or_else(gone)?.account);
    }
    Ok(Account { name: row.name, operator: row.operator, ..known.clone() })
}

/// Somebody's role in a region, which stays the same until the transaction ends.
pub async fn role_in(write: &Write, id: AccountId, region: RegionId) -> Result<Option<Role>, Fault> {
    let row = membership::Entity::find_by_id((id.0, region.0)).lock(LockType::Share).one(&**write).await?;
    Ok(row.map(|row| row.role.0))
}

pub async fn insert(
    write: &Write,
    account: &Account,
    login_key: &str,
    password_hash: &str,
) -> Result<(), Fault> {
    let row = account::ActiveModel {
        id: Set(account.id.0),
        login: Set(account.login.clone()),
        login_key: Set(login_key.to_owned()),
        name: Set(account.name.clone()),
        organization_id: Set(account.organization.id.0),
        password_hash: Set(password_hash.to_owned()),
        operator: Set(account.operator),
        created_at: Set(clock::now()),
    };
    write.insert(row).await
}

pub async fn insert_membership(
    write: &Write,
    account: AccountId,
    region: RegionId,
    role: Role,
) -> Result<(), Fault> {
    let row = membership::ActiveModel {
        account_id: Set(account.0),
        region_id: Set(region.0),
        role: Set(Code(role)),
    };
    write.insert(row).await?;
    write.note_sessions();
    Ok(())
}

pub async fn set_role(write: &Write, account: AccountId, region: RegionId, role: Role) -> Result<(), Fault> {
    membership::Entity::update_many()
        .col_expr(membership::Column::Role, Code(role).into())
        .filter(membership::Column::AccountId.eq(account.0))
        .filter(membership::Column::RegionId.eq(region.0))
        .exec(&**write)
        .await?;
    write.note_sessions();
    Ok(())
}

pub async fn remove_membership(write: &Write, account: AccountId, region: RegionId) -> Result<(), Fault> {
    membership::Entity::delete_by_id((account.0, region.0)).exec(&**write).await?;
    write.note_sessions();
    Ok(())
}

pub async fn set_password_hash(write: &Write, id: AccountId, password_hash: &str) -> Result<(), Fault> {
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, password_hash.into())
        .filter(account::Column::Id.eq(id.0))
        .exec(&**write)
        .await?;
    Ok(())
}

/// Stores a hash of the same password instead of the one that was checked, unless another one is stored by now.
pub async fn renew_password_hash(
    write: &Write,
    id: AccountId,
    checked: &str,
    renewed: &str,
) -> Result<(), Fault> {
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, renewed.into())
        .filter(account::Column::Id.eq(id.0))
        .filter(account::Column::PasswordHash.eq(checked))
        .exec(&**write)
        .await?;
    Ok(())
}

pub async fn set_operator(write: &Write, id: AccountId) -> Result<(), Fault> {
    account::Entity::update_many()
        .col_expr(account::Column::Operator, true.into())
        .filter(account::Column::Id.eq(id.0))
        .exec(&**write)
        .await?;
    write.note_sessions();
    Ok(())
}

fn account_of(row: account::Model, organization: Option<organization::Model>) -> Result<Account, Fault> {
    let organization = organization.ok_or_else(|| Fault::new("an account without its organisation"))?;
    Ok(Account {
        id: AccountId(row.id),
        login: row.login,
        name: row.name,
        organization: organization.into(),
        operator: row.operator,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, demo};

    #[tokio::test]
    async fn more_accounts_than_a_statement_takes_values_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite://{}", folder.path().join("many.db").display());
        let db = Db::open(&file).await.unwrap();
        demo::load(&db).await.unwrap();
        let known = credentials(db.direct(), "honjo").await.unwrap().unwrap().account;
        let unknown = (0..40_000).map(|_| clock::fresh::<AccountId>());
        let found = viewers(db.direct(), unknown.chain([known.id])).await.unwrap();
        assert_eq!(found.into_values().map(|found| found.account).collect::<Vec<_>>(), [known]);
        db.close().await.unwrap();
    }
}
