//! What is copied out of the sheet and pasted into it, as Excel, Word and mail programs write and read it.
//!
//! The `copy` and `paste` events carry everything, so that a page on plain http has it too.

mod copy;
mod html;
mod paste;
mod preview;

pub use copy::{CopyTarget, copy, row_of};
pub use paste::paste_into_editor;
pub use preview::{PastePreview, PreviewDialog};

use crate::{
    sheet::{focus, page::Page},
    ui::dom,
};
use leptos::{ev, prelude::*};
use renkei_domain::{Note, OrganizationId, SceneSet};
use web_sys::Element;

/// An entry on its way through the clipboard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClipboardEntry {
    pub body: String,
    pub notes: Vec<Note>,
    pub explicit_scenes: SceneSet,
    pub owner: ClipboardOwner,
}

/// Whose an entry is, as far as the clipboard says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClipboardOwner {
    /// It says nothing: it comes from elsewhere.
    #[default]
    Unsaid,
    Joint,
    Organization(OrganizationId),
}

/// Copies and pastes while the sheet is shown, wherever no field has the focus.
pub fn follow(page: Page) {
    let on_copy = window_event_listener(ev::copy, move |event| copy::on_copy(page, &event));
    let on_paste = window_event_listener(ev::paste, move |event| paste::on_paste(page, &event));
    on_cleanup(move || {
        on_copy.remove();
        on_paste.remove();
    });
}

/// The element of the grid that has the focus.
fn focused() -> Option<Element> {
    let active = dom::document().active_element()?;
    focus::closest(&active, "[role=grid]").map(|_| active)
}
