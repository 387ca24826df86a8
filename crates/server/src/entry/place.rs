//! Ranks: an entry's place in its cell, with gaps between neighbours, so that a move touches one entry alone.

use renkei_domain::EntryId;

/// Between neighbours, so that 32 entries go one after the other between any two.
pub const GAP: i64 = 1 << 32;

/// A living entry of a cell and its rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedEntry {
    pub id: EntryId,
    pub rank: i64,
    pub chars: usize,
}

/// What stands in a cell besides some entry, and on the sheet that governs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Others {
    pub entries: usize,
    /// The rank of the last one.
    pub last: Option<i64>,
    pub chars_of_cell: usize,
    pub chars_of_sheet: usize,
}

/// The rank behind all of these; `None`: there is none left.
pub fn rank_behind(others: &Others) -> Option<i64> {
    others.last.map_or(Some(0), |last| last.checked_add(GAP))
}

/// The rank that puts an entry right after `after` (`None`: to the front) among these, which are in order. `None` where
/// there is no rank left between the two neighbours: the cell needs fresh ranks first.
pub fn rank_after(entries: &[RankedEntry], after: Option<EntryId>) -> Option<i64> {
    let next = match after {
        None => 0,
        Some(after) => entries.iter().position(|other| other.id == after)? + 1,
    };
    let before = next.checked_sub(1).and_then(|index| entries.get(index)).map(|other| other.rank);
    match (before, entries.get(next).map(|other| other.rank)) {
        (None, None) => Some(0),
        (Some(before), None) => before.checked_add(GAP),
        (None, Some(next)) => next.checked_sub(GAP),
        (Some(before), Some(next)) => {
            let middle = before.midpoint(next);
            (before < middle && middle < next).then_some(middle)
        }
    }
}

/// How many entries stand before this place.
pub fn position(entries: &[RankedEntry], id: EntryId, rank: i64) -> usize {
    entries.iter().filter(|other| (other.rank, other.id) < (rank, id)).count()
}

/// The entry before the place with this number; `None`: it is the front.
pub fn before(entries: &[RankedEntry], position: usize) -> Option<EntryId> {
    entries.iter().take(position).next_back().map(|other| other.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(n: usize) -> EntryId {
        EntryId(Uuid::from_u128(n as u128))
    }

    /// Puts a new entry after another, as the service does, and renumbers as the store does.
    fn put(entries: &mut Vec<RankedEntry>, new: EntryId, after: Option<EntryId>) {
        if rank_after(entries, after).is_none() {
            for (rank, other) in (0..).step_by(GAP as usize).zip(entries.iter_mut()) {
                other.rank = rank;
            }
        }
        let rank = rank_after(entries, after).unwrap();
        entries.push(RankedEntry { id: new, rank, chars: 0 });
        entries.sort_by_key(|other| (other.rank, other.id));
    }

    proptest! {
        #[test]
        fn order_is_kept_however_often_one_place_is_used(places in prop::collection::vec(0usize..4, 1..200)) {
            let (mut entries, mut expected) = (Vec::new(), Vec::new());
            for (n, place) in places.into_iter().enumerate() {
                let place = place.min(expected.len());
                let after = place.checked_sub(1).map(|before| expected[before]);
                put(&mut entries, id(n), after);
                expected.insert(place, id(n));
            }
            let order: Vec<_> = entries.iter().map(|other| other.id).collect();
            prop_assert_eq!(&order, &expected);
            for (index, other) in entries.iter().enumerate() {
                prop_assert_eq!(position(&entries, other.id, other.rank), index);
                prop_assert_eq!(before(&entries, index), index.checked_sub(1).map(|index| expected[index]));
            }
        }
    }

    #[test]
    fn adding_and_deleting_at_one_place_for_ever_needs_no_fresh_ranks() {
        let entry = |n, rank| RankedEntry { id: id(n), rank, chars: 0 };
        let entries = [entry(1, 0), entry(2, GAP)];
        for after in [None, Some(id(1)), Some(id(2))] {
            let rank = rank_after(&entries, after);
            assert!(rank.is_some() && rank_after(&entries, after) == rank, "deleted ones take no rank");
        }
    }
}
