//! Queries of threads. A thread is read whole, with its comments: three statements however many threads.

use super::{
    Comment, Mention, Resolved, Thread,
    table::{comment, mention, thread},
};
use crate::{
    Fault,
    account::{Viewer, table::account},
    db::Write,
    entry::{CellKey, table as entry},
};
use renkei_domain::{
    AccountId, CommentId, EntryId, Facet, FiscalYear, ItemId, OrganizationId, RegionId, ThreadId,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Set,
    sea_query::{Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

pub async fn find(db: &impl ConnectionTrait, id: ThreadId) -> Result<Option<Thread>, Fault> {
    let rows = thread::Entity::find_by_id(id.0).all(db).await?;
    Ok(whole(db, rows, usize::MAX).await?.pop())
}

/// The thread of a comment.
pub async fn find_by_comment(db: &impl ConnectionTrait, id: CommentId) -> Result<Option<Thread>, Fault> {
    match comment::Entity::find_by_id(id.0).one(db).await? {
        Some(row) => find(db, ThreadId(row.thread_id)).await,
        None => Ok(None),
    }
}

/// Threads on the cells of these columns and on what stands, or stood last, in them, in the order in which they were
/// begun. `resolved`: only those that are, or are not. After `most` comments, or without them after as many threads, no
/// further one is read.
pub async fn of_columns(
    db: &impl ConnectionTrait,
    region: RegionId,
    columns: &[(Facet, FiscalYear)],
    resolved: Option<bool>,
    most: usize,
    comments: bool,
) -> Result<Vec<Thread>, Fault> {
    let (mut of_cells, mut of_entries) = (Condition::any(), Condition::any());
    for (facet, year) in columns {
        let facet = facet.code();
        of_cells = of_cells.add(thread::Column::Facet.eq(facet).and(thread::Column::FiscalYear.eq(year.0)));
        of_entries = of_entries.add(entry::Column::Facet.eq(facet).and(entry::Column::FiscalYear.eq(year.0)));
    }
    let entries = Query::select()
        .column(entry::Column::Id)
        .from(entry::Entity)
        .and_where(entry::Column::RegionId.eq(region.0))
        .cond_where(of_entries)
        .take();
    let here = of_cells.add(thread::Column::EntryId.in_subquery(entries));
    let mut threads = thread::Entity::find().filter(thread::Column::RegionId.eq(region.0)).filter(here);
    match resolved {
        Some(true) => threads = threads.filter(thread::Column::ResolvedAt.is_not_null()),
        Some(false) => threads = threads.filter(thread::Column::ResolvedAt.is_null()),
        None => {}
    }
    let found = threads.order_by_asc(thread::Column::Id).limit(rows(most)).all(db).await?;
    match comments {
        true => whole(db, found, most).await,
        false => placed(db, found, HashMap::new()).await,
    }
}

/// Threads on these entries, each one's in the order in which they were begun. After `most` comments no further thread is
/// read.
pub async fn of_entries(
    db: &impl ConnectionTrait,
    entries: &[EntryId],
    most: usize,
) -> Result<HashMap<EntryId, Vec<Thread>>, Fault> {
    let found = thread::Entity::find()
        .filter(thread::Column::EntryId.is_in(entries.iter().map(|id| id.0)))
        .order_by_asc(thread::Column::Id)
        .limit(rows(most))
        .all(db)
        .await?;
    let mut threads: HashMap<EntryId, Vec<Thread>> = HashMap::new();
    for thread in whole(db, found, most).await? {
        if let Some(entry) = thread.entry {
            threads.entry(entry).or_default().push(thread);
        }
    }
    Ok(threads)
}

/// Those that wait for somebody ([`Thread::waits_for`]), those with the newest last word first; at most `rows`, and
/// before a comment. After `most` comments no further thread is read.
pub async fn waiting(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    rows: u64,
    before: Option<CommentId>,
    most: usize,
) -> Result<Vec<Thread>, Fault> {
    let mut threads = wait_for(viewer);
    if let Some(before) = before {
        threads = threads.filter(thread::Column::LastId.lt(before.0));
    }
    whole(db, threads.order_by_desc(thread::Column::LastId).limit(rows).all(db).await?, most).await
}

pub async fn count_waiting(db: &impl ConnectionTrait, viewer: &Viewer) -> Result<u64, Fault> {
    Ok(wait_for(viewer).count(db).await?)
}

/// How many threads there are on an entry, or else on a cell itself.
pub async fn count(write: &Write, entry: Option<EntryId>, cell: CellKey) -> Result<u64, Fault> {
    let threads = match entry {
        Some(entry) => thread::Entity::find().filter(thread::Column::EntryId.eq(entry.0)),
        None => thread::Entity::find()
            .filter(thread::Column::ItemId.eq(cell.item.0))
            .filter(thread::Column::Facet.eq(cell.facet.code()))
            .filter(thread::Column::FiscalYear.eq(cell.fiscal_year.0)),
    };
    Ok(threads.count(&**write).await?)
}

/// A new thread, without its comments.
pub async fn insert(write: &Write, new: &Thread) -> Result<(), Fault> {
    let cell = new.entry.is_none().then_some(new.cell);
    let row = thread::ActiveModel {
        region_id: Set(new.region.0),
        entry_id: Set(new.entry.map(|entry| entry.0)),
        item_id: Set(cell.map(|cell| cell.item.0)),
        facet: Set(cell.map(|cell| cell.facet.code().to_owned())),
        fiscal_year: Set(cell.map(|cell| cell.fiscal_year.0)),
        ..state(new)?
    };
    thread::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

/// What a thread has become, but for its comments.
pub async fn update(write: &Write, thread: &Thread) -> Result<(), Fault> {
    thread::Entity::update(state(thread)?).exec_without_returning(&**write).await?;
    Ok(())
}

pub async fn insert_comment(
    write: &Write,
    thread: ThreadId,
    position: usize,
    new: &Comment,
) -> Result<(), Fault> {
    let row = comment::ActiveModel {
        id: Set(new.id.0),
        thread_id: Set(thread.0),
        position: Set(position.try_into()?),
        at: Set(new.at),
        by_id: Set(new.by.0),
        by_name: Set(new.by_name.clone()),
        by_organization: Set(new.by_organization.clone()),
        body: Set(new.body.clone()),
        withdrawn_at: Set(new.withdrawn_at),
    };
    comment::Entity::insert(row).exec_without_returning(&**write).await?;
    let mentions = (0..).zip(&new.mentions).map(|(position, mention)| {
        let (account, organization) = match mention {
            Mention::Account(account) => (Some(account.0), None),
            Mention::Organization(organization) => (None, Some(organization.0)),
        };
        mention::ActiveModel {
            comment_id: Set(new.id.0),
            position: Set(position),
            thread_id: Set(thread.0),
            account_id: Set(account),
            organization_id: Set(organization),
        }
    });
    if !new.mentions.is_empty() {
        mention::Entity::insert_many(mentions).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Leaves a comment's place, and takes away its text and whom it mentions.
pub async fn withdraw(write: &Write, id: CommentId, at: i64) -> Result<(), Fault> {
    comment::Entity::update_many()
        .col_expr(comment::Column::Body, "".into())
        .col_expr(comment::Column::WithdrawnAt, at.into())
        .filter(comment::Column::Id.eq(id.0))
        .exec(&**write)
        .await?;
    mention::Entity::delete_many().filter(mention::Column::CommentId.eq(id.0)).exec(&**write).await?;
    Ok(())
}

fn wait_for(viewer: &Viewer) -> Select<thread::Entity> {
    let (me, ours) = (viewer.account.id.0, viewer.account.organization.id.0);
    let regions = viewer.memberships.iter().map(|membership| membership.region.id.0);
    let mentioned = |column: mention::Column, who: Uuid| -> SelectStatement {
        Query::select()
            .column(mention::Column::ThreadId)
            .from(mention::Entity)
            .and_where(column.eq(who))
            .take()
    };
    let colleagues = Query::select()
        .column(account::Column::Id)
        .from(account::Entity)
        .and_where(account::Column::OrganizationId.eq(ours))
        .take();
    let i_am = thread::Column::Id
        .in_subquery(mentioned(mention::Column::AccountId, me))
        .and(thread::Column::LastById.ne(me));
    let we_are = thread::Column::Id
        .in_subquery(mentioned(mention::Column::OrganizationId, ours))
        .and(thread::Column::LastById.not_in_subquery(colleagues));
    thread::Entity::find()
        .filter(thread::Column::RegionId.is_in(regions))
        .filter(thread::Column::ResolvedAt.is_null())
        .filter(thread::Column::LastId.is_not_null())
        .filter(Condition::any().add(i_am).add(we_are))
}

/// What changes about a thread.
fn state(thread: &Thread) -> Result<thread::ActiveModel, Fault> {
    let last = thread.comments.iter().rev().find(|comment| comment.withdrawn_at.is_none());
    Ok(thread::ActiveModel {
        id: Set(thread.id.0),
        version: Set(thread.version),
        comments: Set(thread.comments.len().try_into()?),
        last_id: Set(last.map(|comment| comment.id.0)),
        last_by_id: Set(last.map(|comment| comment.by.0)),
        resolved_at: Set(thread.resolved.as_ref().map(|resolved| resolved.at)),
        resolved_by_name: Set(thread.resolved.as_ref().map(|resolved| resolved.by_name.clone())),
        ..Default::default()
    })
}

/// Each thread has a comment: no more threads are needed than comments may be read.
fn rows(most: usize) -> Option<u64> {
    (most < usize::MAX).then_some(most as u64)
}

/// Threads with their comments, in the order of the rows. After `most` comments no further thread is read.
async fn whole(
    db: &impl ConnectionTrait,
    mut rows: Vec<thread::Model>,
    most: usize,
) -> Result<Vec<Thread>, Fault> {
    let mut left = most;
    rows.retain(|row| {
        let reads = left > 0;
        left = left.saturating_sub(usize::try_from(row.comments).unwrap_or_default());
        reads
    });
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut mentions: HashMap<Uuid, Vec<Mention>> = HashMap::new();
    let of_threads = mention::Entity::find().filter(mention::Column::ThreadId.is_in(ids.iter().copied()));
    for row in of_threads.order_by_asc(mention::Column::Position).all(db).await? {
        let account = row.account_id.map(AccountId).map(Mention::Account);
        let mention = account.or(row.organization_id.map(OrganizationId).map(Mention::Organization));
        mentions.entry(row.comment_id).or_default().extend(mention);
    }
    let mut comments: HashMap<Uuid, Vec<Comment>> = HashMap::new();
    let of_threads = comment::Entity::find().filter(comment::Column::ThreadId.is_in(ids));
    for row in of_threads.order_by_asc(comment::Column::Position).all(db).await? {
        let mentions = mentions.remove(&row.id).unwrap_or_default();
        comments.entry(row.thread_id).or_default().push(Comment {
            id: CommentId(row.id),
            at: row.at,
            by: AccountId(row.by_id),
            by_name: row.by_name,
            by_organization: row.by_organization,
            body: row.body,
            mentions,
            withdrawn_at: row.withdrawn_at,
        });
    }
    placed(db, rows, comments).await
}

/// Threads with these comments, in the order of the rows.
async fn placed(
    db: &impl ConnectionTrait,
    rows: Vec<thread::Model>,
    mut comments: HashMap<Uuid, Vec<Comment>>,
) -> Result<Vec<Thread>, Fault> {
    let places = places(db, rows.iter().filter_map(|row| row.entry_id)).await?;
    let thread = |row: thread::Model| {
        let cell = match row.entry_id {
            Some(entry) => places.get(&entry).copied(),
            None => cell(row.item_id, row.facet.as_deref(), row.fiscal_year),
        };
        Ok(Thread {
            id: ThreadId(row.id),
            region: RegionId(row.region_id),
            entry: row.entry_id.map(EntryId),
            cell: cell.ok_or_else(|| Fault::new(format!("the thread {} has no place", row.id)))?,
            version: row.version,
            resolved: row
                .resolved_at
                .map(|at| Resolved { at, by_name: row.resolved_by_name.unwrap_or_default() }),
            comments: comments.remove(&row.id).unwrap_or_default(),
        })
    };
    rows.into_iter().map(thread).collect()
}

/// Where entries stand, or stood when they were deleted.
async fn places(
    db: &impl ConnectionTrait,
    entries: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, CellKey>, Fault> {
    let rows: Vec<(Uuid, Uuid, String, i32)> = entry::Entity::find()
        .select_only()
        .columns([entry::Column::Id, entry::Column::ItemId, entry::Column::Facet, entry::Column::FiscalYear])
        .filter(entry::Column::Id.is_in(entries))
        .into_tuple()
        .all(db)
        .await?;
    let place = |(id, item, facet, year): (Uuid, Uuid, String, i32)| {
        Some((id, cell(Some(item), Some(&facet), Some(year))?))
    };
    Ok(rows.into_iter().filter_map(place).collect())
}

fn cell(item: Option<Uuid>, facet: Option<&str>, year: Option<i32>) -> Option<CellKey> {
    let (item, facet) = (ItemId(item?), Facet::from_code(facet?)?);
    Some(CellKey { item, facet, fiscal_year: FiscalYear(year?) })
}
