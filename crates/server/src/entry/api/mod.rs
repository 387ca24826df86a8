//! Entries in the API. What is done to them is in [`edits`], what is done to many at once in [`bulk`].

mod bulk;
mod edits;
mod inputs;
mod payloads;
mod references;
mod text;

pub use bulk::BulkMutations;
pub use edits::Mutations;
pub use payloads::{EntryDeleted, EntrySaved};
pub use text::{Note, notes};

use super::{Placed, service};
use crate::{
    Fault,
    account::{Viewer, api::Account},
    api::{
        complexity,
        context::RequestContext,
        loader::{ChangesOf, ThreadsOfEntry},
        page::LogPage,
        scalars::{self, CareScene, DateTime, Facet},
    },
    change::api::ChangeConnection,
    comment::api::ApiThread,
    entry,
    region::api::{Organization, Region},
    sheet::{
        self, Frame, SheetView, Surroundings,
        api::{Item, organization},
        may_edit,
    },
};
use async_graphql::{Context, Error, ID, Object};
use references::{Reference, references};
use renkei_domain::{self as domain, EntryId, filter};
use std::sync::Arc;

#[derive(Clone)]
pub struct Entry {
    around: Around,
    entry: Arc<entry::Entry>,
    position: usize,
    /// Who edited it last, where that was read with it.
    editor: Option<Arc<Viewer>>,
}

/// What stands round an entry.
#[derive(Clone)]
enum Around {
    /// A whole sheet, on which it is one of many.
    Sheet(Arc<Frame>),
    /// No more than its own.
    Alone(Arc<Surroundings>),
}

impl Entry {
    pub fn new(frame: &Arc<Frame>, entry: Arc<entry::Entry>, position: usize) -> Self {
        Entry { around: Around::Sheet(frame.clone()), entry, position, editor: None }
    }

    /// The same, where who edited it last was read with it.
    pub fn edited_by(self, editor: Option<Arc<Viewer>>) -> Self {
        Entry { editor, ..self }
    }

    /// One of a sheet that was read whole.
    pub fn of_sheet(sheet: &SheetView, entry: &Arc<entry::Entry>, position: usize) -> Self {
        let editor = entry.updated_by.and_then(|editor| sheet.people.get(&editor)).cloned();
        Self::new(&sheet.frame, entry.clone(), position).edited_by(editor)
    }

    /// An entry by itself, on the sheet that governs its cell.
    fn alone(placed: Placed, around: Surroundings) -> Self {
        let Placed { entry, position } = placed;
        Entry { around: Around::Alone(Arc::new(around)), entry: Arc::new(entry), position, editor: None }
    }

    /// The same, with what stands round it read.
    async fn read_alone(context: &RequestContext, placed: Placed) -> Result<Self, Fault> {
        let around = sheet::service::surroundings(&context.db, &placed.entry).await?;
        Ok(Self::alone(placed, around.ok_or_else(|| Fault::new("an entry without its sheet"))?))
    }

    fn entry(&self) -> &entry::Entry {
        &self.entry
    }

    fn effective_scenes(&self) -> domain::SceneSet {
        let inherited = self.row().map(|row| row.scenes).unwrap_or_default();
        filter::effective_scenes(self.entry().text.explicit_scenes, inherited)
    }

    fn row(&self) -> Option<&sheet::Row> {
        match &self.around {
            Around::Sheet(frame) => frame.row(self.entry().cell.item),
            Around::Alone(around) => around.row.as_ref(),
        }
    }
}

/// 取組：セルの中の○1つ。
/// One ○ bullet of a cell.
// What waits for something is boxed: each field of each entry has a future as large as that of the largest.
#[Object]
impl Entry {
    /// ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// Its id, unique over all types.
    pub async fn id(&self) -> ID {
        self.entry().id.to_string().into()
    }

    /// 圏域。
    /// Its region.
    async fn region(&self) -> Region {
        match &self.around {
            Around::Sheet(frame) => Region::whole(frame.region.clone()),
            Around::Alone(around) => Region::named(around.region.clone()),
        }
    }

    /// 事業項目。
    /// Its item.
    async fn item(&self) -> Result<Item, Error> {
        let not_there = || Fault::new(format!("the item {} is not on its sheet", self.entry().cell.item));
        Ok(self.row().cloned().map(Item).ok_or_else(not_there)?)
    }

    /// 欄。
    /// Its facet.
    async fn facet(&self) -> Facet {
        self.entry().cell.facet.into()
    }

    /// 何年度についての取組か（西暦。例 2026は令和8年度）。
    /// The fiscal year that it is about.
    async fn fiscal_year(&self) -> i32 {
        self.entry().cell.fiscal_year.0
    }

    /// 本文（○は含みません）。
    /// The text after ○, as written.
    async fn body(&self) -> &str {
        &self.entry().text.body
    }

    /// 注記。
    /// The lines under it, in order.
    #[graphql(complexity = "complexity::list(2, child_complexity)")]
    async fn notes(&self) -> Vec<Note> {
        notes(&self.entry().text)
    }

    /// 場面：明示した場面。なければ事業項目の場面。
    /// Effective scenes: explicit ones, or the item's.
    async fn scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.effective_scenes())
    }

    /// 明示した場面。
    /// Scenes of its own.
    async fn explicit_scenes(&self) -> Vec<CareScene> {
        scalars::scenes(self.entry().text.explicit_scenes)
    }

    /// 主体の機関。共同なら null です。
    /// To whom it belongs; null: joint.
    async fn owner(&self) -> Result<Option<Organization>, Error> {
        let owner = self.entry().owner;
        match &self.around {
            Around::Sheet(frame) => owner.map(|owner| organization(&frame.region, owner)).transpose(),
            Around::Alone(around) => {
                let not_there = |owner| Fault::new(format!("the organisation {owner} is not in its region"));
                let found = |owner| around.owner.clone().map(Organization).ok_or_else(|| not_there(owner));
                Ok(owner.map(found).transpose()?)
            }
        }
    }

    /// セルの中での順。0から。削除した取組は、戻したときに立つ場所。
    /// Its place among the cell's entries, from 0; a move changes neighbours' place, not their version. A deleted one:
    /// where it would stand.
    async fn position(&self) -> usize {
        self.position
    }

    /// 版。1から、変更のたびに1つ進みます。
    /// Starts at 1; every change of this entry (text, move, owner, deletion, restoration) adds 1.
    async fn version(&self) -> i32 {
        self.entry().version
    }

    /// 削除した時刻。
    /// When it was deleted.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.entry().deleted_at.map(DateTime)
    }

    /// 最後に変更した時刻。
    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.entry().updated_at)
    }

    /// 最後に変更した人。取り込みなら null です。
    /// Who changed it last; null if it was an import.
    async fn updated_by(&self, ctx: &Context<'_>) -> Result<Option<Account>, Error> {
        match &self.editor {
            Some(editor) => Ok(Some(Account(editor.clone()))),
            None => Box::pin(Account::find(ctx, self.entry().updated_by)).await,
        }
    }

    /// 見る人が編集できるか。
    /// Whether the viewer may edit it.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let entry = self.entry();
        RequestContext::of(ctx).with_viewer(|viewer| match &self.around {
            Around::Sheet(frame) => may_edit(&frame.region, viewer, entry.cell, entry.owned_by()).is_ok(),
            Around::Alone(around) => viewer.is_some_and(|viewer| {
                sheet::may(&around.head, viewer, domain::Act::Edit(entry.owned_by())).is_ok()
            }),
        })
    }

    /// 本文と注記が参照する事業項目（カ）や資料3。それぞれ1度、出てくる順。
    /// Items （カ） and handouts 資料3 that body and notes refer to, each once, as they first occur.
    #[graphql(complexity = "complexity::list(2, child_complexity)")]
    async fn references(&self, ctx: &Context<'_>) -> Result<Vec<Reference>, Error> {
        let entry = self.entry();
        match &self.around {
            Around::Sheet(frame) => Ok(references(frame, entry)),
            Around::Alone(_) => {
                let db = &RequestContext::of(ctx).db;
                let frame = Box::pin(sheet::service::governing(db, entry.region, entry.cell)).await?;
                let frame = frame.ok_or_else(|| Fault::new("an entry without its sheet"))?;
                Ok(references(&frame, entry))
            }
        }
    }

    /// この取組へのコメント。書き始めた順。100件まで。
    /// Threads on it, in the order in which they were begun, at most 100.
    #[graphql(complexity = "complexity::list(2, child_complexity)")]
    async fn threads(&self, ctx: &Context<'_>) -> Result<Vec<ApiThread>, Error> {
        let threads =
            Box::pin(RequestContext::of(ctx).loader.load_one(ThreadsOfEntry(self.entry().id))).await?;
        Ok(threads.unwrap_or_default().into_iter().map(ApiThread).collect())
    }

    /// 変更履歴。新しい順。一度に100件まで。
    /// Its changes, newest first, at most 100 at a time.
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
        let key = ChangesOf { region: self.entry().region, place: self.entry().id, page };
        let changes = Box::pin(RequestContext::of(ctx).loader.load_one(key)).await?;
        Ok(ChangeConnection::new(changes.unwrap_or_default(), page))
    }
}

/// An entry that the viewer reads, living or deleted.
pub async fn find(context: &RequestContext, id: EntryId) -> Result<Option<Entry>, Fault> {
    let placed = service::find(&context.db, id).await?;
    match placed.filter(|placed| context.reads(placed.entry.region)) {
        Some(placed) => Ok(Some(Entry::read_alone(context, placed).await?)),
        None => Ok(None),
    }
}
