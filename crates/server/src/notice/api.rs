//! Notices in the API.

use super::{
    About, Kind, Notice,
    service::{self, ReadNotices},
};
use crate::{
    Fault,
    api::{
        complexity,
        context::RequestContext,
        page::{self, PageInfo},
        scalars::{self, DateTime},
    },
    change::api::Change,
    comment::{
        self, Thread,
        api::{ApiComment, ApiThread},
    },
    refusal::api::{Refused, answer},
    region::{RegionView, api::Region},
    sheet::api::Sheet,
    snapshot,
};
use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject, Union};
use itertools::Itertools;
use renkei_domain::{NoticeId, RegionId, SnapshotId, ThreadId};
use std::{collections::HashMap, sync::Arc};

#[derive(Default)]
pub struct Queries;

#[Object(name = "NoticeQueries")]
impl Queries {
    /// 自分あて：宛てられたコメント、参加したコメントへの返信、自分の取組へのコメント、提出版など。新しい順。一度に100件まで。
    /// What concerns the viewer, the newest first, at most 100 at a time: comments that mention them or their
    /// organisation, answers where they took part, comments on their entries, decisions, snapshots.
    #[graphql(complexity = "complexity::page(first, child_complexity)")]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "true：未読だけ。false：既読だけ。true: only unread ones; false: only those that were read."
        )]
        unread: Option<bool>,
        #[graphql(
            default_with = "Some(20)",
            desc = "一度に読む件数。100まで（例 50）。How many at a time, at most 100."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "続きから読むときの、前の答えの cursor（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。To go on from behind an earlier cursor."
        )]
        after: Option<String>,
    ) -> Result<NoticeConnection, Error> {
        let (rows, before) = (page::rows(first)?, page::cursor::<NoticeId>(after.as_deref())?);
        let context = RequestContext::of(ctx);
        // Whoever asks for numbers alone.
        let viewer = context.viewer().filter(|_| rows > 0);
        let Some(viewer) = viewer else { return Ok(NoticeConnection::default()) };
        let one_more = u64::try_from(rows)? + 1;
        let notices = service::page(&context.db, &viewer, unread, one_more, before).await?;
        let notices = shown(context, notices).await?;
        let edge = |node: ApiNotice| NoticeEdge { cursor: node.notice.id.to_string(), node };
        let mut edges: Vec<_> = notices.into_iter().map(edge).collect();
        let page_info = PageInfo::cut(&mut edges, rows, before.is_some(), |edge| &edge.cursor);
        Ok(NoticeConnection { edges, page_info })
    }
}

#[derive(Default)]
pub struct Mutations;

#[Object(name = "NoticeMutations")]
impl Mutations {
    /// 自分あてを既読にします。返信すると、そのコメントのものは自動で既読になります。
    /// Marks the viewer's own notices as read. Whoever answers in a thread has read those about it.
    async fn read_notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どれを。Which.")] input: ReadNoticesInput,
    ) -> Result<ReadNoticesPayload, Error> {
        let context = RequestContext::of(ctx);
        answer(async {
            let identity = context.writer()?;
            let read = ReadNotices {
                ids: input.ids.iter().map(scalars::id).collect(),
                threads: input.thread_ids.iter().map(scalars::id).collect(),
                until: input.until_id.as_ref().map(scalars::id),
            };
            service::mark_read(&context.db, &identity, &read).await?;
            context.forget();
            Ok(NoticesRead.into())
        })
        .await
    }
}

/// どの自分あてを既読にするか。自分のものだけが変わります。
/// Which notices were read; those of others are left alone.
#[derive(InputObject)]
pub struct ReadNoticesInput {
    /// 自分あてのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。500件まで。
    /// These, at most 500.
    #[graphql(default)]
    ids: Vec<ID>,
    /// コメントのまとまりのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。そのすべて。500件まで。
    /// All about these threads, at most 500.
    #[graphql(default)]
    thread_ids: Vec<ID>,
    /// この1件（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）と、それより前のすべて。
    /// This one and all that came before it.
    until_id: Option<ID>,
}

/// 既読にした結果。
/// What became of it.
#[derive(Union)]
pub enum ReadNoticesPayload {
    Read(NoticesRead),
    Refused(Refused),
}

pub struct NoticesRead;

/// 既読にしました。
/// They are read.
#[Object]
impl NoticesRead {
    /// まだ未読の件数。
    /// How many are unread still.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<u64, Error> {
        Ok(unread(RequestContext::of(ctx)).await?)
    }
}

/// 自分あての種類。
/// Why somebody is told.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Kind")]
pub enum NoticeKind {
    /// 自分か自分の機関に宛てられたコメント
    Mention,
    /// 書いたか宛てられたコメントへの返信
    Reply,
    /// 自分が書いた、または自分の機関の取組へのコメント
    Comment,
    /// 参加したコメントが解決済みになった
    Resolved,
    /// 参加したコメントが未解決に戻った
    Reopened,
    /// 編集する表の提出版ができた
    Snapshot,
}

/// A notice with what it is about.
pub struct ApiNotice {
    notice: Notice,
    region: Arc<RegionView>,
    thread: Option<Arc<Thread>>,
    snapshot: Option<Arc<snapshot::Snapshot>>,
}

/// 自分あての1件：自分に関わる変更。
/// A change that concerns the viewer.
#[Object(name = "Notice")]
impl ApiNotice {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.notice.id.to_string().into()
    }

    /// 種類。
    /// Why the viewer is told.
    async fn kind(&self) -> NoticeKind {
        self.notice.kind.into()
    }

    /// だれが、いつ、何をしたか。
    /// What was done, by whom and when.
    async fn change(&self) -> Change {
        Change(self.notice.change.clone())
    }

    /// 圏域。
    /// Its region.
    async fn region(&self) -> Region {
        Region::whole(self.region.clone())
    }

    /// 計画・評価表。
    /// The sheet that it leads to.
    async fn sheet(&self) -> Result<Sheet, Error> {
        // Where an entry has moved meanwhile, its thread is on another sheet.
        let year = self.thread.as_ref().map(|thread| thread.cell.governing_year());
        let now = year.and_then(|year| self.region.sheet_of(year));
        let head = now.or_else(|| self.region.sheet(self.notice.sheet)).cloned();
        let head = head.ok_or_else(|| Fault::new("a notice leads to no sheet"))?;
        Ok(Sheet::listed(head, self.region.clone()))
    }

    /// コメントのまとまり。コメントについてのものでなければ null です。
    /// The thread; null unless it is about one.
    async fn thread(&self) -> Option<ApiThread> {
        self.thread.clone().map(ApiThread)
    }

    /// コメント。コメントについてのものでなければ null です。
    /// The comment; null unless it is about one.
    async fn comment(&self) -> Option<ApiComment> {
        let About::Comment(_, comment) = self.notice.about else { return None };
        ApiThread(self.thread.clone()?).comment(comment)
    }

    /// 提出版。提出版についてのものでなければ null です。
    /// The snapshot; null unless it is about one.
    async fn snapshot(&self) -> Option<snapshot::api::Snapshot> {
        self.snapshot.clone().map(snapshot::api::Snapshot)
    }

    /// 既読にした時刻。未読なら null です。
    /// When it was read; null: it is unread.
    async fn read_at(&self) -> Option<DateTime> {
        self.notice.read_at.map(DateTime)
    }
}

#[derive(Default)]
pub struct NoticeConnection {
    edges: Vec<NoticeEdge>,
    page_info: PageInfo,
}

/// 自分あての1ページ。
/// A page of notices.
#[Object]
impl NoticeConnection {
    /// このページの自分あて。
    /// The notices of this page.
    async fn edges(&self) -> &[NoticeEdge] {
        &self.edges
    }

    /// 前後にページがあるか。
    /// Where the page lies.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// 既読と未読の、すべての件数。
    /// How many there are in all, read and unread.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64, Error> {
        let context = RequestContext::of(ctx);
        let Some(viewer) = context.viewer() else { return Ok(0) };
        Ok(service::count(&context.db, &viewer, false).await?)
    }

    /// 未読の件数。
    /// How many are unread.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<u64, Error> {
        Ok(unread(RequestContext::of(ctx)).await?)
    }
}

/// ページの1件。
/// One of a page.
#[derive(SimpleObject)]
struct NoticeEdge {
    /// この1件の位置（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。after に渡すと、その次から読みます。
    /// To go on from behind it: pass it as `after`.
    cursor: String,
    /// 自分あて。
    /// The notice.
    node: ApiNotice,
}

/// One of the viewer's own.
pub async fn find(context: &RequestContext, id: NoticeId) -> Result<Option<ApiNotice>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    let found = service::find(&context.db, &viewer, id).await?;
    Ok(shown(context, found.into_iter().collect()).await?.pop())
}

/// How many of the viewer's are unread.
pub async fn unread(context: &RequestContext) -> Result<u64, Fault> {
    match context.viewer() {
        Some(viewer) => service::count(&context.db, &viewer, true).await,
        None => Ok(0),
    }
}

/// With what they are about: the same number of statements however many.
async fn shown(context: &RequestContext, notices: Vec<Notice>) -> Result<Vec<ApiNotice>, Fault> {
    if notices.is_empty() {
        return Ok(Vec::new());
    }
    let threads: Vec<ThreadId> = notices.iter().filter_map(|notice| notice.about.thread()).unique().collect();
    let snapshots: Vec<SnapshotId> = notices
        .iter()
        .filter_map(|notice| match notice.about {
            About::Snapshot(id) => Some(id),
            _ => None,
        })
        .unique()
        .collect();
    let ids: Vec<RegionId> = notices.iter().map(|notice| notice.region).unique().collect();
    let regions = context.regions(&ids).await?;
    let mut by_thread = HashMap::new();
    if !threads.is_empty() {
        let found = comment::by_ids(&context.db.read().await?, &threads).await?;
        by_thread.extend(found.into_iter().map(|thread| (thread.id, Arc::new(thread))));
    }
    let mut by_snapshot = HashMap::new();
    if !snapshots.is_empty() {
        let found = snapshot::by_ids(context.db.direct(), &snapshots).await?;
        by_snapshot.extend(found.into_iter().map(|snapshot| (snapshot.id, Arc::new(snapshot))));
    }
    let shown = |notice: Notice| {
        let gone = || Fault::new(format!("the notice {} is about something that is gone", notice.id));
        let region = regions.get(&notice.region).cloned().ok_or_else(gone)?;
        let thread = notice.about.thread().and_then(|id| by_thread.get(&id).cloned());
        let snapshot = match notice.about {
            About::Snapshot(id) => by_snapshot.get(&id).cloned(),
            _ => None,
        };
        Ok(ApiNotice { notice, region, thread, snapshot })
    };
    notices.into_iter().map(shown).collect()
}
