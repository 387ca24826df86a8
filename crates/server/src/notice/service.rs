//! Telling people of what concerns them, in the transaction that does it, and marking what they have read.

use super::{About, Kind, NewNotices, Notice, People, store};
use crate::{
    Db, Fault,
    account::{self, Member, Viewer},
    caller::{AuthorizedWrite, Identity},
    change, clock,
    comment::{Comment, Mention, Thread},
    db::Write,
    entry::{self, CellKey},
    refusal::{Refusal, Stop},
    region::RegionView,
};
use renkei_domain::{
    AccountId, ChangeId, CommentId, EntryId, NoticeId, OrganizationId, Role, SheetId, SnapshotId, ThreadId,
    limits,
};

/// Which of somebody's notices they have read.
#[derive(Clone, Debug, Default)]
pub struct ReadNotices {
    pub ids: Vec<NoticeId>,
    /// All about these threads.
    pub threads: Vec<ThreadId>,
    /// This one and all that came before it.
    pub until: Option<NoticeId>,
}

/// Somebody's own, by its id.
pub async fn find(db: &Db, viewer: &Viewer, id: NoticeId) -> Result<Option<Notice>, Fault> {
    store::find(db.direct(), viewer, id).await
}

/// The newest of somebody's, those that they have read or have not, or all.
pub async fn page(
    db: &Db,
    viewer: &Viewer,
    unread: Option<bool>,
    rows: u64,
    before: Option<NoticeId>,
) -> Result<Vec<Notice>, Fault> {
    store::page(db.direct(), viewer, unread, rows, before).await
}

pub async fn count(db: &Db, viewer: &Viewer, unread: bool) -> Result<u64, Fault> {
    store::count(db.direct(), viewer, unread).await
}

/// Somebody has read some of theirs. Those that are not theirs are left alone.
pub async fn mark_read(db: &Db, identity: &Identity, read: &ReadNotices) -> Result<(), Stop> {
    let max = limits::NOTICES_AT_ONCE;
    for (field, count) in [("ids", read.ids.len()), ("threadIds", read.threads.len())] {
        if count > max {
            return Err(Refusal::too_long(field, format!("一度に{max}件までです。")).into());
        }
    }
    let write = AuthorizedWrite::begin(db, identity).await?;
    write.authenticate().await?;
    if !read.ids.is_empty() || !read.threads.is_empty() || read.until.is_some() {
        let account = write.account().id;
        store::mark_read(&write, account, &read.ids, &read.threads, read.until, clock::now()).await?;
    }
    write.commit().await?;
    Ok(())
}

/// Tells whom a new comment concerns: those that it mentions, those who took part in its thread, who wrote the entry,
/// and whose it is. Its author has read what was said before.
pub async fn tell_comment(
    write: &Write,
    region: &RegionView,
    thread: &Thread,
    comment: &Comment,
    change: ChangeId,
) -> Result<(), Fault> {
    let members = account::members_of(&**write, region.region.id).await?;
    let mut people = People::default();
    people.add(Kind::Mention, mentioned(comment, &members));
    people.add(Kind::Reply, took_part(thread, &members));
    if let Some(entry) = thread.entry {
        people.add(Kind::Comment, concerned(write, entry, &members).await?);
    }
    let about = About::Comment(thread.id, comment.id);
    tell(write, region, thread.cell, change, about, people, (&members, comment.by)).await?;
    if thread.comments.len() > 1 {
        store::mark_read(write, comment.by, &[], &[thread.id], None, clock::now()).await?;
    }
    Ok(())
}

/// Tells those who took part in a thread that it was resolved or opened again.
pub async fn tell_settled(
    write: &Write,
    region: &RegionView,
    thread: &Thread,
    by: AccountId,
    change: ChangeId,
) -> Result<(), Fault> {
    let members = account::members_of(&**write, region.region.id).await?;
    let mut people = People::default();
    let kind = if thread.resolved.is_some() { Kind::Resolved } else { Kind::Reopened };
    people.add(kind, took_part(thread, &members));
    tell(write, region, thread.cell, change, About::Thread(thread.id), people, (&members, by)).await
}

/// Tells all who edit in the region that a sheet was frozen.
pub async fn tell_snapshot(
    write: &Write,
    region: &RegionView,
    sheet: SheetId,
    snapshot: SnapshotId,
    by: AccountId,
    change: ChangeId,
) -> Result<(), Fault> {
    let members = account::members_of(&**write, region.region.id).await?;
    let mut people = People::default();
    let editors = members.iter().filter(|member| member.role >= Role::Editor);
    people.add(Kind::Snapshot, editors.map(|member| member.account));
    people.keep(|_| true, by);
    let about = About::Snapshot(snapshot);
    store::insert(write, NewNotices { region: region.region.id, sheet, change, about, people }).await
}

/// Nobody is told any more of a comment that was withdrawn.
pub async fn withdraw(write: &Write, comment: CommentId) -> Result<(), Fault> {
    store::withdraw(write, comment).await
}

async fn tell(
    write: &Write,
    region: &RegionView,
    cell: CellKey,
    change: ChangeId,
    about: About,
    mut people: People,
    (members, author): (&[Member], AccountId),
) -> Result<(), Fault> {
    // Where no sheet prints the place, there is nothing to lead to.
    let Some(head) = region.sheet_of(cell.governing_year()) else { return Ok(()) };
    people.keep(|person| members.iter().any(|member| member.account == person), author);
    store::insert(write, NewNotices { region: region.region.id, sheet: head.id, change, about, people }).await
}

fn mentioned(comment: &Comment, members: &[Member]) -> Vec<AccountId> {
    let people = |mention: &Mention| match mention {
        Mention::Account(account) => vec![*account],
        Mention::Organization(organization) => of_organization(*organization, members).collect(),
    };
    comment.mentions.iter().flat_map(people).collect()
}

fn took_part(thread: &Thread, members: &[Member]) -> Vec<AccountId> {
    let people = |comment: &Comment| {
        let mut people = mentioned(comment, members);
        people.push(comment.by);
        people
    };
    thread.comments.iter().flat_map(people).collect()
}

/// Who made an entry, who edited it last, and the people of the organisation that it belongs to.
async fn concerned(write: &Write, entry: EntryId, members: &[Member]) -> Result<Vec<AccountId>, Fault> {
    let Some(stored) = entry::stored(&**write, entry).await? else { return Ok(Vec::new()) };
    let made = change::of_version(&**write, entry, 1).await?;
    let author = made.and_then(|made| made.change.by.account);
    let owners = stored.owner.into_iter().flat_map(|owner| of_organization(owner, members));
    Ok(author.into_iter().chain(stored.updated_by).chain(owners).collect())
}

fn of_organization(organization: OrganizationId, members: &[Member]) -> impl Iterator<Item = AccountId> {
    members.iter().filter(move |member| member.organization == organization).map(|member| member.account)
}
