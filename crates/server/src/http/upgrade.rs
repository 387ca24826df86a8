//! From HTTP to a WebSocket: the handshake, and a socket that holds no more memory after a long message than before.
//!
//! Not axum's: it sends each message in one frame, and the buffer of a socket stays as large as its largest frame was.

use super::refusal::refuse;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use renkei_domain::limits;
use tokio::io::AsyncReadExt;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Utf8Bytes};

/// Of a socket's read buffer, which is there as long as the socket is; longer messages are put together.
const READ_BUFFER: usize = 1024;
/// Bytes of a frame with its head, of which the write buffer holds one; longer messages go out as several.
const FRAME: usize = 2 * 1024;
const FRAME_HEAD: usize = 4;

/// Whether a request asks for a WebSocket.
pub fn asked_for(head: &Parts) -> bool {
    let upgrade = head.headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// A handshake that is whole.
pub struct Upgrade {
    line: OnUpgrade,
    answer: Response,
    agreed: bool,
}

impl Upgrade {
    /// Takes a handshake apart; `protocol` is the only one that is spoken here. Refused: what is no handshake.
    pub fn read(head: &Parts, protocol: &'static str) -> Result<Self, Box<Response>> {
        let answer = create_response_with_body(&Request::from_parts(head.clone(), ()), Body::empty);
        let mut answer = answer.map_err(|error| incomplete(&error))?;
        // In the letter case of the request: Python's gql looks for its protocol in no other.
        answer.extensions_mut().extend(head.extensions.clone());
        let line = head.extensions.get::<OnUpgrade>().cloned();
        let line = line.ok_or_else(|| incomplete(&ProtocolError::MissingConnectionUpgradeHeader.into()))?;
        let agreed = offers(&head.headers, protocol);
        if agreed {
            answer.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
        }
        Ok(Upgrade { line, answer, agreed })
    }

    /// The answer; once it is out, the socket is talked with in a task of its own.
    pub fn then<F: Future<Output = ()> + Send>(
        self,
        talk: impl FnOnce(Socket) -> F + Send + 'static,
    ) -> Response {
        let Upgrade { line, answer, agreed } = self;
        tokio::spawn(async move {
            // The other end may be gone before.
            let Ok(line) = line.await else { return };
            let config = WebSocketConfig::default()
                .max_message_size(Some(limits::REQUEST_BYTES))
                .max_frame_size(Some(limits::REQUEST_BYTES))
                .read_buffer_size(READ_BUFFER)
                .write_buffer_size(0);
            let line = TokioIo::new(line);
            let stream = WebSocketStream::from_raw_socket(line, Role::Server, Some(config)).await;
            talk(Socket { stream, agreed }).await;
        });
        answer
    }
}

fn incomplete(why: &Error) -> Box<Response> {
    let japanese = "WebSocketの接続の手順が正しくありません。";
    let mut answer = refuse(StatusCode::BAD_REQUEST, japanese, &why.to_string());
    answer.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    answer.into()
}

fn offers(headers: &HeaderMap, protocol: &str) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter();
    let mut offered = offered.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    offered.any(|one| one.trim() == protocol)
}

/// A message of more bytes than a request may have.
#[derive(Debug)]
pub struct TooLong;

pub struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    /// Whether the other end speaks the protocol.
    pub agreed: bool,
}

impl Socket {
    /// The next message; `None`: the line is closed, or broken.
    pub async fn hear(&mut self) -> Option<Result<Message, TooLong>> {
        match self.stream.next().await? {
            Ok(message) => Some(Ok(message)),
            Err(Error::Capacity(_)) => Some(Err(TooLong)),
            Err(_) => None,
        }
    }

    /// Lets pass what is still under way: a line that is closed over it ends before its farewell is read.
    pub async fn drain(&mut self) {
        let mut piece = vec![0; FRAME];
        while self.stream.get_mut().read(&mut piece).await.is_ok_and(|read| read > 0) {}
    }

    /// A text, in as many frames as it needs.
    pub async fn say(&mut self, text: String) -> Result<(), Error> {
        const MOST: usize = FRAME - FRAME_HEAD;
        if text.len() <= MOST {
            return self.send(Message::text(text)).await;
        }
        let (mut rest, mut opcode) = (Bytes::from(text), Data::Text);
        while !rest.is_empty() {
            let piece = rest.split_to(MOST.min(rest.len()));
            let frame = Frame::message(piece, OpCode::Data(opcode), rest.is_empty());
            self.send(Message::Frame(frame)).await?;
            opcode = Data::Continue;
        }
        Ok(())
    }

    pub async fn ping(&mut self) -> Result<(), Error> {
        self.send(Message::Ping(Bytes::new())).await
    }

    pub async fn close(&mut self, code: u16, reason: &str) -> Result<(), Error> {
        let frame = CloseFrame { code: code.into(), reason: Utf8Bytes::from(reason) };
        self.send(Message::Close(Some(frame))).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Error> {
        self.stream.send(message).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(headers: &[(&'static str, &'static str)]) -> Parts {
        let request = headers
            .iter()
            .fold(Request::get("/graphql"), |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn half_a_handshake_is_refused_with_what_is_missing() {
        let whole = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        for missing in 0..=whole.len() {
            let mut headers = whole.to_vec();
            if missing < whole.len() {
                headers.remove(missing);
            }
            // None of them came over a line that could be taken over.
            let refused = Upgrade::read(&head(&headers), "x").err().unwrap();
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
            assert_eq!(refused.headers()[header::SEC_WEBSOCKET_VERSION], "13");
        }
    }

    #[test]
    fn a_protocol_is_one_of_those_that_are_offered() {
        let offered = |values: &[&'static str]| {
            let headers: Vec<_> = values.iter().map(|value| ("sec-websocket-protocol", *value)).collect();
            offers(&head(&headers).headers, "graphql-transport-ws")
        };
        assert!(offered(&["graphql-transport-ws"]));
        assert!(offered(&["graphql-ws, graphql-transport-ws"]));
        assert!(offered(&["graphql-ws", "graphql-transport-ws"]));
        for other in [&[][..], &["graphql-ws"], &["graphql-transport-ws2"]] {
            assert!(!offered(other), "{other:?}");
        }
    }
}
