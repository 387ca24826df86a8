//! The way there and back: fetch with a limit of time.

use super::Failure;
use crate::ui::dom;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Milliseconds after which an answer is no longer waited for.
pub(super) const PATIENCE_MS: i32 = 20_000;
/// The same where a person waits, or the question is only whether the server is there.
pub(super) const GLANCE_MS: i32 = 4_000;

/// Posts a GraphQL request; the answer's text, whatever its status, if it is one of the server's.
pub(super) async fn post(body: String, patience: i32) -> Result<String, Failure> {
    let request = request(&body).ok_or(Failure::Offline)?;
    let response = fetch("/graphql", &request, patience).await?;
    match response.status() {
        // A reverse proxy's word for a server that is away.
        502..=504 => return Err(Failure::Offline),
        401 => return Err(Failure::SignedOut),
        _ => {}
    }
    let text = response.text().map_err(|_| Failure::Offline)?;
    JsFuture::from(text).await.ok().and_then(|text| text.as_string()).ok_or(Failure::Offline)
}

/// Posts without waiting, to outlive the page.
pub(super) fn tell(body: &str) {
    if let Some(request) = request(body) {
        // Fails for no plain object.
        let _ = js_sys::Reflect::set(&request, &"keepalive".into(), &JsValue::TRUE);
        let _ = dom::window().fetch_with_str_and_init("/graphql", &request);
    }
}

fn request(body: &str) -> Option<web_sys::RequestInit> {
    let request = web_sys::RequestInit::new();
    request.set_method("POST");
    request.set_body(&JsValue::from_str(body));
    let headers = web_sys::Headers::new().ok()?;
    for (name, value) in [
        ("content-type", "application/json"),
        ("accept", "application/graphql-response+json, application/json"),
    ] {
        let _ = headers.set(name, value);
    }
    request.set_headers(&headers);
    Some(request)
}

/// Is the server there?
pub(super) async fn healthy() -> bool {
    let request = web_sys::RequestInit::new();
    request.set_cache(web_sys::RequestCache::NoStore);
    matches!(fetch("/healthz", &request, GLANCE_MS).await, Ok(response) if response.ok())
}

async fn fetch(
    address: &str,
    request: &web_sys::RequestInit,
    patience: i32,
) -> Result<web_sys::Response, Failure> {
    let abort = web_sys::AbortController::new().map_err(|_| Failure::Offline)?;
    request.set_signal(Some(&abort.signal()));
    request.set_credentials(web_sys::RequestCredentials::SameOrigin);
    let alarm = dom::after(patience, move || abort.abort());
    let answer = JsFuture::from(dom::window().fetch_with_str_and_init(address, request)).await;
    dom::forget_timer(alarm);
    answer.ok().and_then(|answer| answer.dyn_into().ok()).ok_or(Failure::Offline)
}
