//! The borders of ARCHITECTURE.md, held by checks over the sources and the dependency tree.

use crate::{
    modules::{self, Module},
    run, say,
    summary::Counts,
};
use anyhow::{Context, Result, bail};
use std::path::Path;

/// A committed source file.
pub struct Source {
    pub path: String,
    pub text: String,
}

type Check = fn(&[Source]) -> Result<()>;

const CHECKS: [(&str, Check); 14] = [
    ("the client's tree has no database, no GraphQL server, no HTTP server", client_tree),
    ("the domain's tree has no IO", domain_tree),
    ("the domain reads no clock, no file, no randomness and does not wait", domain_is_pure),
    (
        "only stores and their tables, migrations and the connection (db) name sea_orm",
        database_stays_in_stores,
    ),
    ("only apis, graphql and http name async_graphql", graphql_stays_in_resolvers),
    ("no service, store or feed names an api", apis_stay_above),
    ("no circle of imports holds a file of graphql/ and one of an api", graphql_and_apis_have_no_circle),
    ("no noun names another one's store or table", stores_stay_in_nouns),
    ("of a store others see the functions that its noun names", stores_are_shown_by_function),
    ("no committed file names an outside host", no_outside_host),
    ("the npm locks carry no registry", npm_locks_name_no_host),
    ("every module's first line says what lives there", modules_say_what_they_are),
    ("no module is called utils", no_utils),
    ("nothing is left to do", nothing_left_to_do),
];

pub fn check() -> Result<Counts> {
    let sources = committed()?;
    let mut counts = Counts::default();
    for (what, check) in CHECKS {
        let outcome = check(&sources);
        match &outcome {
            Ok(()) => say::line(&format!("ok: {what}")),
            Err(error) => say::line(&format!("FAILED: {what}: {error:#}")),
        }
        counts.add(Counts::one(outcome.is_ok()));
    }
    Ok(counts)
}

/// Every text file that git knows, and those that it would take.
fn committed() -> Result<Vec<Source>> {
    let list = run::output(run::program("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]))?;
    let paths = list.split('\0').filter(|path| !path.is_empty() && Path::new(path).is_file());
    let sources = paths.filter_map(|path| {
        let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
        Some(Source { path: path.to_owned(), text })
    });
    Ok(sources.collect())
}

/// The crate of the browser's database (`idb`) uses tokio's channels, which are no runtime: that one has `mio`.
fn client_tree(_: &[Source]) -> Result<()> {
    tree_lacks(
        "renkei-frontend",
        &["sea-orm", "sqlx", "async-graphql", "axum", "mio", "hyper", "renkei-server", "renkei-migrations"],
    )
}

fn domain_tree(_: &[Source]) -> Result<()> {
    tree_lacks(
        "renkei-domain",
        &["sea-orm", "async-graphql", "axum", "tokio", "futures", "leptos", "web-sys", "rand", "getrandom"],
    )
}

fn tree_lacks(package: &str, forbidden: &[&str]) -> Result<()> {
    let tree = run::output(run::cargo().args([
        "tree",
        "--package",
        package,
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    let found: Vec<&str> = names.filter(|name| forbidden.contains(name)).collect();
    if !found.is_empty() {
        bail!("{package} depends on {}", found.join(", "));
    }
    Ok(())
}

fn domain_is_pure(sources: &[Source]) -> Result<()> {
    let words = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "SystemTime",
        "Instant::now",
        "async fn",
        "async move",
        "::now_v7",
        "::new_v4",
    ];
    lines_lack(sources.iter().filter(|source| source.path.starts_with("crates/domain/src/")), &words)
}

fn database_stays_in_stores(sources: &[Source]) -> Result<()> {
    let allowed = |path: &str| {
        ["store", "table", "db"].iter().any(|module| is_module(path, module))
            || path.starts_with("migrations/")
    };
    names_stay(sources, &["sea_orm", "sqlx::"], allowed)
}

fn graphql_stays_in_resolvers(sources: &[Source]) -> Result<()> {
    let allowed = |path: &str| ["api", "graphql", "http"].iter().any(|module| is_module(path, module));
    names_stay(sources, &["async_graphql"], allowed)
}

/// Layers above the services. `cli`, the root and the program put the layers together.
const ABOVE: [&str; 3] = ["api", "graphql", "http"];
const ASSEMBLY: [&str; 2] = ["", "cli"];

/// The sources of the server.
const SERVER: &str = "crates/server/src/";

fn apis_stay_above(sources: &[Source]) -> Result<()> {
    let modules = modules::read(SERVER, sources)?;
    let below = |module: &&Module| {
        !ABOVE.iter().any(|layer| module.is_in(layer)) && !ASSEMBLY.contains(&module.noun())
    };
    let above = |name: &&modules::Path| {
        let layer = name.first().is_some_and(|first| ABOVE.contains(&first.as_str()));
        layer || name.get(1).is_some_and(|second| second == "api")
    };
    none(offences(modules.iter().filter(below), |module| module.names.iter().filter(above).collect()))
}

fn graphql_and_apis_have_no_circle(sources: &[Source]) -> Result<()> {
    let modules = modules::read(SERVER, sources)?;
    // The request's context and what else all apis share is no noun's.
    let is_graphql = |module: &Module| ["graphql", "api"].contains(&module.noun());
    let is_api = |module: &Module| module.is_in("api") && !is_graphql(module);
    let both: Vec<&Module> = modules.iter().filter(|module| is_api(module) || is_graphql(module)).collect();
    let circles = modules::circles(&both, is_api, is_graphql);
    none(circles.into_iter().map(|files| files.join(", ")).collect())
}

/// A table may be related to another noun's; that is all.
fn stores_stay_in_nouns(sources: &[Source]) -> Result<()> {
    let modules = modules::read(SERVER, sources)?;
    let foreign = |module: &Module, name: &modules::Path| is_store(name) && name[0] != module.noun();
    let nouns = modules.iter().filter(|module| module.path.last().is_none_or(|last| last != "table"));
    none(offences(nouns, |module| module.names.iter().filter(|name| foreign(module, name)).collect()))
}

/// A noun's `mod.rs` names them one by one: no store is shown whole, and no type of one. What a table derives of the
/// domain (its codes) may be seen.
fn stores_are_shown_by_function(sources: &[Source]) -> Result<()> {
    let modules = modules::read(SERVER, sources)?;
    let is_function = |name: &str| name.starts_with(|c: char| c.is_ascii_lowercase());
    let shown = |module: &Module, name: &modules::Path| match &name[..] {
        [_, store, function] if store == "store" => module.path.len() == 1 && is_function(function),
        [_, store, ..] => store != "store",
        _ => true,
    };
    let others = modules.iter().filter(|module| !module.is_in("store") && !module.is_in("table"));
    none(offences(others, |module| module.reexports.iter().filter(|name| !shown(module, name)).collect()))?;
    let server = sources.iter().filter(|source| source.path.starts_with(SERVER));
    lines_lack(server, &["pub mod store", "pub(crate) mod store"])
}

fn is_store(name: &modules::Path) -> bool {
    name.get(1).is_some_and(|second| ["store", "table"].contains(&second.as_str()))
}

fn offences<'m>(
    modules: impl Iterator<Item = &'m Module>,
    names: impl Fn(&'m Module) -> Vec<&'m modules::Path>,
) -> Vec<String> {
    let offence = |module: &'m Module| {
        names(module).into_iter().map(|name| format!("{}: {}", module.file, name.join("::")))
    };
    modules.flat_map(offence).collect()
}

fn names_stay(sources: &[Source], words: &[&str], allowed: impl Fn(&str) -> bool) -> Result<()> {
    let product = ["crates/domain/", "crates/reader/", "crates/server/src/", "frontend/src/", "migrations/"];
    let rust = sources.iter().filter(|source| source.path.ends_with(".rs"));
    let rust = rust.filter(|source| product.iter().any(|folder| source.path.starts_with(folder)));
    lines_lack(rust.filter(|source| !allowed(&source.path)), words)
}

/// Whether the file is the module `name` (`name.rs`) or lies in it (`name/…`).
fn is_module(path: &str, name: &str) -> bool {
    path.split('/').any(|part| part == name || part.strip_suffix(".rs") == Some(name))
}

fn no_outside_host(sources: &[Source]) -> Result<()> {
    // The licences' own words, and the name in each Cargo.lock for the registry, which no reader of it opens.
    let exempt = |path: &str| path.starts_with("LICENSE") || path.ends_with("Cargo.lock");
    let mut found = Vec::new();
    for source in
        sources.iter().filter(|source| !exempt(&source.path) && !source.path.ends_with("package-lock.json"))
    {
        for (number, line) in source.text.lines().enumerate() {
            let outside = hosts(line).filter(|host| !is_harmless(host));
            found.extend(outside.map(|host| format!("{}:{}: {host}", source.path, number + 1)));
        }
    }
    none(found)
}

/// The hosts of the addresses in a line.
fn hosts(line: &str) -> impl Iterator<Item = &str> {
    const SCHEMES: [&str; 4] = ["http://", "https://", "ws://", "wss://"];
    SCHEMES.into_iter().flat_map(move |scheme| {
        line.match_indices(scheme).map(move |(at, _)| {
            let rest = &line[at + scheme.len()..];
            let end =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-.[]".contains(c)).unwrap_or(rest.len());
            &rest[..end]
        })
    })
}

/// This machine, names that stand for an operator's own (RFC 2606), the W3C's names of XML namespaces,
/// and what is no host at all (a placeholder, the end of a string).
fn is_harmless(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.is_empty()
        || ["127.0.0.1", "localhost", "www.w3.org", "example"].contains(&host)
        || host.ends_with(".example")
}

fn npm_locks_name_no_host(sources: &[Source]) -> Result<()> {
    let locks = sources.iter().filter(|source| source.path.ends_with("package-lock.json"));
    lines_lack(locks, &["\"resolved\": \"http"])
}

fn modules_say_what_they_are(sources: &[Source]) -> Result<()> {
    let rust = sources.iter().filter(|source| source.path.ends_with(".rs"));
    none(rust.filter(|source| !source.text.starts_with("//! ")).map(|source| source.path.clone()).collect())
}

fn no_utils(sources: &[Source]) -> Result<()> {
    let vague = ["utils", "util", "helpers", "helper", "misc", "common"];
    let rust = sources.iter().filter(|source| source.path.ends_with(".rs"));
    none(
        rust.filter(|source| vague.iter().any(|name| is_module(&source.path, name)))
            .map(|source| source.path.clone())
            .collect(),
    )
}

fn nothing_left_to_do(sources: &[Source]) -> Result<()> {
    let code = [".rs", ".ts", ".mjs", ".js", ".css", ".toml", ".html"];
    // Written apart, so that this file does not find itself.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
        concat!("test.sk", "ip"),
        concat!("test.fix", "me"),
    ];
    lines_lack(sources.iter().filter(|source| code.iter().any(|end| source.path.ends_with(end))), &words)
}

fn lines_lack<'a>(sources: impl Iterator<Item = &'a Source>, words: &[&str]) -> Result<()> {
    let mut found = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            let named = words.iter().filter(|word| line.contains(**word));
            found.extend(named.map(|word| format!("{}:{}: {word}", source.path, number + 1)));
        }
    }
    none(found)
}

fn none(found: Vec<String>) -> Result<()> {
    found.is_empty().then_some(()).with_context(|| format!("\n    {}", found.join("\n    ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_hosts_are_seen_wherever_they_stand() {
        let outside = |line: &'static str| hosts(line).filter(|host| !is_harmless(host)).collect::<Vec<_>>();
        // The schemes are written apart, so that this file does not find itself.
        let line: &'static str = concat!(
            "<script src=\"http",
            "s://cdn.test/x.js\">http",
            "://127.0.0.1:8080 http",
            "s://renkei.example/"
        );
        assert_eq!(outside(line), ["cdn.test"]);
        assert!(outside("postgres://renkei@db/renkei and http:// alone").is_empty());
        assert!(outside("xmlns=\"http://www.w3.org/2000/svg\"").is_empty());
    }

    /// Files of the server, as `path`, `text`.
    fn server(files: &[(&str, &str)]) -> Vec<Source> {
        let source = |(path, text): &(&str, &str)| Source {
            path: format!("{SERVER}{path}"),
            text: (*text).to_owned(),
        };
        files.iter().map(source).collect()
    }

    /// A clean tree passes a check, and each of these files alone breaks it.
    fn finds(check: Check, broken: &[(&str, &str)]) {
        let clean = [
            ("lib.rs", "pub mod graphql; pub use db::Db; pub use graphql::Schema;"),
            (
                "live/mod.rs",
                "pub mod api; pub mod feed; mod store; pub use service::Live; pub(crate) use store::{find as known, insert};",
            ),
            (
                "live/feed.rs",
                "use crate::{change::{self, Change}, sheet::Frame}; fn f() { change::service::after(); }",
            ),
            ("live/api.rs", "use super::feed::Event; use crate::{entry::api::Entry, api::context::context};"),
            ("entry/api/mod.rs", "use crate::{comment::api::ApiThread, graphql::scalars}; mod text;"),
            ("entry/service.rs", "use super::store; use crate::change; fn f() { store::find(); }"),
            ("entry/store.rs", "use super::table; use crate::db::Write;"),
            (
                "entry/table.rs",
                "#[sea_orm(belongs_to = \"x\")] impl Related<crate::region::table::Entity> for Entity {}",
            ),
            ("comment/api.rs", "use crate::{api::context::context, entry}; fn f() { entry::api::find(); }"),
            (
                "graphql/mod.rs",
                "mod scalars; use crate::{entry, live}; pub use live::api::Subscriptions; type Q = entry::api::Q;",
            ),
            ("api/context.rs", "use crate::{comment, region};"),
            ("graphql/scalars.rs", "use async_graphql::Scalar;"),
        ];
        assert!(check(&server(&clean)).is_ok(), "{:?}", check(&server(&clean)));
        for (path, text) in broken {
            let others = clean.iter().filter(|(other, _)| other != path);
            let files: Vec<(&str, &str)> = others.copied().chain([(*path, *text)]).collect();
            let error = check(&server(&files)).expect_err(text).to_string();
            assert!(error.contains(path), "{error}");
        }
    }

    #[test]
    fn a_feed_or_service_that_names_an_api_is_found() {
        let broken = [
            ("live/feed.rs", "use crate::change::{self, api::Change};"),
            ("live/feed.rs", "use crate::graphql::reading::Reading;"),
            ("live/service.rs", "use super::api::SheetEvent;"),
            ("entry/service.rs", "use crate::comment; fn f() { comment::api::find(); }"),
            ("context.rs", "use crate::entry::api::Together;"),
            ("entry/service.rs", "use crate::api::context;"),
            ("entry/mod.rs", "mod api; pub use api::Entry;"),
        ];
        finds(apis_stay_above, &broken);
    }

    #[test]
    fn a_circle_between_graphql_and_apis_is_found() {
        let broken = [
            ("api/context.rs", "use crate::entry::api::Together;"),
            ("api/context.rs", "use crate::entry; fn f() { entry::api::find(); }"),
            ("api/context.rs", "use crate::graphql::Caller;"),
            ("graphql/scalars.rs", "use crate::live::api::Subscriptions;"),
            ("comment/api.rs", "use crate::graphql::Operation;"),
        ];
        finds(graphql_and_apis_have_no_circle, &broken);
    }

    #[test]
    fn a_store_or_table_that_another_noun_names_is_found() {
        let broken = [
            ("live/store.rs", "use crate::change::table::change;"),
            ("entry/service.rs", "use crate::{change, region::store}; fn f() {}"),
            ("entry/store.rs", "use crate::sheet; fn f() { sheet::table::Entity::find(); }"),
        ];
        finds(stores_stay_in_nouns, &broken);
    }

    #[test]
    fn a_store_that_is_shown_otherwise_than_by_its_nouns_functions_is_found() {
        let broken = [
            ("entry/mod.rs", "mod store; pub(crate) use store::{find, Stored};"),
            ("entry/mod.rs", "mod store; pub(crate) use store::*;"),
            ("entry/mod.rs", "mod store; pub(crate) use store as rows;"),
            ("entry/mod.rs", "pub(crate) mod store;"),
            ("entry/service.rs", "pub use super::store::find;"),
        ];
        finds(stores_are_shown_by_function, &broken);
    }

    #[test]
    fn a_module_is_a_file_or_a_folder() {
        assert!(is_module("crates/server/src/entry/store.rs", "store"));
        assert!(is_module("crates/server/src/store/rows.rs", "store"));
        assert!(!is_module("crates/server/src/entry/restore.rs", "store"));
    }
}
