//! Pages of connections: how much one request may ask for.

use super::{
    fault::bad_argument,
    limits::{self as api_limits, LimitError},
    reading::Reading,
};
use crate::{
    Fault,
    change::{
        self, Newest,
        api::{Change, ChangeConnection},
    },
};
use async_graphql::{Error, SimpleObject};
use renkei_domain::limits;
use std::{collections::HashMap, hash::Hash};
use uuid::Uuid;

/// 一覧の中での位置。
/// Where a page lies in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// 次のページがあるか。
    /// Whether there is a next page.
    pub has_next_page: bool,
    /// 前のページがあるか。
    /// Whether there is a page before.
    pub has_previous_page: bool,
    /// 最初の1件の位置（例 1234）。
    /// The first one's cursor.
    pub start_cursor: Option<String>,
    /// 最後の1件の位置（例 1200）。after に渡すと、次のページを読みます。
    /// The last one's cursor: pass it as `after` for the next page.
    pub end_cursor: Option<String>,
}

/// How many rows are asked for: from none to [`limits::PAGE_ROWS`].
pub fn rows(first: Option<i32>) -> Result<usize, Error> {
    let max = limits::PAGE_ROWS;
    usize::try_from(first.unwrap_or(20))
        .ok()
        .filter(|rows| *rows <= max)
        .ok_or_else(|| bad_argument(format!("first は 0 から {max} までです。")))
}

/// The id of what a page begins behind.
pub fn id_cursor(after: Option<&str>) -> Result<Option<Uuid>, Error> {
    after.map(str::parse).transpose().map_err(|_| no_cursor())
}

/// The number of the change that a page begins behind.
pub fn cursor(after: Option<&str>) -> Result<Option<i64>, Error> {
    after.map(str::parse).transpose().map_err(|_| no_cursor())
}

fn no_cursor() -> Error {
    bad_argument("after には、前の答えの cursor を指定してください。")
}

/// A page of the log that is asked for of each of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageOfMany {
    rows: usize,
    before: Option<i64>,
}

impl PageOfMany {
    pub fn new(first: Option<i32>, after: Option<&str>) -> Result<Self, Error> {
        Ok(PageOfMany { rows: rows(first)?, before: cursor(after)? })
    }

    /// The page of each of many, and one row more where there is a next page. Refused: more than can be read at once.
    pub async fn load<K: Eq + Hash>(
        self,
        reading: &Reading,
        load: impl AsyncFnOnce(Newest) -> Result<HashMap<K, Vec<change::Change>>, Fault>,
    ) -> Result<HashMap<K, Vec<Change>>, Error> {
        let most = api_limits::BATCH_ROWS + 1;
        let found = load(Newest { before: self.before, of_each: self.rows + 1, most }).await?;
        if found.values().map(Vec::len).sum::<usize>() >= most {
            return Err(LimitError::BatchRows.into());
        }
        Ok(change::api::grouped(reading, found).await?)
    }

    pub fn connection(self, changes: Vec<Change>) -> ChangeConnection {
        ChangeConnection::page(changes, self.rows, self.before.is_none())
    }
}
