//! Gives an entry its rank in a cell, and stores it with its change.

use super::{CommandHandler, Error, checks::is_among};
use crate::{
    Fault,
    change::{self, Action, By, NewChange},
    clock,
    entry::{
        CellKey, Entry, Placed,
        place::{self, RankedEntry},
        store,
    },
    refusal::{Refusal, RefusalCode},
    sheet,
};
use renkei_domain::{ChangeId, EntryId, RegionId, limits};

impl CommandHandler<'_> {
    /// A rank right after `after` (`None`: at the front); the cell gets fresh ranks if there is none left.
    pub(super) async fn rank_after(
        &self,
        region: RegionId,
        cell: CellKey,
        id: EntryId,
        after: Option<EntryId>,
    ) -> Result<i64, Error> {
        let others = self.others(region, cell, id).await?;
        if let Some(after) = after {
            is_among(&others, after)?;
        }
        if let Some(rank) = place::rank_after(&others, after) {
            return Ok(rank);
        }
        store::renumber(self.write, cell).await?;
        let rank = place::rank_after(&self.others(region, cell, id).await?, after);
        Ok(rank.ok_or_else(|| Fault::new("no rank between fresh ones"))?)
    }

    /// The rank at the end of a cell.
    pub(super) async fn last_rank(&self, region: RegionId, cell: CellKey, id: EntryId) -> Result<i64, Error> {
        let last = self.others(region, cell, id).await?.last().map(|other| other.id);
        self.rank_after(region, cell, id, last).await
    }

    /// The rank of an entry's place right after a change. If it has not moved since, that is its rank still, deleted or
    /// not; otherwise as many stand before it as then.
    pub(super) async fn rank_as_then(&self, entry: &Entry, then: &Placed) -> Result<i64, Error> {
        let newest = self.made(entry.id, entry.version).await?.after.entry;
        let others = self.others(entry.region, then.entry.cell, entry.id).await?;
        if (newest.cell, newest.rank) == (then.entry.cell, then.entry.rank) {
            return Ok(entry.rank);
        }
        let after = place::before(&others, then.position);
        self.rank_after(entry.region, then.entry.cell, entry.id, after).await
    }

    /// The other living entries of a cell; refused if it takes no more.
    async fn others(&self, region: RegionId, cell: CellKey, id: EntryId) -> Result<Vec<RankedEntry>, Error> {
        let mut others = store::ranked(&**self.write, region, cell).await?;
        others.retain(|other| other.id != id);
        let max = limits::ENTRIES_PER_CELL;
        if others.len() >= max {
            let message = format!("1つの欄に入る取組は{max}件までです。");
            return Err(Refusal::new(RefusalCode::TooLong, message).into());
        }
        Ok(others)
    }

    pub(super) async fn placed(&self, entry: Entry) -> Result<Placed, Fault> {
        let others = store::ranked(&**self.write, entry.region, entry.cell).await?;
        Ok(Placed { position: place::position(&others, entry.id, entry.rank), entry })
    }

    /// Stores the next version with its change.
    pub(super) async fn save(
        &self,
        action: Action,
        before: &Placed,
        entry: Entry,
    ) -> Result<ChangeId, Error> {
        let entry = Entry {
            version: entry.version + 1,
            updated_at: clock::now(),
            updated_by: Some(self.viewer.account.id),
            ..entry
        };
        store::update(self.write, &entry).await?;
        let after = self.placed(entry).await?;
        let code = sheet::code(&**self.write, after.entry.cell.item).await?;
        self.log(action, Some(before), &after, &code).await
    }

    pub(super) async fn log(
        &self,
        action: Action,
        before: Option<&Placed>,
        after: &Placed,
        code: &str,
    ) -> Result<ChangeId, Error> {
        let summary = action.summary(code, after.entry.cell, true);
        let change = NewChange::entry(action, before, after, summary, self.request)?;
        let by = By::viewer(self.viewer);
        Ok(change::service::append(self.write, after.entry.region, &by, change).await?)
    }

    /// Nothing differs: no new version, no change; the answer is the last one.
    pub(super) async fn unchanged(&self, entry: &Entry) -> Result<ChangeId, Error> {
        Ok(self.made(entry.id, entry.version).await?.change.id)
    }
}
