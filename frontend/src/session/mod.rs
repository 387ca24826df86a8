//! Signing in and out, and who is there.

mod dialog;
mod model;
mod page;

pub use dialog::{SignInDialog, require_sign_in};
pub use model::{Membership, Organization, RegionName, Session, Viewer};
pub use page::SignInPage;

use crate::{
    api::{self, Failure},
    storage::{self, Shelf},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

thread_local! {
    static SESSION: ArcRwSignal<Session> = ArcRwSignal::new(Session::Unknown);
}

pub fn use_session() -> Signal<Session> {
    SESSION.with(Clone::clone).into()
}

/// Who is there; none while that is not known, and when nobody is signed in.
pub fn use_viewer() -> Signal<Option<Viewer>> {
    let session = SESSION.with(Clone::clone);
    Memo::new(move |_| session.with(|session| session.viewer().cloned())).into()
}

/// [`use_viewer`] for one look.
pub fn viewer() -> Option<Viewer> {
    SESSION.with(|session| session.with_untracked(|session| session.viewer().cloned()))
}

/// What the browser keeps for who is there.
pub fn shelf() -> Option<Shelf> {
    viewer().map(|viewer| Shelf::of(viewer.id))
}

/// Asks the server who is there. While it is away, whoever was here last goes on from what this browser keeps.
pub async fn open() {
    #[derive(Deserialize)]
    struct Data {
        viewer: Option<Viewer>,
    }
    let known = api::call(include_str!("viewer.graphql"), ()).await;
    let session = match known {
        Ok(Data { viewer: Some(viewer) }) => {
            storage::remember_viewer(&viewer);
            Session::SignedIn(viewer)
        }
        Ok(Data { viewer: None }) | Err(Failure::SignedOut | Failure::Refused(_)) => Session::SignedOut,
        Err(Failure::Offline | Failure::Fault(_)) => {
            storage::last_viewer().map_or(Session::SignedOut, Session::SignedIn)
        }
    };
    set(session);
}

/// Signs in; an error is what to tell the person.
async fn sign_in(login: &str, password: &str) -> Result<Viewer, String> {
    #[derive(Serialize)]
    struct Variables<'a> {
        input: Input<'a>,
    }
    #[derive(Serialize)]
    struct Input<'a> {
        login: &'a str,
        password: &'a str,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Data {
        sign_in: Payload,
    }
    #[derive(Deserialize)]
    #[serde(tag = "__typename")]
    enum Payload {
        SignedIn { account: Viewer },
        Refusal { message: String },
    }
    let variables = Variables { input: Input { login, password } };
    match api::call(include_str!("sign_in.graphql"), variables).await {
        Ok(Data { sign_in: Payload::SignedIn { account } }) => {
            storage::remember_viewer(&account);
            set(Session::SignedIn(account.clone()));
            Ok(account)
        }
        Ok(Data { sign_in: Payload::Refusal { message } }) => Err(message),
        Err(failure) => Err(failure.message()),
    }
}

fn set(session: Session) {
    SESSION.with(|known| known.set(session));
}
