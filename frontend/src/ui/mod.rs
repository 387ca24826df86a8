//! Pieces that know no noun.

mod dialog;
pub mod dom;
mod field;
mod keys;
mod layout;
mod menu;
mod message;
mod named;
mod signal;
pub mod text_area;
mod tip;
mod within;

pub use dialog::Dialog;
pub use field::{Field, SubmitButton};
pub use keys::is_composing;
pub use layout::on_layout;
pub use menu::Menu;
pub use message::{Failed, FailedPart, Message, NotFound, Skeleton};
pub use named::named;
pub use signal::{SetIfNew, until};
pub use tip::Tip;
pub use within::keep_in_window;

use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh value for an element's `id`, for attributes that point at it.
pub fn fresh_id(kind: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{kind}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
