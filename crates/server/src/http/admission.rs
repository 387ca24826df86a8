//! Admission control: which requests run, which wait in a bounded queue, and which are refused at once (load shedding).
//! Known callers and anonymous ones have a limit each, so that whoever guesses passwords keeps nobody from working.

use super::limits::Limits;
use super::refusal::{overloaded, too_many_requests};
use crate::App;
use crate::graphql::Caller;
use crate::session::DELAY_HEADER;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// Before a refusal is sent: clients that do not wait before they try again would take the processor from all others.
const REFUSAL_DELAY: Duration = Duration::from_secs(1);

/// Lookups of sessions and tokens at a time, and requests that wait for theirs: each is one short statement.
const IDENTIFICATIONS: usize = 8;
const IDENTIFICATION_QUEUE: usize = 256;

pub struct Admission {
    known: ConcurrencyLimit,
    anonymous: ConcurrencyLimit,
    /// While it is looked up whether a caller is known.
    pub identification: ConcurrencyLimit,
}

/// Requests that run, and requests that wait to run. Cheap to clone.
#[derive(Clone)]
pub struct ConcurrencyLimit {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// Counts a request as running until it is dropped.
pub struct RunPermit {
    _running: OwnedSemaphorePermit,
    _admitted: OwnedSemaphorePermit,
}

impl Admission {
    pub fn new(limits: &Limits) -> Self {
        Admission {
            known: ConcurrencyLimit::new(limits.operations, limits.queue),
            anonymous: ConcurrencyLimit::new(limits.anonymous_operations, limits.anonymous_queue),
            identification: ConcurrencyLimit::new(IDENTIFICATIONS, IDENTIFICATION_QUEUE),
        }
    }

    /// For an operation of a known caller over a WebSocket.
    pub async fn acquire(&self) -> Option<RunPermit> {
        self.known.acquire().await
    }
}

impl ConcurrencyLimit {
    fn new(running: usize, queue: usize) -> Self {
        ConcurrencyLimit {
            admitted: Arc::new(Semaphore::new(running + queue)),
            running: Arc::new(Semaphore::new(running)),
        }
    }

    /// Waits for its turn; `None`: the queue is full.
    pub async fn acquire(&self) -> Option<RunPermit> {
        let _admitted = self.admitted.clone().try_acquire_owned().ok()?;
        let _running = self.running.clone().acquire_owned().await.ok()?;
        Some(RunPermit { _running, _admitted })
    }
}

/// Refuses a request if too many of its kind run and wait already, before its body is read.
pub async fn shed_load(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    mut request: Request,
    next: Next,
) -> Response {
    let limit = match caller.identity {
        Some(_) => &app.admission.known,
        None => match app.rate_limits.check_anonymous(caller.address) {
            Ok(()) => &app.admission.anonymous,
            Err(wait) => return too_many_requests(wait),
        },
    };
    let Ok(_admitted) = limit.admitted.try_acquire() else { return overloaded() };
    request.extensions_mut().insert(limit.clone());
    next.run(request).await
}

/// Waits, in the order of arrival, until the request may run.
pub async fn limit_concurrency(
    Extension(limit): Extension<ConcurrencyLimit>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(_running) = limit.running.acquire().await else { return overloaded() };
    next.run(request).await
}

/// Sends refusals, and answers about logins that are being guessed, later. Nothing else waits for them meanwhile.
pub async fn delay_responses(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let seconds = response.headers_mut().remove(DELAY_HEADER);
    let seconds = seconds.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
    let refused = response.headers().contains_key(header::RETRY_AFTER);
    if let Some(delay) = seconds.map(Duration::from_secs).or(refused.then_some(REFUSAL_DELAY)) {
        sleep(delay).await;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(operations: usize, queue: usize) -> Arc<Admission> {
        Arc::new(Admission::new(&Limits { operations, queue, ..Limits::default() }))
    }

    #[tokio::test]
    async fn some_run_some_wait_and_others_are_refused_at_once() {
        let admission = admission(1, 1);
        let running = admission.acquire().await.unwrap();
        let waiting = tokio::spawn({
            let admission = admission.clone();
            async move { admission.acquire().await }
        });
        tokio::task::yield_now().await;
        assert!(admission.acquire().await.is_none(), "one runs and one waits");
        drop(running);
        assert!(waiting.await.unwrap().is_some(), "the one that waited runs");
        assert!(admission.acquire().await.is_some(), "both have ended");
    }
}
