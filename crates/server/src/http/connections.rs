//! The limit of connections, in all and by client address.

use super::address::network;
use super::limits::Limits;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Cheap to clone.
#[derive(Clone)]
pub struct ConnectionLimiter {
    all: Arc<Semaphore>,
    per_address: usize,
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// Counts one connection until it is dropped.
pub struct ConnectionPermit {
    limiter: ConnectionLimiter,
    address: Option<IpAddr>,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionLimiter {
    pub fn new(limits: &Limits) -> Self {
        ConnectionLimiter {
            all: Arc::new(Semaphore::new(limits.connections)),
            per_address: limits.connections_per_address,
            counts: Arc::default(),
        }
    }

    /// Waits until there may be one more connection. `None` never comes: the semaphore is not closed.
    pub async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().acquire_owned().await.ok()
    }

    /// Counts the connection for its address (`None`: a known proxy, which stands for many clients). `None`: that address
    /// has too many.
    pub fn count(
        &self,
        address: Option<IpAddr>,
        permit: OwnedSemaphorePermit,
    ) -> Option<Arc<ConnectionPermit>> {
        let address = address.map(network);
        if let Some(address) = address {
            let mut counts = self.counts.lock();
            let count = counts.entry(address).or_default();
            if *count >= self.per_address {
                return None;
            }
            *count += 1;
        }
        Some(Arc::new(ConnectionPermit { limiter: self.clone(), address, _permit: permit }))
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut counts = self.limiter.counts.lock();
        match counts.get_mut(&address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.remove(&address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn count(limiter: &ConnectionLimiter, address: &str) -> Option<Arc<ConnectionPermit>> {
        let permit = limiter.acquire().await.unwrap();
        limiter.count(Some(address.parse().unwrap()), permit)
    }

    #[tokio::test]
    async fn each_address_has_its_limit_and_all_together_have_one() {
        let limits = Limits { connections: 4, connections_per_address: 2, ..Limits::default() };
        let limiter = ConnectionLimiter::new(&limits);
        let first = count(&limiter, "192.0.2.1").await.unwrap();
        let _second = count(&limiter, "::ffff:192.0.2.1").await.unwrap();
        assert!(count(&limiter, "192.0.2.1").await.is_none());
        drop(first);
        let _again = count(&limiter, "192.0.2.1").await.unwrap();
        let _network = count(&limiter, "2001:db8:0:1::1").await.unwrap();
        let proxy = limiter.count(None, limiter.acquire().await.unwrap()).unwrap();
        assert_eq!(limiter.all.available_permits(), 0);
        drop(proxy);
        assert!(count(&limiter, "2001:db8:0:1:ffff::2").await.is_some(), "2 of a /64");
    }

    #[tokio::test]
    async fn an_address_without_connections_takes_no_memory() {
        let limiter = ConnectionLimiter::new(&Limits::default());
        for host in 0..10 {
            drop(count(&limiter, &format!("192.0.2.{host}")).await.unwrap());
        }
        assert!(limiter.counts.lock().is_empty());
    }
}
