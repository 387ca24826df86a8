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
use renkei_domain::{EntryId, EntryText, diff, outline};
use std::sync::Arc;

/// Shared with whatever else of the answer shows the same change: its texts may be long.
#[derive(Clone)]
pub struct EntryChange {
    made: Arc<change::EntryChange>,
    region: Arc<RegionView>,
}

pub struct EntryState {
    of: EntryChange,
    moment: Moment,
}

enum Moment {
    Before,
    After,
}

impl EntryChange {
    pub fn new(made: Arc<change::EntryChange>, region: Arc<RegionView>) -> Self {
        EntryChange { made, region }
    }

    pub fn id(&self) -> EntryId {
        self.made.after.entry.id
    }

    /// The last change of those that it stands for.
    pub fn change(&self) -> &change::Change {
        &self.made.change
    }

    pub fn state_before(&self) -> Option<EntryState> {
        self.made.before.is_some().then(|| EntryState { of: self.clone(), moment: Moment::Before })
    }

    fn state_after(&self) -> EntryState {
        EntryState { of: self.clone(), moment: Moment::After }
    }

    /// From the outline before to the outline after.
    pub async fn compared(&self, ctx: &Context<'_>) -> Result<Vec<Difference>, Error> {
        let (before, after) = (self.made.before.as_ref(), &self.made.after);
        let bytes = before.map(bytes).unwrap_or_default() + bytes(after);
        let compare = || {
            let before = before.map(outline).unwrap_or_default();
            let pieces = diff::diff(&before, &outline(after));
            pieces.into_iter().map(|piece| Difference { fate: piece.fate.into(), text: piece.text }).collect()
        };
        RequestContext::of(ctx).texts.compare(bytes, compare).await
    }
}

impl EntryState {
    fn placed(&self) -> &Placed {
        let made = &self.of.made;
        match (&self.moment, &made.before) {
            (Moment::Before, Some(before)) => before,
            _ => &made.after,
        }
    }

    fn text(&self) -> &EntryText {
        &self.placed().entry.text
    }
}

/// Bytes of an entry's texts, without their marks.
fn bytes(placed: &Placed) -> usize {
    let text = &placed.entry.text;
    text.body.len() + note_bytes(text)
}

fn note_bytes(text: &EntryText) -> usize {
    text.notes.iter().map(|note| note.text.len()).sum()
}

/// As it stands on the sheet; deleted: not at all.
fn outline(placed: &Placed) -> String {
    let entry = &placed.entry;
    match entry.deleted_at {
        Some(_) => String::new(),
        None => outline::print(&entry.text.body, &entry.text.notes),
    }
}

/// 取組の変更：前と後、その違い。
/// What a change did to an entry.
#[Object]
impl EntryChange {
    /// 取組のID。
    /// Which entry.
    async fn entry_id(&self) -> ID {
        self.id().to_string().into()
    }

    /// 変更の後の事業項目。
    /// Its item after the change.
    async fn item(&self, ctx: &Context<'_>) -> Result<Item, Error> {
        self.state_after().item(ctx).await
    }

    /// 変更の後の欄。
    /// Its facet after the change.
    async fn facet(&self) -> Facet {
        self.made.after.entry.cell.facet.into()
    }

    /// 変更の後の年度（西暦。例 2026は令和8年度）。
    /// Its fiscal year after the change.
    async fn fiscal_year(&self) -> i32 {
        self.made.after.entry.cell.fiscal_year.0
    }

    /// 変更の前。追加なら null です。
    /// How it was before; null if it was not there.
    async fn before(&self) -> Option<EntryState> {
        self.state_before()
    }

    /// 変更の後。
    /// How it was right after.
    async fn after(&self) -> EntryState {
        self.state_after()
    }

    /// 前の文と後の文の違い（○本文と、印のついた注記）。追加と復元ではすべてが加えた文、削除ではすべてが消した文です。
    /// From the outline before to the outline after; a deleted entry has none.
    #[graphql(complexity = "complexity::list(5, child_complexity)")]
    async fn difference(&self, ctx: &Context<'_>) -> Result<Vec<Difference>, Error> {
        self.compared(ctx).await
    }
}

/// ある時点の取組。
/// An entry as it was at a moment.
#[Object]
impl EntryState {
    /// 版。
    /// Its version.
    async fn version(&self) -> i32 {
        self.placed().entry.version
    }

    /// 本文（○は含みません）。
    /// The text after ○.
    async fn body(&self, ctx: &Context<'_>) -> Result<&str, Error> {
        let body = &self.text().body;
        RequestContext::of(ctx).texts.add(body.len())?;
        Ok(body)
    }

    /// 注記。
    /// The lines under it, in order.
    #[graphql(complexity = "complexity::list(2, child_complexity)")]
    async fn notes(&self, ctx: &Context<'_>) -> Result<Vec<Note>, Error> {
        RequestContext::of(ctx).texts.add(note_bytes(self.text()))?;
        Ok(notes(self.text()))
    }

    /// 明示した場面。
    /// Scenes of its own.
    async fn explicit_scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.text().explicit_scenes)
    }

    /// 主体の機関。共同なら null です。
    /// To whom it belonged; null: joint.
    async fn owner(&self) -> Result<Option<Organization>, Error> {
        self.placed().entry.owner.map(|owner| organization(&self.of.region, owner)).transpose()
    }

    /// セルの中での順。0から。
    /// Its place among the cell's living entries, from 0.
    async fn position(&self) -> usize {
        self.placed().position
    }

    /// 事業項目。
    /// Its item.
    async fn item(&self, ctx: &Context<'_>) -> Result<Item, Error> {
        let cell = self.placed().entry.cell;
        let catalogue = RequestContext::of(ctx).catalogue(&self.of.region).await?;
        let row = catalogue.row(cell).cloned().map(Item);
        Ok(row.ok_or_else(|| Fault::new(format!("the item {} is on no sheet", cell.item)))?)
    }

    /// 欄。
    /// Its facet.
    async fn facet(&self) -> Facet {
        self.placed().entry.cell.facet.into()
    }

    /// 年度（西暦。例 2026は令和8年度）。
    /// Its fiscal year.
    async fn fiscal_year(&self) -> i32 {
        self.placed().entry.cell.fiscal_year.0
    }

    /// 削除した時刻。削除されていなければ null です。
    /// When it was deleted; null if it stood there.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.placed().entry.deleted_at.map(DateTime)
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
