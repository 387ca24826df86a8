//! A page's data: asked from the server, kept for the account, and taken from there while the server is away.

use crate::{
    api::{self, Failure},
    session,
    storage::Kind,
    view::effect,
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};
use std::rc::Rc;

/// An answer that tells whether somebody was signed in when it was given.
pub trait Answer: DeserializeOwned + Clone + Send + Sync + 'static {
    fn signed_in(&self) -> bool;
}

#[derive(Clone, Debug)]
pub enum Loaded<D> {
    Loading,
    Ready(D),
    Failed(Failure),
}

/// Asks now, and again when the server is back. `name` is the answer's own among what is kept.
pub fn use_answer<V: Serialize, D: Answer>(
    document: &'static str,
    variables: V,
    name: String,
) -> (Signal<Loaded<D>>, Callback<()>) {
    let state = RwSignal::new(Loaded::Loading);
    let request = api::request(document, &variables);
    let show = Rc::new(move |answer: Result<&str, Failure>| {
        let loaded = match answer.and_then(api::decode::<D>) {
            Ok(data) if data.signed_in() => Loaded::Ready(data),
            Ok(_) => return false,
            Err(failure) => Loaded::Failed(failure),
        };
        // The page may have been left meanwhile.
        let _ = state.try_set(loaded);
        true
    });
    let load = move || spawn_local(load(request.clone(), name.clone(), show.clone()));
    (state.into(), when_online(Rc::new(load)))
}

/// Loads now and whenever the server is back; the answer loads once more.
fn when_online(load: Rc<dyn Fn()>) -> Callback<()> {
    let online = api::use_online();
    let again = load.clone();
    let mut before = None;
    effect(move || {
        let now = online.get();
        if before.is_none() || (now && before == Some(false)) {
            load();
        }
        before = Some(now);
    });
    let again = StoredValue::new_local(again);
    Callback::new(move |()| again.with_value(|load| load()))
}

/// Shows an answer or a failure; false when the answer is one for somebody who is signed out.
type Show = Rc<dyn Fn(Result<&str, Failure>) -> bool>;

async fn load(request: String, name: String, show: Show) {
    if !ask(&request, &name, &show).await {
        session::require_sign_in().await;
        if !ask(&request, &name, &show).await {
            show(Err(Failure::SignedOut));
        }
    }
}

async fn ask(request: &str, name: &str, show: &Show) -> bool {
    let shelf = session::shelf();
    match api::ask(request.to_owned()).await {
        Ok(answer) => {
            let for_somebody = show(Ok(&answer));
            if let Some(shelf) = shelf.filter(|_| for_somebody) {
                // Without room the page only opens while the server is there.
                let _ = shelf.put_text(Kind::Sheet, name, &answer);
            }
            for_somebody
        }
        Err(Failure::SignedOut) => false,
        Err(Failure::Offline) => {
            let kept = shelf.and_then(|shelf| shelf.get_text(Kind::Sheet, name));
            show(kept.as_deref().ok_or(Failure::Offline))
        }
        Err(failure) => show(Err(failure)),
    }
}
