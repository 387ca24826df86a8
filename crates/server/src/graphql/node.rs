//! `node`: anything that has an id, for those who may read it.

use crate::{
    account,
    api::{context::RequestContext, scalars},
    change, comment, draft, entry, handout, notice, region, sheet, snapshot, token,
};
use async_graphql::{Context, Error, ID, Interface, Object};
use uuid::Uuid;

/// IDで読めるもの。
/// Whatever has an id, unique over all types.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。すべての種類を通して1つです。Its id, unique over all types."
))]
pub enum Node {
    Account(account::api::Account),
    Organization(region::api::Organization),
    Region(region::api::Region),
    Item(sheet::api::Item),
    Handout(handout::api::Handout),
    Sheet(sheet::api::Sheet),
    Entry(entry::api::Entry),
    Change(change::api::Change),
    Snapshot(snapshot::api::Snapshot),
    Thread(comment::api::ApiThread),
    Comment(comment::api::ApiComment),
    Token(token::api::Token),
    Draft(draft::api::Draft),
    Notice(notice::api::ApiNotice),
}

/// Where they are; no id is in two of them.
const TABLES: [&str; 14] = [
    "entry",
    "sheet",
    "item",
    "region",
    "organization",
    "handout",
    "account",
    "snapshot",
    "thread",
    "comment",
    "change",
    "draft",
    "token",
    "notice",
];

#[derive(Default)]
pub struct Queries;

#[Object]
impl Queries {
    /// IDで1件を読みます。ない、または閲覧できないものは null です。
    /// One thing by its id; null if it is not there or not readable.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。Its id.")] id: ID,
    ) -> Result<Option<Node>, Error> {
        let context = RequestContext::of(ctx);
        let id: Uuid = scalars::id(&id);
        if id.is_nil() || context.viewer().is_none() {
            return Ok(None);
        }
        let id_of = context.db.table_of(id, &TABLES).await?;
        Ok(match id_of {
            Some("entry") => entry::api::find(context, id.into()).await?.map(Node::from),
            Some("sheet") => sheet::api::find(context, id.into()).await?.map(Node::from),
            Some("item") => sheet::api::find_item(context, id.into()).await?.map(Node::from),
            Some("region") => region::api::find(context, id.into()).await?.map(Node::from),
            Some("organization") => region::api::find_organization(context, id.into()).await?.map(Node::from),
            Some("handout") => handout::api::find(context, id.into()).await?.map(Node::from),
            Some("account") => account::api::find(context, id.into()).await?.map(Node::from),
            Some("snapshot") => snapshot::api::find(context, id.into()).await?.map(Node::from),
            Some("thread") => comment::api::find(context, id.into()).await?.map(Node::from),
            Some("comment") => comment::api::find_comment(context, id.into()).await?.map(Node::from),
            Some("change") => change::api::find(context, id.into()).await?.map(Node::from),
            Some("draft") => draft::api::find(context, id.into()).await?.map(Node::from),
            Some("notice") => notice::api::find(context, id.into()).await?.map(Node::from),
            Some("token") => token::api::find(context, id.into()).await?.map(Node::from),
            _ => None,
        })
    }
}
