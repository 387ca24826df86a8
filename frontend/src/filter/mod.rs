//! The filter bar and its state in the address.

mod bar;
mod sieve;
mod state;

pub use bar::filter_bar;
pub use sieve::{Sieve, Tally};
pub use state::{FilterState, Lens};
