//! Live's parts together: the feeds, the presence registry, the session watcher, and the background tasks that notice what
//! other processes do. The tasks run only while there are subscribers.

use super::{
    feed::Feed,
    presence::{PageKey, PresenceRegistry, PresenceUpdate, REPEAT},
    session_watcher::SessionWatcher,
    store::{self, Notification, NotificationListener},
};
use crate::{Db, Fault, account, caller::Identity, clock};
use parking_lot::Mutex;
use renkei_domain::RegionId;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::{
    sync::oneshot,
    task::AbortHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use uuid::Uuid;

/// How often SQLite's file is polled for commits of other processes.
const POLL: Duration = Duration::from_millis(250);
/// How often expired pages are removed from the presence registry.
const SWEEP: Duration = Duration::from_secs(1);
/// After the listener or the poller has failed.
const RETRY: Duration = Duration::from_secs(1);
/// Updates in one message to the other servers; PostgreSQL takes 8,000 bytes, an update has some 250.
const UPDATES: usize = 25;

pub struct Live {
    pub db: Db,
    pub presence: Arc<PresenceRegistry>,
    /// This server's id among those on the same database.
    server: Uuid,
    sessions: SessionWatcher,
    /// Each lives as long as it has a subscriber.
    feeds: Mutex<HashMap<RegionId, Weak<Feed>>>,
    subscribers: Mutex<Subscribers>,
}

#[derive(Default)]
struct Subscribers {
    count: usize,
    background: Option<AbortHandle>,
}

/// Counts as a subscriber until it is dropped: the background tasks run while there is one.
pub struct SubscriberGuard(Arc<Live>);

/// A socket's session or token, watched until this is dropped.
pub struct Watch {
    number: u64,
    guard: SubscriberGuard,
}

/// What servers send each other.
#[derive(Serialize, Deserialize)]
struct Message {
    /// The sender: a server receives its own messages too.
    server: Uuid,
    /// The sender has just begun to listen, and asks the others to send all their pages.
    wants_all: bool,
    updates: Vec<PresenceUpdate>,
}

impl Live {
    pub fn new(db: Db) -> Arc<Self> {
        Arc::new(Live {
            db,
            presence: Arc::default(),
            server: clock::fresh(),
            sessions: SessionWatcher::default(),
            feeds: Mutex::default(),
            subscribers: Mutex::default(),
        })
    }

    pub fn add_subscriber(self: &Arc<Self>) -> SubscriberGuard {
        let mut subscribers = self.subscribers.lock();
        subscribers.count += 1;
        if subscribers.background.is_none() {
            subscribers.background = Some(tokio::spawn(run_background(self.clone())).abort_handle());
        }
        SubscriberGuard(self.clone())
    }

    /// The feed of a region, shared by all its subscribers.
    pub fn feed(&self, region: RegionId) -> Arc<Feed> {
        let mut feeds = self.feeds.lock();
        if let Some(feed) = feeds.get(&region).and_then(Weak::upgrade) {
            return feed;
        }
        feeds.retain(|_, feed| feed.strong_count() > 0);
        let feed = Arc::new(Feed::new(self.db.clone(), region));
        feeds.insert(region, Arc::downgrade(&feed));
        feed
    }

    /// Watches a session or a token; the receiver is notified when it has ended, or its account has other rights.
    pub fn watch(self: &Arc<Self>, identity: &Identity) -> (Watch, oneshot::Receiver<()>) {
        let guard = self.add_subscriber();
        let (number, ended) = self.sessions.add(identity);
        // It may have ended since the identity was read.
        self.db.hub().notify_sessions();
        (Watch { number, guard }, ended)
    }
}

impl Drop for SubscriberGuard {
    fn drop(&mut self) {
        let mut subscribers = self.0.subscribers.lock();
        subscribers.count -= 1;
        if subscribers.count == 0
            && let Some(background) = subscribers.background.take()
        {
            background.abort();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.guard.0.sessions.remove(self.number);
    }
}

/// Runs until there are no subscribers.
async fn run_background(live: Arc<Live>) {
    let sweep = async {
        let mut ticks = interval(SWEEP);
        loop {
            ticks.tick().await;
            live.presence.remove_expired();
        }
    };
    let other_processes = async {
        match store::is_shared(&live.db) {
            true => {
                let listener = retried(&live, listen, "not listening to the database");
                tokio::join!(listener, run_presence_sender(&live)).0
            }
            false => retried(&live, poll, "not polling the database").await,
        }
    };
    tokio::join!(sweep, other_processes, live.sessions.run(&live.db, live.db.hub()));
}

/// Again and again: what was missed while it had failed is read again.
async fn retried(live: &Live, task: impl AsyncFn(&Live) -> Result<(), Fault>, failed: &str) {
    loop {
        if let Err(fault) = task(live).await {
            tracing::warn!(fault = fault.with_causes(), "{failed}");
        }
        sleep(RETRY).await;
    }
}

/// Listens to PostgreSQL.
async fn listen(live: &Live) -> Result<(), Fault> {
    let mut listener = NotificationListener::connect(&live.db).await?;
    let hub = live.db.hub();
    notify_all(live);
    send(live, true, Vec::new()).await?;
    loop {
        match listener.recv().await? {
            Notification::Change(region) => hub.notify_region(region),
            Notification::Session => hub.notify_sessions(),
            Notification::Presence(message) => receive(live, &message).await?,
            Notification::Reconnected => notify_all(live),
        }
    }
}

fn notify_all(live: &Live) {
    live.db.hub().notify_all_regions();
    live.db.hub().notify_sessions();
}

/// Polls SQLite's file for commits of other processes.
async fn poll(live: &Live) -> Result<(), Fault> {
    let mut version = live.db.data_version().await?;
    notify_all(live);
    let mut ticks = interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let newest = live.db.data_version().await?;
        if std::mem::replace(&mut version, newest) != newest {
            notify_all(live);
        }
    }
}

/// Sends the presence registry to the other servers: updates at once, everything every few seconds.
async fn run_presence_sender(live: &Live) {
    let _collecting = CollectingGuard::new(&live.presence);
    loop {
        let all = timeout(REPEAT, live.presence.outgoing.notified()).await.is_err();
        for updates in live.presence.take_updates(all).chunks(UPDATES) {
            if let Err(fault) = send(live, false, updates.to_vec()).await {
                tracing::warn!(fault = fault.with_causes(), "presence is not sent to the other servers");
            }
        }
    }
}

/// The registry collects updates for as long as this lives.
struct CollectingGuard<'a>(&'a PresenceRegistry);

impl<'a> CollectingGuard<'a> {
    fn new(registry: &'a PresenceRegistry) -> Self {
        registry.collect_updates(true);
        CollectingGuard(registry)
    }
}

impl Drop for CollectingGuard<'_> {
    fn drop(&mut self) {
        self.0.collect_updates(false);
    }
}

async fn send(live: &Live, wants_all: bool, updates: Vec<PresenceUpdate>) -> Result<(), Fault> {
    let message = serde_json::to_string(&Message { server: live.server, wants_all, updates })?;
    store::send_presence(&live.db, message).await
}

/// Takes in another server's message; one that is malformed is ignored.
async fn receive(live: &Live, message: &str) -> Result<(), Fault> {
    let Ok(message) = serde_json::from_str::<Message>(message) else { return Ok(()) };
    if message.server == live.server {
        return Ok(());
    }
    if message.wants_all {
        live.presence.resend_all();
    }
    let unknown = |update: &&PresenceUpdate| update.open && live.presence.viewer_of(update.page).is_none();
    let unknown = message.updates.iter().filter(unknown).map(|update| update.page.account);
    let accounts = account::viewers(live.db.direct(), unknown).await?;
    for update in &message.updates {
        let page: PageKey = update.page;
        let read = accounts.get(&page.account).cloned().map(Arc::new);
        let who = live.presence.viewer_of(page).or(read);
        live.presence.apply(who.as_ref(), update);
    }
    Ok(())
}
