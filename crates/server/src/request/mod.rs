//! Requests that carry a client's UUID: the same one sent again is answered as before and done once.

pub mod service;
mod store;
pub(crate) mod table;

/// A request as it is kept: its kind, its time and its outcome.
#[derive(Clone, Debug)]
pub struct Stored {
    pub kind: String,
    pub at: i64,
    pub outcome: serde_json::Value,
}
