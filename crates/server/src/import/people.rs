//! What people have written since the last import, which no file may overwrite.

use crate::{
    Fault,
    change::{self, EntryChange},
    db::Read,
    entry::{CellKey, Entry, Placed},
    refusal::Refusal,
    sheet::Column,
};
use renkei_domain::{EntryId, RegionId, era};
use std::collections::{HashMap, HashSet};

/// What people have done in a region, as far as a file could undo it.
pub struct People {
    /// Entries that people made.
    made: HashSet<EntryId>,
    /// The number of the last import of each entry that one has touched.
    imported: HashMap<EntryId, i64>,
}

impl People {
    pub async fn read(read: &Read, region: RegionId) -> Result<Self, Fault> {
        let made = change::made_by_people(read, region).await?.into_iter().collect();
        Ok(People { made, imported: change::last_imports(read, region).await? })
    }

    /// Changes in these columns after the last import of their entry, but for tags alone, which no file knows of.
    pub async fn edits(
        &self,
        read: &Read,
        region: RegionId,
        columns: &[Column],
    ) -> Result<Vec<EntryChange>, Fault> {
        let mut edits = change::of_people(read, region, columns.iter().map(Column::key)).await?;
        edits.retain(|edit| {
            let last_import = self.imported.get(&edit.after.entry.id).copied().unwrap_or_default();
            edit.change.seq > last_import && !tags_alone(edit)
        });
        Ok(edits)
    }

    /// What an organisation has added for itself lies beneath the sheet: no file speaks of it.
    pub fn own_layer(&self, entry: &Entry) -> bool {
        entry.owner.is_some() && self.made.contains(&entry.id)
    }

    /// The last edit of each entry that stands or stood in this cell, and that the file would undo. Of what people have
    /// made, that is only what stands there still: `have`.
    pub fn edits_in<'c>(
        &self,
        edits: &'c [EntryChange],
        cell: CellKey,
        have: &[Entry],
    ) -> Vec<&'c EntryChange> {
        let touches = |placed: &Placed| placed.entry.cell == cell;
        let mut last: HashMap<EntryId, &EntryChange> = HashMap::new();
        for edit in edits {
            if touches(&edit.after) || edit.before.as_ref().is_some_and(touches) {
                last.insert(edit.after.entry.id, edit);
            }
        }
        last.retain(|id, _| !self.made.contains(id) || have.iter().any(|entry| entry.id == *id));
        let mut last: Vec<_> = last.into_values().collect();
        last.sort_by_key(|edit| edit.change.seq);
        last
    }
}

fn tags_alone(edit: &EntryChange) -> bool {
    let state = |placed: &Placed| {
        let entry = &placed.entry;
        (
            entry.cell,
            entry.rank,
            entry.owner,
            entry.deleted_at,
            entry.text.body.clone(),
            entry.text.notes.clone(),
        )
    };
    edit.before.as_ref().is_some_and(|before| state(before) == state(&edit.after))
}

/// Names every entry that the file would take from somebody.
pub fn would_overwrite(edited: &[(String, &EntryChange)]) -> Refusal {
    let mut message = format!(
        "取り込みのあとで人が編集した取組が{}件あるため、取り込みをやめました。何も変えていません。",
        edited.len()
    );
    for (code, edit) in edited {
        let (entry, by) = (&edit.after.entry, &edit.change.by);
        let body = beginning(&entry.text.body);
        let when = era::tokyo(edit.change.at);
        let facet = entry.cell.facet.name();
        message
            .push_str(&format!("\n  （{code}）{facet}「{body}」 {}（{}） {when}", by.name, by.organization));
    }
    Refusal::invalid("file", message)
}

fn beginning(body: &str) -> String {
    match body.char_indices().nth(20) {
        Some((end, _)) => format!("{}…", &body[..end]),
        None => body.to_owned(),
    }
}
