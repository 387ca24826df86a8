//! The tabs of a browser share one session: while one signs out, none signs in.

use crate::ui::dom;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// Among all of the browser's tabs.
const LOCK: &str = "renkei:session";

/// Does it when no other tab, and nothing else on this page, is at it. Where the browser has no locks, as on a page
/// without TLS, at once.
pub async fn with_session_lock<T>(work: impl Future<Output = T>) -> T {
    let mut release = None;
    let held = Promise::new(&mut |resolve, _| release = Some(resolve));
    if let Some(turn) = turn(held) {
        // A browser that refuses the lock has none to give.
        let _ = JsFuture::from(turn).await;
    }
    let done = work.await;
    if let Some(release) = release {
        // A promise's own function does not fail.
        let _ = release.call0(&JsValue::NULL);
    }
    done
}

/// Comes about when it is this tab's turn, which ends with what is held.
fn turn(held: Promise) -> Option<Promise> {
    let locks = Reflect::get(&dom::window().navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let mut taken = None;
    let turn = Promise::new(&mut |resolve, _| taken = Some(resolve));
    let taken = taken?;
    let granted = Closure::once_into_js(move || {
        let _ = taken.call0(&JsValue::NULL);
        held
    });
    let asked: Promise = request.call2(&locks, &LOCK.into(), &granted).ok()?.dyn_into().ok()?;
    Some(Promise::race(&Array::of2(&turn, &asked)))
}
