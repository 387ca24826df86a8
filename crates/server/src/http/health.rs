//! `/healthz`, for whatever watches over the server.

use crate::{App, Fault};
use axum::extract::State;
use axum::http::StatusCode;
use std::time::Duration;

/// A database that takes longer does not serve anybody.
const PATIENCE: Duration = Duration::from_secs(5);

/// `ok` while the database answers.
pub async fn answer(State(app): State<App>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(PATIENCE, app.db.direct().ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok"),
        Ok(Err(error)) => {
            Fault::from(error).log();
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer in time"),
    }
}
