//! The schema as the server tells it, and documents made of it that select all that can be reached.

use renkei_tests::Client;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Levels below a root's own field that a document selects, if the server's limits let it.
const DEPTH: usize = 3;

/// A field, or a field of an input: `Type.field`.
pub type Place = (String, String);

pub struct Schema {
    types: BTreeMap<String, Type>,
}

struct Type {
    kind: String,
    fields: Vec<Field>,
    inputs: Vec<Input>,
    /// Of a union or an interface.
    possible: Vec<String>,
}

struct Field {
    name: String,
    kind: String,
    arguments: Vec<Input>,
}

pub struct Input {
    pub name: String,
    /// The innermost type's name.
    pub kind: String,
    pub list: bool,
}

/// A document, and what it selects.
#[derive(Clone)]
pub struct Document {
    pub text: String,
    pub selects: BTreeSet<Place>,
}

/// What a document's arguments are: `Type.field.argument`, and how they are written. The others stay away.
const ARGUMENTS: [(&str, &str); 16] = [
    ("Query.region.id", "$region"),
    ("Query.sheet.regionId", "$region"),
    ("Query.sheet.fiscalYear", "2026"),
    ("Query.search.regionId", "$region"),
    ("Query.search.text", "\"\""),
    ("Query.drafts.sheetId", "$draftsOf"),
    ("Query.sheetEvents.sheetId", "$sheet"),
    ("Query.sheetEvents.afterSeq", "0"),
    ("Query.node.id", "$node"),
    ("Subscription.sheetEvents.sheetId", "$sheet"),
    ("Subscription.sheetEvents.afterSeq", "0"),
    ("Region.handouts.fiscalYear", "2026"),
    ("Row.cell.facet", "GOAL"),
    ("Row.cell.fiscalYear", "2026"),
    ("Sheet.since.seq", "0"),
    ("Sheet.changes.first", "100"),
];
/// A name, what is selected, and the fields that it is there for.
type Beside = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What lies deeper than the limits let a document go that selects all there is on the way.
const BESIDES: [Beside; 4] = [
    (
        "what stands in cells",
        "node(id: $sheet) { ... on Sheet { rows { cells { entries { id body notes { text } } } } } }",
        &[("Cell", "entries")],
    ),
    (
        "what was changed in cells",
        "node(id: $sheet) { ... on Sheet { rows { cells { changes(first: 2) { edges { node { id summary } } } } } } }",
        &[("Cell", "changes")],
    ),
    (
        "what is different",
        "node(id: $sheet) { ... on Sheet { since(seq: 0) { before { body } difference { text } entry { body }
            lastChange { summary byName } } } }",
        &[
            ("EntryDifference", "before"),
            ("EntryDifference", "difference"),
            ("EntryDifference", "entry"),
            ("EntryDifference", "lastChange"),
        ],
    ),
    (
        "who is here",
        "sheetEvents(sheetId: $sheet, afterSeq: 0) { ... on PresenceChanged { present { account { id name } } } }",
        &[("Presence", "account")],
    ),
];
/// Variables of such documents, each an ID.
const VARIABLES: [&str; 4] = ["region", "sheet", "draftsOf", "node"];

impl Schema {
    pub fn read(client: &Client) -> Self {
        let kind = "type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
        let query = format!(
            "{{ __schema {{ types {{ kind name possibleTypes {{ name }}
                fields(includeDeprecated: true) {{ name {kind} args {{ name {kind} }} }}
                inputFields {{ name {kind} }} }} }} }}"
        );
        let types = client.data(&query, json!({}))["__schema"]["types"].take();
        let named = |one: &Value| (text(&one["name"]), Type::from(one));
        let own = |one: &&Value| !text(&one["name"]).starts_with("__");
        Self { types: list(&types).iter().filter(own).map(named).collect() }
    }

    /// Every field of every object type.
    pub fn fields(&self) -> BTreeSet<Place> {
        let objects = self.types.iter().filter(|(_, one)| one.kind == "OBJECT");
        objects
            .flat_map(|(name, one)| one.fields.iter().map(move |field| (name.clone(), field.name.clone())))
            .collect()
    }

    /// The names of a root's fields.
    pub fn roots(&self, root: &str) -> Vec<String> {
        self.types[root].fields.iter().map(|field| field.name.clone()).collect()
    }

    /// The fields of a mutation's input, of which there is one or none.
    pub fn input(&self, mutation: &str) -> Option<(&str, &[Input])> {
        let kind = &self.field("Mutation", mutation).arguments.first()?.kind;
        Some((kind, &self.types[kind].inputs))
    }

    /// The ids in a mutation's input: `id`, and `entries.id` where it stands in each of a list.
    pub fn input_ids(&self, mutation: &str) -> Vec<String> {
        let inputs = self.input(mutation).map(|(_, inputs)| inputs).unwrap_or_default();
        let ids = |inputs: &[Input], before: &str| {
            let of = inputs.iter().filter(|input| input.kind == "ID");
            of.map(|input| format!("{before}{}", input.name)).collect::<Vec<_>>()
        };
        let inner = inputs.iter().filter_map(|input| Some((input, self.types.get(&input.kind)?)));
        let inner = inner.flat_map(|(input, one)| ids(&one.inputs, &format!("{}.", input.name)));
        ids(inputs, "").into_iter().chain(inner).collect()
    }

    /// Arguments that take an id, of whatever can be read or watched: `Type.field.argument`.
    pub fn id_arguments(&self) -> BTreeSet<String> {
        let objects = self.types.iter().filter(|(name, one)| one.kind == "OBJECT" && *name != "Mutation");
        let mut found = BTreeSet::new();
        for (name, one) in objects {
            for field in &one.fields {
                let ids = field.arguments.iter().filter(|argument| argument.kind == "ID");
                found.extend(ids.map(|argument| format!("{name}.{}.{}", field.name, argument.name)));
                let inner = field.arguments.iter().filter_map(|argument| self.types.get(&argument.kind));
                let ids = inner.flat_map(|one| &one.inputs).filter(|input| input.kind == "ID");
                found.extend(ids.map(|input| format!("{name}.{}.{}", field.name, input.name)));
            }
        }
        found
    }

    /// A mutation with all that its payload says, and a little of what that leads to.
    pub fn mutation(&self, name: &str, depth: usize) -> Document {
        let field = self.field("Mutation", name);
        let mut selects = BTreeSet::from([("Mutation".to_owned(), name.to_owned())]);
        let payload = self.selection(&field.kind, depth, &mut Vec::new(), &mut selects);
        let text = match self.input(name) {
            Some((kind, _)) => format!("mutation($input: {kind}!) {{ {name}(input: $input) {payload} }}"),
            None => format!("mutation {{ {name} {payload} }}"),
        };
        Document { text, selects }
    }

    pub fn subscription(&self, name: &str) -> Document {
        let mut selects = BTreeSet::new();
        let selection = self.chosen("Subscription", name, 2, &mut Vec::new(), &mut selects);
        Document { text: with_variables("subscription", &selection.unwrap_or_default()), selects }
    }

    /// Documents that together select every field that can be reached from the roots of `Query`; each is as deep as
    /// the server lets it be, which `accepts` tells.
    pub fn queries(&self, accepts: impl Fn(&Document) -> bool) -> Vec<(String, Document)> {
        let mut made = Vec::new();
        for root in &self.types["Query"].fields {
            let kinds = match self.types[&root.kind].possible.as_slice() {
                [] => vec![root.kind.clone()],
                possible => possible.to_vec(),
            };
            let call = self.call("Query", root);
            for kind in kinds {
                let inner = self.types[&kind].fields.iter().filter(|field| self.is_composite(&field.kind));
                let all = [None].into_iter().chain(inner.map(Some));
                for field in all {
                    let document = |depth| self.query(&call, root, &kind, field, depth);
                    let name = format!("{} {kind} {}", root.name, field.map_or("", |field| &field.name));
                    let accepted = (0..=DEPTH).rev().map(document).find(|one| accepts(one));
                    let Some(accepted) = accepted else { panic!("the server takes no query of {name}") };
                    made.push((name, accepted));
                }
            }
        }
        made.extend(BESIDES.iter().map(|(name, selection, selects)| {
            let selects =
                selects.iter().map(|(kind, field)| ((*kind).to_owned(), (*field).to_owned())).collect();
            ((*name).to_owned(), Document { text: with_variables("query", selection), selects })
        }));
        made
    }

    /// The plain fields of what a root gives, and one that leads on.
    fn query(&self, call: &str, root: &Field, kind: &str, field: Option<&Field>, depth: usize) -> Document {
        let mut selects = BTreeSet::from([("Query".to_owned(), root.name.clone())]);
        let mut path = vec![kind.to_owned()];
        let on = match field {
            None => self.plain(kind, &mut selects),
            Some(field) => self.chosen(kind, &field.name, depth, &mut path, &mut selects).unwrap_or_default(),
        };
        // Some have nothing that is plain.
        let text = with_variables("query", &format!("{call} {{ ... on {kind} {{ __typename {on} }} }}"));
        Document { text, selects }
    }

    fn plain(&self, kind: &str, selects: &mut BTreeSet<Place>) -> String {
        self.inside(kind, 0, &mut Vec::new(), selects)
    }

    /// `{ … }`, or nothing for what has no fields.
    fn selection(
        &self,
        kind: &str,
        depth: usize,
        path: &mut Vec<String>,
        selects: &mut BTreeSet<Place>,
    ) -> String {
        let possible = &self.types[kind].possible;
        if possible.is_empty() && self.types[kind].kind != "OBJECT" {
            return String::new();
        }
        let mut inside = String::from("{ __typename ");
        let kinds = if possible.is_empty() { std::slice::from_ref(&kind) } else { &[][..] };
        for kind in kinds.iter().copied().chain(possible.iter().map(String::as_str)) {
            path.push(kind.to_owned());
            let on = self.inside(kind, depth, path, selects);
            path.pop();
            if !on.is_empty() {
                inside += &format!("... on {kind} {{ {on}}} ");
            }
        }
        inside + "} "
    }

    fn inside(
        &self,
        kind: &str,
        depth: usize,
        path: &mut Vec<String>,
        selects: &mut BTreeSet<Place>,
    ) -> String {
        let chosen = |field: &Field| self.chosen(kind, &field.name, depth, path, selects);
        self.types[kind].fields.iter().filter_map(chosen).collect()
    }

    /// A field as it is selected; none that leads too deep, or back to what it came from.
    fn chosen(
        &self,
        kind: &str,
        name: &str,
        depth: usize,
        path: &mut Vec<String>,
        selects: &mut BTreeSet<Place>,
    ) -> Option<String> {
        let field = self.field(kind, name);
        if self.is_composite(&field.kind) && (depth == 0 || path.contains(&field.kind)) {
            return None;
        }
        selects.insert((kind.to_owned(), name.to_owned()));
        let call = self.call(kind, field);
        Some(format!("{call} {}", self.selection(&field.kind, depth.saturating_sub(1), path, selects)))
    }

    fn call(&self, kind: &str, field: &Field) -> String {
        let given = |argument: &Input| {
            let place = format!("{kind}.{}.{}", field.name, argument.name);
            let known = ARGUMENTS.iter().find(|(name, _)| *name == place)?;
            Some(format!("{}: {}", argument.name, known.1))
        };
        let given: Vec<String> = field.arguments.iter().filter_map(given).collect();
        if given.is_empty() { field.name.clone() } else { format!("{}({})", field.name, given.join(", ")) }
    }

    fn field(&self, kind: &str, name: &str) -> &Field {
        let found = self.types[kind].fields.iter().find(|field| field.name == name);
        found.unwrap_or_else(|| panic!("the schema has no {kind}.{name}"))
    }

    fn is_composite(&self, kind: &str) -> bool {
        matches!(self.types[kind].kind.as_str(), "OBJECT" | "UNION" | "INTERFACE")
    }
}

impl Type {
    fn from(one: &Value) -> Self {
        let field = |field: &Value| Field {
            name: text(&field["name"]),
            kind: innermost(&field["type"]).0,
            arguments: list(&field["args"]).iter().map(Input::from).collect(),
        };
        Self {
            kind: text(&one["kind"]),
            fields: list(&one["fields"]).iter().map(field).collect(),
            inputs: list(&one["inputFields"]).iter().map(Input::from).collect(),
            possible: list(&one["possibleTypes"]).iter().map(|one| text(&one["name"])).collect(),
        }
    }
}

impl Input {
    fn from(one: &Value) -> Self {
        let (kind, list) = innermost(&one["type"]);
        Self { name: text(&one["name"]), kind, list }
    }
}

/// A document may only declare what it uses.
fn with_variables(operation: &str, selection: &str) -> String {
    let used = VARIABLES.iter().filter(|name| {
        let dollar = format!("${name}");
        selection.split(&dollar).skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric))
    });
    let kind = |name: &str| if name == "draftsOf" { "ID" } else { "ID!" };
    let declared: Vec<String> = used.map(|name| format!("${name}: {}", kind(name))).collect();
    match declared.is_empty() {
        true => format!("{operation} {{ {selection} }}"),
        false => format!("{operation}({}) {{ {selection} }}", declared.join(", ")),
    }
}

fn innermost(kind: &Value) -> (String, bool) {
    match kind["kind"].as_str().unwrap() {
        "NON_NULL" => innermost(&kind["ofType"]),
        "LIST" => (innermost(&kind["ofType"]).0, true),
        _ => (text(&kind["name"]), false),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
