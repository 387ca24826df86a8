//! What the parts of the matrix page share: the sheet, the filter, and what is open over it.

use super::{
    store::{CellKey, EntryState, Head, Known, Store},
    wire::Sheet,
};
use crate::{
    entry::{Conflict, DraftKey, Editing, Progress, Undo, Why},
    filter::{FilterState, Tally},
    route, session,
    storage::Kind,
};
use leptos::prelude::*;
use renkei_domain::{EntryId, FiscalYear, RegionId};
use std::sync::Arc;

/// A handle: copied freely, good for as long as the page is shown.
#[derive(Clone, Copy)]
pub struct Page {
    pub region: RegionId,
    pub year: FiscalYear,
    store: StoredValue<Option<Store>, LocalStorage>,
    /// Set when the table is to be made anew.
    pub head: RwSignal<Option<Arc<Head>>>,
    /// Told after every change of entries, so that the filter looks again.
    pub touched: RwSignal<u32>,
    pub filter: Memo<FilterState>,
    pub tally: RwSignal<Tally>,
    /// The editor that is open.
    pub editing: RwSignal<Option<Editing>>,
    pub conflict: RwSignal<Option<Arc<Conflict>>>,
    /// Where the save of a draft stands.
    pub progress: RwSignal<Option<(DraftKey, Progress)>>,
    /// What can be taken back, the last thing last.
    pub undo: StoredValue<Vec<Undo>, LocalStorage>,
    /// The entry that the pointer or the focus is at; its buttons show.
    pub at_hand: RwSignal<Option<EntryId>>,
    /// The entry whose menu is open.
    pub menu: RwSignal<Option<EntryId>>,
    pub why: RwSignal<Option<Why>>,
    /// The entry that is to be moved to where it is pasted.
    pub cut: RwSignal<Option<EntryId>>,
    /// Cells in which a new entry has been begun.
    pub begun: RwSignal<Vec<CellKey>>,
}

impl Page {
    pub fn new(region: RegionId, year: FiscalYear) -> Self {
        let query = route::use_query();
        Self {
            region,
            year,
            store: StoredValue::new_local(None),
            head: RwSignal::new(None),
            touched: RwSignal::new(0),
            filter: Memo::new(move |_| query.with(|query| FilterState::parse(query))),
            tally: RwSignal::new(Tally::default()),
            editing: RwSignal::new(None),
            conflict: RwSignal::new(None),
            progress: RwSignal::new(None),
            undo: StoredValue::new_local(Vec::new()),
            at_hand: RwSignal::new(None),
            menu: RwSignal::new(None),
            why: RwSignal::new(None),
            cut: RwSignal::new(None),
            begun: RwSignal::new(Vec::new()),
        }
    }

    /// Looks into the sheet; none before it has come, and when the page has been left.
    pub fn with<T>(self, look: impl FnOnce(&Store) -> T) -> Option<T> {
        self.store.try_with_value(|store| store.as_ref().map(look)).flatten()
    }

    /// Takes a reading of the sheet in.
    pub fn take(self, sheet: Sheet) {
        let new_head = self.store.try_update_value(|store| match store {
            Some(store) if store.fits(&sheet) => {
                store.refresh(sheet);
                None
            }
            _ => Some(store.insert(Store::new(sheet)).head.clone()),
        });
        if let Some(Some(head)) = new_head {
            self.head.set(Some(head));
        }
        self.touch();
    }

    /// Changes entries as a mutation has answered, and keeps the sheet for when the server is away.
    pub fn update(self, change: impl FnOnce(&mut Store)) {
        let changed = self.store.try_update_value(|store| store.as_mut().map(change)).flatten();
        if changed.is_some() {
            self.touch();
            self.keep();
        }
    }

    fn touch(self) {
        self.touched.try_update(|count| *count = count.wrapping_add(1));
    }

    /// Keeps the sheet in the browser.
    pub fn keep(self) {
        if let (Some(shelf), Some(sheet)) = (session::shelf(), self.with(Store::snapshot)) {
            // Without room the page only opens while the server is there.
            let _ = shelf.put(Kind::Sheet, &self.kept_as(), &sheet);
        }
    }

    pub fn kept_as(self) -> String {
        format!("{}/{}", self.region, self.year.0)
    }

    pub fn state(self, id: EntryId) -> Option<EntryState> {
        self.with(|store| store.entry(id).cloned()).flatten()
    }

    /// The entry as it stands now.
    pub fn entry(self, id: EntryId) -> Option<Arc<Known>> {
        self.state(id).map(|state| state.entry.get_untracked())
    }

    pub fn head_now(self) -> Option<Arc<Head>> {
        self.with(|store| store.head.clone())
    }

    /// The cell of an entry or of a draft, by number.
    pub fn cell_of(self, key: DraftKey) -> Option<usize> {
        match key {
            DraftKey::Entry(id) => self.state(id).map(|state| state.cell),
            DraftKey::New(cell) => self.with(|store| store.number(cell)).flatten(),
        }
    }

    /// The entries of a cell in their order, as it stands now.
    pub fn order(self, cell: usize) -> Vec<EntryId> {
        self.with(|store| store.cells.get(cell).map(|cell| cell.order.get_untracked()))
            .flatten()
            .unwrap_or_default()
    }

    /// Those of a cell that the filter shows.
    pub fn shown(self, cell: usize) -> Vec<EntryId> {
        let mut order = self.order(cell);
        order.retain(|id| self.state(*id).is_some_and(|state| state.shown.get_untracked()));
        order
    }
}
