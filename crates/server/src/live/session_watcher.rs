//! The session watcher: an open socket ends with its session or token, and when its account's rights change. All are
//! checked together, whenever the hub says that a session or a right may have ended, and when the first of them expires.

use super::hub::Hub;
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{self, Identity, Key},
    clock,
};
use parking_lot::Mutex;
use renkei_domain::{OrganizationId, RegionId, Role};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tokio::{sync::oneshot, time::sleep};

/// Between two checks, however many notifications come.
const PAUSE: Duration = Duration::from_millis(100);
/// Until the next check where nothing expires before.
const LONGEST: Duration = Duration::from_secs(3600);
/// After a check that failed.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct SessionWatcher {
    sockets: Mutex<Sockets>,
}

#[derive(Default)]
struct Sockets {
    next: u64,
    watched: HashMap<u64, Watched>,
}

struct Watched {
    key: Key,
    rights: Rights,
    /// Sending ends the socket.
    end: oneshot::Sender<()>,
}

/// What somebody may, as far as a socket's answers depend on it.
#[derive(PartialEq, Eq)]
struct Rights {
    organization: OrganizationId,
    operator: bool,
    roles: Vec<(RegionId, Role)>,
}

impl SessionWatcher {
    /// Watches a session or a token from now on; the receiver is notified when it has ended. The number is for
    /// [`SessionWatcher::remove`].
    pub fn add(&self, identity: &Identity) -> (u64, oneshot::Receiver<()>) {
        let (end, ended) = oneshot::channel();
        let watched = Watched { key: identity.key(), rights: Rights::of(identity.viewer()), end };
        let mut sockets = self.sockets.lock();
        sockets.next += 1;
        let number = sockets.next;
        sockets.watched.insert(number, watched);
        (number, ended)
    }

    pub fn remove(&self, number: u64) {
        self.sockets.lock().watched.remove(&number);
    }

    /// Never ends.
    pub async fn run(&self, db: &Db, hub: &Hub) {
        let mut notifications = hub.subscribe_to_sessions();
        loop {
            notifications.mark_unchanged();
            let wait = match self.check(db).await {
                Ok(wait) => wait,
                Err(fault) => {
                    fault.log();
                    RETRY
                }
            };
            sleep(PAUSE).await;
            tokio::select! {
                _ = notifications.changed() => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// Ends the sockets whose session, token or rights are no longer what they were. Returns the time until the next
    /// session or token expires.
    async fn check(&self, db: &Db) -> Result<Duration, Fault> {
        // Sockets that are added while this reads are checked the next time.
        let (last, keys) = {
            let sockets = self.sockets.lock();
            let keys: HashSet<Key> = sockets.watched.values().map(|watched| watched.key.clone()).collect();
            (sockets.next, keys)
        };
        let living = caller::living(db, keys).await?;
        let mut sockets = self.sockets.lock();
        let ended: Vec<u64> = sockets
            .watched
            .iter()
            .filter(|(number, watched)| {
                let living = living.get(&watched.key);
                let differs = living.is_none_or(|living| Rights::of(&living.viewer) != watched.rights);
                **number <= last && differs
            })
            .map(|(number, _)| *number)
            .collect();
        for number in ended {
            if let Some(watched) = sockets.watched.remove(&number) {
                // A socket that has closed meanwhile no longer receives.
                let _ = watched.end.send(());
            }
        }
        let next = living.values().map(|living| living.ends_at - clock::now()).min();
        Ok(next.map_or(LONGEST, |next| Duration::from_millis(next.max(0).unsigned_abs()).min(LONGEST)))
    }
}

impl Rights {
    fn of(viewer: &Viewer) -> Self {
        let mut roles: Vec<_> =
            viewer.memberships.iter().map(|membership| (membership.region.id, membership.role)).collect();
        roles.sort_unstable();
        Rights { organization: viewer.account.organization.id, operator: viewer.account.operator, roles }
    }
}
