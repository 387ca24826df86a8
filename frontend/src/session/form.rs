//! Login and password, on the page and in the dialog.

use super::sign_in;
use crate::{
    text::session as text,
    view::{El, Piece, el, live, live_text},
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use renkei_domain::{limits, text::is_blank};
use web_sys::{HtmlInputElement, SubmitEvent};

/// With `login` given, only that account can go on here. `beside` is what else can be done.
pub(super) fn form(login: Option<&str>, beside: impl Piece, on_done: impl Fn() + Copy + 'static) -> El {
    let (pending, fault) = (ArcRwSignal::new(false), ArcRwSignal::new(String::new()));
    let (waits, failed) = (pending.clone(), fault.clone());
    let login_input = input("login")
        .attr("autocomplete", "username")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("maxlength", limits::LOGIN_CHARS)
        .attr("value", login)
        .attr(if login.is_some() { "readonly" } else { "autofocus" }, true);
    let password_input = input("password")
        .attr("type", "password")
        .attr("autocomplete", "current-password")
        .attr("maxlength", limits::PASSWORD_CHARS_MAX)
        .attr("autofocus", login.is_some());
    let inputs = [&login_input, &password_input].map(|input| input.as_a::<HtmlInputElement>().clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let [login, password] = inputs.each_ref().map(HtmlInputElement::value);
        let login = login.trim().to_owned();
        if pending.get_untracked() {
            return;
        }
        if is_blank(&login) || password.is_empty() {
            fault.set(text::EMPTY.to_owned());
            return;
        }
        pending.set(true);
        fault.set(String::new());
        let (pending, fault) = (pending.clone(), fault.clone());
        spawn_local(async move {
            let outcome = sign_in(&login, &password).await;
            pending.set(false);
            match outcome {
                Ok(()) => on_done(),
                Err(message) => fault.set(message),
            }
        });
    };
    let said = live(move || {
        let fault = failed.get();
        (!fault.is_empty()).then(|| el("p").class("notice bad").child(fault))
    });
    let signing_in = waits.clone();
    let submit = el("button")
        .class("button main")
        .live_attr("aria-disabled", move || waits.get().then_some("true"))
        .child(live_text(move || if signing_in.get() { text::SIGNING_IN } else { text::SIGN_IN }));
    el("form")
        .class("form")
        .attr("method", "post")
        .on("submit", on_submit)
        .child(field(text::LOGIN, login_input))
        .child(field(text::PASSWORD, password_input))
        .child(el("div").attr("id", "sign-in-fault").attr("role", "alert").child(said))
        .child(el("div").class("actions").child(submit).child(beside))
}

fn input(name: &str) -> El {
    el("input").attr("id", name).class("input").attr("name", name).attr("aria-describedby", "sign-in-fault")
}

fn field(label: &str, input: El) -> El {
    let name = input.element().id();
    el("div").class("field").child(el("label").attr("for", name).child(label)).child(input)
}
