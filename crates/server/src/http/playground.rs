//! `/playground`: the API's own page, a document beside the client's, for those who are signed in.

use super::client::{only_read, playground_file, playground_page};
use super::faulty;
use super::graphql::cookie;
use crate::session::{self, Token};
use crate::{App, Fault};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{Redirect, Response};
use axum::routing::any;

const PAGE: &str = "index.html";
/// One sentence, and the way to sign in.
const SIGNED_OUT: &str = "signed-out.html";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/playground", any(page))
        .route("/playground/", any(Redirect::permanent("/playground")))
        .route("/playground/{*name}", any(file))
}

async fn page(State(app): State<App>, method: Method, headers: HeaderMap) -> Response {
    if let Err(refusal) = only_read(&method) {
        return *refusal;
    }
    let mut page = match is_signed_in(&app, &headers).await {
        Ok(true) => playground_page(PAGE, &headers),
        Ok(false) => playground_page(SIGNED_OUT, &headers),
        Err(fault) => return faulty(&fault),
    };
    // Another one for somebody else.
    page.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
    page
}

/// By a session alone: a page has no token.
async fn is_signed_in(app: &App, headers: &HeaderMap) -> Result<bool, Fault> {
    let Some(token) = cookie(headers, session::COOKIE).map(Token::given) else { return Ok(false) };
    Ok(session::service::resolve(&app.db, &token).await?.is_some())
}

async fn file(method: Method, Path(name): Path<String>, headers: HeaderMap) -> Response {
    match only_read(&method) {
        Ok(()) => playground_file(&name, &headers),
        Err(refusal) => *refusal,
    }
}
