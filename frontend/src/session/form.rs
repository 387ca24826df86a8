//! Login and password, on the page and in the dialog.

use super::sign_in;
use crate::text::session as text;
use leptos::{html, prelude::*, task::spawn_local};
use renkei_domain::limits;

/// With `login` given, only that account can go on here.
#[component]
pub(super) fn SignInForm(
    #[prop(optional_no_strip)] login: Option<String>,
    on_done: Callback<()>,
    /// What else can be done, beside the button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let login_input = NodeRef::<html::Input>::new();
    let password_input = NodeRef::<html::Input>::new();
    let pending = RwSignal::new(false);
    let fault = RwSignal::new(String::new());
    let fixed = login.is_some();
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let value = |input: NodeRef<html::Input>| {
            input.get_untracked().map(|input| input.value()).unwrap_or_default()
        };
        let (login, password) = (value(login_input).trim().to_owned(), value(password_input));
        if pending.get_untracked() {
            return;
        }
        if login.is_empty() || password.is_empty() {
            fault.set(text::EMPTY.to_owned());
            return;
        }
        pending.set(true);
        fault.set(String::new());
        spawn_local(async move {
            let outcome = sign_in(&login, &password).await;
            // Signing in may have taken this form away.
            let _ = pending.try_set(false);
            match outcome {
                Ok(()) => on_done.run(()),
                Err(message) => {
                    let _ = fault.try_set(message);
                }
            }
        });
    };
    view! {
        <form class="form" method="post" on:submit=on_submit>
            <div class="field">
                <label for="login">{text::LOGIN}</label>
                <input
                    node_ref=login_input
                    id="login"
                    class="input"
                    name="login"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=limits::LOGIN_CHARS
                    readonly=fixed
                    autofocus=!fixed
                    value=login
                    aria-describedby="sign-in-fault"
                />
            </div>
            <div class="field">
                <label for="password">{text::PASSWORD}</label>
                <input
                    node_ref=password_input
                    id="password"
                    class="input"
                    type="password"
                    name="password"
                    autocomplete="current-password"
                    maxlength=limits::PASSWORD_CHARS_MAX
                    autofocus=fixed
                    aria-describedby="sign-in-fault"
                />
            </div>
            <div id="sign-in-fault" role="alert">
                {move || fault.with(|fault| (!fault.is_empty()).then(|| view! { <p class="notice bad">{fault.clone()}</p> }))}
            </div>
            <div class="actions">
                <button class="button main" aria-disabled=move || pending.get().then_some("true")>
                    {move || if pending.get() { text::SIGNING_IN } else { text::SIGN_IN }}
                </button>
                {children.map(|children| children())}
            </div>
        </form>
    }
}
