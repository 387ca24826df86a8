//! What a document may ask for: judged before it is validated, the cheapest questions first. What it may cost is in
//! [`super::cost`].

use super::tokens::Amount;
use async_graphql::ServerError;
use async_graphql::parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Error, ErrorExtensions, Name, Positioned};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Of a document. A text to store belongs into variables, but a long one may stand in it.
pub const DOCUMENT_BYTES: usize = 256 * 1024;
/// Of a document. The client's largest has some 300, introspection as tools send it some 400.
pub const TOKENS: usize = 4_000;
/// Brackets within brackets.
pub const NESTING: usize = 60;
/// In a document. A ready-made query asks for each of the four scenes.
pub const ALIASES: usize = 60;
/// In a document.
pub const DIRECTIVES: usize = 50;
/// On one field, fragment or operation.
pub const DIRECTIVES_AT_ONCE: usize = 5;
/// Fields within fields. The deepest useful query, from a region to who changed an entry of its sheet, has 12;
/// introspection as tools send it has 15.
pub const DEPTH: usize = 20;
/// Fragments within fragments.
pub const FRAGMENTS: usize = 12;
/// The same field of the same object, under whatever names.
pub const REPEATED: usize = 24;
/// Fields of an operation itself.
pub const ROOT_FIELDS: usize = 24;
/// Fields and fragments, each as often as fragments bring it.
pub const SELECTIONS: usize = 2_000;
/// Values in variables: numbers, texts, lists and objects. An entry with all of its notes has some 250.
pub const VARIABLES: usize = 5_000;
/// Rows of a page that is one of many, such as the changes of each entry, as far as they are expected.
pub const PAGED_ROWS: usize = 1;
/// Changes that tell what is different on a sheet, as far as they are expected.
pub const TELLING_ROWS: usize = 16;
/// Events of one asking, as far as they are expected.
pub const ASKED_EVENTS: usize = 10;
/// Bytes of an argument that cost as much as a field.
pub const TEXT_BYTES: u64 = 1_000;
/// Bytes of a draft that is answered, likewise.
pub const DRAFT_BYTES: u64 = 500;
/// For a query to be answered. What changes something is not cut short.
pub const QUERY_TIME: Duration = Duration::from_secs(10);

/// Why a request is too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excess {
    Bytes,
    Tokens,
    Nesting,
    Aliases,
    Directives,
    DirectivesAtOnce,
    Depth,
    Fragments,
    FragmentCycle(String),
    Repeated(String),
    RootFields,
    Selections,
    Variables,
    Once(String),
    Cost {
        cost: u64,
        most: u64,
    },
    /// Found while it ran.
    Paged,
    /// Asks more about the schema than there is to tell.
    Schema,
    Time,
}

impl Excess {
    /// For programs; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bytes => "DOCUMENT_LIMIT",
            Self::Tokens => "TOKEN_LIMIT",
            Self::Nesting => "NESTING_LIMIT",
            Self::Aliases => "ALIAS_LIMIT",
            Self::Directives | Self::DirectivesAtOnce => "DIRECTIVE_LIMIT",
            Self::Depth => "DEPTH_LIMIT",
            Self::Fragments => "FRAGMENT_LIMIT",
            Self::FragmentCycle(_) => "FRAGMENT_CYCLE",
            Self::Repeated(_) => "REPETITION_LIMIT",
            Self::RootFields => "ROOT_FIELD_LIMIT",
            Self::Selections => "SELECTION_LIMIT",
            Self::Variables => "VARIABLE_LIMIT",
            Self::Once(_) => "ONCE_LIMIT",
            Self::Cost { .. } | Self::Paged | Self::Schema => "COMPLEXITY_LIMIT",
            Self::Time => "TIME_LIMIT",
        }
    }

    /// The limit, and what to do.
    pub fn message(&self) -> String {
        match self {
            Self::Bytes => {
                let most = DOCUMENT_BYTES / 1024;
                format!("問い合わせの文書は{most} KiBまでです。長い文は変数（variables）で渡してください。")
            }
            Self::Tokens => {
                format!("問い合わせの文書は{TOKENS}語までです。いくつかの問い合わせに分けてください。")
            }
            Self::Nesting => format!("かっこの入れ子は{NESTING}段までです。入れ子を浅くしてください。"),
            Self::Aliases => {
                format!("別名（alias）は1つの文書に{ALIASES}個までです。問い合わせを分けてください。")
            }
            Self::Directives => {
                format!("ディレクティブ（@）は1つの文書に{DIRECTIVES}個までです。数を減らしてください。")
            }
            Self::DirectivesAtOnce => {
                format!("ディレクティブ（@）は1か所に{DIRECTIVES_AT_ONCE}個までです。数を減らしてください。")
            }
            Self::Depth => {
                format!(
                    "項目の入れ子は{DEPTH}段までです。入れ子を浅くするか、idを使って分けて問い合わせてください。"
                )
            }
            Self::Fragments => {
                format!("フラグメントの入れ子は{FRAGMENTS}段までです。まとめて書いてください。")
            }
            Self::FragmentCycle(name) => {
                format!("フラグメント {name} が自分自身を含んでいます。循環をなくしてください。")
            }
            Self::Repeated(field) => {
                format!("同じ項目（{field}）は1か所に{REPEATED}回までです。問い合わせを分けてください。")
            }
            Self::RootFields => {
                format!(
                    "1回の問い合わせの最上位の項目は{ROOT_FIELDS}個までです。問い合わせを分けてください。"
                )
            }
            Self::Selections => {
                format!(
                    "フラグメントを展開した項目は{SELECTIONS}個までです。項目を減らすか、問い合わせを分けてください。"
                )
            }
            Self::Variables => {
                format!("変数（variables）の値は{VARIABLES}個までです。いくつかの操作に分けてください。")
            }
            Self::Once(field) => format!("{field} は1回の操作に1つだけです。操作を分けてください。"),
            Self::Cost { cost, most } => {
                format!(
                    "この問い合わせは大きすぎます（見積もり {cost}、上限 {most}）。項目や件数（first）を減らすか、問い合わせを分けてください。"
                )
            }
            Self::Paged => {
                "一覧の中の一覧が長すぎます。件数（first）を減らすか、1件ずつ問い合わせてください。"
                    .to_owned()
            }
            Self::Schema => {
                "スキーマについての問い合わせが大きすぎます。同じものを何度も尋ねないようにするか、__type(name:) で1つずつ問い合わせてください。"
                    .to_owned()
            }
            Self::Time => {
                let seconds = QUERY_TIME.as_secs();
                format!(
                    "{seconds}秒以内に答えられませんでした。範囲を狭めるか、時間をおいてもう一度お試しください。"
                )
            }
        }
    }
}

impl From<Excess> for Error {
    fn from(excess: Excess) -> Self {
        Error::new(excess.message()).extend_with(|_, extensions| extensions.set("code", excess.code()))
    }
}

impl From<Excess> for ServerError {
    fn from(excess: Excess) -> Self {
        refused(excess.message(), excess.code())
    }
}

/// An error of a request that does not run: its message for people, its code for programs.
pub fn refused(message: impl Into<String>, code: &'static str) -> ServerError {
    let error = Error::new(message);
    let mut error =
        error.extend_with(|_, extensions| extensions.set("code", code)).into_server_error(Default::default());
    error.locations.clear();
    error
}

/// What can be told of a text that is not parsed yet.
pub fn check_text(document: &str) -> Result<(), Excess> {
    if document.len() > DOCUMENT_BYTES {
        return Err(Excess::Bytes);
    }
    let amount = Amount::of(document);
    let judged = [
        (amount.nesting > NESTING, Excess::Nesting),
        (amount.aliases > ALIASES, Excess::Aliases),
        (amount.directives > DIRECTIVES, Excess::Directives),
        (amount.tokens > TOKENS, Excess::Tokens),
    ];
    judged.into_iter().find(|(exceeds, _)| *exceeds).map_or(Ok(()), |(_, excess)| Err(excess))
}

/// What its structure tells, of all of its operations and fragments: one walk, each fragment once.
pub fn check_structure(document: &ExecutableDocument) -> Result<(), Excess> {
    let mut walk = Walk { fragments: &document.fragments, known: HashMap::new(), under_way: HashSet::new() };
    for (_, operation) in document.operations.iter() {
        check_directives(operation.node.directives.len())?;
        let shape = walk.set(&operation.node.selection_set.node)?;
        shape.check()?;
        if shape.names.values().sum::<usize>() > ROOT_FIELDS {
            return Err(Excess::RootFields);
        }
    }
    for name in document.fragments.keys() {
        walk.fragment(name)?.check()?;
    }
    Ok(())
}

/// A set of selections with all that its fragments bring.
#[derive(Clone, Debug, Default)]
struct Shape {
    depth: usize,
    fragments: usize,
    selections: usize,
    /// How often each field is named in the set itself.
    names: HashMap<Name, usize>,
}

impl Shape {
    fn check(&self) -> Result<(), Excess> {
        if self.depth > DEPTH {
            return Err(Excess::Depth);
        }
        if self.fragments > FRAGMENTS {
            return Err(Excess::Fragments);
        }
        if let Some((name, _)) = self.names.iter().find(|(_, times)| **times > REPEATED) {
            return Err(Excess::Repeated(name.to_string()));
        }
        if self.selections > SELECTIONS {
            return Err(Excess::Selections);
        }
        Ok(())
    }

    /// Takes in what a fragment brings. Its names are looked at last, since that takes longest.
    fn spread(&mut self, brought: &Shape) -> Result<(), Excess> {
        self.depth = self.depth.max(brought.depth);
        self.fragments = self.fragments.max(1 + brought.fragments);
        self.selections += 1 + brought.selections;
        if self.selections > SELECTIONS {
            return Err(Excess::Selections);
        }
        for (name, times) in &brought.names {
            *self.names.entry(name.clone()).or_default() += times;
        }
        Ok(())
    }
}

struct Walk<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    known: HashMap<&'d Name, Shape>,
    under_way: HashSet<&'d Name>,
}

impl<'d> Walk<'d> {
    /// The parser bounds how deep sets stand in each other, [`Walk::fragment`] how deep fragments do.
    fn set(&mut self, set: &'d SelectionSet) -> Result<Shape, Excess> {
        let mut shape = Shape::default();
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, &mut shape)?,
                Selection::InlineFragment(inline) => {
                    check_directives(inline.node.directives.len())?;
                    shape.spread(&self.set(&inline.node.selection_set.node)?)?;
                }
                Selection::FragmentSpread(spread) => {
                    check_directives(spread.node.directives.len())?;
                    shape.spread(&self.fragment(&spread.node.fragment_name.node)?)?;
                }
            }
        }
        Ok(shape)
    }

    fn field(&mut self, field: &'d Field, shape: &mut Shape) -> Result<(), Excess> {
        check_directives(field.directives.len())?;
        let below = self.set(&field.selection_set.node)?;
        below.check()?;
        shape.depth = shape.depth.max(1 + below.depth);
        shape.fragments = shape.fragments.max(below.fragments);
        shape.selections += 1 + below.selections;
        *shape.names.entry(field.name.node.clone()).or_default() += 1;
        Ok(())
    }

    fn fragment(&mut self, name: &'d Name) -> Result<Shape, Excess> {
        if let Some(shape) = self.known.get(name) {
            return Ok(shape.clone());
        }
        // One that is not there is the validation's business.
        let Some((name, fragment)) = self.fragments.get_key_value(name) else { return Ok(Shape::default()) };
        if self.under_way.len() > FRAGMENTS {
            return Err(Excess::Fragments);
        }
        if !self.under_way.insert(name) {
            return Err(Excess::FragmentCycle(name.to_string()));
        }
        check_directives(fragment.node.directives.len())?;
        let shape = self.set(&fragment.node.selection_set.node)?;
        self.under_way.remove(name);
        self.known.insert(name, shape.clone());
        Ok(shape)
    }
}

fn check_directives(count: usize) -> Result<(), Excess> {
    if count > DIRECTIVES_AT_ONCE { Err(Excess::DirectivesAtOnce) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn judged(document: &str) -> Result<(), Excess> {
        check_text(document)?;
        check_structure(&parse_query(document).unwrap())
    }

    fn nested(levels: usize) -> String {
        format!("{}{}", "{ a ".repeat(levels), "}".repeat(levels))
    }

    fn set(one: &str, times: usize) -> String {
        format!("{{ {} }}", format!("{one} ").repeat(times))
    }

    #[test]
    fn at_each_limit_and_beyond_it() {
        let aliases = |count: usize| {
            let all: String = (0..count).map(|nth| format!("a{nth}: b{nth} ")).collect();
            format!("{{ a {{ {all} }} }}")
        };
        let names = |count: usize| {
            let all: String = (0..count).map(|nth| format!("a{nth} ")).collect();
            format!("{{ {all} }}")
        };
        let chain = |count: usize| {
            let all: String =
                (1..=count).map(|nth| format!("fragment F{nth} on X {{ ...F{} }} ", nth + 1)).collect();
            format!("{{ ...F1 }} {all} fragment F{} on X {{ a }}", count + 1)
        };
        let directives = |count: usize| format!("{{ a {} }}", "@b ".repeat(count));
        let spread = |count: usize| {
            let all: String = (0..DIRECTIVES).map(|nth| format!("a{nth} @b ")).collect();
            format!("{{ c {{ {all} {} }} }}", "d @e ".repeat(count))
        };
        for (within, beyond, excess) in [
            (nested(DEPTH), nested(DEPTH + 1), Excess::Depth),
            (aliases(ALIASES), aliases(ALIASES + 1), Excess::Aliases),
            (names(ROOT_FIELDS), names(ROOT_FIELDS + 1), Excess::RootFields),
            (
                format!("{{ b {} }}", set("a", REPEATED)),
                format!("{{ b {} }}", set("a", REPEATED + 1)),
                Excess::Repeated("a".to_owned()),
            ),
            (chain(FRAGMENTS - 1), chain(FRAGMENTS), Excess::Fragments),
            (directives(DIRECTIVES_AT_ONCE), directives(DIRECTIVES_AT_ONCE + 1), Excess::DirectivesAtOnce),
            (spread(0), spread(1), Excess::Directives),
        ] {
            assert_eq!(judged(&within), Ok(()), "{within}");
            assert_eq!(judged(&beyond), Err(excess), "{beyond}");
        }
        assert_eq!(judged(&nested(NESTING + 1)), Err(Excess::Nesting));
        assert_eq!(judged(&set("a", TOKENS)), Err(Excess::Tokens));
        assert_eq!(judged(&" ".repeat(DOCUMENT_BYTES + 1)), Err(Excess::Bytes));
    }

    #[test]
    fn fragments_count_as_often_as_they_are_spread() {
        let doubling = |levels: usize| {
            let all: String = (0..levels)
                .map(|nth| {
                    format!(
                        "fragment F{nth} on X {{ a {{ ...F{next} }} b {{ ...F{next} }} }} ",
                        next = nth + 1
                    )
                })
                .collect();
            format!("{{ ...F0 }} {all} fragment F{levels} on X {{ c }}")
        };
        assert_eq!(judged(&doubling(8)), Ok(()));
        assert_eq!(judged(&doubling(11)), Err(Excess::Selections));
        // Ten times as often at each of nine levels: a thousand million, told at once.
        let ten: String = (0..9)
            .map(|nth| format!("fragment F{nth} on X {{ {} }} ", format!("...F{} ", nth + 1).repeat(10)))
            .collect();
        let repeated = judged(&format!("{{ ...F0 }} {ten} fragment F9 on X {{ a }}"));
        assert_eq!(repeated, Err(Excess::Selections));
    }

    #[test]
    fn a_cycle_is_told_wherever_it_is() {
        for document in [
            "{ ...A } fragment A on X { ...A }",
            "{ ...A } fragment A on X { a { ...B } } fragment B on X { ... on X { ...A } }",
            "{ a } fragment A on X { ...B } fragment B on X { ...A }",
        ] {
            assert!(matches!(judged(document), Err(Excess::FragmentCycle(_))), "{document}");
        }
        assert_eq!(judged("{ ...Nowhere }"), Ok(()));
    }
}
