//! What a change did to an entry: how it was, how it became, and the difference for a person to read.

use crate::{
    Fault,
    api::{
        complexity,
        context::RequestContext,
        scalars::{self, CareScene, DateTime, Facet},
    },
    change,
    entry::{
        Placed,
        api::{Note, notes},
    },
    region::{RegionView, api::Organization},
    sheet::api::{Item, organization},
};
use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use renkei_domain::{EntryId, diff, outline};
use std::sync::Arc;

pub struct EntryChange {
    before: Option<EntryState>,
    after: EntryState,
}

#[derive(Clone)]
pub struct EntryState {
    placed: Box<Placed>,
    region: Arc<RegionView>,
}

impl EntryChange {
    pub fn new(made: &change::EntryChange, region: &Arc<RegionView>) -> Self {
        let state = |placed: &Placed| EntryState::new(placed.clone(), region);
        EntryChange { before: made.before.as_ref().map(state), after: state(&made.after) }
    }
}

impl EntryState {
    pub fn new(placed: Placed, region: &Arc<RegionView>) -> Self {
        EntryState { placed: Box::new(placed), region: region.clone() }
    }

    pub fn id(&self) -> EntryId {
        self.placed.entry.id
    }

    /// As it stands on the sheet; deleted: not at all.
    fn outline(&self) -> String {
        let entry = &self.placed.entry;
        match entry.deleted_at {
            Some(_) => String::new(),
            None => outline::print(&entry.text.body, &entry.text.notes),
        }
    }
}

/// 取組の変更：前と後、その違い。
/// What a change did to an entry.
#[Object]
impl EntryChange {
    /// 取組のID。
    /// Which entry.
    async fn entry_id(&self) -> ID {
        self.after.placed.entry.id.to_string().into()
    }

    /// 変更の後の事業項目。
    /// Its item after the change.
    async fn item(&self, ctx: &Context<'_>) -> Result<Item, Error> {
        self.after.item(ctx).await
    }

    /// 変更の後の欄。
    /// Its facet after the change.
    async fn facet(&self) -> Facet {
        self.after.placed.entry.cell.facet.into()
    }

    /// 変更の後の年度（西暦。例 2026は令和8年度）。
    /// Its fiscal year after the change.
    async fn fiscal_year(&self) -> i32 {
        self.after.placed.entry.cell.fiscal_year.0
    }

    /// 変更の前。追加なら null です。
    /// How it was before; null if it was not there.
    async fn before(&self) -> Option<EntryState> {
        self.before.clone()
    }

    /// 変更の後。
    /// How it was right after.
    async fn after(&self) -> EntryState {
        self.after.clone()
    }

    /// 前の文と後の文の違い（○本文と、印のついた注記）。追加と復元ではすべてが加えた文、削除ではすべてが消した文です。
    /// From the outline before to the outline after; a deleted entry has none.
    #[graphql(complexity = "complexity::list(5, child_complexity)")]
    async fn difference(&self) -> Vec<Difference> {
        difference(self.before.as_ref(), &self.after)
    }
}

/// ある時点の取組。
/// An entry as it was at a moment.
#[Object]
impl EntryState {
    /// 版。
    /// Its version.
    async fn version(&self) -> i32 {
        self.placed.entry.version
    }

    /// 本文（○は含みません）。
    /// The text after ○.
    async fn body(&self) -> &str {
        &self.placed.entry.text.body
    }

    /// 注記。
    /// The lines under it, in order.
    #[graphql(complexity = "complexity::list(2, child_complexity)")]
    async fn notes(&self) -> Vec<Note> {
        notes(&self.placed.entry.text)
    }

    /// 明示した場面。
    /// Scenes of its own.
    async fn explicit_scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.placed.entry.text.explicit_scenes)
    }

    /// 主体の機関。共同なら null です。
    /// To whom it belonged; null: joint.
    async fn owner(&self) -> Result<Option<Organization>, Error> {
        self.placed.entry.owner.map(|owner| organization(&self.region, owner)).transpose()
    }

    /// セルの中での順。0から。
    /// Its place among the cell's living entries, from 0.
    async fn position(&self) -> usize {
        self.placed.position
    }

    /// 事業項目。
    /// Its item.
    async fn item(&self, ctx: &Context<'_>) -> Result<Item, Error> {
        let cell = self.placed.entry.cell;
        let catalogue = RequestContext::of(ctx).catalogue(&self.region).await?;
        let row = catalogue.row(cell).cloned().map(Item);
        Ok(row.ok_or_else(|| Fault::new(format!("the item {} is on no sheet", cell.item)))?)
    }

    /// 欄。
    /// Its facet.
    async fn facet(&self) -> Facet {
        self.placed.entry.cell.facet.into()
    }

    /// 年度（西暦。例 2026は令和8年度）。
    /// Its fiscal year.
    async fn fiscal_year(&self) -> i32 {
        self.placed.entry.cell.fiscal_year.0
    }

    /// 削除した時刻。削除されていなければ null です。
    /// When it was deleted; null if it stood there.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.placed.entry.deleted_at.map(DateTime)
    }
}

/// 文の一部とその扱い。消した文と加えた文を順に並べたものです。
/// A piece of text and its fate: without the inserted ones the old text, without the deleted ones the new.
#[derive(SimpleObject)]
pub struct Difference {
    /// 扱い。
    /// Its fate.
    fate: Fate,
    /// 文。
    /// The text.
    text: String,
}

/// 文がどうなったか。
/// What became of a piece of text.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "diff::Fate")]
pub enum Fate {
    /// そのまま
    Same,
    /// 加えた
    Inserted,
    /// 消した
    Deleted,
}

pub fn difference(before: Option<&EntryState>, after: &EntryState) -> Vec<Difference> {
    let before = before.map(EntryState::outline).unwrap_or_default();
    let pieces = diff::diff(&before, &after.outline());
    pieces.into_iter().map(|piece| Difference { fate: piece.fate.into(), text: piece.text }).collect()
}
