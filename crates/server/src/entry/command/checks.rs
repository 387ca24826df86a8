//! What is checked before an edit is done, in this order.

use super::{CommandHandler, Error};
use crate::{
    Fault,
    change::{EntryChange, of_version, placings_after},
    entry::{
        CellKey, Entry, Placed,
        place::RankedEntry,
        service::{Conflict, Version, cell_holds, sheet_holds},
        store,
    },
    refusal::Refusal,
    request,
    sheet::{self, SheetKey, Surroundings},
};
use renkei_domain::{Act, EntryId, EntryText, OrganizationId, Owner, TextFault};

impl CommandHandler<'_> {
    /// As it is while its region is locked.
    pub(super) async fn open(&self, id: EntryId) -> Result<Placed, Error> {
        let placed = store::placed(&**self.write, id).await?;
        Ok(placed.ok_or_else(|| Refusal::not_found("取組"))?)
    }

    /// What stands round an entry in this cell; refused where no sheet governs it.
    pub(super) async fn around(
        &self,
        cell: CellKey,
        owner: Option<OrganizationId>,
    ) -> Result<Surroundings, Error> {
        let key = SheetKey::OfYear(self.region, cell.governing_year());
        let around = sheet::surroundings(&**self.write, key, cell.item, owner).await?;
        Ok(around.ok_or_else(|| sheet::governed_by_none(cell))?)
    }

    /// The same in two cells of sheets of different years, with the item of the second; `None`: no sheet governs it.
    pub(super) async fn around_both(
        &self,
        one: CellKey,
        other: CellKey,
        owner: Option<OrganizationId>,
    ) -> Result<[Option<Surroundings>; 2], Fault> {
        let years = [one.governing_year(), other.governing_year()];
        sheet::surroundings_of_years(&**self.write, self.region, years, other.item, owner).await
    }

    pub(super) fn right(&self, around: &Surroundings, owner: Owner) -> Result<(), Refusal> {
        sheet::may(&around.head, self.viewer, Act::Edit(owner))
    }

    pub(super) fn valid_request(&self) -> Result<(), Refusal> {
        request::service::valid(self.request).map(drop)
    }

    /// A text of this entry has room in a cell and on the sheet that governs it. What makes neither longer is always
    /// accepted.
    pub(super) async fn fits(&self, cell: CellKey, text: &EntryText, entry: &Entry) -> Result<(), Error> {
        let there = |same: fn(CellKey, CellKey) -> bool| {
            if entry.deleted_at.is_none() && same(entry.cell, cell) { entry.text.chars() } else { 0 }
        };
        let chars = text.chars();
        let longer_in_cell = chars > there(|one, other| one == other);
        let longer_on_sheet = chars > there(|one, other| one.governing_year() == other.governing_year());
        if longer_in_cell || longer_on_sheet {
            let others = store::others(&**self.write, self.region, cell, entry.id).await?;
            if longer_in_cell {
                cell_holds(others.chars_of_cell + chars)?;
            }
            if longer_on_sheet {
                sheet_holds(others.chars_of_sheet + chars)?;
            }
        }
        Ok(())
    }

    /// The entry lives, and the editor saw a version that it had: `None` if that is the newest, otherwise the entry as
    /// it was then. `yours`: the text that the editor wants; `None` if it is not about the text.
    pub(super) async fn seen(
        &self,
        placed: &Placed,
        version: Version,
        yours: Option<&EntryText>,
    ) -> Result<Option<Entry>, Error> {
        let entry = &placed.entry;
        known_version(entry, version)?;
        if version.number == entry.version && entry.deleted_at.is_none() {
            return Ok(None);
        }
        let then = self.entry_of(version).await?;
        match entry.deleted_at {
            Some(_) => Err(conflict(placed, then.text, yours)),
            None => Ok(Some(then)),
        }
    }

    /// The version that the editor saw is the newest.
    pub(super) async fn newest(
        &self,
        placed: &Placed,
        version: Version,
        yours: &EntryText,
    ) -> Result<(), Error> {
        known_version(&placed.entry, version)?;
        if version.number < placed.entry.version {
            return Err(conflict(placed, self.entry_of(version).await?.text, Some(yours)));
        }
        Ok(())
    }

    /// Somebody has put the entry in another place since this version, be it by restoring it.
    pub(super) async fn moved_since(&self, entry: &Entry, version: Version) -> Result<bool, Fault> {
        let placings = placings_after(&**self.write, &[entry.id], version.number).await?;
        Ok(placings.iter().any(EntryChange::moved))
    }

    async fn entry_of(&self, version: Version) -> Result<Entry, Fault> {
        Ok(self.made(version.entry, version.number).await?.after.entry)
    }

    /// What made an entry's version what it is.
    pub(super) async fn made(&self, entry: EntryId, version: i32) -> Result<EntryChange, Fault> {
        let made = of_version(&**self.write, entry, version).await?;
        made.ok_or_else(|| Fault::new(format!("no change made version {version} of the entry {entry}")))
    }
}

pub(super) fn known_version(entry: &Entry, version: Version) -> Result<(), Refusal> {
    if (1..=entry.version).contains(&version.number) {
        return Ok(());
    }
    let message = format!("この取組に版{}はありません（最新は版{}）。", version.number, entry.version);
    Err(Refusal::invalid("version", message))
}

/// Both texts, for a person to decide.
pub(super) fn conflict(placed: &Placed, base: EntryText, yours: Option<&EntryText>) -> Error {
    let yours = yours.unwrap_or(&base).clone();
    Error::Conflict(Box::new(Conflict { base, theirs: placed.clone(), yours }))
}

pub(super) fn valid_text(text: EntryText) -> Result<EntryText, Refusal> {
    text.checked().map_err(|fault: TextFault| {
        let message = fault.to_string();
        let refuse = if fault.too_long() { Refusal::too_long } else { Refusal::invalid };
        refuse(fault.field(), message)
    })
}

/// Of surroundings that were read for this owner.
pub(super) fn known_owner(around: &Surroundings, owner: Option<OrganizationId>) -> Result<(), Refusal> {
    if owner.is_some() && around.owner.is_none() { Err(no_owner()) } else { Ok(()) }
}

pub(super) fn no_owner() -> Refusal {
    Refusal::invalid("ownerId", "主体には、この圏域の機関を指定してください。")
}

/// The sheet that governs a cell prints it. Of surroundings that were read for its item.
pub(super) fn has_cell(around: &Surroundings, cell: CellKey) -> Result<(), Refusal> {
    if !around.shows(cell) {
        return Err(no_column("facet"));
    }
    around.row.as_ref().map(drop).ok_or_else(no_item)
}

pub(super) fn is_among(entries: &[RankedEntry], after: EntryId) -> Result<(), Refusal> {
    let message = "直前の取組が、移動先の欄にありません。表を読み直してください。";
    let there = entries.iter().any(|other| other.id == after);
    there.then_some(()).ok_or_else(|| Refusal::invalid("afterEntryId", message))
}

pub(super) fn no_column(field: &'static str) -> Refusal {
    Refusal::invalid(field, "この計画・評価表に、その欄はありません。")
}

pub(super) fn no_item() -> Refusal {
    Refusal::invalid("itemId", "この計画・評価表に、その事業項目はありません。")
}
