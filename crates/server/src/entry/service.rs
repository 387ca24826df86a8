//! What is done to entries. One door for every edit: [`perform`] answers a request that is known, judges one that is
//! not, and does it together with its change, or not at all.

use super::{CellKey, Entry, Placed, place, store};
use crate::{
    Db, Fault,
    account::Viewer,
    change::{self, Action, By, EntryChange, NewChange, find_of_entry, of_version},
    clock,
    db::Write,
    refusal::{Refusal, Stop},
    region::{self, RegionView},
    request,
    sheet::{self, Row, may_edit},
};
use renkei_domain::{
    ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, OrganizationId, Owner, RequestId, SheetId,
    TextFault, limits,
};
use serde::{Deserialize, Serialize};

/// What somebody asks to be done.
#[derive(Clone, Debug)]
pub enum Edit {
    Create {
        sheet: SheetId,
        cell: CellKey,
        text: EntryText,
        owner: Option<OrganizationId>,
        after: Option<EntryId>,
    },
    Update {
        version: Version,
        text: EntryText,
    },
    /// `None` of item, facet, year: its own.
    Move {
        version: Version,
        after: Option<EntryId>,
        item: Option<ItemId>,
        facet: Option<Facet>,
        year: Option<FiscalYear>,
    },
    Assign {
        version: Version,
        owner: Option<OrganizationId>,
    },
    Delete {
        version: Version,
    },
    Restore {
        version: Version,
        change: ChangeId,
    },
}

/// Which entry, and in which version the editor saw it.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    pub entry: EntryId,
    pub number: i32,
}

/// What came of it, as it is kept for the same request sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Outcome {
    Saved { change: ChangeId },
    Deleted { change: ChangeId },
    Conflict(Box<Conflict>),
    Refused(Refusal),
}

/// Somebody else was faster: what the editor started from, what stands now, and what the editor wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub base: EntryText,
    pub theirs: Placed,
    pub yours: EntryText,
}

/// Judges and does an edit. `request` is `None` if what was sent is no UUID.
pub async fn perform(
    db: &Db,
    viewer: &Viewer,
    request: Option<RequestId>,
    edit: Edit,
) -> Result<Outcome, Fault> {
    let write = db.write().await?;
    let kind = edit.kind();
    if let Some(id) = request {
        match request::service::recall(&write, viewer.account.id, id, kind).await {
            Ok(None) => {}
            Ok(Some(known)) => return Ok(known),
            Err(Stop::Refused(refusal)) => return Ok(Outcome::Refused(refusal)),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
    let outcome = match (Desk { write: &write, viewer, request }).judge(edit).await {
        Ok(outcome) => outcome,
        Err(Halt::Early(outcome)) => *outcome,
        Err(Halt::Fault(fault)) => return Err(fault),
    };
    if let Some(id) = request {
        request::service::keep(&write, viewer.account.id, id, kind, &outcome).await?;
    }
    write.commit().await?;
    Ok(outcome)
}

/// A change of an entry with the entry as it was right after it: what an edit is answered with.
pub async fn changed(db: &Db, change: ChangeId) -> Result<EntryChange, Fault> {
    let found = find_of_entry(db.direct(), change).await?;
    found.ok_or_else(|| Fault::new(format!("the change {change} of an outcome is not there")))
}

/// An entry, living or deleted, in its place.
pub async fn find(db: &Db, id: EntryId) -> Result<Option<Placed>, Fault> {
    let read = db.read().await?;
    let Some(entry) = store::find(&read, id).await? else { return Ok(None) };
    let standing = store::standing(&read, entry.cell).await?;
    Ok(Some(Placed { position: place::position(&standing, id, entry.rank), entry }))
}

/// 「（ウ）令和8年度の計画の取組を編集」
pub fn summary(code: &str, cell: CellKey, action: Action) -> String {
    format!("（{code}）{}の{}の取組{}", cell.fiscal_year, cell.facet.name(), action.verb())
}

/// Gives a cell's entries fresh gaps, in the same order and without touching their versions.
pub async fn spread(write: &Write, standing: &mut [place::Standing]) -> Result<(), Fault> {
    place::spread(standing);
    for other in standing {
        store::set_rank(write, other.id, other.rank).await?;
    }
    Ok(())
}

impl Edit {
    /// The spelling of SQL: a request id is good for one kind.
    fn kind(&self) -> &'static str {
        match self {
            Edit::Create { .. } => "CREATE_ENTRY",
            Edit::Update { .. } => "UPDATE_ENTRY",
            Edit::Move { .. } => "MOVE_ENTRY",
            Edit::Assign { .. } => "ASSIGN_ENTRY",
            Edit::Delete { .. } => "DELETE_ENTRY",
            Edit::Restore { .. } => "RESTORE_ENTRY",
        }
    }
}

/// Why the judgement ended before anything was done.
enum Halt {
    Early(Box<Outcome>),
    Fault(Fault),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Halt::Early(Box::new(Outcome::Refused(refusal)))
    }
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Halt::Fault(fault)
    }
}

/// Where one edit is judged: right? phase? valid? version? Then it is done.
struct Desk<'a> {
    write: &'a Write,
    viewer: &'a Viewer,
    request: Option<RequestId>,
}

/// An entry on the desk, its region held until the transaction ends.
struct Opened {
    placed: Placed,
    region: RegionView,
}

impl Desk<'_> {
    async fn judge(&self, edit: Edit) -> Result<Outcome, Halt> {
        match edit {
            Edit::Create { sheet, cell, text, owner, after } => {
                self.create(sheet, cell, text, owner, after).await
            }
            Edit::Update { version, text } => self.update(version, text).await,
            Edit::Move { version, after, item, facet, year } => {
                self.shift(version, after, item, facet, year).await
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
    ) -> Result<Outcome, Halt> {
        let head = sheet::service::find(self.write, self.viewer, sheet).await?;
        let head = head.ok_or_else(|| Refusal::not_found("計画・評価表"))?;
        let region = self.hold(head.region).await?;
        let columns = sheet::columns(&**self.write, &head).await?;
        let shown =
            columns.iter().any(|column| (column.facet, column.fiscal_year) == (cell.facet, cell.fiscal_year));
        let governed = cell.facet.governing_year(cell.fiscal_year);
        if shown && governed != head.fiscal_year {
            return Err(sheet::governed_elsewhere(governed).into());
        }
        sheet::may_edit_on(&head, self.viewer, owner.into())?;
        self.valid_request()?;
        if !shown {
            let facets = columns.iter().any(|column| column.facet == cell.facet);
            return Err(no_column(if facets { "fiscalYear" } else { "facet" }).into());
        }
        let rows = sheet::rows(&**self.write, head.id).await?;
        let row = rows.iter().find(|row| row.item == cell.item).ok_or_else(no_item)?;
        known_owner(&region, owner)?;
        let text = valid_text(text)?;
        let id: EntryId = clock::fresh();
        let rank = match after {
            Some(_) => self.make_place(cell, id, after).await?,
            None => self.make_last_place(cell, id).await?,
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
        self.log(Action::Create, None, &placed, &row.code).await
    }

    async fn update(&self, version: Version, text: EntryText) -> Result<Outcome, Halt> {
        let opened = self.open(version.entry).await?;
        self.right(&opened)?;
        self.valid_request()?;
        let text = valid_text(text)?;
        self.current(&opened, version, Some(&text)).await?;
        if text == opened.placed.entry.text {
            return self.unchanged(&opened.placed.entry).await;
        }
        let entry = Entry { text, ..opened.placed.entry.clone() };
        self.save(Action::Update, &opened.placed, entry).await
    }

    async fn shift(
        &self,
        version: Version,
        after: Option<EntryId>,
        item: Option<ItemId>,
        facet: Option<Facet>,
        year: Option<FiscalYear>,
    ) -> Result<Outcome, Halt> {
        let opened = self.open(version.entry).await?;
        let entry = &opened.placed.entry;
        let target = CellKey {
            item: item.unwrap_or(entry.cell.item),
            facet: facet.unwrap_or(entry.cell.facet),
            fiscal_year: year.unwrap_or(entry.cell.fiscal_year),
        };
        self.right(&opened)?;
        self.right_in(&opened.region, target, entry.owned_by())?;
        self.valid_request()?;
        if target != entry.cell {
            self.has_cell(&opened.region, target).await?;
        }
        let standing = store::standing(&**self.write, target).await?;
        if let Some(after) = after {
            living(&standing, after)?;
        }
        self.current(&opened, version, None).await?;
        let stands_there =
            place::before(&standing, opened.placed.position) == after || after == Some(entry.id);
        if target == entry.cell && stands_there {
            return self.unchanged(entry).await;
        }
        let rank = self.make_place(target, entry.id, after).await?;
        let entry = Entry { cell: target, rank, ..entry.clone() };
        self.save(Action::Move, &opened.placed, entry).await
    }

    async fn assign(&self, version: Version, owner: Option<OrganizationId>) -> Result<Outcome, Halt> {
        let opened = self.open(version.entry).await?;
        let entry = &opened.placed.entry;
        self.right(&opened)?;
        self.right_in(&opened.region, entry.cell, owner.into())?;
        self.valid_request()?;
        known_owner(&opened.region, owner)?;
        self.current(&opened, version, None).await?;
        if owner == entry.owner {
            return self.unchanged(entry).await;
        }
        let entry = Entry { owner, ..entry.clone() };
        self.save(Action::Assign, &opened.placed, entry).await
    }

    async fn delete(&self, version: Version) -> Result<Outcome, Halt> {
        let opened = self.open(version.entry).await?;
        self.right(&opened)?;
        self.valid_request()?;
        self.current(&opened, version, None).await?;
        let entry = Entry { deleted_at: Some(clock::now()), ..opened.placed.entry.clone() };
        match self.save(Action::Delete, &opened.placed, entry).await? {
            Outcome::Saved { change } => Ok(Outcome::Deleted { change }),
            other => Ok(other),
        }
    }

    /// Back to what it was right after a change; a deletion's own change gives back what it deleted.
    async fn restore(&self, version: Version, change: ChangeId) -> Result<Outcome, Halt> {
        let opened = self.open(version.entry).await?;
        let entry = &opened.placed.entry;
        let then = find_of_entry(&**self.write, change).await?.filter(|then| then.after.entry.id == entry.id);
        self.right(&opened)?;
        if let Some(then) = &then {
            self.right_in(&opened.region, then.after.entry.cell, then.after.entry.owned_by())?;
        }
        self.valid_request()?;
        let then =
            then.ok_or_else(|| Refusal::invalid("changeId", "この取組の変更履歴ではありません。"))?.after;
        self.version(&opened, version, Some(&then.entry.text)).await?;
        let rank = self.place_as_then(entry, &then).await?;
        let restored = Entry {
            cell: then.entry.cell,
            text: then.entry.text,
            owner: then.entry.owner,
            rank,
            deleted_at: None,
            ..entry.clone()
        };
        if restored == *entry {
            return self.unchanged(entry).await;
        }
        self.save(Action::Restore, &opened.placed, restored).await
    }
}

/// The questions, in the order of judgement.
impl Desk<'_> {
    /// Known and readable? Otherwise it is not there. Its region is held first, so that what is read stays so.
    async fn open(&self, id: EntryId) -> Result<Opened, Halt> {
        let not_found = || Refusal::not_found("取組");
        let seen = store::find(&**self.write, id).await?.filter(|entry| self.viewer.reads(entry.region));
        let region = self.hold(seen.ok_or_else(not_found)?.region).await?;
        let entry = store::find(&**self.write, id).await?.ok_or_else(not_found)?;
        Ok(Opened { placed: self.placed(entry).await?, region })
    }

    async fn hold(&self, id: renkei_domain::RegionId) -> Result<RegionView, Halt> {
        let region = region::service::hold(self.write, id).await?;
        Ok(region.ok_or_else(|| Refusal::not_found("圏域"))?)
    }

    fn right(&self, opened: &Opened) -> Result<(), Refusal> {
        self.right_in(&opened.region, opened.placed.entry.cell, opened.placed.entry.owned_by())
    }

    fn right_in(&self, region: &RegionView, cell: CellKey, owner: Owner) -> Result<(), Refusal> {
        may_edit(region, Some(self.viewer), cell.facet, cell.fiscal_year, owner)
    }

    fn valid_request(&self) -> Result<(), Refusal> {
        let message = "requestId には UUID を指定してください。";
        self.request.map(|_| ()).ok_or_else(|| Refusal::invalid("requestId", message))
    }

    /// The sheet that governs a cell prints it.
    async fn has_cell(&self, region: &RegionView, cell: CellKey) -> Result<(), Halt> {
        let governing = cell.facet.governing_year(cell.fiscal_year);
        let head = region.sheet_of(governing).ok_or_else(|| no_column("fiscalYear"))?;
        let columns = sheet::columns(&**self.write, head).await?;
        if !columns.iter().any(|column| (column.facet, column.fiscal_year) == (cell.facet, cell.fiscal_year))
        {
            return Err(no_column("facet").into());
        }
        let rows: Vec<Row> = sheet::rows(&**self.write, head.id).await?;
        if !rows.iter().any(|row| row.item == cell.item) {
            return Err(no_item().into());
        }
        Ok(())
    }

    /// The version that the editor saw is the newest, and the entry lives. `yours`: the text that the editor wants;
    /// `None` if it is not about the text.
    async fn current(
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

    async fn version(
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

/// Places and storage.
impl Desk<'_> {
    /// A rank right behind `after` (`None`: at the front), spreading the cell's ranks if there is no room.
    async fn make_place(&self, cell: CellKey, id: EntryId, after: Option<EntryId>) -> Result<i64, Halt> {
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

    async fn make_last_place(&self, cell: CellKey, id: EntryId) -> Result<i64, Halt> {
        let mut standing = self.others(cell, id).await?;
        if let Some(rank) = place::last(&standing) {
            return Ok(rank);
        }
        spread(self.write, &mut standing).await?;
        Ok(place::last(&standing).ok_or_else(|| Fault::new("no room behind fresh ranks"))?)
    }

    /// The rank of an entry's place right after a change. If it has not moved since, it stands there still, deleted or
    /// not; otherwise as many stand before it as then.
    async fn place_as_then(&self, entry: &Entry, then: &Placed) -> Result<i64, Halt> {
        let newest = of_version(&**self.write, entry.id, entry.version).await?;
        let newest = newest.ok_or_else(|| Fault::new("an entry's version without its change"))?.after.entry;
        if (newest.cell, newest.rank) == (then.entry.cell, then.entry.rank) {
            if entry.deleted_at.is_some() {
                self.others(entry.cell, entry.id).await?;
            }
            return Ok(entry.rank);
        }
        let others = self.others(then.entry.cell, entry.id).await?;
        self.make_place(then.entry.cell, entry.id, place::before(&others, then.position)).await
    }

    /// Who else stands in a cell; refused if there is no room for one more.
    async fn others(&self, cell: CellKey, id: EntryId) -> Result<Vec<place::Standing>, Halt> {
        let mut standing = store::standing(&**self.write, cell).await?;
        standing.retain(|other| other.id != id);
        let max = limits::ENTRIES_PER_CELL;
        if standing.iter().filter(|other| other.living).count() >= max {
            return Err(
                Refusal::too_long("fiscalYear", format!("1つの欄に入る取組は{max}件までです。")).into()
            );
        }
        Ok(standing)
    }

    async fn placed(&self, entry: Entry) -> Result<Placed, Fault> {
        let standing = store::standing(&**self.write, entry.cell).await?;
        Ok(Placed { position: place::position(&standing, entry.id, entry.rank), entry })
    }

    /// Stores the next version with its change.
    async fn save(&self, action: Action, before: &Placed, entry: Entry) -> Result<Outcome, Halt> {
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

    async fn log(
        &self,
        action: Action,
        before: Option<&Placed>,
        after: &Placed,
        code: &str,
    ) -> Result<Outcome, Halt> {
        let summary = summary(code, after.entry.cell, action);
        let change = NewChange::entry(action, before, after, summary, self.request)?;
        let by = By::viewer(self.viewer);
        let change = change::service::append(self.write, after.entry.region, &by, change).await?;
        Ok(Outcome::Saved { change })
    }

    /// Nothing differs: no new version, no change; the answer is the last one.
    async fn unchanged(&self, entry: &Entry) -> Result<Outcome, Halt> {
        let newest = of_version(&**self.write, entry.id, entry.version).await?;
        let newest = newest.ok_or_else(|| Fault::new("an entry's version without its change"))?;
        Ok(Outcome::Saved { change: newest.change.id })
    }
}

fn valid_text(text: EntryText) -> Result<EntryText, Refusal> {
    text.checked().map_err(|fault: TextFault| {
        let message = fault.to_string();
        let refuse = if fault.too_long() { Refusal::too_long } else { Refusal::invalid };
        refuse(fault.field(), message)
    })
}

fn known_owner(region: &RegionView, owner: Option<OrganizationId>) -> Result<(), Refusal> {
    match owner {
        Some(owner) if region.organization(owner).is_none() => {
            Err(Refusal::invalid("ownerId", "主体には、この圏域の機関を指定してください。"))
        }
        _ => Ok(()),
    }
}

fn living(standing: &[place::Standing], after: EntryId) -> Result<(), Refusal> {
    let message = "直前の取組が、移動先の欄にありません。表を読み直してください。";
    let there = standing.iter().any(|other| other.living && other.id == after);
    there.then_some(()).ok_or_else(|| Refusal::invalid("afterEntryId", message))
}

fn no_column(field: &'static str) -> Refusal {
    Refusal::invalid(field, "この計画・評価表に、その欄はありません。")
}

fn no_item() -> Refusal {
    Refusal::invalid("itemId", "この計画・評価表に、その事業項目はありません。")
}
