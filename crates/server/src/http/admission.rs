//! Which operations run, which wait for their turn, and which are sent away at once: a server that is asked for more than
//! it can do goes on doing what it can. The newest is sent away; those before it have waited already.

use super::body;
use super::bounds::Bounds;
use super::refusal::errors;
use crate::App;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// What staff read who are sent away; a page that has something to save sends it again by itself.
pub const JAPANESE: &str = "ただいま混み合っています。少し待ってから、もう一度お試しください。";
/// Seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Before somebody is sent away.
const MOMENT: Duration = Duration::from_millis(200);

/// Cheap to clone.
#[derive(Clone)]
pub struct Admission {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    turn: Duration,
    /// Bytes of answers that are still to be taken.
    answers: Stock,
    /// Bytes of large bodies that are being received.
    pub bodies: Stock,
}

/// An operation that may run, as long as this is held.
pub struct Turn(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Admission {
    pub fn new(bounds: &Bounds) -> Self {
        Admission {
            running: Arc::new(Semaphore::new(bounds.executions)),
            waiting: Arc::new(Semaphore::new(bounds.waiting)),
            turn: bounds.turn,
            answers: Stock::new(bounds.answers),
            bodies: Stock::new(bounds.bodies),
        }
    }

    /// Whether whoever comes now is sent away, before anything is read or done for them.
    fn is_full(&self) -> bool {
        let nobody_else = self.running.available_permits() == 0 && self.waiting.available_permits() == 0;
        nobody_else || self.answers.is_full()
    }

    /// In the order of arrival; `None`: too many are there, or it took too long.
    pub async fn turn(&self) -> Option<Turn> {
        if let Ok(permit) = self.running.clone().try_acquire_owned() {
            return Some(Turn(permit));
        }
        let _waiting = self.waiting.try_acquire().ok()?;
        let permit = timeout(self.turn, self.running.clone().acquire_owned()).await.ok()?.ok()?;
        Some(Turn(permit))
    }

    /// An answer's bytes, counted until the last of them is taken or given up.
    pub fn answer(&self, bytes: Vec<u8>) -> Bytes {
        let _taken = self.answers.take(bytes.len());
        Bytes::from_owner(Held { bytes, _taken })
    }
}

struct Held {
    bytes: Vec<u8>,
    _taken: Taken,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A number of bytes that may be taken. Cheap to clone.
#[derive(Clone)]
pub struct Stock {
    most: usize,
    taken: Arc<AtomicUsize>,
}

/// So many bytes, given back when dropped.
pub struct Taken {
    stock: Stock,
    bytes: usize,
}

impl Stock {
    fn new(most: usize) -> Self {
        Stock { most, taken: Arc::default() }
    }

    pub fn is_full(&self) -> bool {
        self.taken.load(Ordering::Relaxed) > self.most
    }

    pub fn take(&self, bytes: usize) -> Taken {
        let mut taken = Taken { stock: self.clone(), bytes: 0 };
        taken.more(bytes);
        taken
    }
}

impl Taken {
    pub fn more(&mut self, bytes: usize) {
        self.stock.taken.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.stock.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Sends away who would be anyway, before the router and before anything is kept or done for them, so that it takes next to
/// nothing from those who are served; not at once, for those who don't wait before they ask again would cost them most.
pub async fn door(app: &App, request: Request) -> Result<Request, Response> {
    if request.uri().path() == "/graphql" && app.admission.is_full() {
        sleep(MOMENT).await;
        if app.admission.is_full() {
            return Err(body::refused(app, request.into_body(), overloaded).await);
        }
    }
    Ok(request)
}

pub fn overloaded() -> Response {
    /// Made once: most are needed when there is least time.
    static SAID: LazyLock<Bytes> =
        LazyLock::new(|| errors(JAPANESE, "the server is busy: try again").to_string().into());
    let head = [(header::CONTENT_TYPE, JSON), (header::RETRY_AFTER, RETRY_AFTER)];
    (StatusCode::SERVICE_UNAVAILABLE, head, SAID.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(executions: usize, waiting: usize) -> Admission {
        let turn = Duration::from_millis(300);
        Admission::new(&Bounds { executions, waiting, turn, answers: 100, ..Bounds::default() })
    }

    #[tokio::test]
    async fn some_run_some_wait_and_the_rest_is_sent_away() {
        let admission = admission(1, 1);
        let running = admission.turn().await.unwrap();
        assert!(!admission.is_full());
        let second = tokio::spawn({
            let admission = admission.clone();
            async move { admission.turn().await }
        });
        tokio::task::yield_now().await;
        assert!(admission.is_full());
        assert!(admission.turn().await.is_none(), "at once");
        drop(running);
        assert!(second.await.unwrap().is_some(), "it was its turn");
        assert!(!admission.is_full());
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let admission = admission(1, 1);
        let _running = admission.turn().await.unwrap();
        assert!(admission.turn().await.is_none());
        assert!(!admission.is_full(), "the place in the queue is free again");
    }

    #[tokio::test]
    async fn answers_that_nobody_takes_fill_the_house() {
        let admission = admission(1, 1);
        let answer = admission.answer(vec![0; 101]);
        let part = answer.slice(..1);
        drop(answer);
        assert!(admission.is_full(), "a part of it is still to be taken");
        drop(part);
        assert!(!admission.is_full());
    }
}
