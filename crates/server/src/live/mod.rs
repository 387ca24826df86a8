//! Live: the event feed of each region, who has which sheet open, and whether an open socket's session still holds.
//!
//! A commit notifies the broadcast [`hub`]; commits of other processes are noticed by a LISTEN/NOTIFY listener on
//! PostgreSQL and by a `data_version` poller on SQLite ([`service`]). The [`feed`] then reads the new rows of the change
//! log once for all subscribers. Feed, presence and sessions know no request: [`api`] renders for a viewer.

pub mod api;
pub mod feed;
pub mod hub;
pub mod presence;
pub mod service;
pub mod session_watcher;
mod store;

pub use service::Live;
