//! Live: while a sheet is open, what others do comes by itself, in place, and who they are is shown.
//!
//! | module | for |
//! |---|---|
//! | [`line`] | how events come: over a WebSocket or, where that does not pass, by asking again and again |
//! | [`wire`] | what comes |
//! | [`steady`] | what one reads stays where it is while other things change |
//! | [`news`] | a short highlight, and one polite sentence now and then |
//! | [`presence`] | who else is there, and who edits which entry |

mod line;
mod news;
mod presence;
mod steady;
mod wire;

pub use line::how;
pub use presence::{beside_editor, people};
pub use steady::hold;

use crate::{
    sheet::{load, page::Page},
    ui::dom,
};
use std::cell::Cell;
use wire::Event;

/// Follows the sheet that a page shows, until what is being made goes.
pub fn follow(page: Page) {
    line::open(page);
    presence::watch(page);
}

/// Takes an event in. They come in order.
fn take(page: Page, event: Event) {
    let Event { kind, entry, id, version, change, present, seq } = event;
    if kind == "PresenceChanged" {
        return presence::set(present);
    }
    if kind == "SheetReset" {
        page.update(|store| store.reset(seq));
        return load::reload(page);
    }
    let Some(change) = change else { return };
    hold(page);
    let (mut about, mut new) = (None, false);
    page.update(|store| {
        new = match (entry, id) {
            (Some(entry), _) => {
                about = Some(entry.id);
                store.hear(entry, change.seq)
            }
            (None, Some(id)) => store.hear_deleted(id, version, change.seq),
            (None, None) => store.pass(change.seq),
        };
    });
    match kind.as_str() {
        "SheetChanged" => read_soon(page),
        "ThreadChanged" => page.threads_changed.set(()),
        _ => {}
    }
    if new {
        news::tell(change, about);
        load::keep_soon(page);
    }
}

/// Reads the sheet anew; once for several changes of it.
fn read_soon(page: Page) {
    /// Milliseconds in which changes count as one.
    const TOGETHER_MS: i32 = 150;
    thread_local! {
        static WAITS: Cell<bool> = const { Cell::new(false) };
    }
    if !WAITS.replace(true) {
        dom::after(TOGETHER_MS, move || {
            WAITS.set(false);
            load::reload(page);
        });
    }
}
