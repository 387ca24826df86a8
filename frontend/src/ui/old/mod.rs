//! The same components for pages that still stand in Leptos' view macro.

mod dialog;
mod message;

pub use dialog::Dialog;
pub use message::{Failed, Message, NotFound, Skeleton};
