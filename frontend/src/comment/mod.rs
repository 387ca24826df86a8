//! Comments: threads on an entry or a cell, beside the sheet.

mod compose;
mod draft;
pub mod queries;
mod threads;

pub use draft::{ask, first_draft, left, open_draft, settle, unsent, waiting};
pub use queries::Thread;
pub use threads::{About, Threads};
