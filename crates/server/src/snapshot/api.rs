//! Snapshots in the API.

use super::service;
use crate::{
    Fault,
    account::api::Account,
    api::{
        complexity,
        context::RequestContext,
        scalars::{self, DateTime},
    },
    refusal::{
        Refusal,
        api::{Refused, answer},
    },
    sheet::api::{Column, Row},
};
use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject, Union};
use renkei_domain::SnapshotId;
use std::sync::Arc;

#[derive(Default)]
pub struct Mutations;

#[Object(name = "SnapshotMutations")]
impl Mutations {
    /// 提出版を作ります。今の表がそのまま残ります。事務局の承認者だけが作れます。
    /// Freezes the sheet as it is laid before a meeting; for the secretariat's approvers.
    async fn create_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "どの表を、どの名前で残すか。Which sheet, under which label.")]
        input: CreateSnapshotInput,
    ) -> Result<CreateSnapshotPayload, Error> {
        let context = RequestContext::of(ctx);
        answer(async {
            let identity = context.writer()?;
            let (request, sheet) = (input.request_id.parse().ok(), scalars::id(&input.sheet_id));
            let created = service::create(&context.db, &identity, request, sheet, input.label).await;
            context.forget();
            let snapshot = find(context, created?).await?.ok_or_else(|| Refusal::not_found("提出版"))?;
            Ok(SnapshotCreated { snapshot }.into())
        })
        .await
    }
}

/// 提出版を作ります。label は「第1回協議会」など、100文字まで。
/// Freezes a sheet under a label of at most 100 characters, such as 第1回協議会.
#[derive(InputObject)]
pub struct CreateSnapshotInput {
    /// この操作のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request: sent again, it answers as before and changes nothing.
    request_id: ID,
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    sheet_id: ID,
    /// 名前（例 第1回協議会）。
    /// Its label.
    label: String,
}

/// 提出版を作った結果。
/// What became of a snapshot.
#[derive(Union)]
pub enum CreateSnapshotPayload {
    Created(SnapshotCreated),
    Refused(Refused),
}

/// 提出版を作りました。
/// The sheet is frozen.
#[derive(SimpleObject)]
pub struct SnapshotCreated {
    /// 作った提出版。
    /// The snapshot.
    snapshot: Snapshot,
}

pub struct Snapshot(pub Arc<super::Snapshot>);

/// 提出版：協議会に出したときのままの表。
/// A sheet frozen as it was laid before a council's meeting.
#[Object]
impl Snapshot {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// 名前（例 「第1回協議会」）。
    /// Its label.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// 作った時刻。
    /// When it was taken.
    async fn taken_at(&self) -> DateTime {
        DateTime(self.0.taken_at)
    }

    /// 提出版を作った変更の通し番号。これまでの変更が入っています。`Sheet.since` に渡すと、その後の違いが分かります。
    /// The number of its own change: all changes up to it are in it. `Sheet.since` tells what is different from then.
    async fn seq(&self) -> i64 {
        self.0.seq
    }

    /// 作った人。
    /// Who took it.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Account>, Error> {
        Account::find(ctx, Some(self.0.by)).await
    }

    /// 作った人の、当時の名前。
    /// The name as it was then.
    async fn by_name(&self) -> &str {
        &self.0.by_name
    }

    /// 当時の列。
    /// The columns of that time.
    #[graphql(complexity = "complexity::STORED_SHEET + complexity::list(4, child_complexity)")]
    async fn columns(&self, ctx: &Context<'_>) -> Result<Vec<Column>, Error> {
        let read = RequestContext::of(ctx).snapshot_sheet(&self.0).await?;
        Ok(read.view.frame.columns.iter().cloned().map(Column::from).collect())
    }

    /// 当時の行。
    /// The rows of that time.
    #[graphql(complexity = "complexity::STORED_SHEET + complexity::list(8, child_complexity)")]
    async fn rows(&self, ctx: &Context<'_>) -> Result<Vec<Row>, Error> {
        Ok(Row::of_snapshot(&RequestContext::of(ctx).snapshot_sheet(&self.0).await?))
    }
}

/// A snapshot of a region that the viewer reads.
pub async fn find(context: &RequestContext, id: SnapshotId) -> Result<Option<Snapshot>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    let Some(snapshot) = service::find(&context.db, &viewer, id).await? else { return Ok(None) };
    context.note_access(snapshot.region, Some(snapshot.sheet)).await?;
    Ok(Some(Snapshot(snapshot.into())))
}
