//! What entries that were read together find out together.

use crate::{
    Fault, account,
    account::Viewer,
    change::{self, api::Change},
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
}

type People = HashMap<AccountId, Arc<Viewer>>;
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
        }
    }

    pub async fn accounts(&self, reading: &Reading) -> Result<Arc<People>, Fault> {
        let load = async || people(reading, self.editors.iter().copied()).await.map(Arc::new);
        self.accounts.get_or_try_init(load).await.cloned()
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
            let authors =
                changes.values().flatten().filter_map(|change| change.by.account).collect::<HashSet<_>>();
            let people = people(reading, authors).await?;
            let author = |change: change::Change| {
                let by = change.by.account.and_then(|by| people.get(&by)).cloned();
                Change::new(change, by)
            };
            let shown =
                changes.into_iter().map(|(id, changes)| (id, changes.into_iter().map(author).collect()));
            Ok(Arc::new(shown.collect::<Changes>()))
        };
        self.changes.get((rows, before), load).await
    }
}

async fn people(reading: &Reading, ids: impl IntoIterator<Item = AccountId>) -> Result<People, Fault> {
    let viewers = account::viewers(reading.db.direct(), ids).await?;
    Ok(viewers.into_iter().map(|(id, viewer)| (id, Arc::new(viewer))).collect())
}
