//! Views over entries and cells that are no part of them: mounted into their elements, as few have any.

use super::page::Page;
use crate::ui::dom;
use leptos::{mount::mount_to, prelude::*};
use std::any::Any;
use web_sys::HtmlElement;

/// A view in an element of the matrix; dropped, it goes.
pub type Mounted = Box<dyn Any>;

pub fn mounted<V: IntoView + 'static>(element: HtmlElement, view: impl FnOnce() -> V + 'static) -> Mounted {
    Box::new(mount_to(element, view))
}

/// Lays views over the matrix, anew whenever what `track` watches or what they lie on has changed.
pub fn overlay(page: Page, track: impl Fn() + 'static, lay: fn(Page) -> Vec<Mounted>) {
    let views = StoredValue::new_local(Vec::new());
    let owner = Owner::new();
    Effect::new(move || {
        track();
        page.touched.track();
        page.head.track();
        let owner = owner.clone();
        dom::after_render(move || {
            if !views.is_disposed() {
                // The old ones go first.
                views.set_value(Vec::new());
                views.set_value(owner.with_cleanup(|| lay(page)));
            }
        });
    });
}
