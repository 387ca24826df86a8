//! The change log (変更履歴): one row for each thing that others can see, append-only, numbered within its region.

pub mod api;
pub mod service;
pub mod since;
mod store;
pub(crate) mod table;

pub use table::change::{Action, Subject as Entity};

/// What other nouns read of the log, in transactions of their own.
pub(crate) use store::{
    after, after_of, count_new, find_of_entry, last_imports, listed, made_by_people, newest_of_cells,
    newest_of_entries, newest_seq, of_entries, of_entries_after, of_people, of_version, of_versions, page,
    placings_after, telling_between,
};

use crate::{
    account::{Account, Viewer},
    comment::{Comment, Logged, Thread},
    entry::{CellKey, Placed},
    region::Organization,
};
use renkei_domain::{
    AccountId, ChangeId, Facet, FiscalYear, ItemId, RegionId, RequestId, Role, SheetId, SnapshotId,
};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Change {
    pub id: ChangeId,
    pub region: RegionId,
    pub seq: i64,
    pub at: i64,
    pub by: By,
    pub action: Action,
    pub summary: String,
}

/// Which changes of each of several places are asked for, the newest first.
#[derive(Clone, Copy, Debug)]
pub struct Newest {
    /// Only those before this number.
    pub before: Option<i64>,
    pub of_each: usize,
    /// Of all of them together; the older ones are left out.
    pub most: usize,
}

/// A row of the log.
pub struct LogRow {
    pub change: Change,
    pub entity: Entity,
    pub entity_id: Uuid,
    /// Not kept of an entry that was edited in its place ([`Action::IN_PLACE`]).
    pub before: Option<Value>,
    pub after: Value,
}

/// A change of an entry, with the entry before it (if it was there) and right after it.
#[derive(Clone, Debug)]
pub struct EntryChange {
    pub change: Change,
    pub before: Option<Placed>,
    pub after: Placed,
}

impl EntryChange {
    /// It put the entry into another place, be it by restoring it.
    pub fn moved(&self) -> bool {
        let place = |placed: &Placed| (placed.entry.cell, placed.entry.rank);
        self.change.action == Action::Move || self.before.as_ref().map(place) != Some(place(&self.after))
    }
}

/// A sheet's columns, of whose changes those after number `after` are new to somebody.
#[derive(Clone, Debug)]
pub struct Unseen {
    pub sheet: SheetId,
    pub region: RegionId,
    pub columns: Vec<(Facet, FiscalYear)>,
    pub after: i64,
}

/// What a sheet's log is made of.
#[derive(Clone, Debug)]
pub struct SheetLog {
    pub region: RegionId,
    pub columns: Vec<(Facet, FiscalYear)>,
    /// This item's cells alone.
    pub item: Option<ItemId>,
    /// With what became of the sheet itself.
    pub sheet: Option<SheetId>,
    /// From this time on alone: milliseconds since 1970.
    pub from: Option<i64>,
}

/// Who did it, with the names of that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// `None`: no person, but an import or the command line.
    pub account: Option<AccountId>,
    pub name: String,
    pub organization: String,
    /// The name of the token with which a script did it in their name.
    pub via_token: Option<String>,
}

impl By {
    pub fn viewer(viewer: &Viewer) -> Self {
        By {
            account: Some(viewer.account.id),
            name: viewer.account.name.clone(),
            organization: viewer.account.organization.name.clone(),
            via_token: viewer.via_token.clone(),
        }
    }

    /// Whoever runs the command line.
    pub fn operator() -> Self {
        By {
            account: None,
            name: "システム管理者（コマンド）".to_owned(),
            organization: "システム管理".to_owned(),
            via_token: None,
        }
    }
}

impl Action {
    /// What leaves an entry where it stands. Such a change keeps nothing of before: its previous one has it.
    pub const IN_PLACE: [Action; 2] = [Self::Update, Self::Assign];

    /// 「（ウ）令和8年度の計画の取組を編集」, of a cell itself 「（ウ）令和8年度の計画にコメント」.
    pub fn summary(self, code: &str, cell: CellKey, of_entry: bool) -> String {
        let CellKey { facet, fiscal_year, .. } = cell;
        let entry = if of_entry { "の取組" } else { "" };
        format!("（{code}）{fiscal_year}の{}{entry}{}", facet.name(), self.verb())
    }

    fn verb(self) -> &'static str {
        match self {
            Action::Create => "を追加",
            Action::Update => "を編集",
            Action::Move => "を移動",
            Action::Assign => "の主体を変更",
            Action::Delete => "を削除",
            Action::Restore => "を復元",
            Action::Resolve => "のコメントを解決",
            Action::Reopen => "のコメントを未解決に戻す",
            Action::Comment => "にコメント",
            Action::Withdraw => "のコメントを取り消し",
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
    /// In which cells it is seen.
    pub cells: Vec<CellKey>,
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
            cells: Vec::new(),
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
    pub fn account(account: &Account, role: Role, summary: String) -> Self {
        Self::added(Entity::Account, account.id.0, summary, held(account, Some(role)))
    }

    /// Another role of an account in the region, or none any more.
    pub fn role(
        account: &Account,
        before: Option<Role>,
        after: Option<Role>,
        action: Action,
        summary: String,
    ) -> Self {
        NewChange {
            action,
            before: Some(held(account, before)),
            ..Self::added(Entity::Account, account.id.0, summary, held(account, after))
        }
    }

    pub fn handout(handout: &crate::handout::Handout, summary: String) -> Self {
        let after = json!({
            "fiscalYear": handout.fiscal_year, "number": handout.number, "title": handout.title,
        });
        Self::added(Entity::Handout, handout.id.0, summary, after)
    }

    /// A sheet with its columns and rows, in one.
    pub fn sheet(id: SheetId, summary: String, after: Value) -> Self {
        Self::added(Entity::Sheet, id.0, summary, after)
    }

    /// Scenes that were proposed for entries of a sheet, and are not any more.
    pub fn declined(id: SheetId, summary: String, after: Value, request: RequestId) -> Self {
        let request = Some(request);
        NewChange { action: Action::Update, request, ..Self::added(Entity::Sheet, id.0, summary, after) }
    }

    /// A sheet frozen, with all that stood on it.
    pub fn snapshot(id: SnapshotId, summary: String, after: Value, request: RequestId) -> Self {
        NewChange { request: Some(request), ..Self::added(Entity::Snapshot, id.0, summary, after) }
    }

    /// What became of a thread; of a comment, all that was said.
    pub fn thread(
        action: Action,
        before: Option<Logged>,
        after: &Thread,
        comment: Option<&Comment>,
        summary: String,
        request: Option<RequestId>,
    ) -> Result<Self, crate::Fault> {
        let logged = serde_json::to_value(after.logged(comment))?;
        Ok(NewChange {
            version: after.version,
            action,
            before: before.map(serde_json::to_value).transpose()?,
            cells: vec![after.cell],
            request,
            ..Self::added(Entity::Thread, after.id.0, summary, logged)
        })
    }

    pub fn entry(
        action: Action,
        before: Option<&Placed>,
        after: &Placed,
        summary: String,
        request: Option<RequestId>,
    ) -> Result<Self, crate::Fault> {
        let left = before.map(|before| before.entry.cell).filter(|cell| *cell != after.entry.cell);
        let in_place = Action::IN_PLACE.contains(&action);
        Ok(NewChange {
            version: after.entry.version,
            action,
            before: before.filter(|_| !in_place).map(serde_json::to_value).transpose()?,
            cells: left.into_iter().chain([after.entry.cell]).collect(),
            request,
            ..Self::added(Entity::Entry, after.entry.id.0, summary, serde_json::to_value(after)?)
        })
    }
}

/// An account with its role in a region.
fn held(account: &Account, role: Option<Role>) -> Value {
    json!({
        "login": account.login, "name": account.name, "organization": account.organization.id, "role": role,
    })
}
