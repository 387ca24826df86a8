//! Visits in the API.

use super::service;
use crate::api::{
    context::RequestContext,
    error::{refused, stopped},
    scalars::{self, DateTime},
};
use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};

#[derive(Default)]
pub struct Mutations;

#[Object(name = "VisitMutations")]
impl Mutations {
    /// 表をどの変更まで見たかを残します。本人の「前回から」のためだけに使います。閲覧できない表なら false です。
    /// Notes up to which change the viewer has seen a sheet, for their own `lastVisit`; false: no such sheet for them.
    async fn note_visit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どの表を、どこまで見たか。Which sheet, up to where.")] input: NoteVisitInput,
    ) -> Result<bool, Error> {
        let context = RequestContext::of(ctx);
        context.writes().map_err(refused)?;
        let Some(identity) = context.identity() else { return Ok(false) };
        let noted = service::note(&context.db, &identity, scalars::id(&input.sheet_id), input.seq).await;
        noted.map_err(stopped)
    }
}

/// 表をどの変更まで見たか。
/// Up to which change a sheet was seen.
#[derive(InputObject)]
struct NoteVisitInput {
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    sheet_id: ID,
    /// 見た変更の通し番号（`Sheet.seq`。例 1234）。
    /// The number of the last change that was seen (`Sheet.seq`).
    seq: i64,
}

/// 前回見たとき。
/// When, and up to which change, somebody last saw a sheet.
#[derive(SimpleObject)]
pub struct LastVisit {
    /// どの変更まで見たか。`Sheet.since` に渡すと、その後の違いが分かります。
    /// The last change that was seen; `Sheet.since` tells what is different from then.
    seq: i64,
    /// いつ。
    /// When.
    at: DateTime,
}

/// 表ごとの「前回から」。
/// What is new to the viewer on a sheet, and waits for them.
#[derive(SimpleObject)]
pub struct SheetNews {
    /// 前回見たとき。初めてなら null です。
    /// When they last saw it; null: never before.
    last_visit: Option<LastVisit>,
    /// 自分の、保存していない下書きの件数。
    /// Their own drafts.
    drafts: i64,
    /// 自分あての未読の件数。
    /// What concerns them and is unread.
    notices: i64,
    /// 前回から、ほかの人がした変更の件数。50まで数えます。初めてなら0です。
    /// Others' changes since the last visit, counted up to 50; 0 before the first one.
    changes: i64,
}

impl From<super::News> for SheetNews {
    fn from(news: super::News) -> Self {
        let super::News { last, drafts, notices, changes } = news;
        SheetNews { last_visit: last.map(LastVisit::from), drafts, notices, changes }
    }
}

impl From<super::Visit> for LastVisit {
    fn from(visit: super::Visit) -> Self {
        LastVisit { seq: visit.seq, at: DateTime(visit.at) }
    }
}
