//! The change log in the API. What a change did to an entry is in [`entry`].

mod entry;
mod since;

pub use entry::Difference;
pub use since::{EntryDifference, differences};

use super::service;
use crate::{
    Fault, account,
    account::{Viewer, api::Account},
    change,
    graphql::{
        page::PageInfo,
        reading::{Gather, Reading, reading},
        scalars::DateTime,
    },
};
use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use entry::{EntryChange, Names};
use renkei_domain::{AccountId, ChangeId};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::sync::OnceCell;

#[derive(Clone)]
pub struct Change {
    change: change::Change,
    by: Option<Arc<Viewer>>,
    together: Arc<Together>,
}

/// Changes that were read together find out together what they did: a constant number of statements for those who ask.
#[derive(Default)]
struct Together {
    names: OnceCell<Arc<Names>>,
    made: Gather<(), ChangeId, Arc<change::EntryChange>>,
}

type People = HashMap<AccountId, Arc<Viewer>>;

impl Change {
    /// With its author, who is read already.
    pub fn new(change: change::Change, by: Option<Arc<Viewer>>) -> Self {
        Change { change, by, together: Arc::default() }
    }
}

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
        self.change.id.to_string().into()
    }

    /// 圏域の中での通し番号。1件ごとに1つ進みます。
    /// Its number within the region: exactly one per saved change.
    async fn seq(&self) -> i64 {
        self.change.seq
    }

    /// いつ。
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.change.at)
    }

    /// だれが。取り込みなど、人でなければ null です。
    /// Who; null if it was no person, such as an import.
    async fn by(&self) -> Option<Account> {
        self.by.clone().map(Account)
    }

    /// 当時の名前。
    /// The name as it was then.
    async fn by_name(&self) -> &str {
        &self.change.by.name
    }

    /// 当時の機関の名前。
    /// The organisation's name as it was then.
    async fn by_organization(&self) -> &str {
        &self.change.by.organization
    }

    /// APIトークンで行われた変更なら、そのトークンの当時の名前。
    /// The name that the token had then, if a script did it by a token.
    async fn via_token(&self) -> Option<&str> {
        self.change.by.via_token.as_deref()
    }

    /// 変更の種類。
    /// What kind of change it was.
    async fn action(&self) -> ChangeAction {
        self.change.action.into()
    }

    /// 何をしたか（例 「（ウ）令和8年度の計画の取組を編集」）。
    /// What was done, in one sentence.
    async fn summary(&self) -> &str {
        &self.change.summary
    }

    /// 取組の前と後、その違い。取組の変更でなければ null です。
    /// The entry before and after, and the difference; null when it is not about an entry.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<EntryChange>, Error> {
        let reading = reading(ctx);
        let load = async |ids: Vec<ChangeId>| -> Result<_, Error> {
            let made = change::of_entries(reading.db.direct(), ids.into_iter()).await?;
            Ok(made.into_iter().map(|made| (made.change.id, Arc::new(made))).collect())
        };
        let made = self.together.made.get((), self.change.id, load).await?;
        let Some(made) = made else { return Ok(None) };
        let names = async || Names::read(reading, self.change.region).await.map(Arc::new);
        let names = self.together.names.get_or_try_init(names).await?;
        Ok(Some(EntryChange::of(&made, names)))
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
    /// A page of at most `rows`, of changes that are one more if there is a next page.
    pub fn page(mut changes: Vec<Change>, rows: usize, first_page: bool) -> Self {
        let has_next_page = changes.len() > rows;
        changes.truncate(rows);
        let edges: Vec<_> = changes
            .into_iter()
            .map(|change| ChangeEdge { cursor: change.change.seq.to_string(), node: change })
            .collect();
        let page_info = PageInfo {
            has_next_page,
            has_previous_page: !first_page,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        ChangeConnection { edges, page_info }
    }
}

pub async fn find(reading: &Reading, id: ChangeId) -> Result<Option<Change>, Fault> {
    let Some(viewer) = reading.viewer() else { return Ok(None) };
    match service::find(&reading.db, &viewer, id).await? {
        Some(change) => Ok(Some(with_author(reading, change).await?)),
        None => Ok(None),
    }
}

pub async fn with_author(reading: &Reading, change: change::Change) -> Result<Change, Fault> {
    let by = match change.by.account {
        Some(account) => account::viewer(reading.db.direct(), account).await?,
        None => None,
    };
    Ok(Change::new(change, by.map(Arc::new)))
}

/// Changes of one region, in groups, with their authors: at most two statements however many.
pub async fn grouped<K: std::hash::Hash + Eq>(
    reading: &Reading,
    groups: HashMap<K, Vec<change::Change>>,
) -> Result<HashMap<K, Vec<Change>>, Fault> {
    let all = || groups.values().flatten();
    let together = Arc::<Together>::default();
    let people = people(reading, all().filter_map(|change| change.by.account)).await?;
    let shown = |change: change::Change| Change {
        by: change.by.account.and_then(|by| people.get(&by)).cloned(),
        together: together.clone(),
        change,
    };
    Ok(groups.into_iter().map(|(key, group)| (key, group.into_iter().map(shown).collect())).collect())
}

/// Changes of one region in order, with their authors.
pub async fn listed(reading: &Reading, changes: Vec<change::Change>) -> Result<Vec<Change>, Fault> {
    let mut groups = grouped(reading, HashMap::from([((), changes)])).await?;
    Ok(groups.remove(&()).unwrap_or_default())
}

/// Accounts with their roles: two statements however many.
pub async fn people(reading: &Reading, ids: impl Iterator<Item = AccountId>) -> Result<People, Fault> {
    let viewers = account::viewers(reading.db.direct(), ids.collect::<HashSet<_>>()).await?;
    Ok(viewers.into_iter().map(|(id, viewer)| (id, Arc::new(viewer))).collect())
}
