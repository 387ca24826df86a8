//! The presence registry: which account has which sheet open on which page, and which entry it edits. In memory.

use super::service::SubscriberGuard;
use crate::account::Viewer;
use itertools::Itertools;
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
/// So many pages are named, and the others are a number: what is sent to those who come at once grows with their number
/// and not with its square. Of more people, those are named who edit. A page of each person comes before the second of
/// anybody, so that nobody takes away somebody else's name.
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
    /// All pages; of too many, one of each person at least; of too many people, those on which something is edited.
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
    /// It has said that it is being closed, and nothing since. Its sockets may live on for a while.
    closed: bool,
    /// As many as guards were made for it. It is kept as long as there is one, so that each finds what it counted on.
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
    /// A page subscribes; `None`: it is one too many of its account.
    pub fn connect(self: &Arc<Self>, who: &Arc<Viewer>, page: PageKey) -> Option<PresenceGuard> {
        let connected = self.update_local(page, Some(who), |page| {
            page.closed = false;
            page.sockets += 1;
        });
        connected.then(|| PresenceGuard { registry: self.clone(), page })
    }

    /// A page says that it is open, and what is edited on it.
    pub fn announce(&self, who: &Arc<Viewer>, page: PageKey, entry: Option<EntryId>, guard: SubscriberGuard) {
        self.update_local(page, Some(who), |page| {
            (page.closed, page.entry) = (false, entry);
            page.announced = Some((Instant::now() + ANNOUNCED_TTL, guard));
        });
    }

    /// A page polls for events: it is still open, with what was edited on it before.
    pub fn refresh(&self, who: &Arc<Viewer>, page: PageKey, guard: SubscriberGuard) {
        self.update_local(page, Some(who), |page| {
            page.closed = false;
            page.announced = Some((Instant::now() + ANNOUNCED_TTL, guard));
        });
    }

    /// A page says that it is being closed.
    pub fn close(&self, page: PageKey) {
        self.update_local(page, None, |page| {
            (page.closed, page.entry, page.announced, page.remote) = (true, None, None, None);
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
            let mut expired = false;
            for page in &mut on.pages {
                expired |= page.expire(now);
            }
            on.pages.retain(|page| page.is_kept(now));
            if expired {
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

    /// Updates a page, and queues it for the other servers. Says whether there is such a page.
    fn update_local(&self, key: PageKey, who: Option<&Arc<Viewer>>, change: impl FnOnce(&mut Page)) -> bool {
        let updated = self.update(key, who, change);
        let mut outbox = self.outbox.lock();
        if let Some(outbox) = outbox.as_mut().filter(|outbox| !outbox.contains(&key)) {
            outbox.push(key);
            self.outgoing.notify_one();
        }
        updated
    }

    /// Updates a page, which is added if it is not there and `who` says whose it is. Subscribers are notified if the list
    /// has changed. Says whether there is such a page.
    fn update(&self, key: PageKey, who: Option<&Arc<Viewer>>, change: impl FnOnce(&mut Page)) -> bool {
        let now = Instant::now();
        let mut sheets = self.sheets.lock();
        let on = self.on_sheet(&mut sheets, key.sheet);
        let found = on.pages.iter().position(|page| page.key == key);
        let index = match (found, who) {
            (Some(index), _) => index,
            (None, Some(who)) => {
                let own = |page: &&Page| page.key.account == key.account;
                if on.pages.iter().filter(own).count() >= PAGES {
                    return false;
                }
                on.pages.push(Page::new(key, who.clone()));
                on.pages.len() - 1
            }
            (None, None) => return false,
        };
        let page = &mut on.pages[index];
        let before = page.is_open(now).then_some(page.entry);
        change(page);
        let after = page.is_open(now).then_some(page.entry);
        if !page.is_kept(now) {
            on.pages.remove(index);
        }
        if before != after {
            on.version.send_replace(self.next_version());
        }
        true
    }
}

impl OnSheet {
    fn list(&self) -> PresenceList {
        let now = Instant::now();
        let open: Vec<&Page> = self.pages.iter().filter(|page| page.is_open(now)).collect();
        let present = |page: &Page| Present { who: page.who.clone(), page: page.key.id, entry: page.entry };
        let named = named(&open).into_iter().map(present).collect();
        PresenceList { version: *self.version.borrow(), named, total: open.len() }
    }
}

/// Those of the pages that are named, in their order.
fn named<'p>(open: &[&'p Page]) -> Vec<&'p Page> {
    let people = open.iter().map(|page| page.key.account).unique().count();
    let of_number = open.iter().enumerate().filter(|(_, page)| people <= NAMED || page.entry.is_some());
    let mut pages_of: HashMap<AccountId, usize> = HashMap::new();
    // Of each person, those that edit come first.
    let ranked = of_number.sorted_by_key(|(_, page)| page.entry.is_none()).map(|(number, page)| {
        let nth = pages_of.entry(page.key.account).or_default();
        *nth += 1;
        (*nth, number, *page)
    });
    let chosen = ranked.sorted_by_key(|(nth, ..)| *nth).take(NAMED);
    chosen.sorted_by_key(|(_, number, _)| *number).map(|(.., page)| page).collect()
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
        Page { key, who, entry: None, closed: false, sockets: 0, announced: None, remote: None }
    }

    fn is_open(&self, now: Instant) -> bool {
        self.is_open_here(now) || self.remote.is_some_and(|until| now < until)
    }

    fn is_open_here(&self, now: Instant) -> bool {
        self.is_connected() || self.announced.as_ref().is_some_and(|(until, _)| now < *until)
    }

    fn is_connected(&self) -> bool {
        self.sockets > 0 && !self.closed
    }

    fn is_kept(&self, now: Instant) -> bool {
        self.sockets > 0 || self.is_open(now)
    }

    /// Forgets what no longer holds, and says whether the page was open by that alone.
    fn expire(&mut self, now: Instant) -> bool {
        let announced = self.announced.take_if(|(until, _)| *until <= now).is_some();
        let remote = self.remote.take_if(|until| *until <= now).is_some();
        (announced || remote) && !self.is_open(now)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::region::Organization;
    use renkei_domain::{OrganizationId, OrganizationKind};

    const SHEET: SheetId = SheetId(Uuid::from_u128(1));
    const ENTRY: EntryId = EntryId(Uuid::from_u128(2));

    fn person(number: u128) -> Arc<Viewer> {
        let organization = Organization {
            id: OrganizationId(Uuid::from_u128(3)),
            kind: OrganizationKind::Municipality,
            name: "本庄市".to_owned(),
            short_name: "本庄".to_owned(),
        };
        let id = AccountId(Uuid::from_u128(number));
        let (login, name) = (number.to_string(), number.to_string());
        let account = Account { id, login, name, organization, operator: false };
        Arc::new(Viewer { account, memberships: Vec::new(), via_token: None })
    }

    fn page(person: &Viewer, number: u128) -> PageKey {
        PageKey { sheet: SHEET, account: person.account.id, id: Uuid::from_u128(number) }
    }

    /// As another server tells it.
    fn edit(registry: &PresenceRegistry, person: &Arc<Viewer>, number: u128) {
        let update = PresenceUpdate { page: page(person, number), entry: Some(ENTRY), open: true };
        registry.apply(Some(person), &update);
    }

    fn named(registry: &PresenceRegistry) -> Vec<(String, bool)> {
        let named = registry.list(SHEET).named.into_iter();
        named.map(|one| (one.who.account.login.clone(), one.entry.is_some())).collect()
    }

    #[test]
    fn of_many_people_those_who_edit_are_named() {
        let registry = Arc::new(PresenceRegistry::default());
        let people: Vec<_> = (1..=51).map(person).collect();
        let mut guards: Vec<_> =
            people.iter().map(|person| registry.connect(person, page(person, 1)).unwrap()).collect();
        assert_eq!((named(&registry), registry.list(SHEET).total), (Vec::new(), 51));
        for number in 1..=50 {
            edit(&registry, &people[7], number);
        }
        edit(&registry, &people[9], 1);
        let editing = named(&registry);
        assert!(editing.len() == NAMED && editing.contains(&("10".to_owned(), true)), "{editing:?}");
        assert!(editing.iter().all(|(login, edits)| *edits && ["8", "10"].contains(&login.as_str())));
        // As many as are named: then nobody is a number, whatever others do.
        guards.truncate(50);
        let all = named(&registry);
        assert!(all.len() == NAMED && all.iter().map(|(login, _)| login).all_unique(), "{all:?}");
        assert_eq!(all.iter().filter(|(_, edits)| *edits).count(), 2);
        assert_eq!(registry.list(SHEET).total, 99);
    }

    #[test]
    fn a_page_that_was_not_counted_is_not_counted_out() {
        let registry = Arc::new(PresenceRegistry::default());
        let honjo = person(1);
        let mut guards: Vec<_> =
            (1..=50).map(|number| registry.connect(&honjo, page(&honjo, number)).unwrap()).collect();
        let refused = registry.connect(&honjo, page(&honjo, 51));
        assert!(refused.is_none());
        guards.pop();
        guards.extend(registry.connect(&honjo, page(&honjo, 51)));
        drop(refused);
        assert_eq!(registry.list(SHEET).total, 50);
        drop(guards);
        registry.remove_expired();
        assert!(registry.sheets.lock().is_empty());
    }

    #[test]
    fn a_page_that_is_closed_and_still_connected_ends_like_any_other() {
        let registry = Arc::new(PresenceRegistry::default());
        let honjo = person(1);
        let guard = registry.connect(&honjo, page(&honjo, 1));
        registry.close(page(&honjo, 1));
        assert_eq!(registry.list(SHEET).total, 0);
        // It is back, on another server, which falls silent.
        edit(&registry, &honjo, 1);
        let changed = registry.subscribe(SHEET);
        assert_eq!(registry.list(SHEET).total, 1);
        registry.sheets.lock().get_mut(&SHEET).unwrap().pages[0].remote = Some(Instant::now());
        registry.remove_expired();
        assert!(changed.has_changed().unwrap() && registry.list(SHEET).total == 0);
        drop(guard);
        assert!(registry.sheets.lock()[&SHEET].pages.is_empty());
    }
}
