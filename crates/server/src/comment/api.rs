//! Threads and comments in the API.

use super::{
    Mention, Thread,
    service::{self, NewComment, Saved, ThreadCommand},
};
use crate::{
    Fault,
    account::{Viewer, api::Account},
    api::{
        complexity,
        context::{LoadedSheet, RequestContext},
        page::{self, PageInfo},
        scalars::{self, DateTime, Facet},
    },
    change::{self, api::Change},
    comment,
    entry::{self, api::Entry},
    refusal::{
        Refusal,
        api::{Refused, answer},
    },
    region::{
        RegionView,
        api::{Organization, Region},
    },
    sheet::{
        api::{Item, item},
        may_comment,
    },
};
use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject, Union};
use renkei_domain::{AccountId, CommentId, ThreadId};
use std::sync::Arc;

/// Of a thread, what is resolved from its comments.
pub const OF_THE_COMMENTS: [&str; 2] = ["comments", "waitsForViewer"];

#[derive(Default)]
pub struct Queries;

#[Object(name = "CommentQueries")]
impl Queries {
    /// 自分や自分の機関に宛てられ、返信を待っているコメント。最後のコメントが新しい順。一度に100件まで。
    /// Threads that mention the viewer or their organisation and wait for a word: those with the newest last comment
    /// first, at most 100 at a time.
    #[graphql(complexity = "complexity::page(first, child_complexity)")]
    async fn waiting_threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default_with = "Some(20)",
            desc = "一度に読む件数。100まで（例 50）。How many at a time, at most 100."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "続きから読むときの、前の答えの cursor（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。To go on from behind an earlier cursor."
        )]
        after: Option<String>,
    ) -> Result<ThreadConnection, Error> {
        let (rows, before) = (page::rows(first)?, page::cursor::<CommentId>(after.as_deref())?);
        let context = RequestContext::of(ctx);
        let Some(viewer) = context.viewer() else { return Ok(ThreadConnection::default()) };
        let one_more = u64::try_from(rows)? + 1;
        let threads = comment::waiting(&context.db.read().await?, &viewer, one_more, before).await?;
        let threads = threads.into_iter().map(Arc::new).map(ApiThread).collect();
        let total_count = comment::count_waiting(context.db.direct(), &viewer).await?;
        Ok(ThreadConnection::page(threads, rows, before.is_none(), total_count))
    }
}

#[derive(Default)]
pub struct Mutations;

#[Object(name = "CommentMutations")]
impl Mutations {
    /// 取組か欄にコメントします。閲覧者もできます。
    /// Begins a thread on an entry or a cell; viewers may, too.
    async fn create_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "場所と文。Where, and what.")] input: CreateThreadInput,
    ) -> Result<ThreadPayload, Error> {
        let (entry, item) = (input.entry_id.as_ref(), input.item_id.as_ref());
        let about = scalars::entry_or_cell(entry, item, input.facet, input.fiscal_year);
        let sheet = scalars::id(&input.sheet_id);
        let comment = new_comment(input.body, input.mention_ids);
        execute(ctx, &input.request_id, ThreadCommand::Begin { sheet, about, comment }).await
    }

    /// 返信します。解決済みなら、再開します。
    /// Answers; a resolved thread is open again then.
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どこに、何を。Where, and what.")] input: AddCommentInput,
    ) -> Result<ThreadPayload, Error> {
        let comment = new_comment(input.body, input.mention_ids);
        execute(ctx, &input.request_id, ThreadCommand::Add { thread: scalars::id(&input.thread_id), comment })
            .await
    }

    /// 解決にします。
    /// Resolves a thread.
    async fn resolve_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どれを。Which.")] input: ThreadInput,
    ) -> Result<ThreadPayload, Error> {
        let thread = scalars::id(&input.thread_id);
        execute(ctx, &input.request_id, ThreadCommand::Resolve { thread }).await
    }

    /// 未解決に戻します。
    /// Opens a resolved thread again.
    async fn reopen_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どれを。Which.")] input: ThreadInput,
    ) -> Result<ThreadPayload, Error> {
        let thread = scalars::id(&input.thread_id);
        execute(ctx, &input.request_id, ThreadCommand::Reopen { thread }).await
    }

    /// 自分のコメントを取り消します。文は変更履歴の記録だけに残ります。
    /// Takes one's own comment back; its text stays in the log alone.
    async fn withdraw_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どれを。Which.")] input: WithdrawCommentInput,
    ) -> Result<ThreadPayload, Error> {
        let comment = scalars::id(&input.comment_id);
        execute(ctx, &input.request_id, ThreadCommand::Withdraw { comment }).await
    }
}

/// 新しいコメント。場所は entryId、欄なら itemId と facet と fiscalYear。本文は2,000文字まで、宛先は50件まで。
/// A new thread. Its place: `entryId`, or `itemId`, `facet` and `fiscalYear` of a cell. A comment has at most 2,000
/// characters, with line breaks, and mentions at most 50.
#[derive(InputObject)]
struct CreateThreadInput {
    /// この操作のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request: sent again, it answers as before and changes nothing.
    request_id: ID,
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    sheet_id: ID,
    /// 取組（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。欄へのコメントなら null。
    /// The entry; null for one on a cell.
    entry_id: Option<ID>,
    /// 欄へのコメントなら、事業項目（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The item of the cell.
    item_id: Option<ID>,
    /// 欄へのコメントなら、その欄。
    /// The facet of the cell.
    facet: Option<Facet>,
    /// 欄へのコメントなら、年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of the cell.
    fiscal_year: Option<i32>,
    /// 文。改行できます。
    /// Its text, with line breaks.
    body: String,
    /// 宛先：圏域の機関やアカウントのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Whom it mentions: ids of organisations and accounts of the region.
    #[graphql(default)]
    mention_ids: Vec<ID>,
}

/// 返信。本文は2,000文字まで、宛先は50件まで。
/// An answer of at most 2,000 characters, which mentions at most 50.
#[derive(InputObject)]
struct AddCommentInput {
    /// この操作のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request: sent again, it answers as before and changes nothing.
    request_id: ID,
    /// コメントのまとまりのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The thread's id.
    thread_id: ID,
    /// 文。改行できます。
    /// Its text, with line breaks.
    body: String,
    /// 宛先：圏域の機関やアカウントのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Whom it mentions: ids of organisations and accounts of the region.
    #[graphql(default)]
    mention_ids: Vec<ID>,
}

/// どのコメントのまとまりか。
/// Which thread.
#[derive(InputObject)]
struct ThreadInput {
    /// この操作のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request: sent again, it answers as before and changes nothing.
    request_id: ID,
    /// コメントのまとまりのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The thread's id.
    thread_id: ID,
}

/// どのコメントを取り消すか。
/// Which comment to take back.
#[derive(InputObject)]
struct WithdrawCommentInput {
    /// この操作のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request: sent again, it answers as before and changes nothing.
    request_id: ID,
    /// コメントのID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The comment's id.
    comment_id: ID,
}

/// コメントの結果：保存したか、受け付けなかったか。
/// What became of a comment.
#[derive(Union)]
enum ThreadPayload {
    Saved(ThreadSaved),
    Refused(Refused),
}

/// 保存しました。すでにそうなっていたなら change は null です。
/// Saved; no change: it was so already.
#[derive(SimpleObject)]
struct ThreadSaved {
    /// 今のコメント。
    /// The thread as it is now.
    thread: ApiThread,
    /// 残した変更履歴。
    /// The change that was noted.
    change: Option<Change>,
}

#[derive(Clone)]
pub struct ApiThread(pub Arc<Thread>);

/// コメントのまとまり：取組か欄についての、1つ目のコメントとその返信。
/// A thread: a comment on an entry or a cell, with its answers.
#[Object(name = "Thread")]
impl ApiThread {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// 圏域。
    /// Its region.
    async fn region(&self, ctx: &Context<'_>) -> Result<Region, Error> {
        Ok(Region::whole(self.view(ctx).await?))
    }

    /// 場所を受け持つ計画・評価表。
    /// The sheet that governs its place.
    async fn sheet_id(&self, ctx: &Context<'_>) -> Result<ID, Error> {
        let region = self.view(ctx).await?;
        let head = region.sheet_of(self.0.cell.governing_year()).ok_or_else(|| self.nowhere())?;
        Ok(head.id.to_string().into())
    }

    /// 事業項目。
    /// The item of its place.
    async fn item(&self, ctx: &Context<'_>) -> Result<Item, Error> {
        item(&self.sheet(ctx).await?.view.frame, self.0.cell.item)
    }

    /// 欄。
    /// The facet of its place.
    async fn facet(&self) -> Facet {
        self.0.cell.facet.into()
    }

    /// 年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of its place.
    async fn fiscal_year(&self) -> i32 {
        self.0.cell.fiscal_year.0
    }

    /// 取組。欄についてのコメントなら null です。削除されていれば deletedAt があります。
    /// The entry; null: on the cell itself. It has deletedAt if it was deleted.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>, Error> {
        let Some(id) = self.0.entry else { return Ok(None) };
        let sheet = self.sheet(ctx).await?;
        let standing = sheet.view.cell(&self.0.cell);
        match standing.iter().position(|entry| entry.id == id) {
            Some(position) => Ok(Some(Entry::new(&sheet.view.frame, standing[position].clone(), position))),
            None => Ok(entry::api::find(RequestContext::of(ctx), id).await?),
        }
    }

    /// 解決した時刻。未解決なら null です。
    /// When it was resolved; null: it is open.
    async fn resolved_at(&self) -> Option<DateTime> {
        self.0.resolved.as_ref().map(|resolved| DateTime(resolved.at))
    }

    /// 解決にした人の、当時の名前。
    /// Who resolved it, by the name of then.
    async fn resolved_by_name(&self) -> Option<&str> {
        self.0.resolved.as_ref().map(|resolved| resolved.by_name.as_str())
    }

    /// 見る人の返信を待っているか。
    /// Whether it mentions the viewer or their organisation, and waits for a word of theirs.
    async fn waits_for_viewer(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        let context = RequestContext::of(ctx);
        let Some(viewer) = context.viewer() else { return Ok(false) };
        let people = context.loader.load_many(self.0.people()).await?;
        let organization = |id: AccountId| people.get(&id).map(|person| person.account.organization.id);
        Ok(self.0.waits_for(&viewer, organization))
    }

    /// 見る人が返信できるか。
    /// Whether the viewer may answer.
    async fn viewer_can_comment(&self, ctx: &Context<'_>) -> Result<bool, Error> {
        let region = self.view(ctx).await?;
        let may = |viewer: Viewer| may_comment(&region, &viewer, self.0.cell).is_ok();
        Ok(RequestContext::of(ctx).viewer().is_some_and(may))
    }

    /// コメント。書かれた順。200件まで。
    /// Its comments, in the order in which they were made, at most 200.
    #[graphql(complexity = "complexity::list(10, child_complexity)")]
    async fn comments(&self) -> Result<Vec<ApiComment>, Error> {
        let comments = 0..self.0.comments.len();
        Ok(comments.map(|index| ApiComment { of: self.clone(), index }).collect())
    }
}

impl ApiThread {
    /// One of its comments.
    pub fn comment(self, id: CommentId) -> Option<ApiComment> {
        let index = self.0.comments.iter().position(|comment| comment.id == id)?;
        Some(ApiComment { of: self, index })
    }

    async fn view(&self, ctx: &Context<'_>) -> Result<Arc<RegionView>, Error> {
        Ok(RequestContext::of(ctx).region_of_shown(self.0.region).await?)
    }

    async fn sheet(&self, ctx: &Context<'_>) -> Result<Arc<LoadedSheet>, Error> {
        let sheet = RequestContext::of(ctx).sheet(self.0.region, self.0.cell.governing_year()).await?;
        Ok(sheet.ok_or_else(|| self.nowhere())?)
    }

    fn nowhere(&self) -> Fault {
        Fault::new(format!("the thread {} is on no sheet", self.0.id))
    }
}

pub struct ApiComment {
    of: ApiThread,
    index: usize,
}

/// コメントの宛先：機関か人。
/// Whom a comment mentions.
#[derive(Union)]
enum ApiMention {
    Organization(Organization),
    Account(Account),
}

/// コメント。取り消されたものは文がありません。
/// A comment; one that was taken back has no text.
#[Object(name = "Comment")]
impl ApiComment {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.comment().id.to_string().into()
    }

    /// 文。改行があります。
    /// Its text, with line breaks; empty once it is taken back.
    async fn body(&self, ctx: &Context<'_>) -> Result<&str, Error> {
        let body = &self.comment().body;
        RequestContext::of(ctx).texts.add(body.len())?;
        Ok(body)
    }

    /// いつ。
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.comment().at)
    }

    /// だれが。
    /// Who.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Account>, Error> {
        Account::find(ctx, Some(self.comment().by)).await
    }

    /// 当時の名前。
    /// The name as it was then.
    async fn by_name(&self) -> &str {
        &self.comment().by_name
    }

    /// 当時の機関の名前。
    /// The organisation's name as it was then.
    async fn by_organization(&self) -> &str {
        &self.comment().by_organization
    }

    /// 取り消した時刻。
    /// When it was taken back.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.comment().withdrawn_at.map(DateTime)
    }

    /// 宛先。
    /// Whom it mentions.
    #[graphql(complexity = "complexity::list(2, child_complexity)")]
    async fn mentions(&self, ctx: &Context<'_>) -> Result<Vec<ApiMention>, Error> {
        let context = RequestContext::of(ctx);
        let region = context.region_of_shown(self.of.0.region).await?;
        let accounts = context.loader.load_many(self.comment().people()).await?;
        let mention = |mention: &Mention| match mention {
            Mention::Account(id) => accounts.get(id).cloned().map(Account).map(ApiMention::Account),
            Mention::Organization(id) => {
                region.organization(*id).cloned().map(Organization).map(ApiMention::Organization)
            }
        };
        Ok(self.comment().mentions.iter().filter_map(mention).collect())
    }

    /// どのまとまりのコメントか。
    /// The thread that it is part of.
    async fn thread(&self) -> ApiThread {
        self.of.clone()
    }
}

impl ApiComment {
    fn comment(&self) -> &comment::Comment {
        &self.of.0.comments[self.index]
    }
}

/// コメントの1ページ。
/// A page of threads.
#[derive(SimpleObject)]
pub struct ThreadConnection {
    /// このページのまとまり。
    /// The threads of this page.
    edges: Vec<ThreadEdge>,
    /// 前後にページがあるか。
    /// Where the page lies.
    page_info: PageInfo,
    /// 全部で何件あるか。
    /// How many there are in all.
    total_count: u64,
}

/// ページの1件。
/// One of a page.
#[derive(SimpleObject)]
struct ThreadEdge {
    /// この1件の位置（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。after に渡すと、その次から読みます。
    /// To go on from behind it: pass it as `after`.
    cursor: String,
    /// コメントのまとまり。
    /// The thread.
    node: ApiThread,
}

impl Default for ThreadConnection {
    fn default() -> Self {
        Self::page(Vec::new(), 0, true, 0)
    }
}

impl ThreadConnection {
    /// A page of at most `rows`, of threads that are one more if there is a next page.
    fn page(threads: Vec<ApiThread>, rows: usize, first_page: bool, total_count: u64) -> Self {
        let edge = |node: ApiThread| ThreadEdge {
            cursor: node.0.last().map(|last| last.id.to_string()).unwrap_or_default(),
            node,
        };
        let mut edges: Vec<_> = threads.into_iter().map(edge).collect();
        let page_info = PageInfo::cut(&mut edges, rows, !first_page, |edge| &edge.cursor);
        ThreadConnection { edges, page_info, total_count }
    }
}

/// A thread of a region that the viewer reads.
pub async fn find(context: &RequestContext, id: ThreadId) -> Result<Option<ApiThread>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    alone(context, service::find(&context.db, &viewer, id).await?).await
}

/// A comment of a region that the viewer reads.
pub async fn find_comment(context: &RequestContext, id: CommentId) -> Result<Option<ApiComment>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    let thread = service::find_by_comment(&context.db, &viewer, id).await?;
    let Some(of) = alone(context, thread).await? else { return Ok(None) };
    Ok(of.comment(id))
}

async fn alone(context: &RequestContext, thread: Option<Thread>) -> Result<Option<ApiThread>, Fault> {
    let Some(thread) = thread else { return Ok(None) };
    context.note_access(thread.region, None).await?;
    Ok(Some(ApiThread(thread.into())))
}

async fn execute(ctx: &Context<'_>, request: &ID, command: ThreadCommand) -> Result<ThreadPayload, Error> {
    let context = RequestContext::of(ctx);
    answer(async {
        let identity = context.writer()?;
        let saved = service::execute(&context.db, &identity, request.parse().ok(), command).await;
        context.forget();
        let Saved { thread, change } = saved?;
        let thread = find(context, thread).await?.ok_or_else(|| Refusal::not_found("コメント"))?;
        let change = match change {
            Some(change) => change::api::find(context, change).await?,
            None => None,
        };
        Ok(ThreadSaved { thread, change }.into())
    })
    .await
}

fn new_comment(body: String, mentions: Vec<ID>) -> NewComment {
    NewComment { body, mentions: mentions.iter().map(scalars::id).collect() }
}
