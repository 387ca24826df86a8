//! What concerns the viewer: a page of it, how much of it is unread, and marking it as read.

use crate::{
    api::{EnumValue, Id, payload},
    cached_query::Answer,
    comment::queries::{Entry, Item},
    history::queries::PageInfo,
    schema,
    session::ViewerId,
};
use renkei_domain::{CommentId, Facet, NoticeId, Phase, RegionId, SheetId, ThreadId};

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "NoticesVariables")]
pub struct Notices {
    pub viewer: Option<ViewerId>,
    #[arguments(first: 20, after: $after)]
    pub notices: NoticeConnection,
    /// Where the page is opened from nowhere, and nothing is listed.
    #[arguments(first: 1)]
    pub region_page: RegionConnection,
}

#[derive(Default, cynic::QueryVariables)]
pub struct NoticesVariables {
    pub after: Option<String>,
}

#[derive(cynic::QueryFragment)]
pub struct NoticeConnection {
    pub unread_count: i32,
    pub edges: Vec<NoticeEdge>,
    pub page_info: PageInfo,
}

#[derive(cynic::QueryFragment)]
pub struct NoticeEdge {
    pub node: Notice,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Notice {
    pub id: Id<NoticeId>,
    pub kind: NoticeKind,
    pub read_at: Option<String>,
    pub change: Done,
    pub region: Region,
    pub sheet: Sheet,
    pub thread: Option<Thread>,
    pub comment: Option<Comment>,
    pub snapshot: Option<Snapshot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, cynic::Enum)]
pub enum NoticeKind {
    Mention,
    Reply,
    Comment,
    Resolved,
    Reopened,
    Snapshot,
    #[cynic(fallback)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Change")]
pub struct Done {
    pub at: String,
    pub by_name: String,
    pub by_organization: String,
    pub summary: String,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Thread {
    pub id: Id<ThreadId>,
    pub item: Item,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub entry: Option<Entry>,
    pub viewer_can_comment: bool,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Comment {
    pub id: Id<CommentId>,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Snapshot {
    pub label: String,
    pub seq: i32,
}

#[derive(cynic::QueryFragment)]
pub struct RegionConnection {
    pub edges: Vec<RegionEdge>,
}

#[derive(cynic::QueryFragment)]
pub struct RegionEdge {
    pub node: Region,
}

/// With its sheets, for the navigation.
#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Region {
    pub id: Id<RegionId>,
    pub name: String,
    pub sheets: Vec<Sheet>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Sheet {
    pub id: Id<SheetId>,
    pub fiscal_year: i32,
    pub title: String,
    pub phase: EnumValue<Phase>,
}

impl Answer for Notices {
    fn is_signed_in(&self) -> bool {
        self.viewer.is_some()
    }
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query")]
pub struct NoticeCount {
    #[arguments(first: 0)]
    pub notices: UnreadCount,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "NoticeConnection")]
pub struct UnreadCount {
    pub unread_count: i32,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ReadNoticesVariables")]
pub struct ReadNotices {
    #[arguments(input: $input)]
    #[cynic(rename = "readNotices", alias)]
    pub answer: ReadNoticesPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct ReadNoticesVariables {
    pub input: ReadNoticesInput,
}

/// These, those about these threads, or one and all before it.
#[derive(Default, cynic::InputObject)]
pub struct ReadNoticesInput {
    pub ids: Vec<Id<NoticeId>>,
    pub thread_ids: Vec<Id<ThreadId>>,
    pub until_id: Option<Id<NoticeId>>,
}

payload!(ReadNoticesPayload: NoticesRead);

#[derive(cynic::QueryFragment)]
pub struct NoticesRead {
    pub unread_count: i32,
}
