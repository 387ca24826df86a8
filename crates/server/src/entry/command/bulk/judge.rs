//! What is done to each of several entries: each is judged alone, as if it had been asked for by itself, in the same
//! order (right, phase, input, version).

use super::{BulkHandler, Error, Next, Place, not_done, saved, stage::Stage};
use crate::{
    Fault,
    change::{Action, EntryChange, of_entries, of_versions, placings_after},
    clock,
    entry::{
        CellKey, Entry, Placed,
        bulk::{BackTo, BulkOutcome, ChangeEach, EntryOutcome, MadeMany},
        command::checks::{conflict, is_among, known_version, no_column, no_item, no_owner},
        service::{Outcome, Version},
        store,
    },
    refusal::{Refusal, Stop},
    sheet::{self, Frame},
};
use renkei_domain::{
    Act, ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, Owner, SceneSet,
    merge::merge,
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// What the log has to tell of the entries.
#[derive(Default)]
struct Log {
    /// What made the versions that the editor saw, where they are not the newest; of a restoration the newest ones too.
    versions: HashMap<(EntryId, i32), EntryChange>,
    /// What may have moved entries since the oldest version that the editor saw.
    placings: Vec<EntryChange>,
    /// To which a restoration goes back.
    asked: HashMap<ChangeId, EntryChange>,
}

/// Judges one entry after the other.
struct Judge<'a> {
    handler: &'a BulkHandler<'a>,
    stage: Stage,
    log: Log,
    /// Of a move: which one the next entry goes behind, by the cell.
    behind: HashMap<CellKey, Option<EntryId>>,
    /// Of a move: those that leave their places.
    moving: HashSet<EntryId>,
}

/// What becomes of one of the entries.
enum Judged {
    Next(Box<Next>),
    /// Nothing differs: the answer is the last change.
    Unchanged {
        merged: bool,
    },
    NotDone(EntryOutcome),
}

impl BulkHandler<'_> {
    pub(super) async fn change(
        &self,
        frames: Vec<Arc<Frame>>,
        asked: Vec<Version>,
        edit: ChangeEach,
    ) -> Result<(BulkOutcome, MadeMany), Stop> {
        if let ChangeEach::Tag { add, remove } = &edit
            && add.intersects(*remove)
        {
            let message = "同じ場面を、付けながら外すことはできません。";
            return Err(Refusal::invalid("remove", message).into());
        }
        let ids: Vec<EntryId> = asked.iter().map(|version| version.entry).collect();
        let entries = store::find_all(&**self.write, self.region, &ids).await?;
        let log = self.read_log(&entries, &asked, &edit).await?;
        let years = years(&entries, &log, &edit);
        let stage = Stage::read(self.write, self.region, frames.clone(), entries, years).await?;
        let (behind, moving) = (HashMap::new(), HashSet::new());
        let mut judge = Judge { handler: self, stage, log, behind, moving };
        let judged = judge.all(&asked, &edit)?;
        let (mut stage, log) = (judge.stage, judge.log);
        let ranks = self.ranks(&mut stage, &judged).await?;
        let next = judged.iter().filter_map(|judged| match judged {
            Judged::Next(next) => {
                let entry = next.entry.clone();
                let rank = ranks.get(&entry.id).copied().unwrap_or(entry.rank);
                Some((next.action, Entry { rank, ..entry }))
            }
            _ => None,
        });
        let next = next.collect();
        let unchanged = self.last_changes(&stage, &asked, &judged, log).await?;
        let made = self.store(&mut stage, next, false).await?;
        let mut changes = made.iter();
        let result = |(version, judged): (&Version, Judged)| match judged {
            Judged::NotDone(outcome) => Ok(outcome),
            Judged::Unchanged { merged } => {
                let change = unchanged.get(&version.entry).copied();
                let change = change.ok_or_else(|| Fault::new("no change made an entry's newest version"))?;
                Ok(EntryOutcome::Done(Outcome::Saved { change, merged }))
            }
            Judged::Next(next) => {
                let (change, _) = changes.next().ok_or_else(|| Fault::new("an entry was not stored"))?;
                Ok(saved(change.id, next.action, next.merged))
            }
        };
        let results = asked.iter().zip(judged).map(result).collect::<Result<_, Fault>>()?;
        Ok(self.done(frames, results, made))
    }

    async fn read_log(
        &self,
        entries: &HashMap<EntryId, Entry>,
        asked: &[Version],
        edit: &ChangeEach,
    ) -> Result<Log, Fault> {
        let mut log = Log::default();
        let (mut versions, mut older) = (Vec::new(), Vec::new());
        for version in asked {
            let Some(entry) = entries.get(&version.entry) else { continue };
            let known = (1..=entry.version).contains(&version.number);
            if known && (version.number < entry.version || entry.deleted_at.is_some()) {
                versions.push((entry.id, version.number));
                older.push(*version);
            }
            if matches!(edit, ChangeEach::Restore { .. }) {
                versions.push((entry.id, entry.version));
            }
        }
        versions.sort_unstable();
        versions.dedup();
        if !versions.is_empty() {
            log.versions = of_versions(&**self.write, &versions).await?;
        }
        match edit {
            ChangeEach::Restore { to } => {
                let found = of_entries(&**self.write, to.iter().map(|to| to.change)).await?;
                log.asked = found.into_iter().map(|change| (change.change.id, change)).collect();
            }
            ChangeEach::Move { .. } => {
                if let Some(oldest) = older.iter().map(|version| version.number).min() {
                    let ids: Vec<EntryId> = older.iter().map(|version| version.entry).collect();
                    log.placings = placings_after(&**self.write, &ids, oldest).await?;
                }
            }
            _ => {}
        }
        Ok(log)
    }

    /// The ranks of those that are put somewhere.
    async fn ranks(&self, stage: &mut Stage, judged: &[Judged]) -> Result<HashMap<EntryId, i64>, Fault> {
        let next: Vec<&Next> = judged
            .iter()
            .filter_map(|judged| match judged {
                Judged::Next(next) => Some(&**next),
                _ => None,
            })
            .collect();
        let put: Vec<&Next> = next.iter().copied().filter(|next| next.place.is_some()).collect();
        let leaving: HashSet<EntryId> = put.iter().map(|next| next.entry.id).collect();
        let mut cells: Vec<CellKey> = Vec::new();
        for next in &put {
            if !cells.contains(&next.entry.cell) {
                cells.push(next.entry.cell);
            }
        }
        let mut ranks = HashMap::new();
        for cell in cells {
            let mut order = stage.order_without(cell, &leaving);
            // What comes back in its own place.
            for back in next.iter().filter(|next| next.place.is_none() && next.entry.cell == cell) {
                let (id, rank) = (back.entry.id, back.entry.rank);
                if !order.iter().any(|(other, _)| *other == id) {
                    let at = order.partition_point(|(other, given)| (*given, *other) < (Some(rank), id));
                    order.insert(at, (id, Some(rank)));
                }
            }
            let mut here: Vec<&Next> = put.iter().copied().filter(|next| next.entry.cell == cell).collect();
            // Where each is counted from the front, those before it come first; what is taken back, in reverse.
            here.sort_by_key(|next| match next.place {
                Some(Place::At(at)) => i64::try_from(at).unwrap_or(i64::MAX),
                Some(Place::Back { seq, .. }) => -seq,
                _ => 0,
            });
            for next in here {
                let at = match next.place {
                    Some(Place::At(at) | Place::Back { at, .. }) => at.min(order.len()),
                    Some(Place::Behind(Some(behind))) => {
                        order.iter().position(|(id, _)| *id == behind).map_or(0, |at| at + 1)
                    }
                    _ => 0,
                };
                order.insert(at, (next.entry.id, None));
            }
            ranks.extend(stage.rank(self.write, self.region, cell, order).await?);
        }
        Ok(ranks)
    }

    /// The last changes of entries for which there was nothing to do.
    async fn last_changes(
        &self,
        stage: &Stage,
        asked: &[Version],
        judged: &[Judged],
        log: Log,
    ) -> Result<HashMap<EntryId, ChangeId>, Fault> {
        let mut found: HashMap<EntryId, ChangeId> = HashMap::new();
        let mut missing = Vec::new();
        for (version, _) in
            asked.iter().zip(judged).filter(|(_, judged)| matches!(judged, Judged::Unchanged { .. }))
        {
            let Some(entry) = stage.entries.get(&version.entry) else { continue };
            match log.versions.get(&(entry.id, entry.version)) {
                Some(made) => drop(found.insert(entry.id, made.change.id)),
                None => missing.push((entry.id, entry.version)),
            }
        }
        if !missing.is_empty() {
            let made = of_versions(&**self.write, &missing).await?;
            found.extend(made.into_iter().map(|((entry, _), made)| (entry, made.change.id)));
        }
        Ok(found)
    }
}

/// The years of the sheets that govern the cells that the entries stand in, and those that they go to.
fn years(entries: &HashMap<EntryId, Entry>, log: &Log, edit: &ChangeEach) -> BTreeSet<FiscalYear> {
    let mut cells: Vec<CellKey> = entries.values().map(|entry| entry.cell).collect();
    match edit {
        ChangeEach::Move { item, facet, year, .. } => {
            let targets: Vec<CellKey> =
                cells.iter().map(|cell| target(*cell, *item, *facet, *year)).collect();
            cells.extend(targets);
        }
        ChangeEach::Restore { .. } => {
            for change in log.asked.values() {
                cells.extend(change.before.iter().map(|before| before.entry.cell));
                cells.push(change.after.entry.cell);
            }
        }
        _ => {}
    }
    cells.into_iter().map(|cell| cell.governing_year()).collect()
}

fn target(cell: CellKey, item: Option<ItemId>, facet: Option<Facet>, year: Option<FiscalYear>) -> CellKey {
    CellKey {
        item: item.unwrap_or(cell.item),
        facet: facet.unwrap_or(cell.facet),
        fiscal_year: year.unwrap_or(cell.fiscal_year),
    }
}

impl Judge<'_> {
    fn all(&mut self, asked: &[Version], edit: &ChangeEach) -> Result<Vec<Judged>, Fault> {
        let mut seen = HashSet::new();
        let mut judged = Vec::with_capacity(asked.len());
        for (nth, version) in asked.iter().enumerate() {
            let one = match seen.insert(version.entry) {
                true => self.one(asked, nth, edit),
                false => Err(Refusal::invalid("entries", "同じ取組が2回指定されています。").into()),
            };
            judged.push(match one {
                Ok(judged) => judged,
                Err(error) => Judged::NotDone(not_done(error)?),
            });
        }
        Ok(judged)
    }

    fn one(&mut self, asked: &[Version], nth: usize, edit: &ChangeEach) -> Result<Judged, Error> {
        let version = asked[nth];
        let placed = self.stage.placed(version.entry).ok_or_else(|| Refusal::not_found("取組"))?;
        let judged = match edit {
            ChangeEach::Tag { add, remove } => self.tag(&placed, version, *add, *remove)?,
            ChangeEach::Assign { owner } => self.assign(&placed, version, *owner)?,
            ChangeEach::Move { after, item, facet, year } => {
                let to = target(placed.entry.cell, *item, *facet, *year);
                self.move_entry(asked, &placed, version, *after, to)?
            }
            ChangeEach::Delete => self.delete(&placed, version)?,
            ChangeEach::Restore { to } => self.restore(&placed, version, to.get(nth))?,
        };
        if let Judged::Next(next) = &judged {
            self.stage.take(Some(&placed.entry), &next.entry)?;
            // Only now: what finds no room stays where it is.
            if matches!(next.place, Some(Place::Behind(_))) {
                self.moving.insert(next.entry.id);
                self.behind.insert(next.entry.cell, Some(next.entry.id));
            }
        }
        Ok(judged)
    }

    /// A version that is not the newest is merged with what has become of the scenes since.
    fn tag(
        &self,
        placed: &Placed,
        version: Version,
        add: SceneSet,
        remove: SceneSet,
    ) -> Result<Judged, Error> {
        let entry = &placed.entry;
        self.right(entry.cell, entry.owned_by())?;
        let tagged = |text: &EntryText| {
            let scenes = text.explicit_scenes.iter().chain(add.iter());
            let scenes = scenes.filter(|scene| !remove.contains(*scene)).collect();
            EntryText { explicit_scenes: scenes, ..text.clone() }
        };
        let seen = self.seen(placed, version, Some(&tagged(&entry.text)))?;
        let merged = seen.is_some();
        let text = match seen {
            None => tagged(&entry.text),
            Some(then) => merge(&then.text, &entry.text, &tagged(&then.text)).text,
        };
        Ok(self.next(Action::Update, entry, Entry { text, ..entry.clone() }, merged))
    }

    /// From an older version too, unless the entry has another owner since.
    fn assign(
        &self,
        placed: &Placed,
        version: Version,
        owner: Option<OrganizationId>,
    ) -> Result<Judged, Error> {
        let entry = &placed.entry;
        self.right(entry.cell, entry.owned_by())?;
        let frame = self.right(entry.cell, owner.into())?;
        if owner.is_some_and(|owner| frame.region.organization(owner).is_none()) {
            return Err(no_owner().into());
        }
        let seen = self.seen(placed, version, None)?;
        if let Some(then) = seen
            && then.owner != entry.owner
            && owner != entry.owner
        {
            return Err(conflict(placed, then.text.clone(), None));
        }
        Ok(self.next(Action::Assign, entry, Entry { owner, ..entry.clone() }, seen.is_some()))
    }

    /// From an older version too, unless somebody has moved the entry since.
    fn move_entry(
        &mut self,
        asked: &[Version],
        placed: &Placed,
        version: Version,
        after: Option<EntryId>,
        to: CellKey,
    ) -> Result<Judged, Error> {
        let entry = &placed.entry;
        if to.governing_year() != entry.cell.governing_year() {
            self.right(entry.cell, entry.owned_by())?;
        }
        let frame = self.right(to, entry.owned_by())?;
        if to != entry.cell {
            if !frame.shows(to) {
                return Err(no_column("facet").into());
            }
            frame.row(to.item).ok_or_else(no_item)?;
        }
        if let Some(after) = after {
            is_among(self.stage.cell(to), after)?;
        }
        let seen = self.seen(placed, version, None)?.cloned();
        let merged = seen.is_some();
        let behind = self.behind(asked, to, after);
        if to == entry.cell && self.stands_behind(entry, behind) {
            self.behind.insert(to, Some(entry.id));
            return Ok(Judged::Unchanged { merged });
        }
        if let Some(then) = seen
            && self.moved_since(entry.id, version)
        {
            return Err(conflict(placed, then.text, None));
        }
        let entry = Entry { cell: to, ..entry.clone() };
        let place = Some(Place::Behind(behind));
        Ok(Judged::Next(Box::new(Next { action: Action::Move, entry, merged, place })))
    }

    /// Which one the next entry of a cell goes behind. What the move names may be moved itself: then it is what stays
    /// before that.
    fn behind(&self, asked: &[Version], cell: CellKey, after: Option<EntryId>) -> Option<EntryId> {
        if let Some(behind) = self.behind.get(&cell) {
            return *behind;
        }
        let listed = self.stage.cell(cell);
        let is_asked = |id: EntryId| asked.iter().any(|version| version.entry == id);
        let at = listed.iter().position(|other| Some(other.id) == after)?;
        listed[..=at].iter().rev().find(|other| !is_asked(other.id)).map(|other| other.id)
    }

    /// The entry stands already right behind that one, or at the front.
    fn stands_behind(&self, entry: &Entry, behind: Option<EntryId>) -> bool {
        let listed = self.stage.cell(entry.cell);
        let own = listed.iter().position(|other| other.id == entry.id);
        own.is_some_and(|own| {
            let before = listed[..own].iter().rev().find(|other| !self.moving.contains(&other.id));
            before.map(|other| other.id) == behind
        })
    }

    /// Somebody has put the entry in another place since this version, be it by restoring it.
    fn moved_since(&self, entry: EntryId, version: Version) -> bool {
        self.log.placings.iter().any(|change| {
            let after = &change.after.entry;
            after.id == entry && after.version > version.number && change.moved()
        })
    }

    /// From an older version too, if the entry is but in another place since: nobody deletes what they have not seen.
    fn delete(&self, placed: &Placed, version: Version) -> Result<Judged, Error> {
        let entry = &placed.entry;
        self.right(entry.cell, entry.owned_by())?;
        let seen = self.seen(placed, version, None)?;
        if let Some(then) = seen
            && (&then.text, then.owner) != (&entry.text, entry.owner)
        {
            return Err(conflict(placed, then.text.clone(), None));
        }
        let deleted = Entry { deleted_at: Some(clock::now()), ..entry.clone() };
        Ok(self.next(Action::Delete, entry, deleted, seen.is_some()))
    }

    /// Back to what it was right after a change; a deletion's own change gives back what it deleted.
    fn restore(&self, placed: &Placed, version: Version, to: Option<&BackTo>) -> Result<Judged, Error> {
        let entry = &placed.entry;
        let change = to.and_then(|to| self.log.asked.get(&to.change));
        // What was not there before is as it came.
        let before =
            change.and_then(|change| change.before.as_ref()).filter(|_| to.is_some_and(|to| to.before));
        let then = before.or(change.map(|change| &change.after)).filter(|then| then.entry.id == entry.id);
        self.right(entry.cell, entry.owned_by())?;
        if let Some(then) = then {
            self.right(then.entry.cell, then.entry.owned_by())?;
        }
        let not_of_it = || Refusal::invalid("changeId", "この取組の変更履歴ではありません。");
        let then = then.ok_or_else(not_of_it)?;
        known_version(entry, version)?;
        if version.number < entry.version {
            let base = self.version(version)?.text.clone();
            return Err(conflict(placed, base, Some(&then.entry.text)));
        }
        let newest = self.version(Version { number: entry.version, ..version })?;
        let own_place = (newest.cell, newest.rank) == (then.entry.cell, then.entry.rank);
        let next = Entry {
            cell: then.entry.cell,
            text: then.entry.text.clone(),
            owner: then.entry.owner,
            deleted_at: None,
            ..entry.clone()
        };
        if own_place {
            return Ok(self.next(Action::Restore, entry, next, false));
        }
        let place = Some(match (before, change) {
            (Some(_), Some(change)) => Place::Back { at: then.position, seq: change.change.seq },
            _ => Place::At(then.position),
        });
        Ok(Judged::Next(Box::new(Next { action: Action::Restore, entry: next, merged: false, place })))
    }

    /// The next version, unless nothing differs; it stays in its place.
    fn next(&self, action: Action, before: &Entry, entry: Entry, merged: bool) -> Judged {
        if entry == *before {
            return Judged::Unchanged { merged };
        }
        Judged::Next(Box::new(Next { action, entry, merged, place: None }))
    }

    /// May they edit what this owner has there? The sheet that says so.
    fn right(&self, cell: CellKey, owner: Owner) -> Result<&Arc<Frame>, Refusal> {
        let frame = self.stage.frame(cell).ok_or_else(|| sheet::governed_by_none(cell))?;
        sheet::may(&frame.head, self.handler.viewer, Act::Edit(owner))?;
        Ok(frame)
    }

    /// The entry lives, and the editor saw a version that it had: `None` if that is the newest, otherwise the entry as
    /// it was then.
    fn seen(
        &self,
        placed: &Placed,
        version: Version,
        yours: Option<&EntryText>,
    ) -> Result<Option<&Entry>, Error> {
        let entry = &placed.entry;
        known_version(entry, version)?;
        if version.number == entry.version && entry.deleted_at.is_none() {
            return Ok(None);
        }
        let then = self.version(version)?;
        match entry.deleted_at {
            Some(_) => Err(conflict(placed, then.text.clone(), yours)),
            None => Ok(Some(then)),
        }
    }

    fn version(&self, version: Version) -> Result<&Entry, Fault> {
        let made = self.log.versions.get(&(version.entry, version.number));
        let missing = || {
            let Version { entry, number } = version;
            Fault::new(format!("no change made version {number} of the entry {entry}"))
        };
        Ok(&made.ok_or_else(missing)?.after.entry)
    }
}
