//! `/graphql` over a WebSocket: the protocol graphql-transport-ws, with its close codes, on `Schema::execute_stream`.
//!
//! One task a socket, which reads, writes and polls its operations in turn: a reader that is slow makes them wait, so
//! nothing piles up. Who is signed in is looked at again for as long as the socket lives.

use super::address::client_address;
use super::admission;
use super::bearer;
use super::crowd::Place;
use super::faulty;
use super::graphql::{Answer, host, request};
use super::panicked;
use super::refusal::refuse;
use super::request::Parameters;
use super::serve::Stopping;
use super::upgrade::{Socket, TooLong, Upgrade};
use crate::caller::{Identity, Proof, Unproved};
use crate::graphql::{self, Caller, OperationType};
use crate::live::service::Watch;
use crate::{App, Config, Fault};
use async_graphql::{ErrorExtensions, Executor, Request, Response as Executed};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use futures_util::FutureExt;
use futures_util::stream::{self, BoxStream, StreamExt};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::future::poll_fn;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;

const PROTOCOL: &str = "graphql-transport-ws";
/// From the upgrade to `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(3);
/// Between two pings.
const PING_EVERY: Duration = Duration::from_secs(5);
/// After the last word of the other end.
const SILENCE: Duration = Duration::from_secs(12);
/// For the other end to take a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// For the other end to take leave.
const FAREWELL: Duration = Duration::from_secs(1);
/// Operations at a time.
const OPERATIONS: usize = 20;
/// Characters in an operation's id.
const ID_CHARS: usize = 100;

/// How a conversation ends: the code and the reason of the close frame.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End(u16, Cow<'static, str>);

const GOING_AWAY: End = End(1001, Cow::Borrowed("Going away"));
const TOO_LONG: End = End(1009, Cow::Borrowed("Message too big"));
const MALFORMED: End = End(4400, Cow::Borrowed("Invalid message"));
const NOT_INITIALISED: End = End(4401, Cow::Borrowed("Unauthorized"));
const FORBIDDEN: End = End(4403, Cow::Borrowed("Forbidden"));
const NO_PROTOCOL: End = End(4406, Cow::Borrowed("Subprotocol not acceptable"));
const NO_INIT: End = End(4408, Cow::Borrowed("Connection initialisation timeout"));
const SILENT: End = End(4408, Cow::Borrowed("Nothing heard"));
const DUPLICATE: End = End(4409, Cow::Borrowed("Subscriber already exists"));
const SECOND_INIT: End = End(4429, Cow::Borrowed("Too many initialisation requests"));

/// With the number under which the fault is found in the log.
fn broken(fault: &Fault) -> End {
    End(1011, format!("Internal error {}", fault.log()).into())
}

/// Opens the conversation, with pages of this server and with scripts alone.
pub async fn open(app: App, peer: IpAddr, head: &Parts) -> Response {
    let upgrade = match Upgrade::read(head, PROTOCOL) {
        Ok(upgrade) => upgrade,
        Err(refusal) => return *refusal,
    };
    if !is_own_page(&head.headers, &head.uri, &app.config) {
        let japanese = "ほかのサイトのページからは接続できません。";
        return refuse(StatusCode::FORBIDDEN, japanese, "cross-origin request refused");
    }
    let address = client_address(peer, &head.headers, &app.config.proxies);
    let proof = bearer::proof(&head.headers);
    if let Proof::Token(_) = &proof {
        match proof.resolve(&app.db, address).await {
            Ok(_) => {}
            Err(Unproved::WrongToken) => return bearer::unauthorized(),
            Err(Unproved::Fault(fault)) => return faulty(&fault),
        }
    }
    let visitor = Visitor {
        app,
        proof,
        address,
        stopping: head.extensions.get::<Stopping>().cloned().unwrap_or_default(),
        _place: head.extensions.get::<Arc<Place>>().cloned(),
    };
    upgrade.then(|socket| converse(socket, visitor))
}

/// Like the other requests' check: browsers name the page's origin at every upgrade, other programs need none.
fn is_own_page(headers: &HeaderMap, uri: &Uri, config: &Config) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if config.origin.as_deref() == Some(origin) {
        return true;
    }
    let origin = origin.parse::<Uri>().ok();
    let page = origin.as_ref().and_then(Uri::authority).map(|authority| authority.as_str());
    page.is_some() && page == host(headers, uri)
}

/// Who is at the other end, as the upgrade said, or the first message: scripts that cannot set a header say it there.
struct Visitor {
    app: App,
    proof: Proof,
    address: IpAddr,
    stopping: Stopping,
    /// Among those behind the same address, where a proxy tells it.
    _place: Option<Arc<Place>>,
}

impl Visitor {
    /// Who it is, at this moment; somebody must be.
    async fn resolve(&self) -> Result<Identity, Broken> {
        self.proof.resolve(&self.app.db, self.address).await?.ok_or(FORBIDDEN.into())
    }

    /// Like [`Visitor::resolve`], but no use of a session.
    async fn peek(&self) -> Result<Identity, Broken> {
        self.proof.peek(&self.app.db, self.address).await?.ok_or(FORBIDDEN.into())
    }
}

async fn converse(socket: Socket, visitor: Visitor) {
    let mut stopping = visitor.stopping.clone();
    let mut talk = Talk::new(socket, visitor);
    let end = match talk.socket.agreed {
        true => unless_panicked(talk.run(&mut stopping)).await,
        false => Some(NO_PROTOCOL),
    };
    if let Some(end) = end {
        talk.part(end).await;
    }
}

/// A panic, as of a subscription's resolver, is a fault like any other, and ends this conversation alone.
async fn unless_panicked(conversation: impl Future<Output = Option<End>>) -> Option<End> {
    match AssertUnwindSafe(conversation).catch_unwind().await {
        Ok(end) => end,
        Err(panic) => Some(broken(&panicked(&*panic))),
    }
}

/// One conversation.
struct Talk {
    socket: Socket,
    visitor: Visitor,
    /// Who is signed in, once that is acknowledged.
    greeted: Option<Greeted>,
    operations: Vec<Operation>,
    /// Which operation is asked first, so that each has its turn.
    turn: usize,
    heard: Instant,
    ping_at: Instant,
}

struct Greeted {
    /// Told when the session or its rights have ended.
    ended: oneshot::Receiver<()>,
    _watch: Watch,
}

struct Operation {
    id: String,
    answers: BoxStream<'static, Executed>,
}

impl Talk {
    fn new(socket: Socket, visitor: Visitor) -> Self {
        let now = Instant::now();
        Talk {
            socket,
            visitor,
            greeted: None,
            operations: Vec::new(),
            turn: 0,
            heard: now,
            ping_at: now + PING_EVERY,
        }
    }

    /// Goes on until one end leaves; `None`: the other one is gone.
    async fn run(&mut self, stopping: &mut Stopping) -> Option<End> {
        let init_by = self.heard + INIT_TIMEOUT;
        loop {
            let deadline = match self.greeted {
                None => init_by,
                Some(_) => self.ping_at.min(self.heard + SILENCE),
            };
            let step = tokio::select! {
                biased;
                () = stopping.asked() => return Some(GOING_AWAY),
                () = ended(&mut self.greeted) => return Some(FORBIDDEN),
                message = self.socket.hear() => match message? {
                    Ok(message) => self.hear(message).await,
                    Err(TooLong) => return Some(TOO_LONG),
                },
                () = sleep_until(deadline) => self.tick().await,
                (index, answer) = answer(&mut self.operations, self.turn) => self.tell(index, answer).await,
            };
            match step {
                Ok(()) => {}
                Err(Broken::Rule(end)) => return Some(end),
                Err(Broken::Line) => return None,
            }
        }
    }

    /// Says why, and gives the other end a moment to read it.
    async fn part(mut self, End(code, reason): End) {
        // What it subscribed to ends now, whenever it reads of it.
        (self.operations, self.greeted) = (Vec::new(), None);
        let by = Instant::now() + FAREWELL;
        if let Ok(Ok(())) = timeout_at(by, self.socket.close(code, &reason)).await {
            if code == TOO_LONG.0 {
                let _ = timeout_at(by, Box::pin(self.socket.drain())).await;
            }
            while let Ok(Some(_)) = timeout_at(by, self.socket.hear()).await {}
        }
    }

    async fn tick(&mut self) -> Result<(), Broken> {
        let now = Instant::now();
        if self.greeted.is_none() {
            return Err(NO_INIT.into());
        }
        if now >= self.heard + SILENCE {
            return Err(SILENT.into());
        }
        self.ping_at = now + PING_EVERY;
        self.say(&Saying::Ping).await?;
        taken(self.socket.ping()).await
    }

    async fn hear(&mut self, message: Message) -> Result<(), Broken> {
        self.heard = Instant::now();
        match message {
            Message::Text(text) => match Said::read(text.as_str()) {
                Some(said) => self.obey(said).await,
                None => Err(MALFORMED.into()),
            },
            Message::Binary(_) => Err(MALFORMED.into()),
            // Pings and leave are answered by the library; the read after leave says that it is over.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => Ok(()),
        }
    }

    /// What happens rarely is boxed: a socket is as large as the largest that it does.
    async fn obey(&mut self, said: Said) -> Result<(), Broken> {
        match said {
            Said::Init { .. } if self.greeted.is_some() => Err(SECOND_INIT.into()),
            Said::Init { proof } => {
                if let Some(proof) = proof {
                    self.visitor.proof = proof;
                }
                Box::pin(self.greet()).await
            }
            Said::Ping => self.say(&Saying::Pong).await,
            Said::Pong => Ok(()),
            _ if self.greeted.is_none() => Err(NOT_INITIALISED.into()),
            Said::Subscribe { id, parameters } => Box::pin(self.begin(id, *parameters)).await,
            Said::Complete { id } => {
                self.operations.retain(|operation| operation.id != id);
                Ok(())
            }
        }
    }

    async fn greet(&mut self) -> Result<(), Broken> {
        let identity = self.visitor.peek().await?;
        let (watch, ended) = self.visitor.app.live.watch(&identity);
        self.greeted = Some(Greeted { ended, _watch: watch });
        self.ping_at = Instant::now() + PING_EVERY;
        self.say(&Saying::ConnectionAck).await
    }

    async fn begin(&mut self, id: String, parameters: Parameters) -> Result<(), Broken> {
        if self.operations.iter().any(|operation| operation.id == id) {
            return Err(DUPLICATE.into());
        }
        if self.operations.len() >= OPERATIONS {
            let message = format!("同時に行える操作は{OPERATIONS}件までです。");
            let error = async_graphql::ServerError::new(message, None);
            return self.say(&Saying::Error { id: &id, payload: &[error] }).await;
        }
        let mut request = request(parameters);
        let kind = match graphql::read(&mut request) {
            Ok(kind) => kind,
            Err(error) => return self.say(&Saying::Error { id: &id, payload: &[error] }).await,
        };
        let subscribes = kind == OperationType::Subscription;
        let app = &self.visitor.app;
        let identity = match subscribes {
            true => self.visitor.peek().await?,
            false => self.visitor.resolve().await?,
        };
        let request = request.data(Caller { identity: Some(identity), address: self.visitor.address });
        let answers = match subscribes {
            true => app.executor.execute_stream(request, None),
            false => finished(app.clone(), request, self.visitor.stopping.clone()),
        };
        self.operations.push(Operation { id, answers });
        Ok(())
    }

    /// An operation has an answer, or no more.
    async fn tell(&mut self, index: usize, answer: Option<Executed>) -> Result<(), Broken> {
        self.turn = index + 1;
        let Some(executed) = answer else {
            let operation = self.operations.swap_remove(index);
            return self.say(&Saying::Complete { id: &operation.id }).await;
        };
        let answer = Answer::new(executed);
        if answer.ran() {
            let id = self.operations[index].id.clone();
            return self.say(&Saying::Next { id: &id, payload: &answer }).await;
        }
        // Never began: an error ends it.
        let operation = self.operations.swap_remove(index);
        self.say(&Saying::Error { id: &operation.id, payload: &answer.errors }).await
    }

    async fn say(&mut self, saying: &Saying<'_>) -> Result<(), Broken> {
        let text = serde_json::to_string(saying).map_err(Fault::from)?;
        taken(self.socket.say(text)).await
    }
}

/// Sent, if the other end takes it in time.
async fn taken<E>(sending: impl Future<Output = Result<(), E>>) -> Result<(), Broken> {
    match timeout(SEND_TIMEOUT, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Broken::Line),
    }
}

/// Why a conversation cannot go on.
enum Broken {
    /// The other end is gone, or takes nothing.
    Line,
    Rule(End),
}

impl From<End> for Broken {
    fn from(end: End) -> Self {
        Broken::Rule(end)
    }
}

impl From<Unproved> for Broken {
    fn from(unproved: Unproved) -> Self {
        match unproved {
            Unproved::WrongToken => FORBIDDEN.into(),
            Unproved::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Broken::Rule(broken(&fault))
    }
}

/// What the other end says.
#[derive(Debug)]
enum Said {
    /// With a token, if `payload` brings one.
    Init {
        proof: Option<Proof>,
    },
    Ping,
    Pong,
    Subscribe {
        id: String,
        parameters: Box<Parameters>,
    },
    Complete {
        id: String,
    },
}

impl Said {
    fn read(text: &str) -> Option<Self> {
        let Value::Object(mut message) = serde_json::from_str(text).ok()? else { return None };
        let payload = message.remove("payload");
        let has_map = matches!(payload, None | Some(Value::Null | Value::Object(_)));
        let id = match message.remove("id") {
            Some(Value::String(id)) if !id.is_empty() && id.chars().count() <= ID_CHARS => Some(id),
            _ => None,
        };
        match message.get("type")?.as_str()? {
            "connection_init" if has_map => Some(Said::Init { proof: payload.as_ref().and_then(proof) }),
            "ping" if has_map => Some(Said::Ping),
            "pong" if has_map => Some(Said::Pong),
            "complete" => Some(Said::Complete { id: id? }),
            "subscribe" => {
                let parameters = Box::new(Parameters::from_value(payload?).ok()?);
                Some(Said::Subscribe { id: id?, parameters })
            }
            _ => None,
        }
    }
}

/// The token in a `connection_init`: `{"Authorization": "Bearer …"}`, as graphql-ws' `connectionParams` say it.
fn proof(payload: &Value) -> Option<Proof> {
    let named = |(name, _): &(&String, &Value)| name.eq_ignore_ascii_case("authorization");
    match payload.as_object()?.iter().find(named)?.1 {
        Value::Null => None,
        given => Some(bearer::proved(given.as_str().unwrap_or_default())),
    }
}

/// What this end says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Saying<'a> {
    ConnectionAck,
    Ping,
    Pong,
    Next { id: &'a str, payload: &'a Answer },
    Error { id: &'a str, payload: &'a [async_graphql::ServerError] },
    Complete { id: &'a str },
}

/// Done when the session or its rights have ended; never, where nobody is signed in yet.
async fn ended(greeted: &mut Option<Greeted>) {
    match greeted {
        // An error says that nobody watches any more, which is no reason to go on.
        Some(greeted) => drop((&mut greeted.ended).await),
        None => std::future::pending().await,
    }
}

/// The next answer of any operation, each in its turn.
async fn answer(operations: &mut [Operation], turn: usize) -> (usize, Option<Executed>) {
    poll_fn(|context| {
        let count = operations.len();
        for step in 0..count {
            let index = (turn + step) % count;
            if let Poll::Ready(answer) = operations[index].answers.poll_next_unpin(context) {
                return Poll::Ready((index, answer));
            }
        }
        Poll::Pending
    })
    .await
}

/// A query or a mutation, in a task of its own: what was begun is finished, also when the line drops meanwhile, or the
/// server is to stop.
fn finished(app: App, request: Request, stopping: Stopping) -> BoxStream<'static, Executed> {
    let executed = tokio::spawn(async move {
        let _stopping = stopping;
        match app.admission.turn().await {
            Some(_turn) => app.executor.execute(request).await,
            None => overloaded(),
        }
    });
    let executed = async {
        executed.await.unwrap_or_else(|ended| {
            let error = async_graphql::Error::from(Fault::from(ended));
            Executed::from_errors(vec![error.into_server_error(Default::default())])
        })
    };
    stream::once(executed).boxed()
}

fn overloaded() -> Executed {
    let error = async_graphql::Error::new(admission::JAPANESE);
    let error = error.extend_with(|_, extensions| extensions.set("code", "OVERLOADED"));
    Executed::from_errors(vec![error.into_server_error(Default::default())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn what_is_no_message_is_none() {
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
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(Said::read(wrong).is_none(), "{wrong}");
        }
        let init = |payload: &str| match Said::read(&format!(r#"{{"type":"connection_init"{payload}}}"#)) {
            Some(Said::Init { proof }) => proof,
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
        assert!(matches!(Said::read(r#"{"type":"pong","payload":null}"#), Some(Said::Pong)));
        let complete = Said::read(r#"{"type":"complete","id":"1"}"#);
        assert!(matches!(complete, Some(Said::Complete { id }) if id == "1"));
    }

    #[tokio::test]
    async fn a_panic_ends_a_conversation_and_nothing_else() {
        let Some(End(code, reason)) = unless_panicked(async { panic!("on purpose") }).await else {
            panic!("it goes on");
        };
        let number = reason.strip_prefix("Internal error ").unwrap();
        assert!(code == 1011 && number.len() == 8 && number.chars().all(|one| one.is_ascii_hexdigit()));
        assert_eq!(unless_panicked(async { Some(GOING_AWAY) }).await, Some(GOING_AWAY));
    }

    #[test]
    fn only_pages_of_this_server_are_let_in() {
        let from = |origin: Option<&'static str>, config: &Config| {
            let mut headers =
                HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("renkei.example:8080"))]);
            headers.extend(origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin))));
            is_own_page(&headers, &Uri::from_static("/graphql"), config)
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
