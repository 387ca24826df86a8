//! Where an entry goes in its cell, and how it is kept with its change.

use super::{Desk, Halt, questions::living};
use crate::{
    Fault,
    change::{self, Action, By, NewChange, of_version},
    clock,
    entry::{
        CellKey, Entry, Placed,
        place::{self, Standing},
        service::{spread, summary},
        store,
    },
    refusal::{Refusal, RefusalCode},
    sheet,
};
use renkei_domain::{ChangeId, EntryId, limits};

impl Desk<'_> {
    /// A rank right behind `after` (`None`: at the front), spreading the cell's ranks if there is no room.
    pub(super) async fn make_place(
        &self,
        cell: CellKey,
        id: EntryId,
        after: Option<EntryId>,
    ) -> Result<i64, Halt> {
        let mut standing = self.others(cell, id).await?;
        if let Some(after) = after {
            living(&standing, after)?;
        }
        if let Some(rank) = place::behind(&standing, after) {
            return Ok(rank);
        }
        spread(self.write, &mut standing).await?;
        let rank = place::behind(&standing, after);
        Ok(rank.ok_or_else(|| Fault::new("no room between fresh ranks"))?)
    }

    pub(super) async fn make_last_place(&self, cell: CellKey, id: EntryId) -> Result<i64, Halt> {
        let mut standing = self.others(cell, id).await?;
        if let Some(rank) = place::last(&standing) {
            return Ok(rank);
        }
        spread(self.write, &mut standing).await?;
        Ok(place::last(&standing).ok_or_else(|| Fault::new("no room behind fresh ranks"))?)
    }

    /// The rank of an entry's place right after a change. If it has not moved since, it stands there still, deleted or
    /// not; otherwise as many stand before it as then.
    pub(super) async fn place_as_then(&self, entry: &Entry, then: &Placed) -> Result<i64, Halt> {
        let newest = of_version(&**self.write, entry.id, entry.version).await?;
        let newest = newest.ok_or_else(|| Fault::new("an entry's version without its change"))?.after.entry;
        if (newest.cell, newest.rank) == (then.entry.cell, then.entry.rank) {
            self.others(entry.cell, entry.id).await?;
            return Ok(entry.rank);
        }
        let others = self.others(then.entry.cell, entry.id).await?;
        self.make_place(then.entry.cell, entry.id, place::before(&others, then.position)).await
    }

    /// Who else stands in a cell; refused if there is no room for one more.
    async fn others(&self, cell: CellKey, id: EntryId) -> Result<Vec<Standing>, Halt> {
        let mut standing = store::standing(&**self.write, cell).await?;
        standing.retain(|other| other.id != id);
        let max = limits::ENTRIES_PER_CELL;
        if standing.iter().filter(|other| other.living).count() >= max {
            let message = format!("1つの欄に入る取組は{max}件までです。");
            return Err(Refusal::new(RefusalCode::TooLong, message).into());
        }
        Ok(standing)
    }

    pub(super) async fn placed(&self, entry: Entry) -> Result<Placed, Fault> {
        let standing = store::standing(&**self.write, entry.cell).await?;
        Ok(Placed { position: place::position(&standing, entry.id, entry.rank), entry })
    }

    /// Stores the next version with its change.
    pub(super) async fn save(&self, action: Action, before: &Placed, entry: Entry) -> Result<ChangeId, Halt> {
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
    ) -> Result<ChangeId, Halt> {
        let summary = summary(code, after.entry.cell, action);
        let change = NewChange::entry(action, before, after, summary, self.request)?;
        let by = By::viewer(self.viewer);
        Ok(change::service::append(self.write, after.entry.region, &by, change).await?)
    }

    /// Nothing differs: no new version, no change; the answer is the last one.
    pub(super) async fn unchanged(&self, entry: &Entry) -> Result<ChangeId, Halt> {
        let newest = of_version(&**self.write, entry.id, entry.version).await?;
        let newest = newest.ok_or_else(|| Fault::new("an entry's version without its change"))?;
        Ok(newest.change.id)
    }
}
