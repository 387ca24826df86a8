//! Listening: which connections are accepted, what serves them, and a graceful stop.

use super::connections::ConnectionLimiter;
use super::limits::Limits;
use super::refusal::{internal_error, timed_out};
use super::router;
use crate::App;
use axum::Extension;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{interval, sleep, timeout};
use tower::ServiceBuilder;

/// After an `accept` that failed, as for want of file handles: time for connections to end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Between two tidyings of the rate limits.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// Bytes of a request's head; queries may stand in its address.
const HEAD_BYTES: usize = 64 * 1024;

/// Tells connections, requests and WebSockets that the server is to stop. It waits until all of these are dropped.
#[derive(Clone)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Done when the server is asked to stop.
    pub async fn asked(&mut self) {
        if self.0.wait_for(|stopping| *stopping).await.is_err() {
            std::future::pending().await
        }
    }
}

/// A server that is never asked to stop.
impl Default for Stopping {
    fn default() -> Self {
        Stopping(watch::Sender::new(false).subscribe())
    }
}

/// Serves `app` until `stop` is done, then lets requests in flight finish.
///
/// Not `axum::serve`: it has no limit of connections, and keeps those that never send a whole head.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let limits = app.config.limits.clone();
    let limiter = ConnectionLimiter::new(&limits);
    let router = router(app.clone());
    let http = http1(&limits);
    let stopping = watch::Sender::new(false);
    let mut tidy = interval(TIDY_EVERY);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            _ = tidy.tick() => {
                app.rate_limits.retain_recent();
                continue;
            }
            accepted = accept(&listener, &limiter) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let address = peer.ip().to_canonical();
        let counted = (!app.config.proxies.contains(&address)).then_some(address);
        let Some(permit) = limiter.count(counted, permit) else {
            tracing::debug!(%address, "too many connections of this address");
            continue;
        };
        // A WebSocket takes the last two from its request and keeps them.
        let service = ServiceBuilder::new()
            .layer(Extension(ConnectInfo(peer)))
            .layer(Extension(Stopping(stopping.subscribe())))
            .layer(Extension(permit))
            .service(router.clone());
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let mut stopping = Stopping(stopping.subscribe());
        tokio::spawn(async move {
            let mut connection = pin!(connection.with_upgrades());
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stopping.asked() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, %peer, "connection ended");
            }
        });
    }
    drop(listener);
    stopping.send_replace(true);
    if timeout(limits.stop_timeout, stopping.closed()).await.is_err() {
        tracing::warn!("stopped with requests still running");
    }
}

/// The next connection, as soon as there may be one more.
async fn accept(
    listener: &TcpListener,
    limiter: &ConnectionLimiter,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = limiter.acquire().await?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Small responses go out at once. Where the system refuses, they only go out later.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, permit))
        }
        Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => None,
        Err(error) => {
            tracing::warn!(%error, "cannot accept a connection");
            sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn http1(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_header_size(HEAD_BYTES)
        // A WebSocket's handshake is answered in the letter case of its request: Python's gql reads no other.
        .preserve_header_case(true);
    builder
}

/// Runs a request in a task of its own: what was begun is finished, also if its client disconnects or is answered that it
/// takes too long. A graceful stop waits for it.
pub async fn run_to_completion(State(app): State<App>, request: Request, next: Next) -> Response {
    let stopping = request.extensions().get::<Stopping>().cloned();
    let task = tokio::spawn(async move {
        let response = next.run(request).await;
        drop(stopping);
        response
    });
    match timeout(app.config.limits.request_timeout, task).await {
        Ok(Ok(response)) => response,
        Ok(Err(panicked)) => internal_error(&panicked.into()),
        Err(_) => timed_out(),
    }
}

/// Done when the system or a person at the terminal asks the server to stop.
pub async fn asked_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
