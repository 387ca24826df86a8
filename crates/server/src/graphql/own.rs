//! The client's own operations, as they were when the server was built: whatever else asks is not the client.

use super::tokens::{Tokens, definitions};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

include!(concat!(env!("OUT_DIR"), "/operations.rs"));

static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| Operations::of(FILES));

struct Operations {
    /// By their names, with all that they spread.
    documents: BTreeMap<String, String>,
    known: HashSet<BTreeSet<String>>,
}

/// Whether a document is one of the client's, however it is laid out.
pub fn is_own(document: &str) -> bool {
    OPERATIONS.known.contains(&definitions(document).into_iter().collect())
}

/// The client's operation of a name.
pub fn document(name: &str) -> Option<&'static str> {
    OPERATIONS.documents.get(name).map(String::as_str)
}

/// All of them, by their names.
pub fn documents() -> impl Iterator<Item = (&'static str, &'static str)> {
    OPERATIONS.documents.iter().map(|(name, document)| (name.as_str(), document.as_str()))
}

impl Operations {
    /// An operation goes with the fragments that it spreads, and those that they spread, whichever files they are in.
    fn of(files: &[&str]) -> Self {
        let all: Vec<String> = files.iter().flat_map(|file| definitions(file)).collect();
        let (fragments, operations): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|definition| definition.starts_with("fragment "));
        let fragments: BTreeMap<&str, &String> =
            fragments.iter().filter_map(|fragment| Some((Tokens::of(fragment).nth(1)?, fragment))).collect();
        let mut documents = BTreeMap::new();
        let mut known = HashSet::new();
        for operation in operations {
            let mut whole = BTreeSet::from([operation.clone()]);
            let mut missing: Vec<&str> = spreads(&operation).collect();
            while let Some(name) = missing.pop() {
                if let Some(fragment) = fragments.get(name)
                    && whole.insert((*fragment).clone())
                {
                    missing.extend(spreads(fragment));
                }
            }
            let name = Tokens::of(&operation).nth(1).unwrap_or_default().to_owned();
            documents.insert(name, whole.iter().cloned().collect::<Vec<_>>().join("\n"));
            known.insert(whole);
        }
        Operations { documents, known }
    }
}

/// The names of the fragments that a definition spreads.
fn spreads(definition: &str) -> impl Iterator<Item = &str> {
    let followed = Tokens::of(definition).zip(Tokens::of(definition).skip(1));
    followed.filter(|(dots, name)| *dots == "..." && !["on", "{", "@"].contains(name)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_goes_with_what_it_spreads() {
        let files = [
            "query A($x: ID!) { a(x: $x) { ...F } }",
            "fragment F on X { b ...G }\nfragment G on X { ... on X { c } }",
            "fragment H on X { d }\nmutation B { b }",
        ];
        let operations = Operations::of(&files);
        assert_eq!(operations.documents.keys().collect::<Vec<_>>(), ["A", "B"]);
        let knows = |document: &str| operations.known.contains(&definitions(document).into_iter().collect());
        let a = "fragment G on X{...on X{c}} # first\nquery A(\n$x:ID!){a(x:$x){...F}} fragment F on X { b, ...G }";
        assert!(knows(a));
        assert!(knows("mutation B {b}"));
        for foreign in [
            "mutation B { c }",
            "query B { b }",
            "query A($x: ID!) { a(x: $x) { ...F } }",
            &format!("{a} query C {{ c }}"),
            &format!("{a} fragment H on X {{ d }}"),
            "",
        ] {
            assert!(!knows(foreign), "{foreign}");
        }
    }

    #[test]
    fn the_clients_operations_are_documents() {
        assert!(documents().count() >= 20);
        for (name, document) in documents() {
            assert!(async_graphql::parser::parse_query(document).is_ok(), "{name}: {document}");
        }
        for name in ["Sheet", "SignIn", "UpdateEntry", "SheetEvents"] {
            assert!(document(name).is_some_and(is_own), "{name}");
        }
    }
}
