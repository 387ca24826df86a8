//! Gives an entry its rank in a cell, and stores it with its change.

use super::{CommandHandler, Error, Handled, checks::is_among};
use crate::{
    Fault,
    change::{self, Action, By, NewChange},
    clock,
    entry::{
        CellKey, Entry, Placed,
        place::{self, RankedEntry},
        service::{Made, Outcome},
        store,
    },
    refusal::{Refusal, RefusalCode},
    sheet::{self, Surroundings},
};
use renkei_domain::{EntryId, limits};

impl CommandHandler<'_> {
    /// Rank and place right after `after` (`None`: at the front) among the others of a cell; they get fresh ranks if
    /// there is none left.
    pub(super) async fn rank_after(
        &self,
        cell: CellKey,
        id: EntryId,
        others: Vec<RankedEntry>,
        after: Option<EntryId>,
    ) -> Result<(i64, usize), Error> {
        takes_one_more(others.len())?;
        if let Some(after) = after {
            is_among(&others, after)?;
        }
        if let Some(rank) = place::rank_after(&others, after) {
            return Ok((rank, place::position(&others, id, rank)));
        }
        store::renumber(self.write, cell).await?;
        let others = self.others(cell, id).await?;
        let rank = place::rank_after(&others, after);
        let rank = rank.ok_or_else(|| Fault::new("no rank between fresh ones"))?;
        Ok((rank, place::position(&others, id, rank)))
    }

    /// Rank and place of a new entry right after `after` (`None`: at the end).
    pub(super) async fn rank_of_new(
        &self,
        cell: CellKey,
        id: EntryId,
        after: Option<EntryId>,
    ) -> Result<(i64, usize), Error> {
        let others = self.others(cell, id).await?;
        let after = after.or(others.last().map(|last| last.id));
        self.rank_after(cell, id, others, after).await
    }

    /// Rank and place of an entry as it was right after a change. If it has not moved since, these are its own still,
    /// deleted or not; otherwise as many stand before it as then.
    pub(super) async fn place_as_then(&self, placed: &Placed, then: &Placed) -> Result<(i64, usize), Error> {
        let entry = &placed.entry;
        let newest = self.made(entry.id, entry.version).await?.after.entry;
        let others = self.others(then.entry.cell, entry.id).await?;
        if (newest.cell, newest.rank) == (then.entry.cell, then.entry.rank) {
            takes_one_more(others.len())?;
            return Ok((entry.rank, placed.position));
        }
        let after = place::before(&others, then.position);
        self.rank_after(then.entry.cell, entry.id, others, after).await
    }

    /// The other living entries of a cell.
    async fn others(&self, cell: CellKey, id: EntryId) -> Result<Vec<RankedEntry>, Fault> {
        let mut others = store::ranked(&**self.write, self.region, cell).await?;
        others.retain(|other| other.id != id);
        Ok(others)
    }

    /// Stores the next version with its change.
    pub(super) async fn save(
        &self,
        action: Action,
        before: &Placed,
        after: Placed,
        around: Surroundings,
    ) -> Result<Made, Error> {
        let entry = Entry {
            version: before.entry.version + 1,
            updated_at: clock::now(),
            updated_by: Some(self.viewer.account.id),
            ..after.entry
        };
        store::update(self.write, &entry).await?;
        self.log(action, Some(before), Placed { entry, ..after }, around).await
    }

    pub(super) async fn log(
        &self,
        action: Action,
        before: Option<&Placed>,
        after: Placed,
        around: Surroundings,
    ) -> Result<Made, Error> {
        let cell = after.entry.cell;
        let summary = match &around.row {
            Some(row) => action.summary(&row.code, cell, true),
            None => action.summary(&sheet::code(&**self.write, cell.item).await?, cell, true),
        };
        let change = NewChange::entry(action, before, &after, summary, self.request)?;
        let by = By::viewer(self.viewer);
        let change = change::service::append(self.write, self.region, &by, change).await?;
        Ok(Made { change, after, around, by: self.viewer.clone() })
    }

    /// Nothing differs: no new version, no change; the answer is the last one.
    pub(super) async fn unchanged(&self, entry: &Entry, merged: bool) -> Result<Handled, Error> {
        let change = self.made(entry.id, entry.version).await?.change.id;
        Ok(Handled { outcome: Outcome::Saved { change, merged }, made: None })
    }
}

/// A cell that has so many entries takes another one.
pub fn takes_one_more(entries: usize) -> Result<(), Refusal> {
    let max = limits::ENTRIES_PER_CELL;
    let message = || format!("1つの欄に入る取組は{max}件までです。");
    if entries < max { Ok(()) } else { Err(Refusal::new(RefusalCode::TooLong, message())) }
}
