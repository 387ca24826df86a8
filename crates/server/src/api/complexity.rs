//! The complexity of fields that are lists, for `#[graphql(complexity = "…")]`: fields of the answer, as many as the
//! list's rows are expected to make of them. Every other field counts one.

/// Of an operation at most. The client's whole sheet has some 20,000.
pub const LIMIT: usize = 100_000;
/// Of a field that may stand only once in an operation: two are too much.
pub const ONCE: usize = LIMIT / 2 + 1;
/// Of a snapshot's sheet, which is read whole.
pub const STORED_SHEET: usize = 12_000;
/// Above every limit, and so small that sums of it do not overflow.
const MAX: usize = 1 << 40;

/// Of a list of so many rows.
pub fn list(rows: usize, child_complexity: usize) -> usize {
    child_complexity.saturating_add(1).saturating_mul(rows).min(MAX)
}

/// Of a page, whose rows are as many as its argument `first` says.
pub fn page(first: Option<i32>, child_complexity: usize) -> usize {
    let rows = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(20);
    list(rows.max(1), child_complexity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complexity_does_not_overflow() {
        let nested = (0..40).fold(1, |complexity, _| page(Some(100), complexity));
        assert!(nested > LIMIT && nested.checked_mul(10_000).is_some());
        assert_eq!((page(None, 2), page(Some(5), 2), page(Some(-1), 2)), (60, 15, 60));
    }
}
