//! One's own account: changing the password.

mod model;
pub mod queries;

use crate::{
    api::{self, Payload, RefusalCode},
    session::{require_sign_in, viewer},
    shell,
    text::account as text,
    ui::{Field, SubmitButton},
};
use cynic::MutationBuilder;
use leptos::{html, prelude::*};
use queries::{ChangePassword, ChangePasswordInput, ChangePasswordVariables};
use renkei_domain::limits;
use web_sys::{HtmlInputElement, SubmitEvent};

#[component]
pub fn AccountPage() -> impl IntoView {
    shell::set_title(text::TITLE);
    let [current, new, repeated] = std::array::from_fn(|_| NodeRef::<html::Input>::new());
    let submit = Action::new_local(submit);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let inputs = (current.get_untracked(), new.get_untracked(), repeated.get_untracked());
        if let ((Some(current), Some(new), Some(repeated)), false) =
            (inputs, submit.pending().get_untracked())
        {
            submit.dispatch_local([current, new, repeated]);
        }
    };
    let outcome = move || submit.value().get().filter(|_| !submit.pending().get());
    view! {
        <div class="page slim">
            <h1>{text::TITLE}</h1>
            <p class="lead">{text::LEAD}</p>
            <form class="form" method="post" on:submit=on_submit>
                // For the browser's password keeper.
                <input hidden autocomplete="username" readonly value=viewer().map(|viewer| viewer.login) />
                <Field id="current" label=text::CURRENT>
                    <Password id="current" autocomplete="current-password" node_ref=current />
                </Field>
                <Field id="new" label=text::NEW>
                    <p id="new-hint" class="hint">{text::hint()}</p>
                    <Password
                        id="new"
                        autocomplete="new-password"
                        node_ref=new
                        attr:aria-describedby="new-hint"
                    />
                </Field>
                <Field id="repeated" label=text::REPEATED>
                    <Password id="repeated" autocomplete="new-password" node_ref=repeated />
                </Field>
                <div role="alert">
                    {move || {
                        outcome()?.err().map(|fault| view! { <p class="notice bad">{fault}</p> })
                    }}
                </div>
                <div role="status">
                    {move || outcome()?.ok().map(|()| view! { <p class="notice good">{text::CHANGED}</p> })}
                </div>
                <div class="actions">
                    <SubmitButton pending=submit.pending() label=text::CHANGE pending_label=text::CHANGING />
                </div>
            </form>
        </div>
    }
}

#[component]
fn Password(id: &'static str, autocomplete: &'static str, node_ref: NodeRef<html::Input>) -> impl IntoView {
    view! {
        <input
            id=id
            class="input"
            type="password"
            autocomplete=autocomplete
            maxlength=limits::PASSWORD_CHARS_MAX
            node_ref=node_ref
        />
    }
}

/// What was typed, to the server and out of the form; an error is what to tell the person.
fn submit(inputs: &[HtmlInputElement; 3]) -> impl Future<Output = Result<(), String>> + use<> {
    let inputs = inputs.clone();
    async move {
        let [current, new, repeated] = inputs.each_ref().map(HtmlInputElement::value);
        if let Some(fault) = model::fault(&current, &new, &repeated) {
            return Err(fault);
        }
        change(&current, &new).await?;
        for input in inputs {
            input.set_value("");
        }
        Ok(())
    }
}

/// Changes the password; an error is what to tell the person.
async fn change(current: &str, new: &str) -> Result<(), String> {
    let input = ChangePasswordInput { current_password: current.to_owned(), new_password: new.to_owned() };
    let answer = api::call(&ChangePassword::build(ChangePasswordVariables { input })).await;
    let payload = answer.map_err(|failure| failure.message())?.change_password;
    let Err(refusal) = payload.outcome() else { return Ok(()) };
    if refusal.code == RefusalCode::SignedOut {
        require_sign_in().await;
    }
    Err(refusal.message)
}
