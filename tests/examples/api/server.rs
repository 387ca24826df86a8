//! A server under load: this repository's, or a peer in a process of its own.

use crate::processor::Processor;
use renkei_tests::{Client, Serving};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

pub struct Server {
    pub name: String,
    pub is_ours: bool,
    pub address: String,
    pub client: Client,
    pub cookie: String,
    pub line: Line,
    pub processor: Processor,
    /// Of the entry that is saved.
    pub version: i32,
    pid: u32,
    _child: Option<Ended>,
}

impl Server {
    pub fn ours(serving: &Serving, database: &str, cookie: &str) -> Self {
        let client = Client::new(&serving.url);
        client.use_token(cookie.split_once('=').map(|(_, token)| token.to_owned()));
        Self::at("Renkei".to_owned(), &serving.url, client, serving.pid(), database, cookie, None)
    }

    pub fn peer(name: &str, configuration: &str, database: &str, viewer: &str) -> Self {
        let mut command = match name {
            "plain" => {
                Command::new(std::env::var("RENKEI_PEER_PLAIN").expect("RENKEI_PEER_PLAIN is its program"))
            }
            _ => {
                let peers = std::env::var("RENKEI_PEERS").expect("RENKEI_PEERS is the peers' folder");
                let mut node = Command::new("node");
                node.arg(format!("{peers}/{name}/server.js"));
                node
            }
        };
        let settings = [
            ("CONFIGURATION", configuration),
            ("DATABASE", database),
            ("VIEWER", viewer),
            ("NODE_ENV", "production"),
        ];
        let child = command.envs(settings).stdout(Stdio::piped()).spawn().expect("the peer starts");
        let mut ended = Ended(child);
        let mut url = String::new();
        let said = ended.0.stdout.take().expect("it is piped");
        BufReader::new(said).read_line(&mut url).expect("it prints its address");
        let (url, pid) = (url.trim().to_owned(), ended.0.id());
        let client = Client::new(&url);
        Self::at(format!("{name} (`{configuration}`)"), &url, client, pid, database, "none=", Some(ended))
    }

    fn at(
        name: String,
        url: &str,
        client: Client,
        pid: u32,
        database: &str,
        cookie: &str,
        child: Option<Ended>,
    ) -> Self {
        let address = url.trim_start_matches("http://").to_owned();
        let line = Line::open(&address);
        Server {
            name,
            is_ours: child.is_none(),
            address,
            client,
            cookie: cookie.to_owned(),
            line,
            processor: Processor::of(pid, database),
            version: 0,
            pid,
            _child: child,
        }
    }

    /// MiB.
    pub fn memory(&self) -> f64 {
        Processor::memory(self.pid)
    }
}

/// A process that ends with its owner.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It has ended already, or ends now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One connection: a request, and its whole answer.
pub struct Line(TcpStream);

pub struct Answered {
    pub status: u16,
    head: String,
    body: Vec<u8>,
}

impl Line {
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("small messages at once");
        Line(stream)
    }

    pub fn send(&mut self, request: &[u8]) -> Answered {
        self.0.write_all(request).expect("the server reads");
        let (mut read, mut part) = (Vec::new(), vec![0; 1 << 16]);
        loop {
            let end = read.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head = String::from_utf8_lossy(&read[..end]).into_owned();
                let length = header(&head, "content-length").and_then(|length| length.parse().ok());
                let length: usize = length.unwrap_or_default();
                while read.len() < end + 4 + length {
                    let count = self.0.read(&mut part).expect("the server answers");
                    assert!(count > 0, "the server has closed the connection");
                    read.extend_from_slice(&part[..count]);
                }
                let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
                return Answered { status, head, body: read.split_off(end + 4) };
            }
            let count = self.0.read(&mut part).expect("the server answers");
            assert!(count > 0, "the server has closed the connection");
            read.extend_from_slice(&part[..count]);
        }
    }
}

impl Answered {
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.head, name).map(str::to_owned)
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
