//! A region's event feed: new rows of the change log are read once, by whichever subscriber comes first, and shared by
//! all. It knows no reader; whoever renders an event for somebody decides what they may see of it.

use crate::{
    Db, Fault,
    account::{self, Viewer},
    change::{self, Change, Entity, LogRow},
    comment,
    entry::{CellKey, Placed},
    sheet::{self, Frame},
};
use renkei_domain::{AccountId, RegionId, SheetId, ThreadId};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};
use tokio::sync::{Mutex, watch};

/// Events that are buffered for subscribers that are behind. Whoever is further behind reads the sheet again.
pub const BUFFERED: usize = 1_000;
/// Rows that are read at once.
const CHUNK: u64 = 100;

/// A change of the region.
pub struct Event {
    pub change: Change,
    pub subject: Subject,
    /// Who made the change and who last edited its entry. Read once for all events that were read together.
    pub people: Arc<People>,
    /// All sheets of the region, as of this change or a later one.
    frames: Arc<Frames>,
}

/// What a change is about, as far as it concerns an open sheet.
pub enum Subject {
    Entry {
        /// Where it was; `None` if it was not there.
        before: Option<CellKey>,
        after: Box<Placed>,
    },
    /// The sheet itself, or what it is made of. `None`: every sheet of the region.
    Sheet(Option<SheetId>),
    /// A thread on an entry or a cell.
    Thread { id: ThreadId, cell: CellKey },
    /// Nothing that a sheet shows.
    Other,
}

/// What comes after a number.
pub enum Batch {
    Events(Vec<Arc<Event>>),
    /// More than is buffered, or the number is not of this log; events go on from this one.
    Reset(i64),
}

pub struct Feed {
    db: Db,
    region: RegionId,
    notifications: watch::Receiver<u64>,
    buffer: Mutex<Buffer>,
}

/// The last changes, in order and without a gap.
#[derive(Default)]
struct Buffer {
    /// As of which notification of the hub everything is read.
    read_at: Option<u64>,
    last: i64,
    events: VecDeque<Arc<Event>>,
    frames: Option<Arc<Frames>>,
}

type Frames = Vec<Arc<Frame>>;
pub type People = HashMap<AccountId, Arc<Viewer>>;

impl Feed {
    pub fn new(db: Db, region: RegionId) -> Self {
        let notifications = db.hub().subscribe(region);
        Feed { db, region, notifications, buffer: Mutex::default() }
    }

    /// Notified when there may be new events. To be called before the first read, so that nothing is missed.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        let mut notifications = self.notifications.clone();
        notifications.mark_changed();
        notifications
    }

    /// The number of the last change.
    pub async fn newest(&self) -> Result<i64, Fault> {
        let mut buffer = self.buffer.lock().await;
        self.read_new(&mut buffer).await?;
        Ok(buffer.last)
    }

    /// What comes after a number, in order; at most [`BUFFERED`] events, and none if it is the last one.
    pub async fn after(&self, seq: i64) -> Result<Batch, Fault> {
        let mut buffer = self.buffer.lock().await;
        self.read_new(&mut buffer).await?;
        if seq > buffer.last {
            // A subscriber may know this number from another server, of whose commit this one is not notified yet.
            buffer.read_at = None;
            self.read_new(&mut buffer).await?;
        }
        let behind = usize::try_from(buffer.last.saturating_sub(seq));
        let Some(behind) = behind.ok().filter(|behind| *behind <= BUFFERED) else {
            return Ok(Batch::Reset(buffer.last));
        };
        if behind <= buffer.events.len() {
            let first = buffer.events.len() - behind;
            return Ok(Batch::Events(buffer.events.iter().skip(first).cloned().collect()));
        }
        let last = buffer.last;
        let frames = self.frames(&mut buffer).await?;
        drop(buffer);
        let rows = change::after(self.db.direct(), self.region, seq, CHUNK).await?;
        match rows.is_empty() {
            true => Ok(Batch::Reset(last)),
            false => Ok(Batch::Events(self.events(rows, &frames).await?)),
        }
    }

    /// Reads what is new, if the hub has notified of anything since the last read.
    async fn read_new(&self, buffer: &mut Buffer) -> Result<(), Fault> {
        let notification = *self.notifications.borrow();
        if buffer.read_at == Some(notification) {
            return Ok(());
        }
        if buffer.last == 0 {
            buffer.last = change::newest_seq(self.db.direct(), self.region).await?;
        }
        loop {
            let rows = change::after(self.db.direct(), self.region, buffer.last, CHUNK).await?;
            let full = u64::try_from(rows.len()) == Ok(CHUNK);
            if rows.iter().any(|row| alters_frames(row.entity)) {
                buffer.frames = None;
            }
            let frames = self.frames(buffer).await?;
            for event in self.events(rows, &frames).await? {
                buffer.last = event.change.seq;
                buffer.events.push_back(event);
            }
            if !full {
                break;
            }
            // More than is buffered: those in the middle are not read.
            let newest = change::newest_seq(self.db.direct(), self.region).await?;
            if newest - buffer.last > i64::try_from(BUFFERED)? {
                buffer.last = newest;
                buffer.events.clear();
                buffer.frames = None;
            }
        }
        let spare = buffer.events.len().saturating_sub(BUFFERED);
        buffer.events.drain(..spare);
        buffer.read_at = Some(notification);
        Ok(())
    }

    async fn frames(&self, buffer: &mut Buffer) -> Result<Arc<Frames>, Fault> {
        if let Some(frames) = &buffer.frames {
            return Ok(frames.clone());
        }
        let frames = Arc::new(sheet::service::frames(&self.db, self.region).await?);
        buffer.frames = Some(frames.clone());
        Ok(frames)
    }

    /// Rows as events, with the people in all of them: two statements however many.
    async fn events(&self, rows: Vec<LogRow>, frames: &Arc<Frames>) -> Result<Vec<Arc<Event>>, Fault> {
        let mut people = HashSet::new();
        let mut parsed = Vec::with_capacity(rows.len());
        for row in rows {
            let subject = subject(&row, frames)?;
            if let Subject::Entry { after, .. } = &subject {
                people.extend(after.entry.updated_by);
            }
            people.extend(row.change.by.account);
            parsed.push((row.change, subject));
        }
        let people = account::viewers(self.db.direct(), people).await?;
        let people = Arc::new(people.into_iter().map(|(id, viewer)| (id, Arc::new(viewer))).collect());
        let event = |(change, subject)| {
            Arc::new(Event { change, subject, people: Arc::clone(&people), frames: frames.clone() })
        };
        Ok(parsed.into_iter().map(event).collect())
    }
}

impl Event {
    /// The sheet as of this event, if it is one of the region's.
    pub fn frame(&self, sheet: SheetId) -> Option<&Arc<Frame>> {
        self.frames.iter().find(|frame| frame.head.id == sheet)
    }

    /// The sheet that governs a cell.
    pub fn governing_frame(&self, cell: CellKey) -> Option<&Arc<Frame>> {
        self.frames.iter().find(|frame| frame.head.fiscal_year == cell.governing_year())
    }
}

/// Whether a change may alter a sheet's columns, rows or names.
fn alters_frames(entity: Entity) -> bool {
    matches!(entity, Entity::Region | Entity::Organization | Entity::Sheet | Entity::Handout)
}

fn subject(row: &LogRow, frames: &Frames) -> Result<Subject, Fault> {
    Ok(match row.entity {
        Entity::Entry => {
            let placed = |state: &serde_json::Value| serde_json::from_value::<Placed>(state.clone());
            let before = row.before.as_ref().map(placed).transpose()?;
            Subject::Entry {
                before: before.map(|before| before.entry.cell),
                after: Box::new(placed(&row.after)?),
            }
        }
        Entity::Region | Entity::Organization | Entity::Snapshot => Subject::Sheet(None),
        Entity::Sheet => Subject::Sheet(Some(SheetId(row.entity_id))),
        Entity::Handout => {
            // It belongs to a year, and so to the year's sheet.
            let year = row.after["fiscalYear"].as_i64();
            let of_year = |frame: &&Arc<Frame>| Some(i64::from(frame.head.fiscal_year.0)) == year;
            frames.iter().find(of_year).map_or(Subject::Other, |frame| Subject::Sheet(Some(frame.head.id)))
        }
        Entity::Thread => {
            let comment::Logged { cell, .. } = serde_json::from_value(row.after.clone())?;
            Subject::Thread { id: ThreadId(row.entity_id), cell }
        }
        Entity::Account => Subject::Other,
    })
}
