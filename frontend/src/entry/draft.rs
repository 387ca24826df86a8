//! Drafts: what somebody has typed and not yet saved. Kept in the browser with every letter, offered again where it
//! was typed.

use crate::{
    session,
    sheet::store::CellKey,
    storage::{Kind, NoRoom},
};
use renkei_domain::{
    EntryId, EntryText, Facet, FiscalYear, OrganizationId, SceneSet, SheetId, outline, outline::OutlineFault,
};
use serde::{Deserialize, Serialize};

/// What is being written: an entry that is there, or a new one of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftKey {
    Entry(EntryId),
    New(CellKey),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// As typed.
    pub outline: String,
    pub scenes: SceneSet,
    /// Of a new entry.
    pub owner: Option<OrganizationId>,
    /// The entry below which a new one is to stand.
    pub after: Option<EntryId>,
    /// The version that the text began with; 0 for a new entry.
    pub version: i32,
    /// When it was typed, in unix milliseconds.
    pub at: i64,
    /// The editor was open.
    pub open: bool,
    /// Sent, and not answered yet.
    pub sending: Option<Sending>,
    /// What was typed as the combination of two texts.
    pub merged: Option<String>,
}

/// A save under way. Sent again it must be the same to the letter, as the server may have it already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sending {
    pub request_id: String,
    pub text: EntryText,
    pub version: i32,
    /// The outline that the text was read from: what was typed since is not in it.
    pub outline: String,
    /// Saving was asked for again meanwhile, of what was typed since.
    pub again: bool,
}

impl Draft {
    /// The text as it would be saved.
    pub fn text(&self) -> Result<EntryText, OutlineFault> {
        let (body, notes) = outline::parse(&self.outline)?;
        Ok(EntryText { body, notes, explicit_scenes: self.scenes })
    }

    /// Nothing was typed since the save under way.
    pub fn is_sent(&self) -> bool {
        self.sending
            .as_ref()
            .is_some_and(|sent| sent.outline == self.outline && sent.text.explicit_scenes == self.scenes)
    }
}

impl DraftKey {
    fn name(self, sheet: SheetId) -> String {
        let prefix = prefix(sheet);
        match self {
            Self::Entry(id) => format!("{prefix}entry:{id}"),
            Self::New(cell) => format!("{prefix}new:{}:{}:{}", cell.item, cell.facet.code(), cell.year.0),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        if let Some(id) = name.strip_prefix("entry:") {
            return id.parse().ok().map(Self::Entry);
        }
        let mut parts = name.strip_prefix("new:")?.split(':');
        let (item, facet, year) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self::New(CellKey {
            item: item.parse().ok()?,
            facet: Facet::from_code(facet)?,
            year: FiscalYear(year.parse().ok()?),
        }))
    }
}

fn prefix(sheet: SheetId) -> String {
    format!("{sheet}:")
}

pub fn load(sheet: SheetId, key: DraftKey) -> Option<Draft> {
    session::shelf()?.get(Kind::Draft, &key.name(sheet))
}

pub fn keep(sheet: SheetId, key: DraftKey, draft: &Draft) -> Result<(), NoRoom> {
    session::shelf().ok_or(NoRoom)?.put(Kind::Draft, &key.name(sheet), draft)
}

pub fn remove(sheet: SheetId, key: DraftKey) {
    if let Some(shelf) = session::shelf() {
        shelf.remove(Kind::Draft, &key.name(sheet));
    }
}

/// All of a sheet.
pub fn all(sheet: SheetId) -> Vec<DraftKey> {
    let prefix = prefix(sheet);
    let names = session::shelf().map(|shelf| shelf.names(Kind::Draft, &prefix)).unwrap_or_default();
    names.iter().filter_map(|name| DraftKey::parse(name.strip_prefix(&prefix)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3a52-0000-7000-8000-000000000001";

    #[test]
    fn a_draft_is_found_by_its_name() {
        let sheet: SheetId = ID.parse().unwrap();
        let cell = CellKey { item: ID.parse().unwrap(), facet: Facet::Plan, year: FiscalYear(2026) };
        for key in [DraftKey::Entry(ID.parse().unwrap()), DraftKey::New(cell)] {
            let name = key.name(sheet);
            assert_eq!(DraftKey::parse(name.strip_prefix(&prefix(sheet)).unwrap()), Some(key));
        }
        assert_eq!(DraftKey::parse("else:1"), None);
    }

    #[test]
    fn what_is_typed_while_a_save_is_under_way_is_not_sent_yet() {
        let mut draft = Draft {
            outline: "○研修".to_owned(),
            scenes: SceneSet::EMPTY,
            owner: None,
            after: None,
            version: 1,
            at: 0,
            open: true,
            sending: None,
            merged: None,
        };
        assert!(!draft.is_sent());
        let text = draft.text().unwrap();
        draft.sending = Some(Sending {
            request_id: ID.to_owned(),
            text,
            version: 1,
            outline: draft.outline.clone(),
            again: false,
        });
        assert!(draft.is_sent());
        draft.outline.push('会');
        assert!(!draft.is_sent());
    }
}
