//! What is done to entries beside writing: move, give to somebody, delete; and all of it, writing too, taken back.

use super::{
    DraftKey,
    outbox::{self, Task, until_answered},
    save::text_of,
    wire::{self, Change, Input, Operation, Reply},
};
use crate::{
    api::{self, Failure},
    sheet::{
        focus,
        page::{Page, here},
        store::CellKey,
        wire::Entry,
    },
    shell,
    text::sheet as text,
};
use renkei_domain::{AccountId, ChangeId, EntryId, EntryText, OrganizationId};

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Below another entry of the cell; none: to the front.
    Move {
        to: CellKey,
        after: Option<EntryId>,
    },
    Assign(Option<OrganizationId>),
    Delete,
    /// To what it was right after a change. The entry may be deleted, so its version is told.
    Restore {
        change: ChangeId,
        version: i32,
    },
    /// Only ever to take an edit back.
    Rewrite(EntryText),
}

/// An action on an entry, on its way to the server.
pub struct Act {
    pub page: Page,
    pub id: EntryId,
    pub action: Action,
    /// It takes another one back, so that it is not itself to be taken back.
    pub undoing: bool,
}

/// How to take something back that this person did.
#[derive(Clone, Debug)]
pub struct Undo {
    id: EntryId,
    action: Action,
    /// The version that it made; another one since, and it cannot be taken back.
    version: i32,
}

/// Steps that can be taken back.
const UNDO_STEPS: usize = 100;

impl Page {
    pub fn act(self, id: EntryId, action: Action) {
        outbox::enqueue(Task::Act(Act { page: self, id, action, undoing: false }));
    }

    /// Takes back what this person did last on this page.
    pub fn undo(self) {
        let Some(Undo { id, action, version }) = self.undo.borrow_mut().pop() else {
            return shell::toast(text::NOTHING_TO_UNDO);
        };
        let now = self.entry(id).map(|entry| entry.version);
        let deleted = matches!(action, Action::Restore { .. });
        if if deleted { now.is_some() } else { now != Some(version) } {
            return shell::toast(text::CANNOT_UNDO);
        }
        outbox::enqueue(Task::Act(Act { page: self, id, action, undoing: true }));
    }

    fn remember(self, undo: Undo) {
        let mut steps = self.undo.borrow_mut();
        if steps.len() == UNDO_STEPS {
            steps.remove(0);
        }
        steps.push(undo);
    }

    /// Cell and neighbour above, to come back to.
    fn stand(self, id: EntryId) -> Option<Action> {
        let cell = self.state(id)?.cell.get();
        let to = self.with(|store| store.cells[cell].key)?;
        let order = self.order(cell);
        let at = order.iter().position(|other| *other == id)?;
        Some(Action::Move { to, after: at.checked_sub(1).map(|above| order[above]) })
    }
}

/// Notes how a save can be taken back: before the page takes the saved entry in.
pub fn remember_save(page: Page, key: DraftKey, saved: &Entry) {
    let action = match key {
        DraftKey::New(_) => Some(Action::Delete),
        DraftKey::Entry(id) => page.entry(id).map(|before| Action::Rewrite(text_of(&before))),
    };
    if let Some(action) = action {
        page.remember(Undo { id: saved.id, action, version: saved.version });
    }
}

impl Act {
    /// What a person must see to, in a few words; none: it is done.
    pub async fn perform(self, account: AccountId) -> Option<String> {
        let (operation, input) = self.input()?;
        let request = wire::request(operation, &input);
        let page = self.page;
        let inverse = self.inverse();
        match until_answered(account, request, &|| {}).await {
            Ok(Reply::Saved { entry, change }) => self.saved(entry, change, inverse),
            Ok(Reply::Deleted { id, version, change }) => self.deleted(id, version, change),
            Ok(Reply::Conflict { theirs, .. }) => {
                let deleted = theirs.deleted_at.is_some();
                page.update(|store| store.put(theirs, 0));
                shell::toast(match (self.undoing, deleted) {
                    (true, _) => text::CANNOT_UNDO,
                    (false, true) => text::DELETED_MEANWHILE,
                    (false, false) => text::CHANGED_MEANWHILE,
                });
            }
            Ok(Reply::Refused { message, .. }) => shell::toast(message),
            Err(Failure::SignedOut) => {}
            Err(failure) => shell::toast(failure.message()),
        }
        None
    }

    /// None: the entry is gone.
    fn input(&self) -> Option<(Operation, Input)> {
        let request_id = api::request_id();
        if let Action::Restore { change, version } = self.action {
            let (entry_id, change_id, version) = (Some(self.id), Some(change), Some(version));
            return Some((
                Operation::Restore,
                Input { request_id, entry_id, change_id, version, ..Input::default() },
            ));
        }
        let version = Some(self.page.entry(self.id)?.version);
        let input = Input { request_id, id: Some(self.id), version, ..Input::default() };
        Some(match &self.action {
            Action::Move { to, after } => (
                Operation::Move,
                Input {
                    item_id: Some(to.item),
                    facet: Some(to.facet),
                    fiscal_year: Some(to.year),
                    after_entry_id: *after,
                    ..input
                },
            ),
            Action::Assign(owner_id) => (Operation::Assign, Input { owner_id: *owner_id, ..input }),
            Action::Rewrite(text) => (Operation::Update, input.with_text(text.clone())),
            Action::Delete | Action::Restore { .. } => (Operation::Delete, input),
        })
    }

    fn inverse(&self) -> Option<Action> {
        match self.action {
            Action::Move { .. } => self.page.stand(self.id),
            Action::Assign(_) => Some(Action::Assign(self.page.entry(self.id)?.owner_id())),
            // Taken back from its toast, and by what the server answers; the rest is itself taking back.
            Action::Delete | Action::Restore { .. } | Action::Rewrite(_) => None,
        }
    }

    fn saved(&self, entry: Entry, change: Change, inverse: Option<Action>) {
        let (page, id, version) = (self.page, entry.id, entry.version);
        let free = focus::is_free();
        page.update(|store| store.put(entry, change.seq));
        if let (Some(action), false) = (inverse, self.undoing) {
            page.remember(Undo { id, action, version });
        }
        shell::announce(match self.action {
            _ if self.undoing => text::UNDONE,
            Action::Move { .. } => text::MOVED,
            Action::Assign(_) => text::ASSIGNED,
            _ => text::RESTORED,
        });
        if free {
            focus::entry_soon(page, id);
        }
    }

    fn deleted(&self, id: EntryId, version: i32, change: Change) {
        let page = self.page;
        let next = focus::is_within(id).then(|| page.neighbour_of(id)).flatten();
        let cell = page.state(id).map(|state| state.cell.get());
        page.update(|store| store.remove(id, change.seq));
        if let Some(cell) = cell.filter(|_| next.is_none() && !self.undoing) {
            focus::cell_soon(page, cell);
        }
        if let Some(next) = next {
            focus::entry_soon(page, next);
        }
        if self.undoing {
            return shell::announce(text::UNDONE);
        }
        let action = Action::Restore { change: change.id, version };
        page.remember(Undo { id, action: action.clone(), version });
        shell::toast_with(text::DELETED, text::UNDO, move || {
            if let Some(page) = here() {
                // From here or by Ctrl+Z, once.
                page.undo.borrow_mut().retain(|step| step.id != id || step.version != version);
                page.act(id, action.clone());
            }
        });
    }
}

impl Page {
    /// The shown entry below in its cell, else the one above: where the focus goes when this one leaves.
    pub fn neighbour_of(self, id: EntryId) -> Option<EntryId> {
        let shown = self.shown(self.state(id)?.cell.get());
        let at = shown.iter().position(|other| *other == id)?;
        shown.get(at + 1).or_else(|| shown.get(at.checked_sub(1)?)).copied()
    }

    /// One place up or down among its cell's shown entries.
    pub fn shift(self, id: EntryId, down: bool) {
        let Some(state) = self.state(id) else { return };
        let Some(to) = self.with(|store| store.cells[state.cell.get()].key) else { return };
        match shifted(&self.order(state.cell.get()), &self.shown(state.cell.get()), id, down) {
            Some(after) => self.act(id, Action::Move { to, after }),
            None => shell::announce(text::CANNOT_MOVE),
        }
    }
}

/// The entry to stand below after one step past a shown neighbour; `Some(None)`: the front. None: at the edge.
fn shifted(order: &[EntryId], shown: &[EntryId], id: EntryId, down: bool) -> Option<Option<EntryId>> {
    let at = shown.iter().position(|other| *other == id)?;
    if down {
        return shown.get(at + 1).map(|below| Some(*below));
    }
    let above = shown.get(at.checked_sub(1)?)?;
    let above = order.iter().position(|other| other == above)?;
    Some(above.checked_sub(1).map(|further| order[further]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<const N: usize>() -> [EntryId; N] {
        std::array::from_fn(|n| uuid::Uuid::from_u128(n as u128).into())
    }

    #[test]
    fn a_step_passes_one_shown_neighbour() {
        let [a, b, c, d] = ids();
        let order = [a, b, c, d];
        assert_eq!(shifted(&order, &order, b, true), Some(Some(c)));
        assert_eq!(shifted(&order, &order, b, false), Some(None));
        assert_eq!(shifted(&order, &order, c, false), Some(Some(a)));
        assert_eq!(shifted(&order, &order, a, false), None);
        assert_eq!(shifted(&order, &order, d, true), None);
        // b is hidden by the filter.
        assert_eq!(shifted(&order, &[a, c, d], c, false), Some(None));
        assert_eq!(shifted(&order, &[a, d], a, true), Some(Some(d)));
    }
}
