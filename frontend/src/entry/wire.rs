//! What the client asks to be done with entries, and what the server answers.

use crate::{
    api::{self, Failure},
    sheet::{store::CellKey, wire::Entry},
};
use renkei_domain::{
    ChangeId, EntryId, EntryText, Facet, FiscalYear, ItemId, Note, OrganizationId, SceneSet, SheetId,
};
use serde::{Deserialize, Serialize};

/// Which mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    Create,
    Update,
    Move,
    Assign,
    Delete,
    Restore,
}

/// A document with the fragments that it uses; a fragment that nobody uses would be an error.
macro_rules! document {
    ($($file:literal)*) => { concat!($(include_str!(concat!("operations/", $file, ".graphql"))),*) };
}

impl Operation {
    fn document(self) -> &'static str {
        match self {
            Self::Create => document!("create" "saved" "refused" "entry"),
            Self::Update => document!("update" "saved" "conflict" "refused" "entry"),
            Self::Move => document!("move" "saved" "conflict" "refused" "entry"),
            Self::Assign => document!("assign" "saved" "conflict" "refused" "entry"),
            Self::Delete => document!("delete" "conflict" "refused" "entry"),
            Self::Restore => document!("restore" "saved" "conflict" "refused" "entry"),
        }
    }
}

/// The input of any of the mutations: each sets the fields of its own input type, the rest is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Input {
    pub request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<EntryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<EntryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_id: Option<ChangeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet_id: Option<SheetId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<ItemId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<FiscalYear>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<Note>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit_scenes: Option<SceneSet>,
    /// Absent means null here and below: joint; to the front or, for a new entry, at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<OrganizationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_entry_id: Option<EntryId>,
}

impl Input {
    #[must_use]
    pub fn with_cell(self, cell: CellKey) -> Self {
        let CellKey { item, facet, year } = cell;
        Self { item_id: Some(item), facet: Some(facet), fiscal_year: Some(year), ..self }
    }

    /// A text alone, and the version of its entry that has it or that it is made of.
    pub fn known(version: i32, text: EntryText) -> Self {
        Self { version: Some(version), ..Self::default() }.with_text(text)
    }

    /// The text that it writes, if it writes one.
    pub fn text(&self) -> Option<EntryText> {
        let (body, notes) = (self.body.clone()?, self.notes.clone()?);
        Some(EntryText { body, notes, explicit_scenes: self.explicit_scenes.unwrap_or_default() })
    }

    #[must_use]
    pub fn with_text(mut self, text: EntryText) -> Self {
        self.body = Some(text.body);
        self.notes = Some(text.notes);
        self.explicit_scenes = Some(text.explicit_scenes);
        self
    }
}

/// The union of what mutations answer, told apart by [`Reply::from`].
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    #[serde(default)]
    entry: Option<Entry>,
    #[serde(default)]
    id: Option<EntryId>,
    #[serde(default)]
    version: i32,
    #[serde(default)]
    change: Option<Change>,
    #[serde(default)]
    merged: bool,
    #[serde(default)]
    base: Option<EntryText>,
    #[serde(default)]
    theirs: Option<Entry>,
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    field: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Change {
    pub id: ChangeId,
    pub seq: i64,
}

/// What became of a mutation.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// `merged`: somebody else had changed it since, and the entry holds both edits.
    Saved {
        entry: Entry,
        change: Change,
        merged: bool,
    },
    Deleted {
        id: EntryId,
        version: i32,
        change: Change,
    },
    Conflict {
        base: EntryText,
        theirs: Entry,
    },
    Refused {
        message: String,
        field: Option<String>,
    },
}

/// A mutation as it is sent, and sent again.
pub fn request(operation: Operation, input: &Input) -> String {
    #[derive(Serialize)]
    struct Variables<'a> {
        input: &'a Input,
    }
    api::request(operation.document(), &Variables { input })
}

/// Reads what a mutation was answered.
pub fn read(answer: &str) -> Result<Reply, Failure> {
    #[derive(Deserialize)]
    struct Data {
        answer: Payload,
    }
    let Data { answer } = api::decode(answer)?;
    if answer.code == "SIGNED_OUT" {
        return Err(Failure::SignedOut);
    }
    Ok(answer.into())
}

/// The newest change of an entry: where a restoration of a deleted one goes back to.
pub async fn latest_change(id: EntryId) -> Result<Option<ChangeId>, Failure> {
    #[derive(Serialize)]
    struct Variables {
        id: EntryId,
    }
    #[derive(Deserialize)]
    struct Data {
        node: Option<Node>,
    }
    #[derive(Deserialize)]
    struct Node {
        changes: Changes,
    }
    #[derive(Deserialize)]
    struct Changes {
        edges: Vec<Edge>,
    }
    #[derive(Deserialize)]
    struct Edge {
        node: ChangeRef,
    }
    #[derive(Deserialize)]
    struct ChangeRef {
        id: ChangeId,
    }
    let data: Data = api::call(include_str!("operations/latest_change.graphql"), Variables { id }).await?;
    Ok(data.node.and_then(|node| node.changes.edges.into_iter().next()).map(|edge| edge.node.id))
}

impl From<Payload> for Reply {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload { entry: Some(entry), change: Some(change), merged, .. } => {
                Self::Saved { entry, change, merged }
            }
            Payload { id: Some(id), version, change: Some(change), .. } => {
                Self::Deleted { id, version, change }
            }
            Payload { base: Some(base), theirs: Some(theirs), .. } => Self::Conflict { base, theirs },
            Payload { message, field, .. } => Self::Refused { message, field },
        }
    }
}
