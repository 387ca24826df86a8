//! Whose events are the same: of subscribers who send the same document and may see and do the same.

use super::coverage::Fields;
use crate::api::encoded::{Audience, AudienceKey, EncodedEvents};
use crate::caller::Identity;
use async_graphql::Value;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// What an event tells of its change and, beyond it, of the viewer's organisation and roles alone. All of it is in memory
/// when the event is sent: nobody waits for somebody else's answer from the database.
const SHARED: &str = "
    Subscription: sheetEvents
    EntrySaved: entry change merged
    EntryDeleted: id version change
    SheetChanged: change
    ThreadChanged: change
    SheetReset: seq
    PresenceChanged: present total
    PresenceUpdated: came left total
    Presence: account entryId visitId
    Entry: id item facet fiscalYear body notes explicitScenes scenes owner position version deletedAt updatedAt updatedBy
        viewerCanEdit
    Note: kind text depth
    Item: id code title
    Account: id login name organization
    Organization: id kind name shortName
    Change: id seq at by byName byOrganization viaToken action summary
";

static FIELDS: LazyLock<Fields> = LazyLock::new(|| Fields::of(SHARED));

/// `None`: its events may be others than those of anybody else.
pub fn of(
    (document, operation): (&ExecutableDocument, &OperationDefinition),
    request: &async_graphql::Request,
    identity: &Identity,
    events: &EncodedEvents,
    order: impl Fn(&str, &mut Value) + Send + Sync + 'static,
) -> Option<Audience> {
    let covered = FIELDS.cover(document, operation)?;
    // What is left out by a directive depends on variables, and what else stands beside the field comes in another answer.
    let alone = covered.roots.len() == 1 && !covered.directives;
    let key = alone.then(|| key(request, identity))?;
    Some(Audience { key, events: events.clone(), order: Box::new(order) })
}

fn key(request: &async_graphql::Request, identity: &Identity) -> AudienceKey {
    let viewer = identity.viewer();
    let mut roles: Vec<_> =
        viewer.memberships.iter().map(|membership| (membership.region.id, membership.role)).collect();
    roles.sort_unstable();
    let rights = format!(
        "{:?} {} {} {} {roles:?}",
        viewer.account.organization.id,
        viewer.account.operator,
        identity.by_token(),
        identity.reads_only()
    );
    let mut hash = Sha256::new();
    for part in [&request.query, request.operation_name.as_deref().unwrap_or_default(), &rights] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::chosen;
    use async_graphql::parser::parse_query;

    fn is_shared(query: &str) -> bool {
        let document = parse_query(query).unwrap();
        let covered = FIELDS.cover(&document, chosen(&document, None).unwrap());
        covered.is_some_and(|covered| covered.roots.len() == 1 && !covered.directives)
    }

    #[test]
    fn every_shared_field_is_in_the_schema() {
        assert_eq!(FIELDS.unknown(), Vec::<&str>::new());
    }

    #[test]
    fn events_are_shared_that_tell_of_their_change_alone() {
        for shared in [
            "subscription { sheetEvents(sheetId: \"x\") { __typename } }",
            "subscription($id: ID!) { events: sheetEvents(sheetId: $id) { ...E } }
             fragment E on SheetEvent { ... on EntrySaved { entry { body updatedBy { name } viewerCanEdit } } }",
        ] {
            assert!(is_shared(shared), "{shared}");
        }
        for other in [
            "subscription { sheetEvents(sheetId: \"x\") { ... on SheetChanged { sheet { seq } } } }",
            "subscription { sheetEvents(sheetId: \"x\") { ... on ThreadChanged { thread { id } } } }",
            "subscription { sheetEvents(sheetId: \"x\") { ... on EntrySaved { entry { changes { edges { cursor } } } } } }",
            "subscription { sheetEvents(sheetId: \"x\") { ... on PresenceChanged { present { account { memberships { role } } } } } }",
            "subscription($x: Boolean!) { sheetEvents(sheetId: \"x\") { ... on SheetReset { seq @include(if: $x) } } }",
            "subscription { a: sheetEvents(sheetId: \"x\") { __typename } b: sheetEvents(sheetId: \"y\") { __typename } }",
        ] {
            assert!(!is_shared(other), "{other}");
        }
    }
}
