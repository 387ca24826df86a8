//! `cargo xtask bench`: the first load, the start and the filter in a real browser, many who have a sheet open, the HTTP
//! server under load, files out and in, a search over all years, and the API beside its peers.

use crate::postgres::Cluster;
use crate::{product, run, say, setup};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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

/// A sheet of 2,000 entries out and in again, in each form of file.
pub fn files() -> Result<()> {
    build_load("files")?;
    run::run(&mut run::program("target/release/examples/files"))
}

/// Words in all years of a region, in a nation, on both databases, into `docs/search.md`.
pub fn search() -> Result<()> {
    let binary = product::build()?;
    build_load("search")?;
    let cluster = Cluster::start()?;
    let head = std::fs::read_to_string(SEARCH).context("docs/search.md cannot be read")?;
    let head = head.split_once(MEASURED).map_or(head.as_str(), |(head, _)| head);
    let mut report = format!("{head}{MEASURED}\n\n{}\n", machine());
    for database in ["sqlite".to_owned(), cluster.address()] {
        let mut load = run::program("target/release/examples/search");
        load.env("RENKEI_TEST_DATABASE", &database).env("RENKEI_BIN", &binary).env("RENKEI_LOG", "error");
        let figures = told(&mut load, "search")?;
        println!("{figures}");
        report.push_str(&figures);
    }
    std::fs::write(SEARCH, format!("{}\n", report.trim_end()))?;
    println!("{SEARCH} is written");
    Ok(())
}

const SEARCH: &str = "docs/search.md";
/// What stands below this is measured.
const MEASURED: &str = "# As measured";

/// The API beside its peers and in a nation, on both databases, and the client's start, into `docs/performance.md`. A part
/// that fails is told there, and the others are measured nonetheless.
pub fn api() -> Result<()> {
    setup::ensure(&setup::BROWSER)?;
    let binary = product::build()?;
    build_load("api")?;
    build_load("live")?;
    let plain = build_peers()?;
    let cluster = Cluster::start()?;
    let mut report = format!("{}\n{}\n", include_str!("performance.md"), machine());
    for (name, database) in [("SQLite", "sqlite".to_owned()), ("PostgreSQL", cluster.address())] {
        report.push_str(&format!("## {name}\n\n"));
        let settings = [
            ("RENKEI_TEST_DATABASE", database.as_str()),
            ("RENKEI_LOG", "error"),
            ("RENKEI_SOCKETS", "2000"),
        ];
        for part in ["compare", "grow", "start"] {
            let mut load = run::program("target/release/examples/api");
            load.arg(part).envs(settings).env("RENKEI_BIN", &binary);
            load.env("RENKEI_PEERS", "tests/peers").env("RENKEI_PEER_PLAIN", &plain);
            report.push_str(&told(&mut load, part)?);
        }
        let mut live = run::program("target/release/examples/live");
        report.push_str(&told(live.envs(settings).env("RENKEI_BIN", &binary), "live")?);
    }
    report.push_str("## The client's start\n\n");
    let figures = tempfile()?;
    let mut start = product::playwright(&binary);
    start.args(["--config=bench.config.ts", "--reporter=line", "start"]).env("RENKEI_FIGURES", &figures);
    let started = run::run(&mut start);
    report.push_str(&std::fs::read_to_string(&figures).unwrap_or_default());
    if let Err(error) = started {
        report.push_str(&format!("Not measured: {error}\n"));
    }
    std::fs::write(REPORT, &report)?;
    println!("{report}\n{REPORT} is written");
    Ok(())
}

const REPORT: &str = "docs/performance.md";

/// Where a program writes what it has measured.
fn tempfile() -> Result<PathBuf> {
    let file = std::path::absolute("target/figures.md")?;
    if file.exists() {
        std::fs::remove_file(&file)?;
    }
    Ok(file)
}

/// What a program prints, which is shown once all is done; a bound that it has missed, or why it has ended, stands there
/// too.
fn told(program: &mut Command, part: &str) -> Result<String> {
    say::step(&format!("Measuring: {part}"), "some minutes", || {
        let output = program.stderr(Stdio::inherit()).output()?;
        let mut told = String::from_utf8(output.stdout)?.trim_end().to_owned();
        if !output.status.success() {
            told.push_str(&format!(
                "\n\n`{part}` missed a bound or did not come to its end ({}).",
                output.status
            ));
        }
        Ok(told + "\n\n")
    })
}

/// The program of the peer in Rust; the one in Node is run as it is.
fn build_peers() -> Result<PathBuf> {
    let mercurius = "tests/peers/mercurius";
    if !Path::new(mercurius).join("node_modules").exists() {
        run::run(run::program("npm").arg("ci").current_dir(mercurius))?;
    }
    say::step("Building the plain peer", "about 4 minutes the first time", || {
        let target = std::path::absolute("target/peers")?;
        let build = ["build", "--release", "--locked"];
        run::run(run::cargo().args(build).current_dir("tests/peers/plain").env("CARGO_TARGET_DIR", target))
    })?;
    Ok(std::path::absolute("target/peers/release/renkei-peer-plain")?)
}

/// In which the figures were measured.
fn machine() -> String {
    let first = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches([' ', '\t', ':']).to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let node = run::answer(Command::new("node").arg("--version")).unwrap_or_default();
    format!(
        "Measured on {cores} cores ({}), {} of memory, Node {}.\n",
        first("/proc/cpuinfo", "model name"),
        first("/proc/meminfo", "MemTotal"),
        node.trim()
    )
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
