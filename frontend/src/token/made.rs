//! A token that was just made: its secret, this once; or that the answer with the secret was lost.

use super::{Made, TokensState};
use crate::{
    text::{self, token as words},
    ui::dom,
};
use leptos::task::spawn_local;
use leptos::{either::Either, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlInputElement};

const SECRET: &str = "token-secret";

#[component]
pub fn MadeNotice(made: Made) -> impl IntoView {
    let notice = NodeRef::<html::Div>::new();
    notice.on_load(|notice| {
        // Its contents are told with it.
        dom::after_render(move || dom::focus(Some(notice)));
    });
    let title = words::made(&made.token.name);
    let label = title.clone();
    let is_lost = made.secret.is_empty();
    view! {
        <div
            class=if is_lost { "notice bad made" } else { "notice good made" }
            tabindex="-1"
            role="group"
            aria-label=label
            node_ref=notice
        >
            <h2><bdi>{title}</bdi></h2>
            {if is_lost {
                Either::Left(view! { <Lost made /> })
            } else {
                Either::Right(view! { <Secret secret=made.secret /> })
            }}
        </div>
    }
}

#[component]
fn Lost(made: Made) -> impl IntoView {
    let state = expect_context::<TokensState>();
    let again = move |_| spawn_local(state.make_again(made.clone()));
    view! {
        <p>{words::LOST}</p>
        <div class="actions">
            <button type="button" class="button main" on:click=again>{words::AGAIN}</button>
            <button type="button" class="button" on:click=move |_| close(state)>{text::CLOSE}</button>
        </div>
    }
}

#[component]
fn Secret(secret: String) -> impl IntoView {
    let state = expect_context::<TokensState>();
    let field = NodeRef::<html::Input>::new();
    let outcome = RwSignal::new("");
    let copy = move |_| {
        let copied = field.get_untracked().is_some_and(|field| copied(&field));
        outcome.set(if copied { words::COPIED } else { words::NOT_COPIED });
    };
    view! {
        <p>{words::ONCE}</p>
        <label for=SECRET>{words::SECRET}</label>
        <input id=SECRET class="input" readonly spellcheck="false" value=secret node_ref=field />
        <div class="actions">
            <button type="button" class="button main" on:click=copy>{words::COPY}</button>
            <button type="button" class="button" on:click=move |_| close(state)>{words::STORED}</button>
            <span role="status">{move || outcome.get()}</span>
        </div>
        <p class="hint">{words::USE}</p>
    }
}

fn close(state: TokensState) {
    state.made.set(None);
    dom::focus(dom::find("main"));
}

/// By the way that also works where the page came over plain HTTP.
fn copied(field: &HtmlInputElement) -> bool {
    field.select();
    dom::document().unchecked_into::<HtmlDocument>().exec_command("copy").unwrap_or_default()
}
