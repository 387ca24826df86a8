//! What an operation costs, told before it runs: fields in units of one that is at hand, each as often as its lists
//! make it. The weights mirror what was measured (`tests/tests/cost` searches for what costs more).

use super::limits::{ASKED_EVENTS, Excess, PAGED_ROWS, TELLING_ROWS, TEXT_BYTES};
use super::own;
use super::page::ROW;
use crate::sheet::api::OF_THE_WHOLE;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, FragmentDefinition, OperationType, Selection, SelectionSet,
    TypeKind, TypeSystemDefinition,
};
use async_graphql::parser::{parse_query, parse_schema};
use async_graphql::{Context, Name, Positioned, Value, Variables};
use renkei_domain::limits::PAGE_ROWS;
use std::collections::{HashMap, HashSet};
use std::ops::{Add, Mul};
use std::sync::LazyLock;

/// Rows of a list that nothing is known about.
const ROWS: u64 = 10;
/// A list of plain values, such as scenes.
const VALUES: u64 = 3;
/// Rows of a page, where `first` is not given.
const FIRST: u64 = 20;
/// Rows of a page that are loaded for what it costs to show a field.
const LOADED_ROWS: u64 = 10;
/// An operation may cost so many percent of what the client's own whole sheet costs. Twice would be the bound of what it
/// takes to answer; what is between is for estimates that are too low. On a full sheet they are closer.
const PERCENT_OF_SHEET: Cost = Cost { sample: 132, full: 140 };
/// One of a list of objects, before anything is asked of it.
const OBJECT: u64 = 1;
/// To read what stands in a sheet.
pub const SHEET: u64 = 830;
/// Once in an operation. The former make the hash of a password, which is slow by design; the last reads the log.
const ONCE: [&str; 3] = ["signIn", "changePassword", "sheetEvents"];

/// Of the sample's sheet, and of one ten times as full. Whoever asks for much of every entry is dear on the one, whoever
/// asks much beside them on the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub sample: u64,
    pub full: u64,
}

/// How often what stands below a field is there.
#[derive(Clone, Copy, Debug)]
enum Rows {
    Some(u64),
    /// Of a cell.
    Entries,
    /// Of a sheet, those that have changed.
    Changed,
    /// A page, whose edges are as many as the argument `first` says.
    First,
    /// The same of a page that is one of many: a few, and [`super::page::PageOfMany`] sees to the rest.
    FirstFew,
    /// Of a page: as many as it was asked for.
    Edges,
}

use Rows::{Changed, Edges, Entries, First, FirstFew, Some as Few};

/// What a field itself costs, and how many rows it has, where it is not a plain one.
const WEIGHTS: &[(&str, u64, Rows)] = &[
    ("Query.viewer", 3, Few(1)),
    ("Query.regions", 600, Few(1)),
    ("Query.region", 600, Few(1)),
    ("Query.sheet", 600, Few(1)),
    ("Query.node", 1000, Few(1)),
    ("Query.drafts", 570, Few(20)),
    ("Query.waitingThreads", 600, First),
    ("Query.tokens", 200, Few(10)),
    ("Query.sheetEvents", 1900, Few(ASKED_EVENTS as u64)),
    ("Region.organizations", 2, Few(6)),
    ("Region.accounts", 650, Few(10)),
    ("Region.items", 1250, Few(8)),
    ("Region.handouts", 10, Few(5)),
    ("Region.sheets", 20, Few(2)),
    ("Sheet.columns", 200, Few(4)),
    ("Sheet.rows", 40, Few(8)),
    ("Sheet.changes", 800, First),
    ("Sheet.since", 1250, Changed),
    ("Sheet.lastVisit", 250, Few(1)),
    ("Sheet.snapshots", 250, Few(3)),
    ("Sheet.threads", 600, Few(20)),
    ("Snapshot.columns", 40, Few(4)),
    ("Snapshot.rows", 60, Few(8)),
    ("Thread.comments", 1, Few(3)),
    ("Comment.mentions", 2, Few(1)),
    ("Row.cells", 6, Few(4)),
    ("Row.cell", 4, Few(1)),
    ("Row.sceneCounts", 20, Few(4)),
    ("Cell.entries", 1, Entries),
    ("Cell.changes", 50, FirstFew),
    ("Entry.notes", 1, Few(1)),
    ("Entry.references", 3, Few(1)),
    ("Entry.threads", 6, Few(1)),
    ("Entry.changes", 28, FirstFew),
    ("Entry.viewerCanEdit", 2, Few(1)),
    ("Cell.viewerCanEdit", 2, Few(1)),
    ("EntryState.notes", 1, Few(1)),
    ("EntryText.notes", 1, Few(1)),
    ("Change.entry", 55, Few(1)),
    ("EntryChange.difference", 20, Few(3)),
    ("EntryDifference.difference", 10, Few(3)),
    ("ChangeConnection.edges", 0, Edges),
    ("ThreadConnection.edges", 0, Edges),
    ("Account.memberships", 3, Few(2)),
    ("Subscription.sheetEvents", 100, Few(1)),
    // Told once, beside as many events as are expected.
    ("PresenceChanged.present", 2, Few(1)),
];

/// A change: a transaction, a row of the log, and waiting for the disk.
const MUTATION: u64 = 300;

/// What every field of the schema weighs.
pub struct Weights {
    types: HashMap<String, HashMap<String, Weight>>,
    /// Of these an answer is exactly one.
    objects: HashSet<String>,
    most: Cost,
}

#[derive(Clone, Debug)]
struct Weight {
    cost: u64,
    rows: Rows,
    /// The type of what stands below.
    below: String,
    /// Whether it is a list of something that more is asked of.
    objects: bool,
}

/// Of the schema that is served.
pub static WEIGHTS_OF_SCHEMA: LazyLock<Weights> = LazyLock::new(|| {
    let mut weights = Weights::read(&super::sdl());
    weights.most = weights.most();
    weights
});

impl Weights {
    fn read(sdl: &str) -> Self {
        let mut types: HashMap<String, HashMap<String, Weight>> = HashMap::new();
        let mut objects = HashSet::new();
        let mut composite = HashSet::new();
        // It is tested to be one.
        for definition in parse_schema(sdl).into_iter().flat_map(|document| document.definitions) {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            if !matches!(definition.node.kind, TypeKind::Enum(_) | TypeKind::Scalar) {
                composite.insert(name.clone());
            }
            let fields = match definition.node.kind {
                TypeKind::Object(object) => {
                    objects.insert(name.clone());
                    object.fields
                }
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            let known = types.entry(name.clone()).or_default();
            for field in fields {
                let field = field.node;
                let list = matches!(field.ty.node.base, BaseType::List(_));
                let weight = weight(&name, &field.name.node, named(&field.ty.node.base), list);
                known.insert(field.name.node.to_string(), weight);
            }
        }
        for (_, weight) in types.values_mut().flatten() {
            if weight.objects && !composite.contains(&weight.below) {
                weight.cost = VALUES;
                weight.objects = false;
            }
        }
        Weights { types, objects, most: Cost::default() }
    }

    /// What an operation may cost.
    fn most(&self) -> Cost {
        let sheet = own::document("Sheet").and_then(|document| parse_query(document).ok());
        let cost = sheet.and_then(|sheet| self.of(&sheet, &Variables::default()).ok()).unwrap_or_default();
        let percent = PERCENT_OF_SHEET;
        Cost { sample: cost.sample * percent.sample / 100, full: cost.full * percent.full / 100 }
    }

    /// A cost as a part of the client's whole sheet.
    pub fn of_sheet(&self, cost: Cost) -> f64 {
        let part = |cost: u64, most: u64, percent: u64| (cost * percent) as f64 / (100 * most) as f64;
        let percent = PERCENT_OF_SHEET;
        part(cost.sample, self.most.sample, percent.sample).max(part(cost.full, self.most.full, percent.full))
    }

    /// What is left to an operation that costs so much, for rows of which nothing was known before.
    pub fn left(&self, cost: Cost) -> u64 {
        self.most.sample.saturating_sub(cost.sample)
    }

    /// What a row takes of the field that is being resolved, whose rows are of this type, with all that is asked of it.
    pub fn row(&self, ctx: &Context<'_>, of: &str) -> u64 {
        OBJECT + self.asked(ctx, of).once.sample
    }

    /// What an edge takes of the connection that is being resolved.
    pub fn edge(&self, ctx: &Context<'_>, of: &str) -> u64 {
        self.asked(ctx, of).of_edge.sample
    }

    fn asked(&self, ctx: &Context<'_>, of: &str) -> Asked {
        let query = ctx.query_env;
        let mut estimate = Estimate::new(self, &query.variables, &query.fragments);
        // It was estimated before; there is no excess.
        estimate.set(of, &ctx.item.node.selection_set.node).unwrap_or_default()
    }

    /// What a field itself costs: `Query.sheet`.
    pub fn field(&self, path: &str) -> u64 {
        self.weight(path).map_or(0, |weight| weight.cost)
    }

    /// How many rows are expected of a list, such as `Sheet.threads`, and of which type.
    pub fn expected(&self, path: &str) -> (usize, &str) {
        match self.weight(path) {
            Some(Weight { rows: Few(rows), below, .. }) => {
                (usize::try_from(*rows).unwrap_or(usize::MAX), below)
            }
            _ => (0, ""),
        }
    }

    fn weight(&self, path: &str) -> Option<&Weight> {
        let (parent, field) = path.split_once('.')?;
        self.types.get(parent)?.get(field)
    }

    /// What an operation is told that turns out, while it runs, to cost so much more than it may.
    pub fn excess(&self, more: u64) -> Excess {
        let most = self.most.sample;
        Excess::Cost { cost: most.saturating_add(more), most }
    }

    /// Whether the dearest of a document's operations may run; what it costs.
    pub fn check(&self, document: &ExecutableDocument, variables: &Variables) -> Result<Cost, Excess> {
        let cost = self.of(document, variables)?;
        for (cost, most) in [(cost.sample, self.most.sample), (cost.full, self.most.full)] {
            if cost > most {
                return Err(Excess::Cost { cost, most });
            }
        }
        Ok(cost)
    }

    /// What the dearest of a document's operations costs.
    pub fn of(&self, document: &ExecutableDocument, variables: &Variables) -> Result<Cost, Excess> {
        let mut dearest = Cost::default();
        for (_, operation) in document.operations.iter() {
            let operation = &operation.node;
            let mut estimate = Estimate::new(self, variables, &document.fragments);
            let root = match operation.ty {
                OperationType::Query => "Query",
                OperationType::Mutation => "Mutation",
                OperationType::Subscription => "Subscription",
            };
            let asked = estimate.set(root, &operation.selection_set.node)?;
            dearest = dearest.or(asked.once);
        }
        Ok(dearest)
    }
}

fn named(base: &BaseType) -> String {
    match base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(&inner.base),
    }
}

fn weight(parent: &str, field: &str, below: String, list: bool) -> Weight {
    let path = format!("{parent}.{field}");
    let known = WEIGHTS.iter().find(|(name, ..)| *name == path);
    let (cost, rows) = match (known, parent, list) {
        (Some((_, cost, rows)), ..) => (*cost, *rows),
        (None, "Mutation", _) => (MUTATION, Few(1)),
        (None, _, true) => (1, Few(ROWS)),
        (None, _, false) => (1, Few(1)),
    };
    Weight { cost, rows, below, objects: list }
}

/// One operation's estimate: one walk, each fragment once.
struct Estimate<'d> {
    weights: &'d Weights,
    variables: &'d Variables,
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    known: HashMap<&'d Name, Asked>,
    /// Of variables, as arguments.
    sizes: HashMap<Name, u64>,
    once: HashSet<Name>,
}

impl<'d> Estimate<'d> {
    fn new(
        weights: &'d Weights,
        variables: &'d Variables,
        fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    ) -> Self {
        let (known, sizes, once) = (HashMap::new(), HashMap::new(), HashSet::new());
        Estimate { weights, variables, fragments, known, sizes, once }
    }

    /// What stands directly in it and, of the fragments on several object types, the dearest type's: one applies.
    fn set(&mut self, parent: &str, set: &'d SelectionSet) -> Result<Asked, Excess> {
        let mut asked = Asked::default();
        let mut of_types: HashMap<&str, Asked> = HashMap::new();
        for selection in &set.items {
            let (on, below) = match &selection.node {
                Selection::Field(field) => (None, self.field(parent, &field.node)?),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    (on, self.set(on.unwrap_or(parent), &inline.node.selection_set.node)?)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let on =
                        self.fragments.get(name).map(|one| one.node.type_condition.node.on.node.as_str());
                    (on, self.fragment(name)?)
                }
            };
            match on.filter(|on| *on != parent && self.weights.objects.contains(*on)) {
                Some(on) => {
                    let of_type = of_types.entry(on).or_default();
                    *of_type = *of_type + below;
                }
                None => asked = asked + below,
            }
        }
        Ok(of_types.into_values().fold(Asked::default(), Asked::or) + asked)
    }

    fn fragment(&mut self, name: &'d Name) -> Result<Asked, Excess> {
        if let Some(asked) = self.known.get(name) {
            return Ok(*asked);
        }
        let Some(fragment) = self.fragments.get(name) else { return Ok(Asked::default()) };
        let fragment = &fragment.node;
        let asked = self.set(fragment.type_condition.node.on.node.as_str(), &fragment.selection_set.node)?;
        self.known.insert(name, asked);
        Ok(asked)
    }

    fn field(&mut self, parent: &str, field: &'d Field) -> Result<Asked, Excess> {
        let name = &field.name.node;
        if ["Query", "Mutation"].contains(&parent)
            && ONCE.contains(&name.as_str())
            && !self.once.insert(name.clone())
        {
            return Err(Excess::Once(name.to_string()));
        }
        let arguments = self.size(field);
        let weights = self.weights;
        let weight = weights.types.get(parent).and_then(|fields| fields.get(name.as_str()));
        let Some(weight) = weight else {
            // About the schema, which is counted when it is told; or the validation does not know it either.
            return Ok(Asked::from(Cost::plain(1 + arguments)) + self.set("", &field.selection_set.node)?);
        };
        let Asked { once: mut below, of_edge } = self.set(&weight.below, &field.selection_set.node)?;
        if weight.below == "Sheet" && self.asks(&field.selection_set.node, &OF_THE_WHOLE) {
            below = below + Cost::plain(SHEET);
        }
        if weight.objects {
            below = below + Cost::plain(OBJECT);
        }
        let itself = Cost::plain(weight.cost + arguments);
        let of_all = match weight.rows {
            Edges => return Ok(Asked { once: itself, of_edge: below }),
            First => {
                let rows = self.first(field);
                below + of_edge * Cost::plain(rows) + Cost::plain(rows * ROW)
            }
            FirstFew => {
                let rows = self.first(field);
                below + of_edge * Cost::plain(rows.min(PAGED_ROWS as u64)) + Cost::plain(rows / LOADED_ROWS)
            }
            Few(rows) => below * Cost::plain(rows),
            Entries => below * Cost { sample: 2, full: 20 },
            Changed => below * Cost { sample: TELLING_ROWS as u64, full: 10 * TELLING_ROWS as u64 },
        };
        Ok(Asked::from(itself + of_all))
    }

    /// Whether one of these fields is asked for, be it by a fragment.
    fn asks(&self, set: &SelectionSet, fields: &[&str]) -> bool {
        set.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) => fields.contains(&field.node.name.node.as_str()),
            Selection::InlineFragment(inline) => self.asks(&inline.node.selection_set.node, fields),
            Selection::FragmentSpread(spread) => (self.fragments.get(&spread.node.fragment_name.node))
                .is_some_and(|fragment| self.asks(&fragment.node.selection_set.node, fields)),
        })
    }

    /// The argument `first` of a field, given in one of three ways or not at all.
    fn first(&self, field: &Field) -> u64 {
        let given = field.get_argument("first").cloned();
        let given = given.and_then(|value| {
            value.node.into_const_with(|name| self.variables.get(&name).cloned().ok_or(())).ok()
        });
        let given = match given {
            Some(Value::Number(number)) => number.as_i64(),
            _ => None,
        };
        // Beyond its bounds it is refused.
        given.map_or(FIRST, |first| u64::try_from(first).unwrap_or(0).min(PAGE_ROWS as u64))
    }

    /// What it takes to read an argument.
    fn size(&mut self, field: &Field) -> u64 {
        let mut size = 0;
        for (_, value) in &field.arguments {
            let read = value.node.clone().into_const_with(|name| {
                let known = self.sizes.get(&name).copied();
                let variable = known.unwrap_or_else(|| self.variables.get(&name).map_or(0, constant));
                self.sizes.insert(name, variable);
                size += variable;
                Ok::<_, ()>(Value::Null)
            });
            size += read.as_ref().map_or(0, constant);
        }
        size
    }
}

fn constant(value: &Value) -> u64 {
    match value {
        Value::List(values) => values.iter().map(|value| 1 + constant(value)).sum(),
        Value::Object(fields) => fields.values().map(|value| 1 + constant(value)).sum(),
        Value::String(text) => text.len() as u64 / TEXT_BYTES,
        _ => 0,
    }
}

/// What a set of selections costs.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    once: Cost,
    /// Of a connection's: as often as its page has edges.
    of_edge: Cost,
}

impl Asked {
    fn or(self, other: Self) -> Self {
        Asked { once: self.once.or(other.once), of_edge: self.of_edge.or(other.of_edge) }
    }
}

impl From<Cost> for Asked {
    fn from(once: Cost) -> Self {
        Asked { once, of_edge: Cost::default() }
    }
}

impl Add for Asked {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Asked { once: self.once + other.once, of_edge: self.of_edge + other.of_edge }
    }
}

impl Cost {
    fn plain(cost: u64) -> Self {
        Cost { sample: cost, full: cost }
    }

    /// The dearer of two, of which one comes about.
    fn or(self, other: Self) -> Self {
        Cost { sample: self.sample.max(other.sample), full: self.full.max(other.full) }
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Cost { sample: self.sample.saturating_add(other.sample), full: self.full.saturating_add(other.full) }
    }
}

impl Mul for Cost {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Cost { sample: self.sample.saturating_mul(other.sample), full: self.full.saturating_mul(other.full) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(document: &str) -> Cost {
        WEIGHTS_OF_SCHEMA.of(&parse_query(document).unwrap(), &Variables::default()).unwrap()
    }

    #[test]
    fn nothing_is_for_nothing() {
        let fields = |(of, fields): (&String, &HashMap<String, Weight>)| -> Vec<String> {
            let free = fields.iter().filter(|(_, weight)| weight.cost == 0 && !matches!(weight.rows, Edges));
            free.map(|(field, _)| format!("{of}.{field}")).collect()
        };
        let free: Vec<String> = WEIGHTS_OF_SCHEMA.types.iter().flat_map(fields).collect();
        assert!(free.is_empty(), "{free:?}");
    }

    #[test]
    fn a_page_counts_its_edges_as_often_as_it_has_them_and_what_stands_beside_them_once() {
        let page = |first: usize, set: &str| {
            cost(&format!(
                r#"{{ sheet(regionId: "", fiscalYear: 2026) {{ changes(first: {first}) {{ {set} }} }} }}
                fragment E on ChangeConnection {{ edges {{ cursor }} }}"#
            ))
            .sample
        };
        let beside = "pageInfo { endCursor }";
        let of_beside = |first| page(first, beside) - page(first, "__typename");
        assert_eq!((of_beside(1), of_beside(50)), (1, 1));
        let of_edges = |first| page(first, &format!("{beside} edges {{ cursor }}")) - page(first, beside);
        assert_eq!((of_edges(0), of_edges(50)), (0, 50 * of_edges(1)));
        assert_eq!(page(50, "...E ...E"), page(50, "a: edges { cursor } b: edges { cursor }"));
    }

    /// With the pages that it asks for unless told otherwise; `--nocapture` prints what each costs.
    #[test]
    fn the_clients_own_operations_are_no_more_than_twice_the_whole_sheet() {
        let weights = &*WEIGHTS_OF_SCHEMA;
        println!("{:?} may be asked", weights.most);
        for (name, document) in own::documents() {
            let cost = cost(document);
            println!("{name} {cost:?}, {:.2} times", weights.of_sheet(cost));
            assert!(weights.of_sheet(cost) <= 2.0, "{name}: {cost:?}");
        }
    }
}
