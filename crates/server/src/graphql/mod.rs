//! The schema's root: what can be asked and changed, within which limits, and by whom.

mod cost;
pub mod fault;
mod gate;
mod introspection;
pub mod limits;
pub mod node;
mod nulls;
mod operation;
mod order;
pub mod own;
pub mod page;
pub mod reading;
pub mod scalars;
mod tokens;

use crate::{
    Config, account, caller::Identity, comment, draft, entry, live, region, session, sheet, snapshot, token,
    visit,
};
use async_graphql::{
    MergedObject, Response, SchemaBuilder, ServerResult, Value, Variables,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextResolve, ResolveInfo,
    },
    parser::types::ExecutableDocument,
};
use introspection::Question;
use nulls::Nulls;
use order::Order;
use std::{net::IpAddr, sync::Arc};

pub use live::api::Subscriptions as Subscription;
pub use operation::Operation;

pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Who sends a request, and from where: as the HTTP layer knows it.
#[derive(Clone, Debug)]
pub struct Caller {
    pub identity: Option<Identity>,
    pub address: IpAddr,
    pub door: Door,
}

/// From which page a request came, as far as it decides which operations may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Door {
    /// The client's, or none at all.
    #[default]
    Client,
    /// The page where queries are written by hand.
    Playground,
}

/// Who may ask for the schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Introspection {
    /// Whoever is signed in; nobody else learns a name of it.
    #[default]
    SignedIn,
    /// Everybody.
    Open,
}

/// Which operations ordinary accounts may run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Operations {
    /// Any, within the limits.
    #[default]
    Any,
    /// The client's own alone, but for tokens and the playground.
    Own,
}

/// 尋ねる入口。閲覧できるものだけが見えます。
/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    account::api::Queries,
    region::api::Queries,
    sheet::api::Queries,
    draft::api::Queries,
    comment::api::Queries,
    token::api::Queries,
    live::api::Queries,
    node::Queries,
);

/// 書き込む入口。画面での操作と同じく、実際のデータが変わります。
/// What can be changed: for real.
#[derive(MergedObject, Default)]
pub struct Mutation(
    session::api::Mutations,
    account::api::Mutations,
    entry::api::Mutations,
    draft::api::Mutations,
    token::api::Mutations,
    live::api::Mutations,
    snapshot::api::Mutations,
    comment::api::Mutations,
    visit::api::Mutations,
);

pub fn build(config: &Config) -> Schema {
    introspection::learn();
    let builder = builder().extension(PerRequest::default());
    match config.introspection {
        Introspection::Open => builder.finish(),
        // A name that is nearly right is told by the schema, to whoever may read it.
        Introspection::SignedIn => builder.disable_suggestions().finish(),
    }
}

/// The schema in its own language, as `crates/server/schema.graphql` keeps it.
pub fn sdl() -> String {
    builder().finish().sdl()
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
}

/// Answers what is asked about the schema alone; gives every other answer the [`Nulls`] that belong there and its
/// [`Order`].
#[derive(Default)]
struct PerRequest {
    nulls: Nulls,
    order: Order,
}

impl ExtensionFactory for PerRequest {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(PerRequest::default())
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for PerRequest {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        self.order.read(&document);
        Ok(document)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(question) = ctx.data_opt::<Question>()
            && let Err(error) = question.read(operation_name)
        {
            return Response::from_errors(vec![error]);
        }
        let mut response = next.run(ctx, operation_name).await;
        self.nulls.mark(&mut response);
        self.order.put(operation_name, &mut response.data);
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let field = nulls::Field::from(&info);
        let resolved = match about_schema(ctx, &info) {
            Some(told) => Ok(Some(told)),
            None => next.run(ctx, info).await,
        };
        self.nulls.settle(&field, resolved)
    }
}

fn about_schema(ctx: &ExtensionContext<'_>, info: &ResolveInfo<'_>) -> Option<Value> {
    if !info.name.starts_with("__") {
        return None;
    }
    ctx.data_opt::<Question>()?.answer(info.field)
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
