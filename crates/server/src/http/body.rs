//! A request's body, read as a whole before anybody judges the request: a connection on which an answer overtakes the body
//! has to be closed, and a client that still sends sees only that.

use super::refusal::refuse;
use crate::App;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use renkei_domain::limits;
use tokio::time::timeout;

/// How much more of a body that is too large is read and discarded, so that its sender reads why.
const DISCARDED_BYTES: usize = 4 * limits::REQUEST_BYTES;

/// What a file's name and what is chosen of it take beside the file.
const BESIDE_FILE: usize = 1024 * 1024;

/// Limits bytes and time of the body.
pub async fn limit_body(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, mut body) = request.into_parts();
    let (bytes, named) = if super::import::takes(&parts.uri) {
        (limits::IMPORT_BYTES + BESIDE_FILE, "9MiB")
    } else {
        (limits::REQUEST_BYTES, "2MiB")
    };
    let reading = async {
        let read = Limited::new(&mut body, bytes).collect().await;
        if read.as_ref().is_err_and(|error| error.is::<LengthLimitError>()) {
            let _ = discard(&mut body).await;
        }
        read
    };
    match timeout(app.config.limits.body_timeout, reading).await {
        Ok(Ok(read)) => next.run(Request::from_parts(parts, read.to_bytes().into())).await,
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let japanese = format!("リクエストが大きすぎます。上限は{named}です。");
            refuse(StatusCode::PAYLOAD_TOO_LARGE, &japanese, &format!("a request may have {named}"))
        }
        Ok(Err(_)) => {
            let japanese = "リクエストを最後まで受信できませんでした。";
            refuse(StatusCode::BAD_REQUEST, japanese, "the body is incomplete")
        }
        Err(_) => {
            let japanese = "リクエストの受信に時間がかかりすぎました。";
            refuse(StatusCode::REQUEST_TIMEOUT, japanese, "the body did not arrive in time")
        }
    }
}

async fn discard(body: &mut Body) -> Result<(), axum::Error> {
    let mut discarded = 0;
    while let Some(frame) = body.frame().await {
        discarded += frame?.data_ref().map_or(0, |data| data.len());
        if discarded > DISCARDED_BYTES {
            break;
        }
    }
    Ok(())
}
