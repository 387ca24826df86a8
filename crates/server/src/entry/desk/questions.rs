//! What is asked of an edit, in the order of judgement.

use super::{Desk, Halt, Opened};
use crate::{
    Fault,
    change::of_version,
    entry::{
        CellKey,
        place::Standing,
        service::{Conflict, Outcome, Version},
        store,
    },
    refusal::Refusal,
    region::{self, RegionView},
    sheet::{self, may_edit},
};
use renkei_domain::{EntryId, EntryText, OrganizationId, Owner, RegionId, TextFault};

impl Desk<'_> {
    /// Known and readable? Otherwise it is not there. Its region is held first, so that what is read stays so.
    pub(super) async fn open(&self, id: EntryId) -> Result<Opened, Halt> {
        let not_found = || Refusal::not_found("取組");
        let seen = store::find(&**self.write, id).await?.filter(|entry| self.viewer.reads(entry.region));
        let region = self.hold(seen.ok_or_else(not_found)?.region).await?;
        let entry = store::find(&**self.write, id).await?.ok_or_else(not_found)?;
        Ok(Opened { placed: self.placed(entry).await?, region })
    }

    pub(super) async fn hold(&self, id: RegionId) -> Result<RegionView, Halt> {
        let region = region::service::hold(self.write, id).await?;
        Ok(region.ok_or_else(|| Refusal::not_found("圏域"))?)
    }

    pub(super) fn right(&self, opened: &Opened) -> Result<(), Refusal> {
        self.right_in(&opened.region, opened.placed.entry.cell, opened.placed.entry.owned_by())
    }

    pub(super) fn right_in(&self, region: &RegionView, cell: CellKey, owner: Owner) -> Result<(), Refusal> {
        may_edit(region, Some(self.viewer), cell.facet, cell.fiscal_year, owner)
    }

    pub(super) fn valid_request(&self) -> Result<(), Refusal> {
        let message = "requestId には UUID を指定してください。";
        self.request.map(|_| ()).ok_or_else(|| Refusal::invalid("requestId", message))
    }

    /// The sheet that governs a cell prints it.
    pub(super) async fn has_cell(&self, region: &RegionView, cell: CellKey) -> Result<(), Halt> {
        let governing = cell.facet.governing_year(cell.fiscal_year);
        let head = region.sheet_of(governing).ok_or_else(|| no_column("fiscalYear"))?;
        let columns = sheet::columns(&**self.write, head).await?;
        if !columns.iter().any(|column| (column.facet, column.fiscal_year) == (cell.facet, cell.fiscal_year))
        {
            return Err(no_column("facet").into());
        }
        let rows = sheet::rows(&**self.write, head.id).await?;
        if !rows.iter().any(|row| row.item == cell.item) {
            return Err(no_item().into());
        }
        Ok(())
    }

    /// The version that the editor saw is the newest, and the entry lives. `yours`: the text that the editor wants;
    /// `None` if it is not about the text.
    pub(super) async fn current(
        &self,
        opened: &Opened,
        version: Version,
        yours: Option<&EntryText>,
    ) -> Result<(), Halt> {
        self.version(opened, version, yours).await?;
        match opened.placed.entry.deleted_at {
            Some(_) => Err(self.conflict(opened, version, yours).await?),
            None => Ok(()),
        }
    }

    pub(super) async fn version(
        &self,
        opened: &Opened,
        version: Version,
        yours: Option<&EntryText>,
    ) -> Result<(), Halt> {
        let newest = opened.placed.entry.version;
        if version.number < 1 || version.number > newest {
            let message = format!("この取組に版{}はありません（最新は版{newest}）。", version.number);
            return Err(Refusal::invalid("version", message).into());
        }
        if version.number < newest {
            return Err(self.conflict(opened, version, yours).await?);
        }
        Ok(())
    }

    async fn conflict(
        &self,
        opened: &Opened,
        version: Version,
        yours: Option<&EntryText>,
    ) -> Result<Halt, Fault> {
        let base = of_version(&**self.write, version.entry, version.number).await?;
        let base = base.ok_or_else(|| Fault::new(format!("no change made version {}", version.number)))?;
        Ok(Halt::Early(Box::new(Outcome::Conflict(Box::new(Conflict {
            yours: yours.unwrap_or(&base.after.entry.text).clone(),
            base: base.after.entry.text,
            theirs: opened.placed.clone(),
        })))))
    }
}

pub(super) fn valid_text(text: EntryText) -> Result<EntryText, Refusal> {
    text.checked().map_err(|fault: TextFault| {
        let message = fault.to_string();
        let refuse = if fault.too_long() { Refusal::too_long } else { Refusal::invalid };
        refuse(fault.field(), message)
    })
}

pub(super) fn known_owner(region: &RegionView, owner: Option<OrganizationId>) -> Result<(), Refusal> {
    match owner {
        Some(owner) if region.organization(owner).is_none() => {
            Err(Refusal::invalid("ownerId", "主体には、この圏域の機関を指定してください。"))
        }
        _ => Ok(()),
    }
}

pub(super) fn living(standing: &[Standing], after: EntryId) -> Result<(), Refusal> {
    let message = "直前の取組が、移動先の欄にありません。表を読み直してください。";
    let there = standing.iter().any(|other| other.living && other.id == after);
    there.then_some(()).ok_or_else(|| Refusal::invalid("afterEntryId", message))
}

pub(super) fn no_column(field: &'static str) -> Refusal {
    Refusal::invalid(field, "この計画・評価表に、その欄はありません。")
}

pub(super) fn no_item() -> Refusal {
    Refusal::invalid("itemId", "この計画・評価表に、その事業項目はありません。")
}
