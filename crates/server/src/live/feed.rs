//! A region's feed: new rows of the log are read once, by whoever comes first, and shared by all who wait for them.

use super::store::{self, Logged};
use crate::{
    Db, Fault,
    change::{self, Action, Entity, api::Change},
    comment,
    entry::{CellKey, Placed, api::Together},
    graphql::reading::Reading,
    sheet::{self, Frame},
};
use renkei_domain::{FiscalYear, RegionId, SheetId, ThreadId};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};
use tokio::sync::{Mutex, watch};

/// Changes that are kept for those who are a little behind. Whoever is further behind reads the sheet again.
pub const KEPT: usize = 1_000;
/// Rows that are read at once.
const CHUNK: u64 = 100;

/// One change, ready to be shown to anybody who reads the region.
pub struct Event {
    pub seq: i64,
    pub change: Change,
    pub what: What,
    /// All sheets of the region, as of this change or a later one.
    frames: Arc<Frames>,
}

/// What a change is about, as far as somebody with a sheet open wants to know.
pub enum What {
    Entry {
        action: Action,
        /// Where it was; `None` if it was not there.
        before: Option<CellKey>,
        after: Placed,
        together: Arc<Together>,
    },
    /// The sheet itself, or what it is made of. `None`: every sheet of the region.
    Sheet(Option<SheetId>),
    /// What is said about an entry or a cell.
    Thread { id: ThreadId, cell: CellKey },
    /// Nothing that a sheet shows.
    Other,
}

/// What comes after a number.
pub enum Next {
    Events(Vec<Arc<Event>>),
    /// Too much, or the number is not of this log; go on from here.
    Reset(i64),
}

pub struct Feed {
    db: Db,
    region: RegionId,
    told: watch::Receiver<u64>,
    kept: Mutex<Kept>,
}

/// The last changes, in order and without a gap.
#[derive(Default)]
struct Kept {
    /// As of which word of the hub everything is read.
    looked: Option<u64>,
    last: i64,
    events: VecDeque<Arc<Event>>,
    frames: Option<Arc<Frames>>,
}

type Frames = Vec<Arc<Frame>>;

impl Feed {
    pub fn new(db: Db, region: RegionId) -> Self {
        let told = db.hub().watch(region);
        Feed { db, region, told, kept: Mutex::default() }
    }

    /// Hears when there may be something to read. To be called before the first look, so that nothing is missed.
    pub fn watch(&self) -> watch::Receiver<u64> {
        let mut told = self.told.clone();
        told.mark_changed();
        told
    }

    /// The number of the last change.
    pub async fn now(&self, reading: &Reading) -> Result<i64, Fault> {
        let mut kept = self.kept.lock().await;
        self.look(reading, &mut kept).await?;
        Ok(kept.last)
    }

    /// What comes after a number, in order; at most [`KEPT`] events, and none if it is the last one.
    pub async fn after(&self, reading: &Reading, seq: i64) -> Result<Next, Fault> {
        let mut kept = self.kept.lock().await;
        self.look(reading, &mut kept).await?;
        if seq > kept.last {
            // Known to somebody who heard of it from another server; this one looks again before it believes nobody.
            kept.looked = None;
            self.look(reading, &mut kept).await?;
        }
        let Ok(behind) = usize::try_from(kept.last.saturating_sub(seq)) else {
            return Ok(Next::Reset(kept.last));
        };
        if behind > KEPT {
            return Ok(Next::Reset(kept.last));
        }
        if behind <= kept.events.len() {
            let first = kept.events.len() - behind;
            return Ok(Next::Events(kept.events.iter().skip(first).cloned().collect()));
        }
        let last = kept.last;
        let frames = self.frames(&mut kept).await?;
        drop(kept);
        let rows = store::after(&self.db, self.region, seq, CHUNK).await?;
        match rows.is_empty() {
            true => Ok(Next::Reset(last)),
            false => Ok(Next::Events(self.events(reading, rows, &frames).await?)),
        }
    }

    /// Reads what is new, if the hub has told of anything since the last look.
    async fn look(&self, reading: &Reading, kept: &mut Kept) -> Result<(), Fault> {
        let told = *self.told.borrow();
        if kept.looked == Some(told) {
            return Ok(());
        }
        if kept.last == 0 {
            kept.last = store::newest(&self.db, self.region).await?;
        }
        loop {
            let rows = store::after(&self.db, self.region, kept.last, CHUNK).await?;
            let full = u64::try_from(rows.len()) == Ok(CHUNK);
            if rows.iter().any(|row| shapes(row.entity)) {
                kept.frames = None;
            }
            let frames = self.frames(kept).await?;
            for event in self.events(reading, rows, &frames).await? {
                kept.last = event.seq;
                kept.events.push_back(event);
            }
            if !full {
                break;
            }
            // More than anybody is sent: those in the middle are not read.
            let newest = store::newest(&self.db, self.region).await?;
            if newest - kept.last > i64::try_from(KEPT)? {
                kept.last = newest;
                kept.events.clear();
                kept.frames = None;
            }
        }
        let spare = kept.events.len().saturating_sub(KEPT);
        kept.events.drain(..spare);
        kept.looked = Some(told);
        Ok(())
    }

    async fn frames(&self, kept: &mut Kept) -> Result<Arc<Frames>, Fault> {
        if let Some(frames) = &kept.frames {
            return Ok(frames.clone());
        }
        let frames = Arc::new(sheet::service::frames(&self.db, self.region).await?);
        kept.frames = Some(frames.clone());
        Ok(frames)
    }

    /// Rows as events: what they need together is read once, for all of them and all who see them.
    async fn events(
        &self,
        reading: &Reading,
        rows: Vec<Logged>,
        frames: &Arc<Frames>,
    ) -> Result<Vec<Arc<Event>>, Fault> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let changes = rows.iter().map(|row| row.change.clone()).collect();
        let shown = change::api::listed(reading, changes).await?;
        let mut entries = Vec::new();
        for row in rows.iter().filter(|row| row.entity == Entity::Entry) {
            entries.push(serde_json::from_value::<Placed>(row.after.clone())?);
        }
        let together: HashMap<FiscalYear, Arc<Together>> = frames
            .iter()
            .map(|frame| {
                let year = frame.head.fiscal_year;
                let governed = entries
                    .iter()
                    .map(|placed| &placed.entry)
                    .filter(move |entry| entry.cell.facet.governing_year(entry.cell.fiscal_year) == year);
                (year, Arc::new(Together::of(frame.clone(), governed)))
            })
            .collect();
        let mut entries = entries.into_iter();
        let mut events = Vec::with_capacity(rows.len());
        for (row, change) in rows.into_iter().zip(shown) {
            let (seq, action) = (row.change.seq, row.change.action);
            let what = match row.entity {
                Entity::Entry => match entries.next() {
                    Some(after) => entry(action, row.before, after, &together)?,
                    None => What::Other,
                },
                Entity::Region | Entity::Organization => What::Sheet(None),
                Entity::Sheet => What::Sheet(Some(SheetId(row.entity_id))),
                Entity::Handout => handout(&row.after, frames),
                Entity::Snapshot => What::Sheet(None),
                Entity::Thread => {
                    let comment::Logged { cell, .. } = serde_json::from_value(row.after)?;
                    What::Thread { id: ThreadId(row.entity_id), cell }
                }
                Entity::Account => What::Other,
            };
            events.push(Arc::new(Event { seq, change, what, frames: frames.clone() }));
        }
        Ok(events)
    }
}

impl Event {
    /// The sheet as of this event, if it is one of the region's.
    pub fn frame(&self, sheet: SheetId) -> Option<&Arc<Frame>> {
        self.frames.iter().find(|frame| frame.head.id == sheet)
    }
}

/// Whether a change may alter a sheet's columns, rows or names.
fn shapes(entity: Entity) -> bool {
    matches!(entity, Entity::Region | Entity::Organization | Entity::Sheet | Entity::Handout)
}

fn entry(
    action: Action,
    before: Option<serde_json::Value>,
    after: Placed,
    together: &HashMap<FiscalYear, Arc<Together>>,
) -> Result<What, Fault> {
    let before = before.map(serde_json::from_value::<Placed>).transpose()?;
    let cell = after.entry.cell;
    match together.get(&cell.facet.governing_year(cell.fiscal_year)) {
        Some(together) => {
            let before = before.map(|before| before.entry.cell);
            Ok(What::Entry { action, before, after, together: together.clone() })
        }
        // No sheet shows it.
        None => Ok(What::Other),
    }
}

/// A handout belongs to a year, and so to its sheet.
fn handout(after: &serde_json::Value, frames: &Frames) -> What {
    let year = after["fiscalYear"].as_i64();
    let shows = |frame: &&Arc<Frame>| Some(i64::from(frame.head.fiscal_year.0)) == year;
    frames.iter().find(shows).map_or(What::Other, |frame| What::Sheet(Some(frame.head.id)))
}
