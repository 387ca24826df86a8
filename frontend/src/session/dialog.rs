//! Signing in again over a page whose session has expired: everything typed stays beneath.

use super::{form::SignInForm, use_viewer, viewer};
use crate::{
    root,
    text::session as text,
    ui::{Dialog, SetIfNew},
};
use leptos::prelude::*;
use renkei_domain::AccountId;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Whether the dialog is open, and who waits for its end: a context of the root.
#[derive(Clone, Copy, Default)]
pub struct SignInAgain {
    open: RwSignal<bool>,
    waiting: StoredValue<Vec<js_sys::Function>, LocalStorage>,
}

/// Asks to sign in over the page; true when the same person has, false when the dialog was left. Several that ask at
/// once share one dialog.
pub async fn require_sign_in() -> bool {
    let SignInAgain { open, waiting } = root::context();
    let answer =
        js_sys::Promise::new(&mut |resolve, _| waiting.update_value(|waiting| waiting.push(resolve)));
    open.set_if_new(true);
    JsFuture::from(answer).await.is_ok_and(|answer| answer.is_truthy())
}

fn answer(signed_in: bool) {
    let SignInAgain { open, waiting } = root::context();
    open.set_if_new(false);
    for resolve in waiting.try_update_value(std::mem::take).unwrap_or_default() {
        // A promise's own function does not fail.
        let _ = resolve.call1(&JsValue::NULL, &JsValue::from_bool(signed_in));
    }
}

/// Stands once on the page, whatever page that is.
#[component]
pub fn SignInDialog() -> impl IntoView {
    let SignInAgain { open, .. } = root::context();
    Effect::new(move |before: Option<Option<AccountId>>| {
        let now = use_viewer().map(|viewer| viewer.id);
        // Whoever was asked has gone, perhaps because somebody else has signed in in another tab.
        if before.is_some_and(|before| before != now) && open.get_untracked() {
            answer(false);
        }
        now
    });
    view! {
        <Dialog open title=text::AGAIN on_close=|| answer(false)>
            <p>{text::AGAIN_WHY}</p>
            <SignInForm login=viewer().map(|viewer| viewer.login) on_done=|| answer(true)>
                <button type="button" class="button" on:click=|_| answer(false)>
                    {text::LATER}
                </button>
            </SignInForm>
        </Dialog>
    }
}
