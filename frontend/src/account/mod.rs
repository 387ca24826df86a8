//! One's own account: changing the password.

mod model;

use crate::{
    api,
    session::{require_sign_in, viewer},
    shell,
    text::account as text,
};
use leptos::{html, prelude::*, task::spawn_local};
use renkei_domain::limits;
use serde::{Deserialize, Serialize};

/// What became of the last try.
#[derive(Clone, PartialEq)]
enum State {
    Open,
    Pending,
    Refused(String),
    Changed,
}

#[component]
pub fn AccountPage() -> impl IntoView {
    shell::set_title(text::TITLE);
    let current = NodeRef::<html::Input>::new();
    let new = NodeRef::<html::Input>::new();
    let repeated = NodeRef::<html::Input>::new();
    let state = RwSignal::new(State::Open);
    let pending = move || state.with(|state| *state == State::Pending);
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if state.with_untracked(|state| *state == State::Pending) {
            return;
        }
        let [old, wanted, again] = [current, new, repeated].map(value);
        if let Some(fault) = model::fault(&old, &wanted, &again) {
            state.set(State::Refused(fault));
            return;
        }
        state.set(State::Pending);
        spawn_local(async move {
            let outcome = change(&old, &wanted).await;
            if outcome.is_ok() {
                for input in [current, new, repeated] {
                    if let Some(input) = input.get_untracked() {
                        input.set_value("");
                    }
                }
            }
            // The page may have been left meanwhile.
            let _ = state.try_set(outcome.map_or_else(State::Refused, |()| State::Changed));
        });
    };
    view! {
        <div class="page slim">
            <h1>{text::TITLE}</h1>
            <form class="form" method="post" on:submit=on_submit>
                // For the browser's password keeper.
                <input
                    hidden
                    type="text"
                    autocomplete="username"
                    value=viewer().map(|viewer| viewer.login)
                    readonly
                />
                <Password id="current" label=text::CURRENT complete="current-password" node=current />
                <Password id="new" label=text::NEW complete="new-password" node=new hint=text::hint() />
                <Password id="repeated" label=text::REPEATED complete="new-password" node=repeated />
                <div role="alert">
                    {move || match state.get() {
                        State::Refused(fault) => Some(view! { <p class="notice bad">{fault}</p> }),
                        _ => None,
                    }}
                </div>
                <div role="status">
                    {move || {
                        (state.get() == State::Changed)
                            .then(|| view! { <p class="notice good">{text::CHANGED}</p> })
                    }}
                </div>
                <div class="actions">
                    <button class="button main" aria-disabled=move || pending().then_some("true")>
                        {move || if pending() { text::CHANGING } else { text::CHANGE }}
                    </button>
                </div>
            </form>
        </div>
    }
}

#[component]
fn Password(
    id: &'static str,
    label: &'static str,
    complete: &'static str,
    node: NodeRef<html::Input>,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {hint
                .map(|hint| {
                    view! {
                        <p id=hint_id.clone() class="hint">
                            {hint}
                        </p>
                    }
                })}
            <input
                node_ref=node
                id=id
                class="input"
                type="password"
                autocomplete=complete
                maxlength=limits::PASSWORD_CHARS_MAX
                aria-describedby=hint_id
            />
        </div>
    }
}

fn value(input: NodeRef<html::Input>) -> String {
    input.get_untracked().map(|input| input.value()).unwrap_or_default()
}

/// Changes the password; an error is what to tell the person.
async fn change(current: &str, new: &str) -> Result<(), String> {
    #[derive(Serialize)]
    struct Variables<'a> {
        input: Input<'a>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Input<'a> {
        current_password: &'a str,
        new_password: &'a str,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Data {
        change_password: Payload,
    }
    #[derive(Deserialize)]
    enum Payload {
        PasswordChanged,
        Refusal { code: String, message: String },
    }
    let input = Input { current_password: current, new_password: new };
    let answer = api::call(include_str!("change_password.graphql"), Variables { input }).await;
    match answer {
        Ok(Data { change_password: Payload::PasswordChanged }) => Ok(()),
        Ok(Data { change_password: Payload::Refusal { code, message } }) => {
            if code == "SIGNED_OUT" {
                require_sign_in().await;
            }
            Err(message)
        }
        Err(failure) => Err(failure.message()),
    }
}
