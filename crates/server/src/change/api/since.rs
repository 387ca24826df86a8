//! What is different on a sheet between a moment of the log and now.

use super::{
    Change, Difference,
    entry::{EntryChange, EntryState},
};
use crate::{
    Fault,
    api::{
        complexity,
        context::{LoadedSheet, RequestContext},
        error::bad_argument,
    },
    change::{
        self,
        since::{self, Kind, Lists, Net},
    },
    entry::{Placed, api::Entry},
    sheet::{Column, Frame},
};
use async_graphql::{Context, Enum, Error, ID, Object};
use renkei_domain::{EntryId, limits};
use std::collections::HashMap;
use std::sync::Arc;

pub struct EntryDifference {
    kind: Kind,
    /// From then to now, as if by its last change.
    made: EntryChange,
    entry: Entry,
}

/// 違いの種類。
/// What became of an entry.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Kind")]
pub enum DifferenceKind {
    /// 加わった
    Added,
    /// 変わった（文、場面、主体）
    Changed,
    /// 移った
    Moved,
    /// 削除された
    Deleted,
}

/// ある時点からの、取組1件の違い。
/// What is different about an entry since a moment.
#[Object]
impl EntryDifference {
    /// 違いの種類。
    /// What became of it.
    async fn kind(&self) -> DifferenceKind {
        self.kind.into()
    }

    /// 取組のID。
    /// Which entry.
    async fn entry_id(&self) -> ID {
        self.made.id().to_string().into()
    }

    /// 今の取組。削除されていれば deletedAt があります。
    /// The entry as it is now; it has deletedAt if it was deleted.
    async fn entry(&self) -> Entry {
        self.entry.clone()
    }

    /// その時点の取組。なかったなら null です。
    /// The entry as it stood then; null if it did not.
    async fn before(&self) -> Option<EntryState> {
        self.made.state_before()
    }

    /// その時点の文と今の文の違い。
    /// From the outline then to the outline now.
    #[graphql(complexity = "complexity::list(5, child_complexity)")]
    async fn difference(&self, ctx: &Context<'_>) -> Result<Vec<Difference>, Error> {
        self.made.compared(ctx).await
    }

    /// この取組の最後の変更。
    /// Its last change.
    async fn last_change(&self) -> Change {
        Change(self.made.change().clone())
    }
}

/// What is different on a sheet from right after change number `seq`, in the sheet's order.
pub async fn differences(
    context: &RequestContext,
    sheet: &LoadedSheet,
    seq: i64,
) -> Result<Vec<EntryDifference>, Error> {
    let (view, frame) = (&sheet.view, &sheet.view.frame);
    let region = &frame.region.region;
    let columns = frame.columns.iter().map(Column::key);
    let max = limits::CHANGES_SINCE;
    let (db, until) = (context.db.direct(), region.seq);
    let changes = change::telling_between(db, region.id, columns, seq, until, max + 1).await?;
    if changes.len() > max {
        return Err(bad_argument(format!("変更が{max}件を超えています。もっと新しい時点を選んでください。")));
    }
    let mut now: Lists = frame.cells().map(|cell| (cell, Vec::new())).collect();
    for (cell, entries) in &view.cells {
        now.insert(*cell, entries.iter().map(|entry| entry.id).collect());
    }
    let mut nets = since::net(&changes, &now);
    nets.sort_by_cached_key(|net| place(frame, net));
    shown(context, sheet, &nets).await
}

/// Where it is shown: in its place now if it stands on the sheet, otherwise where it stood.
fn place(frame: &Frame, net: &Net<'_>) -> (usize, usize, usize, EntryId) {
    let on_sheet = |placed: &Placed| {
        let cell = placed.entry.cell;
        let row = frame.rows.iter().position(|row| row.item == cell.item)?;
        let column = frame.columns.iter().position(|column| column.key() == cell.column())?;
        Some((row, column, placed.position, placed.entry.id))
    };
    let stands = Some(net.after).filter(|after| after.entry.deleted_at.is_none());
    let last = (usize::MAX, usize::MAX, usize::MAX, net.after.entry.id);
    stands.and_then(on_sheet).or(net.before.and_then(on_sheet)).unwrap_or(last)
}

async fn shown(
    context: &RequestContext,
    sheet: &LoadedSheet,
    nets: &[Net<'_>],
) -> Result<Vec<EntryDifference>, Error> {
    let region = &sheet.view.frame.region;
    let mut entries = entries(context, sheet, nets).await?;
    let mut differences = Vec::with_capacity(nets.len());
    for net in nets {
        let entry = entries.remove(&net.after.entry.id);
        let (before, after) = (net.before.cloned(), net.after.clone());
        let made = change::EntryChange { change: net.last.change.clone(), before, after };
        differences.push(EntryDifference {
            kind: net.kind,
            made: EntryChange::new(Arc::new(made), region.clone()),
            entry: entry.ok_or_else(|| Fault::new("a difference without its entry"))?,
        });
    }
    Ok(differences)
}

/// The entries as they are now: those of the sheet from what was read of it, deleted ones from the log, and those that
/// were moved away on the sheets where they stand.
async fn entries(
    context: &RequestContext,
    sheet: &LoadedSheet,
    nets: &[Net<'_>],
) -> Result<HashMap<EntryId, Entry>, Error> {
    let frame = &sheet.view.frame;
    let mut entries = HashMap::new();
    for (position, entry) in sheet.view.cells.values().flat_map(|cell| cell.iter().enumerate()) {
        entries.insert(entry.id, Entry::of_sheet(&sheet.view, entry, position));
    }
    let mut others: HashMap<_, Vec<&Placed>> = HashMap::new();
    for net in nets.iter().filter(|net| !entries.contains_key(&net.after.entry.id)) {
        let cell = net.after.entry.cell;
        let here = frame.shows(cell) && frame.row(cell.item).is_some();
        let year = (!here).then(|| cell.governing_year());
        others.entry(year).or_default().push(net.after);
    }
    for (year, placed) in others {
        let other = match year {
            Some(year) => context.sheet(frame.head.region, year).await?,
            None => None,
        };
        let frame = other.map_or(frame.clone(), |other| other.view.frame.clone());
        for placed in placed {
            let entry = Arc::new(placed.entry.clone());
            entries.insert(entry.id, Entry::new(&frame, entry, placed.position));
        }
    }
    Ok(entries)
}
