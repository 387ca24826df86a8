//! Requests that carry a client's UUID: the same one sent again is answered as before and done once.

pub mod service;
mod store;
pub(crate) mod table;
