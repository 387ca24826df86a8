//! A request's body: read whole before anybody judges the request, so that its sender reads the answer.
//!
//! A connection on which an answer overtakes the body has to be closed, and whoever still sends sees only that.

use super::refusal::refuse;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use renkei_domain::limits;
use std::time::Duration;

/// For all of it: slow lines take part, silent ones hold nothing.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How much of a body that is too large is read and thrown away.
const DRAINED_BYTES: usize = 4 * limits::REQUEST_BYTES;

pub async fn whole(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match tokio::time::timeout(TIMEOUT, read(body)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(head, bytes.into())).await,
        Ok(Err(refusal)) => refusal,
        Err(_) => refuse(
            StatusCode::REQUEST_TIMEOUT,
            "リクエストの受信に時間がかかりすぎました。",
            "the body did not arrive in time",
        ),
    }
}

async fn read(mut body: Body) -> Result<Vec<u8>, Response> {
    let mut bytes = Vec::new();
    let mut received = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| broken())?.into_data() else { continue };
        received += data.len();
        if received <= limits::REQUEST_BYTES {
            bytes.extend_from_slice(&data);
        } else if received > DRAINED_BYTES {
            break;
        }
    }
    if received > limits::REQUEST_BYTES { Err(too_large()) } else { Ok(bytes) }
}

fn broken() -> Response {
    let japanese = "リクエストを最後まで受信できませんでした。";
    refuse(StatusCode::BAD_REQUEST, japanese, "the body is incomplete")
}

fn too_large() -> Response {
    let japanese = "リクエストが大きすぎます。上限は2MiBです。";
    refuse(StatusCode::PAYLOAD_TOO_LARGE, japanese, "a request may have 2 MiB")
}
