//! The change log (変更履歴): one row for each thing that others can see, append-only, numbered within its region.

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::{
    find_of_entry, last_imports, made_by_people, newest_of_entries, of_people, of_version,
};

use crate::{
    account::{Account, Viewer},
    entry::Placed,
    region::Organization,
};
use renkei_domain::{AccountId, ChangeId, RegionId, RequestId};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Change {
    pub id: ChangeId,
    pub region: RegionId,
    pub seq: i64,
    pub at: i64,
    pub by: By,
    pub summary: String,
}

/// A change of an entry, with the entry before it (if it was there) and right after it.
#[derive(Clone, Debug)]
pub struct EntryChange {
    pub change: Change,
    pub before: Option<Placed>,
    pub after: Placed,
}

/// Who did it, with the names of that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// `None`: no person, but an import or the command line.
    pub account: Option<AccountId>,
    pub name: String,
    pub organization: String,
}

impl By {
    pub fn viewer(viewer: &Viewer) -> Self {
        By {
            account: Some(viewer.account.id),
            name: viewer.account.name.clone(),
            organization: viewer.account.organization.name.clone(),
        }
    }

    /// Whoever runs the command line.
    pub fn operator() -> Self {
        By {
            account: None,
            name: "システム管理者（コマンド）".to_owned(),
            organization: "システム管理".to_owned(),
        }
    }
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    Region,
    Organization,
    Account,
    Handout,
    Sheet,
    Entry,
}

impl Entity {
    /// The spelling of SQL.
    pub fn code(self) -> &'static str {
        match self {
            Entity::Region => "REGION",
            Entity::Organization => "ORGANIZATION",
            Entity::Account => "ACCOUNT",
            Entity::Handout => "HANDOUT",
            Entity::Sheet => "SHEET",
            Entity::Entry => "ENTRY",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Update,
    Move,
    Assign,
    Delete,
    Restore,
}

impl Action {
    /// The spelling of SQL.
    pub fn code(self) -> &'static str {
        match self {
            Action::Create => "CREATE",
            Action::Update => "UPDATE",
            Action::Move => "MOVE",
            Action::Assign => "ASSIGN",
            Action::Delete => "DELETE",
            Action::Restore => "RESTORE",
        }
    }

    /// What follows 「取組」 in a summary.
    pub fn verb(self) -> &'static str {
        match self {
            Action::Create => "を追加",
            Action::Update => "を編集",
            Action::Move => "を移動",
            Action::Assign => "の主体を変更",
            Action::Delete => "を削除",
            Action::Restore => "を復元",
        }
    }
}

/// A change before it has its number.
#[derive(Clone, Debug)]
pub struct NewChange {
    pub entity: Entity,
    pub entity_id: Uuid,
    pub version: i32,
    pub action: Action,
    pub summary: String,
    pub before: Option<Value>,
    pub after: Value,
    pub request: Option<RequestId>,
}

impl NewChange {
    /// Something that was not there before.
    fn added(entity: Entity, entity_id: Uuid, summary: String, after: Value) -> Self {
        NewChange {
            entity,
            entity_id,
            version: 1,
            action: Action::Create,
            summary,
            before: None,
            after,
            request: None,
        }
    }

    pub fn region(id: RegionId, summary: String, after: Value) -> Self {
        Self::added(Entity::Region, id.0, summary, after)
    }

    pub fn organization(organization: &Organization, summary: String) -> Self {
        let after = json!({
            "kind": organization.kind, "name": organization.name, "shortName": organization.short_name,
        });
        Self::added(Entity::Organization, organization.id.0, summary, after)
    }

    /// An account with its role in the region.
    pub fn account(account: &Account, role: renkei_domain::Role, summary: String) -> Self {
        let after = json!({
            "login": account.login, "name": account.name, "organization": account.organization.id, "role": role,
        });
        Self::added(Entity::Account, account.id.0, summary, after)
    }

    pub fn handout(handout: &crate::handout::Handout, summary: String) -> Self {
        let after = json!({
            "fiscalYear": handout.fiscal_year, "number": handout.number, "title": handout.title,
        });
        Self::added(Entity::Handout, handout.id.0, summary, after)
    }

    /// A sheet with its columns and rows, in one.
    pub fn sheet(id: renkei_domain::SheetId, summary: String, after: Value) -> Self {
        Self::added(Entity::Sheet, id.0, summary, after)
    }

    pub fn entry(
        action: Action,
        before: Option<&Placed>,
        after: &Placed,
        summary: String,
        request: Option<RequestId>,
    ) -> Result<Self, crate::Fault> {
        Ok(NewChange {
            entity: Entity::Entry,
            entity_id: after.entry.id.0,
            version: after.entry.version,
            action,
            summary,
            before: before.map(serde_json::to_value).transpose()?,
            after: serde_json::to_value(after)?,
            request,
        })
    }
}
