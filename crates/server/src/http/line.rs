//! One TCP connection as hyper reads and writes it: what was read to find out which HTTP is spoken comes first, and its
//! [`Pace`] is told of all that moves.

use super::crowd::Place;
use super::pace::{Pace, Version};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What every HTTP/2 connection begins with, and no request of HTTP/1.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub struct Line {
    stream: TcpStream,
    pace: Pace,
    /// Read already, and not yet by hyper.
    begun: Vec<u8>,
    /// Held as long as the connection lasts, whatever is spoken on it.
    _place: Place,
}

impl Line {
    pub fn new(stream: TcpStream, pace: Pace, place: Place) -> Self {
        Line { stream, pace, begun: Vec::new(), _place: place }
    }

    /// Reads until it is clear which HTTP is spoken; an error if the other end leaves before.
    ///
    /// hyper-util would guess as well, and wait for the end of a preface for ever.
    pub async fn version(&mut self) -> io::Result<Version> {
        let mut first = [0; PREFACE.len()];
        let mut length = 0;
        while length < PREFACE.len() {
            match self.stream.read(&mut first[length..]).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => length += more,
            }
            if !PREFACE.starts_with(&first[..length]) {
                break;
            }
        }
        self.begun = first[..length].to_vec();
        let version = if self.begun == PREFACE { Version::Http2 } else { Version::Http1 };
        self.pace.speaks(version);
        Ok(version)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.begun.is_empty() {
            let length = self.begun.len().min(buf.remaining());
            buf.put_slice(&self.begun[..length]);
            self.begun.drain(..length);
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            self.pace.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.told(written, bytes.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.told(written, pieces.iter().map(|piece| piece.len()).sum())
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Line {
    fn told(&self, written: Poll<io::Result<usize>>, of: usize) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(taken)) => self.pace.sent(*taken, of),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.pace.sent(0, of),
        }
        written
    }
}
