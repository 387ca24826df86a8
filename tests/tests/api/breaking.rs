//! What breaks requests that used to work is named in the change log for the API's users, or fails here.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// By their coordinates: `Sheet`, `Sheet.rows`, `Sheet.rows(filter:)`, `Phase.DRAFT`, `@skip`.
type Broken = BTreeMap<String, String>;

#[test]
fn whatever_breaks_requests_is_named_in_the_change_log() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read =
        |path: &str| fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let broken = broken(&read("crates/server/schema.released.graphql"), &renkei_server::graphql::sdl());
    let named = named(&read("docs/api-changes.md"));
    let unnamed: Vec<String> = (broken.iter())
        .filter(|(coordinate, _)| !named.contains(*coordinate))
        .map(|(coordinate, why)| format!("`{coordinate}`: {why}"))
        .collect();
    assert!(
        unnamed.is_empty(),
        "these break requests that used to work; name them under 未公開 / Unreleased in docs/api-changes.md:\n{}",
        unnamed.join("\n")
    );
}

/// What stands between back-ticks under the heading of what is not released yet.
fn named(log: &str) -> BTreeSet<String> {
    let section = log.split("\n## ").find(|section| section.starts_with("未公開 / Unreleased"));
    let section = section.expect("the heading 未公開 / Unreleased");
    section.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[derive(Default)]
struct Schema {
    types: BTreeMap<String, Kind>,
    directives: BTreeSet<String>,
}

enum Kind {
    /// An object or an interface, with the interfaces that it has.
    Fields(&'static str, BTreeSet<String>, BTreeMap<String, FieldDefinition>),
    Union(BTreeSet<String>),
    Enum(BTreeSet<String>),
    Input(BTreeMap<String, InputValueDefinition>),
    Scalar,
}

impl Schema {
    fn read(sdl: &str) -> Self {
        let mut schema = Schema::default();
        for definition in parse_schema(sdl).unwrap().definitions {
            match definition {
                TypeSystemDefinition::Schema(_) => {}
                TypeSystemDefinition::Directive(directive) => {
                    schema.directives.insert(directive.node.name.node.to_string());
                }
                TypeSystemDefinition::Type(ty) => {
                    schema.types.insert(ty.node.name.node.to_string(), Kind::of(ty.node.kind));
                }
            }
        }
        schema
    }
}

impl Kind {
    fn of(kind: TypeKind) -> Self {
        let fields = |fields: Vec<async_graphql::Positioned<FieldDefinition>>| {
            fields.into_iter().map(|field| (field.node.name.node.to_string(), field.node)).collect()
        };
        match kind {
            TypeKind::Object(object) => {
                let interfaces = object.implements.iter().map(|one| one.node.to_string()).collect();
                Kind::Fields("an object", interfaces, fields(object.fields))
            }
            TypeKind::Interface(interface) => {
                let interfaces = interface.implements.iter().map(|one| one.node.to_string()).collect();
                Kind::Fields("an interface", interfaces, fields(interface.fields))
            }
            TypeKind::Union(union) => {
                Kind::Union(union.members.iter().map(|one| one.node.to_string()).collect())
            }
            TypeKind::Enum(all) => {
                Kind::Enum(all.values.iter().map(|one| one.node.value.node.to_string()).collect())
            }
            TypeKind::InputObject(input) => Kind::Input(inputs(&input.fields)),
            TypeKind::Scalar => Kind::Scalar,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Kind::Fields(name, ..) => name,
            Kind::Union(_) => "a union",
            Kind::Enum(_) => "an enum",
            Kind::Input(_) => "an input",
            Kind::Scalar => "a scalar",
        }
    }
}

fn inputs(
    list: &[async_graphql::Positioned<InputValueDefinition>],
) -> BTreeMap<String, InputValueDefinition> {
    list.iter().map(|one| (one.node.name.node.to_string(), one.node.clone())).collect()
}

fn broken(before: &str, now: &str) -> Broken {
    let (before, now) = (Schema::read(before), Schema::read(now));
    let mut broken = Broken::new();
    for directive in before.directives.difference(&now.directives) {
        broken.insert(format!("@{directive}"), "is gone".to_owned());
    }
    for (name, was) in &before.types {
        match now.types.get(name) {
            None => drop(broken.insert(name.clone(), "is gone".to_owned())),
            Some(is) => compare(name, was, is, &mut broken),
        }
    }
    broken
}

fn compare(name: &str, was: &Kind, is: &Kind, broken: &mut Broken) {
    let mut gone = |was: &BTreeSet<String>, is: &BTreeSet<String>, what: &str| {
        for member in was.difference(is) {
            broken.insert(format!("{name}.{member}"), format!("{what} is gone"));
        }
    };
    match (was, is) {
        (Kind::Fields(a, had, fields), Kind::Fields(b, has, others)) if a == b => {
            gone(had, has, "the interface");
            compare_fields(name, fields, others, broken);
        }
        (Kind::Union(was), Kind::Union(is)) => gone(was, is, "the member"),
        (Kind::Enum(was), Kind::Enum(is)) => gone(was, is, "the value"),
        (Kind::Input(was), Kind::Input(is)) => {
            compare_inputs(was, is, |field| format!("{name}.{field}"), broken)
        }
        (Kind::Scalar, Kind::Scalar) => {}
        _ => drop(broken.insert(name.to_owned(), format!("was {}, is {}", was.name(), is.name()))),
    }
}

fn compare_fields(
    name: &str,
    was: &BTreeMap<String, FieldDefinition>,
    is: &BTreeMap<String, FieldDefinition>,
    broken: &mut Broken,
) {
    for (field, was) in was {
        let coordinate = format!("{name}.{field}");
        let Some(is) = is.get(field) else {
            broken.insert(coordinate, "is gone".to_owned());
            continue;
        };
        if !gives(&was.ty.node, &is.ty.node) {
            broken.insert(coordinate.clone(), format!("was {}, is {}", was.ty.node, is.ty.node));
        }
        let argument = |argument: &str| format!("{coordinate}({argument}:)");
        compare_inputs(&inputs(&was.arguments), &inputs(&is.arguments), argument, broken);
    }
}

fn compare_inputs(
    was: &BTreeMap<String, InputValueDefinition>,
    is: &BTreeMap<String, InputValueDefinition>,
    coordinate: impl Fn(&str) -> String,
    broken: &mut Broken,
) {
    let default = |one: &InputValueDefinition| one.default_value.as_ref().map(|value| value.node.to_string());
    for (name, was) in was {
        match is.get(name) {
            None => drop(broken.insert(coordinate(name), "is gone".to_owned())),
            Some(is) if !takes(&was.ty.node, &is.ty.node) => {
                broken.insert(coordinate(name), format!("was {}, is {}", was.ty.node, is.ty.node));
            }
            Some(is) if default(was) != default(is) => {
                broken.insert(
                    coordinate(name),
                    format!("stood for {:?}, stands for {:?}", default(was), default(is)),
                );
            }
            Some(_) => {}
        }
    }
    for (name, is) in is.iter().filter(|(name, _)| !was.contains_key(*name)) {
        if !is.ty.node.nullable && is.default_value.is_none() {
            broken.insert(coordinate(name), "is new and has to be given".to_owned());
        }
    }
}

/// Whether an answer of the new type is one of the old type.
fn gives(was: &Type, is: &Type) -> bool {
    (was.nullable || !is.nullable) && same_shape(was, is, gives)
}

/// Whether what could be given before still can.
fn takes(was: &Type, is: &Type) -> bool {
    (is.nullable || !was.nullable) && same_shape(was, is, takes)
}

fn same_shape(was: &Type, is: &Type, inner: fn(&Type, &Type) -> bool) -> bool {
    match (&was.base, &is.base) {
        (BaseType::Named(was), BaseType::Named(is)) => was == is,
        (BaseType::List(was), BaseType::List(is)) => inner(was, is),
        _ => false,
    }
}

const BEFORE: &str = "
    directive @old on FIELD
    interface Node { id: ID! }
    scalar Time
    enum Phase { DRAFT FIXED }
    union Found = Entry | Sheet
    type Sheet { title: String rows(filter: Filter, first: Int = 20, exact: Boolean): [Entry!]! }
    type Entry implements Node { id: ID! body: String! notes: [String!]! }
    type Query { sheet(id: ID!): Sheet }
    input Filter { text: String scenes: [Phase!] joint: Boolean! }";

#[test]
fn every_kind_of_breach_is_seen() {
    for (old, new, coordinates) in [
        ("directive @old on FIELD", "", vec!["@old"]),
        ("scalar Time", "", vec!["Time"]),
        ("scalar Time", "enum Time { NOW }", vec!["Time"]),
        ("DRAFT FIXED", "DRAFT", vec!["Phase.FIXED"]),
        ("= Entry | Sheet", "= Entry", vec!["Found.Sheet"]),
        ("Entry implements Node", "Entry", vec!["Entry.Node"]),
        ("body: String!", "", vec!["Entry.body"]),
        ("body: String!", "body: String", vec!["Entry.body"]),
        ("body: String!", "body: Time!", vec!["Entry.body"]),
        ("notes: [String!]!", "notes: [String]!", vec!["Entry.notes"]),
        ("notes: [String!]!", "notes: String!", vec!["Entry.notes"]),
        ("sheet(id: ID!)", "sheet", vec!["Query.sheet(id:)"]),
        ("sheet(id: ID!)", "sheet(id: ID!, year: Int!)", vec!["Query.sheet(year:)"]),
        ("exact: Boolean", "exact: Boolean!", vec!["Sheet.rows(exact:)"]),
        ("exact: Boolean", "exact: Int", vec!["Sheet.rows(exact:)"]),
        ("first: Int = 20", "first: Int = 10", vec!["Sheet.rows(first:)"]),
        ("first: Int = 20", "first: Int", vec!["Sheet.rows(first:)"]),
        ("text: String", "", vec!["Filter.text"]),
        ("text: String", "text: String!", vec!["Filter.text"]),
        ("[Phase!]", "[Phase]", vec![]),
        ("[Phase!]", "[[Phase!]]", vec!["Filter.scenes"]),
        ("joint: Boolean!", "joint: Boolean! year: Int!", vec!["Filter.year"]),
        ("type Sheet", "type Page", vec!["Sheet"]),
    ] {
        let now = BEFORE.replace(old, new);
        assert_ne!(now, BEFORE, "{old}");
        let found: Vec<String> = broken(BEFORE, &now).into_keys().collect();
        assert_eq!(found, coordinates, "{old} → {new}");
    }
}

#[test]
fn what_is_added_or_loosened_breaks_nothing() {
    for (old, new) in [
        ("scalar Time", "scalar Time scalar Day"),
        ("DRAFT FIXED", "DRAFT REVIEW FIXED"),
        ("= Entry | Sheet", "= Entry | Sheet | Query"),
        ("type Sheet {", "type Sheet implements Node { id: ID!"),
        ("title: String", "title: String!"),
        ("sheet(id: ID!)", "sheet(id: ID)"),
        ("sheet(id: ID!)", "sheet(id: ID!, year: Int, exact: Boolean! = true)"),
        ("joint: Boolean!", "joint: Boolean"),
        ("text: String", "text: String year: Int day: Int! = 1"),
        ("type Query", "\"\"\"Described.\"\"\" type Query"),
    ] {
        let now = BEFORE.replace(old, new);
        assert_ne!(now, BEFORE, "{old}");
        assert_eq!(broken(BEFORE, &now), Broken::new(), "{old} → {new}");
    }
}

#[test]
fn a_name_counts_under_the_right_heading_alone() {
    let log = "# Changes\n`Zero`\n## 未公開 / Unreleased\n- `Sheet.title` and `Sheet.rows(filter:)`\n## 0.1\n- `Old`\n";
    let names: Vec<String> = named(log).into_iter().collect();
    assert_eq!(names, ["Sheet.rows(filter:)", "Sheet.title"]);
}
