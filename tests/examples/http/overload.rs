//! Ten times the load that the server can serve: how many good answers are left.

use crate::good::Line;
use crate::{figure, median};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};

const ROUNDS: usize = 7;
/// How long each half of a round is measured, and what passes before.
const SPAN: Duration = Duration::from_secs(6);
const WARMING: Duration = Duration::from_secs(2);
/// So many ask at a time, each as soon as they are answered, when the server does the most.
const AT_ITS_PEAK: usize = 16;
const TIMES: f64 = 10.0;
/// Lines on which the load can be sent, at most.
const LINES: usize = 1_500;
/// Good answers, to those at the peak.
const BOUND: f64 = 0.9;

pub async fn compare(address: &str, request: &[u8]) -> bool {
    println!("Ten times the load that can be served, {ROUNDS} rounds of {} s:", SPAN.as_secs());
    let (mut peaks, mut overloads, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let peak = peak(address, request).await;
        let overload = overload(address, request, peak * TIMES).await;
        println!(
            "  round {round}: {peak:.0} good answers a second at the peak; asked {:.0} times a second: {:.0} good, {:.0} sent away, {:.0} lost",
            overload.asked, overload.good, overload.sent_away, overload.lost
        );
        assert!(overload.asked > peak * TIMES * 0.95, "the load itself could not be sent");
        ratios.push(overload.good / peak);
        peaks.push(peak);
        overloads.push(overload.good);
    }
    println!(
        "  medians: {:.0} at the peak, {:.0} under ten times the load",
        median(peaks),
        median(overloads)
    );
    let ratio = median(ratios);
    figure("good answers under ten times the load, to the peak", ratio, BOUND, ratio >= BOUND)
}

/// Good answers a second to those who ask as soon as they are answered.
async fn peak(address: &str, request: &[u8]) -> f64 {
    let local = LocalSet::new();
    let good = Rc::new(Cell::new(0_u32));
    let (from, to) = span();
    for _ in 0..AT_ITS_PEAK {
        let (address, request, good) = (address.to_owned(), request.to_vec(), good.clone());
        local.spawn_local(async move {
            let mut line = Line::open(&address).await.expect("the server listens");
            while Instant::now() < to {
                let status = line.ask(&request).await.expect("an answer");
                if status == 200 && (from..to).contains(&Instant::now()) {
                    good.set(good.get() + 1);
                }
            }
        });
    }
    local.await;
    f64::from(good.get()) / SPAN.as_secs_f64()
}

/// What became of a load, a second.
struct Overload {
    asked: f64,
    good: f64,
    sent_away: f64,
    lost: f64,
}

#[derive(Default)]
struct Counts {
    next: Cell<u32>,
    asked: Cell<u32>,
    good: Cell<u32>,
    sent_away: Cell<u32>,
    lost: Cell<u32>,
}

fn add(count: &Cell<u32>) {
    count.set(count.get() + 1);
}

/// Requests are due at even intervals, whatever becomes of those before them.
async fn overload(address: &str, request: &[u8], per_second: f64) -> Overload {
    let local = LocalSet::new();
    let counts = Rc::new(Counts::default());
    let begin = Instant::now();
    let (from, to) = span();
    for _ in 0..LINES {
        let (address, request, counts) = (address.to_owned(), request.to_vec(), counts.clone());
        local.spawn_local(async move {
            let mut line = None;
            loop {
                let nth = counts.next.replace(counts.next.get() + 1);
                let due = begin + Duration::from_secs_f64(f64::from(nth) / per_second);
                if due >= to {
                    return;
                }
                sleep_until(due).await;
                let measured = |now: Instant| (from..to).contains(&now);
                if measured(Instant::now()) {
                    add(&counts.asked);
                }
                let answered = ask(&mut line, &address, &request).await;
                if measured(Instant::now()) {
                    add(match answered {
                        Some(200) => &counts.good,
                        Some(503) => &counts.sent_away,
                        _ => &counts.lost,
                    });
                }
            }
        });
    }
    local.await;
    let per_second = |count: &Cell<u32>| f64::from(count.get()) / SPAN.as_secs_f64();
    Overload {
        asked: per_second(&counts.asked),
        good: per_second(&counts.good),
        sent_away: per_second(&counts.sent_away),
        lost: per_second(&counts.lost),
    }
}

/// On the line that there is, or a new one.
async fn ask(line: &mut Option<Line>, address: &str, request: &[u8]) -> Option<u16> {
    if line.is_none() {
        *line = Line::open(address).await.ok();
    }
    let answered = line.as_mut()?.ask(request).await.ok();
    if answered.is_none() {
        *line = None;
    }
    answered
}

fn span() -> (Instant, Instant) {
    let from = Instant::now() + WARMING;
    (from, from + SPAN)
}
