//! What is different between a moment of the log and now: for each entry, the net of all that was done to it since.

use super::EntryChange;
use crate::entry::{CellKey, Placed};
use renkei_domain::EntryId;
use std::collections::{HashMap, HashSet};

/// The living entries of cells, each cell's in order.
pub type Lists = HashMap<CellKey, Vec<EntryId>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It did not stand then, and does now.
    Added,
    /// Its text, scenes or owner are others.
    Changed,
    /// It is as it was, in another cell or behind another neighbour, because somebody moved it.
    Moved,
    /// It stood then, and is deleted now.
    Deleted,
}

/// What became of an entry.
#[derive(Clone, Debug)]
pub struct Net<'c> {
    pub kind: Kind,
    /// As it stood then; `None` if it did not.
    pub before: Option<&'c Placed>,
    pub after: &'c Placed,
    pub last: &'c EntryChange,
}

/// The net of the changes since a moment, oldest first, by which some cells came to be as they are `now`; those in place
/// (`Action::IN_PLACE`) between an entry's first and last one may be left out. One for each entry that is different, in
/// the order of its first change. An entry that is again as it was has none, nor has one that came and went.
///
/// What moved is told from what was pushed aside: only an entry that somebody moved, and that stands elsewhere among
/// those which stood beside it then and still do.
pub fn net<'c>(changes: &'c [EntryChange], now: &Lists) -> Vec<Net<'c>> {
    let then = back(changes, now);
    let mut spans: HashMap<EntryId, Span<'c>> = HashMap::new();
    let mut order = Vec::new();
    for change in changes {
        let id = change.after.entry.id;
        let span = spans.entry(id).or_insert_with(|| {
            order.push(id);
            Span { first: change, last: change, moved: false }
        });
        span.last = change;
        span.moved |= moves(change);
    }
    order.iter().filter_map(|id| spans[id].net(&then, now)).collect()
}

/// The first and the last change of an entry.
struct Span<'c> {
    first: &'c EntryChange,
    last: &'c EntryChange,
    moved: bool,
}

impl<'c> Span<'c> {
    fn net(&self, then: &Lists, now: &Lists) -> Option<Net<'c>> {
        let (before, after) = (self.first.before.as_ref().and_then(standing), &self.last.after);
        let shown = |placed: &Placed| now.contains_key(&placed.entry.cell);
        if !before.is_some_and(shown) && !standing(after).is_some_and(shown) {
            return None;
        }
        let kind = match (before, standing(after)) {
            (None, None) => return None,
            (None, Some(_)) => Kind::Added,
            (Some(_), None) => Kind::Deleted,
            (Some(was), Some(is)) if was.entry.text != is.entry.text || was.entry.owner != is.entry.owner => {
                Kind::Changed
            }
            (Some(was), Some(is)) if was.entry.cell != is.entry.cell => Kind::Moved,
            (Some(was), Some(_)) if self.moved && stands_elsewhere(was, then, now) => Kind::Moved,
            _ => return None,
        };
        Some(Net { kind, before, after, last: self.last })
    }
}

/// The lists as they were before these changes: each is taken back, newest first.
pub fn back(changes: &[EntryChange], now: &Lists) -> Lists {
    let mut lists = now.clone();
    for change in changes.iter().rev().filter(|change| moves(change) || appears(change)) {
        let id = change.after.entry.id;
        if let Some(list) = standing(&change.after).and_then(|is| lists.get_mut(&is.entry.cell)) {
            list.retain(|other| *other != id);
        }
        let was = change.before.as_ref().and_then(standing);
        if let Some((was, list)) = was.and_then(|was| Some((was, lists.get_mut(&was.entry.cell)?))) {
            list.insert(was.position.min(list.len()), id);
        }
    }
    lists
}

/// It stood before and after, but not in the same place. (Fresh ranks for a whole cell are no change of an entry.)
fn moves(change: &EntryChange) -> bool {
    let place = |placed: &Placed| (placed.entry.cell, placed.entry.rank);
    let before = change.before.as_ref().and_then(standing);
    before.zip(standing(&change.after)).is_some_and(|(was, is)| place(was) != place(is))
}

/// It stood before or after, but not both.
fn appears(change: &EntryChange) -> bool {
    change.before.as_ref().and_then(standing).is_some() != standing(&change.after).is_some()
}

fn standing(placed: &Placed) -> Option<&Placed> {
    placed.entry.deleted_at.is_none().then_some(placed)
}

/// Whether others of those which stood beside an entry then and still do stand before it now.
fn stands_elsewhere(was: &Placed, then: &Lists, now: &Lists) -> bool {
    let (id, cell) = (was.entry.id, was.entry.cell);
    let (Some(then), Some(now)) = (then.get(&cell), now.get(&cell)) else { return false };
    let both: HashSet<_> = then.iter().filter(|id| now.contains(id)).collect();
    let place =
        |list: &[EntryId]| list.iter().filter(|other| both.contains(other)).position(|other| *other == id);
    place(then) != place(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        change::{Action, By, Change},
        entry::Entry,
    };
    use proptest::prelude::*;
    use renkei_domain::{ChangeId, EntryText, Facet, FiscalYear, ItemId, RegionId};
    use uuid::Uuid;

    const CELLS: u128 = 3;
    /// The last cell is not on the sheet.
    const SHOWN: u128 = 2;

    fn cell(n: u128) -> CellKey {
        CellKey { item: ItemId(Uuid::from_u128(n)), facet: Facet::Plan, fiscal_year: FiscalYear(2026) }
    }

    /// A matrix in memory, and the log of what is done to it.
    #[derive(Clone, Default)]
    struct Model {
        lists: Lists,
        entries: HashMap<EntryId, Entry>,
        log: Vec<EntryChange>,
        ranks: i64,
        moved: HashSet<EntryId>,
    }

    /// What somebody does: which entry, in which cell, at which place, with which text.
    #[derive(Clone, Debug)]
    enum Deed {
        Create(u128, usize, u8),
        Edit(usize, u8),
        Move(usize, u128, usize),
        Delete(usize),
        Restore(usize, u128, usize, u8),
    }

    impl Model {
        fn do_all(&mut self, deeds: &[Deed]) {
            for deed in deeds {
                self.do_one(deed);
            }
        }

        fn do_one(&mut self, deed: &Deed) {
            let mut ids: Vec<EntryId> = self.entries.keys().copied().collect();
            ids.sort();
            let pick = |n: usize| ids.get(n % ids.len().max(1)).copied();
            let living = |model: &Model, id: EntryId| model.entries[&id].deleted_at.is_none();
            match *deed {
                Deed::Create(at, place, text) => {
                    let id = EntryId(Uuid::from_u128(self.entries.len() as u128 + 1));
                    let entry = Entry {
                        id,
                        region: RegionId(Uuid::nil()),
                        cell: cell(at),
                        text: body(text),
                        owner: None,
                        rank: 0,
                        version: 1,
                        updated_at: 0,
                        updated_by: None,
                        deleted_at: None,
                    };
                    self.put(entry, Some((cell(at), place)), Action::Create);
                }
                Deed::Edit(n, text) => {
                    let Some(id) = pick(n).filter(|id| living(self, *id)) else { return };
                    let entry = Entry { text: body(text), ..self.entries[&id].clone() };
                    self.put(entry, None, Action::Update);
                }
                Deed::Move(n, to, place) => {
                    let Some(id) = pick(n).filter(|id| living(self, *id)) else { return };
                    self.moved.insert(id);
                    self.put(self.entries[&id].clone(), Some((cell(to), place)), Action::Move);
                }
                Deed::Delete(n) => {
                    let Some(id) = pick(n).filter(|id| living(self, *id)) else { return };
                    let entry = Entry { deleted_at: Some(1), ..self.entries[&id].clone() };
                    self.put(entry, None, Action::Delete);
                }
                Deed::Restore(n, to, place, text) => {
                    let Some(id) = pick(n) else { return };
                    if living(self, id) {
                        self.moved.insert(id);
                    }
                    let entry = Entry { deleted_at: None, text: body(text), ..self.entries[&id].clone() };
                    self.put(entry, Some((cell(to), place)), Action::Restore);
                }
            }
        }

        /// Stores an entry, at a place if it gets one, and logs it.
        fn put(&mut self, mut entry: Entry, to: Option<(CellKey, usize)>, action: Action) {
            let before = self.entries.get(&entry.id).map(|was| self.placed(was.clone()));
            if let Some((cell, place)) = to {
                self.lists.values_mut().for_each(|list| list.retain(|id| *id != entry.id));
                let list = self.lists.entry(cell).or_default();
                list.insert(place % (list.len() + 1), entry.id);
                self.ranks += 1;
                (entry.cell, entry.rank) = (cell, self.ranks);
            }
            if entry.deleted_at.is_some() {
                self.lists.entry(entry.cell).or_default().retain(|id| *id != entry.id);
            }
            self.entries.insert(entry.id, entry.clone());
            let after = self.placed(entry);
            let by = By { account: None, name: String::new(), organization: String::new(), via_token: None };
            let (id, region) = (ChangeId(Uuid::nil()), RegionId(Uuid::nil()));
            let seq = self.log.len() as i64 + 1;
            let change = Change { id, region, seq, at: 0, by, action, summary: String::new() };
            self.log.push(EntryChange { change, before, after });
        }

        fn placed(&self, entry: Entry) -> Placed {
            let list = self.lists.get(&entry.cell);
            let position = list.and_then(|list| list.iter().position(|id| *id == entry.id));
            Placed { position: position.unwrap_or_default(), entry }
        }

        fn shown(&self) -> Lists {
            let list = |n| (cell(n), self.lists.get(&cell(n)).cloned().unwrap_or_default());
            (0..SHOWN).map(list).collect()
        }

        /// What differs between two states, told from the states themselves.
        fn differences(&self, now: &Model) -> HashMap<EntryId, Kind> {
            let living = |model: &Model, id: &EntryId| {
                model.entries.get(id).filter(|entry| entry.deleted_at.is_none()).cloned()
            };
            let on_sheet = |entry: &Entry| entry.cell != cell(CELLS - 1);
            let kind = |id: &EntryId| match (living(self, id), living(now, id)) {
                (was, is) if !was.iter().chain(&is).any(on_sheet) => None,
                (None, Some(_)) => Some(Kind::Added),
                (Some(_), None) => Some(Kind::Deleted),
                (Some(was), Some(is)) if was.text != is.text => Some(Kind::Changed),
                (Some(was), Some(is)) if was.cell != is.cell => Some(Kind::Moved),
                (Some(was), Some(_)) if now.moved.contains(id) => {
                    let beside = |model: &Model, other: &Model| {
                        let list = &model.lists[&was.cell];
                        let stays = list.iter().filter(|id| other.lists[&was.cell].contains(id));
                        stays.copied().collect::<Vec<_>>()
                    };
                    let (then, now) = (beside(self, now), beside(now, self));
                    let place = |list: &[EntryId]| list.iter().position(|other| other == id);
                    (place(&then) != place(&now)).then_some(Kind::Moved)
                }
                _ => None,
            };
            now.entries.keys().filter_map(|id| Some((*id, kind(id)?))).collect()
        }
    }

    fn body(n: u8) -> EntryText {
        EntryText { body: n.to_string(), ..EntryText::default() }
    }

    fn deed() -> impl Strategy<Value = Deed> {
        let (n, at, place, text) = (0usize..12, 0..CELLS, 0usize..6, 0u8..3);
        prop_oneof![
            (at.clone(), place.clone(), text.clone())
                .prop_map(|(at, place, text)| Deed::Create(at, place, text)),
            (n.clone(), text.clone()).prop_map(|(n, text)| Deed::Edit(n, text)),
            (n.clone(), at.clone(), place.clone()).prop_map(|(n, at, place)| Deed::Move(n, at, place)),
            n.clone().prop_map(Deed::Delete),
            (n, at, place, text).prop_map(|(n, at, place, text)| Deed::Restore(n, at, place, text)),
        ]
    }

    proptest! {
        #[test]
        fn the_net_of_the_log_is_what_differs_between_then_and_now(
            before in prop::collection::vec(deed(), 0..30),
            since in prop::collection::vec(deed(), 0..30),
        ) {
            let mut then = Model::default();
            then.do_all(&before);
            let mut now = Model { log: Vec::new(), moved: HashSet::new(), ..then.clone() };
            now.do_all(&since);
            // Every change of what was on the sheet at some time since, as the store finds them.
            let seen = |change: &&EntryChange| {
                let on_sheet = |placed: &Placed| placed.entry.cell != cell(CELLS - 1);
                on_sheet(&change.after) || change.before.as_ref().is_some_and(on_sheet)
            };
            let touched: HashSet<EntryId> =
                now.log.iter().filter(seen).map(|change| change.after.entry.id).collect();
            let log: Vec<EntryChange> =
                now.log.iter().filter(|change| touched.contains(&change.after.entry.id)).cloned().collect();
            prop_assert_eq!(back(&log, &now.shown()), then.shown());
            let told: HashMap<EntryId, Kind> =
                net(&log, &now.shown()).into_iter().map(|net| (net.after.entry.id, net.kind)).collect();
            prop_assert_eq!(told, then.differences(&now));

            // The store leaves out what tells nothing.
            let id = |change: &EntryChange| change.after.entry.id;
            let seqs = |of: EntryId| log.iter().filter(move |other| id(other) == of).map(|other| other.change.seq);
            let tells = |change: &&EntryChange| {
                let (of, seq) = (id(change), change.change.seq);
                !Action::IN_PLACE.contains(&change.change.action)
                    || seqs(of).min() == Some(seq)
                    || seqs(of).max() == Some(seq)
            };
            let telling: Vec<EntryChange> = log.iter().filter(tells).cloned().collect();
            let nets = |changes| format!("{:?}", net(changes, &now.shown()));
            prop_assert_eq!(nets(&telling), nets(&log));
        }
    }
}
