//! Answers that a client may keep. A read of which every field is told by the change log comes with a tag; asked for again
//! with the tag, it is not executed as long as the tag would be the same.
//!
//! The tag names all that the answer depends on: the operation, who asks and with which rights, the numbers of the last
//! changes of the regions that they read, the schema and the program. The numbers are read before the operation runs, so
//! that an answer may be newer than its tag, and is then asked for once more, but never older.

use super::media::Media;
use crate::caller::Identity;
use crate::graphql;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    TypeKind,
};
use async_graphql::parser::{parse_schema, types};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::UNIX_EPOCH;

/// Whatever is changed by nothing but a change with a number, in a region that the viewer reads. Drafts, presence, visits
/// and what waits for somebody are not among it, nor is a field that nobody has thought of here.
const TOLD: [(&str, &[&str]); 22] = [
    ("Query", &["viewer", "regions", "region", "sheet"]),
    ("Region", &["id", "name", "organizations", "items", "handouts", "sheets"]),
    ("Organization", &["id", "kind", "name", "shortName"]),
    ("Handout", &["id", "number", "title"]),
    ("Account", &["id", "login", "name", "organization", "memberships"]),
    ("Membership", &["region", "role"]),
    (
        "Sheet",
        &[
            "id",
            "region",
            "fiscalYear",
            "title",
            "itemHeading",
            "itemFootnote",
            "phase",
            "secretariat",
            "columns",
            "rows",
            "changes",
            "since",
            "seq",
        ],
    ),
    ("Column", &["facet", "fiscalYear", "heading", "asOf", "footnote"]),
    ("Row", &["item", "cells"]),
    ("Item", &["id", "code", "title", "scenes", "position"]),
    ("Cell", &["facet", "fiscalYear", "entries", "hiddenCount", "viewerCanEdit", "changes"]),
    (
        "Entry",
        &[
            "id",
            "item",
            "facet",
            "fiscalYear",
            "body",
            "notes",
            "scenes",
            "explicitScenes",
            "owner",
            "position",
            "version",
            "deletedAt",
            "updatedAt",
            "updatedBy",
            "viewerCanEdit",
            "references",
            "changes",
        ],
    ),
    ("Note", &["kind", "text", "depth"]),
    ("UnresolvedReference", &["label"]),
    ("ChangeConnection", &["edges", "pageInfo"]),
    ("ChangeEdge", &["cursor", "node"]),
    ("PageInfo", &["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"]),
    ("Change", &["id", "seq", "at", "by", "byName", "byOrganization", "action", "summary", "entry"]),
    ("EntryChange", &["entryId", "item", "facet", "fiscalYear", "before", "after", "difference"]),
    (
        "EntryState",
        &[
            "version",
            "body",
            "notes",
            "explicitScenes",
            "owner",
            "position",
            "item",
            "facet",
            "fiscalYear",
            "deletedAt",
        ],
    ),
    ("Difference", &["fate", "text"]),
    ("EntryDifference", &["kind", "entryId", "entry", "before", "difference", "lastChange"]),
];

/// Selections that are looked at before a document counts as one that is not to be kept; nobody has judged its size yet.
const SELECTIONS: usize = 2_000;
/// Levels of selections, likewise.
const LEVELS: usize = 32;

/// The tag of an operation's answer for whoever asks; `None`: the answer is not to be kept.
///
/// An operator's looks leave a trace, so theirs are looks each time.
pub fn tag(operation: &mut async_graphql::Request, media: Media, identity: &Identity) -> Option<HeaderValue> {
    let viewer = identity.viewer();
    if viewer.account.operator {
        return None;
    }
    let chosen = operation.operation_name.clone();
    if !is_told(operation.parsed_query().ok()?, chosen.as_deref()) {
        return None;
    }
    let variables = serde_json::to_string(&operation.variables).ok()?;
    let mut tag = Tag::default();
    for part in [program(), media.content_type(), &operation.query, &chosen.unwrap_or_default(), &variables] {
        tag.depends_on(part);
    }
    tag.depends_on(match (identity.by_token(), identity.reads_only()) {
        (false, _) => "session",
        (true, false) => "token",
        (true, true) => "token that only reads",
    });
    let account = &viewer.account;
    for part in [account.id.to_string(), account.organization.id.to_string()] {
        tag.depends_on(&part);
    }
    for membership in &viewer.memberships {
        let region = &membership.region;
        tag.depends_on(&format!("{} {:?} {}", region.id, membership.role, region.seq));
    }
    tag.told()
}

/// Whether the client has the answer of this tag.
pub fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(tag) = tag.to_str().map(strong) else { return false };
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| strong(known) == tag)
}

pub fn unchanged(tag: HeaderValue) -> Response {
    marked(StatusCode::NOT_MODIFIED.into_response(), tag)
}

/// For this viewer's own cache alone, and asked about each time.
pub fn marked(mut answer: Response, tag: HeaderValue) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding, authorization, cookie"));
    answer
}

/// Parts are told apart by their lengths.
#[derive(Default)]
struct Tag(Sha256);

impl Tag {
    fn depends_on(&mut self, part: &str) {
        self.0.update(part.len().to_be_bytes());
        self.0.update(part);
    }

    /// A weak one: the same answer goes out compressed in several ways.
    fn told(self) -> Option<HeaderValue> {
        let hash: String = self.0.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        HeaderValue::try_from(format!("W/\"{hash}\"")).ok()
    }
}

/// The schema, and which build of the program serves it.
fn program() -> &'static str {
    static PROGRAM: LazyLock<String> = LazyLock::new(|| {
        let file = std::env::current_exe().and_then(std::fs::metadata).ok();
        let built = file.as_ref().and_then(|file| file.modified().ok());
        let built = built.and_then(|built| built.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        format!("{} {} {}", graphql::sdl(), file.map_or(0, |file| file.len()), built.as_nanos())
    });
    &PROGRAM
}

/// The types of the fields that are told, by `Type.field`.
fn told() -> &'static HashMap<String, String> {
    static FIELDS: LazyLock<HashMap<String, String>> = LazyLock::new(|| fields(&graphql::sdl()));
    &FIELDS
}

fn fields(sdl: &str) -> HashMap<String, String> {
    let definitions = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
    let mut fields = HashMap::new();
    for definition in definitions {
        let types::TypeSystemDefinition::Type(definition) = definition else { continue };
        let TypeKind::Object(object) = definition.node.kind else { continue };
        let of = definition.node.name.node;
        let Some((_, names)) = TOLD.iter().find(|(name, _)| *name == of) else { continue };
        for field in object.fields {
            let name = field.node.name.node;
            if names.contains(&name.as_str()) {
                fields.insert(format!("{of}.{name}"), named(&field.node.ty.node.base));
            }
        }
    }
    fields
}

/// `Row` of `[Row!]!`.
fn named(of: &types::BaseType) -> String {
    match of {
        types::BaseType::Named(name) => name.to_string(),
        types::BaseType::List(of) => named(&of.base),
    }
}

/// Whether the operation that would run is a query of nothing but what the change log tells.
fn is_told(document: &ExecutableDocument, chosen: Option<&str>) -> bool {
    let Some(operation) = operation(document, chosen) else { return false };
    operation.ty == OperationType::Query
        && Walk { document, left: SELECTIONS }.told("Query", &operation.selection_set.node, LEVELS)
}

fn operation<'d>(document: &'d ExecutableDocument, chosen: Option<&str>) -> Option<&'d OperationDefinition> {
    match (&document.operations, chosen) {
        (DocumentOperations::Single(single), _) => Some(&single.node),
        (DocumentOperations::Multiple(several), Some(chosen)) => several.get(chosen).map(|one| &one.node),
        (DocumentOperations::Multiple(several), None) if several.len() > 1 => None,
        (DocumentOperations::Multiple(several), None) => several.values().next().map(|one| &one.node),
    }
}

struct Walk<'d> {
    document: &'d ExecutableDocument,
    left: usize,
}

impl Walk<'_> {
    fn told(&mut self, of: &str, set: &SelectionSet, levels: usize) -> bool {
        let Some(levels) = levels.checked_sub(1) else { return false };
        set.items.iter().all(|selection| {
            let Some(left) = self.left.checked_sub(1) else { return false };
            self.left = left;
            match &selection.node {
                Selection::Field(field) if field.node.name.node == "__typename" => true,
                Selection::Field(field) => {
                    let name = format!("{of}.{}", field.node.name.node);
                    let set = &field.node.selection_set.node;
                    told().get(&name).is_some_and(|of| self.told(of, set, levels))
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.told(on.unwrap_or(of), &fragment.node.selection_set.node, levels)
                }
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) else {
                        return false;
                    };
                    let on = &fragment.node.type_condition.node.on.node;
                    self.told(on, &fragment.node.selection_set.node, levels)
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(query: &str, chosen: Option<&str>) -> bool {
        is_told(&async_graphql::parser::parse_query(query).unwrap(), chosen)
    }

    /// A field that is renamed or gone is no longer kept: then this list has to be mended.
    #[test]
    fn every_field_that_is_told_is_served() {
        for (of, names) in TOLD {
            for name in names {
                assert!(told().contains_key(&format!("{of}.{name}")), "{of}.{name}");
            }
        }
    }

    #[test]
    fn only_what_the_log_tells_is_kept() {
        for kept in [
            "{ sheet(regionId: \"x\", fiscalYear: 2026) { seq rows { cells { entries { body references { ... on Item { code } } } } } } }",
            "query($id: ID!) { region(id: $id) { ...R } } fragment R on Region { name sheets { phase } }",
            "{ __typename regions { sheets { ... { title } } } }",
            "query Named { regions { name } }",
        ] {
            assert!(is_kept(kept, None), "{kept}");
        }
        for not_kept in [
            "{ drafts { outline } }",
            "{ regions { name } drafts { outline } }",
            "{ ...Q } fragment Q on Query { drafts { outline } }",
            "{ waitingThreads { totalCount } }",
            "{ viewer { operator } }",
            "{ __schema { types { name } } }",
            "{ node(id: \"x\") { id } }",
            "{ sheet { unheardOf } }",
            "mutation { signOut }",
            "subscription { sheetEvents(sheetId: \"x\") { __typename } }",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
            "{ ...Missing }",
        ] {
            assert!(!is_kept(not_kept, None), "{not_kept}");
        }
    }

    #[test]
    fn the_operation_that_would_run_decides() {
        let several = "query A { regions { name } } query B { drafts { outline } }";
        assert!(is_kept(several, Some("A")));
        for other in [Some("B"), Some("C"), None] {
            assert!(!is_kept(several, other), "{other:?}");
        }
    }

    #[test]
    fn tags_are_compared_as_clients_send_them() {
        let tag = HeaderValue::from_static("W/\"ab\"");
        for (sent, known) in [
            ("W/\"ab\"", true),
            ("\"ab\"", true),
            ("\"x\", W/\"ab\"", true),
            // Whether there is an answer to keep is known only when it has run: one with errors is none.
            ("*", false),
            ("W/\"abc\"", false),
            ("ab", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(sent))]);
            assert_eq!(is_known(&headers, &tag), known, "{sent}");
        }
        assert!(!is_known(&HeaderMap::new(), &tag));
    }
}
