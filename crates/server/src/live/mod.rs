//! Live: what others change is heard of at once, and who else is here is seen. Changes come from the log by their
//! numbers ([`feed`]); that there are any is told by whoever commits ([`hub`]) or by another process ([`service`]).

pub mod api;
pub mod feed;
pub mod guard;
pub mod hub;
pub mod presence;
pub mod service;
mod store;

pub use service::Live;
