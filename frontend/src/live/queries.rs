//! What the server tells of a sheet while it is open, and who is told to be there.

// An answer is taken apart as soon as it is read, and cynic decodes into no box.
#![allow(clippy::large_enum_variant)]

use crate::{
    api::{Id, decode},
    history::queries::ChangeAction,
    schema,
    sheet::queries::{Author, Entry},
};
use renkei_domain::{AccountId, EntryId, SheetId};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "SinceVariables")]
pub struct SheetEvents {
    #[arguments(sheetId: $sheet_id, afterSeq: $after_seq, visitId: $visit_id, presenceDifferences: true)]
    #[cynic(rename = "sheetEvents", alias)]
    pub events: Event,
}

/// The same events, where no WebSocket passes.
#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SinceVariables")]
pub struct PolledSheetEvents {
    #[arguments(sheetId: $sheet_id, afterSeq: $after_seq, visitId: $visit_id)]
    #[cynic(rename = "sheetEvents", alias)]
    pub events: Vec<Event>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SinceVariables {
    pub sheet_id: Id<SheetId>,
    pub after_seq: i32,
    pub visit_id: Id<String>,
}

#[derive(cynic::InlineFragments)]
#[cynic(graphql_type = "SheetEvent")]
pub enum Event {
    EntrySaved(EntrySaved),
    EntryDeleted(EntryDeleted),
    SheetChanged(SheetChanged),
    ThreadChanged(ThreadChanged),
    NoticesChanged(NoticesChanged),
    PresenceChanged(PresenceChanged),
    PresenceUpdated(PresenceUpdated),
    SheetReset(SheetReset),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
pub struct EntrySaved {
    pub entry: Entry,
    pub change: News,
}

#[derive(cynic::QueryFragment)]
pub struct EntryDeleted {
    pub id: Id<EntryId>,
    pub version: i32,
    pub change: News,
}

#[derive(cynic::QueryFragment)]
pub struct SheetChanged {
    pub change: Option<News>,
}

#[derive(cynic::QueryFragment)]
pub struct ThreadChanged {
    pub change: News,
}

/// Something concerns the viewer.
#[derive(cynic::QueryFragment)]
pub struct NoticesChanged {
    pub unread_count: i32,
}

#[derive(cynic::QueryFragment)]
pub struct PresenceChanged {
    /// Of many, only those who edit.
    pub present: Vec<Presence>,
    /// Pages, this one and those that are not named among them.
    pub total: i32,
}

/// What is different since the last time that it was told.
#[derive(cynic::QueryFragment)]
pub struct PresenceUpdated {
    /// With what they edit now.
    pub came: Vec<Presence>,
    pub left: Vec<PageRef>,
    pub total: i32,
}

#[derive(cynic::QueryFragment)]
pub struct SheetReset {
    pub seq: i32,
}

/// A change, as far as it is told to people.
#[derive(Clone, Debug, cynic::QueryFragment)]
#[cynic(graphql_type = "Change")]
pub struct News {
    pub seq: i32,
    /// None: no person, such as an import.
    pub by: Option<AccountRef>,
    pub by_name: String,
    pub action: ChangeAction,
    pub summary: String,
}

impl News {
    /// It has left the entry where it stood.
    pub fn moves_nothing(&self) -> bool {
        matches!(self.action, ChangeAction::Update | ChangeAction::Assign)
    }
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Account")]
pub struct AccountRef {
    pub id: Id<AccountId>,
}

/// Somebody has the sheet open, and perhaps edits one of its entries.
#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Presence {
    pub account: Author,
    pub entry_id: Option<Id<EntryId>>,
    pub visit_id: Option<Id<String>>,
}

/// A page that has the sheet open: another account's may have the same name.
#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Presence")]
pub struct PageRef {
    pub account: AccountRef,
    pub visit_id: Option<Id<String>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "AnnouncePresenceVariables")]
pub struct AnnouncePresence {
    #[arguments(input: $input)]
    pub announce_presence: bool,
}

#[derive(Default, cynic::QueryVariables)]
pub struct AnnouncePresenceVariables {
    pub input: PresenceInput,
}

#[derive(Default, cynic::InputObject)]
pub struct PresenceInput {
    pub sheet_id: Id<SheetId>,
    pub visit_id: Id<String>,
    pub entry_id: Option<Id<EntryId>>,
    pub present: bool,
}

/// A message of graphql-transport-ws from the server.
#[derive(Deserialize)]
pub struct Message<'a> {
    #[serde(rename = "type")]
    pub kind: MessageKind,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    ConnectionAck,
    Ping,
    Next,
    /// The subscription is refused.
    Error,
    /// The subscription is over.
    Complete,
    #[serde(other)]
    Unknown,
}

impl Message<'_> {
    /// The event in its payload; none: the server refuses.
    pub fn event(&self) -> Option<Event> {
        decode::<SheetEvents>(self.payload?.get()).ok().map(|data| data.events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3a52-0000-7000-8000-000000000001";

    fn heard(data: &str) -> Option<Event> {
        let text = format!(r#"{{"id":"1","type":"next","payload":{{"data":{data}}}}}"#);
        let message: Message<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!(message.kind, MessageKind::Next);
        message.event()
    }

    #[test]
    fn events_are_told_apart() {
        let heard = |event: &str| heard(&format!(r#"{{"events":{event}}}"#)).unwrap();
        let change = format!(
            r#"{{"seq":7,"by":{{"id":"{ID}"}},"byName":"美里町 担当者","action":"UPDATE","summary":"（ウ）の取組を編集"}}"#
        );
        let entry = format!(
            r#"{{"id":"{ID}","item":{{"id":"{ID}"}},"facet":"PLAN","fiscalYear":2026,"body":"研修","notes":[],
            "explicitScenes":[],"owner":null,"position":0,"version":3,"deletedAt":null,"updatedAt":"2026-01-01T00:00:00Z",
            "updatedBy":{{"id":"{ID}","name":"x","organization":{{"shortName":"y"}}}},"viewerCanEdit":true}}"#
        );
        let saved = heard(&format!(r#"{{"__typename":"EntrySaved","entry":{entry},"change":{change}}}"#));
        assert!(
            matches!(saved, Event::EntrySaved(saved) if (saved.entry.version, saved.change.seq) == (3, 7))
        );
        let deleted =
            heard(&format!(r#"{{"__typename":"EntryDeleted","id":"{ID}","version":4,"change":{change}}}"#));
        assert!(
            matches!(deleted, Event::EntryDeleted(one) if (one.id.0.to_string().as_str(), one.version) == (ID, 4))
        );
        let present = heard(&format!(
            r#"{{"__typename":"PresenceChanged","present":[{{"account":{{"id":"{ID}","name":"x",
            "organization":{{"shortName":"y"}}}},"entryId":null,"visitId":"{ID}"}}],"total":80}}"#
        ));
        assert!(matches!(present, Event::PresenceChanged(one) if (one.present.len(), one.total) == (1, 80)));
        let updated = heard(r#"{"__typename":"PresenceUpdated","came":[],"left":[],"total":2}"#);
        assert!(matches!(updated, Event::PresenceUpdated(PresenceUpdated { total: 2, .. })));
        let reset = heard(r#"{"__typename":"SheetReset","seq":9}"#);
        assert!(matches!(reset, Event::SheetReset(SheetReset { seq: 9 })));
        let changed = heard(&format!(r#"{{"__typename":"SheetChanged","change":{change}}}"#));
        assert!(matches!(changed, Event::SheetChanged(SheetChanged { change: Some(_) })));
        let newer = heard(r#"{"__typename":"SomethingNew","seq":9}"#);
        assert!(matches!(newer, Event::Unknown));
    }

    #[test]
    fn what_is_no_event_is_none() {
        assert!(heard("null").is_none());
        let kind = |message| serde_json::from_str::<Message<'_>>(message).ok().map(|message| message.kind);
        assert_eq!(kind("ping"), None);
        assert_eq!(kind(r#"{"type":"ping"}"#), Some(MessageKind::Ping));
        assert_eq!(kind(r#"{"type":"pong"}"#), Some(MessageKind::Unknown));
    }
}
