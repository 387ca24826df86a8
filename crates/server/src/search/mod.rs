//! Searching over the years (検索): all entries of a region, whatever the year, and what stood in its snapshots and does
//! not stand there any more.

pub mod api;
pub mod service;

use crate::{account::Viewer, entry::Placed, region::RegionView, sheet::Frame, snapshot::Snapshot};
use renkei_domain::{EntryId, Facet};
use std::{cmp::Reverse, fmt, num::ParseIntError, str::FromStr, sync::Arc};

/// A part of what was found.
#[derive(Debug, Default)]
pub struct Found {
    /// One more than were asked for, if there are more.
    pub hits: Vec<Hit>,
    /// Of all.
    pub total: usize,
    /// Where all of it is; `None`: there is no such region, or it has no sheet.
    pub region: Option<Arc<RegionView>>,
}

/// An entry in which something was found.
#[derive(Clone, Debug)]
pub struct Hit {
    pub place: Place,
    /// The sheet that governs it, as it is today; with the rows of the snapshot, where it stood in one.
    pub frame: Arc<Frame>,
    pub placed: Placed,
    /// Who edited it last.
    pub editor: Option<Arc<Viewer>>,
    /// `None`: it is today's.
    pub snapshot: Option<Arc<Snapshot>>,
}

/// Where a hit stands among all: newest sheet first, then as on the sheet; what stood in snapshots behind what stands there
/// today. Behind it a page goes on, whatever has come or gone since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    year: Reverse<i32>,
    /// The row's position on the sheet of today; behind all of its rows if it has no such item.
    item: usize,
    facet: Facet,
    rank: i64,
    entry: EntryId,
    /// In a snapshot.
    version: Option<Reverse<i32>>,
}

/// A text that is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlace;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year: Reverse(year), item, facet, rank, entry, version } = self;
        write!(f, "{year}.{item}.{}.{rank}.{entry}", facet.code())?;
        version.map_or(Ok(()), |Reverse(version)| write!(f, ".{version}"))
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(NoPlace);
        let (year, item, facet, rank, entry) = (next()?, next()?, next()?, next()?, next()?);
        let number = |_: ParseIntError| NoPlace;
        let place = Self {
            year: Reverse(year.parse().map_err(number)?),
            item: item.parse().map_err(number)?,
            facet: Facet::from_code(facet).ok_or(NoPlace)?,
            rank: rank.parse().map_err(number)?,
            entry: entry.parse().map_err(|_| NoPlace)?,
            version: parts.next().map(str::parse).transpose().map_err(number)?.map(Reverse),
        };
        if parts.next().is_some() { Err(NoPlace) } else { Ok(place) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_text() {
        let entry: EntryId = "018f3a52-0000-7000-8000-000000000001".parse().unwrap();
        for version in [None, Some(Reverse(3))] {
            let place =
                Place { year: Reverse(2026), item: 2, facet: Facet::Goal, rank: -1024, entry, version };
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for text in ["", "1234", "2026.0.PLAN.1", "2026.0.NONE.1.018f3a52-0000-7000-8000-000000000001"] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }

    #[test]
    fn the_newest_sheet_comes_first_and_today_before_snapshots() {
        let entry: EntryId = "018f3a52-0000-7000-8000-000000000001".parse().unwrap();
        let place = |year, item, facet, version: Option<i32>| Place {
            year: Reverse(year),
            item,
            facet,
            rank: 0,
            entry,
            version: version.map(Reverse),
        };
        let ordered = [
            place(2026, 0, Facet::Status, None),
            place(2026, 0, Facet::Status, Some(2)),
            place(2026, 0, Facet::Status, Some(1)),
            place(2026, 0, Facet::Plan, None),
            place(2026, 1, Facet::Status, None),
            place(2025, 0, Facet::Status, None),
        ];
        assert!(ordered.is_sorted());
    }
}
