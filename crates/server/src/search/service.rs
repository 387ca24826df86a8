//! What is found: the same as a sheet's filter shows, in a number of statements that depends on nothing.
//!
//! The database compares the words with the folded texts of the region; scenes and owners are judged by the domain's filter,
//! as everywhere. All hits are counted and put in order by what is narrow of them, and a page of them is read.

use super::{Found, Hit, Place};
use crate::{
    Db, Fault, account, entry,
    sheet::{self, Frame},
    snapshot::{self, KeptHit, KeptKey},
};
use renkei_domain::{
    AccountId, EntryFacts, EntryFilter, EntryId, FiscalYear, RegionId, SceneSet, SnapshotId,
};
use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Where something was found.
struct Narrow {
    place: Place,
    frame: Arc<Frame>,
    kept: Option<(KeptKey, SnapshotId)>,
}

/// The hits of a region behind a place: `rows` of them, and one more if there is one.
pub async fn find(
    db: &Db,
    region: RegionId,
    filter: &EntryFilter,
    after: Option<Place>,
    rows: usize,
) -> Result<Found, Fault> {
    // No text has a NUL, and PostgreSQL is not asked for one.
    if filter.text.iter().any(|word| word.contains('\0')) {
        return Ok(Found::default());
    }
    let read = db.read().await?;
    let frames = sheet::service::frames_in(&read, region).await?;
    let view = frames.first().map(|frame| frame.region.clone());
    let frames = Frames {
        of_years: frames.into_iter().map(|frame| (frame.head.fiscal_year, frame)).collect(),
        filter: EntryFilter { text: Default::default(), ..filter.clone() },
    };
    let of_today = entry::hits(&read, region, &filter.text).await?;
    let mut hits: Vec<Narrow> = of_today.into_iter().filter_map(|hit| frames.of_today(hit)).collect();
    hits.extend(newest(snapshot::hits(&read, region, &filter.text).await?, &frames));
    hits.sort_unstable_by_key(|hit| hit.place);
    let total = hits.len();
    let first = after.map_or(0, |after| hits.partition_point(|hit| hit.place <= after));
    let page: Vec<Narrow> = hits.into_iter().skip(first).take(rows + 1).collect();
    let ids: Vec<EntryId> = page.iter().filter(|hit| hit.kept.is_none()).map(|hit| hit.place.entry).collect();
    let living = entry::placed_all(&read, &ids).await?;
    let mut living: HashMap<EntryId, _> =
        living.into_iter().map(|placed| (placed.entry.id, placed)).collect();
    let keys: Vec<KeptKey> = page.iter().filter_map(|hit| Some(hit.kept?.0)).collect();
    let mut kept = snapshot::kept(&read, region, &keys).await?;
    let snapshots: Vec<SnapshotId> = page.iter().filter_map(|hit| Some(hit.kept?.1)).collect();
    let snapshots = snapshot::with_rows(&read, &snapshots).await?;
    let snapshots: HashMap<SnapshotId, _> =
        snapshots.into_iter().map(|(id, (snapshot, rows))| (id, (Arc::new(snapshot), rows))).collect();
    let edited = living.values().chain(kept.values());
    let people: HashSet<AccountId> = edited.filter_map(|placed| placed.entry.updated_by).collect();
    let people = account::viewers(&read, people).await?;
    let people: HashMap<AccountId, _> =
        people.into_iter().map(|(id, person)| (id, Arc::new(person))).collect();
    // All was read at one moment.
    let gone = || Fault::new("a hit is not there");
    let hit = |Narrow { place, frame, kept: key }: Narrow| {
        let (placed, frame, snapshot) = match key {
            None => (living.remove(&place.entry), frame, None),
            Some((key, id)) => {
                let (snapshot, rows) = snapshots.get(&id).ok_or_else(gone)?;
                let frame = Frame { rows: rows.clone(), ..(*frame).clone() };
                (kept.remove(&key), Arc::new(frame), Some(snapshot.clone()))
            }
        };
        let placed = placed.ok_or_else(gone)?;
        let editor = placed.entry.updated_by.and_then(|editor| people.get(&editor)).cloned();
        Ok(Hit { place, frame, placed, editor, snapshot })
    };
    Ok(Found { hits: page.into_iter().map(hit).collect::<Result<_, Fault>>()?, total, region: view })
}

/// The sheets of a region, and what is asked of entries besides words.
struct Frames {
    of_years: HashMap<FiscalYear, Arc<Frame>>,
    filter: EntryFilter,
}

impl Frames {
    /// What stands there today in its place, if it is asked for, and if a sheet governs it that has its item.
    fn of_today(&self, hit: entry::Hit) -> Option<Narrow> {
        let frame = self.of_years.get(&hit.cell.governing_year())?;
        let row = frame.row(hit.cell.item)?;
        self.admit(hit, frame, row.scenes, row.position, None)
    }

    /// What stood in a snapshot, by its item as the snapshot has it. Items that the sheet of today has no more come behind
    /// those that it has.
    fn of_snapshot(&self, kept: &KeptHit) -> Option<Narrow> {
        let frame = self.of_years.get(&kept.hit.cell.governing_year())?;
        let position = match frame.row(kept.hit.cell.item) {
            Some(row) => row.position,
            None => frame.rows.len() + kept.item_position,
        };
        self.admit(kept.hit, frame, kept.item_scenes, position, Some((kept.key, kept.snapshot)))
    }

    fn admit(
        &self,
        hit: entry::Hit,
        frame: &Arc<Frame>,
        item_scenes: SceneSet,
        item: usize,
        kept: Option<(KeptKey, SnapshotId)>,
    ) -> Option<Narrow> {
        let facts =
            EntryFacts { explicit_scenes: hit.explicit_scenes, item_scenes, owner: hit.owner, folded: "" };
        let place = Place {
            year: Reverse(frame.head.fiscal_year.0),
            item,
            facet: hit.cell.facet,
            rank: hit.rank,
            entry: hit.id,
            version: kept.map(|((_, version), _)| Reverse(version)),
        };
        self.filter.admits(&facts).then(|| Narrow { place, frame: frame.clone(), kept })
    }
}

/// Of the same text of an entry in several snapshots the newest.
fn newest(mut kept: Vec<KeptHit>, frames: &Frames) -> Vec<Narrow> {
    kept.sort_unstable_by_key(|kept| Reverse(kept.key));
    let mut known: HashSet<(EntryId, String)> = HashSet::new();
    let mut hits = Vec::new();
    for kept in kept {
        if let Some(narrow) = frames.of_snapshot(&kept)
            && known.insert((kept.hit.id, kept.folded))
        {
            hits.push(narrow);
        }
    }
    hits
}
