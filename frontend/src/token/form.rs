//! Making a token: what it is for, what it may do, and for how long.

use super::{
    Made, TokensState,
    queries::{CreateToken, CreateTokenInput, CreateTokenPayload, CreateTokenVariables},
};
use crate::{
    api::{self, EnumValue, Id, deliver},
    text::token as words,
    ui::{Field, SetIfNew, SubmitButton, dom},
};
use cynic::MutationBuilder;
use leptos::task::spawn_local;
use leptos::{html, prelude::*};
use renkei_domain::{TokenScope, limits, text::is_blank};
use web_sys::SubmitEvent;

const NAME: &str = "token-name";
const HINT: &str = "token-hint";
const FAULT: &str = "token-fault";
const DAYS: &str = "token-days";

/// What is to be made.
#[derive(Clone)]
pub struct Wanted {
    name: String,
    scope: TokenScope,
    days: i32,
    /// Emptied when the token is made.
    input: NodeRef<html::Input>,
}

#[component]
pub fn TokenForm() -> impl IntoView {
    let state = expect_context::<TokensState>();
    let input = NodeRef::<html::Input>::new();
    let days = NodeRef::<html::Select>::new();
    let full = NodeRef::<html::Input>::new();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(name), Some(days), Some(full)) =
            (input.get_untracked(), days.get_untracked(), full.get_untracked())
        else {
            return;
        };
        if state.pending.get_untracked() {
            return;
        }
        if is_blank(&name.value()) {
            dom::focus(Some(&name));
            return state.fault.set(words::NAMELESS.to_owned());
        }
        let scope = if full.checked() { TokenScope::Full } else { TokenScope::ReadOnly };
        let days = days.value().parse().unwrap_or_default();
        spawn_local(state.make(Wanted { name: name.value(), scope, days, input }));
    };
    let periods = words::PERIODS.map(|(days, label)| {
        view! { <option value=days.to_string() selected=days == words::PERIOD>{label}</option> }
    });
    view! {
        <form class="form" novalidate on:submit=on_submit>
            <Field id=NAME label=words::NAME>
                <p class="hint" id=HINT>{words::NAME_HINT}</p>
                <input
                    id=NAME
                    class="input"
                    autocomplete="off"
                    maxlength=limits::TOKEN_NAME_CHARS
                    aria-describedby=[HINT, FAULT].join(" ")
                    node_ref=input
                />
            </Field>
            <fieldset class="field">
                <legend>{words::SCOPE}</legend>
                <label>
                    <input type="radio" name="token-scope" checked />
                    <ScopeLabel scope=TokenScope::ReadOnly hint=words::READ_ONLY_HINT />
                </label>
                <label>
                    <input type="radio" name="token-scope" node_ref=full />
                    <ScopeLabel scope=TokenScope::Full hint=words::FULL_HINT />
                </label>
            </fieldset>
            <Field id=DAYS label=words::DAYS>
                <select id=DAYS class="input" node_ref=days>{periods}</select>
            </Field>
            <p class="trouble" id=FAULT role="alert">{move || state.fault.get()}</p>
            <div class="actions">
                <SubmitButton pending=state.pending label=words::MAKE pending_label=words::MAKING />
            </div>
        </form>
    }
}

#[component]
fn ScopeLabel(scope: TokenScope, hint: &'static str) -> impl IntoView {
    view! { <span>{scope.name()}" "<small>{hint}</small></span> }
}

impl TokensState {
    async fn make(self, wanted: Wanted) {
        self.fault.set(String::new());
        self.pending.set(true);
        let input = CreateTokenInput {
            request_id: Id(api::request_id()),
            name: wanted.name.clone(),
            scope: EnumValue(Some(wanted.scope)),
            days: wanted.days,
        };
        let request = api::request(&CreateToken::build(CreateTokenVariables { input }));
        let waiting = || self.fault.set_if_new(words::WAITING.to_owned());
        let answer = deliver::<CreateTokenPayload>(&request, &waiting).await;
        self.pending.set(false);
        match answer {
            Ok(created) => {
                self.fault.set(String::new());
                if let Some(input) = wanted.input.try_get_untracked().flatten() {
                    input.set_value("");
                }
                let secret = created.secret.unwrap_or_default();
                self.made.set(Some(Made { token: created.token, secret, wanted }));
            }
            Err(failure) => self.fault.set(failure.message()),
        }
        self.reload();
    }

    /// Revokes a token whose secret was lost, and makes another one like it.
    pub(super) async fn make_again(self, Made { token, wanted, .. }: Made) {
        if self.revoke(token.id, &token.name).await {
            self.made.set(None);
            self.make(wanted).await;
        }
    }
}
