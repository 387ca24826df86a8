//! 1,000 sockets that send slowly, or nothing, or take nothing, beside good requests: how much longer the slowest of those
//! take.

use crate::good::Line;
use crate::{Random, SEED, figure, median};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

const SOCKETS: u64 = 1_000;
const ROUNDS: usize = 7;
/// Of good requests, in each half of a round.
const REQUESTS: u32 = 1_000;
/// Less than half of what one core can answer.
const PER_SECOND: u32 = 100;
const LINES: usize = 16;
/// Until all slow sockets are open, and gone again.
const SETTLING: Duration = Duration::from_secs(3);
/// With them, the 99th percentile may be this much of what it is without.
const BOUND: f64 = 1.1;

pub async fn compare(address: &str, request: &[u8]) -> bool {
    println!(
        "{SOCKETS} slow sockets beside {PER_SECOND} whole sheets a second, {ROUNDS} rounds of {REQUESTS}:"
    );
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    measured(address, request).await;
    for round in 0..ROUNDS {
        // Which half comes first takes turns.
        for half in 0..2 {
            if (round + half) % 2 == 0 {
                alone.push(measured(address, request).await);
            } else {
                beside.push(beside_slow_ones(address, request).await);
            }
        }
        println!(
            "  round {}: 99th percentile {:.2} ms alone, {:.2} ms beside them",
            round + 1,
            alone[round],
            beside[round]
        );
    }
    let ratio = median(beside) / median(alone);
    figure("99th percentile beside slow sockets, to that alone", ratio, BOUND, ratio < BOUND)
}

async fn beside_slow_ones(address: &str, request: &[u8]) -> f64 {
    let local = LocalSet::new();
    let open = Rc::new(Cell::new(0));
    for nth in 0..SOCKETS {
        let (address, open) = (address.to_owned(), open.clone());
        local.spawn_local(async move { keep_one(&address, nth, &open).await });
    }
    local
        .run_until(async {
            sleep(SETTLING).await;
            assert!(open.get() > SOCKETS * 9 / 10, "only {} slow sockets are open", open.get());
            measured(address, request).await
        })
        .await
    // Dropped with all its sockets.
}

/// The 99th percentile, in milliseconds from when a request was due.
async fn measured(address: &str, request: &[u8]) -> f64 {
    sleep(Duration::from_secs(1)).await;
    let begin = Instant::now() + Duration::from_millis(100);
    let next = Rc::new(Cell::new(0));
    let local = LocalSet::new();
    let lines: Vec<_> = (0..LINES)
        .map(|_| {
            let (address, request, next) = (address.to_owned(), request.to_vec(), next.clone());
            local.spawn_local(async move {
                let mut line = Line::open(&address).await.expect("the server listens");
                let mut waits = Vec::new();
                while next.get() < REQUESTS {
                    let nth = next.replace(next.get() + 1);
                    let due = begin + Duration::from_secs(1) * nth / PER_SECOND;
                    sleep_until(due).await;
                    assert_eq!(line.ask(&request).await.ok(), Some(200), "a good request is answered");
                    waits.push(due.elapsed().as_secs_f64() * 1_000.0);
                }
                waits
            })
        })
        .collect();
    let mut waits = local
        .run_until(async {
            let mut waits = Vec::new();
            for line in lines {
                waits.extend(line.await.expect("no line breaks"));
            }
            waits
        })
        .await;
    waits.sort_by(f64::total_cmp);
    waits[waits.len() * 99 / 100]
}

/// One slow socket after the other, each in its own way, as long as the server bears it.
async fn keep_one(address: &str, nth: u64, open: &Cell<u64>) {
    let mut random = Random(SEED + nth);
    sleep(Duration::from_millis(random.below(2_000))).await;
    loop {
        let Ok(mut stream) = TcpStream::connect(address).await else {
            sleep(Duration::from_millis(500)).await;
            continue;
        };
        open.set(open.get() + 1);
        dally(&mut stream, nth % 8, &mut random).await;
        open.set(open.get() - 1);
    }
}

async fn dally(stream: &mut TcpStream, way: u64, random: &mut Random) {
    const POST: &str = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
    const PAGE: &str = "GET / HTTP/1.1\r\nhost: x\r\naccept: text/html\r\n\r\n";
    let (first, piece) = match way {
        0 => (String::new(), ""),
        1 => ("GET /heal".to_owned(), ""),
        2 => ("GET / HTTP/1.1\r\n".to_owned(), "x-more: y\r\n"),
        3 => ("GET / HTTP/1.1\r\nx-long: ".to_owned(), "a"),
        4 => (POST.to_owned(), " "),
        5 => (PAGE.to_owned(), ""),
        6 => ("PRI * HTTP/2.0\r\n\r\nSM".to_owned(), ""),
        // Asks for much, and takes nothing.
        _ => (PAGE.repeat(100), ""),
    };
    if stream.write_all(first.as_bytes()).await.is_err() {
        return;
    }
    let mut taken = [0; 4096];
    loop {
        let pause = Duration::from_millis(700 + random.below(600));
        match way {
            7 => sleep(pause).await,
            _ => match timeout(pause, stream.read(&mut taken)).await {
                Ok(Ok(0) | Err(_)) => return,
                Ok(Ok(_)) => continue,
                Err(_) => {}
            },
        }
        // Where there is nothing to say, a reader that takes nothing learns of the end by saying so.
        let piece = if way == 7 { "\r\n" } else { piece };
        if !piece.is_empty() && stream.write_all(piece.as_bytes()).await.is_err() {
            return;
        }
    }
}
