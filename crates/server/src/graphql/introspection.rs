//! Answers about the schema, which is the same for everybody as long as the server runs: the library is asked for all of
//! it once, and whoever asks is answered with what they select of that. Each value is counted, so that no question takes
//! much more than all of it.

use super::gate::{self, Introspects};
use super::{builder, limits::Excess};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, ServerError, ServerResult, Value, Variables};
use async_graphql_value::Value as Given;
use futures_util::FutureExt;
use std::collections::{HashMap, HashSet};
use std::mem::take;
use std::sync::{LazyLock, Mutex, PoisonError};

/// All that can be asked of it, each named type with its fields, once.
const EVERYTHING: &str = "{ __typename
    __schema { __typename description queryType { ...Ref } mutationType { ...Ref } subscriptionType { ...Ref }
        types { ...All }
        directives { __typename name description isRepeatable locations args(includeDeprecated: true) { ...Value } } } }
  fragment All on __Type { __typename kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { __typename name description args(includeDeprecated: true) { ...Value }
        type { ...Ref } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...Value } interfaces { ...Ref } possibleTypes { ...Ref }
    enumValues(includeDeprecated: true) { __typename name description isDeprecated deprecationReason } }
  fragment Value on __InputValue { __typename name description type { ...Ref } defaultValue isDeprecated
    deprecationReason }
  fragment Ref on __Type { __typename kind name ofType { __typename kind name ofType { __typename kind name
    ofType { __typename kind name ofType { __typename kind name ofType { __typename kind name } } } } } }";

/// A question may have so many tenths of what is answered to everything: more than any tool asks for.
const TENTHS_OF_EVERYTHING: usize = 15;
/// Bytes of a text that are as much as a value.
const TEXT_BYTES: usize = 100;

type Fields = IndexMap<Name, Value>;

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    // Nothing in it waits for anything.
    let answer = builder().finish().execute(EVERYTHING).now_or_never().unwrap_or_default();
    Known::of(answer.data)
});

/// What there is to tell.
struct Known {
    root: Fields,
    /// Of a type that is named elsewhere, all is told as well.
    types: HashMap<String, Fields>,
    most: usize,
}

impl Known {
    fn of(everything: Value) -> Self {
        let most = values(&everything) * TENTHS_OF_EVERYTHING / 10;
        let Value::Object(root) = everything else {
            return Known { root: Fields::new(), types: HashMap::new(), most };
        };
        let types = match root.get("__schema") {
            Some(Value::Object(schema)) => schema.get("types"),
            _ => None,
        };
        let types = types.and_then(|types| if let Value::List(types) = types { Some(types) } else { None });
        let named = types.into_iter().flatten().filter_map(|one| match one {
            Value::Object(one) => Some((named(one)?.to_owned(), one.clone())),
            _ => None,
        });
        Known { types: named.collect(), root, most }
    }
}

/// Learns all of it, so that the first who asks waits no longer than others.
pub fn learn() {
    LazyLock::force(&KNOWN);
}

/// What a request asks about the schema.
pub struct Question {
    document: ExecutableDocument,
    variables: Variables,
    most: usize,
    answers: Mutex<Fields>,
}

impl Question {
    /// Beside other questions it may ask for a tenth, so that all of them together stay within what one may cost.
    pub fn of(document: &ExecutableDocument, variables: &Variables) -> Option<Self> {
        let most = match gate::introspects(document) {
            Introspects::Not => return None,
            Introspects::Beside => KNOWN.most / 10,
            Introspects::Alone => KNOWN.most,
        };
        let (document, variables) = (document.clone(), variables.clone());
        Some(Question { document, variables, most, answers: Mutex::default() })
    }

    /// Answers what the operation asks that runs. Refused where it lacks a variable, or is too much.
    pub fn read(&self, name: Option<&str>) -> ServerResult<()> {
        let named = |own: Option<&Name>| name.is_none_or(|name| own.is_some_and(|own| own.as_str() == name));
        // The library knows that there is one.
        let Some((_, operation)) = self.document.operations.iter().find(|(own, _)| named(*own)) else {
            return Ok(());
        };
        let asked = Asked { fragments: &self.document.fragments, variables: &self.variables };
        asked.check(&operation.node)?;
        let mut plan = asked.plan(&[&operation.node.selection_set.node]);
        plan.retain(|wanted| gate::INTROSPECTION.contains(&wanted.field.as_str()));
        let answers = Telling { told: 0, most: self.most }.root(&plan)?;
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers;
        Ok(())
    }

    /// What a field of the query is answered that is about the schema; none: it is about something else.
    /// Where it is asked for again, all of it was told the first time, and the library keeps that.
    pub fn answer(&self, field: &Field) -> Option<Value> {
        if !gate::INTROSPECTION.contains(&field.name.node.as_str()) {
            return None;
        }
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        Some(answers.get_mut(&field.response_key().node).map(take).unwrap_or_default())
    }
}

/// Tells it, and counts.
struct Telling {
    told: usize,
    most: usize,
}

impl Telling {
    fn root(&mut self, plan: &Plan) -> ServerResult<Fields> {
        let mut tell = |wanted: &Wanted| match &wanted.named {
            None => self.field(&KNOWN.root, wanted),
            Some(name) => match KNOWN.types.get(name.as_str()) {
                Some(named) => self.object(named, &wanted.below),
                None => Ok(Value::Null),
            },
        };
        plan.iter().map(|wanted| Ok((wanted.key.clone(), tell(wanted)?))).collect()
    }

    fn object(&mut self, object: &Fields, plan: &Plan) -> ServerResult<Value> {
        self.count(1 + plan.len())?;
        let mut answer = Fields::with_capacity(plan.len());
        for wanted in plan {
            answer.insert(wanted.key.clone(), self.field(object, wanted)?);
        }
        Ok(Value::Object(answer))
    }

    fn field(&mut self, object: &Fields, wanted: &Wanted) -> ServerResult<Value> {
        // Of a list of something, or of something that is never null, there is no more to tell than that.
        object.get(&wanted.field).map_or(Ok(Value::Null), |value| self.value(value, wanted))
    }

    fn value(&mut self, value: &Value, wanted: &Wanted) -> ServerResult<Value> {
        match value {
            Value::List(items) => {
                let items = items.iter().filter(|item| wanted.deprecated || !is_deprecated(item));
                items.map(|item| self.value(item, wanted)).collect::<Result<_, _>>().map(Value::List)
            }
            Value::Object(object) => {
                let whole = named(object).and_then(|name| KNOWN.types.get(name));
                self.object(whole.unwrap_or(object), &wanted.below)
            }
            plain => {
                self.count(values(plain))?;
                Ok(plain.clone())
            }
        }
    }

    fn count(&mut self, values: usize) -> ServerResult<()> {
        self.told += values;
        if self.told > self.most { Err(Excess::Schema.into()) } else { Ok(()) }
    }
}

/// What is wanted of an object. Every object there is has one type, so whatever fragment is valid applies.
type Plan = Vec<Wanted>;

struct Wanted {
    key: Name,
    field: Name,
    /// `__type(name:)`.
    named: Option<String>,
    deprecated: bool,
    below: Plan,
}

struct Asked<'q> {
    fragments: &'q HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'q Variables,
}

impl<'q> Asked<'q> {
    fn plan(&self, sets: &[&'q SelectionSet]) -> Plan {
        let mut fields: IndexMap<&Name, Vec<&'q Field>> = IndexMap::new();
        let mut spread = HashSet::new();
        for set in sets {
            self.collect(set, &mut fields, &mut spread);
        }
        fields.into_iter().map(|(key, fields)| self.wanted(key.clone(), &fields)).collect()
    }

    fn collect(
        &self,
        set: &'q SelectionSet,
        fields: &mut IndexMap<&'q Name, Vec<&'q Field>>,
        spread: &mut HashSet<&'q Name>,
    ) {
        for selection in set.items.iter().filter(|selection| self.is_there(selection.node.directives())) {
            match &selection.node {
                Selection::Field(field) => {
                    fields.entry(&field.node.response_key().node).or_default().push(&field.node);
                }
                Selection::InlineFragment(inline) => {
                    self.collect(&inline.node.selection_set.node, fields, spread);
                }
                Selection::FragmentSpread(named) => {
                    let name = &named.node.fragment_name.node;
                    if let Some(fragment) = self.fragments.get(name).filter(|_| spread.insert(name)) {
                        self.collect(&fragment.node.selection_set.node, fields, spread);
                    }
                }
            }
        }
    }

    fn is_there(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let wanted = match directive.node.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => return true,
            };
            self.flag(directive.node.get_argument("if")) == wanted
        })
    }

    /// Fields under the same name are the same, and have the same arguments.
    fn wanted(&self, key: Name, fields: &[&'q Field]) -> Wanted {
        let below: Vec<&SelectionSet> = fields.iter().map(|field| &field.selection_set.node).collect();
        let first = fields[0];
        let named = match self.value(first.get_argument("name")) {
            Some(Value::String(name)) => Some(name),
            _ => None,
        };
        let deprecated = self.flag(first.get_argument("includeDeprecated"));
        Wanted { key, field: first.name.node.clone(), named, deprecated, below: self.plan(&below) }
    }

    fn flag(&self, given: Option<&Positioned<Given>>) -> bool {
        self.value(given) == Some(Value::Boolean(true))
    }

    fn value(&self, given: Option<&Positioned<Given>>) -> Option<Value> {
        given?.node.clone().into_const_with(|name| self.variables.get(&name).cloned().ok_or(())).ok()
    }

    /// What must be given and is not is told before anything is answered.
    fn check(&self, operation: &OperationDefinition) -> ServerResult<()> {
        let missing = operation.variable_definitions.iter().find(|definition| {
            !definition.node.var_type.node.nullable
                && !self.variables.contains_key(&definition.node.name.node)
        });
        missing.map_or(Ok(()), |definition| {
            let name = &definition.node.name.node;
            let message =
                format!("変数 ${name} の値がありません。variables に \"{name}\" を添えてください。");
            Err(ServerError::new(message, Some(definition.pos)))
        })
    }
}

/// The name of a type, which is told wherever it is meant.
fn named(object: &Fields) -> Option<&str> {
    match (object.get("__typename"), object.get("name")) {
        (Some(Value::String(of)), Some(Value::String(name))) if of == "__Type" => Some(name),
        _ => None,
    }
}

fn is_deprecated(item: &Value) -> bool {
    matches!(item, Value::Object(fields) if fields.get("isDeprecated") == Some(&Value::Boolean(true)))
}

/// Objects, their fields, and what is in them; long texts are more.
fn values(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(values).sum(),
        Value::Object(fields) => 1 + fields.values().map(|value| 1 + values(value)).sum::<usize>(),
        Value::String(text) => text.len() / TEXT_BYTES,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Schema, build};
    use super::*;
    use async_graphql::parser::parse_query;
    use async_graphql::{Request, Response};
    use proptest::prelude::*;

    fn run(schema: &Schema, request: Request) -> Response {
        schema.execute(request).now_or_never().unwrap()
    }

    /// By the library, and by what is known.
    fn both(document: &str, variables: Variables) -> (Response, Response) {
        static SCHEMAS: LazyLock<(Schema, Schema)> =
            LazyLock::new(|| (builder().finish(), build(&Config::default())));
        let (library, ours) = &*SCHEMAS;
        let request = || Request::new(document).variables(variables.clone());
        let question = Question::of(&parse_query(document).unwrap(), &variables).unwrap();
        (run(library, request()), run(ours, request().data(question)))
    }

    fn same(document: &str, variables: serde_json::Value) {
        let (library, ours) = both(document, Variables::from_json(variables));
        assert_eq!(library.errors, [], "{document}");
        assert_eq!(ours.errors, [], "{document}");
        assert_eq!(ours.data, library.data, "{document}");
    }

    #[test]
    fn all_of_it_is_known() {
        same(EVERYTHING, serde_json::json!({}));
    }

    #[test]
    fn variables_directives_fragments_and_names_are_minded() {
        let given = serde_json::json!({ "name": "Entry", "old": true, "not": false });
        for document in [
            "query($name: String!) { __type(name: $name) { name } other: __type(name: \"Sheet\") { name } }",
            "query($old: Boolean) { __type(name: \"Query\") { fields(includeDeprecated: $old) { name } } }",
            "query($not: Boolean!) { __schema @include(if: $not) { description } __typename }",
            "query($not: Boolean!) { __schema { a: description @skip(if: $not) ...F @include(if: $not) } }
             fragment F on __Schema { b: description }",
            "{ ...F __schema { queryType { kind } } }
             fragment F on Query { __schema { queryType { name ... on __Type { fields { type { ofType { kind } } } } } } }",
            "{ __type(name: \"Nothing\") { name } __typename }",
            "{ __schema { description } __schema { description queryType { name } } __typename
               __type(name: \"Nothing\") { name } __type(name: \"Nothing\") { kind } }",
            "{ __type(name: \"__Type\") { name fields { name type { kind ofType { name interfaces { name } } } } } }",
        ] {
            same(document, given.clone());
        }
    }

    #[test]
    fn what_is_old_is_told_to_who_asks_for_it() {
        let fields = |argument: &str| {
            let document =
                format!("{{ __type(name: \"Query\") {{ fields{argument} {{ name isDeprecated }} }} }}");
            both(&document, Variables::default()).1.data.to_string()
        };
        assert!(fields("").contains("isDeprecated: false"));
        assert!(fields("(includeDeprecated: true)").len() >= fields("").len());
    }

    #[test]
    fn what_is_not_given_is_the_default() {
        // The library says that null is no Boolean.
        let old = "query($absent: Boolean) { __type(name: \"Query\") { fields(includeDeprecated: $absent) { name } } }";
        let plain = "{ __type(name: \"Query\") { fields { name } } }";
        let (_, ours) = both(old, Variables::default());
        assert_eq!(ours.errors, []);
        assert_eq!(ours.data, both(plain, Variables::default()).0.data);
    }

    #[test]
    fn a_variable_that_lacks_is_told() {
        let document = "query($name: String!) { __type(name: $name) { name } }";
        let (_, ours) = both(document, Variables::default());
        assert_eq!(ours.errors.len(), 1);
        assert!(ours.errors[0].message.contains("$name"), "{:?}", ours.errors);
    }

    #[test]
    fn nobody_asks_for_much_more_than_everything() {
        let again: String =
            (0..20).map(|nth| format!("a{nth}: types {{ name fields {{ name description }} }} ")).collect();
        let all = format!("{{ __schema {{ {again} }} }}");
        let (_, ours) = both(&all, Variables::default());
        assert_eq!(ours.errors[0].message, Excess::Schema.message());
        assert_eq!(ours.data, Value::Null);
        // Nulls count.
        let nulls: String = (0..200).map(|nth| format!("a{nth}: description ")).collect();
        let wrapped = format!("{{ __schema {{ types {{ fields {{ type {{ {nulls} }} }} }} }} }}");
        let (_, ours) = both(&wrapped, Variables::default());
        assert_eq!(ours.errors[0].message, Excess::Schema.message());
        // Beside something else, a part of it.
        let beside = EVERYTHING.replacen("{ __typename", "{ viewer { id }", 1);
        let question = Question::of(&parse_query(&beside).unwrap(), &Variables::default()).unwrap();
        assert_eq!(question.read(None).unwrap_err().message, Excess::Schema.message());
    }

    /// Selections of a type, so many levels deep.
    fn selection(of: &'static str, levels: u32) -> BoxedStrategy<String> {
        let fields = FIELDS.iter().filter(|(on, ..)| *on == of);
        let plain: Vec<&str> =
            fields.clone().filter(|(.., below)| below.is_empty()).map(|(_, name, _)| *name).collect();
        let deep: Vec<(&str, &'static str)> =
            fields.filter(|(.., below)| !below.is_empty()).map(|(_, name, below)| (*name, *below)).collect();
        let plain =
            prop::sample::subsequence(plain.clone(), 1..=plain.len()).prop_map(|names| names.join(" "));
        if levels == 0 || deep.is_empty() {
            return plain.boxed();
        }
        let below =
            prop::sample::subsequence(deep.clone(), 0..=deep.len().min(2)).prop_flat_map(move |deep| {
                let sets: Vec<BoxedStrategy<String>> = deep
                    .into_iter()
                    .enumerate()
                    .map(|(nth, (name, below))| {
                        (selection(below, levels - 1), any::<[bool; 3]>())
                            .prop_map(move |(set, [old, alias, inline])| {
                                let takes = ["fields", "inputFields", "enumValues", "args"].contains(&name);
                                let old = if old && takes { "(includeDeprecated: true)" } else { "" };
                                let alias = if alias { format!("a{nth}: ") } else { String::new() };
                                match inline {
                                    true => format!("{alias}{name}{old} {{ ... on {below} {{ {set} }} }}"),
                                    false => format!("{alias}{name}{old} {{ {set} }}"),
                                }
                            })
                            .boxed()
                    })
                    .collect();
                sets.prop_map(|sets| sets.join(" "))
            });
        (plain, below).prop_map(|(plain, below)| format!("{plain} {below}")).boxed()
    }

    const FIELDS: &[(&str, &str, &str)] = &[
        ("__Schema", "__typename", ""),
        ("__Schema", "description", ""),
        ("__Schema", "queryType", "__Type"),
        ("__Schema", "mutationType", "__Type"),
        ("__Schema", "subscriptionType", "__Type"),
        ("__Schema", "directives", "__Directive"),
        ("__Type", "__typename", ""),
        ("__Type", "kind", ""),
        ("__Type", "name", ""),
        ("__Type", "description", ""),
        ("__Type", "specifiedByURL", ""),
        ("__Type", "isOneOf", ""),
        ("__Type", "fields", "__Field"),
        ("__Type", "interfaces", "__Type"),
        ("__Type", "possibleTypes", "__Type"),
        ("__Type", "enumValues", "__EnumValue"),
        ("__Type", "inputFields", "__InputValue"),
        ("__Type", "ofType", "__Type"),
        ("__Field", "name", ""),
        ("__Field", "description", ""),
        ("__Field", "args", "__InputValue"),
        ("__Field", "type", "__Type"),
        ("__Field", "isDeprecated", ""),
        ("__Field", "deprecationReason", ""),
        ("__InputValue", "name", ""),
        ("__InputValue", "description", ""),
        ("__InputValue", "type", "__Type"),
        ("__InputValue", "defaultValue", ""),
        ("__InputValue", "isDeprecated", ""),
        ("__InputValue", "deprecationReason", ""),
        ("__EnumValue", "name", ""),
        ("__EnumValue", "description", ""),
        ("__EnumValue", "isDeprecated", ""),
        ("__EnumValue", "deprecationReason", ""),
        ("__Directive", "name", ""),
        ("__Directive", "description", ""),
        ("__Directive", "locations", ""),
        ("__Directive", "isRepeatable", ""),
        ("__Directive", "args", "__InputValue"),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_selected_is_what_the_library_tells(
            schema in selection("__Schema", 5),
            named in selection("__Type", 4),
            name in prop::sample::select(vec!["Query", "Entry", "EntryEdit", "Scene", "Node", "UpdateEntryPayload", "ID"]),
        ) {
            let document = format!("{{ __schema {{ {schema} }} __type(name: \"{name}\") {{ {named} }} }}");
            let (library, ours) = both(&document, Variables::default());
            prop_assert_eq!(&library.errors, &[]);
            // What is too much is told, and nothing else is.
            prop_assume!(ours.errors.is_empty() || ours.errors[0].message != Excess::Schema.message());
            prop_assert_eq!(&ours.errors, &[]);
            prop_assert_eq!(ours.data, library.data);
        }
    }
}
