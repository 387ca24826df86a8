//! The pace of a connection: by when its other end must have gone on, whatever it is about to do. Judged by time and by
//! bytes, so that neither silence nor a byte now and then holds anything.

use super::bounds::Bounds;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The versions of HTTP that are spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Http1,
    Http2,
}

/// What is known of one connection; shared by those who read, write and answer on it.
#[derive(Clone)]
pub struct Pace(Arc<Mutex<State>>);

struct State {
    version: Version,
    head: Duration,
    idle: Duration,
    /// When something was last completed: the connection, a head, an answer's beginning or its end.
    touched: Instant,
    /// No request so far.
    fresh: bool,
    /// Requests that have not begun to be answered; meanwhile nobody waits for the other end but their bodies' readers.
    serving: usize,
    /// Since when part of a head is here.
    head_since: Option<Instant>,
    /// Whether the other end has not taken all that is there for it.
    stalled: bool,
    taking: Progress,
    /// Something else than HTTP is spoken, and somebody else watches over it.
    upgraded: bool,
}

impl Pace {
    pub fn new(bounds: &Bounds) -> Self {
        Pace(Arc::new(Mutex::new(State::new(bounds, Instant::now()))))
    }

    /// By when the connection is closed, unless it goes on before.
    pub fn deadline(&self) -> Option<Instant> {
        self.state().deadline()
    }

    pub fn speaks(&self, version: Version) {
        self.state().version = version;
    }

    /// A head is whole; until the guard is dropped, it is the server's turn.
    pub fn serve(&self) -> Serving {
        self.state().serve(Instant::now());
        Serving(self.clone())
    }

    pub fn upgraded(&self) {
        self.state().upgraded = true;
    }

    /// Bytes have come.
    pub fn received(&self) {
        self.state().receive(Instant::now());
    }

    /// The other end has taken so many of the bytes that were there for it; the rest has to wait.
    pub fn sent(&self, taken: usize, of: usize) {
        self.state().send(taken, of, Instant::now());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that has not begun to be answered.
pub struct Serving(Pace);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.state().served(Instant::now());
    }
}

impl State {
    fn new(bounds: &Bounds, now: Instant) -> Self {
        State {
            version: Version::Http1,
            head: bounds.head,
            idle: bounds.idle,
            touched: now,
            fresh: true,
            serving: 0,
            head_since: None,
            stalled: false,
            taking: Progress::begin(now, bounds),
            upgraded: false,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        if self.upgraded {
            None
        } else if self.stalled {
            Some(self.taking.due)
        } else if self.serving > 0 {
            None
        } else if let Some(since) = self.head_since {
            Some(since + self.head)
        } else {
            Some(self.touched + if self.fresh { self.head } else { self.idle })
        }
    }

    fn serve(&mut self, now: Instant) {
        (self.touched, self.fresh, self.head_since) = (now, false, None);
        self.serving += 1;
    }

    fn served(&mut self, now: Instant) {
        self.serving -= 1;
        self.touched = now;
        if !self.stalled {
            self.taking.renew(now);
        }
    }

    /// Between two requests of HTTP/1 bytes begin a head; in HTTP/2 they may be anything.
    fn receive(&mut self, now: Instant) {
        let between = self.serving == 0 && !self.fresh;
        if self.version == Version::Http1 && between && self.head_since.is_none() {
            self.head_since = Some(now);
        }
    }

    fn send(&mut self, taken: usize, of: usize, now: Instant) {
        let before = self.stalled;
        self.taking.go_on(taken, now);
        self.stalled = taken < of;
        match (before, self.stalled) {
            (false, true) => self.taking.allow_a_moment(now),
            (true, false) => {
                self.touched = now;
                // What came meanwhile could not be looked at.
                self.head_since = self.head_since.map(|_| now);
            }
            _ => {}
        }
    }
}

/// By when more bytes must have moved, at a rate that is asked for over any longer time.
#[derive(Clone, Debug)]
pub struct Progress {
    due: Instant,
    slack: Duration,
    rate: u32,
}

impl Progress {
    pub fn begin(now: Instant, bounds: &Bounds) -> Self {
        Progress { due: now + bounds.slack, slack: bounds.slack, rate: bounds.rate.max(1) }
    }

    pub fn due(&self) -> Instant {
        self.due
    }

    /// So many bytes have moved: they buy time, but never more than the slack.
    pub fn go_on(&mut self, bytes: usize, now: Instant) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let bought = Duration::from_secs(1) * bytes / self.rate;
        self.due = (self.due + bought).min(now + self.slack);
    }

    fn renew(&mut self, now: Instant) {
        self.due = now + self.slack;
    }

    /// Nobody is late from the first moment on.
    fn allow_a_moment(&mut self, now: Instant) {
        self.due = self.due.max(now + self.slack / 4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A state, and the time that passes for it.
    struct Clock {
        state: State,
        now: Instant,
    }

    impl Clock {
        fn new() -> Self {
            let (head, idle, slack) = (10 * SECOND, 60 * SECOND, 20 * SECOND);
            let bounds = Bounds { head, idle, slack, rate: 1024, ..Bounds::default() };
            let now = Instant::now();
            Clock { state: State::new(&bounds, now), now }
        }

        fn left(&self) -> Option<u64> {
            self.state.deadline().map(|at| at.saturating_duration_since(self.now).as_secs())
        }

        /// What happens so many seconds later; how many are left then.
        fn after(&mut self, seconds: u32, what: impl FnOnce(&mut State, Instant)) -> Option<u64> {
            self.now += SECOND * seconds;
            what(&mut self.state, self.now);
            self.left()
        }
    }

    #[test]
    fn silence_and_dribbled_heads_end() {
        let mut clock = Clock::new();
        assert_eq!(clock.left(), Some(10), "nothing said yet");
        assert_eq!(clock.after(4, State::receive), Some(6), "a byte buys nothing");
        assert_eq!(clock.after(4, State::receive), Some(2));
        assert_eq!(clock.after(1, State::serve), None, "the server's turn");
        assert_eq!(clock.after(100, State::served), Some(60), "between requests");
        assert_eq!(clock.after(59, State::receive), Some(10), "the next head");
        assert_eq!(clock.after(9, State::receive), Some(1));
    }

    #[test]
    fn in_http2_frames_alone_keep_nothing_open() {
        let mut clock = Clock::new();
        clock.state.version = Version::Http2;
        clock.after(1, State::serve);
        clock.after(1, State::served);
        for left in [50, 40, 30, 20, 10] {
            assert_eq!(clock.after(10, State::receive), Some(left));
        }
    }

    #[test]
    fn a_slow_reader_keeps_the_rate_up_or_goes() {
        let mut clock = Clock::new();
        let sent = |taken, of| move |state: &mut State, now| state.send(taken, of, now);
        clock.after(0, State::serve);
        clock.after(0, State::served);
        assert_eq!(clock.after(0, sent(0, 100_000)), Some(20));
        assert_eq!(clock.after(15, sent(2048, 100_000)), Some(7), "two seconds for two KiB");
        assert_eq!(clock.after(5, sent(1 << 20, 2 << 20)), Some(20), "never more than the slack");
        // A piece that goes through whole between two that don't begins nothing anew.
        assert_eq!(clock.after(15, sent(1024, 1024)), Some(60));
        assert_eq!(clock.after(0, sent(0, 1024)), Some(6));
        assert_eq!(clock.after(0, sent(1024, 1024)), Some(60), "all taken");
        clock.state.upgraded = true;
        assert_eq!(clock.left(), None);
    }
}
