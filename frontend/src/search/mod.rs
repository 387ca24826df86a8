//! Looking for words in all years of a region, and in what stood in its snapshots.

mod excerpt;
mod page;
pub mod queries;

pub use page::SearchPage;
