//! Which queries are covered by the change log: those of nothing but fields that numbered changes alone alter. Their
//! answers are kept ([`answers`](super::answers)), and have an entity tag (RFC 9110): asked again with `If-None-Match`,
//! they are not sent as long as their tag is the same.

use super::answers::Audience;
use crate::graphql;
use crate::graphql::coverage::Fields;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

/// The fields of each type that nothing but a numbered change in one of the viewer's regions alters. Drafts, presence,
/// visits and waiting threads are not among them, nor is any field that is not listed.
const VERSIONED: &str = "
    Query: viewer regions regionPage region sheet
    Region: id name organizations items handouts sheets
    RegionConnection: edges pageInfo
    RegionEdge: cursor node
    Organization: id kind name shortName
    Handout: id number title
    Account: id login name organization memberships
    Membership: region role
    Sheet: id region fiscalYear title itemHeading itemFootnote phase secretariat columns rows changes since
        sceneSuggestions declinedSceneSuggestions seq
    Column: facet fiscalYear heading asOf footnote
    Row: item cells
    Item: id code title scenes position
    Cell: facet fiscalYear entries hiddenCount viewerCanEdit changes
    Entry: id item facet fiscalYear body notes scenes explicitScenes owner position version deletedAt
        updatedAt updatedBy viewerCanEdit references changes
    Note: kind text depth
    SceneSuggestion: entry scene words
    UnresolvedReference: label
    ChangeConnection: edges pageInfo
    ChangeEdge: cursor node
    PageInfo: hasNextPage hasPreviousPage startCursor endCursor
    Change: id seq at by byName byOrganization action summary entry
    EntryChange: entryId item facet fiscalYear before after difference
    EntryState: version body notes explicitScenes owner position item facet fiscalYear deletedAt
    Difference: fate text
    EntryDifference: kind entryId entry before difference lastChange
";

static FIELDS: LazyLock<Fields> = LazyLock::new(|| Fields::of(VERSIONED));

/// For whom the answer to a request that was read is good; `None`: more than numbered changes may alter it.
pub fn audience(request: &mut async_graphql::Request) -> Option<Audience> {
    let name = request.operation_name.clone();
    covered(request.parsed_query().ok()?, name.as_deref())
}

/// Whether the client already has the response of this tag.
pub fn matches(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(tag) = tag.to_str().map(opaque) else { return false };
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|value| value.split(',')).any(|sent| opaque(sent) == tag)
}

pub fn not_modified(tag: HeaderValue) -> Response {
    with_tag(StatusCode::NOT_MODIFIED.into_response(), tag)
}

/// For this viewer's own cache alone, and asked about each time.
pub fn with_tag(mut response: Response, tag: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding, authorization, cookie"));
    response
}

/// Of the operation that would run, if it is a query of nothing but versioned fields.
fn covered(document: &ExecutableDocument, name: Option<&str>) -> Option<Audience> {
    let operation = graphql::chosen(document, name).filter(|chosen| chosen.ty == OperationType::Query)?;
    // All else that an answer tells of its viewer follows from organisation and roles.
    let mut roots = FIELDS.cover(document, operation)?.roots.into_iter();
    let own = roots.any(|root| root.name == "viewer" && !root.is_bare);
    Some(if own { Audience::Own } else { Audience::Shared })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(query: &str, name: Option<&str>) -> Option<Audience> {
        covered(&async_graphql::parser::parse_query(query).unwrap(), name)
    }

    fn has_tag(query: &str, name: Option<&str>) -> bool {
        audience(query, name).is_some()
    }

    #[test]
    fn only_what_asks_for_the_viewer_is_the_viewers_own() {
        for own in
            ["{ viewer { id } regions { name } }", "{ ...Q } fragment Q on Query { me: viewer { name } }"]
        {
            assert_eq!(audience(own, None), Some(Audience::Own), "{own}");
        }
        for shared in [
            "{ sheet(regionId: \"x\", fiscalYear: 2026) { rows { cells { viewerCanEdit } } } }",
            // Whoever has an answer to share is signed in.
            "{ viewer { __typename } regions { name } }",
        ] {
            assert_eq!(audience(shared, None), Some(Audience::Shared), "{shared}");
        }
    }

    #[test]
    fn every_versioned_field_is_in_the_schema() {
        assert_eq!(FIELDS.unknown(), Vec::<&str>::new());
    }

    #[test]
    fn only_queries_of_versioned_fields_have_a_tag() {
        for versioned in [
            "{ sheet(regionId: \"x\", fiscalYear: 2026) { seq rows { cells { entries { body references { ... on Item { code } } } } } } }",
            "query($id: ID!) { region(id: $id) { ...R } } fragment R on Region { name sheets { phase } }",
            "{ __typename regions { sheets { ... { title } } } }",
            "query Named { regions { name } }",
        ] {
            assert!(has_tag(versioned, None), "{versioned}");
        }
        for other in [
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
            assert!(!has_tag(other, None), "{other}");
        }
    }

    #[test]
    fn the_operation_that_would_run_decides() {
        let several = "query A { regions { name } } query B { drafts { outline } }";
        assert!(has_tag(several, Some("A")));
        for other in [Some("B"), Some("C"), None] {
            assert!(!has_tag(several, other), "{other:?}");
        }
    }

    #[test]
    fn tags_are_compared_as_clients_send_them() {
        let tag = HeaderValue::from_static("W/\"ab\"");
        for (sent, known) in [
            ("W/\"ab\"", true),
            ("\"ab\"", true),
            ("\"x\", W/\"ab\"", true),
            // Whether the response has a tag is known only when the query has run: one with errors has none.
            ("*", false),
            ("W/\"abc\"", false),
            ("ab", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(sent))]);
            assert_eq!(matches(&headers, &tag), known, "{sent}");
        }
        assert!(!matches(&HeaderMap::new(), &tag));
    }
}
