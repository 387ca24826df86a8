//! Responses as the specification has them: fields in the document's order, and null where a field has failed or, where
//! the schema allows none, in the place of the nearest thing round it that may be null. The library gives each field
//! when it is done, leaves out those that have failed, and says null for an object of which nothing was selected.

use super::types::{TYPES, named};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Response, Value};
use std::collections::HashSet;

/// What an operation selects. Of a checked document, which bounds how much that is.
#[derive(Default)]
pub struct Selected(IndexMap<Name, Field>);

struct Field {
    /// `None` for fields about the schema.
    ty: Option<&'static Type>,
    below: Selected,
}

impl Selected {
    pub fn by(operation: &OperationDefinition, document: &ExecutableDocument) -> Self {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut selected = Selected::default();
        selected.add(root, &operation.selection_set.node, document, &mut HashSet::new());
        selected
    }

    /// Adds a selection's fields, those of fragments where they stand, whatever type they are on: what is not in the
    /// answer takes no place in it.
    fn add<'d>(
        &mut self,
        parent: &str,
        set: &'d SelectionSet,
        document: &'d ExecutableDocument,
        spread: &mut HashSet<&'d Name>,
    ) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let ty = TYPES.field(parent, &field.name.node);
                    let added = self.0.entry(field.response_key().node.clone());
                    let added = added.or_insert_with(|| Field { ty, below: Selected::default() });
                    let parent = ty.map(named).unwrap_or_default();
                    added.below.add(parent, &field.selection_set.node, document, &mut HashSet::new());
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.add(on.unwrap_or(parent), &fragment.node.selection_set.node, document, spread);
                }
                Selection::FragmentSpread(place) => {
                    let name = &place.node.fragment_name.node;
                    if let Some(fragment) = document.fragments.get(name).filter(|_| spread.insert(name)) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.add(on, &fragment.node.selection_set.node, document, spread);
                    }
                }
            }
        }
    }

    /// Puts a response to the operation into its form.
    pub fn complete(&self, response: &mut Response) {
        let failed = || response.errors.iter().map(|error| &error.path).filter(|path| !path.is_empty());
        for path in failed() {
            insert_null(&mut response.data, path);
        }
        for path in failed() {
            if self.fail(&mut response.data, path) {
                response.data = Value::Null;
            }
        }
        if response.data == Value::Null && response.errors.is_empty() {
            response.data = Value::Object(IndexMap::new());
        }
        self.order(&mut response.data, None);
    }

    /// Puts what a field of this name resolved to into its form, where nothing has failed.
    pub fn complete_field(&self, name: &str, value: &mut Value) {
        if let Some(field) = self.0.get(name) {
            field.below.order(value, field.ty);
        }
    }

    /// Whether an object cannot be there since something in it, at the path, has failed.
    fn fail(&self, object: &mut Value, path: &[PathSegment]) -> bool {
        let Some((PathSegment::Field(name), path)) = path.split_first() else { return false };
        let (Value::Object(fields), Some(field)) = (object, self.0.get(name.as_str())) else { return false };
        fields.get_mut(name.as_str()).is_some_and(|value| field.below.fail_in(value, field.ty, path))
    }

    /// The same of a field or an item of a list: then it is null, and whether it may be.
    fn fail_in(&self, value: &mut Value, ty: Option<&Type>, path: &[PathSegment]) -> bool {
        let lost = match (path.first(), &mut *value) {
            (None, _) => true,
            (Some(PathSegment::Field(_)), value) => self.fail(value, path),
            (Some(PathSegment::Index(index)), Value::List(items)) => {
                items.get_mut(*index).is_some_and(|item| self.fail_in(item, item_of(ty), &path[1..]))
            }
            (Some(PathSegment::Index(_)), _) => false,
        };
        if lost {
            *value = Value::Null;
        }
        lost && ty.is_some_and(|ty| !ty.nullable)
    }

    /// Puts fields into their order; what is null and cannot be is an object of which nothing was selected.
    fn order(&self, value: &mut Value, ty: Option<&Type>) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.order(item, item_of(ty))),
            Value::Object(found) => {
                let (mut next, mut sorted) = (0, true);
                for (name, inner) in found.iter_mut() {
                    // Nearly always they are in order, and the place need not be looked for.
                    let expected = self.0.get_index(next).is_some_and(|(expected, _)| expected == name);
                    let place = if expected { next } else { self.place(name) };
                    sorted &= place >= next;
                    next = place.saturating_add(1);
                    if let Some((_, field)) = self.0.get_index(place) {
                        field.below.order(inner, field.ty);
                    }
                }
                if !sorted {
                    found.sort_by(|one, _, other, _| self.place(one).cmp(&self.place(other)));
                }
            }
            Value::Null if !self.0.is_empty() && ty.is_some_and(|ty| !ty.nullable) => {
                *value = Value::Object(IndexMap::new());
            }
            _ => {}
        }
    }

    fn place(&self, name: &Name) -> usize {
        self.0.get_index_of(name).unwrap_or(usize::MAX)
    }
}

fn item_of(ty: Option<&Type>) -> Option<&Type> {
    match &ty?.base {
        BaseType::List(item) => Some(item),
        BaseType::Named(_) => None,
    }
}

/// Puts null where a field has failed, and the objects round it where the library has left them out.
fn insert_null(value: &mut Value, path: &[PathSegment]) {
    match path.split_first() {
        None => *value = Value::Null,
        Some((PathSegment::Field(name), path)) => {
            if *value == Value::Null {
                *value = Value::Object(IndexMap::new());
            }
            if let Value::Object(fields) = value {
                insert_null(fields.entry(Name::new(name)).or_insert(Value::Null), path);
            }
        }
        Some((PathSegment::Index(index), path)) => {
            if let Value::List(items) = value
                && let Some(item) = items.get_mut(*index)
            {
                insert_null(item, path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::ServerError;
    use async_graphql::parser::parse_query;

    fn completed(document: &str, data: &str, failed: &[&[&str]]) -> String {
        let document = parse_query(document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut response = Response::new(serde_json::from_str::<Value>(data).unwrap());
        let segment = |step: &&str| match step.parse() {
            Ok(index) => PathSegment::Index(index),
            Err(_) => PathSegment::Field((*step).to_owned()),
        };
        for path in failed {
            let path = path.iter().map(segment).collect();
            response.errors.push(ServerError { path, ..ServerError::new("", None) });
        }
        Selected::by(&operation.node, &document).complete(&mut response);
        serde_json::to_string(&response.data).unwrap()
    }

    #[test]
    fn fields_come_in_the_order_in_which_they_are_selected() {
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
            // What was not selected comes last; nothing is lost.
            ("{ b a }", r#"{"x":1,"a":2,"b":3}"#, r#"{"b":3,"a":2,"x":1}"#),
        ] {
            assert_eq!(completed(document, data, &[]), expected, "{document}");
        }
    }

    #[test]
    fn a_failure_makes_null_what_may_be_null_round_it() {
        let two = "{ sheet { rows { item { id } } phase } viewer { id } }";
        let path: &[&str] = &["sheet", "rows"];
        // The library leaves the field out, or all of the object.
        for data in [r#"{"sheet":{"phase":"DRAFT"},"viewer":null}"#, r#"{"viewer":null,"sheet":null}"#] {
            assert_eq!(completed(two, data, &[path]), r#"{"sheet":null,"viewer":null}"#);
        }
        for nothing in ["null", "{}"] {
            assert_eq!(completed("{ sheet { id } }", nothing, &[&["sheet"]]), r#"{"sheet":null}"#);
        }
        // Through lists, up to the whole answer.
        let list = "{ regions { name handouts { id } } viewer { id } }";
        let data = r#"{"regions":[{"name":"a","handouts":[]},{"name":"b"}],"viewer":null}"#;
        assert_eq!(completed(list, data, &[&["regions", "1", "handouts"]]), "null");
        // Each on its own; several in one object.
        let several = "{ a: sheet { phase } b: sheet { phase rows { item { id } } }  }";
        let failed: &[&[&str]] = &[&["b", "rows"], &["a"], &["b", "phase"]];
        assert_eq!(completed(several, "null", failed), r#"{"a":null,"b":null}"#);
        assert_eq!(
            completed(
                "{ viewer { id } sheet { lastVisit { since } phase } }",
                r#"{"sheet":{"phase":1}}"#,
                &[&["sheet", "lastVisit"], &["viewer"]]
            ),
            r#"{"viewer":null,"sheet":{"lastVisit":null,"phase":1}}"#
        );
    }

    #[test]
    fn an_object_of_which_nothing_is_selected_is_empty() {
        for (document, data, expected) in [
            ("{ regions { id @include(if: false) } }", r#"{"regions":[null]}"#, r#"{"regions":[{}]}"#),
            ("{ viewer @skip(if: true) { id } }", "null", "{}"),
            ("{ node { ... on Entry { id } } }", r#"{"node":null}"#, r#"{"node":null}"#),
        ] {
            assert_eq!(completed(document, data, &[]), expected, "{document}");
        }
    }
}
