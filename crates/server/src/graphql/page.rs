//! Pages of connections: how much one request may ask for.

use super::fault::bad_argument;
use async_graphql::{Error, SimpleObject};
use renkei_domain::limits;

/// 一覧の中での位置。
/// Where a page lies in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    pub has_next_page: bool,
    pub has_previous_page: bool,
    pub start_cursor: Option<String>,
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

/// The number of the change that a page begins behind.
pub fn cursor(after: Option<&str>) -> Result<Option<i64>, Error> {
    let seq = after.map(str::parse).transpose();
    seq.map_err(|_| bad_argument("after には、前の答えの cursor を指定してください。"))
}
