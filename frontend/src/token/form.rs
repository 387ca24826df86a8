//! Making a token: what it is for, what it may do, and for how long.

use super::{
    Made, desk, load,
    queries::{CreateToken, CreateTokenInput, CreateTokenPayload, CreateTokenVariables, TokenName},
    revoke,
};
use crate::ui::SetIfNew;
use crate::{
    api::{self, EnumValue, Id, deliver},
    text::token as words,
    ui::dom,
    view::{El, el, live_text},
};
use cynic::MutationBuilder;
use leptos::prelude::*;
use leptos::task::spawn_local;
use renkei_domain::{TokenScope, limits, text::is_blank};
use std::rc::Rc;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};

const NAME: &str = "token-name";
const HINT: &str = "token-hint";
const FAULT: &str = "token-fault";
const DAYS: &str = "token-days";

/// What has become of the last try, in words; empty for nothing.
struct Told {
    fault: ArcRwSignal<String>,
    pending: ArcRwSignal<bool>,
}

#[derive(Clone)]
struct Wanted {
    name: String,
    scope: TokenScope,
    days: i32,
}

pub fn section() -> El {
    let told = Rc::new(Told { fault: ArcRwSignal::default(), pending: ArcRwSignal::new(false) });
    let [faulty, waits, named, sent] = std::array::from_fn(|_| told.clone());
    let name = el("input")
        .attr("id", NAME)
        .class("input")
        .attr("autocomplete", "off")
        .attr("maxlength", limits::TOKEN_NAME_CHARS)
        .attr("aria-describedby", [HINT, FAULT].join(" "));
    let days = el("select").attr("id", DAYS).class("input").child(words::PERIODS.map(|(days, label)| {
        el("option").attr("value", days).attr("selected", days == words::PERIOD).child(label)
    }));
    let full = scope(TokenScope::Full, words::FULL_HINT);
    let read = scope(TokenScope::ReadOnly, words::READ_ONLY_HINT);
    let whole = full.1.clone();
    let (typed, chosen) = (name.as_a::<HtmlInputElement>().clone(), days.as_a::<HtmlSelectElement>().clone());
    read.1.set_checked(true);
    let on_submit = move |event: Event| {
        event.prevent_default();
        if sent.pending.get_untracked() {
            return;
        }
        if is_blank(&typed.value()) {
            dom::focus(Some(&typed));
            return sent.fault.set(words::NAMELESS.to_owned());
        }
        let scope = if whole.checked() { TokenScope::Full } else { TokenScope::ReadOnly };
        let wanted = Wanted { name: typed.value(), scope, days: chosen.value().parse().unwrap_or_default() };
        spawn_local(make(wanted, typed.clone(), sent.clone()));
    };
    let button = el("button")
        .class("button main")
        .live_attr("aria-disabled", move || waits.pending.get().then_some("true"))
        .child(live_text(move || if named.pending.get() { words::MAKING } else { words::MAKE }));
    let form = el("form")
        .class("form")
        .attr("novalidate", true)
        .on("submit", on_submit)
        .child(
            el("div")
                .class("field")
                .child(el("label").attr("for", NAME).child(words::NAME))
                .child(el("p").class("hint").attr("id", HINT).child(words::NAME_HINT))
                .child(name),
        )
        .child(el("fieldset").class("field").child(el("legend").child(words::SCOPE)).child([read.0, full.0]))
        .child(el("div").class("field").child(el("label").attr("for", DAYS).child(words::DAYS)).child(days))
        .child(
            el("p")
                .class("trouble")
                .attr("id", FAULT)
                .attr("role", "alert")
                .child(live_text(move || faulty.fault.get())),
        )
        .child(el("div").class("actions").child(button));
    el("section").child(el("h2").child(words::NEW)).child(form)
}

/// A choice of what the token may do.
fn scope(scope: TokenScope, hint: &str) -> (El, HtmlInputElement) {
    let radio = el("input").attr("type", "radio").attr("name", "token-scope");
    let input = radio.as_a::<HtmlInputElement>().clone();
    let label = el("label")
        .child(radio)
        .child(el("span").child(scope.name()).child(" ").child(el("small").child(hint)));
    (label, input)
}

/// Revokes a token whose secret was lost, and makes another one like it.
fn make_again(token: TokenName, wanted: Wanted, typed: HtmlInputElement, told: Rc<Told>) {
    spawn_local(async move {
        if revoke(token.id, &token.name).await {
            desk().made.set(None);
            make(wanted, typed, told).await;
        }
    });
}

async fn make(wanted: Wanted, typed: HtmlInputElement, told: Rc<Told>) {
    told.fault.set(String::new());
    told.pending.set(true);
    let input = CreateTokenInput {
        request_id: Id(api::request_id()),
        name: wanted.name.clone(),
        scope: EnumValue(Some(wanted.scope)),
        days: wanted.days,
    };
    let request = api::request(&CreateToken::build(CreateTokenVariables { input }));
    let waiting = || told.fault.set_if_new(words::WAITING.to_owned());
    let answer = deliver::<CreateTokenPayload>(&request, &waiting).await;
    told.pending.set(false);
    told.fault.set(match answer {
        Ok(created) => {
            typed.set_value("");
            let token = created.token;
            let (name, secret) = (token.name.clone(), created.secret.unwrap_or_default());
            let told = told.clone();
            let again = move || make_again(token.clone(), wanted.clone(), typed.clone(), told.clone());
            desk().made.set(Some(Made { name, secret, again: Rc::new(again) }));
            dom::after_render(|| dom::focus(dom::find(super::made::NOTICE)));
            String::new()
        }
        Err(failure) => failure.message(),
    });
    load().await;
}
