//! The matrix in the browser's memory: found by key, each entry watched by itself, so that a saved answer re-renders
//! that entry alone.

use super::wire::{Column, Entry, Item, Region, Sheet};
use crate::{
    filter::{FilterState, Sieve, Tally},
    session::Organization,
    watched::Watched,
};
use renkei_domain::{EntryFacts, EntryId, Facet, FiscalYear, ItemId, OrganizationId, Phase, SheetId, filter};
use std::{
    cell::{Cell, OnceCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
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
pub struct CellState {
    pub key: CellKey,
    pub order: Watched<Vec<EntryId>>,
    pub hidden: Watched<usize>,
}

/// One entry, and how it is to be shown.
pub struct EntryState {
    pub entry: Watched<Rc<Known>>,
    pub shown: Watched<bool>,
    /// What is searched (folded), if it is found here; empty otherwise, so that other entries' text stays as it is.
    pub needle: Watched<Rc<str>>,
    pub drafted: Watched<bool>,
    /// Its cell, by number.
    pub cell: Cell<usize>,
}

/// An entry, with the copy of its text that the search reads, made when it is first searched.
#[derive(Debug)]
pub struct Known {
    pub entry: Entry,
    folded: OnceCell<String>,
}

impl Known {
    fn new(entry: Entry) -> Rc<Self> {
        Rc::new(Self { entry, folded: OnceCell::new() })
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
    pub cells: Vec<Rc<CellState>>,
    entries: HashMap<EntryId, Rc<EntryState>>,
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
                let state = CellState { key, order: Watched::new(order), hidden: Watched::new(0) };
                store.cells.push(Rc::new(state));
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
    pub fn refresh(&mut self, sheet: &Sheet) {
        if sheet.seq < self.seq {
            return;
        }
        self.seq = sheet.seq;
        let cells = sheet.rows.iter().flat_map(|row| &row.cells);
        for (number, cell) in cells.enumerate() {
            cell.entries.iter().for_each(|entry| self.know(entry.clone(), number));
            self.cells[number].order.set_if_new(cell.entries.iter().map(|entry| entry.id).collect());
        }
        let cells = &self.cells;
        self.entries
            .retain(|id, state| cells[state.cell.get()].order.with_untracked(|order| order.contains(id)));
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
            None => old.map(|old| old.cell.get()),
        };
        // In a cell that this sheet does not show.
        let Some(cell) = cell else { return self.remove(id, seq) };
        let position = entry.position;
        let before = old.map(|old| old.cell.get());
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
        let cell = self.entries.get(&id).map(|known| known.cell.get());
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
                state.cell.set(cell);
                if !state.entry.with_untracked(|known| same_to_see(&known.entry, &entry)) {
                    state.entry.set(Known::new(entry));
                }
            }
            None => {
                let id = entry.id;
                let state = EntryState {
                    entry: Watched::new(Known::new(entry)),
                    shown: Watched::new(true),
                    needle: Watched::new(Rc::from("")),
                    drafted: Watched::new(false),
                    cell: Cell::new(cell),
                };
                self.entries.insert(id, Rc::new(state));
            }
        }
    }

    pub fn entry(&self, id: EntryId) -> Option<Rc<EntryState>> {
        self.entries.get(&id).cloned()
    }

    pub fn number(&self, key: CellKey) -> Option<usize> {
        self.cells.iter().position(|cell| cell.key == key)
    }

    /// Shows what the filter admits, and counts: one walk over all entries, and only what changes is told.
    pub fn sift(&self, state: &FilterState) -> Tally {
        let needle: Rc<str> = Rc::from(renkei_domain::text::fold(state.text.trim()));
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
                    entry.shown.set_if_new(shown);
                    if shown {
                        entry.needle.set_if_new(needle.clone());
                    }
                }
            });
            cell.hidden.set_if_new(hidden);
        }
        sieve.tally
    }
}

/// Alike in all that a cell shows; place and position are the cell's matter.
fn same_to_see(known: &Entry, entry: &Entry) -> bool {
    known.version >= entry.version && known.viewer_can_edit == entry.viewer_can_edit
}
