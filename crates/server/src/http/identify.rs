//! Who sends a request: by its session's cookie, or by its token.

use super::address::ClientAddress;
use super::bearer;
use super::refusal::{internal_error, overloaded};
use super::websocket;
use crate::App;
use crate::caller::{Identity, Proof, Unproved};
use crate::graphql::Caller;
use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::time::{Duration, Instant};

/// From when a request's session or token was read until it runs. Usual requests take a few milliseconds.
const IDENTITY_AGE: Duration = Duration::from_millis(500);

/// When a request's session or token was read.
#[derive(Clone, Copy)]
pub struct IdentifiedAt(Instant);

/// Adds the [`Caller`] to the request. A wrong token is refused; a wrong cookie is none.
pub async fn identify(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(permit) = app.admission.identification.acquire().await else { return overloaded() };
    let at = IdentifiedAt(Instant::now());
    let identity = resolve(&app, bearer::proof(request.headers())).await;
    drop(permit);
    let identity = match identity {
        Ok(identity) => identity,
        Err(refusal) => return refusal,
    };
    // It may have to wait for whoever writes, and keeps nobody else from being identified meanwhile.
    if let Some(identity) = &identity {
        let noted = match websocket::is_upgrade(request.headers()) {
            true => identity.note_connection(&app.db, address).await,
            false => identity.note_use(&app.db, address).await,
        };
        if let Err(fault) = noted {
            return internal_error(&fault);
        }
    }
    request.extensions_mut().insert(at);
    request.extensions_mut().insert(Caller { identity, address });
    next.run(request).await
}

/// Reads the session or the token of a request again, if it had to wait for its body or for its turn: what was withdrawn
/// meanwhile is withdrawn for whoever reads, too. Whoever was not known remains so; their limits are others.
pub async fn identify_again(
    State(app): State<App>,
    Extension(IdentifiedAt(at)): Extension<IdentifiedAt>,
    Extension(mut caller): Extension<Caller>,
    mut request: Request,
    next: Next,
) -> Response {
    if caller.identity.is_some() && at.elapsed() > IDENTITY_AGE {
        caller.identity = match resolve(&app, bearer::proof(request.headers())).await {
            Ok(identity) => identity,
            Err(refusal) => return refusal,
        };
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

/// Who shows this, or why their request is refused.
async fn resolve(app: &App, proof: Proof) -> Result<Option<Identity>, Response> {
    proof.resolve(&app.db).await.map_err(|unproved| match unproved {
        Unproved::WrongToken => bearer::unauthorized(),
        Unproved::Fault(fault) => internal_error(&fault),
    })
}
