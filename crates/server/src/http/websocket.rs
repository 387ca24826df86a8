//! GraphQL over WebSocket: the protocol graphql-transport-ws, with its close codes, on axum's [`WebSocket`].
//!
//! One task a connection receives, runs and sends in turn, so a client that reads slowly makes its operations wait.

use super::address::client_address;
use super::bearer;
use super::connections::ConnectionPermit;
use super::graphql::{ran, shortened};
use super::refusal::{OVERLOADED, panicked, refuse};
use super::serve::Stopping;
use crate::caller::{Identity, Proof, Unproved};
use crate::graphql::{self, Caller, OperationType};
use crate::live::service::Watch;
use crate::{App, Config, Fault};
use async_graphql::{
    ErrorExtensions, Executor, Request, Response as Executed, ServerError, Value as GraphqlValue,
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use axum::extract::{FromRequestParts, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use derive_more::From;
use futures_util::FutureExt;
use futures_util::stream::{self, BoxStream, StreamExt};
use renkei_domain::limits;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::convert::Infallible;
use std::error::Error;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_stream::{StreamMap, StreamNotifyClose};
use tokio_tungstenite::tungstenite;

const PROTOCOL: &str = "graphql-transport-ws";
/// From the upgrade to `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(3);
const PING_INTERVAL: Duration = Duration::from_secs(5);
/// Since the client's last message.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(12);
/// For the client to take a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// For the client to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// At a time.
const OPERATIONS: usize = 20;
/// Characters in an operation's id.
const ID_CHARS: usize = 100;
/// Bytes.
const READ_BUFFER: usize = 1024;
/// Bytes; a longer frame is not read at all.
const FRAME: usize = 2 * limits::REQUEST_BYTES;

const GOING_AWAY: CloseFrame = close_frame(1001, "Going away");
const TOO_LONG: CloseFrame = close_frame(1009, "Message too big");
const MALFORMED: CloseFrame = close_frame(4400, "Invalid message");
const NOT_INITIALISED: CloseFrame = close_frame(4401, "Unauthorized");
const FORBIDDEN: CloseFrame = close_frame(4403, "Forbidden");
const NO_PROTOCOL: CloseFrame = close_frame(4406, "Subprotocol not acceptable");
const NO_INIT: CloseFrame = close_frame(4408, "Connection initialisation timeout");
const SILENT: CloseFrame = close_frame(4408, "Nothing heard");
const DUPLICATE: CloseFrame = close_frame(4409, "Subscriber already exists");
const SECOND_INIT: CloseFrame = close_frame(4429, "Too many initialisation requests");

const fn close_frame(code: u16, reason: &'static str) -> CloseFrame {
    CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
}

/// With the number under which the fault is found in the log.
fn internal_error(fault: &Fault) -> CloseFrame {
    CloseFrame { code: 1011, reason: format!("Internal error {}", fault.log()).into() }
}

/// Whether a request asks for a WebSocket.
pub fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Answers the handshake, of this server's pages and of programs that are no browsers alone, and serves the connection in
/// a task of its own.
pub async fn open(app: App, peer: IpAddr, mut head: Parts) -> Response {
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return bad_handshake(&rejection.body_text()),
    };
    if !is_own_page(&head.headers, &app.config) {
        let japanese = "ほかのサイトのページからは接続できません。";
        return refuse(StatusCode::FORBIDDEN, japanese, "cross-origin request refused");
    }
    let address = client_address(peer, &head.headers, &app.config.proxies);
    let client = Client {
        app,
        proof: bearer::proof(&head.headers),
        address,
        stopping: head.extensions.get::<Stopping>().cloned().unwrap_or_default(),
        _permit: head.extensions.get::<Arc<ConnectionPermit>>().cloned(),
    };
    let mut response = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_frame_size(FRAME)
        .max_message_size(limits::REQUEST_BYTES)
        .on_upgrade(|socket| serve(socket, client));
    // With them goes the letter case of the request's headers: Python's gql looks for its protocol in no other.
    response.extensions_mut().extend(head.extensions);
    response
}

fn bad_handshake(why: &str) -> Response {
    let japanese = "WebSocketの接続の手順が正しくありません。";
    let mut response = refuse(StatusCode::BAD_REQUEST, japanese, why);
    response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    response
}

/// Like the other requests' check: browsers name the page's origin at every upgrade, other programs need none.
fn is_own_page(headers: &HeaderMap, config: &Config) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if config.origin.as_deref() == Some(origin) {
        return true;
    }
    let origin = origin.parse::<Uri>().ok();
    let page = origin.as_ref().and_then(Uri::authority).map(|authority| authority.as_str());
    page.is_some() && page == headers.get(header::HOST).and_then(|host| host.to_str().ok())
}

/// Who is connected: as the handshake said, or `connection_init` of a script that cannot set a header.
struct Client {
    app: App,
    proof: Proof,
    address: IpAddr,
    stopping: Stopping,
    /// Counts the connection for as long as it lives.
    _permit: Option<Arc<ConnectionPermit>>,
}

impl Client {
    /// Who it is at this moment.
    async fn identify(&self) -> Result<Identity, Disconnect> {
        self.proof.resolve(&self.app.db).await?.ok_or(FORBIDDEN.into())
    }
}

/// Why a connection ends.
#[derive(From)]
enum Disconnect {
    /// The client is gone, or does not read.
    Lost,
    Close(CloseFrame),
}

impl From<Unproved> for Disconnect {
    fn from(unproved: Unproved) -> Self {
        match unproved {
            Unproved::WrongToken => FORBIDDEN.into(),
            Unproved::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Disconnect {
    fn from(fault: Fault) -> Self {
        internal_error(&fault).into()
    }
}

impl From<axum::Error> for Disconnect {
    fn from(error: axum::Error) -> Self {
        match error.source().and_then(|error| error.downcast_ref()) {
            Some(tungstenite::Error::Capacity(_)) => TOO_LONG.into(),
            _ => Disconnect::Lost,
        }
    }
}

async fn serve(socket: WebSocket, client: Client) {
    let now = Instant::now();
    let mut connection = Connection {
        socket,
        client,
        session: None,
        operations: StreamMap::new(),
        received_at: now,
        ping_at: now + PING_INTERVAL,
    };
    let end = match connection.socket.protocol() {
        Some(_) => catch_panic(connection.run()).await,
        None => NO_PROTOCOL.into(),
    };
    if let Disconnect::Close(frame) = end {
        connection.close(frame).await;
    }
}

/// A panic, as of a subscription's resolver, is a fault like any other, and ends this connection alone.
async fn catch_panic(running: impl Future<Output = Result<Infallible, Disconnect>>) -> Disconnect {
    match AssertUnwindSafe(running).catch_unwind().await {
        Ok(Err(end)) => end,
        Err(panic) => panicked(&*panic).into(),
    }
}

struct Connection {
    socket: WebSocket,
    client: Client,
    /// Watched since `connection_init` was acknowledged.
    session: Option<Session>,
    /// By id; `None` follows the last response.
    operations: StreamMap<String, StreamNotifyClose<BoxStream<'static, Executed>>>,
    received_at: Instant,
    ping_at: Instant,
}

struct Session {
    /// Told when the session or its rights have ended.
    ended: oneshot::Receiver<()>,
    _watch: Watch,
}

impl Connection {
    async fn run(&mut self) -> Result<Infallible, Disconnect> {
        let init_by = self.received_at + INIT_TIMEOUT;
        loop {
            let deadline = match self.session {
                None => init_by,
                Some(_) => self.ping_at.min(self.received_at + SILENCE_TIMEOUT),
            };
            tokio::select! {
                biased;
                () = self.client.stopping.asked() => return Err(GOING_AWAY.into()),
                () = ended(&mut self.session) => return Err(FORBIDDEN.into()),
                message = self.socket.recv() => self.receive(message.ok_or(Disconnect::Lost)??).await?,
                () = sleep_until(deadline) => self.tick().await?,
                Some((id, response)) = self.operations.next(), if !self.operations.is_empty() => {
                    self.respond(id, response).await?;
                }
            }
        }
    }

    /// Sends the close frame and gives the client a moment to answer it.
    async fn close(mut self, frame: CloseFrame) {
        // Its subscriptions end now, whenever it reads the frame.
        (self.operations, self.session) = (StreamMap::new(), None);
        let deadline = Instant::now() + CLOSE_TIMEOUT;
        let unread = frame == TOO_LONG;
        if let Ok(Ok(())) = timeout_at(deadline, self.socket.send(Message::Close(Some(frame)))).await {
            while let Ok(Some(Ok(_))) = timeout_at(deadline, self.socket.recv()).await {}
            if unread {
                // To close over bytes that nobody reads resets the connection, and the frame may get lost.
                sleep_until(deadline).await;
            }
        }
    }

    async fn tick(&mut self) -> Result<(), Disconnect> {
        let now = Instant::now();
        if self.session.is_none() {
            return Err(NO_INIT.into());
        }
        if now >= self.received_at + SILENCE_TIMEOUT {
            return Err(SILENT.into());
        }
        self.ping_at = now + PING_INTERVAL;
        self.send(&ServerMessage::Ping).await?;
        self.send_raw(Message::Ping(Default::default())).await
    }

    async fn receive(&mut self, message: Message) -> Result<(), Disconnect> {
        self.received_at = Instant::now();
        match message {
            Message::Text(text) => self.handle(ClientMessage::parse(&text).ok_or(MALFORMED)?).await,
            Message::Binary(_) => Err(MALFORMED.into()),
            // Axum answers pings and close frames by itself.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
        }
    }

    /// What happens rarely is boxed: a connection's task is as large as the largest future in it.
    async fn handle(&mut self, message: ClientMessage) -> Result<(), Disconnect> {
        match message {
            ClientMessage::ConnectionInit { .. } if self.session.is_some() => Err(SECOND_INIT.into()),
            ClientMessage::ConnectionInit { payload } => Box::pin(self.initialise(payload)).await,
            ClientMessage::Ping { .. } => self.send(&ServerMessage::Pong).await,
            ClientMessage::Pong { .. } => Ok(()),
            _ if self.session.is_none() => Err(NOT_INITIALISED.into()),
            ClientMessage::Subscribe { id, payload } => Box::pin(self.subscribe(id, payload)).await,
            ClientMessage::Complete { id } => {
                self.operations.remove(&id);
                Ok(())
            }
        }
    }

    async fn initialise(&mut self, payload: Option<Map<String, Value>>) -> Result<(), Disconnect> {
        if let Some(proof) = payload.as_ref().and_then(proof) {
            self.client.proof = proof;
        }
        let identity = self.client.identify().await?;
        identity.note_connection(&self.client.app.db, self.client.address).await?;
        let (watch, ended) = self.client.app.live.watch(&identity);
        self.session = Some(Session { ended, _watch: watch });
        self.ping_at = Instant::now() + PING_INTERVAL;
        self.send(&ServerMessage::ConnectionAck).await
    }

    async fn subscribe(&mut self, id: String, payload: Map<String, Value>) -> Result<(), Disconnect> {
        let request = serde_json::from_value(Value::Object(payload)).ok();
        let mut request =
            request.filter(|request: &Request| !request.query.trim().is_empty()).ok_or(MALFORMED)?;
        if self.operations.contains_key(&id) {
            return Err(DUPLICATE.into());
        }
        if self.operations.len() >= OPERATIONS {
            let message = format!("同時に行える操作は{OPERATIONS}件までです。");
            return self.send_errors(&id, &[ServerError::new(message, None)]).await;
        }
        let kind = match graphql::read(&mut request) {
            Ok(kind) => kind,
            Err(error) => return self.send_errors(&id, &[error]).await,
        };
        let client = &self.client;
        let (identity, db) = (client.identify().await?, &client.app.db);
        match kind {
            OperationType::Subscription => identity.note_connection(db, client.address).await?,
            OperationType::Query | OperationType::Mutation => identity.note_use(db, client.address).await?,
        }
        let request = request.data(Caller { identity: Some(identity), address: client.address });
        let responses = execute(client.app.clone(), request, client.stopping.clone());
        self.operations.insert(id, StreamNotifyClose::new(responses));
        Ok(())
    }

    async fn respond(&mut self, id: String, response: Option<Executed>) -> Result<(), Disconnect> {
        let Some(response) = response.map(shortened) else {
            self.operations.remove(&id);
            return self.send(&ServerMessage::Complete { id: &id }).await;
        };
        if let Some((name, json)) = encoded(&response) {
            let id = serde_json::to_string(&id).map_err(Fault::from)?;
            let text = format!(r#"{{"type":"next","id":{id},"payload":{{"data":{{"{name}":{json}}}}}}}"#);
            return self.send_raw(Message::Text(text.into())).await;
        }
        if ran(&response) {
            return self.send(&ServerMessage::Next { id: &id, payload: &response }).await;
        }
        self.operations.remove(&id);
        self.send_errors(&id, &response.errors).await
    }

    /// Of an operation that never began; it has ended with them.
    async fn send_errors(&mut self, id: &str, errors: &[ServerError]) -> Result<(), Disconnect> {
        self.send(&ServerMessage::Error { id, payload: errors }).await
    }

    async fn send(&mut self, message: &ServerMessage<'_>) -> Result<(), Disconnect> {
        let text = serde_json::to_string(message).map_err(Fault::from)?;
        self.send_raw(Message::Text(text.into())).await
    }

    async fn send_raw(&mut self, message: Message) -> Result<(), Disconnect> {
        let sent = timeout(SEND_TIMEOUT, self.socket.send(message)).await;
        Ok(sent.map_err(|_| Disconnect::Lost)??)
    }
}

/// The one field of a response that was encoded for others too, and its JSON.
fn encoded(response: &Executed) -> Option<(&str, &str)> {
    let GraphqlValue::Object(fields) = &response.data else { return None };
    match fields.first()? {
        (name, GraphqlValue::Binary(json)) => Some((name, str::from_utf8(json).ok()?)),
        _ => None,
    }
}

/// Done when the session or its rights have ended; never before `connection_init`.
async fn ended(session: &mut Option<Session>) {
    match session {
        // An error says that it is watched no longer, and ends the connection as well.
        Some(session) => drop((&mut session.ended).await),
        None => std::future::pending().await,
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ClientMessage {
    ConnectionInit {
        payload: Option<Map<String, Value>>,
    },
    Ping {
        #[serde(rename = "payload")]
        _payload: Option<Map<String, Value>>,
    },
    Pong {
        #[serde(rename = "payload")]
        _payload: Option<Map<String, Value>>,
    },
    Subscribe {
        id: String,
        payload: Map<String, Value>,
    },
    Complete {
        id: String,
    },
}

impl ClientMessage {
    fn parse(text: &str) -> Option<Self> {
        let message = serde_json::from_str(text).ok()?;
        match &message {
            Self::Subscribe { id, .. } | Self::Complete { id } => {
                (1..=ID_CHARS).contains(&id.chars().count()).then_some(message)
            }
            _ => Some(message),
        }
    }
}

/// The token in a `connection_init`: `{"Authorization": "Bearer …"}`, as graphql-ws' `connectionParams` say it.
fn proof(payload: &Map<String, Value>) -> Option<Proof> {
    let named = |(name, _): &(&String, &Value)| name.eq_ignore_ascii_case("authorization");
    match payload.iter().find(named)?.1 {
        Value::Null => None,
        given => Some(bearer::proved(given.as_str().unwrap_or_default())),
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ServerMessage<'a> {
    ConnectionAck,
    Ping,
    Pong,
    Next { id: &'a str, payload: &'a Executed },
    Error { id: &'a str, payload: &'a [ServerError] },
    Complete { id: &'a str },
}

/// The first response is made in a task of its own, within the same limits as requests by HTTP: a mutation is finished also
/// when the connection is lost, or the server is to stop.
fn execute(app: App, request: Request, stopping: Stopping) -> BoxStream<'static, Executed> {
    let started = tokio::spawn(async move {
        let _stopping = stopping;
        let Some(_permit) = app.admission.acquire().await else { return refused(overloaded()) };
        let mut responses = app.executor.execute_stream(request, None);
        let first = responses.next().await;
        stream::iter(first).chain(responses).boxed()
    });
    let started = started.map(|started| started.unwrap_or_else(|error| refused(Fault::from(error).into())));
    stream::once(started).flatten().boxed()
}

fn refused(error: async_graphql::Error) -> BoxStream<'static, Executed> {
    let error = error.into_server_error(Default::default());
    stream::iter([Executed::from_errors(vec![error])]).boxed()
}

fn overloaded() -> async_graphql::Error {
    let error = async_graphql::Error::new(OVERLOADED);
    error.extend_with(|_, extensions| extensions.set("code", "OVERLOADED"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_message_of_another_shape_is_none() {
        for wrong in [
            "",
            "[]",
            "\"ping\"",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start","id":"1"}"#,
            r#"{"type":"connection_init","payload":1}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(ClientMessage::parse(wrong).is_none(), "{wrong}");
        }
        let init = |payload: &str| match ClientMessage::parse(&format!(
            r#"{{"type":"connection_init"{payload}}}"#
        )) {
            Some(ClientMessage::ConnectionInit { payload }) => payload.as_ref().and_then(proof),
            other => panic!("{payload}: {other:?}"),
        };
        for nothing in
            ["", r#","payload":null"#, r#","payload":{"a":1}"#, r#","payload":{"Authorization":null}"#]
        {
            assert!(init(nothing).is_none(), "{nothing}");
        }
        for wrong in [r#","payload":{"Authorization":1}"#, r#","payload":{"authorization":"x"}"#] {
            assert!(matches!(init(wrong), Some(Proof::Token(None))), "{wrong}");
        }
        let secret = format!("renkei_{}", "0a".repeat(32));
        let right = init(&format!(r#","payload":{{"authorization":"Bearer {secret}"}}"#));
        assert!(matches!(right, Some(Proof::Token(Some(_)))));
        assert!(matches!(
            ClientMessage::parse(r#"{"type":"pong","payload":null}"#),
            Some(ClientMessage::Pong { .. })
        ));
        let complete = ClientMessage::parse(r#"{"type":"complete","id":"1"}"#);
        assert!(matches!(complete, Some(ClientMessage::Complete { id }) if id == "1"));
    }

    #[tokio::test]
    async fn a_panic_closes_the_connection_with_the_number_of_the_fault() {
        let Disconnect::Close(frame) = catch_panic(async { panic!("on purpose") }).await else {
            panic!("it is lost");
        };
        let number = frame.reason.strip_prefix("Internal error ").unwrap();
        assert!(frame.code == 1011 && number.len() == 8 && number.chars().all(|one| one.is_ascii_hexdigit()));
        let ended = catch_panic(async { Err(GOING_AWAY.into()) }).await;
        assert!(matches!(ended, Disconnect::Close(frame) if frame == GOING_AWAY));
    }

    #[test]
    fn only_pages_of_this_server_are_let_in() {
        let from = |origin: Option<&'static str>, config: &Config| {
            let mut headers =
                HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("renkei.example:8080"))]);
            headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
            is_own_page(&headers, config)
        };
        let plain = Config::default();
        assert!(from(None, &plain));
        assert!(from(Some("http://renkei.example:8080"), &plain));
        for foreign in
            ["http://renkei.example", "http://renkei.example:8081", "http://evil.example", "null", ""]
        {
            assert!(!from(Some(foreign), &plain), "{foreign}");
        }
        let named = Config { origin: Some("https://renkei.example".to_owned()), ..Config::default() };
        assert!(from(Some("https://renkei.example"), &named));
        assert!(!from(Some("http://renkei.example"), &named));
    }
}
