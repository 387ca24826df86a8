//! The presence registry: which account has which sheet open on which page, and which entry it edits. In memory.

use super::service::SubscriberGuard;
use crate::account::Viewer;
use parking_lot::Mutex;
use renkei_domain::{AccountId, EntryId, SheetId};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

/// How long a page stays registered after it was announced, unless a socket keeps it.
const ANNOUNCED_TTL: Duration = Duration::from_secs(15);
/// How long a page of another server stays registered; that server repeats it every [`REPEAT`].
const REMOTE_TTL: Duration = Duration::from_secs(12);
/// How often this server sends all its pages to the others.
pub const REPEAT: Duration = Duration::from_secs(5);
/// Pages of one account on one sheet.
const PAGES: usize = 50;
/// So many pages are named. Of more, those that edit are named, and the others are a number: what is sent to those who
/// come at once grows with their number and not with its square.
const NAMED: usize = 50;

/// A page on which somebody has a sheet open; `id` is made up by the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageKey {
    pub sheet: SheetId,
    pub account: AccountId,
    pub id: Uuid,
}

/// Somebody who has a sheet open.
#[derive(Clone, Debug)]
pub struct Present {
    pub who: Arc<Viewer>,
    pub page: Uuid,
    /// Which entry they edit.
    pub entry: Option<EntryId>,
}

/// Those who have a sheet open, as subscribers are told.
#[derive(Debug, Default)]
pub struct PresenceList {
    /// Another one whenever somebody comes, goes or edits something else.
    pub version: u64,
    /// All pages, or, of too many, those on which something is edited.
    pub named: Vec<Present>,
    /// How many pages there are, named or not.
    pub total: usize,
}

/// What makes one list of another.
#[derive(Debug, Default)]
pub struct PresenceDifference {
    /// Pages that are not in the one, or with another entry.
    pub came: Vec<Present>,
    pub left: Vec<Present>,
}

/// What one server sends the others about a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceUpdate {
    pub page: PageKey,
    pub entry: Option<EntryId>,
    /// `false`: it was closed.
    pub open: bool,
}

#[derive(Default)]
pub struct PresenceRegistry {
    sheets: Mutex<HashMap<SheetId, OnSheet>>,
    /// The newest version of any list: no two lists that differ have the same.
    versions: AtomicU64,
    /// Pages whose updates are not sent to the other servers yet; `None` while there is nobody to send them.
    outbox: Mutex<Option<Vec<PageKey>>>,
    /// Notified when the outbox has something to send.
    pub outgoing: Notify,
}

struct OnSheet {
    /// Another one, of the registry's [`versions`](PresenceRegistry::versions), whenever the list changes.
    version: watch::Sender<u64>,
    /// In the order in which they came.
    pages: Vec<Page>,
    /// As it was last told.
    shared: Option<Arc<PresenceList>>,
}

struct Page {
    key: PageKey,
    who: Arc<Viewer>,
    entry: Option<EntryId>,
    /// Subscriptions of the page on this server.
    sockets: usize,
    /// Until when its announcement holds; the guard keeps the background tasks running, which remove it then.
    announced: Option<(Instant, SubscriberGuard)>,
    /// Until when the update of another server holds.
    remote: Option<Instant>,
}

/// Keeps a page registered for as long as its subscription lives.
pub struct PresenceGuard {
    registry: Arc<PresenceRegistry>,
    page: PageKey,
}

impl PresenceRegistry {
    /// A page subscribes.
    pub fn connect(self: &Arc<Self>, who: &Arc<Viewer>, page: PageKey) -> PresenceGuard {
        self.update_local(page, Some(who), |page| page.sockets += 1);
        PresenceGuard { registry: self.clone(), page }
    }

    /// A page says that it is open, and what is edited on it.
    pub fn announce(&self, who: &Arc<Viewer>, page: PageKey, entry: Option<EntryId>, guard: SubscriberGuard) {
        self.update_local(page, Some(who), |page| {
            page.entry = entry;
            page.announced = Some((Instant::now() + ANNOUNCED_TTL, guard));
        });
    }

    /// A page polls for events: it is still open, with what was edited on it before.
    pub fn refresh(&self, who: &Arc<Viewer>, page: PageKey, guard: SubscriberGuard) {
        self.update_local(page, Some(who), |page| {
            page.announced = Some((Instant::now() + ANNOUNCED_TTL, guard));
        });
    }

    /// A page says that it is being closed.
    pub fn close(&self, page: PageKey) {
        self.update_local(page, None, |page| {
            (page.sockets, page.announced, page.remote) = (0, None, None);
        });
    }

    /// An update of another server.
    pub fn apply(&self, who: Option<&Arc<Viewer>>, update: &PresenceUpdate) {
        self.update(update.page, who, |page| {
            page.remote = update.open.then(|| Instant::now() + REMOTE_TTL);
            if update.open {
                page.entry = update.entry;
            }
        });
    }

    /// Whose a page is, if it is registered: then the account need not be read.
    pub fn viewer_of(&self, key: PageKey) -> Option<Arc<Viewer>> {
        let sheets = self.sheets.lock();
        let page = sheets.get(&key.sheet)?.pages.iter().find(|page| page.key == key)?;
        Some(page.who.clone())
    }

    /// Those who have a sheet open now.
    pub fn list(&self, sheet: SheetId) -> PresenceList {
        self.sheets.lock().get(&sheet).map(|on| on.list()).unwrap_or_default()
    }

    /// The same for a subscriber: made once for all, whenever it is another one.
    pub fn shared_list(&self, sheet: SheetId) -> Arc<PresenceList> {
        let mut sheets = self.sheets.lock();
        let on = self.on_sheet(&mut sheets, sheet);
        let version = *on.version.borrow();
        match on.shared.take().filter(|list| list.version == version) {
            Some(list) => on.shared.insert(list).clone(),
            None => on.shared.insert(Arc::new(on.list())).clone(),
        }
    }

    /// Notified when a sheet's list changes.
    pub fn subscribe(&self, sheet: SheetId) -> watch::Receiver<u64> {
        self.on_sheet(&mut self.sheets.lock(), sheet).version.subscribe()
    }

    fn on_sheet<'s>(&self, sheets: &'s mut HashMap<SheetId, OnSheet>, sheet: SheetId) -> &'s mut OnSheet {
        sheets.entry(sheet).or_insert_with(|| OnSheet {
            version: watch::Sender::new(self.next_version()),
            pages: Vec::new(),
            shared: None,
        })
    }

    fn next_version(&self) -> u64 {
        self.versions.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Removes pages that have expired.
    pub fn remove_expired(&self) {
        let now = Instant::now();
        self.sheets.lock().retain(|_, on| {
            let before = on.pages.len();
            on.pages.retain(|page| page.is_open(now));
            if on.pages.len() < before {
                on.version.send_replace(self.next_version());
            }
            !on.pages.is_empty() || on.version.receiver_count() > 0
        });
    }

    /// From now on updates are collected for [`PresenceRegistry::take_updates`], or no longer.
    pub fn collect_updates(&self, collect: bool) {
        let outbox = collect.then(Vec::new);
        *self.outbox.lock() = outbox;
    }

    /// Another server has just begun to listen: all pages of this one are sent again.
    pub fn resend_all(&self) {
        let now = Instant::now();
        let own = |page: &&Page| page.is_open_here(now);
        let pages: Vec<PageKey> =
            self.sheets.lock().values().flat_map(|on| &on.pages).filter(own).map(|page| page.key).collect();
        if let Some(outbox) = self.outbox.lock().as_mut() {
            *outbox = pages;
        }
        self.outgoing.notify_one();
    }

    /// What is to be sent to the other servers: updates since the last time, or all pages of this server.
    pub fn take_updates(&self, all: bool) -> Vec<PresenceUpdate> {
        let mut outbox = self.outbox.lock();
        let updated = outbox.as_mut().map(std::mem::take).unwrap_or_default();
        let (now, sheets) = (Instant::now(), self.sheets.lock());
        let pages = || sheets.values().flat_map(|on| &on.pages).filter(|page| page.is_open_here(now));
        let open = |page: &Page| PresenceUpdate { page: page.key, entry: page.entry, open: true };
        let closed = updated.iter().filter(|key| !pages().any(|page| page.key == **key));
        let closed = closed.map(|key| PresenceUpdate { page: *key, entry: None, open: false });
        closed.chain(pages().filter(|page| all || updated.contains(&page.key)).map(open)).collect()
    }

    /// Updates a page, and queues it for the other servers.
    fn update_local(&self, key: PageKey, who: Option<&Arc<Viewer>>, change: impl FnOnce(&mut Page)) {
        self.update(key, who, change);
        let mut outbox = self.outbox.lock();
        if let Some(outbox) = outbox.as_mut().filter(|outbox| !outbox.contains(&key)) {
            outbox.push(key);
            self.outgoing.notify_one();
        }
    }

    /// Updates a page, which is added if it is not there and `who` says whose it is. Subscribers are notified if the list
    /// has changed.
    fn update(&self, key: PageKey, who: Option<&Arc<Viewer>>, change: impl FnOnce(&mut Page)) {
        let now = Instant::now();
        let mut sheets = self.sheets.lock();
        let on = self.on_sheet(&mut sheets, key.sheet);
        let found = on.pages.iter().position(|page| page.key == key);
        let index = match (found, who) {
            (Some(index), _) => index,
            (None, Some(who)) => {
                let own = |page: &&Page| page.key.account == key.account;
                if on.pages.iter().filter(own).count() >= PAGES {
                    return;
                }
                on.pages.push(Page::new(key, who.clone()));
                on.pages.len() - 1
            }
            (None, None) => return,
        };
        let page = &mut on.pages[index];
        let before = page.is_open(now).then_some(page.entry);
        change(page);
        let after = page.is_open(now).then_some(page.entry);
        if after.is_none() {
            on.pages.remove(index);
        }
        if before != after {
            on.version.send_replace(self.next_version());
        }
    }
}

impl OnSheet {
    fn list(&self) -> PresenceList {
        let now = Instant::now();
        let open = || self.pages.iter().filter(|page| page.is_open(now));
        let total = open().count();
        let named = open().filter(|page| total <= NAMED || page.entry.is_some()).take(NAMED);
        let present = |page: &Page| Present { who: page.who.clone(), page: page.key.id, entry: page.entry };
        PresenceList { version: *self.version.borrow(), named: named.map(present).collect(), total }
    }
}

impl PresenceList {
    pub fn since(&self, before: &PresenceList) -> PresenceDifference {
        let is_in = |list: &PresenceList, one: &Present| list.named.iter().any(|other| other.is_page_of(one));
        let is_same = |one: &Present| {
            before.named.iter().any(|other| other.is_page_of(one) && other.entry == one.entry)
        };
        PresenceDifference {
            came: self.named.iter().filter(|one| !is_same(one)).cloned().collect(),
            left: before.named.iter().filter(|one| !is_in(self, one)).cloned().collect(),
        }
    }
}

impl Present {
    /// Two accounts may have given their pages the same name.
    fn is_page_of(&self, other: &Present) -> bool {
        (self.page, self.who.account.id) == (other.page, other.who.account.id)
    }
}

impl Page {
    fn new(key: PageKey, who: Arc<Viewer>) -> Self {
        Page { key, who, entry: None, sockets: 0, announced: None, remote: None }
    }

    fn is_open(&self, now: Instant) -> bool {
        self.is_open_here(now) || self.remote.is_some_and(|until| now < until)
    }

    fn is_open_here(&self, now: Instant) -> bool {
        self.sockets > 0 || self.announced.as_ref().is_some_and(|(until, _)| now < *until)
    }
}

impl Drop for PresenceGuard {
    fn drop(&mut self) {
        self.registry.update_local(self.page, None, |page| {
            page.sockets = page.sockets.saturating_sub(1);
            // A page that lost its connection and is still open announces itself again.
            if page.sockets == 0 {
                page.announced = None;
            }
        });
    }
}
