//! What is done to entries beside writing: move, give to somebody, delete; and all of it, writing too, taken back.

use super::{
    many::{inverse_operation, titled},
    mutation::{Change, Input, Operation},
    save::text_of,
    undo::{Stood, Way, back},
};
use crate::{
    api,
    sheet::{
        focus, later,
        page::{Page, here},
        store::CellKey,
    },
    shell,
    sync::{DraftKey, Op, outbox},
    text::sheet as text,
};
use leptos::prelude::{GetUntracked, GetValue, ReadValue, WriteValue};
use renkei_domain::{ChangeId, EntryId, EntryText, OrganizationId};

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
}

impl Page {
    /// Asks for it. What waits for the same entry goes first.
    pub fn act(self, id: EntryId, action: Action) {
        let Some(sheet) = self.sheet_id() else { return };
        let before = outbox::last_of(id);
        if before.as_ref().is_some_and(Op::deletes) && !matches!(action, Action::Restore { .. }) {
            return shell::announce(text::DELETION_WAITS);
        }
        let known = self.entry(id).map(|entry| entry.version);
        let input = Input { request_id: api::request_id(), id: Some(id), ..Input::default() };
        let (operation, mut input) = match action {
            Action::Move { to, after } => {
                (Operation::Move, Input { after_entry_id: after, ..input }.with_cell(to))
            }
            Action::Assign(owner_id) => (Operation::Assign, Input { owner_id, ..input }),
            Action::Delete => (Operation::Delete, input),
            Action::Restore { change, version } => {
                let (entry_id, change_id, version) = (Some(id), Some(change), Some(version));
                let input = Input { id: None, entry_id, change_id, version, ..input };
                (Operation::Restore, input)
            }
        };
        // What has gone from the page can only be restored.
        let Some(version) = before.as_ref().map(Op::version).or(input.version).or(known) else { return };
        input.version = Some(version);
        let mut op = Op::new(operation, sheet, input);
        op.depends_on = before.map(|before| before.input.request_id);
        self.begin(&op, None);
    }

    /// Takes back what this person did last on this page.
    pub fn undo(self) {
        self.step(Way::Undo, None);
    }

    /// Does again what was taken back last.
    pub fn redo(self) {
        self.step(Way::Redo, None);
    }

    /// Takes back what was asked for by a request.
    pub fn take_back(self, request: &str) {
        self.step(Way::Undo, Some(request));
    }

    fn step(self, way: Way, only: Option<&str>) {
        let next = {
            let mut steps = self.undo.write_value();
            steps.forget_given_up(outbox::is_awaited);
            steps.next(way, only, api::request_id())
        };
        match next {
            Ok(op) => self.begin_step(op),
            Err(text::UNDO_WAITS | text::REDO_WAITS) if outbox::held().get_untracked() => self.stop_waiting(),
            // With the line there, it is over before it is read.
            Err(why @ (text::UNDO_WAITS | text::REDO_WAITS)) => shell::announce(why),
            Err(why) => shell::toast(why),
        }
    }

    /// Nobody can say when the answer comes: what was to be taken back after it stays as it was done, which is said.
    pub fn stop_waiting(self) {
        if self.undo.write_value().stop_waiting() {
            shell::toast(text::NOT_BEFORE_SENT);
        }
    }

    /// Something was answered: what was to be taken back after it is.
    pub fn go_on(self) {
        while let Some(op) = { self.undo.write_value().due(api::request_id()) } {
            self.begin_step(op);
        }
    }

    fn begin_step(self, mut op: Op) {
        // What waits for the same entry goes first.
        if let Some(before) = op.entry().and_then(outbox::last_of) {
            op.input.version = Some(before.version());
            op.depends_on = Some(before.input.request_id);
        }
        if let Some(cell) = op.cell() {
            let still = |id: &EntryId| self.neighbour(DraftKey::New(cell), Some(*id));
            op.input.after_entry_id = op.above.iter().find_map(still);
        }
        self.begin(&op, None);
    }

    /// Cell and neighbours above, the nearest first, to come back to.
    fn stand(self, id: EntryId) -> Option<(CellKey, Vec<EntryId>)> {
        let cell = self.state(id)?.cell.get_value();
        let to = self.with(|store| store.cells[cell].key)?;
        let order = self.order(cell);
        let at = order.iter().position(|other| *other == id)?;
        Some((to, order[..at].iter().rev().copied().collect()))
    }
}

/// What takes it back, as the page stands before it is done.
pub fn inverse(page: Page, op: &Op) -> Option<Op> {
    if op.operation.is_of_suggestions() {
        return None;
    }
    if op.operation.is_many() {
        return Some(back(op, inverse_operation(page, op), Input::default()));
    }
    let input = Input { id: op.entry(), ..Input::default() };
    let (operation, input) = match op.operation {
        // Written on before the new entry had its name: it is an edit when its turn comes.
        Operation::Create if op.depends_on.is_some() => {
            (Operation::Update, input.with_text(outbox::text_of(op.depends_on.as_deref()?)?))
        }
        Operation::Create => (Operation::Delete, input),
        Operation::Delete => (Operation::Restore, Input { id: None, entry_id: op.entry(), ..input }),
        // With its place and owner, which came back too.
        Operation::Restore if page.entry(op.entry()?).is_some() => {
            return Some(back(op, Operation::RestoreMany, Input::default()));
        }
        Operation::Restore => (Operation::Delete, input),
        Operation::Update => match text_before(page, op.entry()?).or_else(|| op.takes_back.clone()) {
            Some(before) => (Operation::Update, input.with_text(before)),
            // It was deleted, and came back for this.
            None => (Operation::Delete, input),
        },
        Operation::Move => {
            let (cell, above) = page.stand(op.entry()?)?;
            return Some(Op { above, ..back(op, Operation::Move, input.with_cell(cell)) });
        }
        Operation::Assign => {
            let owner_id = page.entry(op.entry()?)?.owner;
            (Operation::Assign, Input { owner_id, ..input })
        }
        _ => return None,
    };
    Some(back(op, operation, input))
}

/// What waits to be written of an entry, or what stands there.
fn text_before(page: Page, id: EntryId) -> Option<EntryText> {
    let waiting = outbox::written(id).and_then(|op| op.text());
    waiting.or_else(|| page.entry(id).map(|entry| text_of(&entry)))
}

/// How an entry stands that is to be deleted.
pub fn stood(page: Page, op: &Op) -> Option<Stood> {
    let id = op.entry().filter(|_| op.operation == Operation::Delete)?;
    let title = titled(&page.entry(id)?.body);
    Some(Stood { title, cell: page.state(id)?.cell.get_value(), neighbour: page.neighbour_of(id) })
}

/// A deletion was answered. An event may have told of it before.
pub fn deleted(page: Page, op: &Op, id: EntryId, version: i32, change: Change) {
    let was_within = focus::is_within(id);
    let stands = stood(page, op);
    let stood = page.undo.write_value().deleted(op, version, change.id);
    let said = page.undo.write_value().said(op);
    later::deleted(page, id, change.seq);
    page.update(|store| store.remove(id, change.seq));
    let stood = stands.or(stood);
    if let Some(stood) = &stood
        && (was_within || outbox::is_fresh(op) && focus::is_nowhere())
    {
        match stood.neighbour.filter(|next| page.entry(*next).is_some()) {
            Some(next) => focus::entry_soon(page, next),
            None => focus::cell_soon(page, stood.cell),
        }
    }
    if let Some(said) = said {
        return shell::announce(said);
    }
    if !page.undo.read_value().knows(op) {
        return;
    }
    let request = op.input.request_id.clone();
    let take_back = move || {
        if let Some(page) = here() {
            page.take_back(&request);
        }
    };
    let is_back = move || here().is_some_and(|page| page.entry(id).is_some());
    shell::toast_until(
        text::deleted(&stood.map(|stood| stood.title).unwrap_or_default()),
        Some((text::UNDO, Box::new(take_back))),
        is_back,
    );
}

impl Page {
    /// The shown entry below in its cell, else the one above: where the focus goes when this one leaves.
    pub fn neighbour_of(self, id: EntryId) -> Option<EntryId> {
        let shown = self.shown(self.state(id)?.cell.get_value());
        let at = shown.iter().position(|other| *other == id)?;
        shown.get(at + 1).or_else(|| shown.get(at.checked_sub(1)?)).copied()
    }

    /// One place up or down among its cell's shown entries.
    pub fn shift(self, id: EntryId, down: bool) {
        let Some(state) = self.state(id) else { return };
        let Some(to) = self.with(|store| store.cells[state.cell.get_value()].key) else { return };
        match shifted(&self.order(state.cell.get_value()), &self.shown(state.cell.get_value()), id, down) {
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
