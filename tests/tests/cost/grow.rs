//! Requests that grow from the schema: fields at random, with arguments that find something, aliases and fragments.

use crate::bench::Places;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write;

/// Levels of fields.
const DEPTH: usize = 11;
/// How often a field is asked for beside itself: as often as the server takes it.
const AGAIN: [usize; 5] = [24, 12, 6, 3, 1];

pub struct Grower {
    types: HashMap<String, Vec<Field>>,
    /// Members of unions and interfaces.
    members: HashMap<String, Vec<String>>,
    places: Places,
    chance: u64,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    below: String,
    arguments: Vec<(String, String)>,
}

/// A field with what is asked of it; without a name an inline fragment on a type.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    name: String,
    on: String,
    arguments: String,
    below: Vec<Asked>,
}

#[derive(Clone, Debug)]
pub struct Request(Vec<Asked>);

/// A chain of fields, each below the one before.
struct Way {
    hops: Vec<Asked>,
    leads_to: String,
    /// The last of them.
    last: String,
}

impl Way {
    fn request(&self, asked: Vec<Asked>) -> Request {
        Request(self.hops.iter().rev().fold(asked, |below, hop| vec![Asked { below, ..hop.clone() }]))
    }
}

impl Grower {
    pub fn new(places: Places, seed: u64) -> Self {
        let schema = parse_schema(renkei_server::graphql::sdl()).unwrap();
        let (mut types, mut members) = (HashMap::new(), HashMap::<String, Vec<String>>::new());
        for definition in schema.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            match definition.node.kind {
                TypeKind::Object(object) => {
                    for interface in &object.implements {
                        members.entry(interface.node.to_string()).or_default().push(name.clone());
                    }
                    let fields = object.fields.into_iter().map(|field| Field {
                        name: field.node.name.node.to_string(),
                        below: named(&field.node.ty.node),
                        arguments: (field.node.arguments.iter())
                            .map(|one| (one.node.name.node.to_string(), named(&one.node.ty.node)))
                            .collect(),
                    });
                    types.insert(name, fields.collect());
                }
                TypeKind::Union(union) => {
                    members
                        .insert(name, union.members.iter().map(|member| member.node.to_string()).collect());
                }
                _ => {}
            }
        }
        Grower { types, members, places, chance: seed | 1 }
    }

    /// A number below another, by chance.
    pub fn below(&mut self, most: usize) -> usize {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        (self.chance >> 11) as usize % most.max(1)
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn request(&mut self) -> Request {
        let fields = 1 + self.below(3);
        Request((0..fields).map(|_| self.asked("Query", DEPTH)).collect())
    }

    /// Every field of the schema, wherever two fields lead to it: as often as can be asked for, then less often.
    pub fn each_field(&mut self) -> Vec<[Request; AGAIN.len()]> {
        let mut each = Vec::new();
        let mut known: HashSet<[String; 2]> = HashSet::new();
        let mut ways: VecDeque<Way> =
            VecDeque::from([Way { hops: Vec::new(), leads_to: "Query".to_owned(), last: String::new() }]);
        while let Some(way) = ways.pop_front() {
            for field in self.types[&way.leads_to].clone() {
                let asked = Asked {
                    name: field.name.clone(),
                    on: way.leads_to.clone(),
                    arguments: self.arguments(&field),
                    below: self.leaves(&field.below),
                };
                each.push(AGAIN.map(|times| way.request(vec![asked.clone(); times])));
                let members = self.members.get(&field.below);
                let types = members.cloned().unwrap_or_else(|| vec![field.below.clone()]);
                for on in types.into_iter().filter(|on| self.types.contains_key(on)) {
                    let step = format!("{}.{} {on}", asked.on, asked.name);
                    if known.insert([way.last.clone(), step.clone()]) && way.hops.len() < DEPTH - 1 {
                        let mut hops = way.hops.clone();
                        hops.push(Asked { below: Vec::new(), ..asked.clone() });
                        if on != field.below {
                            hops.push(Asked { name: String::new(), on: on.clone(), ..Asked::default() });
                        }
                        ways.push_back(Way { hops, leads_to: on, last: step });
                    }
                }
            }
        }
        each
    }

    /// All that can be asked of a type without asking further; of several types, which of them it is.
    fn leaves(&self, on: &str) -> Vec<Asked> {
        let leaf = |name: &str| Asked { name: name.to_owned(), on: on.to_owned(), ..Asked::default() };
        match (self.types.get(on), self.members.contains_key(on)) {
            (None, true) => vec![leaf("__typename")],
            (None, false) => Vec::new(),
            (Some(fields), _) => {
                let leaves = fields.iter().filter(|field| self.is_leaf(field) && field.arguments.is_empty());
                let leaves: Vec<Asked> = leaves.map(|field| leaf(&field.name)).collect();
                if leaves.is_empty() { vec![leaf("__typename")] } else { leaves }
            }
        }
    }

    /// A request with a few changes: something more, something again under another name, something less.
    pub fn changed(&mut self, request: &Request) -> Request {
        let mut changed = request.clone();
        for _ in 0..1 + self.below(4) {
            match self.below(5) {
                0 => changed = self.trimmed(changed.clone()).unwrap_or(changed),
                1 | 2 => {
                    let (again, times) = (self.some_path(&changed.0), 1 + self.below(10));
                    repeat(&mut changed.0, &again, times);
                }
                _ => {
                    let path = self.some_path(&changed.0);
                    self.enrich(&mut changed.0, &path);
                }
            }
        }
        changed
    }

    /// Without one of its parts; nothing where it has only one.
    pub fn trimmed(&mut self, mut request: Request) -> Option<Request> {
        let path = self.some_path(&request.0);
        remove(&mut request.0, &path);
        (!request.0.is_empty()).then_some(request)
    }

    fn some_path(&mut self, set: &[Asked]) -> Vec<usize> {
        let (mut path, mut set) = (Vec::new(), set);
        while !set.is_empty() {
            let index = self.below(set.len());
            path.push(index);
            set = &set[index].below;
            if self.one_in(3) {
                break;
            }
        }
        path
    }

    fn asked(&mut self, on: &str, depth: usize) -> Asked {
        if let Some(members) = self.members.get(on).cloned() {
            let member = members[self.below(members.len())].clone();
            let below = self.set(&member, depth);
            return Asked { name: String::new(), on: member, arguments: String::new(), below };
        }
        let fields = &self.types[on];
        let wanted: Vec<Field> =
            fields.iter().filter(|field| depth > 1 || self.is_leaf(field)).cloned().collect();
        let Some(field) = wanted.get(self.below(wanted.len())).cloned() else {
            return Asked {
                name: "__typename".into(),
                on: on.into(),
                arguments: String::new(),
                below: Vec::new(),
            };
        };
        let arguments = self.arguments(&field);
        let below = if self.is_leaf(&field) { Vec::new() } else { self.set(&field.below, depth - 1) };
        Asked { name: field.name, on: on.to_owned(), arguments, below }
    }

    fn is_leaf(&self, field: &Field) -> bool {
        !self.types.contains_key(&field.below) && !self.members.contains_key(&field.below)
    }

    fn set(&mut self, on: &str, depth: usize) -> Vec<Asked> {
        let most = self.types.get(on).map_or(2, Vec::len);
        let count = match self.below(4) {
            0 => most,
            1 => 1,
            _ => 1 + self.below(4),
        };
        (0..count).map(|_| self.asked(on, depth)).collect()
    }

    /// One more selection somewhere.
    fn enrich(&mut self, set: &mut Vec<Asked>, path: &[usize]) {
        let depth = DEPTH.saturating_sub(path.len()).max(1);
        match path.split_first() {
            Some((index, rest)) if !rest.is_empty() && !set[*index].below.is_empty() => {
                self.enrich(&mut set[*index].below, rest);
            }
            _ => {
                if let Some(on) = set
                    .first()
                    .map(|first| if first.name.is_empty() { String::new() } else { first.on.clone() })
                    && !on.is_empty()
                {
                    let more = self.asked(&on, depth);
                    set.push(more);
                }
            }
        }
    }

    fn arguments(&mut self, field: &Field) -> String {
        let given: Vec<String> = (field.arguments.iter())
            .filter_map(|(name, kind)| Some(format!("{name}: {}", self.argument(&field.name, name, kind)?)))
            .collect();
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    fn argument(&mut self, field: &str, name: &str, kind: &str) -> Option<String> {
        let quoted = |id: &String| format!("\"{id}\"");
        Some(match (field, name, kind) {
            ("node", "id", _) => {
                let (entry, other) =
                    (self.below(self.places.entries.len()), self.below(self.places.others.len()));
                let ids = [&self.places.sheet, &self.places.entries[entry], &self.places.others[other]];
                format!("\"{}\"", ids[self.chance as usize % 3])
            }
            ("region", "id", _) | (_, "regionId", _) => quoted(&self.places.region),
            (_, "sheetId", _) => quoted(&self.places.sheet),
            (_, "fiscalYear", _) if field == "changes" => return None,
            (_, "fiscalYear", _) => ["2026", "2026", "2025"][self.below(3)].to_owned(),
            (_, "facet", _) if field == "changes" => return None,
            (_, "facet", _) => ["GOAL", "PLAN"][self.below(2)].to_owned(),
            (_, "seq" | "afterSeq", _) => ["0", "0", "40"][self.below(3)].to_owned(),
            (_, "first", _) => ["1", "2", "3", "5", "20", "100"][self.below(6)].to_owned(),
            (_, _, "EntryFilter") => self.filter()?,
            _ => return None,
        })
    }

    fn filter(&mut self) -> Option<String> {
        Some(match self.below(5) {
            0 => "{ scenes: [END_OF_LIFE] }".to_owned(),
            1 => "{ text: \"の\" }".to_owned(),
            2 => "{ text: \"ない文\", explicitScenesOnly: true }".to_owned(),
            3 => "{ joint: true, text: \"会\" }".to_owned(),
            _ => return None,
        })
    }
}

impl Request {
    /// Every field under a name of its own where it is there more than once.
    pub fn document(&self) -> String {
        let (mut text, mut names) = (String::new(), 0);
        write_set(&self.0, &mut text, &mut names);
        text
    }
}

fn write_set(set: &[Asked], text: &mut String, names: &mut usize) {
    text.push('{');
    let mut seen: Vec<&str> = Vec::new();
    for asked in set {
        text.push(' ');
        if asked.name.is_empty() {
            let _ = write!(text, "... on {} ", asked.on);
        } else {
            if seen.contains(&asked.name.as_str()) || !asked.arguments.is_empty() {
                *names += 1;
                let _ = write!(text, "a{names}: ");
            }
            seen.push(&asked.name);
            let _ = write!(text, "{}{} ", asked.name, asked.arguments);
        }
        if !asked.below.is_empty() {
            write_set(&asked.below, text, names);
        }
    }
    text.push('}');
}

fn repeat(set: &mut Vec<Asked>, path: &[usize], times: usize) {
    match path.split_first() {
        Some((index, [])) => {
            let again = set[*index].clone();
            set.extend(std::iter::repeat_n(again, times));
        }
        Some((index, rest)) => repeat(&mut set[*index].below, rest, times),
        None => {}
    }
}

/// What is left without anything below it goes as well.
fn remove(set: &mut Vec<Asked>, path: &[usize]) {
    match path.split_first() {
        Some((index, [])) => drop(set.remove(*index)),
        Some((index, rest)) => {
            remove(&mut set[*index].below, rest);
            if set[*index].below.is_empty() {
                set.remove(*index);
            }
        }
        None => {}
    }
}

fn named(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}
