//! What the server tells of a file, and what a person chooses of it. `docs/import.md` has its shape.

use crate::text::import as text;
use renkei_domain::{Facet, FiscalYear, Note, SceneSet, outline};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    pub report: Report,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// The year has no sheet, and gets it.
    #[serde(default)]
    pub new_sheet: bool,
    pub same: usize,
    pub differences: Vec<Difference>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub form_name: String,
    pub tables: Vec<Table>,
    pub columns: Vec<ReadColumn>,
    pub rows: Vec<ReadRow>,
    pub notices: Vec<Notice>,
    pub more_notices: usize,
    pub left_out: usize,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub taken: bool,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct ReadColumn {
    pub column: usize,
    pub heading: String,
    pub role: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct ReadRow {
    pub line: usize,
    pub text: String,
    pub role: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Notice {
    pub kind: String,
    pub place: String,
    pub message: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Column {
    pub heading: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Row {
    pub code: String,
    pub title: String,
    pub cells: Vec<Vec<Text>>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    pub key: String,
    pub kind: String,
    pub version: i32,
    pub code: String,
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
    pub have: Option<Text>,
    pub want: Option<Text>,
    pub merged: bool,
    pub edited: Option<Edited>,
    pub refused: Option<String>,
    pub taken: bool,
}

impl Difference {
    /// （ア）令和8年度の計画
    pub fn place(&self) -> String {
        format!("（{}）{}の{}", self.code, self.fiscal_year, self.facet.name())
    }
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Edited {
    pub by: Option<String>,
    pub organization: Option<String>,
    pub at: Option<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Text {
    pub body: String,
    pub notes: Vec<Note>,
    pub explicit_scenes: SceneSet,
    pub owner: Option<Named>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Named {
    pub name: String,
}

impl Text {
    /// As it is printed, and what is said of it beside its text.
    pub fn printed(&self) -> String {
        let mut printed = outline::print(&self.body, &self.notes);
        if let Some(owner) = &self.owner {
            printed.push('\n');
            printed.push_str(&text::owner(&owner.name));
        }
        if !self.explicit_scenes.is_empty() {
            let names: Vec<&str> = self.explicit_scenes.iter().map(|scene| scene.name()).collect();
            printed.push('\n');
            printed.push_str(&text::scenes(&names.join("、")));
        }
        printed
    }
}

/// What a person says of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Choices {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<usize>,
    pub columns: BTreeMap<usize, String>,
    pub rows: BTreeMap<usize, String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Done {
    pub created: usize,
    pub updated: usize,
    pub deleted: usize,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Undone {
    pub undone: usize,
    pub left: usize,
}

impl Preview {
    pub fn count(&self, kind: &str) -> usize {
        self.differences.iter().filter(|difference| difference.kind == kind).count()
    }

    /// What is chosen before anybody has chosen.
    pub fn proposed(&self) -> BTreeSet<String> {
        let taken = self.differences.iter().filter(|difference| difference.taken);
        taken.map(|difference| difference.key.clone()).collect()
    }

    /// All that may be chosen.
    pub fn allowed(&self) -> BTreeSet<String> {
        let allowed = self.differences.iter().filter(|difference| difference.refused.is_none());
        allowed.map(|difference| difference.key.clone()).collect()
    }

    /// What is chosen, with the versions that were seen, as it is sent.
    pub fn take(&self, chosen: &BTreeSet<String>) -> BTreeMap<String, i32> {
        let chosen = self.differences.iter().filter(|difference| chosen.contains(&difference.key));
        chosen.map(|difference| (difference.key.clone(), difference.version)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn preview() -> Preview {
        let difference = |key: &str, kind: &str, version: i32, taken: bool, refused: Option<&str>| {
            json!({
                "key": key, "kind": kind, "version": version, "code": "ア", "facet": "PLAN", "fiscalYear": 2026,
                "line": 2, "have": null, "merged": false, "edited": null, "refused": refused, "taken": taken,
                "want": { "body": "本文", "notes": [{ "kind": "ASTERISK", "text": "注", "depth": 0 }],
                          "explicitScenes": ["END_OF_LIFE"], "owner": { "id": "1", "name": "本庄市" } },
            })
        };
        let report = json!({
            "form": "XLSX", "formName": "Excel", "beside": true, "tables": [], "columns": [], "rows": [],
            "notices": [], "moreNotices": 0, "leftOut": 0,
        });
        serde_json::from_value(json!({
            "report": report, "columns": [], "rows": [], "same": 3,
            "differences": [
                difference("a", "NEW", 0, true, None),
                difference("b", "MISSING", 4, false, None),
                difference("c", "CHANGED", 2, false, Some("だめ")),
            ],
        }))
        .unwrap()
    }

    #[test]
    fn what_is_proposed_can_be_changed_and_is_sent_with_its_version() {
        let preview = preview();
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<String>>();
        assert_eq!(preview.proposed(), keys(&["a"]));
        assert_eq!(preview.allowed(), keys(&["a", "b"]));
        assert_eq!(preview.take(&keys(&["b", "x"])), BTreeMap::from([("b".to_owned(), 4)]));
        assert_eq!(preview.count("NEW"), 1);
    }

    #[test]
    fn an_entry_is_shown_with_what_stands_beside_it() {
        let preview = preview();
        let want = preview.differences[0].want.clone().unwrap();
        assert_eq!(want.printed(), "○本文\n*注\n主体：本庄市\n場面：看取り");
        assert_eq!(preview.differences[0].place(), "（ア）令和8年度の計画");
    }

    #[test]
    fn choices_are_sent_as_the_server_reads_them() {
        let mut choices = Choices::default();
        assert_eq!(serde_json::to_value(&choices).unwrap(), json!({ "columns": {}, "rows": {} }));
        choices.columns.insert(4, "GOAL".to_owned());
        choices.table = Some(2);
        let sent = json!({ "table": 2, "columns": { "4": "GOAL" }, "rows": {} });
        assert_eq!(serde_json::to_value(&choices).unwrap(), sent);
    }
}
