//! The bare line to a server, for those who speak HTTP slowly, in halves, or not at all.

use renkei_server::{Config, http::Limits};
use renkei_tests::{Database, TestApp};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// For what has to come, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The sample, served within these limits.
pub fn limited(limits: Limits) -> TestApp {
    TestApp::with(Database::demo(), Config { limits, ..Config::default() })
}

pub fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// One connection.
pub struct Wire {
    pub stream: TcpStream,
    begun: Instant,
}

impl Wire {
    pub fn open(app: &TestApp) -> Self {
        Self::to(&app.url)
    }

    pub fn to(url: &str) -> Self {
        let stream = TcpStream::connect(url.trim_start_matches("http://")).expect("the server listens");
        stream.set_nodelay(true).expect("small pieces at once");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self { stream, begun: Instant::now() }
    }

    /// Whether the other end still took it.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// What is said until the server closes, and how long after the beginning it does.
    #[track_caller]
    pub fn end(mut self) -> (String, Duration) {
        let mut said = Vec::new();
        match self.stream.read_to_end(&mut said) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "the server does not close"),
        }
        (String::from_utf8_lossy(&said).into_owned(), self.begun.elapsed())
    }

    /// One answer with a length, head and body.
    #[track_caller]
    pub fn answer(&mut self) -> String {
        let mut said = Vec::new();
        let mut piece = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&said).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().expect("a number")) {
                    return text;
                }
            }
            match self.stream.read(&mut piece).expect("the server answers") {
                0 => panic!("closed in the middle of an answer: {text}"),
                more => said.extend_from_slice(&piece[..more]),
            }
        }
    }

    /// The beginning of an answer; empty if the server closes instead.
    pub fn end_or_answer(&mut self) -> String {
        let mut piece = [0; 4096];
        let length = self.stream.read(&mut piece).unwrap_or(0);
        String::from_utf8_lossy(&piece[..length]).into_owned()
    }

    /// Whether the server has said anything yet.
    pub fn has_answer(&self) -> bool {
        self.stream.set_nonblocking(true).expect("it can be looked at");
        let said = self.stream.peek(&mut [0]).is_ok();
        self.stream.set_nonblocking(false).expect("it can be waited for");
        said
    }

    /// Sends a piece again and again until the server has closed; what it said, and when.
    #[track_caller]
    pub fn dribble(mut self, piece: &str, pause: Duration) -> (String, Duration) {
        self.stream.set_read_timeout(Some(pause)).expect("a timeout");
        let mut said = Vec::new();
        let mut buffer = [0; 4096];
        while self.begun.elapsed() < PATIENCE {
            match self.stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(more) => said.extend_from_slice(&buffer[..more]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    // Fails when the server has gone, which the next read tells.
                    let _ = self.stream.write_all(piece.as_bytes());
                }
                Err(_) => break,
            }
        }
        let took = self.begun.elapsed();
        assert!(took < PATIENCE, "the server goes on listening");
        (String::from_utf8_lossy(&said).into_owned(), took)
    }
}
