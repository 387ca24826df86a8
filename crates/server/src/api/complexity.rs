//! The complexity of fields that are lists, for `#[graphql(complexity = "…")]`: fields of the answer, as many as the
//! list's rows are expected to make of them. Every other field counts one. Fields do not say how long their texts are: those
//! of the past, and comments, of which there is any number, are counted in bytes while they are resolved ([`Texts`]).

use async_graphql::Error;
use parking_lot::Mutex as SyncMutex;
use tokio::{sync::Mutex, task::yield_now};

/// Of an operation at most. The client's whole sheet has some 20,000.
pub const LIMIT: usize = 100_000;
/// Of a field that may stand only once in an operation: two are too much.
pub const ONCE: usize = LIMIT / 2 + 1;
/// Of a snapshot's sheet, which is read whole.
pub const STORED_SHEET: usize = 12_000;
/// Above every limit, and so small that sums of it do not overflow.
const MAX: usize = 1 << 40;
/// Of texts of the past and of comments, in one answer, in UTF-8. The differences of 20 changes of the longest entry, a page
/// of the client's history, take nearly as much at worst.
const TEXT_BYTES: usize = 16 << 20;
/// The error of an answer that would have more, for the executor, which says it as it says the library's.
pub const TOO_MUCH_TEXT: &str = "The texts are too long.";

/// Of a list of so many rows.
pub fn list(rows: usize, child_complexity: usize) -> usize {
    child_complexity.saturating_add(1).saturating_mul(rows).min(MAX)
}

/// Of a page, whose rows are as many as its argument `first` says.
pub fn page(first: Option<i32>, child_complexity: usize) -> usize {
    let rows = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(20);
    list(rows.max(1), child_complexity)
}

/// What an answer may still repeat of long texts.
pub struct Texts {
    /// In bytes; `None`: more was asked for.
    left: SyncMutex<Option<usize>>,
    turn: Mutex<()>,
}

impl Default for Texts {
    fn default() -> Self {
        Texts { left: SyncMutex::new(Some(TEXT_BYTES)), turn: Mutex::default() }
    }
}

impl Texts {
    /// Counts so many bytes more.
    pub fn add(&self, bytes: usize) -> Result<(), Error> {
        let mut left = self.left.lock();
        *left = left.and_then(|left| left.checked_sub(bytes));
        left.map(drop).ok_or_else(|| Error::new(TOO_MUCH_TEXT))
    }

    /// Counts the bytes of texts that are compared, and compares them: of one request one pair at a time, and each after a
    /// pause in which the time limit can end it.
    pub async fn compare<T>(&self, bytes: usize, compare: impl FnOnce() -> T) -> Result<T, Error> {
        self.add(bytes)?;
        let _turn = self.turn.lock().await;
        yield_now().await;
        // Others may have asked for too much meanwhile: then nobody is answered.
        self.add(0)?;
        Ok(compare())
    }

    /// From here on it is another answer.
    pub fn renew(&self) {
        *self.left.lock() = Some(TEXT_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use renkei_domain::limits;

    #[test]
    fn a_page_of_the_history_fits_however_long_the_entry() {
        // With marks and line breaks.
        let outline = 4 * (limits::BODY_CHARS + limits::NOTES * (limits::NOTE_CHARS + 8));
        let texts = Texts::default();
        assert!((0..20).all(|_| texts.add(2 * outline).is_ok()));
    }

    #[test]
    fn after_too_much_there_is_nothing_until_the_next_answer() {
        let texts = Texts::default();
        assert!(texts.add(TEXT_BYTES).is_ok() && texts.add(0).is_ok());
        assert!(texts.add(1).is_err() && texts.add(0).is_err());
        texts.renew();
        assert!(texts.add(TEXT_BYTES).is_ok());
    }

    #[tokio::test]
    async fn nothing_is_compared_for_an_answer_with_too_much() {
        let texts = Texts::default();
        let mut compared = 0;
        let (first, second) =
            tokio::join!(texts.compare(TEXT_BYTES, || compared += 1), async { texts.add(1) });
        assert!(first.is_err() && second.is_err());
        assert_eq!(compared, 0);
    }

    #[test]
    fn complexity_does_not_overflow() {
        let nested = (0..40).fold(1, |complexity, _| page(Some(100), complexity));
        assert!(nested > LIMIT && nested.checked_mul(10_000).is_some());
        assert_eq!((page(None, 2), page(Some(5), 2), page(Some(-1), 2)), (60, 15, 60));
    }
}
