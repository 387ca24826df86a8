//! What the browser keeps for an account: drafts, what waits to be sent, the last sheet. Everybody else's stays out of
//! reach by its key.
//!
//! Keys are `renkei:<account>:<kind>:<name>`. Everything of the account that is there stands in memory, so that reading
//! never waits; a write goes to the memory, the browser's database and the other tabs in one event. Drafts are worth
//! most: when the browser's room is used up, sheets give way.

mod database;
mod tabs;

pub use database::{Connection, Trouble, trouble};
pub use tabs::{Channel, Heard, listen};

use crate::{
    root,
    session::Viewer,
    ui::{dom, until},
};
use leptos::prelude::*;
use renkei_domain::AccountId;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::{BTreeMap, BTreeSet};

/// Who was here last, so that a page opens while the server is away. Beside the rest, as the browser itself tells other
/// tabs when it changes.
const LAST_VIEWER: &str = "renkei:viewer";

/// Somebody has signed out while the server was away; it is told before anybody is let in. It stands in the database,
/// since the other storage shows one tab a moment later what another has written; there it is only a hint, for pages
/// that open.
const LEAVING: &str = "renkei:leaving";

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Typed and not yet saved.
    Draft,
    /// Asked of the server and not yet answered.
    Outbox,
    /// A draft's copy on the server that is to go.
    Discard,
    /// An answer of the server, to be shown while it is away.
    Sheet,
    /// How this person likes to see things, and what this browser is called.
    Preference,
}

const KINDS: [(Kind, &str); 5] = [
    (Kind::Draft, "draft"),
    (Kind::Outbox, "outbox"),
    (Kind::Discard, "discard"),
    (Kind::Sheet, "sheet"),
    (Kind::Preference, "taste"),
];

/// One thing that is to stand under its name, or to go.
pub type Change<'a> = (Kind, &'a str, Option<&'a str>);

/// One account's storage in this browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStorage {
    account: AccountId,
}

/// A context of the root.
#[derive(Clone, Default)]
pub struct Memory {
    /// Texts by key.
    texts: StoredValue<BTreeMap<String, String>>,
    /// Whose things stand in memory, or are on their way there.
    open: RwSignal<Option<AccountId>>,
    /// Whose are all there.
    fetched: RwSignal<Option<AccountId>>,
    /// Keys of which other tabs have told something while all were on their way.
    told: StoredValue<BTreeSet<String>>,
    changes: ArcTrigger,
}

fn memory() -> Memory {
    root::context()
}

/// Told whenever something that is kept has changed, but for answers of the server, here or in another tab: what is shown of it is a memo or an effect
/// that watches this.
pub fn changes() -> ArcTrigger {
    memory().changes
}

impl AccountStorage {
    pub fn of(account: AccountId) -> Self {
        Self { account }
    }

    /// Fetches what is kept, or waits until it is there; before that the storage is empty to who looks.
    pub async fn open(&self) {
        let this = Some(self.account);
        let Memory { open, fetched, told, .. } = memory();
        if open.get_untracked() == this {
            return until(move || open.get() != this || fetched.get() == this).await;
        }
        open.set(this);
        fetched.set(None);
        told.set_value(BTreeSet::new());
        let owner = self.owner();
        forget_others(Some(&owner));
        let kept = database::load(&owner).await;
        // Somebody else has come meanwhile, or everything has gone.
        if open.get_untracked() != this {
            return;
        }
        for (key, text) in kept.iter().filter(|(key, _)| is_new(key)) {
            remember(key, Some(text));
        }
        take_over(&owner);
        fetched.set(this);
        changes().notify();
    }

    pub fn get<T: DeserializeOwned>(&self, kind: Kind, name: &str) -> Option<T> {
        // What an older client wrote in another form is as good as absent.
        serde_json::from_str(&self.get_text(kind, name)?).ok()
    }

    pub fn put<T: Serialize>(&self, kind: Kind, name: &str, value: &T) -> Result<(), Trouble> {
        // Texts, numbers and lists: there is none that JSON cannot say.
        self.put_text(kind, name, &serde_json::to_string(value).unwrap_or_default())
    }

    /// What stands there, as it was put.
    pub fn get_text(&self, kind: Kind, name: &str) -> Option<String> {
        read(&self.key(kind, name))
    }

    /// [`AccountStorage::put`] for a value that is a text already, such as an answer of the server.
    pub fn put_text(&self, kind: Kind, name: &str, text: &str) -> Result<(), Trouble> {
        self.change(&[(kind, name, Some(text))])
    }

    pub fn remove(&self, kind: Kind, name: &str) {
        // What is not there needs no room.
        let _ = self.change(&[(kind, name, None)]);
    }

    /// All of it or nothing, whenever the browser ends. An answer that comes when its account has gone leaves nothing.
    pub fn change(&self, all: &[Change<'_>]) -> Result<(), Trouble> {
        if memory().open.get_untracked() != Some(self.account) {
            return Err(Trouble::Unavailable);
        }
        let keys: Vec<String> = all.iter().map(|(kind, name, _)| self.key(*kind, name)).collect();
        for (key, (.., text)) in keys.iter().zip(all) {
            remember(key, *text);
        }
        // Before other tabs are told: one that begins to fetch afterwards finds it.
        database::write(keys.iter().cloned());
        // Each tab asks for its own sheet.
        let told = keys.iter().zip(all).filter(|(_, (kind, ..))| *kind != Kind::Sheet);
        tabs::tell(told.map(|(key, (.., text))| (key.as_str(), *text)));
        // A kept answer is nothing that anybody has typed or asked for.
        if all.iter().any(|(kind, ..)| *kind != Kind::Sheet) {
            changes().notify();
        }
        trouble().get_untracked().map_or(Ok(()), Err)
    }

    /// Takes in what another tab has written; it is in the database already.
    pub fn follow(&self, kind: Kind, name: &str, text: Option<&str>) {
        let key = self.key(kind, name);
        remember(&key, text);
        let Memory { open, fetched, told, .. } = memory();
        if fetched.get_untracked() != open.get_untracked() {
            told.update_value(|told| {
                let _ = told.insert(key);
            });
        }
        changes().notify();
    }

    /// The names of a kind's things that begin with `start`, in order.
    pub fn names(&self, kind: Kind, start: &str) -> Vec<String> {
        let prefix = self.prefix(kind);
        let from = prefix.clone() + start;
        memory().texts.with_value(|memory| {
            let keys =
                memory.range(from.clone()..).map(|(key, _)| key).take_while(|key| key.starts_with(&from));
            keys.map(|key| key[prefix.len()..].to_owned()).collect()
        })
    }

    /// Forgets everything of this account on this machine, and that it was here.
    pub async fn clear_account(&self) {
        close();
        erase_old(&self.owner());
        forget_viewer();
        database::clear(&self.owner()).await;
    }

    fn owner(&self) -> String {
        format!("renkei:{}:", self.account)
    }

    fn key(&self, kind: Kind, name: &str) -> String {
        self.prefix(kind) + name
    }

    fn prefix(&self, kind: Kind) -> String {
        let code = KINDS.iter().find(|(other, _)| *other == kind).map_or("", |(_, code)| code);
        self.owner() + code + ":"
    }
}

/// Whose things stand in memory, or are on their way there: the page may not know yet that they are there.
pub fn opened() -> Option<AccountStorage> {
    memory().open.get_untracked().map(AccountStorage::of)
}

/// Nobody's things stand in memory any more.
pub fn close() {
    memory().open.set(None);
    memory().fetched.set(None);
    forget_others(None);
    changes().notify();
}

/// What is another account's is neither in memory nor written any more.
fn forget_others(owner: Option<&str>) {
    let stays = |key: &str| key == LEAVING || owner.is_some_and(|owner| key.starts_with(owner));
    memory().texts.update_value(|texts| texts.retain(|key, _| stays(key)));
    database::forget_unwritten(stays);
}

pub fn last_viewer() -> Option<Viewer> {
    serde_json::from_str(&local()?.get_item(LAST_VIEWER).ok().flatten()?).ok()
}

pub fn remember_viewer(viewer: &Viewer) {
    if let (Some(local), Ok(text)) = (local(), serde_json::to_string(viewer)) {
        // Without room the page only opens while the server is there.
        let _ = local.set_item(LAST_VIEWER, &text);
    }
}

/// Whether somebody has left without the server knowing.
pub async fn is_leaving() -> bool {
    let hint = local().is_some_and(|local| local.get_item(LEAVING).ok().flatten().is_some());
    hint && (!database::load(LEAVING).await.is_empty() || !database::is_there())
}

/// Known to every tab when it returns.
pub async fn set_leaving(leaving: bool) {
    if let Some(local) = local() {
        let _ = if leaving { local.set_item(LEAVING, "1") } else { local.remove_item(LEAVING) };
    }
    database::load(LEAVING).await;
    // Without a database the hint is all there is.
    remember(LEAVING, leaving.then_some("1"));
    database::write([LEAVING.to_owned()]);
    database::load(LEAVING).await;
}

pub fn forget_viewer() {
    if let Some(local) = local() {
        let _ = local.remove_item(LAST_VIEWER);
    }
}

fn read(key: &str) -> Option<String> {
    memory().texts.with_value(|texts| texts.get(key).cloned())
}

fn remember(key: &str, text: Option<&str>) {
    memory().texts.update_value(|texts| match text {
        Some(text) => drop(texts.insert(key.to_owned(), text.to_owned())),
        None => drop(texts.remove(key)),
    });
}

/// Nothing is known of it that is newer than what the database had: neither that it stands, nor that it has gone.
fn is_new(key: &str) -> bool {
    read(key).is_none() && memory().told.with_value(|told| !told.contains(key))
}

/// Whose kind and name a key is; none: it is not of the account that is there.
fn parsed(key: &str) -> Option<(Kind, &str)> {
    let owner = opened()?.owner();
    let (code, name) = key.get(owner.len()..).filter(|_| key.starts_with(&owner))?.split_once(':')?;
    let (kind, _) = KINDS.into_iter().find(|(_, other)| *other == code)?;
    Some((kind, name))
}

/// The room is used up: kept sheets go. Their keys.
fn drop_sheets() -> Vec<String> {
    let Some(storage) = opened() else { return Vec::new() };
    let sheets = storage.prefix(Kind::Sheet);
    let dropped = memory().texts.try_update_value(|texts| {
        texts.extract_if(.., |key, _| key.starts_with(&sheets)).map(|(key, _)| key).collect()
    });
    dropped.unwrap_or_default()
}

/// Takes over what an older client kept in the browser's other storage.
fn take_over(owner: &str) {
    let Some(local) = local() else { return };
    let mut keys = old_keys(owner);
    keys.retain(|key| is_new(key));
    for key in &keys {
        remember(key, local.get_item(key).ok().flatten().as_deref());
    }
    database::write(keys);
    let owner = owner.to_owned();
    dom::after(OLD_GOES_MS, move || {
        if trouble().get_untracked().is_none() {
            erase_old(&owner);
        }
    });
}

/// Milliseconds after which what was taken over is surely in the database.
const OLD_GOES_MS: i32 = 10_000;

fn erase_old(owner: &str) {
    for key in old_keys(owner) {
        let _ = local().map(|local| local.remove_item(&key));
    }
}

fn old_keys(owner: &str) -> Vec<String> {
    let Some(local) = local() else { return Vec::new() };
    let count = local.length().unwrap_or_default();
    let keys = (0..count).filter_map(|index| local.key(index).ok().flatten());
    keys.filter(|key| key.starts_with(owner)).collect()
}

/// Absent where the browser forbids it.
fn local() -> Option<web_sys::Storage> {
    dom::window().local_storage().ok().flatten()
}
