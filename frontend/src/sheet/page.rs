//! What the parts of the matrix page share: the sheet, the filter, and what is open over it.

use super::{
    columns::Widths,
    drag::Dragging,
    load::Loading,
    model::Sheet,
    store::{CellKey, EntryState, Head, Known, Store},
};
use crate::{
    clipboard::{CopyTarget, PastePreview},
    entry::{Begun, Conflict, Editing, Progress, Selection, Steps, Why},
    filter::{FilterState, KeptInSight, Tally},
    history::SidePanel,
    live::Live,
    root,
    routes::{self, PageAddress},
    sync::DraftKey,
};
use leptos::prelude::*;
use renkei_domain::{EntryId, FiscalYear, RegionId, SheetId, SnapshotId};
use std::sync::Arc;

/// The state of one sheet's page. It belongs to the page's component: when that goes, so do the sheet and all signals.
/// What comes back to it later, such as an answer, asks [`is_left`](Self::is_left) before it reads a signal; setting
/// one does nothing then, and there is no entry to be found.
#[derive(Clone, Copy)]
pub struct Page {
    pub region: RegionId,
    pub year: FiscalYear,
    /// The sheet is shown as this snapshot has it, and cannot be changed; none: as it is now.
    pub snapshot: Option<SnapshotId>,
    pub address: PageAddress,
    pub loading: RwSignal<Loading>,
    store: StoredValue<Option<Store>>,
    /// Set when the table is to be made anew.
    pub head: RwSignal<Option<Arc<Head>>>,
    /// Told after every change of entries, so that the filter looks again.
    pub touched: RwSignal<()>,
    pub filter: Memo<FilterState>,
    pub tally: RwSignal<Tally>,
    pub widths: RwSignal<Widths>,
    /// The editor that is open.
    pub editing: RwSignal<Option<Editing>>,
    pub conflict: RwSignal<Option<Arc<Conflict>>>,
    /// Where the save of a draft stands.
    pub progress: RwSignal<Option<(DraftKey, Progress)>>,
    /// What can be taken back.
    pub undo: StoredValue<Steps>,
    /// The entry that the pointer or the focus is at; its buttons show.
    pub at_hand: RwSignal<Option<EntryId>>,
    /// The entry whose menu is open.
    pub menu: RwSignal<Option<EntryId>>,
    pub why: RwSignal<Option<Why>>,
    /// The entry that is to be moved to where it is pasted.
    pub cut: RwSignal<Option<EntryId>>,
    /// Tells an entry alone that it is that one, or no more.
    is_cut: StoredValue<Selector<Option<EntryId>>>,
    /// What is about to be pasted, shown before it is added.
    pub pasting: RwSignal<Option<Arc<PastePreview>>>,
    /// What a menu has asked to copy; the browser asks for it at once.
    pub copying: StoredValue<Option<CopyTarget>>,
    /// Those with which something is done together.
    pub selection: Selection,
    /// What is shown though the filter does not admit it, until the filter changes.
    pub kept: RwSignal<KeptInSight>,
    /// The list of scenes that are proposed is open.
    pub suggesting: RwSignal<bool>,
    pub drag: Dragging,
    /// What the browser keeps is about to be read anew.
    pub keeps_soon: StoredValue<bool>,
    /// New entries that were begun, or wait to be sent.
    pub begun: RwSignal<Vec<Begun>>,
    /// Comments, history, and what is new.
    pub panel: SidePanel,
    /// What others do.
    pub live: Live,
    /// Told when a thread of the sheet has changed.
    pub threads_changed: RwSignal<()>,
}

/// The sheet's page that was made last: a context of the root.
#[derive(Clone, Copy, Default)]
pub struct LastPage(RwSignal<Option<Page>>);

/// The sheet's page, while somebody looks at it. For answers and events, which come where there is no context.
pub fn here() -> Option<Page> {
    untrack(use_here)
}

/// [`here`], watched.
pub fn use_here() -> Option<Page> {
    root::context::<LastPage>().0.get().filter(|page| !page.is_left())
}

impl Page {
    /// Belongs to the component that is being made. What is done to entries and what others do is told to it.
    pub fn new(region: RegionId, year: FiscalYear) -> Self {
        let page = Self::made(region, year, None);
        let LastPage(last) = root::context();
        last.set(Some(page));
        on_cleanup(move || {
            // The next page may be there already.
            if last.with_untracked(|last| last.is_some_and(|last| last.store == page.store)) {
                last.set(None);
            }
        });
        page
    }

    /// Of a snapshot, which nothing changes.
    pub fn of_snapshot(region: RegionId, year: FiscalYear, snapshot: SnapshotId) -> Self {
        Self::made(region, year, Some(snapshot))
    }

    fn made(region: RegionId, year: FiscalYear, snapshot: Option<SnapshotId>) -> Self {
        let (query, cut) = (routes::use_query(), RwSignal::default());
        Self {
            region,
            year,
            snapshot,
            address: routes::use_page_address(),
            loading: RwSignal::new(Loading::Waiting),
            store: StoredValue::default(),
            head: RwSignal::default(),
            touched: RwSignal::default(),
            filter: Memo::new(move |_| query.with(|query| FilterState::parse(query))),
            tally: RwSignal::default(),
            widths: RwSignal::default(),
            editing: RwSignal::default(),
            conflict: RwSignal::default(),
            progress: RwSignal::default(),
            undo: StoredValue::default(),
            at_hand: RwSignal::default(),
            menu: RwSignal::default(),
            why: RwSignal::default(),
            cut,
            is_cut: StoredValue::new(Selector::new(move || cut.get())),
            pasting: RwSignal::default(),
            copying: StoredValue::default(),
            selection: Selection::default(),
            kept: RwSignal::default(),
            suggesting: RwSignal::default(),
            drag: Dragging::default(),
            keeps_soon: StoredValue::default(),
            begun: RwSignal::default(),
            panel: SidePanel::default(),
            live: expect_context(),
            threads_changed: RwSignal::default(),
        }
    }

    /// Nobody looks at it any more.
    pub fn is_left(self) -> bool {
        self.store.is_disposed()
    }

    /// Looks into the sheet; none before it has come, and when the page has been left.
    pub fn with<T>(self, look: impl FnOnce(&Store) -> T) -> Option<T> {
        self.store.try_with_value(|store| store.as_ref().map(look)).flatten()
    }

    /// Takes a reading of the sheet in; false if more is known already.
    pub fn take(self, sheet: Sheet) -> bool {
        let taken = self.store.try_update_value(|slot| slot_with(slot, sheet)).flatten();
        let Some(head) = taken else { return false };
        if head.is_some() {
            self.head.set(head);
        }
        self.touched.set(());
        true
    }

    /// Changes entries as a mutation has answered.
    pub fn update(self, change: impl FnOnce(&mut Store)) {
        self.store.try_update_value(|store| store.as_mut().map(change));
        self.touched.set(());
    }

    pub fn kept_as(self) -> String {
        format!("{}/{}", self.region, self.year.0)
    }

    pub fn state(self, id: EntryId) -> Option<Arc<EntryState>> {
        self.with(|store| store.entry(id)).flatten()
    }

    /// The entry as it stands now.
    pub fn entry(self, id: EntryId) -> Option<Arc<Known>> {
        self.state(id).map(|state| state.entry.get_untracked())
    }

    pub fn head_now(self) -> Option<Arc<Head>> {
        self.with(|store| store.head.clone())
    }

    pub fn sheet_id(self) -> Option<SheetId> {
        self.with(|store| store.head.id)
    }

    /// The cell of an entry or of a draft, by number.
    pub fn cell_of(self, key: DraftKey) -> Option<usize> {
        match key {
            DraftKey::Entry(id) => self.state(id).map(|state| state.cell.get_value()),
            DraftKey::New(cell) => self.number(cell),
        }
    }

    /// A cell's number.
    pub fn number(self, key: CellKey) -> Option<usize> {
        self.with(|store| store.number(key)).flatten()
    }

    pub fn cell_key(self, number: usize) -> Option<CellKey> {
        self.with(|store| store.cells.get(number).map(|cell| cell.key)).flatten()
    }

    /// The viewer may write in a cell.
    pub fn is_writable(self, cell: usize) -> bool {
        self.with(|store| store.head.editable[cell]).unwrap_or_default()
    }

    /// The entries of a cell in their order, as it stands now.
    pub fn order(self, cell: usize) -> Vec<EntryId> {
        self.with(|store| store.cells.get(cell).map(|cell| cell.order.get_untracked()))
            .flatten()
            .unwrap_or_default()
    }

    /// The entry is the one that is to be moved; watched.
    pub fn is_cut(self, id: EntryId) -> bool {
        self.is_cut.try_with_value(|is_cut| is_cut.selected(&Some(id))).unwrap_or_default()
    }

    /// An entry that was saved stays where it is, though the filter may not admit it any more.
    pub fn keep_in_sight(self, id: EntryId) {
        if self.filter.try_with_untracked(FilterState::narrows) == Some(true) {
            self.kept.update(|kept| {
                let _ = kept.entries.insert(id);
            });
        }
    }

    /// Those of a cell that the filter shows.
    pub fn shown(self, cell: usize) -> Vec<EntryId> {
        let mut order = self.order(cell);
        order.retain(|id| self.state(*id).is_some_and(|state| state.shown.get_untracked()));
        order
    }
}

/// Puts a reading into the store. None: more is known already; a head: the table is to be made anew with it.
fn slot_with(slot: &mut Option<Store>, sheet: Sheet) -> Option<Option<Arc<Head>>> {
    let made = match slot {
        Some(store) if store.fits(&sheet) => return store.refresh(sheet).then_some(None),
        Some(store) => store.renewed(sheet)?,
        None => Store::new(sheet),
    };
    let head = made.head.clone();
    *slot = Some(made);
    Some(Some(head))
}
