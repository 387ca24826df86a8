//! The filter bar and its state in the address.

mod bar;
mod counter;
mod state;

pub use bar::FilterBar;
pub use counter::{FilterCounter, Tally};
pub use state::{FilterState, Lens};
