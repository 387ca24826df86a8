//! What stands round every page: header, footer, live region, toasts; and what pages tell them.

mod footer;
mod header;
mod model;

pub use footer::{Announcer, Away, Footer, Toasts};
pub use header::Header;
pub use model::{Place, SaveState};

use crate::{text, ui::dom};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::rc::Rc;

/// A short message that leaves by itself, perhaps with one thing to do (take back).
#[derive(Clone)]
pub struct Toast {
    id: u32,
    text: String,
    action: Option<(&'static str, Action)>,
}

type Action = SendWrapper<Rc<dyn Fn()>>;

/// Milliseconds that a toast stays; ten seconds, as there may be something to press.
const TOAST_MS: i32 = 10_000;
/// Milliseconds between emptying the live region and filling it, so that screen readers notice.
const ANNOUNCE_MS: i32 = 60;
/// Milliseconds in which a sentence is begun to be spoken, so that nothing should take its place.
const SPOKEN_MS: i32 = 2_000;

/// Everything that pages tell, once for the page.
struct Shell {
    place: ArcRwSignal<Option<Place>>,
    keys: ArcRwSignal<&'static str>,
    save_state: ArcRwSignal<SaveState>,
    announcement: ArcRwSignal<String>,
    /// How many sentences were announced, and how many of them nobody is in the middle of any more.
    announced: std::cell::Cell<u32>,
    spoken: std::cell::Cell<u32>,
    toasts: ArcRwSignal<Vec<Toast>>,
    next_toast: std::cell::Cell<u32>,
}

thread_local! {
    static SHELL: &'static Shell = Box::leak(Box::new(Shell {
        place: ArcRwSignal::default(),
        keys: ArcRwSignal::default(),
        save_state: ArcRwSignal::default(),
        announcement: ArcRwSignal::default(),
        announced: std::cell::Cell::new(0),
        spoken: std::cell::Cell::new(0),
        toasts: ArcRwSignal::default(),
        next_toast: std::cell::Cell::new(0),
    }));
}

fn shell() -> &'static Shell {
    SHELL.with(Clone::clone)
}

/// Which sheet the page is about: region, year, phase and the other years stand in the header. None: no sheet.
pub fn set_place(place: Option<Place>) {
    shell().place.set(place);
}

pub fn use_place() -> ArcRwSignal<Option<Place>> {
    shell().place.clone()
}

/// What the footer says about keys; empty for nothing.
pub fn set_keys(keys: &'static str) {
    shell().keys.set(keys);
}

pub fn use_keys() -> ArcRwSignal<&'static str> {
    shell().keys.clone()
}

/// What the footer says about saving.
pub fn set_save_state(state: SaveState) {
    shell().save_state.set(state);
}

pub fn use_save_state() -> ArcRwSignal<SaveState> {
    shell().save_state.clone()
}

/// The page's title in the browser's tab and history.
pub fn set_title(title: &str) {
    dom::document().set_title(&text::page_title(title));
}

/// Told politely to who cannot see it.
pub fn announce(message: impl Into<String>) {
    let message = message.into();
    // Emptied first: the same sentence again would be no change to tell.
    shell().announcement.set(String::new());
    dom::after(ANNOUNCE_MS, move || shell().announcement.set(message));
    let nth = shell().announced.get().wrapping_add(1);
    shell().announced.set(nth);
    dom::after(SPOKEN_MS, move || shell().spoken.set(nth));
}

/// Whether something was announced just now: what can wait does, so that it is heard.
pub fn is_speaking() -> bool {
    shell().announced.get() != shell().spoken.get()
}

/// Shows and tells a message for some seconds.
pub fn toast(message: impl Into<String>) {
    push_toast(message.into(), None);
}

/// The same with one thing to do, such as taking back.
pub fn toast_with(message: impl Into<String>, label: &'static str, action: impl Fn() + 'static) {
    push_toast(message.into(), Some((label, SendWrapper::new(Rc::new(action)))));
}

fn push_toast(text: String, action: Option<(&'static str, Action)>) {
    let id = shell().next_toast.get();
    shell().next_toast.set(id.wrapping_add(1));
    shell().toasts.update(|toasts| toasts.push(Toast { id, text, action }));
    dom::after(TOAST_MS, move || drop_toast(id));
}

fn drop_toast(id: u32) {
    shell().toasts.update(|toasts| toasts.retain(|toast| toast.id != id));
}
