//! What is loaded for many objects of an answer at once, by async-graphql's `DataLoader`.

use super::page::LogPage;
use crate::{
    Db,
    account::{self, Viewer},
    change::{self, Change, EntryChange},
    comment::{self, Thread},
    entry::CellKey,
    visit::{self, News},
};
use async_graphql::Error;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, FuturesUnordered, StreamExt};
use itertools::Itertools;
use renkei_domain::{AccountId, ChangeId, EntryId, FiscalYear, RegionId, SheetId};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The loader of one request. What it loads belongs to regions that the request's viewer reads: whoever asks has seen to
/// that.
pub type RequestLoader = DataLoader<StoreLoader, HashMapCache>;

pub struct StoreLoader {
    db: Db,
}

/// The threads on an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ThreadsOfEntry(pub EntryId);

/// A page of the changes of an entry or a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChangesOf<P> {
    pub region: RegionId,
    pub place: P,
    pub page: LogPage,
}

/// What a change did to its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EntryOfChange(pub ChangeId);

/// What is new to somebody on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NewsOf {
    pub account: AccountId,
    pub region: RegionId,
    pub sheet: SheetId,
    pub year: FiscalYear,
}

/// A loader, and the batches that it loads. They are run by the request itself, when everything else in it waits: then all
/// who ask at the same time have asked, and the number of statements does not depend on how long that took.
pub fn request_loader(db: Db) -> (RequestLoader, Batches) {
    let (sender, receiver) = unbounded_channel();
    // Nobody waits for a batch of a request that has ended.
    let spawner = move |batch| drop(sender.send(batch));
    let loader = DataLoader::with_cache(StoreLoader { db }, spawner, HashMapCache::default());
    let loader = loader.delay(Duration::ZERO).max_batch_size(usize::MAX);
    (loader, Batches { receiver, running: FuturesUnordered::new() })
}

pub struct Batches {
    receiver: UnboundedReceiver<BoxFuture<'static, ()>>,
    running: FuturesUnordered<BoxFuture<'static, ()>>,
}

impl Batches {
    /// Runs a request's execution, and its batches.
    pub async fn run<F: Future>(mut self, execution: F) -> F::Output {
        let mut execution = pin!(execution);
        poll_fn(|task| {
            let polled = execution.as_mut().poll(task);
            if polled.is_pending() {
                self.poll(task);
            }
            polled
        })
        .await
    }

    /// The same of a subscription.
    pub fn run_stream<T: 'static>(mut self, mut responses: BoxStream<'static, T>) -> BoxStream<'static, T> {
        let responses = stream::poll_fn(move |task| {
            let polled = responses.poll_next_unpin(task);
            if polled.is_pending() {
                self.poll(task);
            }
            polled
        });
        responses.boxed()
    }

    fn poll(&mut self, task: &mut Context<'_>) {
        while let Poll::Ready(Some(batch)) = self.receiver.poll_recv(task) {
            self.running.push(batch);
        }
        while let Poll::Ready(Some(())) = self.running.poll_next_unpin(task) {}
    }
}

impl Loader<AccountId> for StoreLoader {
    type Value = Arc<Viewer>;
    type Error = Error;

    async fn load(&self, ids: &[AccountId]) -> Result<HashMap<AccountId, Self::Value>, Error> {
        let accounts = account::viewers(self.db.direct(), ids.iter().copied()).await?;
        Ok(accounts.into_iter().map(|(id, account)| (id, Arc::new(account))).collect())
    }
}

impl Loader<ThreadsOfEntry> for StoreLoader {
    type Value = Vec<Arc<Thread>>;
    type Error = Error;

    async fn load(&self, keys: &[ThreadsOfEntry]) -> Result<HashMap<ThreadsOfEntry, Self::Value>, Error> {
        let entries: Vec<EntryId> = keys.iter().map(|key| key.0).collect();
        let threads = comment::of_entries(&self.db.read().await?, &entries).await?;
        let shared = |threads: Vec<Thread>| threads.into_iter().map(Arc::new).collect();
        Ok(threads.into_iter().map(|(entry, threads)| (ThreadsOfEntry(entry), shared(threads))).collect())
    }
}

impl Loader<ChangesOf<EntryId>> for StoreLoader {
    type Value = Vec<Change>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[ChangesOf<EntryId>],
    ) -> Result<HashMap<ChangesOf<EntryId>, Self::Value>, Error> {
        let mut changes = HashMap::new();
        let pages = keys.iter().map(|key| ((key.region, key.page), key.place)).into_group_map();
        for ((region, page), entries) in pages {
            let found = change::newest_of_entries(self.db.direct(), &entries, page.of_each()).await?;
            let found = page.checked(found)?.into_iter();
            changes.extend(found.map(|(place, found)| (ChangesOf { region, place, page }, found)));
        }
        Ok(changes)
    }
}

impl Loader<ChangesOf<CellKey>> for StoreLoader {
    type Value = Vec<Change>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[ChangesOf<CellKey>],
    ) -> Result<HashMap<ChangesOf<CellKey>, Self::Value>, Error> {
        let mut changes = HashMap::new();
        let pages = keys.iter().map(|key| ((key.region, key.page), key.place)).into_group_map();
        for ((region, page), cells) in pages {
            let found = change::newest_of_cells(self.db.direct(), region, &cells, page.of_each()).await?;
            let found = page.checked(found)?.into_iter();
            changes.extend(found.map(|(place, found)| (ChangesOf { region, place, page }, found)));
        }
        Ok(changes)
    }
}

impl Loader<EntryOfChange> for StoreLoader {
    type Value = Arc<EntryChange>;
    type Error = Error;

    async fn load(&self, keys: &[EntryOfChange]) -> Result<HashMap<EntryOfChange, Self::Value>, Error> {
        let made = change::of_entries(self.db.direct(), keys.iter().map(|key| key.0)).await?;
        Ok(made.into_iter().map(|made| (EntryOfChange(made.change.id), Arc::new(made))).collect())
    }
}

impl Loader<NewsOf> for StoreLoader {
    type Value = News;
    type Error = Error;

    async fn load(&self, keys: &[NewsOf]) -> Result<HashMap<NewsOf, Self::Value>, Error> {
        let mut news = HashMap::new();
        for (account, keys) in keys.iter().copied().into_group_map_by(|key| key.account) {
            let sheets: Vec<_> = keys.iter().map(|key| (key.region, key.sheet, key.year)).collect();
            let mut found = visit::service::news(&self.db, account, &sheets).await?;
            news.extend(keys.into_iter().filter_map(|key| Some((key, found.remove(&key.sheet)?))));
        }
        Ok(news)
    }
}
