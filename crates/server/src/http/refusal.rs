//! Refusals of the HTTP layer itself: a status, and JSON `errors` as GraphQL clients read them.

use crate::Fault;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::any::Any;
use std::time::Duration;

/// What staff read whose request is refused for want of capacity; a page that has something to save sends it again.
pub const OVERLOADED: &str = "ただいま混み合っています。少し待ってから、もう一度お試しください。";
/// Seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// A request that never became an operation: what staff may read, and what a developer may do about it.
pub fn refuse(status: StatusCode, japanese: &str, english: &str) -> Response {
    let errors = json!({ "errors": [{ "message": format!("{japanese} ({english})") }] });
    (status, Json(errors)).into_response()
}

pub fn not_found() -> Response {
    refuse(StatusCode::NOT_FOUND, "このアドレスには何もありません。", "not found")
}

pub fn not_allowed(allow: &'static str, japanese: &str) -> Response {
    let refusal = refuse(StatusCode::METHOD_NOT_ALLOWED, japanese, &format!("allowed: {allow}"));
    ([(header::ALLOW, allow)], refusal).into_response()
}

pub fn overloaded() -> Response {
    let refusal = refuse(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, "the server is busy: try again");
    ([(header::RETRY_AFTER, RETRY_AFTER)], refusal).into_response()
}

pub fn too_many_requests(wait: Duration) -> Response {
    let japanese = "短い時間に多くのリクエストがありました。少し待ってから、もう一度お試しください。";
    let refusal = refuse(StatusCode::TOO_MANY_REQUESTS, japanese, "too many requests from this address");
    ([(header::RETRY_AFTER, (wait.as_secs() + 1).to_string())], refusal).into_response()
}

/// The request goes on; only its client is not kept waiting.
pub fn timed_out() -> Response {
    let japanese = "処理に時間がかかっています。結果を確かめてから、もう一度お試しください。";
    let refusal = refuse(StatusCode::SERVICE_UNAVAILABLE, japanese, "not answered in time");
    ([(header::RETRY_AFTER, RETRY_AFTER)], refusal).into_response()
}

/// A fault, logged whole and shown as a number to quote.
pub fn internal_error(fault: &Fault) -> Response {
    let japanese = format!("サーバーで問題が起きました。管理者に番号 {} をお伝えください。", fault.log());
    refuse(StatusCode::INTERNAL_SERVER_ERROR, &japanese, "internal error")
}

/// A panic as a fault, with its message.
pub fn panicked(panic: &(dyn Any + Send)) -> Fault {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("of an unknown kind");
    Fault::new(format!("panic: {message}"))
}

pub fn panic_response(panic: Box<dyn Any + Send>) -> Response {
    internal_error(&panicked(&*panic))
}
