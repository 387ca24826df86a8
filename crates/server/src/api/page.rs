//! Pages of connections: how much one request may ask for.

use super::error::bad_argument;
use crate::change::{Change, Newest};
use async_graphql::{Error, ErrorExtensions, SimpleObject};
use renkei_domain::limits;
use std::{collections::HashMap, str::FromStr};

/// Rows that are read at once for the pages of many entries or cells.
const BATCH_ROWS: usize = 20_000;

/// 一覧の中での位置。
/// Where a page lies in its list.
#[derive(Default, SimpleObject)]
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

impl PageInfo {
    /// Cuts what was read to `rows`: one more was read if there is a next page.
    pub fn cut<E>(
        edges: &mut Vec<E>,
        rows: usize,
        has_previous_page: bool,
        cursor: fn(&E) -> &String,
    ) -> Self {
        let has_next_page = edges.len() > rows;
        edges.truncate(rows);
        let (start_cursor, end_cursor) =
            (edges.first().map(cursor).cloned(), edges.last().map(cursor).cloned());
        PageInfo { has_next_page, has_previous_page, start_cursor, end_cursor }
    }
}

/// How many rows are asked for: from none to [`limits::PAGE_ROWS`].
pub fn rows(first: Option<i32>) -> Result<usize, Error> {
    let max = limits::PAGE_ROWS;
    usize::try_from(first.unwrap_or(20))
        .ok()
        .filter(|rows| *rows <= max)
        .ok_or_else(|| bad_argument(format!("first は 0 から {max} までです。")))
}

/// What a page begins behind.
pub fn cursor<T: FromStr>(after: Option<&str>) -> Result<Option<T>, Error> {
    let malformed = |_| bad_argument("after には、前の答えの cursor を指定してください。");
    after.map(str::parse).transpose().map_err(malformed)
}

/// A page of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogPage {
    pub rows: usize,
    pub before: Option<i64>,
}

impl LogPage {
    pub fn new(first: Option<i32>, after: Option<&str>) -> Result<Self, Error> {
        Ok(LogPage { rows: rows(first)?, before: cursor(after)? })
    }

    /// What is read for the pages of many: of each one row more, where there is a next page.
    pub fn of_each(self) -> Newest {
        Newest { before: self.before, of_each: self.rows + 1, most: BATCH_ROWS + 1 }
    }

    /// Refused: more rows than are read at once.
    pub fn checked<K>(self, changes: HashMap<K, Vec<Change>>) -> Result<HashMap<K, Vec<Change>>, Error> {
        if changes.values().map(Vec::len).sum::<usize>() <= BATCH_ROWS {
            return Ok(changes);
        }
        let message = "一覧の中の一覧が長すぎます。件数（first）を減らすか、1件ずつ問い合わせてください。";
        Err(Error::new(message).extend_with(|_, extensions| extensions.set("code", "COMPLEXITY_LIMIT")))
    }
}
