//! A region's event feed: new rows of the change log are read once, by whichever subscriber comes first, and shared by
//! all. It knows no reader; whoever renders an event for somebody decides what they may see of it.

use crate::{
    Db, Fault,
    account::{self, Viewer},
    change::{self, Action, Change, Entity, LogRow},
    comment,
    entry::{CellKey, Placed},
    notice,
    sheet::{self, Frame},
};
use renkei_domain::{AccountId, RegionId, SheetId, ThreadId};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, OnceLock, Weak},
};
use tokio::{
    sync::{Mutex, watch},
    task::AbortHandle,
};

/// Events that are buffered for subscribers that are behind. Whoever is further behind reads the sheet again.
pub const BUFFERED: usize = 1_000;
/// Of those, the last ones are given to all subscribers.
const RECENT: usize = 32;
/// Rows that are read at once.
const CHUNK: u64 = 100;

/// A change of the region.
pub struct Event {
    pub change: Change,
    pub subject: Subject,
    /// Who made the change and who last edited its entry. Read once for all events that were read together.
    pub people: Arc<People>,
    /// Whom it concerns, so that they are told.
    pub recipients: Vec<AccountId>,
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

/// What was read last, for subscribers that are not far behind: they need not ask the feed.
#[derive(Default)]
pub struct Recent {
    events: Vec<Arc<Event>>,
    /// The number of the last change; 0: nothing was read.
    last: i64,
}

pub struct Feed {
    db: Db,
    region: RegionId,
    notifications: watch::Receiver<u64>,
    buffer: Mutex<Buffer>,
    recent: watch::Sender<Arc<Recent>>,
    /// Reads what is new as soon as the hub notifies of it; runs from the first subscription on.
    reader: OnceLock<AbortHandle>,
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
        let (buffer, recent, reader) = (Mutex::default(), watch::Sender::default(), OnceLock::new());
        Feed { db, region, notifications, buffer, recent, reader }
    }

    /// Notified when there are new events, which are read by then. To be called before the first read, so that nothing is
    /// missed.
    pub fn subscribe(self: &Arc<Self>) -> watch::Receiver<Arc<Recent>> {
        let read = || tokio::spawn(read(Arc::downgrade(self), self.notifications.clone())).abort_handle();
        self.reader.get_or_init(read);
        self.recent.subscribe()
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

    /// Reads what is new and passes it on to all subscribers at once.
    async fn pass_on(&self) {
        let mut buffer = self.buffer.lock().await;
        if self.read_new(&mut buffer).await.is_err() {
            // They ask the feed themselves, and are told of the fault.
            self.recent.send_replace(Arc::default());
            return;
        }
        self.recent.send_if_modified(|recent| {
            let is_new = recent.last != buffer.last;
            if is_new {
                let spare = buffer.events.len().saturating_sub(RECENT);
                let events = buffer.events.iter().skip(spare).cloned().collect();
                *recent = Arc::new(Recent { events, last: buffer.last });
            }
            is_new
        });
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

    /// Rows as events, with the people in all of them: two statements however many, and one more if somebody is told.
    async fn events(&self, rows: Vec<LogRow>, frames: &Arc<Frames>) -> Result<Vec<Arc<Event>>, Fault> {
        let mut people = HashSet::new();
        let mut parsed = Vec::with_capacity(rows.len());
        let telling = rows.iter().filter(|row| matches!(row.entity, Entity::Thread | Entity::Snapshot));
        let telling: Vec<_> = telling.map(|row| row.change.id).collect();
        let mut recipients = notice::recipients(self.db.direct(), &telling).await?;
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
        let event = |(change, subject): (Change, Subject)| {
            let recipients = recipients.remove(&change.id).unwrap_or_default();
            Arc::new(Event {
                change,
                subject,
                people: Arc::clone(&people),
                recipients,
                frames: frames.clone(),
            })
        };
        Ok(parsed.into_iter().map(event).collect())
    }
}

/// For as long as the feed is there.
async fn read(feed: Weak<Feed>, mut notifications: watch::Receiver<u64>) {
    notifications.mark_changed();
    while notifications.changed().await.is_ok() {
        let Some(feed) = feed.upgrade() else { return };
        feed.pass_on().await;
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.reader.get().iter().for_each(|reader| reader.abort());
    }
}

impl Recent {
    /// What comes after a number, in order; `None`: the feed has to be asked.
    pub fn after(&self, seq: i64) -> Option<Vec<Arc<Event>>> {
        let behind = usize::try_from(self.last.checked_sub(seq)?).ok().filter(|_| self.last > 0)?;
        let first = self.events.len().checked_sub(behind)?;
        Some(self.events[first..].to_vec())
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
            let after = Box::new(placed(&row.after)?);
            let before = if Action::IN_PLACE.contains(&row.change.action) {
                Some(after.entry.cell)
            } else {
                row.before.as_ref().map(placed).transpose()?.map(|before| before.entry.cell)
            };
            Subject::Entry { before, after }
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
