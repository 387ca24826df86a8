//! What one request has read: each region and sheet once, for its viewer. No two requests share it.

use super::Caller;
use crate::{
    Config, Db, Fault,
    account::Viewer,
    caller::Identity,
    change::api::Change,
    entry::{CellKey, api::Together},
    live::Live,
    refusal::Refusal,
    region::{self, RegionView},
    session::{self, service::Session},
    sheet::{self, SheetView},
};
use async_graphql::Context;
use renkei_domain::{FiscalYear, RegionId, SheetId};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
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
    looks: Mutex<HashSet<(RegionId, Option<SheetId>)>>,
    /// Fields of rows that pages had beyond what was expected.
    paged: AtomicUsize,
}

/// A whole sheet, with what its entries find out together.
pub struct ReadSheet {
    pub view: SheetView,
    pub together: Arc<Together>,
    /// Of its cells, by how many newest are asked for, and before which.
    pub changes: Memo<(usize, Option<i64>), CellChanges>,
}

pub type CellChanges = Arc<HashMap<CellKey, Vec<Change>>>;

impl From<SheetView> for ReadSheet {
    fn from(view: SheetView) -> Self {
        ReadSheet { together: Together::on(&view).into(), view, changes: Memo::default() }
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
            looks: Mutex::default(),
            paged: AtomicUsize::default(),
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
    pub fn writer(&self) -> Result<Viewer, Refusal> {
        self.writes()?;
        self.viewer().ok_or_else(Refusal::signed_out)
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
        if !self.reads(id) {
            return Ok(None);
        }
        let load = async || Ok(region::service::view(&self.db.read().await?, id).await?.map(Arc::new));
        let region = self.regions.get(id, load).await?;
        if region.is_some() {
            self.look(id, None).await?;
        }
        Ok(region)
    }

    /// The sheet of a year of a region that the viewer reads.
    pub async fn sheet(&self, region: RegionId, year: FiscalYear) -> Result<Option<Arc<ReadSheet>>, Fault> {
        if !self.reads(region) {
            return Ok(None);
        }
        let load = async || {
            let view = sheet::service::view(&self.db, region, year).await?;
            Ok(view.map(|view| Arc::new(ReadSheet::from(view))))
        };
        let sheet = self.sheets.get((region, year), load).await?;
        if let Some(sheet) = &sheet {
            self.look(region, Some(sheet.view.frame.head.id)).await?;
        }
        Ok(sheet)
    }

    pub fn reads(&self, region: RegionId) -> bool {
        self.viewer().is_some_and(|viewer| viewer.reads(region))
    }

    /// After a change, what was read before it is old.
    pub fn forget(&self) {
        self.regions.clear();
        self.sheets.clear();
    }

    /// Counts fields of rows that pages had beyond what was expected; all of them so far.
    pub fn paged(&self, fields: usize) -> usize {
        self.paged.fetch_add(fields, Ordering::Relaxed) + fields
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
    pub async fn get<F>(&self, key: K, load: impl FnOnce() -> F) -> Result<V, Fault>
    where
        F: Future<Output = Result<V, Fault>>,
    {
        let cell = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        cell.get_or_try_init(load).await.cloned()
    }

    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
