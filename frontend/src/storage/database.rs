//! The browser's database: one store of texts by key. What could not be written stays noted, and goes with the next
//! transaction that is committed.

use super::{drop_sheets, read};
use crate::{
    root,
    ui::{SetIfNew, dom},
};
use idb::{
    Database, DatabaseEvent, Error, Factory, KeyRange, ObjectStoreParams, Query, Transaction, TransactionMode,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::{collections::BTreeSet, rc::Rc};
use wasm_bindgen::JsValue;

const NAME: &str = "renkei";
const STORE: &str = "kept";
/// Milliseconds after which a database that does not answer is given up.
const PATIENCE_MS: i32 = 15_000;
/// Milliseconds until a database that could not be opened again is tried once more.
const RETRY_MS: i32 = 2_000;

/// Why the browser keeps nothing at the moment: what is typed then stands in this page alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Its room is used up.
    Full,
    /// Its database cannot be opened, or takes nothing.
    Unavailable,
}

/// A context of the root.
#[derive(Clone, Copy, Default)]
pub struct Connection {
    database: StoredValue<Option<Rc<Database>>, LocalStorage>,
    /// Keys whose text differs from what the database has, as far as that is known.
    unwritten: StoredValue<BTreeSet<String>>,
    opening: StoredValue<bool>,
    /// The timer of the next try.
    retry: StoredValue<dom::Timer>,
    /// Transactions that failed in a row for another reason than room.
    failures: StoredValue<u32>,
    trouble: RwSignal<Option<Trouble>>,
}

fn connection() -> Connection {
    root::context()
}

/// Why what was written last is not kept; none: it is.
pub fn trouble() -> RwSignal<Option<Trouble>> {
    connection().trouble
}

/// Whether there is a database, once something was loaded.
pub fn is_there() -> bool {
    connection().database.with_value(Option::is_some)
}

/// Texts by key, of all keys that begin with `prefix`.
pub async fn load(prefix: &str) -> Vec<(String, String)> {
    // A connection that the browser has closed is opened again once.
    for _ in 0..2 {
        if !is_there() && !connect().await {
            break;
        }
        match dom::within(PATIENCE_MS, fetch(prefix)).await {
            Some(Ok(kept)) => return kept,
            Some(Err(_)) => disconnect(),
            None => break,
        }
    }
    trouble().set_if_new(Some(Trouble::Unavailable));
    Vec::new()
}

/// Writes what stands in memory under these keys: all of it or nothing. Stands in the database a moment later, even if
/// the page is closed at once.
pub fn write(keys: impl IntoIterator<Item = String>) {
    connection().unwritten.update_value(|unwritten| unwritten.extend(keys));
    flush();
}

/// What belongs to nobody who is here any more is not written later.
pub fn forget_unwritten(stays: impl Fn(&str) -> bool) {
    connection().unwritten.update_value(|unwritten| unwritten.retain(|key| stays(key)));
}

/// Takes away all keys that begin with `prefix`, and waits until they are gone.
pub async fn clear(prefix: &str) {
    let remove = || -> Result<Transaction, Error> {
        let transaction = transaction(TransactionMode::ReadWrite)?;
        transaction.object_store(STORE)?.delete(range(prefix)?)?;
        transaction.commit()
    };
    if let Ok(transaction) = remove() {
        let _ = transaction.await;
    }
}

fn flush() {
    let keys = connection().unwritten.try_update_value(std::mem::take).unwrap_or_default();
    if keys.is_empty() {
        return;
    }
    let keys = Rc::new(keys);
    if put(&keys).is_err() {
        failed(&keys, false);
    }
}

fn put(keys: &Rc<BTreeSet<String>>) -> Result<(), Error> {
    let mut transaction = transaction(TransactionMode::ReadWrite)?;
    let store = transaction.object_store(STORE)?;
    for key in keys.iter() {
        let text = read(key);
        let key = JsValue::from_str(key);
        match text {
            Some(text) => drop(store.put(&text.into(), Some(&key))?),
            None => drop(store.delete(key)?),
        }
    }
    transaction.on_complete(|_| {
        connection().failures.set_value(0);
        trouble().set_if_new(None);
    });
    let keys = keys.clone();
    transaction.on_abort(move |event| {
        let error = event.target().and_then(|target| Transaction::try_from(target).ok()?.error());
        failed(&keys, error.is_some_and(|error| error.name() == "QuotaExceededError"));
    });
    // Left to itself it would wait for this page to hear of its end, and be given up if the page is gone by then.
    let mut transaction = transaction.commit()?;
    // They belong to the transaction from now on.
    transaction.forget_callbacks();
    Ok(())
}

/// A transaction has come to nothing. Where there is no room, kept sheets go; a database that was closed under the page
/// is opened again.
fn failed(keys: &BTreeSet<String>, full: bool) {
    let Connection { unwritten, failures, .. } = connection();
    unwritten.update_value(|unwritten| unwritten.extend(keys.iter().cloned()));
    if full {
        let dropped = drop_sheets();
        unwritten.update_value(|unwritten| unwritten.extend(dropped.iter().cloned()));
        trouble().set_if_new(Some(Trouble::Full));
        if !dropped.is_empty() {
            flush();
        }
        return;
    }
    disconnect();
    failures.update_value(|failures| *failures += 1);
    if failures.get_value() == 1 {
        reopen();
    } else {
        unavailable();
    }
}

fn unavailable() {
    trouble().set_if_new(Some(Trouble::Unavailable));
    let Connection { retry, .. } = connection();
    dom::forget_timer(retry.get_value());
    retry.set_value(dom::after(RETRY_MS, reopen));
}

/// Opens the database and repeats what could not be written.
fn reopen() {
    let Connection { unwritten, opening, .. } = connection();
    if unwritten.with_value(BTreeSet::is_empty) || is_there() || opening.get_value() {
        return;
    }
    opening.set_value(true);
    spawn_local(async move {
        let open = connect().await;
        opening.set_value(false);
        if open {
            flush();
        } else {
            unavailable();
        }
    });
}

async fn connect() -> bool {
    let base = dom::within(PATIENCE_MS, open()).await.and_then(Result::ok);
    let there = base.is_some();
    connection().database.set_value(base.map(Rc::new));
    there
}

fn disconnect() {
    if let Some(base) = connection().database.try_update_value(Option::take).flatten() {
        base.close();
    }
}

async fn open() -> Result<Database, Error> {
    let mut request = Factory::new()?.open(NAME, Some(1))?;
    request.on_upgrade_needed(|event| {
        if let Ok(base) = event.database() {
            // Fails for no store that is not there yet.
            let _ = base.create_object_store(STORE, ObjectStoreParams::new());
        }
    });
    request.await
}

fn transaction(mode: TransactionMode) -> Result<Transaction, Error> {
    let base = connection().database.get_value();
    base.ok_or(Error::IndexedDbNotFound(JsValue::NULL))?.transaction(&[STORE], mode)
}

async fn fetch(prefix: &str) -> Result<Vec<(String, String)>, Error> {
    let store = transaction(TransactionMode::ReadOnly)?.object_store(STORE)?;
    let (keys, texts) =
        (store.get_all_keys(Some(range(prefix)?), None)?, store.get_all(Some(range(prefix)?), None)?);
    let text = |text: JsValue| text.as_string().unwrap_or_default();
    let (keys, texts) = (keys.await?, texts.await?);
    Ok(keys.into_iter().map(text).zip(texts.into_iter().map(text)).collect())
}

fn range(prefix: &str) -> Result<Query, Error> {
    // Beyond every key's next character.
    let end = prefix.to_owned() + "\u{ffff}";
    Ok(KeyRange::bound(&prefix.into(), &end.into(), None, None)?.into())
}
