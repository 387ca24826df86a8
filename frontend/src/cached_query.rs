//! Queries whose answers are kept for the account: asked from the server, and while it is away taken from what was kept.

use crate::{
    api::{self, Failure},
    session,
    storage::Kind,
};
use leptos::prelude::*;
use serde::de::DeserializeOwned;

/// An answer that tells whether somebody was signed in when it was given.
pub trait Answer: DeserializeOwned + 'static {
    fn is_signed_in(&self) -> bool;
}

/// These queries ask for the `viewer`, who is there if somebody is signed in.
macro_rules! answers {
    ($($query:ident),+) => {$(
        impl $crate::cached_query::Answer for $query {
            fn is_signed_in(&self) -> bool {
                self.viewer.is_some()
            }
        }
    )+};
}
pub(crate) use answers;

/// Fetches now, and again when the server is back. `name` is the answer's own among what is kept; empty: it is not.
pub fn use_cached_query<D: Answer + Clone>(
    request: String,
    name: String,
) -> LocalResource<Result<D, Failure>> {
    let query = LocalResource::new(move || fetch(request.clone(), name.clone()));
    api::on_back_online(move || query.refetch());
    query
}

/// Asks once, or a second time after somebody had to sign in again.
pub async fn fetch<D: Answer>(request: String, name: String) -> Result<D, Failure> {
    match ask(&request, &name).await {
        Err(Failure::SignedOut) => {
            session::require_sign_in().await;
            ask(&request, &name).await
        }
        outcome => outcome,
    }
}

/// [`fetch`] in the background: nobody is asked to sign in again.
pub async fn ask<D: Answer>(request: &str, name: &str) -> Result<D, Failure> {
    let storage = session::account_storage();
    match api::ask(request.to_owned()).await {
        Ok(answer) => {
            let data = decode(&answer);
            if let Some(storage) = storage.filter(|_| data.is_ok() && !name.is_empty()) {
                // Without room the page only opens while the server is there.
                let _ = storage.put_text(Kind::Sheet, name, &answer);
            }
            data
        }
        Err(Failure::Offline) => {
            let kept = storage.and_then(|storage| storage.get_text(Kind::Sheet, name));
            decode(&kept.ok_or(Failure::Offline)?)
        }
        Err(failure) => Err(failure),
    }
}

fn decode<D: Answer>(answer: &str) -> Result<D, Failure> {
    api::decode(answer)
        .and_then(|data: D| if data.is_signed_in() { Ok(data) } else { Err(Failure::SignedOut) })
}
