//! `node`: anything that has an id, for those who may read it.

use super::{reading::reading, scalars};
use crate::{
    account::{self, api::Account},
    change::{self, api::Change},
    entry::{self, api::Entry},
    handout::{self, api::Handout},
    region::{
        self,
        api::{Organization, Region},
    },
    sheet::{
        self,
        api::{Item, Sheet},
    },
};
use async_graphql::{Context, Error, ID, Interface, Object};
use uuid::Uuid;

/// IDで読めるもの。
/// Whatever has an id, unique over all types.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID"))]
pub enum Node {
    Account(Account),
    Organization(Organization),
    Region(Region),
    Item(Item),
    Handout(Handout),
    Sheet(Sheet),
    Entry(Entry),
    Change(Change),
}

#[derive(Default)]
pub struct Queries;

#[Object]
impl Queries {
    /// IDで1件を読みます。ない、または閲覧できないものは null です。
    /// One thing by its id; null if it is not there or not readable.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Node>, Error> {
        let reading = reading(ctx);
        let id: Uuid = scalars::id(&id);
        if id.is_nil() || reading.viewer().is_none() {
            return Ok(None);
        }
        if let Some(entry) = entry::api::find(reading, id.into()).await? {
            return Ok(Some(entry.into()));
        }
        if let Some(sheet) = sheet::api::find(reading, id.into()).await? {
            return Ok(Some(sheet.into()));
        }
        if let Some(item) = sheet::api::find_item(reading, id.into()).await? {
            return Ok(Some(item.into()));
        }
        if let Some(region) = reading.region(id.into()).await? {
            return Ok(Some(Region::whole(region).into()));
        }
        if let Some(organization) = region::api::find_organization(reading, id.into()).await? {
            return Ok(Some(organization.into()));
        }
        if let Some(handout) = handout::api::find(reading, id.into()).await? {
            return Ok(Some(handout.into()));
        }
        if let Some(account) = account::api::find(reading, id.into()).await? {
            return Ok(Some(account.into()));
        }
        Ok(change::api::find(reading, id.into()).await?.map(Node::from))
    }
}
