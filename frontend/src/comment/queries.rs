//! Threads of comments: asked for beside a sheet (`history/queries.rs`) and here, and written.

use crate::{
    api::{EnumValue, Id, Payload, Refusal},
    schema,
};
use renkei_domain::{AccountId, CommentId, EntryId, Facet, ItemId, SheetId, ThreadId};

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Thread {
    pub id: Id<ThreadId>,
    pub sheet_id: Id<SheetId>,
    pub item: Item,
    pub facet: EnumValue<Facet>,
    pub fiscal_year: i32,
    pub entry: Option<Entry>,
    pub resolved_at: Option<String>,
    pub resolved_by_name: Option<String>,
    pub viewer_can_comment: bool,
    pub comments: Vec<Comment>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Item {
    pub id: Id<ItemId>,
    pub code: String,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Entry {
    pub id: Id<EntryId>,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Comment {
    pub id: Id<CommentId>,
    pub body: String,
    pub at: String,
    pub by: Option<Account>,
    pub by_name: String,
    pub by_organization: String,
    pub withdrawn_at: Option<String>,
    pub mentions: Vec<Mention>,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
pub struct Account {
    pub id: Id<AccountId>,
}

#[derive(Clone, Debug, PartialEq, cynic::InlineFragments)]
#[cynic(graphql_type = "ApiMention")]
pub enum Mention {
    Organization(MentionedOrganization),
    Account(MentionedAccount),
    #[cynic(fallback)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Organization")]
pub struct MentionedOrganization {
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Account")]
pub struct MentionedAccount {
    pub name: String,
}

impl Mention {
    pub fn name(&self) -> &str {
        match self {
            Self::Organization(organization) => &organization.name,
            Self::Account(account) => &account.name,
            Self::Unknown => "",
        }
    }
}

#[derive(cynic::InlineFragments)]
pub enum ThreadPayload {
    ThreadSaved(ThreadSaved),
    Refusal(Refusal),
    #[cynic(fallback)]
    Unknown,
}

#[derive(cynic::QueryFragment)]
pub struct ThreadSaved {
    pub thread: Thread,
}

impl Payload for ThreadPayload {
    type Done = Thread;

    fn outcome(self) -> Result<Thread, Refusal> {
        match self {
            Self::ThreadSaved(saved) => Ok(saved.thread),
            Self::Refusal(refusal) => Err(refusal),
            Self::Unknown => Err(Refusal::unknown()),
        }
    }
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "CreateThreadVariables")]
pub struct CreateThread {
    #[arguments(input: $input)]
    #[cynic(rename = "createThread", alias)]
    pub answer: ThreadPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct CreateThreadVariables {
    pub input: CreateThreadInput,
}

/// At an entry or in a cell.
#[derive(Default, cynic::InputObject)]
pub struct CreateThreadInput {
    pub request_id: Id<String>,
    pub sheet_id: Id<SheetId>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<Id<EntryId>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<Id<ItemId>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub facet: Option<EnumValue<Facet>>,
    #[cynic(skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<i32>,
    pub body: String,
    pub mention_ids: Vec<Id<String>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "AddCommentVariables")]
pub struct AddComment {
    #[arguments(input: $input)]
    #[cynic(rename = "addComment", alias)]
    pub answer: ThreadPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct AddCommentVariables {
    pub input: AddCommentInput,
}

#[derive(Default, cynic::InputObject)]
pub struct AddCommentInput {
    pub request_id: Id<String>,
    pub thread_id: Id<ThreadId>,
    pub body: String,
    pub mention_ids: Vec<Id<String>>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ThreadVariables")]
pub struct ResolveThread {
    #[arguments(input: $input)]
    #[cynic(rename = "resolveThread", alias)]
    pub answer: ThreadPayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "ThreadVariables")]
pub struct ReopenThread {
    #[arguments(input: $input)]
    #[cynic(rename = "reopenThread", alias)]
    pub answer: ThreadPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct ThreadVariables {
    pub input: ThreadInput,
}

#[derive(Default, cynic::InputObject)]
pub struct ThreadInput {
    pub request_id: Id<String>,
    pub thread_id: Id<ThreadId>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "WithdrawCommentVariables")]
pub struct WithdrawComment {
    #[arguments(input: $input)]
    #[cynic(rename = "withdrawComment", alias)]
    pub answer: ThreadPayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct WithdrawCommentVariables {
    pub input: WithdrawCommentInput,
}

#[derive(Default, cynic::InputObject)]
pub struct WithdrawCommentInput {
    pub request_id: Id<String>,
    pub comment_id: Id<CommentId>,
}
