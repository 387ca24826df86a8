//! The context of one request: who sends it, what its resolvers need, and what is read once for all of them. No two
//! requests share it.

use super::complexity::Texts;
use super::loader::{
    Batches, ChangesOf, EntryOfChange, NewsOf, RequestLoader, ThreadsOfEntry, request_loader,
};
use super::once_map::OnceMap;
use crate::{
    Config, Db, Fault,
    account::{self, Viewer},
    caller::{Caller, Identity},
    comment::{self, Thread},
    draft::{self, Draft},
    entry::CellKey,
    live::Live,
    refusal::Refusal,
    region::{self, RegionView},
    search,
    session::{self, service::Session},
    sheet::{self, Catalogue, SheetHead, SheetView},
    snapshot::{self, Snapshot},
};
use async_graphql::Context;
use parking_lot::Mutex;
use renkei_domain::{AccountId, EntryFilter, EntryId, Facet, FiscalYear, RegionId, SheetId, SnapshotId};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, OnceLock},
};

pub struct RequestContext {
    pub db: Db,
    pub config: Arc<Config>,
    pub live: Arc<Live>,
    pub address: IpAddr,
    /// Changes within a request that signs in or out.
    identity: Mutex<Option<Identity>>,
    pub loader: RequestLoader,
    /// What the answer may still repeat of long texts.
    pub texts: Texts,
    cache: Mutex<Arc<Cache>>,
    /// Of which an operator's access is noted.
    accessed: Mutex<HashSet<(RegionId, Option<SheetId>)>>,
}

/// What is read once for all who ask.
#[derive(Default)]
struct Cache {
    regions: OnceMap<RegionId, Option<Arc<RegionView>>>,
    sheets: OnceMap<(RegionId, FiscalYear), Option<Arc<LoadedSheet>>>,
    catalogues: OnceMap<RegionId, Arc<Catalogue>>,
    drafts: OnceMap<(Option<SheetId>, bool), Vec<Arc<Draft>>>,
    members: OnceMap<RegionId, Vec<Arc<Viewer>>>,
    snapshots: OnceMap<SheetId, Vec<Arc<Snapshot>>>,
    snapshot_sheets: OnceMap<SnapshotId, Arc<LoadedSheet>>,
    threads: OnceMap<ThreadsKey, Vec<Arc<Thread>>>,
}

/// Of a sheet: all threads, those that are resolved, or the others; with their comments or without.
type ThreadsKey = (SheetId, Option<bool>, bool);

/// A whole sheet.
pub struct LoadedSheet {
    pub view: SheetView,
    /// What is searched when it is filtered by a text: of each cell, its entries'.
    folded: OnceLock<HashMap<CellKey, Vec<String>>>,
}

impl LoadedSheet {
    /// The texts of a cell's entries as a filter reads them: folded once, however many filters ask.
    pub fn folded(&self, cell: &CellKey) -> &[String] {
        let all = || {
            let cells = self.view.cells.iter();
            cells
                .map(|(cell, entries)| (*cell, entries.iter().map(|entry| entry.folded()).collect()))
                .collect()
        };
        self.folded.get_or_init(all).get(cell).map(Vec::as_slice).unwrap_or_default()
    }
}

impl From<SheetView> for LoadedSheet {
    fn from(view: SheetView) -> Self {
        LoadedSheet { view, folded: OnceLock::new() }
    }
}

impl RequestContext {
    /// The context, and the batches of its loader, which whoever executes the request has to run.
    pub fn new(db: Db, config: Arc<Config>, live: Arc<Live>, caller: Caller) -> (Self, Batches) {
        let (loader, batches) = request_loader(db.clone());
        let context = RequestContext {
            db,
            config,
            live,
            address: caller.address,
            identity: Mutex::new(caller.identity),
            loader,
            texts: Texts::default(),
            cache: Mutex::default(),
            accessed: Mutex::default(),
        };
        (context, batches)
    }

    /// That of the request which is being resolved.
    pub fn of<'c>(ctx: &Context<'c>) -> &'c Self {
        ctx.data_unchecked::<RequestContext>()
    }

    fn cache(&self) -> Arc<Cache> {
        self.cache.lock().clone()
    }

    pub fn identity(&self) -> Option<Identity> {
        self.identity.lock().clone()
    }

    pub fn set_session(&self, session: Option<Session>) {
        let identity = session.map(Identity::Session);
        *self.identity.lock() = identity;
        self.forget();
    }

    /// Who reads.
    pub fn viewer(&self) -> Option<Viewer> {
        self.identity().map(|identity| identity.viewer().clone())
    }

    /// Asks something about who reads, as often as an answer has rows.
    pub fn with_viewer<T>(&self, ask: impl FnOnce(Option<&Viewer>) -> T) -> T {
        ask(self.identity.lock().as_ref().map(Identity::viewer))
    }

    /// Who changes something: every mutation begins with this or with [`RequestContext::person`].
    pub fn writer(&self) -> Result<Identity, Refusal> {
        self.writes()?;
        self.identity().ok_or_else(Refusal::signed_out)
    }

    /// Refused: somebody whose token is for reading.
    pub fn writes(&self) -> Result<(), Refusal> {
        match self.identity().is_some_and(|identity| identity.reads_only()) {
            true => Err(Refusal::read_only_token()),
            false => Ok(()),
        }
    }

    /// A person before the screen, for what no token may do.
    pub fn person(&self) -> Result<Session, Refusal> {
        match self.identity() {
            Some(Identity::Session(session)) => Ok(session),
            Some(Identity::Token(_)) => Err(Refusal::by_token()),
            None => Err(Refusal::signed_out()),
        }
    }

    /// A region that the viewer reads.
    pub async fn region(&self, id: RegionId) -> Result<Option<Arc<RegionView>>, Fault> {
        let region = self.region_without_access(id).await?;
        if region.is_some() {
            self.note_access(id, None).await?;
        }
        Ok(region)
    }

    /// Regions of things that are shown to their viewer, read together.
    pub async fn regions(&self, ids: &[RegionId]) -> Result<HashMap<RegionId, Arc<RegionView>>, Fault> {
        let read: Vec<RegionId> = ids.iter().copied().filter(|id| self.reads(*id)).collect();
        let views = region::service::views(&self.db.read().await?, &read).await?;
        let mut regions = HashMap::with_capacity(views.len());
        for view in views.into_iter().map(Arc::new) {
            let id = view.region.id;
            self.cache().regions.insert(id, Some(view.clone()));
            self.note_access(id, None).await?;
            regions.insert(id, view);
        }
        Ok(regions)
    }

    async fn region_without_access(&self, id: RegionId) -> Result<Option<Arc<RegionView>>, Fault> {
        if !self.reads(id) {
            return Ok(None);
        }
        let load = async || -> Result<_, Fault> {
            Ok(region::service::view(&self.db.read().await?, id).await?.map(Arc::new))
        };
        self.cache().regions.get_or_try_init(id, load).await
    }

    /// The sheet of a year of a region that the viewer reads, without what stands in it.
    pub async fn head(
        &self,
        region: RegionId,
        year: FiscalYear,
    ) -> Result<Option<(SheetHead, Arc<RegionView>)>, Fault> {
        let Some(view) = self.region_without_access(region).await? else { return Ok(None) };
        let Some(head) = view.sheet_of(year).cloned() else { return Ok(None) };
        self.note_access(region, Some(head.id)).await?;
        Ok(Some((head, view)))
    }

    /// The sheet of a year of a region that the viewer reads.
    pub async fn sheet(&self, region: RegionId, year: FiscalYear) -> Result<Option<Arc<LoadedSheet>>, Fault> {
        if !self.reads(region) {
            return Ok(None);
        }
        let load = async || -> Result<_, Fault> {
            let view = sheet::service::view(&self.db, region, year).await?;
            Ok(view.map(|view| Arc::new(LoadedSheet::from(view))))
        };
        let sheet = self.cache().sheets.get_or_try_init((region, year), load).await?;
        if let Some(sheet) = &sheet {
            let frame = &sheet.view.frame;
            self.cache().regions.insert(region, Some(frame.region.clone()));
            self.note_access(region, Some(frame.head.id)).await?;
        }
        Ok(sheet)
    }

    /// What is found in a region that the viewer reads: nothing, if they do not. The region is read with it.
    pub async fn search(
        &self,
        region: RegionId,
        filter: &EntryFilter,
        after: Option<search::Place>,
        rows: usize,
    ) -> Result<search::Found, Fault> {
        if !self.reads(region) {
            return Ok(search::Found::default());
        }
        let found = search::service::find(&self.db, region, filter, after, rows).await?;
        if let Some(view) = &found.region {
            self.cache().regions.insert(region, Some(view.clone()));
            self.note_access(region, None).await?;
        }
        Ok(found)
    }

    /// The region of something that is shown to its viewer.
    pub async fn region_of_shown(&self, id: RegionId) -> Result<Arc<RegionView>, Fault> {
        let gone = || Fault::new("something was shown of a region that its viewer does not read");
        self.region(id).await?.ok_or_else(gone)
    }

    /// The viewer's own drafts, of a sheet or of all, with their texts or without.
    pub async fn drafts(&self, sheet: Option<SheetId>, texts: bool) -> Result<Vec<Arc<Draft>>, Fault> {
        let Some(viewer) = self.viewer() else { return Ok(Vec::new()) };
        let load = async || {
            let drafts = draft::service::own(&self.db, &viewer, sheet, texts).await?;
            Ok(drafts.into_iter().map(Arc::new).collect())
        };
        self.cache().drafts.get_or_try_init((sheet, texts), load).await
    }

    /// The accounts that hold a role in a region, by name.
    pub async fn members(&self, region: RegionId) -> Result<Vec<Arc<Viewer>>, Fault> {
        let load = async || -> Result<_, Fault> {
            let members = account::members(self.db.direct(), region).await?;
            Ok(members.into_iter().map(Arc::new).collect())
        };
        self.cache().members.get_or_try_init(region, load).await
    }

    /// The items of all sheets of a region.
    pub async fn catalogue(&self, region: &RegionView) -> Result<Arc<Catalogue>, Fault> {
        let load =
            async || -> Result<_, Fault> { Ok(Arc::new(sheet::service::catalogue(&self.db, region).await?)) };
        self.cache().catalogues.get_or_try_init(region.region.id, load).await
    }

    /// The snapshots of a sheet that the viewer reads, newest first.
    pub async fn snapshots(&self, sheet: SheetId) -> Result<Vec<Arc<Snapshot>>, Fault> {
        let load = async || -> Result<_, Fault> {
            Ok(snapshot::of_sheet(self.db.direct(), sheet).await?.into_iter().map(Arc::new).collect())
        };
        self.cache().snapshots.get_or_try_init(sheet, load).await
    }

    /// The sheet of a snapshot of a region that the viewer reads.
    pub async fn snapshot_sheet(&self, snapshot: &Snapshot) -> Result<Arc<LoadedSheet>, Fault> {
        let load =
            async || Ok(Arc::new(LoadedSheet::from(snapshot::service::view(&self.db, snapshot).await?)));
        self.cache().snapshot_sheets.get_or_try_init(snapshot.id, load).await
    }

    /// The threads in these columns of a sheet that the viewer reads.
    pub async fn threads(
        &self,
        sheet: &SheetHead,
        columns: impl AsyncFnOnce() -> Result<Vec<(Facet, FiscalYear)>, Fault>,
        resolved: Option<bool>,
        with_comments: bool,
    ) -> Result<Vec<Arc<Thread>>, Fault> {
        let load = async || -> Result<_, Fault> {
            let (columns, region) = (columns().await?, sheet.region);
            let read = self.db.read().await?;
            let threads = comment::of_columns(&read, region, &columns, resolved, with_comments).await?;
            Ok(threads.into_iter().map(Arc::new).collect())
        };
        self.cache().threads.get_or_try_init((sheet.id, resolved, with_comments), load).await
    }

    pub fn reads(&self, region: RegionId) -> bool {
        self.with_viewer(|viewer| viewer.is_some_and(|viewer| viewer.reads(region)))
    }

    /// After a change, what was read before it is old.
    pub fn forget(&self) {
        *self.cache.lock() = Arc::default();
        self.loader.clear::<AccountId>();
        self.loader.clear::<ThreadsOfEntry>();
        self.loader.clear::<ChangesOf<EntryId>>();
        self.loader.clear::<ChangesOf<CellKey>>();
        self.loader.clear::<EntryOfChange>();
        self.loader.clear::<NewsOf>();
    }

    /// Before each event of a subscription: it is an answer of its own.
    pub fn begin_event(&self) {
        self.forget();
        self.texts.renew();
    }

    /// An operator's access is noted, once a request.
    pub async fn note_access(&self, region: RegionId, sheet: Option<SheetId>) -> Result<(), Fault> {
        let Some(viewer) = self.viewer().filter(|viewer| viewer.account.operator) else { return Ok(()) };
        let first = self.accessed.lock().insert((region, sheet));
        match first {
            true => session::service::note_look(&self.db, &viewer, self.address, region, sheet).await,
            false => Ok(()),
        }
    }
}
