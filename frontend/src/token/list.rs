//! The tokens that there are, and the dialog that asks before one is revoked.

use super::{
    TokensState,
    queries::{Token, Tokens},
};
use crate::{
    history::moment,
    text::{self, token as words},
    ui::{Dialog, FailedPart},
};
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::TokenScope;

#[component]
pub fn TokenList() -> impl IntoView {
    let held = expect_context::<TokensState>().held;
    let list = move |answer| match answer {
        Err(failure) => {
            let on_retry = move || held.refetch();
            view! { <FailedPart failure offline=words::OFFLINE on_retry /> }.into_any()
        }
        Ok(Tokens { tokens, .. }) if tokens.is_empty() => {
            view! { <p role="status">{words::NONE}</p> }.into_any()
        }
        Ok(Tokens { tokens, .. }) => {
            let cards = tokens.into_iter().map(|token| view! { <TokenCard token /> }).collect_view();
            view! { <ul class="cards">{cards}</ul> }.into_any()
        }
    };
    view! {
        <Transition fallback=|| view! { <p role="status">{text::LOADING}</p> }>
            {move || held.get().map(list)}
        </Transition>
    }
}

/// One token: what it is for, what it may do, until when, and when it was last used.
#[component]
fn TokenCard(token: Token) -> impl IntoView {
    let state = expect_context::<TokensState>();
    let Token { id, name, scope, expires_at, expired, last_used_at, last_used_from } = token.clone();
    let scope = scope.0.map_or("", TokenScope::name);
    let used = match last_used_at {
        None => words::UNUSED.to_owned(),
        Some(at) => words::used(&moment(&at), &last_used_from.unwrap_or_default()),
    };
    let (label, described) = match expired {
        true => (words::REMOVE, words::remove(&name)),
        false => (words::REVOKE, words::revoke(&name)),
    };
    let end = move |_| {
        let token = token.clone();
        match expired {
            true => spawn_local(async move {
                state.revoke(id, &token.name).await;
            }),
            false => state.revoking.set(Some(token)),
        }
    };
    view! {
        <li class="card">
            <div>
                <h3><bdi>{name.clone()}</bdi>" "<small>{scope}</small></h3>
                <p>
                    {words::until(&moment(&expires_at))}
                    {expired.then(|| view! { <b class="expired">{words::EXPIRED}</b> })}
                </p>
                <p>{used}</p>
            </div>
            <button type="button" class="button danger" aria-label=described on:click=end>
                {label}
            </button>
        </li>
    }
}

#[component]
pub fn RevokeDialog() -> impl IntoView {
    let state = expect_context::<TokensState>();
    let close = move || state.revoking.set(None);
    let contents = move || {
        state.revoking.get_untracked().map(|token| {
            let why = words::revoke_why(&token.name);
            let revoke = move |_| {
                close();
                let token = token.clone();
                spawn_local(async move {
                    state.revoke(token.id, &token.name).await;
                });
            };
            view! {
                <p><bdi>{why}</bdi></p>
                <div class="actions after">
                    <button type="button" class="button" autofocus on:click=move |_| close()>
                        {text::CANCEL}
                    </button>
                    <button type="button" class="button danger" on:click=revoke>
                        {words::REVOKE}
                    </button>
                </div>
            }
        })
    };
    view! {
        <Dialog
            open=Signal::derive(move || state.revoking.with(Option::is_some))
            title=words::REVOKE_TITLE
            on_close=close
        >
            {contents}
        </Dialog>
    }
}
