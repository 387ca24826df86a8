//! What is proposed for a sheet, and declining it.

use super::{EntryScene, Suggestion, store};
use crate::{
    Db, Fault,
    caller::{AuthorizedWrite, Identity},
    change::{self, By, NewChange},
    entry,
    refusal::{Refusal, Stop},
    region, request,
    sheet::{self, SheetView},
};
use itertools::Itertools;
use renkei_domain::{
    Act, CareScene, ChangeId, EntryId, Owner, RegionId, RequestId, SheetId, limits, suggestion,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What is done with suggestions, for everybody on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// They are not proposed any more.
    Decline,
    /// They are proposed again.
    Restore,
}

impl Command {
    /// The spelling of SQL: a request id is good for one kind.
    fn kind(self) -> &'static str {
        match self {
            Command::Decline => "DECLINE_SCENE_SUGGESTIONS",
            Command::Restore => "RESTORE_SCENE_SUGGESTIONS",
        }
    }

    fn summary(self, count: usize) -> String {
        match self {
            Command::Decline => format!("場面の候補{count}件を見送り"),
            Command::Restore => format!("場面の候補{count}件の見送りを取り消し"),
        }
    }
}

/// What came of it, as it is kept for the same request sent again.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "kind", rename = "declined")]
pub struct Declined {
    pub region: RegionId,
    /// `None`: it was so already with all of them.
    pub change: Option<ChangeId>,
}

/// By scene, then in the sheet's order: what entries of the cells that this sheet governs speak of and do not have.
/// `declined`: those that somebody has declined, or the others. One statement.
pub async fn of_sheet(db: &Db, view: &SheetView, declined: bool) -> Result<Vec<Suggestion>, Fault> {
    let frame = &view.frame;
    let known = store::declined(db.direct(), frame.head.id).await?;
    let mut found = Vec::new();
    for row in &frame.rows {
        let cells = frame.columns.iter().map(|column| column.cell(row.item));
        for cell in cells.filter(|cell| cell.governing_year() == frame.head.fiscal_year) {
            for (position, entry) in view.cell(&cell).iter().enumerate() {
                for one in suggestion::suggestions(&entry.text, &row.title) {
                    if known.contains(&EntryScene { entry: entry.id, scene: one.scene }) != declined {
                        continue;
                    }
                    let (scene, words) = (one.scene, one.words);
                    found.push(Suggestion { entry: entry.clone(), position, scene, words });
                }
            }
        }
    }
    // Stable: within a scene the sheet's order stays.
    found.sort_by_key(|one| CareScene::ALL.iter().position(|scene| *scene == one.scene));
    Ok(found)
}

/// Declines suggestions for everybody on this sheet, or takes that back: of all of them, or of none. `request` is `None`
/// if what was sent is no UUID.
pub async fn execute(
    db: &Db,
    identity: &Identity,
    request: Option<RequestId>,
    sheet: SheetId,
    suggestions: Vec<EntryScene>,
    command: Command,
) -> Result<Declined, Stop> {
    let region = sheet::region_of(sheet);
    let execute = async move |write: &AuthorizedWrite<'_>| {
        Ok((done(write, request, sheet, &suggestions, command).await?, ()))
    };
    let (declined, _) =
        request::service::once(db, identity, request, command.kind(), Some(&region), execute).await?;
    if !identity.viewer().reads(declined.region) {
        return Err(Refusal::not_found("計画・評価表").into());
    }
    Ok(declined)
}

async fn done(
    write: &AuthorizedWrite<'_>,
    request: Option<RequestId>,
    sheet: SheetId,
    suggestions: &[EntryScene],
    command: Command,
) -> Result<Declined, Stop> {
    let what = "計画・評価表";
    let (region, viewer) = write.lock_region(what).await?;
    let gone = || Fault::new("a locked region is gone");
    let view = region::service::view(write, region.id).await?.ok_or_else(gone)?;
    let head = view.sheet(sheet).ok_or_else(|| Refusal::not_found(what))?;
    let ids: Vec<EntryId> = suggestions.iter().map(|one| one.entry).unique().collect();
    let entries = entry::stored_all(&***write, region.id, &ids).await?;
    for id in &ids {
        let there = entries.get(id).filter(|entry| entry.cell.governing_year() == head.fiscal_year);
        let entry = there.ok_or_else(|| Refusal::not_found("取組"))?;
        sheet::may(head, &viewer, Act::Edit(entry.owned_by()))?;
    }
    if ids.is_empty() {
        // Whoever may edit nothing of it need not be told what is wrong.
        sheet::may(head, &viewer, Act::Edit(Owner::Joint))?;
    }
    let request = request::service::valid(request)?;
    let max = limits::ENTRIES_AT_ONCE;
    if suggestions.is_empty() {
        return Err(Refusal::invalid("suggestions", "候補を1件以上指定してください。").into());
    }
    if suggestions.len() > max {
        let message = format!("一度に扱える候補は{max}件までです。分けて行ってください。");
        return Err(Refusal::too_long("suggestions", message).into());
    }
    let known = store::declined(&***write, sheet).await?;
    let declines = command == Command::Decline;
    let concerned = suggestions.iter().copied().unique().filter(|one| known.contains(one) != declines);
    let concerned: Vec<EntryScene> = concerned.collect();
    if concerned.is_empty() {
        return Ok(Declined { region: region.id, change: None });
    }
    let scenes = concerned.iter().map(|one| json!({ "entry": one.entry, "scene": one.scene }));
    let scenes = scenes.collect::<Vec<_>>();
    let after = match command {
        Command::Decline => {
            store::insert(write, sheet, &concerned).await?;
            json!({ "declinedSuggestions": scenes })
        }
        Command::Restore => {
            store::remove(write, sheet, &concerned).await?;
            json!({ "restoredSuggestions": scenes })
        }
    };
    let change = NewChange::declined(sheet, command.summary(concerned.len()), after, request);
    let change = change::service::append(write, region.id, &By::viewer(&viewer), change).await?;
    Ok(Declined { region: region.id, change: Some(change.id) })
}
