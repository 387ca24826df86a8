//! Queries of notices.

use super::{About, Kind, NewNotices, Notice, table::notice};
use crate::{
    Fault,
    account::Viewer,
    change,
    db::{Code, LIST, Write},
};
use itertools::Itertools;
use renkei_domain::{AccountId, ChangeId, CommentId, NoticeId, RegionId, SheetId, SnapshotId, ThreadId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set, sea_query::Expr,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody's, the newest first, in the regions that they read; at most `rows`, and before one of them.
pub async fn page(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    unread: Option<bool>,
    rows: u64,
    before: Option<NoticeId>,
) -> Result<Vec<Notice>, Fault> {
    let page = own(viewer)
        .apply_if(unread, |notices, unread| match unread {
            true => notices.filter(notice::Column::ReadAt.is_null()),
            false => notices.filter(notice::Column::ReadAt.is_not_null()),
        })
        .apply_if(before, |notices, before| notices.filter(notice::Column::Id.lt(before.0)))
        .order_by_desc(notice::Column::Id)
        .limit(rows);
    whole(db, page).await
}

/// Somebody's own, by its id.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: NoticeId) -> Result<Option<Notice>, Fault> {
    Ok(whole(db, own(viewer).filter(notice::Column::Id.eq(id.0))).await?.pop())
}

pub async fn count(db: &impl ConnectionTrait, viewer: &Viewer, unread: bool) -> Result<u64, Fault> {
    let own = own(viewer);
    let own = if unread { own.filter(notice::Column::ReadAt.is_null()) } else { own };
    Ok(own.count(db).await?)
}

/// How many of somebody's are unread, of each sheet.
pub async fn unread_of_sheets(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<HashMap<SheetId, i64>, Fault> {
    let rows: Vec<(Uuid, i64)> = notice::Entity::find()
        .select_only()
        .column(notice::Column::SheetId)
        .column_as(notice::Column::Id.count(), "unread")
        .filter(notice::Column::AccountId.eq(account.0))
        .filter(notice::Column::ReadAt.is_null())
        .group_by(notice::Column::SheetId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(sheet, unread)| (SheetId(sheet), unread)).collect())
}

/// Who is told of these changes.
pub async fn recipients(
    db: &impl ConnectionTrait,
    changes: &[ChangeId],
) -> Result<HashMap<ChangeId, Vec<AccountId>>, Fault> {
    let mut recipients = HashMap::new();
    for changes in changes.chunks(LIST) {
        let rows: Vec<(Uuid, Uuid)> = notice::Entity::find()
            .select_only()
            .columns([notice::Column::ChangeId, notice::Column::AccountId])
            .filter(notice::Column::ChangeId.is_in(changes.iter().map(|id| id.0)))
            .into_tuple()
            .all(db)
            .await?;
        let rows = rows.into_iter().map(|(change, account)| (ChangeId(change), AccountId(account)));
        recipients.extend(rows.into_group_map());
    }
    Ok(recipients)
}

pub async fn insert(write: &Write, new: NewNotices) -> Result<(), Fault> {
    let (comment, snapshot) = match new.about {
        About::Comment(_, comment) => (Some(comment.0), None),
        About::Thread(_) => (None, None),
        About::Snapshot(snapshot) => (None, Some(snapshot.0)),
    };
    let row = |(person, kind): (AccountId, Kind)| notice::ActiveModel {
        id: Set(Uuid::now_v7()),
        account_id: Set(person.0),
        region_id: Set(new.region.0),
        sheet_id: Set(new.sheet.0),
        change_id: Set(new.change.0),
        kind: Set(Code(kind)),
        thread_id: Set(new.about.thread().map(|thread| thread.0)),
        comment_id: Set(comment),
        snapshot_id: Set(snapshot),
        read_at: Set(None),
    };
    write.insert_many(new.people.0.into_iter().map(row).collect()).await
}

/// A comment that was withdrawn concerns nobody.
pub async fn withdraw(write: &Write, comment: CommentId) -> Result<(), Fault> {
    notice::Entity::delete_many().filter(notice::Column::CommentId.eq(comment.0)).exec(&**write).await?;
    Ok(())
}

/// Marks what somebody has not read yet: these, those of these threads, or all up to one of them.
pub async fn mark_read(
    write: &Write,
    account: AccountId,
    ids: &[NoticeId],
    threads: &[ThreadId],
    until: Option<NoticeId>,
    at: i64,
) -> Result<(), Fault> {
    let which = Condition::any()
        .add_option((!ids.is_empty()).then(|| notice::Column::Id.is_in(ids.iter().map(|id| id.0))))
        .add_option(
            (!threads.is_empty()).then(|| notice::Column::ThreadId.is_in(threads.iter().map(|id| id.0))),
        )
        .add_option(until.map(|until| notice::Column::Id.lte(until.0)));
    notice::Entity::update_many()
        .col_expr(notice::Column::ReadAt, Expr::value(at))
        .filter(notice::Column::AccountId.eq(account.0))
        .filter(notice::Column::ReadAt.is_null())
        .filter(which)
        .exec(&**write)
        .await?;
    Ok(())
}

fn own(viewer: &Viewer) -> Select<notice::Entity> {
    let own = notice::Entity::find().filter(notice::Column::AccountId.eq(viewer.account.id.0));
    if viewer.account.operator {
        return own;
    }
    let regions = viewer.memberships.iter().map(|membership| membership.region.id.0);
    own.filter(notice::Column::RegionId.is_in(regions))
}

/// With their changes: two statements however many.
async fn whole(db: &impl ConnectionTrait, notices: Select<notice::Entity>) -> Result<Vec<Notice>, Fault> {
    let rows = notices.all(db).await?;
    let changes = change::listed(db, rows.iter().map(|row| ChangeId(row.change_id))).await?;
    let whole = |row: notice::Model| {
        let id = NoticeId(row.id);
        let change = changes.get(&ChangeId(row.change_id)).cloned();
        let change = change.ok_or_else(|| Fault::new(format!("the notice {id} is of no change")))?;
        let about = match (row.thread_id, row.comment_id, row.snapshot_id) {
            (Some(thread), Some(comment), _) => About::Comment(ThreadId(thread), CommentId(comment)),
            (Some(thread), None, _) => About::Thread(ThreadId(thread)),
            (None, _, Some(snapshot)) => About::Snapshot(SnapshotId(snapshot)),
            _ => return Err(Fault::new(format!("the notice {id} is about nothing"))),
        };
        let Code(kind) = row.kind;
        let (region, sheet) = (RegionId(row.region_id), SheetId(row.sheet_id));
        Ok(Notice { id, region, sheet, kind, change, about, read_at: row.read_at })
    };
    rows.into_iter().map(whole).collect()
}
