//! Requests as they ought to be: one at a time on a connection that stays open, the answer read to its end.

use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection of which the requests are answered with a length.
pub struct Line {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Line {
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Line { stream, read: Vec::with_capacity(256 << 10) })
    }

    /// The status of a whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let mut whole = None;
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            whole = whole.or_else(|| length(&self.read));
            if whole.is_some_and(|whole| self.read.len() >= whole) {
                return status(&self.read).ok_or_else(|| io::ErrorKind::InvalidData.into());
            }
        }
    }
}

/// `HTTP/1.1 200 …`
fn status(answer: &[u8]) -> Option<u16> {
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

/// Bytes of the whole answer, once its head is here.
fn length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head]).ok()?.to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head + 4 + length.trim().parse::<usize>().ok()?)
}
