//! The schema's root: what can be asked and changed, within which limits, and by whom.

pub mod fault;
pub mod node;
pub mod page;
pub mod reading;
pub mod scalars;

use crate::{Config, Db, account, entry, region, session, session::service::Session, sheet};
use async_graphql::{
    EmptySubscription, MergedObject, Request, SchemaBuilder, ServerResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest},
};
use reading::Reading;
use std::{
    any::TypeId,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// Levels of a query. The deepest useful one, from a region to who changed an entry of its sheet, has 12;
/// introspection as tools send it has 15.
const DEPTH: usize = 20;
/// Fields of a query, those of reading a whole sheet or region counted higher. The client's widest query has some 100.
const COMPLEXITY: usize = 2_000;
/// Directives on one field.
const DIRECTIVES: usize = 5;

/// Who sends a request, and from where: put into each request's data by the HTTP layer.
#[derive(Clone, Debug)]
pub struct Caller {
    pub session: Option<Session>,
    pub address: IpAddr,
}

#[derive(MergedObject, Default)]
pub struct Query(account::api::Queries, region::api::Queries, sheet::api::Queries, node::Queries);

#[derive(MergedObject, Default)]
pub struct Mutation(session::api::Mutations, account::api::Mutations, entry::api::Mutations);

pub fn build(db: Db, config: Config) -> Schema {
    builder().extension(PerRequest { db, config }).finish()
}

/// The schema in its own language, as `crates/server/schema.graphql` keeps it.
pub fn sdl() -> String {
    builder().finish().sdl()
}

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .limit_depth(DEPTH)
        .limit_complexity(COMPLEXITY)
        .limit_directives(DIRECTIVES)
}

/// Gives each request its own [`Reading`].
struct PerRequest {
    db: Db,
    config: Config,
}

impl ExtensionFactory for PerRequest {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(PerRequest { db: self.db.clone(), config: self.config.clone() })
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for PerRequest {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let caller =
            request.data.get(&TypeId::of::<Caller>()).and_then(|caller| caller.downcast_ref::<Caller>());
        let nobody = Caller { session: None, address: Ipv4Addr::UNSPECIFIED.into() };
        let reading = Reading::new(self.db.clone(), self.config.clone(), caller.cloned().unwrap_or(nobody));
        next.run(ctx, request.data(reading)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The committed SDL is what the server serves. A stale one is brought up to date, and told.
    #[test]
    fn the_committed_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        if committed != sdl() {
            std::fs::write(path, sdl()).unwrap();
            panic!("crates/server/schema.graphql was stale and has been rewritten: commit it");
        }
    }
}
