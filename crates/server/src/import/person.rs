//! Imports by a person: the preview of a file, what is taken of it in one request, and one request that takes it back.

use super::{
    file,
    plan::{self, NewSheet},
    preview::{self, Beside, Difference, Preview},
    reader::{self, Choices, Reading, Report},
    service::{Import, Imported},
};
use crate::{
    Db, Fault,
    account::Viewer,
    caller::{AuthorizedWrite, Identity},
    change::{self, Action, By, EntryChange},
    db::Read,
    entry,
    entry::{CellKey, Entry},
    refusal::{Refusal, RefusalCode, Stop},
    region::{self, RegionView},
    request,
    sheet::{self, SheetView},
};
use itertools::Itertools;
use renkei_domain::{
    Act, EntryText, FiscalYear, OrganizationId, Owner, Phase, RegionId, RequestId, limits, permission,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The spelling of SQL: a request id is good for one kind.
const KIND: &str = "IMPORT_SHEET";
const UNDO: &str = "UNDO_IMPORT";
/// What is not there for whoever does not read it.
const SHEET: &str = "計画・評価表";

/// What somebody sends.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    pub name: String,
    pub file: Vec<u8>,
    pub choices: Choices,
}

/// What is taken of a file: the keys of differences, with the versions that were seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Taken(pub HashMap<String, i32>);

/// What came of it, as it is kept for the same request sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename = "imported", rename_all = "camelCase")]
pub struct Done {
    /// The year's sheet was not there before.
    #[serde(default)]
    pub sheet: bool,
    pub created: usize,
    pub updated: usize,
    pub deleted: usize,
    /// The number of its first change, and how many there are.
    pub seq: i64,
    pub changes: usize,
}

/// What came of taking an import back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename = "undone", rename_all = "camelCase")]
pub struct Undone {
    pub undone: usize,
    /// Entries that somebody has changed since: they stay.
    pub left: usize,
}

/// A file that is not read: why, and what a person may say of its columns, where its head is not understood.
struct Unread {
    refusal: Refusal,
    offer: Option<Box<Report>>,
}

/// Reads a file where that keeps nobody waiting.
async fn read(upload: &Upload, year: FiscalYear) -> Result<Result<Reading, Unread>, Fault> {
    let Upload { file, choices, .. } = upload.clone();
    let reading = tokio::task::spawn_blocking(move || {
        reader::read_as(&file, year, &choices).map_err(|fault| Unread {
            refusal: Refusal::invalid("file", fault.to_string()),
            offer: reader::offer(&file, year, &choices).map(Box::new),
        })
    });
    reading.await.map_err(|error| Fault::new(format!("a file could not be read: {error}")))
}

/// What was seen of a file.
pub enum Look {
    Read(Box<Preview>),
    /// Its head is not understood: what its columns are has to be said.
    Unread(Refusal, Box<Report>),
}

/// What a file would change, and stores nothing.
pub async fn look(
    db: &Db,
    viewer: &Viewer,
    region: RegionId,
    year: FiscalYear,
    upload: &Upload,
) -> Result<Look, Stop> {
    let target = Target::find(&db.read().await?, viewer, region, year).await?;
    let viewer = viewer.clone();
    let reading = match read(upload, year).await? {
        Ok(reading) => reading,
        Err(Unread { refusal, offer: Some(offer) }) => return Ok(Look::Unread(refusal, offer)),
        Err(Unread { refusal, offer: None }) => return Err(refusal.into()),
    };
    let beside = target.beside(&db.read().await?, year, &reading).await?;
    let compared =
        tokio::task::spawn_blocking(move || preview::compare(beside, reading, &viewer, year)).await;
    let compared = compared.map_err(|error| Fault::new(format!("a file could not be compared: {error}")))?;
    Ok(Look::Read(compared?.into()))
}

/// What a file is for.
enum Target {
    /// The sheet of its year.
    Sheet(SheetView),
    /// A region that has none of that year, and gets it.
    Year(RegionView),
}

impl Target {
    /// Refused: who may not edit the sheet's joint entries, or may not begin a year's sheet.
    async fn find(read: &Read, viewer: &Viewer, region: RegionId, year: FiscalYear) -> Result<Self, Stop> {
        if !viewer.reads(region) {
            return Err(Refusal::not_found(SHEET).into());
        }
        if let Some(view) = sheet::service::view_in(read, region, year).await? {
            sheet::may(&view.frame.head, viewer, Act::Edit(Owner::Joint))?;
            return Ok(Target::Sheet(view));
        }
        let region = region::service::view(read, region).await?.ok_or_else(|| Refusal::not_found(SHEET))?;
        let actor = viewer.actor(region.region.id, secretariat(&region)?);
        permission::check(&actor, Act::OpenYear, Phase::Draft).map_err(|denied| {
            let message = format!("{year}の計画・評価表はまだありません。ファイルから作ることは、{denied}");
            Refusal::new(RefusalCode::Forbidden, message)
        })?;
        Ok(Target::Year(region))
    }

    async fn beside(self, read: &Read, year: FiscalYear, reading: &Reading) -> Result<Beside, Stop> {
        match self {
            Target::Sheet(view) => Ok(Beside { view, made: None }),
            Target::Year(region) => {
                let columns = file::columns(&reading.sheet, year)?;
                let items = plan::items(read, &region, &reading.sheet).await?;
                let secretariat = secretariat(&region)?;
                let made = NewSheet::of(&region, secretariat, year, &columns, &reading.sheet, items);
                Ok(Beside { view: made.view(region), made: Some(made) })
            }
        }
    }
}

/// Of a year that has no sheet yet.
fn secretariat(region: &RegionView) -> Result<OrganizationId, Refusal> {
    region.hub().map(|hub| hub.id).ok_or_else(plan::no_secretariat)
}

fn view(viewer: &Viewer, view: Option<SheetView>, region: RegionId) -> Result<SheetView, Stop> {
    Ok(view.filter(|_| viewer.reads(region)).ok_or_else(|| Refusal::not_found(SHEET))?)
}

/// Takes these differences of a file, all of them or none. `request` is `None` if what was sent is no UUID.
pub async fn import(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    (region, year): (RegionId, FiscalYear),
    upload: Upload,
    taken: Taken,
) -> Result<Done, Stop> {
    let viewer = identity.viewer();
    Target::find(&db.read().await?, viewer, region, year).await?;
    let id = request::service::valid(request)?;
    let about = region::itself(region);
    let reading = read(&upload, year).await?.map_err(|unread| unread.refusal)?;
    let wanted = Wanted { reading, year, taken, request: id, name: upload.name };
    let execute = async move |write: &AuthorizedWrite<'_>| Ok((take(write, &wanted).await?, ()));
    Ok(request::service::once(db, identity, request, KIND, Some(&about), execute).await?.0)
}

/// What is to be taken of a file.
struct Wanted {
    reading: Reading,
    year: FiscalYear,
    taken: Taken,
    request: RequestId,
    name: String,
}

/// With the rights of the moment at which the region is locked.
async fn take(write: &AuthorizedWrite<'_>, wanted: &Wanted) -> Result<Done, Stop> {
    let (region, viewer) = write.lock_region(SHEET).await?;
    let target = Target::find(write, &viewer, region.id, wanted.year).await?;
    let beside = target.beside(write, wanted.year, &wanted.reading).await?;
    let preview = preview::compare(beside, wanted.reading.clone(), &viewer, wanted.year)?;
    apply(write, &viewer, &preview, &wanted.taken, wanted.request, &wanted.name).await
}

async fn apply(
    write: &AuthorizedWrite<'_>,
    viewer: &Viewer,
    preview: &Preview,
    taken: &Taken,
    request: RequestId,
    name: &str,
) -> Result<Done, Stop> {
    check(preview, taken)?;
    let chosen = |index: usize| {
        let difference = &preview.differences[index];
        taken.0.contains_key(&difference.key).then(|| difference.clone())
    };
    let region = preview.view.frame.head.region;
    let mut import = Import::begin(write, region, request, Some(viewer.account.id));
    if let Some(made) = &preview.made {
        import.sheet(made).await?;
    }
    for cell in &preview.cells {
        import.apply(cell, chosen).await?;
    }
    import.insert_created().await?;
    let Import { changes, done, .. } = import;
    let Imported { sheet, created, updated, deleted } = done;
    let by =
        By { name: format!("{}（{name}から取り込み）", viewer.account.name), ..By::viewer(viewer) };
    let appended = change::service::append_all(write, region, &by, changes).await?;
    let seq = appended.first().map_or(0, |change| change.seq);
    Ok(Done { sheet, created, updated, deleted, seq, changes: appended.len() })
}

/// Everything that is to be taken is there as it was seen, is allowed, and fits.
fn check(preview: &Preview, taken: &Taken) -> Result<(), Refusal> {
    let by_key: HashMap<&str, &Difference> =
        preview.differences.iter().map(|difference| (difference.key.as_str(), difference)).collect();
    let mut chosen = Vec::new();
    for (key, version) in taken.0.iter().sorted() {
        match by_key.get(key.as_str()) {
            Some(difference) if difference.version() == *version => chosen.push(*difference),
            _ => {
                let message = "確かめたあとに、表かファイルが変わりました。何も取り込んでいません。もう一度ファイルを読み込んで、確かめてください。";
                return Err(Refusal::invalid("take", message));
            }
        }
    }
    if let Some((difference, reason)) =
        chosen.iter().find_map(|difference| Some((difference, difference.refused.as_ref()?)))
    {
        let message = format!("（{}）の取組は取り込めません：{reason}", difference.code);
        return Err(Refusal::new(RefusalCode::Forbidden, message));
    }
    check_size(preview, &chosen)
}

fn check_size(preview: &Preview, chosen: &[&Difference]) -> Result<(), Refusal> {
    let chars = |texts: &mut dyn Iterator<Item = &EntryText>| texts.map(EntryText::chars).sum::<usize>();
    let mut cells: HashMap<CellKey, (usize, usize)> = HashMap::new();
    let size = |cell: &CellKey| {
        let entries = preview.view.cell(cell);
        (chars(&mut entries.iter().map(|entry| &entry.text)), entries.len())
    };
    let before: usize = preview.view.cells.keys().map(|cell| size(cell).0).sum();
    let (mut added, mut removed) = (0, 0);
    for difference in chosen {
        let (have, want) = (difference.have.as_ref(), difference.want.as_ref());
        let (old, new) =
            (have.map_or(0, |entry| entry.text.chars()), want.map_or(0, |wanted| wanted.text.chars()));
        let (held, count) = cells.entry(difference.cell).or_insert_with(|| size(&difference.cell));
        *held = *held + new - old;
        *count = *count + usize::from(want.is_some()) - usize::from(have.is_some());
        (added, removed) = (added + new, removed + old);
    }
    for (held, count) in cells.into_values() {
        entry::service::cell_holds(held)?;
        if count > limits::ENTRIES_PER_CELL {
            let message = format!("1つのセルの取組は{}個までです。", limits::ENTRIES_PER_CELL);
            return Err(Refusal::invalid("take", message));
        }
    }
    if added > removed { entry::service::sheet_holds(before + added - removed) } else { Ok(()) }
}

/// Takes an import of theirs back: each of its entries becomes what it was before, unless somebody has changed it since.
pub async fn undo(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    (region, year): (RegionId, FiscalYear),
    import: Option<RequestId>,
) -> Result<Undone, Stop> {
    let viewer = identity.viewer();
    let now = view(viewer, sheet::service::view(db, region, year).await?, region)?;
    let about = sheet::region_of(now.frame.head.id);
    let id = request::service::valid(request)?;
    let execute =
        async move |write: &AuthorizedWrite<'_>| Ok((take_back(write, year, import, id).await?, ()));
    Ok(request::service::once(db, identity, request, UNDO, Some(&about), execute).await?.0)
}

async fn take_back(
    write: &AuthorizedWrite<'_>,
    year: FiscalYear,
    import: Option<RequestId>,
    request: RequestId,
) -> Result<Undone, Stop> {
    let (region, viewer) = write.lock_region(SHEET).await?;
    let view = sheet::service::view_in(write, region.id, year).await?;
    let view = self::view(&viewer, view, region.id)?;
    let done: Option<Done> = match import {
        Some(import) => request::service::done(write, import, KIND).await?,
        None => None,
    };
    let done = done.ok_or_else(|| Refusal::not_found("取り込み"))?;
    back(write, &viewer, &view, done, request).await
}

async fn back(
    write: &AuthorizedWrite<'_>,
    viewer: &Viewer,
    view: &SheetView,
    done: Done,
    request: RequestId,
) -> Result<Undone, Stop> {
    let region = view.frame.head.region;
    let changes = match done.changes {
        0 => Vec::new(),
        changes => change::of_entries_after(&***write, region, done.seq - 1, changes).await?,
    };
    let mut import = Import::begin(write, region, request, Some(viewer.account.id));
    let mut undone = Undone::default();
    let living: HashMap<_, _> =
        view.cells.values().flatten().map(|entry| (entry.id, entry.clone())).collect();
    for EntryChange { before, after, .. } in changes {
        let deleted = after.entry.deleted_at.is_some();
        let now: Option<Entry> = match living.get(&after.entry.id) {
            Some(entry) => Some(Entry::clone(entry)),
            None if deleted => entry::stored(&***write, after.entry.id).await?,
            None => None,
        };
        let Some(now) = now.filter(|now| now.version == after.entry.version) else {
            undone.left += 1;
            continue;
        };
        let code = view.frame.row(now.cell.item).map_or("", |row| row.code.as_str()).to_owned();
        let owners = [now.owner, before.as_ref().map_or(now.owner, |before| before.entry.owner)];
        for owner in owners {
            sheet::may_edit(&view.frame.region, Some(viewer), now.cell, owner.into())?;
        }
        let mut entries = entry::ranked(&***write, region, now.cell).await?;
        match before {
            None => import.delete(&now, &mut entries, &code).await?,
            Some(before) => {
                let entry = Entry {
                    text: before.entry.text,
                    owner: before.entry.owner,
                    deleted_at: None,
                    ..now.clone()
                };
                let mut later = entries.clone();
                if deleted {
                    let (id, rank, chars) = (entry.id, entry.rank, entry.text.chars());
                    later.push(entry::place::RankedEntry { id, rank, chars });
                    later.sort_by_key(|other| (other.rank, other.id));
                }
                import.replace(Action::Restore, now, entry, &entries, &later, &code).await?;
            }
        }
        undone.undone += 1;
    }
    let by = By::viewer(viewer);
    let Import { changes, .. } = import;
    change::service::append_all(write, region, &by, changes).await?;
    Ok(undone)
}
