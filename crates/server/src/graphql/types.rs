//! The types of the schema's fields, read from its SDL once.

use super::sdl;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

pub struct Types {
    /// Of objects and interfaces, by the type's name and the field's.
    fields: HashMap<String, HashMap<String, Type>>,
    /// Unions that a `Refusal` is a member of.
    refusing: HashSet<String>,
}

pub static TYPES: LazyLock<Types> = LazyLock::new(|| Types::read(&sdl()));

impl Types {
    fn read(sdl: &str) -> Self {
        let mut types = Types { fields: HashMap::new(), refusing: HashSet::new() };
        // The schema's own SDL can be parsed: a test compares it.
        for definition in parse_schema(sdl).into_iter().flat_map(|document| document.definitions) {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Union(union) => {
                    if union.members.iter().any(|member| member.node == "Refusal") {
                        types.refusing.insert(name);
                    }
                    continue;
                }
                _ => continue,
            };
            let fields = fields.into_iter().map(|field| field.node);
            types
                .fields
                .insert(name, fields.map(|field| (field.name.node.to_string(), field.ty.node)).collect());
        }
        types
    }

    /// The type of a field; `None` for those of introspection.
    pub fn field(&self, parent: &str, field: &str) -> Option<&Type> {
        self.fields.get(parent)?.get(field)
    }

    /// Whether a mutation's answer can be a `Refusal`.
    pub fn may_refuse(&self, mutation: &str) -> bool {
        self.field("Mutation", mutation).is_some_and(|payload| self.refusing.contains(named(payload)))
    }
}

/// `Row` of `[Row!]!`.
pub fn named(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(of) => named(of),
    }
}
