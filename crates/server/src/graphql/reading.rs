//! What one request has read: each region and sheet once, for its viewer. No two requests share it.

use super::Caller;
use crate::{
    Config, Db, Fault,
    account::Viewer,
    caller::Identity,
    change::api::Change,
    comment::api::ApiThread,
    draft::{self, Draft},
    entry::{CellKey, Entry, api::Together},
    graphql::page::PageOfMany,
    live::Live,
    refusal::Refusal,
    region::{self, RegionView},
    session::{self, service::Session},
    sheet::{self, SheetHead, SheetView},
    snapshot::{self, Snapshot},
};
use async_graphql::Context;
use renkei_domain::{FiscalYear, RegionId, SheetId, SnapshotId, filter::folded};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};
use tokio::sync::OnceCell;

pub struct Reading {
    pub db: Db,
    pub config: Arc<Config>,
    pub live: Arc<Live>,
    pub address: IpAddr,
    /// Changes within a request that signs in or out.
    identity: Mutex<Option<Identity>>,
    regions: Memo<RegionId, Option<Arc<RegionView>>>,
    sheets: Memo<(RegionId, FiscalYear), Option<Arc<ReadSheet>>>,
    drafts: Memo<(Option<SheetId>, bool), Vec<Arc<Draft>>>,
    pub members: Memo<RegionId, Vec<Arc<Viewer>>>,
    pub snapshots: Memo<SheetId, Vec<snapshot::api::Snapshot>>,
    frozen: Memo<SnapshotId, Arc<ReadSheet>>,
    /// Of a sheet: all, those that are resolved, or the others; with their comments or without.
    pub threads: Memo<(SheetId, Option<bool>, bool), Vec<ApiThread>>,
    looks: Mutex<HashSet<(RegionId, Option<SheetId>)>>,
}

/// A whole sheet, with what its entries find out together.
pub struct ReadSheet {
    pub view: SheetView,
    pub together: Arc<Together>,
    /// Of its cells.
    pub changes: Gather<PageOfMany, CellKey, Vec<Change>>,
    /// What is searched when it is filtered by a text: of each cell, its entries'.
    folded: OnceLock<HashMap<CellKey, Vec<String>>>,
}

impl ReadSheet {
    /// The texts of a cell's entries as a filter reads them: folded once, however many filters ask.
    pub fn folded(&self, cell: &CellKey) -> &[String] {
        let fold = |entry: &Entry| {
            let notes = entry.text.notes.iter().map(|note| note.text.as_str());
            folded(&entry.text.body, notes)
        };
        let all = || {
            let cells = self.view.cells.iter();
            cells.map(|(cell, entries)| (*cell, entries.iter().map(fold).collect())).collect()
        };
        self.folded.get_or_init(all).get(cell).map(Vec::as_slice).unwrap_or_default()
    }
}

impl From<SheetView> for ReadSheet {
    fn from(view: SheetView) -> Self {
        ReadSheet {
            together: Together::on(&view).into(),
            view,
            changes: Gather::default(),
            folded: OnceLock::new(),
        }
    }
}

/// The request's reading.
pub fn reading<'c>(ctx: &Context<'c>) -> &'c Reading {
    ctx.data_unchecked::<Reading>()
}

impl Reading {
    pub fn new(db: Db, config: Arc<Config>, live: Arc<Live>, caller: Caller) -> Self {
        Reading {
            db,
            config,
            live,
            address: caller.address,
            identity: Mutex::new(caller.identity),
            regions: Memo::default(),
            sheets: Memo::default(),
            drafts: Memo::default(),
            members: Memo::default(),
            snapshots: Memo::default(),
            frozen: Memo::default(),
            threads: Memo::default(),
            looks: Mutex::default(),
        }
    }

    pub fn identity(&self) -> Option<Identity> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_session(&self, session: Option<Session>) {
        let identity = session.map(Identity::Session);
        *self.identity.lock().unwrap_or_else(PoisonError::into_inner) = identity;
        self.forget();
    }

    /// Who reads.
    pub fn viewer(&self) -> Option<Viewer> {
        self.identity().map(|identity| identity.viewer().clone())
    }

    /// Who changes something: every mutation begins with this or with [`Reading::person`].
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
        let region = self.region_unnoted(id).await?;
        if region.is_some() {
            self.look(id, None).await?;
        }
        Ok(region)
    }

    async fn region_unnoted(&self, id: RegionId) -> Result<Option<Arc<RegionView>>, Fault> {
        if !self.reads(id) {
            return Ok(None);
        }
        let load = async || -> Result<_, Fault> {
            Ok(region::service::view(&self.db.read().await?, id).await?.map(Arc::new))
        };
        self.regions.get(id, load).await
    }

    /// The sheet of a year of a region that the viewer reads, without what stands in it.
    pub async fn head(
        &self,
        region: RegionId,
        year: FiscalYear,
    ) -> Result<Option<(SheetHead, Arc<RegionView>)>, Fault> {
        let Some(view) = self.region_unnoted(region).await? else { return Ok(None) };
        let Some(head) = view.sheet_of(year).cloned() else { return Ok(None) };
        self.look(region, Some(head.id)).await?;
        Ok(Some((head, view)))
    }

    /// The sheet of a year of a region that the viewer reads.
    pub async fn sheet(&self, region: RegionId, year: FiscalYear) -> Result<Option<Arc<ReadSheet>>, Fault> {
        if !self.reads(region) {
            return Ok(None);
        }
        let load = async || -> Result<_, Fault> {
            let view = sheet::service::view(&self.db, region, year).await?;
            Ok(view.map(|view| Arc::new(ReadSheet::from(view))))
        };
        let sheet = self.sheets.get((region, year), load).await?;
        if let Some(sheet) = &sheet {
            let frame = &sheet.view.frame;
            self.regions.know(region, || Some(frame.region.clone()));
            self.look(region, Some(frame.head.id)).await?;
        }
        Ok(sheet)
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
        self.drafts.get((sheet, texts), load).await
    }

    /// The sheet of a snapshot of a region that the viewer reads.
    pub async fn frozen(&self, snapshot: &Snapshot) -> Result<Arc<ReadSheet>, Fault> {
        let load = async || Ok(Arc::new(ReadSheet::from(snapshot::service::view(&self.db, snapshot).await?)));
        self.frozen.get(snapshot.id, load).await
    }

    pub fn reads(&self, region: RegionId) -> bool {
        self.viewer().is_some_and(|viewer| viewer.reads(region))
    }

    /// After a change, what was read before it is old.
    pub fn forget(&self) {
        self.regions.clear();
        self.sheets.clear();
        self.drafts.clear();
        self.members.clear();
        self.snapshots.clear();
        self.frozen.clear();
        self.threads.clear();
    }

    /// An operator's look is noted, once a request.
    pub async fn look(&self, region: RegionId, sheet: Option<SheetId>) -> Result<(), Fault> {
        let Some(viewer) = self.viewer().filter(|viewer| viewer.account.operator) else { return Ok(()) };
        let first = self.looks.lock().unwrap_or_else(PoisonError::into_inner).insert((region, sheet));
        match first {
            true => session::service::note_look(&self.db, &viewer, self.address, region, sheet).await,
            false => Ok(()),
        }
    }
}

/// What is loaded once however many ask at the same time.
pub struct Memo<K, V>(Mutex<HashMap<K, Arc<OnceCell<V>>>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Memo(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    pub async fn get<F, E>(&self, key: K, load: impl FnOnce() -> F) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let cell = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        cell.get_or_try_init(load).await.cloned()
    }

    /// What was loaded with something else. Whatever is known already stays.
    fn know(&self, key: K, value: impl FnOnce() -> V) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(key).or_insert_with(|| Arc::new(OnceCell::new_with(Some(value()))));
    }

    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What is loaded at once for all who ask in one turn of the request, each for their own: the fields of a list's rows do.
/// Only those who ask with the same `A` go together.
pub struct Gather<A, K, V>(Mutex<HashMap<A, Arc<Turn<K, V>>>>);

/// Those who ask, until it is loaded.
struct Turn<K, V> {
    asked: Mutex<HashSet<K>>,
    answer: OnceCell<HashMap<K, V>>,
}

impl<A, K, V> Default for Gather<A, K, V> {
    fn default() -> Self {
        Gather(Mutex::default())
    }
}

impl<K, V> Default for Turn<K, V> {
    fn default() -> Self {
        Turn { asked: Mutex::default(), answer: OnceCell::default() }
    }
}

impl<A: Eq + Hash, K: Eq + Hash + Clone, V: Clone> Gather<A, K, V> {
    /// None: what was loaded has nothing for this key.
    pub async fn get<F, E>(&self, with: A, key: K, load: impl FnOnce(Vec<K>) -> F) -> Result<Option<V>, E>
    where
        F: Future<Output = Result<HashMap<K, V>, E>>,
    {
        let turns = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = {
            let mut turns = turns();
            let turn = turns.entry(with).or_default();
            turn.asked().insert(key.clone());
            turn.clone()
        };
        // Whoever asks in this turn has asked before the first of them goes on.
        tokio::task::yield_now().await;
        let load = || {
            turns().retain(|_, other| !Arc::ptr_eq(other, &turn));
            load(turn.asked().iter().cloned().collect())
        };
        Ok(turn.answer.get_or_try_init(load).await?.get(&key).cloned())
    }
}

impl<K, V> Turn<K, V> {
    fn asked(&self) -> MutexGuard<'_, HashSet<K>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
