//! What was typed and asked for on its way to the server, of entries and of comments.
//!
//! | module | for |
//! |---|---|
//! | [`request`] | one thing that is asked for, and how what follows it goes on |
//! | [`sender`] | which is sent next, and when: a state machine, told what happens |
//! | [`settle`] | what an answer, or another tab, makes of drafts and requests: plain functions |
//! | [`outbox`] | the browser's part of it: storage, network, sign-in |
//! | [`unsaved`] | how much of it there is |

pub mod outbox;
pub mod request;
mod sender;
pub mod settle;
mod unsaved;

pub use request::{Op, Saved};
pub use unsaved::Unsaved;
