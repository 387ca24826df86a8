//! Queries of threads. A thread is read whole, with its comments: three statements however many threads.

use super::{
    Comment, Mention, Resolved, Thread,
    table::{account, comment, entry, mention, thread},
};
use crate::{
    Fault,
    account::Viewer,
    db::{Code, LIST, RegionOf, Write},
    entry::{CellKey, ids as entry_ids},
};
use itertools::Itertools;
use renkei_domain::{
    AccountId, CommentId, EntryId, Facet, FiscalYear, ItemId, OrganizationId, RegionId, ThreadId,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DerivePartialModel, EntityTrait, ExprTrait, JoinType,
    LoaderTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationTrait, Select,
    Set,
    sea_query::{Expr, UnionType},
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

pub async fn find(db: &impl ConnectionTrait, id: ThreadId) -> Result<Option<Thread>, Fault> {
    Ok(whole(db, thread::Entity::find_by_id(id.0)).await?.pop())
}

/// Threads by their ids, in no order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[ThreadId]) -> Result<Vec<Thread>, Fault> {
    whole(db, thread::Entity::find().filter(thread::Column::Id.is_in(ids.iter().map(|id| id.0)))).await
}

/// The region of a thread.
pub fn region_of(id: ThreadId) -> RegionOf {
    let region = thread::Entity::find_by_id(id.0).select_only().column(thread::Column::RegionId);
    RegionOf(region.into_query())
}

/// The region of a comment's thread.
pub fn region_of_comment(id: CommentId) -> RegionOf {
    let thread = comment::Entity::find_by_id(id.0).select_only().column(comment::Column::ThreadId);
    let region = thread::Entity::find().select_only().column(thread::Column::RegionId);
    RegionOf(region.filter(thread::Column::Id.in_subquery(thread.into_query())).into_query())
}

/// The thread of a comment.
pub async fn find_by_comment(db: &impl ConnectionTrait, id: CommentId) -> Result<Option<Thread>, Fault> {
    match comment::Entity::find_by_id(id.0).one(db).await? {
        Some(row) => find(db, ThreadId(row.thread_id)).await,
        None => Ok(None),
    }
}

/// Threads on the cells of these columns and on what stands, or stood last, in them, in the order in which they were
/// begun. `resolved`: only those that are, or are not.
pub async fn of_columns(
    db: &impl ConnectionTrait,
    region: RegionId,
    columns: &[(Facet, FiscalYear)],
    resolved: Option<bool>,
    comments: bool,
) -> Result<Vec<Thread>, Fault> {
    let (years, facets): (BTreeSet<i32>, BTreeSet<Facet>) =
        columns.iter().map(|(facet, year)| (year.0, *facet)).unzip();
    let on_cell = columns.iter().fold(Condition::any(), |here, (facet, year)| {
        here.add(thread::Column::Facet.eq(Code(*facet)).and(thread::Column::FiscalYear.eq(year.0)))
    });
    let id = || thread::Entity::find().select_only().column(thread::Column::Id);
    let mut on_cells = id()
        .filter(thread::Column::RegionId.eq(region.0))
        .filter(thread::Column::FiscalYear.is_in(years))
        .filter(thread::Column::Facet.is_in(facets.into_iter().map(Code)))
        .filter(on_cell)
        .into_query();
    let on_entries =
        id().filter(thread::Column::EntryId.in_subquery(entry_ids(region, columns))).into_query();
    // Each by its own index: for either of the two, all threads of the region would be read.
    let here = on_cells.union(UnionType::All, on_entries).take();
    let threads = thread::Entity::find()
        .filter(thread::Column::Id.in_subquery(here))
        .apply_if(resolved, |threads, resolved| match resolved {
            true => threads.filter(thread::Column::ResolvedAt.is_not_null()),
            false => threads.filter(thread::Column::ResolvedAt.is_null()),
        })
        .order_by_asc(thread::Column::Id);
    match comments {
        true => whole(db, threads).await,
        false => placed(threads).all(db).await?.into_iter().map(|row| row.thread(Vec::new())).collect(),
    }
}

/// Threads on these entries, each one's in the order in which they were begun.
pub async fn of_entries(
    db: &impl ConnectionTrait,
    entries: &[EntryId],
) -> Result<HashMap<EntryId, Vec<Thread>>, Fault> {
    let mut threads: HashMap<EntryId, Vec<Thread>> = HashMap::new();
    for entries in entries.chunks(LIST) {
        let found = thread::Entity::find()
            .filter(thread::Column::EntryId.is_in(entries.iter().map(|id| id.0)))
            .order_by_asc(thread::Column::Id);
        for thread in whole(db, found).await? {
            if let Some(entry) = thread.entry {
                threads.entry(entry).or_default().push(thread);
            }
        }
    }
    Ok(threads)
}

/// Those that wait for somebody ([`Thread::waits_for`]), those with the newest last word first; at most `rows`, and
/// before a comment.
pub async fn waiting(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    rows: u64,
    before: Option<CommentId>,
) -> Result<Vec<Thread>, Fault> {
    let threads = wait_for(viewer)
        .apply_if(before, |threads, before| threads.filter(thread::Column::LastId.lt(before.0)))
        .order_by_desc(thread::Column::LastId)
        .limit(rows);
    whole(db, threads).await
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
            .filter(thread::Column::Facet.eq(Code(cell.facet)))
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
        facet: Set(cell.map(|cell| Code(cell.facet))),
        fiscal_year: Set(cell.map(|cell| cell.fiscal_year.0)),
        ..state(new)?
    };
    write.insert(row).await
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
    write.insert(row).await?;
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
    write.insert_many(mentions.collect()).await
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
    // Of each open thread, and not of all in which they were ever mentioned.
    let mentioned = |column: mention::Column, who: Uuid| {
        let mention = mention::Entity::find().select_only().expr(Expr::value(1)).filter(column.eq(who));
        let here = Expr::col((mention::Entity, mention::Column::ThreadId));
        Expr::exists(mention.filter(here.equals((thread::Entity, thread::Column::Id))).into_query())
    };
    let i_am = mentioned(mention::Column::AccountId, me).and(thread::Column::LastById.ne(me));
    let we_are = mentioned(mention::Column::OrganizationId, ours);
    let we_are = we_are.and(account::Column::OrganizationId.ne(ours));
    thread::Entity::find()
        .join(JoinType::InnerJoin, thread::Relation::LastBy.def())
        .filter(thread::Column::RegionId.is_in(regions))
        .filter(thread::Column::ResolvedAt.is_null())
        .filter(thread::Column::LastId.is_not_null())
        .filter(Condition::any().add(i_am).add(we_are))
}

/// What changes about a thread.
fn state(thread: &Thread) -> Result<thread::ActiveModel, Fault> {
    let last = thread.last();
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

/// A thread, and where its entry stands, or stood when it was deleted.
#[derive(DerivePartialModel)]
struct Placed {
    #[sea_orm(nested)]
    thread: thread::Model,
    #[sea_orm(nested)]
    place: Option<Place>,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "entry::Entity")]
struct Place {
    item_id: Uuid,
    facet: Code<Facet>,
    fiscal_year: i32,
}

fn placed(threads: Select<thread::Entity>) -> sea_orm::Selector<sea_orm::SelectModel<Placed>> {
    threads.left_join(entry::Entity).into_partial_model()
}

/// Threads with their comments, in their order.
async fn whole(db: &impl ConnectionTrait, threads: Select<thread::Entity>) -> Result<Vec<Thread>, Fault> {
    let mut rows = placed(threads).all(db).await?;
    let mut whole = Vec::with_capacity(rows.len());
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(LIST));
        let rows = std::mem::replace(&mut rows, rest);
        let threads: Vec<thread::Model> = rows.iter().map(|row| row.thread.clone()).collect();
        let mentions = mention::Entity::find().order_by_asc(mention::Column::Position);
        let mentions = threads.load_many(mentions, db).await?.into_iter().flatten();
        let mut of_comments = mentions.filter_map(mention_of).into_group_map();
        let comments = comment::Entity::find().order_by_asc(comment::Column::Position);
        for (row, comments) in rows.into_iter().zip(threads.load_many(comments, db).await?) {
            let comment = |row: comment::Model| Comment {
                id: CommentId(row.id),
                at: row.at,
                by: AccountId(row.by_id),
                by_name: row.by_name,
                by_organization: row.by_organization,
                body: row.body,
                mentions: of_comments.remove(&row.id).unwrap_or_default(),
                withdrawn_at: row.withdrawn_at,
            };
            whole.push(row.thread(comments.into_iter().map(comment).collect())?);
        }
    }
    Ok(whole)
}

/// With the comment that it stands in.
fn mention_of(row: mention::Model) -> Option<(Uuid, Mention)> {
    let account = row.account_id.map(AccountId).map(Mention::Account);
    let mention = account.or(row.organization_id.map(OrganizationId).map(Mention::Organization))?;
    Some((row.comment_id, mention))
}

impl Placed {
    fn thread(self, comments: Vec<Comment>) -> Result<Thread, Fault> {
        let Placed { thread: row, place } = self;
        let cell =
            |item, Code(facet), year| CellKey { item: ItemId(item), facet, fiscal_year: FiscalYear(year) };
        let cell = match (place, row.item_id, row.facet, row.fiscal_year) {
            (Some(place), ..) => cell(place.item_id, place.facet, place.fiscal_year),
            (None, Some(item), Some(facet), Some(year)) => cell(item, facet, year),
            _ => return Err(Fault::new(format!("the thread {} has no place", row.id))),
        };
        Ok(Thread {
            id: ThreadId(row.id),
            region: RegionId(row.region_id),
            entry: row.entry_id.map(EntryId),
            cell,
            version: row.version,
            resolved: row
                .resolved_at
                .map(|at| Resolved { at, by_name: row.resolved_by_name.unwrap_or_default() }),
            comments,
        })
    }
}
