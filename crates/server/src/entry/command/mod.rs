//! The command handler: checks one edit (right, phase, input, version, in this order) and does it. The edits are here,
//! what they check in [`checks`], how an entry gets its rank and is stored in [`storage`].

mod checks;
mod storage;

use super::{
    CellKey, Entry, place,
    service::{Conflict, Edit, Outcome, Version},
    store,
};
use crate::{
    account::Viewer,
    change::{Action, find_of_entry},
    clock,
    db::Write,
    refusal::{Refusal, Stop},
    region::RegionView,
    sheet,
};
use checks::{conflict, is_among, known_owner, no_column, no_item, valid_text};
use renkei_domain::{
    Act, ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, RequestId, SheetId,
    merge::merge,
};

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
    pub region: &'a RegionView,
    pub request: Option<RequestId>,
}

impl CommandHandler<'_> {
    pub async fn handle(&self, edit: Edit) -> Result<Outcome, Error> {
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
    ) -> Result<Outcome, Error> {
        let head = self.region.sheet(sheet).ok_or_else(|| Refusal::not_found("計画・評価表"))?;
        let columns = sheet::columns(&**self.write, head).await?;
        let shown = columns.iter().any(|column| column.key() == cell.column());
        let governed = cell.governing_year();
        if shown && governed != head.fiscal_year {
            return Err(sheet::governed_elsewhere(governed).into());
        }
        sheet::may(head, self.viewer, Act::Edit(owner.into()))?;
        self.valid_request()?;
        if !shown {
            let facets = columns.iter().any(|column| column.facet == cell.facet);
            return Err(no_column(if facets { "fiscalYear" } else { "facet" }).into());
        }
        let rows = sheet::rows(&**self.write, head.id).await?;
        let row = rows.iter().find(|row| row.item == cell.item).ok_or_else(no_item)?;
        known_owner(self.region, owner)?;
        let text = valid_text(text)?;
        let id: EntryId = clock::fresh();
        self.fits(head.region, cell, id, &text, None).await?;
        let rank = match after {
            Some(_) => self.rank_after(head.region, cell, id, after).await?,
            None => self.last_rank(head.region, cell, id).await?,
        };
        let entry = Entry {
            id,
            region: head.region,
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
        let placed = self.placed(entry).await?;
        let change = self.log(Action::Create, None, &placed, &row.code).await?;
        Ok(Outcome::Saved { change, merged: false })
    }

    /// A text from an older version is merged with the newest one, unless they overlap.
    async fn update(&self, version: Version, text: EntryText) -> Result<Outcome, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        self.right(entry.cell, entry.owned_by())?;
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
        let change = if text == entry.text {
            self.unchanged(entry).await?
        } else {
            self.fits(entry.region, entry.cell, entry.id, &text, Some(entry)).await?;
            self.save(Action::Update, &placed, Entry { text, ..entry.clone() }).await?
        };
        Ok(Outcome::Saved { change, merged })
    }

    /// From an older version too, unless somebody has moved the entry since.
    async fn move_entry(
        &self,
        version: Version,
        after: Option<EntryId>,
        item: Option<ItemId>,
        facet: Option<Facet>,
        year: Option<FiscalYear>,
    ) -> Result<Outcome, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        let target = CellKey {
            item: item.unwrap_or(entry.cell.item),
            facet: facet.unwrap_or(entry.cell.facet),
            fiscal_year: year.unwrap_or(entry.cell.fiscal_year),
        };
        self.right(entry.cell, entry.owned_by())?;
        self.right(target, entry.owned_by())?;
        self.valid_request()?;
        if target != entry.cell {
            self.has_cell(target).await?;
        }
        let others = store::ranked(&**self.write, entry.region, target).await?;
        if let Some(after) = after {
            is_among(&others, after)?;
        }
        let seen = self.seen(&placed, version, None).await?;
        let merged = seen.is_some();
        let stands_there = place::before(&others, placed.position) == after || after == Some(entry.id);
        if target == entry.cell && stands_there {
            return Ok(Outcome::Saved { change: self.unchanged(entry).await?, merged });
        }
        if let Some(then) = seen
            && self.moved_since(entry, version).await?
        {
            return Err(conflict(&placed, then.text, None));
        }
        self.fits(entry.region, target, entry.id, &entry.text, Some(entry)).await?;
        let rank = self.rank_after(entry.region, target, entry.id, after).await?;
        let entry = Entry { cell: target, rank, ..entry.clone() };
        Ok(Outcome::Saved { change: self.save(Action::Move, &placed, entry).await?, merged })
    }

    /// From an older version too, unless the entry has another owner since.
    async fn assign(&self, version: Version, owner: Option<OrganizationId>) -> Result<Outcome, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        self.right(entry.cell, entry.owned_by())?;
        self.right(entry.cell, owner.into())?;
        self.valid_request()?;
        known_owner(self.region, owner)?;
        let seen = self.seen(&placed, version, None).await?;
        let merged = seen.is_some();
        if owner == entry.owner {
            return Ok(Outcome::Saved { change: self.unchanged(entry).await?, merged });
        }
        if let Some(then) = seen
            && then.owner != entry.owner
        {
            return Err(conflict(&placed, then.text, None));
        }
        let entry = Entry { owner, ..entry.clone() };
        Ok(Outcome::Saved { change: self.save(Action::Assign, &placed, entry).await?, merged })
    }

    /// From an older version too, if the entry is but in another place since: nobody deletes what they have not seen.
    async fn delete(&self, version: Version) -> Result<Outcome, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        self.right(entry.cell, entry.owned_by())?;
        self.valid_request()?;
        if let Some(then) = self.seen(&placed, version, None).await?
            && (&then.text, then.owner) != (&entry.text, entry.owner)
        {
            return Err(conflict(&placed, then.text, None));
        }
        let entry = Entry { deleted_at: Some(clock::now()), ..entry.clone() };
        Ok(Outcome::Deleted { change: self.save(Action::Delete, &placed, entry).await? })
    }

    /// Back to what it was right after a change; a deletion's own change gives back what it deleted.
    async fn restore(&self, version: Version, change: ChangeId) -> Result<Outcome, Error> {
        let placed = self.open(version.entry).await?;
        let entry = &placed.entry;
        let then = find_of_entry(&**self.write, change).await?.filter(|then| then.after.entry.id == entry.id);
        self.right(entry.cell, entry.owned_by())?;
        if let Some(then) = &then {
            self.right(then.after.entry.cell, then.after.entry.owned_by())?;
        }
        self.valid_request()?;
        let then =
            then.ok_or_else(|| Refusal::invalid("changeId", "この取組の変更履歴ではありません。"))?.after;
        self.newest(&placed, version, &then.entry.text).await?;
        self.fits(entry.region, then.entry.cell, entry.id, &then.entry.text, Some(entry)).await?;
        let rank = self.rank_as_then(entry, &then).await?;
        let restored = Entry {
            cell: then.entry.cell,
            text: then.entry.text,
            owner: then.entry.owner,
            rank,
            deleted_at: None,
            ..entry.clone()
        };
        if restored == *entry {
            return Ok(Outcome::Saved { change: self.unchanged(entry).await?, merged: false });
        }
        let change = self.save(Action::Restore, &placed, restored).await?;
        Ok(Outcome::Saved { change, merged: false })
    }
}
