//! Sheets in the API: columns, rows and cells, all resolved from what was read at once.

use super::{Frame, SheetHead, may_edit, service};
use crate::{
    Fault,
    entry::{CellKey, api::Entry},
    graphql::{
        fault::bad_argument,
        reading::{ReadSheet, Reading, reading},
        scalars::{self, CareScene, Facet, Phase, SceneMatch},
    },
    region::{
        RegionView,
        api::{Organization, Region},
    },
    sheet,
};
use async_graphql::{Context, Error, ID, InputObject, Object};
use renkei_domain::{self as domain, EntryFacts, EntryFilter, ItemId, Owner, SheetId, filter, limits};
use std::sync::Arc;

pub struct Sheet {
    head: SheetHead,
    region: Arc<RegionView>,
    /// Read when it is needed, where only the list is at hand.
    read: Option<Arc<ReadSheet>>,
}

impl Sheet {
    pub fn listed(head: SheetHead, region: Arc<RegionView>) -> Self {
        Sheet { head, region, read: None }
    }

    pub fn whole(read: Arc<ReadSheet>) -> Self {
        let frame = &read.view.frame;
        Sheet { head: frame.head.clone(), region: frame.region.clone(), read: Some(read.clone()) }
    }

    async fn read(&self, ctx: &Context<'_>) -> Result<Arc<ReadSheet>, Fault> {
        match &self.read {
            Some(read) => Ok(read.clone()),
            None => {
                let read = reading(ctx).sheet(self.head.region, self.head.fiscal_year).await?;
                read.ok_or_else(|| Fault::new("a sheet was shown that its viewer does not read"))
            }
        }
    }
}

/// 計画・評価表：圏域の1年度の表。
/// A region's sheet of one fiscal year.
#[Object]
impl Sheet {
    pub async fn id(&self) -> ID {
        self.head.id.to_string().into()
    }

    /// 圏域。
    /// Its region.
    async fn region(&self) -> Region {
        Region::whole(self.region.clone())
    }

    /// 年度（西暦）。2026は令和8年度。
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
    async fn columns(&self, ctx: &Context<'_>) -> Result<Vec<Column>, Error> {
        Ok(self.read(ctx).await?.view.frame.columns.iter().cloned().map(Column).collect())
    }

    /// 行。絞り込んでも、すべての事業項目が並びます。検索文は200文字まで。
    /// All items, also those whose cells the filter empties. A text to search for has at most 200 characters.
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "filter", desc = "絞り込み。What to show.")] input: Option<EntryFilterInput>,
    ) -> Result<Vec<Row>, Error> {
        let filter = Arc::new(input.unwrap_or_default().into_filter()?);
        let read = self.read(ctx).await?;
        let rows = 0..read.view.frame.rows.len();
        Ok(rows.map(|index| Row { read: read.clone(), index, filter: filter.clone() }).collect())
    }

    /// 読んだ時点での、圏域の変更履歴の通し番号。
    /// The region's seq at the moment of reading: exactly one per saved change; sign-ins, looks, drafts and presence
    /// take none.
    async fn seq(&self) -> i64 {
        self.region.region.seq
    }
}

pub struct Column(sheet::Column);

/// 列：欄と年度、見出し、時点、脚注。
/// A column: heading as written, as-of date in ISO 8601 (2025-12-31, printed 令和7年12月末時点), footnote without its
/// mark.
#[Object]
impl Column {
    async fn facet(&self) -> Facet {
        self.0.facet.into()
    }

    async fn fiscal_year(&self) -> i32 {
        self.0.fiscal_year.0
    }

    async fn heading(&self) -> &str {
        &self.0.heading
    }

    async fn as_of(&self) -> Option<&str> {
        self.0.as_of.as_deref()
    }

    async fn footnote(&self) -> Option<&str> {
        self.0.footnote.as_deref()
    }
}

#[derive(Clone)]
pub struct Item(pub sheet::Row);

/// 事業項目。題名・順・場面は、その表でのものです。
/// An item, with the title, place and scenes that the sheet has of it.
#[Object]
impl Item {
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
    read: Arc<ReadSheet>,
    index: usize,
    filter: Arc<EntryFilter>,
}

/// 行：事業項目とそのセル。
/// A row: an item and its cells.
#[Object]
impl Row {
    async fn item(&self) -> Item {
        Item(self.read.view.frame.rows[self.index].clone())
    }

    /// 表の列と同じ順。
    /// In the order of the sheet's columns.
    async fn cells(&self) -> Vec<Cell> {
        let columns = 0..self.read.view.frame.columns.len();
        columns.map(|column| Cell::filtered(&self.read, self.index, column, &self.filter)).collect()
    }
}

pub struct Cell {
    read: Arc<ReadSheet>,
    key: CellKey,
    /// Which of the cell's entries the filter shows.
    shown: Vec<usize>,
}

impl Cell {
    fn filtered(read: &Arc<ReadSheet>, row: usize, column: usize, filter: &EntryFilter) -> Self {
        let (row, column) = (&read.view.frame.rows[row], &read.view.frame.columns[column]);
        let key = CellKey { item: row.item, facet: column.facet, fiscal_year: column.fiscal_year };
        let entries = read.view.cells.get(&key).map(Vec::as_slice).unwrap_or_default();
        let admitted = |entry: &crate::entry::Entry| {
            let notes = entry.text.notes.iter().map(|note| note.text.as_str());
            filter.admits(&EntryFacts {
                explicit_scenes: entry.text.explicit_scenes,
                item_scenes: row.scenes,
                owner: entry.owner,
                folded: &filter::folded(&entry.text.body, notes),
            })
        };
        let narrows = filter.narrows();
        let shown = (0..entries.len()).filter(|index| !narrows || admitted(&entries[*index])).collect();
        Cell { read: read.clone(), key, shown }
    }
}

/// セル：事業項目と欄と年度。取組が順に並びます。
/// A cell: item × facet × fiscal year, with its entries in order.
#[Object]
impl Cell {
    async fn facet(&self) -> Facet {
        self.key.facet.into()
    }

    async fn fiscal_year(&self) -> i32 {
        self.key.fiscal_year.0
    }

    /// 取組。表の順。1つのセルに2,000件まで。
    /// Its entries in order; a cell holds at most 2,000.
    async fn entries(&self) -> Vec<Entry> {
        let entries = self.read.view.cells.get(&self.key).map(Vec::as_slice).unwrap_or_default();
        let entry = |position: usize| Entry::new(&self.read.together, entries[position].clone(), position);
        self.shown.iter().copied().map(entry).collect()
    }

    /// 絞り込みで隠れている取組の数。
    /// Entries of this cell that the filter left out.
    async fn hidden_count(&self) -> usize {
        self.read.view.cells.get(&self.key).map(Vec::len).unwrap_or_default() - self.shown.len()
    }

    /// 見る人が、このセルに取組を加えられるか。
    /// Whether the viewer may add entries to this cell.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let viewer = reading(ctx).viewer();
        let owner = viewer.as_ref().map(|viewer| viewer.account.organization.id);
        let region = &self.read.view.frame.region;
        may_edit(region, viewer.as_ref(), self.key.facet, self.key.fiscal_year, Owner::from(owner)).is_ok()
    }
}

/// 絞り込み。指定しない項目は絞り込みません。
/// What to show. Each part narrows; what is not given does not.
#[derive(InputObject, Default)]
#[graphql(name = "EntryFilter")]
pub struct EntryFilterInput {
    /// 場面。空ならすべて。
    /// None: all.
    scenes: Option<Vec<CareScene>>,
    /// いずれかの場面か、すべての場面か。
    /// Whether one of the scenes is enough.
    #[graphql(default_with = "Some(SceneMatch::Any)")]
    scene_match: Option<SceneMatch>,
    /// true：取組に明示した場面だけで絞り込みます（項目から継承した場面は数えません）。
    /// true: inherited scenes do not count.
    #[graphql(default_with = "Some(false)")]
    explicit_scenes_only: Option<bool>,
    /// true：共同の取組だけ。false：各機関の取組だけ。
    /// true: joint entries alone; false: organisations' own alone.
    joint: Option<bool>,
    /// これらの機関の取組だけ（100件まで）。
    /// Entries that belong to one of these, at most 100; joint ones do not.
    owner_ids: Option<Vec<ID>>,
    /// 本文か注記に含まれる文（200文字まで）。全角・半角、大文字・小文字は区別しません。
    /// Found in body or notes, NFKC-folded, case-folded; at most 200 characters.
    text: Option<String>,
}

impl EntryFilterInput {
    fn into_filter(self) -> Result<EntryFilter, Error> {
        let text = self.text.unwrap_or_default();
        let owners = self.owner_ids.unwrap_or_default();
        if text.chars().count() > limits::SEARCH_CHARS {
            return Err(bad_argument(format!("検索文は{}文字までです。", limits::SEARCH_CHARS)));
        }
        if owners.len() > limits::PAGE_ROWS {
            return Err(bad_argument(format!("ownerIds は{}件までです。", limits::PAGE_ROWS)));
        }
        let filter = EntryFilter {
            scenes: scalars::scene_set(self.scenes.unwrap_or_default()),
            scene_match: self.scene_match.map(domain::SceneMatch::from).unwrap_or_default(),
            explicit_scenes_only: self.explicit_scenes_only.unwrap_or_default(),
            joint: self.joint,
            owners: owners.iter().map(scalars::id).collect(),
            ..EntryFilter::default()
        };
        Ok(filter.with_text(&text))
    }
}

#[derive(Default)]
pub struct Queries;

#[Object(name = "SheetQueries")]
impl Queries {
    /// 圏域の、その年度の計画・評価表。ない、または閲覧できなければ null です。
    /// The sheet of a region's fiscal year; null if it is not there or not readable.
    #[graphql(complexity = "50 + child_complexity")]
    async fn sheet(
        &self,
        ctx: &Context<'_>,
        region_id: ID,
        #[graphql(desc = "年度（西暦）。2026は令和8年度。The fiscal year of the common era.")]
        fiscal_year: i32,
    ) -> Result<Option<Sheet>, Error> {
        let sheet = reading(ctx).sheet(scalars::id(&region_id), scalars::year(fiscal_year)).await?;
        Ok(sheet.map(Sheet::whole))
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
pub async fn find(reading: &Reading, id: SheetId) -> Result<Option<Sheet>, Fault> {
    let Some(viewer) = reading.viewer() else { return Ok(None) };
    let Some(head) = service::find(&reading.db.read().await?, &viewer, id).await? else { return Ok(None) };
    Ok(reading.sheet(head.region, head.fiscal_year).await?.map(Sheet::whole))
}

/// An item as of the newest sheet that has it.
pub async fn find_item(reading: &Reading, id: ItemId) -> Result<Option<Item>, Fault> {
    let Some(viewer) = reading.viewer() else { return Ok(None) };
    let Some((region, row)) = service::find_item(&reading.db, &viewer, id).await? else { return Ok(None) };
    reading.look(region, None).await?;
    Ok(Some(Item(row)))
}
