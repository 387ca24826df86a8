//! Requests over HTTP with a limit of time.

use super::Failure;
use gloo_net::http::{Request, Response};
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, RequestCache, RequestInit};

/// Milliseconds after which an answer is no longer waited for.
pub(super) const TIMEOUT_MS: u32 = 20_000;
/// The same where a person waits, or the question is only whether the server is there.
pub(super) const SHORT_TIMEOUT_MS: u32 = 4_000;

/// Posts a GraphQL request; the answer's text, whatever its status, if it is one of the server's.
pub(super) async fn post(body: String, timeout_ms: u32) -> Result<String, Failure> {
    let response = send(request(body, Some(timeout_ms)).ok_or(Failure::Offline)?).await?;
    match response.status() {
        // A reverse proxy answers so for a server that is away.
        502..=504 => Err(Failure::Offline),
        401 => Err(Failure::SignedOut),
        _ => response.text().await.map_err(|_| Failure::Offline),
    }
}

/// Posts a GraphQL request that is to get there even if the page goes at once; nobody waits for its answer.
pub fn tell(body: String) {
    let Some(request) = request(body, None) else { return };
    let options = RequestInit::new();
    // web-sys has no setter for it. Fails for no plain object.
    let _ = js_sys::Reflect::set(&options, &"keepalive".into(), &JsValue::TRUE);
    if let Ok(request) = web_sys::Request::new_with_request_and_init(&request.into(), &options) {
        spawn_local(async {
            let _ = send(request.into()).await;
        });
    }
}

/// Is the server there?
pub(super) async fn healthy() -> bool {
    let timeout = AbortSignal::timeout_with_u32(SHORT_TIMEOUT_MS);
    let request = Request::get("/healthz").cache(RequestCache::NoStore).abort_signal(Some(&timeout)).build();
    let Ok(request) = request else { return false };
    send(request).await.is_ok_and(|response| response.ok())
}

fn request(body: String, timeout_ms: Option<u32>) -> Option<Request> {
    let timeout = timeout_ms.map(AbortSignal::timeout_with_u32);
    Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json, application/json")
        .abort_signal(timeout.as_ref())
        .body(body)
        .ok()
}

async fn send(request: Request) -> Result<Response, Failure> {
    request.send().await.map_err(|_| Failure::Offline)
}
