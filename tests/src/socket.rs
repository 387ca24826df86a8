//! Somebody at the other end of a WebSocket, who speaks graphql-transport-ws, or nonsense.

use crate::{Client, Matrix};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Error, HandshakeError, Message, WebSocket};

/// For what has to come, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// All that a sheet's events say. Its variables: `sheet`, `after`, `visit`.
const EVENTS: &str = "__typename
    ... on EntrySaved { merged entry { ...E } change { seq summary byName by { login } } }
    ... on EntryDeleted { id version change { seq by { login } } }
    ... on SheetChanged { sheet { id seq } change { seq } }
    ... on SheetReset { seq }
    ... on PresenceChanged { present { account { login } entryId visitId } }";
const ENTRY: &str =
    "fragment E on Entry { id item { code } facet body notes { text } position version deletedAt
    updatedBy { login } viewerCanEdit }";

/// One event of a sheet.
pub type Event = Value;

pub struct Socket {
    socket: WebSocket<TcpStream>,
    /// Answers pings, as any client does.
    pub polite: bool,
}

impl Socket {
    /// With the client's session or token. An error is the status with which the upgrade was refused.
    pub fn open(url: &str, client: &Client, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        Self::open_at(url, "/graphql", client, headers)
    }

    fn open_at(
        url: &str,
        path: &str,
        client: &Client,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let address = url.trim_start_matches("http://");
        let mut request = format!("ws://{address}{path}").into_client_request().expect("an address");
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).expect("a header"));
        }
        if let Some(token) = client.token() {
            let cookie = HeaderValue::from_str(&format!("renkei_session={token}")).expect("a cookie");
            request.headers_mut().insert("cookie", cookie);
        }
        if let Some(token) = &client.bearer {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}")).expect("a header");
            request.headers_mut().insert("authorization", bearer);
        }
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
        stream.set_nodelay(true).expect("small messages at once");
        let mut handshake = tungstenite::client(request, stream);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match handshake {
                Ok((socket, _)) => return Ok(Self { socket, polite: true }),
                Err(HandshakeError::Failure(Error::Http(response))) => {
                    return Err(response.status().as_u16());
                }
                Err(HandshakeError::Interrupted(unfinished)) if Instant::now() < deadline => {
                    handshake = unfinished.handshake();
                }
                Err(error) => panic!("no upgrade: {error}"),
            }
        }
    }

    /// Connected, and told that it is.
    pub fn greeted(url: &str, client: &Client) -> Self {
        Self::greeted_at(url, "/graphql", client)
    }

    /// [`Socket::greeted`] at an address with parameters.
    pub fn greeted_at(url: &str, path: &str, client: &Client) -> Self {
        let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
        let mut socket = Self::open_at(url, path, client, &protocol).expect("an upgrade");
        socket.say(&json!({ "type": "connection_init" }));
        assert_eq!(socket.hear(), json!({ "type": "connection_ack" }));
        socket
    }

    /// Connected, with nothing said yet.
    pub fn plain(url: &str, client: &Client) -> Self {
        Self::open(url, client, &[("sec-websocket-protocol", "graphql-transport-ws")]).expect("an upgrade")
    }

    /// Subscribed to the newest sheet, under the id `events`; the first event, who is here, is read.
    pub fn on_sheet(url: &str, client: &Client, matrix: &Matrix, after: Value) -> Self {
        let mut socket = Self::greeted(url, client);
        socket.subscribe_to(matrix, after, Value::Null);
        assert_eq!(socket.event()["__typename"], "PresenceChanged");
        socket
    }

    pub fn subscribe_to(&mut self, matrix: &Matrix, after: Value, visit: Value) {
        let query = format!(
            "subscription($sheet: ID!, $after: Int, $visit: ID) {{
                sheetEvents(sheetId: $sheet, afterSeq: $after, visitId: $visit) {{ {EVENTS} }} }} {ENTRY}"
        );
        let variables = json!({ "sheet": matrix.sheet["id"], "after": after, "visit": visit });
        self.subscribe("events", &query, variables);
    }

    pub fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(&json!({ "type": "subscribe", "id": id, "payload": payload }));
    }

    pub fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string()));
    }

    pub fn send(&mut self, message: Message) {
        self.socket.send(message).expect("the line is there");
    }

    /// The next message but pings.
    pub fn hear(&mut self) -> Value {
        self.within(PATIENCE).unwrap_or_else(|| panic!("nothing was said"))
    }

    /// The next event of `events`.
    pub fn event(&mut self) -> Event {
        let mut message = self.hear();
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!("events")), "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        message["payload"]["data"]["sheetEvents"].take()
    }

    /// The next event that is about something else than who is here.
    pub fn change(&mut self) -> Event {
        loop {
            let event = self.event();
            if event["__typename"] != "PresenceChanged" {
                return event;
            }
        }
    }

    /// What is said within this time, but pings.
    pub fn within(&mut self, time: Duration) -> Option<Value> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            match self.read()? {
                Some(Message::Text(text)) => {
                    let message: Value = serde_json::from_str(&text).expect("messages are JSON");
                    match message["type"].as_str() {
                        Some("ping") if self.polite => self.say(&json!({ "type": "pong" })),
                        Some("ping") => {}
                        _ => return Some(message),
                    }
                }
                Some(Message::Close(frame)) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
        None
    }

    /// The code with which the server closes; what it says before is let pass.
    pub fn code(&mut self) -> u16 {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.read().expect("a close frame comes before the end") {
                Some(Message::Close(Some(frame))) => return frame.code.into(),
                Some(Message::Close(None)) => panic!("closed without a code"),
                Some(Message::Text(text)) if self.polite && text.contains("\"ping\"") => {
                    // The server may have closed meanwhile.
                    let _ = self.socket.send(Message::text("{\"type\":\"pong\"}"));
                }
                _ => {}
            }
        }
        panic!("the server does not close");
    }

    /// `None`: the line is gone; `Some(None)`: nothing yet.
    fn read(&mut self) -> Option<Option<Message>> {
        use std::io::ErrorKind::{TimedOut, WouldBlock};
        match self.socket.read() {
            Ok(message) => Some(Some(message)),
            Err(Error::Io(error)) if matches!(error.kind(), TimedOut | WouldBlock) => Some(None),
            Err(_) => None,
        }
    }
}
