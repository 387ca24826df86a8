//! Entries (取組): the ○ bullets of the matrix, each in its cell, in its place, with its version.

pub mod api;
pub mod bulk;
mod command;
pub(crate) mod place;
pub mod service;
mod store;
pub(crate) mod table;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::{
    find as stored, find_all as stored_all, hits, ids, insert, living, living_ids, placed_all, ranked,
    renumber, update,
};

use renkei_domain::{
    AccountId, EntryId, EntryText, Facet, FiscalYear, ItemId, Note, OrganizationId, Owner, RegionId,
    SceneSet, filter,
};
use serde::{Deserialize, Serialize};

/// Which cell: item × facet × fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CellKey {
    pub item: ItemId,
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
}

impl CellKey {
    pub fn column(&self) -> (Facet, FiscalYear) {
        (self.facet, self.fiscal_year)
    }

    /// The year of the sheet that governs it.
    pub fn governing_year(&self) -> FiscalYear {
        self.facet.governing_year(self.fiscal_year)
    }
}

/// An entry, or a cell itself: what a thread is on, and what a draft is of (there a cell stands for a new entry).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryOrCell {
    Entry(EntryId),
    Cell(CellKey),
}

impl EntryOrCell {
    pub fn entry(self) -> Option<EntryId> {
        match self {
            EntryOrCell::Entry(entry) => Some(entry),
            EntryOrCell::Cell(_) => None,
        }
    }

    pub fn cell(self) -> Option<CellKey> {
        match self {
            EntryOrCell::Entry(_) => None,
            EntryOrCell::Cell(cell) => Some(cell),
        }
    }
}

/// The columns that a year's sheet governs.
pub(crate) fn governed_columns(year: FiscalYear) -> impl Iterator<Item = (Facet, FiscalYear)> {
    Facet::ALL.into_iter().map(move |facet| (facet, FiscalYear(year.0 + facet.year_offset())))
}

/// An entry as it is stored, and as the change log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub id: EntryId,
    pub region: RegionId,
    #[serde(flatten)]
    pub cell: CellKey,
    #[serde(flatten)]
    pub text: EntryText,
    /// `None`: joint.
    pub owner: Option<OrganizationId>,
    /// Orders the cell's entries (then the id does). Not part of the version: neighbours may be renumbered.
    pub rank: i64,
    /// From 1; every change of the entry adds 1.
    pub version: i32,
    pub updated_at: i64,
    pub updated_by: Option<AccountId>,
    pub deleted_at: Option<i64>,
}

/// An entry with its place among the living ones of its cell; for a deleted one, where it would stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Flat")]
pub struct Placed {
    #[serde(flatten)]
    pub entry: Entry,
    pub position: usize,
}

/// An entry in whose text something was found, without the text.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    pub id: EntryId,
    pub cell: CellKey,
    pub explicit_scenes: SceneSet,
    pub owner: Option<OrganizationId>,
    pub rank: i64,
}

/// How the log keeps it. To read what is flattened from several structures takes several times as long.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Flat {
    id: EntryId,
    region: RegionId,
    item: ItemId,
    facet: Facet,
    fiscal_year: FiscalYear,
    body: String,
    notes: Vec<Note>,
    explicit_scenes: SceneSet,
    owner: Option<OrganizationId>,
    rank: i64,
    version: i32,
    updated_at: i64,
    updated_by: Option<AccountId>,
    deleted_at: Option<i64>,
    position: usize,
}

impl From<Flat> for Placed {
    fn from(flat: Flat) -> Self {
        let Flat { id, region, owner, rank, version, updated_at, updated_by, deleted_at, position, .. } =
            flat;
        let cell = CellKey { item: flat.item, facet: flat.facet, fiscal_year: flat.fiscal_year };
        let text = EntryText { body: flat.body, notes: flat.notes, explicit_scenes: flat.explicit_scenes };
        let entry =
            Entry { id, region, cell, text, owner, rank, version, updated_at, updated_by, deleted_at };
        Placed { entry, position }
    }
}

impl Entry {
    pub fn owned_by(&self) -> Owner {
        self.owner.into()
    }

    /// Body and notes as a search compares them.
    pub fn folded(&self) -> String {
        filter::folded(&self.text.body, self.text.notes.iter().map(|note| note.text.as_str()))
    }

    /// The order of a cell's entries.
    pub fn order(&self) -> (i64, EntryId) {
        (self.rank, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use renkei_domain::{CareScene, NoteKind};
    use uuid::Uuid;

    #[test]
    fn what_the_log_keeps_is_read_as_it_was() {
        let id = Uuid::from_u128;
        let note = |depth, text: &str| Note { kind: NoteKind::Dot, depth, text: text.to_owned() };
        let text = EntryText {
            body: "研修会を開く。".to_owned(),
            notes: vec![note(1, "資料3"), note(2, "（カ）")],
            explicit_scenes: [CareScene::EndOfLife].into_iter().collect(),
        };
        let entry = Entry {
            id: EntryId(id(1)),
            region: RegionId(id(2)),
            cell: CellKey { item: ItemId(id(3)), facet: Facet::Plan, fiscal_year: FiscalYear(2026) },
            text,
            owner: Some(OrganizationId(id(4))),
            rank: -5,
            version: 6,
            updated_at: 7,
            updated_by: Some(AccountId(id(8))),
            deleted_at: Some(9),
        };
        let placed = Placed { entry, position: 10 };
        let kept = serde_json::to_string(&placed).unwrap();
        assert_eq!(serde_json::from_str::<Placed>(&kept).unwrap(), placed);
        let joint =
            kept.replace(&format!("\"{}\"", id(4)), "null").replace("\"deletedAt\":9", "\"deletedAt\":null");
        let joint: Placed = serde_json::from_str(&joint).unwrap();
        assert_eq!((joint.entry.owner, joint.entry.deleted_at), (None, None));
    }
}
