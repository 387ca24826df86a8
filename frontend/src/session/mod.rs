//! Signing in and out, and who is there.

mod dialog;
mod form;
mod leave;
mod model;
mod page;

pub use dialog::{require_sign_in, sign_in_dialog};
pub use leave::{leave, leave_dialog};
pub use model::{Membership, Organization, RegionName, Session, Viewer};
pub use page::page as sign_in_page;

use crate::{
    api::{self, Failure},
    storage::{self, Shelf},
    ui::dom,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, closure::Closure};

thread_local! {
    static SESSION: ArcRwSignal<Session> = ArcRwSignal::new(Session::Unknown);
}

pub fn use_session() -> Signal<Session> {
    SESSION.with(Clone::clone).into()
}

/// Who is there; none while that is not known, and when nobody is signed in.
pub fn use_viewer() -> Signal<Option<Viewer>> {
    let session = SESSION.with(Clone::clone);
    Signal::derive(move || session.with(|session| session.viewer().cloned()))
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
    set(match ask().await {
        Ok(Some(viewer)) => Session::SignedIn(viewer),
        Ok(None) | Err(Failure::SignedOut | Failure::Refused(_)) => Session::SignedOut,
        Err(Failure::Offline | Failure::Fault(_)) => {
            storage::last_viewer().map_or(Session::SignedOut, Session::SignedIn)
        }
    });
}

/// The server is back: who was here from memory alone is asked for. A session that has expired meanwhile is left to
/// the page, which asks to sign in again without taking away what is typed.
pub async fn look_again() {
    if let Ok(Some(viewer)) = ask().await {
        set(Session::SignedIn(viewer));
    }
}

async fn ask() -> Result<Option<Viewer>, Failure> {
    #[derive(Deserialize)]
    struct Data {
        viewer: Option<Viewer>,
    }
    let Data { viewer } = api::call_briefly(include_str!("viewer.graphql"), ()).await?;
    if let Some(viewer) = &viewer {
        storage::remember_viewer(viewer);
    }
    Ok(viewer)
}

/// Goes along when another tab of this browser signs in or out: they share one cookie, and what is typed here must
/// not be saved in somebody else's name. Once, at the start.
pub fn listen() {
    let other_tab = Closure::<dyn FnMut()>::new(|| {
        let there = storage::last_viewer();
        let here = viewer();
        if here.is_some() && here.as_ref().map(|viewer| viewer.id) != there.as_ref().map(|viewer| viewer.id) {
            set(there.map_or(Session::SignedOut, Session::SignedIn));
        }
    });
    let _ = dom::window().add_event_listener_with_callback("storage", other_tab.as_ref().unchecked_ref());
    // For as long as the page lives.
    other_tab.forget();
}

/// Signs in; an error is what to tell the person.
async fn sign_in(login: &str, password: &str) -> Result<(), String> {
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
    enum Payload {
        SignedIn { account: Viewer },
        Refusal { message: String },
    }
    let variables = Variables { input: Input { login, password } };
    match api::call(include_str!("sign_in.graphql"), variables).await {
        Ok(Data { sign_in: Payload::SignedIn { account } }) => {
            storage::remember_viewer(&account);
            set(Session::SignedIn(account));
            Ok(())
        }
        Ok(Data { sign_in: Payload::Refusal { message } }) => Err(message),
        Err(Failure::Offline) => Err(crate::text::session::OFFLINE.to_owned()),
        Err(failure) => Err(failure.message()),
    }
}

/// Signs out on the server; false when it could not be told.
async fn sign_out() -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Data {
        #[serde(rename = "signOut")]
        _signed_out: bool,
    }
    let told: Result<Data, Failure> = api::call(include_str!("sign_out.graphql"), ()).await;
    matches!(told, Ok(_) | Err(Failure::SignedOut))
}

fn set(session: Session) {
    SESSION.with(|known| {
        if known.with_untracked(|known| *known != session) {
            known.set(session);
        }
    });
}
