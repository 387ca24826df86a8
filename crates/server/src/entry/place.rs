//! Places in a cell: ranks with gaps between them, so that a move touches one entry and not its neighbours.

use renkei_domain::EntryId;

/// Room for 32 entries, one after the other, between any two neighbours.
const GAP: i64 = 1 << 32;

/// An entry's place in its cell. Deleted ones keep theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub id: EntryId,
    pub rank: i64,
    pub living: bool,
}

/// The rank that puts an entry right behind `after` (`None`: to the front) among these, which are in order.
/// `None` where there is no room: [`spread`] them first.
pub fn behind(standing: &[Standing], after: Option<EntryId>) -> Option<i64> {
    let next = match after {
        None => 0,
        Some(after) => standing.iter().position(|other| other.id == after)? + 1,
    };
    let before = next.checked_sub(1).and_then(|index| standing.get(index)).map(|other| other.rank);
    match (before, standing.get(next).map(|other| other.rank)) {
        (None, None) => Some(0),
        (Some(before), None) => before.checked_add(GAP),
        (None, Some(next)) => next.checked_sub(GAP),
        (Some(before), Some(next)) => {
            let middle = before.midpoint(next);
            (before < middle && middle < next).then_some(middle)
        }
    }
}

/// The rank behind all of these.
pub fn last(standing: &[Standing]) -> Option<i64> {
    behind(standing, standing.last().map(|other| other.id))
}

/// The same order with fresh gaps.
pub fn spread(standing: &mut [Standing]) {
    for (rank, other) in (0..).step_by(GAP as usize).zip(standing) {
        other.rank = rank;
    }
}

/// How many living ones stand before this place.
pub fn position(standing: &[Standing], id: EntryId, rank: i64) -> usize {
    standing.iter().filter(|other| other.living && (other.rank, other.id) < (rank, id)).count()
}

/// Who stands before the place with this number among the living; `None`: it is the front.
pub fn before(standing: &[Standing], position: usize) -> Option<EntryId> {
    standing.iter().filter(|other| other.living).take(position).last().map(|other| other.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(n: usize) -> EntryId {
        EntryId(Uuid::from_u128(n as u128))
    }

    /// Puts a new entry behind another, as the service does.
    fn put(standing: &mut Vec<Standing>, new: EntryId, after: Option<EntryId>) {
        if behind(standing, after).is_none() {
            spread(standing);
        }
        let rank = behind(standing, after).unwrap();
        standing.push(Standing { id: new, rank, living: true });
        standing.sort_by_key(|other| (other.rank, other.id));
    }

    proptest! {
        #[test]
        fn order_is_kept_however_often_one_place_is_used(places in prop::collection::vec(0usize..4, 1..200)) {
            let (mut standing, mut expected) = (Vec::new(), Vec::new());
            for (n, place) in places.into_iter().enumerate() {
                let place = place.min(expected.len());
                let after = place.checked_sub(1).map(|before| expected[before]);
                put(&mut standing, id(n), after);
                expected.insert(place, id(n));
            }
            let order: Vec<_> = standing.iter().map(|other| other.id).collect();
            prop_assert_eq!(&order, &expected);
            for (index, other) in standing.iter().enumerate() {
                prop_assert_eq!(position(&standing, other.id, other.rank), index);
                prop_assert_eq!(before(&standing, index), index.checked_sub(1).map(|index| expected[index]));
            }
        }
    }
}
