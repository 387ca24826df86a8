//! Now, and fresh ids: the two things that make no two runs alike.

use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Milliseconds since 1970 in UTC, as all times are stored.
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

/// A fresh id (UUIDv7: in the order of their making, so that indexes grow at one end).
pub fn fresh<Id: From<Uuid>>() -> Id {
    Id::from(Uuid::now_v7())
}
