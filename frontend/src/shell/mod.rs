//! What stands round every page: header, footer, live region, toasts; and what pages tell them.

mod footer;
mod header;
mod help;
mod model;

pub use footer::{Announcer, Away, Footer, Toasts};
pub use header::Header;
pub use help::{HelpDialog, HelpOpen};
pub use model::{Place, SaveState};

use crate::{root, text, ui::dom};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::rc::Rc;

/// A short message that leaves by itself, perhaps with one thing to do (take back).
#[derive(Clone)]
pub struct Toast {
    id: u32,
    text: String,
    action: Option<(&'static str, Action)>,
    /// What it speaks of is over; none: it is nothing that ends.
    is_over: Option<IsOver>,
}

type Action = SendWrapper<Rc<dyn Fn()>>;
type IsOver = SendWrapper<Rc<dyn Fn() -> bool>>;

/// Milliseconds that a toast stays; ten seconds, as there may be something to press.
const TOAST_MS: i32 = 10_000;
/// Milliseconds between emptying the live region and filling it, so that screen readers notice.
const ANNOUNCE_MS: i32 = 60;
/// Milliseconds in which a sentence is begun to be spoken, so that nothing should take its place.
const SPOKEN_MS: i32 = 2_000;

/// Everything that pages tell, once for the page: a context of the root.
#[derive(Clone, Copy, Default)]
pub struct Shell {
    place: RwSignal<Option<Place>>,
    keys: RwSignal<&'static str>,
    announcement: RwSignal<String>,
    /// How many sentences were announced, and how many of them nobody is in the middle of any more.
    announced: StoredValue<u32>,
    spoken: StoredValue<u32>,
    toasts: RwSignal<Vec<Toast>>,
    next_toast: StoredValue<u32>,
}

fn shell() -> Shell {
    root::context()
}

/// Which sheet the page is about: region, year, phase and the other years stand in the header. None: no sheet.
pub fn set_place(place: Option<Place>) {
    shell().place.set(place);
}

pub fn use_place() -> RwSignal<Option<Place>> {
    shell().place
}

/// What the footer says about keys; empty for nothing.
pub fn set_keys(keys: &'static str) {
    shell().keys.set(keys);
}

/// The page's title in the browser's tab and history.
pub fn set_title(title: &str) {
    dom::document().set_title(&text::page_title(title));
}

/// Told politely to who cannot see it.
pub fn announce(message: impl Into<String>) {
    let message = message.into();
    let Shell { announcement, announced, spoken, .. } = shell();
    // Emptied first: the same sentence again would be no change to tell.
    announcement.set(String::new());
    dom::after(ANNOUNCE_MS, move || announcement.set(message));
    let nth = announced.get_value().wrapping_add(1);
    announced.set_value(nth);
    dom::after(SPOKEN_MS, move || spoken.set_value(nth));
}

/// Whether something was announced just now: what can wait does, so that it is heard.
pub fn is_speaking() -> bool {
    shell().announced.get_value() != shell().spoken.get_value()
}

/// Shows and tells a message for some seconds.
pub fn toast(message: impl Into<String>) {
    push_toast(message.into(), None, None);
}

/// Its label, and what it does.
pub type ToastButton = (&'static str, Box<dyn Fn()>);

/// The same, perhaps with one thing to do, such as taking back, until what it speaks of is over: that is asked whenever
/// something that is kept, or the sheet, has changed.
pub fn toast_until(
    message: impl Into<String>,
    action: Option<ToastButton>,
    is_over: impl Fn() -> bool + 'static,
) {
    let action = action.map(|(label, action)| (label, SendWrapper::new(Rc::from(action))));
    push_toast(message.into(), action, Some(SendWrapper::new(Rc::new(is_over))));
}

fn push_toast(text: String, action: Option<(&'static str, Action)>, is_over: Option<IsOver>) {
    let Shell { toasts, next_toast, .. } = shell();
    let id = next_toast.get_value();
    next_toast.set_value(id.wrapping_add(1));
    toasts.update(|toasts| toasts.push(Toast { id, text, action, is_over }));
    dom::after(TOAST_MS, move || drop_toast(id));
}

/// Those whose matter is over go.
fn drop_what_is_over() {
    let over = |toast: &Toast| toast.is_over.as_ref().is_some_and(|is_over| is_over());
    let Shell { toasts, .. } = shell();
    let ids: Vec<u32> =
        toasts.get_untracked().iter().filter(|toast| over(toast)).map(|toast| toast.id).collect();
    if !ids.is_empty() {
        toasts.update(|toasts| toasts.retain(|toast| !ids.contains(&toast.id)));
    }
}

/// Somebody has gone: what they were offered to do or to take back is not the next one's.
pub fn withdraw_offers() {
    shell().toasts.update(|toasts| toasts.retain(|toast| toast.action.is_none()));
}

fn drop_toast(id: u32) {
    shell().toasts.update(|toasts| toasts.retain(|toast| toast.id != id));
}
