//! Visits: up to which change somebody has seen a sheet, so that they can be shown what is new since. Nobody else ever
//! sees them, and the change log does not know of them.

pub mod api;
pub mod service;
mod store;
mod table;

/// What somebody has seen of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visits {
    pub newest: Visit,
    /// Before the newest one began; of the first one, where it began.
    pub previous: Visit,
}

/// The last change that was seen, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    pub seq: i64,
    pub at: i64,
}

/// What is new to somebody on a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// When they last saw it; `None`: never.
    pub last: Option<Visit>,
    /// Their own, waiting to be saved.
    pub drafts: i64,
    /// What concerns them, and is unread.
    pub notices: i64,
    /// Of others, since their last visit; none before the first one.
    pub changes: i64,
}

impl Visits {
    /// The visit before the one that somebody is on at this moment. `pause`: milliseconds after which they are on
    /// another one.
    pub fn last(&self, now: i64, pause: i64) -> Visit {
        if self.is_over(now, pause) { self.newest } else { self.previous }
    }

    /// With what is seen now. Nobody unsees what they have seen.
    pub fn seen(&self, seq: i64, now: i64, pause: i64) -> Self {
        let newest = Visit { seq: seq.max(self.newest.seq), at: now.max(self.newest.at) };
        Visits { newest, previous: self.last(now, pause) }
    }

    fn is_over(&self, now: i64, pause: i64) -> bool {
        now - self.newest.at > pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: i64 = 100;

    #[test]
    fn what_is_new_stays_new_while_one_looks() {
        let first = Visit { seq: 5, at: 1_000 };
        let visits = Visits { newest: first, previous: first };
        assert_eq!(visits.last(1_000, PAUSE), first);
        // Seen a little later, on the same visit: what came meanwhile is still new.
        let visits = visits.seen(8, 1_050, PAUSE);
        assert_eq!(visits.last(1_060, PAUSE), first);
        // Back after a pause: what was seen last counts, also after it is noted again.
        assert_eq!(visits.last(1_151, PAUSE), Visit { seq: 8, at: 1_050 });
        let visits = visits.seen(9, 1_151, PAUSE);
        assert_eq!(visits.last(1_200, PAUSE), Visit { seq: 8, at: 1_050 });
    }

    #[test]
    fn nothing_is_unseen() {
        let first = Visit { seq: 5, at: 1_000 };
        let visits = Visits { newest: first, previous: first }.seen(3, 990, PAUSE);
        assert_eq!(visits.newest, first);
    }
}
