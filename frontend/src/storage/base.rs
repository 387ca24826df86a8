//! The browser's database: one store of texts by key.

use super::{NoRoom, make_room};
use crate::ui::SetIfNew;
use crate::ui::dom;
use js_sys::{Array, Function, Promise};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransactionMode};

const NAME: &str = "renkei";
const STORE: &str = "kept";
/// Milliseconds after which a database that does not answer is given up.
const PATIENCE_MS: i32 = 15_000;

struct Database {
    base: IdbDatabase,
    /// Hears how transactions end.
    ended: Function,
}

thread_local! {
    static DATABASE: RefCell<Option<Database>> = const { RefCell::new(None) };
    static FULL: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// Whether what was written last found no room: then what is typed stands in this page alone.
pub fn full() -> ArcRwSignal<bool> {
    FULL.with(Clone::clone)
}

/// Texts by key, of all keys that begin with `prefix`.
pub async fn load(prefix: &str) -> Vec<(String, String)> {
    if !is_there() {
        let base = open().await;
        // What is typed then stands in this page alone, and says so.
        full().set_if_new(base.is_none());
        DATABASE.set(base);
    }
    let Some((keys, texts)) = ask(prefix) else { return Vec::new() };
    let (keys, texts) = (listed(keys).await, listed(texts).await);
    keys.into_iter().zip(texts).collect()
}

/// Whether there is a database, once something was loaded.
pub fn is_there() -> bool {
    DATABASE.with_borrow(Option::is_some)
}

/// All of it or nothing. Stands in the database a moment later, even if the page is closed at once.
#[expect(
    deprecated,
    reason = "web-sys has that from an old draft; the Indexed Database API 3.0 has `commit`"
)]
pub fn write<'a>(changes: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Result<(), NoRoom> {
    let store = store(IdbTransactionMode::Readwrite)?;
    for (key, text) in changes {
        let key = JsValue::from_str(key);
        match text {
            Some(text) => store.put_with_key(&JsValue::from_str(text), &key),
            None => store.delete(&key),
        }
        .map_err(|_| NoRoom)?;
    }
    // Left to itself it would wait for this page to hear of its end, and be given up if the page is gone by then.
    store.transaction().commit().map_err(|_| NoRoom)
}

/// Takes away all keys that begin with `prefix`; none: there is no database.
pub fn remove(prefix: &str) -> Option<IdbRequest> {
    store(IdbTransactionMode::Readwrite).ok()?.delete(&range(prefix)?.into()).ok()
}

/// [`remove`], and waits until they are gone.
pub async fn clear(prefix: &str) {
    if let Some(request) = remove(prefix) {
        let _ = answered(&request).await;
    }
}

async fn open() -> Option<Database> {
    let request = dom::window().indexed_db().ok()??.open_with_u32(NAME, 1).ok()?;
    let made = request.clone();
    let upgrade = Closure::once_into_js(move || {
        if let Some(base) = made.result().ok().and_then(|base| base.dyn_into::<IdbDatabase>().ok()) {
            // Fails for no store that is not there yet.
            let _ = base.create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let base = answered(&request).await?.dyn_into().ok()?;
    let ended = Closure::<dyn FnMut(Event)>::new(|event: Event| on_end(&event)).into_js_value();
    Some(Database { base, ended: ended.unchecked_into() })
}

fn store(mode: IdbTransactionMode) -> Result<IdbObjectStore, NoRoom> {
    DATABASE.with_borrow(|database| {
        let Database { base, ended } = database.as_ref().ok_or(NoRoom)?;
        let transaction = base.transaction_with_str_and_mode(STORE, mode).map_err(|_| NoRoom)?;
        if mode == IdbTransactionMode::Readwrite {
            transaction.set_onabort(Some(ended));
            transaction.set_oncomplete(Some(ended));
        }
        transaction.object_store(STORE).map_err(|_| NoRoom)
    })
}

/// The first write that finds no room makes some; the first that finds some again brings what was missed.
fn on_end(event: &Event) {
    let aborted = event.type_() == "abort";
    if full().get_untracked() != aborted {
        full().set(aborted);
        make_room();
    }
}

fn ask(prefix: &str) -> Option<(IdbRequest, IdbRequest)> {
    let (store, range) = (store(IdbTransactionMode::Readonly).ok()?, range(prefix)?);
    Some((store.get_all_keys_with_key(&range).ok()?, store.get_all_with_key(&range).ok()?))
}

fn range(prefix: &str) -> Option<IdbKeyRange> {
    // Beyond every key's next character.
    let end = prefix.to_owned() + "\u{ffff}";
    IdbKeyRange::bound(&prefix.into(), &end.into()).ok()
}

async fn listed(request: IdbRequest) -> Vec<String> {
    let list = answered(&request).await.map(|list| Array::from(&list)).unwrap_or_default();
    list.iter().map(|text| text.as_string().unwrap_or_default()).collect()
}

async fn answered(request: &IdbRequest) -> Option<JsValue> {
    if request.ready_state() == web_sys::IdbRequestReadyState::Pending {
        let answer = Promise::new(&mut |resolve, _| {
            request.set_onsuccess(Some(&resolve));
            request.set_onerror(Some(&resolve));
            let _ =
                dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, PATIENCE_MS);
        });
        let _ = JsFuture::from(answer).await;
    }
    request.result().ok()
}
