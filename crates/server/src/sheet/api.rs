//! Sheets in the API: columns, rows and cells, all resolved from what was read at once.

mod counts;
mod filter;

use super::{Frame, SheetHead, may_edit, service};
use crate::{
    Fault,
    api::{
        complexity,
        context::{LoadedSheet, RequestContext},
        loader::{ChangesOf, NewsOf},
        page::LogPage,
        scalars::{self, CareScene, DateTime, Facet, Phase},
    },
    change::{
        self, SheetLog,
        api::{ChangeConnection, EntryDifference},
    },
    comment::api::{ApiThread, OF_THE_COMMENTS},
    entry::{CellKey, api::Entry},
    region::{
        RegionView,
        api::{Organization, Region},
    },
    sheet,
    snapshot::api::Snapshot,
    suggestion::{self, api::SceneSuggestion},
    visit::{
        self,
        api::{LastVisit, SheetNews},
    },
};
use async_graphql::{Context, Error, ID, Object, SimpleObject};
use counts::SceneCount;
pub use filter::EntryFilterInput;
use filter::{Filtering, Shown};
use renkei_domain::{self as domain, FiscalYear, ItemId, Owner, SheetId};
use std::sync::Arc;

/// Of a sheet, what is resolved from all that stands in it.
pub const OF_THE_WHOLE: [&str; 4] = ["rows", "since", "sceneSuggestions", "declinedSceneSuggestions"];

pub struct Sheet {
    head: SheetHead,
    region: Arc<RegionView>,
    /// Read when it is needed, where only the list is at hand.
    read: Option<Arc<LoadedSheet>>,
}

impl Sheet {
    pub fn listed(head: SheetHead, region: Arc<RegionView>) -> Self {
        Sheet { head, region, read: None }
    }

    pub fn whole(read: Arc<LoadedSheet>) -> Self {
        let frame = &read.view.frame;
        Sheet { head: frame.head.clone(), region: frame.region.clone(), read: Some(read.clone()) }
    }

    /// Its columns.
    async fn printed(&self, ctx: &Context<'_>) -> Result<Vec<sheet::Column>, Fault> {
        match &self.read {
            Some(read) => Ok(read.view.frame.columns.clone()),
            None => sheet::columns(RequestContext::of(ctx).db.direct(), &self.head).await,
        }
    }

    async fn read(&self, ctx: &Context<'_>) -> Result<Arc<LoadedSheet>, Fault> {
        match &self.read {
            Some(read) => Ok(read.clone()),
            None => {
                let read = RequestContext::of(ctx).sheet(self.head.region, self.head.fiscal_year).await?;
                read.ok_or_else(|| Fault::new("a sheet was shown that its viewer does not read"))
            }
        }
    }
}

/// 計画・評価表：圏域の1年度の表。
/// A region's sheet of one fiscal year.
#[Object]
impl Sheet {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.head.id.to_string().into()
    }

    /// 圏域。
    /// Its region.
    async fn region(&self) -> Region {
        Region::whole(self.region.clone())
    }

    /// 年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of the common era.
    async fn fiscal_year(&self) -> i32 {
        self.head.fiscal_year.0
    }

    /// 表題。
    /// Its title.
    async fn title(&self) -> &str {
        &self.head.title
    }

    /// 先頭の列（事業項目）の見出し。
    /// Heading of the first column, as written.
    async fn item_heading(&self) -> &str {
        &self.head.item_heading
    }

    /// 先頭の列の脚注（印なし）。
    /// Footnote of the first column, without its mark.
    async fn item_footnote(&self) -> Option<&str> {
        self.head.item_footnote.as_deref()
    }

    /// 段階。
    /// Its phase.
    async fn phase(&self) -> Phase {
        self.head.phase.into()
    }

    /// 事務局の機関。
    /// The organisation that keeps the sheet.
    async fn secretariat(&self) -> Result<Organization, Error> {
        organization(&self.region, self.head.secretariat)
    }

    /// 列。紙の順。
    /// Its columns, in the order of the paper.
    #[graphql(complexity = "complexity::list(4, child_complexity)")]
    async fn columns(&self, ctx: &Context<'_>) -> Result<Vec<Column>, Error> {
        Ok(self.printed(ctx).await?.into_iter().map(Column::from).collect())
    }

    /// 行。絞り込んでも、すべての事業項目が並びます。検索文は200文字まで。
    /// All items, also those whose cells the filter empties. A text to search for has at most 200 characters.
    #[graphql(complexity = "complexity::list(8, child_complexity)")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "filter", desc = "絞り込み。What to show.")] input: Option<EntryFilterInput>,
    ) -> Result<Vec<Row>, Error> {
        let filter = Arc::new(Filtering::by(input.unwrap_or_default().into_filter()?));
        let read = self.read(ctx).await?;
        Ok(Row::listed(&read, &filter, false))
    }

    /// この表の変更履歴（表の列にある取組とコメント、表そのもの、提出版）。新しい順。一度に100件まで。項目・欄・年度を
    /// 指定すると、そのセルに関わるものだけです。from を指定すると、その時刻からのものだけです。
    /// The sheet's log, newest first, at most 100 at a time: whatever changed an entry in one of its cells (before or
    /// after), their comments, the sheet itself and its snapshots. With item, facet or year: what these cells saw. With
    /// `from`: what was changed at that time or later.
    // One for each of the API's.
    #[allow(clippy::too_many_arguments)]
    #[graphql(complexity = "complexity::page(first, child_complexity)")]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default_with = "Some(20)",
            desc = "一度に読む件数。100まで（例 50）。How many at a time, at most 100."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "続きから読むときの、前の答えの cursor（例 1234）。To go on from behind an earlier cursor."
        )]
        after: Option<String>,
        #[graphql(
            desc = "この事業項目（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）のセルだけ。Cells of this item alone."
        )]
        item_id: Option<ID>,
        #[graphql(desc = "この欄のセルだけ。Cells of this facet alone.")] facet: Option<Facet>,
        #[graphql(desc = "この年度（西暦。例 2026は令和8年度）のセルだけ。Cells of this year alone.")]
        fiscal_year: Option<i32>,
        #[graphql(
            desc = "この時刻からの変更だけ（例 2026-04-01T00:00:00+09:00）。Changes at this time or later."
        )]
        from: Option<DateTime>,
    ) -> Result<ChangeConnection, Error> {
        let page = LogPage::new(first, after.as_deref())?;
        let narrowed = item_id.is_some() || facet.is_some() || fiscal_year.is_some();
        let facet = facet.map(domain::Facet::from);
        let year = fiscal_year.map(scalars::year);
        let wanted = |column: &&sheet::Column| {
            facet.is_none_or(|facet| column.facet == facet)
                && year.is_none_or(|year| column.fiscal_year == year)
        };
        let context = RequestContext::of(ctx);
        let columns = self.printed(ctx).await?;
        let log = SheetLog {
            region: self.head.region,
            columns: columns.iter().filter(wanted).map(sheet::Column::key).collect(),
            item: item_id.as_ref().map(scalars::id),
            sheet: (!narrowed).then_some(self.head.id),
            from: from.map(|from| from.0),
        };
        let rows = u64::try_from(page.rows)? + 1;
        let changes = change::page(context.db.direct(), &log, rows, page.before).await?;
        Ok(ChangeConnection::new(changes, page))
    }

    /// 通し番号 seq の変更の直後と今との違い。取組ごとに1件、表の順。元に戻ったものは含みません。変更が20,000件を超える
    /// 時点からは求められません。
    /// What is different now from right after change number `seq`: one for each entry, in the sheet's order, none for
    /// what is again as it was. From a moment with more than 20,000 changes since it cannot be told.
    #[graphql(complexity = "complexity::list(20, child_complexity)")]
    async fn since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "その時点の通し番号（例 1234）。The number of that moment's last change.")] seq: i64,
    ) -> Result<Vec<EntryDifference>, Error> {
        let read = self.read(ctx).await?;
        change::api::differences(RequestContext::of(ctx), &read, seq).await
    }

    /// 場面の候補：取組の文や事業項目の題名が場面に関わる言葉を含み、その場面が明示されていないもの。見送ったものは
    /// 含みません。場面ごと、表の順。この表で編集する欄だけです。
    /// Scenes that entries of the cells that this sheet governs name and do not have explicitly, without those that were
    /// declined: by scene, then in the sheet's order.
    #[graphql(complexity = "complexity::list(40, child_complexity)")]
    async fn scene_suggestions(&self, ctx: &Context<'_>) -> Result<Vec<SceneSuggestion>, Error> {
        let read = self.read(ctx).await?;
        Ok(suggestion::api::of_sheet(RequestContext::of(ctx), &read, false).await?)
    }

    /// 見送った場面の候補。`restoreSceneSuggestions` で取り消せます。場面ごと、表の順。
    /// Suggestions that were declined: by scene, then in the sheet's order. `restoreSceneSuggestions` takes that back.
    #[graphql(complexity = "complexity::list(40, child_complexity)")]
    async fn declined_scene_suggestions(&self, ctx: &Context<'_>) -> Result<Vec<SceneSuggestion>, Error> {
        let read = self.read(ctx).await?;
        Ok(suggestion::api::of_sheet(RequestContext::of(ctx), &read, true).await?)
    }

    /// 提出版。新しい順。
    /// Its snapshots, newest first.
    #[graphql(complexity = "complexity::list(10, child_complexity)")]
    async fn snapshots(&self, ctx: &Context<'_>) -> Result<Vec<Snapshot>, Error> {
        let snapshots = RequestContext::of(ctx).snapshots(self.head.id).await?;
        Ok(snapshots.into_iter().map(Snapshot).collect())
    }

    /// 表の欄と、そこにある取組へのコメント。書き始めた順。resolved で、解決済みかどうかを選べます。
    /// Threads on its cells and on what stands in them, in the order in which they were begun. `resolved`: only those
    /// that are, or are not.
    #[graphql(complexity = "complexity::list(100, child_complexity)")]
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "true：解決済みだけ。false：未解決だけ。true: the resolved ones alone; false: the others."
        )]
        resolved: Option<bool>,
    ) -> Result<Vec<ApiThread>, Error> {
        let asked = ctx.look_ahead();
        let with_comments = OF_THE_COMMENTS.iter().any(|field| asked.field(field).exists());
        let columns = async || Ok(self.printed(ctx).await?.iter().map(sheet::Column::key).collect());
        let context = RequestContext::of(ctx);
        let threads = context.threads(&self.head, columns, resolved, with_comments).await?;
        Ok(threads.into_iter().map(ApiThread).collect())
    }

    /// 見る人が前回この表を見たとき。30分以上あけて見直すと、次の回になります。初めてなら null です。
    /// When the viewer last saw this sheet, before the visit that they may be on: after 30 minutes a new one begins.
    /// Null: never before.
    async fn last_visit(&self, ctx: &Context<'_>) -> Result<Option<LastVisit>, Error> {
        let context = RequestContext::of(ctx);
        let Some(viewer) = context.viewer() else { return Ok(None) };
        Ok(visit::service::last(&context.db, &viewer, self.head.id).await?.map(LastVisit::from))
    }

    /// 見る人の下書き、自分あての未読、前回からの変更の件数。
    /// What is new to the viewer on it, and waits for them: numbers.
    async fn news(&self, ctx: &Context<'_>) -> Result<SheetNews, Error> {
        let context = RequestContext::of(ctx);
        let Some(viewer) = context.viewer() else { return Ok(visit::News::default().into()) };
        let SheetHead { id: sheet, region, fiscal_year: year, .. } = self.head;
        let news =
            context.loader.load_one(NewsOf { account: viewer.account.id, region, sheet, year }).await?;
        Ok(news.unwrap_or_default().into())
    }

    /// 読んだ時点での、圏域の変更履歴の通し番号。
    /// The region's seq at the moment of reading: exactly one per saved change; sign-ins, looks, drafts and presence
    /// take none.
    async fn seq(&self) -> i64 {
        self.region.region.seq
    }
}

/// 列：欄と年度、見出し、時点、脚注。
/// A column: heading as written, as-of date in ISO 8601 (2025-12-31, printed 令和7年12月末時点), footnote without its
/// mark.
#[derive(SimpleObject)]
pub struct Column {
    /// 欄。
    /// Its facet.
    facet: Facet,
    /// 年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of the common era.
    fiscal_year: i32,
    /// 見出し（例 令和7年度取組状況及び結果）。
    /// Its heading, as written.
    heading: String,
    /// 時点（例 2025-12-31。紙では「令和7年12月末時点」）。
    /// As of which day, in ISO 8601.
    as_of: Option<String>,
    /// 脚注（印なし）。
    /// Its footnote, without the mark.
    footnote: Option<String>,
}

impl From<sheet::Column> for Column {
    fn from(column: sheet::Column) -> Self {
        let sheet::Column { facet, fiscal_year, heading, as_of, footnote } = column;
        Column { facet: facet.into(), fiscal_year: fiscal_year.0, heading, as_of, footnote }
    }
}

#[derive(Clone)]
pub struct Item(pub sheet::Row);

/// 事業項目。題名・順・場面は、その表でのものです。
/// An item, with the title, place and scenes that the sheet has of it.
#[Object]
impl Item {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.0.item.to_string().into()
    }

    /// 記号（ア、イ…）。
    /// Its code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// 題名。
    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// 関係する場面。
    /// The care scenes that it is concerned with.
    async fn scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.0.scenes)
    }

    /// 表での順。0から。
    /// Its place on the sheet, from 0.
    async fn position(&self) -> usize {
        self.0.position
    }
}

pub struct Row {
    read: Arc<LoadedSheet>,
    index: usize,
    filter: Arc<Filtering>,
    /// Of a snapshot, which knows no other sheet.
    of_snapshot: bool,
}

impl Row {
    pub fn of_snapshot(read: &Arc<LoadedSheet>) -> Vec<Self> {
        Self::listed(read, &Arc::default(), true)
    }

    fn listed(read: &Arc<LoadedSheet>, filter: &Arc<Filtering>, of_snapshot: bool) -> Vec<Self> {
        let rows = 0..read.view.frame.rows.len();
        rows.map(|index| Row { read: read.clone(), index, filter: filter.clone(), of_snapshot }).collect()
    }

    fn row(&self) -> &sheet::Row {
        &self.read.view.frame.rows[self.index]
    }

    fn all_cells(&self) -> impl Iterator<Item = Cell> {
        let columns = 0..self.read.view.frame.columns.len();
        columns.map(|column| Cell::filtered(&self.read, self.index, column, &self.filter))
    }
}

/// 行：事業項目とそのセル。
/// A row: an item and its cells.
#[Object]
impl Row {
    /// 事業項目。
    /// Its item.
    async fn item(&self) -> Item {
        Item(self.row().clone())
    }

    /// 表の列と同じ順。
    /// In the order of the sheet's columns.
    #[graphql(complexity = "complexity::list(4, child_complexity)")]
    async fn cells(&self) -> Vec<Cell> {
        self.all_cells().collect()
    }

    /// 欄と年度を指定したセル。この表の列になければ、その欄を受け持つ年度の表（例 2025年度の目標は2025年度の表）から
    /// 読みます。その表にもなければ null です。
    /// The cell of a facet and year; from the sheet that governs it, where this one has no such column (the goal of 2025
    /// is on the sheet of 2025). Null if that one has none either.
    async fn cell(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "欄。The facet.")] facet: Facet,
        #[graphql(desc = "年度（西暦。例 2026は令和8年度）。The fiscal year of the common era.")]
        fiscal_year: i32,
    ) -> Result<Option<Cell>, Error> {
        let column = (domain::Facet::from(facet), scalars::year(fiscal_year));
        let (frame, item) = (&self.read.view.frame, self.row().item);
        if let Some(cell) = Cell::found(&self.read, item, column, &self.filter) {
            return Ok(Some(cell));
        }
        if self.of_snapshot {
            return Ok(None);
        }
        let read =
            RequestContext::of(ctx).sheet(frame.head.region, column.0.governing_year(column.1)).await?;
        Ok(read.and_then(|read| Cell::found(&read, item, column, &self.filter)))
    }

    /// 場面ごとの、この行の取組の数（絞り込んだあと）。場面の順。
    /// How many of the row's entries each scene has, after the filter.
    #[graphql(complexity = "complexity::list(4, child_complexity)")]
    async fn scene_counts(&self) -> Vec<SceneCount> {
        let cells: Vec<Cell> = self.all_cells().collect();
        counts::by_scene(cells.iter().flat_map(Cell::shown), self.row().scenes)
    }
}

pub struct Cell {
    read: Arc<LoadedSheet>,
    key: CellKey,
    /// After the filter.
    shown: Shown,
}

impl Cell {
    fn filtered(read: &Arc<LoadedSheet>, row: usize, column: usize, filter: &Filtering) -> Self {
        let (row, column) = (&read.view.frame.rows[row], &read.view.frame.columns[column]);
        let key = column.cell(row.item);
        let shown = filter.shown(read, key, row.scenes);
        Cell { read: read.clone(), key, shown }
    }

    /// The cell of an item in a column, where the sheet has both.
    fn found(
        read: &Arc<LoadedSheet>,
        item: ItemId,
        column: (domain::Facet, FiscalYear),
        filter: &Filtering,
    ) -> Option<Self> {
        let frame = &read.view.frame;
        let row = frame.rows.iter().position(|row| row.item == item)?;
        let column = frame.columns.iter().position(|one| one.key() == column)?;
        Some(Self::filtered(read, row, column, filter))
    }

    fn all(&self) -> &[Arc<crate::entry::Entry>] {
        self.read.view.cell(&self.key)
    }

    fn shown(&self) -> impl Iterator<Item = &crate::entry::Entry> {
        self.shown.iter().map(|index| self.all()[*index].as_ref())
    }
}

/// セル：事業項目と欄と年度。取組が順に並びます。
/// A cell: item × facet × fiscal year, with its entries in order.
#[Object]
impl Cell {
    /// 欄。
    /// Its facet.
    async fn facet(&self) -> Facet {
        self.key.facet.into()
    }

    /// 年度（西暦。例 2026は令和8年度）。
    /// The fiscal year of the common era.
    async fn fiscal_year(&self) -> i32 {
        self.key.fiscal_year.0
    }

    /// 取組。表の順。1つのセルに2,000件まで。
    /// Its entries in order; a cell holds at most 2,000.
    #[graphql(complexity = "complexity::list(20, child_complexity)")]
    async fn entries(&self) -> Vec<Entry> {
        let entry = |position: usize| Entry::of_sheet(&self.read.view, &self.all()[position], position);
        self.shown.iter().copied().map(entry).collect()
    }

    /// 絞り込みで隠れている取組の数。
    /// Entries of this cell that the filter left out.
    async fn hidden_count(&self) -> usize {
        self.all().len() - self.shown.len()
    }

    /// 見る人が、このセルに取組を加えられるか。
    /// Whether the viewer may add entries to this cell.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let region = &self.read.view.frame.region;
        RequestContext::of(ctx).with_viewer(|viewer| {
            let owner = viewer.map(|viewer| viewer.account.organization.id);
            may_edit(region, viewer, self.key, Owner::from(owner)).is_ok()
        })
    }

    /// このセルに関わる変更履歴（ここから、またはここへ移した取組も）。新しい順。一度に100件まで。
    /// Whatever changed an entry or a comment in this cell, before or after, newest first, at most 100 at a time.
    #[graphql(complexity = "complexity::page(first, child_complexity)")]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default_with = "Some(20)",
            desc = "一度に読む件数。100まで（例 50）。How many at a time, at most 100."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "続きから読むときの、前の答えの cursor（例 1234）。To go on from behind an earlier cursor."
        )]
        after: Option<String>,
    ) -> Result<ChangeConnection, Error> {
        let page = LogPage::new(first, after.as_deref())?;
        let key = ChangesOf { region: self.read.view.frame.head.region, place: self.key, page };
        let changes = Box::pin(RequestContext::of(ctx).loader.load_one(key)).await?;
        Ok(ChangeConnection::new(changes.unwrap_or_default(), page))
    }
}

#[derive(Default)]
pub struct Queries;

#[Object(name = "SheetQueries")]
impl Queries {
    /// 圏域の、その年度の計画・評価表。ない、または閲覧できなければ null です。
    /// The sheet of a region's fiscal year; null if it is not there or not readable.
    async fn sheet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "圏域のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。The region's id.")] region_id: ID,
        #[graphql(desc = "年度（西暦。例 2026は令和8年度）。The fiscal year of the common era.")]
        fiscal_year: i32,
    ) -> Result<Option<Sheet>, Error> {
        let (context, region, year) =
            (RequestContext::of(ctx), scalars::id(&region_id), scalars::year(fiscal_year));
        let asked = ctx.look_ahead();
        // With all that stands in it where it is asked for, so that it is of the same moment as its number.
        if OF_THE_WHOLE.iter().any(|field| asked.field(field).exists()) {
            return Ok(context.sheet(region, year).await?.map(Sheet::whole));
        }
        let listed = context.head(region, year).await?;
        Ok(listed.map(|(head, region)| Sheet::listed(head, region)))
    }
}

/// An organisation of a region that something in it refers to.
pub fn organization(region: &RegionView, id: domain::OrganizationId) -> Result<Organization, Error> {
    let organization = region.organization(id).cloned().map(Organization);
    Ok(organization.ok_or_else(|| Fault::new(format!("the organisation {id} is not in its region")))?)
}

/// An item as a sheet has it.
pub fn item(frame: &Frame, id: ItemId) -> Result<Item, Error> {
    let row = frame.row(id).cloned().map(Item);
    Ok(row.ok_or_else(|| Fault::new(format!("the item {id} is not on its sheet")))?)
}

/// A sheet that the viewer reads.
pub async fn find(context: &RequestContext, id: SheetId) -> Result<Option<Sheet>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    let Some(head) = service::find(&context.db.read().await?, &viewer, id).await? else { return Ok(None) };
    let listed = context.head(head.region, head.fiscal_year).await?;
    Ok(listed.map(|(head, region)| Sheet::listed(head, region)))
}

/// An item as of the newest sheet that has it.
pub async fn find_item(context: &RequestContext, id: ItemId) -> Result<Option<Item>, Fault> {
    let Some(viewer) = context.viewer() else { return Ok(None) };
    let Some((region, row)) = service::find_item(&context.db, &viewer, id).await? else { return Ok(None) };
    context.note_access(region, None).await?;
    Ok(Some(Item(row)))
}
