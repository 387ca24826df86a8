//! Lists of fields, and which operations ask for nothing else.

use super::types::{TYPES, named};
use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use std::collections::HashSet;

/// Selections that are visited before a document counts as not covered; its size has not been checked yet.
const SELECTIONS: usize = 2_000;
/// Levels of selections, likewise.
const LEVELS: usize = 32;

/// Each as `Type.field`.
pub struct Fields(HashSet<String>);

/// What is said of an operation that asks for nothing but listed fields.
#[derive(Debug, Default)]
pub struct Covered {
    pub roots: Vec<Root>,
    /// Some of it depends on a directive.
    pub directives: bool,
}

/// A field of the root that an operation asks for.
#[derive(Debug)]
pub struct Root {
    pub name: String,
    /// Only whether it is there, by its `__typename`.
    pub is_bare: bool,
}

impl Fields {
    /// Of a list of types, each with a colon and its fields behind it.
    pub fn of(list: &str) -> Self {
        let fields = list.split_whitespace().scan("", |of, word| {
            let name = word.strip_suffix(':');
            *of = name.unwrap_or(of);
            Some(name.is_none().then(|| format!("{of}.{word}")))
        });
        Fields(fields.flatten().collect())
    }

    /// `None`: it asks for more than these fields.
    pub fn cover(&self, document: &ExecutableDocument, operation: &OperationDefinition) -> Option<Covered> {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut walk = Walk { fields: self, document, root, left: SELECTIONS, covered: Covered::default() };
        walk.covers(root, &operation.selection_set.node, LEVELS).then_some(walk.covered)
    }

    /// The type of a field that is listed.
    fn listed(&self, of: &str, name: &str) -> Option<&'static str> {
        self.0.contains(&format!("{of}.{name}")).then(|| TYPES.field(of, name).map(named))?
    }
}

struct Walk<'d> {
    fields: &'d Fields,
    document: &'d ExecutableDocument,
    root: &'static str,
    left: usize,
    /// As far as it has walked.
    covered: Covered,
}

impl Walk<'_> {
    fn covers(&mut self, of: &str, set: &SelectionSet, levels: usize) -> bool {
        let Some(levels) = levels.checked_sub(1) else { return false };
        set.items.iter().all(|selection| {
            let Some(left) = self.left.checked_sub(1) else { return false };
            self.left = left;
            self.covered.directives |= !selection.node.directives().is_empty();
            match &selection.node {
                Selection::Field(field) if field.node.name.node == "__typename" => true,
                Selection::Field(field) => {
                    let field = &field.node;
                    if of == self.root {
                        let is_bare = field.selection_set.node.items.iter().all(|selection| {
                            let Selection::Field(field) = &selection.node else { return false };
                            field.node.name.node == "__typename"
                        });
                        self.covered.roots.push(Root { name: field.name.node.to_string(), is_bare });
                    }
                    let of = self.fields.listed(of, &field.name.node);
                    of.is_some_and(|of| self.covers(of, &field.selection_set.node, levels))
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.covers(on.unwrap_or(of), &fragment.node.selection_set.node, levels)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                    fragment.is_some_and(|fragment| {
                        let on = &fragment.node.type_condition.node.on.node;
                        self.covers(on, &fragment.node.selection_set.node, levels)
                    })
                }
            }
        })
    }
}

#[cfg(test)]
impl Fields {
    /// Those that are not in the schema: a field that is renamed or gone has to be renamed or removed in the list as well.
    pub fn unknown(&self) -> Vec<&str> {
        let known =
            |field: &&String| field.split_once('.').is_some_and(|(of, name)| TYPES.field(of, name).is_some());
        self.0.iter().filter(|field| !known(field)).map(String::as_str).collect()
    }
}
