//! Pages of connections: how much one request may ask for.

use super::{
    cost::WEIGHTS_OF_SCHEMA,
    fault::bad_argument,
    limits::{Excess, PAGED_ROWS},
    reading::{Reading, reading},
};
use crate::{
    Fault,
    change::{
        self, Newest,
        api::{Change, ChangeConnection},
    },
};
use async_graphql::{Context, Error, SimpleObject};
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

/// What it takes to read a row, as of the log, in units of the cost.
pub const ROW: u64 = 18;

/// What it takes to read at once what many ask for, however many they are.
pub const TURN: u64 = 600;

/// A page of the log that is asked for of each of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageOfMany {
    rows: usize,
    before: Option<i64>,
    /// What a row takes.
    cost: u64,
}

impl PageOfMany {
    pub fn asked(ctx: &Context<'_>, first: Option<i32>, after: Option<&str>) -> Result<Self, Error> {
        let cost = ROW + WEIGHTS_OF_SCHEMA.edge(ctx, "ChangeConnection");
        Ok(PageOfMany { rows: rows(first)?, before: cursor(after)?, cost })
    }

    /// Of the changes of each, those that are to be read for so many pages. Rows beyond what was expected are charged, and
    /// if there is no room for them, the answer is refused, whichever pages they belong to.
    pub async fn load<K: Eq + Hash>(
        self,
        reading: &Reading,
        pages: usize,
        load: impl AsyncFnOnce(Newest) -> Result<HashMap<K, Vec<change::Change>>, Fault>,
    ) -> Result<HashMap<K, Vec<Change>>, Error> {
        reading.spend(1, TURN)?;
        let room = reading.room(self.cost).await?;
        let most = room.rows.saturating_add(pages * (PAGED_ROWS + 1));
        let found = load(Newest { before: self.before, of_each: self.rows + 1, most }).await?;
        let more = |page: &Vec<_>| page.len().min(self.rows).saturating_sub(PAGED_ROWS);
        reading.spend(found.values().map(more).sum(), self.cost).map_err(|_| Excess::Paged)?;
        drop(room);
        Ok(change::api::grouped(reading, found).await?)
    }

    pub fn connection(self, changes: Vec<Change>) -> ChangeConnection {
        ChangeConnection::page(changes, self.rows, self.before.is_none())
    }
}

/// A list that is no page says how many rows it has, before it is answered. Those beyond what was expected are taken from
/// what the operation may still cost. `read`: what it took to read one.
pub fn charge(ctx: &Context<'_>, list: &str, rows: usize, read: u64) -> Result<(), Excess> {
    let (expected, of) = WEIGHTS_OF_SCHEMA.expected(list);
    match rows.saturating_sub(expected) {
        0 => Ok(()),
        more => reading(ctx).spend(more, read + row(ctx, of)),
    }
}

/// A list that is loaded when it is asked for, after the list before it was charged. `load` is told for how many rows
/// there is room; `read`: what it takes to read one.
pub async fn whole<T, E: Into<Error>, F: Future<Output = Result<Vec<T>, E>>>(
    ctx: &Context<'_>,
    list: &str,
    read: u64,
    load: impl FnOnce(usize) -> F,
) -> Result<Vec<T>, Error> {
    let room = reading(ctx).room(read).await?;
    let (expected, _) = WEIGHTS_OF_SCHEMA.expected(list);
    let rows = load(room.rows.saturating_add(expected)).await.map_err(Into::into)?;
    charge(ctx, list, rows.len(), read)?;
    Ok(rows)
}

/// What a row takes of the field that is being resolved, which has rows of this type.
pub fn row(ctx: &Context<'_>, of: &str) -> u64 {
    WEIGHTS_OF_SCHEMA.row(ctx, of)
}
