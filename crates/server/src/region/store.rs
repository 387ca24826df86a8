//! Queries of regions and organisations.

use super::{
    Organization, Region,
    table::{organization, region, region_organization},
};
use crate::{
    Fault, clock,
    db::{CHANGE_CHANNEL, Code, RegionOf, Write, add_columns},
};
use renkei_domain::{OrganizationId, OrganizationKind, RegionId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, LockType, Order, Query},
};
use uuid::Uuid;

/// A region, to be asked for as that of something in it.
pub fn itself(id: RegionId) -> RegionOf {
    RegionOf(region::Entity::find_by_id(id.0).select_only().column(region::Column::Id).into_query())
}

/// Ids and names of regions, in the order of the names: all of them or some, behind a name, and at most so many.
pub async fn names(
    db: &impl ConnectionTrait,
    of: Option<&[RegionId]>,
    after: Option<&str>,
    most: Option<u64>,
) -> Result<Vec<(RegionId, String)>, Fault> {
    let rows: Vec<(Uuid, String)> = region::Entity::find()
        .select_only()
        .columns([region::Column::Id, region::Column::Name])
        .apply_if(of, |regions, of| regions.filter(region::Column::Id.is_in(of.iter().map(|id| id.0))))
        .apply_if(after, |regions, after| regions.filter(region::Column::Name.gt(after)))
        .order_by_asc(region::Column::Name)
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, name)| (RegionId(id), name)).collect())
}

/// Regions by name, with their organisations in the order in which they joined.
pub async fn find(
    db: &impl ConnectionTrait,
    ids: &[RegionId],
) -> Result<Vec<(Region, Vec<Organization>)>, Fault> {
    let mut found = Query::select();
    add_columns::<region::Entity>(&mut found, "region_");
    add_columns::<organization::Entity>(&mut found, "organization_");
    let link = region_organization::Entity;
    found
        .from(region::Entity)
        .left_join(
            link,
            Expr::col((link, region_organization::Column::RegionId))
                .equals((region::Entity, region::Column::Id)),
        )
        .left_join(
            organization::Entity,
            Expr::col((organization::Entity, organization::Column::Id))
                .equals((link, region_organization::Column::OrganizationId)),
        )
        .and_where(Expr::col((region::Entity, region::Column::Id)).is_in(ids.iter().map(|id| id.0)))
        .order_by((region::Entity, region::Column::Name), Order::Asc)
        .order_by((link, region_organization::Column::Position), Order::Asc);
    let mut regions: Vec<(Region, Vec<Organization>)> = Vec::new();
    for row in db.query_all(&found).await? {
        let region = Region::from(region::Model::from_query_result(&row, "region_")?);
        let organization = organization::Model::from_query_result_optional(&row, "organization_")?;
        match regions.last_mut() {
            Some((last, organizations)) if last.id == region.id => {
                organizations.extend(organization.map(Into::into));
            }
            _ => regions.push((region, organization.map(Into::into).into_iter().collect())),
        }
    }
    Ok(regions)
}

pub async fn find_by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<Region>, Fault> {
    Ok(region::Entity::find().filter(region::Column::Name.eq(name)).one(db).await?.map(Region::from))
}

/// Holds the region until the transaction ends: its changes happen one after the other, so that `seq` has neither
/// gaps nor repeats. (On SQLite a writing transaction holds everything already.)
pub async fn lock(write: &Write, id: RegionId) -> Result<Option<Region>, Fault> {
    let row = region::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&**write).await?;
    Ok(row.map(Region::from))
}

/// [`lock`], of the region that something belongs to.
pub async fn lock_of(write: &Write, something: &RegionOf) -> Result<Option<Region>, Fault> {
    let region = region::Entity::find().filter(region::Column::Id.in_subquery(something.0.clone()));
    Ok(region.lock(LockType::NoKeyUpdate).one(&**write).await?.map(Region::from))
}

/// Takes `count` numbers and gives the first; under the region's lock. On PostgreSQL the same statement tells the other
/// servers, when the transaction is committed.
pub async fn take_seq(write: &Write, id: RegionId, count: usize) -> Result<i64, Fault> {
    let count = i64::try_from(count)?;
    let mut taken = vec![Expr::col(region::Column::Seq)];
    if write.get_database_backend() == DbBackend::Postgres {
        taken.push(Expr::cust(format!("pg_notify('{CHANGE_CHANNEL}', id || ' ' || seq)")));
    }
    let mut take = Query::update();
    take.table(region::Entity)
        .value(region::Column::Seq, Expr::col(region::Column::Seq).add(count))
        .value(region::Column::ChangedAt, clock::now())
        .and_where(Expr::col(region::Column::Id).eq(id.0))
        .returning(Query::returning().exprs(taken));
    let row = write.query_one(&take).await?.ok_or_else(|| Fault::new(format!("no region {id}")))?;
    Ok(row.try_get::<i64>("", "seq")? - count + 1)
}

pub async fn insert(write: &Write, region: &Region) -> Result<(), Fault> {
    let row = region::ActiveModel {
        id: Set(region.id.0),
        name: Set(region.name.clone()),
        seq: Set(region.seq),
        created_at: Set(clock::now()),
        changed_at: Set(region.changed_at),
    };
    write.insert(row).await
}

pub async fn find_organization(
    db: &impl ConnectionTrait,
    id: OrganizationId,
) -> Result<Option<Organization>, Fault> {
    Ok(organization::Entity::find_by_id(id.0).one(db).await?.map(Organization::from))
}

/// Of any region, oldest first.
pub async fn namesakes(
    db: &impl ConnectionTrait,
    kind: OrganizationKind,
    name: &str,
) -> Result<Vec<Organization>, Fault> {
    let rows = organization::Entity::find()
        .filter(organization::Column::Kind.eq(Code(kind)))
        .filter(organization::Column::Name.eq(name))
        .order_by_asc(organization::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Organization::from).collect())
}

/// The regions that an organisation belongs to.
pub async fn regions_of(db: &impl ConnectionTrait, id: OrganizationId) -> Result<Vec<RegionId>, Fault> {
    let rows = region_organization::Entity::find()
        .filter(region_organization::Column::OrganizationId.eq(id.0))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| RegionId(row.region_id)).collect())
}

pub async fn insert_organization(write: &Write, organization: &Organization) -> Result<(), Fault> {
    let row = organization::ActiveModel {
        id: Set(organization.id.0),
        kind: Set(Code(organization.kind)),
        name: Set(organization.name.clone()),
        short_name: Set(organization.short_name.clone()),
        created_at: Set(clock::now()),
    };
    write.insert(row).await
}

/// Adds an organisation to a region, after those that are there.
pub async fn join(write: &Write, region: RegionId, organization: OrganizationId) -> Result<(), Fault> {
    let there = region_organization::Entity::find()
        .filter(region_organization::Column::RegionId.eq(region.0))
        .count(&**write)
        .await?;
    let row = region_organization::ActiveModel {
        region_id: Set(region.0),
        organization_id: Set(organization.0),
        position: Set(i32::try_from(there)?),
    };
    write.insert(row).await
}

impl From<region::Model> for Region {
    fn from(row: region::Model) -> Self {
        Region { id: RegionId(row.id), name: row.name, seq: row.seq, changed_at: row.changed_at }
    }
}

impl From<organization::Model> for Organization {
    fn from(row: organization::Model) -> Self {
        let (id, kind) = (OrganizationId(row.id), row.kind.0);
        Organization { id, kind, name: row.name, short_name: row.short_name }
    }
}
