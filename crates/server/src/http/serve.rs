//! Listening: who is let in, one task a connection, and a stop that lets requests in flight finish.

use super::admission::door;
use super::bounds::Bounds;
use super::crowd::{Crowd, Place};
use super::line::Line;
use super::pace::{Pace, Version};
use super::{router, secured, turned_away, unstored};
use crate::App;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tower::ServiceExt;

/// After an `accept` that failed, as for want of file handles: time for connections to end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Connections at a time that are only told that there is no place for them.
const TURNED_AWAY: usize = 64;
/// For each of them.
const TURNED_AWAY_FOR: Duration = Duration::from_secs(2);
/// For the other end to take leave once it is late.
const FAREWELL: Duration = Duration::from_secs(1);
/// Bytes of a request's head; queries may stand in its address.
const HEAD_BYTES: usize = 64 * 1024;
const HEAD_BYTES_HTTP2: u32 = 64 * 1024;
/// Of one HTTP/2 connection: requests at a time, and requests taken back before they were looked at.
const STREAMS: u32 = 64;
const RESETS: usize = 20;
/// Bytes that an HTTP/2 connection may send unasked, and those that one of its requests may.
const WINDOW: u32 = 512 * 1024;
const STREAM_WINDOW: u32 = 64 * 1024;
/// Bytes of one answer that wait at a time for HTTP/2 to take them.
const SEND_BYTES: usize = 64 * 1024;
/// Between two pings over HTTP/2, and for their answers.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_PATIENCE: Duration = Duration::from_secs(10);

/// By which connections and sockets hear that the server is asked to stop; it waits until all of them are dropped.
#[derive(Clone)]
pub struct Stopping(watch::Receiver<bool>);

/// Serves `app` until `stop` is done, then lets requests in flight finish.
///
/// Not `axum::serve`: that keeps connections which never send a whole head.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let door = Door::new(app);
    let stopping = watch::Sender::new(false);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => door.open(stream, peer, Stopping(stopping.subscribe())),
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    stopping.send_replace(true);
    if timeout(door.inside.bounds.stop, stopping.closed()).await.is_err() {
        tracing::warn!("stopped with requests still running");
    }
}

/// Where connections come in.
struct Door {
    inside: Room,
    connections: Crowd,
    proxies: Vec<IpAddr>,
    /// For those for whom there is no place: health is told, and everybody else to come back later.
    outside: Room,
    turned_away: Crowd,
}

impl Door {
    fn new(app: App) -> Self {
        let bounds = app.config.bounds.clone();
        let hasty = Bounds {
            head: bounds.head.min(TURNED_AWAY_FOR),
            idle: bounds.idle.min(TURNED_AWAY_FOR),
            slack: bounds.slack.min(TURNED_AWAY_FOR),
            ..bounds.clone()
        };
        Door {
            connections: Crowd::new(bounds.connections, bounds.of_address),
            proxies: app.config.proxies.clone(),
            outside: Room { app: app.clone(), router: turned_away(app.clone()), bounds: hasty.into() },
            turned_away: Crowd::new(TURNED_AWAY, TURNED_AWAY),
            inside: Room { app: app.clone(), router: router(app), bounds: bounds.into() },
        }
    }

    /// Lets a connection in, turns it away with a word, or, where even that would be too much, without one.
    fn open(&self, stream: TcpStream, peer: SocketAddr, stopping: Stopping) {
        let address = peer.ip().to_canonical();
        let counted = (!self.proxies.contains(&address)).then_some(address);
        let (room, place) = match self.connections.enter(counted) {
            Ok(place) => (&self.inside, place),
            Err(full) => {
                tracing::debug!(?full, %address, "no place for a connection");
                let Ok(place) = self.turned_away.enter(None) else { return };
                (&self.outside, place)
            }
        };
        tokio::spawn(room.clone().converse(stream, peer, place, stopping));
    }
}

/// What answers a connection, and what it bears.
#[derive(Clone)]
struct Room {
    app: App,
    router: Router,
    bounds: Arc<Bounds>,
}

impl Room {
    /// One connection, from its first byte to its last.
    async fn converse(self, stream: TcpStream, peer: SocketAddr, place: Place, mut stopping: Stopping) {
        // Small answers go out at once. Where the system refuses, they only go out later.
        let _ = stream.set_nodelay(true);
        let pace = Pace::new(&self.bounds);
        let mut line = Line::new(stream, pace.clone(), place);
        let version = tokio::select! {
            version = timeout(self.bounds.head, line.version()) => version,
            () = stopping.asked() => return,
        };
        let (app, router) = (self.app, self.router);
        let talk = Talk { app, router, peer, pace: pace.clone(), stopping: stopping.clone() };
        let answer = service_fn(move |request| talk.answer(request));
        let line = TokioIo::new(line);
        let ended = match version {
            Ok(Ok(Version::Http1)) => {
                let connection = http1().serve_connection(line, answer).with_upgrades();
                attend(connection, |connection| connection.graceful_shutdown(), &pace, &mut stopping).await
            }
            Ok(Ok(Version::Http2)) => {
                let connection = http2().serve_connection(line, answer);
                attend(connection, |connection| connection.graceful_shutdown(), &pace, &mut stopping).await
            }
            // The line is gone, or nothing was said in time.
            Ok(Err(_)) | Err(_) => return,
        };
        // Closed lids, dropped lines, senders of nonsense: part of every day.
        match ended {
            Some(Ok(())) => {}
            Some(Err(error)) => tracing::debug!(%error, %peer, "connection ended"),
            None => tracing::debug!(%peer, "connection closed: too slow, or silent"),
        }
    }
}

/// The [`Pace`] watches over heads as well, and over the time between requests apart from them.
fn http1() -> http1::Builder {
    let mut builder = http1::Builder::new();
    // The letter case of headers is kept in a request's extensions; only a socket's answer makes use of it.
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_header_size(HEAD_BYTES)
        .preserve_header_case(true);
    builder
}

fn http2() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_PATIENCE)
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(RESETS)
        .max_header_list_size(HEAD_BYTES_HTTP2)
        .initial_connection_window_size(WINDOW)
        .initial_stream_window_size(STREAM_WINDOW)
        .max_send_buf_size(SEND_BYTES);
    builder
}

/// What answers the requests of one connection.
struct Talk {
    app: App,
    router: Router,
    peer: SocketAddr,
    pace: Pace,
    stopping: Stopping,
}

impl Talk {
    fn answer(&self, request: Request<Incoming>) -> impl Future<Output = Answered> + Send + use<> {
        let serving = self.pace.serve();
        let (app, router, pace) = (self.app.clone(), self.router.clone(), self.pace.clone());
        let (peer, stopping) = (ConnectInfo(self.peer), self.stopping.clone());
        async move {
            let answer = match door(&app, request.map(Body::new)).await {
                Ok(mut request) => {
                    request.extensions_mut().insert(peer);
                    request.extensions_mut().insert(stopping);
                    router.oneshot(request).await
                }
                Err(refusal) => Ok(secured(unstored(refusal).await).await),
            };
            drop(serving);
            if answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::SWITCHING_PROTOCOLS) {
                pace.upgraded();
            }
            answer
        }
    }
}

type Answered = Result<Response, Infallible>;

/// Goes on until the connection ends, or its other end is late (`None`), or the server stops and what runs is answered.
async fn attend<C: Future>(
    connection: C,
    leave: impl Fn(Pin<&mut C>),
    pace: &Pace,
    stopping: &mut Stopping,
) -> Option<C::Output> {
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = in_time(connection.as_mut(), pace) => ended,
        () = stopping.asked() => {
            leave(connection.as_mut());
            in_time(connection.as_mut(), pace).await
        }
    };
    if ended.is_none() {
        leave(connection.as_mut());
        // Dropped in any case.
        let _ = timeout(FAREWELL, connection).await;
    }
    ended
}

/// The connection's end; `None` as soon as its other end is late.
async fn in_time<C: Future>(mut connection: Pin<&mut C>, pace: &Pace) -> Option<C::Output> {
    let mut alarm = pin!(sleep_until(Instant::now()));
    poll_fn(|context| {
        if let Poll::Ready(ended) = connection.as_mut().poll(context) {
            return Poll::Ready(Some(ended));
        }
        let Some(deadline) = pace.deadline() else { return Poll::Pending };
        // Mostly the deadline is put off, and to set the alarm anew each time would take longer than to wake up in vain.
        while alarm.as_mut().poll(context).is_ready() || deadline < alarm.deadline() {
            if deadline <= Instant::now() {
                return Poll::Ready(None);
            }
            alarm.as_mut().reset(deadline);
        }
        Poll::Pending
    })
    .await
}

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
