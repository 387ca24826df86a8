//! Signing in and out, and who is there.

mod dialog;
mod form;
mod leave;
mod lock;
mod model;
mod page;
pub mod queries;

use crate::ui::SetIfNew;
pub use dialog::{SignInAgain, SignInDialog, require_sign_in};
pub use leave::{LeaveDialog, Leaving, use_leave};
use leptos::{ev, prelude::*};
use lock::with_session_lock;
pub use model::{Membership, Organization, RegionName, Session, Viewer};
pub use page::SignInPage;
pub use queries::ViewerId;

use crate::{
    api::{self, Failure, Refusal},
    root,
    storage::{self, AccountStorage},
};
use cynic::{MutationBuilder, QueryBuilder};
use leptos::task::spawn_local;
use queries::{SignIn, SignInInput, SignInPayload, SignInVariables, SignOut};

/// Who is there: a context of the root.
#[derive(Clone, Copy, Default)]
pub struct CurrentSession(RwSignal<Session>);

pub fn use_session() -> RwSignal<Session> {
    root::context::<CurrentSession>().0
}

/// Who is there; none while that is not known, and when nobody is signed in.
pub fn use_viewer() -> Option<Viewer> {
    use_session().with(|session| session.viewer().cloned())
}

/// Whether anybody is; watched like [`use_viewer`].
pub fn use_signed_in() -> bool {
    use_session().with(|session| session.viewer().is_some())
}

/// [`use_viewer`] for one look.
pub fn viewer() -> Option<Viewer> {
    use_session().with_untracked(|session| session.viewer().cloned())
}

/// What the browser keeps for who is there.
pub fn account_storage() -> Option<AccountStorage> {
    viewer().map(|viewer| AccountStorage::of(viewer.id))
}

/// Asks the server who is there. While it is away, whoever was here last goes on from what this browser keeps.
pub async fn open() {
    enter(match ask().await {
        Ok(viewer) => viewer,
        Err(Failure::SignedOut | Failure::Refused(_)) => None,
        Err(Failure::Offline | Failure::Fault(_)) => storage::last_viewer(),
    })
    .await;
}

/// The server is back: who was here from memory alone is asked for. A session that has expired meanwhile is left to
/// the page, which asks to sign in again without taking away what is typed.
pub async fn look_again() {
    if let Ok(Some(viewer)) = ask().await {
        enter(Some(viewer)).await;
    }
}

async fn ask() -> Result<Option<Viewer>, Failure> {
    if storage::is_leaving().await {
        // It was asked for in the name of who is leaving.
        api::forget_asked();
        if !with_session_lock(tell_leaving()).await {
            return Ok(None);
        }
    }
    let answer = api::call_briefly(&queries::Viewer::build(())).await?;
    let viewer = answer.viewer.map(Viewer::from);
    if let Some(viewer) = &viewer {
        storage::remember_viewer(viewer);
    }
    Ok(viewer)
}

/// Tells the server what it has not heard of, unless it has meanwhile, or somebody has signed in anew.
async fn tell_leaving() -> bool {
    if !storage::is_leaving().await {
        return true;
    }
    let told = sign_out().await;
    if told {
        storage::set_leaving(false).await;
    }
    told
}

/// Goes along when another tab of this browser signs in or out: they share one cookie, and what is typed here must
/// not be saved in somebody else's name. Once, at the start.
pub fn listen() {
    // For as long as the page lives.
    let _ = window_event_listener(ev::storage, |_| {
        let there = storage::last_viewer();
        let here = viewer();
        if here.is_some() && here.as_ref().map(|viewer| viewer.id) != there.as_ref().map(|viewer| viewer.id) {
            spawn_local(enter(there));
        }
    });
}

/// Signs in; an error is what to tell the person.
async fn sign_in(login: &str, password: &str) -> Result<(), String> {
    let input = SignInInput { login: login.to_owned(), password: password.to_owned() };
    let operation = SignIn::build(SignInVariables { input });
    let signed_in = async {
        let account = match api::call(&operation).await?.sign_in {
            SignInPayload::SignedIn(signed_in) => Viewer::from(signed_in.account),
            SignInPayload::Refusal(refusal) => return Err(Failure::Refused(refusal.message)),
            SignInPayload::Unknown => return Err(Refusal::unknown().into()),
        };
        storage::remember_viewer(&account);
        // The session before has ended with it.
        storage::set_leaving(false).await;
        Ok(account)
    };
    match with_session_lock(signed_in).await {
        Ok(account) => {
            let was_here = viewer().is_some_and(|viewer| viewer.id == account.id);
            enter(Some(account)).await;
            if was_here {
                // The same person has come back, whom the page takes for still there.
                crate::sync::go_on();
            }
            Ok(())
        }
        Err(Failure::Offline) => Err(crate::text::session::OFFLINE.to_owned()),
        Err(failure) => Err(failure.message()),
    }
}

/// Signs out on the server; false when it could not be told.
async fn sign_out() -> bool {
    let told = api::call(&SignOut::build(())).await;
    matches!(told, Ok(_) | Err(Failure::SignedOut))
}

/// From here on the page is this person's, with all that the browser keeps for them.
async fn enter(viewer: Option<Viewer>) {
    match &viewer {
        Some(viewer) => AccountStorage::of(viewer.id).open().await,
        None => {
            api::forget_asked();
            storage::close();
        }
    }
    set(viewer.map_or(Session::SignedOut, Session::SignedIn));
}

fn set(session: Session) {
    use_session().set_if_new(session);
}
