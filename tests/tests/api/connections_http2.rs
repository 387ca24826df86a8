//! HTTP/2 with prior knowledge, as a proxy speaks it to its server, and as those do who mean no good. Written frame by frame
//! (RFC 9113), so that they can be wrong.

use crate::wire::{Wire, bounded, millis};
use renkei_server::http::Bounds;
use renkei_tests::TestApp;
use std::io::Read;
use std::time::{Duration, Instant};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const REFUSED_STREAM: u8 = 7;
const CANCEL: u8 = 8;
const ENHANCE_YOUR_CALM: u8 = 11;
const TYPENAME: &str = r#"{"query":"{ __typename }"}"#;
const LEEWAY: Duration = Duration::from_secs(5);

fn hasty() -> Bounds {
    Bounds { head: millis(700), idle: millis(1_500), slack: millis(1_000), rate: 4_096, ..Bounds::default() }
}

struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

/// One connection.
struct Talk {
    wire: Wire,
    begun: Instant,
}

impl Talk {
    /// With these settings (identifier and value).
    fn begin(app: &TestApp, settings: &[(u16, u32)]) -> Self {
        let mut talk = Self { wire: Wire::open(app), begun: Instant::now() };
        talk.wire.send(PREFACE);
        let mut payload = Vec::new();
        for (name, value) in settings {
            payload.extend(name.to_be_bytes());
            payload.extend(value.to_be_bytes());
        }
        talk.say(SETTINGS, 0, 0, &payload);
        talk
    }

    fn say(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, flags];
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.wire.send(frame)
    }

    /// The next frame; `None`: the connection has ended.
    fn hear(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.wire.stream.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.wire.stream.read_exact(&mut payload).ok()?;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        Some(Frame { kind: head[3], flags: head[4], stream, payload })
    }

    /// The first frame of a kind and a stream.
    #[track_caller]
    fn expect(&mut self, kind: u8, stream: u32) -> Frame {
        loop {
            let frame = self.hear().unwrap_or_else(|| panic!("no frame {kind} of {stream}"));
            if (frame.kind, frame.stream) == (kind, stream) {
                return frame;
            }
        }
    }

    fn get(&mut self, path: &str, stream: u32) {
        let mut block = vec![0x82, 0x86];
        literal(&mut block, 4, path);
        literal(&mut block, 1, "x");
        self.say(HEADERS, END_HEADERS | END_STREAM, stream, &block);
    }

    /// The head of a POST whose body is still to come.
    fn post(&mut self, stream: u32) -> bool {
        let mut block = vec![0x83, 0x86];
        literal(&mut block, 4, "/graphql");
        literal(&mut block, 1, "x");
        // content-type is number 31 of the static table: 15 and 16 more.
        block.extend([0x0F, 16]);
        text(&mut block, "application/json");
        self.say(HEADERS, END_HEADERS, stream, &block)
    }

    /// How long after the beginning the connection ends; what is said before is let pass.
    fn end(mut self) -> Duration {
        while self.hear().is_some() {}
        self.begun.elapsed()
    }
}

/// A header with a name of the static table, not to be remembered (RFC 7541).
fn literal(block: &mut Vec<u8>, name: u8, value: &str) {
    block.push(name);
    text(block, value);
}

fn text(block: &mut Vec<u8>, text: &str) {
    block.push(u8::try_from(text.len()).ok().filter(|length| *length < 127).unwrap());
    block.extend(text.as_bytes());
}

/// `:status: 200` is number 8 of the static table, and stands first.
fn is_200(frame: &Frame) -> bool {
    frame.payload.first() == Some(&0x88)
}

#[test]
fn requests_are_answered_many_at_a_time() {
    let app = bounded(Bounds::default());
    let mut talk = Talk::begin(&app, &[]);
    talk.get("/healthz", 1);
    assert!(is_200(&talk.expect(HEADERS, 1)));
    assert_eq!(talk.expect(DATA, 1).payload, b"ok");
    for stream in [3, 5, 7] {
        talk.post(stream);
    }
    for stream in [7, 5, 3] {
        talk.say(DATA, END_STREAM, stream, TYPENAME.as_bytes());
        assert!(is_200(&talk.expect(HEADERS, stream)));
        assert_eq!(talk.expect(DATA, stream).payload, br#"{"data":{"__typename":"Query"}}"#);
    }
}

#[test]
fn silence_halves_and_pings_alone_keep_no_connection() {
    let app = bounded(hasty());
    let silent = Talk::begin(&app, &[]);
    let mut half = Talk::begin(&app, &[]);
    half.say(HEADERS, 0, 1, &[0x82, 0x86]);
    let mut pinging = Talk::begin(&app, &[]);
    pinging.get("/healthz", 1);
    pinging.expect(DATA, 1);
    let since = Instant::now();
    while since.elapsed() < hasty().idle + LEEWAY && pinging.say(PING, 0, 0, &[0; 8]) {
        std::thread::sleep(millis(50));
    }
    assert!(since.elapsed() >= hasty().idle - millis(100), "{:?}", since.elapsed());
    assert!(pinging.end() < hasty().idle + LEEWAY, "pings alone are nothing");
    for (what, talk) in [("silent", silent), ("half a head", half)] {
        let took = talk.end();
        assert!(took + millis(300) >= hasty().head && took < hasty().head + LEEWAY, "{what}: {took:?}");
    }
}

#[test]
fn a_head_that_comes_bit_by_bit_is_not_waited_for() {
    let app = bounded(hasty());
    let mut talk = Talk::begin(&app, &[]);
    talk.say(HEADERS, 0, 1, &[0x82, 0x86]);
    while talk.begun.elapsed() < hasty().head + LEEWAY && talk.say(CONTINUATION, 0, 1, &[0x0F, 16, 1, b'a']) {
        std::thread::sleep(millis(50));
    }
    assert!(talk.end() < hasty().head + LEEWAY);
}

#[test]
fn a_body_that_comes_too_slowly_is_answered_408() {
    let app = bounded(hasty());
    let mut talk = Talk::begin(&app, &[]);
    talk.post(1);
    let mut sender = Talk { wire: Wire::open(&app), begun: talk.begun };
    sender.wire.stream = talk.wire.stream.try_clone().unwrap();
    let dribbling = std::thread::spawn(move || {
        for _ in 0..200 {
            sender.say(DATA, 0, 1, b" ");
            std::thread::sleep(millis(20));
        }
    });
    let head = talk.expect(HEADERS, 1);
    assert!(!is_200(&head));
    let told = talk.expect(DATA, 1);
    let told = String::from_utf8(told.payload).unwrap();
    assert!(told.contains("リクエストの受信に時間がかかりすぎました。"), "{told}");
    assert!(talk.begun.elapsed() + millis(300) >= hasty().slack, "{:?}", talk.begun.elapsed());
    // The connection serves others.
    talk.get("/healthz", 3);
    assert!(is_200(&talk.expect(HEADERS, 3)));
    dribbling.join().unwrap();
}

#[test]
fn who_opens_no_window_is_not_waited_for() {
    let app = bounded(hasty());
    // SETTINGS_INITIAL_WINDOW_SIZE.
    let mut talk = Talk::begin(&app, &[(4, 0)]);
    for stream in (1..40).step_by(2) {
        talk.get("/healthz", stream);
    }
    let took = talk.end();
    assert!(took < hasty().idle + LEEWAY, "{took:?}");
}

#[test]
fn a_connection_has_so_many_requests_at_a_time() {
    let app = bounded(Bounds::default());
    let mut talk = Talk::begin(&app, &[]);
    let settings = talk.expect(SETTINGS, 0);
    assert_eq!(settings.flags & ACK, 0);
    let most = settings.payload.chunks(6).find(|one| one[..2] == [0, 3]).expect("it tells its limit");
    let most = u32::from_be_bytes(most[2..].try_into().unwrap());
    assert!((16..=128).contains(&most), "{most}");
    for nth in 0..most + 10 {
        talk.post(1 + 2 * nth);
    }
    for nth in most..most + 10 {
        assert_eq!(talk.expect(RESET, 1 + 2 * nth).payload, [0, 0, 0, REFUSED_STREAM]);
    }
    talk.say(DATA, END_STREAM, 1, TYPENAME.as_bytes());
    assert!(is_200(&talk.expect(HEADERS, 1)), "those before them are served");
}

#[test]
fn requests_taken_back_as_fast_as_they_come_end_the_connection() {
    let app = bounded(Bounds::default());
    let mut talk = Talk::begin(&app, &[]);
    let mut burst = Vec::new();
    let mut block = vec![0x82, 0x86];
    literal(&mut block, 4, "/healthz");
    literal(&mut block, 1, "x");
    for nth in 0..5_000_u32 {
        let stream = (1 + 2 * nth).to_be_bytes();
        burst.extend([0, 0, u8::try_from(block.len()).unwrap(), HEADERS, END_HEADERS | END_STREAM]);
        burst.extend(stream);
        burst.extend(&block);
        burst.extend([0, 0, 4, RESET, 0]);
        burst.extend(stream);
        burst.extend([0, 0, 0, CANCEL]);
    }
    talk.wire.send(burst);
    let mut calmed = false;
    while let Some(frame) = talk.hear() {
        calmed |= frame.kind == GOAWAY && frame.payload[7] == ENHANCE_YOUR_CALM;
    }
    assert!(calmed, "told why");
    assert_eq!(app.client().get("/healthz").status, 200);
}

#[test]
fn a_head_has_a_size() {
    let app = bounded(Bounds::default());
    let mut talk = Talk::begin(&app, &[]);
    let mut block = vec![0x82, 0x86];
    literal(&mut block, 4, "/healthz");
    talk.say(HEADERS, END_STREAM, 1, &block);
    let mut more = Vec::new();
    for _ in 0..100 {
        more.extend([0x0F, 16]);
        text(&mut more, &"a".repeat(100));
    }
    for _ in 0..50 {
        talk.say(CONTINUATION, 0, 1, &more);
    }
    talk.say(CONTINUATION, END_HEADERS, 1, &[]);
    let refused = loop {
        match talk.hear() {
            None => break true,
            Some(frame) if frame.kind == HEADERS => break !is_200(&frame),
            Some(frame) if [RESET, GOAWAY].contains(&frame.kind) => break true,
            Some(_) => {}
        }
    };
    assert!(refused);
    assert_eq!(app.client().get("/healthz").status, 200);
}
