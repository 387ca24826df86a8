//! Who is here: which account has which sheet open, and which entry it edits. In memory, for as long as it is true.

use super::service::Attendance;
use crate::account::Viewer;
use renkei_domain::{AccountId, EntryId, SheetId};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

/// How long somebody is here after they said so, where no socket says it for them.
const ANNOUNCED: Duration = Duration::from_secs(15);
/// How long somebody is here after another server said so, which says it every [`REPEAT`].
const HEARD: Duration = Duration::from_secs(12);
/// How often this server tells the others who is here.
pub const REPEAT: Duration = Duration::from_secs(5);
/// Pages of one account on one sheet.
const VISITS: usize = 50;

/// A page that somebody has open, by a name that the page made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Visit {
    pub sheet: SheetId,
    pub account: AccountId,
    pub id: Uuid,
}

/// Somebody who is here.
#[derive(Clone, Debug)]
pub struct Present {
    pub who: Arc<Viewer>,
    pub visit: Uuid,
    /// Which entry they edit.
    pub entry: Option<EntryId>,
}

/// What one server tells the others of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    pub visit: Visit,
    pub entry: Option<EntryId>,
    pub here: bool,
}

#[derive(Default)]
pub struct Presences {
    sheets: Mutex<HashMap<SheetId, OnSheet>>,
    /// Visits of which the other servers have not heard yet. Kept only while somebody tells them.
    untold: Mutex<Option<Vec<Visit>>>,
    /// There is something to tell.
    pub news: Notify,
}

#[derive(Default)]
struct OnSheet {
    /// Counts up whenever the list is another one.
    version: watch::Sender<u64>,
    /// In the order in which they came.
    pages: Vec<Page>,
}

struct Page {
    visit: Visit,
    who: Arc<Viewer>,
    entry: Option<EntryId>,
    /// Sockets of this server on which the page listens.
    sockets: usize,
    /// Announced here, with what keeps somebody looking whether it still holds.
    announced: Option<(Instant, Attendance)>,
    /// Another server says so.
    heard: Option<Instant>,
}

/// A socket says that somebody is here, for as long as it lives.
pub struct Here {
    presences: Arc<Presences>,
    visit: Visit,
}

impl Presences {
    /// Somebody listens on a socket.
    pub fn enter(self: &Arc<Self>, who: &Arc<Viewer>, visit: Visit) -> Here {
        self.change(visit, Some(who), |page| page.sockets += 1);
        Here { presences: self.clone(), visit }
    }

    /// Somebody says that they are here, and what they edit.
    pub fn announce(&self, who: &Arc<Viewer>, visit: Visit, entry: Option<EntryId>, attendance: Attendance) {
        self.change(visit, Some(who), |page| {
            page.entry = entry;
            page.announced = Some((Instant::now() + ANNOUNCED, attendance));
        });
    }

    /// Somebody asks for news, which says that they are here, still editing what they edited.
    pub fn ask(&self, who: &Arc<Viewer>, visit: Visit, attendance: Attendance) {
        self.change(visit, Some(who), |page| {
            page.announced = Some((Instant::now() + ANNOUNCED, attendance));
        });
    }

    /// Somebody says that they are leaving.
    pub fn leave(&self, visit: Visit) {
        self.change(visit, None, |page| {
            (page.sockets, page.announced, page.heard) = (0, None, None);
        });
    }

    /// Another server says that somebody is here, or no longer.
    pub fn hear(&self, who: Option<&Arc<Viewer>>, word: &Word) {
        self.put(word.visit, who, |page| {
            page.heard = word.here.then(|| Instant::now() + HEARD);
            if word.here {
                page.entry = word.entry;
            }
        });
    }

    /// Whether this account is known to be here, so that nobody has to read who it is.
    pub fn known(&self, visit: Visit) -> Option<Arc<Viewer>> {
        let sheets = self.sheets();
        let page = sheets.get(&visit.sheet)?.pages.iter().find(|page| page.visit == visit)?;
        Some(page.who.clone())
    }

    pub fn list(&self, sheet: SheetId) -> Vec<Present> {
        let (now, sheets) = (Instant::now(), self.sheets());
        let pages = sheets.get(&sheet).map(|on| on.pages.as_slice()).unwrap_or_default();
        let present =
            |page: &Page| Present { who: page.who.clone(), visit: page.visit.id, entry: page.entry };
        pages.iter().filter(|page| page.here(now)).map(present).collect()
    }

    /// Hears when a sheet's list is another one.
    pub fn watch(&self, sheet: SheetId) -> watch::Receiver<u64> {
        self.sheets().entry(sheet).or_default().version.subscribe()
    }

    /// Forgets whose time has run out. Whoever looks, looks about every second.
    pub fn sweep(&self) {
        let now = Instant::now();
        self.sheets().retain(|_, on| {
            let before = on.pages.len();
            on.pages.retain(|page| page.here(now));
            if on.pages.len() < before {
                on.version.send_modify(|version| *version += 1);
            }
            !on.pages.is_empty() || on.version.receiver_count() > 0
        });
    }

    /// From now on what happens here is kept until it is [`Presences::tell`] that takes it; or no longer.
    pub fn tell_others(&self, tell: bool) {
        let untold = tell.then(Vec::new);
        *self.untold.lock().unwrap_or_else(PoisonError::into_inner) = untold;
    }

    /// Another server has just begun to listen: everything is to be told again.
    pub fn repeat(&self) {
        let now = Instant::now();
        let own = |page: &&Page| page.here_by_us(now);
        let visits: Vec<Visit> =
            self.sheets().values().flat_map(|on| &on.pages).filter(own).map(|page| page.visit).collect();
        if let Some(untold) = self.untold.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *untold = visits;
        }
        self.news.notify_one();
    }

    /// What the other servers have to hear: what has happened since the last time, or all that is true here.
    pub fn tell(&self, all: bool) -> Vec<Word> {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        let untold = untold.as_mut().map(std::mem::take).unwrap_or_default();
        let (now, sheets) = (Instant::now(), self.sheets());
        let pages = || sheets.values().flat_map(|on| &on.pages).filter(|page| page.here_by_us(now));
        let word = |page: &Page| Word { visit: page.visit, entry: page.entry, here: true };
        let gone = untold.iter().filter(|visit| !pages().any(|page| page.visit == **visit));
        let gone = gone.map(|visit| Word { visit: *visit, entry: None, here: false });
        let here = pages().filter(|page| all || untold.contains(&page.visit)).map(word);
        gone.chain(here).collect()
    }

    /// Something of this server's own happens to a page.
    fn change(&self, visit: Visit, who: Option<&Arc<Viewer>>, change: impl FnOnce(&mut Page)) {
        self.put(visit, who, change);
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(untold) = untold.as_mut().filter(|untold| !untold.contains(&visit)) {
            untold.push(visit);
            self.news.notify_one();
        }
    }

    /// Changes a page, which is made if it is not there and known whose it is, and tells if the list is another one.
    fn put(&self, visit: Visit, who: Option<&Arc<Viewer>>, change: impl FnOnce(&mut Page)) {
        let now = Instant::now();
        let mut sheets = self.sheets();
        let on = sheets.entry(visit.sheet).or_default();
        let found = on.pages.iter().position(|page| page.visit == visit);
        let index = match (found, who) {
            (Some(index), _) => index,
            (None, Some(who)) => {
                let own = |page: &&Page| page.visit.account == visit.account;
                if on.pages.iter().filter(own).count() >= VISITS {
                    return;
                }
                on.pages.push(Page::new(visit, who.clone()));
                on.pages.len() - 1
            }
            (None, None) => return,
        };
        let page = &mut on.pages[index];
        let before = page.here(now).then_some(page.entry);
        change(page);
        let after = page.here(now).then_some(page.entry);
        if after.is_none() {
            on.pages.remove(index);
        }
        if before != after {
            on.version.send_modify(|version| *version += 1);
        }
    }

    fn sheets(&self) -> MutexGuard<'_, HashMap<SheetId, OnSheet>> {
        self.sheets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Page {
    fn new(visit: Visit, who: Arc<Viewer>) -> Self {
        Page { visit, who, entry: None, sockets: 0, announced: None, heard: None }
    }

    fn here(&self, now: Instant) -> bool {
        self.here_by_us(now) || self.heard.is_some_and(|until| now < until)
    }

    fn here_by_us(&self, now: Instant) -> bool {
        self.sockets > 0 || self.announced.as_ref().is_some_and(|(until, _)| now < *until)
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.presences.change(self.visit, None, |page| {
            page.sockets = page.sockets.saturating_sub(1);
            // A page whose line has dropped says so itself when it is still there.
            if page.sockets == 0 {
                page.announced = None;
            }
        });
    }
}
