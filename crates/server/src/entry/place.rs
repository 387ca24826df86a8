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

/// Ranks for so many entries, one after the other between two neighbours, evenly apart; `None`: there is not room enough.
fn ranks_between(before: Option<i64>, next: Option<i64>, count: usize) -> Option<Vec<i64>> {
    let count = i64::try_from(count).ok()?;
    let (first, step) = match (before, next) {
        (None, None) => (0, GAP),
        (Some(before), None) => (before.checked_add(GAP)?, GAP),
        (None, Some(next)) => (next.checked_sub(GAP.checked_mul(count)?)?, GAP),
        (Some(before), Some(next)) => {
            let step = (i128::from(next) - i128::from(before)) / (i128::from(count) + 1);
            let step = i64::try_from(step).ok().filter(|step| *step > 0)?;
            (before.checked_add(step)?, step)
        }
    };
    (0..count).map(|nth| first.checked_add(step.checked_mul(nth)?)).collect()
}

/// The ranks of a cell's entries in this order, where some have theirs (which go up) and the others are given one.
/// `None`: somewhere there is not room enough, and the cell needs fresh ranks first.
pub fn ranks_of(order: &[Option<i64>]) -> Option<Vec<i64>> {
    let mut ranks = Vec::with_capacity(order.len());
    for run in order.chunk_by(|one, other| one.is_none() && other.is_none()) {
        match run {
            [Some(rank)] => ranks.push(*rank),
            _ => {
                let next = order.get(ranks.len() + run.len()).copied().flatten();
                ranks.extend(ranks_between(ranks.last().copied(), next, run.len())?);
            }
        }
    }
    Some(ranks)
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

    proptest! {
        #[test]
        fn several_ranks_go_up_and_leave_the_others_as_they_are(
            gaps in prop::collection::vec((1i64..20, prop::bool::ANY), 0..40),
        ) {
            let mut rank = -5_000;
            let order: Vec<Option<i64>> = gaps
                .into_iter()
                .map(|(gap, given)| {
                    rank += if given { gap } else { 0 };
                    given.then_some(rank)
                })
                .collect();
            // Where it does not fit there are too many between two neighbours.
            if let Some(ranks) = ranks_of(&order) {
                prop_assert_eq!(ranks.len(), order.len());
                prop_assert!(ranks.is_sorted_by(|one, other| one < other));
                for (rank, given) in ranks.iter().zip(&order) {
                    prop_assert!(given.is_none_or(|given| given == *rank));
                }
            } else {
                let given: Vec<(usize, i64)> =
                    order.iter().enumerate().filter_map(|(at, rank)| Some((at, (*rank)?))).collect();
                let narrow = given.windows(2).any(|pair| pair[1].1 - pair[0].1 < (pair[1].0 - pair[0].0) as i64);
                prop_assert!(narrow, "{:?}", order);
            }
        }
    }

    #[test]
    fn five_hundred_entries_find_room_between_fresh_ranks() {
        let order: Vec<Option<i64>> = [Some(0)].into_iter().chain([None; 500]).chain([Some(GAP)]).collect();
        assert_eq!(ranks_of(&order).map(|ranks| ranks.len()), Some(502));
        let full = [Some(0), None, Some(1)];
        assert_eq!(ranks_of(&full), None);
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
