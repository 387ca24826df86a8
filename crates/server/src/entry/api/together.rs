//! What entries that were read together find out together.

use crate::{
    account::Viewer,
    change::{
        self,
        api::{Change, people},
    },
    comment::{self, api::ApiThread},
    entry,
    graphql::{
        page::PageOfMany,
        reading::{Gather, Reading},
    },
    sheet::{Frame, SheetView},
};
use async_graphql::Error;
use renkei_domain::{AccountId, EntryId};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::sync::OnceCell;

/// Entries that were read together find out together who wrote them and what their last changes are: one statement
/// for all of them, however many ask.
pub struct Together {
    pub frame: Arc<Frame>,
    entries: Vec<EntryId>,
    editors: HashSet<AccountId>,
    accounts: OnceCell<Arc<People>>,
    changes: Gather<PageOfMany, EntryId, Vec<Change>>,
    threads: OnceCell<Arc<Threads>>,
}

type People = HashMap<AccountId, Arc<Viewer>>;
type Threads = HashMap<EntryId, Vec<ApiThread>>;

impl Together {
    /// All entries of a sheet.
    pub fn on(view: &SheetView) -> Self {
        Self::of(view.frame.clone(), view.cells.values().flatten())
    }

    pub fn of<'e>(frame: Arc<Frame>, entries: impl Iterator<Item = &'e entry::Entry> + Clone) -> Self {
        Together {
            frame,
            entries: entries.clone().map(|entry| entry.id).collect(),
            editors: entries.filter_map(|entry| entry.updated_by).collect(),
            accounts: OnceCell::new(),
            changes: Gather::default(),
            threads: OnceCell::new(),
        }
    }

    /// With accounts that are read already.
    pub fn with_accounts(mut self, accounts: Arc<People>) -> Self {
        self.accounts = OnceCell::new_with(Some(accounts));
        self
    }

    pub async fn accounts(&self, reading: &Reading) -> Result<Arc<People>, Error> {
        let load = async || -> Result<_, Error> {
            Ok(Arc::new(people(reading, self.editors.iter().copied()).await?))
        };
        self.accounts.get_or_try_init(load).await.cloned()
    }

    pub async fn threads(&self, reading: &Reading) -> Result<Arc<Threads>, Error> {
        let load = async || {
            let read = reading.db.read().await?;
            let found = comment::of_entries(&read, &self.entries, usize::MAX).await?;
            let mut threads: Threads = HashMap::new();
            let all = found.into_iter().flat_map(|(entry, own)| own.into_iter().map(move |one| (entry, one)));
            let (entries, all): (Vec<_>, Vec<_>) = all.unzip();
            for (entry, thread) in entries.into_iter().zip(comment::api::listed(reading, all).await?) {
                threads.entry(entry).or_default().push(thread);
            }
            Ok(Arc::new(threads))
        };
        self.threads.get_or_try_init(load).await.cloned()
    }

    /// Of an entry, those of a page and one more.
    pub async fn changes(
        &self,
        reading: &Reading,
        entry: EntryId,
        page: PageOfMany,
    ) -> Result<Vec<Change>, Error> {
        let region = self.frame.head.region;
        let load = async |entries: Vec<EntryId>| {
            let newest =
                async |newest| change::newest_of_entries(reading.db.direct(), region, &entries, newest).await;
            page.load(reading, newest).await
        };
        Ok(self.changes.get(page, entry, load).await?.unwrap_or_default())
    }
}
