//! What the server tells of a sheet while it is open.

use crate::{json::Json, sheet::wire::Entry};
use renkei_domain::{AccountId, EntryId, SheetId};
use serde::{Deserialize, Serialize};

/// An event of any kind; which fields are there follows from it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Event {
    #[serde(rename = "__typename")]
    pub kind: String,
    pub entry: Option<Entry>,
    pub id: Option<EntryId>,
    pub version: i32,
    pub change: Option<News>,
    pub present: Vec<Presence>,
    pub seq: i64,
}

/// A change, as far as it is told to people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct News {
    pub seq: i64,
    /// None: no person, such as an import.
    pub by: Option<AccountRef>,
    pub by_name: String,
    pub summary: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct AccountRef {
    pub id: AccountId,
}

/// Somebody has the sheet open, and perhaps edits one of its entries.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Presence {
    pub account: Person,
    pub entry_id: Option<EntryId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Person {
    pub id: AccountId,
    pub name: String,
    pub organization: crate::sheet::wire::AuthorsOrganization,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Since<'a> {
    pub sheet_id: SheetId,
    pub after_seq: i64,
    pub visit_id: &'a str,
}

#[derive(Serialize)]
pub struct Announced<'a> {
    pub input: PresenceInput<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PresenceInput<'a> {
    pub sheet_id: SheetId,
    pub visit_id: &'a str,
    pub entry_id: Option<EntryId>,
    pub present: bool,
}

pub const SUBSCRIPTION: &str = concat!(
    include_str!("events.graphql"),
    include_str!("event.graphql"),
    include_str!("../entry/operations/entry.graphql")
);
pub const QUERY: &str = concat!(
    include_str!("polled.graphql"),
    include_str!("event.graphql"),
    include_str!("../entry/operations/entry.graphql")
);

/// One message of graphql-transport-ws: its type, and what it carries.
pub fn message(text: &str) -> Option<(String, Json)> {
    let mut message = Json::parse(text).ok()?;
    let Json::Text(kind) = message.take("type") else { return None };
    Some((kind, message.take("payload")))
}

/// The event in a message's payload; none: the server refuses.
pub fn event(mut payload: Json) -> Option<Event> {
    Event::deserialize(payload.take("data").take("events")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3a52-0000-7000-8000-000000000001";

    fn heard(event_: &str) -> Option<Event> {
        let (kind, payload) =
            message(&format!(r#"{{"id":"1","type":"next","payload":{{"data":{{"events":{event_}}}}}}}"#))?;
        assert_eq!(kind, "next");
        event(payload)
    }

    #[test]
    fn events_are_told_apart() {
        let change = format!(
            r#"{{"seq":7,"by":{{"id":"{ID}"}},"byName":"美里町 担当者","summary":"（ウ）の取組を編集"}}"#
        );
        let entry = format!(
            r#"{{"id":"{ID}","item":{{"id":"{ID}"}},"facet":"PLAN","fiscalYear":2026,"body":"研修","notes":[],
            "explicitScenes":[],"owner":null,"position":0,"version":3,"deletedAt":null,"updatedAt":"2026-01-01T00:00:00Z",
            "updatedBy":{{"id":"{ID}","name":"x","organization":{{"shortName":"y"}}}},"viewerCanEdit":true}}"#
        );
        let saved =
            heard(&format!(r#"{{"__typename":"EntrySaved","entry":{entry},"change":{change}}}"#)).unwrap();
        assert_eq!((saved.entry.unwrap().version, saved.change.unwrap().seq), (3, 7));
        let deleted =
            heard(&format!(r#"{{"__typename":"EntryDeleted","id":"{ID}","version":4,"change":{change}}}"#))
                .unwrap();
        assert_eq!((deleted.id.map(|id| id.to_string()), deleted.version), (Some(ID.to_owned()), 4));
        let present = format!(
            r#"{{"__typename":"PresenceChanged","present":[{{"account":{{"id":"{ID}","name":"x",
            "organization":{{"shortName":"y"}}}},"entryId":null,"visitId":null}}]}}"#
        );
        assert_eq!(heard(&present).unwrap().present.len(), 1);
        assert_eq!(heard(r#"{"__typename":"SheetReset","seq":9}"#).unwrap().seq, 9);
        let changed = format!(r#"{{"__typename":"SheetChanged","change":{change}}}"#);
        assert_eq!(heard(&changed).unwrap().kind, "SheetChanged");
    }

    #[test]
    fn what_is_no_event_is_none() {
        assert!(heard("null").is_none());
        assert!(message("ping").is_none());
        assert_eq!(message(r#"{"type":"ping"}"#).map(|(kind, _)| kind), Some("ping".to_owned()));
    }
}
