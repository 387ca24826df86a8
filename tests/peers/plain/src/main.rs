//! The sheet and its saves by async-graphql, axum and sqlx alone: no rights, no log, no merging, no kept answers. It reads
//! the server's own tables, as the client's own document asks.
//!
//! `DATABASE` names the database, `VIEWER` who asks, `CONFIGURATION` how it runs: `threads` (a worker for each core, eight
//! connections), `thread` (one worker, eight connections), `connection` (one worker, one connection). It prints its address.

mod store;
mod types;

use async_graphql::{Context, EmptySubscription, ID, Object, Schema};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::{Router, extract::State, routing::post};
use mimalloc::MiMalloc;
use std::{env, error::Error};
use store::Store;
use tokio::{net::TcpListener, runtime::Builder};
use types::{EntrySaved, Sheet, UpdateEntryInput, ViewerId};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Plain = Schema<Queries, Mutations, EmptySubscription>;

fn main() -> Result<(), Box<dyn Error>> {
    let configuration = env::var("CONFIGURATION").unwrap_or_default();
    let mut runtime = match configuration.as_str() {
        "threads" => Builder::new_multi_thread(),
        _ => Builder::new_current_thread(),
    };
    let connections = if configuration == "connection" { 1 } else { 8 };
    runtime.enable_all().build()?.block_on(serve(connections))
}

async fn serve(connections: u32) -> Result<(), Box<dyn Error>> {
    let store = Store::open(&env::var("DATABASE")?, connections).await?;
    let viewer = ViewerId { id: env::var("VIEWER")?.into() };
    let schema = Schema::build(Queries, Mutations, EmptySubscription).data(store).data(viewer).finish();
    let app = Router::new().route("/graphql", post(answer)).with_state(schema);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

async fn answer(State(schema): State<Plain>, request: GraphQLRequest) -> GraphQLResponse {
    schema.execute(request.into_inner()).await.into()
}

struct Queries;

#[Object(name = "Query")]
impl Queries {
    async fn viewer(&self, ctx: &Context<'_>) -> async_graphql::Result<ViewerId> {
        Ok(ctx.data::<ViewerId>()?.clone())
    }

    async fn sheet(&self, ctx: &Context<'_>, region_id: ID, fiscal_year: i32) -> async_graphql::Result<Option<Sheet>> {
        Ok(ctx.data::<Store>()?.sheet(region_id.parse()?, fiscal_year).await?)
    }
}

struct Mutations;

#[Object(name = "Mutation")]
impl Mutations {
    async fn update_entry(&self, ctx: &Context<'_>, input: UpdateEntryInput) -> async_graphql::Result<EntrySaved> {
        let saved = ctx.data::<Store>()?.update(input.id.parse()?, input.version, input.body).await?;
        saved.ok_or_else(|| "another version".into())
    }
}
