//! What entries that were read together find out together.

use crate::{
    Fault,
    account::Viewer,
    change::{
        self,
        api::{Change, people},
    },
    comment::{self, api::ApiThread},
    entry,
    graphql::reading::{Memo, Reading},
    sheet::{Frame, SheetView},
};
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
    /// By how many newest changes are asked for, and before which.
    changes: Memo<(usize, Option<i64>), Arc<Changes>>,
    threads: OnceCell<Arc<Threads>>,
}

type People = HashMap<AccountId, Arc<Viewer>>;
type Threads = HashMap<EntryId, Vec<ApiThread>>;
type Changes = HashMap<EntryId, Vec<Change>>;

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
            changes: Memo::default(),
            threads: OnceCell::new(),
        }
    }

    pub async fn accounts(&self, reading: &Reading) -> Result<Arc<People>, Fault> {
        let load = async || people(reading, self.editors.iter().copied()).await.map(Arc::new);
        self.accounts.get_or_try_init(load).await.cloned()
    }

    pub async fn threads(&self, reading: &Reading) -> Result<Arc<Threads>, Fault> {
        let load = async || {
            let found = comment::of_entries(&reading.db.read().await?, &self.entries).await?;
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

    pub async fn changes(
        &self,
        reading: &Reading,
        rows: usize,
        before: Option<i64>,
    ) -> Result<Arc<Changes>, Fault> {
        let load = async || {
            let rows = u64::try_from(rows)? + 1;
            let db = reading.db.direct();
            let changes = change::newest_of_entries(db, &self.entries, rows, before).await?;
            Ok(Arc::new(change::api::grouped(reading, changes).await?))
        };
        self.changes.get((rows, before), load).await
    }
}
