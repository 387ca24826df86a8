//! The matrix in the browser's memory: found by key, each entry a signal of its own, so that a saved answer
//! re-renders that entry alone.

use super::wire::{Cell, Column, Entry, Item, Region, Row, Sheet};
use crate::{
    filter::{FilterState, Sieve, Tally},
    session::Organization,
};
use leptos::prelude::*;
use renkei_domain::{
    EntryFacts, EntryId, Facet, FiscalYear, ItemId, OrganizationId, Phase, SheetId, filter,
};
use std::{
    collections::HashMap,
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
}

/// Item, facet and fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CellKey {
    pub item: ItemId,
    pub facet: Facet,
    pub year: FiscalYear,
}

/// One cell: its entries' order, and how many the filter hides.
#[derive(Clone)]
pub struct CellState {
    pub key: CellKey,
    pub order: ArcRwSignal<Vec<EntryId>>,
    pub hidden: ArcRwSignal<usize>,
}

/// One entry, and how it is to be shown.
#[derive(Clone)]
pub struct EntryState {
    pub entry: ArcRwSignal<Arc<Known>>,
    pub shown: ArcRwSignal<bool>,
    /// What is searched (folded), if it is found here; empty otherwise, so that other entries' text stays as it is.
    pub needle: ArcRwSignal<Arc<str>>,
    pub drafted: ArcRwSignal<bool>,
    /// Its cell, by number.
    pub cell: usize,
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
    pub cells: Vec<CellState>,
    entries: HashMap<EntryId, EntryState>,
    /// The newest change of the region that is known here; an answer from before it is out of date.
    seq: i64,
}

impl Head {
    fn of(sheet: &Sheet) -> Self {
        Self {
            id: sheet.id,
            region: sheet.region.clone(),
            year: sheet.fiscal_year,
            title: sheet.title.clone(),
            item_heading: sheet.item_heading.clone(),
            item_footnote: sheet.item_footnote.clone(),
            phase: sheet.phase,
            secretariat: sheet.secretariat.id,
            columns: sheet.columns.clone(),
            items: sheet.rows.iter().map(|row| row.item.clone()).collect(),
            editable: sheet.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.viewer_can_edit).collect(),
        }
    }

    pub fn organization(&self, id: OrganizationId) -> Option<&Organization> {
        self.region.organizations.iter().find(|organization| organization.id == id)
    }

    /// Row and column of a cell's number.
    pub fn place(&self, cell: usize) -> (usize, usize) {
        (cell / self.columns.len(), cell % self.columns.len())
    }

    pub fn item_codes(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.code.as_str()).collect()
    }

    pub fn handouts(&self) -> Vec<u32> {
        self.region.handouts.iter().map(|handout| handout.number).collect()
    }
}

impl Store {
    pub fn new(sheet: Sheet) -> Self {
        let head = Arc::new(Head::of(&sheet));
        let mut store = Self { head, cells: Vec::new(), entries: HashMap::new(), seq: sheet.seq };
        for row in sheet.rows {
            for cell in row.cells {
                let number = store.cells.len();
                let key = CellKey { item: row.item.id, facet: cell.facet, year: cell.fiscal_year };
                let order = cell.entries.iter().map(|entry| entry.id).collect();
                store.cells.push(CellState {
                    key,
                    order: ArcRwSignal::new(order),
                    hidden: ArcRwSignal::new(0),
                });
                cell.entries.into_iter().for_each(|entry| store.know(entry, number));
            }
        }
        store
    }

    /// A reading of the same sheet, with the same rows, columns and rights; any other makes the table anew.
    pub fn fits(&self, sheet: &Sheet) -> bool {
        *self.head == Head::of(sheet)
    }

    /// Takes a newer reading that [fits](Self::fits) in, touching what differs alone.
    pub fn refresh(&mut self, sheet: Sheet) {
        if sheet.seq < self.seq {
            return;
        }
        self.seq = sheet.seq;
        let cells = sheet.rows.into_iter().flat_map(|row| row.cells);
        let mut living = std::collections::HashSet::new();
        for (number, cell) in cells.enumerate() {
            let order: Vec<EntryId> = cell.entries.iter().map(|entry| entry.id).collect();
            living.extend(order.iter().copied());
            cell.entries.into_iter().for_each(|entry| self.know(entry, number));
            set_if_new(&self.cells[number].order, order);
        }
        self.entries.retain(|id, _| living.contains(id));
    }

    /// Takes one entry in as a mutation answered it, at its place.
    pub fn put(&mut self, entry: Entry, seq: i64) {
        self.seq = self.seq.max(seq);
        let id = entry.id;
        let old = self.entries.get(&id);
        if old.is_some_and(|old| old.entry.with_untracked(|known| known.version > entry.version)) {
            return;
        }
        if entry.deleted_at.is_some() {
            return self.remove(id, seq);
        }
        let key = entry.item.zip(entry.facet).zip(entry.fiscal_year);
        let cell = match key {
            Some(((item, facet), year)) => self.number(CellKey { item: item.id, facet, year }),
            None => old.map(|old| old.cell),
        };
        // In a cell that this sheet does not show.
        let Some(cell) = cell else { return self.remove(id, seq) };
        let position = entry.position;
        let before = old.map(|old| old.cell);
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
        let cell = self.entries.get(&id).map(|known| known.cell);
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
        match self.entries.get_mut(&entry.id) {
            Some(state) => {
                state.cell = cell;
                let same = state.entry.with_untracked(|known| same_to_see(&known.entry, &entry));
                if !same {
                    state.entry.set(Known::new(entry));
                }
            }
            None => {
                let state = EntryState {
                    entry: ArcRwSignal::new(Known::new(entry.clone())),
                    shown: ArcRwSignal::new(true),
                    needle: ArcRwSignal::new(Arc::from("")),
                    drafted: ArcRwSignal::new(false),
                    cell,
                };
                self.entries.insert(entry.id, state);
            }
        }
    }

    pub fn entry(&self, id: EntryId) -> Option<&EntryState> {
        self.entries.get(&id)
    }

    pub fn number(&self, key: CellKey) -> Option<usize> {
        self.cells.iter().position(|cell| cell.key == key)
    }

    /// Shows what the filter admits, and counts: one walk over all entries, and only what changes is told.
    pub fn sift(&self, state: &FilterState) -> Tally {
        let needle: Arc<str> = Arc::from(renkei_domain::text::fold(state.text.trim()));
        let mut sieve = Sieve::new(state);
        for (number, cell) in self.cells.iter().enumerate() {
            let item = &self.head.items[self.head.place(number).0];
            let mut hidden = 0;
            cell.order.with_untracked(|order| {
                for entry in order.iter().filter_map(|id| self.entries.get(id)) {
                    let known = entry.entry.get_untracked();
                    let facts = EntryFacts {
                        explicit_scenes: known.explicit_scenes,
                        item_scenes: item.scenes,
                        owner: known.owner_id(),
                        folded: if sieve.reads_text() { known.folded() } else { "" },
                    };
                    let shown = sieve.admits(cell.key.facet, &facts);
                    hidden += usize::from(!shown);
                    set_if_new(&entry.shown, shown);
                    if shown {
                        set_if_new(&entry.needle, needle.clone());
                    }
                }
            });
            set_if_new(&cell.hidden, hidden);
        }
        sieve.tally
    }

    /// The sheet as it stands here now, to be kept for when the server is away.
    pub fn snapshot(&self) -> Sheet {
        let head = &*self.head;
        let cell = |number: usize| {
            let cell = &self.cells[number];
            let order = cell.order.get_untracked();
            let entries = order.iter().filter_map(|id| self.entries.get(id));
            Cell {
                facet: cell.key.facet,
                fiscal_year: cell.key.year,
                viewer_can_edit: head.editable[number],
                entries: entries.map(|entry| entry.entry.with_untracked(|known| known.entry.clone())).collect(),
            }
        };
        let width = head.columns.len();
        let rows = head.items.iter().enumerate().map(|(row, item)| Row {
            item: item.clone(),
            cells: (row * width..(row + 1) * width).map(cell).collect(),
        });
        Sheet {
            id: head.id,
            fiscal_year: head.year,
            title: head.title.clone(),
            item_heading: head.item_heading.clone(),
            item_footnote: head.item_footnote.clone(),
            phase: head.phase,
            seq: self.seq,
            secretariat: super::wire::Owner { id: head.secretariat },
            columns: head.columns.clone(),
            region: head.region.clone(),
            rows: rows.collect(),
        }
    }
}

/// Alike in all that a cell shows; place and position are the cell's matter.
fn same_to_see(known: &Entry, entry: &Entry) -> bool {
    known.version >= entry.version && known.viewer_can_edit == entry.viewer_can_edit
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: &ArcRwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}
