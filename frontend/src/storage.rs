//! What the browser keeps for an account: drafts, the last sheet. Everybody else's stays out of reach by its key.
//!
//! Keys are `renkei:<account>:<kind>:<name>`. Drafts are worth most: when the browser's room is used up, sheets give way.

use crate::{json, session::Viewer, ui::dom};
use renkei_domain::AccountId;
use serde::{Serialize, de::DeserializeOwned};

/// Who was here last, so that a page opens while the server is away.
const LAST_VIEWER: &str = "renkei:viewer";

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Typed and not yet saved.
    Draft,
    /// An answer of the server, to be shown while it is away.
    Sheet,
    /// How this person likes to see things.
    Taste,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sheet => "sheet",
            Self::Taste => "taste",
        }
    }
}

/// The browser keeps no more: its room is used up, or it keeps nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

/// One account's shelf in this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    account: AccountId,
}

impl Shelf {
    pub fn of(account: AccountId) -> Self {
        Self { account }
    }

    pub fn get<T: DeserializeOwned>(&self, kind: Kind, name: &str) -> Option<T> {
        // What an older client wrote in another form is as good as absent.
        json::from_str(&self.get_text(kind, name)?).ok()
    }

    pub fn put<T: Serialize>(&self, kind: Kind, name: &str, value: &T) -> Result<(), NoRoom> {
        self.put_text(kind, name, &json::to_string(value).map_err(|_| NoRoom)?)
    }

    /// What stands there, as it was put.
    pub fn get_text(&self, kind: Kind, name: &str) -> Option<String> {
        read(&self.key(kind, name))
    }

    /// [`Shelf::put`] for a value that is a text already, such as an answer of the server.
    pub fn put_text(&self, kind: Kind, name: &str, text: &str) -> Result<(), NoRoom> {
        let key = self.key(kind, name);
        if write(&key, text).is_ok() {
            return Ok(());
        }
        clear(&[&self.prefix(Kind::Sheet)]);
        write(&key, text)
    }

    pub fn remove(&self, kind: Kind, name: &str) {
        erase(&self.key(kind, name));
    }

    /// The names of a kind's things that begin with `start`, in no order.
    pub fn names(&self, kind: Kind, start: &str) -> Vec<String> {
        let prefix = self.prefix(kind);
        keys()
            .iter()
            .filter_map(|key| key.strip_prefix(&prefix))
            .filter(|name| name.starts_with(start))
            .map(str::to_owned)
            .collect()
    }

    /// Forgets everything of this account on this machine, and that it was here.
    pub fn clear_account(&self) {
        clear(&[&format!("renkei:{}:", self.account), LAST_VIEWER]);
    }

    fn key(&self, kind: Kind, name: &str) -> String {
        self.prefix(kind) + name
    }

    fn prefix(&self, kind: Kind) -> String {
        format!("renkei:{}:{}:", self.account, kind.code())
    }
}

pub fn last_viewer() -> Option<Viewer> {
    json::from_str(&read(LAST_VIEWER)?).ok()
}

pub fn remember_viewer(viewer: &Viewer) {
    if let Ok(text) = json::to_string(viewer) {
        // Without room the page only opens while the server is there.
        let _ = write(LAST_VIEWER, &text);
    }
}

pub fn forget_viewer() {
    erase(LAST_VIEWER);
}

fn read(key: &str) -> Option<String> {
    store()?.get_item(key).ok().flatten()
}

fn write(key: &str, text: &str) -> Result<(), NoRoom> {
    store().ok_or(NoRoom)?.set_item(key, text).map_err(|_| NoRoom)
}

fn erase(key: &str) {
    if let Some(store) = store() {
        let _ = store.remove_item(key);
    }
}

fn clear(prefixes: &[&str]) {
    for key in keys().iter().filter(|key| prefixes.iter().any(|prefix| key.starts_with(prefix))) {
        erase(key);
    }
}

fn keys() -> Vec<String> {
    let Some(store) = store() else { return Vec::new() };
    let count = store.length().unwrap_or_default();
    (0..count).filter_map(|index| store.key(index).ok().flatten()).collect()
}

/// Absent where the browser forbids it.
fn store() -> Option<web_sys::Storage> {
    dom::window().local_storage().ok().flatten()
}
