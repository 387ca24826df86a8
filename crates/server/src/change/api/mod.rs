//! The change log in the API. What a change did to an entry is in [`entry`].

mod entry;
mod since;

pub use entry::Difference;
pub use since::{EntryDifference, differences};

use super::service;
use crate::{
    Fault,
    account::api::Account,
    api::{
        context::RequestContext,
        loader::EntryOfChange,
        page::{LogPage, PageInfo},
        scalars::DateTime,
    },
    change,
};
use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use entry::EntryChange;
use renkei_domain::ChangeId;

#[derive(Clone)]
pub struct Change(pub change::Change);

/// 変更の種類。
/// What a change did.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "change::Action")]
pub enum ChangeAction {
    /// 追加
    Create,
    /// 編集
    Update,
    /// 移動
    Move,
    /// 主体の変更
    Assign,
    /// 削除
    Delete,
    /// 復元
    Restore,
    /// コメントの解決
    Resolve,
    /// コメントを未解決に戻す
    Reopen,
    /// コメント
    Comment,
    /// コメントの取り消し
    Withdraw,
}

/// 変更履歴の1件。名前は当時のものです。
/// One change; names are kept as they were then.
#[Object]
impl Change {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// 圏域の中での通し番号。1件ごとに1つ進みます。
    /// Its number within the region: exactly one per saved change.
    async fn seq(&self) -> i64 {
        self.0.seq
    }

    /// いつ。
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// だれが。取り込みなど、人でなければ null です。
    /// Who; null if it was no person, such as an import.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Account>, Error> {
        Account::find(ctx, self.0.by.account).await
    }

    /// 当時の名前。
    /// The name as it was then.
    async fn by_name(&self) -> &str {
        &self.0.by.name
    }

    /// 当時の機関の名前。
    /// The organisation's name as it was then.
    async fn by_organization(&self) -> &str {
        &self.0.by.organization
    }

    /// APIトークンで行われた変更なら、そのトークンの当時の名前。
    /// The name that the token had then, if a script did it by a token.
    async fn via_token(&self) -> Option<&str> {
        self.0.by.via_token.as_deref()
    }

    /// 変更の種類。
    /// What kind of change it was.
    async fn action(&self) -> ChangeAction {
        self.0.action.into()
    }

    /// 何をしたか（例 「（ウ）令和8年度の計画の取組を編集」）。
    /// What was done, in one sentence.
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// 取組の前と後、その違い。取組の変更でなければ null です。
    /// The entry before and after, and the difference; null when it is not about an entry.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<EntryChange>, Error> {
        let context = RequestContext::of(ctx);
        match context.loader.load_one(EntryOfChange(self.0.id)).await? {
            Some(made) => {
                let region = context.region_of_shown(self.0.region).await?;
                Ok(Some(EntryChange::new(made, region)))
            }
            None => Ok(None),
        }
    }
}

/// 変更履歴の1ページ。
/// A page of the change log.
#[derive(SimpleObject)]
pub struct ChangeConnection {
    /// このページの変更。
    /// The changes of this page.
    pub edges: Vec<ChangeEdge>,
    /// 前後にページがあるか。
    /// Where the page lies.
    pub page_info: PageInfo,
}

/// ページの1件。
/// One of a page.
#[derive(SimpleObject)]
pub struct ChangeEdge {
    /// この変更の位置（例 1234）。after に渡すと、その次から読みます。
    /// To go on from behind it: pass it as `after`.
    pub cursor: String,
    /// 変更。
    /// The change.
    pub node: Change,
}

impl ChangeConnection {
    /// A page of changes, of which there is one more if there is a next page.
    pub fn new(changes: Vec<change::Change>, page: LogPage) -> Self {
        let edge =
            |change: change::Change| ChangeEdge { cursor: change.seq.to_string(), node: Change(change) };
        let mut edges: Vec<_> = changes.into_iter().map(edge).collect();
        let page_info = PageInfo::cut(&mut edges, page.rows, page.before.is_some(), |edge| &edge.cursor);
        ChangeConnection { edges, page_info }
    }
}

/// A change of a region that the viewer reads.
pub async fn find(context: &RequestContext, id: ChangeId) -> Result<Option<Change>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    Ok(service::find(&context.db, &viewer, id).await?.map(Change))
}
