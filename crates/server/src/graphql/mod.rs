//! The schema's root: what can be asked and changed, within which limits, and by whom.

mod anonymous;
mod audience;
pub mod coverage;
mod document;
mod executor;
mod limits;
mod node;
mod response;
pub mod types;

use crate::{
    Config, account, api::complexity, comment, draft, entry, live, notice, region, search, session, sheet,
    snapshot, suggestion, token, visit,
};
use async_graphql::{MergedObject, SchemaBuilder};

pub use crate::caller::Caller;
pub use async_graphql::parser::types::OperationType;
pub use executor::{Executor, chosen, read};
pub use live::api::Subscriptions as Subscription;

pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Who may ask for the schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Introspection {
    /// Whoever is signed in; nobody else learns a name of it.
    #[default]
    SignedIn,
    /// Everybody.
    Open,
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
    notice::api::Queries,
    token::api::Queries,
    live::api::Queries,
    search::api::Queries,
    node::Queries,
);

/// 書き込む入口。画面での操作と同じく、実際のデータが変わります。
/// What can be changed: for real.
#[derive(MergedObject, Default)]
pub struct Mutation(
    session::api::Mutations,
    account::api::Mutations,
    entry::api::Mutations,
    entry::api::BulkMutations,
    draft::api::Mutations,
    token::api::Mutations,
    live::api::Mutations,
    snapshot::api::Mutations,
    suggestion::api::Mutations,
    comment::api::Mutations,
    notice::api::Mutations,
    visit::api::Mutations,
);

fn build(config: &Config) -> Schema {
    let builder = builder()
        .limit_depth(limits::DEPTH)
        .limit_recursive_depth(limits::RECURSION)
        .limit_directives(limits::DIRECTIVES_OF_FIELD)
        .limit_complexity(complexity::LIMIT);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The committed SDL is what the server serves. `RENKEI_BLESS=1` brings it up to date.
    #[test]
    fn the_committed_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
        if std::env::var_os("RENKEI_BLESS").is_some() {
            std::fs::write(path, sdl()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == sdl(),
            "crates/server/schema.graphql is stale: run this test with RENKEI_BLESS=1"
        );
    }
}
