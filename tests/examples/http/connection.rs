//! A client's connection: one request at a time, each answer read to its end.

use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Ok,
    /// 503 or 429 with `Retry-After`.
    Refused,
    Other,
}

impl Connection {
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, read: Vec::new() })
    }

    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let mut whole = None;
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            whole = whole.or_else(|| length(&self.read));
            if whole.is_some_and(|whole| self.read.len() >= whole) {
                return Ok(answer(&self.read));
            }
        }
    }
}

fn answer(bytes: &[u8]) -> Answer {
    let head = String::from_utf8_lossy(bytes.get(..1_000).unwrap_or(bytes));
    match head.get(9..12) {
        Some("200") => Answer::Ok,
        Some("503" | "429") if head.contains("\r\nretry-after: ") => Answer::Refused,
        _ => Answer::Other,
    }
}

/// Bytes of the whole answer, once its head is here.
fn length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head]).ok()?.to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head + 4 + length.trim().parse::<usize>().ok()?)
}
