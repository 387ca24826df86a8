//! The hub: who commits tells it, who watches hears of it. It carries no content, only that there is something to read.

use renkei_domain::RegionId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use tokio::sync::watch;

/// What happens in this process, or is heard of from another one.
pub struct Hub {
    /// Counts up whenever a region may have new changes.
    regions: Mutex<HashMap<RegionId, watch::Sender<u64>>>,
    /// Counts up whenever a session or a right may have ended.
    sessions: watch::Sender<u64>,
}

impl Default for Hub {
    fn default() -> Self {
        Hub { regions: Mutex::default(), sessions: watch::Sender::new(0) }
    }
}

impl Hub {
    /// The region has a new change.
    pub fn changed(&self, region: RegionId) {
        let regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = regions.get(&region) {
            told.send_modify(|count| *count += 1);
        }
    }

    /// Any region may have new changes: what was told meanwhile was not heard.
    pub fn look(&self) {
        let regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        for told in regions.values() {
            told.send_modify(|count| *count += 1);
        }
    }

    /// Somebody has signed out, or has another right than before.
    pub fn sessions_changed(&self) {
        self.sessions.send_modify(|count| *count += 1);
    }

    /// Hears of a region's changes from now on.
    pub fn watch(&self, region: RegionId) -> watch::Receiver<u64> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody watches any more make room.
        regions.retain(|other, told| *other == region || told.receiver_count() > 0);
        regions.entry(region).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Hears of ended sessions and rights from now on.
    pub fn watch_sessions(&self) -> watch::Receiver<u64> {
        self.sessions.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_watches_hears_of_their_region_alone() {
        let hub = Hub::default();
        let (here, there) = (RegionId(uuid::Uuid::from_u128(1)), RegionId(uuid::Uuid::from_u128(2)));
        let (mut at_here, mut at_there) = (hub.watch(here), hub.watch(there));
        hub.changed(here);
        assert!(at_here.has_changed().unwrap());
        assert!(!at_there.has_changed().unwrap());
        at_here.mark_unchanged();
        hub.look();
        assert!(at_here.has_changed().unwrap() && at_there.has_changed().unwrap());
        drop(at_there);
        hub.watch(here);
        assert_eq!(hub.regions.lock().unwrap().len(), 1, "what nobody watches is not kept");
        at_there = hub.watch(there);
        assert!(!at_there.has_changed().unwrap());
    }
}
