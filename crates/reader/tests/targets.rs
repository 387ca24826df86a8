//! The fuzz targets (`fuzz/`), each for ten seconds on its corpus as it is and changed at random: no panic, no hang, bounded
//! memory. libFuzzer, which follows what the bytes reach, feeds the same functions by hand (`cargo xtask readers`).

#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use std::fs::DirEntry;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(10);
/// For one input, without optimisation.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Of one input.
const BYTES: usize = 16_384;
/// MiB of the process, while some of the targets run at once.
const MEMORY: u64 = 1_024;
/// What readers look for, or stumble over.
const TOKENS: [&str; 28] = [
    "<",
    ">",
    "</",
    "/>",
    "\"",
    "&amp;",
    "&#x0;",
    "&#x1F;",
    "<!DOCTYPE x [<!ENTITY e \"e\">]>",
    "]]>",
    "<!--",
    "\0",
    "\r\n",
    "\t",
    ",",
    "[",
    "{",
    "}",
    "-1",
    "4294967296",
    "1e308",
    " colspan=\"65535\"",
    " table:number-columns-repeated=\"1048576\"",
    " r=\"XFD1048576\"",
    "\u{feff}",
    "○",
    "（1）",
    "\u{3099}",
];

#[derive(Clone, Debug)]
enum Edit {
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, Index),
    Repeat(Index, Index, usize),
}

impl Edit {
    fn of(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Self> {
        let part = (select(corpus), any::<(Index, Index)>()).prop_map(|(from, (one, other))| {
            let (start, end) = between(&from, one, other);
            from[start..end].to_vec()
        });
        let token = select(&TOKENS[..]).prop_map(|token| token.as_bytes().to_vec());
        prop_oneof![
            any::<(Index, u8)>().prop_map(|(at, byte)| Self::Set(at, byte)),
            (any::<Index>(), token).prop_map(|(at, token)| Self::Insert(at, token)),
            (any::<Index>(), part).prop_map(|(at, part)| Self::Insert(at, part)),
            any::<(Index, Index)>().prop_map(|(one, other)| Self::Remove(one, other)),
            (any::<(Index, Index)>(), 1..64_usize)
                .prop_map(|((one, other), times)| Self::Repeat(one, other, times)),
        ]
    }

    fn make(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Set(at, byte) => {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            Self::Insert(at, part) => {
                let at = at.index(bytes.len() + 1);
                bytes.splice(at..at, part);
            }
            Self::Remove(one, other) => {
                let (start, end) = between(bytes, one, other);
                bytes.drain(start..end);
            }
            Self::Repeat(one, other, times) => {
                let (start, end) = between(bytes, one, other);
                let part = bytes[start..end].repeat(times.min(BYTES / (end - start).max(1)));
                bytes.splice(end..end, part);
            }
        }
        bytes.truncate(BYTES);
    }
}

fn between(bytes: &[u8], one: Index, other: Index) -> (usize, usize) {
    let (one, other) = (one.index(bytes.len() + 1), other.index(bytes.len() + 1));
    (one.min(other), one.max(other))
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let files = folder.read_dir().expect("a target has a corpus");
    let read = |file: std::io::Result<DirEntry>| std::fs::read(file.expect("a file").path());
    files.map(|file| read(file).expect("a file can be read")).collect()
}

/// Feeds a target; a thread of its own, so that an input on which it hangs is named too.
fn feed(name: &'static str, target: fn(&[u8])) {
    let (sender, inputs) = mpsc::channel::<Vec<u8>>();
    let feeding = thread::spawn(move || {
        let corpus = corpus(name);
        for input in &corpus {
            sender.send(input.clone()).expect("somebody watches");
            target(input);
        }
        let changed =
            (select(corpus.clone()), vec(Edit::of(corpus), 1..12)).prop_map(|(mut bytes, edits)| {
                edits.into_iter().for_each(|edit| edit.make(&mut bytes));
                bytes
            });
        let config =
            Config { cases: 64, max_shrink_time: 10_000, failure_persistence: None, ..Config::default() };
        let start = Instant::now();
        while start.elapsed() < LONG {
            let fed = TestRunner::new(config.clone()).run(&changed, |input| {
                sender.send(input.clone()).expect("somebody watches");
                target(&input);
                Ok(())
            });
            fed.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    });
    let (mut last, mut count) = (Vec::new(), 0);
    loop {
        match inputs.recv_timeout(TIMEOUT) {
            Ok(input) => (last, count) = (input, count + 1),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => panic!("{name} hangs on {}", last.escape_ascii()),
        }
    }
    feeding.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    println!("{name}: {count} inputs");
    assert!(peak() < MEMORY, "{name}: {} MiB; the last input was {}", peak(), last.escape_ascii());
}

/// MiB that the process had at most, where the system tells.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1_024
}

macro_rules! targets {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            feed(stringify!($name), fuzz::$name);
        }
    )*};
}

targets! { xlsx ods docx csv tsv html json paste }
