//! `cargo xtask bench`: the first load, the start and the filter in a real browser, many who have a sheet open, and the HTTP server
//! under load.

use crate::postgres::Cluster;
use crate::{product, run, say, setup};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// `other` is a commit whose client is built too and measured in turn with this one.
pub fn ui(other: Option<&str>) -> Result<()> {
    setup::ensure(&setup::BROWSER)?;
    let binary = product::build()?;
    let other = other.map(client_of).transpose()?;
    let mut playwright = product::playwright(&binary);
    if let Some(client) = other {
        playwright.env("RENKEI_OTHER_CLIENT", client);
    }
    run::run(playwright.args(["--config=bench.config.ts", "--reporter=line"]))
}

/// Builds the client of a commit in a folder of its own.
fn client_of(commit: &str) -> Result<PathBuf> {
    let folder = std::path::absolute("target/other-client")?;
    let git = |arguments: &[&str]| run::run(run::program("git").args(arguments));
    let checkout = folder.to_str().context("the path of this folder is not UTF-8")?;
    if folder.exists() {
        git(&["worktree", "remove", "--force", checkout])?;
    }
    git(&["worktree", "add", "--detach", checkout, commit])?;
    say::step(&format!("Building the client of {commit}"), "about 4 minutes", || {
        run::run(
            run::program("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder.join("frontend")),
        )?;
        let target = std::path::absolute("target/other-client-build")?;
        run::run(product::trunk()?.current_dir(&folder).env("CARGO_TARGET_DIR", target))
    })?;
    Ok(folder.join("frontend/dist"))
}

/// The same load on both databases. The bounds stand with the load (`tests/examples/live.rs`).
pub fn live() -> Result<()> {
    let binary = product::build()?;
    build_load("live")?;
    let cluster = Cluster::start()?;
    println!("\nSQLite (synchronous=FULL):");
    let sqlite = live_on("sqlite", &binary);
    println!("PostgreSQL:");
    let postgresql = live_on(&cluster.address(), &binary);
    if sqlite.and(postgresql).is_err() {
        bail!("a bound was missed");
    }
    Ok(())
}

/// Throughput, a flood of sign-ins, idle connections and overload. The bounds stand with the load (`tests/examples/http`).
pub fn http() -> Result<()> {
    let binary = product::build()?;
    build_load("http")?;
    let mut load = run::program("target/release/examples/http");
    let settings = [("RENKEI_TEST_DATABASE", "sqlite"), ("RENKEI_LOG", "error")];
    run::run(load.envs(settings).env("RENKEI_BIN", binary))
}

fn build_load(name: &str) -> Result<()> {
    say::step("Building the load", "about 5 minutes the first time, later a minute or none", || {
        let load = ["build", "--release", "--package", "renkei-tests", "--example", name];
        run::run(run::cargo().args(load))
    })
}

fn live_on(database: &str, binary: &Path) -> Result<()> {
    let mut load = run::program("target/release/examples/live");
    run::run(load.env("RENKEI_TEST_DATABASE", database).env("RENKEI_BIN", binary))
}
