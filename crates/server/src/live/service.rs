//! Live as one thing: the feeds of the regions, who is here, whose socket may stay, and what other processes do. All
//! that looks about runs only while somebody waits for something.

use super::{
    feed::Feed,
    guard::Guard,
    presence::{Presences, REPEAT, Visit, Word},
    store::{self, Ear, Heard},
};
use crate::{Db, Fault, account, caller::Identity, clock};
use renkei_domain::RegionId;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::{
    sync::oneshot,
    task::AbortHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use uuid::Uuid;

/// How often SQLite's file is looked at for what another process has written.
const GLANCE: Duration = Duration::from_millis(250);
/// How often those whose time has run out are looked for.
const SWEEP: Duration = Duration::from_secs(1);
/// After the connection that listens was lost.
const RETRY: Duration = Duration::from_secs(1);
/// Visits in one message to the other servers; PostgreSQL takes 8,000 bytes, a visit some 250.
const WORDS: usize = 25;

pub struct Live {
    pub db: Db,
    pub presences: Arc<Presences>,
    /// Its name among the servers of the database.
    server: Uuid,
    guard: Guard,
    /// Each as long as somebody reads it.
    feeds: Mutex<HashMap<RegionId, Weak<Feed>>>,
    attendance: Mutex<Attendants>,
}

#[derive(Default)]
struct Attendants {
    count: usize,
    lookout: Option<AbortHandle>,
}

/// Somebody waits for something: while there is one, other processes are listened to.
pub struct Attendance(Arc<Live>);

/// A socket's session or token, watched until this is dropped.
pub struct Watch {
    number: u64,
    attendance: Attendance,
}

/// What servers tell each other about who is here.
#[derive(Serialize, Deserialize)]
struct Message {
    /// Who speaks: everybody hears their own words too.
    server: Uuid,
    /// A server that has just begun to listen, and wants to hear all.
    asks: bool,
    words: Vec<Word>,
}

impl Live {
    pub fn new(db: Db) -> Arc<Self> {
        Arc::new(Live {
            db,
            presences: Arc::default(),
            server: clock::fresh(),
            guard: Guard::default(),
            feeds: Mutex::default(),
            attendance: Mutex::default(),
        })
    }

    /// Somebody waits for something from now on.
    pub fn attend(self: &Arc<Self>) -> Attendance {
        let mut attendants = self.attendance.lock().unwrap_or_else(PoisonError::into_inner);
        attendants.count += 1;
        if attendants.lookout.is_none() {
            let lookout = tokio::spawn(look_out(self.clone()));
            attendants.lookout = Some(lookout.abort_handle());
        }
        Attendance(self.clone())
    }

    /// The feed of a region, shared by all who read it.
    pub fn feed(&self, region: RegionId) -> Arc<Feed> {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(&region).and_then(Weak::upgrade) {
            return feed;
        }
        feeds.retain(|_, feed| feed.strong_count() > 0);
        let feed = Arc::new(Feed::new(self.db.clone(), region));
        feeds.insert(region, Arc::downgrade(&feed));
        feed
    }

    /// Watches a session or a token; the receiver is told when it has ended, or its account has other rights.
    pub fn watch(self: &Arc<Self>, identity: &Identity) -> (Watch, oneshot::Receiver<()>) {
        let attendance = self.attend();
        let (number, ended) = self.guard.enter(identity);
        // Whatever has happened since it was read.
        self.db.hub().sessions_changed();
        (Watch { number, attendance }, ended)
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        let mut attendants = self.0.attendance.lock().unwrap_or_else(PoisonError::into_inner);
        attendants.count -= 1;
        if attendants.count == 0
            && let Some(lookout) = attendants.lookout.take()
        {
            lookout.abort();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.attendance.0.guard.leave(self.number);
    }
}

/// Runs until nobody waits for anything.
async fn look_out(live: Arc<Live>) {
    let sweep = async {
        let mut seconds = interval(SWEEP);
        loop {
            seconds.tick().await;
            live.presences.sweep();
        }
    };
    let others = async {
        match store::is_shared(&live.db) {
            true => tokio::join!(listen_again(&live), tell(&live)).0,
            false => glance_again(&live).await,
        }
    };
    tokio::join!(sweep, others, live.guard.keep(&live.db, live.db.hub()));
}

/// Listens to PostgreSQL, and whenever the line was down, looks at everything.
async fn listen_again(live: &Live) {
    loop {
        if let Err(fault) = listen(live).await {
            tracing::warn!(fault = fault.told(), "not listening to the database");
        }
        sleep(RETRY).await;
    }
}

async fn listen(live: &Live) -> Result<(), Fault> {
    let mut ear = Ear::listen(&live.db).await?;
    let hub = live.db.hub();
    look_at_everything(live);
    say(live, true, Vec::new()).await?;
    loop {
        match ear.hear().await? {
            Heard::Change(region) => hub.changed(region),
            Heard::Session => hub.sessions_changed(),
            Heard::Presence(message) => hear(live, &message).await?,
            Heard::Silence => look_at_everything(live),
        }
    }
}

fn look_at_everything(live: &Live) {
    live.db.hub().look();
    live.db.hub().sessions_changed();
}

/// Looks at SQLite's file for what another process has written.
async fn glance_again(live: &Live) {
    loop {
        if let Err(fault) = glance(live).await {
            tracing::warn!(fault = fault.told(), "not looking at the database");
        }
        sleep(RETRY).await;
    }
}

async fn glance(live: &Live) -> Result<(), Fault> {
    let mut version = live.db.data_version().await?;
    look_at_everything(live);
    let mut ticks = interval(GLANCE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let newest = live.db.data_version().await?;
        if std::mem::replace(&mut version, newest) != newest {
            look_at_everything(live);
        }
    }
}

/// Tells the other servers who is here: news at once, everything every few seconds.
async fn tell(live: &Live) {
    let _telling = Telling::begin(&live.presences);
    loop {
        let all = timeout(REPEAT, live.presences.news.notified()).await.is_err();
        for words in live.presences.tell(all).chunks(WORDS) {
            if let Err(fault) = say(live, false, words.to_vec()).await {
                tracing::warn!(fault = fault.told(), "not heard by the other servers");
            }
        }
    }
}

/// While it is there, presences keep what the others have not heard.
struct Telling<'a>(&'a Presences);

impl<'a> Telling<'a> {
    fn begin(presences: &'a Presences) -> Self {
        presences.tell_others(true);
        Telling(presences)
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.0.tell_others(false);
    }
}

async fn say(live: &Live, asks: bool, words: Vec<Word>) -> Result<(), Fault> {
    let message = serde_json::to_string(&Message { server: live.server, asks, words })?;
    store::tell_presence(&live.db, message).await
}

/// Another server's words. What is none is let pass.
async fn hear(live: &Live, message: &str) -> Result<(), Fault> {
    let Ok(message) = serde_json::from_str::<Message>(message) else { return Ok(()) };
    if message.server == live.server {
        return Ok(());
    }
    if message.asks {
        live.presences.repeat();
    }
    let unknown = |word: &&Word| word.here && live.presences.known(word.visit).is_none();
    let unknown = message.words.iter().filter(unknown).map(|word| word.visit.account);
    let strangers = account::viewers(live.db.direct(), unknown).await?;
    for word in &message.words {
        let visit: Visit = word.visit;
        let stranger = strangers.get(&visit.account).cloned().map(Arc::new);
        let who = live.presences.known(visit).or(stranger);
        live.presences.hear(who.as_ref(), word);
    }
    Ok(())
}
