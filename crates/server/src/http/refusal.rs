//! Refusals of the HTTP layer itself: a status, and JSON `errors` as GraphQL clients read them.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that never became an operation: what staff may read, and what a developer may do about it.
pub fn refuse(status: StatusCode, japanese: &str, english: &str) -> Response {
    (status, Json(errors(japanese, english))).into_response()
}

pub fn errors(japanese: &str, english: &str) -> Value {
    json!({ "errors": [{ "message": format!("{japanese} ({english})") }] })
}

pub fn not_found() -> Response {
    refuse(StatusCode::NOT_FOUND, "このアドレスには何もありません。", "not found")
}
