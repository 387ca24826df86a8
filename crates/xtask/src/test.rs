//! `cargo xtask test`: every part one after the other, each counted, the sum at the end.

use crate::postgres::Cluster;
use crate::summary::{self, Counts, Row};
use crate::{borders, fuzz, product, run, say, setup, soak, standalone};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

struct Part {
    name: &'static str,
    what: &'static str,
    rough: &'static str,
    run: fn() -> Result<Counts>,
}

const PARTS: [Part; 10] = [
    Part { name: "format", what: "Is every file formatted?", rough: "seconds", run: format },
    Part { name: "lint", what: "Clippy", rough: "2 minutes the first time", run: lint },
    Part {
        name: "unit",
        what: "Unit and property tests",
        rough: "6 minutes the first time, later one",
        run: unit,
    },
    Part { name: "borders", what: "The architecture's borders", rough: "seconds", run: borders::check },
    Part {
        name: "client",
        what: "The builds of client and playground, and what is done there by scripts",
        rough: "4 minutes the first time, later half a minute",
        run: client,
    },
    Part {
        name: "build",
        what: "The release binary, alone",
        rough: "8 minutes the first time, later a minute; without optimising half of it",
        run: standalone::check,
    },
    Part { name: "api", what: "The API on SQLite and on PostgreSQL", rough: "5 minutes", run: api },
    Part {
        name: "fuzz",
        what: "Requests made up of the schema, for a minute on each database",
        rough: "3 minutes",
        run: fuzz::short,
    },
    Part {
        name: "browser",
        what: "The journeys in Chromium, a few of them in Firefox and WebKit",
        rough: "8 minutes",
        run: browser,
    },
    Part {
        name: "soak",
        what: "Randomised schedules of several people on one sheet",
        rough: "4 minutes",
        run: soak::short,
    },
];

pub fn test(names: &[&str]) -> Result<ExitCode> {
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|part| part.name != **name)) {
        bail!("there is no part `{unknown}`; the parts: {}", PARTS.map(|part| part.name).join(" "));
    }
    let chosen = PARTS.iter().filter(|part| names.is_empty() || names.contains(&part.name));
    let rows: Vec<Row> = chosen.map(judge).collect();
    println!("\n{}{}", summary::failures(), summary::table(&rows));
    let good = rows.iter().all(|row| row.counts.failed == 0);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a part; one that cannot run has failed, and the others still run.
fn judge(part: &Part) -> Row {
    println!("\n━━ {}: {} ({})", part.name, part.what, part.rough);
    let start = Instant::now();
    let counts = (part.run)().unwrap_or_else(|error| {
        println!("{} FAILED: {error:#}", part.name);
        Counts::one(false)
    });
    let took = start.elapsed();
    println!(
        "━━ {}: {} passed, {} failed after {}",
        part.name,
        counts.passed,
        counts.failed,
        say::seconds(took)
    );
    Row { part: part.name, counts: counts.judged(true), took }
}

fn format() -> Result<Counts> {
    setup::ensure(&setup::FORMAT)?;
    Ok(Counts::one(succeeds(run::cargo().args(["fmt", "--all", "--check"]))?))
}

fn lint() -> Result<Counts> {
    setup::ensure(&setup::LINT)?;
    // The client's code has no part that is the browser's alone: what is checked here is all of it. That it compiles for
    // the browser, and the domain with it, the part `client` tells.
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    Ok(Counts::one(succeeds(run::cargo().args(clippy))?))
}

fn unit() -> Result<Counts> {
    counted(&mut cargo_test(&["--workspace", "--exclude", "renkei-tests"]), summary::of_cargo_test)
}

/// The build is a test. Its size is printed and fails nothing.
fn client() -> Result<Counts> {
    product::build_client()?;
    let (bytes, bound) = (product::first_load_bytes()?, product::FIRST_LOAD_BYTES);
    let verdict = if bytes <= bound { "within" } else { "over" };
    println!("first load: {bytes} bytes in brotli without fonts, {verdict} {bound}");
    product::build_playground()?;
    let mut counts = Counts::default();
    counts.add(Counts { passed: 2, failed: 0 });
    let mut tests = run::program("node");
    tests.args(["--test", "--test-reporter=tap", "frontend/build/", "frontend/playground/test/"]);
    counts.add(counted(&mut tests, summary::of_node)?);
    Ok(counts)
}

/// The same tests on both databases.
fn api() -> Result<Counts> {
    setup::ensure(&setup::API)?;
    let binary = product::build_for_tests()?;
    let mut counts = Counts::default();
    println!("── on SQLite");
    // Those that start a PostgreSQL of their own run once.
    counts.add(api_on("sqlite", &binary, &["--", "--skip", "postgresql"])?);
    println!("── on PostgreSQL");
    let cluster = say::step("Starting a PostgreSQL cluster for the tests", "a few seconds", Cluster::start);
    match cluster {
        // What LibreOffice makes of a file is the same again.
        Ok(cluster) => counts.add(api_on(&cluster.address(), &binary, &["--", "--skip", "libreoffice"])?),
        Err(error) => {
            println!("FAILED: {error:#}");
            counts.add(Counts::one(false));
        }
    }
    Ok(counts)
}

fn api_on(database: &str, binary: &Path, selection: &[&str]) -> Result<Counts> {
    // They wait much of their time, for a port, a commit or a pause: more of them at once than there are cores.
    // Of the whole workspace, with whose features the unit tests were compiled: of one package alone they are fewer, and
    // every dependency would be compiled again.
    let mut test = cargo_test(&["--workspace", "--test", "api"]);
    test.args(selection).env("RUST_TEST_THREADS", "4");
    counted(test.env("RENKEI_TEST_DATABASE", database).env("RENKEI_BIN", binary), summary::of_cargo_test)
}

fn browser() -> Result<Counts> {
    setup::ensure(&setup::BROWSER)?;
    let binary = product::build_for_tests()?;
    println!("── in Chromium");
    let mut counts = journeys(&binary, &[])?;
    println!("── in Firefox and WebKit");
    match setup::ensure(&setup::OTHER_BROWSERS) {
        Ok(()) => counts.add(journeys(&binary, &["--config=engines.config.ts"])?),
        Err(error) => {
            println!("FAILED: {error:#}");
            counts.add(Counts::one(false));
        }
    }
    Ok(counts)
}

fn journeys(binary: &Path, selection: &[&str]) -> Result<Counts> {
    let mut playwright = product::playwright(binary);
    counted(playwright.arg("--reporter=list").args(selection), summary::of_playwright)
}

fn cargo_test(selection: &[&str]) -> Command {
    let mut test = run::cargo();
    test.args(["test", "--no-fail-fast"]).args(selection);
    test
}

/// Runs a tool and adds up what its lines say.
fn counted(tool: &mut Command, counts_of: fn(&str) -> Counts) -> Result<Counts> {
    let mut counts = Counts::default();
    let succeeded = run::watch(tool, |line| counts.add(counts_of(line)))?;
    Ok(counts.judged(succeeded))
}

fn succeeds(command: &mut Command) -> Result<bool> {
    Ok(run::run(command).inspect_err(|error| println!("{error:#}")).is_ok())
}
