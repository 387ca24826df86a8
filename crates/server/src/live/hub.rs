//! The broadcast hub: commits notify it, feeds and the session watcher subscribe to it. It carries no content, only that
//! there is something to read.

use parking_lot::Mutex;
use renkei_domain::RegionId;
use std::collections::HashMap;
use tokio::sync::watch;

/// Notifications of this process, and of others as far as they are noticed.
pub struct Hub {
    /// A counter for each region with subscribers; it goes up whenever the region may have new changes.
    regions: Mutex<HashMap<RegionId, watch::Sender<u64>>>,
    /// Goes up whenever a session or a right may have ended.
    sessions: watch::Sender<u64>,
}

impl Default for Hub {
    fn default() -> Self {
        Hub { regions: Mutex::default(), sessions: watch::Sender::new(0) }
    }
}

impl Hub {
    /// The region has a new change.
    pub fn notify_region(&self, region: RegionId) {
        let regions = self.regions.lock();
        if let Some(counter) = regions.get(&region) {
            counter.send_modify(|count| *count += 1);
        }
    }

    /// Any region may have new changes: notifications of other processes may have been missed.
    pub fn notify_all_regions(&self) {
        let regions = self.regions.lock();
        for counter in regions.values() {
            counter.send_modify(|count| *count += 1);
        }
    }

    /// A session or a token has ended, or somebody has another right than before.
    pub fn notify_sessions(&self) {
        self.sessions.send_modify(|count| *count += 1);
    }

    pub fn subscribe(&self, region: RegionId) -> watch::Receiver<u64> {
        let mut regions = self.regions.lock();
        // Counters without subscribers are dropped.
        regions.retain(|other, counter| *other == region || counter.receiver_count() > 0);
        regions.entry(region).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    pub fn subscribe_to_sessions(&self) -> watch::Receiver<u64> {
        self.sessions.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn subscribers_are_notified_of_their_region_alone() {
        let hub = Hub::default();
        let (one, other) = (RegionId(uuid::Uuid::from_u128(1)), RegionId(uuid::Uuid::from_u128(2)));
        let (mut of_one, mut of_other) = (hub.subscribe(one), hub.subscribe(other));
        hub.notify_region(one);
        assert!(of_one.has_changed().unwrap());
        assert!(!of_other.has_changed().unwrap());
        of_one.mark_unchanged();
        hub.notify_all_regions();
        assert!(of_one.has_changed().unwrap() && of_other.has_changed().unwrap());
        drop(of_other);
        hub.subscribe(one);
        assert_eq!(hub.regions.lock().len(), 1, "a region without subscribers is dropped");
        of_other = hub.subscribe(other);
        assert!(!of_other.has_changed().unwrap());
    }
}
