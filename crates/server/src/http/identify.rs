//! Who sends a request: by its session's cookie, or by its token.

use super::address::ClientAddress;
use super::bearer;
use super::refusal::{internal_error, overloaded};
use super::websocket;
use crate::App;
use crate::caller::Unproved;
use crate::graphql::Caller;
use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// Adds the [`Caller`] to the request. A wrong token is refused; a wrong cookie is none.
pub async fn identify(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(permit) = app.admission.identification.acquire().await else { return overloaded() };
    let identity = bearer::proof(request.headers()).resolve(&app.db).await;
    drop(permit);
    let identity = match identity {
        Ok(identity) => identity,
        Err(Unproved::WrongToken) => return bearer::unauthorized(),
        Err(Unproved::Fault(fault)) => return internal_error(&fault),
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
    request.extensions_mut().insert(Caller { identity, address });
    next.run(request).await
}
