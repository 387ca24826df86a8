//! The door: HTTP in, GraphQL and the client's files out. Thin: it reads requests, chooses statuses and headers, and
//! knows nothing of the matrix.

mod address;
mod admission;
mod bearer;
mod body;
mod bounds;
mod client;
mod crowd;
mod graphql;
mod guests;
pub mod handles;
mod headers;
mod health;
mod kept;
mod line;
mod media;
mod pace;
mod playground;
mod refusal;
mod request;
mod serve;
mod websocket;

pub use admission::Admission;
pub use bounds::Bounds;
pub use serve::{asked_to_stop, serve};

use crate::{App, Config, Fault};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_request, map_response};
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Router, body::Body};
use guests::Guests;
use refusal::refuse;
use std::any::Any;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// Answers of fewer bytes travel as they are.
const COMPRESSED_FROM: u64 = 1024;

/// All addresses of the server.
pub fn router(app: App) -> Router {
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(COMPRESSED_FROM));
    let graphql = Router::new()
        .route("/graphql", any(graphql::answer))
        .layer(compression)
        .layer(own_pages_only(&app.config).with_rejection_response(foreign_page))
        .layer(map_request(bearer::alone))
        .layer(from_fn_with_state(app.clone(), body::whole))
        .layer(from_fn_with_state(Guests::new(&app.config), guests::counted))
        .layer(map_response(unstored))
        .layer(DefaultBodyLimit::disable());
    let router = Router::new()
        .route("/healthz", get(health::answer))
        .merge(graphql)
        .merge(playground::routes())
        .fallback(client::serve);
    guarded(router.with_state(app))
}

/// For connections for which there is no place: health is told, and everybody else to come back later.
fn turned_away(app: App) -> Router {
    let router =
        Router::new().route("/healthz", get(health::answer)).fallback(async || admission::overloaded());
    guarded(router.with_state(app)).layer(map_response(closing))
}

/// What holds for every answer: a panic becomes one as well, and all carry the security headers.
fn guarded(router: Router) -> Router {
    router
        .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| faulty(&panicked(&*panic))))
        .layer(map_response(secured))
}

/// The public origin as browsers send it: lower case, without a slash at its end. Refused: what is no origin.
pub fn public_origin(written: &str) -> Result<String, String> {
    let origin = written.trim().trim_end_matches('/').to_lowercase();
    match CsrfLayer::new().add_trusted_origin(&origin) {
        Ok(_) => Ok(origin),
        Err(error) => Err(error.to_string()),
    }
}

/// Changes are accepted from pages of this server alone: by `Sec-Fetch-Site`, or else by `Origin`, whose host must be
/// the request's, or the one that the installation names because a proxy hides it.
fn own_pages_only(config: &Config) -> CsrfLayer {
    let named = config.origin.as_ref().map(|origin| CsrfLayer::new().add_trusted_origin(origin));
    match named {
        None => CsrfLayer::new(),
        Some(Ok(layer)) => layer,
        Some(Err(error)) => {
            tracing::error!(%error, "the public origin is not used");
            CsrfLayer::new()
        }
    }
}

fn foreign_page(_: ProtectionError) -> Response {
    let japanese = "ほかのサイトのページからは操作できません。";
    refuse(StatusCode::FORBIDDEN, japanese, "cross-origin request refused")
}

/// A panic as a fault, with what it said.
fn panicked(panic: &(dyn Any + Send)) -> Fault {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("of an unknown kind");
    Fault::new(format!("panic: {message}"))
}

/// A fault, logged whole and shown as a number to quote.
fn faulty(fault: &Fault) -> Response {
    let japanese = format!("サーバーで問題が起きました。管理者に番号 {} をお伝えください。", fault.log());
    refuse(StatusCode::INTERNAL_SERVER_ERROR, &japanese, "internal error")
}

async fn unstored(mut response: Response<Body>) -> Response<Body> {
    let unless_said = response.headers_mut().entry(header::CACHE_CONTROL);
    unless_said.or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

async fn secured(mut response: Response<Body>) -> Response<Body> {
    let answer = response.headers_mut();
    answer.entry(header::CONTENT_SECURITY_POLICY).or_insert(headers::DATA_POLICY);
    for (name, value) in headers::SECURITY {
        answer.insert(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;
    use tower::ServiceExt;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        assert_eq!(public_origin("https://Renkei.example/").as_deref(), Ok("https://renkei.example"));
        assert_eq!(public_origin("http://127.0.0.1:8080").as_deref(), Ok("http://127.0.0.1:8080"));
        for wrong in [
            "",
            "renkei.example",
            "https://renkei.example/path",
            "ftp://renkei.example",
            "https://連携.example",
        ] {
            assert!(public_origin(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_a_number_and_the_server_lives() {
        async fn panics() {
            panic!("on purpose")
        }
        let router = guarded(Router::new().route("/panics", get(panics)));
        for _ in 0..2 {
            let request = Request::get("/panics").body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(response.headers()[header::X_FRAME_OPTIONS], "DENY");
            let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            let answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let message = answer["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains("番号 "), "{message}");
            assert!(!message.contains("on purpose"), "{message}");
        }
    }
}
