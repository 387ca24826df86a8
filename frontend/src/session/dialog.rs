//! Signing in again over a page whose session has expired: everything typed stays beneath.

use super::{form::SignInForm, use_signed_in, viewer};
use crate::{
    text::session as text,
    ui::{Dialog, SetIfNew},
};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

thread_local! {
    static OPEN: ArcRwSignal<bool> = ArcRwSignal::new(false);
    static WAITING: RefCell<Vec<js_sys::Function>> = const { RefCell::new(Vec::new()) };
}

/// Asks to sign in over the page; true when the same person has, false when the dialog was left. Several that ask at
/// once share one dialog.
pub async fn require_sign_in() -> bool {
    let answer = js_sys::Promise::new(&mut |resolve, _| {
        WAITING.with_borrow_mut(|waiting| waiting.push(resolve));
    });
    OPEN.with(|open| open.set_if_new(true));
    JsFuture::from(answer).await.is_ok_and(|answer| answer.is_truthy())
}

fn answer(signed_in: bool) {
    OPEN.with(|open| open.set_if_new(false));
    for resolve in WAITING.take() {
        // A promise's own function does not fail.
        let _ = resolve.call1(&JsValue::NULL, &JsValue::from_bool(signed_in));
    }
}

/// Stands once on the page, whatever page that is.
#[component]
pub fn SignInDialog() -> impl IntoView {
    Effect::new(|| {
        // Whoever was asked has gone.
        if !use_signed_in() && OPEN.with(|open| open.get_untracked()) {
            answer(false);
        }
    });
    view! {
        <Dialog open=OPEN.with(|open| Signal::from(open.clone())) title=text::AGAIN on_close=|| answer(false)>
            <p>{text::AGAIN_WHY}</p>
            <SignInForm login=viewer().map(|viewer| viewer.login) on_done=|| answer(true)>
                <button type="button" class="button" on:click=|_| answer(false)>
                    {text::LATER}
                </button>
            </SignInForm>
        </Dialog>
    }
}
