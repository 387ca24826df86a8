//! The command handler: checks one edit (right, phase, input, version, in this order) and does it. The edits are here,
//! what they check in [`checks`], how an entry gets its rank and is stored in [`storage`]. What is done to many entries
//! at once is in [`bulk`].

pub mod bulk;
mod checks;
mod storage;

use super::{
    CellKey, Entry, Placed, place,
    service::{Conflict, Edit, Made, Outcome, Version, cell_holds, sheet_holds},
    store,
};
use crate::{
    account::Viewer,
    change::{Action, find_of_entry},
    clock,
    db::Write,
    refusal::{Refusal, Stop},
    sheet::{self, SheetKey},
};
use checks::{conflict, has_cell, is_among, known_owner, no_column, no_item, valid_text};
use renkei_domain::{
    ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RegionId, RequestId, SheetId,
    merge::merge,
};
use storage::takes_one_more;

/// Why an edit was not done.
pub enum Error {
    Conflict(Box<Conflict>),
    Stop(Stop),
}

impl<E: Into<Stop>> From<E> for Error {
    fn from(stop: E) -> Self {
        Error::Stop(stop.into())
    }
}

/// Handles one edit in a transaction.
pub struct CommandHandler<'a> {
    pub write: &'a Write,
    pub viewer: &'a Viewer,
    /// Locked until the transaction ends.
    pub region: RegionId,
    pub request: Option<RequestId>,
}

/// An edit that was handled.
pub struct Handled {
    pub outcome: Outcome,
    /// `None`: there was nothing to do.
    pub made: Option<Made>,
}

impl Handled {
    fn saved(made: Made, merged: bool) -> Self {
        Handled { outcome: Outcome::Saved { change: made.change.id, merged }, made: Some(made) }
    }
}

impl CommandHandler<'_> {
    pub async fn handle(&self, edit: Edit) -> Result<Handled, Error> {
        match edit {
            Edit::Create { sheet, cell, text, owner, after } => {
                self.create(sheet, cell, text, owner, after).await
            }
            Edit::Update { version, text } => self.update(version, text).await,
            Edit::Move { version, after, item, facet, year } => {
                self.move_entry(version, after, item, facet, year).await
            }
            Edit::Assign { version, owner } => self.assign(version, owner).await,
            Edit::Delete { version } => self.delete(version).await,
            Edit::Restore { version, change } => self.restore(version, change).await,
        }
    }

    async fn create(
        &self,
        sheet: SheetId,
        cell: CellKey,
        text: EntryText,
        owner: Option<OrganizationId>,
        after: Option<EntryId>,
    ) -> Result<Handled, Error> {
        let around = sheet::surroundings(&**self.write, SheetKey::Id(sheet), cell.item, owner).await?;
        let around = around.ok_or_else(|| Refusal::not_found("計画・評価表"))?;
        let governed = cell.governing_year();
        if around.shows(cell) && governed != around.head.fiscal_year {
            return Err(sheet::governed_elsewhere(governed).into());
        }
        self.right(&around, owner.into())?;
        self.valid_request()?;
        if !around.shows(cell) {
            let facets = around.columns.iter().any(|column| column.facet == cell.facet);
            return Err(no_column(if facets { "fiscalYear" } else { "facet" }).into());
        }
        if around.row.is_none() {
            return Err(no_item().into());
        }
        known_owner(&around, owner)?;
        let text = valid_text(text)?;
        let id: EntryId = clock::fresh();
        let others = store::others(&**self.write, self.region, cell, id).await?;
        cell_holds(others.chars_of_cell + text.chars())?;
        sheet_holds(others.chars_of_sheet + text.chars())?;
        let behind = place::rank_behind(&others).filter(|_| after.is_none());
        let (rank, position) = match behind {
            Some(rank) => {
                takes_one_more(others.entries)?;
                (rank, others.entries)
            }
            None => self.rank_of_new(cell, id, after).await?,
        };
        let entry = Entry {
            id,
            region: self.region,
            cell,
            text,
            owner,
            rank,
            version: 1,
            updated_at: clock::now(),
            updated_by: Some(self.viewer.account.id),
            deleted_at: None,
        };
        store::insert(self.write, std::slice::from_ref(&entry)).await?;
        let made = self.log(Action::Create, None, Placed { entry, position }, around).await?;
        Ok(Handled::saved(made, false))
    }

    /// A text from an older version is merged with the newest one, unless they overlap.
    async fn update(&self, version: Version, text: EntryText) -> Result<Handled, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        let around = self.around(entry.cell, entry.owner).await?;
        self.right(&around, entry.owned_by())?;
        self.valid_request()?;
        let yours = valid_text(text)?;
        let seen = self.seen(&placed, version, Some(&yours)).await?;
        let merged = seen.is_some();
        let text = match seen {
            None => yours,
            Some(then) => {
                let together = merge(&then.text, &entry.text, &yours);
                match (together.overlaps, together.text.checked()) {
                    (0, Ok(text)) => text,
                    _ => return Err(conflict(&placed, then.text, Some(&yours))),
                }
            }
        };
        if text == entry.text {
            return self.unchanged(entry, merged).await;
        }
        self.fits(entry.cell, &text, entry).await?;
        let after = Placed { entry: Entry { text, ..entry.clone() }, position: placed.position };
        Ok(Handled::saved(self.save(Action::Update, &placed, after, around).await?, merged))
    }

    /// From an older version too, unless somebody has moved the entry since.
    async fn move_entry(
        &self,
        version: Version,
        after: Option<EntryId>,
        item: Option<ItemId>,
        facet: Option<Facet>,
        year: Option<FiscalYear>,
    ) -> Result<Handled, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        let target = CellKey {
            item: item.unwrap_or(entry.cell.item),
            facet: facet.unwrap_or(entry.cell.facet),
            fiscal_year: year.unwrap_or(entry.cell.fiscal_year),
        };
        let across = target.governing_year() != entry.cell.governing_year();
        let around = if across {
            let [here, there] = self.around_both(entry.cell, target, entry.owner).await?;
            self.right(&here.ok_or_else(|| sheet::governed_by_none(entry.cell))?, entry.owned_by())?;
            there.ok_or_else(|| sheet::governed_by_none(target))?
        } else {
            self.around(target, entry.owner).await?
        };
        self.right(&around, entry.owned_by())?;
        self.valid_request()?;
        if target != entry.cell {
            has_cell(&around, target)?;
        }
        // Of a sheet that it is new to, all that stands there counts as well.
        let (listed, chars_of_sheet) = if across {
            let mut cells = store::ranked_sheet(&**self.write, self.region, target.governing_year()).await?;
            let chars = cells.values().flatten().map(|other| other.chars).sum();
            (cells.remove(&target).unwrap_or_default(), chars)
        } else {
            (store::ranked(&**self.write, self.region, target).await?, 0)
        };
        if let Some(after) = after {
            is_among(&listed, after)?;
        }
        let seen = self.seen(&placed, version, None).await?;
        let merged = seen.is_some();
        let stands_there = place::before(&listed, placed.position) == after || after == Some(entry.id);
        if target == entry.cell && stands_there {
            return self.unchanged(entry, merged).await;
        }
        if let Some(then) = seen
            && self.moved_since(entry, version).await?
        {
            return Err(conflict(&placed, then.text, None));
        }
        if target != entry.cell {
            cell_holds(listed.iter().map(|other| other.chars).sum::<usize>() + entry.text.chars())?;
        }
        if across {
            sheet_holds(chars_of_sheet + entry.text.chars())?;
        }
        let others = listed.into_iter().filter(|other| other.id != entry.id).collect();
        let (rank, position) = self.rank_after(target, entry.id, others, after).await?;
        let after = Placed { entry: Entry { cell: target, rank, ..entry.clone() }, position };
        Ok(Handled::saved(self.save(Action::Move, &placed, after, around).await?, merged))
    }

    /// From an older version too, unless the entry has another owner since.
    async fn assign(&self, version: Version, owner: Option<OrganizationId>) -> Result<Handled, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        let around = self.around(entry.cell, owner).await?;
        self.right(&around, entry.owned_by())?;
        self.right(&around, owner.into())?;
        self.valid_request()?;
        known_owner(&around, owner)?;
        let seen = self.seen(&placed, version, None).await?;
        let merged = seen.is_some();
        if owner == entry.owner {
            return self.unchanged(entry, merged).await;
        }
        if let Some(then) = seen
            && then.owner != entry.owner
        {
            return Err(conflict(&placed, then.text, None));
        }
        let after = Placed { entry: Entry { owner, ..entry.clone() }, position: placed.position };
        Ok(Handled::saved(self.save(Action::Assign, &placed, after, around).await?, merged))
    }

    /// From an older version too, if the entry is but in another place since: nobody deletes what they have not seen.
    async fn delete(&self, version: Version) -> Result<Handled, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        let around = self.around(entry.cell, entry.owner).await?;
        self.right(&around, entry.owned_by())?;
        self.valid_request()?;
        if let Some(then) = self.seen(&placed, version, None).await?
            && (&then.text, then.owner) != (&entry.text, entry.owner)
        {
            return Err(conflict(&placed, then.text, None));
        }
        let entry = Entry { deleted_at: Some(clock::now()), ..entry.clone() };
        let after = Placed { entry, position: placed.position };
        let made = self.save(Action::Delete, &placed, after, around).await?;
        Ok(Handled { outcome: Outcome::Deleted { change: made.change.id }, made: Some(made) })
    }

    /// Back to what it was right after a change; a deletion's own change gives back what it deleted.
    async fn restore(&self, version: Version, change: ChangeId) -> Result<Handled, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        let then = find_of_entry(&**self.write, change).await?.filter(|then| then.after.entry.id == entry.id);
        self.right(&self.around(entry.cell, entry.owner).await?, entry.owned_by())?;
        let around = match &then {
            Some(then) => {
                let around = self.around(then.after.entry.cell, then.after.entry.owner).await?;
                self.right(&around, then.after.entry.owned_by())?;
                Some(around)
            }
            None => None,
        };
        self.valid_request()?;
        let not_of_it = || Refusal::invalid("changeId", "この取組の変更履歴ではありません。");
        let (then, around) = then.zip(around).ok_or_else(not_of_it)?;
        let then = then.after;
        self.newest(&placed, version, &then.entry.text).await?;
        self.fits(then.entry.cell, &then.entry.text, entry).await?;
        let (rank, position) = self.place_as_then(&placed, &then).await?;
        let restored = Entry {
            cell: then.entry.cell,
            text: then.entry.text,
            owner: then.entry.owner,
            rank,
            deleted_at: None,
            ..entry.clone()
        };
        if restored == *entry {
            return self.unchanged(entry, false).await;
        }
        let after = Placed { entry: restored, position };
        Ok(Handled::saved(self.save(Action::Restore, &placed, after, around).await?, false))
    }
}
