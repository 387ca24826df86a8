//! The load of `cargo xtask bench live`: many who come at once, many who have a sheet open, and a few who save all the time. The server under
//! test is a process of its own (`RENKEI_BIN`), its database where `RENKEI_TEST_DATABASE` says.

use futures_util::{SinkExt, StreamExt};
use renkei_server::http::handles;
use renkei_tests::{Client, Database, Matrix, PASSWORD, Serving, edit, request_id};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Unless `RENKEI_SOCKETS` says otherwise.
const SOCKETS: usize = 200;
/// Sockets that are opened and closed before anything is measured.
const WARMING: usize = 20;
/// Sockets that are opened at once, at most, to see what they are sent; and for how long.
const JOINING: usize = 500;
const JOINED: Duration = Duration::from_secs(12);
/// Until who was refused comes again, as `Retry-After` says.
const AGAIN: Duration = Duration::from_secs(2);
const WRITERS: u32 = 4;
const PER_SECOND: u32 = 20;
const SECONDS: u32 = 30;
const LOGINS: [&str; 8] =
    ["hub", "hub-approver", "honjo", "misato", "kamikawa", "kamisato", "hokenjo", "admin"];
/// What the client itself subscribes with.
const EVENTS: &str = include_str!("../../frontend/src/live/events.graphql");

/// The bounds: milliseconds from a save's answer to an event's arrival, KiB of the server's memory, and MB that are sent to
/// [`JOINING`] who come at once.
const MEDIAN: f64 = 100.0;
const P99: f64 = 500.0;
const MEMORY: f64 = 64.0;
const SENT: f64 = 10.0;

/// Which change has arrived, and when.
type Arrivals = Vec<(i64, Instant)>;

/// What all sockets share.
#[derive(Default)]
struct Hall {
    open: AtomicUsize,
    heard: AtomicUsize,
    bytes: AtomicUsize,
    over: watch::Sender<bool>,
}

fn main() -> ExitCode {
    let wanted = std::env::var("RENKEI_SOCKETS").map_or(SOCKETS, |count| count.parse().expect("a number"));
    assert!(handles::connections(wanted) >= wanted, "file handles");
    let database = Database::demo();
    let folder = tempfile::tempdir().expect("a temporary folder");
    // All of them come from one address.
    let connections = (2 * wanted).to_string();
    let arguments = ["--database", database.url(), "--connections-per-address", &connections];
    let server = Serving::start(folder.path(), &arguments);
    let people: Vec<Client> =
        LOGINS.iter().map(|login| Client::new(&server.url).sign_in(login, PASSWORD)).collect();
    let matrix = Matrix::read(&people[0]);
    let hall = Arc::new(Hall::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(async {
        let open = async |count: usize, hall: &Arc<Hall>| {
            let sockets: Vec<_> = (0..count)
                .map(|nth| {
                    let person = &people[nth % people.len()];
                    let token = person.token().expect("signed in");
                    let sheet = (matrix.sheet["id"].clone(), matrix.seq());
                    tokio::spawn(listen(server.url.clone(), token, sheet, hall.clone()))
                })
                .collect();
            wait("sockets are open", || hall.open.load(Ordering::Relaxed) == count).await;
            sockets
        };
        // What the first ones need once for all is not counted for each.
        let close = async |sockets: Vec<JoinHandle<Arrivals>>, hall: &Hall| {
            hall.over.send_replace(true);
            let mut arrivals = Vec::new();
            for socket in sockets {
                arrivals.push(socket.await.expect("no socket breaks"));
            }
            arrivals
        };
        let first = Arc::new(Hall::default());
        close(open(WARMING, &first).await, &first).await;
        let joined = Arc::new(Hall::default());
        let joining = wanted.min(JOINING);
        let sockets = open(joining, &joined).await;
        tokio::time::sleep(JOINED).await;
        let sent = joined.bytes.load(Ordering::Relaxed) as f64 / 1e6;
        close(sockets, &joined).await;
        let before = settled_memory(&server).await;
        let opened = open(wanted, &hall).await;
        let open = settled_memory(&server).await;
        let answered = load(&server.url, &matrix).await;
        // The entries that are written in were changes too.
        let all = (answered.len() + WRITERS as usize) * wanted;
        wait("events have arrived", || hall.heard.load(Ordering::Relaxed) >= all).await;
        let loaded = memory(&server);
        let arrivals = close(opened, &hall).await;
        Outcome { joining, sent, before, open, loaded, answered, arrivals }
    });
    outcome.report()
}

/// One socket, which writes down what arrives until all is over.
async fn listen(url: String, token: String, (sheet, seq): (Value, i64), hall: Arc<Hall>) -> Arrivals {
    let address = url.trim_start_matches("http://").to_owned();
    let mut socket = loop {
        let mut request = format!("ws://{address}/graphql").into_client_request().expect("an address");
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let cookie = HeaderValue::from_str(&format!("renkei_session={token}")).expect("a cookie");
        headers.insert("cookie", cookie);
        let stream = TcpStream::connect(&address).await.expect("the server listens");
        stream.set_nodelay(true).expect("small messages at once");
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
        match tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await {
            Ok((socket, _)) => break socket,
            // More have come at once than may wait: it is asked to come again.
            Err(Error::Http(answer)) if answer.status() == 503 => tokio::time::sleep(AGAIN).await,
            Err(error) => panic!("no upgrade: {error}"),
        }
    };
    let say = |message: Value| Message::text(message.to_string());
    socket.send(say(json!({ "type": "connection_init" }))).await.expect("the line is there");
    let variables = json!({ "sheetId": sheet, "afterSeq": seq, "visitId": request_id() });
    let payload = json!({ "query": EVENTS, "operationName": "SheetEvents", "variables": variables });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
    socket.send(say(subscribe.clone())).await.expect("the line is there");
    let (mut arrivals, mut open) = (Arrivals::new(), false);
    let mut over = hall.over.subscribe();
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            _ = over.changed() => return arrivals,
        };
        let at = Instant::now();
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Err(Error::Io(error))) => panic!("the line broke: {error}"),
            other => panic!("the server closed: {other:?}"),
        };
        if text.starts_with("{\"type\":\"next\"") {
            hall.bytes.fetch_add(text.len(), Ordering::Relaxed);
            if let Some(seq) = seq_of(&text) {
                arrivals.push((seq, at));
                hall.heard.fetch_add(1, Ordering::Relaxed);
            } else if !open && text.contains("PresenceChanged") {
                open = true;
                hall.open.fetch_add(1, Ordering::Relaxed);
            }
            assert!(!text.contains("\"errors\""), "{text}");
        } else if text.contains("\"type\":\"ping\"") {
            socket.send(say(json!({ "type": "pong" }))).await.expect("the line is there");
        } else if text.contains("OVERLOADED") {
            tokio::time::sleep(Duration::from_millis(200)).await;
            socket.send(say(subscribe.clone())).await.expect("the line is there");
        } else {
            assert!(text.contains("connection_ack"), "{text}");
        }
    }
}

/// Cheaper than reading all of an event: this process shares the machine with the server.
fn seq_of(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once("\"seq\":")?;
    rest.split(|digit: char| !digit.is_ascii_digit()).next()?.parse().ok()
}

/// Saves at the bench's pace; which changes were answered, and when.
async fn load(url: &str, matrix: &Matrix) -> HashMap<i64, Instant> {
    let answered = Arc::new(Mutex::new(HashMap::new()));
    let start = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|nth| {
            let (answered, person) = (answered.clone(), Client::new(url).sign_in("hub", PASSWORD));
            let mut entry =
                person.change("createEntry", &matrix.new_entry("ク", "PLAN", "はじめ"))["entry"].take();
            tokio::task::spawn_blocking(move || {
                for round in 0..PER_SECOND * SECONDS / WRITERS {
                    let due = (round * WRITERS + nth) as f64 / f64::from(PER_SECOND);
                    let due = start + Duration::from_secs(1) + Duration::from_secs_f64(due);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let body =
                        format!("{round}回目の、在宅医療と介護の連携についての、ふつうの長さの取組の文。");
                    let mut saved = person.change("updateEntry", &edit(&entry, &body));
                    let at = Instant::now();
                    let seq = saved["change"]["seq"].as_i64().expect("it is saved");
                    answered.lock().expect("no writer panics").insert(seq, at);
                    entry = saved["entry"].take();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer panics");
    }
    Arc::into_inner(answered).expect("the writers are done").into_inner().expect("no writer panics")
}

struct Outcome {
    joining: usize,
    /// MB, to all of them.
    sent: f64,
    /// KiB of the server: without sockets, with them, and after the load.
    before: f64,
    open: f64,
    loaded: f64,
    answered: HashMap<i64, Instant>,
    arrivals: Vec<Arrivals>,
}

impl Outcome {
    fn report(&self) -> ExitCode {
        let sockets = self.arrivals.len();
        let mut waits: Vec<f64> = Vec::new();
        let mut whole = true;
        for arrivals in &self.arrivals {
            let seqs: Vec<i64> = arrivals.iter().map(|(seq, _)| *seq).collect();
            whole &= seqs.windows(2).all(|two| two[0] < two[1]);
            let own = arrivals
                .iter()
                .filter_map(|(seq, at)| Some(at.saturating_duration_since(*self.answered.get(seq)?)));
            let before = waits.len();
            waits.extend(own.map(|wait| wait.as_secs_f64() * 1000.0));
            whole &= waits.len() - before == self.answered.len();
        }
        waits.sort_by(f64::total_cmp);
        let at =
            |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or(f64::INFINITY);
        println!(
            "{sockets} subscriptions, {PER_SECOND} changes a second for {SECONDS} s: {} changes, {} arrivals, {}\n",
            self.answered.len(),
            waits.len(),
            if whole { "each once and in order" } else { "NOT each once and in order" }
        );
        let per_socket = (self.open - self.before) / sockets as f64;
        let good = [
            figure("from a save's answer to its arrival, median", at(0.5), MEDIAN, "ms"),
            figure("from a save's answer to its arrival, 99th percentile", at(0.99), P99, "ms"),
            figure("memory per connection", per_socket, MEMORY, "KiB"),
            figure(&format!("sent to {} who come at once", self.joining), self.sent, SENT, "MB"),
        ];
        println!(
            "- longest {:.1} ms; server {:.1} MiB alone, {:.1} with all sockets, {:.1} after the load",
            at(0.999_999),
            self.before / 1024.0,
            self.open / 1024.0,
            self.loaded / 1024.0
        );
        if whole && good.iter().all(|good| *good) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn figure(what: &str, value: f64, bound: f64, unit: &str) -> bool {
    let met = value <= bound;
    println!("- {what}: {value:.1} {unit}, bound {bound} {unit}: {}", if met { "met" } else { "MISSED" });
    met
}

/// KiB of the server's memory, once it no longer moves. Its own alone: what it maps of its file is there once, and for all.
async fn settled_memory(server: &Serving) -> f64 {
    let mut last = memory(server);
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = memory(server);
        if (now - last).abs() < 64.0 {
            return now;
        }
        last = now;
    }
}

fn memory(server: &Serving) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("the server runs");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("Linux tells it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

async fn wait(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "not all {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
