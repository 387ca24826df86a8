//! `/healthz`, for monitoring.

use crate::{App, Fault};
use axum::extract::State;
use axum::http::StatusCode;
use std::time::Duration;

/// For the database to answer.
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// `ok` while the database answers.
pub async fn handle(State(app): State<App>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(PING_TIMEOUT, app.db.direct().ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok"),
        Ok(Err(error)) => {
            Fault::from(error).log();
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer in time"),
    }
}
