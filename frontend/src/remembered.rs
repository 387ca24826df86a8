//! A page's data: asked from the server, kept for the account, and taken from there while the server is away.

use crate::{
    api::{self, Failure},
    session,
    storage::Kind,
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

/// An answer that tells whether somebody was signed in when it was given.
pub trait Answer: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    fn signed_in(&self) -> bool;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Loaded<D> {
    Loading,
    Ready(D),
    Failed(Failure),
}

/// Asks now, and again when the server is back. `name` is the answer's own among what is kept.
pub fn use_answer<V, D>(
    document: &'static str,
    variables: V,
    name: String,
) -> (Signal<Loaded<D>>, Callback<()>)
where
    V: Serialize + Clone + Send + Sync + 'static,
    D: Answer,
{
    let state = RwSignal::new(Loaded::Loading);
    let reload = Callback::new(move |()| {
        spawn_local(load(document, variables.clone(), name.clone(), state));
    });
    let online = api::use_online();
    Effect::new(move |before: Option<bool>| {
        let now = online.get();
        if before.is_none() || (now && before == Some(false)) {
            reload.run(());
        }
        now
    });
    (state.into(), reload)
}

async fn load<V: Serialize + Clone, D: Answer>(
    document: &'static str,
    variables: V,
    name: String,
    state: RwSignal<Loaded<D>>,
) {
    let mut answer = ask(document, variables.clone(), &name).await;
    if matches!(answer, Loaded::Failed(Failure::SignedOut)) && session::require_sign_in().await {
        answer = ask(document, variables, &name).await;
    }
    // The page may have been left meanwhile.
    let _ = state.try_set(answer);
}

async fn ask<V: Serialize, D: Answer>(document: &'static str, variables: V, name: &str) -> Loaded<D> {
    let shelf = session::shelf();
    match api::call::<V, D>(document, variables).await {
        Ok(answer) if !answer.signed_in() => Loaded::Failed(Failure::SignedOut),
        Ok(answer) => {
            if let Some(shelf) = shelf {
                // Without room the page only opens while the server is there.
                let _ = shelf.put(Kind::Sheet, name, &answer);
            }
            Loaded::Ready(answer)
        }
        Err(Failure::Offline) => shelf
            .and_then(|shelf| shelf.get(Kind::Sheet, name))
            .map_or(Loaded::Failed(Failure::Offline), Loaded::Ready),
        Err(failure) => Loaded::Failed(failure),
    }
}
