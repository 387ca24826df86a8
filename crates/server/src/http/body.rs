//! A request's body: read whole before anybody judges the request, so that its sender reads the answer.
//!
//! A connection on which an answer overtakes the body has to be closed, and whoever still sends sees only that.

use super::admission::{Taken, overloaded};
use super::pace::Progress;
use super::refusal::refuse;
use crate::App;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use renkei_domain::limits;
use tokio::time::{Instant, timeout_at};

/// How much of a body that is too large is read and thrown away.
const DRAINED_BYTES: usize = 4 * limits::REQUEST_BYTES;
/// What a body may have without being counted as a large one: more than any edit needs.
const SMALL_BYTES: usize = 16 * 1024;

pub async fn whole(State(app): State<App>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match read(&app, body, None).await {
        Ok((bytes, _large)) => next.run(Request::from_parts(head, bytes.into())).await,
        Err(refusal) => refusal,
    }
}

/// The same for those who are sent away whatever they say.
pub async fn refused(app: &App, body: Body, why: fn() -> Response) -> Response {
    read(app, body, Some(why)).await.err().unwrap_or_else(why)
}

/// All of it, with its share of what large bodies may take; slow lines take part, silent ones hold nothing. What is refused
/// is heard to its end, and thrown away.
async fn read(
    app: &App,
    mut body: Body,
    mut refused: Option<fn() -> Response>,
) -> Result<(Vec<u8>, Option<Taken>), Response> {
    let bounds = &app.config.bounds;
    let begun = Instant::now();
    let mut progress = Progress::begin(begun, bounds);
    let mut bytes = Vec::new();
    let mut received = 0;
    let mut large: Option<Taken> = None;
    loop {
        let by = progress.due().min(begun + bounds.body);
        let Some(frame) = timeout_at(by, body.frame()).await.map_err(|_| late())? else { break };
        let Ok(data) = frame.map_err(|_| broken())?.into_data() else { continue };
        progress.go_on(data.len(), Instant::now());
        received += data.len();
        let stock = &app.admission.bodies;
        if received > DRAINED_BYTES {
            break;
        } else if received > limits::REQUEST_BYTES {
            refused = refused.or(Some(too_large));
        } else if received > SMALL_BYTES && stock.is_full() {
            refused = refused.or(Some(overloaded));
        }
        if refused.is_some() {
            (bytes, large) = (Vec::new(), None);
            continue;
        }
        bytes.extend_from_slice(&data);
        if received > SMALL_BYTES {
            large.get_or_insert_with(|| stock.take(0)).more(data.len());
        }
    }
    match refused {
        Some(why) => Err(why()),
        None => Ok((bytes, large)),
    }
}

fn late() -> Response {
    let japanese = "リクエストの受信に時間がかかりすぎました。";
    refuse(StatusCode::REQUEST_TIMEOUT, japanese, "the body did not arrive in time")
}

fn broken() -> Response {
    let japanese = "リクエストを最後まで受信できませんでした。";
    refuse(StatusCode::BAD_REQUEST, japanese, "the body is incomplete")
}

fn too_large() -> Response {
    let japanese = "リクエストが大きすぎます。上限は2MiBです。";
    refuse(StatusCode::PAYLOAD_TOO_LARGE, japanese, "a request may have 2 MiB")
}
