//! HTTP in, GraphQL and the client's files out. Thin: it reads requests, chooses statuses and headers, and knows nothing
//! of the matrix.

mod address;
mod admission;
mod answers;
mod bearer;
mod body;
mod compression;
mod connections;
mod etag;
mod export;
mod files;
mod graphql;
pub mod handles;
mod headers;
mod health;
mod identify;
mod import;
mod limits;
mod media;
mod playground;
mod rate_limit;
mod refusal;
mod request;
mod serve;
mod websocket;

pub use admission::Admission;
pub use answers::{Answers, BYTES as ANSWER_BYTES};
pub use limits::Limits;
pub use rate_limit::RateLimits;
pub use serve::{asked_to_stop, serve};

use crate::{App, Config};
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state, map_request, map_request_with_state, map_response};
use axum::response::Response;
use axum::routing::{any, get};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::trace::TraceLayer;

/// All addresses of the server. Layers are listed as a request passes them, from the first to the last.
pub fn router(app: App) -> Router {
    let api_layers = ServiceBuilder::new()
        .map_response(compression::restore_status)
        .layer(compression::compress())
        .map_response(compression::keep_status)
        .layer(map_request(bearer::ignore_page_headers))
        .layer(csrf(&app.config).with_rejection_response(cross_origin))
        .layer(from_fn_with_state(app.clone(), serve::run_to_completion))
        .layer(from_fn_with_state(app.clone(), identify::identify))
        .layer(from_fn_with_state(app.clone(), admission::shed_load))
        .layer(from_fn_with_state(app.clone(), body::limit_body))
        .layer(from_fn(admission::limit_concurrency))
        .layer(from_fn_with_state(app.clone(), identify::identify_again));
    let api = Router::new()
        .route("/graphql", any(graphql::handle))
        .merge(playground::routes())
        .merge(export::routes())
        .merge(import::routes())
        .layer(api_layers);

    let client_limits = ServiceBuilder::new()
        .layer(map_request_with_state(app.clone(), address::find_client_address))
        .layer(from_fn(admission::delay_responses))
        .layer(from_fn_with_state(app.clone(), rate_limit::limit_requests));
    let limited = Router::new()
        .merge(api)
        .fallback_service(get(files::handle).fallback(files::read_only))
        .layer(client_limits);

    let outer_layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http().on_failure(()))
        .layer(map_response(headers::add_security_headers))
        .layer(CatchPanicLayer::custom(refusal::panic_response));
    limited.route("/healthz", get(health::handle)).layer(outer_layers).with_state(app)
}

/// Changes are accepted from pages of this server alone: by `Sec-Fetch-Site`, or else by `Origin`, whose host must be
/// the request's, or the one that the installation names because a proxy hides it.
fn csrf(config: &Config) -> CsrfLayer {
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

fn cross_origin(_: ProtectionError) -> Response {
    let japanese = "ほかのサイトのページからは操作できません。";
    refusal::refuse(StatusCode::FORBIDDEN, japanese, "cross-origin request refused")
}

/// The public origin as browsers send it: lower case, without a slash at its end. Refused: what is no origin.
pub fn public_origin(written: &str) -> Result<String, String> {
    let origin = written.trim().trim_end_matches('/').to_lowercase();
    match CsrfLayer::new().add_trusted_origin(&origin) {
        Ok(_) => Ok(origin),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_panic_is_answered_with_a_number_and_the_server_lives() {
        async fn panics() {
            panic!("on purpose")
        }
        let router = Router::new().route("/panics", get(panics));
        let router = router.layer(CatchPanicLayer::custom(refusal::panic_response));
        for _ in 0..2 {
            let request = Request::get("/panics").body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            let answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let message = answer["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains("番号 "), "{message}");
            assert!(!message.contains("on purpose"), "{message}");
        }
    }

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
}
