//! Handles what is asked for many entries at once: reads what stands there in a few statements, judges and does
//! everything in memory ([`Stage`]), and writes the entries and the changes together.

mod create;
mod judge;
mod stage;

use super::Error;
use crate::{
    Fault,
    account::Viewer,
    change::{self, Action, By, Change, NewChange},
    clock,
    db::Write,
    entry::{
        Entry, Placed,
        bulk::{BulkEdit, BulkOutcome, EntryOutcome, MadeMany},
        service::Outcome,
        store,
    },
    refusal::{Refusal, Stop},
    request,
    sheet::{self, Frame},
};
use renkei_domain::{ChangeId, EntryId, RegionId, RequestId, limits};
use stage::Stage;
use std::{collections::HashMap, sync::Arc};

/// Handles one request in a transaction.
pub struct BulkHandler<'a> {
    pub write: &'a Write,
    pub viewer: &'a Viewer,
    /// Locked until the transaction ends.
    pub region: RegionId,
    pub request: Option<RequestId>,
}

/// The next version of an entry, before it has its rank and is stored.
struct Next {
    action: Action,
    entry: Entry,
    /// Somebody else's newer edit is kept too.
    merged: bool,
    /// Where in its cell it is put; `None`: its rank stays.
    place: Option<Place>,
}

/// Where in its cell an entry is put.
#[derive(Clone, Copy)]
enum Place {
    /// Right behind another one, which may be put there by the same request; `None`: to the front.
    Behind(Option<EntryId>),
    /// So many stand before it.
    At(usize),
    /// So many stood before it when the change with this number came, which is taken back: the last one first.
    Back { at: usize, seq: i64 },
}

impl BulkHandler<'_> {
    pub async fn handle(&self, edit: BulkEdit) -> Result<(BulkOutcome, MadeMany), Stop> {
        let frames = sheet::service::frames_in(self.write, self.region).await?;
        match edit {
            BulkEdit::Create { sheet, entries } => self.create(frames, sheet, entries).await,
            BulkEdit::Change { entries, edit } => {
                self.valid(entries.len())?;
                self.change(frames, entries, edit).await
            }
        }
    }

    /// The request has an id, and is about neither nothing nor too much.
    fn valid(&self, entries: usize) -> Result<(), Refusal> {
        request::service::valid(self.request)?;
        let max = limits::ENTRIES_AT_ONCE;
        match entries {
            0 => Err(Refusal::invalid("entries", "取組を1件以上指定してください。")),
            entries if entries > max => {
                let message =
                    format!("一度に扱える取組は{max}件までです（今は{entries}件）。分けて行ってください。");
                Err(Refusal::too_long("entries", message))
            }
            _ => Ok(()),
        }
    }

    /// Stores the next versions, each with its change, in their order; `created`: they are the first ones.
    async fn store(
        &self,
        stage: &mut Stage,
        next: Vec<(Action, Entry)>,
        created: bool,
    ) -> Result<Vec<(Change, Placed)>, Fault> {
        let now = clock::now();
        let (mut changes, mut stored) = (Vec::with_capacity(next.len()), Vec::with_capacity(next.len()));
        for (action, entry) in next {
            let before = stage.placed(entry.id);
            let version = before.as_ref().map_or(1, |before| before.entry.version + 1);
            let updated_by = Some(self.viewer.account.id);
            let deleted_at = entry.deleted_at.map(|_| now);
            let entry = Entry { version, updated_at: now, updated_by, deleted_at, ..entry };
            let after = stage.put(entry);
            let code = match stage.code(after.entry.cell) {
                Some(code) => code.to_owned(),
                None => sheet::code(&**self.write, after.entry.cell.item).await?,
            };
            let summary = action.summary(&code, after.entry.cell, true);
            changes.push(NewChange::entry(action, before.as_ref(), &after, summary, self.request)?);
            stored.push(after);
        }
        let entries: Vec<Entry> = stored.iter().map(|after| after.entry.clone()).collect();
        match created {
            true => store::insert(self.write, &entries).await?,
            false => store::update_all(self.write, &entries).await?,
        }
        let by = By::viewer(self.viewer);
        let changes = change::service::append_all(self.write, self.region, &by, changes).await?;
        Ok(changes.into_iter().zip(stored).collect())
    }

    fn done(
        &self,
        frames: Vec<Arc<Frame>>,
        results: Vec<EntryOutcome>,
        made: Vec<(Change, Placed)>,
    ) -> (BulkOutcome, MadeMany) {
        let changes: HashMap<ChangeId, (Change, Placed)> =
            made.into_iter().map(|(change, after)| (change.id, (change, after))).collect();
        let made = MadeMany { changes, frames, by: self.viewer.clone() };
        (BulkOutcome { region: self.region, results }, made)
    }
}

/// What was saved of an entry.
fn saved(change: ChangeId, action: Action, merged: bool) -> EntryOutcome {
    EntryOutcome::Done(match action {
        Action::Delete => Outcome::Deleted { change },
        _ => Outcome::Saved { change, merged },
    })
}

/// What became of an entry that stays as it is.
fn not_done(error: Error) -> Result<EntryOutcome, Fault> {
    match error {
        Error::Conflict(conflict) => Ok(EntryOutcome::Done(Outcome::Conflict(conflict))),
        Error::Stop(Stop::Refused(refusal)) => Ok(EntryOutcome::Refused(refusal)),
        Error::Stop(Stop::Fault(fault)) => Err(fault),
    }
}
