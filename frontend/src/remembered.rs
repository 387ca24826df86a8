//! A page's data: asked from the server, kept for the account, and taken from there while the server is away.

use crate::{
    api::{self, Failure},
    session,
    storage::Kind,
    view::effect,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use std::{cell::RefCell, rc::Rc};

/// An answer that tells whether somebody was signed in when it was given.
pub trait Answer: DeserializeOwned + 'static {
    fn is_signed_in(&self) -> bool;
}

#[derive(Clone, Debug)]
pub enum Loaded<D> {
    Loading,
    Ready(D),
    Failed(Failure),
}

/// Asks once more.
pub type Load = Rc<dyn Fn()>;

/// Asks now, and again when the server is back. `name` is the answer's own among what is kept.
pub fn use_answer<D: Answer>(request: String, name: String) -> (ArcRwSignal<Loaded<D>>, Load) {
    let state = ArcRwSignal::new(Loaded::Loading);
    let told = state.clone();
    let show = Rc::new(move |answer: Result<&str, Failure>| {
        let loaded = match answer.and_then(api::decode::<D>) {
            Ok(data) if data.is_signed_in() => Loaded::Ready(data),
            Ok(_) => return false,
            Err(failure) => Loaded::Failed(failure),
        };
        told.set(loaded);
        true
    });
    let load: Load = Rc::new(move || spawn_local(load(request.clone(), name.clone(), show.clone())));
    when_online(load.clone());
    (state, load)
}

/// Asks once. `name`: under which the answer is kept; empty: it is not.
pub async fn answer<D: Answer>(request: String, name: String) -> Result<D, Failure> {
    let found = Rc::new(RefCell::new(Err(Failure::SignedOut)));
    let told = found.clone();
    let show: Show = Rc::new(move |answer: Result<&str, Failure>| {
        let data = answer.and_then(api::decode::<D>);
        let for_somebody = !matches!(&data, Ok(data) if !data.is_signed_in());
        if for_somebody {
            *told.borrow_mut() = data;
        }
        for_somebody
    });
    load(request, name, show).await;
    found.replace(Err(Failure::SignedOut))
}

/// Loads now and whenever the server is back.
pub fn when_online(load: Load) {
    let mut before = None;
    effect(move || {
        let now = api::use_online().get();
        if before.is_none() || (now && before == Some(false)) {
            load();
        }
        before = Some(now);
    });
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
            if let Some(shelf) = shelf.filter(|_| for_somebody && !name.is_empty()) {
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
