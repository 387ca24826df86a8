//! Live: while a sheet is open, what others do comes by itself, in place, and who they are is shown.
//!
//! | module | for |
//! |---|---|
//! | [`line`] | how events come: over a WebSocket or, where that does not pass, by asking again and again |
//! | [`queries`] | what comes |
//! | [`scroll_anchor`] | what one reads stays where it is while other things change |
//! | [`news`] | a short highlight, and one polite sentence now and then |
//! | [`presence`] | who else is there, and who edits which entry |

mod line;
mod news;
mod presence;
pub mod queries;
mod scroll_anchor;

pub use line::LiveState;
pub use presence::{BesideEditor, People};
pub use scroll_anchor::hold;

use crate::{
    api,
    notice::NoticeCount,
    root,
    sheet::{later, load, model, page::Page, store::Store},
    ui::dom,
};
use leptos::prelude::*;
use line::{How, Line};
use queries::{EntryDeleted, EntrySaved, Event, News, Presence};
use renkei_domain::EntryId;
use scroll_anchor::ScrollAnchor;
use std::rc::Rc;

/// What is known of others, for the whole client: a context of its root, and at hand in a sheet's page.
#[derive(Clone, Copy)]
pub struct Live {
    /// Who has the sheet open, as it was told; where many have, only those who edit.
    named: StoredValue<Vec<Presence>>,
    /// The others of them.
    present: RwSignal<Vec<Presence>>,
    /// How many pages have it open beside those.
    unnamed: RwSignal<usize>,
    how: RwSignal<How>,
    line: StoredValue<Option<Rc<Line>>, LocalStorage>,
    /// This page's name among those that are open.
    visit: StoredValue<String>,
    /// What has not been told yet, and whether that is about to be.
    untold: StoredValue<Vec<News>>,
    speaks_soon: StoredValue<bool>,
    /// The sheet is about to be read anew.
    reads_soon: StoredValue<bool>,
    /// What keeps its place on the screen while the sheet changes.
    scroll_anchor: StoredValue<Option<ScrollAnchor>, LocalStorage>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            named: StoredValue::default(),
            present: RwSignal::default(),
            unnamed: RwSignal::default(),
            how: RwSignal::default(),
            line: StoredValue::default(),
            visit: StoredValue::new(api::request_id()),
            untold: StoredValue::default(),
            speaks_soon: StoredValue::default(),
            reads_soon: StoredValue::default(),
            scroll_anchor: StoredValue::default(),
        }
    }
}

/// Follows the sheet that a page shows, until what is being made goes.
pub fn follow(page: Page) {
    line::open(page);
    presence::watch(page);
}

/// Takes an event in. They come in order.
fn take(page: Page, event: Event) {
    match event {
        Event::PresenceChanged(event) => presence::set(page.live, event),
        Event::PresenceUpdated(event) => presence::update(page.live, event),
        Event::SheetReset(event) => {
            page.update(|store| store.reset(event.seq.into()));
            load::reload(page);
        }
        Event::EntrySaved(EntrySaved { entry, change }) => {
            let entry = model::Entry::from(entry);
            later::saved(page, &entry, change.seq.into());
            if change.moves_nothing() {
                page.undo.update_value(|undo| undo.stayed(entry.id, entry.version));
            }
            hear(page, change, Some(entry.id), |store, seq| store.hear(entry, seq));
        }
        Event::EntryDeleted(EntryDeleted { id, version, change }) => {
            later::deleted(page, id.0, change.seq.into());
            hear(page, change, None, |store, seq| store.hear_deleted(id.0, version, seq));
        }
        Event::SheetChanged(event) => {
            if let Some(change) = event.change {
                hear(page, change, None, Store::pass);
                read_soon(page);
            }
        }
        Event::ThreadChanged(event) => {
            hear(page, event.change, None, Store::pass);
            page.threads_changed.set(());
        }
        Event::NoticesChanged(event) => root::context::<NoticeCount>().set(event.unread_count),
        // It is newer than this page: reading the sheet tells what has changed.
        Event::Unknown => read_soon(page),
    }
}

/// Takes a change into the store, which answers whether it is new, and tells of it.
fn hear(page: Page, change: News, about: Option<EntryId>, into: impl FnOnce(&mut Store, i64) -> bool) {
    hold(page);
    let mut new = false;
    page.update(|store| new = into(store, change.seq.into()));
    if new {
        news::tell(page.live, change, about);
        load::keep_soon(page);
    }
}

/// Reads the sheet anew; once for several changes of it.
fn read_soon(page: Page) {
    /// Milliseconds in which changes count as one.
    const TOGETHER_MS: i32 = 150;
    if page.live.reads_soon.get_value() {
        return;
    }
    page.live.reads_soon.set_value(true);
    dom::after(TOGETHER_MS, move || {
        page.live.reads_soon.set_value(false);
        if !page.is_left() {
            load::reload(page);
        }
    });
}
