//! What a document may ask for. Depth, complexity, recursion and directives are counted by the library; what it does not
//! count is counted here.

use crate::api::complexity::TOO_MUCH_TEXT;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Error, ErrorExtensions, ServerError};
use std::collections::HashMap;
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
/// On one field.
pub const DIRECTIVES_OF_FIELD: usize = 5;
/// Fields within fields. The deepest useful query, from a region to who changed an entry of its sheet, has 12;
/// introspection as tools send it has 15.
pub const DEPTH: usize = 20;
/// Selections within selections: fields and fragments.
pub const RECURSION: usize = 32;
/// The same field of the same object, under whatever names.
pub const REPEATED: usize = 24;
/// Fields and fragments, each as often as fragments bring it.
pub const SELECTIONS: usize = 2_000;
/// Values in variables: numbers, texts, lists and objects. An entry with all of its notes has some 250.
pub const VARIABLES: usize = 20_000;
/// Fields of an answer about the schema, likewise. Introspection as tools send it has some 300,000.
pub const INTROSPECTION: usize = 600_000;
/// For a query to be answered. What changes something is not cut short.
pub const QUERY_TIME: Duration = Duration::from_secs(10);

/// Which limit a request exceeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitError {
    Bytes,
    Tokens,
    Nesting,
    Aliases,
    Directives,
    DirectivesOfField,
    Depth,
    Repeated(String),
    Selections,
    Variables,
    Complexity,
    Introspection,
    Texts,
    Time,
}

impl LimitError {
    /// For programs; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bytes => "DOCUMENT_LIMIT",
            Self::Tokens => "TOKEN_LIMIT",
            Self::Nesting => "NESTING_LIMIT",
            Self::Aliases => "ALIAS_LIMIT",
            Self::Directives | Self::DirectivesOfField => "DIRECTIVE_LIMIT",
            Self::Depth => "DEPTH_LIMIT",
            Self::Repeated(_) => "REPETITION_LIMIT",
            Self::Selections => "SELECTION_LIMIT",
            Self::Variables => "VARIABLE_LIMIT",
            Self::Complexity | Self::Introspection | Self::Texts => "COMPLEXITY_LIMIT",
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
            Self::DirectivesOfField => {
                format!("ディレクティブ（@）は1か所に{DIRECTIVES_OF_FIELD}個までです。数を減らしてください。")
            }
            Self::Depth => {
                format!(
                    "項目の入れ子は{DEPTH}段まで、フラグメントを含めて{RECURSION}段までです。入れ子を浅くするか、idを使って分けて問い合わせてください。"
                )
            }
            Self::Repeated(field) => {
                format!("同じ項目（{field}）は1か所に{REPEATED}回までです。問い合わせを分けてください。")
            }
            Self::Selections => {
                format!(
                    "フラグメントを展開した項目は{SELECTIONS}個までです。項目を減らすか、問い合わせを分けてください。"
                )
            }
            Self::Variables => {
                format!("変数（variables）の値は{VARIABLES}個までです。いくつかの操作に分けてください。")
            }
            Self::Complexity => {
                "この問い合わせは大きすぎます。項目や件数（first）を減らすか、問い合わせを分けてください。"
                    .to_owned()
            }
            Self::Introspection => {
                "スキーマについての問い合わせが大きすぎます。同じものを何度も尋ねないようにするか、__type(name:) で1つずつ問い合わせてください。"
                    .to_owned()
            }
            Self::Texts => {
                "答えに入る変更履歴やコメントの文が長すぎます。件数（first）を減らすか、問い合わせを分けてください。"
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

    /// The limit that an error is about which was found during validation or execution.
    pub fn of_message(message: &str) -> Option<Self> {
        match message {
            TOO_MUCH_TEXT => Some(Self::Texts),
            "Query is too complex." => Some(Self::Complexity),
            "Query is nested too deep." => Some(Self::Depth),
            _ if message.starts_with("The recursion depth of the query") => Some(Self::Depth),
            _ if message.starts_with("The number of directives on the field") => {
                Some(Self::DirectivesOfField)
            }
            _ => None,
        }
    }
}

impl From<LimitError> for ServerError {
    fn from(error: LimitError) -> Self {
        refused(error.message(), error.code())
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

/// Checks the selections of a document's operations, each as often as fragments bring it.
pub fn check_selections(document: &ExecutableDocument) -> Result<(), LimitError> {
    let mut counter = Counter { document, selections: 0, introspection: 0 };
    for (_, operation) in document.operations.iter() {
        counter.object(&operation.node.selection_set.node, 0, 0)?;
    }
    Ok(())
}

struct Counter<'d> {
    document: &'d ExecutableDocument,
    selections: usize,
    /// Fields about the schema, as many as its lists make of them.
    introspection: usize,
}

impl<'d> Counter<'d> {
    /// What is selected of one object. `rows`: how many of them there may be, where they are about the schema.
    fn object(&mut self, set: &'d SelectionSet, level: usize, rows: usize) -> Result<(), LimitError> {
        self.set(set, level, rows, &mut HashMap::new())
    }

    fn set(
        &mut self,
        set: &'d SelectionSet,
        level: usize,
        rows: usize,
        repeated: &mut HashMap<&'d str, usize>,
    ) -> Result<(), LimitError> {
        if level > RECURSION {
            return Err(LimitError::Depth);
        }
        for selection in &set.items {
            self.selections += 1;
            if self.selections > SELECTIONS {
                return Err(LimitError::Selections);
            }
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let times = repeated.entry(name).or_default();
                    *times += 1;
                    if *times > REPEATED {
                        return Err(LimitError::Repeated(name.to_owned()));
                    }
                    self.introspection = self.introspection.saturating_add(rows);
                    if self.introspection > INTROSPECTION {
                        return Err(LimitError::Introspection);
                    }
                    self.object(&field.node.selection_set.node, level + 1, schema_rows(name, rows))?;
                }
                Selection::InlineFragment(fragment) => {
                    self.set(&fragment.node.selection_set.node, level + 1, rows, repeated)?;
                }
                Selection::FragmentSpread(spread) => {
                    // One that is not there is the validation's business.
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.set(&fragment.node.selection_set.node, level + 1, rows, repeated)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Of how many objects a field's selection is answered, as far as it is about the schema.
fn schema_rows(field: &str, rows: usize) -> usize {
    let times = match field {
        "__schema" | "__type" => return rows.max(1),
        "types" => 100,
        "fields" | "args" | "inputFields" | "enumValues" | "interfaces" | "possibleTypes" | "directives" => {
            10
        }
        _ => 1,
    };
    rows.saturating_mul(times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn checked(document: &str) -> Result<(), LimitError> {
        check_selections(&parse_query(document).unwrap())
    }

    #[test]
    fn fragments_count_as_often_as_they_are_spread() {
        let doubling = |levels: usize| {
            let fragment = |nth: usize| {
                format!("fragment F{nth} on X {{ a {{ ...F{next} }} b {{ ...F{next} }} }} ", next = nth + 1)
            };
            let all: String = (0..levels).map(fragment).collect();
            format!("{{ ...F0 }} {all} fragment F{levels} on X {{ c }}")
        };
        assert_eq!(checked(&doubling(8)), Ok(()));
        assert_eq!(checked(&doubling(11)), Err(LimitError::Selections));
        // Ten times as often at each of nine levels: a thousand million, known after 2,000.
        let ten: String = (0..9)
            .map(|nth| format!("fragment F{nth} on X {{ {} }} ", format!("...F{} ", nth + 1).repeat(10)))
            .collect();
        let repeated = checked(&format!("{{ ...F0 }} {ten} fragment F9 on X {{ a }}"));
        assert_eq!(repeated, Err(LimitError::Repeated("a".to_owned())));
    }

    #[test]
    fn repeated_fields_are_counted_for_each_object() {
        let repeated =
            |times: usize| format!("{{ b {{ {} }} c {{ a }} }}", "a ... on X { a } ".repeat(times));
        assert_eq!(checked(&repeated(REPEATED / 2)), Ok(()));
        assert_eq!(checked(&repeated(REPEATED / 2 + 1)), Err(LimitError::Repeated("a".to_owned())));
    }

    #[test]
    fn fragments_in_themselves_and_long_chains_are_too_deep() {
        let chain = |count: usize| {
            let all: String =
                (1..=count).map(|nth| format!("fragment F{nth} on X {{ ...F{} }} ", nth + 1)).collect();
            format!("{{ ...F1 }} {all} fragment F{} on X {{ a }}", count + 1)
        };
        assert_eq!(checked(&chain(RECURSION - 2)), Ok(()));
        for document in [
            chain(RECURSION),
            "{ ...A } fragment A on X { ...A }".to_owned(),
            "{ ...A } fragment A on X { a { ...B } } fragment B on X { ... on X { ...A } }".to_owned(),
        ] {
            assert_eq!(checked(&document), Err(LimitError::Depth), "{document}");
        }
        assert_eq!(checked("{ ...Nowhere }"), Ok(()));
    }

    #[test]
    fn questions_about_the_schema_are_counted_with_its_lists() {
        let names = "{ __schema { types { fields { name type { fields { name } } } } } }";
        assert_eq!(checked(names), Ok(()));
        for document in [
            "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
            &format!(
                "{{ __schema {{ {} }} }}",
                (0..20)
                    .map(|n| format!("a{n}: types {{ fields {{ args {{ a b c d }} }} }} "))
                    .collect::<String>()
            ),
        ] {
            assert_eq!(checked(document), Err(LimitError::Introspection), "{document}");
        }
    }
}
