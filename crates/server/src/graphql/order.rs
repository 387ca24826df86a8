//! The order of an answer's fields: that of the document, as the specification has it. The library gives each field when
//! it is done.

use async_graphql::{
    Name, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, FragmentDefinition, OperationType, Selection, SelectionSet},
};
use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

/// Fields that a document is followed through. One with more is beyond every limit, and refused before it runs.
const FIELDS: usize = 20_000;
/// Levels that it is followed down, for the same reason: fragments may be in themselves.
const LEVELS: usize = 64;

/// Of one request's operations.
#[derive(Default)]
pub struct Order(OnceLock<Vec<(Option<Name>, Fields)>>);

/// What is asked of an object, in its order, and what of each of these.
#[derive(Default)]
struct Fields(IndexMap<Name, Fields>);

impl Order {
    /// Learns what is asked.
    pub fn read(&self, document: &ExecutableDocument) {
        let mut reader = Reader { fragments: &document.fragments, fields: FIELDS, levels: LEVELS };
        let operations = document.operations.iter().map(|(name, operation)| {
            let mut fields = Fields::default();
            reader.read(&mut fields, &operation.node.selection_set.node, &mut HashSet::new());
            if operation.node.ty == OperationType::Subscription {
                fields.tighten();
            }
            (name.cloned(), fields)
        });
        // A request has one document.
        let _ = self.0.set(operations.collect());
    }

    /// Puts what an operation has answered into its order.
    pub fn put(&self, operation: Option<&str>, data: &mut Value) {
        let operations = self.0.get().map(Vec::as_slice).unwrap_or_default();
        let named = |name: &Option<Name>| name.as_ref().map(Name::as_str) == operation;
        let found = match operations {
            [(_, only)] => Some(only),
            several => several.iter().find(|(name, _)| named(name)).map(|(_, fields)| fields),
        };
        if let Some(fields) = found {
            fields.put(data);
        }
    }
}

struct Reader<'a> {
    fragments: &'a HashMap<Name, async_graphql::Positioned<FragmentDefinition>>,
    fields: usize,
    levels: usize,
}

impl<'a> Reader<'a> {
    /// Adds a selection's fields, those of its fragments where they stand: whatever type they are about, as what is not
    /// in the answer takes no place in it.
    fn read(&mut self, fields: &mut Fields, set: &'a SelectionSet, spread: &mut HashSet<&'a Name>) {
        if self.levels == 0 {
            return;
        }
        self.levels -= 1;
        for selection in &set.items {
            if self.fields == 0 {
                break;
            }
            self.fields -= 1;
            match &selection.node {
                Selection::Field(field) => {
                    let inner = fields.0.entry(field.node.response_key().node.clone()).or_default();
                    self.read(inner, &field.node.selection_set.node, &mut HashSet::new());
                }
                Selection::InlineFragment(fragment) => {
                    self.read(fields, &fragment.node.selection_set.node, spread);
                }
                Selection::FragmentSpread(place) => {
                    let name = &place.node.fragment_name.node;
                    if let Some(fragment) = self.fragments.get(name).filter(|_| spread.insert(name)) {
                        self.read(fields, &fragment.node.selection_set.node, spread);
                    }
                }
            }
        }
        self.levels += 1;
    }
}

impl Fields {
    /// A subscription keeps them as long as it lives.
    fn tighten(&mut self) {
        self.0.shrink_to_fit();
        self.0.values_mut().for_each(Fields::tighten);
    }

    fn put(&self, value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.put(item)),
            Value::Object(found) => {
                let (mut next, mut sorted) = (0, true);
                for (name, inner) in found.iter_mut() {
                    // Nearly always they are in order, and the place need not be looked for.
                    let expected = self.0.get_index(next).is_some_and(|(expected, _)| expected == name);
                    let place = if expected { next } else { self.place(name) };
                    sorted &= place >= next;
                    next = place.saturating_add(1);
                    if let Some((_, fields)) = self.0.get_index(place) {
                        fields.put(inner);
                    }
                }
                if !sorted {
                    found.sort_by(|one, _, other, _| self.place(one).cmp(&self.place(other)));
                }
            }
            _ => {}
        }
    }

    fn place(&self, name: &Name) -> usize {
        self.0.get_index_of(name).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn ordered(document: &str, operation: Option<&str>, data: &str) -> String {
        let order = Order::default();
        order.read(&parse_query(document).unwrap());
        let mut data: Value = serde_json::from_str(data).unwrap();
        order.put(operation, &mut data);
        serde_json::to_string(&data).unwrap()
    }

    #[test]
    fn fields_come_as_they_are_asked() {
        for (document, data, expected) in [
            ("{ a b c }", r#"{"c":1,"a":2,"b":3}"#, r#"{"a":2,"b":3,"c":1}"#),
            ("{ b: a a: b }", r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#),
            (
                "{ a { c b } }",
                r#"{"a":[{"b":1,"c":2},null,{"c":3,"b":4}]}"#,
                r#"{"a":[{"c":2,"b":1},null,{"c":3,"b":4}]}"#,
            ),
            // The same field twice is one, where it stands first.
            ("{ a { x } b a { y } }", r#"{"b":1,"a":{"y":2,"x":3}}"#, r#"{"a":{"x":3,"y":2},"b":1}"#),
            // Fragments stand where they are spread; of another type, they take no place.
            (
                "{ ...F a ... { c } } fragment F on Query { b ...G } fragment G on Query { d }",
                r#"{"a":1,"b":2,"c":3,"d":4}"#,
                r#"{"b":2,"d":4,"a":1,"c":3}"#,
            ),
            ("{ a { ... on X { x } ... on Y { y } z } }", r#"{"a":{"z":1,"y":2}}"#, r#"{"a":{"y":2,"z":1}}"#),
            // What was not asked comes last; nothing is lost.
            ("{ b a }", r#"{"x":1,"a":2,"b":3}"#, r#"{"b":3,"a":2,"x":1}"#),
            ("{ a }", "null", "null"),
        ] {
            assert_eq!(ordered(document, None, data), expected, "{document}");
        }
    }

    #[test]
    fn each_operation_has_its_own_order() {
        let two = "query A { a b } query B { b a }";
        assert_eq!(ordered(two, Some("A"), r#"{"b":1,"a":2}"#), r#"{"a":2,"b":1}"#);
        assert_eq!(ordered(two, Some("B"), r#"{"a":1,"b":2}"#), r#"{"b":2,"a":1}"#);
        assert_eq!(ordered(two, Some("C"), r#"{"b":1,"a":2}"#), r#"{"b":1,"a":2}"#);
    }

    #[test]
    fn fragments_that_grow_without_end_are_not_followed() {
        let own = "{ ...A } fragment A on Query { a { ...A } }";
        assert_eq!(ordered(own, None, r#"{"a":{"a":null}}"#), r#"{"a":{"a":null}}"#);
        let doubled: String = (0..40)
            .map(|n| format!("fragment F{n} on Query {{ a {{ ...F{} }} b {{ ...F{} }} }} ", n + 1, n + 1))
            .collect();
        let document = format!("{{ ...F0 }} {doubled} fragment F40 on Query {{ c }}");
        assert_eq!(ordered(&document, None, r#"{"b":null,"a":null}"#), r#"{"a":null,"b":null}"#);
    }
}
