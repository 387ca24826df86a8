//! `cargo xtask bench`: the first load and the filter in a real browser, many who have a sheet open, and the HTTP server
//! under load.

use crate::postgres::Cluster;
use crate::{product, run, say, setup};
use anyhow::{Result, bail};
use std::path::Path;

pub fn ui() -> Result<()> {
    setup::ensure(&setup::BROWSER)?;
    let binary = product::build()?;
    run::run(product::playwright(&binary).args(["--config=bench.config.ts", "--reporter=line"]))
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
