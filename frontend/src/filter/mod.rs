//! The filter bar and its state in the address.

mod bar;
mod counter;
mod legend;
mod note;
mod owner;
mod state;

pub use bar::FilterBar;
pub use counter::{FilterCounter, Tally};
pub use note::{FilterNote, KeptInSight};
pub use owner::OwnerPicker;
pub use state::{FilterState, OwnerFilter};
