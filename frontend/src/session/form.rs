//! Login and password, on the page and in the dialog.

use super::sign_in;
use crate::{
    text::session as text,
    ui::{Field, SubmitButton, dom},
};
use leptos::{html, prelude::*};
use renkei_domain::{limits, text::is_blank};
use web_sys::SubmitEvent;

/// With `login` given, only that account can go on here. The children are what else can be done.
#[component]
pub(super) fn SignInForm(
    login: Option<String>,
    /// Somebody has signed in.
    #[prop(optional, into)]
    on_done: Option<Callback<()>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let [login_input, password_input] = std::array::from_fn(|_| NodeRef::<html::Input>::new());
    let submit = Action::new_local(move |(login, password): &(String, String)| {
        let (login, password) = (login.trim().to_owned(), password.clone());
        async move {
            if is_blank(&login) || password.is_empty() {
                return Err(text::EMPTY.to_owned());
            }
            sign_in(&login, &password).await?;
            if let Some(on_done) = on_done {
                on_done.try_run(());
            }
            Ok(())
        }
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let inputs = (login_input.get_untracked(), password_input.get_untracked());
        if let ((Some(login), Some(password)), false) = (inputs, submit.pending().get_untracked()) {
            submit.dispatch_local((login.value(), password.value()));
        }
    };
    let fault = move || submit.value().get().filter(|_| !submit.pending().get())?.err();
    let is_known = login.is_some();
    if !is_known {
        // A browser heeds `autofocus` only in a document that is being loaded, and in a dialog.
        login_input.on_load(|input| dom::focus(Some(input)));
    }
    view! {
        <form class="form" method="post" on:submit=on_submit>
            <Field id="login" label=text::LOGIN>
                <input
                    id="login"
                    class="input"
                    name="login"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=limits::LOGIN_CHARS
                    aria-describedby="sign-in-fault"
                    value=login
                    readonly=is_known
                    autofocus=!is_known
                    node_ref=login_input
                />
            </Field>
            <Field id="password" label=text::PASSWORD>
                <input
                    id="password"
                    class="input"
                    name="password"
                    type="password"
                    autocomplete="current-password"
                    maxlength=limits::PASSWORD_CHARS_MAX
                    aria-describedby="sign-in-fault"
                    autofocus=is_known
                    node_ref=password_input
                />
            </Field>
            <div id="sign-in-fault" role="alert">
                {move || fault().map(|fault| view! { <p class="notice bad">{fault}</p> })}
            </div>
            <div class="actions">
                <SubmitButton pending=submit.pending() label=text::SIGN_IN pending_label=text::SIGNING_IN />
                {children.map(|children| children())}
            </div>
        </form>
    }
}
