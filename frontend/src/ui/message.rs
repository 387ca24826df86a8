//! What stands on a page that is empty, loading or refused: always with what to do next.

use crate::{
    api::Failure,
    shell, text,
    view::{El, Piece, el},
};
use leptos::prelude::*;
use web_sys::Event;

/// A page that only says something; its children are what can be done.
#[component]
pub fn Message(
    title: &'static str,
    #[prop(into)] why: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page message">
            <h1>{title}</h1>
            <p>{why}</p>
            <div class="actions">{children.map(|children| children())}</div>
        </div>
    }
}

/// A page whose data did not come.
#[component]
pub fn Failed(failure: Failure, #[prop(into)] on_retry: Callback<()>) -> impl IntoView {
    let why = match failure {
        Failure::Offline => text::OFFLINE_PAGE.to_owned(),
        other => other.message(),
    };
    view! {
        <Message title=text::CANNOT_SHOW why>
            <button type="button" class="button main" on:click=move |_| on_retry.run(())>
                {text::TRY_AGAIN}
            </button>
            <a class="button" href="/">{text::TO_START}</a>
        </Message>
    }
}

/// For an address where nothing stands, or nothing that this person may see.
#[component]
pub fn NotFound() -> impl IntoView {
    shell::set_title(text::NOT_FOUND);
    shell::set_place(None);
    view! {
        <Message title=text::NOT_FOUND why=text::NOT_FOUND_WHY>
            <a class="button main" href="/">{text::TO_START}</a>
        </Message>
    }
}

/// The shape of a page that is on its way.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="page skeleton" role="status">
            <span class="unseen">{text::LOADING}</span>
            <i></i>
            <i></i>
            <i></i>
            <i></i>
        </div>
    }
}

/// A page that only says something; `actions` are what can be done.
pub fn message(title: &str, why: &str, actions: impl Piece) -> El {
    el("div")
        .class("page message")
        .child(el("h1").child(title))
        .child(el("p").child(why))
        .child(el("div").class("actions").child(actions))
}

/// A page whose data did not come.
pub fn failed(failure: Failure, retry: impl Fn() + 'static) -> El {
    let why = match failure {
        Failure::Offline => text::OFFLINE_PAGE.to_owned(),
        other => other.message(),
    };
    let again = button("button main", text::TRY_AGAIN, retry);
    message(text::CANNOT_SHOW, &why, [again, link("button", "/", text::TO_START)])
}

/// For an address where nothing stands, or nothing that this person may see.
pub fn not_found() -> El {
    shell::set_title(text::NOT_FOUND);
    shell::set_place(None);
    message(text::NOT_FOUND, text::NOT_FOUND_WHY, link("button main", "/", text::TO_START))
}

/// The shape of a page that is on its way.
pub fn skeleton() -> El {
    el("div")
        .class("page skeleton")
        .attr("role", "status")
        .child(el("span").class("unseen").child(text::LOADING))
        .child([el("i"), el("i"), el("i"), el("i")])
}

/// A plain button.
pub fn button(class: &str, label: &str, press: impl Fn() + 'static) -> El {
    el("button").attr("type", "button").class(class).on("click", move |_: Event| press()).child(label)
}

pub fn link(class: &str, href: &str, label: &str) -> El {
    el("a").class(class).attr("href", href).child(label)
}
