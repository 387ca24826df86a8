//! What stands on a page that is empty, loading or refused: always with what to do next.

use crate::{api::Failure, shell, text};
use leptos::prelude::*;

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

/// In a part of a page whose data did not come.
#[component]
pub fn FailedPart(
    failure: Failure,
    /// What is told while the server is away.
    offline: &'static str,
    #[prop(into)] on_retry: Callback<()>,
) -> impl IntoView {
    let why = match failure {
        Failure::Offline => offline.to_owned(),
        other => other.message(),
    };
    view! {
        <div role="alert">
            <p>{why}</p>
            <button type="button" class="button" on:click=move |_| on_retry.run(())>
                {text::TRY_AGAIN}
            </button>
        </div>
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
