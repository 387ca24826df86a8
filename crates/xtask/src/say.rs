//! What the terminal is told: plain lines, what is being done and how long it took.

use anyhow::Result;
use std::time::{Duration, Instant};

/// Announces a piece of work with its rough duration, does it, and says how long it really took.
pub fn step<T>(what: &str, rough: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("• {what} ({rough}) …");
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "FAILED" };
    println!("  {verdict} after {}", seconds(start.elapsed()));
    outcome
}

pub fn line(text: &str) {
    println!("• {text}");
}

pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 90.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}
