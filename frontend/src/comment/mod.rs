//! Comments: threads on an entry or a cell, beside the sheet; and a page of those that wait for the viewer.

mod compose;
mod draft;
pub mod queries;
mod threads;
mod waiting;

pub use draft::{ask, left, settle, unsent, waiting};
pub use queries::Thread;
pub use threads::Threads;
pub use waiting::{WaitingCount, WaitingLink, WaitingPage};
