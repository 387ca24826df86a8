//! `/playground`: the API's own page, a document beside the client's, for those who are signed in.

use super::files::{PLAYGROUND, read_only};
use crate::App;
use crate::graphql::Caller;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Redirect, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};

const PAGE: &str = "index.html";
/// Says that one has to sign in, and where.
const SIGNED_OUT: &str = "signed-out.html";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/playground", get(page).fallback(read_only))
        .route("/playground/", any(Redirect::permanent("/playground")))
        .route("/playground/{*name}", get(file).fallback(read_only))
}

async fn page(Extension(caller): Extension<Caller>, headers: HeaderMap) -> Response {
    // A page uses its session, never a token.
    let signed_in = caller.identity.is_some_and(|identity| !identity.by_token());
    let mut page = PLAYGROUND.page(if signed_in { PAGE } else { SIGNED_OUT }, &headers);
    page.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
    page
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    PLAYGROUND.hashed(&name, &headers)
}
