//! The matrix in the browser's memory: found by key, each entry watched by itself, so that a saved answer re-renders
//! that entry alone.

use super::model::{Column, Entry, Item, Region, Sheet};
use crate::ui::SetIfNew;
use crate::{
    entry::SyncBadge,
    filter::{FilterCounter, FilterState, KeptInSight, Tally},
    session::Organization,
};
use leptos::prelude::*;
use renkei_domain::{
    EntryFacts, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, Phase, SearchTerms, SheetId,
    filter,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

/// A sheet without its entries. When it changes, the whole table is made anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub id: SheetId,
    pub region: Region,
    pub year: FiscalYear,
    pub title: String,
    pub item_heading: String,
    pub item_footnote: Option<String>,
    pub phase: Phase,
    pub secretariat: OrganizationId,
    pub columns: Vec<Column>,
    pub items: Vec<Item>,
    /// Whether the viewer may write in a cell, row by row.
    pub editable: Vec<bool>,
    /// As a snapshot has it: nobody writes.
    pub frozen: bool,
}

/// Item, facet and fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CellKey {
    pub item: ItemId,
    pub facet: Facet,
    pub year: FiscalYear,
}

impl Entry {
    /// Where it stands, or stood, as far as the entry itself says it.
    pub fn cell(&self) -> Option<CellKey> {
        Some(CellKey { item: self.item, facet: self.facet?, year: self.fiscal_year })
    }
}

/// One cell: its entries' order, and how many the filter hides.
pub struct CellState {
    pub key: CellKey,
    pub order: ArcRwSignal<Vec<EntryId>>,
    pub hidden: ArcRwSignal<usize>,
}

/// One entry, and how it is to be shown.
pub struct EntryState {
    pub entry: ArcRwSignal<Arc<Known>>,
    pub shown: ArcRwSignal<bool>,
    /// It is shown though the filter does not admit it.
    pub aside: ArcRwSignal<bool>,
    /// What is searched (folded), if it is found here; empty otherwise, so that other entries' text stays as it is.
    pub needle: ArcRwSignal<Arc<SearchTerms>>,
    pub badge: ArcRwSignal<Option<Arc<SyncBadge>>>,
    /// Its cell, by number.
    pub cell: ArcStoredValue<usize>,
}

/// An entry, with the copy of its text that the search reads, made when it is first searched.
#[derive(Debug)]
pub struct Known {
    pub entry: Entry,
    folded: OnceLock<String>,
}

impl Known {
    fn new(entry: Entry) -> Arc<Self> {
        Arc::new(Self { entry, folded: OnceLock::new() })
    }

    /// The same with another text, as it will be.
    pub fn with_text(&self, text: &EntryText) -> Arc<Self> {
        let EntryText { body, notes, explicit_scenes } = text.clone();
        Self::new(Entry { body, notes, explicit_scenes, ..self.entry.clone() })
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| {
            filter::folded(&self.entry.body, self.entry.notes.iter().map(|note| note.text.as_str()))
        })
    }
}

impl std::ops::Deref for Known {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

/// Everything of one sheet.
pub struct Store {
    pub head: Arc<Head>,
    /// Row by row, each in the order of the columns.
    pub cells: Vec<Arc<CellState>>,
    entries: HashMap<EntryId, Arc<EntryState>>,
    /// The version by which an entry has left this sheet; what is not newer comes too late.
    left: HashMap<EntryId, i32>,
    /// The newest change of the region that is known here; a reading from before it is out of date.
    seq: i64,
    /// The change of the last reading; an event from before it is part of it.
    read: i64,
    /// Up to here every change of the sheet is known.
    heard: i64,
    /// The server knows less than this: the next reading replaces everything.
    astray: bool,
}

impl Head {
    pub fn organization(&self, id: OrganizationId) -> Option<&Organization> {
        self.region.organizations.iter().find(|organization| organization.id == id)
    }

    /// Row and column of a cell's number.
    pub fn place(&self, cell: usize) -> (usize, usize) {
        (cell / self.columns.len(), cell % self.columns.len())
    }

    /// The number of a cell.
    pub fn number(&self, row: usize, column: usize) -> usize {
        row * self.columns.len() + column
    }

    pub fn item_codes(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.code.as_str()).collect()
    }

    /// There is a cell in which the viewer may write.
    pub fn is_writable(&self) -> bool {
        self.editable.contains(&true)
    }
}

impl Store {
    pub fn new(sheet: Sheet) -> Self {
        Self::made(sheet, HashMap::new())
    }

    /// A reading with other rows, columns or rights: cells are made anew, entries stay what they are.
    pub fn renewed(&self, sheet: Sheet) -> Option<Self> {
        (sheet.seq >= self.seq).then(|| {
            if self.astray {
                return Self::new(sheet);
            }
            let mut store = Self::made(sheet, self.entries.clone());
            store.left.clone_from(&self.left);
            store
        })
    }

    fn made(sheet: Sheet, entries: HashMap<EntryId, Arc<EntryState>>) -> Self {
        let Sheet { head, seq, cells } = sheet;
        let (head, left) = (Arc::new(head), HashMap::new());
        let mut store =
            Self { head, cells: Vec::new(), entries, left, seq, read: seq, heard: seq, astray: false };
        let mut here = HashSet::new();
        for (number, (key, entries)) in cells.into_iter().enumerate() {
            let order: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
            here.extend(order.iter().copied());
            let state = CellState { key, order: ArcRwSignal::new(order), hidden: ArcRwSignal::new(0) };
            store.cells.push(Arc::new(state));
            entries.into_iter().for_each(|entry| store.know(entry, number));
        }
        store.entries.retain(|id, _| here.contains(id));
        store
    }

    /// A reading of the same sheet, with the same rows, columns and rights; any other makes the table anew.
    pub fn fits(&self, sheet: &Sheet) -> bool {
        !self.astray && *self.head == sheet.head
    }

    /// Takes a reading that [fits](Self::fits) in, touching what differs alone; false if it is out of date.
    pub fn refresh(&mut self, sheet: Sheet) -> bool {
        if sheet.seq < self.seq {
            return false;
        }
        (self.seq, self.read, self.heard) = (sheet.seq, sheet.seq, sheet.seq);
        for (number, (_, entries)) in sheet.cells.into_iter().enumerate() {
            let order = entries.iter().map(|entry| entry.id).collect();
            entries.into_iter().for_each(|entry| self.know(entry, number));
            self.cells[number].order.set_if_new(order);
        }
        let here = |id: &EntryId, state: &EntryState| {
            self.cells[state.cell.get_value()].order.with_untracked(|order| order.contains(id))
        };
        let gone: Vec<_> =
            self.entries.iter().filter(|(id, state)| !here(id, state)).map(|(id, _)| *id).collect();
        for id in gone {
            self.left.insert(id, self.version(id));
            self.entries.remove(&id);
        }
        true
    }

    /// Up to which change of the region everything of this sheet is known.
    pub fn heard(&self) -> i64 {
        self.heard
    }

    /// The version of an entry that is known here, were it only as the one by which it left.
    pub fn version(&self, id: EntryId) -> i32 {
        let here = self.entries.get(&id).map_or(0, |known| known.entry.with_untracked(|known| known.version));
        here.max(self.left.get(&id).copied().unwrap_or_default())
    }

    /// Takes one entry in as a mutation answered it. Answers come in any order, so that only a newer one counts.
    pub fn put(&mut self, entry: Entry, seq: i64) {
        self.seq = self.seq.max(seq);
        if self.version(entry.id) < entry.version {
            self.place(entry);
        }
    }

    /// Takes one entry in as an event tells it. Events come in order, so that its place in the cell is right even
    /// where its text is known from an answer; true if it says something new.
    pub fn hear(&mut self, entry: Entry, seq: i64) -> bool {
        let (known, told, passes) = (self.version(entry.id), entry.version, self.pass(seq));
        if passes && known <= told {
            self.place(entry);
        }
        passes && known < told
    }

    /// An event says that an entry was deleted.
    pub fn hear_deleted(&mut self, id: EntryId, version: i32, seq: i64) -> bool {
        let (known, passes) = (self.version(id), self.pass(seq));
        if passes && known <= version {
            self.take_away(id, version);
        }
        passes && known < version
    }

    /// Notes that an event has come; false if the last reading has it already.
    pub fn pass(&mut self, seq: i64) -> bool {
        self.seq = self.seq.max(seq);
        self.heard = self.heard.max(seq);
        seq > self.read
    }

    /// Too much has happened to be told one by one: a reading from `seq` on is to come. A server that has been set back
    /// to an older state knows less than this store.
    pub fn reset(&mut self, seq: i64) {
        self.astray |= seq < self.heard;
        (self.seq, self.heard) = (seq, seq);
    }

    fn place(&mut self, entry: Entry) {
        let (id, version) = (entry.id, entry.version);
        let old = self.entries.get(&id);
        if entry.deleted_at.is_some() {
            return self.take_away(id, version);
        }
        let cell = match entry.cell() {
            Some(key) => self.number(key),
            None => old.map(|old| old.cell.get_value()),
        };
        // In a cell that this sheet does not show.
        let Some(cell) = cell else { return self.take_away(id, version) };
        self.left.remove(&id);
        let position = entry.position;
        let before = old.map(|old| old.cell.get_value());
        self.know(entry, cell);
        let order = &self.cells[cell].order;
        let stands = order.with_untracked(|order| order.get(position) == Some(&id));
        if before == Some(cell) && stands {
            return;
        }
        self.take_out(id, before);
        self.cells[cell].order.update(|order| order.insert(position.min(order.len()), id));
    }

    pub fn remove(&mut self, id: EntryId, seq: i64) {
        self.seq = self.seq.max(seq);
        self.take_away(id, self.version(id));
    }

    fn take_away(&mut self, id: EntryId, version: i32) {
        self.left.insert(id, version);
        let cell = self.entries.get(&id).map(|known| known.cell.get_value());
        self.take_out(id, cell);
        self.entries.remove(&id);
    }

    fn take_out(&self, id: EntryId, cell: Option<usize>) {
        if let Some(cell) = cell {
            let order = &self.cells[cell].order;
            if order.with_untracked(|order| order.contains(&id)) {
                order.update(|order| order.retain(|other| *other != id));
            }
        }
    }

    fn know(&mut self, entry: Entry, cell: usize) {
        match self.entries.get(&entry.id) {
            Some(state) => {
                state.cell.set_value(cell);
                if !state.entry.with_untracked(|known| same_to_see(&known.entry, &entry)) {
                    state.entry.set(Known::new(entry));
                }
            }
            None => {
                let id = entry.id;
                let state = EntryState {
                    entry: ArcRwSignal::new(Known::new(entry)),
                    shown: ArcRwSignal::new(true),
                    aside: ArcRwSignal::new(false),
                    needle: ArcRwSignal::default(),
                    badge: ArcRwSignal::default(),
                    cell: ArcStoredValue::new(cell),
                };
                self.entries.insert(id, Arc::new(state));
            }
        }
    }

    pub fn entry(&self, id: EntryId) -> Option<Arc<EntryState>> {
        self.entries.get(&id).cloned()
    }

    pub fn number(&self, key: CellKey) -> Option<usize> {
        self.cells.iter().position(|cell| cell.key == key)
    }

    /// Shows what the filter admits, and counts: one walk over all entries, and only what changes is told.
    pub fn apply_filter(&self, state: &FilterState, kept: &KeptInSight) -> Tally {
        let needle = Arc::new(SearchTerms::parse(&state.text));
        let mut counter = FilterCounter::new(state);
        for (number, cell) in self.cells.iter().enumerate() {
            let item = &self.head.items[self.head.place(number).0];
            let mut hidden = 0;
            cell.order.with_untracked(|order| {
                for entry in order.iter().filter_map(|id| self.entries.get(id)) {
                    let known = entry.entry.get_untracked();
                    let facts = EntryFacts {
                        explicit_scenes: known.explicit_scenes,
                        item_scenes: item.scenes,
                        owner: known.owner,
                        folded: if counter.reads_text() { known.folded() } else { "" },
                    };
                    let admitted = counter.admits(cell.key.facet, &facts);
                    let aside = !admitted && kept.keeps(known.id, number) && state.shows(cell.key.facet);
                    let shown = admitted || aside;
                    hidden += usize::from(!shown);
                    entry.aside.set_if_new(aside);
                    entry.shown.set_if_new(shown);
                    if shown {
                        entry.needle.set_if_new(needle.clone());
                    }
                }
            });
            cell.hidden.set_if_new(hidden);
        }
        counter.tally
    }
}

/// Alike in all that a cell shows; place and position are the cell's matter.
fn same_to_see(known: &Entry, entry: &Entry) -> bool {
    known.version >= entry.version && known.viewer_can_edit == entry.viewer_can_edit
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn entry(n: u128, version: i32, position: usize) -> Entry {
        Entry {
            id: id(n).into(),
            body: format!("{n}の{version}版"),
            notes: Vec::new(),
            explicit_scenes: renkei_domain::SceneSet::EMPTY,
            owner: None,
            position,
            version,
            updated_at: String::new(),
            updated_by: None,
            viewer_can_edit: true,
            item: id(1).into(),
            facet: Some(Facet::Plan),
            fiscal_year: FiscalYear(2026),
            deleted_at: None,
        }
    }

    /// One cell.
    fn sheet(seq: i64, entries: Vec<Entry>) -> Sheet {
        let column = Column {
            facet: Facet::Plan,
            fiscal_year: FiscalYear(2026),
            heading: String::new(),
            as_of: None,
            footnote: None,
        };
        let item = Item {
            id: id(1).into(),
            code: "ア".to_owned(),
            title: String::new(),
            scenes: renkei_domain::SceneSet::EMPTY,
        };
        let head = Head {
            id: id(2).into(),
            region: Region {
                id: id(4).into(),
                name: String::new(),
                organizations: Vec::new(),
                handouts: Vec::new(),
                sheets: Vec::new(),
            },
            year: FiscalYear(2026),
            title: String::new(),
            item_heading: String::new(),
            item_footnote: None,
            phase: Phase::Draft,
            secretariat: id(3).into(),
            columns: vec![column],
            items: vec![item],
            editable: vec![true],
            frozen: false,
        };
        let key = CellKey { item: id(1).into(), facet: Facet::Plan, year: FiscalYear(2026) };
        Sheet { head, seq, cells: vec![(key, entries)] }
    }

    fn order(store: &Store) -> Vec<u128> {
        store.cells[0].order.with_untracked(|order| order.iter().map(|id| id.0.as_u128()).collect())
    }

    fn version(store: &Store, n: u128) -> i32 {
        store.version(id(n).into())
    }

    #[test]
    fn an_event_that_is_known_says_nothing_new() {
        let mut store = Store::new(sheet(5, vec![entry(10, 2, 0)]));
        assert!(!store.hear(entry(10, 1, 0), 4), "from before the reading");
        assert!(!store.hear(entry(10, 2, 0), 5));
        assert!(store.hear(entry(10, 3, 0), 6));
        assert!(!store.hear(entry(10, 3, 0), 6), "told twice");
        assert_eq!((version(&store, 10), store.heard()), (3, 6));
    }

    #[test]
    fn an_answer_may_be_quicker_than_the_events_before_it() {
        let mut store = Store::new(sheet(5, vec![entry(10, 1, 0), entry(11, 1, 1)]));
        // Mine, to the place that counts two entries of others which are not known here yet.
        store.put(entry(11, 2, 2), 8);
        assert_eq!(store.heard(), 5, "the events before it are still to come");
        assert!(store.hear(entry(12, 1, 0), 6));
        assert!(store.hear(entry(13, 1, 0), 7));
        assert!(!store.hear(entry(11, 2, 2), 8));
        assert_eq!(order(&store), [13, 12, 11, 10]);
    }

    #[test]
    fn a_late_answer_changes_nothing_that_is_newer() {
        let mut store = Store::new(sheet(5, vec![entry(10, 1, 0), entry(11, 1, 1)]));
        assert!(store.hear(entry(10, 2, 0), 6));
        assert!(store.hear(entry(12, 1, 0), 7));
        store.put(entry(10, 2, 0), 6);
        assert_eq!(order(&store), [12, 10, 11]);
        assert!(store.hear_deleted(id(10).into(), 3, 8));
        store.put(entry(10, 2, 0), 6);
        assert_eq!(order(&store), [12, 11], "deleted is deleted");
        assert!(store.hear(entry(10, 4, 2), 9), "until it is restored");
        assert_eq!(order(&store), [12, 11, 10]);
    }

    #[test]
    fn a_reading_is_refused_when_more_is_known() {
        let mut store = Store::new(sheet(5, vec![entry(10, 1, 0)]));
        store.put(entry(10, 2, 0), 7);
        assert!(!store.refresh(sheet(6, vec![entry(10, 1, 0)])));
        assert!(store.renewed(sheet(6, Vec::new())).is_none());
        assert!(store.refresh(sheet(7, vec![entry(10, 2, 0), entry(11, 1, 1)])));
        assert!(!store.hear(entry(11, 1, 0), 6), "part of the reading");
        assert_eq!((order(&store), store.heard()), (vec![10, 11], 7));
        // What is missing from a reading has gone, whatever comes late.
        assert!(store.refresh(sheet(8, vec![entry(11, 1, 0)])));
        store.put(entry(10, 2, 0), 7);
        assert_eq!(order(&store), [11]);
    }

    #[test]
    fn a_server_that_was_set_back_is_believed() {
        let mut store = Store::new(sheet(9, vec![entry(10, 5, 0), entry(11, 1, 1)]));
        store.reset(4);
        let older = sheet(4, vec![entry(10, 2, 0)]);
        assert!(!store.fits(&older));
        let store = store.renewed(older).unwrap();
        assert_eq!((order(&store), version(&store, 10), store.heard()), (vec![10], 2, 4));
    }

    #[test]
    fn new_rows_or_rights_leave_entries_what_they_are() {
        let store = Store::new(sheet(5, vec![entry(10, 1, 0)]));
        let known = store.entry(id(10).into()).unwrap();
        known.needle.set(Arc::new(SearchTerms::parse("研修")));
        let mut reading = sheet(6, vec![entry(10, 2, 0)]);
        reading.head.phase = Phase::Review;
        assert!(!store.fits(&reading));
        let store = store.renewed(reading).unwrap();
        let again = store.entry(id(10).into()).unwrap();
        assert!(Arc::ptr_eq(&known, &again));
        assert_eq!((version(&store, 10), store.head.phase), (2, Phase::Review));
    }
}
