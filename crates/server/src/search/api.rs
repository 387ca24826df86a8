//! Searching in the API.

use super::Hit;
use crate::{
    api::{
        complexity,
        context::RequestContext,
        error::bad_argument,
        page::{PageInfo, cursor, rows},
        scalars,
    },
    entry::api::Entry,
    sheet::api::EntryFilterInput,
    snapshot::api::Snapshot,
};
use async_graphql::{Context, Error, ID, Object, SimpleObject};
use renkei_domain::{EntryFilter, limits, search::SearchTerms};
use std::sync::Arc;

#[derive(Default)]
pub struct Queries;

#[Object(name = "SearchQueries")]
impl Queries {
    /// 圏域のすべての年度、欄、機関、提出版から取組をさがします。空白で区切るとそのすべての語を、引用符 " で囲むとその文をさがします（2文字の語も、1文字の語も）。全角・半角などは、表の絞り込みと同じく区別しません。新しい年度から、表の順に並びます。提出版の文は、今の文と違うときだけ、どの提出版かとともに返します。閲覧できない圏域では0件です。
    /// Entries of all years, facets, organisations and snapshots of a region, newest sheet first, then as on the sheet: all
    /// words of the text, a phrase in quotation marks, folded like a sheet's filter. What stood in a snapshot is found where
    /// it differs from today's text, with the snapshot. Nothing is found in a region that the viewer does not read.
    #[graphql(complexity = "complexity::STORED_SHEET + complexity::page(first, child_complexity)")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "圏域のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。The region's id.")] region_id: ID,
        #[graphql(
            desc = "さがす語（例 退院 連携）。200文字まで。空ならすべて。What to look for, at most 200 characters; empty: everything."
        )]
        text: String,
        #[graphql(desc = "絞り込み。What to find, besides.")] filter: Option<EntryFilterInput>,
        #[graphql(
            default_with = "Some(20)",
            desc = "一度に読む件数。100まで（例 50）。How many at a time, at most 100."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "続きから読むときの、前の答えの cursor（例 2026.1.PLAN.1024.0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。To go on from behind an earlier cursor."
        )]
        after: Option<String>,
    ) -> Result<EntryConnection, Error> {
        if text.chars().count() > limits::SEARCH_CHARS {
            return Err(bad_argument(format!("検索文は{}文字までです。", limits::SEARCH_CHARS)));
        }
        let (rows, after) = (rows(first)?, cursor(after.as_deref())?);
        let filter = filter.map(EntryFilterInput::into_filter).transpose()?.unwrap_or_default();
        let text = SearchTerms::parse(&text).and(filter.text);
        let filter = EntryFilter { text, ..filter };
        let region = scalars::id(&region_id);
        let found = RequestContext::of(ctx).search(region, &filter, after, rows).await?;
        let mut edges: Vec<EntryEdge> = found.hits.into_iter().map(EntryEdge::from).collect();
        let page_info = PageInfo::cut(&mut edges, rows, after.is_some(), |edge| &edge.cursor);
        let total_count = i32::try_from(found.total).unwrap_or(i32::MAX);
        Ok(EntryConnection { edges, page_info, total_count })
    }
}

/// 見つかった取組。
/// Entries that were found.
#[derive(Default, SimpleObject)]
pub struct EntryConnection {
    /// 取組と、その位置。
    /// The entries, each with its cursor.
    edges: Vec<EntryEdge>,
    /// この一覧のどこか。
    /// Where this page lies.
    page_info: PageInfo,
    /// すべてのページを合わせた件数。
    /// How many there are on all pages.
    total_count: i32,
}

/// 見つかった取組と、その位置。
/// An entry that was found.
#[derive(SimpleObject)]
pub struct EntryEdge {
    /// この1件の位置（例 2026.1.PLAN.1024.0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。after に渡すと、その次から読みます。
    /// To go on from behind it: pass it as `after`.
    cursor: String,
    /// 取組。提出版の中で見つかったときは、その提出版での文、版、場面、主体、事業項目です。
    /// The entry; found in a snapshot: with the text, version, scenes, owner and item that it had there.
    node: Entry,
    /// 見つかった提出版（同じ文が複数の提出版にあれば、最も新しいもの）。今の文なら null です。
    /// The newest snapshot in which it stands like this; null: it does so today.
    snapshot: Option<Snapshot>,
}

impl From<Hit> for EntryEdge {
    fn from(Hit { place, frame, placed, editor, snapshot }: Hit) -> Self {
        EntryEdge {
            cursor: place.to_string(),
            node: Entry::new(&frame, Arc::new(placed.entry), placed.position).edited_by(editor),
            snapshot: snapshot.map(Snapshot),
        }
    }
}
