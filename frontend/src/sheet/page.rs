//! What the parts of the matrix page share: the sheet, the filter, and what is open over it.

use super::{
    columns::Widths,
    load::Loading,
    model::Sheet,
    store::{EntryState, Head, Known, Store},
};
use crate::ui::SetIfNew;
use crate::{
    entry::{Begun, Conflict, DraftKey, Editing, Progress, Steps, Why},
    filter::{FilterState, Tally},
    history::Beside,
    route,
    view::effect,
};
use leptos::prelude::*;
use renkei_domain::{EntryId, FiscalYear, RegionId};
use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
    sync::Arc,
};

/// A handle to what the page holds: copied freely, and good even when the page has been left, as what is on its way to
/// the server must be able to come back to it. The few hundred bytes behind it are therefore never freed; the sheet is.
#[derive(Clone, Copy)]
pub struct Page(&'static Parts);

pub struct Parts {
    pub region: RegionId,
    pub year: FiscalYear,
    pub loading: ArcRwSignal<Loading>,
    /// Nobody looks at it any more.
    pub left: Cell<bool>,
    store: RefCell<Option<Store>>,
    /// Set when the table is to be made anew.
    pub head: ArcRwSignal<Option<Arc<Head>>>,
    /// Told after every change of entries, so that the filter looks again.
    pub touched: ArcRwSignal<()>,
    pub filter: ArcRwSignal<FilterState>,
    pub tally: ArcRwSignal<Tally>,
    pub widths: ArcRwSignal<Widths>,
    /// The editor that is open.
    pub editing: ArcRwSignal<Option<Editing>>,
    pub conflict: ArcRwSignal<Option<Arc<Conflict>>>,
    /// Where the save of a draft stands.
    pub progress: ArcRwSignal<Option<(DraftKey, Progress)>>,
    /// What can be taken back.
    pub undo: RefCell<Steps>,
    /// The entry that the pointer or the focus is at; its buttons show.
    pub at_hand: ArcRwSignal<Option<EntryId>>,
    /// The entry whose menu is open.
    pub menu: ArcRwSignal<Option<EntryId>>,
    pub why: ArcRwSignal<Option<Why>>,
    /// The entry that is to be moved to where it is pasted.
    pub cut: ArcRwSignal<Option<EntryId>>,
    /// New entries that were begun, or wait to be sent.
    pub begun: ArcRwSignal<Vec<Begun>>,
    /// Comments, history, and what is new.
    pub beside: Beside,
    /// Told when a thread of the sheet has changed.
    pub threads_changed: ArcRwSignal<()>,
}

thread_local! {
    static HERE: Cell<Option<Page>> = const { Cell::new(None) };
}

/// The sheet's page, while somebody looks at it.
pub fn here() -> Option<Page> {
    HERE.get().filter(|page| !page.left.get())
}

/// Dropped with what the page was made in.
struct Leaving(Page);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.left.set(true);
        self.0.store.take();
        self.0.undo.take();
    }
}

impl Deref for Page {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

impl Page {
    /// Belongs to what is being made: the sheet goes when that goes.
    pub fn new(region: RegionId, year: FiscalYear) -> Self {
        let page = Self(Box::leak(Box::new(Parts {
            region,
            year,
            loading: ArcRwSignal::new(Loading::Waiting),
            left: Cell::new(false),
            store: RefCell::default(),
            head: ArcRwSignal::default(),
            touched: ArcRwSignal::default(),
            filter: ArcRwSignal::default(),
            tally: ArcRwSignal::default(),
            widths: ArcRwSignal::default(),
            editing: ArcRwSignal::default(),
            conflict: ArcRwSignal::default(),
            progress: ArcRwSignal::default(),
            undo: RefCell::default(),
            at_hand: ArcRwSignal::default(),
            menu: ArcRwSignal::default(),
            why: ArcRwSignal::default(),
            cut: ArcRwSignal::default(),
            begun: ArcRwSignal::default(),
            beside: Beside::default(),
            threads_changed: ArcRwSignal::default(),
        })));
        let query = route::use_query();
        effect(move || page.filter.set_if_new(query.with(|query| FilterState::parse(query))));
        StoredValue::new_local(Leaving(page));
        HERE.set(Some(page));
        page
    }

    /// Looks into the sheet; none before it has come, and when the page has been left.
    pub fn with<T>(self, look: impl FnOnce(&Store) -> T) -> Option<T> {
        self.store.borrow().as_ref().map(look)
    }

    /// Takes a reading of the sheet in; false if more is known already.
    pub fn take(self, sheet: Sheet) -> bool {
        let mut slot = self.store.borrow_mut();
        let made = match slot.as_mut() {
            Some(store) if store.fits(&sheet) => {
                if !store.refresh(&sheet) {
                    return false;
                }
                None
            }
            Some(store) => match store.renewed(sheet) {
                None => return false,
                renewed => renewed,
            },
            None => Some(Store::new(sheet)),
        };
        let head = made.as_ref().map(|store| store.head.clone());
        if made.is_some() {
            *slot = made;
        }
        drop(slot);
        if head.is_some() {
            self.head.set(head);
        }
        self.touched.set(());
        true
    }

    /// Changes entries as a mutation has answered.
    pub fn update(self, change: impl FnOnce(&mut Store)) {
        if let Some(store) = self.store.borrow_mut().as_mut() {
            change(store);
        }
        self.touched.set(());
    }

    pub fn kept_as(self) -> String {
        format!("{}/{}", self.region, self.year.0)
    }

    pub fn state(self, id: EntryId) -> Option<Rc<EntryState>> {
        self.with(|store| store.entry(id)).flatten()
    }

    /// The entry as it stands now.
    pub fn entry(self, id: EntryId) -> Option<Rc<Known>> {
        self.state(id).map(|state| state.entry.get_untracked())
    }

    pub fn head_now(self) -> Option<Arc<Head>> {
        self.with(|store| store.head.clone())
    }

    /// The cell of an entry or of a draft, by number.
    pub fn cell_of(self, key: DraftKey) -> Option<usize> {
        match key {
            DraftKey::Entry(id) => self.state(id).map(|state| state.cell.get()),
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
