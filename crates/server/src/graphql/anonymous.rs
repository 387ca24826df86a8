//! Anonymous access: what may be asked by whoever is not signed in: to sign in, who they are (nobody), and the name of the type.
//!
//! A change whose answer can be a `Refusal` is answered with one, as always: `SIGNED_OUT`, as data. It says nothing
//! else, and whoever sends one whose session has run out needs to read it like any other refusal.

use super::Introspection;
use super::limits::refused;
use super::types::TYPES;
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use async_graphql::{Name, ServerError};
use std::collections::HashSet;

/// The most that any operation of a document asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anonymous {
    Admitted,
    Introspection,
    Other,
}

const ADMITTED: [&str; 3] = ["signIn", "viewer", "__typename"];
/// Fields of the query that are about the schema.
const INTROSPECTION: [&str; 2] = ["__schema", "__type"];

impl Anonymous {
    pub fn of(document: &ExecutableDocument) -> Self {
        let mut most = Anonymous::Admitted;
        for (_, operation) in document.operations.iter() {
            let mut roots = Roots { document, names: HashSet::new(), spread: HashSet::new() };
            roots.collect(&operation.node.selection_set.node);
            let changes = operation.node.ty == OperationType::Mutation;
            if changes && roots.names.iter().all(|name| TYPES.may_refuse(name)) {
                continue;
            }
            most = roots.names.iter().map(|name| Self::asks(name)).fold(most, Anonymous::max);
        }
        most
    }

    fn asks(field: &str) -> Self {
        match field {
            _ if ADMITTED.contains(&field) => Anonymous::Admitted,
            _ if INTROSPECTION.contains(&field) => Anonymous::Introspection,
            _ => Anonymous::Other,
        }
    }

    pub fn check(self, introspection: Introspection) -> Result<(), ServerError> {
        match (self, introspection) {
            (Anonymous::Admitted, _) | (Anonymous::Introspection, Introspection::Open) => Ok(()),
            (Anonymous::Introspection, Introspection::SignedIn) => {
                Err(refused("スキーマを調べるには、サインインしてください。", "INTROSPECTION_REFUSED"))
            }
            (Anonymous::Other, _) => {
                Err(refused("サインインしていません。サインインしてください。", "SIGNED_OUT"))
            }
        }
    }
}

/// The fields of an operation itself, also those that fragments bring.
struct Roots<'d> {
    document: &'d ExecutableDocument,
    names: HashSet<&'d Name>,
    spread: HashSet<&'d Name>,
}

impl<'d> Roots<'d> {
    fn collect(&mut self, set: &'d SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    self.names.insert(&field.node.name.node);
                }
                Selection::InlineFragment(inline) => self.collect(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if self.spread.insert(name)
                        && let Some(fragment) = self.document.fragments.get(name)
                    {
                        self.collect(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn asks(document: &str) -> Anonymous {
        Anonymous::of(&parse_query(document).unwrap())
    }

    #[test]
    fn only_three_fields_are_admitted_wherever_they_stand() {
        for document in [
            "{ __typename viewer { anything } }",
            "mutation { a: signIn(x: 1) { b } __typename }",
            "query A { viewer { id } } fragment F on Query { regions { id } }",
            "{ ...F } fragment F on Query { ... on Query { viewer { id } } }",
        ] {
            assert_eq!(asks(document), Anonymous::Admitted, "{document}");
        }
        for document in [
            "{ regions { id } }",
            "{ viewer: regions { id } }",
            "{ viewer { id } regions @skip(if: true) { id } }",
            "{ ...F } fragment F on Query { ... on Query { regions { id } } }",
            "query A { viewer { id } } query B { nothing }",
            "mutation { signOut }",
            "mutation { createEntry(x: 1) { b } signOut }",
            "subscription { sheetEvents(sheetId: 1) { __typename } }",
            "query { createEntry(x: 1) { b } }",
            "{ __schema { types { name } } regions { id } }",
        ] {
            assert_eq!(asks(document), Anonymous::Other, "{document}");
        }
        for document in
            ["{ __schema { types { name } } }", "{ a: __type(name: \"Query\") { name } viewer { id } }"]
        {
            assert_eq!(asks(document), Anonymous::Introspection, "{document}");
        }
    }

    #[test]
    fn a_change_that_can_be_refused_is_answered_by_its_refusal() {
        assert!(TYPES.may_refuse("signIn") && TYPES.may_refuse("updateEntry"));
        assert!(!TYPES.may_refuse("signOut") && !TYPES.may_refuse("regions"));
        assert_eq!(
            asks("mutation { a: updateEntry(x: 1) { b } ...F } fragment F on Mutation { createEntry }"),
            Anonymous::Admitted
        );
    }
}
