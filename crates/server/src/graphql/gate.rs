//! What somebody may ask who is not signed in: to sign in, who they are (nobody), and the name of the type.
//!
//! A change whose answer can be a `Refusal` is answered with one, as always: `SIGNED_OUT`, as data. It says nothing
//! else, and whoever sends one whose session has run out needs to read it like any other refusal.

use super::limits::refused;
use super::{Introspection, sdl};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    ExecutableDocument, OperationType, Selection, SelectionSet, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, ServerError};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The most that any operation of a document asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignedOut {
    Admitted,
    Introspection,
    Other,
}

const ADMITTED: [&str; 3] = ["signIn", "viewer", "__typename"];
/// Fields of the query that are about the schema.
pub const INTROSPECTION: [&str; 2] = ["__schema", "__type"];

impl SignedOut {
    pub fn of(document: &ExecutableDocument) -> Self {
        let mut most = SignedOut::Admitted;
        for (_, operation) in document.operations.iter() {
            let mut roots = Roots { document, names: HashSet::new(), spread: HashSet::new() };
            roots.collect(&operation.node.selection_set.node);
            let changes = operation.node.ty == OperationType::Mutation;
            if changes && roots.names.iter().all(|name| REFUSABLE.contains(name.as_str())) {
                continue;
            }
            most = roots.names.iter().map(|name| Self::asks(name)).fold(most, SignedOut::max);
        }
        most
    }

    fn asks(field: &str) -> Self {
        match field {
            _ if ADMITTED.contains(&field) => SignedOut::Admitted,
            _ if INTROSPECTION.contains(&field) => SignedOut::Introspection,
            _ => SignedOut::Other,
        }
    }

    pub fn judge(self, introspection: Introspection) -> Result<(), ServerError> {
        match (self, introspection) {
            (SignedOut::Admitted, _) | (SignedOut::Introspection, Introspection::Open) => Ok(()),
            (SignedOut::Introspection, Introspection::SignedIn) => {
                Err(refused("スキーマを調べるには、サインインしてください。", "INTROSPECTION_REFUSED"))
            }
            (SignedOut::Other, _) => {
                Err(refused("サインインしていません。サインインしてください。", "SIGNED_OUT"))
            }
        }
    }
}

/// Whether a document asks about the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Introspects {
    Not,
    /// Beside other questions.
    Beside,
    /// And about nothing else.
    Alone,
}

pub fn introspects(document: &ExecutableDocument) -> Introspects {
    let (mut asked, mut alone) = (false, true);
    for (_, operation) in document.operations.iter() {
        let mut roots = Roots { document, names: HashSet::new(), spread: HashSet::new() };
        roots.collect(&operation.node.selection_set.node);
        for name in &roots.names {
            let about = INTROSPECTION.contains(&name.as_str());
            asked |= about;
            alone &= about || *name == "__typename";
        }
    }
    match (asked, alone) {
        (false, _) => Introspects::Not,
        (true, false) => Introspects::Beside,
        (true, true) => Introspects::Alone,
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

/// Mutations whose answer can be a `Refusal`.
static REFUSABLE: LazyLock<HashSet<String>> = LazyLock::new(|| refusable(&sdl()));

fn refusable(sdl: &str) -> HashSet<String> {
    let mut unions: HashMap<String, bool> = HashMap::new();
    let mut mutations: Vec<(String, String)> = Vec::new();
    for definition in parse_schema(sdl).into_iter().flat_map(|document| document.definitions) {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.as_str();
        match &definition.node.kind {
            TypeKind::Union(union) => {
                let refuses = union.members.iter().any(|member| member.node == "Refusal");
                unions.insert(name.to_owned(), refuses);
            }
            TypeKind::Object(object) if name == "Mutation" => {
                let fields = object.fields.iter().map(|field| &field.node);
                let named = |ty: &async_graphql::parser::types::Type| ty.to_string().replace('!', "");
                mutations =
                    fields.map(|field| (field.name.node.to_string(), named(&field.ty.node))).collect();
            }
            _ => {}
        }
    }
    let refuses = |payload: &String| unions.get(payload).copied().unwrap_or_default();
    mutations.into_iter().filter(|(_, payload)| refuses(payload)).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn asks(document: &str) -> SignedOut {
        SignedOut::of(&parse_query(document).unwrap())
    }

    #[test]
    fn only_three_fields_are_admitted_wherever_they_stand() {
        for document in [
            "{ __typename viewer { anything } }",
            "mutation { a: signIn(x: 1) { b } __typename }",
            "query A { viewer { id } } fragment F on Query { regions { id } }",
            "{ ...F } fragment F on Query { ... on Query { viewer { id } } }",
        ] {
            assert_eq!(asks(document), SignedOut::Admitted, "{document}");
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
            assert_eq!(asks(document), SignedOut::Other, "{document}");
        }
        for document in
            ["{ __schema { types { name } } }", "{ a: __type(name: \"Query\") { name } viewer { id } }"]
        {
            assert_eq!(asks(document), SignedOut::Introspection, "{document}");
        }
    }

    #[test]
    fn a_change_that_can_be_refused_is_answered_by_its_refusal() {
        assert!(REFUSABLE.contains("signIn") && REFUSABLE.contains("updateEntry"));
        assert!(!REFUSABLE.contains("signOut") && !REFUSABLE.contains("regions"));
        assert_eq!(
            asks("mutation { a: updateEntry(x: 1) { b } ...F } fragment F on Mutation { createEntry }"),
            SignedOut::Admitted
        );
    }
}
