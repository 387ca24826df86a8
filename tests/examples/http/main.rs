//! The load of `cargo xtask bench http`: throughput, a flood of sign-ins, idle connections, and ten times the load that
//! the server can serve. The server under test (`RENKEI_BIN`) has one core, the load another one.

mod connection;

use connection::{Answer, Connection};
use renkei_server::http::handles;
use renkei_tests::{Client, Database, Matrix, PASSWORD, Serving};
use serde_json::{Value, json};
use std::cell::Cell;
use std::process::{Command, ExitCode};
use std::rc::Rc;
use std::time::Duration;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep, sleep_until};

const SERVERS_CORE: usize = 0;
const LOADS_CORE: usize = 1;
/// How long each load is measured, and how long it runs before that.
const SPAN: Duration = Duration::from_secs(5);
const WARM_UP: Duration = Duration::from_secs(1);
/// Of the reader whose latency is measured.
const READS: usize = 100;
const GUESSING: u16 = 200;
const IDLE: u16 = 5_000;
/// On which ten times the load is sent.
const OVERLOADING: u16 = 7_000;
const TIMES: f64 = 10.0;
/// The bounds.
const RATIO: f64 = 2.0;
const MEGABYTES: f64 = 300.0;
const RECOVERY: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let own = std::process::id().to_string();
    let core = LOADS_CORE.to_string();
    let pinned = Command::new("taskset").args(["--all-tasks", "--cpu-list", "--pid", &core, &own]).output();
    assert!(pinned.is_ok_and(|done| done.status.success()), "taskset is there, and a second core");
    assert_eq!(handles::connections(usize::from(OVERLOADING)), usize::from(OVERLOADING), "file handles");
    let database = Database::demo();
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Behind a proxy, so that the load comes from as many addresses as it has connections.
    let arguments = ["--database", database.url(), "--proxy", "127.0.0.1"];
    let server = Serving::on_core(SERVERS_CORE, folder.path(), &arguments);
    let bench = Bench {
        address: server.url.trim_start_matches("http://").to_owned(),
        sheet: sheet(&server.url),
        pid: server.pid(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let met = LocalSet::new().block_on(&runtime, bench.run());
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a page asks for when it is opened, with the cookie of whoever reads it.
fn sheet(url: &str) -> Request {
    let hub = Client::new(url).at("192.0.2.1").sign_in("hub", PASSWORD);
    let matrix = Matrix::read(&hub);
    let query = "query($region: ID!, $year: Int!) { sheet(regionId: $region, fiscalYear: $year) {
        id fiscalYear title phase seq columns { facet fiscalYear heading asOf footnote }
        rows { item { id code title scenes position } cells { facet fiscalYear viewerCanEdit hiddenCount entries {
            id body notes { kind text depth } explicitScenes scenes owner { id shortName } position version
            updatedAt updatedBy { id name } viewerCanEdit } } } } }";
    let variables = json!({ "region": matrix.region["id"], "year": matrix.sheet["fiscalYear"] });
    let cookie = format!("cookie: renkei_session={}\r\n", hub.token().expect("signed in"));
    Request { headers: cookie, body: json!({ "query": query, "variables": variables }) }
}

fn guess() -> Request {
    let query = "mutation($input: SignInInput!) { signIn(input: $input) { __typename } }";
    let input = json!({ "login": "honjo", "password": "wrong" });
    Request { headers: String::new(), body: json!({ "query": query, "variables": { "input": input } }) }
}

struct Request {
    headers: String,
    body: Value,
}

impl Request {
    /// Its bytes, sent by the client of this number.
    fn from(&self, client: u16) -> Vec<u8> {
        let (body, headers) = (self.body.to_string(), &self.headers);
        let [high, low] = client.to_be_bytes();
        format!(
            "POST /graphql HTTP/1.1\r\nhost: renkei\r\ncontent-type: application/json\r\nx-forwarded-for: 10.0.{high}.{low}\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

struct Bench {
    address: String,
    sheet: Request,
    pid: u32,
}

impl Bench {
    async fn run(&self) -> bool {
        println!("Whole sheets a second (150 KB of JSON each; server and load have one core each):");
        for connections in [1, 8, 64] {
            let counts = Counts::of(self.load(connections, None).await);
            println!("  {connections:>2} connections: {:.0}", counts.ok);
            assert_eq!((counts.refused, counts.other), (0.0, 0.0));
        }
        let flood = self.flood().await;
        let idle = self.idle().await;
        let overload = self.overload().await;
        flood && idle && overload
    }

    /// One signed-in reader beside connections that guess passwords from the same address without pause.
    async fn flood(&self) -> bool {
        let quiet = self.reader().await;
        let over = Rc::new(Cell::new(false));
        let counts = Rc::new(Counts::default());
        for _ in 0..GUESSING {
            let (address, request) = (self.address.clone(), guess().from(1));
            let (over, counts) = (over.clone(), counts.clone());
            tokio::task::spawn_local(async move {
                let mut connection = Connection::open(&address).await.expect("the server listens");
                while !over.get() {
                    counts.add(connection.send(&request).await.ok());
                }
            });
        }
        sleep(WARM_UP).await;
        let flooded = self.reader().await;
        over.set(true);
        let ratio = flooded.median.as_secs_f64() / quiet.median.as_secs_f64();
        println!(
            "A reader beside {GUESSING} connections that guess passwords: median {:.1} ms, alone {:.1} ms; {} of {READS} requests refused",
            millis(flooded.median),
            millis(quiet.median),
            flooded.refused
        );
        println!("  guesses answered: {}, refused: {}", counts.ok.get(), counts.refused.get());
        let refused = bound("requests refused", f64::from(flooded.refused), 1.0);
        bound("median beside the flood, to that alone", ratio, RATIO) && refused
    }

    async fn idle(&self) -> bool {
        let before = self.memory("VmRSS");
        let health = b"GET /healthz HTTP/1.1\r\nhost: renkei\r\n\r\n";
        let mut connections = Vec::new();
        for _ in 0..IDLE {
            let mut connection = Connection::open(&self.address).await.expect("the server listens");
            assert_eq!(connection.send(health).await.ok(), Some(Answer::Ok));
            connections.push(connection);
        }
        let with = self.memory("VmRSS");
        println!("Memory: {before:.0} MB, with {IDLE} idle connections {with:.0} MB");
        bound("MB with idle connections", with, MEGABYTES)
    }

    async fn overload(&self) -> bool {
        let quiet = self.reader().await.median;
        let peak = Counts::of(self.load(16, None).await).ok;
        let counts = Counts::of(self.load(OVERLOADING, Some(peak * TIMES)).await);
        let memory = self.memory("VmHWM");
        println!(
            "Ten times the load: {peak:.0} sheets a second at the peak; asked for {:.0} a second: {:.0} served, {:.0} refused, {:.0} neither",
            counts.ok + counts.refused + counts.other,
            counts.ok,
            counts.refused,
            counts.other
        );
        let ended = Instant::now();
        let mut connection = Connection::open(&self.address).await.expect("the server listens");
        let request = self.sheet.from(2);
        let mut last = Vec::new();
        let recovered = loop {
            let begun = Instant::now();
            if connection.send(&request).await.ok() == Some(Answer::Ok) {
                last.push(begun.elapsed());
            } else {
                last.clear();
            }
            if last.len() >= 5 && median(last[last.len() - 5..].to_vec()) < quiet.mul_f64(1.5) {
                break ended.elapsed();
            }
            if ended.elapsed() > 5 * RECOVERY {
                break ended.elapsed();
            }
        };
        println!("  after it, the median is back after {:.2} s", recovered.as_secs_f64());
        let refused =
            bound("answered neither 200 nor a refusal with Retry-After, a second", counts.other, 1.0);
        let memory = bound("MB at most, from the beginning", memory, MEGABYTES);
        bound("seconds until the median is back", recovered.as_secs_f64(), RECOVERY.as_secs_f64())
            && refused
            && memory
    }

    /// Whole sheets on so many connections: each as soon as the last one is answered, or so many a second, due at even
    /// intervals.
    async fn load(&self, connections: u16, per_second: Option<f64>) -> Rc<Counts> {
        let counts = Rc::new(Counts::default());
        let next = Rc::new(Cell::new(0_u32));
        let begun = Instant::now() + Duration::from_millis(100);
        let (from, to) = (begun + WARM_UP, begun + WARM_UP + SPAN);
        let tasks: Vec<_> = (0..connections)
            .map(|client| {
                let (address, request) = (self.address.clone(), self.sheet.from(client));
                let (counts, next) = (counts.clone(), next.clone());
                tokio::task::spawn_local(async move {
                    let mut connection = None;
                    while Instant::now() < to {
                        if let Some(per_second) = per_second {
                            let nth = next.replace(next.get() + 1);
                            let due = begun + Duration::from_secs_f64(f64::from(nth) / per_second);
                            sleep_until(due.min(to)).await;
                        }
                        if connection.is_none() {
                            connection = Connection::open(&address).await.ok();
                        }
                        let answer = match &mut connection {
                            Some(connection) => connection.send(&request).await.ok(),
                            None => None,
                        };
                        if answer.is_none() {
                            connection = None;
                        }
                        if (from..to).contains(&Instant::now()) {
                            counts.add(answer);
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no task of the load panics");
        }
        counts
    }

    /// One request after the other, on one connection, with a pause between them.
    async fn reader(&self) -> Reader {
        let mut connection = Connection::open(&self.address).await.expect("the server listens");
        let request = self.sheet.from(1);
        let (mut times, mut refused) = (Vec::new(), 0);
        for _ in 0..READS {
            let begun = Instant::now();
            match connection.send(&request).await {
                Ok(Answer::Ok) => times.push(begun.elapsed()),
                _ => refused += 1,
            }
            sleep(Duration::from_millis(20)).await;
        }
        Reader { median: median(times), refused }
    }

    /// Of the server, in MB (Linux): `VmRSS` now, `VmHWM` the most so far.
    fn memory(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).expect("the server runs");
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kilobytes.expect("the kernel tells it") / 1_024.0
    }
}

struct Reader {
    median: Duration,
    refused: u32,
}

/// Answers of each kind.
#[derive(Default)]
struct Counts<N = Cell<u32>> {
    ok: N,
    refused: N,
    other: N,
}

impl Counts {
    fn add(&self, answer: Option<Answer>) {
        let count = match answer {
            Some(Answer::Ok) => &self.ok,
            Some(Answer::Refused) => &self.refused,
            Some(Answer::Other) | None => &self.other,
        };
        count.set(count.get() + 1);
    }
}

impl Counts<f64> {
    /// A second.
    fn of(counts: Rc<Counts>) -> Self {
        let of = |count: &Cell<u32>| f64::from(count.get()) / SPAN.as_secs_f64();
        Counts { ok: of(&counts.ok), refused: of(&counts.refused), other: of(&counts.other) }
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or(Duration::MAX)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Prints a figure, and whether it is below its bound.
fn bound(what: &str, value: f64, bound: f64) -> bool {
    let met = value < bound;
    println!("  {what}: {value:.2}, has to be below {bound}: {}", if met { "met" } else { "MISSED" });
    met
}
