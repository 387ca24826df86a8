//! One's own account: changing the password.

mod model;
pub mod queries;

use crate::{
    api::{self, Refusal, RefusalCode},
    session::{require_sign_in, viewer},
    shell,
    text::account as text,
    view::{El, Piece, el, live, live_text},
};
use cynic::MutationBuilder;
use leptos::prelude::*;
use leptos::task::spawn_local;
use queries::{ChangePassword, ChangePasswordInput, ChangePasswordPayload, ChangePasswordVariables};
use renkei_domain::limits;
use web_sys::{HtmlInputElement, SubmitEvent};

/// What became of the last try.
#[derive(Clone, PartialEq)]
enum State {
    Open,
    Pending,
    Refused(String),
    Changed,
}

pub fn page() -> El {
    shell::set_title(text::TITLE);
    let state = ArcRwSignal::new(State::Open);
    let [sent, refused, changed, waits, named] = std::array::from_fn(|_| state.clone());
    let current = password("current", "current-password");
    let new = password("new", "new-password").attr("aria-describedby", "new-hint");
    let repeated = password("repeated", "new-password");
    let inputs = [&current, &new, &repeated].map(|input| input.as_a::<HtmlInputElement>().clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if sent.get_untracked() != State::Pending {
            submit(inputs.clone(), sent.clone());
        }
    };
    // For the browser's password keeper.
    let login = el("input")
        .attr("hidden", true)
        .attr("autocomplete", "username")
        .attr("readonly", true)
        .attr("value", viewer().map(|viewer| viewer.login));
    let refused = move || match refused.get() {
        State::Refused(fault) => Some(el("p").class("notice bad").child(fault)),
        _ => None,
    };
    let changed =
        move || (changed.get() == State::Changed).then(|| el("p").class("notice good").child(text::CHANGED));
    let pending = |state: &ArcRwSignal<State>| state.with(|state| *state == State::Pending);
    let button = el("button")
        .class("button main")
        .live_attr("aria-disabled", move || pending(&waits).then_some("true"))
        .child(live_text(move || if pending(&named) { text::CHANGING } else { text::CHANGE }));
    let hint = el("p").attr("id", "new-hint").class("hint").child(text::hint());
    let form = el("form")
        .class("form")
        .attr("method", "post")
        .on("submit", on_submit)
        .child(login)
        .child(field(text::CURRENT, (), current))
        .child(field(text::NEW, hint, new))
        .child(field(text::REPEATED, (), repeated))
        .child(el("div").attr("role", "alert").child(live(refused)))
        .child(el("div").attr("role", "status").child(live(changed)))
        .child(el("div").class("actions").child(button));
    el("div")
        .class("page slim")
        .child(el("h1").child(text::TITLE))
        .child(el("p").class("lead").child(text::LEAD))
        .child(form)
}

fn submit(inputs: [HtmlInputElement; 3], state: ArcRwSignal<State>) {
    let [old, wanted, again] = inputs.each_ref().map(HtmlInputElement::value);
    if let Some(fault) = model::fault(&old, &wanted, &again) {
        state.set(State::Refused(fault));
        return;
    }
    state.set(State::Pending);
    spawn_local(async move {
        let outcome = change(&old, &wanted).await;
        if outcome.is_ok() {
            for input in inputs {
                input.set_value("");
            }
        }
        state.set(outcome.map_or_else(State::Refused, |()| State::Changed));
    });
}

fn password(id: &str, complete: &str) -> El {
    el("input")
        .attr("id", id)
        .class("input")
        .attr("type", "password")
        .attr("autocomplete", complete)
        .attr("maxlength", limits::PASSWORD_CHARS_MAX)
}

fn field(label: &str, hint: impl Piece, input: El) -> El {
    let id = input.element().id();
    el("div").class("field").child(el("label").attr("for", id).child(label)).child(hint).child(input)
}

/// Changes the password; an error is what to tell the person.
async fn change(current: &str, new: &str) -> Result<(), String> {
    let input = ChangePasswordInput { current_password: current.to_owned(), new_password: new.to_owned() };
    let answer = api::call(&ChangePassword::build(ChangePasswordVariables { input })).await;
    let refusal = match answer.map_err(|failure| failure.message())?.change_password {
        ChangePasswordPayload::PasswordChanged(_) => return Ok(()),
        ChangePasswordPayload::Refusal(refusal) => refusal,
        ChangePasswordPayload::Unknown => Refusal::unknown(),
    };
    if refusal.code == RefusalCode::SignedOut {
        require_sign_in().await;
    }
    Err(refusal.message)
}
