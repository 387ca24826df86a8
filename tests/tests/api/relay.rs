//! What Relay, Apollo and urql build on: whatever has an id is a node and is found again by it, ids are unique over all
//! types, and a cursor goes on rightly whatever has come and gone since. The lists of types and connections are the
//! schema's: a new one fails here until it is looked at.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, TypeKind, TypeSystemDefinition};
use renkei_tests::{Client, Matrix, TestApp, edit, request_id};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Payloads that name by its id what is not there any more: no things of their own.
const GONE: [&str; 2] = ["EntryDeleted", "TokenRevoked"];

/// Objects and interfaces of the schema: what they implement, and their fields.
fn objects() -> BTreeMap<String, (Vec<String>, Vec<FieldDefinition>)> {
    let mut objects = BTreeMap::new();
    for definition in parse_schema(renkei_server::graphql::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        if let TypeKind::Object(object) = ty.node.kind {
            let interfaces = object.implements.iter().map(|one| one.node.to_string()).collect();
            let fields = object.fields.into_iter().map(|field| field.node).collect();
            objects.insert(ty.node.name.node.to_string(), (interfaces, fields));
        }
    }
    objects
}

fn nodes() -> BTreeSet<String> {
    let with_id = objects().into_iter().filter(|(name, (_, fields))| {
        fields.iter().any(|field| field.name.node == "id" && field.ty.node.to_string() == "ID!")
            && !GONE.contains(&name.as_str())
    });
    with_id.map(|(name, _)| name).collect()
}

#[test]
fn whatever_has_an_id_is_a_node() {
    let objects = objects();
    for name in nodes() {
        assert!(objects[&name].0.contains(&"Node".to_owned()), "{name} has an id and is no Node");
    }
    for gone in GONE {
        assert!(objects.contains_key(gone), "{gone}");
    }
}

#[test]
fn every_node_is_found_by_its_id_and_no_two_have_the_same() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub-approver"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    everything(&hub, &matrix);
    something_new(&hub, &honjo, &matrix, &matrix.entries_of("ア", "GOAL")[0], 0);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for document in [
        "{ regions { __typename id organizations { __typename id } accounts { __typename id }
            items { __typename id } handouts(fiscalYear: 2026) { __typename id } } }",
        "{ regions { sheets { __typename id snapshots { __typename id } } } }",
        "{ regions { sheets { threads { __typename id comments { __typename id } } } } }",
        "{ regions { sheets { changes(first: 20) { edges { node { __typename id } } } } } }",
        "{ regions { sheets { rows { item { __typename id } cells { entries { __typename id } } } } } }",
        "{ viewer { __typename id } drafts { __typename id } tokens { __typename id } }",
        "{ notices { edges { node { __typename id } } } }",
    ] {
        gather(&hub.data(document, json!({})), &mut found);
    }
    let kinds: BTreeSet<String> = found.values().cloned().collect();
    assert_eq!(kinds, nodes(), "one of each, and nothing else");
    for (id, kind) in &found {
        let node = hub.data("query($id: ID!) { node(id: $id) { __typename id } }", json!({ "id": id }));
        assert_eq!(node["node"], json!({ "__typename": kind, "id": id }));
    }
    // What is one's own alone is nobody else's by its id either.
    for (id, _) in found.iter().filter(|(_, kind)| ["Draft", "Token", "Notice"].contains(&kind.as_str())) {
        let node = honjo.data("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id }));
        assert_eq!(node["node"], Value::Null);
    }
}

/// One of each that is not there from the beginning.
fn everything(hub: &Client, matrix: &Matrix) {
    let entry = &matrix.entries()[0];
    hub.change("updateEntry", &edit(entry, "履歴のある取組"));
    let thread = "mutation($input: CreateThreadInput!) { createThread(input: $input) { __typename } }";
    let input = json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "entryId": entry["id"], "body": "コメント" });
    hub.data(thread, json!({ "input": input }));
    let snapshot = "mutation($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename ... on Refusal { message } } }";
    let input = json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "label": "第1回" });
    hub.data(snapshot, json!({ "input": input }));
    let draft = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename } }";
    let input = json!({ "sheetId": matrix.sheet["id"], "deviceId": "d", "entryId": entry["id"], "outline": "○",
        "version": 1, "typedAt": "2026-02-06T01:23:45.678Z" });
    hub.data(draft, json!({ "input": input }));
    let token = "mutation($input: CreateTokenInput!) { createToken(input: $input) { __typename } }";
    let input = json!({ "requestId": request_id(), "name": "集計", "scope": "READ_ONLY", "days": 30 });
    hub.data(token, json!({ "input": input }));
}

/// All that an answer names by id, with its type: the same id is always of the same.
fn gather(answer: &Value, found: &mut BTreeMap<String, String>) {
    match answer {
        Value::Array(list) => list.iter().for_each(|one| gather(one, found)),
        Value::Object(fields) => {
            if let (Some(kind), Some(id)) = (fields.get("__typename"), fields.get("id")) {
                let (kind, id) = (kind.as_str().unwrap().to_owned(), id.as_str().unwrap().to_owned());
                let before = found.insert(id.clone(), kind.clone());
                assert!(before.is_none_or(|before| before == kind), "{id} is of two types");
            }
            fields.values().for_each(|one| gather(one, found));
        }
        _ => {}
    }
}

#[test]
fn connections_have_the_shape_of_the_specification() {
    let objects = objects();
    let field = |name: &str, field: &str| {
        let fields = &objects.get(name).unwrap_or_else(|| panic!("no {name}")).1;
        let found = fields.iter().find(|one| one.name.node == field);
        found.unwrap_or_else(|| panic!("no {name}.{field}")).ty.node.to_string()
    };
    for (name, kind) in [
        ("hasNextPage", "Boolean!"),
        ("hasPreviousPage", "Boolean!"),
        ("startCursor", "String"),
        ("endCursor", "String"),
    ] {
        assert_eq!(field("PageInfo", name), kind);
    }
    let mut connections = 0;
    for name in objects.keys().filter(|name| name.ends_with("Connection")) {
        connections += 1;
        let of = name.trim_end_matches("Connection");
        assert_eq!(field(name, "edges"), format!("[{of}Edge!]!"));
        assert_eq!(field(name, "pageInfo"), "PageInfo!");
        assert_eq!(field(&format!("{of}Edge"), "cursor"), "String!");
        assert_eq!(field(&format!("{of}Edge"), "node"), format!("{of}!"));
        assert!(objects[of].0.contains(&"Node".to_owned()), "{of}");
    }
    assert!(connections >= 2, "{connections}");
    for (name, (_, fields)) in &objects {
        for field in fields
            .iter()
            .filter(|field| field.ty.node.to_string().trim_end_matches('!').ends_with("Connection"))
        {
            let argument = |wanted: &str| {
                let found = field.arguments.iter().find(|one| one.node.name.node == wanted);
                found.map(|one| one.node.ty.node.to_string()).unwrap_or_default()
            };
            let path = format!("{name}.{}", field.name.node);
            assert_eq!((argument("first").as_str(), argument("after").as_str()), ("Int", "String"), "{path}");
            assert!(
                PAGED_ELSEWHERE.contains(&path.as_str()) || PAGED.iter().any(|(known, _)| *known == path),
                "{path}: say below how it is paged through"
            );
        }
    }
}

/// Each connection, as it is asked for with `first` and `after`; `SHEET` and `ENTRY` are ids.
const PAGED: [(&str, &str); 5] = [
    ("Sheet.changes", "node(id: \"SHEET\") { ... on Sheet { list: changes(PAGE) { EDGES } } }"),
    ("Entry.changes", "node(id: \"ENTRY\") { ... on Entry { list: changes(PAGE) { EDGES } } }"),
    (
        "Cell.changes",
        "node(id: \"SHEET\") { ... on Sheet { row: rows { item { code } cell(facet: GOAL, fiscalYear: 2026) { list: changes(PAGE) { EDGES } } } } }",
    ),
    ("Query.waitingThreads", "list: waitingThreads(PAGE) { EDGES }"),
    ("Query.notices", "list: notices(PAGE) { EDGES }"),
];

/// Ordered by name and by place, not by when they were made; `operator.rs` and `search.rs` page through them.
const PAGED_ELSEWHERE: [&str; 2] = ["Query.regionPage", "Query.search"];

struct Page {
    ids: Vec<String>,
    cursors: Vec<String>,
    info: Value,
}

fn page(client: &Client, asked: &str, ids: (&Value, &Value), page: &str) -> Page {
    let edges = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    let document = asked
        .replace("SHEET", ids.0.as_str().unwrap())
        .replace("ENTRY", ids.1.as_str().unwrap())
        .replace("PAGE", page)
        .replace("EDGES", edges);
    let answer = client.data(&format!("{{ {document} }}"), json!({}));
    let list = match &answer["node"]["row"] {
        // The cell of （ア）'s goal.
        Value::Array(rows) => {
            let row = rows.iter().find(|row| row["item"]["code"] == "ア").unwrap();
            row["cell"]["list"].clone()
        }
        _ if answer["list"].is_object() => answer["list"].clone(),
        _ => answer["node"]["list"].clone(),
    };
    let of = |name: fn(&Value) -> &Value| -> Vec<String> {
        let edges = list["edges"].as_array().unwrap_or_else(|| panic!("{answer}"));
        edges.iter().map(|edge| name(edge).as_str().unwrap().to_owned()).collect()
    };
    Page {
        ids: of(|edge| &edge["node"]["id"]),
        cursors: of(|edge| &edge["cursor"]),
        info: list["pageInfo"].clone(),
    }
}

/// Something new in each of the lists.
fn something_new(hub: &Client, honjo: &Client, matrix: &Matrix, entry: &Value, nth: usize) {
    let mut input = edit(entry, &format!("{nth}回目"));
    input["version"] = hub
        .data("query($id: ID!) { node(id: $id) { ... on Entry { version } } }", json!({ "id": entry["id"] }))
        ["node"]["version"]
        .clone();
    assert_eq!(hub.change("updateEntry", &input)["__typename"], "EntrySaved");
    let thread = "mutation($input: CreateThreadInput!) { createThread(input: $input) { __typename ... on ThreadSaved { thread { id } } } }";
    let input = json!({ "requestId": request_id(), "sheetId": matrix.sheet["id"], "entryId": matrix.entries()[nth + 5]["id"],
        "body": format!("{nth}件目"), "mentionIds": [matrix.organization("在宅医療連携拠点")] });
    assert_eq!(honjo.data(thread, json!({ "input": input }))["createThread"]["__typename"], "ThreadSaved");
}

#[test]
fn a_cursor_goes_on_rightly_whatever_has_come_and_gone() {
    let app = TestApp::demo();
    let (hub, honjo) = (app.sign_in("hub"), app.sign_in("honjo"));
    let matrix = Matrix::read(&hub);
    let entry = matrix.entries_of("ア", "GOAL")[0].clone();
    for nth in 0..7 {
        something_new(&hub, &honjo, &matrix, &entry, nth);
    }
    for (fresh, (name, asked)) in (7..).zip(PAGED) {
        let ids = (&matrix.sheet["id"], &entry["id"]);
        let read = |arguments: &str| page(&hub, asked, ids, arguments);
        let whole = read("first: 100");
        assert!(whole.ids.len() >= 7, "{name}: {:?}", whole.ids);
        assert_eq!(whole.cursors.iter().collect::<BTreeSet<_>>().len(), whole.ids.len(), "{name}");
        assert_eq!(
            (&whole.info["hasNextPage"], &whole.info["hasPreviousPage"]),
            (&json!(false), &json!(false)),
            "{name}"
        );
        let first = read("first: 3");
        assert_eq!((&first.ids[..], &first.info["hasNextPage"]), (&whole.ids[..3], &json!(true)), "{name}");
        assert_eq!(
            (&first.info["startCursor"], &first.info["endCursor"]),
            (&json!(first.cursors[0]), &json!(first.cursors[2])),
            "{name}"
        );
        // New ones come in front.
        something_new(&hub, &honjo, &matrix, &entry, fresh);
        let second = read(&format!("first: 3, after: \"{}\"", first.cursors[2]));
        assert_eq!(second.ids, whole.ids[3..6], "{name}");
        assert_eq!(second.cursors, whole.cursors[3..6], "{name}: a cursor stays what it was");
        assert_eq!(second.info["hasPreviousPage"], true, "{name}");
        let rest = read(&format!("first: 100, after: \"{}\"", second.cursors[2]));
        assert_eq!((&rest.ids[..], &rest.info["hasNextPage"]), (&whole.ids[6..], &json!(false)), "{name}");
        let none = read(&format!("first: 100, after: \"{}\"", whole.cursors.last().unwrap()));
        assert_eq!(
            (none.ids.len(), &none.info["startCursor"], &none.info["endCursor"]),
            (0, &Value::Null, &Value::Null),
            "{name}"
        );
        assert_eq!(read("first: 0").ids.len(), 0, "{name}");
    }
    // What goes takes nothing else along, also where the cursor stood on it.
    let (name, asked) = PAGED[3];
    let ids = (&matrix.sheet["id"], &entry["id"]);
    let whole = page(&hub, asked, ids, "first: 100");
    let resolve = "mutation($input: ThreadInput!) { resolveThread(input: $input) { __typename } }";
    for gone in [&whole.ids[2], &whole.ids[4]] {
        let input = json!({ "requestId": request_id(), "threadId": gone });
        assert_eq!(
            hub.data(resolve, json!({ "input": input }))["resolveThread"]["__typename"],
            "ThreadSaved"
        );
    }
    let after = page(&hub, asked, ids, &format!("first: 3, after: \"{}\"", whole.cursors[2]));
    assert_eq!(after.ids, [&whole.ids[3..4], &whole.ids[5..7]].concat(), "{name}");
}
