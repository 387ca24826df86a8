//! The change log in the API.

use super::service;
use crate::{
    Fault, account,
    account::{Viewer, api::Account},
    change,
    graphql::{page::PageInfo, reading::Reading, scalars::DateTime},
};
use async_graphql::{ID, Object, SimpleObject};
use renkei_domain::ChangeId;
use std::sync::Arc;

#[derive(Clone)]
pub struct Change {
    change: change::Change,
    by: Option<Arc<Viewer>>,
}

impl Change {
    pub fn new(change: change::Change, by: Option<Arc<Viewer>>) -> Self {
        Change { change, by }
    }
}

/// 変更履歴の1件。名前は当時のものです。
/// One change; names are kept as they were then.
#[Object]
impl Change {
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

    /// 何をしたか（例 「（ウ）令和8年度の計画の取組を編集」）。
    /// What was done, in one sentence.
    async fn summary(&self) -> &str {
        &self.change.summary
    }
}

/// 変更履歴の1ページ。
/// A page of the change log.
#[derive(SimpleObject)]
pub struct ChangeConnection {
    pub edges: Vec<ChangeEdge>,
    pub page_info: PageInfo,
}

#[derive(SimpleObject)]
pub struct ChangeEdge {
    pub cursor: String,
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
    Ok(Change { change, by: by.map(Arc::new) })
}
