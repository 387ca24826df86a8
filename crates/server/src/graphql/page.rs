//! Pages of connections: how much one request may ask for.

use super::{
    fault::bad_argument,
    limits::{Excess, PAGED_FIELDS, PAGED_ROWS},
    reading::reading,
};
use async_graphql::{Context, Error, ErrorExtensions, SelectionField, SimpleObject};
use renkei_domain::limits;
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

/// Counts what a page of many shows beyond the few rows that were expected of each: there must not be too much of it
/// in one answer.
pub fn count(ctx: &Context<'_>, rows: usize) -> Result<(), Error> {
    if fits(ctx, rows, PAGED_ROWS) {
        return Ok(());
    }
    let excess = Excess::Paged;
    Err(Error::new(excess.message()).extend_with(|_, extensions| extensions.set("code", excess.code())))
}

/// Whether rows beyond those that were expected find room in the answer, with all that is asked of them.
pub fn fits(ctx: &Context<'_>, rows: usize, expected: usize) -> bool {
    let more = rows.saturating_sub(expected);
    more == 0 || reading(ctx).paged(more * fields(ctx.field())) <= PAGED_FIELDS
}

fn fields(field: SelectionField<'_>) -> usize {
    1 + field.selection_set().map(fields).sum::<usize>()
}
