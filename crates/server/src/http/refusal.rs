//! Refusals of the HTTP layer itself: a status, and JSON `errors` as GraphQL clients read them.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A request that never became an operation: what staff may read, and what a developer may do about it.
pub fn refuse(status: StatusCode, japanese: &str, english: &str) -> Response {
    let errors = json!({ "errors": [{ "message": format!("{japanese} ({english})") }] });
    (status, Json(errors)).into_response()
}

pub fn not_found() -> Response {
    refuse(StatusCode::NOT_FOUND, "このアドレスには何もありません。", "not found")
}
