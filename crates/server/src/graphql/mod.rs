//! The schema's root: what is asked and changed, within which limits, and by whom.

use crate::{Config, Db, session::service::Session};
use async_graphql::{EmptyMutation, EmptySubscription, Object};
use std::net::IpAddr;

pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// Who sends a request, and from where: put into each request's data by the HTTP layer.
#[derive(Clone, Debug)]
pub struct Caller {
    pub session: Option<Session>,
    pub address: IpAddr,
}

pub fn build(_db: Db, _config: Config) -> Schema {
    Schema::build(Query, EmptyMutation, EmptySubscription).finish()
}

pub struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &'static str {
        "hello"
    }
}
