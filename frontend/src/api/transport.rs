//! Requests over HTTP with a limit of time.

use super::Failure;
use crate::ui::dom;
use gloo_net::http::{Request, Response};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, FormData, RequestCache, RequestInit};

/// Milliseconds after which an answer is no longer waited for.
pub(super) const TIMEOUT_MS: u32 = 20_000;
/// The same where a person waits, or the question is only whether the server is there.
pub(super) const SHORT_TIMEOUT_MS: u32 = 4_000;
/// The same for a file: a slow line and the server may take a minute and a half each.
const FILE_TIMEOUT_MS: i32 = 180_000;

/// Milliseconds since the page was opened, after which what `start.js` has asked for is out of date.
const ASKED_MS: f64 = 30_000.0;

/// Posts a GraphQL request; the answer's text, whatever its status, if it is one of the server's.
pub(super) async fn post(body: String, timeout_ms: u32) -> Result<String, Failure> {
    let response = match asked(&body).await {
        Some(response) => response?,
        None => send(request(body, Some(timeout_ms)).ok_or(Failure::Offline)?).await?,
    };
    read(response).await.map(|(_, text)| text)
}

/// Posts a form, which may hold a file, to another address than GraphQL's; the status and the text of the answer.
pub(super) async fn post_form(
    path: &str,
    form: FormData,
    given_up: Option<&AbortSignal>,
) -> Result<(u16, String), Failure> {
    let limit = Limit::new(given_up).ok_or(Failure::Offline)?;
    let request = Request::post(path).abort_signal(Some(&limit.controller.signal())).body(form);
    read(send(request.map_err(|_| Failure::Offline)?).await?).await
}

/// Ends a request when time is up, or when somebody gives it up. `AbortSignal.any` says it too, but is younger than some
/// of the browsers in use.
struct Limit {
    controller: AbortController,
    timer: dom::Timer,
    given_up: Option<(AbortSignal, Closure<dyn FnMut()>)>,
}

impl Limit {
    fn new(given_up: Option<&AbortSignal>) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let late = controller.clone();
        let timer = dom::after(FILE_TIMEOUT_MS, move || late.abort());
        let given_up = given_up.map(|signal| {
            let ended = controller.clone();
            let end = Closure::<dyn FnMut()>::new(move || ended.abort());
            signal.set_onabort(Some(end.as_ref().unchecked_ref()));
            if signal.aborted() {
                controller.abort();
            }
            (signal.clone(), end)
        });
        Some(Self { controller, timer, given_up })
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        dom::forget_timer(self.timer);
        if let Some((signal, _)) = &self.given_up {
            signal.set_onabort(None);
        }
    }
}

/// The status and the text of a response, if it is one of the server's.
async fn read(response: Response) -> Result<(u16, String), Failure> {
    match response.status() {
        // A reverse proxy answers so for a server that is away.
        502..=504 => Err(Failure::Offline),
        401 => Err(Failure::SignedOut),
        status => Ok((status, response.text().await.map_err(|_| Failure::Offline)?)),
    }
}

/// The response to a request that `start.js` has sent while the client was loading, once; none: it has not, or long ago.
async fn asked(body: &str) -> Option<Result<Response, Failure>> {
    let all = asked_by_start()?;
    let body = JsValue::from_str(body);
    let response = all.get(&body).dyn_into::<js_sys::Promise>().ok()?;
    all.delete(&body);
    if dom::window().performance()?.now() > ASKED_MS {
        return None;
    }
    let response = JsFuture::from(response).await.and_then(JsValue::dyn_into::<web_sys::Response>);
    Some(response.map(Response::from).map_err(|_| Failure::Offline))
}

/// What `start.js` has asked for is not to be taken any more: somebody else is there than when it asked.
pub fn forget_asked() {
    if let Some(all) = asked_by_start() {
        all.clear();
    }
}

fn asked_by_start() -> Option<js_sys::Map> {
    js_sys::Reflect::get(&dom::window(), &"renkeiAsked".into()).ok()?.dyn_into().ok()
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
