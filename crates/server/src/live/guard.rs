//! The guard: whoever holds a socket must still be signed in, with the same rights. Looked at whenever a session, a token
//! or a right may have ended, and at the moment at which the first of them runs out; all sockets at once.

use super::hub::Hub;
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{self, Identity, Key},
    clock,
};
use renkei_domain::{OrganizationId, RegionId, Role};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::oneshot, time::sleep};

/// Between two looks, however much happens.
const PAUSE: Duration = Duration::from_millis(100);
/// Until the next look where nothing runs out before.
const LONG: Duration = Duration::from_secs(3600);
/// After a look that failed.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct Guard {
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

impl Guard {
    /// Watches a session or a token from now on; the receiver is told when it is over. Gives the number to
    /// [`Guard::leave`] with.
    pub fn enter(&self, identity: &Identity) -> (u64, oneshot::Receiver<()>) {
        let (end, ended) = oneshot::channel();
        let watched = Watched { key: identity.key(), rights: Rights::of(identity.viewer()), end };
        let mut sockets = self.sockets();
        sockets.next += 1;
        let number = sockets.next;
        sockets.watched.insert(number, watched);
        (number, ended)
    }

    pub fn leave(&self, number: u64) {
        self.sockets().watched.remove(&number);
    }

    /// Never ends.
    pub async fn keep(&self, db: &Db, hub: &Hub) {
        let mut ticks = hub.watch_sessions();
        loop {
            ticks.mark_unchanged();
            let wait = match self.look(db).await {
                Ok(wait) => wait,
                Err(fault) => {
                    fault.log();
                    RETRY
                }
            };
            sleep(PAUSE).await;
            tokio::select! {
                _ = ticks.changed() => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// Ends the sockets whose session, token or rights are no longer what they were; says when the next one runs out.
    async fn look(&self, db: &Db) -> Result<Duration, Fault> {
        // Whoever enters while this reads is looked at the next time.
        let (entered, keys) = {
            let sockets = self.sockets();
            let keys: HashSet<Key> = sockets.watched.values().map(|watched| watched.key.clone()).collect();
            (sockets.next, keys)
        };
        let living = caller::living(db, keys).await?;
        let mut sockets = self.sockets();
        let over: Vec<u64> = sockets
            .watched
            .iter()
            .filter(|(number, watched)| {
                let living = living.get(&watched.key);
                let differs = living.is_none_or(|living| Rights::of(&living.viewer) != watched.rights);
                **number <= entered && differs
            })
            .map(|(number, _)| *number)
            .collect();
        for number in over {
            if let Some(watched) = sockets.watched.remove(&number) {
                // Whoever has gone meanwhile needs no word.
                let _ = watched.end.send(());
            }
        }
        let next = living.values().map(|living| living.ends_at - clock::now()).min();
        Ok(next.map_or(LONG, |next| Duration::from_millis(next.max(0).unsigned_abs()).min(LONG)))
    }

    fn sockets(&self) -> std::sync::MutexGuard<'_, Sockets> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
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
