//! Several new entries: all of them, or none.

use super::{
    BulkHandler, Change,
    stage::{Order, Stage},
};
use crate::{
    change::Action,
    clock,
    entry::{
        CellKey, Entry, Placed,
        bulk::{BulkOutcome, MadeMany, NewEntry},
        command::checks::{is_among, no_column, no_item, no_owner, valid_text},
    },
    refusal::{Refusal, Stop},
    sheet::{self, Frame},
};
use renkei_domain::{Act, EntryId, SheetId};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

impl BulkHandler<'_> {
    pub(super) async fn create(
        &self,
        frames: Vec<Arc<Frame>>,
        sheet: SheetId,
        entries: Vec<NewEntry>,
    ) -> Result<(BulkOutcome, MadeMany), Stop> {
        let frame = frames.iter().find(|frame| frame.head.id == sheet).cloned();
        let frame = frame.ok_or_else(|| Refusal::not_found("計画・評価表"))?;
        for (nth, new) in entries.iter().enumerate() {
            self.may_create(&frame, new).map_err(|refusal| of_entry(nth, refusal))?;
        }
        self.valid(entries.len())?;
        let years = BTreeSet::from([frame.head.fiscal_year]);
        let mut stage = Stage::read(self.write, self.region, frames.clone(), HashMap::new(), years).await?;
        let mut orders: HashMap<CellKey, Order> = HashMap::new();
        // Behind an entry: what this request has put there last.
        let mut last: HashMap<EntryId, EntryId> = HashMap::new();
        let mut created = Vec::with_capacity(entries.len());
        for (nth, new) in entries.into_iter().enumerate() {
            let entry = self.new_entry(&frame, &mut stage, &new).map_err(|refusal| of_entry(nth, refusal))?;
            let order =
                orders.entry(new.cell).or_insert_with(|| stage.order_without(new.cell, &HashSet::new()));
            let behind = new.after.map(|after| last.get(&after).copied().unwrap_or(after));
            let at = behind.and_then(|behind| order.iter().position(|(id, _)| *id == behind));
            order.insert(at.map_or(order.len(), |at| at + 1), (entry.id, None));
            if let Some(after) = new.after {
                last.insert(after, entry.id);
            }
            created.push(entry);
        }
        let mut ranks = HashMap::new();
        for (cell, order) in orders {
            ranks.extend(stage.rank(self.write, self.region, cell, order).await?);
        }
        let ranked = |entry: Entry| {
            let rank = ranks.get(&entry.id).copied().unwrap_or(entry.rank);
            (Action::Create, Entry { rank, ..entry })
        };
        let next = created.into_iter().map(ranked).collect();
        let made: Vec<(Change, Placed)> = self.store(&mut stage, next, true).await?;
        let results = made.iter().map(|(change, _)| super::saved(change.id, Action::Create, false)).collect();
        Ok(self.done(frames, results, made))
    }

    /// Right and phase.
    fn may_create(&self, frame: &Frame, new: &NewEntry) -> Result<(), Refusal> {
        let governed = new.cell.governing_year();
        if frame.shows(new.cell) && governed != frame.head.fiscal_year {
            return Err(sheet::governed_elsewhere(governed));
        }
        sheet::may(&frame.head, self.viewer, Act::Edit(new.owner.into()))
    }

    /// The entry, which counts as standing there; without its rank.
    fn new_entry(&self, frame: &Frame, stage: &mut Stage, new: &NewEntry) -> Result<Entry, Refusal> {
        let cell = new.cell;
        if !frame.shows(cell) {
            let facets = frame.columns.iter().any(|column| column.facet == cell.facet);
            return Err(no_column(if facets { "fiscalYear" } else { "facet" }));
        }
        frame.row(cell.item).ok_or_else(no_item)?;
        if new.owner.is_some_and(|owner| frame.region.organization(owner).is_none()) {
            return Err(no_owner());
        }
        let text = valid_text(new.text.clone())?;
        if let Some(after) = new.after {
            is_among(stage.cell(cell), after)?;
        }
        let entry = Entry {
            id: clock::fresh(),
            region: self.region,
            cell,
            text,
            owner: new.owner,
            rank: 0,
            version: 1,
            updated_at: clock::now(),
            updated_by: Some(self.viewer.account.id),
            deleted_at: None,
        };
        stage.take(None, &entry)?;
        Ok(entry)
    }
}

/// Which of the entries is refused, and why.
fn of_entry(nth: usize, refusal: Refusal) -> Refusal {
    let field = refusal.field.map_or_else(String::new, |field| format!(".{field}"));
    Refusal {
        field: Some(format!("entries.{nth}{field}").into()),
        message: format!("{}件目：{}", nth + 1, refusal.message),
        ..refusal
    }
}
