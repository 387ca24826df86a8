//! The matrix as the API tells it, and the mutations with all that their payloads can say.

use crate::Client;
use serde_json::{Value, json};

const ENTRY: &str =
    "fragment E on Entry { id item { id code } facet fiscalYear body notes { kind text depth }
    scenes explicitScenes owner { id name } position version deletedAt updatedAt updatedBy { login }
    viewerCanEdit }";
const CHANGE: &str = "fragment C on Change { id seq at by { login } byName byOrganization summary }";
const TEXT: &str = "fragment T on EntryText { body notes { kind text depth } explicitScenes }";
const SAVED: &str = "... on EntrySaved { merged entry { ...E } change { ...C } }";
const DELETED: &str = "... on EntryDeleted { id version change { ...C } }";
const CONFLICT: &str = "... on EditConflict { base { ...T } theirs { ...E } yours { ...T } }";
const REFUSAL: &str = "... on Refusal { code message field }";

/// A mutation with one input, with all that its payload can say.
pub fn request(name: &str, input: &Value) -> Value {
    json!({ "query": mutation(name), "variables": { "input": input } })
}

/// The document of a mutation of entries.
fn mutation(name: &str) -> String {
    let input: String =
        name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect();
    let (payload, fragments) = match name {
        "createEntry" => (SAVED.to_owned(), format!("{ENTRY} {CHANGE}")),
        "createEntries" => {
            let created = "... on EntriesCreated { results { merged entry { ...E } change { ...C } } }";
            (created.to_owned(), format!("{ENTRY} {CHANGE}"))
        }
        "deleteEntries" => {
            let results = format!("results {{ __typename {DELETED} {CONFLICT} {REFUSAL} }}");
            (format!("... on EntriesDeleted {{ {results} }}"), format!("{ENTRY} {CHANGE} {TEXT}"))
        }
        many if many.ends_with("Entries") => {
            let results = format!("results {{ __typename {SAVED} {CONFLICT} {REFUSAL} }}");
            (format!("... on EntriesChanged {{ {results} }}"), format!("{ENTRY} {CHANGE} {TEXT}"))
        }
        "deleteEntry" => (format!("{DELETED} {CONFLICT}"), format!("{ENTRY} {CHANGE} {TEXT}")),
        _ => (format!("{SAVED} {CONFLICT}"), format!("{ENTRY} {CHANGE} {TEXT}")),
    };
    format!(
        "mutation($input: {input}Input!) {{ {name}(input: $input) {{ __typename {payload} {REFUSAL} }} }} {fragments}"
    )
}

/// A fresh id of a request.
pub fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// A note as input.
pub fn note(kind: &str, text: &str, depth: i32) -> Value {
    json!({ "kind": kind, "text": text, "depth": depth })
}

/// A sheet as somebody sees it, with the region round it.
pub struct Matrix {
    pub region: Value,
    pub sheet: Value,
}

impl Matrix {
    /// The newest sheet of the first region that the client may read.
    pub fn read(client: &Client) -> Self {
        Self::filtered(client, &Value::Null)
    }

    pub fn filtered(client: &Client, filter: &Value) -> Self {
        let regions = client.data(
            "{ regions { id name organizations { id name shortName kind } sheets { id fiscalYear } } }",
            json!({}),
        );
        let region = regions["regions"][0].clone();
        let year = region["sheets"][0]["fiscalYear"].clone();
        let query = format!(
            "query($region: ID!, $year: Int!, $filter: EntryFilter) {{ sheet(regionId: $region, fiscalYear: $year) {{
                id fiscalYear title itemHeading itemFootnote phase seq secretariat {{ id name }}
                columns {{ facet fiscalYear heading asOf footnote }}
                rows(filter: $filter) {{ item {{ id code title scenes position }}
                    cells {{ facet fiscalYear hiddenCount viewerCanEdit entries {{ ...E }} }} }} }} }} {ENTRY}"
        );
        let variables = json!({ "region": region["id"], "year": year, "filter": filter });
        let sheet = client.data(&query, variables)["sheet"].take();
        Self { region, sheet }
    }

    pub fn seq(&self) -> i64 {
        self.sheet["seq"].as_i64().expect("seq is a number")
    }

    pub fn organization(&self, name: &str) -> Value {
        let organizations = self.region["organizations"].as_array().expect("a list");
        let found = organizations.iter().find(|one| one["name"] == name || one["shortName"] == name);
        found.unwrap_or_else(|| panic!("no organisation {name}"))["id"].clone()
    }

    pub fn row(&self, code: &str) -> &Value {
        let rows = self.sheet["rows"].as_array().expect("a list");
        rows.iter().find(|row| row["item"]["code"] == code).unwrap_or_else(|| panic!("no item {code}"))
    }

    pub fn item(&self, code: &str) -> Value {
        self.row(code)["item"]["id"].clone()
    }

    pub fn cell(&self, code: &str, facet: &str) -> &Value {
        let cells = self.row(code)["cells"].as_array().expect("a list");
        cells.iter().find(|cell| cell["facet"] == facet).unwrap_or_else(|| panic!("no cell {code} {facet}"))
    }

    /// Those of one cell, in order.
    pub fn entries_of(&self, code: &str, facet: &str) -> Vec<Value> {
        self.cell(code, facet)["entries"].as_array().expect("a list").clone()
    }

    /// All that the sheet shows, in order.
    pub fn entries(&self) -> Vec<Value> {
        let rows = self.sheet["rows"].as_array().expect("a list");
        let cells = rows.iter().flat_map(|row| row["cells"].as_array().expect("a list"));
        cells.flat_map(|cell| cell["entries"].as_array().expect("a list")).cloned().collect()
    }

    pub fn entry(&self, id: &Value) -> Value {
        self.entries().into_iter().find(|entry| &entry["id"] == id).unwrap_or_else(|| panic!("no entry {id}"))
    }

    /// Input of `createEntry` at the end of a cell.
    pub fn new_entry(&self, code: &str, facet: &str, body: &str) -> Value {
        json!({
            "requestId": request_id(), "sheetId": self.sheet["id"], "itemId": self.item(code), "facet": facet,
            "fiscalYear": self.cell(code, facet)["fiscalYear"], "body": body,
        })
    }
}

/// Entries in their versions, as the inputs of bulk edits name them.
pub fn versions(entries: &[Value]) -> Value {
    entries.iter().map(|entry| json!({ "id": entry["id"], "version": entry["version"] })).collect()
}

/// Input of `updateEntry` that changes the body alone.
pub fn edit(entry: &Value, body: &str) -> Value {
    json!({
        "requestId": request_id(), "id": entry["id"], "version": entry["version"], "body": body,
        "notes": entry["notes"], "explicitScenes": entry["explicitScenes"],
    })
}
